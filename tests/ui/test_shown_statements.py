"""The statements that a dialog shows are those that run when it is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.engine.connecting.target import Target
from dolt_tui.ui.dialogs.choice import ChoiceDialog
from tests.engine.test_calls import is_asked

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver


async def choose(user: Driver, letter: str) -> None:
    """Answer a dialog: it shows what it runs, and runs what it shows, in that order."""
    dialog = user.dialog
    assert isinstance(dialog, ChoiceDialog)
    choice = next(choice for choice in dialog.choices if choice.letter == letter)
    assert choice.calls
    while f"› {letter}" not in user.dialog_text and len(dialog.choices) > 1:
        await user.press("down")
    assert str(choice.calls[0])[:60] in user.dialog_text
    log = user.repository.statements
    before = max(entry.number for entry in log.entries())
    await user.press(letter)
    await user.settle()
    expected = list(choice.calls)
    for entry in log.entries(before):
        if expected and is_asked(expected[0], entry):
            expected.pop(0)
    assert not expected


async def test_what_is_shown_is_what_runs(either: Target, drive: Drive) -> None:
    async with drive(either) as user:
        await user.go_to_branch("modify_data")
        await user.press("M")
        await choose(user, "m")
        await user.go_to_branch("modify_data")
        await user.press("d")
        await choose(user, "x")
        await user.press("3", "less_than_sign", "j", "g")
        await choose(user, "h")
        await user.go_to_table("employees_teams")
        await user.press("d")
        await choose(user, "x")
        await user.press("1", "D")
        await choose(user, "x")
        assert not user.workspace.state.changes.tables
