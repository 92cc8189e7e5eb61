"""Whatever theme is chosen, text can be read on whatever is behind it."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from dolt_tui.ui.present import content
from dolt_tui.ui.present.colours import DIFF_COLOURS, READABLE, contrast, readable, readable_variables
from dolt_tui.ui.present.text import Style
from dolt_tui.ui.widgets.grid_render import LOOKS, Palette

UI = Path(content.__file__).resolve().parent.parent
SHADED = [name for name in BUILTIN_THEMES if not name.startswith("ansi")]
FAINT = {"rule", "placeholder", "gutter"}
"""What carries no meaning."""


def variables(theme: str, choice: str) -> dict[str, str]:
    return readable_variables(BUILTIN_THEMES[theme].to_color_system().generate(), choice)


def test_of_known_contrasts() -> None:
    assert contrast(Color(0, 0, 0), Color(255, 255, 255)) == pytest.approx(21)
    assert contrast(Color.parse("#767676"), Color(255, 255, 255)) == pytest.approx(4.54, abs=0.01)  # the known example
    assert readable(Color(0, 0, 0), Color(255, 255, 255)) == Color(0, 0, 0)


@pytest.mark.parametrize("choice", DIFF_COLOURS)
@pytest.mark.parametrize("theme", SHADED)
def test_text_of_bars_frames_and_dialogs(theme: str, choice: str) -> None:
    found = variables(theme, choice)
    for name in ("foreground", "dim", "accent", "success", "warning", "error", "added", "removed", "modified"):
        for behind in ("background", "surface", "panel"):
            assert contrast(Color.parse(found[name]), Color.parse(found[behind])) >= READABLE, (name, behind)


@pytest.mark.parametrize("theme", SHADED)
def test_text_of_grids_under_every_cursor(theme: str) -> None:
    names = list({(look.color, look.background): name for name, look in LOOKS.items() if name not in FAINT}.values())
    for choice, shown in (("theme", names), ("colour-blind", [Style.ADDED, Style.REMOVED, Style.MODIFIED])):
        found = variables(theme, choice)
        widget: Any = SimpleNamespace(
            app=SimpleNamespace(theme_variables=found),
            styles=SimpleNamespace(has_rule=lambda _name: True, color=Color.parse(found["foreground"])),
        )
        for behind in ("background", "surface"):
            palette = Palette(cast(Any, widget), Color.parse(found[behind]))
            for over in ("", "selected", "cursor", "cursor-blurred", "cursor cell"):
                for name in shown:
                    style = palette.style(name, over)
                    assert style.color is not None
                    assert style.bgcolor is not None
                    one, other = (Color.from_rich_color(part) for part in (style.color, style.bgcolor))
                    assert contrast(one, other) >= READABLE, (name, over, behind)


def test_what_is_changed_is_told_apart_from_the_rest_in_each_theme() -> None:
    for theme in SHADED:
        for choice in DIFF_COLOURS:
            found = variables(theme, choice)
            assert len({found[name] for name in ("added", "removed", "foreground", "dim")}) == 4, theme


def test_colours_of_the_terminal_stay_its_own() -> None:
    for theme in BUILTIN_THEMES.keys() - set(SHADED):
        own = BUILTIN_THEMES[theme].to_color_system().generate()
        assert own.items() <= variables(theme, "theme").items()


def test_style_sheets_have_no_half_transparent_text() -> None:
    sheets = {path: path.read_text() for path in (UI / "styles.tcss", *UI.glob("**/*.py"))}
    text = re.compile(r'(?<![-\w])(?:border-(?:sub)?title-)?color: \$\w+ \d+%|"(?:not )?(?:bold )?\$\w+ \d+%"')
    assert {path.name: found for path, sheet in sheets.items() if (found := text.findall(sheet))} == {}
    assert all("%" not in style for style in content._STYLES.values())
    assert content._STYLES.keys() >= {Style.ADDED, Style.REMOVED, Style.MODIFIED, Style.DIM}
