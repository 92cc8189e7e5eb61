"""A preview that fails says so in its dialog, in a right sentence; nothing can be chosen, and esc cancels it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from dolt_tui.engine.connecting.target import FileTarget
from dolt_tui.engine.errors import EngineError, ServerLost
from dolt_tui.engine.versioning.commits import Commits
from dolt_tui.engine.versioning.merging import Merging
from dolt_tui.engine.versioning.rebasing import Rebasing
from dolt_tui.engine.versioning.refs import Refs
from dolt_tui.engine.versioning.rewriting import Rewriting

if TYPE_CHECKING:
    from tests.ui.conftest import Drive

PREVIEWS: dict[str, tuple[tuple[str, ...], type, str, str]] = {
    "merge": (("2", "<", "j", "M"), Merging, "preview", "Could not preview the merge."),
    "rebase": (("2", "<", "j", "r"), Rebasing, "preview", "Could not check what it would do."),
    "delete": (("2", "<", "j", "d"), Refs, "loss", "Could not check what would be lost."),
    "forward": (("2", "<", "f"), Merging, "preview", "Could not check what is ahead."),
    "reset": (("3", "<", "j", "g"), Commits, "preview_reset", "Could not check what a reset would do."),
    "revert": (("3", "<", "t"), Rewriting, "preview_revert", "Could not check what it would do."),
    "paste": (("3", "<", "C", "V"), Rewriting, "preview_pick", "Could not check what it would do."),
}


def failing(error: Exception) -> Callable[..., Any]:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail


async def test_each_preview_that_fails_says_so_in_its_dialog(
    demo: FileTarget, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with drive(demo) as user:
        for name, (keys, owner, method, told) in PREVIEWS.items():
            with monkeypatch.context() as patched:
                patched.setattr(owner, method, failing(EngineError("A bolt is loose.", "Tighten it.")))
                await user.press(*keys)
                if name == "forward" and user.dialog is None:
                    continue  # nothing is known to be ahead of it here
                text = user.dialog_text
                assert told in text, name
                assert "A bolt is loose." in text, name
                assert "Tighten it." in text, name
                assert "hecking what it would do…" not in text, name
                assert "still checking" not in text, name
                assert len(user.app.screen_stack) == 3, f"{name}: no other dialog stands above it"
                user.burst("m", "f", "x", "b", "r", "p", "h", "enter")
                await user.settle()
                assert user.dialog is not None, f"{name}: there is nothing to choose"
                await user.press("escape")
            assert user.dialog is None, name
            assert user.workspace.session.busy == "", name
        await user.press("2", "<", "j", "M")
        assert "Could not" not in user.dialog_text, "the next time it is found out"
        await user.press("m")
        assert user.log[0].startswith("Merge branch")


async def test_what_was_found_first_stays_when_the_rest_fails(
    demo: FileTarget, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, broken = Merging.preview, [EngineError("A bolt is loose."), ServerLost("The server is gone.")]

    def fail(self: Merging, *arguments: Any, **named: Any) -> Any:
        if named["conflicts"]:
            raise broken.pop()
        return original(self, *arguments, **named)

    async with drive(demo) as user:
        monkeypatch.setattr(Merging, "preview", fail)
        for told in ("The server is gone.", "A bolt is loose."):
            await user.press("2", "<", "j", "M")
            assert "Could not count the incoming changes." in user.dialog_text
            assert "1 commit to bring in" in user.dialog_text
            assert told in user.dialog_text
            assert "… looking for conflicts" not in user.dialog_text
            assert "still checking" not in user.dialog_text
            await user.press("escape")
            assert user.dialog is None
            await user.until(lambda: " live · " in user.header, "the connection, which was there all the time")
