"""Statements that may end a server are remembered."""

from __future__ import annotations

import pytest

from dolt_tui.engine.core.suspects import Suspects
from dolt_tui.engine.errors import NotAskedAgain


def test_suspects() -> None:
    heavy, light = "SELECT * FROM dolt_diff_stat(1)", "SELECT * FROM dolt_status"
    suspects = Suspects()
    suspects.check(heavy, 7)
    suspects.lost(heavy, heavy, 7, answered=True)
    suspects.check(heavy, 8)  # the server lives
    suspects.check(light, 2)
    with pytest.raises(NotAskedAgain, match="server ended"):
        suspects.check(heavy, 2)  # it is another one
    suspects.pardon()
    with pytest.raises(NotAskedAgain):
        suspects.check(heavy, 30)

    suspects = Suspects()
    suspects.lost(heavy, heavy, 7, answered=False)  # the connection may have been dead before
    suspects.check(heavy, 2)
    suspects.lost(heavy, heavy, 2, answered=False)
    with pytest.raises(NotAskedAgain):
        suspects.check(heavy, 3)
    suspects.pardon()
    suspects.check(heavy, 3)

    suspects = Suspects()
    for number in (7, 8):
        suspects.lost(light, light, number, answered=True)
        suspects.check(light, number + 1)
    suspects.lost(light, light, 9, answered=True)
    with pytest.raises(NotAskedAgain, match="connection was lost"):
        suspects.check(light, 10)
    suspects.pardon()
    suspects.check(light, 10)
    suspects.lost(light, light, 10, answered=True)
    suspects.answered(light)
    for number in (11, 12):
        suspects.lost(light, light, number, answered=True)
        suspects.check(light, number)
