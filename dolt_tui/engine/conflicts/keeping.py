"""What one side has changed of a table by itself, and whether it stays when the table gets the other side's definition.

Pure. Each part of a definition is looked at by itself, as a merge does: what only one side has changed stays changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple, Protocol, TypeVar

from ..editing.table_definitions import read_form
from ..editing.table_forms import ColumnForm, TableForm
from ..editing.table_statements import alteration
from ..errors import EngineError
from ..model import SqlStyle
from ..model.conflicts import SchemaConflict, SchemaKind, Side


class _Named(Protocol):
    @property
    def name(self) -> str: ...


_Part = TypeVar("_Part", bound=_Named)
_COMMENT = re.compile(r"\s*COMMENT='((?:[^'\\]|\\.|'')*)'", re.IGNORECASE)


class Kept(NamedTuple):
    """A definition, with what the other side has changed of it by itself."""

    form: TableForm
    lost: tuple[str, ...]
    """What of these changes it is without: ``index by_name``, ``column note``."""


def keep_own(base: TableForm | None, own: TableForm, wanted: TableForm, *, fresh: bool = False) -> Kept:
    """``wanted`` with all that ``own`` has changed since ``base`` by itself.

    ``fresh``: the table is new to both sides, as by a renaming: then both have to have exactly the same.
    """
    nothing = TableForm(wanted.name)
    before, lost = base or nothing, list[str]()
    if fresh or base is None:
        return Kept(wanted, tuple(_changed(before, own, wanted)))
    columns = _columns(before, own, wanted, lost)
    names = {column.name.lower() for column in columns}

    def fits(part: object) -> bool:
        return all(name.lower() in names for name in getattr(part, "columns", ()))

    def parts(what: str, of: Callable[[TableForm], Sequence[_Part]]) -> tuple[_Part, ...]:
        return _parts(what, [_by_name(of(form)) for form in (before, own, wanted)], fits, lost)

    indexes = parts("index", lambda form: form.indexes)
    keys = parts("foreign key", lambda form: form.foreign_keys)
    checks = parts("check", lambda form: form.checks)
    if own.key != before.key == wanted.key:
        lost.append("primary key")
    lost += _options(before, own, wanted)
    form = replace(wanted, columns=columns, indexes=indexes, foreign_keys=keys, checks=checks)
    return Kept(form, tuple(lost))


def goes_with(conflict: SchemaConflict, side: Side, style: SqlStyle) -> tuple[str, ...]:
    """What of the other side's changes goes where a conflict is resolved by aligning with ``side``."""
    found = _aligned(conflict, side, style)
    return found[1].lost if found is not None else ()


def stays_with(conflict: SchemaConflict, side: Side, style: SqlStyle) -> tuple[str, ...]:
    """What gives the other side's changes to a table that has the definition of ``side``, as statements."""
    found = _aligned(conflict, side, style)
    return alteration(found[0], found[1].form, style).statements if found is not None else ()


def _aligned(conflict: SchemaConflict, side: Side, style: SqlStyle) -> tuple[TableForm, Kept] | None:
    """The definition of a side, and what is made of it; None where there is none, or it cannot be read."""
    other = Side.THEIRS if side is Side.OURS else Side.OURS
    if conflict.kind is not SchemaKind.TABLE or not conflict.definition(side) or not conflict.definition(other):
        return None
    try:
        base = read_form(conflict.base, style) if conflict.base else None
        own, wanted = (read_form(conflict.definition(each), style) for each in (other, side))
    except EngineError:
        return None
    fresh = any(conflict.names) or (style is SqlStyle.SQLITE and _alone(base, own, wanted))
    return wanted, keep_own(base, own, wanted, fresh=fresh)


def _alone(base: TableForm | None, own: TableForm, wanted: TableForm) -> bool:
    """Whether DoltLite merges nothing with a definition: it has to be the same on both sides then.

    Columns are known by their text there, which does not stay when a table is rebuilt; and of columns it adds none
    where one of before is another one. See engine-facts.md#doltlite-definitions-alike
    """
    kept = keep_own(base, own, wanted).form
    if kept == wanted or base is None:
        return False
    before = [column.definition for column in base.columns]
    columns = [column.definition for column in wanted.columns]
    made = alteration(wanted, kept, SqlStyle.SQLITE)
    return made.rebuilds or (len(kept.columns) > len(wanted.columns) and columns[: len(before)] != before)


def _columns(before: TableForm, own: TableForm, wanted: TableForm, lost: list[str]) -> tuple[ColumnForm, ...]:
    found = []
    for column in wanted.columns:
        old, its = before.column(column.name), own.column(column.name)
        if its is None or its.definition == column.definition:
            pass
        elif old is not None and old.definition == column.definition:
            column = replace(its, name=column.name, was=column.name)
        else:
            lost += _of_column(old, its, column)
        found.append(column)
    for its in own.columns:
        if wanted.column(its.name) is None and before.column(its.name) is None:
            found.append(replace(its, was=""))
    return tuple(found)


def _of_column(old: ColumnForm | None, its: ColumnForm, wanted: ColumnForm) -> list[str]:
    """What else than its type a column loses."""
    found = []
    if its.default not in (old.default if old else "", wanted.default):
        found.append(f"default {its.default or 'NULL'} of {its.name}")
    if its.comment not in (old.comment if old else "", wanted.comment):
        found.append(f"comment of {its.name}")
    if its.auto_increment and not wanted.auto_increment:
        found.append(f"AUTO_INCREMENT of {its.name}")
    if its.generated and its.generated != wanted.generated:
        found.append(f"expression of {its.name}")
    if not its.nullable and wanted.nullable:
        found.append(f"NOT NULL of {its.name}")
    if its.rest not in (old.rest if old else "", wanted.rest):
        found.append(f"{its.rest} of {its.name}")
    return found


def _by_name(parts: Sequence[_Part]) -> dict[str, _Part]:
    return {part.name.lower() or repr(part): part for part in parts}


def _parts(
    what: str, sides: Sequence[dict[str, _Part]], fits: Callable[[object], bool], lost: list[str]
) -> tuple[_Part, ...]:
    before, own, wanted = sides
    found = []
    for name, part in wanted.items():
        old, its = before.get(name), own.get(name)
        if its != part and old == part:  # only the other side has changed it
            if its is None:
                continue
            part = its if fits(its) else part
        if its is not None and its not in (old, part):
            lost.append(_told(what, its))
        found.append(part)
    for name, part in own.items():
        if name in wanted or before.get(name) == part:
            continue
        if name not in before and fits(part):
            found.append(part)
        else:
            lost.append(_told(what, part))
    return tuple(found)


def _options(before: TableForm, own: TableForm, wanted: TableForm) -> list[str]:
    """What follows the columns comes whole with the definition; Dolt merges no table's comment either."""
    (old, old_note), (its, its_note), (there, there_note) = (
        (_COMMENT.sub("", form.options).strip(), _COMMENT.findall(form.options)) for form in (before, own, wanted)
    )
    lost = [its or f"no {old}"] if its not in (old, there) else []
    return [*lost, "table comment"] if its_note not in (old_note, there_note) else lost


def _told(what: str, part: object) -> str:
    """A part by its name; where it has none, by its columns or what it says."""
    columns = ", ".join(getattr(part, "columns", ()))
    told = getattr(part, "name", "") or (f"({columns})" if columns else f"({getattr(part, 'expression', '')})")
    return f"{what} {told}"


def _changed(before: TableForm, own: TableForm, wanted: TableForm) -> list[str]:
    """All that the other definition has and this one has not."""
    found = [f"column {one.name}" for one in own.columns if not (wanted.column(one.name) or before.column(one.name))]
    for one in own.columns:
        column = wanted.column(one.name)
        if column is not None and column.definition != one.definition:
            found += _of_column(before.column(one.name), one, column)
    for what, of in (("index", "indexes"), ("foreign key", "foreign_keys"), ("check", "checks")):
        old, its, there = (_by_name(getattr(form, of)) for form in (before, own, wanted))
        found += [_told(what, part) for name, part in its.items() if there.get(name) != part and old.get(name) != part]
    return [*found, *_options(before, own, wanted)]
