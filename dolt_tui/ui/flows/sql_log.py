"""The SQL log: what was run is shown, copied and saved."""

from __future__ import annotations

from collections.abc import Sequence

from dolt_tui.engine.core.statement_text import statement_text
from dolt_tui.engine.model import Statement
from dolt_tui.engine.transfer.formats import Format
from dolt_tui.engine.transfer.outputs import to_file
from dolt_tui.ui.dialogs.export import ExportDialog, Wanted
from dolt_tui.ui.dialogs.listing import ListDialog
from dolt_tui.ui.dialogs.sql_log import SqlLogDialog
from dolt_tui.ui.flows.context import Context
from dolt_tui.ui.flows.progress import path_text
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.sql_log import Step, script, whole_lines
from dolt_tui.ui.present.text import Style, cell
from dolt_tui.words import plural

_FRAME = 12
"""Cells of the screen beside the lines of a dialog."""


def show_sql_log(context: Context) -> None:
    """Show what was run; it grows while it is shown."""
    repository = context.state.repository
    style, database = repository.info.traits.sql, repository.info.database

    def whole(chosen: Step | Statement) -> None:
        width = max(40, context.window.width - _FRAME)
        some = chosen.statements if isinstance(chosen, Step) else (chosen,)
        lines = [row for one in some for row in whole_lines(one, style, width)]
        shown = [Row(at, row.cells) for at, row in enumerate(lines)]
        title = chosen.name.capitalize() if isinstance(chosen, Step) else "Statement"
        columns = (Column("text", flex=True, separator=False),)
        dialog = ListDialog(title, shown, columns, hint="esc back to the log", choosing=False, large=True)
        context.ask(dialog, lambda _answer: None)

    def copy(chosen: Step | Statement | Sequence[Step]) -> None:
        if isinstance(chosen, Statement):
            context.copy_text(f"{statement_text(chosen, style)};")
            context.tell("Copied the statement")
            return
        found = [chosen] if isinstance(chosen, Step) else chosen

        def copied(text: str) -> None:
            context.copy_text(text)
            context.tell(f"Copied {_counted(found)}")

        context.session.job("copy", "copy the SQL log", lambda: script(found, style, database), copied)

    dialog = SqlLogDialog(
        repository.statements.entries, style, whole=whole, copy=copy, save=lambda found: _save(context, found)
    )
    context.ask(dialog, lambda _answer: None)


def _save(context: Context, found: Sequence[Step]) -> None:
    info = context.state.repository.info

    def chosen(wanted: Wanted | None) -> None:
        if wanted is None:
            return

        def write() -> None:
            with to_file(wanted.path, compressed=wanted.compressed, overwrite=wanted.overwrite) as output:
                output.write(script(found, info.traits.sql, info.database))

        said = f"Saved {_counted(found)} to {path_text(wanted.path)}"
        context.session.job("copy", "save the SQL log", write, lambda _: context.tell(said))

    dialog = ExportDialog(
        [cell(f"Save {_counted(found)} of the SQL log", Style.BOLD)],
        "sql-log",
        [Format.SQL],
        directory=lambda _: False,
        why_not=lambda _: "",
    )
    context.ask(dialog, chosen)


def _counted(found: Sequence[Step]) -> str:
    return plural(sum(len(step.statements) for step in found), "statement")
