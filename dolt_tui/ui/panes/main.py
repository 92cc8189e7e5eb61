"""Pane 0: the main pane, which follows the selection and goes in and out like a stack."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from dolt_tui.engine.model import ForeignKey
from dolt_tui.ui import commands
from dolt_tui.ui.main_view.view import (
    FirstPageKnown,
    Frame,
    Known,
    Listing,
    Loaded,
    Seen,
    View,
    columns_said,
)
from dolt_tui.ui.panes.cursor import Behind, CursorPane
from dolt_tui.ui.panes.kept_looks import KeptLooks
from dolt_tui.ui.panes.pane import Pane
from dolt_tui.ui.panes.record import RecordPart
from dolt_tui.ui.present.draft_rows import counted_kinds
from dolt_tui.ui.present.grid_rows import Match, Request
from dolt_tui.ui.present.text import sanitise
from dolt_tui.ui.session.clock import Clock
from dolt_tui.ui.widgets.grid import Grid
from dolt_tui.ui.widgets.grid_place import Place

_SO_FAR = " so far"
_BETWEEN = " · "
_FOOT = 8
"""Cells of the frame and of its corners beside what is said at the bottom."""


class MainPane(CursorPane):
    """What the selection is about: rows that differ, a commit, a branch, a table."""

    NUMBER, TITLE, KIND = "0", "Main pane", commands.MAIN
    HEADER = True
    LANES: tuple[str, ...] = ("main", "main pages", "main statistics", "copy", "search")
    """What it shows is read in the first of them; the next two are for its further pages, and for what is counted."""
    PAGES = "main pages"

    RECORD, UNCOMMITTED_RECORD = commands.RECORD, commands.UNCOMMITTED_RECORD
    """Where the commands are declared that its keys mean while it shows a record."""

    class Shown(Message):
        """Rows were read, and are shown."""

    class KeysKnown(Message):
        """It is known which foreign keys the rows have."""

    class RecordShown(Message):
        """Another record is shown."""

        def __init__(self, pane: MainPane) -> None:
            super().__init__()
            self.pane = pane

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self.notes = Static(id="notes", markup=False)
        self.stack: list[Behind] = []
        """The views behind the one that is shown."""
        self.card = RecordPart(self, lambda: self.post_message(self.RecordShown(self)))
        """The row under the cursor with all of its columns, where that is shown instead of the rows."""
        self.keys: dict[tuple[str, str | None], tuple[ForeignKey, ...]] = {}
        """The foreign keys of the table whose rows are shown, as far as known, by table and revision."""
        self.goal: tuple[Match, str] | None = None
        """The row to go to once the view that was asked for is shown, and the name of the column."""
        self._reopen = False
        """Whether the record is shown again once the rows are there that come back."""
        self.view: View | None = None
        """What is to be shown."""
        self.loaded: Loaded | None = None
        """What is shown of it; None while that is being read."""
        self._counted: Loaded | None = None
        """The same with its numbers; where it was read again since, those of before until the new ones come."""
        self.two_lines = False
        """Whether the old values of a changed row are shown on a line of their own."""
        self.only_changed = False
        """Whether of a diff only the columns are shown in which rows differ, and the key."""
        self.seek: Hashable | None = None
        """The key of the row to go to, once the view that was asked for is shown."""
        self._drafted = ""
        """What the draft does to the rows that are shown, in numbers."""
        self.kept = KeptLooks(self.grid)
        """How what is shown is looked at, for the next time."""
        self._known: Known | None = None
        """What is known besides what is shown."""
        self._return_to: Place | None = None
        self._before: Loaded | None = None
        """What was shown when another view was asked for; its rows stay until the new ones come."""
        self._asked_at = 0.0
        """When that was, in monotonic seconds."""

    def compose(self) -> ComposeResult:
        yield self.notes
        yield self.grid

    def on_mount(self) -> None:
        self.notes.display = False

    @property
    def key_place(self) -> str:
        if self.card.is_open:
            return self.UNCOMMITTED_RECORD if self.on_uncommitted else self.RECORD
        place = self.view.key_place if self.view is not None else ""
        return place if commands.WITHIN.get(place) == self.KIND else self.KIND

    @property
    def on_uncommitted(self) -> bool:
        """Whether it shows rows with uncommitted changes, or one of them."""
        return self.view is not None and self.view.key_place == commands.UNCOMMITTED

    def expect(self, view: View) -> None:
        """Another view was asked for: what is shown no longer belongs to the selection."""
        if view == self.view:
            self.view = view  # what is known of the same rows may have changed
            return
        if self.loaded is not None:
            self.kept.keep(self.loaded)
            self._before, self._asked_at = self.loaded, self._clock.monotonic()
        if self.view is None or not view.same_rows(self.view):
            self.card.close()
        self.view, self._reopen, self.goal = view, False, None
        self.loaded = self._counted = self._return_to = None
        self.set_title(view.title)
        self.set_footnote("")

    def blank(self) -> None:
        self.card.close()
        if self.loaded is not None:
            self.kept.keep(self.loaded)
        self.stack.clear()
        self.view = self.loaded = self._counted = self._return_to = self._before = None
        self.notes.display = False
        self.set_title()
        super().blank()

    def nothing(self, title: str, text: str) -> None:
        """There is nothing to show, and ``text`` says why."""
        self.blank()
        self.set_title(title)
        self._header(False)
        self.grid.clear(sanitise(text, one_line=False))

    def restore(self) -> Loaded | None:
        """What was asked for was cancelled: be again about what is still shown; None where that is nothing."""
        if self.loaded is not None or self._before is None:
            return None
        self.loaded, self._before = self._before, None
        self.view = self.loaded.view
        if self.stack and self.stack[-1][0] == self.view:
            self.stack.pop()  # it was not gone inside after all
        self.set_title(self.view.title)
        self._show_notes(self.loaded.notes)
        self.filtered()
        return self.loaded

    @property
    def rearranged(self) -> bool:
        """Whether what was asked for is what is still shown, through another filter or in another order."""
        if self.loaded is not None or self.view is None or self._before is None:
            return False
        return self.view.same_rows(self._before.view)

    def mark_old(self, after: float) -> None:
        """Say so where the rows that are shown belong to what was asked for before, ``after`` so many seconds."""
        before = self._before if self.loaded is None else None
        old = before is not None and self._clock.monotonic() - self._asked_at >= after
        if old != self.has_class("old"):
            self.set_class(old, "old")
            if before is not None:
                self.set_footnote(f"still showing {before.view.title}" if old else "")

    def failed(self, text: str) -> None:
        """What was wanted could not be read, and ``text`` says why."""
        self.card.close()
        self.loaded = self._counted = self._before = None
        self.set_footnote("")
        self._show_notes("")
        self._header(False)
        self.grid.clear(sanitise(text, one_line=False))

    def push(self, view: View, *, from_side: bool = False, followed: bool = False) -> None:
        """Go into a view, ``from_side``: from a side pane, ``followed``: by a key; `pop` comes back."""
        if self.view is not None and (followed or self.view != view):
            self.stack.append(Behind(self.view, self.grid.place, from_side, self.card.is_open, followed))
        self.card.close()
        self.expect(view)

    def pop(self) -> bool:
        """Come back to the view behind the one that is shown, which has to be read; whether it came from a side pane.

        Raises IndexError at the bottom of the stack.
        """
        behind = self.stack.pop()
        self.card.close()
        self.expect(behind.view)
        self._return_to, self._reopen = behind.place, behind.in_record
        return behind.from_side

    def show(self, loaded: Loaded, known: Known) -> None:
        """Show what was read for the view that is expected."""
        if loaded.view != self.view:
            return
        again = self.loaded is not None or (self._before is not None and loaded.view.shares_rows(self._before.view))
        elsewhere = not again and (self._before is None or not loaded.view.same_rows(self._before.view))
        self.loaded, self._before = loaded, None
        self.set_title(loaded.title)
        self._show_notes(loaded.notes)
        place, self._return_to = self._return_to, None
        led = loaded.begins_on is not None or loaded.begins_at is not None
        if place is None and elsewhere and self.seek is None and not led:
            place = self.kept.place(loaded)
        keep = again or place is not None
        grid = self.grid
        if place is not None:
            grid.adopt_columns(place)
        self._known = known
        self._lay(loaded, known, grid.lay)
        shown = loaded.present(known, Frame(self.size.width, self._clock.now(), self.two_lines))
        if isinstance(shown, str):
            self._header(False)
            grid.clear(shown)
        elif isinstance(shown, Listing):
            grid.empty_text = ""
            self._header(False, titles=shown.titles)
            grid.set_rows(shown.rows, shown.columns, keep=keep)
        elif shown.whole:
            grid.empty_text = loaded.empty_text
            self._header(True)
            grid.set_rows(shown.fetch(Request(0, shown.page_size)).rows, shown.columns, keep=keep)
        elif again and place is None and isinstance(grid.source, type(shown)):
            grid.replace(shown)
        else:
            self._header(True)
            grid.show(shown, place, keep=again)
        if not again:
            self.kept.arrange(loaded)
            begins = place is None and elsewhere and self.seek is None and not led
            self.kept.find_spot(loaded, row=begins)
        if place is not None and place.row is not None:
            grid.move_to_key(place.row.key)
        if self.seek is None and place is None and not again:
            self.seek = loaded.begins_on
        if self.seek is not None:
            if not grid.move_to_key(self.seek):
                grid.expect_key(self.seek)
            self.seek = None
        elif place is None and not again and loaded.begins_at is not None:
            grid.go_to(loaded.begins_at)
        self.fold()
        self.keys.clear()
        self.go_to_goal(loaded)
        self._show_record()
        self.filtered()
        self.post_message(self.Shown())

    def go_to_goal(self, loaded: Loaded) -> None:
        """Put the cursor on the row that a key led to."""
        if self.goal is None:
            return
        (match, name), self.goal = self.goal, None
        self.grid.go_to(match)
        at = next((at for at, one in enumerate(loaded.columns) if one.name.lower() == name.lower()), None)
        if at is not None:
            self.grid.move_to_column(f"{at}")

    def learn_keys(self, place: tuple[str, str | None], keys: tuple[ForeignKey, ...]) -> None:
        """These are the foreign keys of a table at a revision."""
        self.keys[place] = keys
        self.post_message(self.KeysKnown())

    def _close_if_empty(self) -> None:
        """Where no row is left, there is none to be shown with all of its columns."""
        if self.card.is_open and self.loaded is not None and not self.grid.row_count and not self.grid.waiting:
            self.close_record()

    def _show_record(self) -> None:
        """Show the row under the cursor again where it was shown."""
        if self._reopen and self.record is not None:
            self._reopen = False
            self.open_record()
        self.card.draw()
        self._close_if_empty()

    def show_draft(self, known: Known) -> None:
        """Show the draft, and what was staged, as they are by now over the rows."""
        if self.loaded is not None:
            self._lay(self.loaded, known, self.grid.cover)
            self.card.draw()
            self.filtered()

    def _lay(self, loaded: Loaded, known: Known, show: Callable[..., None]) -> None:
        drafted = loaded.drafted(known)
        show(loaded.overlay(known), signs=drafted)
        self._drafted = counted_kinds(known.row_draft.of(loaded.view.about)) if drafted else ""

    def counted(self, loaded: Loaded, known: Known) -> None:
        """The same as what is shown, with what is counted by now."""
        if self.loaded is None or loaded.view != self.view:
            return
        self._counted = loaded
        if self.is_list:  # it has its counts in its lines
            self.show(loaded, known)
            return
        self.loaded = loaded
        if isinstance(self.grid.source, FirstPageKnown):
            self.grid.source.counted(loaded)
        self.grid.recount()
        self.filtered()

    @property
    def is_choice(self) -> bool:
        """Whether the rows that are shown were chosen in the view behind them, to which ``esc`` goes back."""
        return bool(self.stack) and self.stack[-1][0].leads_to_choices

    @property
    def is_list(self) -> bool:
        """Whether it shows lines of a list, or nothing but a text, and not rows with a cursor that is on a cell."""
        return self.grid.cursor_kind == "row"

    @property
    def searched(self) -> bool:
        return not self.is_list or self.card.is_open

    def _header(self, rows: bool, *, titles: bool = False) -> None:
        """Show rows with titles above them, and a cursor that is on a cell; or lines of a list, with titles or not."""
        self.grid.show_header = rows or titles
        self.grid.cursor_kind = "cell" if rows else "row"

    def _show_notes(self, text: str) -> None:
        """Tell above the rows which of them are shown, below ``text``."""
        view = self.view
        if view is not None and view.settings:
            back = "esc goes back" if self.is_choice else view.way_back
            text = "\n".join(filter(None, (text, sanitise(f"{view.settings} · {back}"))))
        self.notes.display = bool(text)
        self.notes.update(Content(text))

    def on_resize(self) -> None:
        self.card.draw()
        self.filtered()

    def moved(self, grid: Grid) -> None:
        """The cursor is on another line, of the rows or of the record."""
        if self.card.is_open and grid is self.grid:
            self.card.draw()
        elif self.card.is_open and self.card.column is not None:
            self.grid.move_to_column(f"{self.card.column}")  # where one is when the rows are shown again
        self.filtered()  # it may tell where the cursor is

    def _staged(self) -> str:
        """What is staged of the row whose record is shown, where it is one with uncommitted changes."""
        if self.loaded is None or self._known is None:
            return ""
        row = self.loaded.uncommitted(self.grid.cursor_row, self._known)
        if row is None:
            return ""
        return "partly staged" if row.halves.both else "staged" if row.halves.staged else "not staged"

    # the record

    def open_record(self) -> None:
        """Show the row under the cursor with all of its columns."""
        had_focus = self.grid.has_focus and self.card.is_made
        self.card.open()
        if had_focus:
            self.current.focus()
        self.filtered()

    def close_record(self) -> bool:
        """Show the rows again; whether the record was shown."""
        if not self.card.close():
            return False
        if self.loaded is not None or self.view is not None:
            self.set_title((self.loaded or self.view).title)  # type: ignore[union-attr]
        self.filtered()
        return True

    def set_title(self, title: str = "") -> None:
        super().set_title(f"{self.way}{title}" if title else "")

    def title_record(self) -> None:
        """Say in the frame which record is shown."""
        row = self.grid.cursor_row
        if self.card.is_open and self.loaded is not None and row is not None:
            Pane.set_title(self, f"{self.way}{self.loaded.record_title(row)}")

    def filtered(self) -> None:
        if self.card.is_open:
            self.title_record()
            foot = " · ".join(filter(None, (self._staged(), self.card.foot)))
            while len(foot) > self.size.width - _FOOT and _BETWEEN in foot:
                foot = foot.rpartition(_BETWEEN)[0]
            self.set_footnote(foot)
            return
        hidden = sum(column.key in self.grid.hidden for column in self.grid.columns)
        shown = self._counted or self.loaded if self.loaded is not None else None
        if shown is None or self._known is None:
            self.set_footnote("")
            return
        grid, room = self.grid, self.size.width - len(self._drafted) - _FOOT
        seen = Seen(hidden, room, grid.cursor_row, grid.cursor_index, self.two_lines)
        foot = shown.foot(self._known, seen)
        columns = columns_said(sum(bool(column.title) for column in grid.columns), hidden)
        if columns not in foot and len(foot) + len(columns) < room:
            foot = " · ".join(filter(None, (foot, columns)))
        if self.only_changed and columns and grid.source is not None and len(foot) + len(_SO_FAR) < room:
            foot = foot.replace(columns, columns + _SO_FAR)  # further pages may have changes in others
        self.set_footnote(" · ".join(filter(None, (foot, self._drafted))))

    @property
    def changed(self) -> frozenset[int]:
        """The positions of the columns in which something differs, as far as rows were read; none where there is no
        diff."""
        source = self.grid.source
        further = source.changed if isinstance(source, FirstPageKnown) else frozenset()
        return further | (self.loaded.changed or frozenset()) if self.loaded is not None else frozenset()

    def fold(self) -> bool:
        """Leave out the columns in which nothing differs, as far as rows were read; whether that is different."""
        loaded, changed = self.loaded, self.changed if self.only_changed else frozenset()
        if loaded is None or not changed:  # where rows are only added or removed, there is none to be found by
            return self.grid.fold_columns(frozenset())
        changed |= {at for at, column in enumerate(loaded.columns) if getattr(column, "primary_key", False)}
        shown = {column.key for column in self.grid.columns if column.key.isdecimal()}
        return self.grid.fold_columns(frozenset(shown - set(map(str, changed))))

    def arrived(self) -> None:
        self._close_if_empty()
        if self.only_changed and self.fold():
            self.filtered()
        super().arrived()
        self.post_message(self.Shown())
