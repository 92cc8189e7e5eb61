"""What the keys do in the rows of the resolver: deciding cells, rows, columns and whole tables.

What only the resolver needs is imported when it is needed: the program starts without.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from dolt_tui.engine.model.conflicts import ConflictKind, ResolutionPlan, Side
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import CONFLICT_ROWS, RESOLVER, Footer, command
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.present.text import Style, cell, sanitise
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.ui.panes.conflicts import ConflictRowsPane
    from dolt_tui.ui.present.conflict_rows import Line, Shape
    from dolt_tui.ui.session.resolving import Resolving

_NO_ROWS = "no rows of a table are shown"
_AT_ONCE = 500
"""Rows that are read at once where all of a table are looked at."""
_ORDER = (Side.OURS, Side.THEIRS, Side.BASE)


class DecidingActions(Actions):
    """Commands that decide what becomes of rows that conflict."""

    # what they are about

    @property
    def pane(self) -> ConflictRowsPane:
        """The rows."""
        from dolt_tui.ui.panes.conflicts import ConflictRowsPane

        assert isinstance(self.context.main, ConflictRowsPane)
        return self.context.main

    @property
    def resolving(self) -> Resolving:
        return self.context.session.resolving

    @property
    def _shape(self) -> Shape:
        from dolt_tui.ui.main_view.conflicts import LoadedConflicts, LoadedRecord

        loaded = self.pane.loaded
        if isinstance(loaded, LoadedConflicts):
            return loaded.shape
        assert isinstance(loaded, LoadedRecord)
        return loaded.view.shape

    @property
    def _table(self) -> str:
        return self._shape.table

    @property
    def _commit(self) -> str:
        found = self.resolving.found
        assert found is not None
        return found.commit

    # why not

    def nothing_conflicts(self) -> str:
        return "" if self.resolving.now is not None else "nothing is being resolved"

    def no_line(self) -> str:
        if not self._rows_shown:
            return _NO_ROWS
        return "" if self._line is not None else "there is no row in conflict here"

    def nothing_behind(self) -> str:
        return "" if self.context.main.entered() is not None else self.no_line()

    def no_table(self) -> str:
        if reason := self.nothing_conflicts():
            return reason
        return "" if self._rows_shown else _NO_ROWS

    @property
    def _rows_shown(self) -> bool:
        """Whether pane 0 shows rows in conflict, and not a definition or a constraint."""
        from dolt_tui.ui.main_view.conflicts import LoadedConflicts, LoadedRecord

        return isinstance(self.context.main.loaded, LoadedConflicts | LoadedRecord)

    def no_cell(self) -> str:
        if reason := self.no_line():
            return reason
        line = self._line
        assert line is not None
        return "" if line.column or line.row.counts is not None else _whole_row()

    def no_column(self) -> str:
        if reason := self.no_line():
            return reason
        line = self._line
        assert line is not None
        return "" if line.column else _whole_row()

    def no_merge(self) -> str:
        if reason := self.no_line():
            return reason
        line = self._line
        assert line is not None
        from dolt_tui.ui.present.conflict_rows import merge_of

        if line.column and merge_of(line.row, line.column) is not None:
            return ""
        return "only JSON objects can be merged by key, and only where both sides changed different keys"

    def nothing_decided(self) -> str:
        return "" if self.resolving.can_take_back else "nothing has been decided since the resolver was opened"

    @property
    def _line(self) -> Line | None:
        from dolt_tui.ui.panes.conflicts import ConflictRowsPane

        main = self.context.main
        return main.line if isinstance(main, ConflictRowsPane) else None

    # cells and ranges

    @command("deciding.ours", "o", "ours", "Ours, for the cell or a range", CONFLICT_ROWS, footer=True, unless=no_line)
    def ours(self) -> None:
        self._take(Side.OURS)

    @command(
        "deciding.theirs",
        "t",
        "theirs",
        "Theirs, for the cell or a range",
        CONFLICT_ROWS,
        footer=True,
        unless=no_line,
    )
    def theirs(self) -> None:
        self._take(Side.THEIRS)

    @command(
        "deciding.base",
        "b",
        "base",
        "Base, for the cell or a range",
        CONFLICT_ROWS,
        footer=True,
        unless=no_line,
    )
    def base(self) -> None:
        self._take(Side.BASE)

    def _take(self, side: Side) -> None:
        """Decide the lines of the range, or that under the cursor."""
        self._chosen(partial(self._take_lines, side))

    def _take_lines(self, side: Side, lines: Sequence[Line]) -> None:
        from dolt_tui.engine.conflicts import plans

        rows = [line.row.key for line in lines if not line.columns]
        cells: list[tuple[tuple[object, ...], str]] = []
        missing = 0
        for line in lines:
            for name in line.columns:
                if name in (line.row.side(side) or {}):
                    cells.append((line.row.key, name))
                else:
                    missing += 1
        if missing and not cells and not rows:
            what = "both sides added the row" if side is Side.BASE else f"{side} has no such row or column"
            self.context.tell(f"{side}: there is nothing to take, {what}", "warning")
            return
        plan, commit = self.resolving.plan, self._commit
        plan = plans.take_cells(plan, commit, self._table, cells, side)
        plan = plans.take_rows(plan, commit, self._table, rows, side)
        said = [plural(len(cells), "cell")] if cells else []
        said += [plural(len(rows), "row")] if rows else []
        self._decide(plan, f"{side} for {' and '.join(said)}")
        if missing:
            self.context.tell(f"{plural(missing, 'cell')} left: {side} has no such row or column", "warning")

    def _chosen(self, done: Callable[[Sequence[Line]], None]) -> None:
        """Hand the lines that are selected to ``done``; those that are not held are read before."""
        from dolt_tui.engine.conflicts.deciding import decision_of
        from dolt_tui.ui.present.conflict_rows import Line, lines_of

        grid = self.pane.grid
        if not grid.range_active or grid.source is None or len(grid.selected_rows) == grid.range_size:
            done(self.pane.lines)
            return
        start, stop = grid.range_from, self._line
        if start is None or stop is None or not isinstance(start.value, Line):
            self.context.tell("Not all of these rows can be reached: select them again.", "warning")
            return
        first, last = sorted((_place(start.value), _place(stop)))
        rows, shape, plan = self.resolving.rows, self._shape, self.resolving.plan
        decided = self.resolving.step.table(shape.table)

        def work() -> list[Line]:
            found: list[Line] = []
            for at in range(first[0], last[0] + 1, _AT_ONCE):
                page = rows.page(shape.table, at, min(_AT_ONCE, last[0] + 1 - at))
                for position, row in enumerate(page, at):
                    lines = [line.value for line in lines_of(shape, row, decision_of(decided, row), position)]
                    found += [line for line in lines if isinstance(line, Line) and first <= _place(line) <= last]
            return found

        def read(lines: list[Line]) -> None:
            if self.resolving.now is not None and self.resolving.plan is plan:
                self.resolving.know(shape.table, {line.row.key: line.row for line in lines}.values())
                done(lines)

        self.context.look(f"read {plural(last[0] + 1 - first[0], 'row')}", work, read)

    def _decide(self, plan: ResolutionPlan, label: str) -> None:
        self.pane.grid.clear_range()
        self.resolving.decide(plan, label)

    @command(
        "deciding.merge",
        "m",
        "merge keys",
        "Merge the JSON of both sides by key",
        CONFLICT_ROWS,
        unless=no_merge,
    )
    def merge(self) -> None:
        from dolt_tui.engine.conflicts import plans
        from dolt_tui.ui.present.conflict_rows import merge_of

        line = self._line
        assert line is not None
        merged = merge_of(line.row, line.column)
        assert merged is not None
        plan = plans.edit(self.resolving.plan, self._commit, self._table, line.row.key, line.column, merged)
        self._decide(plan, f"{line.column} merged from both sides")

    @command("deciding.range", "v", "range", "Range: select lines", CONFLICT_ROWS, rank=1, unless=no_line)
    def range(self) -> None:
        self.pane.grid.toggle_range()

    # rows, columns, tables

    @command(
        "deciding.row",
        "r",
        "row…",
        "Decide the whole row, or delete it…",
        CONFLICT_ROWS,
        footer=True,
        rank=1,
        unless=no_line,
    )
    def row(self) -> None:
        self._chosen(self._ask_row)

    def _ask_row(self, lines: Sequence[Line]) -> None:
        from dolt_tui.ui.present.conflict_record import whole_row_text
        from dolt_tui.ui.present.conflict_rows import key_text

        if not lines:
            return
        rows = {line.row.key: line.row for line in lines}
        first = lines[0].row
        what = f"Row {key_text(self._shape, first)}" if len(rows) == 1 else plural(len(rows), "row")
        choices = [Choice(side[0], str(side), whole_row_text(first, side) if len(rows) == 1 else "") for side in _ORDER]
        choices.append(Choice("d", "delete", "whatever either side did to it" if len(rows) == 1 else ""))
        body = [cell(f"{what} of {self._table}, all of its columns:", Style.BOLD)]
        if len(rows) == 1:
            body.append(cell(str(first.kind), Style.DIM))

        def chosen(letter: str | None) -> None:
            from dolt_tui.engine.conflicts import plans

            plan, keys = self.resolving.plan, list(rows)
            side = next((side for side in _ORDER if letter == side[0]), None)
            if side is not None:
                plan = plans.take_rows(plan, self._commit, self._table, keys, side)
                self._decide(plan, f"{side} for {plural(len(keys), 'row')}")
            elif letter == "d":
                plan = plans.delete(plan, self._commit, self._table, keys)
                self._decide(plan, f"{plural(len(keys), 'row')} deleted")

        self.context.ask(ChoiceDialog("Row", body, choices, opener="r"), chosen)

    @command(
        "deciding.column",
        "vertical_line",
        "column…",
        "Decide the column in all rows…",
        CONFLICT_ROWS,
        rank=1,
        unless=no_column,
    )
    def column(self) -> None:
        line = self._line
        assert line is not None
        name, table = line.column, self._table
        body = [cell(f"{name}, in all rows of {table} in which both sides changed it:", Style.BOLD)]
        choices = [Choice(side[0], str(side)) for side in _ORDER]

        def chosen(letter: str | None) -> None:
            side = next((side for side in _ORDER if letter == side[0]), None)
            if side is not None:
                self._take_column(table, name, side)

        self.context.ask(ChoiceDialog("Column", body, choices, opener="|"), chosen)

    def _take_column(self, table: str, name: str, side: Side) -> None:
        """Decide a column; all rows have to be looked at for that."""
        from dolt_tui.engine.conflicts import plans
        from dolt_tui.engine.conflicts.deciding import open_columns

        rows, plan, commit = self.resolving.rows, self.resolving.plan, self._commit
        keys = rows.keys(table)

        def work() -> tuple[ResolutionPlan, int]:
            cells = [
                (row.key, name)
                for start in range(0, len(keys), _AT_ONCE)
                for row in rows.page(table, start, _AT_ONCE)
                if name in open_columns(row) and name in (row.side(side) or {})
            ]
            return plans.take_cells(plan, commit, table, cells, side), len(cells)

        def done(found: tuple[ResolutionPlan, int]) -> None:
            if self.resolving.now is not None and self.resolving.plan is plan:
                self._decide(found[0], f"{side} for {name} of {plural(found[1], 'row')}")
                self.context.tell(f"{side} for {name} of {plural(found[1], 'row')}")

        self.context.look(f"look at {name} of all rows", work, done)

    @command(
        "deciding.table_ours",
        "O",
        "table",
        "Ours, or theirs, for the whole table",
        RESOLVER,
        footer=True,
        shown="O T",
        unless=no_table,
        rank=-3,
    )
    def table_ours(self) -> None:
        self._take_table(Side.OURS)

    @command(
        "deciding.table_theirs",
        "T",
        "table theirs",
        "Theirs, for the whole table",
        RESOLVER,
        unless=no_table,
        rank=1,
    )
    def table_theirs(self) -> None:
        self._take_table(Side.THEIRS)

    def _take_table(self, side: Side) -> None:
        from dolt_tui.engine.conflicts import plans

        table = self._table
        number = self.resolving.rows.count(table)
        said = f"{side} for {'all ' if number > 1 else ''}{plural(number, 'row')} of {table}"
        self._decide(plans.take_table(self.resolving.plan, self._commit, table, side), said)
        self.context.tell(said)

    # edits

    @command("deciding.edit", "e", "edit", "Edit: a value of its own", CONFLICT_ROWS, footer=True, unless=no_cell)
    def edit(self) -> None:
        from dolt_tui.ui.flows.conflict_editing import edit_cell, edit_count

        line = self._line
        assert line is not None
        if line.row.kind is ConflictKind.COUNTED:
            edit_count(self.context, self._shape, line, self._decide)
        else:
            edit_cell(self.context, self._shape, line, self._decide)

    @command(
        "deciding.take_back",
        "u",
        "undo",
        "Undo the last decision",
        RESOLVER,
        footer=True,
        rank=2,
        unless=nothing_decided,
    )
    def take_back(self) -> None:
        label = self.resolving.take_back()
        self.context.tell(f"Taken back: {sanitise(label)}")

    # the row

    @command(
        "deciding.record",
        "enter",
        "open",
        "Open the row with all of its columns",
        CONFLICT_ROWS,
        footer=Footer.LAST,
        unless=nothing_behind,
    )
    def record(self) -> None:
        from dolt_tui.ui.main_view.conflicts import LoadedConflicts, RecordView
        from dolt_tui.ui.present.conflict_rows import key_text, line_key

        line, loaded, view = self._line, self.pane.loaded, self.pane.entered()
        if view is not None:
            self.context.show_view(view, inside=True)
            return
        if line is None or not isinstance(loaded, LoadedConflicts):
            return
        shape = loaded.shape
        view = RecordView(
            shape.table,
            line.row.key,
            line.position,
            self._commit,
            shape,
            loaded.view.rows,
            loaded.view.plan,
            key_text(shape, line.row),
        )
        if line.column:
            self.pane.seek = line_key(line.row.key, line.column)
        self.context.show_view(view, inside=True)


def _place(line: Line) -> tuple[int, int]:
    """Where a line is among all of a table's."""
    return line.position, line.cells.index(line.column) if line.column in line.cells else 0


def _whole_row() -> str:
    """Why nothing can be done with a column of the line."""
    return f"this line is about the whole row: {key_of('deciding.record')} shows its columns"
