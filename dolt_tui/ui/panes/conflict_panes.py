"""All panes of the resolver."""

from __future__ import annotations

from dolt_tui.ui.panes.conflicts import ConflictRowsPane, ConflictsPane, OutcomePane, RowChangesPane, RulesPane
from dolt_tui.ui.panes.pane import Pane
from dolt_tui.ui.panes.pane_set import PaneSet
from dolt_tui.ui.session.clock import Clock


class ConflictPanes(PaneSet[Pane]):
    """The panes of the resolver; pane 0 is about the selection in Conflicts, panes 2 and 5 about the row in pane 0."""

    def __init__(self, clock: Clock) -> None:
        self.conflicts, self.changes, self.rules = ConflictsPane(), RowChangesPane(), RulesPane()
        self.rows, self.outcome = ConflictRowsPane(clock), OutcomePane()
        super().__init__(((self.conflicts,), (self.changes,), (self.rules,)), self.rows, self.outcome)
