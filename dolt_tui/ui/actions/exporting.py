"""What E does: exporting what is shown, and whole databases."""

from __future__ import annotations

from dolt_tui.engine.browsing.query import Query
from dolt_tui.engine.errors import EngineError
from dolt_tui.engine.transfer.formats import Format
from dolt_tui.engine.transfer.requests import DatabaseExport, Export, TableExport
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import MAIN, RESULT, TABLES, Footer, command
from dolt_tui.ui.dialogs.export import ExportDialog, Wanted
from dolt_tui.ui.flows.context import Context
from dolt_tui.ui.flows.fetch import transferring
from dolt_tui.ui.flows.progress import Counted, path_text, size_text
from dolt_tui.ui.present.text import Cell, Style, cell, join
from dolt_tui.words import plural, took


class ExportActions(Actions):
    """Commands that write files."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._last: Format | None = None
        """The format that was chosen last."""

    def busy(self) -> str:
        return transferring(self.context.session)

    def none_here(self) -> str:
        if self._export() is not None:
            return ""
        if self.context.focused_pane is self.context.panes.tables:
            return "there is no table here"
        return "what is shown here has no rows to export"

    @command(
        "export",
        "E",
        "export…",
        "Export what is shown: CSV, JSON lines, SQL…",
        (TABLES, MAIN, RESULT),
        footer=Footer.LAST,
        unless=(none_here, busy),
        synonyms=("save", "save as", "dump", "export csv", "export json", "write to a file", "download", "parquet"),
        about="Writes the rows, filtered and sorted as they are, to CSV, TSV, JSON lines, SQL, Markdown or Parquet.",
    )
    def export(self) -> None:
        export = self._export()
        assert export is not None
        self._ask(export)

    @command(
        "export.database",
        "",
        "export database…",
        "Export the whole database as SQL…",
        unless=busy,
        synonyms=("dump", "backup", "mysqldump", "export sql"),
    )
    def database(self) -> None:
        name = self.state.repository.info.database.removesuffix(".db")
        self._ask(DatabaseExport(name, self.state.branch if self.state.came_from is not None else None))

    def _export(self) -> Export | None:
        context = self.context
        if context.focused_pane is context.panes.tables:
            table = context.panes.tables.selected
            if table is None:
                return None
            loaded = context.main.loaded
            shown = loaded.export if loaded is not None else None
            same = isinstance(shown, TableExport) and shown.query.table == table.name
            return shown if same else TableExport(Query(table.name, self.state.tables_at))
        loaded = context.rows_pane.loaded
        return None if loaded is None else loaded.export

    def _ask(self, export: Export) -> None:
        def why_not(format_: Format) -> str:
            return self._lacks() if format_ is Format.PARQUET else ""

        dialog = ExportDialog(
            self._body(export),
            export.stem.replace("/", "_"),
            export.formats,
            directory=export.directory,
            why_not=why_not,
            format_=self._last if not isinstance(export, DatabaseExport) else None,
        )
        self.context.ask(dialog, lambda wanted: self._write(export, wanted) if wanted is not None else None)

    @staticmethod
    def _lacks() -> str:
        from dolt_tui.engine.transfer.parquet import need_pyarrow

        try:
            need_pyarrow()
        except EngineError as error:
            return f"{error.message} {error.advice}"
        return ""

    def _body(self, export: Export) -> list[Cell]:
        body = [join(cell("Export "), cell(export.title, "accent bold"), cell(f" on {self.state.branch}", Style.DIM))]
        if isinstance(export, TableExport):
            loaded = self.context.rows_pane.loaded
            if loaded is not None and loaded.export == export and loaded.view.settings:
                body.append(cell(f"as it is shown: {loaded.view.settings}", Style.DIM))
        return body

    def _write(self, export: Export, wanted: Wanted) -> None:
        from dolt_tui.engine.transfer.exporting import Destination, Exported

        if not isinstance(export, DatabaseExport):
            self._last = wanted.format
        branch, counted = self.state.branch, Counted()
        to = Destination(wanted.format, wanted.path, compressed=wanted.compressed, overwrite=wanted.overwrite)

        def done(exported: Exported) -> None:
            what = plural(exported.rows, "row" if not _as_statements(export, wanted) else "statement")
            files = f" in {plural(exported.files, 'file')}" if export.directory(wanted.format) else ""
            self.context.tell(
                f"Exported {what}{files} to {path_text(wanted.path)}:"
                f" {size_text(exported.size)} in {took(exported.seconds)}"
            )

        self.context.transfer(
            f"export {export.title}",
            lambda repo: export.write(repo.transfer.exports, branch, to, counted),
            done,
            progress=lambda: counted.text,
        )


def _as_statements(export: Export, wanted: Wanted) -> bool:
    """Whether what is counted are statements."""
    return wanted.format is Format.SQL and not isinstance(export, TableExport | DatabaseExport)
