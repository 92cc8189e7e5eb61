"""A definition that both sides changed: ours and theirs beside one another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from dolt_tui.engine.conflicts.schema_words import in_short, label, left_in_log
from dolt_tui.engine.model import SqlStyle
from dolt_tui.engine.model.conflicts import Incoming, SchemaConflict, SchemaDecision
from dolt_tui.ui.main_view.view import Frame, Known, Listing, Loaded, View
from dolt_tui.ui.present.export import Copied
from dolt_tui.ui.present.grid_rows import Row
from dolt_tui.ui.present.schema_conflict import definition_columns, definition_rows
from dolt_tui.ui.present.text import sanitise

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository


class SchemaConflictView(View):
    """A schema conflict, with what is decided about it."""

    conflict: SchemaConflict
    incoming: Incoming
    decision: SchemaDecision | None = None
    said: tuple[str, ...] = ()
    """What became of values when definitions were aligned."""

    @property
    def title(self) -> str:
        sides = f"ours {self.incoming.branch} · theirs {self.incoming.source}"
        return f"{self.conflict.table} · {self.conflict.kind} · {sides}"

    @property
    def about(self) -> str:
        return self.conflict.table

    def load(self, repository: Repository, branch: str) -> LoadedSchemaConflict:
        return LoadedSchemaConflict(self, branch, repository.info.traits.sql)


class LoadedSchemaConflict(Loaded):
    """Both definitions."""

    view: SchemaConflictView

    def __init__(self, view: SchemaConflictView, branch: str, style: SqlStyle) -> None:
        super().__init__(view, branch)
        self._style = style

    def present(self, known: Known, frame: Frame) -> Listing:
        view = self.view
        columns = definition_columns(f"ours · {view.incoming.branch}", f"theirs · {view.incoming.source}")
        return Listing(definition_rows(view.conflict, frame.width), columns, titles=True)

    @property
    def notes(self) -> str:
        view, conflict = self.view, self.view.conflict
        short = in_short(conflict, self._style)
        # Where the columns are named, the engine says the same in words of its own.
        lines = [f"{short} · {conflict.description}" if conflict.description and ":" not in short else short]
        if view.decision is not None:
            lines.append(f"✓ {label(view.decision)}: {left_in_log(view.incoming, conflict, view.decision)}")
        else:
            lines.append("Which definition to keep is not decided yet; its rows are merged after that.")
        return "\n".join(map(sanitise, [*lines, *view.said]))

    def copied(self, rows: Iterable[Row], style: SqlStyle) -> Copied:
        conflict = self.view.conflict
        return Copied(conflict.table, ("base", "ours", "theirs"), ((conflict.base, conflict.ours, conflict.theirs),))
