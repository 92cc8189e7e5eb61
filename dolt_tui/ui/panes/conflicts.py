"""The panes of the resolver: what conflicts, who changed a row, the rules, the rows, and a row as it will be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from textual.content import Content

from dolt_tui.engine.model.conflicts import Broken, ConflictRow, RowDecision, RuleTrial
from dolt_tui.ui import commands
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.main_view.broken_rows import BrokenView
from dolt_tui.ui.main_view.conflicts import LoadedConflicts
from dolt_tui.ui.main_view.schema_conflict import SchemaConflictView
from dolt_tui.ui.main_view.view import Known, Loaded
from dolt_tui.ui.panes.main import MainPane
from dolt_tui.ui.panes.pane import Pane
from dolt_tui.ui.present.conflict_lists import CHANGE_COLUMNS, CONFLICT_COLUMNS, RULE_COLUMNS, Entry
from dolt_tui.ui.present.conflict_record import outcome_columns, outcome_rows, remarks, undecided_text
from dolt_tui.ui.present.conflict_rows import ROOM, Line, Shape, key_text
from dolt_tui.ui.present.content import content
from dolt_tui.ui.present.grid_rows import Row
from dolt_tui.ui.present.text import Cell, Style, cell, join, plain, sanitise
from dolt_tui.ui.widgets.pane_layout import Lower
from dolt_tui.words import count

_LEAST_ROOM = 8
_BETWEEN = 34
"""Cells of a line that are no values: the key, the column's name, blanks, rules and marks."""


class ConflictsPane(Pane):
    """Pane 1: the tables whose rows conflict, definitions that do, and constraints that are broken."""

    NUMBER, TITLE, KIND = "1", "Conflicts", commands.CONFLICTS
    COLUMNS = CONFLICT_COLUMNS
    LANES = ()
    _footnote = ""

    def show(self, rows: Sequence[Row], footnote: str) -> None:
        """Show the list; the cursor stays on its line."""
        self._footnote = footnote
        self.grid.set_rows(rows)
        self.filtered()

    def filtered(self) -> None:
        self.set_footnote(self._footnote)

    @property
    def entry_shown(self) -> Entry | None:
        """What is selected."""
        return self.under_cursor(Entry)


class RowChangesPane(Pane):
    """Pane 2: who changed the row under the cursor."""

    NUMBER, TITLE, KIND = "2", "Who changed the row", commands.ROW_CHANGES
    COLUMNS = CHANGE_COLUMNS
    LANES = ("row changes",)

    def show(self, title: str, rows: Sequence[Row]) -> None:
        """Show who changed a row."""
        self.set_title(title)
        self.grid.set_rows(rows)

    def say(self, title: str, text: str) -> None:
        """There is nothing to show, and ``text`` says why."""
        self.set_title(title)
        self.grid.clear(sanitise(text))


class RulesPane(Pane):
    """Pane 3: the rules that were tried, and what each would solve."""

    NUMBER, TITLE, KIND = "3", "Rules tried", commands.RULES
    COLUMNS = RULE_COLUMNS
    LANES = ()

    def show(self, rows: Sequence[Row], empty: str) -> None:
        """Show what came of trying rules."""
        self.grid.empty_text = empty
        self.grid.set_rows(rows, keep=self.has_focus_within)  # the best is seen, unless somebody looks through them

    @property
    def trial(self) -> RuleTrial | None:
        """The rule under the cursor."""
        return self.under_cursor(RuleTrial)


class ConflictRowsPane(MainPane):
    """Pane 0: the rows of a table that conflict, or one of them with all of its columns."""

    NUMBER, TITLE, KIND = "0", "Conflicting rows", commands.CONFLICT_ROWS
    LANES = ("conflicts", "conflict pages", "conflict statistics", "copy", "search")
    PAGES = "conflict pages"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._said: Cell = ()

    def say(self, said: Cell) -> None:
        """Say something above the rows: what the best rule would solve."""
        self._said = said
        self._show_notes(self.loaded.notes if self.loaded is not None else "")

    def _show_notes(self, text: str) -> None:
        if not isinstance(self.loaded, LoadedConflicts) or not self._said:
            super()._show_notes(text)
            return
        chip = Content.assemble((f" {key_of('resolver.rules')} ", "bold $accent on $panel"), "  ")
        said = Content.assemble(chip, content(self._said))
        self.notes.display = True
        self.notes.update(said.truncate(max(20, self.size.width - 2), ellipsis=True))

    def _header(self, rows: bool, *, titles: bool = False) -> None:
        super()._header(rows, titles=titles)
        self.grid.cursor_kind = "row"  # decisions are about lines

    def _lay(self, loaded: Loaded, known: Known, show: Callable[..., None]) -> None:
        if isinstance(loaded, LoadedConflicts) and self.size.width:
            loaded.room = max(_LEAST_ROOM, min(ROOM, (self.size.width - _BETWEEN) // 4))
        show(loaded.overlay(known), signs=True)

    @property
    def key_place(self) -> str:
        if isinstance(self.view, SchemaConflictView):
            return commands.SCHEMA_CONFLICT
        return commands.BROKEN_ROWS if isinstance(self.view, BrokenView) else self.KIND

    @property
    def is_list(self) -> bool:
        return self.loaded is None

    @property
    def line(self) -> Line | None:
        """The line under the cursor."""
        return self.under_cursor(Line)

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines of the range, or the one under the cursor."""
        return tuple(row.value for row in self.grid.selected_rows if isinstance(row.value, Line))

    def filtered(self) -> None:
        line, loaded = self.line, self.loaded
        if isinstance(loaded, LoadedConflicts) and line is not None:
            at = f"row {count(line.position + 1)} of {count(len(loaded.keys))}"
            if len(line.cells) > 1 and not line.folded:
                at += f" · cell {line.cells.index(line.column) + 1} of {len(line.cells)}"
            self.set_footnote(at)
        else:
            self.set_footnote("")


class OutcomePane(Pane):
    """Pane 5: a row that conflicts as it will be."""

    NUMBER, TITLE, KIND = "5", "Row as it will be", "outcome"
    LOWER = Lower("outcome", folds=False, low=7, least=16)
    _SAYING = Lower("that there is no outcome", lines=3, low=3)
    HEADER = True
    LANES = ()
    _footnote = ""

    def __init__(self) -> None:
        super().__init__()
        self.grid.cursor_kind = "none"

    def show(
        self,
        shape: Shape,
        row: ConflictRow,
        decision: RowDecision,
        broken: Sequence[Broken],
        *,
        checked: bool,
        failed: str = "",
    ) -> None:
        """Show a row as it will be; ``failed``: why it could not be checked."""
        parts = remarks(shape, row, decision, broken, checked=checked, failed=failed)
        rows = outcome_rows(shape, row, decision)
        self._footnote = undecided_text(row, decision)
        if 0 < self.grid.height <= len(rows):  # no room for a line more
            self._footnote = f"{plain(parts[0])} · {self._footnote}"
        else:
            spans = [part for each in parts for part in (cell("  ·  ", Style.DIM), each)]
            rows.append(Row("remarks", (join(*spans[1:]),), selectable=False))
        self.set_title(f"Row {key_text(shape, row)} as it will be")
        self.grid.show_header = True
        self.grid.set_rows(rows, outcome_columns(shape, row))
        self.room = self.LOWER
        self.filtered()

    def follow(self, column: str) -> None:
        """Let a column be seen."""
        self.grid.show_column(column)

    def say(self, text: str) -> None:
        """There is no row, and ``text`` says why."""
        self.room = self._SAYING
        self.set_title()
        self.grid.show_header = False
        self.grid.clear(sanitise(text))
        self._footnote = ""
        self.filtered()

    def filtered(self) -> None:
        self.set_footnote(self._footnote)
