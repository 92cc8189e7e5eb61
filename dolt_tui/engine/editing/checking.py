"""What the database will say to a draft: found out by statements that only read, some hundred rows with each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence

from ...words import plural
from ..core.connections import Session
from ..core.literals import text_of
from ..errors import InvalidValue
from ..model import (
    DEFAULT,
    ColumnInfo,
    Edit,
    Editable,
    EditKind,
    Finding,
    FindingKind,
    ForeignKey,
    NewRow,
    Severity,
    Value,
)
from .cell_values import format_value, is_automatic, parse
from .check_constraints import broken
from .definitions import referring_to
from .draft import Draft
from .reading import among, batches
from .slots import folded, held, wanted
from .writing import compare, redefined

Tuple = tuple[Hashable, ...]


def check(session: Session, draft: Draft) -> tuple[Finding, ...]:
    """What will be refused, and what else will happen; in the order of the draft.

    Of tables that are defined otherwise by now that is all that is told.
    """
    whole, found = draft, list[Finding]()
    for table in draft.tables.values():
        if what := redefined(session, table):
            text = f"{table.table} {what} since its rows were edited"
            found += [
                Finding(edit, FindingKind.CHANGED, Severity.WARNING, f"the table {what}", text)
                for edit in draft.of(table.table)
            ]
            draft = draft.without_table(table.table)
    found += [finding for edit in draft for finding in _alone(draft.tables[edit.table], edit)]
    for table in draft.tables.values():
        edits = draft.of(table.table)
        for columns in (table.key, *(key.columns for key in table.unique)):
            found += _unique(session, table, edits, columns)
        for key in table.foreign_keys:
            found += _missing(session, draft, table, edits, key)
        if any(edit.kind is EditKind.REMOVED or _changes_key(table, edit) for edit in edits):
            for key in referring_to(session, table):
                found += _referring(session, draft, table, edits, key)
        found += broken(session, table, edits)
    for changed in compare(session, draft):
        what = "is gone" if changed.now is None else "was changed by another session"
        found.append(
            Finding(
                changed.edit,
                FindingKind.CHANGED,
                Severity.WARNING,
                what,
                f"{named(draft.tables[changed.edit.table], changed.edit)} {what} since it was read",
            )
        )
    order = {(edit.table, edit.key): number for number, edit in enumerate(whole)}
    return tuple(sorted(found, key=lambda finding: order[finding.edit.table, finding.edit.key]))


def _changes_key(table: Editable, edit: Edit) -> bool:
    """Whether other rows may refer to what an edit changes."""
    referred = {*table.key, *(name for key in table.unique for name in key.columns)}
    return edit.kind is EditKind.CHANGED and not referred.isdisjoint(edit.after)


def named(table: Editable, edit: Edit) -> str:
    """A row, for people: ``row 46``, ``new row 1``."""
    if isinstance(edit.key[0], NewRow):
        return f"new row {edit.key[0].number}"
    return f"row {_told(edit.key)}"


def _told(values: Iterable[Value]) -> str:
    texts = (text_of(value) for value in values)
    return ", ".join(text if len(text) <= 40 else f"{text[:39]}…" for text in texts)


def _error(edit: Edit, kind: FindingKind, short: str, text: str, columns: Sequence[str]) -> Finding:
    return Finding(edit, kind, Severity.ERROR, short, text, tuple(columns))


# what needs no database


def _alone(table: Editable, edit: Edit) -> Iterator[Finding]:
    """NOT NULL, types, lengths, ranges, enumerations, computed columns."""
    if edit.kind is EditKind.REMOVED:
        return
    row = named(table, edit)
    for column in table.columns:
        given = column.name in edit.after
        if not given and edit.kind is EditKind.CHANGED:
            continue
        value = edit.value(column.name)
        if column.generated:
            if given:
                short = f"{column.name} is computed"
                text = f"{row}: {column.name} is computed by the database"
                yield _error(edit, FindingKind.VALUE, short, text, [column.name])
        elif value is DEFAULT or value is None:
            if not column.nullable and not _filled(table, column, value):
                short = f"{column.name} needs a value"
                text = f"{row}: {column.name} needs a value, as it cannot be NULL"
                yield _error(edit, FindingKind.NOT_NULL, short, text, [column.name])
        else:
            try:
                parse(format_value(value, column, table.style), column, table.style)
            except InvalidValue as error:
                message = error.message.rstrip(".")
                yield _error(edit, FindingKind.VALUE, message, f"{row}: {message}", [column.name])


def _filled(table: Editable, column: ColumnInfo, value: Value) -> bool:
    """Whether the database puts something into a cell that gets NULL, or its default."""
    if is_automatic(column, table.style):
        return True
    return value is DEFAULT and column.default is not None and column.default.upper() != "NULL"


# unique keys


def _unique(session: Session, table: Editable, edits: Sequence[Edit], columns: Sequence[str]) -> Iterator[Finding]:
    by_key = {edit.key: edit for edit in edits}
    wants: dict[Tuple, Edit] = {}
    values: dict[Tuple, list[Value]] = {}
    for edit in edits:
        new = wanted(edit, table, columns)
        if new is None or new == held(edit, table, columns):
            continue
        if new in wants:
            yield _taken(table, edit, columns, named(table, wants[new]))
            continue
        wants[new] = edit
        values[new] = [edit.value(name) for name in columns]
    infos, keys = [table.column(name) for name in columns], [table.column(name) for name in table.key]
    shown = list(dict.fromkeys([*keys, *infos]))
    select = ", ".join(session.dialect.column(column.name, column.type) for column in shown)
    for some in batches(list(values.values())):
        condition, bound = among(session, infos, some)
        rows = session.rows(f"SELECT {select} FROM {session.dialect.quote(table.table)} WHERE {condition}", *bound)
        for row in rows:
            found = dict(zip((column.name for column in shown), row, strict=True))
            taken = tuple(folded(found[name], info) for name, info in zip(columns, infos, strict=True))
            wants_it, key = wants.get(taken), table.key_of(found)
            holder = by_key.get(key)
            free = holder is not None and wanted(holder, table, columns) != taken
            if wants_it is not None and wants_it is not holder and not free:
                yield _taken(table, wants_it, columns, f"row {_told(key)}")


def _taken(table: Editable, edit: Edit, columns: Sequence[str], holder: str) -> Finding:
    value = _told(edit.value(name) for name in columns)
    name = ", ".join(columns)
    short = f"{name} {value} is taken"
    return _error(edit, FindingKind.UNIQUE, short, f"{named(table, edit)}: {short} by {holder}", columns)


# foreign keys


def _prefix(key: ForeignKey) -> str:
    return "" if key.name.isdecimal() else f"{key.name}: "  # DoltLite numbers them


def _moves(edits: Iterable[Edit], table: Editable, columns: Sequence[str]) -> tuple[dict[Tuple, Edit], set[Tuple]]:
    """What the edits take away in these columns, by whom, and what they bring."""
    gone: dict[Tuple, Edit] = {}
    made: set[Tuple] = set()
    for edit in edits:
        old, new = held(edit, table, columns), wanted(edit, table, columns)
        if old != new:
            if old is not None:
                gone[old] = edit
            if new is not None:
                made.add(new)
    return gone, made


def _of_name(draft: Draft, table: str) -> Editable | None:
    return next((one for name, one in draft.tables.items() if name.lower() == table.lower()), None)


def _missing(
    session: Session, draft: Draft, table: Editable, edits: Sequence[Edit], key: ForeignKey
) -> Iterator[Finding]:
    """Rows that refer to one that is not there."""
    parent = _of_name(draft, key.referred)
    gone, made = _moves(draft.of(parent.table), parent, key.referred_columns) if parent is not None else ({}, set())
    columns = {column.name.lower(): column for column in session.columns(key.referred)}
    infos = [columns[name.lower()] for name in key.referred_columns if name.lower() in columns]
    if len(infos) < len(key.columns):
        return
    asked: dict[Tuple, list[Value]] = {}
    asking: list[tuple[Edit, Tuple]] = []
    for edit in edits:
        if edit.kind is EditKind.REMOVED or not any(name in edit.after for name in key.columns):
            continue
        values = [edit.value(name) for name in key.columns]
        if any(value is None or value is DEFAULT for value in values):
            continue
        new = tuple(folded(value, info) for value, info in zip(values, infos, strict=True))
        if new not in made:
            asked[new] = values
            asking.append((edit, new))
    there: set[Tuple] = set()
    select = ", ".join(session.dialect.column(info.name, info.type) for info in infos)
    for some in batches(list(asked.values())):
        condition, bound = among(session, infos, some)
        for row in session.rows(
            f"SELECT {select} FROM {session.dialect.quote(key.referred)} WHERE {condition}", *bound
        ):
            there.add(tuple(folded(value, info) for value, info in zip(row, infos, strict=True)))
    if there - set(asked):  # the database takes other values for the same ones than we do
        return
    for edit, new in asking:
        if new in there and new not in gone:
            continue
        value = _told(asked[new])
        removed = " after this draft" if new in there else ""
        text = f"{_prefix(key)}{named(table, edit)} refers to {value} in {key.referred}, which is not there{removed}"
        short = f"no {value} in {key.referred}{removed}"
        yield Finding(edit, FindingKind.FOREIGN_KEY, Severity.ERROR, short, text, key.columns, key)


def _referring(
    session: Session, draft: Draft, table: Editable, edits: Sequence[Edit], key: ForeignKey
) -> Iterator[Finding]:
    """Rows that refer to those which are removed, or whose key changes."""
    gone, made = _moves(edits, table, key.referred_columns)
    gone = {value: edit for value, edit in gone.items() if value not in made}
    if not gone:
        return
    columns = {column.name.lower(): column for column in session.columns(key.table)}
    infos = [columns[name.lower()] for name in key.columns if name.lower() in columns]
    if len(infos) < len(key.columns):
        return
    child = _of_name(draft, key.table)
    left: Counter[Tuple] = Counter()
    for edit in draft.of(child.table) if child is not None else ():
        old = held(edit, child, key.columns) if child is not None else None
        if old is not None and child is not None and old != wanted(edit, child, key.columns):
            left[old] += 1
    select = ", ".join(session.dialect.quote(info.name) for info in infos)
    values = [[edit.before[name] for name in key.referred_columns] for edit in gone.values()]
    for some in batches(values):
        condition, bound = among(session, infos, some)
        rows = session.rows(
            f"SELECT {select}, count(*) FROM {session.dialect.quote(key.table)} WHERE {condition} GROUP BY {select}",
            *bound,
        )
        for *parts, number in rows:
            value = tuple(folded(part, info) for part, info in zip(parts, infos, strict=True))
            count = number - left[value]
            if value in gone and count > 0:
                yield _told_referring(table, gone[value], key, count)


def _told_referring(table: Editable, edit: Edit, key: ForeignKey, count: int) -> Finding:
    removed = edit.kind is EditKind.REMOVED
    action = key.on_delete if removed else key.on_update
    rows = f"{plural(count, 'row')} of {key.table}"
    if not action:
        short = f"{rows} {'refers' if count == 1 else 'refer'} to it"
        text = f"{_prefix(key)}{named(table, edit)} cannot {'be removed' if removed else 'get another key'}: {short}"
        return Finding(edit, FindingKind.REFERRED, Severity.ERROR, short, text, (), key)
    if action == "CASCADE":
        short = f"{'deletes' if removed else 'changes'} {rows} too (CASCADE)"
    else:
        short = f"empties {', '.join(key.columns)} of {rows} ({action})"
    return Finding(
        edit, FindingKind.REFERRED, Severity.WARNING, short, f"{_prefix(key)}{named(table, edit)} {short}", (), key
    )
