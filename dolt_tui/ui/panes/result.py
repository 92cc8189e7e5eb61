"""What the console's statements returned: the tabs Result, Messages and Plan, in the place of the summary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dolt_tui.ui import commands
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.main_view.result import LoadedResult, ResultView
from dolt_tui.ui.panes.main import MainPane
from dolt_tui.ui.panes.pane import Pane
from dolt_tui.ui.present.runs import MESSAGE_COLUMNS, PLAN_COLUMNS, Ran, message_rows, plan_rows
from dolt_tui.ui.present.text import sanitise
from dolt_tui.ui.session.clock import Clock
from dolt_tui.ui.widgets.pane_layout import Lower
from dolt_tui.words import count, plural, took

if TYPE_CHECKING:
    from dolt_tui.ui.main_view.view import View


_LONGEST = 60
"""Characters of a statement at the bottom of the frame."""
_LOWER = Lower("results", folds=False, percent=45)


class ResultPane(MainPane):
    """The rows of one of the results of what was run last."""

    NUMBER, TITLE, KIND = "5", "Result", commands.RESULT
    LOWER = _LOWER
    LANES = ("result", "result pages", "result statistics", "copy", "search", "console")
    PAGES = "result pages"
    RECORD = commands.RESULT_RECORD

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.results: tuple[ResultView, ...] = ()
        self.at = 0
        """Which of them is shown."""
        self._note = ""
        """What stands at the bottom where there are no rows."""

    def on_mount(self) -> None:
        super().on_mount()
        self.watch(self.grid, "scroll_y", self.filtered, init=False)
        if self.view is None:
            self.say("", f"{key_of('console.run')} in the console runs the statement under the cursor.")

    def set_title(self, title: str = "") -> None:
        number = f" {self.at + 1} of {len(self.results)}" if len(self.results) > 1 else ""
        at = self.results[self.at].at if self.results else ""
        self._set_tabs(f"{number} at {sanitise(at)}" if at else number)

    def say(self, note: str, text: str) -> None:
        """There are no rows to show; ``note`` is for the bottom, ``text`` says what there is instead."""
        self.results, self.at = (), 0
        self.nothing("", text)
        self._note = note
        self.set_footnote(note)

    def turned(self, pane: Pane, by: int) -> ResultView | None:
        """The result beside the one that is shown, where that is a step from here; None where it is another tab."""
        at = self.at + by
        if pane is not self or not 0 <= at < len(self.results):
            return None
        self.at = at
        self.stack.clear()
        return self.results[at]

    def expect(self, view: View) -> None:
        if isinstance(view, ResultView) and self.results and not self.stack:
            self.results = tuple(view if view.same_rows(other) else other for other in self.results)
        super().expect(view)

    def filtered(self) -> None:
        """The rows that are seen, of how many, and how long they took to come."""
        if self.card.is_open:
            super().filtered()
            return
        loaded = self.loaded
        if loaded is not None and not isinstance(loaded, LoadedResult):
            super().filtered()
            return
        if not isinstance(loaded, LoadedResult):
            if not self.has_class("old"):  # else it is told there that a statement runs
                self.set_footnote(self._note)
            return
        grid = self.grid
        first, last = grid.top + 1, min(grid.top + grid.height, grid.row_count)
        whole = first == 1 and last >= grid.row_count
        seen = f"{count(first)}–{count(last)} of " if last >= first and not whole else ""
        hidden = sum(column.key in grid.hidden for column in grid.columns)
        columns = f" · {len(grid.columns) - hidden} of {plural(len(grid.columns), 'column')}" if hidden else ""
        self.set_footnote(f"{seen}{loaded.subtitle(hidden)}{columns}")

    def busy(self, text: str) -> None:
        """A statement runs: what is shown is that of an earlier one."""
        self.set_class(bool(text), "old")
        if text:
            self.set_footnote(text)
        else:
            self.filtered()


class MessagesPane(Pane):
    """Every statement that was run, with what came of it."""

    NUMBER, TITLE, KIND = "5", "Messages", commands.MESSAGES
    LOWER = _LOWER
    COLUMNS = MESSAGE_COLUMNS
    LANES = ("console",)

    def __init__(self) -> None:
        super().__init__()
        self.grid.empty_text = "No statement has been run yet."

    def show(self, runs: Sequence[Ran]) -> None:
        """Show what was run; the cursor goes to the newest."""
        self.grid.set_rows(message_rows(runs), keep=False)
        failed = sum(ran.error is not None for ran in runs)
        seconds = took(sum(ran.seconds for ran in runs))
        self._note = f"{plural(len(runs), 'statement')} · {failed} failed · {seconds}" if runs else ""
        self.filtered()

    def filtered(self) -> None:
        self.set_footnote(getattr(self, "_note", ""))

    @property
    def ran(self) -> Ran | None:
        """The statement that the line under the cursor is about."""
        return self.under_cursor(Ran)


class PlanPane(Pane):
    """How the engine will run a statement, as a tree."""

    NUMBER, TITLE, KIND = "5", "Plan", commands.PLAN
    LOWER = _LOWER
    COLUMNS = PLAN_COLUMNS
    LANES = ("console",)

    def on_mount(self) -> None:
        super().on_mount()
        self.grid.empty_text = f"{key_of('console.plan')} in the console shows how a statement would be run."

    def show(self, plan: Sequence[str], statement: str) -> None:
        """Show the plan of a statement."""
        self.grid.set_rows(plan_rows(plan), keep=False)
        self._note = sanitise(statement if len(statement) <= _LONGEST else f"{statement[: _LONGEST - 1]}…")
        self.filtered()

    def filtered(self) -> None:
        self.set_footnote(getattr(self, "_note", ""))
