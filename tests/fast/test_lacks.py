"""What an engine lacks, and which version has it."""

from __future__ import annotations

import pytest

from dolt_tui.engine.core.capabilities import Capabilities, Feature, examine
from dolt_tui.engine.errors import PermissionDenied, ServerLost


def test_a_refusal_is_not_a_lack() -> None:
    def refuse(_sql: str) -> None:
        raise PermissionDenied("command denied")

    def lost(_sql: str) -> None:
        raise ServerLost("gone")

    assert examine(refuse, "9").lacking == frozenset()
    with pytest.raises(ServerLost):
        examine(lost, "9")


def test_what_is_lacking_says_which_version_has_it() -> None:
    found = Capabilities(frozenset({Feature.STASH, Feature.AUTHORS}), version="1.40.0")
    assert found.unavailable == (("stash", "Dolt 1.40.0 cannot stash: Dolt 1.86 can"),)
