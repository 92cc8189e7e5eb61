"""The statements that write rows: as they are run, with bound values, and as they are shown, as one text. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from ...frozen import Frozen
from ..core.binding import bound, located
from ..core.literals import literal, quoted_name
from ..model import ABSENT, DEFAULT, ColumnInfo, Edit, Editable, EditKind, RowValues, SqlStyle, Value
from .slots import folded


class Bound(Frozen):
    """A value in the place where a statement binds it."""

    value: Value
    type: str
    """The type of its column."""


class Step(Frozen):
    """One thing to do to a row."""

    edit: Edit
    kind: EditKind
    values: RowValues
    """What is set: of a changed row some columns, of an added one all that are given."""
    where: RowValues
    """The columns of the key by which the row is found, as they are by then; empty for an added one."""


Part: TypeAlias = str | Bound


class RowStatement(Frozen):
    """A statement that writes one row. As a text it is SQL with its values filled in."""

    edit: Edit
    """What it is for."""
    kind: EditKind
    head: tuple[Part, ...]
    """What it does: up to VALUES, or to WHERE."""
    tail: tuple[Part, ...]
    """The row."""
    style: SqlStyle
    sets: tuple[tuple[ColumnInfo, Bound], ...] = ()
    """What an UPDATE sets, where it sets values only."""
    where: tuple[tuple[ColumnInfo, Bound], ...] = ()
    """What it finds its row by, where all of that has values."""

    @property
    def parts(self) -> tuple[Part, ...]:
        return tuple(_joined((*self.head, *self.tail)))

    def __str__(self) -> str:
        return "".join(
            part if isinstance(part, str) else literal(part.value, part.type, self.style) for part in self.parts
        )

    def bound(self, placeholder: str) -> tuple[str, tuple[object, ...]]:
        """Its SQL for the driver, and the values that it binds."""
        return bound_parts((*self.head, *self.tail), self.style, placeholder)


def bound_parts(parts: Iterable[Part], style: SqlStyle, placeholder: str) -> tuple[str, tuple[object, ...]]:
    """SQL for the driver, and the values that it binds."""
    sql, values = list[str](), list[object]()
    for part in parts:
        if isinstance(part, str):
            sql.append(part.replace("%", "%%") if placeholder == "%s" else part)
        else:
            text, value = bound(part.value, part.type, style, placeholder)
            sql.append(text)
            values.append(value)
    return "".join(sql), tuple(values)


def statement_for(table: Editable, step: Step) -> RowStatement:
    """The statement of a step."""
    found = tuple((table.column(name), value) for name, value in step.where.items())
    where = tuple((c, Bound(located(value, c, table.style), c.type)) for c, value in found if value is not None)
    sets: tuple[tuple[ColumnInfo, Bound], ...] = ()
    if _is_respelt(table, step):
        return RowStatement(step.edit, step.kind, tuple(_respelling(table, step)), (), table.style)
    if step.kind is EditKind.ADDED:
        head, tail = _insert_head(table, step), _insert_tail(table, step)
    elif step.kind is EditKind.REMOVED:
        head, tail = iter([f"DELETE FROM {quoted_name(table.table, table.style)}"]), _where(table, step.where)
    else:
        head, tail = _update(table, step), _where(table, step.where)
        if DEFAULT not in step.values.values():
            sets = tuple((table.column(n), Bound(value, table.column(n).type)) for n, value in step.values.items())
    whole = where if len(where) == len(found) else ()
    return RowStatement(step.edit, step.kind, tuple(head), tuple(tail), table.style, sets, whole)


def _is_respelt(table: Editable, step: Step) -> bool:
    """Whether Dolt would take a changed row for the same one, and leave it: its collation does not tell the texts
    apart. engine-facts.md#same-but-for-case"""
    if table.style is not SqlStyle.MYSQL or step.kind is not EditKind.CHANGED or table.triggers:
        return False
    before = step.edit.before
    if any(before.get(column.name, ABSENT) is ABSENT for column in table.columns):
        return False
    return step.where == {name: before[name] for name in table.key} and all(
        isinstance(value, str) and folded(value, table.column(name)) == folded(before[name], table.column(name))
        for name, value in step.values.items()
    )


def _respelling(table: Editable, step: Step) -> Iterator[Part]:
    """The row as it is, which is there, so that what it says for that case is done: this is not compared."""
    columns = [column for column in table.columns if not column.generated]
    names = ", ".join(quoted_name(column.name, table.style) for column in columns)
    yield f"INSERT INTO {quoted_name(table.table, table.style)} ({names}) VALUES ("
    for number, column in enumerate(columns):
        yield ", " if number else ""
        yield Bound(step.edit.before[column.name], column.type)
    yield ") ON DUPLICATE KEY UPDATE "
    for number, (name, value) in enumerate(step.values.items()):
        yield f"{', ' if number else ''}{quoted_name(name, table.style)} = "
        yield Bound(value, table.column(name).type)


def _joined(parts: Iterable[Part]) -> Iterator[Part]:
    """Texts that follow each other as one."""
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part
        else:
            yield text
            yield part
            text = ""
    yield text


def _update(table: Editable, step: Step) -> Iterator[Part]:
    yield f"UPDATE {quoted_name(table.table, table.style)} SET "
    for number, (name, value) in enumerate(step.values.items()):
        column = table.column(name)
        yield f"{', ' if number else ''}{quoted_name(name, table.style)} = "
        yield default(column, table.style) if value is DEFAULT else Bound(value, column.type)


def default(column: ColumnInfo, style: SqlStyle) -> str:
    """What an UPDATE sets to give a cell its default: SQLite's has no word for it."""
    if style is SqlStyle.MYSQL:
        return "DEFAULT"
    return f"({column.default})" if column.default is not None else "NULL"


def _where(table: Editable, key: Mapping[str, Value]) -> Iterator[Part]:
    """The condition that finds a row by its key."""
    for number, (name, value) in enumerate(key.items()):
        column = table.column(name)
        yield f"{' AND ' if number else ' WHERE '}{quoted_name(name, table.style)}"
        if value is None:  # SQLite lets a key be NULL
            yield " IS NULL"
        else:
            yield " = "
            yield Bound(located(value, column, table.style), column.type)


def _insert_head(table: Editable, step: Step) -> Iterator[Part]:
    yield f"INSERT INTO {quoted_name(table.table, table.style)}"
    if step.values:
        yield f" ({', '.join(quoted_name(name, table.style) for name in step.values)}) VALUES "


def _insert_tail(table: Editable, step: Step) -> Iterator[Part]:
    if not step.values:
        yield " () VALUES ()" if table.style is SqlStyle.MYSQL else " DEFAULT VALUES"
        return
    for number, (name, value) in enumerate(step.values.items()):
        yield ", " if number else "("
        yield Bound(value, table.column(name).type)
    yield ")"
