"""How tables were looked at last: columns, order, filter, and where one was; it comes back as long as the program runs.

Hidden columns and widths are those of a table, by the names of its columns, wherever its rows are shown. The order and
the filter belong to the rows of the table, on whichever branch or commit. The filter of a diff belongs to the table
between the same two revisions only: on another diff it would leave changes out that nobody asked to leave out.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace

from dolt_tui.engine.browsing.query import ALL_CHANGES, DiffFilter, Query
from dolt_tui.engine.core.lru import Lru
from dolt_tui.frozen import Frozen
from dolt_tui.ui.main_view.diff import DiffView
from dolt_tui.ui.main_view.view import View

_MOST = 200
"""Tables, diffs and places that are remembered: those that were looked at last."""


class Arranged(Frozen):
    """The columns of a table as somebody arranged them, by name."""

    hidden: frozenset[str] = frozenset()
    widths: tuple[tuple[str, int], ...] = ()

    @property
    def plain(self) -> bool:
        """Whether that is how they are anyway."""
        return not (self.hidden or self.widths)


class Spot(Frozen):
    """Where the cursor was."""

    column: str = ""
    """The name of its column."""
    row: Hashable = None
    """The key of its row in the grid."""


class _Wanted(Frozen):
    """How the rows of a table are wanted."""

    query: Query
    """Without its revision."""
    unfit: frozenset[str] = frozenset()
    """Branches and commits where that cannot be: their table has other columns."""


class TableLooks:
    """What is remembered, of the tables that were looked at last."""

    def __init__(self, most: int = _MOST) -> None:
        self._arranged: Lru[str, Arranged] = Lru(most)
        self._wanted: Lru[str, _Wanted] = Lru(most)
        self._filters: Lru[tuple[str, str, str], DiffFilter] = Lru(most)
        self._spots: Lru[tuple[str, str], Spot] = Lru(most)

    # columns

    def arranged(self, table: str) -> Arranged:
        """The columns of a table as they were arranged."""
        return self._arranged.get(table) or Arranged()

    def arrange(self, table: str, names: Iterable[str], hidden: Iterable[str], widths: Mapping[str, int]) -> None:
        """Remember which of the columns that are called ``names`` are hidden, and their widths; what is known of others
        stays, which the table has elsewhere."""
        before, here = self.arranged(table), frozenset(names)
        kept = tuple((name, width) for name, width in before.widths if name not in here)
        found = Arranged((before.hidden - here) | frozenset(hidden), (*kept, *widths.items()))
        if found.plain:
            self._arranged.pop(table)
        elif found != before:
            self._arranged.put(table, found)

    # order and filter

    def query(self, table: str, place: str, revision: str | None = None) -> Query | None:
        """How the rows of a table are wanted at a branch or commit, which is ``revision`` to a `Query`; None: all of
        them, by the key."""
        found = self._wanted.get(table)
        if found is None or place in found.unfit:
            return None
        return replace(found.query, revision=revision)

    def want(self, table: str, query: Query | None) -> None:
        """Let the rows of a table be shown so from now on."""
        if query is None or query == Query(table, query.revision):
            self._wanted.pop(table)
        else:
            self._wanted.put(table, _Wanted(replace(query, revision=None)))

    def unfit(self, table: str, place: str) -> None:
        """What is wanted of a table's rows cannot be at a branch or commit."""
        found = self._wanted.get(table)
        if found is not None:
            self._wanted.put(table, replace(found, unfit=found.unfit | {place}))

    def keep_filter(self, view: DiffView) -> None:
        """Let the same diff be shown through the filter of ``view`` from now on."""
        key = view.table, view.old, view.new
        if view.filter.empty:
            self._filters.pop(key)
        else:
            self._filters.put(key, view.filter)

    def dressed(self, view: View) -> View:
        """A view of a diff, through the filter through which it was last looked at."""
        if not isinstance(view, DiffView) or not view.filter.empty:
            return view
        found = self._filters.get((view.table, view.old, view.new)) or ALL_CHANGES
        return view if found.empty else replace(view, filter=found)

    # the cursor

    def spot(self, table: str, kind: str) -> Spot:
        """Where one was in the rows of a table, or in what ``kind`` says else is shown of it."""
        return self._spots.get((table, kind)) or Spot()

    def keep_spot(self, table: str, kind: str, spot: Spot) -> None:
        """Come back there."""
        self._spots.put((table, kind), spot)

    def forget(self, table: str) -> None:
        """Show a table as if nobody had looked at it."""
        self._arranged.pop(table)
        self._wanted.pop(table)
        for diff in [key for key in self._filters if key[0] == table]:
            self._filters.pop(diff)
        for place in [key for key in self._spots if key[0] == table]:
            self._spots.pop(place)
