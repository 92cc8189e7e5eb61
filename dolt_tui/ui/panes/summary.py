"""Pane 5: the summary, a join along foreign keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.engine.model import Summary
from dolt_tui.ui import commands
from dolt_tui.ui.panes.read_pane import ReadPane
from dolt_tui.ui.present.data_rows import summary_columns, summary_rows
from dolt_tui.ui.present.text import join_words
from dolt_tui.ui.session import reads
from dolt_tui.ui.widgets.pane_layout import Lower

if TYPE_CHECKING:
    from dolt_tui.ui.session.reads import Reading
    from dolt_tui.ui.session.state import State


class SummaryPane(ReadPane):
    """The team summary of the tutorial; elsewhere the join of a link table."""

    NUMBER, TITLE, KIND = "5", "Summary", commands.SUMMARY
    LOWER = Lower("summary")
    _SAYING = Lower("summary that says what it would show", lines=4, low=4)
    HEADER = True
    SCOPES = frozenset({reads.SUMMARY})

    def read(self, reading: Reading) -> Summary:
        return reading.summary

    def show(self, found: Summary, state: State) -> None:
        """Show the join, or say what it would show."""
        summary = found
        self.set_title(f"{summary.title} of {state.pair.name}" if state.pair is not None else summary.title)
        self.grid.show_header = bool(summary.tables)
        self.room = self.LOWER if summary.tables and not summary.missing else self._SAYING
        if summary.missing:
            missing = join_words(summary.missing)
            once = f"the tables {missing} exist" if len(summary.missing) > 1 else f"the table {missing} exists"
            self.grid.clear(f"Shows who is in which team, once {once}.")
        elif not summary.tables:
            self.grid.clear("There is no link table (one with two foreign keys) to join yet.")
        else:
            self.grid.empty_text = f"No rows: {' × '.join(summary.tables)} join to nothing yet."
            self.grid.set_rows(summary_rows(summary), summary_columns(summary))
        more = f"first {len(summary.rows)} · " if summary.more else ""
        self._footnote = more + " × ".join(summary.tables)
        self.filtered()

    def could_not_read(self, what: str, error: Exception) -> None:
        self._footnote = ""
        self.grid.show_header = False
        super().could_not_read(what, error)

    def filtered(self) -> None:
        self.set_footnote(getattr(self, "_footnote", ""))
