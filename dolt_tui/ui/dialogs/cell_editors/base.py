"""What the editors of a cell have in common: where they stand, what their keys do, and what they answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region
from textual.widgets import Static

from dolt_tui.engine.errors import EngineError
from dolt_tui.frozen import Frozen
from dolt_tui.ui.dialogs.dialog import Dialog
from dolt_tui.ui.present.content import content, lines
from dolt_tui.ui.present.text import NULL, Cell, Style, cell, join, plain

if TYPE_CHECKING:
    from textual.widget import Widget

MARGIN = 3
"""Cells of an editor before its text: the frame, and the mark with a blank."""
_LEAST = 30
_MOST = 70

Key = tuple[str, str, str]
"""How a key is shown, what it does in one or two words, and in a sentence."""


class Edited(Frozen):
    """What a cell is to be."""

    value: object
    """None is NULL."""
    changed: bool = True
    """False where the cell stays as it was."""
    go: int = 0
    """Which cell comes next: the one to the right (1), to the left (-1), or none."""


def _always(_: int) -> str:
    return ""


class Subject(Frozen):
    """The cell that is edited."""

    title: str
    """The name of its column."""
    kind: str
    """What it holds, for people: the column's type."""
    text: str
    """Its value as it is typed; empty where it is NULL, or has none yet."""
    region: Region
    """Where it is on the screen."""
    parse: Callable[[str], object]
    """A value from what was typed; raises an `EngineError` that says what is wrong."""
    is_null: bool = False
    nullable: bool = True
    unset: str = ""
    """What it will be if nothing is typed, of a row that is new: ``default``, ``auto``."""
    no_next: Callable[[int], str] = _always
    """Why one cannot go on from it to the right (1) or to the left (-1); empty where one can."""


class CellEditor(Dialog[Edited]):
    """A frame at a cell, its text in line with the cell's; the footer of the screen is its own while it is open."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave", show=False, priority=True),
        Binding("enter,ctrl+s", "take(0)", "save", show=False, priority=True),
        Binding("tab", "take(1)", "save, next cell", show=False, priority=True),
        Binding("shift+tab", "take(-1)", "save, cell before", show=False, priority=True),
        Binding("ctrl+n", "null", "NULL", show=False, priority=True),
    ]

    def __init__(self, subject: Subject, hint: str = "⏎ save · esc cancel") -> None:
        super().__init__(subject.title, hint)
        self.subject = subject
        self.null = subject.is_null
        """Whether the cell is to be NULL."""
        self.touched = False
        """Whether anything was typed or chosen."""
        self.says = Static(markup=False, classes="says")
        self.says.display = False
        self.bar = Static(markup=False, id="editor-footer")
        self.frame.add_class("at-cell")

    # what a kind of editor says about itself

    @property
    def entry(self) -> Widget:
        """What takes the keys."""
        raise NotImplementedError

    @property
    def wanted(self) -> tuple[int, int]:
        """Width and height of what is within the frame, in cells."""
        raise NotImplementedError

    @property
    def typed(self) -> str:
        """What the value is made of."""
        raise NotImplementedError

    @property
    def keys(self) -> Sequence[Key]:
        """The keys, most useful first."""
        null = "Make it NULL" if self.subject.nullable else "NULL: not here, the column is NOT NULL"
        return (
            ("⏎", "save", "Save the value"),
            ("tab", "save, next cell", "Save the value, and edit the next cell; shift+tab the one before"),
            ("^n", "NULL", null),
            ("esc", "cancel", "Leave the cell as it was"),
        )

    def value(self) -> object:
        """The value that was typed; raises an `EngineError` that says what is wrong with it."""
        return self.subject.parse(self.typed)

    # the frame

    def on_mount(self) -> None:
        self.show_keys()
        self.place()
        self.entry.focus()

    def on_resize(self, event: events.Resize) -> None:
        self.place()

    def place(self) -> None:
        """Stand below the cell, or above it where there is no room below, with the text in line with the cell's."""
        screen, at = self.app.size, self.subject.region
        width, height = self.wanted
        width = min(max(_LEAST, min(width, _MOST)) + MARGIN + 1, screen.width)
        height += 2
        below, above = screen.height - 1 - (at.y + 1), at.y - 1
        if below >= height or below >= above:
            height = min(height, max(3, below))
            y = min(at.y + 1, screen.height - 1 - height)
        else:
            height = min(height, max(3, above))
            y = at.y - height
        styles = self.frame.styles
        styles.width, styles.height = width, height
        styles.offset = (max(0, min(at.x - MARGIN, screen.width - width)), max(0, y))

    def say(self, text: str, style: str = Style.ERROR) -> None:
        """Say below the text what is wrong with it; nothing where it is empty."""
        self.says.update(lines([cell(text, style)]))
        if self.says.display != bool(text):
            self.says.display = bool(text)
        self.place()

    def said(self, text: str) -> int:
        """How many lines a message takes."""
        room = max(10, min(_MOST, max(_LEAST, self.wanted_width)))
        return len(wrap(text, room))

    @property
    def wanted_width(self) -> int:
        return _LEAST

    def show_keys(self) -> None:
        """The keys, in the place of the footer."""
        parts: list[Cell] = []
        for key, short, _ in self.keys:
            off = short == "NULL" and not self.subject.nullable
            parts.append(
                join(cell(f"{key} ", Style.DIM if off else Style.KEY), cell(f"{short}  ", Style.DIM if off else ""))
            )
        right = content(join(cell("f1 ", Style.KEY), cell("keys ")))
        room = self.app.size.width - right.cell_length - 1
        while len(parts) > 1 and cell_len(plain(join(*parts))) > room:
            del parts[-2]  # what leaves it is behind it
        left = content(join(cell(" "), *parts)).truncate(max(0, room), ellipsis=True)
        gap = " " * max(0, self.app.size.width - left.cell_length - right.cell_length)
        self.bar.update(Content.assemble(left, gap, right))

    # the keys

    @property
    def unchanged(self) -> bool:
        """Whether the cell keeps what it has."""
        return not self.touched

    def take(self, go: int) -> None:
        """Answer what was typed, unless something is wrong with it."""
        if self.unchanged:
            self.answer(Edited(None, changed=False, go=go))
            return
        try:
            found = None if self.null else self.value()
        except EngineError as error:
            self.say(error.message)
            return
        self.answer(Edited(found, go=go))

    def answer(self, found: Edited) -> None:
        """Answer, and close; where no other cell follows, stay: what is typed next would run commands."""
        if found.go and (why := self.subject.no_next(found.go)):
            self.say(why, Style.DIM)
        else:
            self.dismiss(found)

    def action_take(self, go: int) -> None:
        self.take(go)

    def action_null(self) -> None:
        """Make it NULL."""
        if not self.subject.nullable:
            self.say(f"{self.subject.title} is NOT NULL.")
            return
        self.null = self.touched = True
        self.cleared()

    def cleared(self) -> None:
        """It is NULL now: nothing is typed."""


def placeholder(subject: Subject, null: bool) -> str:
    """What stands where nothing is typed: what the cell is then."""
    if null:
        return f"{NULL} NULL"
    return subject.unset or "empty"
