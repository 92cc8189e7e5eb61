"""A dialog with several fields, some of them texts with a list to choose from, others to switch on or to go through."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, TypeAlias

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from dolt_tui.frozen import Frozen
from dolt_tui.ui.dialogs.dialog import Dialog
from dolt_tui.ui.present.content import lines
from dolt_tui.ui.present.text import Cell, Style, cell, join
from dolt_tui.ui.widgets.entry import LineInput

Values: TypeAlias = Mapping[str, str]
"""What stands in each field, by its key; a switch is ``"yes"`` or empty."""

_SHOWN = 5
"""So many of the texts to choose from are shown."""


def _none(_: Values) -> Sequence[str]:
    return ()


class Part(Frozen):
    """A field."""

    key: str
    label: str
    value: str = ""
    placeholder: str = ""
    choices: Callable[[Values], Sequence[str]] = _none
    """Of a text: what can be chosen besides typing it, as the other fields are now."""
    many: bool = False
    """Whether several are typed, separated by commas."""
    options: Sequence[str] = ()
    """What a field that is no text can be, one after the other; ``("", "yes")`` is a switch."""


SWITCH = ("", "yes")


class _Options(Static, can_focus=True):
    """A field that is no text: blank and arrows go through what it can be."""

    class Changed(Message):
        """It is something else now."""

    def __init__(self, part: Part) -> None:
        super().__init__(markup=False, classes="options")
        self._part, self.value = part, part.value if part.value in part.options else part.options[0]

    def on_mount(self) -> None:
        self._draw()

    def on_focus(self) -> None:
        self._draw()

    def on_blur(self) -> None:
        self._draw()

    def on_key(self, event: events.Key) -> None:
        steps = {"space": 1, "right": 1, "left": -1, "l": 1, "h": -1}
        if event.key in steps:
            event.stop()
            self._step(steps[event.key])

    def on_click(self) -> None:
        self._step(1)

    def _step(self, by: int) -> None:
        options = self._part.options
        self.put(options[(options.index(self.value) + by) % len(options)])

    def put(self, value: str) -> None:
        self.value = value
        self._draw()
        self.post_message(self.Changed())

    def _draw(self) -> None:
        style = "accent bold" if self.has_focus else ""
        if tuple(self._part.options) == SWITCH:
            self.update(lines([cell("[x]" if self.value else "[ ]", style)]))
        else:
            self.update(lines([cell(f"‹ {self.value or '—'} ›", style)]))


class PartDialog(Dialog[Values]):
    """Returns what stands in the fields, once ``check`` has no objection.

    With ``take`` it goes on after each of them, with empty fields: ``take`` gets what was typed, and says what came of
    it; then ``check`` is asked again, and leaving the dialog returns None.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave", show=False, priority=True),
        Binding("enter", "accept", "accept", show=False),
        Binding("ctrl+s", "accept", "accept", show=False, priority=True),
        Binding("down,ctrl+n", "choose(1)", "next", show=False, priority=True),
        Binding("up,ctrl+p", "choose(-1)", "previous", show=False, priority=True),
    ]

    def __init__(
        self,
        title: str,
        parts: Sequence[Part],
        *,
        check: Callable[[Values], str],
        hint: str,
        take: Callable[[Values], str] | None = None,
        at: str = "",
    ) -> None:
        """``at``: the field that has the focus first."""
        hints = [f"⏎ {hint}", *["tab next"] * (len(parts) > 1), "↑ ↓ choose"]
        hints += ["space switch"] * any(part.options for part in parts)
        super().__init__(title, " · ".join((*hints, f"esc {'done' if take else 'cancel'}")))
        self._parts, self._check, self._take_it, self._at = parts, check, take, at
        self._fields: dict[str, Input | _Options] = {
            part.key: _Options(part) if part.options else LineInput(part.value, part.placeholder) for part in parts
        }
        self._list = Static(markup=False, classes="list")
        self._says = Static(markup=False, classes="says")
        self._typed = ""
        """What was typed into the text in focus, where something else was chosen then."""
        self._chosen = -1
        """Which of the texts to choose from was chosen; -1: none."""
        self._putting = False
        self.frame.add_class("parts")

    def compose(self) -> ComposeResult:
        with self.frame:
            for part in self._parts:
                with Horizontal(classes="part"):
                    yield Static(part.label, classes="name", markup=False)
                    yield self._fields[part.key]
            yield self._list
            yield self._says

    def on_mount(self) -> None:
        self._says.display = False
        self._fields[self._at or self._parts[0].key].focus()
        self._show_choices()

    @property
    def values(self) -> Values:
        """What stands in the fields."""
        return {key: field.value.strip() for key, field in self._fields.items()}

    def _say(self, text: str, style: str = Style.WARNING) -> None:
        self._says.update(lines([cell(text, style)]))
        self._says.display = bool(text)

    @property
    def _part(self) -> Part | None:
        """That of the text in focus."""
        return next((part for part in self._parts if self._fields[part.key].has_focus and not part.options), None)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self._begin(event.widget)

    def _begin(self, widget: Widget) -> None:
        self._typed = widget.value if isinstance(widget, Input) else ""
        self._chosen = -1
        self._show_choices()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self._putting:
            self._putting = False
            return
        if event.input.has_focus:
            self._begin(event.input)
            self._say("")

    def _left(self) -> list[str]:
        """What can be chosen for what was typed."""
        part = self._part
        if part is None:
            return []
        wanted = (self._typed.split(",")[-1] if part.many else self._typed).strip().lower()
        found = [text for text in part.choices(self.values) if wanted in text.lower()]
        found.sort(key=lambda text: not text.lower().startswith(wanted))
        return [] if [text.lower() for text in found] == [wanted] else found

    def _show_choices(self) -> None:
        found = self._left()
        first = max(0, min(self._chosen - _SHOWN + 2, len(found) - _SHOWN))
        rows: list[Cell] = [
            join(cell("  › " if first + at == self._chosen else "    ", Style.ACCENT), cell(text))
            for at, text in enumerate(found[first : first + _SHOWN])
        ]
        rest = len(found) - first - _SHOWN
        if rest > 0:
            rows[-1] = cell(f"    … {rest + 1} more", Style.DIM)
        self._list.display = bool(rows)
        self._list.update(lines(rows))

    def action_choose(self, step: int) -> None:
        """Take the next text of the list; where there is none go to the next field."""
        found, part = self._left(), self._part
        if part is None or not found:
            (self.focus_next if step > 0 else self.focus_previous)()
            return
        self._chosen = max(-1, min(self._chosen + step, len(found) - 1))
        text = self._typed
        if self._chosen >= 0:
            before = self._typed.rpartition(",")[0] if part.many else ""
            text = f"{before}, {found[self._chosen]}" if before else found[self._chosen]
        field = self._fields[part.key]
        assert isinstance(field, Input)
        if field.value != text:
            self._putting = True
            field.value = text
            field.cursor_position = len(text)
        self._show_choices()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_accept()

    def action_accept(self) -> None:
        """What is typed is meant."""
        values = self.values
        if reason := self._check(values):
            self._say(reason)
        elif self._take_it is None:
            self.dismiss(values)
        else:
            self._say(self._take_it(values), Style.SUCCESS)
            for part in self._parts:
                field = self._fields[part.key]
                field.value = ""
                if isinstance(field, _Options):
                    field.put(part.options[0])
            self._fields[self._parts[0].key].focus()
            self._begin(self._fields[self._parts[0].key])
