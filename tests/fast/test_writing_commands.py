"""Tables of commands that the sessions at a commit refuse."""

from __future__ import annotations

from dolt_tui.ui import commands


def test_the_commands_of_writing_exist() -> None:
    assert {command.id for command in commands.COMMANDS} >= commands.WRITING
