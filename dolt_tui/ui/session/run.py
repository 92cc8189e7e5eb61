"""A run of statements of the console: what is to be run, what has been, and who is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from dolt_tui.engine.console.labels import label_of
from dolt_tui.engine.console.statements import Described, StatementKind
from dolt_tui.frozen import Frozen

if TYPE_CHECKING:
    from dolt_tui.engine.console.console import Transaction
    from dolt_tui.engine.console.scanner import Statement
    from dolt_tui.engine.model import SqlStyle
    from dolt_tui.ui.present.runs import Ran

_READING = {StatementKind.READ, StatementKind.SESSION, StatementKind.EMPTY}


class Step(Frozen):
    """A statement that is to be run, and what it does."""

    statement: Statement
    described: Described
    style: SqlStyle

    @property
    def reads(self) -> bool:
        """Whether it changes nothing but its own connection."""
        return self.described.kind in _READING and self.described.transaction is None

    @property
    def label(self) -> str:
        """What it is called in the list of steps: ``UPDATE customers``."""
        return label_of(self.statement.text, self.described, self.style)


class Watcher(Protocol):
    """Who is told what comes of a run; all on the event loop."""

    def removing(self, step: Step, rows: int | None, go_on: Callable[[bool], None]) -> None:
        """The next statement drops or empties something, with so many rows, where that is known.

        ``go_on`` is to be called once that is settled: whether it is to be run, and what is behind it.
        """

    def pending(self, ran: Ran, transaction: Transaction, go_on: Callable[[bool], None]) -> None:
        """A statement changed more than goes without asking, and its transaction is open.

        ``go_on`` is to be called once that is settled: whether the statements behind it are to be run.
        """

    def ended(self, runs: Sequence[Ran]) -> None:
        """Nothing is left to run, or one failed (the last of ``runs``), or was cancelled; or nothing was run at all."""


@dataclass
class Run:
    """Statements that are being run."""

    steps: Sequence[Step]
    branch: str
    watcher: Watcher
    started: float
    """In monotonic seconds."""
    at: str = ""
    """What people call the commit that stands for the branch; empty for a branch."""
    done: list[Ran] = field(default_factory=list)
    """What has been run of them; the thread that runs them adds to it."""
    asks: bool = False
    """Whether a transaction that is open after the last of them has to be asked about: nobody began it."""
    agreed: int = -1
    """Which of the statements was agreed to, where it had to be asked about before."""
    waits: bool = False
    """Whether the user is asked about something: nothing runs."""
    told: int = 0
    """How many of those are known on the event loop."""

    @property
    def rest(self) -> Sequence[Step]:
        """Those that have not been run."""
        return self.steps[len(self.done) :]
