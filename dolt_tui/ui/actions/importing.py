"""What I does: importing a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dolt_tui.engine.model import ColumnInfo
from dolt_tui.engine.transfer.formats import Format, named
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import TABLES, Footer, command
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.flows.fetch import transferring
from dolt_tui.ui.flows.progress import Counted, size_text
from dolt_tui.ui.present.text import Style, cell, join
from dolt_tui.words import plural, took

if TYPE_CHECKING:
    from dolt_tui.engine.transfer.importing import Imported
    from dolt_tui.engine.transfer.plans import Plan
    from dolt_tui.engine.transfer.reading import Layout


class ImportActions(Actions):
    """The command that reads a file into a table."""

    def busy(self) -> str:
        return transferring(self.context.session)

    @command(
        "import",
        "I",
        "import…",
        "Import a file: CSV, JSON lines, SQL, Parquet…",
        TABLES,
        footer=Footer.LAST,
        writes=True,
        unless=busy,
        synonyms=("load data", "import csv", "read a file", "upload", "open file"),
        about="Shows first what it would make of the file.",
    )
    def import_file(self) -> None:
        from dolt_tui.ui.dialogs.import_file import FileDialog

        body = [
            join(cell("Import into "), cell(self.state.branch, "accent bold")),
            cell("CSV, TSV, JSON lines, a JSON array, SQL, Parquet; also compressed by gzip.", Style.DIM),
        ]
        dialog = FileDialog("Import", body, hint="preview")
        self.context.ask(dialog, lambda path: self._look(path) if path is not None else None)

    def _look(self, path: Path) -> None:
        """Find out what the file is, and what it would become."""
        branch, repository = self.state.branch, self.state.repository
        name = _table_name(named(path).stem)
        known = {table.name.lower(): table.name for table in self.state.tables if not table.is_view}
        name = known.get(name.lower(), name)

        def work() -> Plan | Layout:
            from dolt_tui.engine.transfer.plans import Plan
            from dolt_tui.engine.transfer.sniffing import sniff

            layout, imports = sniff(path), repository.transfer.imports
            if layout.format is Format.SQL:
                return layout
            return Plan(imports.preview(layout), imports.style, name, imports.columns(branch, name))

        def found(made: Plan | Layout) -> None:
            from dolt_tui.engine.transfer.plans import Plan

            if isinstance(made, Plan):
                self._show(made)
            else:
                self._script(made)

        self.context.look(f"read {path.name}", work, found)

    def _show(self, plan: Plan) -> None:
        from dolt_tui.ui.dialogs.import_file import ImportDialog

        branch, repository = self.state.branch, self.state.repository

        def columns_of(table: str, then: Callable[[Sequence[ColumnInfo]], None]) -> None:
            self.context.look(
                f"read the columns of {table}", lambda: repository.transfer.imports.columns(branch, table), then
            )

        def with_header(header: bool, then: Callable[[Plan], None]) -> None:
            def work() -> Plan:
                from dolt_tui.engine.transfer.plans import Plan
                from dolt_tui.engine.transfer.sniffing import with_header

                layout, imports = with_header(plan.preview.layout, header), repository.transfer.imports
                return Plan(imports.preview(layout), imports.style, plan.table)

            self.context.look(f"read {plan.preview.layout.name}", work, then)

        dialog = ImportDialog(plan, columns_of=columns_of, with_header=with_header)
        self.context.ask(dialog, lambda made: self._load(made) if made is not None else None)

    def _load(self, plan: Plan) -> None:
        branch, layout, target, counted = self.state.branch, plan.preview.layout, plan.target, Counted()

        def done(imported: Imported) -> None:
            left = f", without {', '.join(imported.fit.left_out)}" if imported.fit.left_out else ""
            self.context.tell(
                f"Imported {plural(imported.rows, 'row')} into {imported.table}"
                f" in {took(imported.seconds)}{left}: {key_of('undo')} takes it back"
            )
            self.context.panes.tables.grid.move_to_key(imported.table)

        self.context.transfer(
            f"import {layout.name}",
            lambda repo: repo.transfer.imports.load(branch, layout, target, counted),
            done,
            progress=lambda: counted.text,
            undoable=True,
        )

    def _script(self, layout: Layout) -> None:
        """An SQL script: ask, then run it."""
        size = size_text(layout.path.stat().st_size)
        body = [
            join(cell("Run the script "), cell(layout.name, "accent bold"), cell(f" on {self.state.branch}")),
            cell(f"{size}{', compressed' if layout.compressed else ''} · {layout.encoding}", Style.DIM),
            (),
            cell("All of its statements are run, or nothing of it stays; it is one step of undo."),
        ]
        branch, counted = self.state.branch, Counted()

        def chosen(letter: str | None) -> None:
            session = self.context.session
            if letter == "r" and session.transaction is not None:
                session.runs.ask_about_transaction(f"import {layout.name}", lambda: chosen(letter))
            elif letter == "r":
                run()

        def run() -> None:
            self.context.transfer(
                f"import {layout.name}",
                lambda repo: repo.transfer.imports.replay(branch, layout, counted),
                lambda number: self._ran(layout.name, number),
                progress=lambda: f"{plural(counted.rows, 'statement')}" if counted.rows else "",
            )

        self.context.ask(ChoiceDialog("Import", body, [Choice("r", "run it")], default="r", opener="I"), chosen)

    def _ran(self, name: str, number: int) -> None:
        self.context.session.writes.look()
        self.context.tell(f"Ran {plural(number, 'statement')} of {name}: {key_of('undo')} takes them back")


def _table_name(stem: str) -> str:
    """The name of a file as that of a table."""
    return re.sub(r"\W+", "_", stem).strip("_").lower() or "imported"
