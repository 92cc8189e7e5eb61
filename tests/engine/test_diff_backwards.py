"""A diff gone through backwards is the diff gone through forwards, whatever its keys and filters."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dolt_tui.engine.browsing.diff_backward import key_above
from dolt_tui.engine.browsing.query import DiffFilter, DiffQuery
from dolt_tui.engine.core.cancellation import Cancellation
from dolt_tui.engine.core.settings import ReadSettings
from dolt_tui.engine.errors import Cancelled
from dolt_tui.engine.model import (
    HEAD,
    LAST,
    STAGED,
    WORKING,
    ChangeKind,
    Cursor,
    DiffPage,
    RowChange,
    following,
    preceding,
)
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt

A, M, R = ChangeKind.ADDED, ChangeKind.MODIFIED, ChangeKind.REMOVED
NONE: frozenset[ChangeKind] = frozenset()
KINDS = st.frozensets(st.sampled_from([A, M, R]))
CONDITIONS = ["", "to_n = 1 OR from_n = 1", "coalesce(to_a, from_a) % 2 = 0"]
ROWS = st.dictionaries(
    st.tuples(st.integers(-2, 5), st.sampled_from(["", "a", "A", "é", "\\", "'%`\""])), st.integers(0, 2), max_size=16
)


def forwards(
    repository: Repository,
    size: int,
    *,
    table: str = "t",
    old: str = HEAD,
    new: str = WORKING,
    kinds: frozenset[ChangeKind] = NONE,
    where: str = "",
    column: str = "",
) -> list[RowChange]:
    rows: list[RowChange] = []
    query = DiffQuery(table, old, new, DiffFilter(kinds, where, column))
    page = repository.diffs.page("main", query, size)
    assert page.first
    while True:
        rows += page.rows
        if not page.more:
            return rows
        assert page.after is not None
        page = repository.diffs.page("main", query, size, following(page.after))
        assert not page.first


def backwards(
    repository: Repository,
    size: int,
    *,
    table: str = "t",
    old: str = HEAD,
    new: str = WORKING,
    kinds: frozenset[ChangeKind] = NONE,
    where: str = "",
    column: str = "",
) -> list[RowChange]:
    rows: list[RowChange] = []
    query = DiffQuery(table, old, new, DiffFilter(kinds, where, column))

    def read(before: Cursor | None = None) -> DiffPage:
        return repository.diffs.page("main", query, size, preceding(before))

    page = read()
    assert not page.more
    assert page.after is None
    while True:
        rows = [*page.rows, *rows]
        assert page.first == (page.before is None)
        if page.first:
            return rows
        assert len(page.rows) == size
        page = read(page.before)
        assert page.more


@pytest.fixture
def least() -> int:
    """The fewest rows of a step; parameters of tests replace it."""
    return 200


@pytest.fixture(params=["(a, b)", "(b, a)", ""], ids=["a-b", "b-a", "keyless"])
def table(raw: Raw, opened: Open, request: pytest.FixtureRequest, least: int) -> tuple[Raw, Repository]:
    """An empty table t(a, n, b) with a composite key, or with none."""
    key = f", PRIMARY KEY {request.param}" if request.param else ""
    raw.run(f"CREATE TABLE t (a INTEGER, n INTEGER, b VARCHAR(9){key})")
    raw.commit()
    return raw, opened(raw, reading=ReadSettings(least_step=least))


def fill(repository: Repository, rows: dict[tuple[int, str], int]) -> None:
    statements: list[tuple[str, tuple[object, ...]]] = [("DELETE FROM t", ())]
    statements += [("INSERT INTO t VALUES (?, ?, ?)", (a, n, b)) for (a, b), n in rows.items()]
    repository.run("main", statements)


@pytest.mark.parametrize("least", [1, 200])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    old=ROWS,
    new=ROWS,
    size=st.integers(1, 5),
    kinds=KINDS,
    where=st.sampled_from(CONDITIONS),
    column=st.sampled_from(["", "", "n"]),
)
def test_backwards_is_forwards(
    table: tuple[Raw, Repository],
    least: int,
    old: dict[tuple[int, str], int],
    new: dict[tuple[int, str], int],
    size: int,
    kinds: frozenset[ChangeKind],
    where: str,
    column: str,
) -> None:
    raw, repository = table
    fill(repository, old)
    raw.call("dolt_commit", "--allow-empty", "-A", "-m", "before")
    fill(repository, new)
    expected = forwards(repository, 1000, kinds=kinds, where=where, column=column)
    assert forwards(repository, size, kinds=kinds, where=where, column=column) == expected
    assert backwards(repository, size, kinds=kinds, where=where, column=column) == expected


@pytest.fixture
def long(raw: Raw, opened: Open, request: pytest.FixtureRequest) -> tuple[Raw, Repository]:
    """A committed table t(a, n, b) of 6,000 rows."""
    raw.run("CREATE TABLE t (a INTEGER PRIMARY KEY, n INTEGER, b VARCHAR(9))")
    for low in range(0, 6000, 1000):
        rows = ", ".join(f"({a * 3}, {a % 7}, 'x{a % 11}')" for a in range(low, low + 1000))
        raw.run(f"INSERT INTO t VALUES {rows}")
    raw.commit()
    return raw, opened(raw)


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        (["UPDATE t SET n = 9"], 6000),
        pytest.param(["DELETE FROM t"], 6000, marks=pytest.mark.long),
        pytest.param(
            ["DELETE FROM t WHERE a >= 3000", "UPDATE t SET n = 9 WHERE a < 30"], 5010, marks=pytest.mark.long
        ),
        (["DELETE FROM t WHERE a < 3000", "UPDATE t SET n = 9 WHERE a > 17900"], 1033),
        (["UPDATE t SET n = 9 WHERE a IN (0, 3, 9000, 17997)"], 4),
        (["UPDATE t SET n = 9 WHERE a < 2400"], 800),
        (["DELETE FROM t WHERE a % 2 = 0", "UPDATE t SET n = 9 WHERE a % 90 = 3"], 3200),
        (["UPDATE t SET n = 9 WHERE a % 150 = 0", "INSERT INTO t VALUES (1, 1, 'y'), (99999, 1, 'y')"], 122),
    ],
)
def test_changes_that_lie_together_or_far_apart(long: tuple[Raw, Repository], changes: list[str], number: int) -> None:
    raw, repository = long
    raw.run(*changes)
    expected = forwards(repository, 10_000)
    assert len(expected) == number
    for size in (40, 300):
        assert backwards(repository, size) == expected
    removed = [row for row in expected if row.kind is R]
    assert backwards(repository, 500, kinds=frozenset({R})) == removed
    some = [row for row in expected if (row.new or row.old or ())[0] % 5 == 0]
    assert backwards(repository, 30, where="coalesce(to_a, from_a) % 5 = 0") == some


def test_the_middle_meets_from_both_sides(long: tuple[Raw, Repository]) -> None:
    raw, repository = long
    raw.run("UPDATE t SET n = 9 WHERE a % 2 = 1", "DELETE FROM t WHERE a % 4 = 0")
    first = repository.diffs.page("main", DiffQuery("t", HEAD, WORKING), 50)
    assert first.before is None
    second = repository.diffs.page("main", DiffQuery("t", HEAD, WORKING), 50, following(first.after))
    again = repository.diffs.page("main", DiffQuery("t", HEAD, WORKING), 50, preceding(second.before))
    assert (again.rows, again.first, again.more, again.after) == (first.rows, True, True, first.after)
    if raw.dolt:
        assert second.cursor(second.rows[0]) == second.before
        assert second.cursor(second.rows[-1]) == second.after
        assert second.order == (0,)
    else:
        assert (second.before, second.after, second.cursor(second.rows[0])) == (50, 100, None)
    rest = repository.diffs.page("main", DiffQuery("t", HEAD, WORKING), 20, preceding(again.before or first.after))
    assert rest.rows == first.rows[-21:-1] if raw.dolt else first.rows[-20:]


@pytest.mark.parametrize("place", ["staged", "unstaged", "commits"])
def test_any_two_sides(people: Raw, repository: Repository, place: str) -> None:
    people.run(*(f"INSERT INTO people VALUES ({number}, 'n{number}')" for number in range(10, 30)))
    people.commit()
    people.run("DELETE FROM people WHERE id IN (1, 2, 12, 28, 29)", "UPDATE people SET name = 'x' WHERE id IN (3, 15)")
    if place != "unstaged":
        people.call("dolt_add", "-A")
    if place == "commits":
        people.commit()
    old, new = {"staged": (HEAD, STAGED), "unstaged": (STAGED, WORKING), "commits": ("HEAD~1", "HEAD")}[place]
    found = backwards(repository, 2, table="people", old=old, new=new)
    assert found == forwards(repository, 100, table="people", old=old, new=new)
    assert [(row.new or row.old or ())[0] for row in found] == [1, 2, 3, 12, 15, 28, 29]


@pytest.mark.parametrize("least", [1, 200])
def test_tables_that_are_on_one_side(people: Raw, opened: Open, least: int) -> None:
    repository = opened(people, reading=ReadSettings(least_step=least))
    people.run("CREATE TABLE fresh (id INTEGER PRIMARY KEY)", "INSERT INTO fresh VALUES (1), (2), (3)")
    people.run("DROP TABLE people")
    assert [row.new for row in backwards(repository, 1, table="fresh")] == [(1,), (2,), (3,)]
    assert [row.old for row in backwards(repository, 1, table="people")] == [(1, "Ann"), (2, "Bob"), (3, "Cid")]
    people.run("CREATE TABLE none (id INTEGER PRIMARY KEY)")
    assert backwards(repository, 1, table="none") == []


def test_a_renamed_table(people: Raw, opened: Open) -> None:
    repository = opened(people, reading=ReadSettings(least_step=1))
    people.run(*(f"INSERT INTO people VALUES ({number}, 'n{number}')" for number in range(10, 40)))
    people.commit()
    people.run("ALTER TABLE people RENAME TO folk", "DELETE FROM folk WHERE id > 2")
    found = backwards(repository, 4, table="folk")
    assert found == forwards(repository, 100, table="folk")
    assert len(found) == (31 if people.dolt else 2)


@pytest.mark.parametrize(
    "kind",
    [
        "BIGINT UNSIGNED",
        "DECIMAL(20,5)",
        "VARCHAR(20) COLLATE utf8mb4_0900_ai_ci",
        "VARCHAR(20) COLLATE utf8mb4_0900_bin",
        "CHAR(9)",
        "VARBINARY(20)",
        "BINARY(3)",
        "DATE",
        "DATETIME(6)",
        "TIMESTAMP",
        "TIME(6)",
        "YEAR",
        "ENUM('b','a','C','ä')",
        "SET('b','a','c')",
        "BIT(9)",
        "FLOAT",
        "DOUBLE",
        "BOOLEAN",
    ],
)
def test_keys_of_all_types(dolt: RawDolt, opened: Open, kind: str) -> None:
    chosen = random.Random(5)
    values: list[str] = []
    for number in range(1, 31):
        if kind.startswith(("VARCHAR", "CHAR")):
            values.append(f"'{chosen.choice('aAbBzéß')}{number}'")
        elif kind.endswith(("BINARY(20)", "BINARY(3)")):
            values.append(f"x'{number * 8:02x}{255 - number:02x}'")
        elif kind.startswith(("DATETIME", "TIMESTAMP")):
            values.append(f"'2020-01-01 00:00:{number:02}{'.00000' + str(number % 7) if '(6)' in kind else ''}'")
        elif kind == "DATE":
            values.append(f"'2020-01-{number:02}'")
        elif kind == "TIME(6)":
            values.append(f"'{'-' if number % 2 else ''}00:{number:02}:01.5'")
        elif kind == "YEAR":
            values.append(f"{1980 + number}")
        elif kind in ("FLOAT", "DOUBLE", "DECIMAL(20,5)"):
            values.append(f"{number} / 7")
        elif kind.startswith(("ENUM", "SET", "BOOLEAN")):
            values.append(f"{min(number, 4 if kind.startswith('ENUM') else 7) - (kind == 'BOOLEAN')}")
        else:
            values.append(f"{number * 5}")
    values = list(dict.fromkeys(values))
    dolt.run(f"CREATE TABLE t (k {kind}, v INTEGER, i INTEGER, PRIMARY KEY (k, i))")
    dolt.run("INSERT INTO t VALUES " + ", ".join(f"({value}, 0, {i})" for value in values for i in (1, 2, 3)))
    dolt.commit()
    dolt.run("DELETE FROM t WHERE i = 2", "UPDATE t SET v = 1 WHERE i = 3")
    repository = opened(dolt, reading=ReadSettings(least_step=1))
    expected = forwards(repository, 1000)
    assert len(expected) == 2 * len(values)
    for size in (1, 4):
        assert forwards(repository, size) == expected
        assert backwards(repository, size) == expected


def test_the_key_so_many_rows_above(dolt: RawDolt, opened: Open) -> None:
    dolt.run("CREATE TABLE t (a INTEGER, v INTEGER, b VARCHAR(9), c INTEGER, PRIMARY KEY (c, b, a))")
    keys = [(c, b, a) for c in (1, 2, 3) for b in "xy" for a in (1, 2, 5)]
    dolt.run("INSERT INTO t VALUES " + ", ".join(f"({a}, 0, '{b}', {c})" for c, b, a in keys))
    columns = {column.name: column for column in opened(dolt).tables.schema("main", "t").columns}
    ordered = [columns[name] for name in "cba"]
    with opened(dolt)._connections.read("main") as session:
        for width in (1, 2, 4, 9, 17, 18, 19):
            for below, key in [(len(keys), None), *enumerate(keys)]:
                expected = keys[below - width] if below >= width else None
                assert key_above(session, "t", (), ordered, key, width) == expected


def test_a_key_that_is_not_exact_pages_by_number(dolt: RawDolt, opened: Open) -> None:
    dolt.run("CREATE TABLE t (k FLOAT PRIMARY KEY, v INTEGER)")
    dolt.commit()
    dolt.run("INSERT INTO t VALUES (0.1, 1), (0.2, 1), (0.3, 1)")
    page = opened(dolt).diffs.page("main", DiffQuery("t", HEAD, WORKING), 2, LAST)
    assert (page.before, page.order) == (1, ())


def test_cancelled(long: tuple[Raw, Repository]) -> None:
    raw, repository = long
    raw.run("UPDATE t SET n = 9")
    cancellation = Cancellation()
    cancellation.cancel()
    with cancellation, pytest.raises(Cancelled):
        repository.diffs.page("main", DiffQuery("t", HEAD, WORKING), 5, LAST)
