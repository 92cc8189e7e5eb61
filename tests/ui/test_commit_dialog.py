"""Writing a commit's message, and amending the last commit, by keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dolt_tui.engine.connecting.target import FileTarget, ServerTarget, Target
from dolt_tui.engine.repository import Repository
from dolt_tui.ui.app import DoltApp

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver

ADD_TEAM = ("INSERT INTO teams (id, name) VALUES (?, ?)", (4, "Legal"))

Editor = Callable[[str], Path]


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Editor:
    """``editor(script)``: a shell script that is run as the editor, with the file as ``$1``; the file that it saw."""

    def use(script: str) -> Path:
        seen = tmp_path / "seen"
        program = tmp_path / "my editor"
        program.write_text(f"#!/bin/sh\ncat \"$1\" > '{seen}'\n{script}\n")
        program.chmod(0o755)
        monkeypatch.delenv("VISUAL", raising=False)
        monkeypatch.setenv("EDITOR", f"'{program}'")
        monkeypatch.setattr(DoltApp, "suspend", lambda _app: nullcontext())  # there is no terminal to give away here
        return seen

    return use


def last(user: Driver) -> tuple[str, str, str]:
    commit = user.repository.history.commit(user.branch, "HEAD")
    return commit.message, commit.author, commit.email


async def test_what_goes_in_stands_beside_with_its_counts(
    either: Target, drive: Drive, other: Callable[[Target], Repository]
) -> None:
    other(either).run("main", [("UPDATE employees SET last_name = ? WHERE id = ?", ("Seen", 0))])
    async with drive(either) as user:
        await user.press("a", "c")
        assert "2 tables to commit · ~1 +2 rows" in user.dialog_text
        assert re.search(r"M employees +~1 row", user.dialog_text)
        assert re.search(r"M teams +\+2 rows", user.dialog_text)


async def test_an_editor_writes_the_message(whichever: Target, drive: Drive, editor: Editor) -> None:
    seen = editor("printf '# no\\nTwo teams\\n\\nFound them.\\n# 1 table\\nBoth.\\n' > \"$1\"")
    async with drive(whichever) as user:
        await user.press("space", "c")
        await user.type("Two te")
        await user.press("ctrl+e")
        text = seen.read_text()
        assert text.startswith("Two te\n\n# Lines that begin with #")
        assert "# 1 table to commit" in text
        assert "#   M teams" in text
        assert "Found them." in user.dialog_text
        await user.press("enter")
        assert last(user)[0] == "Two teams\n\nFound them.\nBoth."


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("printf '# only a comment\\n\\n' > \"$1\"", "An empty message commits nothing"),
        ("exit 3", "ended with code 3"),
    ],
)
async def test_an_editor_that_writes_nothing(
    demo: FileTarget, drive: Drive, editor: Editor, script: str, says: str
) -> None:
    editor(script)
    async with drive(demo) as user:
        await user.press("space", "c")
        await user.type("Kept")
        await user.press("ctrl+e")
        assert says in " ".join(user.dialog_text.replace("│", " ").split())  # whatever line it ends on
        assert "Kept" in user.dialog_text
        await user.press("escape")
        assert user.log[0] == "Inserted data into tables"


async def test_an_editor_that_is_not_there(
    demo: FileTarget, drive: Drive, editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor("")
    monkeypatch.setenv("VISUAL", "/no/such/editor -w")
    async with drive(demo) as user:
        await user.press("space", "c", "ctrl+e")
        assert "/no/such/editor could not be started" in user.dialog_text


async def test_a_screen_that_cannot_be_given_away(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        await user.press("space", "c", "ctrl+e")
        assert "cannot be given to an editor" in user.dialog_text


async def test_recent_messages(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        await user.press("space", "c", "up")
        assert "Inserted data into tables" in user.dialog_text
        await user.press("up")
        assert "Created tables" in user.dialog_text
        await user.press("down")
        assert "Inserted data into tables" in user.dialog_text
        await user.press("down", "down")
        assert "What changes, in one line" in user.dialog_text
        await user.type("My own")
        await user.press("up")
        assert "My own" in user.dialog_text
        await user.press("ctrl+s")
        assert user.log[:2] == ["My own", "Inserted data into tables"]


async def test_the_date(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        await user.press("space", "c")
        await user.type("Long ago")
        await user.press("tab", "tab", "tab")
        await user.type("31.1.2020")
        await user.press("enter")
        assert "The date must look like" in user.dialog_text
        await user.press(*["backspace"] * len("31.1.2020"))
        await user.type("2020-01-31 14:05")
        await user.press("enter")
        assert user.dialog is None
        assert f"{user.repository.history.commit('main', 'HEAD').date:%Y-%m-%d %H:%M}" == "2020-01-31 14:05"


async def test_a_commit_without_changes(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        await user.press("c")
        assert "commit without changes" in user.dialog_text
        await user.press("e")
        assert "No changes, only the message." in user.dialog_text
        await user.type("Nothing but words")
        await user.press("enter")
        assert user.log[0] == "Nothing but words"
        assert user.changes == (["M teams"], [])
        detail = user.repository.history.detail("main", "HEAD")
        assert detail.changes == ()


# amend


async def test_amend(either: Target, drive: Drive, other: Callable[[Target], Repository]) -> None:
    async with drive(either) as user:
        before = user.repository.history.commit("main", "HEAD")
        await user.press("space", "A")
        text = user.dialog_text
        assert f"Amend {before.hash[:7]} on main" in text
        assert re.search(r"1 table to commit\W+M teams +\+2 rows", text)
        assert "Already in this commit" in text
        assert re.search(r"M employees +\+\d rows", text)
        assert "Inserted data into tables" in text
        assert before.author in text
        await user.type(", and teams")
        await user.press("escape", "A")
        assert "Inserted data into tables, and teams" in user.dialog_text  # it survives esc
        await user.press("enter")
        assert user.dialog is None
        assert last(user) == ("Inserted data into tables, and teams", before.author, before.email)
        assert user.changes == ([], [])
        after = user.repository.history.commit("main", "HEAD")
        assert after.parents == before.parents
        assert user.told[-1] == f"Amended {before.hash[:7]}, which is {after.hash[:7]} now"


async def test_amend_only_the_message(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        await user.press("A")
        assert "Nothing is staged: only the message changes." in user.dialog_text
        await user.press("home")
        await user.type("Now: ")
        await user.press("enter")
        assert user.log[0] == "Now: Inserted data into tables"
        assert user.changes == (["M teams"], [])


async def test_amend_refuses_when_another_commit_came_in_between(
    either: Target, drive: Drive, other: Callable[[Target], Repository]
) -> None:
    async with drive(either) as user:
        await user.press("A")
        await user.type("!")
        other(either).commits.commit("main", "by somebody else", allow_empty=True)
        await user.press("enter")
        assert "Another session has committed to main" in user.dialog_text
        await user.press("enter")
        assert user.log[:2] == ["by somebody else", "Inserted data into tables"]


async def test_escape_ends_what_is_read_before_the_dialog(
    demo_on_dolt: ServerTarget, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with drive(demo_on_dolt) as user:
        connections = user.repository._connections

        def slow(branch: str, *, counts: bool = True) -> None:
            with connections.read(branch, "slow") as session:
                session.scalar("SELECT sleep(60)")

        monkeypatch.setattr(user.repository.commits, "preview_amend", slow)
        user.burst("A")
        await user.until(lambda: user.workspace.session.busy == "read the last commit")
        user.burst("escape")
        await user.settle()
        assert user.dialog is None
        assert user.told[-1] == "Cancelled: read the last commit"
        assert user.workspace.session.busy == ""


async def test_amend_warns_of_a_published_commit(demo_on_dolt: ServerTarget, drive: Drive, tmp_path: Path) -> None:
    async with drive(demo_on_dolt) as user:
        user.repository.call("main", "dolt_remote", "add", "origin", f"file://{tmp_path / 'remote'}")
        user.repository.call("main", "dolt_push", "origin", "main")
        await user.press("1", "A")
        assert "origin/main has this commit" in user.dialog_text
        assert "only be pushed by force" in user.dialog_text
