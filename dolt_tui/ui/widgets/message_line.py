"""A message that is told: in the line of keys where it fits, else in lines of its own at the bottom."""

from __future__ import annotations

from rich.cells import cell_len
from textual.widgets import Static

from dolt_tui.frozen import Frozen
from dolt_tui.ui.present.content import content
from dolt_tui.ui.present.text import Cell, Style, cell, join, plain

SIGNS = {"information": ("›", Style.ACCENT), "warning": ("!", Style.WARNING), "error": ("✗", Style.ERROR)}
"""Before a message, by how severe it is."""


class Said(Frozen):
    """A message; one line of harmless text."""

    text: str
    severity: str = "information"

    @property
    def line(self) -> Cell:
        """It with its sign."""
        sign, style = SIGNS[self.severity]
        return join(cell(f"{sign} ", style), cell(self.text, Style.BOLD))

    @property
    def width(self) -> int:
        """How many cells `line` takes."""
        return cell_len(plain(self.line))


class MessageLine(Static):
    """The last lines of a screen, above everything, while a message stands there."""

    DEFAULT_CSS = """
    MessageLine {
        layer: said;
        dock: bottom;
        height: auto;
        max-height: 4;
        width: 100%;
        padding: 0 1;
        background: $panel;
        color: $foreground;
    }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)

    def show(self, said: Said, *, above: bool) -> None:
        """Show a message; ``above``: what is typed stands in the last line."""
        self.styles.margin = (0, 0, int(above), 0)
        self.update(content(said.line))
