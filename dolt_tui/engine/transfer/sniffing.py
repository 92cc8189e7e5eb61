"""How a file is to be read, found out from its name and its beginning."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import dropwhile, islice
from pathlib import Path
from typing import Final

from ..errors import BadLine, EngineError
from . import texts
from .formats import Format, named
from .guessing import Kind, kind_of
from .reading import Field, Layout, is_blank, objects, opened, raw_records

_BEGINNING = 512 * 1024
_LINES = 200
_CONTROLS = re.compile(rb"[\0-\x06\x0e-\x19]")
"""Bytes that no text has in an encoding of a byte for each character."""
_DELIMITERS: Final = (",", "\t", ";", "|")


def sniff(
    path: Path,
    *,
    name: str = "",
    format_: Format | None = None,
    encoding: str = "",
    header: bool | None = None,
    delimiter: str = "",
) -> Layout:
    """How to read a file; what is given is taken as it is. Reads its beginning only.

    Raises `EngineError` for a file that cannot be read or is empty, `Lacking` where Parquet needs its library.
    """
    said = named(name or path)
    format_ = format_ or said.format
    name = name or path.name
    compressed, beginning = said.compressed, _beginning(path, compressed=False)
    if not beginning:
        raise EngineError(f"{name} is empty.", "There is nothing to import.")
    if beginning.startswith(b"\x1f\x8b"):
        compressed, beginning = True, _beginning(path, compressed=True)
    elif compressed:
        raise EngineError(f"{name} is not compressed by gzip, as its name says.")
    if format_ is Format.PARQUET or (format_ is None and beginning.startswith(b"PAR1")):
        from .parquet import read

        columns, number, _ = read(str(path))
        return Layout(path, name, Format.PARQUET, columns, number=number)
    if not encoding:
        encoding = encoding_of(beginning)
        if encoding in ("latin-1", "cp1252") and _CONTROLS.search(beginning):
            raise EngineError(f"{name} is not a text file.", "A spreadsheet has to be saved as CSV first.")
    try:
        b" ".decode(encoding, "replace")  # what is no encoding of texts, such as base64, is refused, too
    except LookupError as error:
        raise EngineError(f"There is no encoding {encoding}.", "Name one such as utf-8, utf-16 or latin-1.") from error
    text = _decoded(beginning, encoding)
    if format_ is None:
        format_ = Format.JSON_LINES if re.match(r"\s*[{\[]", text) else Format.CSV
    layout = Layout(path, name, format_, (), compressed, encoding)
    if format_ is Format.MARKDOWN:
        raise EngineError("Markdown is for people: it cannot be imported.", "Choose another format.")
    if format_ is Format.SQL:
        return layout
    if format_ is Format.JSON_LINES:
        return replace(layout, columns=_keys(name, text, whole=len(beginning) < _BEGINNING))
    if format_ is Format.TSV:
        layout = replace(layout, delimiter=delimiter or "\t", quoted=_in_quotes(text))
    else:
        layout = replace(layout, delimiter=delimiter or _delimiter(layout, text))
    rows = list(dropwhile(is_blank, _first(layout, text)))
    if not rows:
        raise EngineError(f"{name} has no lines.", "There is nothing to import.")
    found = _names(rows) if header is None else header
    return replace(layout, header=found, columns=_columns(rows[0], named_=found))


def with_header(layout: Layout, header: bool) -> Layout:
    """The same file, with or without the names of its columns in the first line."""
    return sniff(
        layout.path,
        name=layout.name,
        format_=layout.format,
        encoding=layout.encoding,
        header=header,
        delimiter=layout.delimiter,
    )


def encoding_of(beginning: bytes) -> str:
    """The encoding of a text, by its first bytes: by a byte order mark, as UTF-8 where it is that, else Latin-1."""
    if beginning.startswith(codecs.BOM_UTF8):
        return "utf-8"
    if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = beginning[:4096]
    if len(sample) > 3 and sample[1::2].count(0) > len(sample) // 4:
        return "utf-16-le"
    if len(sample) > 3 and sample[::2].count(0) > len(sample) // 4:
        return "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(beginning)
    except UnicodeDecodeError:
        return "cp1252" if re.search(rb"[\x80\x82-\x8c\x8e\x91-\x9c\x9e\x9f]", beginning) else "latin-1"
    return "utf-8"


def _beginning(path: Path, *, compressed: bool) -> bytes:
    with opened(path, compressed=compressed) as file:
        return file.read(_BEGINNING)


def _decoded(beginning: bytes, encoding: str) -> str:
    name = "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding
    try:
        return codecs.getincrementaldecoder(name)().decode(beginning)
    except UnicodeDecodeError:
        return beginning.decode(name, "replace")


def _first(layout: Layout, text: str, lines: int = _LINES) -> list[Sequence[Field]]:
    """The first records, the heading among them; the last one may be cut, so that it is left out of many."""
    found: list[Sequence[Field]] = []
    raw = replace(layout, header=False, columns=("",), encoding="utf-8")
    try:
        for _, fields in islice(raw_records(raw, io.StringIO(text, newline="")), lines):
            found.append(fields)
    except BadLine:
        if not found:
            raise
        return found
    return found[:-1] if len(text) >= _BEGINNING // 4 and 1 < len(found) < lines else found


def _delimiter(layout: Layout, text: str) -> str:
    """The delimiter by which most lines have the same number of fields, more than one."""
    best, found = (0.0, 0), ","
    for sign in _DELIMITERS:
        try:
            rows = _first(replace(layout, delimiter=sign), text)
        except BadLine:  # quotes that this one would not close
            continue
        widths = [len(row) for row in rows if any(row)]
        if not widths:
            continue
        usual = max(set(widths), key=widths.count)
        score = widths.count(usual) / len(widths), usual
        if usual > 1 and score > best:
            best, found = score, sign
    return found


def _in_quotes(text: str) -> bool:
    """Whether a tab-separated file has fields in quotes, as spreadsheets write them."""
    fields = [field for line in text.splitlines()[:_LINES] for field in line.split("\t")]
    quoted = sum(len(field) > 1 and field[0] == field[-1] == '"' for field in fields)
    return quoted > 0 and "\\N" not in fields and not any("\\t" in field or "\\n" in field for field in fields)


def _names(rows: Sequence[Sequence[Field]]) -> bool:
    """Whether the first line has names: texts that look otherwise than what is below them, or that differ."""
    first = rows[0]
    if not any(first):
        return False
    if any(kind_of(name) is not Kind.TEXT or len(name) > 64 for name in first if name):
        return False
    below = rows[1:]
    typed = any(
        (values := [row[at] for row in below if at < len(row) and row[at]])
        and all(kind_of(value) is not Kind.TEXT for value in values if value)
        for at in range(len(first))
    )
    # Texts above texts: names have no blanks at their ends, seldom ends of sentences, and do not come again below.
    differ = all(first) and len({name.lower() for name in first if name}) == len(first)
    return typed or (differ and not any(name in row for row in below for name in first))


def _columns(first: Sequence[Field], *, named_: bool) -> tuple[str, ...]:
    if not named_:
        return tuple(f"column_{number}" for number in range(1, len(first) + 1))
    return texts.titles([(name or "").strip() or f"column_{number}" for number, name in enumerate(first, 1)])


def _keys(name: str, text: str, *, whole: bool) -> tuple[str, ...]:
    """The names of the objects' members, in the order in which they are met."""
    found: dict[str, None] = {}
    try:
        for _, one in objects(name, io.StringIO(text)):
            found |= dict.fromkeys(one)
    except BadLine:
        if whole or not found:  # else it is the last one, which is cut
            raise
    if not found:
        raise EngineError(f"{name} has no objects.", "There is nothing to import.")
    return tuple(found)
