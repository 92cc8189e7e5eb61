"""The next and the previous row, change or commit that contains a text: as a search of the whole in Python has it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dolt_tui.engine.browsing import text_search
from dolt_tui.engine.browsing.query import DiffFilter, DiffQuery, Query
from dolt_tui.engine.core.cancellation import Cancellation
from dolt_tui.engine.core.settings import ReadSettings
from dolt_tui.engine.errors import Cancelled, EngineError, RefNotFound, TableNotFound
from dolt_tui.engine.model import (
    FIRST,
    HEAD,
    LAST,
    WORKING,
    After,
    Before,
    ChangeKind,
    Found,
    FoundCommit,
    LogFilter,
    Position,
    following,
)
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt

A, M, R = ChangeKind.ADDED, ChangeKind.MODIFIED, ChangeKind.REMOVED
Row = tuple[Any, ...]
WORDS = ["", "a", "ab", "b_c", "50%", "!", "é", "\\", "'", '"']
TEXTS = st.sampled_from(["a", "b", "_", "%", "!", "é", "\\", "'", "1", "10", "-", "0", "nowhere"])
ROWS = st.dictionaries(
    st.tuples(st.integers(-3, 12), st.sampled_from(["x", "y", "a"])), st.none() | st.sampled_from(WORDS), max_size=16
)


@pytest.fixture
def least() -> int:
    """The fewest rows of a step of a diff backwards; parameters of tests replace it."""
    return 200


@pytest.fixture(params=["(a, b)", "(b, a)", ""], ids=["a-b", "b-a", "keyless"])
def table(raw: Raw, opened: Open, request: pytest.FixtureRequest, least: int) -> tuple[Raw, Repository, str]:
    """An empty table t(a, w, b) with a composite key, or with none; and the key."""
    key = f", PRIMARY KEY {request.param}" if request.param else ""
    raw.run(f"CREATE TABLE t (a INTEGER, w VARCHAR(9), b VARCHAR(9){key})")
    raw.commit()
    return raw, opened(raw, reading=ReadSettings(least_step=least)), request.param


def fill(repository: Repository, rows: dict[tuple[int, str], str | None]) -> None:
    statements: list[tuple[str, tuple[object, ...]]] = [("DELETE FROM t", ())]
    statements += [("INSERT INTO t VALUES (?, ?, ?)", (a, w, b)) for (a, b), w in rows.items()]
    repository.run("main", statements)


def holds(values: Row | None, text: str) -> bool:
    return any(text in str(value) for value in values or () if value is not None)


def key_of(key: str, row: Row) -> Row:
    return {"(a, b)": (row[0], row[2]), "(b, a)": (row[2], row[0]), "": ()}[key]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, text=TEXTS, sort=st.sampled_from([None, "w", "a"]), descending=st.booleans(), chunk=st.integers(1, 5))
def test_rows(
    table: tuple[Raw, Repository, str],
    rows: dict[tuple[int, str], str | None],
    text: str,
    sort: str | None,
    descending: bool,
    chunk: int,
) -> None:
    _, repository, key = table
    fill(repository, rows)
    # DoltLite gives ties in no certain order where it pages by number.
    query = Query("t", sort=sort if key else None, descending=descending and bool(key), where="a <> 4")
    whole = repository.rows.page("main", query, 1000).rows
    expected = [row for row in whole if holds(row, text)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_search, "_FIRST", chunk)
        found: list[Found] = []
        at = repository.rows.find("main", query, text)
        while at is not None:
            found.append(at)
            page = repository.rows.page("main", query, 2, following(at.page_after))
            row = expected[len(found) - 1]
            assert page.rows[0] == row
            assert at.key == key_of(key, row)
            if page.order:
                assert at.after == at.before == page.cursor(row)
            else:
                assert (at.before, at.after) == (whole.index(row), whole.index(row) + 1)
            if at.page_after is None:
                assert row == whole[0]
            at = repository.rows.find("main", query, text, After(at.after))
        assert len(found) == len(expected)
        back: list[Found] = []
        at = repository.rows.find("main", query, text, LAST)
        while at is not None:
            back.append(at)
            at = repository.rows.find("main", query, text, Before(at.before))
        assert back == found[::-1]


@pytest.mark.parametrize("least", [1, 200])
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    old=ROWS,
    new=ROWS,
    text=TEXTS,
    kinds=st.frozensets(st.sampled_from([A, M, R])),
    where=st.sampled_from(["", "coalesce(to_a, from_a) % 2 = 0"]),
    column=st.sampled_from(["", "", "w"]),
    chunk=st.integers(1, 5),
)
def test_changes(
    table: tuple[Raw, Repository, str],
    least: int,
    old: dict[tuple[int, str], str | None],
    new: dict[tuple[int, str], str | None],
    text: str,
    kinds: frozenset[ChangeKind],
    where: str,
    column: str,
    chunk: int,
) -> None:
    raw, repository, key = table
    fill(repository, old)
    raw.call("dolt_commit", "--allow-empty", "-A", "-m", "before")
    fill(repository, new)
    query = DiffQuery("t", HEAD, WORKING, DiffFilter(kinds, where, column))
    whole = repository.diffs.page("main", query, 1000).rows
    expected = [change for change in whole if holds(change.old, text) or holds(change.new, text)]

    def find(position: Position = FIRST) -> Found | None:
        return repository.diffs.find("main", query, text, position)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_search, "_FIRST", chunk)
        found: list[Found] = []
        at = find()
        while at is not None:
            found.append(at)
            change = expected[len(found) - 1]
            page = repository.diffs.page("main", query, 2, following(at.page_after))
            assert page.rows[0] == change
            assert at.key == key_of(key, change.new or change.old or ())
            if page.order:
                assert at.after == at.before == page.cursor(change)
            else:
                assert (at.before, at.after) == (whole.index(change), whole.index(change) + 1)
            assert (at.page_after is None) == (change == whole[0])
            at = find(After(at.after))
        assert len(found) == len(expected)
        back: list[Found] = []
        at = find(LAST)
        while at is not None:
            back.append(at)
            at = find(Before(at.before))
        assert back == found[::-1]


def test_in_which_columns(dolt: RawDolt, opened: Open) -> None:
    dolt.run(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, v VARCHAR(20) COLLATE utf8mb4_0900_ai_ci, b BLOB, x VARBINARY(9),"
        " p POINT, bits BIT(9), j JSON, d DECIMAL(9,3), at DATETIME(6), gone VARCHAR(9))",
        "INSERT INTO t VALUES (1, 'Zoë', 'needle', 'needle', POINT(77, 77), 77, '{\"key\": \"deep\"}', 12.5,"
        " '2020-02-03 04:05:06.000007', 'dropped'), (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
    )
    dolt.commit()
    repository = opened(dolt)
    dolt.run("UPDATE t SET v = concat(v, '!') WHERE id = 1")
    for text, is_found in (
        ("Zoë", True),
        ("needle", False),
        ("77", False),
        ("deep", True),
        ("12.500", True),
        ("04:05:06.000007", True),
        ("dropped", True),
    ):
        assert (repository.rows.find("main", Query("t"), text) is not None) is is_found
        assert repository.rows.page("main", Query("t", contains=text), 5).rows == (
            repository.rows.page("main", Query("t"), 1).rows if is_found else ()
        )
        assert (repository.diffs.find("main", DiffQuery("t", HEAD, WORKING), text) is not None) is is_found
    for text in ("zoë", "ZOE"):  # as the collation has it
        by_filter = bool(repository.rows.page("main", Query("t", contains=text), 5).rows)
        assert (repository.rows.find("main", Query("t"), text) is not None) is by_filter
        assert (repository.diffs.find("main", DiffQuery("t", HEAD, WORKING), text) is not None) is by_filter
    dolt.run("ALTER TABLE t DROP COLUMN gone", "ALTER TABLE t ADD COLUMN fresh VARCHAR(9) DEFAULT 'come'")
    for text in ("dropped", "come"):
        found = repository.diffs.find("main", DiffQuery("t", HEAD, WORKING), text)
        assert found is not None
        assert found.key == (1,)


@pytest.mark.parametrize("name", ["a b", 'q"q', "b`t", "per%cent", "q?m", "commit", "diff_type", "ünï☃", "select"])
def test_in_hostile_columns(raw: Raw, repository: Repository, name: str) -> None:
    column = raw.quote(name)
    raw.run(f"CREATE TABLE t (id INTEGER PRIMARY KEY, {column} VARCHAR(9), v INTEGER)")
    raw.run("INSERT INTO t VALUES (1, 'a', 1), (2, 'needle', 2)")
    raw.commit()
    raw.run("UPDATE t SET v = 100 + id")
    assert repository.rows.find("main", Query("t"), "needle") == Found((2,), (1,), (2,), (2,))
    found = repository.diffs.find("main", DiffQuery("t", HEAD, WORKING), "needle")
    if raw.dolt and name == "commit":  # there are two of that name
        assert found is None
        found = repository.diffs.find("main", DiffQuery("t", HEAD, WORKING), "102")
        assert found is not None
        assert found.after == 2
    else:
        assert found is not None
        assert found.key == (2,)


def test_an_inexact_key_and_a_view(dolt: RawDolt, opened: Open) -> None:
    dolt.run("CREATE TABLE t (k FLOAT PRIMARY KEY, v VARCHAR(9))")
    dolt.run("INSERT INTO t VALUES (0.1, 'a'), (0.2, 'b'), (0.3, 'b')", "CREATE VIEW seen AS SELECT v FROM t")
    repository = opened(dolt)
    found = repository.rows.find("main", Query("t"), "b")
    assert found is not None
    assert (len(found.key), found.page_after, found.before, found.after) == (1, 1, 1, 2)
    assert repository.rows.find("main", Query("seen"), "b", LAST) == Found((), 2, 3, 2)
    found = repository.diffs.find("main", DiffQuery("t", HEAD, WORKING), "b")
    assert found is not None
    assert found.page_after == 1


def test_an_older_revision(people: Raw, repository: Repository) -> None:
    old = people.head()
    people.run("DELETE FROM people")
    assert repository.rows.find("main", Query("people"), "Bob") is None
    found = repository.rows.find("main", Query("people", revision=old), "Bob")
    assert found is not None
    assert found.key == (2,)


def test_what_cannot_be(people: Raw, repository: Repository) -> None:
    with pytest.raises(TableNotFound):
        repository.rows.find("main", Query("nope"), "x")
    with pytest.raises(EngineError):
        repository.rows.find("main", Query("people", where="this is no SQL"), "x")
    with pytest.raises(EngineError):
        repository.diffs.find("main", DiffQuery("people", HEAD, WORKING, DiffFilter(column="nope")), "x")
    with pytest.raises(RefNotFound):
        repository.history.find("main", "nope", "x")
    people.run("UPDATE people SET name = 'x'")
    cancellation = Cancellation()
    cancellation.cancel()
    with cancellation:
        with pytest.raises(Cancelled):
            repository.rows.find("main", Query("people"), "x")
        with pytest.raises(Cancelled):
            repository.diffs.find("main", DiffQuery("people", HEAD, WORKING), "x")
        with pytest.raises(Cancelled):
            repository.history.find("main", "main", "x")


@pytest.mark.parametrize("what", ["rows", "changes", "changes backwards"])
def test_cancelled_while_it_searches(dolt: RawDolt, opened: Open, until: Callable[..., Any], what: str) -> None:
    dolt.run("CREATE TABLE t (id INTEGER PRIMARY KEY)", "INSERT INTO t VALUES (1), (2), (3)")
    repository, cancellation = opened(dolt), Cancellation()
    slow = "sleep(60) = 1"

    def search() -> Found | None:
        with cancellation:
            if what == "rows":
                return repository.rows.find("main", Query("t", where=slow), "2")
            query = DiffQuery("t", HEAD, WORKING, DiffFilter(where=slow))
            return repository.diffs.find("main", query, "2", LAST if what == "changes backwards" else FIRST)

    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(search)
        until(lambda: dolt.running("sleep(60)"))
        cancellation.cancel()
        with pytest.raises(Cancelled):
            job.result(10)
    until(lambda: not dolt.running("sleep(60)"))


AUTHORS = ("Ann <ann@x.example>", "Bob B <b_b@x.example>", "Cid <cid%@x.example>")
MESSAGES = ("add rows", "Add 100% more", "under_score", 'it\'s "quoted" \\ back', "first\n\nbody TOO")


@pytest.fixture
def log(raw: Raw, opened: Open) -> Repository:
    """30 commits on two branches that were merged."""
    for table in ("t", "a,b"):
        raw.run(f"CREATE TABLE {raw.quote(table)} (id INTEGER PRIMARY KEY)")
    raw.call("dolt_commit", "-A", "-m", "tables", "--author", AUTHORS[0], "--date", "2020-01-01T00:00:00Z")
    raw.call("dolt_branch", "b")
    for number in range(1, 28):
        at = "b" if number % 4 == 0 else "main"
        raw.run(f"INSERT INTO {raw.quote('t' if number % 3 else 'a,b')} VALUES ({number})", at=at)
        arguments = ("-A", "-m", MESSAGES[number % 5], "--author", AUTHORS[number % 3])
        raw.call("dolt_commit", *arguments, "--date", f"2020-01-01T00:00:{number:02}Z", at=at)
    raw.call("dolt_merge", "--no-ff", "-m", "merge", "b")
    return opened(raw)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.sampled_from(["ann", "B B <", "_", "%", "ADD", "too", "\\", "'", "x.example", "no such", "0123", "", "f"]),
    wanted=st.sampled_from(
        [
            None,
            LogFilter(author="bob"),
            LogFilter(table="t"),
            LogFilter(table="a,b"),
            LogFilter(since=dt.datetime(2020, 1, 1, 0, 0, 9)),
        ]
    ),
    chunk=st.integers(1, 9),
)
def test_commits(log: Repository, text: str, wanted: LogFilter | None, chunk: int) -> None:
    head = log.refs.fingerprint("main").head
    text = head[:4] if text == "0123" else text
    if wanted is None:
        whole = log.history.page("main", [head], 1000).commits
    else:
        whole, _ = log.history.search("main", head, wanted, 1000)
    assert whole
    expected = [
        FoundCommit(commit.hash, index)
        for index, commit in enumerate(whole)
        if any(
            text.lower() in part.lower() for part in (commit.hash, f"{commit.author} <{commit.email}>", commit.message)
        )
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_search, "_FIRST", chunk)
        found: list[FoundCommit] = []
        at = log.history.find("main", head, text, filter=wanted)
        while at is not None:
            found.append(at)
            at = log.history.find("main", head, text, after=at.before + 1, filter=wanted)
        assert found == expected
        back: list[FoundCommit] = []
        at = log.history.find("main", head, text, before=-1, filter=wanted)
        while at is not None:
            back.append(at)
            at = log.history.find("main", head, text, before=at.before, filter=wanted) if at.before else None
        assert back == expected[::-1]
