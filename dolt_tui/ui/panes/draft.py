"""In the place of pane 5: the draft, edits of rows that are not written yet, as the SQL that will be run."""

from __future__ import annotations

from textual.content import Content

from dolt_tui.engine.model import Edit
from dolt_tui.ui import commands
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.panes.pane import Pane
from dolt_tui.ui.present.draft_list import DRAFT_COLUMNS, counts, draft_rows
from dolt_tui.ui.present.draft_rows import RowDraft
from dolt_tui.ui.widgets.pane_layout import NARROW, Lower


class DraftPane(Pane):
    """The edits of the branch."""

    NUMBER, TITLE, KIND = "5", "Draft", commands.DRAFT
    LOWER = Lower("draft", folds=False, lines=12, low=7)
    COLUMNS = DRAFT_COLUMNS

    _footnote = ""

    def on_mount(self) -> None:
        self.set_title()

    def set_title(self, title: str = "") -> None:
        self.border_title = Content.assemble("5 Draft", (" · one transaction", "not bold $dim"))

    def show(self, draft: RowDraft) -> None:
        """Show a draft."""
        self.grid.set_rows(draft_rows(draft, narrow=self.app.size.width < NARROW))
        self._footnote = counts(draft, key_of("draft.write"))
        self.filtered()

    def filtered(self) -> None:
        self.set_footnote(self._footnote)

    @property
    def edit(self) -> Edit | None:
        """The edit that the line under the cursor is about."""
        return self.under_cursor(Edit)
