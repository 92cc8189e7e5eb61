"""Copying rows, or a cell, of the pane in focus."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from dolt_tui.engine.errors import TableNotFound
from dolt_tui.engine.model import ABSENT, HEAD, STAGED, WORKING, BlameRow, ColumnInfo, DiffColumn, RowChange
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import command
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.main_view.views import DiffView
from dolt_tui.ui.present.export import FORMATS, Copied, sql, text_of
from dolt_tui.ui.present.grid_rows import Row
from dolt_tui.ui.present.text import Style, cell, join, plain, plural, value_text

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.main_view.views import Content

_MOST = 100_000
"""Rows that are copied at once: a terminal takes no more than some megabytes."""


class CopyActions(Actions):
    """The command that copies."""

    @command("copy", "y", "copy…", "Copy the row, or the selected range…", rank=3)
    def copy(self) -> None:
        """Ask in which form to copy the selected rows; those that are not held are read for it."""
        workspace = self.workspace
        pane = workspace.focused_pane
        rows = [row for row in pane.grid.selected_rows if row.selectable]
        far = pane.grid.selected_range()
        if not rows:
            workspace.tell("There is nothing to copy here.", "warning")
            return
        if far is None and pane.grid.source is not None and len(pane.grid.selected_rows) < pane.grid.range_size:
            workspace.tell("Not all of these rows can be reached: select them again.", "warning")
            return
        size = far.size if far is not None else len(_once(rows))
        if size > _MOST:
            workspace.tell(f"At most {plural(_MOST, 'row')} can be copied at once.", "warning")
            return
        copied, is_table = self._describe(rows), self._table() != ""
        number = plural(size, "row" if far is None else "line")
        body = [join(cell("Copy "), cell(number, Style.BOLD), cell(f" · {', '.join(copied([]).columns)}", Style.DIM))]
        # What no table holds cannot be inserted into one again.
        choices = [Choice(letter, name) for letter, name, write in FORMATS if is_table or write is not sql]
        held = workspace.main.cell if pane is workspace.main and not pane.grid.range_active else None
        if held is not None and held[1] is ABSENT:
            held = None
        if held is not None:
            choices.insert(0, Choice("v", "the cell's value", f"{held[0]}: {value_text(held[1])[:60]}"))
        dialog = ChoiceDialog("Copy", body, choices, default="p", opener="y")

        def chosen(letter: str | None) -> None:
            if letter == "v" and held is not None:
                workspace.app.copy_to_clipboard(text_of(held[1]))
                workspace.tell(f"Copied {held[0]}")
            for key, name, write in FORMATS:
                if key == letter:
                    self._copy(copied, rows if far is None else far.read, write, f"{number} as {name}")

        self.ask(dialog, chosen)

    def _copy(
        self,
        copied: Callable[[Iterable[Row]], Copied],
        rows: Sequence[Row] | Callable[[], Iterable[Row]],
        write: Callable[[Copied], str],
        what: str,
    ) -> None:
        """Copy rows that are here, or that have to be read; SQL needs the table's columns as well."""
        workspace, content = self.workspace, self.workspace.main.content
        repository = self.state.repository
        unknown = write is sql and content is not None and content.page is None
        if not callable(rows) and not unknown:
            self._put(write(copied(rows)), what)
            return

        def work() -> str:
            found = copied(row for row in (rows() if callable(rows) else rows) if row.selectable)
            if unknown and content is not None:
                found = with_columns(found, definition(repository, content))
            return write(found)

        workspace.job("copy", f"copy {what}", work, lambda text: self._put(text, what))

    def _put(self, text: str, what: str) -> None:
        self.workspace.app.copy_to_clipboard(text)
        self.workspace.tell(f"Copied {what}")

    def _table(self) -> str:
        """The table whose rows are shown in the pane in focus; empty where that is something else."""
        workspace, content = self.workspace, self.workspace.main.content
        if workspace.focused_pane is not workspace.main or content is None:
            return ""
        if not (content.page or content.diff or content.history):
            return ""
        return str(getattr(content.view, "table", ""))

    def _describe(self, rows: Sequence[Row]) -> Callable[[Iterable[Row]], Copied]:
        """How to make of rows like these the values behind them, where there are some."""
        workspace = self.workspace
        pane, content = workspace.focused_pane, workspace.main.content
        style = self.state.repository.info.traits.sql
        if pane is workspace.main and content is not None:
            if content.page is not None:
                page = content.page
                titles = tuple(column.name for column in page.columns)
                table = with_columns(Copied(self._table(), titles, (), style), page.columns)
                return lambda rows: replace(table, rows=tuple(map(_values, _once(rows))))
            if content.diff is not None or content.history is not None:
                columns = content.diff.columns if content.diff is not None else ()
                columns = content.history.columns if content.history is not None else columns
                titles = tuple(column.name for column in columns)
                table = Copied(self._table(), titles, (), style)
                return lambda rows: replace(table, rows=tuple(_side(row, columns) for row in _once(rows)))
            if (schema := content.schema) is not None:  # its lines are wrapped: copied is what they were made of
                return lambda _rows: Copied(schema.table, ("definition",), ((schema.ddl,),))
            if content.blamed is not None:
                titles = (*(column.name for column in content.blamed_key), "commit", "author", "date", "message")
                return lambda rows: Copied("blame", titles, tuple(_blamed(row.value) for row in rows))
        if pane is workspace.summary:
            titles = tuple(column.title for column in pane.grid.columns)
            return lambda rows: Copied("summary", titles, tuple(_values(row) for row in rows))
        for names in (("name", "hash"), ("hash", "message"), ("table",), ("name",)):
            if all(hasattr(row.value, name) for row in rows for name in names):
                return lambda rows, names=names: Copied(  # type: ignore[misc]
                    pane.KIND, names, tuple(tuple(getattr(row.value, n) for n in names) for row in rows)
                )
        return lambda rows: Copied(
            pane.KIND, ("text",), tuple((" ".join(plain(part) for part in row.cells).strip(),) for row in rows)
        )


def with_columns(copied: Copied, columns: Sequence[ColumnInfo]) -> Copied:
    """With what is known about the table's columns."""
    types = {column.name: column.type for column in columns}
    generated = frozenset(column.name for column in columns if column.generated)
    return replace(copied, types=tuple(types.get(name, "") for name in copied.columns), generated=generated)


def definition(repository: Repository, content: Content) -> tuple[ColumnInfo, ...]:
    """The columns of the table whose changes are shown: as it was after them, else before. Blocks."""
    view = content.view
    revisions = (view.new, view.old) if isinstance(view, DiffView) else (WORKING,)
    table = str(getattr(view, "table", ""))
    for revision in (*revisions, HEAD):
        try:
            return repository.tables.schema(content.branch, table, WORKING if revision == STAGED else revision).columns
        except TableNotFound:
            continue
    return ()


def _once(rows: Iterable[Row]) -> list[Row]:
    """Rows without the second one of those that stand on two lines."""
    return list({id(row) if row.value is None else id(row.value): row for row in rows}.values())


def _values(row: Row) -> Sequence[object]:
    return row.value if isinstance(row.value, tuple) else ()


def _side(row: Row, columns: Sequence[DiffColumn]) -> Sequence[object]:
    """The newer values of a change, of a removed row the older ones; `ABSENT` for the other side's columns."""
    change = row.value
    if not isinstance(change, RowChange):
        return (ABSENT,) * len(columns)
    values = change.new if change.new is not None else change.old
    assert values is not None
    there = [column.in_new if change.new is not None else column.in_old for column in columns]
    return tuple(value if held else ABSENT for value, held in zip(values, there, strict=True))


def _blamed(value: object) -> Sequence[object]:
    assert isinstance(value, BlameRow)
    return (*value.key, value.commit, value.author, value.date.isoformat(sep=" "), value.message)
