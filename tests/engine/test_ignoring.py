"""Patterns of tables that are left out: `dolt_ignore`."""

from __future__ import annotations

import pytest

from dolt_tui.engine.errors import EngineError, IgnoreConflict, InvalidName
from dolt_tui.engine.model import IgnorePattern
from dolt_tui.engine.repository import Repository

from .conftest import Raw

TABLES = ["tmp1", "tmp12", "tmpx", "atmp1", "t_mp", "tXmp"]


def new_tables(raw: Raw) -> set[str]:
    return {table for table, _, state in raw.status() if state == "new table"} - {"dolt_ignore"}


@pytest.mark.parametrize(
    "pattern", ["tmp1", "tmp?", "tmp*", "tmp%", "*1", "t_mp", "?", "*", "t.p1", "[tmp1]", "tmp(1)"]
)
def test_a_pattern_hides_what_we_say_it_hides(people: Raw, repository: Repository, pattern: str) -> None:
    people.run(*(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY)" for name in TABLES))
    repository.ignoring.ignore("main", pattern)
    expected = repository.ignoring.matching(pattern, TABLES)
    assert new_tables(people) == set(TABLES) - set(expected)
    assert repository.ignoring.patterns("main") == (IgnorePattern(pattern, True),)
    assert {(row[0], bool(row[1])) for row in people.rows("SELECT pattern, ignored FROM dolt_ignore")} == {
        (pattern, True)
    }


def test_committed_tables_are_never_ignored(people: Raw, repository: Repository) -> None:
    people.run("DELETE FROM people")
    repository.ignoring.ignore("main", "people")
    assert ("people", False, "modified") in people.status()


@pytest.mark.both_versions
def test_exceptions_and_removing(people: Raw, repository: Repository) -> None:
    people.run("CREATE TABLE tmp1 (id INTEGER PRIMARY KEY)", "CREATE TABLE tmp2 (id INTEGER PRIMARY KEY)")
    repository.ignoring.ignore("main", "tmp*")
    repository.ignoring.ignore("main", "tmp2", ignored=False)
    assert new_tables(people) == {"tmp2"}
    repository.ignoring.ignore("main", "tmp2")  # takes the place of the exception
    assert new_tables(people) == set()
    repository.ignoring.remove("main", "tmp*")
    assert new_tables(people) == {"tmp1"}
    assert repository.ignoring.patterns("main") == (IgnorePattern("tmp2", True),)
    with pytest.raises(EngineError, match="no pattern"):
        repository.ignoring.remove("main", "tmp*")


@pytest.mark.parametrize("pattern", ['it\'s %s ? \\ "x"', "--all", "表*", "'; DROP TABLE people; --"])
def test_hostile_patterns(people: Raw, repository: Repository, pattern: str) -> None:
    repository.ignoring.ignore("main", pattern)
    assert people.rows("SELECT pattern FROM dolt_ignore") == [(pattern,)]
    repository.ignoring.remove("main", pattern)
    assert people.rows("SELECT pattern FROM dolt_ignore") == []


def test_no_pattern(people: Raw, repository: Repository) -> None:
    for pattern in ("", "  "):
        with pytest.raises(InvalidName):
            repository.ignoring.ignore("main", pattern)


def test_patterns_that_contradict_each_other(people: Raw, repository: Repository) -> None:
    people.run("CREATE TABLE tmp1 (id INTEGER PRIMARY KEY)")
    repository.ignoring.ignore("main", "tmp*")
    repository.ignoring.ignore("main", "*1", ignored=False)
    with pytest.raises(IgnoreConflict) as raised:
        repository.working.stage_all("main")
    assert raised.value.message == (
        "Patterns in dolt_ignore contradict each other about tmp1: ignored by tmp*, not ignored by *1."
    )
