"""The user's own editor, in every way in which it can fail: the screen comes back, and what was typed stays."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.terminal.conftest import Open, Terminal


def dialog(text: str) -> str:
    """What stands in the dialog, its lines joined."""
    lines = text.split("\n")
    left = next((line.index("╭─ Commit to main") for line in lines if "╭─ Commit to main" in line), None)
    if left is None:
        return ""
    width = lines[next(i for i, line in enumerate(lines) if "╭─ Commit to main" in line)][left:].index("╮")
    return " ".join(" ".join(line[left + 1 : left + width] for line in lines).split())


def says(user: Terminal, *words: str) -> None:
    """Open the editor; the dialog is there again, with what was typed and with one message."""
    user.type("\x05")
    user.until("Kept as it was", *words, read=dialog)


def test_an_editor_that_fails_gives_the_screen_back(terminal: Open, tmp_path: Path) -> None:
    editor = tmp_path / "my editor"
    user = terminal("demo", EDITOR=f"'{editor}' --wait", VISUAL=" ")
    user.until("1 table changed", "Support")
    user.type(" ")
    user.until("Staged")
    user.type("c")
    user.until("Commit to main", "^e editor")
    user.type("Kept as it was")

    says(user, "No such file", "my editor could not be started", "$EDITOR")
    editor.write_text("#!/bin/sh\nexit 3\n")
    says(user, "could not be started: Permission denied")
    editor.chmod(0o755)
    says(user, "ended with code 3", "stays as it was")
    editor.write_text("#!/nonexistent/interpreter\n")
    says(user, "could not be started: No such file")
    editor.write_text("#!/bin/sh\nkill -KILL $$\n")
    says(user, "was ended by SIGKILL")
    editor.write_text('#!/bin/sh\nrm "$2"\n')
    says(user, "COMMIT_EDITMSG, cannot be used: No such file")
    editor.write_text("#!/bin/sh\nexit 0\n")  # one that opens a window of its own, and leaves at once
    says(user, "changed nothing", "must wait")
    editor.write_text(
        "#!/bin/sh\nexec </dev/null >/dev/null 2>&1\nprintf 'Gr\\374\\337e\\r\\n\\r\\nbody\\r\\n' > \"$2\"\n"
    )
    user.type("\x05")
    user.until("Commit to main", "Grüße", "body", without=("changed nothing", "Kept"))
    user.type("\r")
    user.until("clean", "Grüße")
    user.type("q")
    assert user.end() == 0
    assert user.is_restored()


def test_a_program_whose_editor_was_not_there_still_ends(terminal: Open) -> None:
    user = terminal("demo", EDITOR="nosuch", VISUAL="")
    user.until("1 table changed", "Support")
    user.type(" ")
    user.until("Staged")
    user.type("c")
    user.until("Commit to main", "^e editor")
    user.type("\x05")
    user.until("nosuch could not be started", read=dialog)
    os.kill(user.pid, signal.SIGTERM)
    assert user.end() == 128 + signal.SIGTERM
    assert user.is_restored()


def test_ctrl_z_and_back(terminal: Open) -> None:
    user = terminal("demo")
    user.until("1 table changed", "Support")
    for _ in range(2):
        user.type("\x1a")
        user.until_stopped()
        assert user.is_restored()
        os.kill(user.pid, signal.SIGCONT)
        user.until("1 table changed", "Support")
        user.type("@")
        user.until("whole ·")
        user.type("\x1b")
        user.until("1 table changed", without=("whole ·",))
    user.type("q")
    assert user.end() == 0
    assert user.is_restored()
