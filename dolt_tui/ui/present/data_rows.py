"""From the engine's rows to those of the grids: tables, diffs, histories, the summary. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace

from dolt_tui.engine.model import (
    ABSENT,
    WORKING,
    BlameRow,
    ChangeKind,
    ColumnInfo,
    DiffColumn,
    Page,
    RowChange,
    RowHistory,
    Summary,
    Value,
)
from dolt_tui.ui.present.changed_cell import change_cell, side_cells
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import (
    WHOLE_BYTES,
    Cell,
    Style,
    age,
    cell,
    is_numeric,
    sanitise,
    styles,
    value_cell,
)


def diff_columns(columns: Sequence[DiffColumn], rows: Iterable[RowChange]) -> tuple[Column, ...]:
    """The columns of a diff: the sign, then the table's; key columns stay while the others move."""
    both = [values for row in rows for values in (row.old, row.new) if values is not None]
    numeric = _numeric_positions(len(columns), both)
    shown = [Column("sign", frozen=True, separator=False)]
    for position, column in enumerate(columns):
        mark = "" if column.in_old and column.in_new else "+" if column.in_new else "−"
        shown.append(
            Column(
                f"{position}",
                sanitise(mark + column.name),
                numeric=position in numeric,
                frozen=column.primary_key,
                max_width=_room((values[position] for values in both), changes=True),
            )
        )
    return tuple(shown)


def _room(values: Iterable[Value], *, changes: bool = False) -> int:
    """How wide a column may become: keys and digests are shown whole, and keys beside those that they replaced."""
    first = next((value for value in values if value is not None and value is not ABSENT), None)
    if isinstance(first, bytes | bytearray | memoryview):
        return _CHANGED_BYTES_WIDTH if changes else _BYTES_WIDTH
    return _WIDTH


_WIDTH = 40
_BYTES_WIDTH = 2 + 2 * WHOLE_BYTES + len(" 32 B")
_CHANGED_BYTES_WIDTH = 2 * (2 + WHOLE_BYTES + len(" 16 B")) + 1


def _numeric_positions(width: int, rows: Iterable[Sequence[Value]]) -> set[int]:
    seen: set[int] = set()
    other: set[int] = set()
    for values in rows:
        for position in range(min(width, len(values))):
            if values[position] is not None and values[position] is not ABSENT:
                (seen if is_numeric(values[position]) else other).add(position)
    return seen - other


_KIND_STYLE = {ChangeKind.ADDED: Style.ADDED, ChangeKind.MODIFIED: Style.MODIFIED, ChangeKind.REMOVED: Style.MINUS}


def change_row(change: RowChange, columns: Sequence[DiffColumn], index: int) -> Row:
    """A row of a diff on one line: the old cell struck through before the new one where they differ."""
    style = _KIND_STYLE[change.kind]
    cells: list[Cell] = [cell(change.kind.sign, styles(style, Style.BOLD))]
    values = change.new if change.new is not None else change.old
    assert values is not None
    for position, column in enumerate(columns):
        if change.kind is ChangeKind.MODIFIED:
            assert change.old is not None
            if position in change.changed:
                cells.append(change_cell(change.old[position], values[position]))
            else:
                cells.append(value_cell(values[position], Style.BOLD if column.primary_key else ""))
        else:
            struck = Style.REMOVED if change.kind is ChangeKind.REMOVED else Style.ADDED
            cells.append(
                value_cell(values[position], Style.MINUS if struck is Style.REMOVED and column.primary_key else struck)
            )
    key = tuple(hashable(values[i]) for i, column in enumerate(columns) if column.primary_key)
    return Row((change.kind, key or index), tuple(cells), value=change)


_OLD = "old line"


def is_old_line(row: Row) -> bool:
    """Whether a line of a diff is that of a changed row's old values."""
    return isinstance(row.key, tuple) and row.key[0] == _OLD


def change_rows(change: RowChange, columns: Sequence[DiffColumn], index: int) -> list[Row]:
    """A row of a diff with its old values on a line of their own above the new ones; one line where a side is missing.

    Both lines have the change as their value; the new one has the key that the row has on one line.
    """
    row = change_row(change, columns, index)
    if change.old is None or change.new is None:
        return [row]
    lines = []
    changed = {at: side_cells(change.old[at], change.new[at]) for at in change.changed}
    for at, (key, sign, values, style) in enumerate(
        (
            ((_OLD, row.key), "−", change.old, Style.MINUS),
            (row.key, "+", change.new, Style.ADDED),
        )
    ):
        cells = [cell(sign, styles(style, Style.BOLD))]
        for position, column in enumerate(columns):
            plain = Style.BOLD if column.primary_key else ""
            cells.append(changed[position][at] if position in changed else value_cell(values[position], plain))
        lines.append(Row(key, tuple(cells), value=change))
    return lines


def version_columns(history: RowHistory) -> tuple[Column, ...]:
    """The columns of a row's history: the commit's, then the table's."""
    shown = diff_columns(history.columns, (version.change for version in history.versions))
    return (
        shown[0],
        Column("commit", "commit", frozen=True, separator=False),
        Column("age", "age", numeric=True, frozen=True, separator=False),
        Column("author", "author", max_width=16, separator=False),
        Column("message", "message", shrink=True, min_width=16, max_width=40),
        *(replace(column, frozen=False) for column in shown[1:]),
    )


def version_rows(history: RowHistory, moment: dt.datetime, start: int = 0, copied: Container[str] = ()) -> list[Row]:
    """The changes of one row from the ``start``-th on, each with the commit that made it, and what was different
    about the table before, on lines of their own. Commits that are ``copied`` are marked."""
    rows = []
    for index, version in enumerate(history.versions, start):
        if version.above:
            rows.append(_remark((index, "above"), version.above))
        row = change_row(version.change, history.columns, index)
        working = version.commit == WORKING
        cells = (
            row.cells[0],
            cell("working", Style.WARNING) if working else _commit_cell(version.commit, copied),
            cell("" if working else age(version.date, moment), Style.DIM),
            cell(version.author, Style.DIM),
            cell("" if working else first_line(version.message)),
            *row.cells[1:],
        )
        rows.append(Row((index, version.commit), cells, value=version.change))
    if history.ending:
        rows.append(_remark("ending", history.ending))
    return rows


def _remark(key: Hashable, text: str) -> Row:
    return Row(key, (cell(f"── {text}", Style.WARNING),), selectable=False)


def first_line(message: str) -> str:
    """The first line of a commit's message."""
    return message.strip().split("\n", 1)[0]


def _commit_cell(hash_: str, copied: Container[str]) -> Cell:
    return cell(hash_[:7], Style.ACCENT if hash_ in copied else Style.DIM)


def blame_rows(
    blamed: Sequence[BlameRow], key: Sequence[ColumnInfo], moment: dt.datetime, copied: Container[str] = ()
) -> tuple[tuple[Column, ...], list[Row]]:
    """Each row's key and the commit that changed it last; commits that are ``copied`` are marked."""
    numeric = _numeric_positions(len(key), (row.key for row in blamed))
    columns = (
        *(Column(f"{at}", sanitise(item.name), numeric=at in numeric, frozen=True) for at, item in enumerate(key)),
        Column("commit", "commit", separator=False),
        Column("age", "age", numeric=True, separator=False),
        Column("author", "author", max_width=20, separator=False),
        Column("message", "message", flex=True, separator=False),
    )
    rows = [
        Row(
            tuple(hashable(value) for value in row.key),
            (
                *(value_cell(value, Style.BOLD) for value in row.key),
                _commit_cell(row.commit, copied),
                cell(age(row.date, moment), Style.DIM),
                cell(row.author),
                cell(first_line(row.message)),
            ),
            value=row,
        )
        for row in blamed
    ]
    return columns, rows


def sort_sign(descending: bool) -> str:
    """The sign of an order."""
    return "↓" if descending else "↑"


def page_columns(page: Page, order: Mapping[int, str] | None = None) -> tuple[Column, ...]:
    """The columns of a table's rows; ``order`` has the arrows of those that they are sorted by, by position."""
    numeric = _numeric_positions(len(page.columns), page.rows)
    shown = []
    for position, column in enumerate(page.columns):
        room = _room(row[position] for row in page.rows)
        shown.append(
            Column(
                f"{position}",
                sanitise(column.name),
                numeric=position in numeric,
                frozen=column.primary_key,
                max_width=room,
                order=(order or {}).get(position, ""),
            )
        )
    return tuple(shown)


def page_rows(page: Page, start: int) -> list[Row]:
    """A page of a table's rows; keyed by primary key, else by position."""
    rows = []
    for index, values in enumerate(page.rows):
        key = tuple(hashable(values[position]) for position in page.key)
        cells = tuple(
            value_cell(value, Style.BOLD if position in page.key else "") for position, value in enumerate(values)
        )
        rows.append(Row(key or start + index, cells, value=values))
    return rows


def hashable(value: Value) -> Value:
    """A value as a part of a row's key."""
    return bytes(value) if isinstance(value, bytearray) else value


def summary_columns(summary: Summary) -> tuple[Column, ...]:
    numeric = _numeric_positions(len(summary.columns), summary.rows)
    return tuple(
        Column(f"{position}", sanitise(name), numeric=position in numeric)
        for position, name in enumerate(summary.columns)
    )


def summary_rows(summary: Summary) -> list[Row]:
    """The rows of the summary, in its own order."""
    return [
        Row((index, tuple(map(repr, values))), tuple(value_cell(value) for value in values), value=values)
        for index, values in enumerate(summary.rows)
    ]
