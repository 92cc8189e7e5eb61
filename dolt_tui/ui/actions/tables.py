"""What the keys of Tables do: rows, definition, dropping."""

from __future__ import annotations

from dataclasses import replace

from dolt_tui.engine.model import DropPreview, Expected, LogFilter, Table
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import TABLES, command
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.choice import Choice
from dolt_tui.ui.flows.log import show_log
from dolt_tui.ui.flows.preview import PreviewFlow, Shown
from dolt_tui.ui.flows.undo_note import undo_note
from dolt_tui.ui.main_view.schema import SchemaView
from dolt_tui.ui.present.text import Cell, Style, cell, join
from dolt_tui.words import plural


class TableActions(Actions):
    """Commands on tables."""

    def shows(self) -> str:
        return "rows" if isinstance(self.context.main.view, SchemaView) else ""

    def drops(self) -> str:
        table = self.context.panes.tables.selected
        return "drop view…" if table is not None and table.is_view else ""

    def none_here(self) -> str:
        return "" if self.context.panes.tables.selected is not None else "there is no table here"

    @command(
        "tables.rows",
        "enter",
        "rows",
        "Open the table: its rows",
        TABLES,
        footer=True,
        unless=none_here,
        synonyms=("browse", "select * from", "view data", "open table"),
    )
    def rows(self) -> None:
        self.context.go_to(self.context.main)

    @command(
        "tables.schema",
        "w",
        "schema",
        "Schema: the table's definition (DDL)",
        TABLES,
        footer=True,
        unless=none_here,
        synonyms=("show create table", "describe", "desc", "DDL", "definition", "structure"),
        says=shows,
        about="Shows the table's definition in the place of its rows, and its rows again.",
        runs="SHOW CREATE TABLE …",
    )
    def schema(self) -> None:
        table = self.context.panes.tables.selected
        assert table is not None
        self.state.schema_shown = not isinstance(self.context.main.view, SchemaView)
        self.context.follow(force=True)

    def no_history(self) -> str:
        if self.state.pair is not None:
            return "a comparison is shown"
        table = self.context.panes.tables.selected
        return "a view has no history of its own" if table is not None and table.is_view else ""

    @command(
        "tables.history",
        "H",
        "history",
        "History of the table: the commits that changed it",
        TABLES,
        rank=2,
        unless=(none_here, no_history),
        synonyms=("git log table", "file history", "log of the table", "who changed the table"),
        about="Filters the log by the table, and goes there.",
    )
    def history(self) -> None:
        table = self.context.panes.tables.selected
        assert table is not None
        show_log(self.context, LogFilter(table=table.name))
        self.context.go_to(self.context.panes.log)

    @command(
        "tables.drop",
        "d",
        "drop…",
        "Drop the table…",
        TABLES,
        footer=True,
        writes=True,
        unless=none_here,
        says=drops,
        synonyms=("drop table", "delete table", "remove table"),
        about="Shows what refers to the table, and asks. It can be undone.",
        runs="DROP TABLE …",
        destroys=True,
    )
    def drop(self) -> None:
        table = self.context.panes.tables.selected
        assert table is not None
        branch, repository = self.state.branch, self.state.repository
        if table.non_local:
            self.context.tell(
                f"{table.name} belongs to {table.non_local} (dolt_nonlocal_tables): it can be dropped there only.",
                "warning",
            )
            return
        what = "view" if table.is_view else "table"
        choice = Choice("x", f"drop the {what}")
        calls = repository.working.drop_table_calls(table.name, view=table.is_view)

        def read(_: bool) -> tuple[DropPreview, Expected]:
            seen = repository.working.look(branch, [] if table.is_view else [table.name])  # first: see `Expected`
            return repository.tables.drop_preview(branch, table.name), seen

        def show(found: tuple[DropPreview, Expected], whole: bool) -> Shown:
            lines, why_not = drop_lines(branch, table, found[0])
            return [*lines, (), undo_note(self.state)], [replace(choice, why_not=why_not, calls=calls)]

        def chosen(_: str, found: tuple[DropPreview, Expected]) -> None:
            self.context.write(
                f"drop {table.name}",
                lambda repo: repo.working.drop_table(branch, table.name, view=table.is_view, expected=found[1]),
                lambda _: self.context.tell(f"Dropped {table.name}: {key_of('undo')} brings it back"),
                again=self.again("tables.drop", self.context.panes.tables, table.name),
            )

        PreviewFlow(
            self.context,
            f"Drop {what}",
            [join(cell(f"Drop {what} "), cell(table.name, "accent bold"))],
            [choice],
            "d",
            f"check what dropping {table.name} would do",
            read,
            show,
            chosen,
        ).begin()


def drop_lines(branch: str, table: Table, preview: DropPreview) -> tuple[list[Cell], str]:
    """What dropping a table or view would do, in lines, and why it cannot be done."""
    found: list[Cell] = [()]
    why_not = ""
    if not table.is_view and table.rows is not None:
        found.append(cell(f"  {plural(table.rows, 'row')}"))
    if preview.committed:
        found.append(cell(f"  ✓ the last commit on {branch} has it as it is: discard brings it back", Style.SUCCESS))
    else:
        found.append(cell(f"  ✗ no commit on {branch} has it as it is now", Style.ERROR))
    if preview.referenced_by:
        names = ", ".join(preview.referenced_by)
        one = len(preview.referenced_by) == 1
        keys = "has a foreign key" if one else "have foreign keys"
        found.append(cell(f"  ✗ {names} {keys} to it: drop {names} first, or the foreign keys", Style.ERROR))
        why_not = f"{names} {'refers' if one else 'refer'} to it"
    if preview.cascades:
        found.append(cell(f"  ✗ rows of {', '.join(preview.cascades)} that refer to it change too", Style.ERROR))
    return found, why_not
