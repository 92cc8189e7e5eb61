"""Files into records: what stands on which line, as text; streamed."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import re
import stat
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from itertools import filterfalse
from pathlib import Path
from typing import IO, Any, TypeAlias, cast

from ...frozen import Frozen
from ..core.literals import text_of
from ..errors import BadLine, EngineError
from .formats import Format

Field: TypeAlias = "str | None"
Record: TypeAlias = "tuple[int, Sequence[Field]]"
"""The number of a line in the file (of a row, in Parquet), and what stands there; None is NULL."""

_LONGEST_RECORD = 256 * 1024 * 1024


class Number(str):
    """A number as JSON spells it: its digits are kept."""

    __slots__ = ()


class Layout(Frozen):
    """How a file is to be read."""

    path: Path
    name: str
    """What people call it; of standard input, that."""
    format: Format
    columns: tuple[str, ...]
    compressed: bool = False
    encoding: str = "utf-8"
    delimiter: str = ","
    quoted: bool = True
    """Whether fields may stand in quotes; else they are escaped by backslashes, as LOAD DATA has them."""
    header: bool = True
    """Whether the first line has the names of the columns."""
    number: int | None = None
    """How many rows there are, where the file tells."""


@contextmanager
def opened(path: Path, *, compressed: bool) -> Iterator[IO[bytes]]:
    """A file as bytes. Raises `EngineError` where it cannot be read, or not twice, as a pipe."""
    try:
        if not stat.S_ISREG(mode := path.stat().st_mode) and not stat.S_ISDIR(mode):
            raise EngineError(f"{path} is not a file: it can be read only once.", "Copy what it has into a file first.")
        with open(path, "rb") as file:
            if compressed:
                with gzip.GzipFile(fileobj=file) as unpacked:
                    yield cast("IO[bytes]", unpacked)
            else:
                yield file
    except gzip.BadGzipFile as error:
        raise EngineError(f"{path.name} is not compressed by gzip, as its name says.") from error
    except EOFError as error:
        raise EngineError(f"{path.name} ends in the middle: it is not whole.") from error
    except IsADirectoryError as error:
        raise EngineError(f"{path} is a directory.", "Name a file in it.") from error
    except OSError as error:
        raise EngineError(f"{path} cannot be read: {error.strerror or error}.") from error


def records(layout: Layout) -> Generator[Record, None, None]:
    """The records of a file behind its heading. Raises `BadLine` for what cannot be read, and `EngineError`."""
    if layout.format is Format.PARQUET:
        from .parquet import read

        _, _, rows = read(str(layout.path))
        for number, row in enumerate(rows, 1):
            yield number, [None if value is None else text_of(value) for value in row]
        return
    with opened(layout.path, compressed=layout.compressed) as binary:
        try:
            yield from records_of(layout, binary)
        except UnicodeDecodeError as error:
            raise EngineError(
                f"{layout.name} is not {layout.encoding} throughout: "
                f"there is {error.object[error.start : error.end][:4].hex(' ')} in it.",
                "Name its encoding, such as latin-1.",
            ) from error


def records_of(layout: Layout, binary: IO[bytes]) -> Iterator[Record]:
    """The records of an open file, which is closed at the end. Raises `BadLine` and `UnicodeDecodeError`."""
    newline = "" if layout.format is Format.CSV else "\n"
    with io.TextIOWrapper(binary, _decoder(layout.encoding), newline=newline) as text:
        if layout.format is Format.JSON_LINES:
            yield from _json_records(layout, text)
        else:
            yield from _without_heading(layout, raw_records(layout, text))


def raw_records(layout: Layout, text: IO[str]) -> Iterator[Record]:
    """All lines of CSV or TSV, the heading among them, whatever number of fields they have."""
    return _quoted_records(layout, text) if layout.quoted else _escaped_records(layout, text)


def _decoder(encoding: str) -> str:
    return "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding


def _without_heading(layout: Layout, lines: Iterator[Record]) -> Iterator[Record]:
    if layout.header:
        next(filterfalse(lambda line: is_blank(line[1]), lines), None)
    width = len(layout.columns)
    for number, fields in lines:
        if len(fields) != width:
            if is_blank(fields):  # of one column it is NULL, else it is nothing
                if width == 1:
                    yield number, [None]
                continue
            raise BadLine(layout.name, number, f"it has {_fields(len(fields))} instead of {width}")
        yield number, fields


def is_blank(fields: Sequence[Field]) -> bool:
    """Whether a record is an empty line."""
    return len(fields) < 2 and not any(fields)


def _fields(number: int) -> str:
    return "1 field" if number == 1 else f"{number} fields"


# CSV


def _quoted_records(layout: Layout, text: IO[str]) -> Iterator[Record]:
    """Fields are apart by a delimiter; in quotes, quotes are doubled, and lines may end. An empty field is NULL, and
    ``""`` an empty text."""
    delimiter = layout.delimiter
    sign = re.escape(delimiter)
    field = re.compile(rf'"([^"]*(?:""[^"]*)*)"(?={sign}|$)|([^{sign}]*)')
    # The standard library's reader is fast, but does not tell an empty text from nothing: where a line may have one,
    # it is read again.
    empty = re.compile(rf'(?:^|{sign})""(?:{sign}|\r|\n|$)').search
    csv.field_size_limit(_LONGEST_RECORD)
    number, lines = 0, list[str]()

    def source() -> Iterator[str]:
        nonlocal number
        for line in text:
            number += 1
            lines.append(line)
            yield line

    start = 1
    try:
        for fields in csv.reader(source(), delimiter=delimiter):
            found: list[Field] | None = None
            if len(lines) > 1 or '"' in lines[0]:
                record = "".join(lines)
                odd = record.count('"') % 2 == 1
                if odd or empty(record):
                    found = _split_quoted(record, field, delimiter)
                    if found is None and odd:
                        raise BadLine(layout.name, start, "a quote is opened there that nothing closes")
            yield start, found if found is not None else [part or None for part in fields]
            lines.clear()
            start = number + 1
    except csv.Error as error:
        raise BadLine(layout.name, start, f"a quote is opened there that nothing closes ({error})") from error


def _split_quoted(line: str, field: re.Pattern[str], delimiter: str) -> list[Field] | None:
    """The fields of a record; None where a quote is still open at its end."""
    line = _without_end(line)
    fields: list[Field] = []
    at, end = 0, len(line)
    while True:
        found = field.match(line, at)
        assert found is not None
        quoted = found[1]
        if quoted is not None:
            fields.append(quoted.replace('""', '"') if '""' in quoted else quoted)
        elif line.startswith('"', at) and line.count('"', at) % 2:
            return None
        else:
            fields.append(found[2] or None)
        at = found.end()
        if at >= end:
            return fields
        at += len(delimiter)
        if at == end:
            fields.append(None)
            return fields


def _without_end(line: str) -> str:
    if line.endswith("\r\n"):
        return line[:-2]
    return line[:-1] if line.endswith(("\n", "\r")) else line


# TSV, as LOAD DATA reads it

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_MEANING = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a"}


def _escaped_records(layout: Layout, text: IO[str]) -> Iterator[Record]:
    delimiter = layout.delimiter
    number = 0
    for line in text:
        number += 1
        line = _without_end(line)
        if "\\" not in line:
            yield number, line.split(delimiter)
            continue
        start = number
        while _open(line):  # it escapes the end of the line
            more = next(text, None)
            if more is None:
                break
            number += 1
            line += "\n" + _without_end(more)
        parts: list[str] = []
        for part in line.split(delimiter):
            if parts and _open(parts[-1]):
                parts[-1] += delimiter + part
            else:
                parts.append(part)
        yield start, [_unescaped(part) for part in parts]


def _open(text: str) -> bool:
    """Whether a backslash at the end escapes what follows."""
    return bool((len(text) - len(text.rstrip("\\"))) % 2)


def _unescaped(text: str) -> Field:
    if text == "\\N":
        return None
    return _ESCAPED.sub(lambda sign: _MEANING.get(sign[1], sign[1]), text) if "\\" in text else text


# JSON lines, and a JSON array


def _json_records(layout: Layout, text: IO[str]) -> Iterator[Record]:
    columns, known = layout.columns, frozenset(layout.columns)
    for number, found in objects(layout.name, text):
        if not found.keys() <= known:
            extra = next(name for name in found if name not in known)
            raise BadLine(layout.name, number, f"it has {extra!r}, which the lines before it lack")
        yield number, [_plain(found.get(name)) for name in columns]


def _plain(value: Any) -> Field:
    if value is None or type(value) is str or type(value) is Number:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)


_DECODER = json.JSONDecoder(parse_float=Number, parse_int=Number, parse_constant=Number)
_PLAIN = json.JSONDecoder()
_BLANKS = re.compile(r"[\s,]*")


def objects(name: str, text: IO[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a file, one on each line or all in an array, with their lines. Raises `BadLine`."""
    number = 0
    for line in text:
        number += 1
        start = line.lstrip()
        if not start:
            continue
        if number == 1 and start.startswith("["):
            yield from _of_array(name, text, start[1:])
            return
        yield number, _object(name, number, line)


def _object(name: str, number: int, line: str) -> dict[str, Any]:
    try:
        found = _DECODER.decode(line)
        if isinstance(found, dict) and any(isinstance(value, dict | list) for value in found.values()):
            whole = _PLAIN.decode(line)  # numbers inside of values stay numbers
            found |= {key: value for key, value in whole.items() if isinstance(value, dict | list)}
    except (ValueError, RecursionError) as error:
        raise BadLine(name, number, f"it is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise BadLine(name, number, 'it is not an object, such as {"id": 1}')
    return found


def _of_array(name: str, text: IO[str], rest: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of an array, of which as much is in memory as an object takes."""
    number, buffer, ended = 1, rest, False
    while True:
        blank = _BLANKS.match(buffer)
        assert blank is not None
        number += buffer.count("\n", 0, blank.end())
        buffer = buffer[blank.end() :]
        if buffer.startswith("]"):
            return
        try:
            if not buffer:
                raise ValueError
            _, end = _PLAIN.raw_decode(buffer)
        except (ValueError, RecursionError) as error:
            more = text.read(1 << 16)
            if not more:
                if ended:
                    why = str(error) or "the array is not closed"
                    raise BadLine(name, number, f"it is not JSON: {why}") from error
                ended = True
            buffer += more
            continue
        piece, buffer = buffer[:end], buffer[end:]
        yield number, _object(name, number, piece)
        number += piece.count("\n")
