"""From database values to safe text: what a terminal gets to see is only ever text.

A cell is a tuple of spans, each a text and the names of its styles; the widgets turn names into
the colours of the theme. Everything that comes out of this module is sanitised.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, TypeAlias

from rich.cells import cell_len, chop_cells

from dolt_tui.engine.core.literals import duration, number_text
from dolt_tui.engine.model import ABSENT


class Style(StrEnum):
    """Names of styles; a span may carry several of them, separated by blanks (see ``styles``)."""

    NONE = ""
    DIM = "dim"
    BOLD = "bold"
    NULL = "null"
    ADDED = "added"
    REMOVED = "removed"
    """What is gone: struck through."""
    MINUS = "minus"
    """The colour of what is gone without the stroke: signs and counts."""
    MODIFIED = "modified"
    CONFLICT = "conflict"
    ACCENT = "accent"
    SUCCESS = "success"
    WARNING = "warning"
    ERROR = "error"
    NUMBER = "number"
    KEY = "key"
    HEADING = "heading"
    """Headings of sections inside a list."""
    MATCH = "match"
    LANE0 = "lane0"
    LANE1 = "lane1"
    LANE2 = "lane2"
    LANE3 = "lane3"
    LANE4 = "lane4"
    LANE5 = "lane5"


Span: TypeAlias = tuple[str, str]
Cell: TypeAlias = tuple[Span, ...]

NULL: Final = "∅"
ABSENT_SIGN: Final = "–"
"""Stands where there is no value at all, not even NULL."""
ELLIPSIS: Final = "…"
LIMIT: Final = 256
"""Characters of a value that a cell keeps; more than any column shows."""
WHOLE_BYTES: Final = 32
"""Bytes that a cell shows whole: keys and digests. Of longer values it has the beginning, the end and the length."""
_HEAD, _TAIL = 16, 12
_BYTES_IN_TEXT: Final = 1024 * 1024

# Controls, bidirectional controls, line and paragraph separators, and characters of no width that hide or
# join what is beside them. Neither ZWNJ nor variation selectors: scripts and emoji need them.
_TROUBLE: Final = (
    "\\x00-\\x1f\\x7f-\\x9f\\xad\\u061c\\u180e\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f"
    "\\ufeff\\ufff9-\\ufffb\\ud800-\\udfff\\U0001bca0-\\U0001bca3\\U0001d173-\\U0001d17a\\U000e0000-\\U000e007f"
)
_BAD: Final = re.compile(
    # The flags of England, Scotland and Wales are spelt with tag characters: let them pass whole.
    "(?P<flag>\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f)"
    f"|[{_TROUBLE}]"
    # A joiner is fine between two letters of a script that uses it or two emoji. Elsewhere terminals and rich
    # disagree about the width of what follows it.
    "|(?<![^\\x00-\\u02ff\\s\u200d])\u200d|\u200d(?![^\\x00-\\u02ff\\s\u2000-\u206f\u2500-\u25ff\ufe00-\ufe0f"
    f"{_TROUBLE}])"
    "|^\ufe0f"
)


def _mark(match: re.Match[str]) -> str:
    """The visible mark for a character that must not reach a terminal."""
    if match["flag"]:
        return match[0]
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return f"‹U+{code:04X}›"


def sanitise(text: str, *, one_line: bool = True) -> str:
    """``text`` with everything that could steer a terminal or hide from the eye replaced by visible marks.

    On one line a newline becomes ``␊`` and a tab ``␉``; otherwise newlines stay and tabs are expanded.
    """
    if text.isprintable() and "\ufe0f" not in text:
        return text  # Most values; a joiner is not printable to Python, so none gets past here.
    if one_line:
        return _BAD.sub(_mark, text)
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(_BAD.sub(_mark, line.expandtabs(8)) for line in lines)


def marked(text: str, *, tabs: bool = False) -> str:
    """``text`` as `sanitise` shows it, but one character for each of its own; with ``tabs`` these stay."""
    if text.isprintable() and "\ufe0f" not in text:
        return text

    def mark(match: re.Match[str]) -> str:
        if match["flag"] or (tabs and match[0] == "\t"):
            return match[0]
        found = _mark(match)
        return found if len(found) == 1 else "\ufffd"

    return _BAD.sub(mark, text)


def styles(*names: str) -> str:
    """Several styles as one name."""
    return " ".join(name for name in names if name)


class FittedCell(tuple[Span, ...]):
    """A cell that shows more in a wide column than in a narrow one; as a tuple it is what it would like to show."""

    def fitted(self, width: int) -> Cell:
        """What it shows in so many cells; may take fewer, and is cut where it takes more."""
        raise NotImplementedError


def cell(text: str, style: str = "") -> Cell:
    """A cell of one span; ``text`` is sanitised."""
    return ((sanitise(text), style),)


def join(*cells: Cell) -> Cell:
    """One cell out of several."""
    return tuple(span for part in cells for span in part)


def plain(cell: Cell) -> str:
    """The text of a cell."""
    if len(cell) == 1:
        return cell[0][0]
    return "".join(text for text, _ in cell)


def is_numeric(value: object) -> bool:
    """Whether a value is aligned to the right in its column."""
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def hex_text(value: bytes | bytearray | memoryview, most: int | None = None) -> str:
    """Bytes with their length: whole up to ``most`` of them, else their beginning and their end."""
    data = memoryview(value).cast("B") if isinstance(value, memoryview) else value
    size = len(data)
    if most is not None and size > most:
        tail = min(_TAIL, most // 2)
        return f"0x{bytes(data[: min(_HEAD, most - tail)]).hex()}{ELLIPSIS}{bytes(data[-tail:]).hex()} {size:,} B"
    return f"0x{bytes(data).hex()} {size:,} B"


_SHORTENED = re.compile(r"(0x…?)([0-9a-f]*)(?:…([0-9a-f]*))?( [0-9,]+ B)")


def shorten_bytes(text: str, width: int) -> str | None:
    """Bytes as a cell shows them, with fewer of their middle ones; None for another text, or where nothing is left."""
    match = _SHORTENED.fullmatch(text) if text.startswith("0x") else None
    room = width - len(ELLIPSIS) - len(match[1] + match[4]) if match else 0
    if match is None or room < 4:
        return None
    digits, end = match[2], match[2] if match[3] is None else match[3]
    tail = min(len(end), room // 2)
    return f"{match[1]}{digits[: room - tail]}{ELLIPSIS}{end[len(end) - tail :]}{match[4]}"


def shorten_change(old: str, new: str, width: int) -> tuple[str, str] | None:
    """Bytes and those that replaced them, each cut to ``width`` so that they look different; None for other texts."""
    one, other = (text if len(text) <= width else shorten_bytes(text, width) for text in (old, new))
    if one is not None and other is not None and one == other:
        at = max(0, _first_difference(old, new) - 2)
        one, other = (_SHORTENED.sub(lambda match: _window(match, at, width), text) for text in (old, new))
    return None if one is None or other is None else (one, other)


def _window(match: re.Match[str], at: int, width: int) -> str:
    """Bytes from the position ``at`` of their text on, as many as fit."""
    digits = match[0][at : match.end(2)]
    return f"0x{ELLIPSIS}{digits[: max(1, width - 4 - len(match[4]))]}{ELLIPSIS}{match[4]}"


def raw_text(value: Any, most_bytes: int = WHOLE_BYTES) -> str:
    """The text of a value other than NULL, not sanitised."""
    if value is ABSENT:
        return ABSENT_SIGN
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, Decimal)):
        return number_text(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return hex_text(value, most_bytes)
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return duration(value)
    if isinstance(value, (set, frozenset)):
        return ",".join(sorted(map(str, value)))
    if isinstance(value, (Mapping, Sequence)):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return str(value)


def cut_text(text: str, limit: int) -> str:
    """Sanitised and at most ``limit`` characters of ``text``; the rest of it is never looked at."""
    if len(text) <= limit:
        return sanitise(text)
    return sanitise(text[:limit].rstrip("\u200d")) + ELLIPSIS


def value_cell(value: Any, style: str = "", *, limit: int = LIMIT) -> Cell:
    """A database value as a cell: NULL is a dim ``∅``, an empty string is empty, and no value at all a dim ``–``."""
    if value is None or value is ABSENT:
        return ((NULL if value is None else ABSENT_SIGN, Style.NULL),)
    return ((cut_text(raw_text(value), limit), style),)


def value_text(value: Any) -> str:
    """The whole text of a value for a record view, with its lines; NULL is ``∅``."""
    if value is None:
        return NULL
    return sanitise(raw_text(value, _BYTES_IN_TEXT), one_line=False)


def _first_difference(old: str, new: str) -> int:
    """The first position where two texts differ; compares slices, so that megabytes cost little."""
    chunk, shorter, at = 4096, min(len(old), len(new)), 0
    while at < shorter and old[at : at + chunk] == new[at : at + chunk]:
        at += chunk
    at = min(at, shorter)
    while at < shorter and old[at] == new[at]:
        at += 1
    return at


def age(then: dt.datetime, now: dt.datetime) -> str:
    """How long ago, in a few characters: ``now``, ``5m``, ``1h``, ``3d``, ``2w``, ``4mo``, ``2y``."""
    seconds = int((now - then).total_seconds())
    days = seconds // 86400
    if seconds < 60:
        return "now"
    if seconds < 3600:
        return f"{seconds // 60}m"
    if days < 1:
        return f"{seconds // 3600}h"
    if days < 7:
        return f"{days}d"
    if days < 30:
        return f"{days // 7}w"
    if days < 365:
        return f"{days // 30}mo"
    return f"{days // 365}y"


def join_words(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def wrap(text: str, width: int) -> list[str]:
    """Sanitised text in lines of at most ``width`` cells; words are kept whole where they fit."""
    lines: list[str] = []
    for paragraph in sanitise(text, one_line=False).split("\n"):
        line = ""
        for word in paragraph.split(" "):
            candidate = f"{line} {word}" if line else word
            if cell_len(candidate) <= width:
                line = candidate
                continue
            if line:
                lines.append(line)
            pieces = chop_cells(word, width) if cell_len(word) > width else [word]
            lines += pieces[:-1]
            line = pieces[-1] if pieces else ""
        lines.append(line)
    return lines


def with_line_feeds(text: str) -> str:
    """``text`` with LF at the end of each line: terminals send CR between pasted lines."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
