"""The statements that create a table as a `TableForm` has it, and those that alter one form into another. Pure.

Dolt alters in place. DoltLite has SQLite's ALTER TABLE, which adds, drops and renames columns; anything else is done as
SQLite's documentation says: a new table is made, the rows are copied, and it takes the old one's place, in one
transaction. engine-facts.md#doltlite-rebuilt-tables
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ...frozen import Frozen
from ..core.literals import quoted_name
from ..model import SqlStyle
from .table_forms import CheckForm, ColumnForm, ForeignKeyForm, IndexForm, TableForm, renamed, text_literal

FOREIGN_KEYS_OFF = "PRAGMA foreign_keys = OFF"
"""Runs before the transaction of a rebuilt table begins; inside of one it would do nothing."""


class Dependent(Frozen):
    """Something else that belongs to a table, by the statement that creates it: an index, a trigger."""

    name: str
    kind: str
    sql: str


class Alteration(Frozen):
    """The statements that alter a table, in their order."""

    statements: tuple[str, ...]
    rebuilds: bool = False
    """Whether a new table takes the place of the old one; its transaction begins after the first statement."""
    rewrites: bool = False
    """Whether every row is written again, which takes as long as the table is large."""


def create_statements(form: TableForm, style: SqlStyle) -> tuple[str, ...]:
    """What creates the table, with its indexes."""
    lines = [_column(column, form, style) for column in form.columns]
    if form.key and not _inline_key(form, style):
        rest = f" {form.key_rest}" if form.key_rest else ""
        lines.append(f"PRIMARY KEY ({_names(form.key, style)}){rest}")
    lines += [_index(one, style) for one in form.indexes if style is SqlStyle.MYSQL or not one.own]
    lines += [_foreign_key(one, style) for one in form.foreign_keys]
    lines += [_check(one, style) for one in form.checks]
    options = f" {form.options}" if form.options else ""
    body = ",\n".join(f"  {line}" for line in lines)
    return (
        f"CREATE TABLE {quoted_name(form.name, style)} (\n{body}\n){options}",
        *(_create_index(one, form.name, style) for one in form.indexes if style is SqlStyle.SQLITE and one.own),
    )


def column_clause(column: ColumnForm, style: SqlStyle) -> str:
    """A column's definition, with its name."""
    words = [quoted_name(column.name, style), column.type.strip()]
    if column.generated:
        words.append(f"GENERATED ALWAYS AS ({column.generated}) {'STORED' if column.stored else 'VIRTUAL'}")
    if not column.nullable:
        words.append("NOT NULL")
    elif style is SqlStyle.MYSQL and column.type.lower().startswith("timestamp"):
        words.append("NULL")
    words.append(column.rest)
    if column.default:
        words.append(f"DEFAULT {column.default}")
    if style is SqlStyle.MYSQL:
        if column.auto_increment:
            words.append("AUTO_INCREMENT")
        if column.comment:
            words.append(f"COMMENT {text_literal(column.comment, style)}")
    return " ".join(filter(None, words))


def _column(column: ColumnForm, form: TableForm, style: SqlStyle) -> str:
    clause = column_clause(column, style)
    if _inline_key(form, style) and column.name == form.key[0]:
        rest = f" {form.key_rest}" if form.key_rest else ""
        clause += f" PRIMARY KEY{rest}{' AUTOINCREMENT' if column.auto_increment else ''}"
    return clause


def _inline_key(form: TableForm, style: SqlStyle) -> bool:
    """Whether the key is told with its column: only there it can be AUTOINCREMENT."""
    return style is SqlStyle.SQLITE and len(form.key) == 1


def _names(names: Sequence[str], style: SqlStyle) -> str:
    return ", ".join(quoted_name(name, style) for name in names)


def _parts(index: IndexForm, style: SqlStyle) -> str:
    shown = []
    for name, rest in index.parts:
        between = "" if not name or not rest or rest.startswith("(") else " "
        shown.append(f"{quoted_name(name, style) if name else ''}{between}{rest}")
    return ", ".join(shown)


def _index(index: IndexForm, style: SqlStyle) -> str:
    rest = f" {index.rest}" if index.rest else ""
    if style is SqlStyle.SQLITE:
        return f"{_named(index.name, style)}UNIQUE ({_parts(index, style)}){rest}"
    kind = "UNIQUE " if index.unique else f"{index.kind} " if index.kind else ""
    name = f"{quoted_name(index.name, style)} " if index.name else ""
    return f"{kind}KEY {name}({_parts(index, style)}){rest}"


def _create_index(index: IndexForm, table: str, style: SqlStyle) -> str:
    name = index.name or index_name(table, index)
    rest = f" {index.rest}" if index.rest else ""
    unique = "UNIQUE " if index.unique else ""
    return (
        f"CREATE {unique}INDEX {quoted_name(name, style)} ON {quoted_name(table, style)} ({_parts(index, style)}){rest}"
    )


def index_name(table: str, index: IndexForm) -> str:
    """The name of an index that was given none, where it has to have one."""
    return "_".join([table, *(index.columns or ("index",))])


def _named(name: str, style: SqlStyle) -> str:
    return f"CONSTRAINT {quoted_name(name, style)} " if name else ""


def _foreign_key(key: ForeignKeyForm, style: SqlStyle) -> str:
    there = f" ({_names(key.referred_columns, style)})" if key.referred_columns else ""
    words = [
        f"{_named(key.name, style)}FOREIGN KEY ({_names(key.columns, style)})",
        f"REFERENCES {quoted_name(key.referred, style)}{there}",
        f"ON DELETE {key.on_delete}" if key.on_delete else "",
        f"ON UPDATE {key.on_update}" if key.on_update else "",
        key.rest,
    ]
    return " ".join(filter(None, words))


def _check(check: CheckForm, style: SqlStyle) -> str:
    return f"{_named(check.name, style)}CHECK ({check.expression}){f' {check.rest}' if check.rest else ''}"


# altering


def renames(old: TableForm, new: TableForm) -> dict[str, str]:
    """The columns that are called otherwise, by their old names."""
    there = {column.name for column in old.columns}
    return {one.was: one.name for one in new.columns if one.was in there and one.was != one.name}


def alteration(old: TableForm, new: TableForm, style: SqlStyle, dependents: Sequence[Dependent] = ()) -> Alteration:
    """What makes ``new`` of ``old``, of one name; ``dependents`` are the triggers of a DoltLite table."""
    if style is SqlStyle.MYSQL:
        return _in_place(old, new)
    native = _by_sqlite(old, new)
    if native is not None:
        return Alteration(tuple(native))
    return _rebuild(old, new, dependents)


def _in_place(old: TableForm, new: TableForm) -> Alteration:
    style = SqlStyle.MYSQL
    names = renames(old, new)
    before = renamed(replace(old, name=new.name), names, style)
    kept = {column.was for column in new.columns}
    dropped = [column.name for column in old.columns if column.name not in kept]
    # A check that names a column keeps it from being renamed, dropped or changed: it is made again.
    own = [one for one in before.checks if one in new.checks and one not in old.checks]
    gone_checks = [one for one in old.checks if one not in new.checks]
    columns, moves, touched = _column_clauses(old, new)
    held = [one for one in new.foreign_keys if one in before.foreign_keys and touched & set(one.columns)]
    gone_keys = [one for one in before.foreign_keys if one not in new.foreign_keys or one in held]
    lost = set(dropped)
    gone_indexes = [one for one in before.indexes if one not in new.indexes]
    first = [f"DROP FOREIGN KEY {quoted_name(one.name, style)}" for one in gone_keys]
    first += [f"DROP CONSTRAINT {quoted_name(one.name, style)}" for one in gone_checks]
    first += [
        f"DROP INDEX {quoted_name(one.name, style)}"
        for one in gone_indexes
        if not (set(one.columns) & lost and len(one.columns) == 1)  # goes with its column
    ]
    changed_key = before.key != new.key
    if changed_key and before.key:
        first.append("DROP PRIMARY KEY")
    first += [f"DROP COLUMN {quoted_name(name, style)}" for name in dropped]
    renaming = [
        f"RENAME COLUMN {quoted_name(one, style)} TO {quoted_name(other, style)}" for one, other in names.items()
    ]
    if not gone_checks:
        first, renaming = [*first, *renaming], []
    second = list(columns)
    if changed_key and new.key:
        second.append(f"ADD PRIMARY KEY ({_names(new.key, style)})")
    second += [f"ADD {_index(one, style)}" for one in new.indexes if one not in before.indexes]
    third = [f"ADD {_check(one, style)}" for one in new.checks if one not in before.checks or one in own]
    third += [
        f"ADD {_foreign_key(one, style)}" for one in new.foreign_keys if one not in before.foreign_keys or one in held
    ]
    # A statement knows nothing of the columns that an earlier clause of its own made or renamed.
    # engine-facts.md#clauses-of-one-alter
    if not names and not (first and second):
        first, second = [], [*first, *second]
    if not (columns or first or moves):
        second, third = [*second, *third], []
    table = quoted_name(new.name, style)
    parts = [first, renaming, second, *([move] for move in moves), third]
    statements = tuple(f"ALTER TABLE {table} {', '.join(clauses)}" for clauses in parts if clauses)
    return Alteration(statements, rewrites=bool(dropped or columns or moves) or changed_key)


def _column_clauses(old: TableForm, new: TableForm) -> tuple[list[str], list[str], set[str]]:
    """What adds and changes columns, what moves them afterwards, one in each statement, and which these are."""
    style = SqlStyle.MYSQL
    was = {column.name: column for column in old.columns}
    names = [column.name for column in new.columns]
    there = {column.was: column.name for column in new.columns if column.was in was}
    order = [there[column.name] for column in old.columns if column.name in there]
    found, touched = [], set()
    for at, column in enumerate(new.columns):
        if column.was not in was:
            behind = order.index(names[at - 1]) + 1 if at else 0
            place = "" if behind == len(order) else f" AFTER {quoted_name(names[at - 1], style)}" if at else " FIRST"
            order.insert(behind, column.name)
            found.append(f"ADD COLUMN {column_clause(column, style)}{place}")
        elif was[column.was].definition != column.definition:
            found.append(f"MODIFY COLUMN {column_clause(column, style)}")
            touched.add(column.name)
    position = {name: at for at, name in enumerate(order)}
    stay = _rising([position[name] for name in names])
    moves = []
    for at, column in enumerate(new.columns):
        if position[column.name] not in stay:
            place = f"AFTER {quoted_name(names[at - 1], style)}" if at else "FIRST"
            moves.append(f"MODIFY COLUMN {column_clause(column, style)} {place}")
            touched.add(column.name)
    return found, moves, touched


def _rising(numbers: list[int]) -> set[int]:
    """As many of the numbers as can stay where they are: a longest rising run among them."""
    best: list[tuple[int, ...]] = []
    for number in numbers:
        best.append((*_longest(run for run in best if run[-1] < number), number))
    return set(_longest(best))


def _longest(runs: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
    return max(runs, key=lambda run: len(run), default=())


def _by_sqlite(old: TableForm, new: TableForm) -> list[str] | None:
    """SQLite's own statements; None where they cannot do it."""
    style = SqlStyle.SQLITE
    table = quoted_name(new.name, style)
    names = renames(old, new)
    before = renamed(replace(old, name=new.name), names, style)
    kept = {column.was for column in new.columns}
    dropped = [column.name for column in old.columns if column.name not in kept]
    added = [column for column in new.columns if column.was not in {one.name for one in old.columns}]
    own = [one for one in before.indexes if one.own and one not in new.indexes]
    made = [one for one in new.indexes if one.own and one not in before.indexes]
    stay = [one for one in before.columns if one.name in kept]
    known = [one for one in new.columns if one not in added]
    same = (
        [names.get(one.name, one.name) for one in stay] == [one.name for one in known]
        and [one.definition for one in stay] == [one.definition for one in known]
        and list(new.columns) == [*known, *added]
        and (before.key, before.key_rest, before.options) == (new.key, new.key_rest, new.options)
        and before.foreign_keys == new.foreign_keys
        and before.checks == new.checks
        and [one for one in before.indexes if not one.own] == [one for one in new.indexes if not one.own]
        and not any(name in _used(before, own) for name in dropped)
        and all(_addable(column) for column in added)
    )
    if not same:
        return None
    found = [f"DROP INDEX {quoted_name(one.name, style)}" for one in own]
    found += [f"ALTER TABLE {table} DROP COLUMN {quoted_name(name, style)}" for name in dropped]
    for one, other in names.items():
        found.append(f"ALTER TABLE {table} RENAME COLUMN {quoted_name(one, style)} TO {quoted_name(other, style)}")
    found += [f"ALTER TABLE {table} ADD COLUMN {column_clause(column, style)}" for column in added]
    return [*found, *(_create_index(one, new.name, style) for one in made)]


def _used(form: TableForm, dropped: Sequence[IndexForm]) -> set[str]:
    """The columns that something else of the table needs."""
    texts = [one.expression for one in form.checks] + [one.generated for one in form.columns]
    texts += [f"{one.rest} {rest}" for one in form.indexes for _, rest in one.parts]
    found = {name for name in (column.name for column in form.columns) if any(_mentions(text, name) for text in texts)}
    found |= {name for one in form.foreign_keys for name in one.columns}
    return found | set(form.key) | {name for one in form.indexes if one not in dropped for name in one.columns}


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", text, re.IGNORECASE) is not None


def _addable(column: ColumnForm) -> bool:
    if column.auto_increment or (column.generated and column.stored):
        return False
    default = column.default.upper()
    fixed = not default.startswith(("(", "CURRENT_"))
    return fixed and (column.nullable or default not in ("", "NULL") or bool(column.generated))


def _rebuild(old: TableForm, new: TableForm, dependents: Sequence[Dependent]) -> Alteration:
    style = SqlStyle.SQLITE
    taken = {old.name.lower(), *(one.name.lower() for one in dependents)}
    temporary = next(
        name for name in (f"_new_{old.name}{'_' * more}" for more in range(len(taken) + 1)) if name.lower() not in taken
    )
    table, other = quoted_name(old.name, style), quoted_name(temporary, style)
    names = {new_name: name for name, new_name in renames(old, new).items()}
    wanted = [names.get(column.name, column.name) for column in new.columns]
    if len(set(wanted)) == len(wanted):  # columns are renamed at the end: so views and other tables follow
        columns = tuple(replace(one, name=names.get(one.name, one.name)) for one in new.columns)
        new = renamed(replace(new, columns=columns), names, style)
    else:
        names = {}
    there = {column.name for column in old.columns if not column.generated}
    copied = [column for column in new.columns if column.was in there and not column.generated]
    create = create_statements(replace(new, name=temporary), style)[0]
    statements = [
        FOREIGN_KEYS_OFF,
        "PRAGMA legacy_alter_table = ON",
        create,
        f"INSERT INTO {other} ({_names([one.name for one in copied], style)})"
        f" SELECT {_names([one.was for one in copied], style)} FROM {table}",
        f"DROP TABLE {table}",
        f"ALTER TABLE {other} RENAME TO {table}",
        *(_create_index(one, old.name, style) for one in new.indexes if one.own),
        *(one.sql for one in dependents if one.kind == "trigger"),
    ]
    if names:
        statements.append("PRAGMA legacy_alter_table = OFF")
    for name, one in names.items():
        statements.append(f"ALTER TABLE {table} RENAME COLUMN {quoted_name(one, style)} TO {quoted_name(name, style)}")
    if not copied:
        del statements[3]
    return Alteration(tuple(statements), rebuilds=True, rewrites=True)
