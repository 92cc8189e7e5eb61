"""How often each value of a column occurs, at one revision or at two side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from dolt_tui.engine.browsing.column_conditions import same_value
from dolt_tui.engine.browsing.query import DiffQuery, Query
from dolt_tui.engine.console.row_choice import HasValue
from dolt_tui.engine.model import ColumnInfo, SqlStyle, Value
from dolt_tui.engine.model.column_stats import Frequency, FrequencyOrder, Totals, ValueCount
from dolt_tui.engine.transfer.requests import Export, ResultExport
from dolt_tui.ui.main_view.diff import DiffView
from dolt_tui.ui.main_view.query_diff import QueryDiffView
from dolt_tui.ui.main_view.result import Results, ResultView
from dolt_tui.ui.main_view.table import TableView
from dolt_tui.ui.main_view.view import FirstPageKnown, Frame, Known, Loaded, Record, View, rest_of_title, revision_label
from dolt_tui.ui.present.column_stats import ORDERS, counted_value, frequency_columns, frequency_rows, frequency_said
from dolt_tui.ui.present.export import Copied
from dolt_tui.ui.present.grid_rows import Count, Match, PageOf, Request, Row
from dolt_tui.ui.present.text import plain, sanitise
from dolt_tui.words import count

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository

MOST = 10_000
"""Values that are listed at most; the others are counted."""
Rows: TypeAlias = TableView | DiffView | ResultView | QueryDiffView
"""Views of rows, of whose columns something can be said."""


def source_of(view: TableView | DiffView) -> Query | DiffQuery:
    """The rows that a view shows, in no order."""
    return replace(view.wanted, sort=None) if isinstance(view, TableView) else view.query


def filter_of(view: Rows) -> str:
    """By which filter a view shows rows, for people; empty: all of them."""
    if isinstance(view, TableView):
        return replace(view, query=replace(view.wanted, sort=None)).settings if view.is_filtered else ""
    return replace(view, sort=None).settings if isinstance(view, ResultView) else view.settings


def result_of(view: ResultView) -> Results:
    """The rows of a result that are shown, in no order."""
    return view.result.having(view.tests) if view.tests else view.result


def sides_of(view: Rows) -> tuple[str, str]:
    """What people call the two revisions of a diff; empty for other views."""
    if isinstance(view, QueryDiffView):
        return view.diff.plan.old.label, view.diff.plan.new.label
    return (revision_label(view.old), revision_label(view.new)) if isinstance(view, DiffView) else ("", "")


def filtered_by(
    view: Rows, column: ColumnInfo, at: int, value: Value, style: SqlStyle, sides: Sequence[str] = ("to_", "from_")
) -> View | None:
    """The rows of a view that have a value in a column, which is the one at ``at``: of a diff the changes that have it
    on one of the ``sides``, which have the column. None where they cannot be filtered."""
    if isinstance(view, TableView):
        query = source_of(view)
        assert isinstance(query, Query)
        condition = same_value(column, value, style)
        return replace(view, query=replace(query, conditions=(*query.conditions, condition)))
    if isinstance(view, DiffView):
        where = f"({' OR '.join(same_value(column, value, style, prefix=side).typed for side in sides)})"
        where = f"({view.filter.where}) AND {where}" if view.filter.where else where
        return replace(view, filter=replace(view.filter, where=where))
    if isinstance(view, ResultView):
        return replace(view, tests=(*view.tests, HasValue(at, value, False)))
    return None


def titled(of: Rows, what: str) -> str:
    """A title for what is said of the rows of a view."""
    return " · ".join(filter(None, (of.about, what, rest_of_title(of.title, of.about))))


def sides_with(new: Totals | None, old: Totals | None) -> tuple[str, ...]:
    """The sides of a diff on which a column has values, as conditions call them."""
    return tuple(name for name, totals in (("to_", new), ("from_", old)) if totals is not None and totals.rows)


def frequency_view(of: Rows, column: str, at: int, columns: tuple[str, ...]) -> FrequencyView:
    """The frequency of a column in the order in which it is shown first; ``columns`` are all of the rows'."""
    view = FrequencyView(of, column, at, columns=columns)
    return replace(view, order=view.orders[0])


class FrequencyView(View):
    """How often each value of a column occurs in some rows."""

    leads_to_choices: ClassVar[bool] = True

    of: Rows
    column: str
    at: int
    """The column's position."""
    order: FrequencyOrder = FrequencyOrder.MOST
    columns: tuple[str, ...] = ()
    """All columns of the rows."""

    @property
    def title(self) -> str:
        return titled(self.of, f"frequency of {self.column}")

    @property
    def about(self) -> str:
        return self.of.about

    @property
    def key_place(self) -> str:
        return "frequency"

    @property
    def orders(self) -> tuple[FrequencyOrder, ...]:
        """Those in which its values can be listed."""
        both = (FrequencyOrder.CHANGE,) if isinstance(self.of, DiffView | QueryDiffView) else ()
        return (*both, FrequencyOrder.MOST, FrequencyOrder.FEWEST, FrequencyOrder.VALUE)

    def same_rows(self, other: View) -> bool:
        return isinstance(other, FrequencyView) and replace(other, order=self.order) == self

    def shares_rows(self, other: View) -> bool:
        return False

    def load(self, repository: Repository, branch: str) -> LoadedFrequency:
        from dolt_tui.engine.console.value_counts import frequency_of, frequency_of_changes

        if isinstance(self.of, ResultView):
            found = frequency_of(result_of(self.of), self.at, MOST, self.order)
        elif isinstance(self.of, QueryDiffView):
            found = frequency_of_changes(self.of.diff, self.at, MOST, self.order)
        else:
            found = repository.stats.frequency(branch, source_of(self.of), self.column, MOST, self.order)
        return LoadedFrequency(self, branch, found, repository.info.traits.sql)


class LoadedFrequency(Loaded):
    """The values, as many as are listed."""

    view: FrequencyView

    def __init__(self, view: FrequencyView, branch: str, frequency: Frequency, style: SqlStyle) -> None:
        super().__init__(view, branch)
        self.frequency, self._style = frequency, style

    def present(self, known: Known, frame: Frame) -> FrequencyPages:
        return FrequencyPages(self)

    @property
    def notes(self) -> str:
        found = self.frequency
        parts = [f"{ORDERS[self.view.order]}".capitalize()]
        if chosen := filter_of(self.view.of):
            parts.append(chosen)
        if found.more:
            parts.append(f"the first {count(len(found.values))} of {count(found.number)} values")
        said = [sanitise(" · ".join(parts)), *found.note.split("\n")]
        return "\n".join(filter(None, said))

    @property
    def empty_text(self) -> str:
        return "There are no rows."

    def subtitle(self, hidden: int) -> str:
        return frequency_said(self.frequency)

    def record(self, row: Row) -> Record | None:
        if not isinstance(row.value, ValueCount):
            return None
        column = self.frequency.column
        return Record([(column.name, column.type)], (row.value.value,))

    def entered(self, row: Row) -> View | None:
        if not isinstance(row.value, ValueCount):
            return None
        found = self.frequency
        sides = sides_with(found.totals, found.old)
        return filtered_by(self.view.of, found.column, self.view.at, row.value.value, self._style, sides)

    @property
    def export(self) -> Export:
        about = self.view.about or "result"
        return ResultExport(CountedRows(self.frequency), f"{about}-{self.view.column}")

    def copied(self, rows: Iterable[Row], style: SqlStyle) -> Copied:
        counted = CountedRows(self.frequency)
        values = tuple(counted.row(row.value) if isinstance(row.value, ValueCount) else () for row in rows)
        return Copied("frequency", tuple(column.name for column in counted.columns), values, style)


class CountedRows:
    """A frequency as rows: the value, and how many rows have it."""

    def __init__(self, frequency: Frequency) -> None:
        self._frequency = frequency
        names = ("rows", "share") if frequency.old is None else ("old", "new", "difference", "share")
        self.columns = (frequency.column, *(ColumnInfo(name, "") for name in names))

    def row(self, one: ValueCount) -> tuple[Value, ...]:
        rows = self._frequency.totals.rows
        part = round(one.count / rows, 6) if rows else 0
        if one.old is None:
            return (one.value, one.count, part)
        return (one.value, one.old, one.count, one.difference, part)

    def page(self, start: int, size: int) -> Sequence[Sequence[Value]]:
        """The rows from ``start`` on, fewer than ``size`` only at the end."""
        return [self.row(one) for one in self._frequency.values[start : start + size]]


class FrequencyPages(FirstPageKnown):
    """The pages of a frequency: by number, of what is in memory."""

    backward = offsets = True

    def __init__(self, loaded: LoadedFrequency) -> None:
        self._frequency = loaded.frequency
        name = sanitise(loaded.view.column)
        self.columns = frequency_columns(loaded.frequency, name, *sides_of(loaded.view.of))

    @property
    def whole(self) -> bool:
        return len(self._frequency.values) <= self.page_size

    def count(self) -> Count | None:
        return Count(len(self._frequency.values), True)

    def fetch(self, request: Request) -> PageOf:
        values = self._frequency.values
        start, size = request.place(len(values))
        found = values[start : start + size]
        end = start + len(found)
        rows = tuple(frequency_rows(self._frequency, found, start))
        return PageOf(rows, start == 0, end >= len(values), end, start)

    def find(self, text: str, row: Row | None, index: int, *, backward: bool) -> Match | None:
        values, wanted = self._frequency.values, text.lower()
        if backward:
            numbers = range((index if row is not None else len(values)) - 1, -1, -1)
        else:
            numbers = range(index + 1 if row is not None else 0, len(values))
        for at in numbers:
            if wanted in plain(counted_value(values[at].value)).lower():
                return Match((at,), index=at, request=Request(at, self.page_size))
        return None
