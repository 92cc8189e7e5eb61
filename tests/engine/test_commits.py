"""Commits and resets."""

from __future__ import annotations

import pytest

from dolt_tui.engine.errors import InvalidCommit, NothingToCommit, RefNotFound
from dolt_tui.engine.model import Author, ResetKind
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw

HOSTILE = [
    'it\'s "quoted" `back` %s % ? :x \\ $1 {y}',
    "--amend",
    "naïve ☃ 日本語 🏔 e\u0301",
    "[bold]not markup[/bold] \x1b[31m",
    "x" * 5000,
    "'; DROP TABLE people; --",
]


def logged(raw: Raw, at: str = "main") -> tuple[object, ...]:
    """Message, author and email of the newest commit."""
    columns = "message, author, author_email" if raw.dolt else "message, committer, email"
    return raw.rows(f"SELECT {columns} FROM dolt_log LIMIT 1", at=at)[0]


def stage_a_change(raw: Raw, repository: Repository) -> None:
    raw.run("UPDATE people SET name = 'Eve' WHERE id = 1")
    repository.working.stage_all("main")


@pytest.mark.parametrize("message", HOSTILE)
def test_messages_come_back_as_they_were(people: Raw, repository: Repository, message: str) -> None:
    stage_a_change(people, repository)
    hash_ = repository.commits.commit("main", message, f"{message}\n\nsecond\n")
    commit = repository.history.commit("main", hash_)
    assert (commit.summary, commit.body) == (" ".join(message.split()), f"{message}\n\nsecond")
    assert logged(people)[0] == commit.message
    assert people.head() == hash_


def test_the_summary_is_one_line(people: Raw, repository: Repository) -> None:
    stage_a_change(people, repository)
    repository.commits.commit("main", "  a\n  b ", "\n\n  indented\nlast  \n\n")
    assert logged(people)[0] == "a b\n\n  indented\nlast"


@pytest.mark.parametrize("summary", ["", "  ", "\n\t"])
def test_an_empty_message_is_refused_before_the_engine_is_asked(
    people: Raw, repository: Repository, summary: str
) -> None:
    stage_a_change(people, repository)
    asked = len(repository.statements.entries())
    with pytest.raises(InvalidCommit):
        repository.commits.commit("main", summary, "a body")
    assert len(repository.statements.entries()) == asked


def test_nothing_staged(people: Raw, repository: Repository) -> None:
    people.run("UPDATE people SET name = 'Eve' WHERE id = 1")
    before = people.state()
    with pytest.raises(NothingToCommit):
        repository.commits.commit("main", "x")
    assert people.state() == before


def test_only_what_is_staged_goes_in(people: Raw, repository: Repository) -> None:
    people.run("UPDATE people SET name = 'Eve' WHERE id = 1", "CREATE TABLE other (id INTEGER PRIMARY KEY)")
    repository.working.stage("main", ["people"])
    people.run("UPDATE people SET name = 'Eva' WHERE id = 1")
    hash_ = repository.commits.commit("main", "only people")
    assert people.status() == {("people", False, "modified"), ("other", False, "new table")}
    assert people.rows("SELECT name FROM people WHERE id = 1", at=hash_) == [("Eve",)]
    assert [change.table for change in repository.history.detail("main", hash_).changes] == ["people"]


def test_the_author_of_one_commit(people: Raw, repository: Repository) -> None:
    stage_a_change(people, repository)
    repository.commits.commit("main", "x", author=Author("Zoë O'Hara", "zoe@example.com"))
    assert logged(people) == ("x", "Zoë O'Hara", "zoe@example.com")


def test_the_configured_author(people: Raw, opened: Open) -> None:
    repository = opened(people, author=Author("Con Fig", "con@example.com"))
    assert repository.author == Author("Con Fig", "con@example.com")
    stage_a_change(people, repository)
    repository.commits.commit("main", "x")
    assert logged(people) == ("x", "Con Fig", "con@example.com")


@pytest.mark.parametrize("author", [Author("A", ""), Author("", "a@example.com"), Author(" ", " ")])
def test_half_an_author_is_refused(people: Raw, opened: Open, author: Author) -> None:
    repository = opened(people, author=author)
    stage_a_change(people, repository)
    before = people.state()
    for given in (author, None):
        with pytest.raises(InvalidCommit, match="author"):
            repository.commits.commit("main", "x", author=given)
    assert people.state() == before


# reset


@pytest.fixture
def three(people: Raw) -> list[str]:
    """The hashes of three commits on main: people, Dot, Eve; each adds a row."""
    hashes = [people.head()]
    for number, name in ((4, "Dot"), (5, "Eve")):
        people.run(f"INSERT INTO people VALUES ({number}, '{name}')")
        hashes.append(people.commit(name))
    return hashes


@pytest.mark.parametrize("kind", list(ResetKind))
@pytest.mark.parametrize("ref", ["HEAD~1", "hash", "v1", "other"])
def test_reset(people: Raw, repository: Repository, three: list[str], kind: ResetKind, ref: str) -> None:
    people.call("dolt_tag", "v1", three[1])
    people.call("dolt_branch", "other", three[1])
    people.run("UPDATE people SET name = 'Ada' WHERE id = 1", "CREATE TABLE fresh (id INTEGER PRIMARY KEY)")
    repository.commits.reset("main", three[1] if ref == "hash" else ref, kind)
    assert people.head() == three[1]
    assert people.branches()["other"] == three[1]
    fresh = ("fresh", False, "new table")
    expected = {
        ResetKind.SOFT: {("people", True, "modified"), ("people", False, "modified"), fresh},
        ResetKind.MIXED: {("people", False, "modified"), fresh},
        ResetKind.HARD: {fresh},
    }
    assert people.status() == expected[kind]
    assert people.scalar("SELECT count(*) FROM people") == (4 if kind is ResetKind.HARD else 5)


def test_reset_to_an_unknown_commit(people: Raw, repository: Repository, three: list[str]) -> None:
    before = people.state()
    for ref in ("nope", "", "--hard", "HEAD~50", "a" * 40):
        with pytest.raises(RefNotFound):
            repository.commits.reset("main", ref, ResetKind.HARD)
        with pytest.raises(RefNotFound):
            repository.commits.preview_reset("main", ref)
    assert people.state() == before


def test_preview_of_a_reset_backwards(people: Raw, repository: Repository, three: list[str]) -> None:
    people.run("UPDATE people SET name = 'Ada' WHERE id = 1", "CREATE TABLE fresh (id INTEGER PRIMARY KEY)")
    before = people.state()
    preview = repository.commits.preview_reset("main", "HEAD~2")
    assert (preview.branch, preview.commit.hash, preview.lost, preview.gained) == ("main", three[0], 2, 0)
    (change,) = preview.uncommitted
    assert change.table == "people"
    assert change.counts is not None
    assert (change.counts.modified, change.counts.total) == (1, 1)
    assert preview.kept == ("fresh",)
    assert people.state() == before


def test_preview_of_a_reset_to_another_branch(people: Raw, repository: Repository, three: list[str]) -> None:
    people.call("dolt_branch", "other", three[0])
    people.run("INSERT INTO people VALUES (9, 'Zed')", at="other")
    tip = people.commit("Zed", at="other")
    preview = repository.commits.preview_reset("main", "other", counts=False)
    assert (preview.commit.hash, preview.lost, preview.gained, preview.uncommitted) == (tip, 2, 1, ())
