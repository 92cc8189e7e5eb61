"""The statements that a dialog shows before something is done are those that are run."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from dolt_tui.engine.core.statement_text import statement_text
from dolt_tui.engine.model import (
    UNKNOWN,
    Author,
    Call,
    Expected,
    MergeKind,
    ResetKind,
    SqlStyle,
    StashScope,
    Statement,
)
from dolt_tui.engine.model.calls import literal, script
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt

OWN = ("temporary branch", "looking ahead")
"""What is run for other reasons than the operation itself."""
CHANGING = re.compile(
    r"(?:CALL|SELECT) dolt_(?!hashof|merge_base|config)\w+\(|DROP|DELETE|INSERT|UPDATE", re.IGNORECASE
)


def is_asked(call: Call, found: Statement) -> bool:
    """Whether a statement reads in the log as the call does in a preview."""
    promised = re.escape(str(call)).replace(re.escape(UNKNOWN), ".+")
    return re.fullmatch(promised, statement_text(found, call.style), re.DOTALL) is not None


def check(repository: Repository, calls: Sequence[Call], work: Callable[[], object], *left_out: str) -> None:
    """Do it: all calls ran, in their order, and no other statement changed anything.

    What was refused changed nothing. ``left_out``: what the calls do not tell, by a part of its SQL or its values.
    """
    log = repository.statements
    before = max((entry.number for entry in log.entries()), default=0)
    work()
    ran = [entry for entry in log.entries(before) if entry.writes and CHANGING.match(entry.sql)]
    expected = list(calls)
    for entry in ran:
        if expected and is_asked(expected[0], entry):
            expected.pop(0)
        elif not entry.error and entry.purpose not in OWN:
            told = f"{entry.sql} with {entry.parameters}"
            assert any(text in told for text in left_out), f"{told} is not what is expected next: {expected[:1]}"
    assert not expected, f"not run: {script(expected)}"


# merging


@pytest.mark.both_versions
@pytest.mark.parametrize("kind", MergeKind)
def test_merging(people: Raw, repository: Repository, kind: MergeKind) -> None:
    people.call("dolt_branch", "b")
    people.run("INSERT INTO people VALUES (4, 'Dot')", at="b")
    people.commit("Dot", at="b")
    preview = repository.merging.preview("main", "b")
    calls = repository.merging.merge_calls("main", "b", kind, tip=preview.tip)
    check(repository, calls, lambda: repository.merging.merge("main", "b", kind, expected=preview.seen))
    assert preview.tip in str(calls[0])


@pytest.mark.parametrize("staged", [False, True])
def test_merging_with_changes_set_aside(people: Raw, repository: Repository, staged: bool) -> None:
    people.call("dolt_branch", "b")
    people.run("INSERT INTO people VALUES (4, 'Dot')", at="b")
    people.commit("Dot", at="b")
    people.run("UPDATE people SET name = 'Bo' WHERE id = 2")
    if staged:
        people.call("dolt_add", "-A")
    preview = repository.merging.preview("main", "b")
    calls = repository.merging.merge_calls("main", "b", MergeKind.COMMIT, "merged", tip=preview.tip)

    def merge(on: str) -> object:
        return repository.merging.merge(on, "b", MergeKind.COMMIT, "merged", tip=preview.tip, expected=preview.seen)

    before = repository.statements.entries()[-1].number
    repository.undo.perform("main", "merge", lambda: repository.aside.around("main", merge))
    ran = [one for one in repository.statements.entries(before) if not one.error]
    promised = list(repository.aside.calls(calls))
    for one in ran:
        if promised and is_asked(promised[0], one):
            promised.pop(0)
    assert not promised, [statement_text(one, style(people)) for one in ran]


def test_a_merge_for_people(dolt: RawDolt, lite: Raw, opened: Open) -> None:
    of_dolt, of_lite = opened(dolt).merging, opened(lite).merging
    message = "it's\nC:\\new"
    assert script(of_dolt.merge_calls("main", "b", MergeKind.COMMIT, message, tip="abc")) == (
        r"CALL dolt_merge('--no-ff', '-m', 'it''s\nC:\\new', 'abc')"
    )
    assert script(of_lite.merge_calls("main", "b", MergeKind.COMMIT, message, tip="abc")) == (
        r"SELECT dolt_merge('--no-ff', '-m', 'it''s' || char(10) || 'C:\new', 'abc')"
    )
    assert script(of_dolt.merge_calls("main", "b", MergeKind.FAST_FORWARD, tip="a")) == (
        "CALL dolt_merge('--ff-only', 'a')"
    )
    assert script(of_lite.merge_calls("main", "b", MergeKind.FAST_FORWARD, tip="a")) == "SELECT dolt_merge('a')"


def style(raw: Raw) -> SqlStyle:
    return SqlStyle.MYSQL if raw.dolt else SqlStyle.SQLITE


HOSTILE = [
    "it's",
    'a "b" `c`',
    "C:\\new\\\\",
    "a\nb\r\nc\td",
    "100% %s %%",
    "?",
    "', '",
    "--x; DROP",
    "日本 🙂",
    "\\'",
    "",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_value_is_read_back_as_it_was(raw: Raw, text: str) -> None:
    shown = literal(text, style(raw))
    assert "\n" not in shown
    assert raw.rows(f"SELECT {shown}") == [(text,)]


def test_other_values(raw: Raw) -> None:
    shown = ", ".join(literal(value, style(raw)) for value in (None, 12, b"\x00'\xff"))
    assert raw.rows(f"SELECT {shown}") == [(None, 12, b"\x00'\xff")]


def test_passwords_are_masked(repository: Repository) -> None:
    (call,) = repository.remotes.add_calls("origin", "https://ann:s3cret@host/db")
    assert "s3cret" not in str(call)
    assert "'https://ann:***@host/db'" in str(call)
    assert "ann" not in repr(call)


# branches and tags


@pytest.mark.both_versions
def test_branches(people: Raw, repository: Repository) -> None:
    refs, head = repository.refs, people.head()
    check(repository, refs.create_branch_calls("a", head), lambda: refs.create_branch("main", "a", "HEAD"))
    check(repository, refs.copy_branch_calls("a", "b"), lambda: refs.copy_branch("main", "a", "b"))
    expected = Expected("b", head)
    check(
        repository,
        refs.rename_branch_calls("b", "c"),
        lambda: refs.rename_branch("main", "b", "c", expected=expected),
    )
    check(
        repository,
        refs.delete_branch_calls("c"),
        lambda: refs.delete_branch("main", "c", expected=Expected("c", head)),
    )
    people.run("DELETE FROM people", at="a")
    people.commit("gone", at="a")
    loss = refs.loss("main", "a", repository.working.status("a"), refs.look("a"))
    check(
        repository,
        refs.delete_branch_calls("a", force=True),
        lambda: refs.delete_branch("main", "a", force=True, expected=loss.seen),
    )


@pytest.mark.parametrize("author", [None, Author("Ann", "ann@example.org")])
def test_tags(people: Raw, opened: Open, author: Author | None) -> None:
    repository = opened(people, author=author)
    tags, head = repository.tags, people.head()
    check(
        repository,
        tags.create_calls("v1", head, "the 'first'"),
        lambda: tags.create("main", "v1", "main", "the 'first'"),
    )
    check(
        repository,
        tags.delete_calls("v1"),
        lambda: tags.delete("main", "v1", Expected("v1", head, tag=True)),
    )


# commits and the working set


@pytest.mark.both_versions
@pytest.mark.parametrize("kind", ResetKind)
def test_resetting(people: Raw, repository: Repository, kind: ResetKind) -> None:
    first = people.head()
    people.run("DELETE FROM people")
    people.commit("gone")
    preview = repository.commits.preview_reset("main", first)
    check(
        repository,
        repository.commits.reset_calls(first, kind),
        lambda: repository.commits.reset("main", first, kind, preview.seen),
        "dolt_add",  # older versions of Dolt unstage everything
    )


def test_staging_and_discarding(people: Raw, repository: Repository) -> None:
    working = repository.working
    people.run("CREATE TABLE t (id INTEGER PRIMARY KEY)", "CREATE TABLE u (id INTEGER PRIMARY KEY)")
    check(repository, working.stage_calls(["t"]), lambda: working.stage("main", ["t"]))
    check(repository, working.stage_all_calls(), lambda: working.stage_all("main"))
    people.run("INSERT INTO t VALUES (1)", "DELETE FROM people")
    changes = working.status("main").unstaged
    check(repository, working.discard_calls(*changes), lambda: working.discard("main", *changes))
    every = working.status("main").staged
    check(
        repository,
        working.discard_calls(*every, staged_too=True),
        lambda: working.discard("main", *every, staged_too=True, expected=working.look("main", ["t", "u"])),
    )
    people.run("DELETE FROM people")
    check(
        repository,
        working.discard_all_calls("main"),
        lambda: working.discard_all("main", repository.refs.look("main")),
    )
    assert people.status() == set()


@pytest.mark.parametrize("staged_too", [False, True])
def test_discarding_a_renaming(people: Raw, repository: Repository, staged_too: bool) -> None:
    people.run("ALTER TABLE people RENAME TO persons")
    if staged_too:
        people.call("dolt_add", "-A")
    status = repository.working.status("main")
    changes = (*status.staged, *status.unstaged)
    check(
        repository,
        repository.working.discard_calls(*changes, staged_too=staged_too),
        lambda: repository.working.discard("main", *changes, staged_too=staged_too),
    )


@pytest.mark.parametrize("name", ["t", "50% of `it`"])
def test_dropping(people: Raw, repository: Repository, name: str) -> None:
    people.run(f"CREATE TABLE {people.quote(name)} (id INTEGER PRIMARY KEY)", "CREATE VIEW v AS SELECT 1")
    calls = repository.working.drop_table_calls(name)
    assert script(calls) == f"DROP TABLE {people.quote(name)}"
    check(repository, calls, lambda: repository.working.drop_table("main", name))
    calls = repository.working.drop_table_calls("v", view=True)
    check(repository, calls, lambda: repository.working.drop_table("main", "v", view=True))


def test_ignoring(people: Raw, repository: Repository) -> None:
    part = repository.ignoring
    check(repository, part.ignore_calls("tmp_%"), lambda: part.ignore("main", "tmp_%"))
    assert "'tmp_%'" in script(part.remove_calls("tmp_%"))
    check(repository, part.remove_calls("tmp_%"), lambda: part.remove("main", "tmp_%"))


# remotes


def test_remotes(people: Raw, repository: Repository, tmp_path: Path) -> None:
    remotes, url = repository.remotes, f"file://{tmp_path}/origin" + ("" if people.dolt else ".db")
    check(repository, remotes.add_calls("origin", url), lambda: remotes.add("main", "origin", url))
    check(
        repository,
        remotes.push_calls("main", "origin", track=people.dolt),
        lambda: remotes.push("main", "origin", track=people.dolt),
    )
    people.call("dolt_branch", "b")
    check(repository, remotes.push_calls("b", "origin", "c"), lambda: remotes.push("b", "origin", "c"))
    replaced = people.head("b")
    people.call("dolt_reset", "--hard", "HEAD~1", at="b")
    check(
        repository,
        remotes.push_calls("b", "origin", "c", force=True),
        lambda: remotes.push("b", "origin", "c", replacing=replaced, expected=Expected("b", people.head("b"))),
    )
    people.call("dolt_tag", "v1", "HEAD")
    check(repository, remotes.push_tag_calls("origin", "v1"), lambda: remotes.push_tag("main", "origin", "v1"))
    for prune in (False, True):
        calls = remotes.fetch_calls("origin", prune=prune)
        check(repository, calls, lambda prune=prune: remotes.fetch("main", "origin", prune=prune))  # type: ignore[misc]
    calls = remotes.delete_branch_calls("origin", "c")
    check(repository, calls, lambda: remotes.delete_branch("main", "origin", "c"))
    check(repository, remotes.remove_calls("origin"), lambda: remotes.remove("main", "origin"))


def test_cloning(dolt: RawDolt, opened: Open, tmp_path: Path) -> None:
    repository, name = opened(dolt), f"{dolt.database}_clone"
    dolt.call("dolt_remote", "add", "origin", f"file://{tmp_path}/origin")
    dolt.call("dolt_push", "origin", "main")
    url = f"file://{tmp_path}/origin"
    try:
        check(
            repository, repository.remotes.clone_calls(url, name), lambda: repository.remotes.clone("main", url, name)
        )
    finally:
        dolt.run(f"DROP DATABASE IF EXISTS {name}")


def test_upstreams(dolt: RawDolt, opened: Open, tmp_path: Path) -> None:
    repository = opened(dolt)
    dolt.call("dolt_branch", "a")
    dolt.call("dolt_remote", "add", "origin", f"file://{tmp_path}/origin")
    dolt.call("dolt_push", "origin", "a")
    refs = repository.refs
    check(
        repository,
        refs.set_upstream_calls("a", "origin", "a"),
        lambda: refs.set_upstream("main", "a", "origin", "a"),
    )
    calls = refs.rename_branch_calls("a", "b", force=True, remote="origin", upstream="a")
    check(repository, calls, lambda: refs.rename_branch("main", "a", "b", force=True))


# stashes


@pytest.mark.both_versions
@pytest.mark.parametrize("scope", StashScope)
def test_stashes(dolt: RawDolt, opened: Open, scope: StashScope) -> None:
    repository = opened(dolt)
    for name in ("t", "u"):
        dolt.run(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY)")
    dolt.commit("tables")
    dolt.run("DROP TABLE t", "INSERT INTO u VALUES (1)")
    stashes, working = repository.stashes, repository.working
    status = working.status("main")
    calls = stashes.push_calls(f"mine-{UNKNOWN}", scope, *status.staged, *status.unstaged)
    check(repository, calls, lambda: stashes.push("main", "mine", scope))
    (stash,) = stashes.stashes("main")
    check(repository, stashes.apply_calls(stash), lambda: stashes.apply("main", stash))
    dolt.call("dolt_reset", "--hard")
    calls = stashes.branch_from_calls(stash, "b")
    check(repository, calls, lambda: stashes.branch_from("main", stash, "b"))
    check(repository, stashes.pop_calls(stash), lambda: stashes.pop("main", stash))
    (again,) = [stashes.push("main", "mine", scope)]
    check(repository, stashes.drop_calls(again), lambda: stashes.drop("main", again))
