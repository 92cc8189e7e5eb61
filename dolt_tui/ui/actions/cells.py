"""What the keys do with cells and rows of a table that are edited: all of it goes into the draft."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from textual.geometry import Region

from dolt_tui.engine.editing.draft import Draft
from dolt_tui.engine.model import Edit, Editable, EditKind, RowKey, RowValues
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import MAIN, RECORD, command
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.cell_editors.base import Edited
from dolt_tui.ui.flows.cell_editing import Target, open_editor
from dolt_tui.ui.flows.pasting import paste_cells
from dolt_tui.ui.main_view.diff import LoadedDiff
from dolt_tui.ui.main_view.table import LoadedTable
from dolt_tui.ui.main_view.view import revision_label
from dolt_tui.ui.present.data_rows import is_old_line
from dolt_tui.ui.present.draft_rows import DraftedRow, is_counted
from dolt_tui.ui.present.grid_rows import Row
from dolt_tui.words import plural


class CellActions(Actions):
    """Commands that edit rows."""

    # why not

    def no_rows(self) -> str:
        """Why there are no rows here that could be edited, whichever row it is."""
        main = self.context.main
        loaded, view = main.loaded, main.view
        if not isinstance(loaded, LoadedTable | LoadedDiff) or view is None:
            return "there are no rows of a table here"
        if isinstance(loaded, LoadedTable):
            if loaded.view.revision is not None:
                return (
                    f"these are rows of {revision_label(loaded.view.revision)}: only those of the branch can be edited"
                )
            found = next((table for table in self.state.tables if table.name == loaded.view.table), None)
            if found is not None and found.is_view:
                return f"{found.name} is a view: edit the tables that it is made of"
            if not loaded.page.key:
                return f"{loaded.view.table} has no primary key: nothing tells its rows apart"
            return ""
        if loaded.shown_row(Row("", (), value=None)) is None and loaded.view.new != "WORKING":
            return f"the newer side is {revision_label(loaded.view.new)}: only the working set can be edited"
        if not any(column.primary_key for column in loaded.page.columns):
            return f"{loaded.view.table} has no primary key: nothing tells its rows apart"
        return ""

    def no_table_rows(self) -> str:
        if reason := self.no_rows():
            return reason
        if not isinstance(self.context.main.loaded, LoadedTable):
            return "this is done in the rows of a table, not in a diff"
        return ""

    def no_row(self) -> str:
        main, row = self.context.main, self.context.main.grid.cursor_row
        if row is None:
            return "there is no row here"
        if self._edit(row) is not None:
            return ""
        if main.loaded is None or main.loaded.shown_row(row) is None:
            return "the row is gone on the newer side"
        return ""

    def no_cell(self) -> str:
        main, row = self.context.main, self.context.main.grid.cursor_row
        if main.column is None or row is None:
            return "there is no cell of the table here"
        return self._closed(row, main.column)

    def _closed(self, row: Row, column: int) -> str:
        """Why a cell of a row cannot be edited."""
        loaded = self.context.main.loaded
        assert loaded is not None
        if is_old_line(row):
            return "this line has the older values: edit the line below"
        edit = self._edit(row)
        if edit is not None and edit.kind is EditKind.REMOVED:
            return f"the row is to be deleted: {key_of('cells.take_back')} keeps it"
        found = loaded.columns[column]
        if getattr(found, "generated", False):
            return f"{found.name} is computed by the database"
        if not getattr(found, "in_new", True):
            return f"{found.name} is gone on the newer side"
        return ""

    def no_edit(self) -> str:
        rows = self.context.main.grid.selected_rows
        return "" if any(self._edit(row) is not None for row in rows) else "nothing is edited here"

    # what is under the cursor

    @property
    def _table(self) -> str:
        loaded = self.context.main.loaded
        assert isinstance(loaded, LoadedTable | LoadedDiff)
        return loaded.view.table

    def _edit(self, row: Row) -> Edit | None:
        """What the draft does to a row."""
        if isinstance(row.value, DraftedRow):
            return row.value.edit
        loaded = self.context.main.loaded
        if not isinstance(loaded, LoadedDiff) or row.base is None:
            return None
        values, columns = dict(loaded.shown_row(row) or ()), loaded.page.columns
        key = tuple(values.get(column.name) for column in columns if column.primary_key)
        return self.state.row_draft.draft.edit(loaded.view.table, key)

    def _shown(self, row: Row) -> RowValues | None:
        """The values of a row as they were read; None for one that is new."""
        loaded = self.context.main.loaded
        found = loaded.shown_row(row) if loaded is not None and not row.extra else None
        return None if found is None else dict(found)

    def _with_table(self, then: Callable[[Editable], None]) -> None:
        """Go on once it is known how the table can be edited."""
        drafts, repository, branch, table = (
            self.context.session.drafts,
            self.state.repository,
            self.state.branch,
            self._table,
        )
        known = drafts.known(table)

        def found(editable: Editable) -> None:
            drafts.learn(editable)
            if editable.why_not:
                self.context.tell(f"edit: {editable.why_not}", "warning")
            else:
                then(editable)

        if known is not None:
            found(known)
        else:
            self.context.look(
                f"find out how {table} can be edited", lambda: repository.edits.editable(branch, table), found
            )

    @property
    def _draft(self) -> Draft:
        return self.state.row_draft.draft

    def _change(self, draft: Draft, after: dict[RowKey, RowKey] | None = None) -> None:
        self.context.session.drafts.change(draft, after)

    # cells

    @command(
        "cells.edit",
        "e",
        "edit",
        "Edit the cell",
        RECORD,
        footer=True,
        writes=True,
        rank=-25,
        unless=(no_rows, no_row, no_cell),
        synonyms=("update", "change value", "set value", "modify"),
        about="Writes into the draft, which is saved as a whole.",
    )
    @command(
        "cells.edit",
        "e",
        "edit",
        "Edit the cell",
        MAIN,
        footer=True,
        writes=True,
        unless=(no_rows, no_row, no_cell),
        synonyms=("update", "change value", "set value", "modify"),
        about="Writes into the draft, which is saved as a whole.",
    )
    def edit(self) -> None:
        self._with_table(self._open)

    def _open(self, table: Editable, fresh: RowKey | None = None) -> None:
        """Edit the cell under the cursor; ``fresh`` is its row if that goes again where nothing is typed into it."""
        main = self.context.main
        row, column = main.grid.cursor_row, main.column
        if row is None or column is None or main.loaded is None:
            return
        name = main.loaded.columns[column].name
        if name not in [item.name for item in table.columns]:
            self.context.tell(f"edit: {name} is not a column of {table.table} any more", "warning")
            return
        edit, shown = self._edit(row), self._shown(row)
        value = edit.value(name) if edit is not None else (shown or {}).get(name)
        main.current.model.show_cursor()
        # Where there is no room for the column, the editor stands at the rows.
        region = main.cell_region() or Region(*main.grid.content_region.offset, 1, 1)

        def answered(found: Edited | None) -> None:
            if found is not None and found.changed:
                self._set(table, edit, shown, name, found.value)
            elif fresh is not None and (found is None or found.go < 0):
                self._drop_fresh(table, fresh)
                if found is not None:
                    self._open(table)
                return
            if found is not None and found.go:
                self._go_on(table, found.go, fresh)

        open_editor(self.context, Target(table, name, value, region, self._no_next), answered)

    def _next_place(self, step: int) -> tuple[int, int] | None:
        """The next cell that can be edited, by its line and its column, in the row or else in the rows that follow.

        Behind a row that was added, none but another one follows.
        """
        main, grid = self.context.main, self.context.main.grid
        columns = [int(one.key) for one in grid.columns if one.key.isdecimal() and one.key not in grid.hidden]
        if main.column not in columns or main.loaded is None:
            return None
        line, at = grid.cursor_index, columns.index(main.column) + step
        was_added = (row := grid.line(line)) is not None and row.extra
        while row is not None:
            while 0 <= at < len(columns):
                if not self._closed(row, columns[at]):
                    return line, columns[at]
                at += step
            line, at = line + step, 0 if step > 0 else len(columns) - 1
            row = grid.line(line) if 0 <= line < grid.row_count else None
            while row is not None and (not row.selectable or (not row.extra and main.loaded.shown_row(row) is None)):
                line += step
                row = grid.line(line) if 0 <= line < grid.row_count else None
            if row is not None and step > 0 and was_added and not row.extra:
                return None
        return None

    def _adds_row(self, step: int) -> bool:
        """Whether another row is added behind the last cell of one that was added."""
        row = self.context.main.grid.cursor_row
        return step > 0 and row is not None and row.extra

    def _no_next(self, step: int) -> str:
        """Why no other cell can be edited after this one."""
        if self._adds_row(step) or self._next_place(step) is not None:
            return ""
        grid = self.context.main.grid
        if 0 <= (line := grid.cursor_index + step) < grid.row_count and grid.line(line) is None:
            return "The next row is still being read."
        return f"This is the {'last' if step > 0 else 'first'} cell: ⏎ takes it."

    def _go_on(self, table: Editable, step: int, fresh: RowKey | None) -> None:
        """Edit the next cell, behind the last one of the row that of the next row."""
        grid = self.context.main.grid
        place = self._next_place(step)
        if place is not None:
            stays = place[0] == grid.cursor_index
            grid.move_to(place[0])
            self.context.main.go_to_column(place[1])
            edit = self._draft.edit(table.table, fresh) if fresh is not None and stays else None
            self._open(table, fresh if edit is not None and not edit.after else None)
        elif self._adds_row(step):
            draft, key = self._draft.add_row(table)
            self._added(table, draft, key, fresh=True)

    def _drop_fresh(self, table: Editable, key: RowKey) -> None:
        """Drop a row that was added by going on behind another one, and into which nothing was typed."""
        grid = self.context.main.grid
        place = self._next_place(-1)
        self._change(self._draft.take_back(table.table, key))
        if place is not None:
            grid.move_to(place[0])
            self.context.main.go_to_column(place[1])

    def _set(self, table: Editable, edit: Edit | None, shown: RowValues | None, column: str, value: object) -> None:
        if edit is not None and edit.kind is EditKind.ADDED:
            self._change(self._draft.set_added(table.table, edit.key, {column: value}))
        elif shown is not None:
            self._change(self._draft.set_cell(table, self._whole(table, shown), column, value))

    def _whole(self, table: Editable, shown: RowValues) -> RowValues:
        """A row as it was shown, for the comparison before it is written."""
        return {column.name: shown[column.name] for column in table.columns if column.name in shown}

    # rows

    @command(
        "cells.new_row",
        "o",
        "new row",
        "Insert a row below",
        MAIN,
        footer=True,
        writes=True,
        unless=no_table_rows,
        synonyms=("insert", "insert into", "add row", "new row", "append row"),
        about="The row goes into the draft, which is saved as a whole.",
    )
    def new_row(self) -> None:
        def add(table: Editable) -> None:
            draft, key = self._draft.add_row(table)
            self._added(table, draft, key)

        self._with_table(add)

    @command(
        "cells.duplicate",
        "O",
        "duplicate",
        "Duplicate the row",
        MAIN,
        writes=True,
        unless=(no_table_rows, no_row),
        synonyms=("copy row", "clone row", "repeat row"),
        about="The new row goes into the draft, which is saved as a whole.",
    )
    def duplicate(self) -> None:
        def add(table: Editable) -> None:
            row = self.context.main.grid.cursor_row
            if row is None or self.context.main.loaded is None:
                return
            edit, values = self._edit(row), dict(self._shown(row) or {})
            values |= dict(edit.after) if edit is not None else {}
            if len(table.key) == 1:
                values.pop(table.key[0], None)
            draft, key = self._draft.duplicate(table, values)
            self._added(table, draft, key)

        self._with_table(add)

    def _added(self, table: Editable, draft: Draft, key: RowKey, *, fresh: bool = False) -> None:
        """Show a row that was added, and edit its first cell that somebody has to fill in."""
        grid = self.context.main.grid
        row = grid.cursor_row
        after: dict[RowKey, RowKey] = {}
        if row is not None and row.extra:
            at = self.state.row_draft.after.get(row.key)  # type: ignore[call-overload]
            after = {key: at} if at is not None else {}
        elif row is not None and isinstance(row.key, tuple):
            after = {key: row.key}
        self._change(draft, after)
        grid.move_to_key(key)
        size = len(table.key)
        first = next((at for at, one in enumerate(table.columns) if not is_counted(one, size) and not one.generated), 0)
        self.context.main.go_to_column(first)
        self._open(table, key if fresh else None)

    @command(
        "cells.delete",
        "d",
        "delete",
        "Delete the row, or a range",
        MAIN,
        footer=True,
        writes=True,
        unless=(no_rows, no_row),
        synonyms=("delete", "delete from", "remove row"),
        about="Marks it in the draft; it goes when the draft is written.",
    )
    def delete(self) -> None:
        grid = self.context.main.grid
        far = grid.selected_range()
        if far is not None:
            self.context.session.job("copy", "read the selected rows", far.read, self._delete)
        elif len(grid.selected_rows) < grid.range_size and grid.range_active and grid.source is not None:
            self.context.tell("Not all of these rows can be reached: select them again.", "warning")
        else:
            self._delete(grid.selected_rows)

    def _delete(self, rows: Iterable[Row]) -> None:
        found = [row for row in rows if row.selectable]

        def remove(table: Editable) -> None:
            draft = self._draft
            for row in found:
                edit = self._edit(row)
                if edit is not None and edit.kind is EditKind.ADDED:
                    draft = draft.take_back(edit.table, edit.key)
            shown = [self._whole(table, values) for row in found if (values := self._shown(row)) is not None]
            self.context.main.grid.clear_range()
            self._change(draft.remove(table, shown))
            dropped = len(found) - len(shown)
            said = [f"{plural(len(shown), 'row')} marked as deleted"] if len(shown) > 1 else []
            said += [f"{plural(dropped, 'new row')} dropped"] if dropped else []
            if said:
                self.context.tell(", ".join(said))

        self._with_table(remove)

    @command(
        "cells.replace",
        "r",
        "replace…",
        "Replace: find and replace in the column…",
        MAIN,
        writes=True,
        rank=2,
        unless=(no_table_rows, no_row, no_cell),
        synonyms=("search and replace", "substitute", "regex", "sed"),
    )
    def replace(self) -> None:
        main, grid = self.context.main, self.context.main.grid
        if grid.range_active and len(grid.selected_rows) < grid.range_size:
            self.context.tell("Not all of these rows can be reached: select them again.", "warning")
            return
        keys = tuple(row.key for row in grid.selected_rows if isinstance(row.key, tuple))
        only = keys if grid.range_active else None

        def ask(table: Editable) -> None:
            if isinstance(main.loaded, LoadedTable) and main.column is not None:
                name = main.loaded.columns[main.column].name
                from dolt_tui.ui.flows.replacing import ask_to_replace  # with the engine, which starting does without

                ask_to_replace(self.context, table, main.loaded.view, name, only)

        self._with_table(ask)

    def paste(self, text: str) -> None:
        """Fill cells with what the terminal pasted, from the cursor on."""
        if self.context.main.is_list or not text.strip("\r\n"):
            return
        reason = self.context.why_not("cells.new_row") or (self.context.main.column is None and "there is no cell here")
        if reason:
            self.context.tell(f"paste: {reason}", "warning")
        else:
            self._with_table(lambda editable: paste_cells(self.context, editable, text))

    @command(
        "cells.take_back",
        "u",
        "take back",
        "Take back the edit of the cell",
        MAIN,
        unless=no_edit,
        synonyms=("undo edit", "revert cell", "revert edit"),
    )
    def take_back(self) -> None:
        main, grid = self.context.main, self.context.main.grid
        draft = self._draft
        single = not grid.range_active
        for row in grid.selected_rows:
            edit = self._edit(row)
            if edit is None:
                continue
            name = main.loaded.columns[main.column].name if main.loaded is not None and main.column is not None else ""
            draft = draft.take_back(edit.table, edit.key, name if single and name in edit.after else None)
        grid.clear_range()
        self._change(draft)
