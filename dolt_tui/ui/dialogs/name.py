"""A dialog that asks for a name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from dolt_tui.engine.errors import EngineError
from dolt_tui.ui.dialogs.dialog import Dialog
from dolt_tui.ui.present.content import lines
from dolt_tui.ui.present.text import Cell, Style, cell
from dolt_tui.ui.widgets.entry import LineInput


class NameDialog(Dialog[str]):
    """Returns the name that was typed, once ``check`` has no objection to it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "leave", show=False, priority=True)]

    def __init__(
        self,
        title: str,
        body: Sequence[Cell],
        *,
        value: str = "",
        check: Callable[[str], None],
        hint: str,
        empty: bool = False,
        preview: Callable[[str], Sequence[Cell]] | None = None,
    ) -> None:
        """``empty`` tells that an empty text is an answer too; ``preview`` says what the typed text would mean."""
        super().__init__(title, f"⏎ {hint} · esc cancel")
        self._check = check
        self._body = body
        self._first = value
        self._empty = empty
        self._preview = preview
        self._means = Static(markup=False, classes="says")
        self._input = LineInput(value)
        self._says = Static(markup=False, classes="says")

    def compose(self) -> ComposeResult:
        with self.frame:
            yield Static(lines(self._body), markup=False, classes="body")
            yield self._input
            yield self._means
            yield self._says

    def on_mount(self) -> None:
        self._says.display = False
        self._show_preview(self._input.value)
        self._input.focus()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        self._objection(event.value if event.value != self._first else "")  # nothing was typed yet
        self._show_preview(event.value)

    def _show_preview(self, text: str) -> None:
        found = self._preview(text) if self._preview is not None else ()
        self._means.display = bool(found)
        self._means.update(lines(found))

    def _objection(self, name: str) -> bool:
        text = ""
        if name:
            try:
                self._check(name)
            except EngineError as error:
                text = error.message
        self._says.update(lines([cell(text, Style.WARNING)]))
        self._says.display = bool(text)
        return bool(text)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if (event.value or self._empty) and not self._objection(event.value):
            self.dismiss(event.value)
