"""The definition of a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from dolt_tui.engine.model import Schema, SqlStyle
from dolt_tui.ui.main_view.view import Frame, Known, Listing, Loaded, View, revision_label
from dolt_tui.ui.present.definition import definition_lines, wrapped
from dolt_tui.ui.present.export import Copied
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import cell

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository

_COLUMNS = (Column("text", flex=True, separator=False),)


class SchemaView(View):
    """The definition of a table."""

    table: str
    revision: str | None = None
    """A commit; None: the working set."""

    @property
    def title(self) -> str:
        return f"{self.table} · schema{f' at {revision_label(self.revision)}' if self.revision is not None else ''}"

    @property
    def about(self) -> str:
        return self.table

    def load(self, repository: Repository, branch: str) -> LoadedSchema:
        return LoadedSchema(self, branch, repository.tables.schema(branch, self.table, self.revision))


class LoadedSchema(Loaded):
    """A table's definition."""

    def __init__(self, view: SchemaView, branch: str, schema: Schema) -> None:
        super().__init__(view, branch)
        self.schema = schema

    def present(self, known: Known, frame: Frame) -> Listing:
        width = max(20, frame.width - 4)
        lines = [part for line in definition_lines(self.schema.ddl) for part in wrapped(line, width, hanging=4)]
        return Listing([Row(number, (cell(line),)) for number, line in enumerate(lines)], _COLUMNS)

    def copied(self, rows: Iterable[Row], style: SqlStyle) -> Copied:
        # The lines are broken: what they were made of is copied.
        return Copied(self.schema.table, ("definition",), ((self.schema.ddl,),))
