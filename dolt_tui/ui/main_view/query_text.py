"""The text of a saved query."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from dolt_tui.engine.model import SavedQuery, SqlStyle
from dolt_tui.ui.main_view.view import Frame, Known, Listing, Loaded, View
from dolt_tui.ui.present.export import Copied
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import Style, cell, wrap

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository

_COLUMNS = (Column("text", flex=True, separator=False),)


class QueryTextView(View):
    """What a saved query says."""

    query: SavedQuery

    @property
    def title(self) -> str:
        return f"{self.query.name} · query"

    def load(self, repository: Repository, branch: str) -> LoadedQueryText:
        return LoadedQueryText(self, branch)


class LoadedQueryText(Loaded):
    """A query's description and its text; nothing had to be read."""

    view: QueryTextView

    def present(self, known: Known, frame: Frame) -> Listing:
        query, width = self.view.query, max(20, frame.width - 4)
        lines = [cell(line, Style.DIM) for line in wrap(query.description, width)] if query.description else []
        lines += [()] if lines else []
        lines += [cell(line) for line in wrap(query.query, width)]
        return Listing([Row(number, (line,)) for number, line in enumerate(lines)], _COLUMNS)

    def copied(self, rows: Iterable[Row], style: SqlStyle) -> Copied:
        # The lines are wrapped: what they were made of is copied.
        return Copied(self.view.query.name, ("query",), ((self.view.query.query,),))
