"""A dialog with a line to type for each of several things."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from dolt_tui.engine.errors import EngineError
from dolt_tui.frozen import Frozen
from dolt_tui.ui.dialogs.dialog import Dialog, titled
from dolt_tui.ui.present.content import lines
from dolt_tui.ui.present.text import Cell, Style, cell
from dolt_tui.ui.widgets.entry import LineInput


class Field(Frozen):
    """Something to type."""

    label: str
    check: Callable[[str], None]
    """Raises an `EngineError` that says what is wrong with what was typed."""
    value: str = ""
    placeholder: str = ""
    exact: bool = False
    """Whether blanks at its ends belong to it."""

    def text(self, typed: str) -> str:
        """What was typed."""
        return typed if self.exact else typed.strip()


class FieldsDialog(Dialog[tuple[str, ...]]):
    """Returns what was typed, a text for each field, once no check has an objection."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "leave", show=False, priority=True)]

    def __init__(self, title: str, body: Sequence[Cell], fields: Sequence[Field], *, hint: str) -> None:
        super().__init__(title, f"⏎ {hint} · {'tab next · ' if len(fields) > 1 else ''}esc cancel")
        self._body, self._fields = body, fields
        self._inputs: list[Input] = [LineInput(field.value, field.placeholder) for field in fields]
        self._says = Static(markup=False, classes="says")

    def compose(self) -> ComposeResult:
        with self.frame:
            yield Static(lines(self._body), markup=False, classes="body")
            for field, line in zip(self._fields, self._inputs, strict=True):
                yield titled(field.label, line)
            yield self._says

    def on_mount(self) -> None:
        self._says.display = False
        empty = [line for line in self._inputs if not line.value]
        (empty or self._inputs)[0].focus()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        self._say(self._objection(self._inputs.index(event.input)) if event.value else "")

    def _objection(self, number: int) -> str:
        try:
            self._fields[number].check(self._fields[number].text(self._inputs[number].value))
        except EngineError as error:
            return error.message
        return ""

    def _say(self, text: str) -> None:
        self._says.update(lines([cell(text, Style.WARNING)]))
        self._says.display = bool(text)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        """Go on to the next line; from the last one to the first that is not right, or out."""
        at = self._inputs.index(event.input)
        last = at == len(self._inputs) - 1
        for number in (*range(len(self._inputs)),) if last else (at,):
            if reason := self._objection(number):
                self._inputs[number].focus()
                self._say(reason)
                return
        if last:
            self.dismiss(tuple(field.text(line.value) for field, line in zip(self._fields, self._inputs, strict=True)))
        else:
            self._inputs[at + 1].focus()
