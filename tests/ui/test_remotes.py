"""Remotes by keys: adding, fetching, pushing, pulling, following, deleting, cloning."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dolt_tui.engine import open_repository
from dolt_tui.engine.connecting.target import FileTarget, ServerTarget, Target
from dolt_tui.engine.model import MergeKind
from dolt_tui.engine.repository import Repository
from dolt_tui.engine.versioning.remotes import Remotes

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver

Other = Callable[[Target], Repository]


@dataclass
class Shared:
    """A database with a remote, and somebody else's clone of it."""

    target: Target
    url: str
    theirs: Repository

    def commit(self, message: str, sql: str = "DELETE FROM employees_teams WHERE team_id = 1", push: str = "") -> str:
        """Somebody else's commit on main, pushed."""
        theirs = self.theirs
        theirs.run("main", [(sql, ())])
        theirs.working.stage_all("main")
        hash_ = theirs.commits.commit("main", message)
        theirs.remotes.push("main", "origin", push or "main")
        return hash_

    def there(self) -> dict[str, str]:
        """The branches on the remote."""
        self.theirs.remotes.fetch("main", "origin", prune=True)
        return {item.name: item.hash for item in self.theirs.remotes.branches("main")}


@pytest.fixture
def shared(either: Target, tmp_path: Path) -> Iterator[Shared]:
    """The demonstration, clean, with main pushed to origin and followed where the engine can; cloned by others."""
    lite = isinstance(either, FileTarget)
    url = f"file://{tmp_path}/origin" + (".db" if lite else "")
    with open_repository(either) as repository:
        repository.working.discard_all("main")
        repository.remotes.add("main", "origin", url)
        repository.remotes.push("main", "origin", track=not lite)
        repository.remotes.clone("main", url, "theirs")
    target: Target = FileTarget(tmp_path / "theirs")
    if isinstance(either, ServerTarget):
        target = ServerTarget(either.user, either.password, either.host, either.port, "theirs")
    with open_repository(target) as theirs:
        yield Shared(either, url, theirs)
    if isinstance(either, ServerTarget):
        with open_repository(either) as repository:
            repository.run("main", [("DROP DATABASE theirs", ())])


def upstreams(target: Target) -> bool:
    return not isinstance(target, FileTarget)


async def push(user: Driver, target: Target) -> None:
    """Press P up to the dialog that shows what goes: without an upstream the name there is asked before."""
    await user.press("P")
    if not upstreams(target):
        assert "Name there" in user.dialog_text
        await user.press("enter")


async def test_add_fetch_and_remove(either: Target, drive: Drive, tmp_path: Path) -> None:
    url = f"file://{tmp_path}/origin" + (".db" if isinstance(either, FileTarget) else "")
    with open_repository(either) as repository:
        repository.remotes.add("main", "first", url)
        repository.remotes.push("modify_data", "first")
        repository.remotes.remove("main", "first")
    async with drive(either) as user:
        pane = user.workspace.panes.remotes
        await user.press("2", "P")
        assert user.told[-1] == "push: there is no remote: n in the Remotes tab adds one"
        await user.press("]")
        assert user.is_in(pane)
        assert "No remotes yet: n adds one." in user.text(pane)
        await user.press("d")
        assert "there is no remote here" in user.told[-1]
        await user.press("n")
        await user.type("no where")
        await user.press("enter")
        assert "not the URL of a remote" in user.dialog_text
        await user.press("ctrl+u")
        await user.type(url)
        await user.press("enter")
        assert "Added origin. Fetch what it has?" in user.dialog_text
        await user.press("enter")
        assert user.told[-1] == "Fetched origin: 1 branch new"
        assert [cells[0] for cells in user.rows(pane)] == [f"origin  {url}", "  modify_data"]
        assert "✓" in user.text(pane)
        await user.press("<", "f", "p")
        assert user.told[-1] == "Fetched origin: nothing new"
        await user.press("d")
        assert "1 remote branch forgotten here" in user.dialog_text
        assert "Nothing is deleted on the remote" in user.dialog_text
        await user.press("x")
        assert "No remotes yet" in user.text(pane)
        assert user.repository.remotes.remotes("main") == ()


async def test_push_what_is_ahead(shared: Shared, drive: Drive) -> None:
    async with drive(shared.target) as user:
        if upstreams(shared.target):
            assert "✓ origin/main" in user.header
        await push(user, shared.target)
        assert "was already up to date" in user.dialog_text
        await user.press("escape")
        user.repository.merging.merge("main", "modify_data", MergeKind.FAST_FORWARD)
        await user.press("ctrl+r")
        if upstreams(shared.target):
            assert "↑1 origin/main" in user.header
            assert "⇡1" in user.text(user.workspace.panes.branches)
            assert " P push… " in user.lines[-1], "what there is to push"
        await push(user, shared.target)
        assert "1 commit to send" in user.dialog_text
        assert "Modified data on branch" in user.dialog_text
        assert "cannot be undone" in user.dialog_text
        await user.press("enter")
        assert user.told[-1] == "Pushed main to origin/main"
        assert shared.there()["main"] == user.workspace.state.head
        if upstreams(shared.target):
            assert "✓ origin/main" in user.header


async def test_push_a_new_branch_and_follow_it(shared: Shared, drive: Drive) -> None:
    async with drive(shared.target, branch="modify_data") as user:
        await user.press("P")
        assert "Push modify_data to origin" in user.dialog_text
        await user.type("/x y")
        await user.press("enter")
        assert "holds a character" in user.dialog_text
        await user.press("backspace", "backspace", "enter")
        assert "a new branch on the remote" in user.dialog_text
        await user.press("s")
        assert user.told[-1] == "Pushed modify_data to origin/modify_data/x"
        assert shared.there()["modify_data/x"] == user.workspace.state.head
        if upstreams(shared.target):
            assert "✓ origin/modify_data/x" in user.header
            await user.go_to_branch("modify_data")
            await user.press("u")
            assert "origin/modify_data/x" in user.dialog_text
            await user.press("x")
            assert "is removed only with its remote" in user.dialog_text
            await user.press("g")
            assert user.is_in(user.workspace.panes.remotes)
            assert user.workspace.panes.remotes.selected is not None
            assert user.workspace.panes.remotes.selected.name == "modify_data/x"
            await user.press("[")
            await user.press("u", "s")
            await user.type("main")
            await user.press("enter")
            assert user.told[-1] == "modify_data follows origin/main"
            assert "↑1 origin/main" in user.header


async def test_a_rejected_push_is_merged_and_pushed(shared: Shared, drive: Drive) -> None:
    async with drive(shared.target) as user:
        user.repository.merging.merge("main", "modify_schema", MergeKind.FAST_FORWARD)
        theirs = shared.commit("Their work")
        await user.press("ctrl+r")
        await push(user, shared.target)
        await user.press("enter")
        assert "Push rejected" in user.screen
        assert "1 commit there that main lacks" in user.dialog_text
        assert "Their work" in user.dialog_text
        assert theirs in user.dialog_text
        await user.press("enter")
        assert user.dialog is not None
        await user.press("m")
        assert "Merge origin/main into main" in user.dialog_text
        assert "no conflicts" in user.dialog_text
        await user.press("enter")
        assert user.log[0] == "Merge branch 'main' of origin into main"
        await push(user, shared.target)
        await user.press("enter")
        assert shared.there()["main"] == user.workspace.state.head


async def test_a_rejected_push_is_forced(shared: Shared, drive: Drive) -> None:
    async with drive(shared.target) as user:
        user.repository.merging.merge("main", "modify_schema", MergeKind.FAST_FORWARD)
        shared.commit("Their work")
        await user.press("ctrl+r")
        await push(user, shared.target)
        await user.press("enter")
        assert "overwrites 1 commit on origin" in user.dialog_text
        await user.press("k")
        assert any(option in user.dialog_text for option in ("'-f'", "'--force'"))  # what the engine runs
        shared.commit("More of their work", "DELETE FROM employees_teams WHERE team_id = 0")
        await user.press("x")
        assert "Push rejected" in user.screen  # nobody had agreed to that one
        assert "2 commits there that main lacks" in user.dialog_text
        await user.press("k", "x")  # x at once would count as held down
        await user.until(lambda: user.told[-1:] == ["Pushed main to origin/main"], "the push told")
        assert shared.there()["main"] == user.workspace.state.head


async def test_pull(shared: Shared, drive: Drive) -> None:
    async with drive(shared.target) as user:
        await user.press("p")
        assert user.told[-1] == "main is up to date with origin/main"
        theirs = shared.commit("Their work")
        await user.press("p")
        assert "fast-forward possible" in user.dialog_text
        assert "employees_teams" in user.dialog_text
        await user.press("escape")
        assert user.log[0] != "Their work"
        if upstreams(shared.target):
            assert "↓1 origin/main" in user.header
            assert "⇣1" in user.text(user.workspace.panes.branches)
        await user.press("p", "enter")
        assert user.workspace.state.head == theirs
        assert user.branch == "main"

        shared.commit("More of theirs", "DELETE FROM employees_teams WHERE team_id = 0")
        user.repository.run("main", [("UPDATE employees SET first_name = 'Ours' WHERE id = 1", ())])
        user.repository.call("main", "dolt_commit", "-a", "-m", "Ours")
        await user.press("ctrl+r", "p")
        assert "rebase instead" in user.dialog_text
        await user.press("b")
        assert "1 commit to replay" in user.dialog_text
        assert "by force" not in user.dialog_text
        await user.press("enter")
        assert user.log[:3] == ["Ours", "More of theirs", "Their work"]
        await user.go_to_commit("Their work")
        await user.press("i")
        assert "origin/main has some of these commits" in user.dialog_text
        await user.press("escape")


async def test_a_pull_of_what_the_remote_lacks_names_the_keys_that_help(shared: Shared, drive: Drive) -> None:
    async with drive(shared.target, branch="modify_data", keymap={"push": "f11"}) as user:
        await user.press("p")
        assert "origin has no branch modify_data." in user.dialog_text
        assert "Push it (f11), or choose another" in user.dialog_text


async def test_nothing_is_pulled_while_a_merge_is_in_progress(shared: Shared, drive: Drive) -> None:
    async with drive(shared.target) as user:
        user.repository.merging.merge("main", "modify_data", MergeKind.FAST_FORWARD)
        user.repository.call("main", "dolt_merge", "--no-ff", "--no-commit", "modify_schema")
        await user.press("ctrl+r", "p")
        assert user.dialog is None
        assert "m continues or aborts it" in user.told[-1]
        await user.press("2", "]", "j", "M")
        assert user.dialog is None
        assert "m continues or aborts it" in user.told[-1]


async def test_a_pull_that_conflicts_is_decided(shared: Shared, drive: Drive) -> None:
    async with drive(shared.target) as user:
        shared.commit("Their work", "UPDATE employees SET first_name = 'Theirs' WHERE id = 0")
        user.repository.merging.merge("main", "modify_data", MergeKind.FAST_FORWARD)
        await user.press("ctrl+r", "p")
        assert "conflict in employees" in user.dialog_text
        await user.press("m", "T", "c")
        assert "Merge branch 'main' of origin into main" in user.dialog_text
        await user.press("enter")
        assert user.log[0] == "Merge branch 'main' of origin into main"
        assert user.repository.history.compare("main", "main", "origin/main").theirs == 0


async def test_the_branches_of_a_remote(shared: Shared, drive: Drive) -> None:
    tip = shared.commit("Their work", push="topic/x")
    async with drive(shared.target) as user:
        pane = user.workspace.panes.remotes
        await user.press("f")
        assert user.told[-1] == "Fetched origin: 1 branch new"
        await user.press("2", "]")
        await user.press(">")
        assert "no local" in user.text(pane)
        assert user.lines[-1].startswith(" space switch  ⏎ compare  n branch…  ")
        assert "origin/topic/x · against main" in user.main
        assert "Their work" in user.main
        await user.press("M")
        assert "Merge origin/topic/x into main" in user.dialog_text
        await user.press("escape", "n")
        assert "New branch at origin/topic/x" in user.dialog_text
        await user.press("escape", "space")
        assert user.branch == "topic/x"
        assert user.workspace.state.head == tip
        assert "✓" in user.text(pane)
        if upstreams(shared.target):
            assert "✓ origin/topic/x" in user.header
        await user.press("space")
        assert "is the current one" in user.told[-1]
        await user.press("d")
        assert "the local branch topic/x has all its commits" in user.dialog_text
        assert "can be undone from here only by pushing" in user.dialog_text
        await user.press("x")
        assert set(shared.there()) == {"main"}
        assert user.branch == "topic/x"
        if upstreams(shared.target):
            await user.press("[")
            assert "gone" in user.text(user.workspace.panes.branches)


async def test_hostile_text_from_a_remote(shared: Shared, drive: Drive) -> None:
    shared.commit("\x1b]0;owned\x07 [bold]x[/] \u202e\n\nbody", push="a'b\"`$(x)")
    async with drive(shared.target, size=(100, 40)) as user:
        await user.press("f", "2", "]", "j")
        assert "a'b\"`$(x)" in user.text(user.workspace.panes.remotes)
        assert "[bold]x[/]" in user.main
        await user.press("space")
        assert user.branch == "a'b\"`$(x)"
        assert user.dialog is None
        await user.press("d")
        assert f"Delete origin/{user.branch}" in user.dialog_text.replace("\n", "")
        await user.press("x")
        assert set(shared.there()) == {"main"}


async def test_switch_by_name_to_a_remote_branch(shared: Shared, drive: Drive) -> None:
    shared.commit("Their work", push="topic/x")
    async with drive(shared.target) as user:
        await user.press("2", "ctrl+r")
        user.repository.remotes.fetch("main", "origin")
        await user.press("ctrl+r", "c")
        await user.type("topic")
        assert "creates topic/x" in user.dialog_text
        await user.press("enter")
        assert user.branch == "topic/x"
        assert user.log[0] == "Their work"


async def test_bring_a_branch_forward_to_its_upstream(shared: Shared, drive: Drive) -> None:
    if not upstreams(shared.target):
        return
    theirs = shared.commit("Their work")
    async with drive(shared.target, branch="modify_schema") as user:
        user.repository.remotes.fetch("main", "origin")
        await user.press("ctrl+r")
        await user.go_to_branch("main")
        await user.press("f")
        assert "to origin/main" in user.dialog_text
        await user.press("u")
        assert user.branch == "modify_schema"
        assert user.told[-1] == "main moved forward to origin/main"
        main = user.workspace.state.branch_named("main")
        assert main is not None
        assert main.hash == theirs


async def test_clone_and_open(either: Target, drive: Drive, tmp_path: Path) -> None:
    lite = isinstance(either, FileTarget)
    url = f"file://{tmp_path}/origin" + (".db" if lite else "")
    with open_repository(either) as repository:
        repository.remotes.add("main", "origin", url)
        repository.remotes.push("main", "origin")
    async with drive(either) as user:
        user.workspace.action_command("clone")
        await user.settle()
        await user.type(url)
        await user.press("enter")
        await user.type("a/b")
        await user.press("enter")
        assert "is not a valid database name" in user.dialog_text
        await user.press("ctrl+u")
        await user.type("cloned")
        await user.press("enter")
        assert "Cloned cloned. Open it?" in user.dialog_text
        await user.press("o")
        assert user.repository.info.database == "cloned"
        assert "cloned" in user.header
        assert user.log[0] == "Inserted data into tables"
        assert [branch.name for branch in user.workspace.state.branches] == ["main"]
        await user.press("3", "j", "enter", "escape", "2")
        assert user.is_in(user.workspace.panes.branches)
    if not lite:
        with open_repository(either) as repository:
            repository.run("main", [("DROP DATABASE cloned", ())])


async def test_a_transfer_shows_that_it_runs_lets_keys_go_on_and_is_ended(
    demo_on_dolt: ServerTarget, drive: Drive
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://me:Sekret1@127.0.0.1:{silent.getsockname()[1]}/a/b"
        async with drive(demo_on_dolt) as user:
            user.repository.remotes.add("main", "silent", url)
            await user.press("ctrl+r", "2", "]")
            assert "me:***@" in user.text(user.workspace.panes.remotes) + user.main
            user.burst("f", "enter")
            await user.until(lambda: "fetching from silent… " in user.header, "the header telling of the fetch")
            user.burst("1", "3")
            await user.until(lambda: user.is_in(user.workspace.panes.log), "the other pane")
            user.burst("P")
            await user.until(lambda: "one transfer at a time" in user.screen, "the reason")
            user.burst("escape")
            await user.settle()
            assert user.dialog is None
            assert user.told[-1] == "Cancelled: fetch from silent"
            assert "fetching from" not in user.header
            assert "Sekret1" not in user.screen


@pytest.mark.long  # Dolt tries for seconds; tests/engine/test_remotes.py has such a host too
async def test_a_host_that_is_away(demo_on_dolt: ServerTarget, drive: Drive) -> None:
    async with drive(demo_on_dolt) as user:
        user.repository.remotes.add("main", "away", "http://me:Sekret1@127.0.0.1:1/a/b")
        await user.press("ctrl+r", "1", "f")
        assert "could not access dolt url" in user.dialog_text
        assert "Check the remote's URL" in user.dialog_text
        assert "Sekret1" not in user.dialog_text
        await user.press("enter")
        assert user.dialog is None


async def test_no_dialog_comes_over_what_one_types(
    shared: Shared, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared.commit("Their work")
    go, fetch = threading.Event(), Remotes.fetch

    def slow(*arguments: object, **options: object) -> None:
        fetch(*arguments, **options)  # type: ignore[arg-type]
        go.wait(20)

    async with drive(shared.target) as user:
        monkeypatch.setattr(Remotes, "fetch", slow)
        user.burst("p", "2", "n")
        await user.until(lambda: user.dialog is not None and user.dialog.keys_ready, "the dialog")
        user.burst("m")
        go.set()
        await user.settle()
        assert "New branch at main" in user.dialog_text
        assert user.told[-1] == "Fetched origin: p again merges origin/main"
        await user.press("escape")
        assert user.log[0] != "Their work"
