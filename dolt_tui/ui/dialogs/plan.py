"""The dialog in which the plan of an interactive rebase is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from dolt_tui.engine.core.validation import check_plan
from dolt_tui.engine.errors import EngineError
from dolt_tui.engine.model.rewriting import Action, RebaseStep
from dolt_tui.ui.dialogs.dialog import Dialog
from dolt_tui.ui.present.content import lines
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import Cell, Style, cell, join
from dolt_tui.ui.widgets.grid import Grid

_COLUMNS = (
    Column("action", min_width=6, separator=False),
    Column("hash", min_width=7, separator=False),
    Column("message", flex=True, separator=False),
)
_STYLES = {
    Action.PICK: "",
    Action.REWORD: Style.ACCENT,
    Action.SQUASH: Style.MODIFIED,
    Action.FIXUP: Style.MODIFIED,
    Action.DROP: Style.MINUS,
    Action.EDIT: Style.WARNING,
}
_ACTIONS = {action.value[0]: action for action in Action}


class PlanDialog(Dialog[tuple[RebaseStep, ...]]):
    """Returns the steps in the order in which they are to be made; the list shows the newest first, as the log does."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "leave", show=False),
        Binding("enter", "run", "run", show=False),
        Binding("ctrl+j,J", "move(1)", "down", show=False, priority=True),
        Binding("ctrl+k,K", "move(-1)", "up", show=False, priority=True),
        *(Binding(key, f"set('{action}')", str(action), show=False) for key, action in _ACTIONS.items()),
    ]

    def __init__(self, title: str, body: Sequence[Cell], steps: Sequence[RebaseStep], statements: str) -> None:
        super().__init__(title, "⏎ run · J K move · esc cancel")
        self._steps = list(reversed(steps))
        self._body = [
            *body,
            join(*(join(cell(f"{key} ", Style.KEY), cell(f"{action}   ")) for key, action in _ACTIONS.items())),
            cell("Squash and fixup go into the commit below. Nothing is done before ⏎.", Style.DIM),
        ]
        self._statements = statements
        self._says = Static(markup=False, classes="says")
        self.grid = Grid(columns=_COLUMNS, show_header=False)
        self.frame.add_class("large")

    def compose(self) -> ComposeResult:
        with self.frame:
            yield Static(lines(self._body), markup=False, classes="body")
            yield self.grid
            yield self._says
            yield Static(lines([cell(self._statements, Style.DIM)]), markup=False, classes="statement")

    def on_mount(self) -> None:
        self.frame.styles.height = "auto"
        self.grid.styles.height = max(1, min(len(self._steps), self.app.size.height - 12))
        self._draw()
        self.grid.focus()

    def _draw(self) -> None:
        self.grid.set_rows(
            [
                Row(
                    step.hash,
                    (
                        cell(str(step.action), _STYLES[step.action]),
                        cell(step.hash[:7], Style.DIM),
                        cell(step.summary or "(no message)", Style.DIM if step.action is Action.DROP else ""),
                    ),
                )
                for step in self._steps
            ]
        )
        self._say(self._objection())

    def _say(self, text: str) -> None:
        self._says.update(lines([cell(text, Style.WARNING)]))
        self._says.display = bool(text)

    def _objection(self) -> str:
        try:
            check_plan(self._steps[::-1])
        except EngineError as error:
            return error.message
        return ""

    def action_set(self, name: str) -> None:
        """Give the selected commits an action; a new message is asked for where it needs one."""
        chosen = {row.key for row in self.grid.selected_rows}
        action = Action(name)
        if action is Action.REWORD:
            self._reword()
            return
        self._steps = [replace(step, action=action) if step.hash in chosen else step for step in self._steps]
        self.grid.clear_range()
        self._draw()

    def _reword(self) -> None:
        from dolt_tui.ui.dialogs.wording import WordingDialog  # with its text area, which is slow to import

        row = self.grid.cursor_row
        step = next((step for step in self._steps if row is not None and step.hash == row.key), None)
        if step is None:
            return

        def written(message: str | None) -> None:
            if message is not None:
                new = replace(step, action=Action.REWORD, message=message)
                self._steps = [new if item.hash == step.hash else item for item in self._steps]
                self._draw()

        self.app.push_screen(WordingDialog("Reword", [cell(f"{step.hash[:7]} {step.summary}")], step.message), written)

    def action_move(self, by: int) -> None:
        """Move the commit under the cursor down or up."""
        at = self.grid.cursor_index
        to = at + by
        if 0 <= to < len(self._steps):
            self._steps[at], self._steps[to] = self._steps[to], self._steps[at]
            self.grid.clear_range()
            self._draw()

    @on(Grid.Selected)
    def action_run(self) -> None:
        text = self._objection()
        if text:
            self._say(text)
        else:
            self.dismiss(tuple(reversed(self._steps)))
