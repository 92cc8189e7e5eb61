"""A grid whose lines belong together: several make one entry, and the cursor is on an entry."""

from __future__ import annotations

from collections.abc import Hashable

from dolt_tui.ui.present.grid_rows import Row
from dolt_tui.ui.widgets.grid import Grid


def entry_of(row: Row) -> Hashable:
    """The entry that a line is of: what its key begins with."""
    return row.key[0] if isinstance(row.key, tuple) else row.key


class RecordGrid(Grid):
    """Lines whose keys are an entry and a number; up and down go by entries, and by lines through a long one."""

    def entry_lines(self, index: int) -> tuple[int, int]:
        """The first and the last line of the entry that a line is of."""
        row = self.line(index)
        if row is None:
            return index, index
        entry, first, last = entry_of(row), index, index
        while first > 0 and (above := self.line(first - 1)) is not None and entry_of(above) == entry:
            first -= 1
        while (below := self.line(last + 1)) is not None and entry_of(below) == entry:
            last += 1
        return first, last

    @property
    def entry(self) -> Hashable:
        """The entry under the cursor; None where there is none."""
        row = self.cursor_row
        return entry_of(row) if row is not None else None

    def go_to_entry(self, entry: Hashable) -> bool:
        """Put the cursor on an entry, so that as much of it is seen as there is room for; False where it is not there.

        Where the cursor is on one of its lines already, it stays there.
        """
        if self.entry == entry:
            return True
        if not self.move_to_key((entry, 0)):
            return False
        self._show(downward=True)
        return True

    def _show(self, *, downward: bool) -> None:
        """Let the whole entry under the cursor be seen; where it is longer than that, its beginning or its end."""
        if not self.height:
            return  # it is not on the screen yet
        first, last = self.entry_lines(self.cursor_index)
        if last - first < self.height:
            if last >= self.top + self.height:
                self.scroll(last - self.height + 1)
        elif downward:
            self.scroll(first)

    def action_cursor_down(self) -> None:
        _, last = self.entry_lines(self.cursor_index)
        if last >= self.top + self.height:
            self.scroll(self.top + 1)
            self.move_to(max(self.cursor_index, self.top))
        elif last + 1 < self.row_count:
            self.move_to(last + 1)
            self._show(downward=True)

    def action_cursor_up(self) -> None:
        first, _ = self.entry_lines(self.cursor_index)
        if first < self.top:
            self.scroll(self.top - 1)
            self.move_to(min(self.cursor_index, self.top + self.height - 1), -1)
        elif first > 0:
            above, last = self.entry_lines(first - 1)
            self.move_to(above if last - above < self.height else last, -1)

    # Drawing

    def redraw_lines(self, first: int, number: int = 1) -> None:
        self.refresh()  # the other lines of the entry, too

    def _over(self, index: int, row: Row) -> tuple[str, int | None]:
        here = self.cursor_row
        if here is None or entry_of(here) != entry_of(row):
            return "", None
        return ("cursor" if self.has_focus or self.lively else "cursor-blurred"), None
