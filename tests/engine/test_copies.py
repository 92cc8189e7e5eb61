"""What is copied as SQL replays: every row of a table of every type, into an empty table with the same definition."""

from __future__ import annotations

import csv
import io
import json

import pytest

from dolt_tui.engine.browsing.query import DiffQuery, Query
from dolt_tui.engine.model import ColumnInfo
from dolt_tui.engine.repository import Repository
from dolt_tui.ui.present.export import Copied, as_json, comma_separated, sql, tsv, with_columns

from .conftest import Raw

NASTY = "a\"b'c\\d\\\\n\n\r\n\te|f%s%%;--\x1b[2J\x00\x1a\x08\x7f\x85`?é漢🙂 "
DOLT = {
    "id": "INT PRIMARY KEY",
    "virt": "INT GENERATED ALWAYS AS (id + 1) VIRTUAL",
    "i8": "TINYINT",
    "i64": "BIGINT",
    "u64": "BIGINT UNSIGNED",
    "flag": "BOOLEAN",
    "b1": "BIT(1)",
    "b63": "BIT(63)",
    "f": "FLOAT",
    "d": "DOUBLE",
    "dc": "DECIMAL(65,30)",
    "c": "CHAR(9)",
    "v": "VARCHAR(99)",
    "t": "LONGTEXT",
    "bin": "BINARY(16)",
    "vb": "VARBINARY(20)",
    "bl": "LONGBLOB",
    "e": "ENUM('a','b''c')",
    "s": "SET('x','y z','w''')",
    "dt": "DATE",
    "dtm": "DATETIME(6)",
    "ts": "TIMESTAMP(3) NULL",
    "tm": "TIME(6)",
    "yr": "YEAR",
    "j": "JSON",
    "g": "GEOMETRY",
    "pt": "POINT",
    "ls": "LINESTRING",
    "pl": "POLYGON",
    "mp": "MULTIPOINT",
    "ml": "MULTILINESTRING",
    "mpl": "MULTIPOLYGON",
    "gc": "GEOMETRYCOLLECTION",
    "vec": "VECTOR(3)",
    "odd `n\"a'me%s": "VARCHAR(9)",
    "sto": "INT GENERATED ALWAYS AS (id * 2) STORED",
}
DOLT_ROWS: list[dict[str, object]] = [
    {"i8": -128, "i64": -(2**63), "u64": 2**64 - 1, "flag": 1, "b1": 1, "b63": 2**63 - 1, "f": 0.1, "d": 1e-300},
    {"f": 3.4e38, "d": 0.1 + 0.2, "dc": "-" + "9" * 35 + "." + "1" * 30, "c": " x", "v": NASTY, "t": NASTY * 99},
    {"bin": bytes(range(16)), "vb": b"'\x00\\\xff", "bl": b"", "e": "b'c", "s": "y z,w'", "v": "", "t": "NULL"},
    {"dt": "0001-01-01", "dtm": "9999-12-31 23:59:59.999999", "ts": "2026-01-31 12:00:00.123", "tm": "-838:59:59"},
    {"tm": "12:00:00.000001", "yr": 1999, "bin": b"", "vb": b"", "j": "null"},
    {"j": '{"a": [1.0, 1e100, 12345678901234567890, "\\"\\\\\\n\\u0000é"], "b\'": null}', "odd `n\"a'me%s": "x'`\""},
    {},
]
GEOMETRIES = {
    "g": "ST_GeomFromText('POINT(0.1 0.30000000000000004)', 4326)",
    "pt": "ST_GeomFromText('POINT(1e-10 -2)', 3857)",
    "ls": "ST_GeomFromText('LINESTRING(0 0, 1 1)')",
    "pl": "ST_GeomFromText('POLYGON((0 0,0 1,1 1,0 0))', 4326)",
    "mp": "ST_GeomFromText('MULTIPOINT(0 0, 1 2)')",
    "ml": "ST_GeomFromText('MULTILINESTRING((0 0, 1 2))', 4326)",
    "mpl": "ST_GeomFromText('MULTIPOLYGON(((0 0,0 1,1 1,0 0)))')",
    "gc": "ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 2))', 4326)",
    "vec": "STRING_TO_VECTOR('[0.1,1e-20,3.4e38]')",
}
LITE = {
    "id": "INTEGER PRIMARY KEY",
    "virt": "INT GENERATED ALWAYS AS (id + 1) VIRTUAL",
    "i": "INTEGER",
    "r": "REAL",
    "n": "NUMERIC",
    "t": "TEXT",
    "b": "BLOB",
    "a": "",
    "d": "DATE",
    "odd `n\"a'me%s": "VARCHAR(9)",
    "sto": "INT GENERATED ALWAYS AS (id * 2) STORED",
}
LITE_ROWS: list[dict[str, object]] = [
    {"i": -(2**63), "r": 1e-300, "n": 1.5, "t": NASTY, "b": b"\x00'\xff", "a": "1", "d": "2020-01-02"},
    {"i": 2**63 - 1, "r": 0.1 + 0.2, "n": 7, "t": "", "b": b"", "a": 1, "odd `n\"a'me%s": "x'`\""},
    {"r": float("inf"), "n": "text", "t": "NULL", "b": "text", "a": b"1", "i": 2.5},
    {"t": "two\nlines", "r": 1.0},
    {},
]


def made(raw: Raw, table: str) -> list[str]:
    """Make a table of every type; its columns."""
    columns = DOLT if raw.dolt else LITE
    body = ", ".join(f"{raw.quote(name)} {kind}" for name, kind in columns.items())
    raw.run(f"CREATE TABLE {raw.quote(table)} ({body})")
    return [*columns]


def stored(raw: Raw, table: str, names: list[str]) -> list[tuple[object, ...]]:
    """The rows as the engine holds them, to the last bit."""
    if raw.dolt:
        exact = [f"HEX({raw.quote(name)})" for name in names if name not in ("tm", "j")]
        typed = [raw.quote(name) for name in names if name in ("f", "d", "dc", "tm", "j")]
        select = ", ".join(exact + typed)
    else:
        select = ", ".join(f"quote({raw.quote(name)}), typeof({raw.quote(name)})" for name in names)
    return raw.rows(f"SELECT {select} FROM {raw.quote(table)} ORDER BY id")


@pytest.fixture
def everything(raw: Raw) -> Raw:
    made(raw, "ev`ery\"thing's")
    table = raw.quote("ev`ery\"thing's")
    rows = DOLT_ROWS if raw.dolt else LITE_ROWS
    for number, row in enumerate(rows):
        columns = ["id", *row]
        marks = ", ".join("?" * len(columns))
        names = ", ".join(map(raw.quote, columns))
        raw.rows(f"INSERT INTO {table} ({names}) VALUES ({marks})", number, *row.values())
    if raw.dolt:
        raw.run(
            f"INSERT INTO {table} (id, {', '.join(GEOMETRIES)}) VALUES (99, {', '.join(GEOMETRIES.values())})",
        )
    return raw


def copy(repository: Repository, table: str) -> Copied:
    page = repository.rows.page("main", Query(table), 100)
    names = tuple(column.name for column in page.columns)
    return with_columns(Copied(table, names, page.rows, repository.info.traits.sql), page.columns)


def test_sql_replays(everything: Raw, repository: Repository) -> None:
    raw, source = everything, "ev`ery\"thing's"
    names = [*(DOLT if raw.dolt else LITE)]
    text = sql(copy(repository, source))
    raw.run(f"ALTER TABLE {raw.quote(source)} RENAME TO original")
    made(raw, source)
    raw.run(text)
    before, after = stored(raw, "original", names), stored(raw, source, names)
    assert len(before) == len(DOLT_ROWS) + 1 if raw.dolt else len(LITE_ROWS)
    for one, other in zip(before, after, strict=True):
        assert one == other
    for character in "\x00\x07\x1b\r\x7f":
        assert character not in text  # a terminal would act on it where the text is pasted


def test_sql_of_changes_replays(everything: Raw, repository: Repository) -> None:
    """A column that only the older side has is not inserted, nor is what the table computes."""
    raw = everything
    table = raw.quote("ev`ery\"thing's")
    raw.commit()
    raw.run(f"ALTER TABLE {table} ADD COLUMN extra VARCHAR(9)", f"UPDATE {table} SET extra = 'x' WHERE id < 2")
    page = repository.diffs.page("main", DiffQuery("ev`ery\"thing's", "HEAD", "WORKING"), 10)
    assert {column.name for column in page.columns} >= {"extra", "virt", "sto"}
    columns: tuple[ColumnInfo, ...] = repository.tables.schema("main", "ev`ery\"thing's").columns
    rows = tuple(change.new for change in page.rows if change.new is not None)
    copied = Copied("ev`ery\"thing's", tuple(c.name for c in page.columns), rows, repository.info.traits.sql)
    names = [*(DOLT if raw.dolt else LITE), "extra"]
    before = stored(raw, "ev`ery\"thing's", names)
    raw.run(f"DELETE FROM {table} WHERE id < 2")
    raw.run(sql(with_columns(copied, columns)))
    assert stored(raw, "ev`ery\"thing's", names) == before


def test_other_formats_hold_the_values(everything: Raw, repository: Repository) -> None:
    copied = copy(repository, "ev`ery\"thing's")
    at = copied.columns.index("t")
    texts = [row[at] for row in copied.rows]
    assert NASTY in texts or NASTY * 99 in texts
    read = list(csv.reader(io.StringIO(comma_separated(copied), newline=""), strict=True))
    assert [row[at] for row in read[1:]] == [text or "" for text in texts]
    assert [row[copied.columns[at]] for row in json.loads(as_json(copied))] == texts
    undone = {"\\N": None}
    lines = [line.split("\t")[at] for line in tsv(copied).split("\n")[1:]]
    signs = {"t": "\t", "n": "\n", "r": "\r", "0": "\0", "\\": "\\"}
    plain = []
    for line in lines:
        parts, escaped = [], False
        for character in line:
            parts.append(signs[character] if escaped and line != "\\N" else "" if character == "\\" else character)
            escaped = character == "\\" and not escaped
        plain.append(undone.get(line, "".join(parts)))
    assert plain == texts
