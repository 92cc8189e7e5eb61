"""The editor of a cell whose value is one of a list: an enum, a set, a boolean, a key of another table."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Static

from dolt_tui.frozen import Frozen
from dolt_tui.ui.dialogs.cell_editors.base import CellEditor, Key, Subject
from dolt_tui.ui.present.draft_rows import REQUIRED
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import NULL, Cell, Style, cell, join, marked, sanitise, styles
from dolt_tui.ui.widgets.entry import LineInput
from dolt_tui.ui.widgets.grid import Grid

_LINES = 10
_COLUMNS = (
    Column("mark", separator=False),
    Column("name", flex=True, separator=False),
    Column("note", numeric=True, separator=False),
)
_NULL = ("null",)
_UNSET = ("unset",)
"""The keys of what are no options: NULL, and what the database fills in."""


class Option(Frozen):
    """Something that one can choose."""

    text: str
    """What is typed for it."""
    value: object
    note: str = ""
    """What it is, for people: the name that belongs to a key."""


class ListEditor(CellEditor):
    """A list with a line in which one types: what does not match is dimmed, and not removed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "next", show=False, priority=True),
        Binding("up", "move(-1)", "previous", show=False, priority=True),
    ]

    def __init__(
        self,
        subject: Subject,
        options: Sequence[Option] = (),
        *,
        several: bool = False,
        search: Callable[[str], None] | None = None,
    ) -> None:
        """``several`` may be chosen. With ``search`` that is asked for the options to a text; `offer` has the answer,
        and what is typed may also be none of them."""
        super().__init__(subject)
        self._options, self._several, self._search = list(options), several, search
        self._chosen = set(filter(None, subject.text.split(","))) if several else set()
        self._input = LineInput("", "" if subject.is_null or not subject.text else subject.text)
        self._says = ""
        self.grid = Grid(columns=_COLUMNS, show_header=False)
        self.grid.can_focus, self.grid.lively = False, True
        self._matching: list[Hashable] = []

    def compose(self) -> ComposeResult:
        with self.frame:
            with Horizontal(classes="entry"):
                yield Static("›", markup=False, classes="mark")
                yield self._input
                yield Static(sanitise(self.subject.kind), markup=False, classes="kind")
            yield Static(classes="rule")
            yield self.grid
            yield self.says
        yield self.bar

    def on_mount(self) -> None:
        if self._search is not None:
            self._search("")
        self._list()
        self._to_present()

    @property
    def entry(self) -> Widget:
        return self._input

    @property
    def typed(self) -> str:
        return self._input.value.strip()

    @property
    def wanted_width(self) -> int:
        texts = [cell_len(marked(option.text)) + cell_len(marked(option.note)) for option in self._options[:200]]
        return max([*texts, self.subject.region.width + cell_len(self.subject.kind), len("NULL not null")]) + 8

    @property
    def wanted(self) -> tuple[int, int]:
        return self.wanted_width, 2 + min(len(self._options) + 1 + self._leaves_unset, _LINES) + self.said(self._says)

    @property
    def keys(self) -> Sequence[Key]:
        take, following, null, leave = super().keys
        check = ((("space", "check", "Check the option, or take it out"),)) if self._several else ()
        return (
            take,
            following,
            *check,
            ("↑ ↓", "choose", "Choose another one"),
            ("a-z", "search", "Type a part of it"),
            null,
            leave,
        )

    def say(self, text: str, style: str = "error") -> None:
        self._says = text
        super().say(text, style)

    # the list

    def offer(self, options: Sequence[Option]) -> None:
        """These are the options to what is typed."""
        here = self._key
        self._options = list(options)
        if not self.is_mounted:
            return
        self._list()
        if self.typed:
            self._to_match()
        elif not self.touched:
            self._to_present()
        elif here is not None:
            self.grid.move_to_key(here)
        self.place()

    def _to_present(self) -> None:
        """To what the cell is now, or else to the first option."""
        if self._several or not self.grid.move_to_key(_NULL if self.null else self.subject.text):
            self.grid.home()

    @property
    def _key(self) -> Hashable:
        row = self.grid.cursor_row
        return row.key if row is not None else None

    def _list(self) -> None:
        wanted = self.typed.lower()
        rows, self._matching = [], []
        if self._leaves_unset:
            rows.append(
                Row(_UNSET, (cell("●", Style.DIM), cell(self.subject.unset, Style.NULL), cell("now", Style.DIM)))
            )
            self._matching += [] if wanted else [_UNSET]
        for option in self._options:
            matches = wanted in option.text.lower() or wanted in option.note.lower()
            if matches:
                self._matching.append(option.text)
            rows.append(Row(option.text, self._cells(option, wanted, matches), value=option))
        fine = self.subject.nullable and not wanted
        note = "now" if self.subject.is_null else "" if self.subject.nullable else "not null"
        dim = "" if fine else Style.DIM
        rows.append(
            Row(_NULL, (cell(self._mark(_NULL)), cell(f"{NULL} NULL", dim or Style.NULL), cell(note, Style.DIM)))
        )
        if fine:
            self._matching.append(_NULL)
        self.grid.set_rows(rows)

    def _cells(self, option: Option, wanted: str, matches: bool) -> tuple[Cell, ...]:
        now = not self._several and not self.subject.is_null and option.text == self.subject.text
        strong = Style.BOLD if wanted and matches else "" if matches else Style.DIM
        note = _with_match(option.note, wanted, Style.DIM)
        if now:
            note = join(note, cell(" now" if option.note else "now", Style.DIM))
        return cell(self._mark(option.text), Style.DIM), _with_match(option.text, wanted, strong), note

    @property
    def _leaves_unset(self) -> bool:
        """Whether one can leave it to the database: as it is then, until something is chosen."""
        return bool(self.subject.unset) and self.subject.unset != REQUIRED and not self._several

    def _mark(self, key: Hashable) -> str:
        if self._several:
            return "✓" if key in self._chosen and not self.null else " "
        return "●" if key == (_NULL if self.subject.is_null else self.subject.text) else " "

    def _to_match(self) -> None:
        """To the first option that begins with what is typed, or else has it."""
        wanted = self.typed.lower()
        names = [key for key in self._matching if isinstance(key, str)]
        best = next((key for key in names if str(key).lower() == wanted), None)
        best = best or next((key for key in names if str(key).lower().startswith(wanted)), names[0] if names else None)
        if best is not None:
            self.grid.move_to_key(best)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        if self._several and " " in event.value:  # a line takes every letter before a binding does
            self._check()
            return
        self.say("")
        if self._search is not None:
            self._search(self.typed)
        self._list()
        if self.typed:
            self.touched = True
            self.null = False
            self._to_match()

    def action_move(self, by: int) -> None:
        """To another option; while something is typed to another one that has it."""
        self.touched = True
        order = [row.key for row in map(self.grid.line, range(self.grid.row_count)) if row is not None]
        order = [key for key in order if key in self._matching] or order
        at = order.index(self._key) + by if self._key in order else 0
        self.grid.move_to_key(order[at % len(order)])
        self.null = self._key == _NULL

    @on(Grid.Selected)
    def _selected(self) -> None:
        self.touched = True
        self.take(0)

    def _check(self) -> None:
        """Check the option under the cursor, or take it out."""
        key = self._key
        if isinstance(key, str):
            self.touched, self.null = True, False
            self._chosen ^= {key}
            self._input.value = ""
            self._list()
            self.grid.move_to_key(key)

    def cleared(self) -> None:
        self._input.value = ""
        self._list()
        self.grid.move_to_key(_NULL)

    # the answer

    def value(self) -> object:
        key = self._key
        if self._several:
            return self.subject.parse(",".join(option.text for option in self._options if option.text in self._chosen))
        names = [name for name in self._matching if isinstance(name, str)]
        if self.typed and not names:
            return self.subject.parse(self.typed)  # none of them: the engine says whether it may be
        row = self.grid.cursor_row
        if key == _NULL or row is None or not isinstance(row.value, Option):
            return None
        return row.value.value

    @property
    def unchanged(self) -> bool:
        offered = not self._several and self.subject.unset == REQUIRED and isinstance(self._key, str)
        return (not self.touched and not offered) or (self._key == _UNSET and not self.typed and not self.null)

    def take(self, go: int) -> None:
        if self.null and not self.subject.nullable:
            self.say(f"{self.subject.title} is NOT NULL.")
            return
        super().take(go)


def _with_match(text: str, wanted: str, style: str) -> Cell:
    """A text with the part of it that is wanted."""
    shown = sanitise(text)
    at = shown.lower().find(wanted) if wanted and len(shown.lower()) == len(shown) else -1
    if at < 0:
        return ((shown, style),)
    end = at + len(wanted)
    parts = ((shown[:at], style), (shown[at:end], styles(Style.ACCENT, Style.BOLD)), (shown[end:], style))
    return tuple(part for part in parts if part[0])
