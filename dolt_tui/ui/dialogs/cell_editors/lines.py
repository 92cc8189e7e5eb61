"""The editor of a cell with several lines: long text, JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import TextArea

from dolt_tui.ui.dialogs.cell_editors.base import CellEditor, Key, Subject, placeholder
from dolt_tui.ui.dialogs.editor import EditorError, edit
from dolt_tui.ui.widgets.lines_entry import LinesInput

_WIDTH, _LEAST_LINES, _MOST_LINES = 66, 6, 16
_CHECKED = 200_000
"""Characters of a text that is checked as one types."""


class LinesEditor(CellEditor):
    """A box of several lines, in which enter begins another one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "line", "line", show=False, priority=True),
        Binding("ctrl+o", "editor", "editor", show=False, priority=True),
    ]

    def __init__(
        self,
        subject: Subject,
        *,
        text: str | None = None,
        checked: Callable[[str], str] | None = None,
        suffix: str = ".txt",
    ) -> None:
        """``text`` was typed already, in a smaller editor; ``checked`` says what is wrong, or fine, as one types."""
        super().__init__(subject, f"{subject.kind} · ^s save · esc cancel")
        self._input = LinesInput(subject.text if text is None else text)
        self._checked, self._suffix = checked, suffix
        self.touched = text is not None and text != subject.text
        if self.touched:
            self.null = False

    def compose(self) -> ComposeResult:
        with self.frame:
            yield self._input
            yield self.says
        yield self.bar

    def on_mount(self) -> None:
        self._input.placeholder = placeholder(self.subject, self.null)
        self._input.move_cursor(self._input.document.end)
        self._check()

    @property
    def entry(self) -> Widget:
        return self._input

    @property
    def typed(self) -> str:
        return self._input.text

    @property
    def wanted(self) -> tuple[int, int]:
        text = self.subject.text
        number = max(_LEAST_LINES, min(_MOST_LINES, text.count("\n") + len(text) // _WIDTH + 2))
        return _WIDTH, number + bool(self.says.display)

    @property
    def keys(self) -> Sequence[Key]:
        _, following, null, leave = super().keys
        return (
            ("^s", "save", "Save the value"),
            following,
            ("⏎", "new line", "Begin another line"),
            ("^o", "$EDITOR", "Edit the text in your own editor"),
            null,
            leave,
        )

    @on(TextArea.Changed)
    def _changed(self) -> None:
        if self.typed or not self.null:
            if not self.touched and self.typed == self.subject.text:
                return
            self.null, self.touched = False, True
            self._input.placeholder = "empty"
        self._check()

    def _check(self) -> None:
        if self._checked is None or self.null or len(self.typed) > _CHECKED:
            self.say("")
            return
        self.say(self._checked(self.typed))

    def cleared(self) -> None:
        self._input.text = ""
        self._input.placeholder = placeholder(self.subject, True)
        self.say("")

    def action_line(self) -> None:
        if result := self._input._replace_via_keyboard("\n", *self._input.selection):
            self._input.move_cursor(result.end_location)

    def action_editor(self) -> None:
        """Edit the text in the user's own editor."""
        try:
            found = edit(self.app, self.typed, f"{_file_name(self.subject.title)}{self._suffix}")
        except EditorError as error:
            self.say(str(error))
            return
        text = found.text
        if text.endswith("\n") and not self.typed.endswith("\n"):
            text = text[:-1]  # editors end the last line too
        if text != self.typed:
            self._input.text = text
            self._input.move_cursor(self._input.document.end)
        if found.note:
            self.say(found.note, "warning")


def _file_name(title: str) -> str:
    """A name of a column as that of a file."""
    return "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in title)[:40] or "cell"


def json_place(text: str) -> str:
    """Where JSON is wrong, for people; empty where it is right."""
    import json

    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return f"line {error.lineno}, column {error.colno}: {error.msg}"
    except RecursionError:
        return ""
    return ""
