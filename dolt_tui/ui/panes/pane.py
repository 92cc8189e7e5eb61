"""What all panes have in common: a frame with a number, a title and a grid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from dolt_tui.engine.errors import Lacking
from dolt_tui.ui.commands import within
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.panes.key_bindings import bind, bind_search, bind_within
from dolt_tui.ui.present.grid_rows import Column
from dolt_tui.ui.present.text import sanitise
from dolt_tui.ui.widgets.grid import Grid
from dolt_tui.ui.widgets.pane_layout import Lower
from dolt_tui.words import count

T = TypeVar("T")
_BEFORE_TITLE, _BETWEEN_TABS = 3, 3
"""Cells of a frame before its title, and those between two tabs."""


class Pane(Vertical):
    """A frame around a grid; shows what it is handed."""

    NUMBER = ""
    TITLE = ""
    COLUMNS: tuple[Column, ...] = ()
    HEADER = False
    KIND = ""
    """The pane's name in `dolt_tui.ui.commands`."""

    LANES: tuple[str, ...] = ("main",)
    """The lanes of `dolt_tui.ui.session.jobs.Jobs` whose work ``esc`` cancels while the pane has the focus."""

    TYPED = False
    """Whether the letters that are pressed go into a text."""
    LOWER = Lower("other", folds=False, low=7)
    """How much room it has usually where it stands below the main pane."""
    PAGES = "pages"
    """The lane in which its pages are read on."""

    class Typed(Message):
        """The pane's text, or the place of the cursor in it, changed."""

    class TitleClicked(Message):
        """Its frame's title was clicked: on the title of the tab, which is its own where it was none's."""

        def __init__(self, pane: Pane, tab: str) -> None:
            super().__init__()
            self.pane, self.tab = pane, tab

    def __init__(self) -> None:
        super().__init__(id=self.KIND, classes="pane")
        bind(self, self.KIND)
        for place in within(self.KIND):
            bind_within(self, place)
        bind_search(self)
        self.room = self.LOWER
        """How much room it has now where it stands below the main pane."""
        self.tabs: Sequence[str] = (self.TITLE,)
        """The titles of all tabs of its frame, its own among them."""
        self._tab_ends: list[tuple[int, str]] = []
        """Where the tabs end in the title that is shown, from the left."""
        self.grid = Grid(columns=self.COLUMNS, show_header=self.HEADER, empty_text="", id=f"{self.KIND}-grid")

    def compose(self) -> ComposeResult:
        yield self.grid

    @property
    def key_place(self) -> str:
        """Where the commands are declared that its keys mean now (`dolt_tui.ui.commands`)."""
        return self.KIND

    @property
    def current(self) -> Grid:
        """The grid that takes the keys."""
        return self.grid

    def owns(self, grid: Grid) -> bool:
        """Whether a grid is a part of it."""
        return grid is self.grid

    @property
    def entry(self) -> Widget:
        """What takes the keys while the pane has the focus."""
        return self.current

    def on_mount(self) -> None:
        self.set_title()

    def set_title(self, title: str = "") -> None:
        """The title in the frame, behind the pane's number; with one of its own the other tabs' are left out."""
        # Content, not str: a title may hold a table's name, and a str would be read as markup.
        self._tab_ends = []
        if title or len(self.tabs) < 2:
            self.border_title = Content(f"{self.NUMBER} {sanitise(title or self.TITLE)}")
            return
        self._set_tabs()

    def _set_tabs(self, more: str = "") -> None:
        """The titles of all tabs, with ``more`` behind its own."""
        parts = [(f"{name}{more}", "") if name == self.TITLE else (name, "not bold $dim") for name in self.tabs]
        spans = [span for part in parts for span in ((" · ", "not bold $dim"), part)]
        self.border_title = Content.assemble(f"{self.NUMBER} ", *spans[1:])
        at = _BEFORE_TITLE + len(f"{self.NUMBER} ")
        for name, (text, _) in zip(self.tabs, parts, strict=True):
            at += cell_len(text) + _BETWEEN_TABS
            self._tab_ends.append((at, name))

    def on_click(self, event: events.Click) -> None:
        """A click on the frame goes to the pane, one on the title of a tab to that tab."""
        at = event.screen_offset - self.region.offset
        if at.y == 0:
            found = next((name for end, name in self._tab_ends if at.x < end), self.TITLE)
            self.post_message(self.TitleClicked(self, found))

    def under_cursor(self, kind: type[T]) -> T | None:
        """What the row under the cursor is about, where that is of a kind."""
        row = self.grid.cursor_row
        return row.value if row is not None and isinstance(row.value, kind) else None

    @property
    def tally(self) -> int | None:
        """How many things it lists, for people; None where that says nothing."""
        return None

    @property
    def searched(self) -> bool:
        """Whether ``/`` goes from one row that contains a text to the next, instead of leaving out the others."""
        return False

    @property
    def cancelled(self) -> tuple[str, ...]:
        """The lanes whose work ``esc`` cancels now: pages that are read ahead go on."""
        return tuple(lane for lane in self.LANES if self.grid.waiting or not lane.endswith("pages"))

    @property
    def comparable(self) -> tuple[str, str] | None:
        """Name and hash of the revision that is selected here; None where that is none."""
        return None

    def reveal(self, text: str) -> None:
        """A text is searched for: show what contains it, where that is hidden."""

    def set_footnote(self, text: str) -> None:
        """The text at the bottom of the frame; with a filter what that found, as ``text`` is about all rows."""
        if self.grid.filter_text:
            text = f"/{self.grid.filter_text} · {count(self.grid.matches)} of {count(self.grid.filtered_from)}"
        if self.current.sought:
            keys = f"{key_of('search.next')} {key_of('search.previous')}"
            text = f"/{self.current.sought} · {keys}{f' · {text}' if text else ''}"
        self.border_subtitle = Content(sanitise(text))

    def could_not_read(self, what: str, error: Exception) -> None:
        """``what`` it shows could not be read: say so in place of the rows."""
        again = f"Could not read {what}: {error} {key_of('refresh')} tries again."
        self.grid.clear(sanitise(str(error) if isinstance(error, Lacking) else again))
        self.set_footnote("")

    def blank(self) -> None:
        """Show nothing: what was shown belongs to another branch."""
        self.grid.clear()
        self.set_footnote("")

    def arrived(self) -> None:
        """More rows are there, or those that were there have been read again."""
        self.filtered()

    def filtered(self) -> None:
        """The filter changed."""
        self.set_footnote("")
