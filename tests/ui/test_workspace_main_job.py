"""The main job from its beginning to its end, by keys alone, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dolt_tui.engine.connecting.target import Target
from dolt_tui.engine.repository import Repository

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver

ON_MAIN = ["Sehn │ Tim", "Hendriks │ Brian", "Son │ Aaron", "Fitzgerald │ Brian"]


def team_summary(user: Driver) -> list[str]:
    """The rows of the Team Summary, in one line each: ``Engineering: Tim Sehn 2018-08-06``."""
    titles = [column.title for column in user.workspace.panes.summary.grid.columns]
    found = []
    for cells in user.rows(user.workspace.panes.summary):
        row = dict(zip(titles, cells, strict=True))
        date = row.get("start_date", "").replace("∅", "")
        found.append(f"{row['team']}: {row['first_name']} {row['last_name']} {date}".rstrip())
    return found


async def test_main_job(either: Target, drive: Drive) -> None:
    await main_job(either, (132, 38), drive)


async def test_main_job_in_a_small_terminal(whichever: Target, drive: Drive) -> None:
    await main_job(whichever, (80, 24), drive)


async def main_job(target: Target, size: tuple[int, int], drive: Drive) -> None:
    async with drive(target, size=size) as user:
        work = user.workspace
        # look at the diff
        assert "main" in user.header
        assert "1 table changed" in user.header
        assert user.changes == (["M teams"], [])
        assert [cells[:3] for cells in user.rows(work.main)] == [("○ +", "2", "Support"), ("○ +", "3", "Marketing")]
        assert "Support" in user.main
        # stage: the cursor goes along to the other list
        await user.press("space")
        assert user.changes == ([], ["M teams"])
        assert user.cursor(work.panes.changes) is not None
        assert "teams" in user.cursor(work.panes.changes)[1]  # type: ignore[index]
        assert "Staged" in user.text(work.panes.changes)
        # commit
        await user.press("c")
        assert "teams" in user.dialog_text
        await user.type("Found two teams")
        assert "Found two teams" in user.dialog_text
        await user.press("enter")
        assert user.dialog is None
        assert user.changes == ([], [])
        assert user.log == ["Found two teams", "Inserted data into tables", "Created tables", *user.log[3:]]
        assert "clean" in user.header
        # switch to modify_schema
        assert sorted(team_summary(user)) == sorted(
            [
                "Engineering: Tim Sehn",
                "Engineering: Brian Hendriks",
                "Engineering: Aaron Son",
                "Sales: Tim Sehn",
                "Sales: Brian Fitzgerald",
            ]
        )
        await user.go_to_branch("modify_schema")
        await user.press("space")
        assert "modify_schema" in user.header
        await user.press("5")
        assert "start_date" in user.summary
        await user.press("greater_than_sign")
        assert "2021-04-19" in user.summary
        assert "Sales: Brian Fitzgerald 2021-04-19" in team_summary(user)
        assert not any("Found two" in cells[2] for cells in user.rows(work.panes.log))
        assert any("Modified schema on branch" in cells[2] for cells in user.rows(work.panes.log))
        # back to main
        await user.go_to_branch("main")
        await user.press("space", "5")
        assert "start_date" not in user.summary
        # merge modify_data: main has a commit of its own, so no fast-forward
        await user.go_to_branch("modify_data")
        await user.press("M")
        assert "three-way" in user.dialog_text
        assert "no conflicts" in user.dialog_text
        await user.press("f")
        assert user.dialog is not None
        assert "that modify_data lacks" in user.dialog_text
        await user.press("m")
        assert user.dialog is None
        assert user.told[-1] == "Merged modify_data into main"
        assert user.log[0] == "Merge branch 'modify_data' into main"
        # merge modify_schema, three-way
        await user.go_to_branch("modify_schema")
        await user.press("M", "m")
        assert user.log[0] == "Merge branch 'modify_schema' into main"
        # Timothy and the dates together
        assert sorted(team_summary(user)) == sorted(
            [
                "Engineering: Timothy Sehn 2018-08-06",
                "Engineering: Brian Hendriks 2018-08-06",
                "Engineering: Aaron Son 2018-08-06",
                "Engineering: Daylon Wilkins",
                "Sales: Brian Fitzgerald 2021-04-19",
            ]
        )
        await user.press("5", "less_than_sign")
        assert "Timothy" in user.summary
        assert "2018-08-06" in user.summary
        # drop employees_teams
        await user.go_to_table("employees_teams")
        await user.press("d")
        assert "employees_teams" in user.dialog_text
        assert "5 rows" in user.dialog_text
        await user.press("x")
        assert user.dialog is None
        assert user.changes == (["D employees_teams"], [])
        assert team_summary(user) == []
        await user.press("5")
        assert "Shows who is in which team" in user.summary
        assert "employees_teams" in user.summary
        await user.press("1")
        assert "D employees_teams" in user.text(work.panes.changes)
        # reset hard from the log
        await user.press("3", "less_than_sign", "g")
        assert "employees_teams" in user.dialog_text
        await user.press("h")
        assert user.dialog is None
        assert user.changes == ([], [])
        assert len(team_summary(user)) == 5
        # a branch from the selected one, and away with it
        await user.go_to_branch("modify_data")
        await user.press("n")
        assert "modify_data" in user.dialog_text
        await user.type("spare")
        await user.press("enter")
        assert user.branch == "spare"
        assert "spare" in user.header
        assert user.log[0] == "Modified data on branch"
        await user.go_to_branch("spare")
        await user.press("d")
        assert user.dialog is None
        assert "current branch cannot be deleted" in user.told[-1]
        await user.go_to_branch("main")
        await user.press("space")
        await user.go_to_branch("spare")
        await user.press("d")
        assert "all its commits are on another branch" in user.dialog_text
        await user.press("x")
        assert user.dialog is None
        assert "spare" not in [branch.name for branch in user.repository.refs.branches("main")]
        assert "spare" not in user.text(work.panes.branches)


async def test_fast_forward(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        await user.go_to_branch("modify_data")
        await user.press("M")
        assert "fast-forward possible" in user.dialog_text
        assert "uncommitted changes in teams are not in the way" in user.dialog_text
        await user.press("enter")
        assert user.told[-1] == "Merged modify_data into main (fast-forward)"
        assert user.log[0] == "Modified data on branch"
        assert "Engineering: Timothy Sehn" in team_summary(user)
        assert user.changes == (["M teams"], [])  # the local change has stayed
        await user.go_to_branch("modify_data")
        await user.press("M")
        assert "Nothing to merge" in user.dialog_text
        await user.press("m", "f", "s")
        assert user.dialog is not None
        assert "already has all of modify_data" in user.dialog_text
        await user.press("escape")
        assert user.dialog is None


async def test_merge_commit_and_squash(either: Target, drive: Drive) -> None:
    async with drive(either) as user:
        await user.go_to_branch("modify_data")
        await user.press("M", "m")
        assert user.log[:2] == ["Merge branch 'modify_data' into main", "Modified data on branch"]
        await user.press("1", "d", "x")  # whatever is uncommitted stands in the way of nothing here
        assert user.changes == ([], [])
        await user.go_to_branch("modify_schema")
        await user.press("M", "s")
        assert "commit them with c" in user.told[-1]
        assert user.changes == ([], ["M employees"])
        assert user.log[0] == "Merge branch 'modify_data' into main"
        assert "Engineering: Timothy Sehn 2018-08-06" in team_summary(user)


async def test_local_changes_in_the_way(either: Target, drive: Drive, other: Callable[[Target], Repository]) -> None:
    other(either).run("main", [("UPDATE employees SET last_name = ? WHERE id = ?", ("Seen", 0))])
    async with drive(either) as user:
        before = user.repository.refs.fingerprint("main", refs=True)
        await user.go_to_branch("modify_data")
        await user.press("M")
        assert "blocked by uncommitted changes in employees" in user.dialog_text
        for words in ("stash, fast-forward, pop", "stash, merge, pop", "stash, squash, pop"):
            assert words in user.dialog_text
        await user.press("s")
        assert user.changes == (["M employees", "M teams"], ["M employees", "M employees_teams"])
        assert user.workspace.state.head == before.head
        await user.press("z", "u", "M", "enter")  # stash, fast-forward, pop
        assert user.dialog is None, user.screen
        assert user.workspace.state.head != before.head
        assert user.changes == (["M employees", "M teams"], [])
        await user.press("z", "u")
        assert user.repository.refs.fingerprint("main", refs=True) == before
        user.repository.run("main", [("UPDATE employees SET first_name = ? WHERE id = ?", ("Mine", 0))])
        await user.press("ctrl+r", "2", "M", "m")
        assert "Your uncommitted changes in employees conflict" in user.dialog_text
        await user.press("c")
        assert "Commit" in user.dialog_text
        await user.press("escape")
        assert user.workspace.state.head == before.head
