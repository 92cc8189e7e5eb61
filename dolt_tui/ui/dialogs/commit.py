"""The dialog in which a commit's message is written; beside it is what will be committed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Input, Static

from dolt_tui.engine.core.validation import message_parts, parse_author, parse_date, split_message
from dolt_tui.engine.errors import EngineError
from dolt_tui.ui.dialogs.dialog import Dialog, titled
from dolt_tui.ui.dialogs.editor import EditorError, edit
from dolt_tui.ui.present.content import lines
from dolt_tui.ui.present.text import Cell, Style, cell, plain
from dolt_tui.ui.session.draft import Draft
from dolt_tui.ui.widgets.entry import LineInput
from dolt_tui.ui.widgets.lines_entry import LinesInput


class CommitDialog(Dialog[Draft]):
    """Returns the message to commit with; what was typed survives leaving it (`draft`)."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave", show=False, priority=True),
        Binding("ctrl+s", "commit", "commit", show=False, priority=True),
        Binding("ctrl+e", "editor", "editor", show=False, priority=True),
        Binding("up", "recall(1)", "older message", show=False),
        Binding("down", "recall(-1)", "newer message", show=False),
    ]

    def __init__(
        self, going_in: Sequence[Cell], draft: Draft, default_author: str, title: str, *, verb: str = "commit"
    ) -> None:
        super().__init__(title, f"⏎ ^s {verb} · ↑ recent · ^e editor · tab next · esc cancel")
        self._going_in = list(going_in)
        self._beside = Static(lines(going_in), markup=False)
        self._body = LinesInput(draft.body)
        self._summary = LineInput(draft.summary, "What changes, in one line", rest=self._body.begin_with)
        self._author = LineInput(draft.author, default_author or "Name <email@example.com>")
        self._date = LineInput(draft.date, "now")
        self._says = Static(markup=False, classes="says")
        self._recent: list[tuple[str, str]] = []
        self._recalled = -1
        """Which of the recent messages is shown; -1: none."""

    def compose(self) -> ComposeResult:
        with self.frame:
            with VerticalScroll(classes="scroll going-in", can_focus=False):
                yield self._beside
            yield titled("Summary", self._summary)
            yield titled("Body", self._body)
            with Horizontal(classes="fields"):
                yield titled("Author", self._author)
                yield titled("Date", self._date)
            yield self._says

    def on_mount(self) -> None:
        self._says.display = False
        self._summary.focus()

    def goes_in(self, going_in: Sequence[Cell]) -> None:
        """More is known of what will be committed."""
        self._going_in = list(going_in)
        self._beside.update(lines(going_in))

    def remember(self, messages: Sequence[str]) -> None:
        """The messages of the last commits, the newest first, for ``up`` in an empty summary."""
        self._recent = [message_parts(message) for message in messages]

    @property
    def draft(self) -> Draft:
        """What is typed."""
        return Draft(self._summary.value, self._body.text, self._author.value, self._date.value)

    def _say(self, text: str) -> None:
        self._says.update(lines([cell(text, Style.WARNING)]))
        self._says.display = bool(text)

    def _set(self, summary: str, body: str) -> None:
        self._summary.value = summary
        self._summary.cursor_position = len(summary)
        self._body.text = body

    def action_recall(self, step: int) -> None:
        """Show an older or a newer one of the recent messages, unless something else was typed."""
        shown = self._recent[self._recalled] if self._recalled >= 0 else ("", "")
        if not self._summary.has_focus or (self._summary.value, self._body.text) != shown:
            return
        self._recalled = max(-1, min(self._recalled + step, len(self._recent) - 1))
        self._set(*(self._recent[self._recalled] if self._recalled >= 0 else ("", "")))

    def action_editor(self) -> None:
        """Write the message in the user's own editor."""
        try:
            edited = edit(self.app, self._text())
        except EditorError as error:
            self._say(str(error))
            return
        summary, body = split_message(edited.text)
        if not summary:
            self._say("An empty message commits nothing: it stays as it was.")
            return
        self._set(summary, body)
        self._say(edited.note)
        self._summary.focus()

    def _text(self) -> str:
        draft = self.draft
        notes = [
            "Lines that begin with # are left out; an empty message commits nothing.",
            "",
            *(plain(line) for line in self._going_in),
        ]
        message = f"{draft.summary}\n\n{draft.body}" if draft.body.strip() else draft.summary
        return f"{message}\n\n" + "".join(f"# {note}".rstrip() + "\n" for note in notes)

    @on(Input.Submitted)
    def action_commit(self) -> None:
        draft = self.draft
        reason = ""
        if not draft.summary.strip():
            reason = "A commit needs a summary line."
        try:
            if draft.author.strip():
                parse_author(draft.author)
            if draft.date.strip():
                parse_date(draft.date)
        except EngineError as error:
            reason = reason or error.message
        if reason:
            self._say(reason)
        else:
            self.dismiss(draft)
