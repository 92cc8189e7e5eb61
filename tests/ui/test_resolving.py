"""From a merge that conflicts to the resolver and back: before, in between, afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from dolt_tui.config_rules import KeptRule
from dolt_tui.engine.browsing.query import Query
from dolt_tui.engine.connecting.target import FileTarget, Target
from dolt_tui.engine.repository import Repository
from dolt_tui.engine.undo.steps import UndoSettings
from dolt_tui.ui.session.settings import Settings

if TYPE_CHECKING:
    from tests.ui.conftest import Drive

Other = Callable[[Target], Repository]


def diverge(session: Repository) -> None:
    """main calls employee 0 otherwise than modify_data does."""
    session.run("main", [("UPDATE employees SET first_name = ? WHERE id = ?", ("Timo", 0))])
    session.working.stage("main", ["employees"])
    session.commits.commit("main", "Call him otherwise", "", None)


async def test_a_merge_is_previewed_decided_left_taken_up_concluded_and_undone(
    either: Target, drive: Drive, other: Other
) -> None:
    session = other(either)
    diverge(session)
    async with drive(either) as user:
        before = session.refs.look("main")
        await user.go_to_branch("modify_data")
        await user.press("M")
        assert "conflict in employees: 1 row" in user.dialog_text
        assert "decide 1 row first" in user.dialog_text
        await user.press("c")
        line = next(line for line in user.dialog_text.split("\n") if "first_name" in line)
        assert [part.strip() for part in line.strip(" │").split("│")] == ["0", "first_name", "Tim", "Timo", "Timothy"]
        await user.press("escape", "w")
        assert "with modify_data merged, read-only" in user.header
        assert "employees" in user.text(user.workspace.panes.tables)
        await user.press("escape")
        assert user.branch == "main"
        await user.go_to_branch("modify_data")
        await user.press("M", "m")
        assert "1 of 1 conflict left" in user.header
        await user.press("escape")  # nothing was decided: nothing is kept
        assert "RESOLVING" not in user.header
        await user.press("M", "m", "t", "escape")
        assert "RESOLVING modify_data all decided" in user.header
        assert user.told[-1] == "What you decided is kept (everything is decided): m goes back to it"
        assert session.refs.look("main") == before
        await user.press("m", "c")
        assert "Merge branch 'modify_data' into main" in user.dialog_text
        await user.press("enter")
        assert user.log[0] == "Merge branch 'modify_data' into main"
        assert user.told[-1] == "Merged modify_data into main. z takes it back"
        assert len(session.history.commit("main", "HEAD").parents) == 2
        rows = session.rows.page("main", Query("employees"), 10)
        assert "Timothy" in {str(value) for row in rows.rows for value in row}
        assert user.changes == (["M teams"], [])
        await user.press("z", "u")
        assert session.refs.look("main") == before


async def test_read_only_it_is_previewed_and_nothing_else(either: Target, drive: Drive, other: Other) -> None:
    session = other(either)
    diverge(session)
    before = session.refs.look("main")
    async with drive(either, read_only=True) as user:
        await user.go_to_branch("modify_data")
        await user.press("M")
        assert user.dialog_text.count("opened read-only") == 4
        await user.press("f", "m", "s", "w", "c")
        if isinstance(either, FileTarget):
            assert "conflicts can only be found by trying" in user.dialog_text
        else:
            assert "Timothy" in user.dialog_text
            await user.press("escape")
        await user.press("escape")
        assert user.dialog is None
    assert session.refs.look("main") == before


async def test_rules_are_listed_saved_and_of_ones_own(demo: FileTarget, drive: Drive, other: Other) -> None:
    diverge(other(demo))
    saved: list[KeptRule] = []

    def keep(rule: KeptRule) -> tuple[KeptRule, ...]:
        saved.append(rule)
        return tuple(saved)

    async with drive(demo, size=(80, 24), settings=Settings(keep_rule=keep)) as user:
        await user.go_to_branch("modify_data")
        await user.press("M", "m", "R", "l")
        assert "1 of 1" in next(line for line in user.dialog_text.split("\n") if "theirs" in line)
        await user.press("enter", "S")
        assert user.told[-1].startswith("Saved the rule theirs in the configuration: it is applied")
        assert saved == [KeptRule("theirs", "employees", automatic=True)]
        assert "it is saved already" in user.dialog_text
        await user.press("escape", "R", "o", *["j"] * 8, "enter", "enter")
        user.paste("first_name")
        await user.press("enter")
        user.paste("our_first_name || their_first_name")
        await user.press("enter")
        assert "first_name = our_first_name || their_first_name" in user.dialog_text
        await user.press("a")
        assert "TimoTimothy" in user.screen
        assert "all decided" in user.header


async def test_what_an_earlier_run_left_is_offered_until_it_no_longer_fits(
    demo: FileTarget, drive: Drive, other: Other, tmp_path: Path
) -> None:
    session, undo = other(demo), UndoSettings(tmp_path)
    diverge(session)
    async with drive(demo, undo=undo) as user:
        await user.go_to_branch("modify_data")
        await user.press("M", "m", "T", "escape")
    async with drive(demo, undo=undo) as user:
        assert "Conflicts were left unresolved: merging modify_data into main" in user.dialog_text
        assert "1 whole table decided" in user.dialog_text
        await user.press("escape")  # neither taken up nor discarded
        assert "RESOLVING modify_data from before" in user.header
        await user.press("m")
        assert "MERGING modify_data" in user.header
        assert "all decided" in user.header
    session.run("main", [("UPDATE employees SET last_name = ? WHERE id = ?", ("So", 1))])
    session.working.stage("main", ["employees"])
    session.commits.commit("main", "In between", "", None)
    async with drive(demo, undo=undo) as user:
        await user.press("t")
        assert "all decided" in user.header  # by a side for the whole table, wherever main is
        await user.press("escape")
    session.run("modify_data", [("UPDATE employees SET last_name = ? WHERE id = ?", ("Si", 1))])
    session.working.stage("modify_data", ["employees"])
    session.commits.commit("modify_data", "In between", "", None)
    async with drive(demo, undo=undo) as user:
        assert user.told == ["What was decided about merging modify_data into main no longer fits: it was dropped"]
        assert "RESOLVING" not in user.header
