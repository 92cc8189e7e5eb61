"""What the rows of a grid know of the screen, and what they tell it."""

from __future__ import annotations

from typing import Protocol

from dolt_tui.ui.present.grid_rows import Request, Row, Source


class Viewport(Protocol):
    """The lines that are on the screen, and who is told what changes."""

    @property
    def is_running(self) -> bool:
        """Whether it is on a screen already: before that nothing is asked for, and nothing scrolls."""

    @property
    def top(self) -> int:
        """The first line that is seen."""

    @property
    def height(self) -> int:
        """How many lines are seen."""

    def scroll(self, top: int) -> None:
        """Let the lines from ``top`` on be seen, or the last ones where there are too few of them."""

    def resized(self) -> None:
        """There are more lines, or fewer."""

    def redraw(self) -> None:
        """Everything is different."""

    def redraw_lines(self, first: int, number: int = 1) -> None:
        """Some lines are different."""

    def highlighted(self, row: Row | None) -> None:
        """The cursor is on another row (told by its key), or on none."""

    def page_wanted(self, source: Source, request: Request) -> None:
        """Rows are missing: `GridModel.deliver` or `GridModel.fail` has the answer."""

    def came_above(self) -> None:
        """`GridModel.above` changed."""
