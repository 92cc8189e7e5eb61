"""What the keys do with the draft as a whole, and in the list of its edits."""

from __future__ import annotations

from dolt_tui.engine.browsing.query import Condition, Operator, Query
from dolt_tui.engine.model import Edit, EditKind
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import DRAFT, EVERYWHERE, MAIN, Footer, command
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.flows.draft import write_draft
from dolt_tui.ui.main_view.table import TableView
from dolt_tui.ui.panes.draft import DraftPane
from dolt_tui.ui.present.text import Style, cell, join
from dolt_tui.words import plural


class DraftActions(Actions):
    """Commands on the draft."""

    def no_draft(self) -> str:
        return "" if self.state.row_draft else "the draft is empty"

    def to_be_mended(self) -> str:
        errors = self.state.row_draft.errors
        rows = len({(finding.edit.table, finding.edit.key) for finding in errors})
        return f"{plural(rows, 'row')} must be fixed first: {errors[0].text}" if errors else ""

    def no_line(self) -> str:
        return "" if self._line is not None else "there is no edit on this line"

    @property
    def _line(self) -> Edit | None:
        """The edit under the cursor of the list."""
        pane = self.context.panes.lower.shown
        found = pane.edit if isinstance(pane, DraftPane) else None
        return self.state.row_draft.draft.edit(found.table, found.key) if found is not None else None

    @command(
        "draft.write",
        "ctrl+s",
        "write",
        "Write the draft: save all edits of rows",
        (EVERYWHERE, MAIN, DRAFT),
        footer=Footer.FIRST,
        writes=True,
        unless=(no_draft, to_be_mended),
        synonyms=("save", "save edits", "commit edits", "apply edits", "write"),
        about="All edits in one transaction, as one step that can be undone.",
    )
    def write(self) -> None:
        write_draft(self.context)

    @command(
        "draft.discard",
        "",
        "discard the draft…",
        "Discard the draft: all edits of rows…",
        rank=9,
        unless=no_draft,
        synonyms=("discard edits", "cancel edits", "throw away edits"),
        about="Asks first.",
    )
    def discard(self) -> None:
        number = plural(len(self.state.row_draft.draft), "row")
        body = [join(cell("Give up the edits of "), cell(number, Style.BOLD), cell("? They cannot be brought back."))]

        def answered(letter: str | None) -> None:
            if letter == "d":
                self.context.session.drafts.clear()

        self.context.ask(ChoiceDialog("Discard the draft", body, [Choice("d", "discard")]), answered)

    @command("draft.go", "enter", "row", "Go to the row of the edit", DRAFT, footer=True, unless=no_line)
    def go(self) -> None:
        edit, main = self._line, self.context.main
        assert edit is not None
        shown = main.view
        if isinstance(shown, TableView) and shown.table == edit.table and shown.revision is None:
            if main.grid.move_to_key(edit.key):
                self.context.go_to(main)
                return
            if edit.kind is EditKind.ADDED:
                main.grid.end()
                self.context.go_to(main)
                return
        query = None
        if edit.kind is not EditKind.ADDED:
            names = self.state.row_draft.draft.tables[edit.table].key
            query = Query(
                edit.table,
                conditions=tuple(
                    Condition(name, Operator.NULL if value is None else Operator.SAME, value)
                    for name, value in zip(names, edit.key, strict=True)
                ),
            )
        main.seek = edit.key
        self.context.show_view(TableView(edit.table, query=query), inside=True)
        self.context.go_to(main)

    @command(
        "draft.take_back",
        "u",
        "take back",
        "Take back the edit",
        DRAFT,
        footer=True,
        unless=no_line,
        synonyms=("undo edit", "revert edit"),
    )
    def take_back(self) -> None:
        edit = self._line
        assert edit is not None
        self.context.session.drafts.change(self.state.row_draft.draft.take_back(edit.table, edit.key))
