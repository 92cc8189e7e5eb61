"""Comparing two revisions in every pane, by keys."""

from __future__ import annotations

from collections.abc import Callable

from dolt_tui.engine.connecting.target import FileTarget, Target
from dolt_tui.engine.repository import Repository

from .conftest import Drive


async def test_every_pane_shows_the_comparison_until_esc(either: Target, drive: Drive) -> None:
    async with drive(either) as user:
        work = user.workspace
        panes = (work.panes.changes, work.panes.log, work.panes.tables, work.main, work.panes.summary)
        before = [user.text(pane) for pane in panes]
        await user.go_to_branch("modify_data")
        await user.press("W")
        assert "Marked modify_data" in user.told[-1]
        assert "marked modify_data" in user.header
        await user.go_to_branch("modify_schema")
        await user.press("W")
        assert "Compare modify_schema with modify_data" in user.dialog_text
        await user.press("enter")
        assert "comparing modify_data...modify_schema" in user.header
        assert user.is_in(work.panes.changes)
        assert "modify_data...modify_schema" in user.text(work.panes.changes).splitlines()[0]
        assert user.rows(work.panes.changes) == [("M", "employees", "~4 schema")]
        assert "start_date" in user.main
        assert "employees · modify_data...modify_schema" in user.main
        assert user.rows(work.panes.log)[0][2].endswith("Modified schema on branch")
        assert len(user.rows(work.panes.log)) == 1
        assert "Log · only in modify_schema" in user.text(work.panes.log)
        assert ("teams", "2 rows") in [row[:2] for row in user.rows(work.panes.tables)]  # main has two more
        assert "2018-08-06" in user.summary
        assert "Team Summary of modify_schema" in user.summary
        for key in ("a", "c", "d", "space"):
            await user.press(key)
            assert "a comparison is shown" in user.told[-1]
        await user.go_to_table("employees")
        assert "employees · rows at modify_schema" in user.main
        assert "2018-08-06" in user.main
        await user.press("enter", "H")
        assert "history of id 0 on modify_schema" in user.main
        assert "Modified schema on" in user.main
        await user.press("escape", "4")
        await user.press("w")
        assert "start_date" in user.main
        await user.press("escape")
        assert "comparing" not in user.header
        await user.press("1")
        assert [user.text(pane) for pane in panes] == before


async def test_all_differences_and_the_other_way_round(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        work = user.workspace
        await user.go_to_branch("modify_data")
        await user.press("W")
        await user.go_to_branch("modify_schema")
        assert "modify_data → modify_schema" in user.main.splitlines()[0]  # all that differs, as in the comparison
        assert "2 tables differ" in user.main
        await user.press("3", "escape", "2")
        assert user.told[-1] == "Unmarked modify_data"
        assert "modify_schema · against main" in user.main
        await user.go_to_branch("modify_data")
        await user.press("W")
        await user.go_to_branch("modify_schema")
        await user.press("W", "a")
        assert "comparing modify_data..modify_schema" in user.header
        assert user.rows(work.panes.changes) == [("M", "employees", "~4 −1 schema"), ("M", "employees_teams", "+1 −1")]
        await user.go_to_branch("modify_schema")
        await user.press("W")
        await user.go_to_branch("modify_data")
        await user.press("W", "o")
        assert "comparing modify_data...modify_schema" in user.header
        assert user.rows(work.panes.changes) == [("M", "employees", "~4 schema")]
        await user.press("escape")
        await user.go_to_branch("modify_data")
        await user.press("W", "W")
        assert user.told[-1] == "Unmarked modify_data"
        await user.press("4", "W")
        assert "select a branch or a commit" in user.told[-1]


async def test_the_working_set_against_a_commit(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        work = user.workspace
        await user.press("1", "W")
        await user.go_to_commit("Created tables")
        await user.press("W", "enter")
        assert "...the working set" in user.header
        assert [row[:2] for row in user.rows(work.panes.changes)] == [
            ("M", "employees"),
            ("M", "employees_teams"),
            ("M", "teams"),
        ]
        assert user.rows(work.panes.changes)[2][2] == "+4"
        assert [row[2].split(" ", 1)[-1] for row in user.rows(work.panes.log)] == ["Inserted data into tables"]
        assert "employees · " in user.main
        assert "...the working set" in user.main
        assert ("teams", "4 rows") in [row[:2] for row in user.rows(work.panes.tables)]


async def test_a_comparison_survives_what_others_do(
    either: Target, drive: Drive, other: Callable[[Target], Repository]
) -> None:
    async with drive(either) as user:
        work = user.workspace
        await user.go_to_branch("main")
        await user.press("W")
        await user.go_to_branch("modify_data")
        await user.press("W", "enter")
        shown = user.rows(work.panes.changes), user.rows(work.panes.log)
        other(either).run("main", [("INSERT INTO teams VALUES (?, ?)", (77, "Elsewhere"))])
        await user.until(lambda: work.state.changes.tables == 1 and work.state.fingerprint is not None)
        await user.press("ctrl+r")
        assert (user.rows(work.panes.changes), user.rows(work.panes.log)) == shown
        await user.go_to_branch("modify_schema")
        await user.press("space")  # another branch: the comparison ends
        assert "comparing" not in user.header
        assert user.branch == "modify_schema"
