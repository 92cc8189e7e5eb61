"""Branches whose names differ in upper and lower case only, on the screen."""

from __future__ import annotations

from collections.abc import Callable

from dolt_tui.engine.connecting.target import ServerTarget, Target
from dolt_tui.engine.repository import Repository

from .conftest import Drive


async def test_a_branch_that_dolt_cannot_open_is_marked_and_not_switched_to(
    demo_on_dolt: ServerTarget, drive: Drive, other: Callable[[Target], Repository]
) -> None:
    beside = other(demo_on_dolt)
    beside.call("main", "dolt_branch", "MODIFY_data", "main")  # through SQL: this program refuses such a name
    async with drive(demo_on_dolt) as user:
        assert "⊘ MODIFY_data opens" in user.text(user.workspace.panes.branches)
        await user.go_to_branch("modify_data")
        await user.press("space")  # what it holds can be read all the same, by its commit
        assert "Dolt opens MODIFY_data instead of modify_data" in user.told[-1]
        assert user.workspace.state.came_from == "main"
        assert user.branch == user.repository.refs.resolve("main", "modify_data")
        assert "modify_data Modified" in user.text(user.workspace.panes.log)
        await user.press("escape", "escape")
        assert user.branch == "main"
        await user.press("2")
        user.workspace.switch("modify_data")  # as every other command that goes to a branch does
        await user.settle()
        assert user.branch == "main"
        assert "modify_data cannot be opened" in user.dialog_text.replace("\n", " ")
        await user.press("escape", "2")

        # A new name frees it: the panes are then about what its own commit says.
        await user.press("R")
        await user.press("ctrl+u")
        await user.type("freed")
        await user.press("enter")
        assert "⊘" not in user.text(user.workspace.panes.branches)
        await user.go_to_branch("freed")
        await user.press("space")
        assert user.branch == "freed"
        token = user.workspace.state.fingerprint
        assert token is not None
        assert token.branch == "freed"

        # Another session hides the branch that one works on.
        beside.call("main", "dolt_branch", "Freed", "main")
        user.workspace.session.refresh.poll()
        await user.until(lambda: user.dialog is not None)
        assert "Branch hidden" in user.dialog_text
        assert "Dolt opens Freed instead" in " ".join(user.dialog_text.split())
        await user.press("s")
        assert user.branch == "Freed"
