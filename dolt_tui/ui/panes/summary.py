"""Pane 5: the summary, a join along foreign keys."""

from __future__ import annotations

from dolt_tui.engine.model import Summary
from dolt_tui.ui import commands
from dolt_tui.ui.panes.pane import Pane
from dolt_tui.ui.present.data_rows import summary_columns, summary_rows
from dolt_tui.ui.present.text import join_words


class SummaryPane(Pane):
    """The team summary of the tutorial; elsewhere the join of a link table."""

    NUMBER, TITLE, KIND = "5", "Summary", commands.SUMMARY
    HEADER = True

    def show(self, summary: Summary) -> None:
        """Show the join, or say what it would show."""
        self.set_title(summary.title)
        self.grid.show_header = bool(summary.tables)
        if summary.missing:
            missing = join_words(summary.missing)
            verb = "exist" if len(summary.missing) > 1 else "exists"
            self.grid.clear(f"Shows team, employee and the other columns of employees once {missing} {verb}.")
        elif not summary.tables:
            self.grid.clear("No link table, one with two foreign keys, to join yet.")
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
