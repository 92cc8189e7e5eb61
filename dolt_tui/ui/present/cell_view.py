"""One value that is looked at by itself, and what it was before where it changed: what it is, and how it can be shown.

Pure. Making a `CellContent` takes as long as reading the value does, for megabytes some tenths of a second: it is done
on a thread.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, NamedTuple

from dolt_tui.engine.core.literals import text_of
from dolt_tui.engine.model import ABSENT
from dolt_tui.frozen import Frozen
from dolt_tui.ui.present.cell_lines import HexLines, Lines, TextLines
from dolt_tui.ui.present.differences import COME, EMPTY, GONE, delta, inline
from dolt_tui.ui.present.images import image_of
from dolt_tui.ui.present.json_paths import (
    MISSING,
    Change,
    count_leaves,
    json_changes,
    json_document,
    json_text,
    rooted,
)
from dolt_tui.ui.present.json_tree import Changes, TreeLines
from dolt_tui.ui.present.text import ABSENT_SIGN, NULL, Span, Style, sanitise, styles, value_text
from dolt_tui.words import count, plural

_MOST_JSON: Final = 50_000_000
"""Characters of the longest text that is read as JSON."""
_LARGE: Final = 300
"""Values of a document of which only the top is open at first."""
_GEOMETRY: Final = re.compile(r"(?:SRID=(\d+);)?\s*([A-Z]+)\s*(?:\(|EMPTY)", re.IGNORECASE)
_SHAPES: Final = frozenset(
    {"POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION"}
)
_MAGIC: Final = (
    (b"%PDF-", "PDF", ".pdf"),
    (b"PK\x03\x04", "ZIP", ".zip"),
    (b"\x1f\x8b", "gzip", ".gz"),
    (b"BZh", "bzip2", ".bz2"),
    (b"\xfd7zXZ\x00", "xz", ".xz"),
    (b"\x28\xb5\x2f\xfd", "zstd", ".zst"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip", ".7z"),
    (b"SQLite format 3\x00", "SQLite database", ".sqlite"),
    (b"PAR1", "Parquet", ".parquet"),
)
"""How bytes of some kinds begin, what people call these, and how their files end."""


class Face(Frozen):
    """A way to look at a value."""

    name: str
    lines: Callable[[int], Lines]
    """The lines of it for so many cells."""
    value: object
    """What is copied and saved."""


class CellContent(Frozen):
    """What a cell holds."""

    column: str
    kind: str
    """The type of the column."""
    notes: tuple[str, ...]
    """What it is, in words: type and size, a picture's width and height, by how much a number changed."""
    faces: tuple[Face, ...]
    """At least one."""

    @property
    def changed(self) -> bool:
        """Whether it is shown beside what it was before."""
        return self.faces[0].name not in ("text", "tree", "bytes")

    def text(self, face: Face) -> str:
        """The value as it is copied: a text as it is, bytes in hex."""
        return text_of(face.value)

    def data(self, face: Face) -> bytes:
        """The value as it is saved: bytes as they are, anything else as text."""
        value = face.value
        return bytes(value) if isinstance(value, _BYTES) else text_of(value).encode("utf-8", "surrogatepass")

    def file_name(self, face: Face) -> str:
        """What a file with it could be called."""
        value = face.value
        stem = re.sub(r"[^\w.-]+", "_", self.column).strip("._") or "value"
        if isinstance(value, _BYTES):
            image = image_of(value)
            return stem + (f".{image.kind}" if image is not None else _magic(bytes(value[:32]))[1] or ".bin")
        if isinstance(value, str) and (self.kind.lower() == "json" or json_document(value) is not None):
            return stem + ".json"
        return stem + (".wkt" if isinstance(value, str) and geometry_of(value, self.kind) is not None else ".txt")


_BYTES: Final = (bytes, bytearray, memoryview)


def content_of(column: str, kind: str, value: object, old: object = ABSENT) -> CellContent:
    """A cell's value, and what it was before where it changed."""
    changed = old is not ABSENT and value is not ABSENT
    values = (old, value) if changed else (value,)
    faces: list[Face] = []
    documents = [json_document(one, _MOST_JSON) for one in values]
    if all(found is not None for found in documents):
        faces += _json_faces(values, documents)
    stored = [bytes(one) for one in values if isinstance(one, _BYTES)]
    if len(stored) == len(values):
        faces += _byte_faces(stored)
    texts = [_text(one) for one in values]
    sides = _text_faces(texts, [_plain_style(one) for one in values], values)
    faces += [replace(sides[0], name="text")] if faces and sides else sides
    notes = tuple(filter(None, (_said(values, kind, documents), delta(old, value) if changed else "")))
    return CellContent(column, kind, notes, tuple(faces))


def conflict_of(column: str, kind: str, base: object, ours: object, theirs: object) -> CellContent:
    """A cell in conflict: how each side changed it, and how the sides differ; `ABSENT` for a side that has none."""
    sides = {"base": base, "ours": ours, "theirs": theirs}
    faces: list[Face] = []
    for one, other, name in (
        ("base", "ours", "ours"),
        ("base", "theirs", "theirs"),
        ("ours", "theirs", "ours → theirs"),
    ):
        if sides[other] is not ABSENT:
            old = sides[one] if sides[one] is not sides[other] else ABSENT
            faces.append(replace(content_of(column, kind, sides[other], old).faces[0], name=name))
    if base is not ABSENT:
        faces.append(replace(content_of(column, kind, base).faces[0], name="base"))
    values = tuple(sides.values())
    said = [_one(value, kind, json_document(value, _MOST_JSON)) for value in values]
    notes = tuple(f"{name} {words}" for name, words in zip(sides, said, strict=True) if words)
    return CellContent(column, kind, notes, tuple(faces))


# texts


def _text(value: object) -> str | None:
    """A value as a text to read; None for bytes that are none."""
    if isinstance(value, _BYTES):
        try:
            text = bytes(value).decode()
        except UnicodeDecodeError:
            return None
        return text if text and sum(sign < " " and sign not in "\t\r\n" for sign in text[:4000]) == 0 else None
    if value is None:
        return NULL
    if value is ABSENT:
        return ABSENT_SIGN
    return value if isinstance(value, str) else value_text(value)


def _plain_style(value: object) -> str:
    return Style.NULL if value is None or value is ABSENT else ""


def _text_faces(texts: list[str | None], plain: list[str], values: tuple[object, ...]) -> list[Face]:
    if any(text is None for text in texts):
        return []
    known = [str(text) for text in texts]
    if len(known) == 1:
        (text,) = known
        return [
            Face(
                "text",
                lambda width: TextLines([(text or EMPTY, plain[0] or ("" if text else Style.NULL))], width),
                values[0],
            )
        ]
    old, new = known
    if all(isinstance(value, str | bytes | bytearray) for value in values) and old and new:
        both: list[Span] = inline(old, new)
    else:
        both = [(old or EMPTY, GONE), (" ", ""), (new or EMPTY, COME)]
    return [
        Face("both sides", lambda width: TextLines(both, width), values[1]),
        Face("new", lambda width: TextLines([(new or EMPTY, plain[1])], width), values[1]),
        Face("old", lambda width: TextLines([(old or EMPTY, plain[0])], width), values[0]),
    ]


# JSON


def _json_faces(values: tuple[object, ...], documents: list[Any]) -> list[Face]:
    large = [count_leaves(found) > _LARGE for found in documents]
    if len(documents) == 1:
        return [Face("tree", lambda width: TreeLines(documents[0], width, large=large[0]), values[0])]
    old, new = documents
    changes = list(json_changes(old, new))
    if not changes:
        return []
    come = Changes(change for change in changes if change.new is not MISSING)
    gone = Changes(change for change in changes if change.new is MISSING)
    spans = changes_spans(changes, count_leaves(new))
    return [
        Face("changes", lambda width: TextLines(spans, width, numbered=False), values[1]),
        Face("new tree", lambda width: TreeLines(new, width, large=large[1], changes=come), values[1]),
        Face("old tree", lambda width: TreeLines(old, width, large=large[0], changes=gone, old=True), values[0]),
    ]


def changes_spans(changes: list[Change], leaves: int) -> list[Span]:
    """A line for each path at which two documents differ, and how much of the newer one does not."""
    spans: list[Span] = []
    for path, old, new in changes:
        sign, style = (
            ("+", Style.ADDED) if old is MISSING else ("−", Style.MINUS) if new is MISSING else ("~", "modified")
        )
        spans += [(f"{sign} ", styles(style, Style.BOLD)), (f"{sanitise(rooted(path))}  ", Style.BOLD)]
        if isinstance(old, str) and isinstance(new, str) and max(len(old), len(new)) > _WORTH_MARKING:
            spans += inline(json_text(old), json_text(new))
        else:
            sides = [(json_text(side), look) for side, look in ((old, GONE), (new, COME)) if side is not MISSING]
            spans += [piece for side in sides for piece in (side, (" ", ""))]
        spans.append(("\n", ""))
    left = leaves - sum(count_leaves(change.new) for change in changes if change.new is not MISSING)
    if left > 0:
        spans.append((f"  {plural(left, 'value')} unchanged", Style.DIM))
    return spans


_WORTH_MARKING: Final = 24
"""Characters of a text within JSON in which it is marked what differs."""


# bytes


def _byte_faces(values: list[bytes]) -> list[Face]:
    if len(values) == 1:
        return [Face("bytes", lambda width: HexLines(values[0], width), values[0])]
    old, new = values
    return [
        Face("new bytes", lambda width: HexLines(new, width, old), new),
        Face("old bytes", lambda width: HexLines(old, width, new, Style.MINUS), old),
    ]


def _magic(head: bytes) -> tuple[str, str]:
    """What bytes are that begin so, and how a file with them ends; empty for others."""
    return next(((name, ending) for begin, name, ending in _MAGIC if head.startswith(begin)), ("", ""))


# in words


class Geometry(NamedTuple):
    """What a geometry is."""

    shape: str
    system: str
    """The number of its spatial reference system; empty where it has none."""


def geometry_of(value: str, kind: str) -> Geometry | None:
    """The geometry that the text of a column of a type is; None where it is none."""
    match = _GEOMETRY.match(value) if kind.upper() in _SHAPES | {"GEOMETRY", "GEOMCOLLECTION"} else None
    if match is None or match[2].upper() not in _SHAPES:
        return None
    return Geometry(match[2].upper(), match[1] or "")


def _said(values: tuple[object, ...], kind: str, documents: list[Any]) -> str:
    """What values are, in words; of both sides where that differs."""
    said = [_one(value, kind, document) for value, document in zip(values, documents, strict=True)]
    return said[0] if len(set(said)) == 1 else f"{said[0]} → {said[1]}"


def _one(value: object, kind: str, document: Any) -> str:
    if value is None:
        return "NULL"
    if value is ABSENT:
        return "no value"
    if isinstance(value, _BYTES):
        image = image_of(value)
        what = str(image) if image is not None else _magic(bytes(value[:32]))[0]
        return ", ".join(filter(None, (what, plural(len(value), "byte"))))
    if isinstance(document, dict):
        return f"JSON object, {plural(len(document), 'key')}, {plural(len(str(value)), 'character')}"
    if isinstance(document, list):
        return f"JSON list, {plural(len(document), 'element')}, {plural(len(str(value)), 'character')}"
    if isinstance(value, str):
        geometry = geometry_of(value, kind)
        if geometry is not None:
            return " · ".join(filter(None, (geometry.shape, geometry.system and f"SRID {geometry.system}")))
        number = value.count("\n") + 1
        return f"{plural(len(value), 'character')}" + (f", {count(number)} lines" if number > 1 else "")
    return ""
