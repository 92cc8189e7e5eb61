"""What the keys do on rows that break a constraint: edit, delete, take a side, put back what they refer to."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.geometry import Region

from dolt_tui.engine.model import Editable, RowKey, RowValues
from dolt_tui.engine.model.conflicts import Edited as EditedCell
from dolt_tui.engine.model.conflicts import Related, RowDecision, Side
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import BROKEN_ROWS, command
from dolt_tui.ui.flows.cell_editing import Target, open_editor
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import Style, cell, sanitise, value_cell

if TYPE_CHECKING:
    from dolt_tui.ui.dialogs.cell_editors.base import Edited
    from dolt_tui.ui.main_view.broken_rows import BrokenView
    from dolt_tui.ui.present.broken_rows import BrokenLine
    from dolt_tui.ui.session.resolving import Resolving


class BrokenRowActions(Actions):
    """Commands on the row under the cursor, where pane 0 shows a constraint that is broken."""

    @property
    def _resolving(self) -> Resolving:
        return self.context.session.resolving

    @property
    def _view(self) -> BrokenView | None:
        from dolt_tui.ui.main_view.broken_rows import BrokenView

        view = self.context.main.view
        return view if isinstance(view, BrokenView) else None

    @property
    def _line(self) -> BrokenLine | None:
        from dolt_tui.ui.present.broken_rows import BrokenLine

        return self.context.main.under_cursor(BrokenLine)

    def no_row(self) -> str:
        if self._view is None or self._line is None:
            return "there is no row here"
        return "" if self._line.target[1] else "the table has no primary key: nothing tells its rows apart"

    def no_side(self) -> str:
        if reason := self.no_row():
            return reason
        line = self._line
        if line is not None and line.related is None and line.row.sides == (None, None, None):
            return "the table has no primary key: no side is known to have the row"
        return "the row is not one of the sides" if line is not None and line.related is not None else ""

    def no_parent(self) -> str:
        return "" if self._parent is not None else "it refers to no row that was deleted"

    def not_mended(self) -> str:
        if reason := self.no_row():
            return reason
        assert self._line is not None
        table, key, _ = self._line.target
        return "" if key in self._mends(table) else "nothing is decided about this row"

    @property
    def _parent(self) -> Related | None:
        """The row to be put back: that under the cursor, else the first that is gone."""
        line = self._line
        if line is None:
            return None
        if line.related is not None:
            return None if line.related.there else line.related
        return next((other for other in line.row.related if not other.there), None)

    def _mends(self, table: str) -> dict[RowKey, RowValues | None]:
        return dict(self._resolving.step.table(table).mends)

    def _mend(self, table: str, key: RowKey, values: RowValues | None, said: str) -> None:
        self._set(table, {**self._mends(table), key: values}, said)

    def _set(self, table: str, mends: dict[RowKey, RowValues | None], said: str) -> None:
        resolving = self._resolving
        found = resolving.found
        assert found is not None
        step = resolving.step
        step = step.with_table(table, replace(step.table(table), mends=mends))
        resolving.decide(resolving.plan.with_step(found.commit, step), said)

    def _decided(self, table: str, key: RowKey, decision: RowDecision, said: str) -> bool:
        """Decide about a row that conflicts as where it conflicts; False where it does not: then it is mended.

        Mended as well it would become another one than its conflict is shown to result in.
        """
        resolving = self._resolving
        found = resolving.found
        assert found is not None
        conflicts = found.found.get(table)
        if conflicts is None or key not in conflicts.keys:
            return False
        step, plan = resolving.step, resolving.step.table(table)
        before = plan.rows.get(key)
        if decision.cells and before is not None and not before.delete:
            decision = replace(before, cells={**before.cells, **decision.cells})
        mends = {other: values for other, values in plan.mends.items() if other != key}
        step = step.with_table(table, replace(plan, rows={**plan.rows, key: decision}, mends=mends))
        resolving.decide(resolving.plan.with_step(found.commit, step), said)
        return True

    def _as_it_will_be(self, table: str, key: RowKey, values: RowValues) -> RowValues:
        mended = self._mends(table).get(key)
        return {**values, **mended} if mended is not None else values

    # taking a side, deleting, putting back

    def _take(self, side: Side) -> None:
        line = self._line
        assert line is not None
        row = line.row
        its = dict(zip(Side, row.sides, strict=True))[side]
        said = f"{_named(row.table, row.key)}: {side}"
        if not self._decided(row.table, row.key, RowDecision(side), said):
            self._mend(row.table, row.key, its, said)

    @command("broken.ours", "o", "ours", "Ours: take the row as ours has it", BROKEN_ROWS, footer=True, unless=no_side)
    def ours(self) -> None:
        self._take(Side.OURS)

    @command(
        "broken.theirs",
        "t",
        "theirs",
        "Theirs: take the row as theirs has it",
        BROKEN_ROWS,
        footer=True,
        unless=no_side,
    )
    def theirs(self) -> None:
        self._take(Side.THEIRS)

    @command(
        "broken.base", "b", "base", "Base: take the row as it was before", BROKEN_ROWS, footer=True, unless=no_side
    )
    def base(self) -> None:
        self._take(Side.BASE)

    @command("broken.delete", "d", "delete", "Delete the row", BROKEN_ROWS, footer=True, unless=no_row)
    def delete(self) -> None:
        assert self._line is not None
        table, key, _ = self._line.target
        said = f"{_named(table, key)}: deleted"
        if not self._decided(table, key, RowDecision(delete=True), said):
            self._mend(table, key, None, said)

    @command(
        "broken.put_back",
        "p",
        "put back",
        "Put back the row that this one refers to",
        BROKEN_ROWS,
        footer=True,
        unless=no_parent,
        synonyms=("add the parent", "restore parent"),
    )
    def put_back(self) -> None:
        parent = self._parent
        assert parent is not None
        self._mend(parent.table, parent.key, parent.values, f"{_named(parent.table, parent.key)}: put back")

    @command(
        "broken.leave",
        "delete,backspace",
        "undecided",
        "Take back what was decided about the row",
        BROKEN_ROWS,
        unless=not_mended,
        synonyms=("undecided", "undo"),
    )
    def leave(self) -> None:
        assert self._line is not None
        table, key, _ = self._line.target
        mends = self._mends(table)
        del mends[key]
        self._set(table, mends, f"{_named(table, key)}: not decided")

    # editing

    @command(
        "broken.edit",
        "e,enter",
        "edit…",
        "Edit a cell of the row…",
        BROKEN_ROWS,
        footer=True,
        unless=no_row,
        synonyms=("change value",),
    )
    def edit(self) -> None:
        from dolt_tui.ui.dialogs.picker import PickDialog

        view, line = self._view, self._line
        assert view is not None
        assert line is not None
        table, key, values = line.target
        repository, branch = self.state.repository, self.state.home

        def choose(editable: Editable) -> None:
            columns = [column.name for column in editable.columns if not column.generated and column.name in values]
            named = (
                [name for name in view.broken.violation.columns if name in columns] if table == line.row.table else []
            )
            free = [name for name in columns if name not in editable.key]
            if len(named) == 1 and named[0] in free:
                self._edit(editable, key, values, named[0])
                return
            now = self._as_it_will_be(table, key, values)
            rows = [
                Row(name, (cell(name, Style.BOLD), value_cell(now[name]))) for name in [*named, *free] if name in free
            ]
            rows = list({row.key: row for row in rows}.values())

            def chosen(name: Hashable) -> None:
                if name is not None:
                    self._edit(editable, key, values, str(name))

            dialog = PickDialog(
                f"Edit {_named(table, key)}",
                rows,
                (Column("name"), Column("value", flex=True, separator=False)),
                name=lambda row: str(row.key),
                hint="edit",
            )
            self.context.ask(dialog, chosen)

        self.context.look(
            f"find out how {table} can be edited", lambda: repository.edits.editable(branch, table), choose
        )

    def _edit(self, editable: Editable, key: RowKey, values: RowValues, column: str) -> None:
        now = self._as_it_will_be(editable.table, key, values)
        grid = self.context.main.grid
        region = grid.cell_region("row") or Region(*grid.content_region.offset, 1, 1)

        def answered(edited: Edited | None) -> None:
            if edited is not None:
                said = f"{_named(editable.table, key)}: {column} edited"
                cells = RowDecision(cells={column: EditedCell(edited.value)})
                if not self._decided(editable.table, key, cells, said):
                    self._mend(editable.table, key, {**now, column: edited.value}, said)

        open_editor(self.context, Target(editable, column, now.get(column), region, lambda _: _LAST), answered)


_LAST = "No other cell follows: ⏎ takes it."


def _named(table: str, key: RowKey) -> str:
    return sanitise(f"{table} {', '.join(str(part) for part in key)}")
