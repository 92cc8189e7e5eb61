"""A value of a record in lines, whole or with what differs from the one before. Pure.

However long a value is, only as much of it is looked at as is shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.cells import cell_len

from dolt_tui.engine.model import ABSENT, Value
from dolt_tui.frozen import Frozen
from dolt_tui.ui.present.differences import COME, EMPTY, GONE, delta, folded, inline, wrapped
from dolt_tui.ui.present.images import image_of
from dolt_tui.ui.present.json_paths import MISSING, Change, count_leaves, json_changes, json_document, json_text, rooted
from dolt_tui.ui.present.text import Cell, Span, Style, cell, is_numeric, join, plain, sanitise, value_cell, value_text
from dolt_tui.words import count, plural

FOLD = "▸"
_FIRST_LINES = 12
"""Lines of a long value that are shown until it is unfolded."""
_MOST = 20_000
"""Characters of a value that are shown here at most."""
_SAME_KEPT = 500
"""Characters at the ends of a long part that is the same on both sides, beside what differs."""
_MOST_JSON = 40_000
"""Longer JSON documents are compared as texts: it takes long to find what became of the elements of long lists."""
_FEW_BYTES = 16
"""Bytes that are shown where there are more."""
_PATHS_KEPT = 200
"""Places within JSON that are listed at most."""
_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[][{},:]|[^][{},:"\s]+', re.DOTALL)


class Shown(Frozen):
    """A value in lines."""

    lines: tuple[Cell, ...]
    folds: bool = False
    """Whether something of it is folded now, or can be folded again."""


def value_lines(type_name: str, value: Value, width: int, *, style: str = "", unfolded: bool = False) -> Shown:
    """A value in lines of at most ``width`` cells."""
    if value is None or value is ABSENT:
        return Shown((value_cell(value),))
    if isinstance(value, bytes | bytearray | memoryview):
        return Shown(tuple(wrapped([(bytes_text(value), style)], width)))
    most = _MOST if unfolded else (_FIRST_LINES + 2) * width
    text = _indented(value, type_name, most)
    rest = len(text) - _MOST
    lines = wrapped([(value_text(text[:most]), style)], width)
    if not unfolded and (len(text) > most or len(lines) > _FIRST_LINES + 1):
        more = plural(len(lines) - _FIRST_LINES, "more line")
        lines = lines[:_FIRST_LINES]
        said = f"all {plural(len(text), 'character')}" if len(text) > most else more
        return Shown((*lines, _fold(said)), folds=True)
    if rest > 0:
        lines.append(cell(f"… {plural(rest, 'more character')}", Style.DIM))
    return Shown(tuple(lines), folds=unfolded and len(lines) > _FIRST_LINES + 1)


def change_lines(
    type_name: str, old: Value, new: Value, width: int, *, unfolded: bool = False, amount: bool = True
) -> Shown:
    """What a value was and is, with what differs marked, in lines of at most ``width`` cells.

    ``amount``: of numbers and days by how much they changed, too.
    """
    if any(value is None or value is ABSENT or value == "" for value in (old, new)):
        return _both(type_name, old, new, width, unfolded=unfolded)
    if isinstance(old, bytes | bytearray) and isinstance(new, bytes | bytearray):
        return Shown(tuple(wrapped(_bytes_change(old, new), width)))
    kind = type_name.lower()
    if not isinstance(old, str) or not isinstance(new, str) or kind.startswith("enum"):
        return _whole(old, new, width, amount=amount)
    if kind.startswith("set"):
        return Shown(tuple(wrapped(_set_change(old, new), width)))
    one, other = json_document(old, _MOST_JSON), json_document(new, _MOST_JSON)
    if one is not None and other is not None and ("json" in kind or isinstance(other, dict)):
        return _json_change(list(json_changes(one, other)), other, new, width, unfolded=unfolded)
    return _text_change(old, new, width, unfolded=unfolded)


def _fold(what: str) -> Cell:
    return cell(f"{FOLD} {what}", Style.DIM)


# values as a whole


def _whole(old: Value, new: Value, width: int, *, amount: bool) -> Shown:
    """Numbers, dates and the like: the old one, the new one, and by how much it is more."""
    spans: list[Span] = [(value_text(old), GONE), (" ", ""), (value_text(new), COME)]
    if amount and (more := delta(old, new)):
        spans.append((f"   {more}", Style.DIM))
    if sum(cell_len(text) for text, _ in spans) <= width:
        return Shown((tuple(spans),))
    parts = [[spans[0]], spans[2:]]
    return Shown(tuple(line for part in parts for line in wrapped(part, width)))


def _both(type_name: str, old: Value, new: Value, width: int, *, unfolded: bool) -> Shown:
    """A value and none, or none and a value; an empty text counts as none, and is seen."""
    one, other = (
        value_lines(type_name, EMPTY if value == "" else value, width, style=style, unfolded=unfolded)
        for value, style in ((old, GONE), (new, COME))
    )
    was, now = (_marked(found, style) for found, style in ((one, GONE), (other, COME)))
    if len(was) == len(now) == 1 and cell_len(plain(was[0])) + cell_len(plain(now[0])) < width:
        return Shown((join(was[0], cell(" "), now[0]),))
    return Shown((*was, *now), folds=one.folds or other.folds)


def _marked(shown: Shown, style: str) -> list[Cell]:
    """The lines of a side, of which NULL is marked too."""
    return [tuple((text, style if one == Style.NULL else one) for text, one in line) for line in shown.lines]


# texts


def _text_change(old: str, new: str, width: int, *, unfolded: bool) -> Shown:
    found: list[Cell | range | str] = []
    for part in _kept(inline(old, new)):
        found += [part] if isinstance(part, str) else wrapped(part, width)
    lines: list[Cell] = []
    hidden = False
    run: list[Cell] = []

    def end() -> None:
        nonlocal hidden
        for line in [*run] if unfolded else folded(run):
            if isinstance(line, range):
                hidden = True
                lines.append(_fold(f"{plural(len(line), 'line')} unchanged"))
            else:
                lines.append(line)
        run.clear()

    for item in found:
        if isinstance(item, str):
            end()
            lines.append(cell(item, Style.DIM))
        elif not isinstance(item, range):
            run.append(item)
    end()
    if not unfolded and len(lines) > 3 * _FIRST_LINES:
        more = len(lines) - 3 * _FIRST_LINES
        lines, hidden = [*lines[: 3 * _FIRST_LINES], _fold(plural(more, "more line"))], True
    return Shown(tuple(lines), folds=hidden or unfolded)


def _kept(spans: Sequence[Span]) -> list[list[Span] | str]:
    """Spans of a text in parts, and between them what is said about what was left out of a very long one."""
    parts: list[list[Span] | str] = [[]]
    room = _MOST
    for at, (text, style) in enumerate(spans):
        if room <= 0:
            return [*parts, "… and more, which is not shown here"]
        if style or len(text) <= 3 * _SAME_KEPT:
            parts[-1].append((text[:room], style))  # type: ignore[union-attr]
            room -= len(text)
            continue
        before, after = text[:_SAME_KEPT] if at else "", text[-_SAME_KEPT:] if at < len(spans) - 1 else ""
        if before:
            parts[-1].append((before, ""))  # type: ignore[union-attr]
        parts.append(f"… {plural(len(text) - len(before) - len(after), 'character')} unchanged")
        parts.append([(after, "")] if after else [])
        room -= len(before) + len(after)
    return [part for part in parts if part]


# sets


def _set_change(old: str, new: str) -> list[Span]:
    was, now = (text.split(",") if text else [] for text in (old, new))
    words = [(word, "" if word in now else GONE) for word in was]
    words += [(word, COME) for word in now if word not in was]
    spans: list[Span] = []
    for at, (word, style) in enumerate(words):
        # What is gone stands right before what came in its place.
        lead = "" if not at else " " if words[at - 1][1] and style else ", "
        spans += [(lead, ""), (sanitise(word), style)]
    return [span for span in spans if span[0]]


# JSON


def _indented(value: Value, type_name: str, most: int) -> str:
    """The text of a value; a JSON document with its structure shown, at least ``most`` characters from its beginning.

    Its tokens stay as they are written: a number read and written again could lose digits.
    """
    if type_name.lower() != "json" or not isinstance(value, str):
        return value if isinstance(value, str) else value_text(value)
    out: list[str] = []
    depth, before, left = 0, "", most
    for match in _JSON_TOKEN.finditer(value):
        token = match[0]
        if token in "]}":
            depth -= 1
            text = token if before in ("[", "{") else "\n" + "  " * depth + token
        else:
            lead = "\n" + "  " * depth if before in ("[", "{", ",") else ""
            text = lead + (": " if token == ":" else token)
            depth += token in "[{"
        out.append(text)
        before, left = token, left - len(text)
        if left < 0:
            return "".join(out) + value[match.end() :]
    return "".join(out)


def _json_change(changes: Sequence[Change], now: object, new: str, width: int, *, unfolded: bool) -> Shown:
    """A line for each place at which two documents differ."""
    if not changes:
        return Shown((cell("the same document, written differently", Style.DIM),))
    shown = changes[:_PATHS_KEPT]
    names = [sanitise(rooted(change.path)) for change in shown]
    column = min(max(map(cell_len, names)), max(8, width // 2))
    lines: list[Cell] = []
    for name, (_, before, after) in zip(names, shown, strict=True):
        sign, style = ("+", Style.ADDED) if before is MISSING else ("−", Style.MINUS)
        if before is not MISSING and after is not MISSING:
            sign, style = "~", Style.MODIFIED
        values: list[Span] = []
        if before is not MISSING:
            values.append((sanitise(_short(before)), GONE))
        if after is not MISSING:
            values += [(" ", "")] * bool(values) + [(sanitise(_short(after)), COME)]
        lead: list[Span] = [(sign, style), (" ", ""), (name, "")]
        used = 2 + cell_len(name)
        first = sum(cell_len(text) for text, _ in values)
        if used <= 2 + column and column + 4 + first <= width:
            lines.append((*lead, (" " * (column - cell_len(name) + 2), ""), *values))
        else:  # below its place, further in
            lines += wrapped(lead, width)
            lines += [(("    ", ""), *line) for line in wrapped(values, max(8, width - 4))]
    if len(changes) > len(shown):
        lines.append(cell(f"… {plural(len(changes) - len(shown), 'more change')}", Style.DIM))
    same = count_leaves(now) - sum(count_leaves(change.new) for change in changes if change.new is not MISSING)
    if unfolded:
        return Shown((*lines, *value_lines("json", new, width, style=Style.DIM, unfolded=True).lines), folds=True)
    return Shown((*lines, _fold(f"{plural(same, 'path')} unchanged")), folds=True) if same > 0 else Shown(tuple(lines))


def _short(value: object) -> str:
    text = json_text(value)
    return text if len(text) <= _MOST else f"{text[:_MOST]}…"


# bytes


def bytes_text(value: bytes | bytearray | memoryview) -> str:
    """What bytes are: a picture's kind and size, or the first of them, and how many there are."""
    image = image_of(value)
    if image is not None:
        return f"{image}, {plural(len(value), 'byte')}"
    if not len(value):
        return "0 bytes"
    more = "…" if len(value) > _FEW_BYTES else ""
    few = value if len(value) <= 2 * _FEW_BYTES else value[:_FEW_BYTES]
    return f"0x{bytes(few).hex()}{more if len(few) < len(value) else ''}, {plural(len(value), 'byte')}"


def _bytes_change(old: bytes | bytearray, new: bytes | bytearray) -> list[Span]:
    before, after = image_of(old), image_of(new)
    spans: list[Span] = []
    if before is not None and before == after:
        spans.append((f"{after}, ", ""))
    elif before is not None and after is not None:
        spans += [(f"{before}", GONE), (" ", ""), (f"{after}", COME), (", ", "")]
    else:
        return [(bytes_text(old), GONE), (" ", ""), (bytes_text(new), COME)]
    if len(old) == len(new):
        return [*spans, (plural(len(new), "byte"), ""), (", others than before", Style.DIM)]
    return [*spans, (count(len(old)), GONE), (" ", ""), (count(len(new)), COME), (" bytes", "")]


def is_long(value: Value) -> bool:
    """Whether how long a value is is worth saying."""
    return isinstance(value, str) and len(value) > _LONG


_LONG = 80


def text_of(value: Value) -> str:
    """What is searched in a value: at most as much of it as can be shown."""
    if value is None or value is ABSENT or is_numeric(value):
        return plain(value_cell(value))
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes_text(value)
    return value[:_MOST] if isinstance(value, str) else value_text(value)
