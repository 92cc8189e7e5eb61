"""Keeping how a table is looked at in the main pane, and showing it so again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.ui.session.table_looks import Spot, TableLooks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dolt_tui.ui.main_view.view import Loaded
    from dolt_tui.ui.widgets.grid import Grid
    from dolt_tui.ui.widgets.grid_place import Place

_PLACES = 8
"""Views whose pages are held for coming back to a row of them."""


class KeptLooks:
    """Of one pane."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self.looks = TableLooks()
        """What is shared with whoever shows rows; the state's, once there is one."""
        self._places: list[tuple[Loaded, Place]] = []

    def keep(self, loaded: Loaded) -> None:
        """Another view is shown from now on: remember how this one is looked at."""
        grid, names = self._grid, _names(loaded)
        if not names or grid.cursor_kind != "cell":
            return
        table, known = loaded.view.about, frozenset(column.key for column in grid.columns)
        shown = {key: name for key, name in names.items() if key in known}
        hidden, widths = grid.arranged_columns
        self.looks.arrange(
            table,
            shown.values(),
            [name for key, name in shown.items() if key in hidden],
            {shown[key]: width for key, width in widths.items() if key in shown},
        )
        column, row = grid.cursor_column, grid.cursor_row
        if row is not None:
            name = shown.get(column.key, "") if column is not None else ""
            self.looks.keep_spot(table, _kind(loaded), Spot(name, row.key))
        self._places = [kept for kept in self._places if kept[0].view != loaded.view][-_PLACES + 1 :]
        if grid.source is not None:
            self._places.append((loaded, grid.place))

    def forget(self, table: str) -> None:
        """Show a table as if nobody had looked at it."""
        self.looks.forget(table)
        self._places = [kept for kept in self._places if kept[0].view.about != table]

    def place(self, loaded: Loaded) -> Place | None:
        """Where one was in the same view of the same branch, among all of its pages."""
        return next((at for one, at in self._places if (one.view, one.branch) == (loaded.view, loaded.branch)), None)

    def arrange(self, loaded: Loaded) -> None:
        """Hide and size the columns as in whatever was shown last of the table."""
        here = {column.key for column in self._grid.columns}
        names = {key: name for key, name in _names(loaded).items() if key in here}
        if names:
            arranged = self.looks.arranged(loaded.view.about)
            keys = {name: key for key, name in names.items()}
            widths = {keys[name]: width for name, width in arranged.widths if name in keys}
            self._grid.arrange_columns([keys[name] for name in arranged.hidden if name in keys], widths)

    def find_spot(self, loaded: Loaded, *, row: bool) -> None:
        """Put the cursor where it was, as far as that is there: into its column, and if wanted on its ``row``."""
        names = _names(loaded)
        spot = self.looks.spot(loaded.view.about, _kind(loaded)) if names else Spot()
        for key, name in names.items():
            if name == spot.column and key not in self._grid.hidden:
                self._grid.move_to_column(key)
        if row and spot.row is not None and not self._grid.move_to_key(spot.row):
            self._grid.expect_key(spot.row)


def _names(loaded: Loaded) -> Mapping[str, str]:
    """The names of a table's columns by the keys of the grid's; none where the rows are not a table's."""
    if not loaded.view.about:
        return {}
    return {f"{at}": column.name for at, column in enumerate(loaded.columns)}


def _kind(loaded: Loaded) -> str:
    """What is shown of a table: where one is in its rows is not where one is in its changes."""
    return "rows" if loaded.changed is None else f"changes of {loaded.view.title}"
