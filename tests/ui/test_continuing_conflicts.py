"""A rebase that stops to edit a commit, and conflicts when it goes on: decided by keys on both engines."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dolt_tui.engine.connecting.target import Target
from dolt_tui.engine.model.rewriting import Action, RebaseStep
from dolt_tui.engine.repository import Repository
from tests.ui.test_rewriting import add_team, log, teams

if TYPE_CHECKING:
    from tests.ui.conftest import Drive

Other = Callable[[Target], Repository]


async def test_what_conflicts_after_an_edit(either: Target, drive: Drive, other: Other) -> None:
    session = other(either)
    session.working.discard_all("main")
    base = session.history.commit("main", "main").hash
    one, two = add_team(session, "main", 11, "one"), add_team(session, "main", 12, "two")
    steps = [RebaseStep(Action.EDIT, one, "one"), RebaseStep(Action.PICK, two, "two")]
    assert session.rebasing.interactive("main", base, steps).paused
    add_team(session, "dolt_rebase_main", 12, "edited")
    async with drive(either) as user:
        await user.press("m", "c")
        assert "RESOLVING" in user.header or "REBASING" in user.header
        await user.press("t", "c")
        assert "1 row decided" in user.dialog_text
        await user.press("enter")
        assert user.workspace.state.branch == "main"
        assert log(user, "main") == ["two", "edited", "one"]
        assert teams(user, "main") == ["one", "two"]
        assert [branch.name for branch in user.workspace.state.branches if "dolt_rebase" in branch.name] == []
