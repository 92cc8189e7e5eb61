"""What is true of a column's values, or of each column's: at one revision, or at two with the difference."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from dolt_tui.engine.errors import EngineError
from dolt_tui.engine.model import SqlStyle
from dolt_tui.engine.model.column_stats import Profile, ValueCount
from dolt_tui.ui.main_view.frequency import (
    FrequencyView,
    Rows,
    filter_of,
    filtered_by,
    frequency_view,
    result_of,
    sides_of,
    sides_with,
    source_of,
    titled,
)
from dolt_tui.ui.main_view.query_diff import QueryDiffView
from dolt_tui.ui.main_view.result import ResultView
from dolt_tui.ui.main_view.view import Frame, Known, Listing, Loaded, View
from dolt_tui.ui.present.column_stats import PROFILE_COLUMNS, SHEET_COLUMNS, profile_rows, sheet_rows, two_sided
from dolt_tui.ui.present.export import Copied
from dolt_tui.ui.present.grid_rows import Row
from dolt_tui.ui.present.text import plain, sanitise
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository


class ProfileView(View):
    """What is true of a column's values in some rows."""

    leads_to_choices: ClassVar[bool] = True

    of: Rows
    column: str
    at: int
    """The column's position."""
    columns: tuple[str, ...] = ()
    """All columns of the rows."""

    @property
    def title(self) -> str:
        return titled(self.of, f"profile of {self.column}")

    @property
    def about(self) -> str:
        return self.of.about

    @property
    def key_place(self) -> str:
        return "profile"

    def load(self, repository: Repository, branch: str) -> LoadedProfile:
        from dolt_tui.engine.console.value_counts import profile_of, profile_of_changes

        if isinstance(self.of, ResultView):
            found = profile_of(result_of(self.of), self.at)
        elif isinstance(self.of, QueryDiffView):
            found = profile_of_changes(self.of.diff, self.at)
        else:
            found = repository.stats.profile(branch, source_of(self.of), self.column)
        return LoadedProfile(self, branch, found, repository.info.traits.sql)


class LoadedProfile(Loaded):
    """What was found out."""

    view: ProfileView

    def __init__(self, view: ProfileView, branch: str, profile: Profile, style: SqlStyle) -> None:
        super().__init__(view, branch)
        self.profile, self._style = profile, style

    def present(self, known: Known, frame: Frame) -> Listing:
        if self.profile.both:
            return Listing(profile_rows(self.profile), two_sided(*sides_of(self.view.of)), titles=True)
        return Listing(profile_rows(self.profile), PROFILE_COLUMNS)

    @property
    def notes(self) -> str:
        kind = f"type {self.profile.column.type}" if self.profile.both and self.profile.column.type else ""
        return "\n".join(filter(None, (sanitise(kind), sanitise(filter_of(self.view.of)), self.profile.note)))

    def entered(self, row: Row) -> View | None:
        if not isinstance(row.value, ValueCount):
            return None
        found = self.profile
        new, old = (one.totals if one is not None else None for one in (found.facts, found.old))
        sides = sides_with(new, old)
        return filtered_by(self.view.of, found.column, self.view.at, row.value.value, self._style, sides)

    def copied(self, rows: Iterable[Row], style: SqlStyle) -> Copied:
        return _as_text("profile", rows)


class SheetView(View):
    """What is true of each column of some rows."""

    of: Rows
    columns: tuple[str, ...]

    @property
    def title(self) -> str:
        return titled(self.of, "profile of all columns")

    def frequency(self, column: str) -> FrequencyView:
        """The frequency of one of them."""
        return frequency_view(self.of, column, self.columns.index(column), self.columns)

    @property
    def about(self) -> str:
        return self.of.about

    @property
    def key_place(self) -> str:
        return "profile"

    def load(self, repository: Repository, branch: str) -> LoadedSheet:
        if isinstance(self.of, ResultView | QueryDiffView):
            raise EngineError("A result is profiled one column at a time.", " ")
        found = repository.stats.profiles(branch, source_of(self.of), self.columns)
        return LoadedSheet(self, branch, found)


class LoadedSheet(Loaded):
    """A line for each column."""

    view: SheetView

    def __init__(self, view: SheetView, branch: str, profiles: tuple[Profile, ...]) -> None:
        super().__init__(view, branch)
        self.profiles = profiles

    def present(self, known: Known, frame: Frame) -> Listing:
        return Listing(sheet_rows(self.profiles), SHEET_COLUMNS, titles=True)

    @property
    def notes(self) -> str:
        said = filter_of(self.view.of)
        if all(sides_of(self.view.of)):
            said = " · ".join(filter(None, (f"as they are {sides_of(self.view.of)[1]}", said)))
        return sanitise(said)

    def subtitle(self, hidden: int) -> str:
        facts = next((one.facts for one in self.profiles if one.facts is not None), None)
        return f"{plural(len(self.profiles), 'column')} · {plural(facts.totals.rows if facts else 0, 'row')}"

    def entered(self, row: Row) -> View | None:
        name = self.named(row)
        return None if name is None else self.view.frequency(name)

    def named(self, row: Row | None) -> str | None:
        """The column that a line is about."""
        return row.value.column.name if row is not None and isinstance(row.value, Profile) else None

    def copied(self, rows: Iterable[Row], style: SqlStyle) -> Copied:
        return _as_text("profile", rows)


def _as_text(name: str, rows: Iterable[Row]) -> Copied:
    """Lines as they are shown, without bars."""
    found = [tuple(plain(part) for part in row.cells) for row in rows if row.selectable]
    width = max((len(cells) for cells in found), default=0)
    return Copied(name, ("",) * width, tuple((*cells, *[""] * (width - len(cells))) for cells in found))
