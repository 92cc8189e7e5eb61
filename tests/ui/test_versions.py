"""What a server's version lacks is told by its commands, with the version that has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dolt_tui.engine import opening
from dolt_tui.engine.connecting.target import ServerTarget
from dolt_tui.engine.core.capabilities import Capabilities, Feature

if TYPE_CHECKING:
    from tests.ui.conftest import Drive


async def test_commands_that_the_version_lacks(
    demo_on_dolt: ServerTarget, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = frozenset({Feature.STASH, Feature.REFLOG, Feature.REBASE, Feature.CHERRY_PICK, Feature.REVERT})
    monkeypatch.setattr(opening, "examine", lambda *_: Capabilities(lacking, version="1.20.0"))
    async with drive(demo_on_dolt) as user:
        for keys, words in (
            (("1", "s"), "stash"),
            (("2", "j", "r"), "rebase"),
            (("3", "i"), "rebase"),
            (("t",), "revert"),
            (("C", "V"), "cherry-pick"),
        ):
            await user.press(*keys)
            assert user.dialog is None
            assert user.told[-1].endswith(f"Dolt 1.20.0 cannot {words}: Dolt 1.86 can"), keys
        await user.press("1", "right_square_bracket")
        assert "cannot stash: Dolt 1.86 can" in " ".join(user.screen.split())
        await user.press("3", "right_square_bracket")
        assert "cannot tell where a branch was before: Dolt 1.86 can" in " ".join(user.screen.split())
