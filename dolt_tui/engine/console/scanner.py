"""Splitting a script into statements, and a statement into tokens, as the engines themselves read them.

Nothing here parses SQL. One regular expression walks over texts, names in quotes and comments, and stops where a
statement ends; another one gives the tokens of a statement. Both are linear in the length of the text, whatever is in
it: each of their repetitions is possessive, so that nothing is ever tried a second time.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cache, lru_cache
from typing import overload

from ...frozen import Frozen
from ..model.traits import SqlStyle


class Statement(Frozen):
    """One statement of a script."""

    text: str
    """Without the delimiter, and without space around it; a comment before it is a part of it."""
    start: int
    """Where the text is in the script, in code points."""
    end: int


class TokenKind(StrEnum):
    """What a token is."""

    WORD = "word"
    """A keyword or a name without quotes."""
    QUOTED_NAME = "quoted name"
    STRING = "string"
    NUMBER = "number"
    COMMENT = "comment"
    OPERATOR = "operator"
    PUNCTUATION = "punctuation"
    """One of ``( ) , ; .``, or what encloses an executable comment, ``/*!50003`` and ``*/``."""
    VARIABLE = "variable"
    """``@name`` or ``@@name``."""
    PARAMETER = "parameter"
    """A place for a value: ``?``, on SQLite also ``:name``."""


class Token(Frozen):
    """One token of a statement."""

    kind: TokenKind
    start: int
    """Where it is in the statement, in code points."""
    end: int
    text: str
    """As it is written, quotes included."""

    @property
    def name(self) -> str:
        """What it names: without the quotes of a name."""
        return unquoted(self.text) if self.kind is TokenKind.QUOTED_NAME else self.text


# What both engines take for a text, a quoted name and a comment. The end of the script closes each of them.
# Whatever is repeated by *+, ++ or ?+ is one character or an atomic group: before Python 3.11.5 other groups end behind
# what of their last round still matched.

_SPACE = r"[ \t\r\n\f\v]"
_LINE_COMMENT = {
    # Dolt begins a comment at any "--", as SQLite does (MySQL wants a space behind it), and at "//"
    SqlStyle.MYSQL: r"(?:--|\#|//)[^\n]*+",
    SqlStyle.SQLITE: r"--[^\n]*+",
}
_BLOCK = r"[^*]*+(?>\*(?!/)[^*]*+)*+(?:\*/)?"
_COMMENT = {
    SqlStyle.MYSQL: rf"{_LINE_COMMENT[SqlStyle.MYSQL]}|/\*(?!!){_BLOCK}",
    SqlStyle.SQLITE: rf"{_LINE_COMMENT[SqlStyle.SQLITE]}|/\*{_BLOCK}",
}
_EXECUTABLE = rf"/\*!{_BLOCK}"
_QUOTED = {
    SqlStyle.MYSQL: {
        "'": r"'[^'\\]*+(?>(?:\\.|'')[^'\\]*+)*+(?:'|\\?\Z)",
        '"': r'"[^"\\]*+(?>(?:\\.|"")[^"\\]*+)*+(?:"|\\?\Z)',
        "`": r"`[^`]*+(?>``[^`]*+)*+`?",
    },
    SqlStyle.SQLITE: {
        "'": r"'[^']*+(?>''[^']*+)*+'?",
        '"': r'"[^"]*+(?>""[^"]*+)*+"?',
        "`": r"`[^`]*+(?>``[^`]*+)*+`?",
        "[": r"\[[^\]]*+\]?",
    },
}
_FIRST = {SqlStyle.MYSQL: r"'\"`#/\-", SqlStyle.SQLITE: r"'\"`\[/\-"}
"""Where one of them may begin."""


class Statements(Sequence[Statement]):
    """The statements of a script, in order; each is made when it is asked for."""

    def __init__(self, text: str, starts: array[int], ends: array[int]) -> None:
        self._text, self._starts, self._ends = text, starts, ends

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, index: int) -> Statement: ...
    @overload
    def __getitem__(self, index: slice) -> Statements: ...
    def __getitem__(self, index: int | slice) -> Statement | Statements:
        if isinstance(index, slice):
            return Statements(self._text, self._starts[index], self._ends[index])
        start, end = self._starts[index], self._ends[index]
        return Statement(self._text[start:end], start, end)


class Script:
    """A text, split into its statements."""

    def __init__(self, text: str, starts: array[int], ends: array[int], stops: array[int]) -> None:
        self.text = text
        self.statements: Sequence[Statement] = Statements(text, starts, ends)
        self._starts, self._ends = starts, ends
        self._stops = stops
        """Where the delimiter behind each of them ends."""

    def index_at(self, offset: int) -> int | None:
        """Which statement is under a cursor that stands before the character at ``offset``.

        Between two it is the one before where that ends on the same line, else the next; behind the last, the last.
        """
        before = bisect_right(self._starts, offset) - 1
        if before < 0:
            return 0 if self._starts else None
        if offset <= self._stops[before] or before + 1 == len(self._starts):
            return before
        return before if self.text.find("\n", self._ends[before], offset) < 0 else before + 1

    def at(self, offset: int) -> Statement | None:
        """The statement under a cursor, as `index_at` finds it; None where there is no statement at all."""
        index = self.index_at(offset)
        return None if index is None else self.statements[index]


def split(text: str, style: SqlStyle) -> Script:
    """The statements of a script: ended by ``;``, or by what ``DELIMITER`` says (a line that is no statement).

    The body of a procedure, function, event or trigger, from BEGIN to END, is a part of its statement. What holds
    nothing but comments is none. Text that the engines would not understand is split all the same.
    """
    starts, ends, stops = array("q"), array("q"), array("q")
    add_start, add_end, add_stop = starts.append, ends.append, stops.append
    match = _pieces(style, ";").match
    routine = _routine(style).match
    delimiter, position, size = ";", 0, len(text)
    others: set[str] = set()
    while position < size:
        found = match(text, position)
        assert found is not None  # it matches the empty text
        code, end = found.span(2)
        stop = found.end()
        if end == code:
            position = max(stop, position + 1)
            continue
        first = text[code]
        if first in "dD":
            changed = _DELIMITER.match(text, code)
            if changed is not None and style is SqlStyle.MYSQL and len(others) < _DELIMITERS:
                delimiter = changed["delimiter"] or ";"
                others.add(delimiter)
                match, position = _pieces(style, delimiter).match, changed.end()
                continue
        elif first in "cCeE" and delimiter == ";" and routine(text, code) is not None:
            end, stop = _routine_end(text, code, style)
        add_start(found.start(1))
        add_end(end if text[end - 1] > " " else _stripped_end(text, code, end))
        add_stop(stop)
        position = stop
    return Script(text, starts, ends, stops)


@lru_cache(maxsize=8)
def _pieces(style: SqlStyle, delimiter: str) -> re.Pattern[str]:
    """What matches one piece: comments (the first group), a statement (the second), and the delimiter behind it.

    A comment that stands behind a delimiter on its line belongs to what is before, hence to no statement.
    """
    stop = re.escape(delimiter)
    begins = re.escape(delimiter[0])
    inside = "|".join((_EXECUTABLE if style is SqlStyle.MYSQL else r"(?!)", *_QUOTED[style].values()))
    comment = rf"(?!{stop})(?:{_COMMENT[style]})"
    return re.compile(
        rf"(?>(?<={stop})(?>[ \t]|{stop}|{comment})*+\n)?+"
        rf"(?>{_SPACE}|{stop})*+"
        rf"((?>{_SPACE}|{comment})*+)"
        rf"((?>[^{_FIRST[style]}{begins}]++|(?!{stop})(?:{_COMMENT[style]}|{inside}|.))*+)"
        rf"(?:{stop})?",
        re.DOTALL,
    )


_DELIMITERS = 100
"""How many delimiters a script may have: each of them costs some milliseconds, and no honest script has ten."""
_DELIMITER = re.compile(r"DELIMITER(?:[ \t]++(?P<delimiter>[^\s]++)[^\n]*+|[ \t]*+(?=\n|\Z))", re.IGNORECASE)


# Procedures, functions, events and triggers: what holds delimiters of its own.


@cache
def _routine(style: SqlStyle) -> re.Pattern[str]:
    """What the statement of a routine begins with."""
    space = rf"(?>{_SPACE}|{_COMMENT[style]})"
    if style is SqlStyle.SQLITE:
        before = rf"(?:EXPLAIN{space}++(?:QUERY{space}++PLAN{space}++)?)?CREATE{space}++(?:TEMP(?:ORARY)?{space}++)?"
        return re.compile(rf"{before}TRIGGER\b", re.IGNORECASE)
    name = rf"(?:{'|'.join(_QUOTED[style].values())}|[\w$]++)"
    definer = rf"DEFINER{space}*+={space}*+{name}(?:\(\)|{space}*+@{space}*+{name})?{space}++"
    return re.compile(
        rf"CREATE{space}++(?:OR{space}++REPLACE{space}++)?(?:{definer})?(?:AGGREGATE{space}++)?"
        r"(?:PROCEDURE|FUNCTION|TRIGGER|EVENT)\b",
        re.IGNORECASE | re.DOTALL,
    )


@cache
def _steps(style: SqlStyle) -> re.Pattern[str]:
    """What goes on in a routine to the next word that opens or closes a block, or to the next delimiter."""
    words = "BEGIN|CASE|END" if style is SqlStyle.SQLITE else "BEGIN|CASE|END|THEN|ELSEIF|WHILE|LOOP|REPEAT"
    space = rf"(?>{_SPACE}|{_COMMENT[style]})"
    inside = "|".join((_EXECUTABLE if style is SqlStyle.MYSQL else r"(?!)", *_QUOTED[style].values()))
    return re.compile(
        rf"(?>[^\w$;.@{_FIRST[style]}]++|[.@]++[\w$]*+|(?!(?:{words})(?![\w$]))[\w$]++|{_COMMENT[style]}|{inside}|[^;\w$])*+"
        rf"(?>(?P<word>{words})(?>(?<=END){space}++(?P<of>CASE|IF|LOOP|WHILE|REPEAT)\b|(?P<call>{space}*+\())?+|;)?+",
        re.IGNORECASE | re.DOTALL,
    )


def _routine_end(text: str, position: int, style: SqlStyle) -> tuple[int, int]:
    """Where a routine ends that begins at ``position``, without and with the delimiter."""
    step = _steps(style).match
    open_blocks: list[str] = []
    goes_on = False  # behind ELSEIF: the THEN that comes opens no block
    while True:
        found = step(text, position)
        assert found is not None  # it matches the empty text
        word = (found["word"] or "").upper()
        position = found.end()
        if not word:
            if found.end() == found.start() or text[position - 1] != ";":
                return len(text), len(text)
            if not open_blocks:
                return position - 1, position
        elif word == "END":
            of = (found["of"] or "").upper()
            if of and of != "CASE":
                if open_blocks and open_blocks[-1] == of:
                    open_blocks.pop()
                continue
            while open_blocks and open_blocks.pop() not in ("BEGIN", "CASE"):
                pass
        elif word == "THEN":
            if not goes_on and (not open_blocks or open_blocks[-1] != "CASE"):
                open_blocks.append("IF")
            goes_on = False
        elif word == "ELSEIF":
            goes_on = True
        elif not (word == "REPEAT" and found["call"]):
            open_blocks.append(word)


def _stripped_end(text: str, start: int, end: int) -> int:
    """``end`` without the space before it."""
    while end > start and text[end - 1] in " \t\r\n\f\v":
        end -= 1
    return end


# Tokens


@cache
def _tokens(style: SqlStyle) -> re.Pattern[str]:
    mysql = style is SqlStyle.MYSQL
    names = ["`"] if mysql else ['"', "`", "["]
    texts = ["'", '"'] if mysql else ["'"]
    quoted = {sign: f"(?:{pattern})" for sign, pattern in _QUOTED[style].items()}
    word = r"[\w$\x80-\U0010ffff]"
    any_quoted = "|".join(quoted.values())
    kinds = {
        "executable": r"/\*!\d*+" if mysql else r"(?!)",
        TokenKind.COMMENT: _COMMENT[style],
        TokenKind.STRING: rf"(?:[xXbBnN](?='))?(?:{'|'.join(quoted[sign] for sign in texts)})",
        TokenKind.QUOTED_NAME: "|".join(quoted[sign] for sign in names),
        TokenKind.NUMBER: rf"(?:0[xX][0-9a-fA-F]++|0[bB][01]++|(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][+-]?\d++)?)(?!{word})",
        TokenKind.VARIABLE: rf"@@?(?:{any_quoted}|(?>{word}|\.)++)" if mysql else rf"@{word}++",
        TokenKind.PARAMETER: r"\?\d*+" if mysql else rf"\?\d*+|[:$]{word}++",
        TokenKind.WORD: rf"{word}++",
        TokenKind.PUNCTUATION: r"[(),;.]",
        TokenKind.OPERATOR: r"<=>|->>|[<>!]=|<>|<<|>>|:=|\|\||&&|->|==|[^ \t\r\n\f\v]",
    }
    return re.compile(
        rf"{_SPACE}*+(?:"
        + "|".join(f"(?P<{kind.replace(' ', '_')}>{pattern})" for kind, pattern in kinds.items())
        + ")",
        re.DOTALL,
    )


@cache
def _strings(style: SqlStyle) -> re.Pattern[str]:
    """What goes on to the next text in quotes, which is the group."""
    wanted = [pattern for sign, pattern in _QUOTED[style].items() if sign in "'\""]
    others = [pattern for sign, pattern in _QUOTED[style].items() if sign not in "'\""]
    before = "|".join((_COMMENT[style], *others, r"[^'\"]"))
    return re.compile(rf"(?>[^{_FIRST[style]}]++|{before})*+({'|'.join(wanted)})?", re.DOTALL)


_KINDS = {kind.replace(" ", "_"): kind for kind in TokenKind}


def walk(text: str, style: SqlStyle) -> Iterator[Token]:
    """The tokens of a text, one after the other; comments too. What is in an executable comment is code."""
    for kind, start, end in places(text, style):
        yield Token(kind, start, end, text[start:end])


def places(text: str, style: SqlStyle) -> Iterator[tuple[TokenKind, int, int]]:
    """The same, without values for them, which cost more than finding them: kind, start and end."""
    return _places(text, style, 0, len(text), inside=False)


def _places(text: str, style: SqlStyle, position: int, end: int, inside: bool) -> Iterator[tuple[TokenKind, int, int]]:
    match, kinds = _tokens(style).match, _KINDS
    while (found := match(text, position, end)) is not None:
        group = found.lastgroup or ""
        begin, position = found.span(group)
        if group in kinds:
            yield kinds[group], begin, position
            continue
        yield TokenKind.PUNCTUATION, begin, position
        if inside:  # they do not nest
            continue
        inner_end = text.find("*/", position, end)
        yield from _places(text, style, position, end if inner_end < 0 else inner_end, inside=True)
        if inner_end < 0:
            return
        position = inner_end + 2
        yield TokenKind.PUNCTUATION, inner_end, position


def tokens(text: str, style: SqlStyle) -> Sequence[Token]:
    """The tokens of a statement, or of any text; comments too."""
    return tuple(walk(text, style))


def string_values(text: str, style: SqlStyle, longest: int = 255) -> Iterator[str]:
    """The values of the texts in quotes that a statement has, without those that are longer; what stands in double
    quotes is one of them in both styles. A fraction of the cost of all tokens."""
    for found in _strings(style).finditer(text):
        start, end = found.span(1)
        if 0 <= end - start <= 2 * longest + 2 and start >= 0 and len(value := unquoted(found[1])) <= longest:
            yield value


def unquoted(name: str) -> str:
    """A name without the quotes around it; what has none stays as it is."""
    sign = name[:1]
    if sign not in ("`", '"', "[", "'") or not sign:
        return name
    closing = "]" if sign == "[" else sign
    inner = name[1:-1] if len(name) > 1 and name.endswith(closing) else name[1:]
    return inner if sign == "[" else inner.replace(sign * 2, sign)
