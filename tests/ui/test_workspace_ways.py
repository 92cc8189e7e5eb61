"""Moving about and looking: in and out, filters, the command log, help, palette, sizes of panes."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dolt_tui.engine.connecting.target import FileTarget, Target
from dolt_tui.engine.repository import Repository
from dolt_tui.ui.actions.groups import command_set
from dolt_tui.ui.commands import BRANCHES, EVERYWHERE
from dolt_tui.ui.dialogs.finder import FinderDialog
from dolt_tui.ui.dialogs.sql_log import SqlLogDialog
from dolt_tui.ui.main_view.table import LoadedTable
from dolt_tui.ui.main_view.view import Frame, Known, Listing, Loaded, View
from dolt_tui.ui.panes.pane import Pane
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import cell
from dolt_tui.ui.session.settings import Settings

if TYPE_CHECKING:
    from tests.ui.conftest import DemoFile, Drive


async def test_the_main_pane_follows_the_selection(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        assert "teams · HEAD → working" in user.main
        await user.press("2")
        assert "main is the current branch" in user.main
        await user.go_to_branch("modify_data")
        assert "modify_data · against main" in user.main
        assert "1 commit" in user.main
        assert "Modified data on branch" in user.main
        await user.press("3")
        assert "Inserted data into tables" in user.main
        assert "author Aaron <aaron@example.com>" in user.main
        assert "+4" in user.main
        await user.press("4")
        assert "employees · rows" in user.main
        assert "Hendriks" in user.main
        await user.press("w")
        assert "employees · schema" in user.main
        assert "CREATE TABLE" in user.main
        await user.press("w")
        assert "employees · rows" in user.main
        await user.press("1")
        assert "teams · HEAD → working" in user.main


async def test_in_and_out_like_a_stack(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        work = user.workspace
        await user.go_to_commit("Inserted data into tables")
        await user.press("enter")
        assert user.is_in(work.main)
        await user.press("j")
        assert "employees_teams" in (user.cursor(work.main) or ())
        await user.press("enter")
        assert "employees_teams ·" in user.main
        assert "employee_id" in user.main
        await user.press("j", "j")
        at = user.cursor(work.main)
        await user.press("enter")  # a foreign key
        assert "0 employees_teams › employees · rows at " in user.main
        await user.press("backspace")
        assert user.cursor(work.main) == at
        await user.press("i")
        assert "employees_teams · employee_id 1, team_id 0 · " in user.main
        assert "change 3 of 5 · 2 columns" in user.main
        await user.press("escape")
        assert not work.main.card.is_open
        assert user.cursor(work.main) == at
        await user.press("escape")
        assert user.is_in(work.main)
        assert "commit " in user.main.splitlines()[0]
        assert "employees_teams" in (user.cursor(work.main) or ())  # where one was is remembered
        await user.press("escape")
        assert user.is_in(work.panes.log)
        await user.press("escape")
        assert user.is_in(work.panes.log)
        assert user.app.is_running


async def test_a_commit_of_a_branch_and_its_rows(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        await user.go_to_branch("modify_data")
        await user.press("enter", "greater_than_sign", "enter")
        assert "Modified data on branch" in user.main
        assert "author Brian" in user.main
        await user.press("enter")
        assert "Timothy" in user.main
        assert "Wilkins" in user.main
        await user.press("enter")
        assert re.search("~ first_name │ .* │ Tim Timothy", user.main)
        assert "1 of 3 columns" in user.main
        await user.press("escape", "escape")
        assert "author Brian" in user.main
        await user.press("escape")
        assert "modify_data · against main" in user.main


async def test_schema_change_stands_above_the_rows(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        await user.go_to_branch("modify_schema")
        await user.press("enter", "enter")
        assert "start_date" in user.main
        assert "ALTER TABLE" in user.main or "ADD" in user.main
        assert "2018-08-06" in user.main


async def test_filter(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        work = user.workspace
        await user.press("2", "slash")
        await user.type("SCHEMA")
        assert [cells[1] for cells in user.rows(work.panes.branches)] == ["modify_schema"]
        assert "/SCHEMA" in user.text(work.panes.branches)
        await user.press("enter")
        assert user.is_in(work.panes.branches)
        selected = work.panes.branches.selected
        assert selected is not None
        assert selected.name == "modify_schema"
        await user.press("escape")
        assert len(user.rows(work.panes.branches)) == 3
        await user.press("slash")
        await user.type("nothing is called so")
        assert user.rows(work.panes.branches) == []
        await user.press("space", "enter", "n")  # nothing is selected: nothing happens
        assert user.dialog is None
        await user.press("escape")
        assert len(user.rows(work.panes.branches)) == 3
        await user.press("slash")
        await user.type("qcM")  # letters go into the filter, not to commands
        assert user.app.is_running
        assert user.dialog is None
        await user.press("escape")
        assert len(user.rows(work.panes.branches)) == 3
        for pane in "1345":
            await user.press(pane, "slash")
            await user.type("e")
            await user.press("escape")


async def test_escape_leaves_the_look_for_other_writers_alone(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        await user.press("2", "slash")
        await user.type("data")
        await user.press("enter")
        go = threading.Event()
        poll = user.app.jobs.run("poll", "", lambda: go.wait(30), lambda _: None, lambda _: None)
        user.burst("escape")
        await user.until(lambda: len(user.rows(user.workspace.panes.branches)) == 3, "the filter gone")
        assert not poll.cancellation.cancelled
        go.set()
        await user.settle()
        assert "Cancelled." not in user.told


async def test_a_filter_does_not_survive_a_switch(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        await user.press("2", "slash")
        await user.type("data")
        await user.press("enter", "space")
        assert user.branch == "modify_data"
        assert len(user.rows(user.workspace.panes.branches)) == 3


async def test_the_sql_log_is_a_script_of_what_was_changed(
    either: Target, drive: Drive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[str] = []
    monkeypatch.setattr("dolt_tui.ui.app.DoltApp.copy_to_clipboard", lambda _app, text: copied.append(text))
    async with drive(either) as user:
        await user.press("space", "c")
        await user.type("See the 'SQL'")
        await user.press("enter", "@")
        assert isinstance(user.dialog, SqlLogDialog)
        found = {step.name: [one.sql.split("(")[0] for one in step.statements] for step in user.dialog.steps}
        word = user.repository.info.traits.procedures
        assert [f"{word} dolt_commit"] in found.values(), found
        assert "START TRANSACTION" not in user.dialog_text
        await user.press("y")
        assert copied[-1].endswith("'See the ''SQL''');"), copied
        await user.press("k", "y")
        assert copied[-1].startswith("-- commit"), "a whole step"
        changes = user.dialog.grid.row_count
        await user.press("a")
        assert user.dialog.grid.row_count > changes + 10
        await user.press("a", "slash")
        await user.type("dolt_commit(")
        assert user.dialog.grid.row_count == 1
        await user.press("escape", "less_than_sign", "enter")
        assert "ms" in user.dialog_text
        await user.press("escape", "E", "ctrl+u")
        await user.type(str(tmp_path / "log.sql"))
        await user.press("enter")
        await user.settle()
        saved = (tmp_path / "log.sql").read_text()
        there = "/main`;" if word == "CALL" else "SELECT dolt_connect_branch('main');"
        assert saved.index(there) < saved.index(f"{word} dolt_add('") < saved.index(f"{word} dolt_commit('")
        await user.press("E", "ctrl+u")
        await user.type(str(tmp_path / "log.sql"))
        await user.press("enter")
        assert "exists already" in user.dialog_text
        await user.press("escape", "escape")
        assert user.dialog is None


async def test_help_lists_all_keys_and_runs_a_command(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        await user.press("2", "question_mark")
        dialog = user.dialog
        assert isinstance(dialog, FinderDialog)
        text = "\n".join(dialog.shown)
        assert text.startswith("In Branches\nspace Switch to the branch · main is the current branch\n")
        for command in command_set():
            if command.where in (BRANCHES, EVERYWHERE) and command.key and command.id != "palette":
                assert command.title.rstrip("…")[:30] in text, command.id
        assert not [row for row in dialog.shown if row.startswith(" ")]  # each says its key
        assert "f Fetch from a remote · here it is forward" in text
        await user.type("f")  # a key
        assert [row[:6] for row in dialog.shown] == ["In Bra", "f Fast", "Everyw", "f Fetc"]
        await user.press("backspace")
        await user.type("/new bra")
        assert dialog.shown[:2] == ["In Branches", "n New branch from the selected one…"]
        await user.press("enter")
        assert user.dialog is not None
        assert "New branch" in user.dialog_text
        await user.press("f1")
        assert re.search(r"Keys · New branch.*\n[^⏎]*⏎ +\w+", user.dialog_text), user.dialog_text
        await user.press("escape")
        assert "Keys" not in user.dialog_text
        await user.press("escape")
        await user.press("question_mark", "escape")
        assert user.dialog is None


async def test_palette_runs_a_command(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        await user.press("ctrl+p")
        await user.type("go to the log")
        await user.press("enter")
        assert user.is_in(user.workspace.panes.log)
        await user.press("ctrl+p")
        await user.type("branches")
        row = next(at for at, line in enumerate(user.lines) if "Go to Branches" in line)
        await user.pilot.click(offset=(30, row))
        await user.settle()
        assert user.is_in(user.workspace.panes.branches)


async def test_numbers_and_tab_go_to_the_panes(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        work = user.workspace
        for key, pane in zip("123405", (*work.panes.side, work.main, work.panes.summary), strict=True):
            await user.press(key)
            assert user.is_in(pane)
            assert pane.grid.has_focus
        await user.press("1")
        for pane in [*work.panes.shown[1:], work.panes.shown[0]]:
            await user.press("tab")
            assert user.is_in(pane)
        for pane in reversed(work.panes.shown):
            await user.press("shift+tab")
            assert user.is_in(pane)


class StandIn(Pane):
    """A pane that is put in the place of another one."""

    NUMBER, TITLE, KIND = "5", "Stand-in", "stand-in"


class OtherTab(StandIn):
    TITLE, KIND = "Other", "other-tab"


async def test_another_pane_in_the_place_of_the_summary(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        work, panes = user.workspace, user.workspace.panes
        await user.press("5")
        pane, tab = StandIn(), OtherTab()
        panes.lower.show(pane, pane, tab)
        await user.settle()
        assert panes.shown[-1] is pane
        assert "5 Stand-in · Other" in user.screen
        assert panes.summary not in panes.shown
        await user.press("5")
        assert user.is_in(pane)
        assert pane.grid.has_focus
        await user.press("right_square_bracket")
        assert user.is_in(tab)
        await user.press("tab")
        assert user.is_in(panes.changes)
        await user.press("5", "underscore")
        assert tab.region.width == 132
        assert tab.region.height > 30
        await user.press("plus")
        for width, height in ((80, 24), (60, 18), (40, 10), (132, 38)):
            await user.pilot.resize_terminal(width, height)
            await user.settle()
            await user.press("1", "5")
            assert user.is_in(tab)
            assert tab.region.height > 2
            assert tab.region.width == (width if width < 90 else work.main.region.width)
        panes.lower.put_back()
        await user.press("5")
        assert user.is_in(panes.summary)
        panes.lower.show(tab)  # it is saved already
        await user.press("5")
        assert user.is_in(tab)


async def test_refresh_keeps_the_cursor(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        await user.go_to_branch("modify_data")
        at = user.cursor(user.workspace.panes.branches)
        await user.press("ctrl+r", "R")
        assert user.cursor(user.workspace.panes.branches) == at
        assert user.changes == (["M teams"], [])


async def test_an_empty_database(demo_file: DemoFile, drive: Drive) -> None:
    from dolt_tui.demo.story import At

    async with drive(demo_file(At.START)) as user:
        assert "No changes" in user.text(user.workspace.panes.changes)
        assert "No tables yet." in user.text(user.workspace.panes.tables)
        assert "once the tables employees" in user.summary
        assert user.workspace.panes.summary.region.height == 4, "it has nothing to show yet"
        for pane in "123405":
            await user.press(pane, "space", "enter", "d", "escape", "a", "w", "slash", "x", "escape")
            while user.dialog is not None:
                await user.press("escape")
        assert user.app.is_running
        assert len(user.log) == 1


async def test_all_merged(demo_file: DemoFile, drive: Drive) -> None:
    from dolt_tui.demo.story import At

    async with drive(demo_file(At.MERGED)) as user:
        log = [cells[2] for cells in user.rows(user.workspace.panes.log)]
        assert any("Merge branch 'modify_schema' into main" in message for message in log)
        assert "Timothy" in user.summary
        assert "2018-08-06" in user.summary
        assert "5 of" in user.summary or "Fitzgerald" in str(user.rows(user.workspace.panes.summary))


async def test_a_pane_that_was_behind_a_tab_is_as_it_was_before(whichever: Target, drive: Drive) -> None:
    async with drive(whichever, settings=Settings(log_page=2)) as user:
        panes = user.workspace.panes
        for pane, tabs, counted in ((panes.changes, 2, "M teams +2"), (panes.log, 2, "3 commits")):
            await user.press(pane.NUMBER)
            before = user.text(pane)
            assert counted in before
            await user.press(*["right_square_bracket"] * tabs)
            assert user.is_in(pane)
            assert user.text(pane) == before


async def test_what_was_counted_stays_until_it_is_counted_again(
    demo: FileTarget, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    count, go = LoadedTable.load_counts, threading.Event()
    go.set()

    def later(loaded: LoadedTable, repository: Repository) -> LoadedTable:
        assert go.wait(20)
        return count(loaded, repository)

    monkeypatch.setattr(LoadedTable, "load_counts", later)
    async with drive(demo) as user:
        await user.go_to_table("employees")
        assert "4 rows · 3 columns" in user.main
        go.clear()
        user.repository.run("main", [("DELETE FROM employees_teams", ()), ("DELETE FROM employees WHERE id = 0", ())])
        user.burst("ctrl+r")
        await user.until(lambda: "Sehn" not in user.main, "the rows that are left")
        assert "4 rows · 3 columns" in user.main
        go.set()
        await user.until(lambda: "3 rows · 3 columns" in user.main, "their number")
        await user.go_to_table("teams")
        assert "4 rows" in user.main


class IndexView(View):
    """A list whose columns have titles."""

    @property
    def title(self) -> str:
        return "indexes"

    @property
    def about(self) -> str:
        return "teams"

    def load(self, repository: Repository, branch: str) -> LoadedIndexes:
        return LoadedIndexes(self, branch)


class LoadedIndexes(Loaded):
    """One index."""

    def present(self, known: Known, frame: Frame) -> Listing:
        return Listing(
            (Row("by", (cell("by_name"), cell("name"))),),
            (Column("name", "index"), Column("of", "columns")),
            titles=True,
        )


async def test_a_list_with_titles_and_what_makes_no_sense_for_it(demo: FileTarget, drive: Drive) -> None:
    """The footer offers what sorts, filters and follows rows only where there are such rows."""
    async with drive(demo) as user:
        await user.go_to_table("teams")
        await user.press("0")
        assert re.search(r"s sort… .*f filter… .*H history", user.lines[-1]), user.lines[-1]
        user.workspace.show_view(IndexView(), inside=True)
        await user.settle()
        assert re.search(r"index[ │]+columns", user.main)
        assert re.search(r"by_name[ │]+name", user.main)
        for word in ("sort…", "filter…", "history", "columns…"):
            assert word not in user.lines[-1]
        await user.press("s")
        assert "only the rows of a table" in user.told[-1]
        await user.press("escape")
        assert "teams · rows" in user.main
        assert "index" not in user.main
        assert "sort…" in user.lines[-1]
