"""The names that fit a place: all those of the kinds that are expected there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from itertools import islice
from typing import Final, NamedTuple

from ..model import SqlStyle
from .completion_catalogue import Catalogue, Kind, Template, needs_quotes, quoted
from .completion_matching import scattered
from .completion_places import Expects, Place
from .completion_structure import Source, word


class Candidate(NamedTuple):
    """What may become an item, if it fits what was typed."""

    text: str
    kind: Kind
    detail: str = ""
    group: int = 0
    """Of two that fit equally well, the one with the lower number is the better."""
    order: int = 0
    """Among those of its group; equal ones are in the order of the alphabet."""
    first: int = 0
    """Those with a lower number come first, however well they fit."""
    qualifier: str = ""
    """The name of the table to write before it."""
    quoted: str = ""
    """The quote around it; empty for names, which have quotes where they need some."""

    def written(self, style: SqlStyle, quote: str = "") -> str:
        """As it is written; ``quote`` is the one that a name was begun with."""
        if self.quoted:
            return self.quoted + self.text.replace(self.quoted, self.quoted * 2) + self.quoted
        if self.kind in (Kind.FUNCTION, Kind.PROCEDURE, Kind.OPTION):
            return self.text
        if quote == "[":
            return f"[{self.text}]"
        name = self.text
        if quote:
            name = quote + name.replace(quote, quote * 2) + quote
        elif needs_quotes(name, style):
            name = quoted(name, style)
        if not self.qualifier:
            return name
        before = quoted(self.qualifier, style) if needs_quotes(self.qualifier, style) else self.qualifier
        return f"{before}.{name}"


def candidates(place: Place, catalogue: Catalogue, typed: str, mentioned: Set[str]) -> Iterator[Candidate]:
    """Everything that may stand at a place; ``mentioned`` are names that the statement has, in lower case."""
    expects = place.expects
    if expects is Expects.STATEMENT:
        yield from _keywords(_first_words(place, catalogue), ())
    elif expects is Expects.RELATION:
        yield from _relations(place, catalogue, typed, mentioned)
        yield from _keywords(("IF EXISTS", "IF NOT EXISTS", "LATERAL"), (), group=9)
    elif expects is Expects.COLUMN:
        written = {getattr(item, "name", "").lower() for item in place.before if place.clause in ("INTO", "SET")}
        yield from (each for each in _columns([place.target], place) if each.text.lower() not in written)
    elif expects is Expects.REVISION:
        for each in revisions(catalogue):
            yield each._replace(quoted="'")
    elif expects is Expects.PROCEDURE:
        for routine in catalogue.words.procedures.values() if catalogue.style is SqlStyle.MYSQL else ():
            yield Candidate(routine.name, Kind.PROCEDURE, routine.shown)
    elif expects is Expects.DATABASE:
        yield from _databases(catalogue)
    elif expects is Expects.TYPE:
        yield from (Candidate(name, Kind.TYPE) for name in catalogue.words.types)
    elif expects is Expects.ARGUMENT:
        yield from _arguments(place, catalogue)
    elif expects is Expects.EXPRESSION:
        yield from _expression(place, catalogue)
    elif expects in (Expects.AFTER_RELATION, Expects.AFTER_EXPRESSION, Expects.KEYWORD):
        yield from _keywords(_following(place), catalogue.words.keywords if typed else ())


# keywords

_FOLLOWING: Final = {
    "SELECT": "FROM, AS",
    "FROM": "WHERE, JOIN, LEFT JOIN, INNER JOIN, CROSS JOIN, RIGHT JOIN, ON, USING, AS, AS OF, GROUP BY, ORDER BY,"
    " HAVING, LIMIT, UNION, UNION ALL",
    "JOIN": "ON, USING, AS, AS OF, WHERE, JOIN, LEFT JOIN, GROUP BY, ORDER BY, LIMIT",
    "ON": "AND, OR, WHERE, JOIN, LEFT JOIN, INNER JOIN, GROUP BY, ORDER BY, LIMIT, IS NULL, IS NOT NULL, IN, LIKE,"
    " BETWEEN",
    "USING": "WHERE, JOIN, LEFT JOIN, GROUP BY, ORDER BY, LIMIT",
    "WHERE": "AND, OR, IN, NOT IN, LIKE, NOT LIKE, BETWEEN, IS NULL, IS NOT NULL, GROUP BY, ORDER BY, HAVING, LIMIT,"
    " UNION, UNION ALL",
    "GROUP": "BY, HAVING, ORDER BY, LIMIT, WITH ROLLUP",
    "HAVING": "AND, OR, ORDER BY, LIMIT, IS NULL, IS NOT NULL",
    "ORDER": "BY, DESC, ASC, LIMIT",
    "LIMIT": "OFFSET",
    "SET": "WHERE",
    "INTO": "VALUES, SELECT, SET",
    "UPDATE": "SET, JOIN, AS",
    "VALUES": "ON DUPLICATE KEY UPDATE",
    "DELETE": "FROM",
    "INSERT": "INTO, IGNORE",
    "REPLACE": "INTO",
    "CREATE": "TABLE, VIEW, INDEX, UNIQUE INDEX, TABLE IF NOT EXISTS, TRIGGER, PROCEDURE, DATABASE, TEMPORARY TABLE,"
    " OR REPLACE VIEW, PRIMARY KEY, FOREIGN KEY, UNIQUE KEY, KEY, CONSTRAINT, CHECK, NOT NULL, NULL, DEFAULT,"
    " AUTO_INCREMENT, REFERENCES, ON DELETE CASCADE, ON UPDATE CASCADE, GENERATED ALWAYS AS",
    "TABLE": "IF NOT EXISTS, IF EXISTS, LIKE, AS",
    "DROP": "TABLE, VIEW, INDEX, TABLE IF EXISTS, TRIGGER, PROCEDURE, DATABASE",
    "ALTER": "TABLE, VIEW, DATABASE",
    "ALTERATION": "ADD COLUMN, DROP COLUMN, MODIFY COLUMN, CHANGE COLUMN, RENAME COLUMN, RENAME TO, ADD INDEX,"
    " ADD CONSTRAINT, ADD FOREIGN KEY, ADD PRIMARY KEY, ADD UNIQUE, DROP INDEX, DROP CONSTRAINT, DROP FOREIGN KEY,"
    " DROP PRIMARY KEY, ALTER COLUMN, FIRST, AFTER, NOT NULL, DEFAULT, TO",
    "SHOW": "TABLES, DATABASES, CREATE TABLE, COLUMNS FROM, FULL COLUMNS FROM, INDEXES FROM, FULL TABLES, CREATE VIEW,"
    " PROCEDURE STATUS, TRIGGERS, VARIABLES, VARIABLES LIKE, PROCESSLIST, WARNINGS, STATUS, GRANTS",
    "EXPLAIN": "SELECT, ANALYZE, FORMAT",
    "START": "TRANSACTION",
    "TRUNCATE": "TABLE",
    "RENAME": "TABLE",
    "AS": "OF",
    "KEY": "ASC, DESC",
    "UNION": "SELECT, ALL, DISTINCT",
}


def _following(place: Place) -> list[str]:
    """What usually comes next, the usual first."""
    text = _FOLLOWING.get(place.clause, "")
    found = [each.strip() for each in text.split(",") if each.strip()]
    if place.clause in ("GROUP", "ORDER") and place.before and word(place.before[-1]) != place.clause:
        found.remove("BY")
    if place.block.items and word(place.block.items[0]) in ("UPDATE", "DELETE") and place.clause in ("FROM", "SET"):
        found = [each for each in found if not each.startswith(("GROUP", "HAVING", "UNION"))]
    return found


def _first_words(place: Place, catalogue: Catalogue) -> Iterable[str]:
    if place.clause == "UNION":
        return ("SELECT", "ALL", "DISTINCT")
    if place.known or place.block.withs:
        return ("SELECT", "INSERT INTO", "UPDATE", "DELETE FROM")
    return catalogue.words.statements


def _keywords(first: Iterable[str], others: Iterable[str], group: int = 0) -> Iterator[Candidate]:
    """Keywords; ``first`` are those that are expected, in their order."""
    known = set()
    for order, name in enumerate(first):
        known.add(name)
        yield Candidate(name, Kind.KEYWORD, group=group, order=order)
    yield from (Candidate(name, Kind.KEYWORD, group=max(group, 7)) for name in others if name not in known)


# names


def _relations(place: Place, catalogue: Catalogue, typed: str, mentioned: Set[str]) -> Iterator[Candidate]:
    for source in place.known:
        yield Candidate(source.alias, Kind.QUERY, _number(len(source.columns)), group=0)
    for table in catalogue.tables:
        used = table.name.lower() in mentioned
        yield Candidate(table.name, table.kind, _number(len(table.columns)), group=0 if used else 1)
    for system in catalogue.words.system_tables.values():
        yield Candidate(system.name, Kind.SYSTEM_TABLE, _number(len(system.columns)), group=2)
    reads = place.clause in ("FROM", "JOIN")
    for function in catalogue.words.table_functions.values() if reads else ():
        yield Candidate(function.name, Kind.TABLE_FUNCTION, function.shown, group=3)
    for template in catalogue.words.of_tables:
        if not typed or (template.arguments and not reads):
            continue
        kind = Kind.TABLE_FUNCTION if template.arguments else Kind.SYSTEM_TABLE
        detail = f"({', '.join(template.arguments)})" if template.arguments else ""
        for lower, name in _of_tables(template, catalogue, typed, mentioned):
            yield Candidate(template.prefix + name, kind, detail, group=2 if lower in mentioned else 4)


_EXAMPLES: Final = 20
"""Of how many tables the system tables are offered while nothing but the beginning of their names was typed."""
_FEW: Final = 50
"""Of how many tables they are offered where what was typed is anywhere in their names."""


def _of_tables(template: Template, catalogue: Catalogue, typed: str, mentioned: Set[str]) -> Iterator[tuple[str, str]]:
    """The tables whose system table of a sort may be meant, in lower case and as they are."""
    names, prefix = catalogue.names_of_tables, template.prefix
    if typed.startswith(prefix):
        fits = scattered(typed[len(prefix) :]).search
        yield from (each for each in names if fits(each[0]))
    elif prefix.startswith(typed):
        yield from (each for at, each in enumerate(names) if at < _EXAMPLES or each[0] in mentioned)
    elif len(typed) > 2 and not typed.startswith("dolt_"):
        fits = scattered(typed).search
        yield from islice((each for each in names if fits(prefix + each[0])), _FEW)


def _number(columns: int) -> str:
    return f"{columns} column{'' if columns == 1 else 's'}" if columns else ""


def _columns(scopes: Iterable[Iterable[Source]], place: Place) -> Iterator[Candidate]:
    """Columns, those of inner queries before those of outer ones; qualified where two tables have one."""
    for depth, scope in enumerate(scopes):
        sources = list(scope)
        counts: dict[str, int] = {}
        for source in sources:
            for column in source.columns:
                lower = column.name.lower()
                counts[lower] = counts.get(lower, 0) + 1
        order = 0
        for source in sources:
            for column in source.columns:
                order += 1
                several = counts[column.name.lower()] > 1 and place.expects is not Expects.COLUMN
                group = min(5, 2 * depth + (0 if column.key else 1))
                qualifier = source.alias if several else ""
                yield Candidate(column.name, Kind.COLUMN, column.type, group, order, qualifier=qualifier)


def _expression(place: Place, catalogue: Catalogue) -> Iterator[Candidate]:
    clause = place.clause
    without_columns = (
        clause in ("VALUES", "VALUE") and word(place.block.items[0] if place.block.items else None) != "SELECT"
    )
    if not without_columns:
        yield from _columns(place.scopes, place)
        for source in (source for scope in place.scopes for source in scope):
            if source.alias:
                yield Candidate(source.alias, source.kind, "" if source.alias == source.name else source.name, group=4)
    if clause in ("ORDER", "GROUP", "HAVING"):
        yield from _aliases(place)
    for function in catalogue.words.functions.values():
        yield Candidate(function.name, Kind.FUNCTION, function.shown, group=5)
    yield from _keywords(_IN_EXPRESSIONS.get(clause, ()), catalogue.words.keywords, group=6)


_IN_EXPRESSIONS: Final = {
    "SELECT": ("DISTINCT", "CASE", "NULL", "NOT", "EXISTS", "FROM"),
    "WHERE": ("NOT", "EXISTS", "CASE", "NULL", "TRUE", "FALSE"),
    "SET": ("DEFAULT", "NULL", "CASE"),
    "VALUES": ("DEFAULT", "NULL", "TRUE", "FALSE"),
}


def _aliases(place: Place) -> Iterator[Candidate]:
    """What the query calls its own columns."""
    items = place.block.items
    for at, item in enumerate(items[:-1]):
        if word(item) == "FROM":
            break
        if word(item) == "AS" and (name := getattr(items[at + 1], "name", "")):
            yield Candidate(name, Kind.COLUMN, "", group=1)


def _databases(catalogue: Catalogue) -> Iterator[Candidate]:
    for name in catalogue.databases or (catalogue.database,):
        yield Candidate(name, Kind.DATABASE)
    for branch in catalogue.branches:
        yield Candidate(f"{catalogue.database}/{branch}", Kind.BRANCH, group=1)


# revisions and arguments


def revisions(catalogue: Catalogue, *, names: bool = False) -> Iterator[Candidate]:
    """Branches, tags and commits; ``names``: without those that only mean something where one is."""
    if not names:
        for order, name in enumerate(("HEAD", "HEAD~1", "WORKING", "STAGED")):
            yield Candidate(name, Kind.COMMIT, group=3, order=order)
    for name in catalogue.branches:
        yield Candidate(name, Kind.BRANCH, group=0)
    for name in catalogue.tags:
        yield Candidate(name, Kind.TAG, group=1)
    for order, (hash_, summary) in enumerate(catalogue.commits):
        yield Candidate(hash_, Kind.COMMIT, summary, group=4, order=order)


_WITHOUT_VALUE_OF_OURS: Final = frozenset(
    ("-m", "-am", "-Am", "--message", "--author", "--date", "-b", "-B", "--user", "--depth", "-S", "--empty", "--name")
)


def values(routine: str, argument: int, previous: str, catalogue: Catalogue) -> Iterator[Candidate]:
    """What may be an argument of a function or procedure, without its quotes; ``previous`` is the one before."""
    found = catalogue.routine(routine)
    if found is None or previous in _WITHOUT_VALUE_OF_OURS:
        return
    if found.name in catalogue.words.procedures:  # options move the others
        kinds: Iterable[str] = dict.fromkeys(found.arguments)
        if previous == "--branch":
            kinds = ("branch",)
    elif not found.arguments:
        return
    elif argument < len(found.arguments) and found.arguments[argument] != "…":
        kinds = (found.arguments[argument],)
    else:
        kinds = (found.arguments[-2],) if found.arguments[-1] == "…" and len(found.arguments) > 1 else ()
    for kind in kinds:
        yield from _values(kind, catalogue)
    for order, option in enumerate(found.options):
        yield Candidate(option, Kind.OPTION, group=6, order=order)


def _values(kind: str, catalogue: Catalogue) -> Iterator[Candidate]:
    if kind in ("revision", "ancestor", "ref"):
        yield from revisions(catalogue)
    elif kind == "branch":
        yield from (Candidate(name, Kind.BRANCH) for name in catalogue.branches)
    elif kind == "tag":
        yield from (Candidate(name, Kind.TAG) for name in catalogue.tags)
    elif kind == "remote":
        yield from (Candidate(name, Kind.REMOTE) for name in catalogue.remotes)
    elif kind == "table":
        for table in catalogue.tables:
            yield Candidate(table.name, table.kind, "", group=2)
    elif kind == "database":
        yield from (Candidate(name, Kind.DATABASE) for name in catalogue.databases)


def _arguments(place: Place, catalogue: Catalogue) -> Iterator[Candidate]:
    """Arguments where no quote was typed: with their quotes, and other expressions where those can be one."""
    found = catalogue.routine(place.routine)
    quotes = [each._replace(quoted="'") for each in values(place.routine, place.argument, "", catalogue)]
    yield from quotes
    called = catalogue.words.procedures if catalogue.style is SqlStyle.MYSQL else {}
    if found is None or (found.name not in called and found.name not in catalogue.words.table_functions):
        for each in _expression(place, catalogue):
            yield each._replace(first=1 if quotes else 0)
