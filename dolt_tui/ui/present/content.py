"""Cells as Textual content, for what is not a grid: header, footer, dialogs."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from dolt_tui.ui.present.text import Cell, Style

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


def lines(cells: Iterable[Cell]) -> Content:
    """Several lines."""
    return Content("\n").join([content(cell) for cell in cells])
