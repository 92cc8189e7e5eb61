"""The dialog about rows of a draft that somebody else changed: both values side by side, and which one to take."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from dolt_tui.engine.model import Changed, Edit, EditKind, RowValues, Value
from dolt_tui.ui.dialogs.dialog import Dialog
from dolt_tui.ui.present.content import lines
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import Style, cell, plain, styles, value_cell
from dolt_tui.ui.widgets.grid import Grid
from dolt_tui.words import plural

_COLUMNS = (
    Column("mark", min_width=8, separator=False),
    Column("column", "column"),
    Column("was", "was shown", max_width=24),
    Column("mine", "mine", max_width=24),
    Column("theirs", "now in the database", max_width=24),
)


class Side(StrEnum):
    """What becomes of an edit whose row has changed."""

    MINE = "mine"
    """It is written over the row as it is now."""
    THEIRS = "theirs"
    """It is dropped."""
    LEAVE = "leave"
    """It stays in the draft, and nothing is written."""


class ChangedRowsDialog(Dialog[dict[int, Side]]):
    """Returns a side for each of the rows, by its place in the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "done", "done", show=False, priority=True),
        Binding("m", "side('mine')", "mine", show=False),
        Binding("t", "side('theirs')", "theirs", show=False),
        Binding("l", "side('leave')", "leave", show=False),
        Binding("M", "all('mine')", "all mine", show=False),
        Binding("T", "all('theirs')", "all theirs", show=False),
    ]

    def __init__(self, changed: Sequence[Changed], computed: Mapping[str, Collection[str]] | None = None) -> None:
        """``computed``: the columns of each table that nobody sets, and that are not told."""
        super().__init__("Changed by others", "m mine · t theirs · l leave · M T all · ⏎ continue · esc cancel")
        self._changed, self._computed = changed, computed or {}
        self._sides = dict.fromkeys(range(len(changed)), Side.LEAVE)
        self.grid = Grid(columns=_COLUMNS)
        self.frame.add_class("large")

    def compose(self) -> ComposeResult:
        number, seen = plural(len(self._changed), "row"), "it" if len(self._changed) == 1 else "them"
        body = [
            cell(
                f"{number} of the draft changed in the database since you saw {seen}. Nothing was written.", Style.BOLD
            ),
            cell("Choose for each row: your values, those of the database, or leave it in the draft.", Style.DIM),
        ]
        with self.frame:
            yield Static(lines(body), markup=False, classes="body")
            yield self.grid

    def on_mount(self) -> None:
        self._draw()
        self.grid.focus()

    def _draw(self) -> None:
        rows: list[Row] = []
        for at, changed in enumerate(self._changed):
            side = self._sides[at]
            look = {Side.MINE: Style.MODIFIED, Side.THEIRS: Style.ACCENT, Side.LEAVE: Style.DIM}[side]
            head = cell(f"{changed.edit.table}  {name_of(changed.edit)}  {_said(changed)}", Style.HEADING)
            rows.append(Row(("head", at), (head,), selectable=False))
            told = compared(changed.edit, changed.now, self._computed.get(changed.edit.table, ()))
            for number, (column, was, mine, theirs) in enumerate(told):
                mark = cell(str(side) if not number else "", styles(look, Style.BOLD))
                chosen = (
                    styles(Style.MODIFIED, Style.BOLD) if side is Side.MINE else "",
                    styles(Style.ACCENT, Style.BOLD) if side is Side.THEIRS else "",
                )
                cells = (mark, cell(column), _cell(was, Style.DIM), _cell(mine, chosen[0]), _cell(theirs, chosen[1]))
                rows.append(Row((at, number), cells, value=at))
        self.grid.set_rows(rows)

    def action_side(self, side: str) -> None:
        row = self.grid.cursor_row
        if row is not None and isinstance(row.value, int):
            self._sides[row.value] = Side(side)
            self._draw()
            following = self.grid.index_of((row.value + 1, 0))
            if following is not None:
                self.grid.move_to(following)

    def action_all(self, side: str) -> None:
        self._sides = dict.fromkeys(self._sides, Side(side))
        self._draw()

    def action_done(self) -> None:
        self.dismiss(dict(self._sides))


def _said(changed: Changed) -> str:
    kind = changed.edit.kind
    if kind is EditKind.ADDED:
        return "a row with this key exists now"
    if changed.now is None:
        return "the row is gone"
    return "you remove it" if kind is EditKind.REMOVED else ""


def name_of(edit: Edit) -> str:
    """A row for people: the values of its key."""
    if edit.kind is EditKind.ADDED:
        return "new row"
    return ", ".join(plain(value_cell(value, limit=24)) for value in edit.key)


def compared(
    edit: Edit, now: RowValues | None, computed: Collection[str] = ()
) -> list[tuple[str, Value, Value, Value]]:
    """Of each column that differs: its name, and its value as it was shown, as it will be, and as it is now.

    What was not edited stays as it is now, unless the row is gone."""
    names = [*edit.after, *(name for name in edit.before if now is not None and now.get(name) != edit.before[name])]
    found = []
    for name in dict.fromkeys(names or edit.before):
        if name in computed:
            continue
        kept = name not in edit.after and now is not None
        mine = _GONE if edit.kind is EditKind.REMOVED else now.get(name) if kept and now else edit.value(name)
        found.append((name, edit.before.get(name, _GONE), mine, _GONE if now is None else now.get(name)))
    return found


_GONE: Value = object()
"""Stands where there is no row."""


def _cell(value: Value, style: str) -> tuple[tuple[str, str], ...]:
    return cell("gone", Style.MINUS) if value is _GONE else value_cell(value, style)
