"""A dialog that lets one choose: what can be chosen, and why something cannot, is seen however long the text is."""

from __future__ import annotations

from pathlib import Path

import pytest

from dolt_tui.engine.model import Call
from dolt_tui.ui import app as app_module
from dolt_tui.ui.app import DoltApp
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.present.text import cell

from .waiting import Coloured


class Shown(Coloured):
    CSS_PATH = Path(app_module.__file__).with_name(DoltApp.CSS_PATH)


async def test_a_double_click_makes_the_choice_that_it_went_to() -> None:
    """Though what the choice runs, shown by the first click, moves it away; and whichever has several lines."""
    app, made = Shown(), list[str | None]()
    calls = [Call((f"CALL {number}",)) for number in range(4)]
    choices = [Choice("a", "one", text="long " * 40), Choice("b", "two", calls=calls), Choice("c", "three")]
    async with app.run_test(size=(80, 40)) as pilot:
        app.push_screen(dialog := ChoiceDialog("Choose", [cell("a line")], choices, default="a"), made.append)
        await pilot.pause()
        shown = dialog.query_one(".choices").region
        assert shown.height > 4
        await pilot.click(offset=(shown.x + 4, shown.bottom - 2), times=2)
        await pilot.pause()
    assert made == ["b"]


@pytest.mark.parametrize("lines", [5, 10, 12, 40])
async def test_choices_stay_in_a_low_frame(lines: int) -> None:
    app = Shown()
    choices = [
        Choice("a", "one", calls=[Call(("CALL a",)), Call(("CALL b",))]),
        Choice("b", "two", why_not="it cannot be"),
    ]
    dialog = ChoiceDialog("Choose", [cell(f"line {number}") for number in range(lines)], choices, default="a")
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(dialog)
        await pilot.pause()
        await pilot.press("b")
        await pilot.pause()
        inside = dialog.frame.content_region
        for name in ("choices", "statement", "says"):
            shown = dialog.query_one(f".{name}")
            assert shown.region.height, name
            assert inside.contains_region(shown.region), name
