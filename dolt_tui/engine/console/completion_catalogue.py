"""What can be completed: the names of a database as it is on a branch, and the vocabulary of its engine."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache, cached_property
from types import MappingProxyType, ModuleType
from typing import Final, NamedTuple

from ..core.connections import Connections, Session
from ..errors import TableNotFound
from ..model import SqlStyle
from ..undo.steps import SNAPSHOT_TAGS
from . import vocabulary_dolt, vocabulary_doltlite

COMMITS: Final = 200
"""How many of the newest commits are offered."""


class Kind(StrEnum):
    """What an item is, in people's words."""

    KEYWORD = "keyword"
    COLUMN = "column"
    TABLE = "table"
    VIEW = "view"
    QUERY = "query"
    """A subquery or a common table expression."""
    SYSTEM_TABLE = "system table"
    FUNCTION = "function"
    TABLE_FUNCTION = "table function"
    PROCEDURE = "procedure"
    OPTION = "option"
    BRANCH = "branch"
    TAG = "tag"
    COMMIT = "commit"
    REMOTE = "remote"
    DATABASE = "database"
    TYPE = "type"


class Column(NamedTuple):
    """A column of a table, a view or a query."""

    name: str
    type: str = ""
    key: bool = False


class Relation(NamedTuple):
    """What has columns and can stand behind FROM by its name alone."""

    name: str
    kind: Kind
    columns: tuple[Column, ...]


class Routine(NamedTuple):
    """A function, table function or procedure."""

    name: str
    arguments: tuple[str, ...]
    """What each argument is, one word each; the last one is ``…`` where more may follow."""
    columns: tuple[Column, ...] = ()
    """Of a table function."""
    options: tuple[str, ...] = ()
    """Of a procedure: words that may stand among its arguments."""

    @property
    def shown(self) -> str:
        """The arguments as people read them; empty for what is written without any."""
        return f"({', '.join(self.arguments)})"


class Template(NamedTuple):
    """System tables or table functions that there are for each table."""

    prefix: str
    arguments: tuple[str, ...]
    columns: tuple[Column, ...]
    """Those whose names begin with ``*`` stand for all columns of the table, with what follows before their names;
    ``*key`` for those of its key."""

    def of(self, table: Relation) -> tuple[Column, ...]:
        """The columns that it has for a table."""
        found: list[Column] = []
        for column in self.columns:
            if column.name == "*key":
                found += [each for each in table.columns if each.key]
            elif column.name.startswith("*"):
                found += [Column(column.name[1:] + name, type_) for name, type_, _ in table.columns]
            else:
                found.append(column)
        return tuple(found)


class Vocabulary(NamedTuple):
    """What an engine knows in every database."""

    functions: Mapping[str, Routine]
    table_functions: Mapping[str, Routine]
    procedures: Mapping[str, Routine]
    """On DoltLite they are functions, too."""
    system_tables: Mapping[str, Relation]
    of_tables: tuple[Template, ...]
    """Tables, and on DoltLite table functions, that there are for each table."""
    keywords: tuple[str, ...]
    types: tuple[str, ...]
    statements: tuple[str, ...]
    """What a statement may begin with."""
    reserved: frozenset[str]
    """Words, in lower case, that no name can be without quotes."""


_ROUTINE = re.compile(r"(?P<name>\w+)(?:\((?P<arguments>[^)]*)\))?(?::\s*(?P<columns>.*))?")
_COLUMN = re.compile(r"\s*(?P<name>[^\s,]+)(?:\s+(?P<type>(?:[^,(]|\([^)]*\))+))?,?")


def _columns(text: str) -> tuple[Column, ...]:
    return tuple(Column(found["name"], found["type"] or "") for found in _COLUMN.finditer(text))


def _routine(text: str, options: Sequence[str] = ()) -> Routine:
    found = _ROUTINE.match(text)
    assert found is not None
    arguments = found["arguments"] or ""
    return Routine(
        found["name"],
        tuple(each.replace("|", " ") for each in arguments.split(",") if each),
        _columns(found["columns"] or ""),
        tuple(options),
    )


def _by_name(routines: Iterable[Routine]) -> Mapping[str, Routine]:
    return MappingProxyType({routine.name: routine for routine in routines})


@cache
def vocabulary(style: SqlStyle) -> Vocabulary:
    """What the engine that speaks so knows."""
    module: ModuleType = vocabulary_dolt if style is SqlStyle.MYSQL else vocabulary_doltlite
    lines: dict[str, list[str]] = {
        name: [line for line in getattr(module, name, "").splitlines() if line]
        for name in ("TABLE_FUNCTIONS", "SYSTEM_TABLES", "OF_TABLES", "FUNCTIONS_OF_TABLES", "PROCEDURES")
    }
    system = [_routine(line) for line in lines["SYSTEM_TABLES"]]
    templates = [_routine(line) for line in (*lines["OF_TABLES"], *lines["FUNCTIONS_OF_TABLES"])]
    return Vocabulary(
        functions=_by_name(map(_routine, module.FUNCTIONS.split())),
        table_functions=_by_name(map(_routine, lines["TABLE_FUNCTIONS"])),
        procedures=_by_name(_routine(first, options) for first, *options in map(str.split, lines["PROCEDURES"])),
        system_tables={each.name: Relation(each.name, Kind.SYSTEM_TABLE, each.columns) for each in system},
        of_tables=tuple(Template(each.name, each.arguments, each.columns) for each in templates),
        keywords=tuple(module.KEYWORDS.split()),
        types=tuple(module.TYPES.split()),
        statements=tuple(module.STATEMENTS.split()),
        reserved=_reserved(style),
    )


def _reserved(style: SqlStyle) -> frozenset[str]:
    if style is SqlStyle.MYSQL:
        from sqlalchemy.dialects.mysql.reserved_words import RESERVED_WORDS_MYSQL

        return frozenset(RESERVED_WORDS_MYSQL)
    from sqlalchemy.dialects.sqlite.base import SQLiteIdentifierPreparer

    return frozenset(SQLiteIdentifierPreparer.reserved_words)


_PLAIN = {
    SqlStyle.MYSQL: re.compile(r"[A-Za-z_\x80-\uffff][\w$]*"),
    SqlStyle.SQLITE: re.compile(r"[A-Za-z_\x80-\U0010ffff][\w$]*"),
}


def needs_quotes(name: str, style: SqlStyle) -> bool:
    """Whether a name can be written with quotes only."""
    return _PLAIN[style].fullmatch(name) is None or name.lower() in vocabulary(style).reserved


def quoted(name: str, style: SqlStyle) -> str:
    """A name in quotes."""
    mark = "`" if style is SqlStyle.MYSQL else '"'
    return mark + name.replace(mark, mark * 2) + mark


class Catalogue:
    """The names of a database as it is on a branch. Nothing of it changes."""

    def __init__(
        self,
        style: SqlStyle,
        database: str = "",
        tables: Sequence[Relation] = (),
        branches: Sequence[str] = (),
        tags: Sequence[str] = (),
        commits: Sequence[tuple[str, str]] = (),
        remotes: Sequence[str] = (),
        databases: Sequence[str] = (),
    ) -> None:
        self.style = style
        self.database = database
        """Its name, without a revision."""
        self.tables = tuple(tables)
        """Tables and views, by name."""
        self.branches, self.tags, self.remotes = tuple(branches), tuple(tags), tuple(remotes)
        self.commits = tuple(commits)
        """Hashes and summaries, the newest first."""
        self.databases = tuple(databases)
        self.words = vocabulary(style)

    @cached_property
    def _by_name(self) -> Mapping[str, Relation]:
        return {table.name.lower(): table for table in reversed(self.tables)}

    def relation(self, name: str) -> Relation | None:
        """A table, view or system table by its name, in whatever case."""
        lower = name.lower()
        found = self._by_name.get(lower) or self.words.system_tables.get(lower)
        return found or self._of_table(lower)

    def table_function(self, name: str) -> Routine | None:
        """A table function by its name."""
        lower = name.lower()
        if (found := self.words.table_functions.get(lower)) is not None:
            return found
        for template in self.words.of_tables:
            table = self._by_name.get(lower.removeprefix(template.prefix))
            if table is not None and lower.startswith(template.prefix) and template.arguments:
                return Routine(template.prefix + table.name, template.arguments, template.of(table))
        return None

    def _of_table(self, name: str) -> Relation | None:
        for template in self.words.of_tables:
            table = self._by_name.get(name.removeprefix(template.prefix))
            if table is not None and name.startswith(template.prefix) and not template.arguments:
                return Relation(template.prefix + table.name, Kind.SYSTEM_TABLE, template.of(table))
        return None

    def routine(self, name: str) -> Routine | None:
        """A procedure, table function or function by its name; the first of these that has it."""
        lower = name.lower()
        words = self.words
        return words.procedures.get(lower) or self.table_function(lower) or words.functions.get(lower)

    @cached_property
    def names_of_tables(self) -> tuple[tuple[str, str], ...]:
        """Names of tables without views, in lower case and as they are."""
        return tuple((table.name.lower(), table.name) for table in self.tables if table.kind is Kind.TABLE)


class Catalogues:
    """Where catalogues come from."""

    def __init__(self, db: Connections, database: str) -> None:
        self._db = db
        self._database = database

    def of(self, branch: str, refs: Hashable = None) -> Catalogue:
        """The names as they are on a branch: one statement, whose cost grows with the number of columns.

        While the branch's hashes stay as they are it is remembered; ``refs`` is whatever is known of branches and tags,
        and when that is another one, it is asked for again. Raises `BranchNotFound`.
        """
        with self._db.read(branch, "names to complete") as session:
            return session.recall([None], ("catalogue", refs), lambda: self._read(session))

    def _read(self, session: Session) -> Catalogue:
        style = session.dialect.traits.sql
        statement = session.by_engine(dolt=_ON_DOLT, doltlite=_ON_DOLTLITE)
        try:
            rows = session.rows(statement)
        except TableNotFound:  # engine-facts.md#doltlite-broken-views
            rows = session.rows(statement.replace("('table', 'view')", "('table')"))
        found: dict[str, list[tuple[str, ...]]] = {}
        for what, *rest in rows:
            found.setdefault(what, []).append(tuple("" if value is None else str(value) for value in rest))
        views = {name for name, *_ in found.get("view", ())}
        columns: dict[str, list[tuple[int, Column]]] = {}
        for table, name, type_, key, position in found.get("column", ()):
            columns.setdefault(table, []).append((int(position), Column(name, type_, bool(key) and key != "0")))
        tables = [
            Relation(
                name,
                Kind.VIEW if name in views else Kind.TABLE,
                tuple(column for _, column in sorted(columns.get(name, ()))),
            )
            for name in sorted({*columns, *views})
        ]

        def named(what: str) -> list[str]:
            return [name for name, *_ in found.get(what, ())]

        commits = [(hash_, message.split("\n", 1)[0]) for hash_, message, *_ in found.get("commit", ())]
        return Catalogue(
            style,
            self._database,
            tables,
            sorted(named("branch")),
            sorted(tag for tag in named("tag") if not tag.startswith(SNAPSHOT_TAGS)),
            commits,
            sorted(named("remote")),
            sorted(name for name in named("database") if "/" not in name),
        )


_ON_DOLT: Final = f"""
SELECT 'column', table_name, column_name, column_type, IF(column_key = 'PRI', '1', ''), ordinal_position
FROM information_schema.columns WHERE table_schema = database()
UNION ALL SELECT 'view', table_name, '', '', '', 0 FROM information_schema.views WHERE table_schema = database()
UNION ALL SELECT 'branch', name, '', '', '', 0 FROM dolt_branches
UNION ALL SELECT 'tag', tag_name, '', '', '', 0 FROM dolt_tags
UNION ALL SELECT 'remote', name, '', '', '', 0 FROM dolt_remotes
UNION ALL SELECT 'database', schema_name, '', '', '', 0 FROM information_schema.schemata
UNION ALL SELECT 'commit', commit_hash, message, '', '', 0
FROM (SELECT commit_hash, message FROM dolt_log LIMIT {COMMITS}) AS newest
"""
_ON_DOLTLITE: Final = f"""
SELECT 'column', m.name, c.name, c.type, CASE WHEN c.pk THEN '1' ELSE '' END, c.cid
FROM sqlite_schema AS m JOIN pragma_table_xinfo(m.name) AS c WHERE m.type IN ('table', 'view')
UNION ALL SELECT 'view', name, '', '', '', 0 FROM sqlite_schema WHERE type = 'view'
UNION ALL SELECT 'branch', name, '', '', '', 0 FROM dolt_branches
UNION ALL SELECT 'tag', tag_name, '', '', '', 0 FROM dolt_tags
UNION ALL SELECT 'remote', name, '', '', '', 0 FROM dolt_remotes
UNION ALL SELECT 'commit', commit_hash, message, '', '', 0
FROM (SELECT commit_hash, message FROM dolt_log LIMIT {COMMITS})
"""
