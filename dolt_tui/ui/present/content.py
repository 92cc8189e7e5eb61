"""Cells as Textual content, for what is not a grid: header, footer, dialogs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.content import Content

from dolt_tui.ui.present.text import Cell, Style

if TYPE_CHECKING:
    from textual.content import Span
    from textual.css.styles import RulesMap
    from textual.strip import Strip
    from textual.style import Style as Style_
    from textual.visual import RenderOptions

_STYLES = {
    Style.DIM: "$dim",
    Style.BOLD: "bold",
    Style.NULL: "$dim",
    Style.ADDED: "$added",
    Style.REMOVED: "$removed strike",
    Style.MINUS: "$removed",
    Style.MODIFIED: "$modified",
    Style.CONFLICT: "$error bold",
    Style.ACCENT: "$accent",
    Style.SUCCESS: "$success",
    Style.WARNING: "$warning",
    Style.ERROR: "$error",
    Style.KEY: "$accent bold",
    Style.HEADING: "$dim",
}


def content(cell: Cell) -> Content:
    """One line."""
    return Content.assemble(
        *(
            (text, " ".join(_STYLES.get(Style(name), "") for name in style.split())) if style else text
            for text, style in cell
        )
    )


def lines(cells: Iterable[Cell], hang: int | None = None) -> Hanging:
    """Several lines; where one is too long for its room, what comes on the next line begins below its text.

    ``hang`` is the column below which it begins; None: that of the text behind the blanks and the sign at the start.
    """
    whole = Content("\n").join([content(cell) for cell in cells])
    return Hanging(whole.plain, list(whole.spans), hang=hang)


class Hanging(Content):
    """Text whose lines keep their indentation where they are wrapped."""

    __slots__ = ("_hang",)

    def __init__(self, text: str = "", spans: list[Span] | None = None, *, hang: int | None = None) -> None:
        super().__init__(text, spans)
        self._hang = hang

    def get_height(self, rules: RulesMap, width: int) -> int:
        if rules.get("text_wrap") == "nowrap" or width <= 0:
            return super().get_height(rules, width)
        return sum(len(rows) for rows in self.rows(width))

    def render_strips(self, width: int, height: int | None, style: Style_, options: RenderOptions) -> list[Strip]:
        if options.rules.get("text_wrap") == "nowrap" or width <= 0:
            return super().render_strips(width, height, style, options)
        text = Content(self.plain, list(self.spans))
        chosen, options = options.selection, replace(options, selection=None)
        if chosen is not None and options.selection_style is not None:
            parts = text.split(allow_blank=True)
            for at, part in enumerate(parts):
                if (span := chosen.get_span(at)) is not None:
                    start, end = span
                    parts[at] = part.stylize(options.selection_style, start, len(part) if end < 0 else end)
            text = Content("\n").join(parts)
        strips = []
        for number, rows in enumerate(self.rows(width, text)):
            at = 0
            for row in rows:
                strips += [strip.apply_offsets(at, number) for strip in row.render_strips(width, 1, style, options)]
                at += len(row.plain.strip())
        return strips[:height]

    def rows(self, width: int, text: Content | None = None) -> list[list[Content]]:
        """Each line as rows of at most ``width`` cells; of ``text`` where that is the same with other styles."""
        found = []
        for line in (self if text is None else text).split(allow_blank=True):
            start = _START.match(line.plain)
            indent = self._hang if self._hang is not None else start.end() if start is not None else 0
            if line.cell_length <= width or not 0 < indent <= width * 2 // 3:
                found.append(line.wrap(width) or [line])
                continue
            first, *others = line[indent:].wrap(width - indent)
            found.append([line[:indent] + first, *(Content(" " * indent) + other for other in others)])
        return found


_START = re.compile(r"\s*(?:[^\w\s'\"(\[{<`]\s+)?")
"""Blanks, and a sign with blanks behind it."""
