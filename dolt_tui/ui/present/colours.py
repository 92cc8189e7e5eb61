"""Colours that can be read: of a theme those that text has, changed where they are too close to what is behind it.

Contrast is that of the Web Content Accessibility Guidelines 2.1, from 1 (none) to 21 (black on white). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from textual.color import Color

READABLE: Final = 4.5
"""The least contrast of text that carries meaning (guideline 1.4.3, level AA)."""
_EASY: Final = 6.0
"""The contrast of ordinary text on what is behind the header and the footer, where the theme allows it."""
_CLEAR: Final = 5.2
"""The least contrast of ordinary text."""
_STEPS: Final = 40
_BLACK, _WHITE = Color(0, 0, 0), Color(255, 255, 255)
_DIM: Final = 0.4
"""How far the colour of secondary text is from that of text to the background."""
_TEXT: Final = ("accent", "success", "warning", "error")
"""The variables of a theme that text has, besides that of ordinary text."""

DIFF_COLOURS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "theme": {},
    # Of the palette of Okabe and Ito, which people with each kind of colour blindness tell apart.
    "colour-blind": {
        "added": ("#56B4E9", "#0072B2"),
        "removed": ("#E69F00", "#D55E00"),
        "modified": ("#F0E442", "#8A6D00"),
    },
}
"""What is added, removed and modified, by the name of the choice: on dark and on light backgrounds; those that are not
named have the theme's colours."""


def contrast(one: Color, other: Color) -> float:
    """How well two opaque colours can be told apart."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def readable(color: Color, *behind: Color, least: float = READABLE) -> Color:
    """The colour, as much lighter or darker as it takes to be read on each of the backgrounds (opaque).

    Where these are too different for any colour, the one that is read best.
    """

    def worst(found: Color) -> float:
        return min(contrast(found, background) for background in behind)

    if worst(color) >= least:
        return color
    end = max((_BLACK, _WHITE), key=worst)
    for step in range(1, _STEPS):
        if worst(found := color.blend(end, step / _STEPS)) >= least:
            return found
    return end


def readable_variables(variables: Mapping[str, str], diff_colours: str = "theme") -> dict[str, str]:
    """The variables of a theme for style sheets, with colours for text that can be read on its backgrounds.

    Added to them are ``dim`` for secondary text, and ``added``, ``removed`` and ``modified`` for diffs, from the choice
    of `DIFF_COLOURS`. Colours of the terminal's own, which are not known here, stay.
    """
    found = dict(variables)
    backgrounds = [Color.parse(variables[name]) for name in ("background", "surface", "panel")]
    foreground = Color.parse(variables["foreground"])
    if any(color.ansi is not None or color.a < 1 for color in (*backgrounds, foreground)):
        return found | {"dim": variables["foreground"]} | _diffs(found, dark=True, behind=(), choice=diff_colours)
    background, surface, panel = backgrounds
    panel = _calm(panel, background, foreground)
    behind = (background, surface, panel)
    found["panel"] = panel.hex
    for name in _TEXT:
        found[name] = readable(Color.parse(variables[name]), *behind).hex
    foreground = readable(foreground, *behind, least=_CLEAR)  # there has to be room for what is dimmer
    found["foreground"] = foreground.hex
    dim = readable(foreground.blend(background, _DIM), *behind)
    found["dim"] = min((dim, foreground), key=lambda color: contrast(color, background)).hex
    dark = contrast(background, _WHITE) > contrast(background, _BLACK)
    return found | _diffs(found, dark=dark, behind=behind, choice=diff_colours)


def _calm(panel: Color, background: Color, foreground: Color) -> Color:
    """The background of header and footer: as much nearer to that of the rest as it takes to be read easily on it."""
    wanted = min(_EASY, 0.75 * contrast(foreground, background))
    for step in range(_STEPS):
        if contrast(foreground, found := panel.blend(background, step / _STEPS)) >= wanted:
            return found
    return background


def _diffs(variables: Mapping[str, str], *, dark: bool, behind: Iterable[Color], choice: str) -> dict[str, str]:
    usual = {"added": variables["success"], "removed": variables["error"], "modified": variables["warning"]}
    chosen = {name: pair[0 if dark else 1] for name, pair in DIFF_COLOURS[choice].items()}
    backgrounds = tuple(behind)
    if backgrounds:
        chosen = {name: readable(Color.parse(value), *backgrounds).hex for name, value in chosen.items()}
    return usual | chosen
