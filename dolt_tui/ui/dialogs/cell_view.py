"""One cell by itself: its whole value in lines, which scroll, fold, and are searched."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Protocol, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from dolt_tui.ui.dialogs.dialog import Dialog
from dolt_tui.ui.present.cell_lines import Lines, Place
from dolt_tui.ui.present.cell_view import CellContent, Face
from dolt_tui.ui.present.content import lines
from dolt_tui.ui.present.grid_rows import Match, PageOf, Request, Row
from dolt_tui.ui.present.json_paths import json_short
from dolt_tui.ui.present.json_tree import Node, TreeLines
from dolt_tui.ui.present.text import Style, cell, join, plain, styles
from dolt_tui.ui.widgets.entry import LineInput
from dolt_tui.ui.widgets.grid import Grid

T = TypeVar("T")
_AT_ONCE = 1000
"""Lines that are made without being felt."""
_AROUND = 3
"""Cells of the grid beside a line: blanks, and the scroll bar."""


class Reader(Protocol):
    """Does something that may take long on a thread, and hands on what comes of it; the latest wins."""

    def __call__(self, label: str, work: Callable[[], T], done: Callable[[T], None], /) -> object: ...


class CellDialog(Dialog[None]):
    """Shows a cell until it is left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "back", show=False, priority=True),
        Binding("q,V", "leave", "close", show=False),
        Binding("t,tab", "face(1)", "next side", show=False),
        Binding("T,shift+tab", "face(-1)", "side before", show=False),
        Binding("enter", "fold", "fold", show=False),
        Binding("slash", "search", "search", show=False),
        Binding("n", "step(False)", "next", show=False),
        Binding("N", "step(True)", "previous", show=False),
        Binding("J", "change(False)", "next change", show=False),
        Binding("K", "change(True)", "change before", show=False),
        Binding("y", "copy", "copy", show=False),
        Binding("Y", "copy_line", "copy the line", show=False),
        Binding("E", "save", "save", show=False),
    ]

    def __init__(
        self,
        title: str,
        content: CellContent,
        *,
        read: Reader,
        stop: Callable[[], bool],
        copy: Callable[[str, str], None],
        save: Callable[[CellContent, Face], None],
    ) -> None:
        """``stop`` ends what is read, and says whether there was something; ``copy`` gets a text and what it is in
        words, ``save`` the value that is to be written to a file."""
        super().__init__(title, "")
        self._content, self._read, self._stop, self._copy, self._save = content, read, stop, copy, save
        self._face = 0
        self._width = 0
        self._going = False
        """Whether the cursor is on its way to a line that is not there yet."""
        self._about = Static(markup=False, classes="about")
        self.grid = Grid(show_header=False)
        self._input = LineInput(placeholder="search")
        self.frame.add_class("large")

    def compose(self) -> ComposeResult:
        with self.frame:
            yield self._about
            yield self.grid
            yield self._input

    def on_mount(self) -> None:
        self._input.display = False
        self.grid.focus()

    @on(events.Resize)
    def _resized(self) -> None:
        self.call_after_refresh(self._lay)

    def _lay(self) -> None:
        """Show the lines as wide as there is room by now."""
        width = max(16, self.grid.size.width - _AROUND)
        if width != self._width and self.grid.size.width:
            self._width = width
            self._show()

    # what is shown

    @property
    def face(self) -> Face:
        """How the value is looked at."""
        return self._content.faces[self._face]

    @property
    def _lines(self) -> Lines | None:
        source = self.grid.source
        return source if isinstance(source, Lines) else None

    def _show(self) -> None:
        at, before = self.grid.cursor_index, self._lines
        found = self.face.lines(self._width)
        self.grid.show(found)
        if before is not None and at:
            self._go(Place(found, at))
        self._tell()

    def _tell(self) -> None:
        """What the value is, how it is looked at, and what the keys do."""
        content = self._content
        kind = content.kind.lower()
        if any(note.lower().startswith(kind) for note in content.notes):
            kind = ""  # they say it
        said = cell(" · ".join(filter(None, (kind, *content.notes))), Style.DIM)
        names = [
            cell(f"{'›' if at == self._face else ' '}{face.name} ", _HERE if at == self._face else Style.DIM)
            for at, face in enumerate(content.faces)
        ]
        shown = [said] if plain(said) else []
        if len(names) > 1:
            shown = [join(*names)] if not shown else [join(said, cell("   "), *names)]
            if len(plain(shown[0])) > self._width:
                shown = [said, join(*names)]
        self._about.update(lines(shown))
        self._about.display = bool(shown)
        hints = ["t other side" if content.changed else "t other view"] if len(content.faces) > 1 else []
        hints += ["J K changes"] if content.changed and not isinstance(self._lines, TreeLines) else []
        hints += ["⏎ fold"] if isinstance(self._lines, TreeLines) else []
        hints += ["n next match", "N previous"] if self.grid.sought else ["/ search"]
        hints += ["y copy", "E save…", "Y copy the line", "esc close"]  # the last but one goes where there is no room
        self.set_hint(" · ".join(hints))

    @on(Grid.PageWanted)
    def _page_wanted(self, event: Grid.PageWanted) -> None:
        request, source, grid = event.request, event.source, event.grid
        event.stop()

        def arrived(page: PageOf) -> None:
            grid.deliver(request, page)
            if self._going and grid.cursor_row is not None:
                self._going = False
                grid.model.show_cursor()  # until now there was nothing to scroll to

        if isinstance(source, Lines) and not request.from_end and request.place(source.count().number or 0)[0] == 0:
            arrived(source.fetch(request))
            return
        self._read("read on", lambda: source.fetch(request), arrived)

    def _go(self, place: Place) -> None:
        """Put the cursor on a line, which may be among others than those that are shown."""
        if self.grid.source is not place.lines:
            self.grid.replace(place.lines)
        if place.at < _AT_ONCE or place.at < (place.lines.count().number or 0):
            self._moved(place, place.lines.line(place.at))
        else:
            self._read("read on", lambda: place.lines.line(place.at), lambda row: self._moved(place, row))

    def _moved(self, place: Place, row: Row | None) -> None:
        if row is not None and self.grid.source is place.lines:
            self._going = True
            self.grid.go_to(Match((row.key,), index=place.at, request=Request(place.at, place.lines.page_size)))

    # the keys

    def action_back(self) -> None:
        """Leave the line for the search, end what is read, end the search, or close."""
        if self._stop():
            self._tell()
        elif self._input.display:
            self._input.display = False
            self.grid.focus()
        elif self.grid.sought:
            self.grid.sought = ""
            self.grid.refresh()
            self._tell()
        else:
            self.dismiss(None)

    def action_face(self, step: int) -> None:
        self._face = (self._face + step) % len(self._content.faces)
        self._show()

    @on(Grid.Selected)
    def action_fold(self) -> None:
        row, tree = self.grid.cursor_row, self._lines
        if row is not None and isinstance(tree, TreeLines) and isinstance(row.value, Node) and row.value.folds:
            at = self.grid.cursor_index
            if isinstance(row.key, tuple):  # a line of a long text: its first one stays
                at = next(up for up in range(at, -1, -1) if (line := tree.line(up)) and line.key == row.value.path)
            self._go(Place(tree.toggled(row.value), at))

    def action_search(self) -> None:
        self._input.display = True
        self._input.value = ""
        self._input.focus()

    @on(Input.Submitted)
    def _searched(self) -> None:
        self._input.display = False
        self.grid.focus()
        self.grid.sought = self._input.value
        self.grid.refresh()
        self._tell()
        if self.grid.sought:
            self.action_step(False)

    def action_step(self, backward: bool) -> None:
        """Go to the next line that contains what is searched for, round the end where none follows."""
        text, found, at = self.grid.sought, self._lines, self.grid.cursor_index
        if not text or found is None:
            return

        def find() -> Place | None:
            return found.find(text, at, backward=backward) or found.find(text, -1, backward=backward)

        def arrived(place: Place | None) -> None:
            if self._lines is not found:
                return
            if place is None:
                self.set_hint(f"{text}: not found · esc ends the search")
            else:
                self._tell()
                self._go(place)

        self.set_hint(f"searching for {text} … · esc cancel")
        self._read(f"search for {text}", find, arrived)

    def action_change(self, backward: bool) -> None:
        """Go to the next difference, or to the one before."""
        found, at = self._lines, self.grid.cursor_index
        if found is None:
            return

        def arrived(place: Place | None) -> None:
            if place is not None and self._lines is found:
                self._go(place)

        self._read("look for what differs", lambda: found.change(at, backward=backward), arrived)

    def action_copy(self) -> None:
        self._copy(self._content.text(self.face), self._content.column)

    def action_copy_line(self) -> None:
        """Copy what is under the cursor: of a tree the value, of other lines their text."""
        row = self.grid.cursor_row
        if row is None:
            return
        if isinstance(row.value, Node):
            self._copy(json_short(row.value.value), row.value.path or self._content.column)
        else:
            self._copy(plain(row.cells[-1]), "the line")

    def action_save(self) -> None:
        self._save(self._content, self.face)


_HERE = styles(Style.ACCENT, Style.BOLD)
