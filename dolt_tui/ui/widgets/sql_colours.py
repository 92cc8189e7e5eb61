"""The colours of SQL: what a grammar makes of the statements that are seen.

Only for colours: the grammar does not know much of Dolt's SQL, and a line may be coloured wrongly where a string or a
comment begins far above it. Nothing else may be decided by it. Each statement is parsed by itself and remembered, so a
key costs the parsing of one statement, however long the text is.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cache, lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

WINDOW: Final = 16_000
"""Characters before the first line that is seen, to look for the beginning of its statement, and from there on."""
_BLOCK: Final = 3_000
"""Characters that are parsed together. What the grammar does not know takes it up to 3 ms for each 1,000."""
_LINE: Final = 2_000
"""Characters of a line that are coloured."""


class Part(StrEnum):
    """What has a colour of its own; the values are names of styles."""

    KEYWORD = "keyword"
    FUNCTION = "function"
    STRING = "string"
    NUMBER = "literal"
    COMMENT = "comment"


class Span(NamedTuple):
    """A part of a text or of a line, in code points."""

    start: int
    end: int
    part: Part


_TOKEN: Final = re.compile(
    r"(?P<string>'(?:[^'\\]|\\.|'')*(?:'|\Z)|\"(?:[^\"\\]|\\.|\"\")*(?:\"|\Z))"
    r"|(?P<comment>--(?=\s|\Z)[^\n]*|\#[^\n]*|/\*.*?(?:\*/|\Z))"
    r"|(?P<function>\bdolt_\w+(?=\s*\())|(?P<name>`[^`]*(?:`|\Z))|(?P<number>(?<!\w)\d[\w.]*)|(?P<word>\w+)|(?P<end>;)",
    re.DOTALL,
)
_UNKNOWN_TO_GRAMMAR: Final = frozenset(
    """call describe database databases delimiter div duplicate escape explain grants handler ignore interval kill leave
    loop mod of procedure procedures prepare processlist regexp repeat rlike schemas share show signal status
    straight_join tables truncate undo until use variables warnings xor""".split()  # noqa: SIM905
)


@cache
def _parser() -> Parser:
    """The grammar is loaded when something is first shown: it takes some 50 ms."""
    import tree_sitter_sql
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_sql.language()))


def colours(lines: Sequence[str], first: int, last: int) -> dict[int, list[Span]]:
    """The spans of the rows from ``first`` to before ``last``, those of each row in order."""
    begin = _window(lines, first)
    seen: list[str] = []
    size = 0
    for line in lines[begin:last]:
        seen.append(line[:_LINE])
        size += len(seen[-1]) + 1
        if size > 2 * WINDOW:
            break
    starts = [0, *accumulate(len(line) + 1 for line in seen)]
    text = "\n".join(seen)
    from_ = starts[min(max(0, first - begin), len(seen))]
    found: dict[int, list[Span]] = defaultdict(list)
    for start, end in _blocks(text):
        if end <= from_:
            continue
        for span in _parts(text[start:end]):
            row = bisect_right(starts, span.start + start) - 1
            while row < len(seen) and starts[row] < span.end + start:
                column = max(0, span.start + start - starts[row])
                behind = min(len(seen[row]), span.end + start - starts[row])
                if column < behind:
                    found[row + begin].append(Span(column, behind, span.part))
                row += 1
    return found


def _window(lines: Sequence[str], first: int) -> int:
    """The row from which on to parse, to know the colours of ``first``: the text's beginning, or a statement's."""
    size, row = 0, min(first, len(lines))
    best = row
    while row > 0:
        row -= 1
        size += min(len(lines[row]), _LINE) + 1
        if size > WINDOW:
            return best
        if row == 0 or lines[row - 1].rstrip().endswith(";"):
            best = row
    return 0


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Where the statements of a text begin and end; a long one is cut between lines."""
    start = 0
    for token in _TOKEN.finditer(text):
        if token["end"] or token.end() - start > _BLOCK:
            end = token.end()
            if not token["end"] and (line := text.rfind("\n", start, token.start())) > 0:
                end = line + 1
            yield start, end
            start = end
    if start < len(text):
        yield start, len(text)


@lru_cache(maxsize=512)
def _parts(text: str) -> tuple[Span, ...]:
    """The parts of one statement, in order, none of them inside another one."""
    encoded = text.encode("utf-8", "replace")
    tree = _parser().parse(encoded)
    found = list(_nodes(tree.root_node))
    if not encoded.isascii():
        # Each character has as many bytes as its UTF-8; a lone surrogate was replaced by one.
        found = [Span(_characters(encoded, span.start), _characters(encoded, span.end), span.part) for span in found]
    return tuple(sorted([*found, *_missed(text, found)]))


def _characters(encoded: bytes, behind: int) -> int:
    return len(encoded[:behind].decode("utf-8", "replace"))


def _nodes(root: Node) -> Iterator[Span]:
    cursor = root.walk()
    while True:
        node = cursor.node
        assert node is not None
        part = _part(node)
        if part is not None:
            yield Span(node.start_byte, node.end_byte, part)
        elif cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


def _part(node: Node) -> Part | None:
    kind = node.type
    if kind.startswith("keyword_"):
        return Part.KEYWORD
    if kind in ("comment", "marginalia"):
        return Part.COMMENT
    if kind == "literal" and node.child_count == 0:
        text = node.text or b""
        return Part.NUMBER if text[:1].isdigit() or text[:1] in (b"-", b"+", b".") else Part.STRING
    if kind == "object_reference" and node.parent is not None and node.parent.type == "invocation":
        return Part.FUNCTION
    return None


def _missed(text: str, found: Sequence[Span]) -> Iterator[Span]:
    """What is plain to see where the grammar did not understand the text."""
    covered = sorted(found)
    starts = [span.start for span in covered]
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "word" and token[0].lower() in _UNKNOWN_TO_GRAMMAR:
            kind = "keyword"
        if kind not in ("string", "comment", "number", "function", "keyword"):
            continue
        at = bisect_right(starts, token.start()) - 1
        before = covered[at] if at >= 0 else None
        behind = covered[at + 1] if at + 1 < len(covered) else None
        if (before is None or before.end <= token.start()) and (behind is None or behind.start >= token.end()):
            yield Span(token.start(), token.end(), Part[kind.upper()])
