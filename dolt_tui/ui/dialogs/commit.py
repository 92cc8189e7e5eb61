"""The dialog in which a commit's message is written; what will go in stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Input, Static, TextArea

from dolt_tui.engine.errors import EngineError
from dolt_tui.engine.inputs import parse_author
from dolt_tui.ui.dialogs.dialog import Dialog
from dolt_tui.ui.drafts import Draft
from dolt_tui.ui.styled import lines
from dolt_tui.ui.text import Cell, Style, cell


class CommitDialog(Dialog[Draft]):
    """Answers the message to commit with; what was typed survives leaving it (`draft`)."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave", show=False, priority=True),
        Binding("ctrl+s", "commit", "commit", show=False, priority=True),
    ]

    def __init__(self, going_in: Sequence[Cell], draft: Draft, default_author: str, branch: str) -> None:
        super().__init__(f"Commit to {branch}", "⏎ commit · tab body, author · ^s commit from anywhere · esc leave")
        self._going_in = going_in
        self._summary = Input(value=draft.summary, placeholder="What changes, in one line", select_on_focus=False)
        self._body = TextArea(draft.body, tab_behavior="focus", show_line_numbers=False, compact=True)
        self._author = Input(
            value=draft.author,
            placeholder=default_author or "Name <email@example.com>",
            select_on_focus=False,
        )
        self._says = Static(markup=False, classes="says")

    def compose(self) -> ComposeResult:
        with self.frame:
            with VerticalScroll(classes="scroll going-in", can_focus=False):
                yield Static(lines(self._going_in), markup=False)
            yield Static("Summary", classes="label", markup=False)
            yield self._summary
            yield Static("Body", classes="label", markup=False)
            yield self._body
            yield Static("Author", classes="label", markup=False)
            yield self._author
            yield self._says

    def on_mount(self) -> None:
        self._says.display = False
        self._summary.focus()

    @property
    def draft(self) -> Draft:
        """What is typed."""
        return Draft(self._summary.value, self._body.text, self._author.value)

    @on(Input.Submitted)
    def action_commit(self) -> None:
        draft = self.draft
        trouble = ""
        if not draft.summary.strip():
            trouble = "A commit needs a summary line."
        elif draft.author.strip():
            try:
                parse_author(draft.author)
            except EngineError as error:
                trouble = error.message
        if trouble:
            self._says.update(lines([cell(trouble, Style.WARNING)]))
            self._says.display = True
        else:
            self.dismiss(draft)
