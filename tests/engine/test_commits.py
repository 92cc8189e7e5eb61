"""Commits and resets."""

from __future__ import annotations

from pathlib import Path

import pytest

from dolt_tui.engine.core.validation import parse_date
from dolt_tui.engine.errors import ChangedMeanwhile, InvalidCommit, MergeInProgress, NothingToCommit, RefNotFound
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
    return raw.rows(f"SELECT message, {raw.author} FROM dolt_log LIMIT 1", at=at)[0]


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


@pytest.mark.both_versions
def test_only_what_is_staged_goes_in(people: Raw, repository: Repository) -> None:
    people.run("UPDATE people SET name = 'Eve' WHERE id = 1", "CREATE TABLE other (id INTEGER PRIMARY KEY)")
    repository.working.stage("main", ["people"])
    people.run("UPDATE people SET name = 'Eva' WHERE id = 1")
    hash_ = repository.commits.commit("main", "only people")
    assert people.status() == {("people", False, "modified"), ("other", False, "new table")}
    assert people.rows("SELECT name FROM people WHERE id = 1", at=hash_) == [("Eve",)]
    assert [change.table for change in repository.history.detail("main", hash_).changes] == ["people"]


@pytest.mark.both_versions
def test_the_author_of_one_commit(people: Raw, repository: Repository) -> None:
    stage_a_change(people, repository)
    repository.commits.commit("main", "x", author=Author("Zoë O'Hara", "zoe@example.com"))
    assert logged(people) == ("x", "Zoë O'Hara", "zoe@example.com")


@pytest.mark.both_versions
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


@pytest.mark.parametrize(
    ("typed", "utc"),
    [
        ("2020-01-31", "2020-01-31 00:00:00"),
        ("2020-01-31 14:05", "2020-01-31 14:05:00"),
        ("2020-01-31T14:05:09Z", "2020-01-31 14:05:09"),
        (" 2020-01-31 14:05 +02:00 ", "2020-01-31 12:05:00"),
        ("2020-01-31T00:30:00-0130", "2020-01-31 02:00:00"),
    ],
)
def test_the_date_of_a_commit(people: Raw, repository: Repository, typed: str, utc: str) -> None:
    stage_a_change(people, repository)
    repository.commits.commit("main", "x", date=parse_date(typed))
    assert str(people.scalar("SELECT date FROM dolt_log LIMIT 1"))[:19] == utc


def test_an_empty_commit(people: Raw, repository: Repository) -> None:
    head = people.head()
    with pytest.raises(NothingToCommit):
        repository.commits.commit("main", "x")
    hash_ = repository.commits.commit("main", "nothing in it", allow_empty=True)
    commit = repository.history.commit("main", "HEAD")
    assert (commit.hash, commit.parents, commit.message) == (hash_, (head,), "nothing in it")


# amend


def parents(raw: Raw, hash_: str) -> list[str]:
    rows = raw.rows("SELECT commit_hash, parent_index, parent_hash FROM dolt_commit_ancestors")
    return [parent for child, _, parent in sorted(row for row in rows if row[0] == hash_)]


@pytest.mark.both_versions
def test_amend_adds_what_is_staged_and_changes_the_message(people: Raw, repository: Repository) -> None:
    first = people.head()
    people.run("INSERT INTO people VALUES (4, 'Dot')")
    people.call("dolt_add", "-A")
    repository.commits.commit("main", "Dot", author=Author("Ada", "ada@example.com"))
    stage_a_change(people, repository)
    people.run("CREATE TABLE later (id INTEGER PRIMARY KEY)")
    preview = repository.commits.preview_amend("main")
    assert (preview.commit.hash, preview.commit.message, preview.published) == (people.head(), "Dot", ())
    assert [(c.table, c.counts.added if c.counts else None) for c in preview.changes] == [("people", 1)]
    hash_ = repository.commits.amend("main", people.head(), "Dot and Eve", "a body")
    assert people.head() == hash_
    assert parents(people, hash_) == [first]
    # It keeps its author: by itself the engine puts down whoever amends.
    assert logged(people) == ("Dot and Eve\n\na body", "Ada", "ada@example.com")
    assert people.rows("SELECT name FROM people WHERE id IN (1, 4) ORDER BY id", at=hash_) == [("Eve",), ("Dot",)]
    assert people.status() == {("later", False, "new table")}


@pytest.mark.both_versions
def test_amend_with_another_author_and_date(people: Raw, repository: Repository) -> None:
    ada = Author("Ada", "ada@example.com")
    repository.commits.amend("main", people.head(), "x", author=ada, date=parse_date("2020-01-31"))
    assert logged(people) == ("x", "Ada", "ada@example.com")
    assert str(people.scalar("SELECT date FROM dolt_log LIMIT 1"))[:19] == "2020-01-31 00:00:00"


def test_amend_a_merge(people: Raw, repository: Repository) -> None:
    people.call("dolt_branch", "b")
    people.run("INSERT INTO people VALUES (4, 'Dot')", at="b")
    tip = people.commit(at="b")
    head = people.head()
    people.call("dolt_merge", "--no-ff", "-m", "a merge", "b")
    hash_ = repository.commits.amend("main", people.head(), "a better name")
    assert parents(people, hash_) == [head, tip]


def test_amend_refuses_while_a_merge_is_in_progress(people: Raw, repository: Repository) -> None:
    people.call("dolt_branch", "b")
    people.run("INSERT INTO people VALUES (4, 'Dot')", at="b")
    people.commit(at="b")
    people.call("dolt_merge", "--no-ff", "--no-commit", "b")
    before = people.state()
    with pytest.raises(MergeInProgress):
        repository.commits.amend("main", people.head(), "x")
    assert people.state() == before


def test_amend_refuses_when_another_commit_was_made_meanwhile(people: Raw, repository: Repository) -> None:
    seen = people.head()
    people.run("DELETE FROM people")
    people.commit("by somebody else")
    before = people.state()
    with pytest.raises(ChangedMeanwhile, match="committed to main: 1 commit"):
        repository.commits.amend("main", seen, "x")
    for summary in ("", " "):
        with pytest.raises(InvalidCommit):
            repository.commits.amend("main", people.head(), summary)
    assert people.state() == before


def test_which_remote_branches_have_a_commit(people: Raw, repository: Repository, tmp_path: Path) -> None:
    remote = tmp_path / "remote"
    first = people.head()
    people.call("dolt_remote", "add", "origin", f"file://{remote}")
    people.call("dolt_push", "origin", "main")
    people.call("dolt_branch", "b")
    people.run("DELETE FROM people")
    second = people.commit()
    assert repository.commits.published("main", first) == ("origin/main",)
    assert repository.commits.published("main", second) == ()
    assert repository.commits.preview_amend("main").published == ()
    people.call("dolt_push", "origin", "main")
    assert repository.commits.preview_amend("main").published == ("origin/main",)
    assert repository.commits.published("main", first) == ("origin/main",)


@pytest.mark.both_versions
def test_recent_messages(people: Raw, repository: Repository) -> None:
    for message in ("one", "two\n\nbody", "one"):
        people.call("dolt_commit", "--allow-empty", "-m", message)
    assert repository.commits.recent_messages("main")[:3] == ("one", "two\n\nbody", "people")
    assert repository.commits.recent_messages("main", 1) == ("one",)


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
