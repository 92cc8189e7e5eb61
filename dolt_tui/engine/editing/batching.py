"""Statements of many rows as few: what they do is the same, and so is what they leave behind. Pure.

Only neighbours are taken together, as their order matters; where the database refuses such a statement its rows are
written one by one, which tells the one that it does not take.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from ..core.literals import quoted_name
from ..model import EditKind, Editor, SqlStyle, Value
from .cell_values import editor_of
from .row_statements import Bound, Part, RowStatement, bound_parts

_ROWS = 200
"""The most rows for a statement: each of an UPDATE looks for its values among those of all."""
_SIZE = 1 << 20
"""The most letters and bytes, about."""
_PLAIN = {Editor.TEXT, Editor.NUMBER, Editor.BOOLEAN}
"""What keeps its value in an expression of Dolt's; in one of SQLite's everything does."""


def batches_of(statements: Iterable[RowStatement]) -> Iterator[list[RowStatement]]:
    """Neighbours that can be run as one statement."""
    for _, alike in groupby(statements, _shape):
        batch, size = list[RowStatement](), 0
        for statement in alike:
            more = _size(statement)
            if batch and (not _joins(statement) or len(batch) == _ROWS or size + more > _SIZE):
                yield batch
                batch, size = [], 0
            batch.append(statement)
            size += more
        yield batch


def _joins(statement: RowStatement) -> bool:
    if statement.kind is EditKind.ADDED:
        # The key of one for which the database counts is asked for after it.
        return statement.edit.kind is EditKind.ADDED and statement.tail[0] == "("
    return bool(statement.where)


def _shape(statement: RowStatement) -> tuple[object, ...]:
    head = tuple(part for part in statement.head if isinstance(part, str))
    columns = tuple(column.name for column, _ in statement.where)
    edit = statement.edit
    given = statement.kind is not EditKind.ADDED or tuple(edit.after)
    same: tuple[object, ...] = ()
    if statement.kind is EditKind.CHANGED and not _by_case(statement):
        same = tuple((type(part.value), repr(part.value)) for part in statement.head if isinstance(part, Bound))
    return edit.table, statement.kind, head, columns, same, given


def _by_case(statement: RowStatement) -> bool:
    """Whether what an UPDATE sets can depend on the row."""
    if len(statement.where) != 1 or not statement.sets or any(column.primary_key for column, _ in statement.sets):
        return False
    used = (*statement.sets, *statement.where)
    return statement.style is SqlStyle.SQLITE or not any(
        editor_of(column, statement.style) not in _PLAIN
        or isinstance(part.value, float)
        or column.type.lower().startswith("bit")
        for column, part in used
    )


def _size(statement: RowStatement) -> int:
    values = (part.value for part in (*statement.head, *statement.tail) if isinstance(part, Bound))
    return sum(len(value) if isinstance(value, str | bytes) else 20 for value in values)


def combined(batch: Sequence[RowStatement], placeholder: str) -> tuple[str, tuple[object, ...]]:
    """One statement for all of a batch: its SQL for the driver, and the values that it binds."""
    first = batch[0]
    if len(batch) == 1:
        return first.bound(placeholder)
    return bound_parts(_parts(batch, first), first.style, placeholder)


def _parts(batch: Sequence[RowStatement], first: RowStatement) -> Iterator[Part]:
    if first.kind is EditKind.ADDED:
        yield from first.head
        for number, statement in enumerate(batch):
            yield ", " if number else ""
            yield from statement.tail
        return
    if first.kind is EditKind.CHANGED and any(_values(one) != _values(first) for one in batch):
        yield from _cases(batch, first)
    else:
        yield from first.head
    names = [quoted_name(column.name, first.style) for column, _ in first.where]
    several = len(names) > 1
    yield f" WHERE ({', '.join(names)}) IN (" if several else f" WHERE {names[0]} IN ("
    if several and first.style is SqlStyle.SQLITE:
        yield "VALUES "
    for number, statement in enumerate(batch):
        yield ", " if number else ""
        yield "(" if several else ""
        for place, (_, value) in enumerate(statement.where):
            yield ", " if place else ""
            yield value
        yield ")" if several else ""
    yield ")"


def _values(statement: RowStatement) -> list[tuple[type, Value]]:
    return [(type(part.value), part.value) for _, part in statement.sets]


def _cases(batch: Sequence[RowStatement], first: RowStatement) -> Iterator[Part]:
    yield f"UPDATE {quoted_name(first.edit.table, first.style)} SET "
    key = quoted_name(first.where[0][0].name, first.style)
    for place, (column, _) in enumerate(first.sets):
        name = quoted_name(column.name, first.style)
        yield f"{', ' if place else ''}{name} = CASE {key}"
        for statement in batch:
            yield " WHEN "
            yield statement.where[0][1]
            yield " THEN "
            yield statement.sets[place][1]
        yield f" ELSE {name} END"
