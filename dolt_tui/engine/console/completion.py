"""What may come next where somebody is typing SQL.

Only the statement under the cursor is looked at. It need not be complete, nor right: what the grammar expects at the
place is guessed from the words before it (`completion_places`), and which columns are in scope from what stands behind
FROM, wherever that is (`completion_structure`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from ...frozen import Frozen
from ...words import plural
from ..model import SqlStyle
from .completion_candidates import Candidate, candidates, revisions, values
from .completion_catalogue import Catalogue, Kind
from .completion_matching import Fit, Match, match
from .completion_places import Expects, place
from .completion_structure import grouped
from .scanner import Statement, Token, TokenKind, split, tokens, unquoted

LONGEST: Final = 40_000
"""Characters of a statement before the cursor; in a longer one nothing is completed."""
_BEHIND: Final = 8_000
"""Characters behind the cursor that are looked at."""
_MOST: Final = 200
"""Items that are given."""
_OF_THE_DATABASE: Final = frozenset({Kind.COLUMN, Kind.TABLE, Kind.VIEW, Kind.QUERY, Kind.BRANCH, Kind.TAG})


class Item(Frozen):
    """Something that may come next."""

    text: str
    """What is written for it: in quotes where it has to be."""
    kind: Kind
    detail: str
    """A column's type, a function's arguments, a commit's message; may be empty."""
    matched: tuple[int, ...]
    """The characters of ``text`` that were typed."""


class Completion(Frozen):
    """What may stand in place of the text from ``start`` to ``end``, the best first."""

    start: int
    end: int
    items: tuple[Item, ...] = ()


def complete(script: str, offset: int, catalogue: Catalogue) -> Completion:
    """What may come next at ``offset`` in a script. Never raises; in comments and most texts there is nothing."""
    offset = min(max(0, offset), len(script))
    text, start = _statement(script, offset, catalogue.style)
    if offset - start > LONGEST:
        return Completion(offset, offset)
    found = _Finder(text, offset - start, catalogue)
    return Completion(found.start + start, found.end + start, found.items())


def _statement(script: str, offset: int, style: SqlStyle) -> tuple[str, int]:
    """The text of the statement that is typed at ``offset``, as far as it matters, and where it begins."""
    parts = split(script, style)
    index = parts.index_at(offset)
    if index is None:
        return script[: offset + _BEHIND], 0
    found: Statement | None = parts.statements[index]
    assert found is not None
    if found.start > offset:
        found = parts.statements[index - 1] if index else None
    if found is None:
        return script[:offset], 0
    between = script[found.end : offset]
    if between.strip():  # a delimiter: another statement begins, or a comment
        return between.lstrip("; \t\r\n"), offset - len(between.lstrip("; \t\r\n"))
    return script[found.start : max(offset, min(found.end, offset + _BEHIND))], found.start


class _Typed(NamedTuple):
    """What was typed of a name or text, and where it stands."""

    text: str
    start: int
    end: int
    quote: str = ""
    """The quote that it begins with."""


class _Finder:
    """The items for one place in one statement."""

    def __init__(self, text: str, offset: int, catalogue: Catalogue) -> None:
        self._catalogue, self._style = catalogue, catalogue.style
        all_tokens = tokens(text, self._style)
        self._text, self._offset = text, offset
        self._touched = next((token for token in all_tokens if token.start < offset <= token.end), None)
        touched = self._touched
        if touched is not None and touched.end > offset and _open(touched, self._style):
            # It would go on to the end of the script: what is behind the cursor was not meant to be in it.
            behind = (
                Token(each.kind, each.start + offset, each.end + offset, each.text)
                for each in tokens(text[offset:], self._style)
            )
            self._touched = Token(touched.kind, touched.start, offset, text[touched.start : offset])
            all_tokens = [*(each for each in all_tokens if each.end <= touched.start), self._touched, *behind]
        self._tokens = [token for token in all_tokens if token.kind is not TokenKind.COMMENT]
        self._typed = self._what_was_typed()
        self.start, self.end = (offset, offset) if self._typed is None else (self._typed.start, self._typed.end)

    def _what_was_typed(self) -> _Typed | None:
        """None where nothing can be completed, as in a comment or a number."""
        token, offset = self._touched, self._offset
        nothing = _Typed("", offset, offset)
        if token is None:
            return nothing
        if token.kind is TokenKind.COMMENT:
            ended = offset == token.end and token.text.startswith("/*") and token.text.endswith("*/")
            return nothing if ended and len(token.text) > 3 else None
        if token.kind is TokenKind.WORD:
            return _Typed(self._text[token.start : offset], token.start, token.end)
        if token.kind in (TokenKind.STRING, TokenKind.QUOTED_NAME):
            return self._inside_quotes(token)
        if token.kind in (TokenKind.PUNCTUATION, TokenKind.OPERATOR) and offset == token.end:
            return nothing
        return None

    def _inside_quotes(self, token: Token) -> _Typed | None:
        name = token.kind is TokenKind.QUOTED_NAME
        opening = 1 if token.text[:1] in "'\"`[" else 2  # x'…'
        closed = _closed(token.text[opening - 1 :], self._style)
        begin = token.start + opening
        if self._offset == token.end and closed:
            return None
        if self._offset < begin:
            return None
        inner = self._text[begin : self._offset]
        quote = self._text[begin - 1]
        if name:
            return _Typed(unquoted(quote + inner), token.start, token.end if closed else self._offset, quote)
        return _Typed(_plain(inner), begin, token.end - 1 if closed else self._offset, quote)

    def items(self) -> tuple[Item, ...]:
        typed = self._typed
        if typed is None:
            return ()
        if typed.quote and self._touched is not None and self._touched.kind is TokenKind.STRING:
            return self._in_text(typed)
        others = [token for token in self._tokens if token is not self._touched or token.end <= typed.start]
        if (qualifiers := self._qualifiers(others, typed.start)) is None:
            return ()
        if qualifiers:
            return self._qualified(qualifiers, others, typed)
        here = place(grouped(others), typed.start, self._catalogue)
        lower = typed.text.lower()
        mentioned = {token.name.lower() for token in others if token.kind in (TokenKind.WORD, TokenKind.QUOTED_NAME)}
        found: Iterable[Candidate] = candidates(here, self._catalogue, lower, mentioned)
        if typed.quote:
            found = self._in_quotes(found, typed)
        elif here.expects is Expects.STATEMENT and not typed.text and typed.start < len(self._text.rstrip()):
            return ()
        return self._ranked(found, typed)

    def _in_quotes(self, found: Iterable[Candidate], typed: _Typed) -> Iterator[Candidate]:
        """Names only; and behind ``database/`` the revisions that may follow."""
        database, slash, _ = typed.text.partition("/")
        if slash and self._style is SqlStyle.MYSQL:
            for revision in revisions(self._catalogue, names=True):
                yield revision._replace(text=f"{database}/{revision.text}", quoted="")
            return
        for each in found:
            if each.kind not in (Kind.KEYWORD, Kind.FUNCTION, Kind.TABLE_FUNCTION, Kind.TYPE):
                yield each
        if self._style is SqlStyle.MYSQL:
            names = self._catalogue.databases or (self._catalogue.database,)
            yield from (Candidate(name, Kind.DATABASE, group=8) for name in names)

    def _qualifiers(self, others: list[Token], start: int) -> list[str] | None:
        """The names before the dots before ``start``; None where there is a dot and no name."""
        found: list[str] = []
        at = sum(token.end <= start for token in others)
        while at > 0 and others[at - 1].text == "." and others[at - 1].kind is TokenKind.PUNCTUATION:
            if at < 2 or others[at - 2].kind not in (TokenKind.WORD, TokenKind.QUOTED_NAME):
                return None
            found.insert(0, others[at - 2].name)
            at -= 2
        return found

    def _qualified(self, qualifiers: list[str], others: list[Token], typed: _Typed) -> tuple[Item, ...]:
        """What may stand behind a dot: columns of a table in scope, of any table, or tables of a database."""
        at = sum(token.end <= typed.start for token in others) - 2 * len(qualifiers)
        begin = others[at].start
        here = place(grouped(others[:at] + others[at + 2 * len(qualifiers) :]), begin, self._catalogue)
        name = qualifiers[-1].lower()
        if here.expects is not Expects.RELATION:
            sources = [source for scope in here.scopes for source in scope]
            for source in sources:
                if source.alias.lower() == name or (source.alias == source.name and source.name.lower() == name):
                    columns = (
                        Candidate(column.name, Kind.COLUMN, column.type, group=0 if column.key else 1, order=order)
                        for order, column in enumerate(source.columns)
                    )
                    return self._ranked(columns, typed)
        databases = {each.lower() for each in (*self._catalogue.databases, self._catalogue.database)}
        if len(qualifiers) == 1 and name.partition("/")[0] in databases:
            tables = (
                Candidate(table.name, table.kind, plural(len(table.columns), "column"))
                for table in self._catalogue.tables
            )
            return self._ranked(tables, typed)
        if here.expects is Expects.RELATION:
            return ()
        relation = self._catalogue.relation(qualifiers[-1])
        columns = (
            Candidate(column.name, Kind.COLUMN, column.type, group=0 if column.key else 1, order=order)
            for order, column in enumerate(relation.columns if relation is not None else ())
        )
        return self._ranked(columns, typed)

    def _in_text(self, typed: _Typed) -> tuple[Item, ...]:
        """What may stand in a text: a revision behind AS OF, an argument of what knows of Dolt; else nothing."""
        token = self._touched
        assert token is not None
        others = [each for each in self._tokens if each is not token]
        here = place(grouped(others), token.start, self._catalogue)
        found: list[Candidate] = []
        if here.expects is Expects.REVISION:
            found = list(revisions(self._catalogue))
        elif here.expects is Expects.ARGUMENT:
            previous = [each for each in others if each.end <= token.start]
            option = previous[-2].text[1:-1] if len(previous) > 1 and previous[-1].text == "," else ""
            found = list(values(here.routine, here.argument, option, self._catalogue))
        if not found:
            return ()
        begin = max(typed.text.rfind(".."), typed.text.rfind("^"))
        if begin >= 0:  # the second revision of a range, or an ancestor's
            cut = begin + (2 if typed.text.startswith("..", begin) else 1)
            while typed.text[cut : cut + 1] == ".":
                cut += 1
            typed = typed._replace(text=typed.text[cut:], start=self._offset - len(typed.text[cut:]))
        self.start = typed.start
        return self._ranked(found, typed)

    def _ranked(self, found: Iterable[Candidate], typed: _Typed) -> tuple[Item, ...]:
        lower = typed.text.lower()
        best: list[tuple[tuple[object, ...], Candidate, Match]] = []
        seen: set[tuple[str, str, Kind]] = set()
        for candidate in found:
            fits = match(lower, candidate.text, candidate.text.lower())
            same = candidate.qualifier, candidate.text, candidate.kind
            if fits is None or same in seen or _far_fetched(candidate.kind, fits, lower):
                continue
            seen.add(same)
            begin = fits.positions[0] if fits.positions else 0
            rank = (
                (candidate.first, fits.fit, candidate.group, fits.gaps, begin, candidate.order),
                candidate.text.lower(),
            )
            best.append((rank, candidate, fits))
        if any(fits.fit is Fit.PREFIX for *_, fits in best):
            best = [each for each in best if each[2].fit is not Fit.SCATTERED or each[1].kind in _OF_THE_DATABASE]
        best.sort(key=lambda each: each[0])
        lowered = self._writes_lower(typed)
        return tuple(self._item(candidate, fits, typed, lowered) for _, candidate, fits in best[:_MOST])

    def _item(self, candidate: Candidate, fits: Match, typed: _Typed, lowered: bool) -> Item:
        text, positions = candidate.text, fits.positions
        inside = typed.quote and self._touched is not None and self._touched.kind is TokenKind.STRING
        if inside:
            return Item(_escaped(text, typed.quote, self._style), candidate.kind, candidate.detail, positions)
        if candidate.kind in (Kind.KEYWORD, Kind.TYPE):
            return Item(text.lower() if lowered else text, candidate.kind, candidate.detail, positions)
        shown = candidate.written(self._style, typed.quote)
        shift = len(shown) - len(text) - (1 if shown != text and shown[-1:] in "'`\"]" else 0)
        if shown != text and text not in shown:  # quotes within it were doubled
            positions, shift = (), 0
        elif shown != text:
            shift = shown.index(text)
        return Item(shown, candidate.kind, candidate.detail, tuple(at + shift for at in positions))

    def _writes_lower(self, typed: _Typed) -> bool:
        """Whether keywords are written in lower case here: as the first word of the statement is."""
        first = next((token.text for token in self._tokens if token.kind is TokenKind.WORD), "")
        return first.islower()


_CLOSED = {
    SqlStyle.MYSQL: re.compile(
        r"'[^'\\]*+(?>(?:\\.|'')[^'\\]*+)*+'|\"[^\"\\]*+(?>(?:\\.|\"\")[^\"\\]*+)*+\"|`[^`]*+(?>``[^`]*+)*+`", re.DOTALL
    ),
    SqlStyle.SQLITE: re.compile(
        r"'[^']*+(?>''[^']*+)*+'|\"[^\"]*+(?>\"\"[^\"]*+)*+\"|`[^`]*+(?>``[^`]*+)*+`|\[[^\]]*+\]", re.DOTALL
    ),
}


def _closed(text: str, style: SqlStyle) -> bool:
    """Whether a text or name in quotes has its closing one."""
    return _CLOSED[style].fullmatch(text) is not None


def _open(token: Token, style: SqlStyle) -> bool:
    """Whether it is a text or name in quotes of which the closing one is missing."""
    if token.kind not in (TokenKind.STRING, TokenKind.QUOTED_NAME):
        return False
    return not _closed(token.text[0 if token.text[:1] in "'\"`[" else 1 :], style)


def _far_fetched(kind: Kind, fits: Match, typed: str) -> bool:
    """Whether a name of the engine's fits so badly that it would only be in the way."""
    if kind in (Kind.KEYWORD, Kind.TYPE):
        return fits.fit > Fit.WORD_STARTS
    if kind in (Kind.FUNCTION, Kind.SYSTEM_TABLE, Kind.TABLE_FUNCTION):
        return fits.fit > Fit.WORD_STARTS and len(typed) < 3
    return False


def _plain(inner: str) -> str:
    """What is inside of quotes, without doubled ones; revisions hold nothing else that could be escaped."""
    return inner.replace("''", "'").replace('""', '"')


def _escaped(text: str, quote: str, style: SqlStyle) -> str:
    text = text.replace(quote, quote * 2)
    return text.replace("\\", "\\\\") if style is SqlStyle.MYSQL else text
