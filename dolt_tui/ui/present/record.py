"""One record with every column: its name and type, and its value, or what changed in it. Pure."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence

from rich.cells import cell_len

from dolt_tui.engine.model import ABSENT, ChangeKind, Value
from dolt_tui.frozen import Frozen
from dolt_tui.ui.present.differences import wrapped
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.record_values import FOLD, Shown, change_lines, is_long, text_of, value_lines
from dolt_tui.ui.present.text import Cell, Style, cell, join, plain, sanitise, styles
from dolt_tui.words import count

MORE = "more"
"""The entry for the columns that are left out as they did not change."""
_WITH_TYPES = 64
"""Cells of a pane that has room for the types of the columns."""
_FRAME, _TYPE_FRAME = 8, 3
"""Cells of a line that are none of the name, the type and the value: blanks, the sign, rules, the scrollbar."""
_LEAST_VALUE = 20
_NAMES_KEPT = 60
"""Columns that did not change of which the names are told."""


class Entry(Frozen):
    """What a line of a record is about."""

    position: int | None
    """That of the column; None for the columns that are left out."""
    folds: bool = False
    """Whether something of it is folded, or can be folded again."""


class Look(Frozen):
    """How a record is shown."""

    width: int
    """Cells of a line."""
    whole: bool = False
    """Whether columns that did not change are shown, too."""
    unfolded: frozenset[int] = frozenset()
    """The columns whose values are shown whole."""
    called: Mapping[int, Cell] = {}
    """What is told behind values: of keys, which row they refer to."""
    refer: frozenset[int] | None = frozenset()
    """The columns of foreign keys, of which nobody wants to know how much more they are; None: not known yet."""


class Shape(Frozen):
    """The columns of a record."""

    columns: Sequence[tuple[str, str]]
    """Their names and types."""
    key: frozenset[int] = frozenset()
    """The positions of those of the primary key."""


class RecordLines(Frozen):
    """A record in lines, for a grid."""

    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    changed: frozenset[int]
    """The columns that changed."""


def changed_columns(values: Sequence[Value], old: Sequence[Value] | None) -> frozenset[int]:
    """The positions of the columns whose values are not what they were."""
    if old is None:
        return frozenset()
    return frozenset(at for at, (one, other) in enumerate(zip(old, values, strict=True)) if not _same(one, other))


def _same(one: Value, other: Value) -> bool:
    return one is other or (type(one) is type(other) and bool(one == other)) or (one is not ABSENT and one == other)


def record_lines(
    shape: Shape,
    values: Sequence[Value],
    old: Sequence[Value] | None,
    kind: ChangeKind | None,
    look: Look,
    known: dict[Hashable, Shown] | None = None,
) -> RecordLines:
    """The lines of a record, of a change with ``old`` values or else of a ``kind``; each line's key is the column's
    position (or `MORE`) and a number.

    ``known`` keeps what takes long, for when the same record is shown again.
    """
    known = {} if known is None else known
    changed = changed_columns(values, old)
    left_out = _left_out(shape, changed) if old is not None and not look.whole else ()
    names = [sanitise(name) for name, _ in shape.columns]
    types = [sanitise(type_text(shape, at, values[at])) for at in range(len(names))]
    label = f"{FOLD} {count(len(left_out))} more"
    name_width, type_width, room = _widths(
        [*(name for at, name in enumerate(names) if at not in left_out), *([label] if left_out else [])],
        [type_ for at, type_ in enumerate(types) if at not in left_out],
        look.width,
    )
    rows: list[Row] = []
    for at, (_, type_name) in enumerate(shape.columns):
        if at in left_out:
            continue
        unfolded = at in look.unfolded
        if at in changed and old is not None:
            amount = look.refer is not None and at not in look.refer
            sign = cell("~", Style.MODIFIED)
            told: Hashable = ("change", at, room, unfolded, amount)
            if told not in known:
                known[told] = change_lines(type_name, old[at], values[at], room, unfolded=unfolded, amount=amount)
            shown = known[told]
        else:
            sign, style = _KINDS.get(kind, ((), ""))
            told = ("value", at, room, unfolded, style)
            if told not in known:
                known[told] = value_lines(type_name, values[at], room, style=style, unfolded=unfolded)
            shown = known[told]
            if at in shape.key and not style:
                shown = Shown(tuple(tuple((t, styles(s, Style.BOLD)) for t, s in line) for line in shown.lines))
        lines = _with_note(shown.lines, look.called.get(at, ()), room)
        name_style = Style.BOLD if at in changed or (old is None and at in shape.key) else Style.DIM if old else ""
        rows += _entry(
            at,
            Entry(at, shown.folds),
            sign,
            wrapped([(names[at], name_style)], name_width),
            wrapped([(types[at], Style.DIM)], type_width) if type_width else [],
            lines,
            typed=bool(type_width),
        )
    if left_out:
        others = ", ".join(names[at] for at in left_out[:_NAMES_KEPT])
        others += " and others" if len(left_out) > _NAMES_KEPT else ""
        lines = tuple(wrapped([(f"{others}: unchanged", Style.DIM)], room))
        rows += _entry(MORE, Entry(None, True), (), [cell(label, Style.DIM)], [], lines, typed=bool(type_width))
    return RecordLines(tuple(rows), _columns(name_width, type_width, room), changed)


_KINDS: Mapping[ChangeKind | None, tuple[Cell, str]] = {
    ChangeKind.ADDED: (cell("+", Style.ADDED), Style.ADDED),
    ChangeKind.REMOVED: (cell("−", Style.MINUS), Style.MINUS),
}


def _left_out(shape: Shape, changed: frozenset[int]) -> tuple[int, ...]:
    """The columns that did not change, but for the key, the first other one, and such that stand between two others
    that did: leaving out a single one would save nothing."""
    size = len(shape.columns)
    called = next((at for at in range(size) if at not in shape.key), 0)
    stays = changed | shape.key | {called}
    stays |= {at for at in range(1, size - 1) if at - 1 in changed and at + 1 in changed}
    left = tuple(at for at in range(size) if at not in stays)
    return left if len(left) > 1 else ()


def _entry(
    key: Hashable,
    entry: Entry,
    sign: Cell,
    names: Sequence[Cell],
    types: Sequence[Cell],
    values: Sequence[Cell],
    *,
    typed: bool,
) -> list[Row]:
    """The lines of an entry, as many as its longest part has."""
    rows = []
    for at in range(max(len(names), len(types), len(values))):
        name, type_, value = (part[at] if at < len(part) else () for part in (names, types, values))
        cells = (sign if not at else (), name, type_, value) if typed else (sign if not at else (), name, value)
        rows.append(Row((key, at), cells, value=entry))
    return rows


def _with_note(lines: tuple[Cell, ...], note: Cell, room: int) -> tuple[Cell, ...]:
    """Lines with a note behind the last one, or below it."""
    if not note:
        return lines
    if lines and cell_len(plain(lines[-1])) + 3 + cell_len(plain(note)) <= room:
        return (*lines[:-1], join(lines[-1], cell("   "), note))
    return (*lines, *wrapped(note, room))


def _widths(names: Sequence[str], types: Sequence[str], width: int) -> tuple[int, int, int]:
    """How many cells the names, the types (0: they are left out) and the values have."""
    name = min(max(map(cell_len, names), default=4), max(10, width // 4))
    kind = 0
    if width >= _WITH_TYPES:
        kind = min(max(map(cell_len, types), default=4), max(12, width // 5))
    room = width - _FRAME - name - (_TYPE_FRAME + kind if kind else 0)
    return name, kind, max(_LEAST_VALUE, room)


def _columns(name: int, kind: int, room: int) -> tuple[Column, ...]:
    found = [Column("sign", min_width=1, max_width=1, separator=False), _column("name", name)]
    if kind:
        found.append(_column("type", kind))
    return (*found, _column("value", room))


def _column(key: str, width: int) -> Column:
    return Column(key, min_width=width, max_width=width)


_MEMBER = re.compile(r"'(?:[^']|'')*'")


def type_text(shape: Shape, at: int, value: Value = None) -> str:
    """A type for people: ``int · key``, ``enum · 4`` (its members), ``text · 412`` (how long the value is)."""
    type_name = shape.columns[at][1]
    word = type_name.split("(", 1)[0].lower()
    parts = [type_name]
    if word in ("enum", "set"):
        parts = [word, count(len(_MEMBER.findall(type_name)))]
    elif "(" not in type_name and is_long(value) and word != "json":
        parts.append(count(len(value)))
    if at in shape.key:
        parts.append("key")
    return " · ".join(parts)


def found_in(shape: Shape, values: Sequence[Value], old: Sequence[Value] | None, text: str) -> frozenset[int]:
    """The columns whose names or values contain a text, in upper or lower case."""
    wanted = text.lower()
    sides = (values,) if old is None else (values, old)
    return frozenset(
        at
        for at, (name, _) in enumerate(shape.columns)
        if wanted in name.lower() or any(wanted in text_of(side[at]).lower() for side in sides)
    )
