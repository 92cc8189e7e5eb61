"""The list of themes; the screen has the colours of the one under the cursor while it is open."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on

from dolt_tui.ui.dialogs.listing import ListDialog
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import Style, cell
from dolt_tui.ui.widgets.grid import Grid

_COLUMNS = (Column("name", separator=False, flex=True), Column("kind", separator=False))


class ThemeDialog(ListDialog):
    """Returns the name of the theme that was chosen."""

    def __init__(self, themes: Sequence[tuple[str, bool]], current: str) -> None:
        """``themes``: their names, and whether they are dark; ``current``: the one to go back to."""
        rows = [Row(name, (cell(name), cell("dark" if dark else "light", Style.DIM))) for name, dark in themes]
        super().__init__("Theme", rows, _COLUMNS, hint="⏎ choose · esc keep the old one", at=current)
        self._before = current

    @on(Grid.Highlighted)
    def _preview(self, event: Grid.Highlighted) -> None:
        if event.row is not None:
            self.app.theme = str(event.row.key)

    def action_leave(self) -> None:
        self.app.theme = self._before
        super().action_leave()
