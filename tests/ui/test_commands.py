"""Commands: one from outside is a command like ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dolt_tui.engine.connecting.target import FileTarget
from dolt_tui.engine.undo.steps import Reach
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import (
    TABLES,
    command,
)

if TYPE_CHECKING:
    from tests.ui.conftest import Drive


class SizeActions(Actions):
    """A group as a plug-in brings it along."""

    def no_table(self) -> str:
        return "" if self.context.panes.tables.selected is not None else "there is no table here"

    @command("size.show", "Q", "size", "Say how many rows the table has", TABLES, footer=True, unless=no_table)
    def show(self) -> None:
        table = self.context.panes.tables.selected
        assert table is not None
        self.context.tell(f"{table.name} has {table.rows} rows")

    @command("size.tag", "ctrl+t", "tag now", "Tag the last commit as now", writes=True)
    def tag(self) -> None:
        branch, head = self.state.branch, self.state.head
        self.context.write("tag", lambda repo: repo.tags.create(branch, "now", head, ""), reach=Reach.REFS)


async def test_a_command_from_outside_is_one_like_ours(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo, more=[SizeActions], size=(132, 60)) as user:
        await user.go_to_table("employees")
        assert re.search(r"Q size", user.lines[-1])
        await user.press("Q")
        assert user.told[-1] == "employees has 4 rows"
        await user.press("question_mark")
        assert re.search(r"Q +Say how many rows the table has", user.dialog_text)
        await user.press("escape", "ctrl+p")
        await user.type("Say how many")
        assert re.search(r"Say how many rows the table has +Q", user.dialog_text)
        await user.press("enter")
        assert user.told[-1] == "employees has 4 rows"
        await user.press("1")
        assert "size" not in user.lines[-1]
        await user.press("ctrl+t")
        assert [tag.name for tag in user.repository.tags.tags("main")] == ["now"]
        await user.press("z", "u")
        assert user.repository.tags.tags("main") == ()


async def test_a_command_from_outside_has_the_key_of_the_configuration(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo, more=[SizeActions], keymap={"size.show": "f11"}) as user:
        await user.go_to_table("employees")
        assert "f11 size" in user.lines[-1]
        await user.press("Q")
        assert "employees has 4 rows" not in user.told
        await user.press("f11")
        assert user.told[-1] == "employees has 4 rows"


async def test_a_command_from_outside_that_writes_is_refused_like_ours(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo, more=[SizeActions], read_only=True) as user:
        await user.press("ctrl+t")
        assert user.told == ["tag now: opened read-only"]
        assert user.repository.tags.tags("main") == ()


async def test_the_palette_goes_where_a_command_belongs(demo: FileTarget, drive: Drive) -> None:
    """It finds commands of all panes, also by what they are called elsewhere; what cannot run is there with its
    reason."""
    async with drive(demo) as user:
        panes = user.workspace.panes
        await user.press("2", "j", "1", "ctrl+p")
        await user.type("merge")
        assert "In other panes" in user.dialog_text
        assert re.search(r"Merge .*Branches +M", user.dialog_text)
        assert "goes to Branches first, where modify_data is selected" in user.dialog_text
        assert re.search(r"Merge the remote branch .* · there is no remote here", user.dialog_text)
        await user.press("escape", "ctrl+p")
        await user.type("checkout branch")
        assert re.search(r"Switch .*checkout.* Branches +\w", user.dialog_text), user.dialog_text
        await user.press("escape", "ctrl+p")
        await user.type("pop")
        assert re.search(r"Pop .* · DoltLite has no stash +Stashes", user.dialog_text), user.dialog_text
        assert "Not now: DoltLite has no stash" in user.dialog_text
        await user.press("enter")
        assert user.told == ["pop: DoltLite has no stash"]
        assert user.is_in(panes.stashes)  # it is there that one sees why
        await user.press("ctrl+p")
        await user.type("rename branch")
        await user.press("enter")
        assert user.is_in(panes.branches)
        assert "modify_data" in user.dialog_text
        await user.press("escape", "1", "ctrl+p")
        assert user.dialog_text.index("Used lately") < user.dialog_text.index("Rename") < user.dialog_text.index("Here")
        await user.type("save a new query")
        await user.press("enter")  # of a tab that was not read yet
        await user.until(lambda: user.is_in(panes.queries) and user.dialog is not None)
        await user.press("escape", "1", "ctrl+p")
        await user.type("explain")
        await user.press("enter")
        await user.until(lambda: user.is_in(panes.console))
