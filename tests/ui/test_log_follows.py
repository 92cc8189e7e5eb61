"""New commits in the log: at its top they are seen, further down they are told of, and our own are shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dolt_tui.engine.connecting.target import FileTarget, ServerTarget, Target
from dolt_tui.engine.repository import Repository
from dolt_tui.ui.panes.pane import Pane

from .conftest import Drive, Driver

Other = Callable[[Target], Repository]


def commit(session: Repository, *messages: str) -> None:
    for message in messages:
        session.call("main", "dolt_commit", "--allow-empty", "-m", message)


async def look(user: Driver) -> None:
    """Let the program find out what others did."""
    known = user.workspace.state.fingerprint
    user.workspace.session.refresh.poll()
    await user.until(lambda: user.workspace.state.fingerprint != known)
    await user.settle()


def top(pane: Pane) -> int:
    return pane.grid.scroll_offset.y


@pytest.mark.parametrize("commits", [14, 101])
async def test_the_log_follows_at_its_top_only(demo: FileTarget, drive: Drive, other: Other, commits: int) -> None:
    """With all commits in memory, and with more than a page of them."""
    beside = other(demo)
    commit(beside, *(f"old {number}" for number in range(commits)))
    async with drive(demo) as user:
        log = user.workspace.panes.log
        await user.press("3")
        stands = log.selected
        commit(beside, "new 1")
        await look(user)
        assert "new 1" in user.text(log)
        assert top(log) == 0
        assert log.selected == stands  # what the main pane is about stays
        assert "new ·" not in user.text(log)

        await user.press("pagedown", "pagedown")
        assert "new 1" not in user.text(log)
        seen = [line[:20] for line in user.text(log).splitlines()[1:-1]]
        commit(beside, "new 2", "new 3")
        await look(user)
        assert [line[:20] for line in user.text(log).splitlines()[1:-1]] == seen
        assert "↑ 2 new" in user.text(log)
        commit(beside, "new 4")
        await look(user)
        assert "↑ 3 new" in user.text(log)
        await user.press("less_than_sign")
        assert "↑" not in user.text(log).splitlines()[-1]
        assert "new 4" in user.text(log)

        # With the cursor on the last line that is seen the top gives way.
        await user.press(*["j"] * (log.grid.size.height - 1))
        stands = log.selected
        assert (top(log), log.grid.cursor_index) == (0, log.grid.size.height - 1)
        commit(beside, "new 5")
        await look(user)
        assert log.selected == stands
        assert stands is not None
        assert stands.summary in user.text(log)
        assert "↑ 1 new" in user.text(log)

        # Our own commit is shown, from wherever it is made and whatever the log shows.
        await user.press("3", "pagedown", "pagedown")
        assert top(log) > 0
        beside.run("main", [("UPDATE employees SET first_name = ? WHERE id = 1", ("Mine",))])
        await look(user)
        await user.press("1", "a", "c")
        await user.type("our own commit")
        await user.press("enter")
        assert "our own commit" in user.text(log)
        assert top(log) == 0
        assert log.selected is not None
        assert log.selected.summary == "our own commit"


@pytest.mark.parametrize("commits", [40, 101])
async def test_what_a_filter_left_out_is_not_new(demo: FileTarget, drive: Drive, other: Other, commits: int) -> None:
    beside = other(demo)
    commit(beside, *(f"old {number}" for number in range(commits)))
    async with drive(demo) as user:
        log = user.workspace.panes.log
        await user.press("3", "f", *"Created", "enter")
        await user.settle()
        assert "Created tables" in user.text(log)
        await user.press("escape")
        await user.settle()
        assert "old" in user.text(log)
        assert "new ·" not in user.text(log)
        commit(beside, "another")
        await look(user)
        assert ("↑ 1 new" in user.text(log)) is (top(log) > 0)


async def test_a_new_branch_is_under_the_cursor(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        await user.go_to_branch("modify_data")
        await user.press("n")
        await user.type("aaa")
        await user.press("enter")
        assert user.branch == "aaa"
        assert user.workspace.panes.branches.selected is not None
        assert user.workspace.panes.branches.selected.name == "aaa"
        assert any("Created branch aaa" in told for told in user.told)
        await user.press("minus")
        assert user.branch == "main"
        assert user.workspace.panes.branches.selected.name == "main"


async def test_the_newest_place_of_the_reflog_is_seen_too(
    demo_on_dolt: ServerTarget, drive: Drive, other: Other
) -> None:
    beside = other(demo_on_dolt)
    commit(beside, *(f"old {number}" for number in range(14)))
    async with drive(demo_on_dolt) as user:
        await user.press("3", "]")
        reflog = user.workspace.panes.reflog
        assert user.is_in(reflog)
        assert reflog.grid.row_count > reflog.grid.size.height
        stands = reflog.selected
        commit(beside, "new 1")
        await look(user)
        assert "new 1" in user.text(reflog)
        assert reflog.selected == stands
