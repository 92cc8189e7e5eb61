"""What older and later versions of Dolt have and lack: told by asking, never by the version's number.

What both versions have in common is marked ``both_versions`` in the other files.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dolt_tui.engine.core import capabilities
from dolt_tui.engine.core.capabilities import NEEDS, Capabilities, Feature, Need, examine
from dolt_tui.engine.core.soft_reset import StagedTwice
from dolt_tui.engine.errors import EngineError, Lacking, OpenError
from dolt_tui.engine.model import Author, MergeKind, ResetKind
from dolt_tui.engine.repository import Repository
from dolt_tui.engine.undo.steps import Reach, UndoSettings

from .conftest import Open, RawDolt

OLDER = pytest.mark.parametrize("dolt_version", ["1.86"], indirect=True)


def asking(repository: Repository) -> Callable[[str], object]:
    """Runs a statement of one's own in the repository's database, with the engine's errors translated."""

    def ask(sql: str) -> object:
        with repository._connections.read("main") as session:
            return session.rows(sql)

    return ask


@pytest.mark.both_versions
def test_what_a_server_has(dolt: RawDolt, opened: Open, dolt_version: str) -> None:
    repository = opened(dolt)
    found = repository._connections.dialect.capabilities
    assert found.version.startswith(dolt_version)
    lacking = {Feature.AUTHORS, Feature.AUTHOR_VARIABLES} if dolt_version == "1.86" else set()
    assert found == Capabilities(frozenset(lacking), (), found.version)
    assert found.unavailable == ()
    asked = [statement.sql for statement in repository.statements.entries() if "LIMIT 0" in statement.sql]
    assert (len(asked) == 1) == (dolt_version != "1.86")  # one statement where all is there


def test_each_need_is_told_by_itself(dolt: RawDolt, opened: Open) -> None:
    """Each statement fails on a real server where what it asks for is missing, and says what goes without it."""
    ask = asking(opened(dolt))
    assert examine(ask, "9") == Capabilities(version="9")
    for number, need in enumerate(NEEDS):
        if need.procedure:
            gone = Need(need.what, feature=need.feature, procedure=need.procedure + "_gone")
        elif need.relation:
            gone = Need(need.what, (*need.columns[:-1], "gone"), need.relation, need.feature)
        else:
            gone = Need(need.what, (need.columns[0].replace("dolt_", "dolt_gone_"),), "", need.feature)
        # Procedures are only asked for where something else is missing.
        other = Need("@@dolt_gone", ("@@dolt_gone",), feature=Feature.AUTHORS)
        found = examine(ask, "9", (*NEEDS[:number], gone, *NEEDS[number + 1 :], other))
        assert found.lacking == {Feature.AUTHORS, *([need.feature] if need.feature else [])}, need
        assert found.missing == (() if need.feature else (need.what,)), need
    for relation in ("dolt_gone", "dolt_gone('HEAD')"):
        assert examine(ask, "9", (*NEEDS, Need("x", ("y",), relation))).missing == ("x",)


def test_too_old_for_the_panes(dolt: RawDolt, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capabilities.examine, "__defaults__", ((*NEEDS, Need("dolt_new()", ("a",), "dolt_new('x')")),))
    with pytest.raises(OpenError, match=r"runs Dolt 2\.2\.\d+, which lacks dolt_new\(\)") as error:
        opened(dolt)
    assert error.value.advice == "dolt-tui needs Dolt 1.86 or newer."
    assert dolt.connections() == 0


def test_without_the_function_for_it_branches_are_compared_one_by_one(dolt: RawDolt, opened: Open) -> None:
    dolt.call("dolt_branch", "other")
    dolt.call("dolt_commit", "--allow-empty", "-m", "more", at="other")
    repository = opened(dolt)
    at_once = repository.refs.ahead_behind("main", ["other"])
    repository._connections.dialect.capabilities = Capabilities(frozenset({Feature.AHEAD_BEHIND}))
    assert repository.refs.ahead_behind("main", ["other"]) == at_once
    assert "dolt_branch_status" not in repository.statements.entries()[-1].sql


def test_something_that_no_probe_asked_for(dolt: RawDolt, opened: Open) -> None:
    ask = asking(opened(dolt))
    for sql in ("CALL dolt_gone()", "SELECT dolt_gone()", "SELECT * FROM dolt_gone('x')", "SELECT @@dolt_gone"):
        with pytest.raises(Lacking, match="dolt_gone"):
            ask(sql)


# authors


@pytest.mark.both_versions
def test_the_configured_author_makes_every_commit(people: RawDolt, opened: Open) -> None:
    """Where no variable tells the session's author, each procedure is told."""
    repository = opened(people, author=Author("Con Fig", "con@example.com"))
    people.call("dolt_branch", "side")
    for branch in ("main", "side"):
        people.run(f"CREATE TABLE {branch} (id INTEGER PRIMARY KEY)", at=branch)
        repository.working.stage_all(branch)
        repository.commits.commit(branch, f"on {branch}")
    repository.merging.merge("main", "side", MergeKind.COMMIT)
    repository.commits.reset("main", "HEAD~1", ResetKind.HARD)
    repository.rewriting.revert("main", [people.head()])
    repository.rewriting.squash("main", "HEAD~1", "both")
    people.run("INSERT INTO people VALUES (8, 'x')")
    repository.working.stage_all("main")
    repository.commits.commit("main", "hers", author=Author("Ada", "ada@example.com"))
    repository.commits.amend("main", people.head(), "still hers")
    logged = people.rows(f"SELECT message, {people.author} FROM dolt_log LIMIT 2")
    who = ("Con Fig", "con@example.com")
    assert logged == [("still hers", "Ada", "ada@example.com"), ("both", *who)]
    assert [(commit.author, commit.email) for commit in repository.history.page("side", ["side"], 1).commits] == [who]


# soft resets: the older Dolt unstages everything with them


def partly_staged(dolt: RawDolt) -> None:
    """Two commits; staged: a change, a new table and a dropped one; not staged: a change and a new table."""
    dolt.run(*(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, v INTEGER)" for name in ("a", "b", "c")))
    dolt.commit("tables")
    dolt.run("INSERT INTO a VALUES (1, 1)")
    dolt.commit("a row")
    dolt.run("INSERT INTO b VALUES (1, 1)", "DROP TABLE c", "CREATE TABLE made (id INTEGER PRIMARY KEY)")
    dolt.call("dolt_add", "-A")
    dolt.run("UPDATE a SET v = 2", "CREATE TABLE fresh (id INTEGER PRIMARY KEY)")


@pytest.mark.both_versions
def test_a_soft_reset_keeps_what_is_staged(dolt: RawDolt, opened: Open) -> None:
    partly_staged(dolt)
    dolt.call("dolt_add", "a")  # its commit is taken back: then it would be staged and changed again
    repository = opened(dolt)
    sets = dolt.state()[:2]
    repository.commits.reset("main", "HEAD~1", ResetKind.SOFT)
    assert dolt.state()[:2] == sets
    assert dolt.status() == {
        ("a", True, "modified"),
        ("b", True, "modified"),
        ("c", True, "deleted"),
        ("made", True, "new table"),
        ("fresh", False, "new table"),
    }


@OLDER
def test_what_a_soft_reset_could_not_keep_is_refused(dolt: RawDolt, opened: Open, tmp_path: Path) -> None:
    partly_staged(dolt)
    dolt.run("INSERT INTO b VALUES (2, 2)")
    repository = opened(dolt, undo=UndoSettings(tmp_path / "state"))
    before = dolt.state()
    message = r"b: staged and changed again, which Dolt 1\.86\.\d+ cannot keep"
    for work in (
        lambda: repository.commits.reset("main", "HEAD~1", ResetKind.SOFT),
        lambda: repository.rewriting.reword("main", "HEAD", "other words"),
        lambda: repository.rewriting.squash("main", "HEAD", "other words"),
    ):
        with pytest.raises(StagedTwice, match=message):
            work()
        assert dolt.state() == before
    # Nor is it kept for undo, which is said; nothing is lost by trying.
    with pytest.raises(EngineError, match=message):
        repository.undo.perform("main", "discard", lambda: None, reach=Reach.WORKING, also=())
    assert dolt.state() == before


@OLDER
def test_steps_are_undone(dolt: RawDolt, opened: Open, tmp_path: Path) -> None:
    partly_staged(dolt)
    dolt.call("dolt_branch", "side")
    dolt.run("CREATE TABLE side (id INTEGER PRIMARY KEY)", at="side")
    dolt.commit("side", at="side")
    repository = opened(dolt, undo=UndoSettings(tmp_path / "state"))
    steps: dict[str, tuple[Callable[[], object], Reach]] = {
        "commit": (lambda: repository.commits.commit("main", "staged"), Reach.REFS),
        "unstage all": (lambda: repository.working.unstage_all("main"), Reach.STAGED),
        "mixed reset": (lambda: repository.commits.reset("main", "HEAD~1", ResetKind.MIXED), Reach.STAGED),
        "hard reset": (lambda: repository.commits.reset("main", "HEAD~1", ResetKind.HARD), Reach.WORKING),
        "discard everything": (lambda: repository.working.discard_all("main"), Reach.WORKING),
        "rows": (lambda: repository.run("main", [("UPDATE a SET v = ?", (7,))]), Reach.WORKING),
        "reword": (lambda: repository.rewriting.reword("main", "HEAD~1", "other words"), Reach.REFS),
        "squash commits": (lambda: repository.rewriting.squash("main", "HEAD~1", "both"), Reach.REFS),
        "merge": (lambda: repository.merging.merge("main", "side", MergeKind.COMMIT), Reach.WORKING),
    }
    for name, (work, reach) in steps.items():
        if name == "merge":  # no version of Dolt merges beside tables that are dropped
            dolt.call("dolt_reset", "--hard")
            dolt.run("INSERT INTO b VALUES (3, 3)")
            dolt.call("dolt_add", "b")
            dolt.run("UPDATE a SET v = 2")
        before = (dolt.state(), dolt.branches())
        _, step = repository.undo.perform("main", name, work, reach=reach)
        assert step is not None, name
        assert not step.blocked_by, name
        after = (dolt.state(), dolt.branches())
        assert after != before, name
        for wanted, redo in ((before, False), (after, True), (before, False)):
            found = repository.undo.next(redo=redo)
            assert found is not None, name
            repository.undo.undo(found)
            assert (dolt.state(), dolt.branches()) == wanted, name
