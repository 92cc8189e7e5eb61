"""The line in which a filter is typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from dolt_tui.ui.panes.pane import Pane
from dolt_tui.ui.widgets.entry import LineInput


class FilterBar(Horizontal):
    """Filters a pane's rows while one types, or asks for a text to search; ``enter`` keeps it, ``esc`` leaves."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "leave", show=False, priority=True)]

    class Closed(Message):
        """Typing is over."""

    def __init__(self) -> None:
        super().__init__(id="filter")
        self._input = LineInput()
        self._hint = Static(markup=False, classes="hint")
        self._pane: Pane | None = None
        self._search: Callable[[str], None] | None = None

    def compose(self) -> ComposeResult:
        yield Static(" / ", markup=False)
        yield self._input
        yield self._hint

    def open(self, pane: Pane, search: Callable[[str], None] | None = None) -> None:
        """Type a filter for ``pane``; with ``search`` that is called with the text instead, once it is typed."""
        self._pane, self._search = pane, search
        self.screen.add_class("filtering")
        pane.add_class("typed-for")
        self._hint.update(" ⏎ keep · esc clear " if search is None else " ⏎ search · esc cancel ")
        self._input.value = pane.grid.filter_text if search is None else pane.current.sought
        self._input.cursor_position = len(self._input.value)
        if search is not None:
            self._input.select_all()  # what is typed is another search; the arrows keep the text
        self._input.focus()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self._pane is not None and self._search is None:
            self._pane.grid.set_filter(event.value)
            self._pane.filtered()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        search = self._search
        self._close()
        if search is not None:
            search(event.value)

    def action_leave(self) -> None:
        if self._pane is not None:
            self._pane.grid.set_filter("")
            self._pane.filtered()
        self._close()

    def _close(self) -> None:
        self.screen.remove_class("filtering")
        if self._pane is not None:
            self._pane.remove_class("typed-for")
            self._pane.entry.focus()
            self._pane = None
        self.post_message(self.Closed())
