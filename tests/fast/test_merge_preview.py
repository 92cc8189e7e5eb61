"""What the dialogs of a merge and of a rebase say of conflicts and constraints."""

from __future__ import annotations

from dataclasses import replace

from dolt_tui.engine.model import ConflictCount, MergePreview, Violation
from dolt_tui.ui.flows.merge import merge_choices, merge_lines

PREVIEW = MergePreview("f", "main", "b" * 32, 1, 1, (), (), ())
BROKEN = Violation("foreign key", "pets", "whose", ("owner",), "", "people", 2, ("id 7", "id 8"))


def lines(preview: MergePreview) -> list[str]:
    return ["".join(text for text, *_ in line) for line in merge_lines(preview)]


def test_constraints() -> None:
    told = "foreign key whose of pets (owner, refers to people): 2 rows, id 7; id 8"
    assert str(BROKEN) == told
    broken = replace(PREVIEW, violations=(BROKEN,))
    assert f"  ✗ breaks {told}" in lines(broken)
    assert not any("no conflicts" in line for line in lines(broken))
    assert [choice.why_not for choice in merge_choices(broken, "x")] == ["main has 1 commit that f lacks", "", ""]
    assert merge_choices(broken, "x")[1].text == "decide 1 constraint first: x"
    several = replace(broken, conflicts=(ConflictCount("pets", 3), ConflictCount("x", 0, 1)))
    assert merge_choices(several, "x")[1].text == "decide 3 rows, 1 definition and 1 constraint first: x"
    # Dolt tells conflicts before, but not constraints.
    unknown = lines(replace(PREVIEW, violations_known=False))
    assert "  ✓ no conflicts" in unknown
    assert any("checked only when it merges" in line for line in unknown)
    assert not any("constraint" in line for line in lines(PREVIEW))
    both = lines(replace(broken, conflicts=(ConflictCount("pets", 3),)))
    assert "  ✗ conflict in pets: 3 rows" in both
    assert f"  ✗ breaks {told}" in both
