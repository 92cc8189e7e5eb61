"""Which tables a pattern ignores."""

from __future__ import annotations

from dolt_tui.engine.core.wildcards import matches


def test_patterns_in_python() -> None:
    assert matches("tmp_*", "tmp_")
    assert not matches("tmp_*", "tmpx1")
    assert not matches("a", "A")
    assert matches("a\nb*", "a\nbc")
