"""What the keys do with uncommitted rows: staging, unstaging and discarding them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from dolt_tui.engine.model import ChangeKind, GoingAlong, Halves, RowCount, RowSet, RowValues
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import ROW, UNCOMMITTED, UNCOMMITTED_RECORD, command
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.flows.undo_note import undo_note
from dolt_tui.ui.main_view.uncommitted import LoadedUncommitted
from dolt_tui.ui.present.grid_rows import Request, Row
from dolt_tui.ui.present.staged_rows import GOES_ALONE, UncommittedRow, counted, discard_lines
from dolt_tui.ui.present.text import cell, join
from dolt_tui.ui.widgets.grid_place import Range
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.engine.model import Call
    from dolt_tui.engine.repository import Repository

Chosen = list[tuple[UncommittedRow, Halves]]
"""Rows, each with what is staged of it by now."""


class RowStagingActions(Actions):
    """Commands on uncommitted rows."""

    def stages(self) -> str:
        loaded, row = self._loaded, self.context.main.grid.cursor_row
        if loaded is None or row is None:
            return ""
        unstaged = any(halves.unstaged for _, halves in self._chosen([row]))
        return "stage" if unstaged and not loaded.view.staged else "unstage"

    # why not

    def not_uncommitted(self) -> str:
        if not self.context.main.on_uncommitted:
            return "only rows with uncommitted changes can be staged"
        return ""

    def refused(self) -> str:
        """Why rows of the table cannot be staged one by one."""
        loaded = self._loaded
        if loaded is None:
            return "the rows are still being read"
        return loaded.why_not.rstrip(".")

    def no_row(self) -> str:
        return "" if self.context.main.grid.cursor_row is not None else "there is no row here"

    @property
    def _loaded(self) -> LoadedUncommitted | None:
        loaded = self.context.main.loaded
        return loaded if isinstance(loaded, LoadedUncommitted) else None

    # the rows that are meant

    def _with_rows(self, then: Callable[[Chosen], None]) -> None:
        """Go on with the selected rows; those that are not here are read first."""
        grid = self.context.main.grid
        far = grid.selected_range()
        if far is not None:
            self.context.look("read the selected rows", far.read, lambda rows: then(self._chosen(rows)))
        elif len(grid.selected_rows) < grid.range_size and grid.range_active and grid.source is not None:
            self.context.tell("Not all of these rows can be reached: select them again.", "warning")
        else:
            then(self._chosen(grid.selected_rows))

    def _chosen(self, rows: Iterable[Row]) -> Chosen:
        found: dict[int, tuple[UncommittedRow, Halves]] = {}
        for row in rows:
            value, loaded = (row.base or row).value, self._loaded
            halves = loaded.halves(row, self.state) if loaded is not None else None
            if isinstance(value, UncommittedRow) and halves is not None:
                found[id(value)] = value, halves  # both lines of a row have the same one
        return list(found.values())

    def _set(self, rows: Chosen, *, shown: bool) -> RowSet:
        """These rows for the engine; ``shown``: they still have to be as they are shown in the working set."""
        loaded = self._loaded
        assert loaded is not None
        keyed = _keyed(loaded)
        as_shown = {value.row_key: _working(loaded, value) for value, _ in rows} if shown and keyed else {}
        key = tuple(loaded.page.columns[at].name for at in loaded.order) if keyed else ()
        return RowSet(loaded.view.table, tuple(value.row_key for value, _ in rows), shown=as_shown, key=key)

    # staging

    @command(
        "rows.stage",
        "space",
        "stage",
        "Stage or unstage the row, or a range",
        (UNCOMMITTED, ROW, UNCOMMITTED_RECORD),
        footer=True,
        writes=True,
        beside=True,
        rank=-20,
        unless=(not_uncommitted, refused, no_row),
        synonyms=("add", "add -p", "stage hunk", "stage part", "partial commit"),
        about="Moves single rows into the next commit, or out of it.",
        says=stages,
    )
    def stage(self) -> None:
        self._with_rows(self._stage)

    def _stage(self, rows: Chosen) -> None:
        loaded = self._loaded
        if loaded is None or not rows:
            return
        self.context.main.grid.clear_range()
        stage = not loaded.view.staged and any(halves.unstaged for _, halves in rows)
        moved = [one for one in rows if (one[1].unstaged if stage else one[1].staged)]
        if moved:
            before = counted(halves for _, halves in moved)
            these = () if _keyed(loaded) else tuple(row for row, _ in moved)
            self.context.session.staging.put(self._set(moved, shown=stage), before, stage=stage, these=these)

    @command(
        "rows.stage_all",
        "a",
        "all rows",
        "Stage all rows shown, or unstage them",
        UNCOMMITTED,
        footer=True,
        writes=True,
        beside=True,
        rank=1,
        unless=(not_uncommitted, refused, no_row),
        synonyms=("add all", "stage all"),
    )
    def stage_all(self) -> None:
        loaded = self._loaded
        assert loaded is not None
        view, page = loaded.view, loaded.page
        if not page.more:
            grid = self.context.main.grid
            lines = (grid.line(line) for line in range(grid.row_count))
            rows = self._chosen(row for row in lines if row is not None)
            if rows:
                self._stage(rows)
            return
        found = loaded.count_staged(self.state)
        if view.staged:
            stage = False
        elif found is not None:
            stage = found.unstaged + found.partly > 0
        else:
            stage = view.known is None or view.known.unstaged
        source = self.context.main.grid.source
        if view.staged and not view.filter.empty and source is not None:
            # The filter is about what is staged: which rows these are only their keys tell.
            every = Range(source, Request(0, source.page_size), 0, sys.maxsize)
            self.context.look("read the rows", every.read, lambda rows: self._stage(self._chosen(rows)))
            return
        self.context.main.grid.clear_range()
        self.context.session.staging.put(RowSet(view.table, filter=view.filter), found or RowCount(), stage=stage)

    # discarding

    @command(
        "rows.discard",
        "d",
        "discard…",
        "Discard the changes to the row, or a range…",
        (UNCOMMITTED, ROW, UNCOMMITTED_RECORD),
        footer=True,
        writes=True,
        rank=-17,
        unless=(not_uncommitted, refused, no_row),
        synonyms=("restore", "checkout", "revert row", "checkout -p", "throw away"),
        about="Asks first. It can be undone.",
        destroys=True,
    )
    def discard(self) -> None:
        self._with_rows(self._look_what_follows)

    def _look_what_follows(self, rows: Chosen) -> None:
        """Ask, once it is known what is deleted together with new rows."""
        loaded, staging, branch = self._loaded, self.state.repository.row_staging, self.state.branch
        if loaded is None or not any(row.kind is ChangeKind.ADDED for row, _ in rows):
            self._ask_to_discard(rows, GOES_ALONE)
            return
        table = loaded.view.table
        self.context.look(
            "look what refers to the rows",
            lambda: staging.going_along(branch, table),
            lambda along: self._ask_to_discard(rows, along),
        )

    def _ask_to_discard(self, rows: Chosen, along: GoingAlong) -> None:
        loaded = self._loaded
        if loaded is None or not rows:
            return
        table, branch, staging = loaded.view.table, self.state.branch, self.state.repository.row_staging
        unstaged, staged = [one for one in rows if one[1].unstaged], [one for one in rows if one[1].staged]
        again, seen = self.again("rows.discard"), self.watch([table])

        shown, all_of = self._set(unstaged, shown=True), self._set(staged, shown=False)

        def what(some: Chosen) -> str:
            return f"{plural(len(some), 'row')} of {table}"

        def discard(repository: Repository) -> None:
            repository.row_staging.discard(branch, shown, seen())

        def discard_all(repository: Repository) -> None:
            if unstaged:
                discard(repository)
            repository.row_staging.unstage(branch, all_of)
            repository.row_staging.discard(branch, all_of)

        choices = []
        if unstaged:
            half = any(halves.both for _, halves in unstaged)
            calls = staging.discard_calls(shown)
            back = "back to what is staged" if half else "back to the last commit"
            choices.append(Choice("u", "unstaged changes", f"{plural(len(unstaged), 'row')} {back}", calls=calls))
        if staged:
            both: tuple[Call, ...] = (*staging.unstage_calls(all_of), *staging.discard_calls(all_of))
            choices.append(
                Choice("t", "all changes", f"{plural(len(rows), 'row')} back to the last commit", calls=both)
            )
        body = [
            join(cell("Discard changes to "), cell(what(rows), "accent bold")),
            (),
            *discard_lines(rows, along),
            (),
            undo_note(self.state),
        ]

        def answered(letter: str | None) -> None:
            if letter is None:
                return
            self.context.main.grid.clear_range()
            some, work = (unstaged, discard) if letter == "u" else (rows, discard_all)
            said = f"changes to {what(some)}"
            self.context.write(
                f"discard {said}",
                work,
                lambda _: self.context.tell(f"Discarded {said}: {key_of('undo')} brings them back"),
                again=again,
            )

        self.context.ask(ChoiceDialog("Discard rows", body, choices, opener="d"), answered)


def _keyed(loaded: LoadedUncommitted) -> bool:
    return any(column.primary_key for column in loaded.page.columns)


def _working(loaded: LoadedUncommitted, row: UncommittedRow) -> RowValues | None:
    """A row as it is shown in the working set; None where it is not there."""
    values = row.states[2] if row.states is not None else row.new
    if values is None:
        return None
    named = zip(loaded.page.columns, values, strict=True)
    return {column.name: value for column, value in named if column.in_new}
