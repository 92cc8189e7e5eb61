"""The little of a statement's structure that completion needs: what is in parentheses, and which tables are in scope.

It is made of the tokens of a statement that is being written: nothing has to be finished, and nothing is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from .completion_catalogue import Catalogue, Column, Kind, Relation
from .scanner import Token, TokenKind

_DEEPEST: Final = 40
"""Parentheses within each other that are told apart; what is deeper belongs to the last of them."""
_NESTED: Final = 12
"""Subqueries within each other whose columns are found."""

_MOST_COLUMNS: Final = 4096
"""Columns of a query that are found. No table has more; but queries that select all of each other double them."""


class Group:
    """What is between two parentheses, or the whole statement."""

    __slots__ = ("end", "items", "start")

    def __init__(self, start: int) -> None:
        self.start = start
        """Where its text begins, behind the parenthesis."""
        self.end: int | None = None
        """Where the closing parenthesis is; None while there is none."""
        self.items: list[Token | Group] = []

    @property
    def is_query(self) -> bool:
        """Whether it is a subquery."""
        return bool(self.items) and word(self.items[0]) in ("SELECT", "WITH", "VALUES", "TABLE")


Item = Token | Group


def word(item: Item | None) -> str:
    """A keyword in upper case, or a sign; empty for groups, names in quotes, texts and numbers."""
    if isinstance(item, Token) and item.kind in (TokenKind.WORD, TokenKind.PUNCTUATION, TokenKind.OPERATOR):
        return item.text.upper()
    return ""


def is_name(item: Item | None) -> bool:
    """Whether it can be the name of something."""
    return isinstance(item, Token) and (
        item.kind is TokenKind.QUOTED_NAME or (item.kind is TokenKind.WORD and item.text.upper() not in NO_NAMES)
    )


NO_NAMES: Final = frozenset(
    """ALL AND AS ASC BETWEEN BY CALL CASE CROSS DELETE DESC DISTINCT ELSE END EXCEPT EXISTS FOR FROM FULL GROUP HAVING
    IN INNER INSERT INTERSECT INTO IS JOIN LATERAL LEFT LIKE LIMIT NATURAL NOT NULL OFFSET ON OR ORDER OUTER OVER
    REPLACE RIGHT SELECT SET STRAIGHT_JOIN TABLE THEN UNION UPDATE USING VALUES WHEN WHERE WINDOW WITH""".split()  # noqa: SIM905
)
"""Words that are never taken for a name where one may be left out, as an alias."""
SETS: Final = ("UNION", "EXCEPT", "INTERSECT", "MINUS")
_JOINS: Final = frozenset(("JOIN", "STRAIGHT_JOIN"))
_BEFORE_TABLES: Final = frozenset(("FROM", "UPDATE", "INTO", "TABLE", "REFERENCES", "DESCRIBE")) | _JOINS
_BETWEEN: Final = frozenset(("LATERAL", "ONLY", "IGNORE", "LOW_PRIORITY", "QUICK", "IF", "NOT", "EXISTS"))
"""What may stand between one of those words and the name."""


def start_of(item: Item) -> int:
    """Where an item begins in the text."""
    return item.start - 1 if isinstance(item, Group) else item.start


def end_of(item: Item) -> int:
    """Where an item ends in the text, as far as it does."""
    if isinstance(item, Token):
        return item.end
    return _ENDLESS if item.end is None else item.end + 1


_ENDLESS: Final = 1 << 60


def grouped(tokens: Sequence[Token]) -> Group:
    """The tokens by their parentheses."""
    top = Group(0)
    path = [top]
    deeper = 0
    for token in tokens:
        sign = token.text if token.kind is TokenKind.PUNCTUATION else ""
        if sign == "(":
            if len(path) > _DEEPEST:
                deeper += 1
                continue
            group = Group(token.end)
            path[-1].items.append(group)
            path.append(group)
        elif sign == ")":
            if deeper:
                deeper -= 1
            elif len(path) > 1:
                path.pop().end = token.start
        else:
            path[-1].items.append(token)
    return top


def path_to(top: Group, offset: int) -> list[Group]:
    """The groups around a place, the outermost first."""
    path = [top]
    while True:
        for item in reversed(path[-1].items):
            if isinstance(item, Group) and item.start <= offset:
                if item.end is None or offset <= item.end:
                    path.append(item)
                    break
                return path
        else:
            return path


class Source(NamedTuple):
    """Something whose columns are in scope."""

    alias: str
    """What its columns may be qualified with."""
    name: str
    """Of the table; empty for a subquery."""
    kind: Kind
    columns: tuple[Column, ...]


class Block(NamedTuple):
    """One SELECT of a query, or a statement of another kind: a part of a group."""

    start: int
    """Where it begins."""
    items: Sequence[Item]
    withs: Sequence[tuple[str, Group, tuple[str, ...], bool]]
    """Common table expressions: name, query, names of columns where they are told, whether it may be recursive."""


def blocks(group: Group) -> list[Block]:
    """The queries that a group is a union of."""
    items: Sequence[Item] = group.items
    withs: list[tuple[str, Group, tuple[str, ...], bool]] = []
    if items and word(items[0]) == "WITH":
        recursive = len(items) > 1 and word(items[1]) == "RECURSIVE"
        at = 2 if recursive else 1
        while at < len(items) and is_name(items[at]):
            name = _text(items[at])
            columns: tuple[str, ...] = ()
            at += 1
            if at < len(items) and isinstance(items[at], Group):
                columns = tuple(_text(item) for item in _group(items[at]).items if is_name(item))
                at += 1
            if at < len(items) and word(items[at]) == "AS":
                at += 1
            if at < len(items) and isinstance(items[at], Group):
                withs.append((name, _group(items[at]), columns, recursive))
                at += 1
            if at >= len(items) or word(items[at]) != ",":
                break
            at += 1
        items = items[at:]
    found: list[Block] = []
    begin, start = 0, group.start
    for at, item in enumerate(items):
        if word(item) in SETS:
            found.append(Block(start, items[begin:at], withs))
            begin, start = at + 1, end_of(item)
            if begin < len(items) and word(items[begin]) in ("ALL", "DISTINCT"):
                begin += 1
    return [*found, Block(start, items[begin:], withs)]


def _text(item: Item) -> str:
    return item.name if isinstance(item, Token) else ""


def _group(item: Item) -> Group:
    assert isinstance(item, Group)
    return item


class Scope:
    """The sources of blocks, found with the names that are known."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def withs(self, block: Block, outer: Sequence[Source], before: Group | None = None, depth: int = 0) -> list[Source]:
        """The common table expressions that a block may use, with those outside; ``before`` the one that is written."""
        known = list(outer)
        for name, group, columns, recursive in block.withs:
            if group is before:
                if recursive:
                    known.append(self._query(name, group, columns, known, depth))
                break
            known.append(self._query(name, group, columns, known, depth))
        return known

    def _query(self, name: str, group: Group, names: Sequence[str], known: Sequence[Source], depth: int) -> Source:
        columns = self.output(group, known, depth + 1)
        if names:
            types = [column.type for column in columns]
            columns = tuple(Column(each, types[at] if at < len(types) else "") for at, each in enumerate(names))
        return Source(name, "", Kind.QUERY, columns)

    def sources(self, block: Block, known: Sequence[Source], depth: int = 0) -> list[tuple[Source, Group | None]]:
        """What stands behind FROM, JOIN, UPDATE or INTO in a block; with the subquery, where it is one."""
        return list(self._sources(block.items, known, depth)) if depth <= _NESTED else []

    def _sources(
        self, items: Sequence[Item], known: Sequence[Source], depth: int, *, expected: bool = False
    ) -> Iterator[tuple[Source, Group | None]]:
        at, listed = 0, expected
        while at < len(items):
            item = items[at]
            said = word(item)
            if said in _BEFORE_TABLES or (said == "DESC" and at == 0):
                expected, listed = True, said in ("FROM", "UPDATE")
            elif said in _BETWEEN and expected:
                pass
            elif said == ",":
                expected = listed
            elif expected and isinstance(item, Group) and not item.is_query:
                yield from self._sources(item.items, known, depth, expected=True)
                expected = False
            elif expected and (isinstance(item, Group) or is_name(item)):
                source, at = self._source(items, at, known, depth)
                yield source, item if isinstance(item, Group) else None
                expected = False
                continue
            elif said and said not in ("ON", ".", "=") and said in NO_NAMES:
                expected, listed = (
                    False,
                    listed and said in ("AND", "OR", "AS", "ON", "INNER", "LEFT", "CROSS", "RIGHT"),
                )
            at += 1

    def _source(self, items: Sequence[Item], at: int, known: Sequence[Source], depth: int) -> tuple[Source, int]:
        """The source that begins at an item, and what is behind it."""
        first = items[at]
        at += 1
        if isinstance(first, Group):
            source = Source("", "", Kind.QUERY, self.output(first, known, depth + 1))
        else:
            name = first.name
            while at + 1 < len(items) and word(items[at]) == "." and is_name(items[at + 1]):
                name = _text(items[at + 1])
                at += 2
            if at < len(items) and isinstance(items[at], Group) and self._called(name):
                source = self._function(name, _group(items[at]))
                at += 1
            else:
                source = self._named(name, known)
        at = _behind_as_of(items, at)
        if at < len(items) and word(items[at]) == "AS":
            at += 1
        if at < len(items) and is_name(items[at]):
            source = source._replace(alias=_text(items[at]))
            at += 1
        if source.kind is Kind.QUERY and at < len(items) and isinstance(items[at], Group):
            names = [_text(item) for item in _group(items[at]).items if is_name(item)]
            if names and not source.name:
                source = source._replace(columns=tuple(Column(name) for name in names))
                at += 1
        return source, at

    def _called(self, name: str) -> bool:
        return self._catalogue.table_function(name) is not None

    def _function(self, name: str, arguments: Group) -> Source:
        routine = self._catalogue.table_function(name)
        assert routine is not None
        columns = routine.columns
        if not columns and routine.name == "dolt_diff":
            texts = [item for item in arguments.items if isinstance(item, Token) and item.kind is TokenKind.STRING]
            if texts:
                table = texts[-1].text[1:-1]
                found = self._catalogue.relation(f"dolt_diff_{table}")
                columns = found.columns if found is not None else ()
        return Source(name, name, Kind.TABLE_FUNCTION, columns)

    def _named(self, name: str, known: Sequence[Source]) -> Source:
        lower = name.lower()
        for source in reversed(known):
            if source.alias.lower() == lower:
                return source._replace(name=source.alias)
        relation: Relation | None = self._catalogue.relation(name)
        if relation is None:
            return Source(name, name, Kind.TABLE, ())
        return Source(name, relation.name, relation.kind, relation.columns)

    def output(self, group: Group, known: Sequence[Source], depth: int = 0) -> tuple[Column, ...]:
        """The columns that a query gives, as far as they have names."""
        if depth > _NESTED:
            return ()
        first = blocks(group)[0]
        return self.selected(first, self.withs(first, known, depth=depth), depth)

    def selected(self, block: Block, known: Sequence[Source], depth: int = 0) -> tuple[Column, ...]:
        """The columns of a block's select list."""
        sources = [source for source, _ in self.sources(block, known, depth)]
        found: list[Column] = []
        for part in _select_list(block.items):
            signs = [word(item) for item in part]
            if signs == ["*"]:
                for source in sources:
                    found += source.columns[: max(0, _MOST_COLUMNS - len(found))]
            elif signs[-1:] == ["*"] and signs[-2:-1] == ["."] and len(part) > 2:
                found += _columns_of(_text(part[-3]), sources)
            elif is_name(part[-1]):
                name = _text(part[-1])
                plain = len(part) == 1 or (len(part) > 2 and signs[-2] == ".")
                origin = part[: -2 if signs[-2:-1] == ["AS"] else -1]
                if plain:
                    origin = part
                found.append(Column(name, _type_of(origin, sources)))
        return tuple(Column(name, type_) for name, type_, *_ in found[:_MOST_COLUMNS])


def _columns_of(alias: str, sources: Sequence[Source]) -> tuple[Column, ...]:
    lower = alias.lower()
    return next((source.columns for source in sources if source.alias.lower() == lower), ())


def _type_of(part: Sequence[Item], sources: Sequence[Source]) -> str:
    """The type of a column that is selected as it is; empty for an expression."""
    if len(part) not in (1, 3) or not is_name(part[-1]) or (len(part) == 3 and word(part[1]) != "."):
        return ""
    name = _text(part[-1]).lower()
    wanted = _text(part[0]).lower() if len(part) == 3 else ""
    for source in sources:
        if wanted in ("", source.alias.lower()):
            for column in source.columns:
                if column.name.lower() == name:
                    return column.type
    return ""


def _select_list(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """The expressions between SELECT and FROM; empty ones are left out."""
    if not items or word(items[0]) != "SELECT":
        return
    begin = 1
    if len(items) > 1 and word(items[1]) in ("DISTINCT", "ALL"):
        begin = 2
    for at in range(begin, len(items) + 1):
        said = word(items[at]) if at < len(items) else "FROM"
        if said in (",", "FROM", ";"):
            if at > begin:
                yield items[begin:at]
            begin = at + 1
            if said != ",":
                return


def _behind_as_of(items: Sequence[Item], at: int) -> int:
    """What is behind ``AS OF`` and its revision, or behind ``FOR SYSTEM_TIME AS OF``; else ``at``."""
    begin = at
    if at + 1 < len(items) and word(items[at]) == "FOR" and word(items[at + 1]) == "SYSTEM_TIME":
        at += 2
    if at + 1 < len(items) and word(items[at]) == "AS" and word(items[at + 1]) == "OF":
        at += 2
        if at < len(items):
            at += 1
            if at < len(items) and isinstance(items[at], Group):
                at += 1
        return at
    return begin
