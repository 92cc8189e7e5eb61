"""What the grammar expects at a place in a statement: by the clause that the place is in, and by what is before it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from typing import Final, NamedTuple

from .completion_catalogue import Catalogue
from .completion_structure import (
    Block,
    Group,
    Item,
    Scope,
    Source,
    blocks,
    end_of,
    is_name,
    path_to,
    start_of,
    word,
)
from .scanner import Token, TokenKind


class Expects(Enum):
    """What can stand at a place."""

    NOTHING = auto()
    STATEMENT = auto()
    RELATION = auto()
    AFTER_RELATION = auto()
    EXPRESSION = auto()
    AFTER_EXPRESSION = auto()
    COLUMN = auto()
    """A column of the target, and nothing else."""
    ARGUMENT = auto()
    PROCEDURE = auto()
    DATABASE = auto()
    REVISION = auto()
    TYPE = auto()
    KEYWORD = auto()


class Place(NamedTuple):
    """What is expected where the cursor is, and what is known there."""

    expects: Expects
    clause: str
    """The keyword that the clause begins with, in upper case."""
    before: Sequence[Item]
    """What is before it within its parentheses."""
    scopes: Sequence[Sequence[Source]]
    """The tables whose columns can be used, those of the innermost query first."""
    known: Sequence[Source]
    """Common table expressions that can be used."""
    block: Block
    target: Sequence[Source] = ()
    """The tables whose columns are expected by `Expects.COLUMN`."""
    routine: str = ""
    """What is called with the arguments that are expected."""
    argument: int = 0
    """Which of its arguments it is, from 0 on."""


_CLAUSES: Final = frozenset(
    """SELECT FROM JOIN STRAIGHT_JOIN ON USING WHERE GROUP HAVING ORDER LIMIT OFFSET WINDOW SET VALUES VALUE INTO UPDATE
    CALL USE TABLE VIEW REFERENCES DESCRIBE DESC SHOW DELETE ALTER CREATE DROP RETURNING TRUNCATE EXPLAIN
    INSERT""".split()  # noqa: SIM905
)
_RELATIONS: Final = frozenset(
    ("FROM", "JOIN", "STRAIGHT_JOIN", "INTO", "UPDATE", "TABLE", "VIEW", "REFERENCES", "DESCRIBE", "TRUNCATE")
)
_LISTED: Final = frozenset(("FROM", "JOIN", "STRAIGHT_JOIN", "UPDATE", "TABLE"))
_EXPRESSIONS: Final = frozenset(
    ("SELECT", "WHERE", "ON", "HAVING", "GROUP", "ORDER", "SET", "VALUES", "VALUE", "RETURNING", "USING")
)
_BETWEEN: Final = frozenset(("LATERAL", "ONLY", "IGNORE", "LOW_PRIORITY", "QUICK", "EXISTS", "DELAYED"))
_STEPS: Final = frozenset(("BEGIN", "THEN", "ELSE", "DO", "LOOP", "REPEAT", ";"))
"""Behind which a statement begins in the body of a routine."""
_LITERALS: Final = frozenset(("NULL", "TRUE", "FALSE", "END", "CURRENT_TIMESTAMP", "DEFAULT"))


def place(top: Group, offset: int, catalogue: Catalogue) -> Place:
    """What is expected at ``offset`` in the text of which ``top`` was made, without the word that is there."""
    top = _part(top, offset)
    path = path_to(top, offset)
    scope = Scope(catalogue)
    known: list[Source] = []
    scopes: list[list[Source]] = []
    query, block = 0, Block(0, top.items, ())
    for at, group in enumerate(path):
        if at and not group.is_query:
            continue
        query = at
        block = [each for each in blocks(group) if each.start <= offset or each.start == group.start][-1]
        inside = path[at + 1 :]
        within = next((query for _, query, *_ in block.withs if any(query is each for each in inside)), None)
        known = scope.withs(block, known, before=within)
        pairs = scope.sources(block, known)
        derived = any(group is each for _, group in pairs for each in inside if group is not None)
        if within is not None or derived:
            scopes = []
        else:
            scopes.insert(0, [source for source, _ in pairs])
    rest = path[query:]
    before = _before(rest[-1].items if len(rest) > 1 else block.items, offset)
    if len(rest) == 1 or (rest[-1] is path[query]):
        found = _in_clause(before, scopes, another=block.start > path[query].start)
    else:
        found = _in_parentheses(rest, block, offset, scopes, catalogue)
    expects, clause, target, routine, argument = found
    return Place(expects, clause, before, scopes, known, block, target, routine, argument)


def _part(top: Group, offset: int) -> Group:
    """The statement around the place: one of a routine's body, or the query that another statement is made of."""
    items = top.items
    begin, end = 0, len(items)
    for at, item in enumerate(items):
        if start_of(item) >= offset:
            if word(item) == ";":
                end = at
                break
        elif word(item) == ";" or (word(item) in _STEPS and _body(items)):
            begin = at + 1
    first = word(items[begin]) if begin < end else ""
    if first in ("INSERT", "REPLACE", "CREATE", "EXPLAIN", "DESCRIBE", "DESC", "ANALYZE"):
        for at in range(begin + 1, end):
            if start_of(items[at]) >= offset:
                break
            if word(items[at]) in ("SELECT", "WITH"):
                begin = at
                break
    if begin == 0 and end == len(items):
        return top
    group = Group(start_of(items[begin]) if begin < len(items) else offset)
    group.start = min(group.start, offset)
    group.items = items[begin:end]
    return group


def _body(items: Sequence[Item]) -> bool:
    """Whether the statement makes a routine, which has a body."""
    return word(items[0]) in ("CREATE", "ALTER") and any(
        word(item) in ("PROCEDURE", "FUNCTION", "TRIGGER", "EVENT") for item in items[:8]
    )


def _before(items: Sequence[Item], offset: int) -> list[Item]:
    return [item for item in items if end_of(item) <= offset]


Found = tuple[Expects, str, Sequence[Source], str, int]


def _just(expects: Expects, clause: str = "", target: Sequence[Source] = ()) -> Found:
    return expects, clause, target, "", 0


def _clause(items: Sequence[Item]) -> tuple[str, Sequence[Item]]:
    """The keyword of the clause that ``items`` end in, and what is behind it."""
    clause, begin = "", 0
    alters = word(items[0] if items else None) == "ALTER"
    for at, item in enumerate(items):
        said = word(item)
        if said not in _CLAUSES or (alters and clause == "TABLE"):
            continue
        previous = word(items[at - 1]) if at else ""
        if said == "DESC" and at:
            continue
        if said in ("UPDATE", "DELETE") and previous in ("ON", "FOR"):
            continue
        if said == "UPDATE" and previous == "KEY":
            said = "SET"
        if said in ("VALUES", "INSERT") and clause in _EXPRESSIONS and at + 1 < len(items) and clause != "INTO":
            continue  # the functions of these names
        if previous == ".":
            continue
        clause, begin = ("DESCRIBE" if said == "DESC" else said), at + 1
    return clause, items[begin:]


def _in_clause(items: Sequence[Item], scopes: Sequence[Sequence[Source]], *, another: bool) -> Found:
    """What is expected behind ``items``, which are a query up to the place (``another`` one of a union), or another
    statement."""
    if not items:
        return _just(Expects.STATEMENT, "UNION" if another else "")
    clause, tail = _clause(items)
    last = items[-1]
    said = word(last)
    first = word(items[0])
    if said == "OF" and len(items) > 1 and word(items[-2]) == "AS":
        return _just(Expects.REVISION, clause)
    if clause == "CALL":
        return _just(Expects.NOTHING if tail else Expects.PROCEDURE, clause)
    if clause == "USE":
        return _just(Expects.NOTHING if tail else Expects.DATABASE, clause)
    if clause == "ON" and first in ("CREATE", "DROP") and not tail:
        return _just(Expects.RELATION, clause)
    if clause in _RELATIONS:
        return _in_relations(items, clause, tail, scopes)
    if clause == "SET" and first == "SET":
        return _just(Expects.KEYWORD, clause)
    if clause in _EXPRESSIONS:
        return _in_expression(items, clause, tail, scopes)
    return _just(Expects.KEYWORD, clause or first)


_OF_COLUMNS: Final = frozenset(("COLUMN", "CHANGE", "MODIFY", "AFTER"))


def _in_relations(
    items: Sequence[Item], clause: str, tail: Sequence[Item], scopes: Sequence[Sequence[Source]]
) -> Found:
    said = word(items[-1])
    if word(items[0]) == "ALTER" and tail:
        verb = word(tail[-2]) if len(tail) > 1 else ""
        if said in _OF_COLUMNS and verb != "ADD":
            return _just(Expects.COLUMN, clause, scopes[0] if scopes else ())
        if verb == "ADD" or (len(tail) > 2 and word(tail[-2]) == "COLUMN" and word(tail[-3]) == "ADD"):
            return _just(Expects.NOTHING if said == "COLUMN" else Expects.TYPE, clause)
        return _just(Expects.KEYWORD, "ALTERATION")
    if word(items[0]) == "CREATE" and clause in ("TABLE", "VIEW"):
        return _just(Expects.KEYWORD, clause)
    if not tail or said in _BETWEEN or (said == "," and clause in _LISTED):
        return _just(Expects.RELATION, clause)
    if said == "AS":
        return _just(Expects.KEYWORD, "AS")
    return _just(Expects.AFTER_RELATION, clause)


def _operand(items: Sequence[Item]) -> bool:
    """Whether what is before is the end of an expression."""
    last = items[-1]
    if isinstance(last, Group):
        return True
    if last.kind in (TokenKind.STRING, TokenKind.NUMBER, TokenKind.PARAMETER, TokenKind.VARIABLE):
        return True
    if last.text == "*":
        return len(items) < 2 or word(items[-2]) in ("SELECT", ",", ".", "DISTINCT", "ALL")
    return word(last) in _LITERALS or (is_name(last) and word(last) not in _NO_OPERANDS)


_NO_OPERANDS: Final = frozenset(
    ("DIV", "MOD", "REGEXP", "RLIKE", "GLOB", "XOR", "INTERVAL", "ESCAPE", "BINARY", "COLLATE", "BY")
)


def _in_expression(
    items: Sequence[Item], clause: str, tail: Sequence[Item], scopes: Sequence[Sequence[Source]]
) -> Found:
    said = word(items[-1])
    if said == "AS":
        return _just(Expects.NOTHING, clause)
    if clause == "SET" and (not tail or said == ","):
        return _just(Expects.COLUMN, clause, scopes[0] if scopes else ())
    if clause in ("GROUP", "ORDER") and (not tail or said == clause):
        return _just(Expects.KEYWORD, clause)
    if tail and _operand(items):
        return _just(Expects.AFTER_EXPRESSION, clause)
    return _just(Expects.EXPRESSION, clause)


def _in_parentheses(
    path: Sequence[Group], block: Block, offset: int, scopes: Sequence[Sequence[Source]], catalogue: Catalogue
) -> Found:
    """What is expected within parentheses that hold no query; ``path`` begins with the query around them."""
    group, parent = path[-1], path[-2]
    around = parent.items if len(path) > 2 else block.items
    outside = [item for item in around if start_of(item) < start_of(group)]
    inside = _before(group.items, offset)
    clause, _ = _clause(outside)
    said = word(outside[-1]) if outside else ""
    inner = _inner(inside, clause)
    previous = word(outside[-2]) if len(outside) > 1 else ""
    if said in ("VALUES", "VALUE") or clause == "VALUES":
        return _just(inner, "VALUES")
    if said == "USING":
        return _just(_column(inside), "USING", [source for each in scopes[:1] for source in each])
    if not inside and not outside:
        return _just(Expects.STATEMENT if len(path) == 2 else inner, clause)
    if outside and is_name(outside[-1]):
        name = _name(outside[-1])
        first = word(block.items[0]) if block.items else ""
        qualified = len(outside) > 2 and previous == "."
        keyword = word(outside[-4]) if qualified and len(outside) > 3 else previous
        if keyword in ("INTO", "REFERENCES") or (keyword == "ON" and first in ("CREATE", "DROP")):
            found = catalogue.relation(name)
            target = [Source(name, name, found.kind, found.columns)] if found is not None else []
            return _just(_column(inside), "INTO", target)
        if said in ("KEY", "INDEX", "UNIQUE"):
            return _just(_column(inside), "KEY", scopes[0] if scopes else ())
        if keyword == "TABLE" and first == "CREATE":
            return _definition(inside)
        if catalogue.routine(name) is not None:
            return _argument(name, inside, clause)
    elif clause in _RELATIONS and said not in (")",) and not inside:
        return _just(Expects.RELATION, clause)
    elif clause in _RELATIONS and (not outside or said in _RELATIONS or said == ","):
        return _in_clause([*outside, *inside], scopes, another=False)
    if clause in _RELATIONS and inner is Expects.EXPRESSION and not any(scopes):
        return _just(Expects.NOTHING, clause)
    return _just(inner, clause or "SELECT")


def _inner(inside: Sequence[Item], clause: str) -> Expects:
    if not inside:
        return Expects.EXPRESSION
    if word(inside[-1]) == "AS":
        return Expects.TYPE
    return Expects.AFTER_EXPRESSION if _operand(inside) else Expects.EXPRESSION


def _column(inside: Sequence[Item]) -> Expects:
    """A column of a list of columns, or what may be behind one."""
    return Expects.COLUMN if not inside or word(inside[-1]) == "," else Expects.KEYWORD


def _definition(inside: Sequence[Item]) -> Found:
    """What is expected in the definition of a table."""
    if not inside or word(inside[-1]) == ",":
        return _just(Expects.KEYWORD, "CREATE")
    if word(inside[-1]) == "REFERENCES":
        return _just(Expects.RELATION, "REFERENCES")
    if is_name(inside[-1]) and (len(inside) == 1 or word(inside[-2]) == ","):
        return _just(Expects.TYPE, "CREATE")
    return _just(Expects.KEYWORD, "CREATE")


def _argument(name: str, inside: Sequence[Item], clause: str) -> Found:
    number = sum(word(item) == "," for item in inside)
    if inside and word(inside[-1]) != "," and word(inside[-1]) not in ("DISTINCT", "ALL"):
        return _inner(inside, clause), clause, (), name, number
    return Expects.ARGUMENT, clause, (), name, number


def _name(item: Item) -> str:
    return item.name if isinstance(item, Token) else ""
