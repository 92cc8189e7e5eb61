"""Pages by key on both engines: with NULLs, a composite key, an index: every way through a table gives its order."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dolt_tui.engine.browsing.query import Query
from dolt_tui.engine.model import FIRST, LAST, After, Before, Page, Position, following, preceding
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw

Row = tuple[int | None, int, int]

ROWS = st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 3)), st.none() | st.integers(0, 2), max_size=12)


@pytest.fixture(params=["", "CREATE INDEX by_v ON t (v)"], ids=["no index", "an index"])
def table(raw: Raw, opened: Open, request: pytest.FixtureRequest) -> Repository:
    """An empty table t(v, a, b) with the key (b, a)."""
    raw.run("CREATE TABLE t (v INTEGER, a INTEGER, b INTEGER, PRIMARY KEY (b, a))", *filter(None, [request.param]))
    raw.commit()
    return opened(raw)


def place(row: Row, sort: str | None) -> tuple[object, ...]:
    """Where a row belongs in ascending order."""
    value, a, b = row
    return ((value is not None, value or 0) if sort else (), b, a)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=ROWS,
    size=st.integers(1, 5),
    sort=st.sampled_from([None, "v"]),
    descending=st.booleans(),
    where=st.sampled_from(["", "a <> 1 OR v = 1"]),
)
def test_pages_in_both_directions(
    table: Repository,
    rows: dict[tuple[int, int], int | None],
    size: int,
    sort: str | None,
    descending: bool,
    where: str,
) -> None:
    inserted = [("INSERT INTO t VALUES (?, ?, ?)", (value, *key)) for key, value in rows.items()]
    table.run("main", [("DELETE FROM t", ()), *inserted])
    query = Query("t", sort=sort, descending=descending, where=where)
    everything = [(value, *key) for key, value in rows.items()]
    expected = sorted(
        (row for row in everything if not where or row[1] != 1 or row[0] == 1),
        key=lambda row: place(row, sort),
        reverse=descending,
    )

    def page(position: Position) -> Page:
        return table.rows.page("main", query, size, position)

    forward, backward = list[object](), list[object]()
    there = page(FIRST)
    for _ in range(len(expected) + 1):
        forward += there.rows
        if not there.more:
            break
        there = page(following(there.after))
    here = page(LAST)
    for _ in range(len(expected) + 1):
        backward = [*here.rows, *backward]
        if here.first:
            break
        here = page(preceding(here.before))
    assert forward == expected
    assert backward == expected
    for row in expected:
        cursor = there.cursor(row)
        assert cursor is not None
        at = expected.index(row)
        assert list(page(After(cursor)).rows) == expected[at + 1 : at + 1 + size]
        assert list(page(Before(cursor)).rows) == expected[max(0, at - size) : at]
