"""The dialog that asks for the file to which something is saved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from dolt_tui.ui.dialogs.dialog import Dialog
from dolt_tui.ui.dialogs.path_input import PathInput
from dolt_tui.ui.present.content import lines
from dolt_tui.ui.present.text import Cell, Style, cell


class SaveTo(NamedTuple):
    """Where something is saved."""

    path: Path
    overwrite: bool
    """Whether a file that is there is replaced."""


class SaveDialog(Dialog[SaveTo]):
    """Returns the file; one that is there is overwritten only after a second ``enter``."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "leave", show=False, priority=True)]

    def __init__(self, title: str, body: Sequence[Cell], name: str) -> None:
        """``name``: what the file could be called."""
        super().__init__(title, "⏎ save · tab complete the path · esc cancel")
        self._body = body
        self._input = PathInput(name)
        self._says = Static(markup=False, classes="says")
        self._asked: Path | None = None
        """The file that may be overwritten."""

    def compose(self) -> ComposeResult:
        with self.frame:
            yield Static(lines(self._body), markup=False, classes="body")
            yield Static("File", classes="label", markup=False)
            yield self._input
            yield self._says

    def on_mount(self) -> None:
        self._input.focus()
        self._input.cursor_position = len(self._input.value)
        self._say("")

    @on(Input.Changed)
    def _typed(self) -> None:
        self._asked = None
        self._say("")

    @on(PathInput.Choices)
    def _several(self, event: PathInput.Choices) -> None:
        self._say(event.names, Style.DIM)

    def _say(self, text: str, style: str = Style.WARNING) -> None:
        self._says.update(lines([cell(text, style)]))
        self._says.display = bool(text)

    @on(Input.Submitted)
    def _submitted(self) -> None:
        path = self._input.path
        if not self._input.value.strip():
            self._say("Name a file.")
        elif path.is_dir():
            self._say("That is a directory: name a file in it.")
        elif not path.parent.is_dir():
            self._say(f"There is no directory {path.parent}.")
        elif path.exists() and self._asked != path:
            self._asked = path
            self._say("That file exists already: ⏎ again overwrites it.")
        else:
            self.dismiss(SaveTo(path, self._asked == path))
