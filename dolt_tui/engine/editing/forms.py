"""Tables made, renamed and altered by forms: what a form begins with, what its statements do, and running them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ...frozen import Frozen
from ...words import plural
from ..browsing.foreign_keys import foreign_keys
from ..core.compare_and_write import expect, table_hashes
from ..core.connections import Connections, Session
from ..core.literals import quoted_name
from ..errors import Constraint, EngineError
from ..model import Call, Expected, SqlStyle
from .table_definitions import read_form
from .table_forms import ColumnForm, TableForm
from .table_statements import FOREIGN_KEYS_OFF, Alteration, Dependent, alteration, create_statements

_COLUMNS_ON_DOLT = (
    "SELECT table_name, column_name, column_type, column_key = 'PRI' FROM information_schema.columns"
    " WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position"
)
_COLUMNS_ON_DOLTLITE = (
    "SELECT m.name, c.name, c.type, c.pk > 0 FROM sqlite_master AS m, pragma_table_xinfo(m.name) AS c"
    " WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND c.hidden <> 1 ORDER BY m.name, c.cid"
)
_SCHEMAS_ON_DOLT = "SELECT type, name, fragment FROM dolt_schemas WHERE type IN ('view', 'trigger')"
_SCHEMAS_ON_DOLTLITE = "SELECT type, name, sql FROM sqlite_master WHERE type IN ('view', 'trigger')"


class Target(Frozen):
    """A table that a foreign key can refer to."""

    name: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    key: tuple[str, ...]
    """The columns of its primary key, in the order of the table."""


class DefinedTable(Frozen):
    """A table as it is, to be altered."""

    form: TableForm
    triggers: tuple[Dependent, ...]
    """On DoltLite: they go with a table that is rebuilt, and are made again."""
    expected: Expected
    """The table as it was when it was read."""


class References(Frozen):
    """What refers to a table by its name."""

    tables: tuple[str, ...] = ()
    """With foreign keys, which follow."""
    views: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()
    followed: bool = False
    """Whether views and triggers follow when it is renamed."""


class AlterPreview(Frozen):
    """What an alteration would meet; reading only."""

    rows: int
    lost: tuple[tuple[str, int], ...] = ()
    """Columns that are dropped, each with the number of rows that have a value there."""
    misfits: tuple[tuple[str, int], ...] = ()
    """What would not fit, in words, with the number of rows or values."""


class TableForms:
    """Forms of a branch's tables."""

    def __init__(self, db: Connections) -> None:
        self._db = db

    @property
    def style(self) -> SqlStyle:
        """Whose SQL the statements are."""
        return self._db.dialect.traits.sql

    # reading

    def table(self, branch: str, table: str) -> DefinedTable:
        """A table of the working set as a form. Raises `TableNotFound`, and `EngineError` for a view."""
        with self._db.read(branch, "definition") as session:
            hashes = table_hashes(session, [table])  # first: see `Expected`
            form = read_form(_definition(session, table), self.style)
            triggers = session.by_engine(dolt=_no_triggers, doltlite=_triggers)(session, table)
        return DefinedTable(form, triggers, Expected(branch, tables=tuple(hashes.items())))

    def targets(self, branch: str) -> tuple[Target, ...]:
        """All tables with their columns, for foreign keys; one statement."""
        with self._db.read(branch, "columns of all tables") as session:
            rows = session.rows(session.by_engine(dolt=_COLUMNS_ON_DOLT, doltlite=_COLUMNS_ON_DOLTLITE))
            shown = {table.name for table in session.dialect.tables(session) if not table.is_view}
        found: dict[str, list[tuple[str, str, bool]]] = {}
        for table, column, kind, key in rows:
            if table in shown:
                found.setdefault(table, []).append((column, kind, bool(key)))
        return tuple(
            Target(
                name,
                tuple(column for column, _, _ in columns),
                tuple(kind for _, kind, _ in columns),
                tuple(column for column, _, key in columns if key),
            )
            for name, columns in found.items()
        )

    def references(self, branch: str, table: str) -> References:
        """What refers to a table by its name; views and triggers are found by their text."""
        with self._db.read(branch, "what refers to it") as session:
            wanted = table.lower()
            tables = {key.table for key in foreign_keys(session) if key.referred.lower() == wanted}
            rows = session.rows(session.by_engine(dolt=_SCHEMAS_ON_DOLT, doltlite=_SCHEMAS_ON_DOLTLITE))
        named = re.compile(rf"(?<![\w$]){re.escape(table)}(?![\w$])", re.IGNORECASE)
        texts = [(kind, name) for kind, name, sql in rows if named.search(str(sql)) and name.lower() != wanted]
        return References(
            tuple(sorted(tables - {table})),
            tuple(name for kind, name in texts if kind == "view"),
            tuple(name for kind, name in texts if kind == "trigger"),
            self.style is SqlStyle.SQLITE,
        )

    def preview(self, branch: str, old: TableForm, new: TableForm) -> AlterPreview:
        """What is lost, and what would not fit; each question reads all rows of the table."""
        with self._db.read(branch, "what altering would do") as session:
            table = quoted_name(old.name, self.style)

            def count(what: str) -> int:
                sql = session.dialect.sql(Call((what,)))
                return int(session.scalar(sql) or 0)

            rows = count(f"SELECT count(*) FROM {table}")
            if not rows:
                return AlterPreview(0)
            lost = []
            kept = {column.was for column in new.columns}
            for column in old.columns:
                if column.name not in kept and not column.generated:
                    lost.append(
                        (column.name, count(f"SELECT count({quoted_name(column.name, self.style)}) FROM {table}"))
                    )
            misfits = []
            for words, sql in _questions(old, new, self.style):
                try:
                    number = count(sql)
                except EngineError:
                    continue  # the engine will say what it cannot do
                if number:
                    misfits.append((words, number))
            return AlterPreview(rows, tuple(lost), tuple(misfits))

    # statements

    def create_calls(self, form: TableForm) -> tuple[Call, ...]:
        """What makes the table."""
        return self._calls(create_statements(form, self.style))

    def alteration(self, old: DefinedTable, new: TableForm) -> Alteration:
        """What makes ``new`` of the table, which keeps its name."""
        return alteration(old.form, new, self.style, old.triggers)

    def alter_calls(self, old: DefinedTable, new: TableForm) -> tuple[Call, ...]:
        """What `alter` runs."""
        return self._calls(self.alteration(old, new).statements)

    def rename_calls(self, table: str, name: str) -> tuple[Call, ...]:
        """What `rename` runs."""
        old, new = quoted_name(table, self.style), quoted_name(name, self.style)
        if self.style is SqlStyle.MYSQL:
            return self._calls([f"RENAME TABLE {old} TO {new}"])
        return self._calls([f"ALTER TABLE {old} RENAME TO {new}"])

    def _calls(self, statements: Iterable[str]) -> tuple[Call, ...]:
        return tuple(Call((sql,), (), self.style) for sql in statements)

    # changing

    def create(self, branch: str, form: TableForm) -> None:
        """Make the table. Raises `AlreadyExists`, and what the engine refuses."""
        self._run(branch, self.create_calls(form), None, "create")

    def alter(self, branch: str, old: DefinedTable, new: TableForm) -> None:
        """Make ``new`` of the table. Raises `ChangedMeanwhile`, and what the engine refuses.

        On Dolt each statement is kept as soon as it has run: where a later one is refused the earlier ones stay.
        """
        calls = self.alter_calls(old, new)
        if calls and str(calls[0]) == FOREIGN_KEYS_OFF:
            self._db.write(branch, lambda session: self._rebuild(session, calls, old.expected), "alter")
        else:
            self._run(branch, calls, old.expected, "alter")

    def rename(self, branch: str, table: str, name: str, expected: Expected | None = None) -> None:
        """Give a table another name. Raises `ChangedMeanwhile`, and what the engine refuses."""
        self._run(branch, self.rename_calls(table, name), expected, "rename")

    def _run(self, branch: str, calls: Sequence[Call], expected: Expected | None, purpose: str) -> None:
        def work(session: Session) -> None:
            expect(session, expected)
            for number, call in enumerate(calls):
                try:
                    session.run(call)
                except EngineError as error:
                    if number and self.style is SqlStyle.MYSQL:  # engine-facts.md#ddl-commits
                        first, kept = ("statement", "is") if number == 1 else (f"{number} statements", "are")
                        ran = f"The first {first} of {len(calls)} ran, and {kept} kept"
                        text = f"{ran}. The next one was refused: {error.message}"
                        raise EngineError(text, detail=error.detail) from error
                    raise

        self._db.write(branch, work, purpose)

    def _rebuild(self, session: Session, calls: Sequence[Call], expected: Expected) -> None:
        # Inside of a transaction the first statement would do nothing, and dropping the old table would delete or
        # refuse for the rows that refer to it. engine-facts.md#doltlite-rebuilt-tables
        session.dialect.rollback(session)
        session.run(calls[0])
        session.execute(session.dialect.begin)
        expect(session, expected)
        before = set(session.rows("PRAGMA foreign_key_check"))
        for call in calls[1:]:
            session.run(call)
        if broken := set(session.rows("PRAGMA foreign_key_check")) - before:
            table, _, referred, _ = next(iter(broken))
            rows = plural(len(broken), "row")
            raise Constraint(f"{rows} of {table} would refer to none of {referred}: nothing was altered.")


def _definition(session: Session, table: str) -> str:
    return session.by_engine(dolt=_dolt_definition, doltlite=_doltlite_definition)(session, table)


def _dolt_definition(session: Session, table: str) -> str:
    return session.dialect.ddl(session, table, None)


def _doltlite_definition(session: Session, table: str) -> str:
    session.dialect.ddl(session, table, None)  # raises `TableNotFound`
    rows = session.rows(
        "SELECT sql FROM sqlite_master WHERE tbl_name = ? COLLATE NOCASE AND sql IS NOT NULL AND type <> 'trigger'"
        " ORDER BY type <> 'table', rowid",
        table,
    )
    return ";\n".join(str(row[0]) for row in rows)


def _no_triggers(session: Session, table: str) -> tuple[Dependent, ...]:
    return ()


def _triggers(session: Session, table: str) -> tuple[Dependent, ...]:
    rows = session.rows(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE ORDER BY rowid",
        table,
    )
    return tuple(Dependent(name, "trigger", sql) for name, sql in rows)


_LENGTH = re.compile(r"(?:var)?char(?:acter)?(?: varying)?\s*\((\d+)\)", re.IGNORECASE)
_WHOLE = {"tinyint": 7, "smallint": 15, "mediumint": 23, "int": 31, "integer": 31, "bigint": 63}


def _questions(old: TableForm, new: TableForm, style: SqlStyle) -> Iterable[tuple[str, str]]:
    """What may not fit, in words, and the statement that counts it in the table as it is."""
    table = quoted_name(old.name, style)
    before = {column.name: column for column in old.columns}
    was = {column.name: column.was for column in new.columns}
    for column in new.columns:
        one = before.get(column.was)
        filled = column.nullable or column.default or column.generated or column.auto_increment
        if one is None and not filled:
            then = "is 0 or empty there" if style is SqlStyle.MYSQL else "cannot be NULL there"
            yield f"{column.name} has no default, and {then}", f"SELECT count(*) FROM {table}"
        if one is None:
            continue
        name = quoted_name(one.name, style)
        required = not column.nullable or column.name in new.key
        if required and one.nullable and one.name not in old.key:
            yield f"{one.name} is NULL", f"SELECT count(*) FROM {table} WHERE {name} IS NULL"
        if one.type != column.type and (condition := _too_long(one, column, name, style)):
            yield f"{one.name} is too long for {column.type}", f"SELECT count(*) FROM {table} WHERE {condition}"
    known = [index for index in new.indexes if index.unique and index not in old.indexes]
    groups = [(index.columns, "twice in the unique index") for index in known]
    if new.key and [was.get(name) for name in new.key] != list(old.key):
        groups.append((new.key, "twice in the primary key"))
    for columns, words in groups:
        there = [was.get(name, "") for name in columns]
        if all(there):
            names = ", ".join(quoted_name(name, style) for name in there)
            full = " AND ".join(f"{quoted_name(name, style)} IS NOT NULL" for name in there)
            yield (
                f"{', '.join(columns)} {words}",
                f"SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {full} GROUP BY {names} HAVING count(*) > 1) AS d",
            )
    for check in new.checks:
        if check not in old.checks and all(name == was[name] for name in was if was[name]):
            yield f"not {check.expression}", f"SELECT count(*) FROM {table} WHERE NOT ({check.expression})"
    for key in new.foreign_keys:
        there = [was.get(name, "") for name in key.columns]
        if key not in old.foreign_keys and all(there) and key.referred_columns and key.referred != old.name:
            pairs = zip(key.referred_columns, there, strict=True)
            same = " AND ".join(f"p.{quoted_name(one, style)} = c.{quoted_name(other, style)}" for one, other in pairs)
            full = " AND ".join(f"c.{quoted_name(name, style)} IS NOT NULL" for name in there)
            referred = quoted_name(key.referred, style)
            yield (
                f"{', '.join(key.columns)} is not in {key.referred}",
                f"SELECT count(*) FROM {table} AS c WHERE {full}"
                f" AND NOT EXISTS (SELECT 1 FROM {referred} AS p WHERE {same})",
            )


def _too_long(old: ColumnForm, new: ColumnForm, name: str, style: SqlStyle) -> str:
    """The condition of the values that the new type does not take; empty where that is not known."""
    if style is SqlStyle.SQLITE:
        return ""  # it takes whatever comes
    length = _LENGTH.match(new.type)
    if length is not None:
        return f"char_length({name}) > {length[1]}"
    words = new.type.lower().split("(")[0].split()
    was = old.type.lower().split("(")[0].split()
    if words and was and words[0] in _WHOLE and was[0] in (*_WHOLE, "decimal", "float", "double"):
        bits = _WHOLE[words[0]]
        low, high = (0, 2 ** (bits + 1) - 1) if "unsigned" in new.type.lower() else (-(2**bits), 2**bits - 1)
        return f"{name} < {low} OR {name} > {high}"
    return ""
