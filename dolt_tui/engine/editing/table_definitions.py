"""Reading a `TableForm` out of the statement that creates a table, in the spelling of either engine. Pure.

Dolt gives its own spelling back, DoltLite what somebody typed. What a form has no field for is kept as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from ..core.literals import quoted_name
from ..errors import EngineError
from ..model import SqlStyle
from .table_forms import CheckForm, ColumnForm, ForeignKeyForm, IndexForm, TableForm

_TOKENS = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*(?!!).*?\*/)
    |(?P<hint>/\*!.*?\*/)
    |(?P<text>'(?:[^'\\]|\\.|'')*')
    |(?P<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])
    |(?P<word>[^\W\d][\w$]*|\d[\w.]*|\.\d[\w.]*)
    |(?P<other>.)""",
    re.DOTALL | re.VERBOSE,
)
_SQLITE_TEXT = re.compile(r"'(?:[^']|'')*'")
_CLAUSES = frozenset(
    {"NOT", "NULL", "DEFAULT", "AUTO_INCREMENT", "AUTOINCREMENT", "COMMENT", "GENERATED", "AS", "ON", "PRIMARY"}
    | {"UNIQUE", "CHECK", "REFERENCES", "CONSTRAINT", "INVISIBLE", "SRID"}
)
_KINDS = ("FULLTEXT", "SPATIAL", "VECTOR")


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        return self.text.upper() if self.kind == "word" else ""


class _Reader:
    """What is left to read of a part of the statement."""

    def __init__(self, sql: str, tokens: Sequence[_Token], style: SqlStyle) -> None:
        self.sql, self.tokens, self.style = sql, tokens, style
        self.at = 0

    @property
    def left(self) -> bool:
        return self.at < len(self.tokens)

    def peek(self, ahead: int = 0) -> _Token:
        at = self.at + ahead
        return self.tokens[at] if at < len(self.tokens) else _Token("end", "", len(self.sql), len(self.sql))

    def next(self) -> _Token:
        token = self.peek()
        self.at += 1
        return token

    def take(self, *words: str) -> bool:
        """Whether the words come next; they are read then."""
        if all(self.peek(ahead).word == word for ahead, word in enumerate(words)):
            self.at += len(words)
            return True
        return False

    def name(self) -> str:
        return _name(self.next())

    def names(self) -> tuple[str, ...]:
        """``(a, b)``."""
        return tuple(name for name, _ in self.parts())

    def group(self) -> _Reader:
        """What is in the parentheses that come next."""
        if self.peek().text != "(":
            raise EngineError(f"The definition cannot be read at: {self.sql[self.peek().start :][:40]}")
        depth, start = 0, self.at + 1
        while self.left:
            depth += {"(": 1, ")": -1}.get(self.next().text, 0)
            if not depth:
                return _Reader(self.sql, self.tokens[start : self.at - 1], self.style)
        raise EngineError("The definition cannot be read: a parenthesis is not closed.")

    def inside(self) -> str:
        """The text in the parentheses that come next."""
        return self.group().text()

    def text(self, start: int = 0, end: int | None = None) -> str:
        """The text of some tokens, as it was written but for comments."""
        tokens = self.tokens[start:end]
        if not tokens:
            return ""
        pieces, last = [], tokens[0].start
        for token in tokens:
            between = self.sql[last : token.start]
            pieces += [" " if between else "", token.text]
            last = token.end
        return "".join(pieces)

    def items(self) -> list[_Reader]:
        """What stands between commas."""
        found, depth, start = [], 0, 0
        for at, token in enumerate(self.tokens):
            depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "other" else 0
            if token.text == "," and not depth:
                found.append(_Reader(self.sql, self.tokens[start:at], self.style))
                start = at + 1
        return [*found, _Reader(self.sql, self.tokens[start:], self.style)]

    def parts(self) -> tuple[tuple[str, str], ...]:
        """The columns of an index, each with what follows it; an expression has no name."""
        found = []
        for item in self.group().items():
            first, second = item.peek(), item.peek(1)
            call = (
                first.kind == "word" and second.text == "(" and not re.fullmatch(r"\(\d+\).*", item.text(1), re.DOTALL)
            )
            plain = first.kind in ("word", "quoted") and not call
            plain = plain and second.kind in ("end", "word") + (("other",) if second.text == "(" else ())
            found.append((_name(first), item.text(1)) if plain else ("", item.text()))
        return tuple(found)

    def rest(self) -> str:
        text = self.text(self.at)
        self.at = len(self.tokens)
        return text


def read_form(ddl: str, style: SqlStyle) -> TableForm:
    """The table that a statement creates; statements that create its indexes may follow. Raises `EngineError`."""
    statements = _statements(_Reader(ddl, _tokens(ddl, style), style))
    form = _table(statements[0])
    for statement in statements[1:]:
        if index := _index_statement(statement):
            form = replace(form, indexes=(*form.indexes, index))
    return form


def index_parts(text: str, style: SqlStyle) -> tuple[tuple[str, str], ...]:
    """The columns of an index as they are typed: ``a, b(5) DESC, lower(c)``. Raises `EngineError`."""
    wrapped = f"({text})"
    reader = _Reader(wrapped, _tokens(wrapped, style), style)
    parts = reader.parts()
    if reader.left or any(not name and not rest for name, rest in parts):
        raise EngineError(f"{text} is not a list of columns.")
    return parts


def parts_text(parts: Sequence[tuple[str, str]], style: SqlStyle) -> str:
    """`index_parts`, the other way round; names are quoted only where they have to be."""
    return ", ".join(_part(name, rest, style) for name, rest in parts)


def _part(name: str, rest: str, style: SqlStyle) -> str:
    shown = name if re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) or not name else quoted_name(name, style)
    return shown + ("" if not rest or rest.startswith("(") or not name else " ") + rest


def _tokens(sql: str, style: SqlStyle) -> list[_Token]:
    found, at = [], 0
    while at < len(sql):
        match = _TOKENS.match(sql, at)
        if match is not None and match.lastgroup == "text" and style is SqlStyle.SQLITE:  # it knows no backslash
            match = _SQLITE_TEXT.match(sql, at)
            assert match is not None
            found.append(_Token("text", match[0], at, match.end()))
        elif match is not None and match.lastgroup != "space":
            found.append(_Token(match.lastgroup or "", match[0], at, match.end()))
        at = match.end() if match is not None else at + 1
    return found


def _name(token: _Token) -> str:
    text = token.text
    if token.kind == "quoted":
        return text[1:-1] if text[0] == "[" else text[1:-1].replace(text[0] * 2, text[0])
    if token.kind == "text":  # SQLite takes a text for a name where one is wanted
        return text[1:-1].replace("''", "'")
    return text


def _statements(reader: _Reader) -> list[_Reader]:
    """Triggers may have semicolons within: what follows the first one is read as far as it is an index."""
    found, depth, start = [], 0, 0
    for at, token in enumerate(reader.tokens):
        depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "other" else 0
        if token.text == ";" and not depth:
            found.append(_Reader(reader.sql, reader.tokens[start:at], reader.style))
            start = at + 1
    return [*found, _Reader(reader.sql, reader.tokens[start:], reader.style)]


def _table(reader: _Reader) -> TableForm:
    if not reader.take("CREATE"):
        raise EngineError("The definition cannot be read: it is not a table.")
    while reader.left and not reader.take("TABLE"):
        if reader.next().word == "VIEW":
            raise EngineError("A view has no columns of its own: its definition is a query.")
    reader.take("IF", "NOT", "EXISTS")
    name = reader.name()
    while reader.peek().text == ".":
        reader.next()
        name = reader.name()
    if reader.peek().text != "(":
        raise EngineError(f"The definition of {name} cannot be read: {reader.rest()[:60]}")
    form = TableForm(name)
    body = reader.group()
    for item in body.items():
        form = _item(form, item)
    options = re.sub(r"^\s*ENGINE=\w+\s*|\s*AUTO_INCREMENT=\d+", "", reader.rest()).strip()
    return replace(form, options=options)


def _item(form: TableForm, item: _Reader) -> TableForm:
    """``form`` with one more column or constraint."""
    name = ""
    if item.take("CONSTRAINT") and not _begins_constraint(item.peek()):
        name = item.name()
    first = item.peek()
    if first.word == "PRIMARY":
        item.take("PRIMARY", "KEY")
        columns = item.parts()
        rest = item.rest()
        return replace(form, key=tuple(one for one, _ in columns), key_rest=rest)
    words = ("KEY", "INDEX", "UNIQUE", *_KINDS) if item.style is SqlStyle.MYSQL else ("UNIQUE",)
    if first.word in words and (item.at or _is_index(item)):
        return replace(form, indexes=(*form.indexes, _index(item, name)))
    if first.word == "FOREIGN" and item.peek(1).word == "KEY":
        item.take("FOREIGN", "KEY")
        if item.peek().text != "(":
            name = name or item.name()
        return replace(form, foreign_keys=(*form.foreign_keys, _references(item, name, item.names(), whole=True)))
    if first.word == "CHECK" and item.peek(1).text == "(":
        item.next()
        return replace(form, checks=(*form.checks, CheckForm(name, item.inside(), item.rest())))
    return _column(form, item)


def _begins_constraint(token: _Token) -> bool:
    return token.word in ("PRIMARY", "UNIQUE", "FOREIGN", "CHECK")


def _is_index(item: _Reader) -> bool:
    """Whether it is not a column that is called like the word: ``KEY `a` (`b`)``, ``UNIQUE (b)``."""
    ahead = 1 + (item.peek(1).word in ("KEY", "INDEX"))
    return item.peek(ahead).text == "(" or item.peek(ahead + 1).text == "("


def _index(item: _Reader, name: str) -> IndexForm:
    kind = item.peek().word if item.peek().word in _KINDS else ""
    unique = item.peek().word == "UNIQUE"
    item.next()
    if unique or kind:
        _ = item.take("KEY") or item.take("INDEX")
    if item.peek().text != "(":
        name = item.name()
    return IndexForm(name, item.parts(), unique, kind, item.rest(), own=item.style is SqlStyle.MYSQL)


def _index_statement(reader: _Reader) -> IndexForm | None:
    if not reader.take("CREATE"):
        return None
    unique = reader.take("UNIQUE")
    if not reader.take("INDEX"):
        return None
    reader.take("IF", "NOT", "EXISTS")
    name = reader.name()
    reader.take("ON")
    reader.name()
    return IndexForm(name, reader.parts(), unique, rest=reader.rest())


def _references(item: _Reader, name: str, columns: tuple[str, ...], *, whole: bool) -> ForeignKeyForm:
    """``REFERENCES t (a) ON DELETE …``; ``whole``: all that follows belongs to it."""
    item.take("REFERENCES")
    referred = item.name()
    there = item.names() if item.peek().text == "(" else ()
    actions = {"DELETE": "", "UPDATE": ""}
    while item.peek().word == "ON" and item.peek(1).word in actions:
        item.next()
        event = item.next().word
        action = item.next().word
        if action in ("SET", "NO"):
            action += f" {item.next().word}"
        actions[event] = action
    start = item.at
    if whole:
        rest = item.rest()
    else:
        while item.peek().word in ("DEFERRABLE", "INITIALLY", "DEFERRED", "IMMEDIATE", "MATCH") or (
            item.peek().word == "NOT" and item.peek(1).word == "DEFERRABLE"
        ):
            item.at += 2 if item.peek().word in ("NOT", "MATCH") else 1
        rest = item.text(start, item.at)
    return ForeignKeyForm(name, columns, referred, there, actions["DELETE"], actions["UPDATE"], rest)


def _column(form: TableForm, item: _Reader) -> TableForm:
    name = item.name()
    start, depth = item.at, 0
    while item.left:
        token = item.peek()
        if not depth and (token.word in _CLAUSES or token.kind == "hint"):
            break
        if not depth and token.word == "COLLATE" and item.style is SqlStyle.SQLITE:
            break
        depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "other" else 0
        item.next()
    column = ColumnForm(name, item.text(start, item.at), was=name)
    rest: list[str] = []
    label = ""
    while item.left:
        start = item.at
        if item.take("CONSTRAINT"):
            label = item.name()
            continue
        if item.take("NOT", "NULL"):
            column = replace(column, nullable=False)
            rest += _on_conflict(item)
        elif item.take("NULL"):
            pass
        elif item.take("DEFAULT"):
            column = replace(column, default=_value(item))
        elif item.take("AUTO_INCREMENT") or item.take("AUTOINCREMENT"):
            column = replace(column, auto_increment=True)
        elif item.take("COMMENT"):
            column = replace(column, comment=_unescaped(item.next().text))
        elif item.take("GENERATED", "ALWAYS", "AS") or item.take("AS"):
            inside = item.inside()
            column = replace(column, generated=inside, stored=item.take("STORED"))
            item.take("VIRTUAL")
        elif item.take("PRIMARY", "KEY"):
            words = [item.next().text] if item.peek().word in ("ASC", "DESC") else []
            form = replace(form, key=(name,), key_rest=" ".join([*words, *_on_conflict(item)]))
        elif item.take("UNIQUE"):
            item.take("KEY")
            index = IndexForm(label, ((name, ""),), True, "", " ".join(_on_conflict(item)), own=False)
            form = replace(form, indexes=(*form.indexes, index))
        elif item.peek().word == "CHECK" and item.peek(1).text == "(":
            item.next()
            form = replace(form, checks=(*form.checks, CheckForm(label, item.inside())))
        elif item.peek().word == "REFERENCES":
            key = _references(item, label, (name,), whole=False)
            form = replace(form, foreign_keys=(*form.foreign_keys, key))
        elif item.take("ON", "UPDATE"):
            rest.append(f"ON UPDATE {_value(item)}")
        elif item.take("COLLATE"):
            rest.append(f"COLLATE {item.next().text}")
        else:
            item.next()
            rest.append(item.text(start, item.at))
        label = ""
    column = replace(column, rest=" ".join(rest), default=_by_option(column))
    return replace(form, columns=(*form.columns, column))


def _on_conflict(item: _Reader) -> list[str]:
    return [f"ON CONFLICT {item.next().text}"] if item.take("ON", "CONFLICT") else []


def _value(item: _Reader) -> str:
    """A default, or what a column is set to."""
    start = item.at
    if item.peek().text == "(":
        return f"({item.inside()})"
    if item.next().text in ("+", "-"):
        item.next()
    if item.peek().text == "(" or (item.peek().kind == "text" and item.peek().start == item.peek(-1).end):
        if item.peek().kind == "text":  # b'101', X'41'
            item.next()
        else:
            item.group()
    return item.text(start, item.at)


def _by_option(column: ColumnForm) -> str:
    """The default of an ENUM or SET by its options: Dolt gives their numbers, and refuses to read these again.

    engine-facts.md#enum-defaults-by-number
    """
    kind = re.match(r"(enum|set)\s*\((.*)\)", column.type, re.IGNORECASE | re.DOTALL)
    number = re.fullmatch(r"'(\d+)'", column.default)
    if kind is None or number is None:
        return column.default
    options = re.findall(r"'((?:[^'\\]|\\.|'')*)'", kind[2])
    if kind[1].lower() == "enum":
        chosen = options[int(number[1]) - 1 : int(number[1])] if int(number[1]) else []
    else:
        chosen = [option for at, option in enumerate(options) if int(number[1]) >> at & 1]
    return f"'{','.join(chosen)}'" if chosen or kind[1].lower() == "set" else column.default


def _unescaped(text: str) -> str:
    """What a text literal of Dolt stands for."""
    escapes = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "Z": "\x1a"}
    inside = text[1:-1].replace("''", "'")
    return re.sub(r"\\(.)", lambda found: escapes.get(found[1], found[1]), inside, flags=re.DOTALL)
