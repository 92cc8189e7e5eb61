"""The value of a cell as a condition: exact for every type of both engines, in rows and in diffs."""

from __future__ import annotations

import pytest

from dolt_tui.engine.browsing.column_conditions import same_value
from dolt_tui.engine.browsing.query import Condition, DiffFilter, DiffQuery, Operator, Query
from dolt_tui.engine.errors import ColumnNotFound, InvalidFilter
from dolt_tui.engine.model import ABSENT, HEAD, WORKING, Value

from .conftest import Open, Raw

# A type, a value, and another one that is near, as each engine writes them.

CELLS = [
    ("INT", "0", "1"),
    ("BIGINT UNSIGNED", "18446744073709551615", "18446744073709551614"),
    ("DECIMAL(65,30)", "0.100000000000000000000000000001", "0.1"),
    ("FLOAT", "0.1", "0.10000001"),
    ("DOUBLE", "0.1", "0.1000000000000001"),
    ("BIT(64)", "18446744073709551615", "9223372036854775807"),
    ("YEAR", "2000", "0"),
    ("CHAR(9)", "'a '", "'a'"),
    ("VARCHAR(9)", "'It''s \\\\%_'", "'IT''s \\\\%_'"),
    ("VARCHAR(9) COLLATE utf8mb4_0900_ai_ci", "'É'", "'f'"),
    ("TEXT", "''", "' '"),
    ("ENUM('2','1')", "'2'", "'1'"),
    ("SET('x','y')", "''", "'x,y'"),
    ("DATE", "'2000-01-01'", "'0000-00-00'"),
    ("DATETIME(6)", "'2000-01-01 00:00:00.000001'", "'2000-01-01'"),
    ("TIMESTAMP(6)", "'2000-01-01 00:00:00.100000'", "'2000-01-01'"),
    ("TIME", "'-00:00:01.5'", "'00:00:01.5'"),
    ("BINARY(3)", "x'00'", "x'0001'"),
    ("BLOB", "x'25ff00'", "x'25ff'"),
    ("JSON", '\'{"b":[1,"é",null],"a":"1"}\'', '\'{"b":[1,"é",null],"a":1}\''),
    ("GEOMETRY", "ST_GeomFromText('POINT(0.1 2)')", "ST_GeomFromText('POINT(0.1 2)', 4326)"),
    ("VECTOR(2)", "STRING_TO_VECTOR('[0.1, 1]')", "STRING_TO_VECTOR('[0.1, 2]')"),
]
LITE_CELLS = [
    ("INTEGER", "1", "'1x'"),
    ("TEXT", "'5'", "'5.0'"),
    ("", "5", "'5'"),
    ("BLOB", "x'35'", "'5'"),
    ("REAL", "0.1", "0.1000000000000001"),
    ("NUMERIC", "9223372036854775807", "9223372036854775806"),
    ("ANY", "CAST(x'ff41' AS TEXT)", "CAST(x'fe41' AS TEXT)"),
    ("VARCHAR(9) COLLATE NOCASE", "'É'", "'f'"),
]


def test_the_value_of_a_cell(raw: Raw, opened: Open) -> None:
    """Each value that is read finds the rows that have it, and as another value all others, in rows and in diffs."""
    kinds = CELLS if raw.dolt else LITE_CELLS
    columns = [f"`to_c {at}`" for at in range(len(kinds))]
    defined = ", ".join(f"{name} {kind}" for name, (kind, *_) in zip(columns, kinds, strict=True))
    raw.run(
        f"CREATE TABLE t (id INTEGER PRIMARY KEY, {defined})",
        f"INSERT INTO t VALUES (1, {', '.join(one for _, one, _ in kinds)})",
        f"INSERT INTO t VALUES (2, {', '.join(other for _, _, other in kinds)})",
        f"INSERT INTO t VALUES (3, {', '.join('NULL' for _ in kinds)})",
        f"INSERT INTO t VALUES (4, {', '.join(one for _, one, _ in kinds)})",
    )
    head, repository = raw.commit(), opened(raw)
    raw.run("DELETE FROM t WHERE id = 4")
    style = repository.info.traits.sql
    page = repository.rows.page("main", Query("t", head), 9)

    def ids_of(query: Query) -> list[Value]:
        return [row[0] for row in repository.rows.page("main", query, 9).rows]

    rows = {row[0]: row for row in page.rows}
    for at, column in enumerate(page.columns[1:], 1):
        assert (rows[1][at], rows[3][at]) == (rows[4][at], None) != (rows[2][at], None), "what is to be told apart"
        condition = same_value(column, rows[1][at], style)
        assert ids_of(Query("t", head, conditions=(condition,))) == [1, 4], condition
        assert ids_of(Query("t", where=condition.typed)) == [1], condition
        condition = same_value(column, rows[1][at], style, other=True)
        assert ids_of(Query("t", head, conditions=(condition,))) == [2, 3], condition
        assert ids_of(Query("t", where=condition.typed)) == [2, 3], condition
        gone = tuple(same_value(column, rows[id_][at], style, prefix="from_") for id_ in (1, 2))
        for condition, number in zip(gone, (1, 0), strict=True):
            query = DiffQuery("t", HEAD, WORKING, DiffFilter(conditions=(condition,)))
            assert repository.diffs.count("main", query, 9) == number, condition
    for id_, other, expected in ((3, False, [3]), (3, True, [1, 2, 4]), (2, False, [2])):
        conditions = tuple(
            same_value(column, rows[id_][at], style, other=other) for at, column in enumerate(page.columns)
        )
        assert ids_of(Query("t", head, conditions=conditions[1:])) == expected
    folding = [column for column in page.columns if "COLLATE" in column.type.upper()]
    said = [str(same_value(column, "x", style)) for column in folding]
    assert said == [f"{column.name} = 'x' in upper or lower case" for column in folding]
    with pytest.raises(InvalidFilter, match="does not hold the value of id"):
        same_value(page.columns[0], ABSENT, style)
    with pytest.raises(ColumnNotFound, match="t has no column city"):
        repository.rows.page("main", Query("t", conditions=(Condition("city", Operator.NULL),)), 9)
