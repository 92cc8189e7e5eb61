"""Joins along foreign keys."""

from __future__ import annotations

import datetime as dt

import pytest

from dolt_tui.engine.browsing.link_summary import Summaries
from dolt_tui.engine.model import Summary
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt

TEAM = ("employees", "employees_teams", "teams")


@pytest.fixture
def tutorial(raw: Raw) -> Raw:
    """The tutorial's three tables; Tim is in two teams."""
    raw.run(
        "CREATE TABLE employees (id INTEGER PRIMARY KEY, last_name VARCHAR(255), first_name VARCHAR(255))",
        "CREATE TABLE teams (id INTEGER PRIMARY KEY, name VARCHAR(255))",
        "CREATE TABLE employees_teams (employee_id INTEGER, team_id INTEGER, PRIMARY KEY (employee_id, team_id),"
        " FOREIGN KEY (employee_id) REFERENCES employees (id), FOREIGN KEY (team_id) REFERENCES teams (id))",
        "INSERT INTO employees VALUES (0, 'Sehn', 'Tim'), (1, 'Hendriks', 'Brian'), (2, 'Son', 'Aaron')",
        "INSERT INTO teams VALUES (0, 'Engineering'), (1, 'Sales')",
        "INSERT INTO employees_teams VALUES (0, 0), (1, 0), (2, 0), (0, 1)",
    )
    return raw


def team(repository: Repository, size: int = 200) -> Summary:
    names = frozenset(table.name for table in repository.tables.tables("main"))
    return repository.summaries.summary("main", names, size=size)


def test_the_team_summary(tutorial: Raw, repository: Repository) -> None:
    assert team(repository) == Summary(
        "Team Summary",
        TEAM,
        ("team", "last_name", "first_name"),
        (
            ("Engineering", "Sehn", "Tim"),
            ("Engineering", "Hendriks", "Brian"),
            ("Engineering", "Son", "Aaron"),
            ("Sales", "Sehn", "Tim"),
        ),
    )
    short = team(repository, 2)
    assert (len(short.rows), short.more) == (2, True)


def test_columns_come_and_go(tutorial: Raw, repository: Repository) -> None:
    team(repository)
    tutorial.run("ALTER TABLE employees ADD COLUMN start_date DATE")
    tutorial.run("UPDATE employees SET start_date = '2018-08-06' WHERE id = 0")
    found = team(repository)
    assert found.columns == ("team", "last_name", "first_name", "start_date")
    date = dt.date(2018, 8, 6) if tutorial.dolt else "2018-08-06"
    assert found.rows[:2] == (("Engineering", "Sehn", "Tim", date), ("Engineering", "Hendriks", "Brian", None))
    tutorial.run("ALTER TABLE employees DROP COLUMN first_name")
    assert team(repository).columns == ("team", "last_name", "start_date")
    if tutorial.dolt:
        tutorial.run("ALTER TABLE employees MODIFY COLUMN start_date DATE AFTER id")
        assert team(repository).columns == ("team", "start_date", "last_name")


def test_each_branch_has_its_own_columns(tutorial: Raw, repository: Repository) -> None:
    tutorial.commit()
    tutorial.call("dolt_branch", "b")
    tutorial.run("ALTER TABLE employees ADD COLUMN start_date DATE", at="b")
    for _ in range(2):
        assert len(repository.summaries.summary("main", frozenset(TEAM)).columns) == 3
        assert len(repository.summaries.summary("b", frozenset(TEAM)).columns) == 4


@pytest.mark.parametrize("gone", TEAM)
def test_absent_tables_of_the_tutorial_are_named(tutorial: Raw, repository: Repository, gone: str) -> None:
    awaiting = Summaries(repository._connections, tutorial=True)
    names = frozenset(TEAM) - {gone}
    assert awaiting.summary("main", names) == Summary("Team Summary", (), (), (), missing=(gone,))
    assert awaiting.summary("main", frozenset()).missing == TEAM
    assert repository.summaries.summary("main", frozenset({"people"})).missing == ()


@pytest.mark.parametrize("name", ["a b", "per%cent", "q'uote", ":x", "a.b", "ünï", "sel?ect", "%(x)s", "team"])
def test_hostile_columns(tutorial: Raw, repository: Repository, name: str) -> None:
    tutorial.run(f"ALTER TABLE employees ADD COLUMN {tutorial.quote(name)} VARCHAR(9)")
    tutorial.run(f"UPDATE employees SET {tutorial.quote(name)} = '%s:x?'")
    found = team(repository)
    assert found.columns == ("team", "last_name", "first_name", name)
    assert found.rows[0][-1] == "%s:x?"


def test_another_link_table(raw: Raw, repository: Repository) -> None:
    raw.run(
        "CREATE TABLE books (isbn VARCHAR(20) PRIMARY KEY, title VARCHAR(40))",
        "CREATE TABLE readers (a INTEGER, b INTEGER, called VARCHAR(9), PRIMARY KEY (a, b))",
        "CREATE TABLE loans (id INTEGER PRIMARY KEY, book VARCHAR(20), ra INTEGER, rb INTEGER,"
        " FOREIGN KEY (book) REFERENCES books (isbn), FOREIGN KEY (ra, rb) REFERENCES readers (a, b))",
        "CREATE TABLE notes (id INTEGER PRIMARY KEY, book VARCHAR(20), FOREIGN KEY (book) REFERENCES books (isbn))",
        "INSERT INTO books VALUES ('1-2', 'Dolt')",
        "INSERT INTO readers VALUES (1, 1, 'Ann'), (1, 2, 'Bob')",
        "INSERT INTO loans VALUES (1, '1-2', 1, 2)",
    )
    assert repository.summaries.links("main") == ("loans",)
    for link in (None, "loans"):
        found = repository.summaries.summary("main", frozenset({"books", "loans", "notes", "readers"}), link)
        assert found == Summary("Summary", ("books", "loans", "readers"), ("called", "title"), (("Bob", "Dolt"),))
    assert repository.summaries.summary("main", frozenset({"notes"}), "notes").rows == ()


def test_without_a_link_table(people: Raw, repository: Repository) -> None:
    assert repository.summaries.links("main") == ()
    assert repository.summaries.summary("main", frozenset({"people"})) == Summary("Summary", (), (), ())


def test_a_table_linked_with_itself(people: Raw, repository: Repository) -> None:
    people.run(
        "CREATE TABLE friends (a INTEGER, b INTEGER, PRIMARY KEY (a, b), FOREIGN KEY (a) REFERENCES people (id),"
        " FOREIGN KEY (b) REFERENCES people (id))",
        "INSERT INTO friends VALUES (1, 2), (3, 1)",
    )
    found = repository.summaries.summary("main", frozenset({"people", "friends"}))
    assert found.tables == ("people", "friends", "people")
    assert set(found.rows) == {("Bob", "Ann"), ("Ann", "Cid")}
    people.run(
        "CREATE TABLE staff (id INTEGER PRIMARY KEY, called VARCHAR(9), boss INTEGER, deputy INTEGER,"
        " FOREIGN KEY (boss) REFERENCES staff (id), FOREIGN KEY (deputy) REFERENCES staff (id))",
        "INSERT INTO staff VALUES (1, 'Ann', NULL, NULL)",
        "INSERT INTO staff VALUES (2, 'Bob', 1, 1)",
        "INSERT INTO staff VALUES (3, 'Cid', 1, 2)",
    )
    found = repository.summaries.summary("main", frozenset({"people", "friends", "staff"}), "staff")
    assert (found.tables, found.columns) == (("staff",) * 3, ("called", "called", "boss", "deputy"))
    assert set(found.rows) == {("Ann", "Ann", None, None), ("Bob", "Ann", None, None)}


def test_types_that_sqlalchemy_does_not_know(dolt: RawDolt, opened: Open) -> None:
    dolt.run(
        "CREATE TABLE a (id INTEGER PRIMARY KEY, flags BIT(9), spot POINT, vec VECTOR(2), shape GEOMETRY)",
        "CREATE TABLE b (id INTEGER PRIMARY KEY, mask BIT(8))",
        "CREATE TABLE ab (a INTEGER, b INTEGER, FOREIGN KEY (a) REFERENCES a (id), FOREIGN KEY (b) REFERENCES b (id))",
        "INSERT INTO a VALUES (1, b'111111111', POINT(1, 2), STRING_TO_VECTOR('[1,2]'), POINT(3, 4))",
        "INSERT INTO b VALUES (1, b'11111111')",
        "INSERT INTO ab VALUES (1, 1)",
    )
    found = opened(dolt).summaries.summary("main", frozenset({"a", "b", "ab"}))
    assert found.columns == ("mask", "flags", "spot", "vec", "shape")
    assert found.rows == ((255, 511, "POINT(1 2)", "[1, 2]", "POINT(3 4)"),)
