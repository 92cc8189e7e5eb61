"""The editor of a cell with one line: text, numbers, dates and times, bytes in hex."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Static

from dolt_tui.engine.errors import EngineError
from dolt_tui.ui.dialogs.cell_editors.base import CellEditor, Edited, Key, Subject, placeholder
from dolt_tui.ui.present.text import marked, sanitise
from dolt_tui.ui.widgets.entry import LineInput


class LineEditor(CellEditor):
    """One line. What is no value of the column is said as one types, and not taken."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+t", "now", "now", show=False, priority=True),
        Binding("ctrl+o", "larger", "larger", show=False, priority=True),
    ]

    def __init__(
        self,
        subject: Subject,
        *,
        now: tuple[str, Callable[[], str]] | None = None,
        larger: Callable[[str], None] | None = None,
    ) -> None:
        """``now`` is what a key puts in: its name, and the text; ``larger`` opens a box of several lines instead.

        What is no text is selected at first, as one rarely edits a part of it.
        """
        super().__init__(subject)
        self._now, self._larger = now, larger
        rest = self._more_lines if larger is not None else None
        self._input = LineInput(subject.text, placeholder(subject, subject.is_null), rest=rest)

    def compose(self) -> ComposeResult:
        with self.frame:
            with Horizontal(classes="entry"):
                yield Static("›", markup=False, classes="mark")
                yield self._input
                yield Static(sanitise(self.subject.kind), markup=False, classes="kind")
            yield self.says
        yield self.bar

    def on_mount(self) -> None:
        if self._larger is None:
            self._input.action_select_all()

    @property
    def entry(self) -> Widget:
        return self._input

    @property
    def typed(self) -> str:
        return self._input.value

    @property
    def wanted_width(self) -> int:
        text = max(cell_len(marked(self.subject.text)), cell_len(marked(self.typed)), self.subject.region.width)
        return text + cell_len(self.subject.kind) + 4

    @property
    def wanted(self) -> tuple[int, int]:
        return self.wanted_width, 1 + self.said(str(self._message))

    _message = ""

    @property
    def keys(self) -> Sequence[Key]:
        take, following, null, leave = super().keys
        now = ((("^t", self._now[0], f"Put in {self._now[0]}"),)) if self._now is not None else ()
        box = (("^o", "larger", "Edit the text in a box of several lines"),) if self._larger is not None else ()
        return (take, following, *now, *box, null, leave)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        if event.value == self.subject.text and not self.touched:
            return
        if event.value or not self.null:
            self.null, self.touched = False, True
            self._input.placeholder = placeholder(self.subject, False) if not self.subject.unset else "empty"
        self._check()

    def _check(self) -> None:
        """Say what is wrong as one types; an empty line is only wrong once it is taken."""
        self._message = ""
        if not self.null and self.typed:
            try:
                self.value()
            except EngineError as error:
                self._message = error.message
        self.say(self._message)

    def say(self, text: str, style: str = "error") -> None:
        self._message = text
        super().say(text, style)

    def cleared(self) -> None:
        self._input.value = ""
        self._input.placeholder = placeholder(self.subject, True)
        self.say("")

    def action_now(self) -> None:
        if self._now is not None:
            self._input.value = self._now[1]()
            self._input.cursor_position = len(self._input.value)

    def action_larger(self) -> None:
        self._grow(self.typed)

    def _more_lines(self, rest: str) -> None:
        """What was pasted has several lines."""
        self._grow(f"{self.typed}\n{rest}")

    def _grow(self, text: str) -> None:
        if self._larger is not None:
            self.app.call_later(self._larger, text)  # not from here: the answer would come to what is gone by then
            self.dismiss(Edited(None, changed=False))
