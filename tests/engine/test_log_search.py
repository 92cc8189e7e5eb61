"""Searching the log: by author, message, table and date, by pages; against the whole log in Python."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dolt_tui.engine.errors import RefNotFound
from dolt_tui.engine.model import Commit, LogFilter
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw

AUTHORS = ("Ann <ann@x.example>", "Bob B <b_b@x.example>", "Cid <cid%@x.example>")
MESSAGES = ("add rows", "Add 100% more", "under_score", 'it\'s "quoted" \\ back', "what? !", "first\n\nbody TOO")
TABLES = ("t", "u", "a,b", "-x", "T2")


Made = dict[str, tuple[str, str, str, int]]
"""What is known of each commit: author, message, table, second of the date."""


@pytest.fixture
def made(raw: Raw) -> Made:
    """40 commits on two branches that were merged once; another branch has one more."""
    raw.run(*(f"CREATE TABLE {raw.quote(table)} (id INTEGER PRIMARY KEY, v INTEGER)" for table in TABLES))
    raw.call("dolt_commit", "-A", "-m", "tables", "--author", AUTHORS[0], "--date", "2020-01-01T00:00:00Z")
    raw.call("dolt_branch", "b")
    made: Made = {}
    for number in range(1, 37):
        author, message, table = (choices[number % len(choices)] for choices in (AUTHORS, MESSAGES, TABLES))
        at = "b" if number % 4 == 0 else "main"
        raw.run(f"INSERT INTO {raw.quote(table)} VALUES ({number}, 1)", at=at)
        date = f"2020-01-01T00:00:{number:02}Z"
        row = raw.call("dolt_commit", "-A", "-m", message, "--author", author, "--date", date, at=at)
        made[str(row[0])] = (author, message, table, number)
    raw.call("dolt_merge", "--no-ff", "-m", "merge", "b")
    return made


def search(repository: Repository, start: str, wanted: LogFilter, size: int) -> list[Commit]:
    found: list[Commit] = []
    more = True
    while more:
        page, more = repository.history.search("main", start, wanted, size, len(found))
        assert len(page) == size or not more
        found += page
    return found


@pytest.mark.both_versions
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    author=st.sampled_from(["", "ann", "B B", "_", "%", "X.EXAMPLE", "<b"]),
    message=st.sampled_from(["", "ADD", "%", "_", "'", '"', "\\", "?", "!", "too", "no such"]),
    table=st.sampled_from(["", *TABLES, "nope", " ", "t,u"]),
    since=st.none() | st.integers(-1, 40),
    until=st.none() | st.integers(-1, 40),
    size=st.integers(1, 7),
)
def test_pages_of_a_search_are_the_filtered_log(
    opened_once: tuple[Raw, Repository, Made],
    author: str,
    message: str,
    table: str,
    since: int | None,
    until: int | None,
    size: int,
) -> None:
    raw, repository, made = opened_once
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    dates = [None if each is None else start + dt.timedelta(seconds=each) for each in (since, until)]
    wanted = LogFilter(author, message, table, dates[0], dates[1])
    head = raw.head()
    found = [commit.hash for commit in search(repository, head, wanted, size)]
    whole = [commit.hash for commit in repository.history.page("main", [head], 100).commits]

    def kept(hash_: str) -> bool:
        one, text, of, second = made[hash_]
        return (
            author.lower() in one.lower()
            and message.lower() in text.lower()
            and table in ("", of)
            and (since is None or second >= since)
            and (until is None or second < until)
        )

    expected = [hash_ for hash_ in whole if hash_ in made and kept(hash_)]
    assert [hash_ for hash_ in found if hash_ in made] == expected
    assert len(set(found)) == len(found)
    if table in ("", *TABLES) and wanted.empty:
        assert found == whole


@pytest.fixture
def opened_once(raw: Raw, made: Made, opened: Open) -> tuple[Raw, Repository, Made]:
    return raw, opened(raw), made


def test_another_start(raw: Raw, made: Made, repository: Repository) -> None:
    first = raw.scalar("SELECT commit_hash FROM dolt_log(?) LIMIT 1 OFFSET 5", "b")
    for table in TABLES:
        found = search(repository, "b", LogFilter(table=table), 2)
        assert {c.hash for c in found} & made.keys() == {
            h for h, (_, _, of, n) in made.items() if of == table and not n % 4
        }
        below = search(repository, str(first), LogFilter(table=table), 2)
        assert {commit.hash for commit in below} < {commit.hash for commit in found} or not found
    for wanted in (LogFilter(), LogFilter(table="t"), LogFilter(table="a,b")):
        with pytest.raises(RefNotFound):
            repository.history.search("main", "nope", wanted, 5)


def test_what_a_found_commit_tells(raw: Raw, made: Made, repository: Repository) -> None:
    (commit,) = search(repository, raw.head(), LogFilter(message="merge"), 5)
    assert commit == repository.history.commit("main", raw.head())
    assert len(commit.parents) == 2
    for wanted in (LogFilter(table="a,b"), LogFilter(table="t")):
        found = search(repository, raw.head(), wanted, 100)
        assert found == [repository.history.commit("main", each.hash) for each in found]
        assert all(each.parents for each in found)


def test_a_dropped_table(people: Raw, repository: Repository) -> None:
    first = people.head()
    people.run("DROP TABLE people")
    last = people.commit("gone")
    assert [c.hash for c in search(repository, last, LogFilter(table="people"), 3)] == [last, first]


def test_dates_of_other_zones(people: Raw, repository: Repository) -> None:
    commit = repository.history.commit("main", "HEAD")
    zone = dt.timezone(dt.timedelta(hours=-7))
    for since in (commit.date, commit.date.astimezone(zone), commit.date.replace(tzinfo=None)):
        assert commit in search(repository, commit.hash, LogFilter(since=since), 5)
        assert commit not in search(repository, commit.hash, LogFilter(until=since), 5)
        later = since + dt.timedelta(seconds=1)
        assert commit not in search(repository, commit.hash, LogFilter(since=later), 5)
        assert commit in search(repository, commit.hash, LogFilter(until=later), 5)
