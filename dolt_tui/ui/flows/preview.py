"""The dialog that says what something would do, as that is found out, before it is done.

What is quick to find is shown first, then what takes longer (rows, conflicts). Nothing can be chosen before the
first answer; what cannot be found out is said in the dialog, and ``esc`` leaves it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Generic, TypeVar

from dolt_tui.ui.dialogs.choice import WAITING, Choice, ChoiceDialog
from dolt_tui.ui.dialogs.message import describe
from dolt_tui.ui.flows.context import Context
from dolt_tui.ui.present.text import Cell, Style, cell, plain
from dolt_tui.ui.present.verbs import could_not
from dolt_tui.ui.session.jobs import Job

P = TypeVar("P")
T = TypeVar("T")

Shown = tuple[Sequence[Cell], Sequence[Choice]]
"""The lines below the head, and what can be chosen."""


class Lookup:
    """What is asked for a dialog while that is shown; at most one question at a time, none once it is left."""

    def __init__(self, context: Context, lane: str = "preview") -> None:
        self._session, self._lane = context.session, lane
        self._job: Job | None = None

    def ask(
        self,
        what: str,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Ask the engine; without ``failed`` the dialog can do without the answer."""
        self._job = self._session.jobs.run(self._lane, what, work, done, failed or self._session.ignore)

    def stop(self) -> None:
        """The dialog is left: nothing is told any more."""
        if self._job is not None:
            self._session.jobs.drop_jobs(self._job)


@dataclass
class PreviewFlow(Generic[P]):
    """One preview; `begin` shows it."""

    context: Context
    title: str
    head: Sequence[Cell]
    """What it is about; it stays above all other lines."""
    choices: Sequence[Choice]
    """What can be chosen once it is known what that would do."""
    opener: str
    """The key that opened it (`ChoiceDialog`)."""
    what: str
    """What is asked, beginning with a verb of `dolt_tui.ui.present.verbs`."""
    read: Callable[[bool], P]
    """Find out what it would do; with True also what takes longer. Blocks, on a database thread."""
    show: Callable[[P, bool], Shown]
    """What was found out, and whether that is all."""
    chosen: Callable[[str, P], None]
    """The letter of the choice, and what it was made upon."""
    more: Callable[[P], str] = lambda _: ""
    """What is asked in addition, after what was found first; empty where that is all."""
    default: Callable[[P], str | None] = lambda _: None
    """The choice that ``enter`` makes."""
    waiting: str = "Checking what it would do…"
    found: Callable[[P], None] = lambda _: None
    """Told of the first answer, before it is shown."""
    lane: str = "preview"
    left: Callable[[], None] = lambda: None
    """What is done where nothing is chosen."""

    def __post_init__(self) -> None:
        self._last: list[P] = []
        """What was found out last; empty before the first answer."""
        self._lookup = Lookup(self.context, self.lane)

    def begin(self, found: P | None = None) -> None:
        """Open the dialog; what was ``found`` already is not asked again."""
        waiting = [replace(choice, why_not=WAITING) for choice in self.choices]
        self._dialog = ChoiceDialog(
            self.title,
            [*self.head, (), cell(self.waiting, Style.DIM)],
            waiting,
            opener=self.opener,
            on_leave=self._lookup.stop,
        )
        self.context.ask(self._dialog, self._answered)
        if found is None:
            self._ask(self.what, False, self._quick)
        else:
            self._quick(found)

    def _ask(self, what: str, whole: bool, done: Callable[[P], None]) -> None:
        self._lookup.ask(what, partial(self.read, whole), done, partial(self._failed, what))

    def _quick(self, found: P) -> None:
        self.found(found)
        more = self.more(found)
        self._draw(found, not more)
        if more:
            self._ask(more, True, lambda whole: self._draw(whole, True))

    def _draw(self, found: P, whole: bool) -> None:
        self._last = [found]
        lines, choices = self.show(found, whole)
        self._dialog.update([*self.head, *lines], choices, self.default(found))

    def _failed(self, what: str, error: Exception) -> None:
        """Say in the dialog what could not be found out; what was typed ahead was not meant for that."""
        self.context.window.forget_keys()
        self.context.session.lost(error)  # the header tells
        failure = [(), cell(f"✗ {could_not(what)}.", Style.ERROR), *describe(error)]
        if self._last:
            lines, choices = self.show(self._last[0], False)
            known = [line for line in lines if not plain(line).lstrip().startswith("…")]
            self._dialog.update([*self.head, *known, *failure], choices, self.default(self._last[0]))
        else:
            self._dialog.update([*self.head, *failure], [])

    def _answered(self, letter: str | None) -> None:
        self._lookup.stop()
        if letter is not None and self._last:
            self.chosen(letter, self._last[0])
        else:
            self.left()
