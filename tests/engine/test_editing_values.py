"""Values of every type: what is typed is what is stored, what is stored can be edited, and nothing is rounded."""

from __future__ import annotations

import datetime as dt
import json
import struct
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from dolt_tui.engine.browsing.query import Query
from dolt_tui.engine.editing.cell_values import format_value, parse
from dolt_tui.engine.editing.draft import Draft, same
from dolt_tui.engine.editing.numbers_and_dates import shortest
from dolt_tui.engine.errors import InvalidValue
from dolt_tui.engine.model import Editable, SqlStyle, Value
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt, RawLite
from .test_reading_types import KEYS

Texts = some.text(some.characters(exclude_categories=["Cs"]), max_size=12)
Days = some.dates(dt.date(1, 1, 1)) | some.just("0000-00-00") | some.just("0000-02-29")
HOURS = dt.timedelta(hours=838, minutes=59, seconds=59)


def decimals(digits: int, scale: int) -> some.SearchStrategy[Any]:
    most = 10**digits - 1
    return some.integers(-most, most).map(lambda number: Decimal(f"{number}E-{scale}"))


def single(number: float) -> float:
    return shortest(struct.unpack("f", struct.pack("f", number))[0])


def moments(precision: int, least: dt.datetime, most: dt.datetime) -> some.SearchStrategy[Any]:
    unit = 10 ** (6 - precision)
    return some.datetimes(least, most).map(lambda one: one.replace(microsecond=one.microsecond // unit * unit))


FIRST, LAST = dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31, 23, 59, 59)
NUMBERS = some.floats(allow_nan=False, allow_infinity=False)
SINGLES = some.floats(allow_nan=False, allow_infinity=False, width=32).map(single)
SHORT = some.floats(-(2.0**126), 2.0**126, width=32).map(single)
JSON = some.recursive(
    some.none() | some.booleans() | some.integers(-(2**53), 2**53) | Texts,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(Texts, inner, max_size=3),
    max_leaves=6,
)
COORDINATE = some.integers(-90, 90) | some.sampled_from(["0.5", "-12.125", "1e+300"])
POINT = some.tuples(COORDINATE, COORDINATE).map(lambda point: f"{point[0]} {point[1]}")
DOLT: dict[str, some.SearchStrategy[Any]] = {
    "TINYINT": some.integers(-128, 127),
    "TINYINT(1)": some.integers(-128, 127),
    "SMALLINT UNSIGNED": some.integers(0, 65535),
    "MEDIUMINT": some.integers(-(2**23), 2**23 - 1),
    "BIGINT": some.integers(-(2**63), 2**63 - 1),
    "BIGINT UNSIGNED": some.integers(0, 2**64 - 1),
    "DECIMAL(5,2)": decimals(5, 2),
    "DECIMAL(65,30)": decimals(65, 30),
    "DECIMAL(10)": decimals(10, 0),
    "FLOAT": SINGLES,
    "DOUBLE": NUMBERS,
    "BIT(7)": some.integers(0, 127),
    "BIT(64)": some.integers(0, 2**64 - 1),
    "YEAR": some.integers(1901, 2155) | some.just(0),
    "CHAR(12)": Texts,
    "VARCHAR(12) COLLATE utf8mb4_0900_ai_ci": Texts,
    "TEXT": Texts.map(lambda text: f" {text}\r\n{text} \n"),
    "TINYTEXT": Texts,
    "ENUM('a b','it''s',',','É')": some.sampled_from(["a b", "it's", ",", "É"]),
    "SET('x','y y','ü')": some.sampled_from(["", "x", "x,ü", "x,y y,ü"]),
    "DATE": Days,
    "DATETIME": moments(0, FIRST, LAST) | some.just("0000-00-00 00:00:00"),
    "DATETIME(3)": moments(3, FIRST, LAST) | some.just("0000-01-01 00:00:01.500"),
    "TIMESTAMP(6)": moments(6, dt.datetime(1970, 1, 1, 0, 0, 1), dt.datetime(2038, 1, 19, 3, 14, 7)),
    "TIME": some.timedeltas(-HOURS, HOURS),
    "BINARY(4)": some.binary(max_size=4).map(lambda value: value.ljust(4, b"\0")),
    "VARBINARY(8)": some.binary(max_size=8),
    "BLOB": some.binary(max_size=40),
    "JSON": JSON.map(lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":"))),
    "GEOMETRY": POINT.map(lambda point: f"POINT({point})"),
    "POINT": some.just("SRID=4326;POINT(12.5 -45)"),
    "LINESTRING": some.lists(POINT, min_size=2, max_size=3).map(lambda points: f"LINESTRING({','.join(points)})"),
    "VECTOR(2)": some.tuples(SHORT, SHORT).map(
        lambda pair: f"[{', '.join(format(Decimal(repr(abs(one) and one)).normalize(), 'f') for one in pair)}]"
    ),
}
ANYTHING = some.one_of(
    Texts,
    some.integers(-(2**63), 2**63 - 1),
    some.floats(allow_nan=False),
    some.binary(max_size=6),
    some.sampled_from(["12", "1.0", "'", "'x'", "x'00'", "\\x'00'", "\\\\x''", "0x12", "9e999", " 7 ", "1e5"]),
    some.sampled_from(["2020-01-31", "2020-1-3", "2020-01-31 10:00", "14:05", "now", "true", "null", '{"a":1}']),
)
LITE = ["", "INTEGER", "TEXT", "BLOB", "REAL", "DECIMAL(10,2)", "BOOLEAN", "DATE", "DATETIME", "TIME", "JSON", "ANY"]


def round_trip(raw: Raw, repository: Repository, table: Editable, rows: list[dict[str, Value]]) -> None:
    """Rows are written by a draft, and what is read of them is formatted, parsed, and written again: all is equal."""
    raw.run("DELETE FROM t")
    draft, _ = Draft().add_rows(table, [{"id": number, **row} for number, row in enumerate(rows)])
    written = repository.edits.write("main", draft)
    found = [row for _, row in written.rows if row is not None]
    for values, row in zip(rows, found, strict=True):
        for name, value in values.items():
            column = table.column(name)
            if row[name] is None:
                assert value is None
                continue
            if column.type == "json":
                assert json.loads(row[name]) == json.loads(value)
            elif column.type.startswith("VECTOR"):
                assert list(map(single, json.loads(row[name]))) == list(map(single, json.loads(value)))
            elif table.style is SqlStyle.MYSQL:
                assert same(row[name], value), (column.type, value, row[name])
            text = format_value(row[name], column, table.style)
            again = parse(text, column, table.style)
            assert same(again, row[name]), (column.type, row[name], text, again)
    raw.run("DELETE FROM t")
    draft, _ = Draft().add_rows(table, found)
    again_written = repository.edits.write("main", draft)
    for one, other in zip(found, [row for _, row in again_written.rows], strict=True):
        assert other is not None
        assert all(same(value, other[name]) for name, value in one.items()), (one, other)


def test_every_type_of_dolt(dolt: RawDolt, opened: Open) -> None:
    columns = {f"c{number}": kind for number, kind in enumerate(DOLT)}
    dolt.run(f"CREATE TABLE t (id INT PRIMARY KEY, {', '.join(f'{name} {kind}' for name, kind in columns.items())})")
    repository = opened(dolt)
    table = repository.edits.editable("main", "t")
    row = some.fixed_dictionaries({name: some.none() | DOLT[kind] for name, kind in columns.items()})

    @settings(
        max_examples=6,
        deadline=None,
        report_multiple_bugs=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(some.lists(row, min_size=1, max_size=12))
    def check(rows: list[dict[str, Value]]) -> None:
        for given_row in rows:
            for name, value in given_row.items():
                if value is not None:
                    column = table.column(name)
                    assert same(parse(format_value(value, column, table.style), column, table.style), value), column
        round_trip(dolt, repository, table, rows)

    check()


def test_texts_that_their_collation_takes_for_the_same(dolt: RawDolt, opened: Open) -> None:
    collation = "COLLATE utf8mb4_0900_ai_ci"
    dolt.run(
        f"CREATE TABLE t (w VARCHAR(9) {collation} PRIMARY KEY, u VARCHAR(9) {collation} UNIQUE, p TEXT {collation},"
        " n INT NOT NULL, twice INT AS (n * 2))",
        "INSERT INTO t (w, u, p, n) VALUES ('key', 'one', 'text', 1), ('other', 'two', 'text', 1)",
        "UPDATE t SET p = 'TEXT' WHERE w = 'key'",
    )
    assert dolt.rows("SELECT p FROM t WHERE w = 'key'") == [("text",)], "Dolt writes it itself: no need for our own way"
    repository = opened(dolt)
    table = repository.edits.editable("main", "t")
    row, other = repository.edits.rows("main", table, [("key",), ("other",)])
    assert row is not None
    assert other is not None
    draft = Draft().set_cells(table, [(row, {"w": "KEY", "p": "TÉXT"}), (other, {"u": "Two", "n": 2})])
    repository.edits.write("main", draft)
    assert dolt.rows("SELECT * FROM t ORDER BY n") == [("KEY", "one", "TÉXT", 1, 2), ("other", "Two", "text", 2, 4)]


def test_every_affinity_of_doltlite(lite: RawLite, opened: Open) -> None:
    columns = {f"c{number}": kind for number, kind in enumerate(LITE)}
    lite.run(f"CREATE TABLE t (id INTEGER PRIMARY KEY, {', '.join(f'{n} {k}' for n, k in columns.items())})")
    repository = opened(lite)
    table = repository.edits.editable("main", "t")
    row = some.fixed_dictionaries({name: some.none() | ANYTHING for name in columns})

    @settings(
        max_examples=10,
        deadline=None,
        report_multiple_bugs=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(some.lists(row, min_size=1, max_size=12))
    def check(rows: list[dict[str, Value]]) -> None:
        round_trip(lite, repository, table, rows)
        lite.run("DELETE FROM t")
        for given_row in rows:  # what is typed is what is stored
            typed = {}
            for name, value in given_row.items():
                try:
                    typed[name] = parse(str(value), table.column(name), table.style)
                except InvalidValue:
                    continue
            draft, _ = Draft().add_row(table, {"id": 1, **typed})
            ((_, stored),) = repository.edits.write("main", draft).rows
            assert stored is not None
            assert all(same(stored[name], value) for name, value in typed.items()), (typed, stored)
            lite.run("DELETE FROM t")

    check()


def test_rows_are_found_by_keys_of_every_type(dolt: RawDolt, opened: Open) -> None:
    """A draft of one row in each of many tables, whose keys compare in their own ways; the same keys as texts."""
    repository = opened(dolt)
    edits, draft = repository.edits, Draft()
    for number, (kind, literal, _) in enumerate(KEYS):
        dolt.run(
            f"CREATE TABLE t{number} (k {kind}, n INTEGER, v INTEGER, PRIMARY KEY (n, k))",
            f"CREATE TABLE s{number} (k {kind} PRIMARY KEY, v INTEGER)",
            f"INSERT INTO t{number} VALUES ({literal}, 1, 1)",
            f"INSERT INTO s{number} VALUES ({literal}, 1)",
        )
    tables = [edits.editable("main", f"{name}{number}") for number in range(len(KEYS)) for name in "ts"]
    for table in tables:
        rows = repository.rows.page("main", Query(table.table), 9)
        row = dict(zip((column.name for column in rows.columns), rows.rows[0], strict=True))
        assert edits.rows("main", table, [table.key_of(row)]) == (row,), table.columns
        draft = draft.set_cell(table, row, "v", 2)
    assert edits.check("main", draft) == ()
    texts = [str(statement) for statement in draft.statements()]
    written = edits.write("main", draft)
    assert [row["v"] for _, row in written.rows if row is not None] == [2] * len(tables)
    dolt.run(*(f"UPDATE {table.table} SET v = 1" for table in tables))
    dolt.run(*texts)
    assert [dolt.scalar(f"SELECT v FROM {table.table}") for table in tables] == [2] * len(tables)
    draft = Draft()
    for table, (_, now) in zip(tables, written.rows, strict=True):
        assert now is not None
        draft = draft.remove(table, [now])
    edits.write("main", draft)
    assert [dolt.scalar(f"SELECT count(*) FROM {table.table}") for table in tables] == [0] * len(tables)
