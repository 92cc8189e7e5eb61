"""Whatever rows stand on either side: the pages of a diff, together, are exactly what changed."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dolt_tui.engine.browsing.query import DiffQuery, Query
from dolt_tui.engine.model import HEAD, WORKING, ChangeKind, following
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw

KEYS = st.tuples(st.integers(-2, 6), st.sampled_from(["", "a", "A", "aa", "b", "é", "'%`\"", "\\"]))
ROWS = st.dictionaries(KEYS, st.none() | st.text(max_size=4).filter(lambda text: "\0" not in text), max_size=9)


@pytest.fixture
def table(raw: Raw, opened: Open) -> tuple[Raw, Repository]:
    """A table t(a, v, b) with the key (b, a), empty."""
    raw.run("CREATE TABLE t (a INTEGER, v VARCHAR(30), b VARCHAR(9), PRIMARY KEY (b, a))")
    raw.commit()
    return raw, opened(raw)


def fill(repository: Repository, rows: dict[tuple[int, str], str | None]) -> None:
    statements: list[tuple[str, tuple[object, ...]]] = [("DELETE FROM t", ())]
    statements += [("INSERT INTO t VALUES (?, ?, ?)", (a, value, b)) for (a, b), value in rows.items()]
    repository.run("main", statements)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=ROWS, after=ROWS, size=st.integers(1, 6))
def test_pages_are_what_changed(
    table: tuple[Raw, Repository],
    before: dict[tuple[int, str], str | None],
    after: dict[tuple[int, str], str | None],
    size: int,
) -> None:
    raw, repository = table
    fill(repository, before)
    raw.call("dolt_commit", "--allow-empty", "-A", "-m", "before")
    fill(repository, after)
    expected = {
        (
            ChangeKind.ADDED if key not in before else ChangeKind.REMOVED if key not in after else ChangeKind.MODIFIED,
            (key[0], before[key], key[1]) if key in before else None,
            (key[0], after[key], key[1]) if key in after else None,
        )
        for key in before.keys() | after.keys()
        if key not in before or key not in after or before[key] != after[key]
    }
    found = []
    position = None
    for _ in range(len(expected) + 1):
        page = repository.diffs.page("main", DiffQuery("t", HEAD, WORKING), size, following(position))
        found += [(row.kind, row.old, row.new) for row in page.rows]
        position = page.after
        if not page.more:
            break
    assert len(found) == len(expected)
    assert set(found) == expected
    counts = repository.diffs.statistics("main", "t", HEAD, WORKING)
    assert (counts.total if counts else 0) == len(expected)

    rows: list[tuple[object, ...]] = []
    position = None
    for _ in range(len(after) + 1):
        rows_page = repository.rows.page("main", Query("t"), size, following(position))
        rows += rows_page.rows
        position = rows_page.after
        if not rows_page.more:
            break
    assert len(rows) == len(after)
    assert set(rows) == {(a, value, b) for (a, b), value in after.items()}
