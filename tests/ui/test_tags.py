"""Tags by keys: making, looking at, branching from, deleting, pushing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from dolt_tui.engine import open_repository
from dolt_tui.engine.connecting.target import FileTarget, ServerTarget, Target

if TYPE_CHECKING:
    from tests.ui.conftest import Drive


async def test_tag_a_branch_and_a_commit_and_look_at_them(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        tags = user.workspace.panes.tags
        await user.press("2", "[")
        assert user.is_in(tags)
        assert "No tags yet" in user.text(tags)
        await user.press("d")
        assert user.told[-1] == "delete: there is no tag here"
        await user.press("]")
        await user.go_to_branch("modify_data")
        await user.press("T")
        assert "Tag modify_data" in user.dialog_text
        await user.type("a b")
        assert "holds a character" in user.dialog_text
        await user.press("enter")
        assert "holds a character" in user.dialog_text
        await user.press("ctrl+u")
        await user.type("v2")
        await user.press("enter")
        await user.type("The second 'one' -d [b]")
        await user.press("enter")
        assert user.dialog is None
        assert user.told[-1].endswith(" as v2")
        await user.go_to_commit("Inserted data into tables")
        await user.press("T")
        await user.type("v1")
        await user.press("enter", "enter")
        assert "⚑ v1" in user.text(user.workspace.panes.log)
        await user.press("T")
        await user.type("v1")
        assert "There is already a tag v1." in user.dialog_text
        await user.press("escape", "2", "[")
        assert [cells[:2] for cells in user.rows(tags)] == [("⚑ v1", ""), ("⚑ v2", "The second 'one' -d [b]")]
        assert "Inserted data into tables" in user.main, "the cursor is on the one that was made last"
        await user.press("j")
        assert "Modified data on branch" in user.main
        assert "by Demo" in user.text(tags)
        await user.press("enter")
        assert user.is_in(user.workspace.main)


async def test_branch_from_a_tag_and_delete_it(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        first = user.workspace.state.branches[1].hash
        user.repository.tags.create("main", "v1", first, "one\ntwo")
        await user.press("ctrl+r", "2", "[", "n")
        assert "New branch at tag v1" in user.dialog_text
        await user.type("from_tag")
        await user.press("enter")
        assert user.branch == "from_tag"
        assert user.workspace.state.head == first
        assert user.is_in(user.workspace.panes.tags)
        await user.press("space")
        assert "at v1, read-only" in user.header
        await user.press("T")
        await user.type("again")
        await user.press("enter", "enter")
        assert user.told[-1] == f"Tagged {first[:7]} as again"
        await user.press("d")
        assert "read-only at v1" in user.told[-1]
        await user.press("escape")
        assert user.branch == "from_tag"
        user.repository.tags.delete("main", "again")
        await user.press("ctrl+r", "d")
        assert "Delete tag v1" in user.dialog_text
        assert "dolt_tag('-d', '--', 'v1')" in user.dialog_text
        await user.press("enter")
        assert user.dialog is not None  # no default
        await user.press("escape")
        assert user.repository.tags.tags("main")
        await user.press("d", "x")
        assert user.repository.tags.tags("main") == ()
        assert user.told[-1] == f"Deleted tag v1, it was at {first[:7]}"
        assert "No tags yet" in user.text(user.workspace.panes.tags)


async def test_push_a_tag(either: Target, drive: Drive, tmp_path: Path) -> None:
    url = f"file://{tmp_path}/origin" + (".db" if isinstance(either, FileTarget) else "")
    async with drive(either) as user:
        repository = user.repository
        repository.tags.create("main", "v1", "main")
        await user.press("ctrl+r", "2", "[", "P")
        assert user.dialog is None
        assert "there is no remote" in user.told[-1]
        repository.remotes.add("main", "origin", url)
        repository.remotes.add("main", "second", url + "2")
        repository.remotes.push("main", "origin")
        await user.press("ctrl+r", "P")
        assert "Push the tag to" in user.dialog_text
        await user.press("enter")
        assert "Push tag v1 to origin" in user.dialog_text
        assert "cannot be undone" in user.dialog_text
        await user.press("p")
        assert user.told[-1] == "Pushed tag v1 to origin"
        repository.remotes.clone("main", url, "tagged")
    with open_repository(_beside(either, "tagged")) as clone:
        assert [tag.name for tag in clone.tags.tags("main")] == ["v1"]
        if not isinstance(either, FileTarget):
            clone.run("main", [("DROP DATABASE tagged", ())])


def _beside(target: Target, name: str) -> Target:
    """Another database where this one is."""
    if isinstance(target, FileTarget):
        return FileTarget(target.path.with_name(name))
    assert isinstance(target, ServerTarget)
    return replace(target, database=name)


async def test_a_tag_of_somebody_else_appears(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        await user.press("2", "[")
        user.repository.tags.create("main", "new", "main", "\x1b[31mred\u202e")
        await user.until(lambda: "⚑ new" in user.text(user.workspace.panes.tags), "the tag")
        user.check()
