"""A constraint that is broken, with its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import TYPE_CHECKING

from dolt_tui.engine.model.conflicts import Broken, StepPlan
from dolt_tui.ui.main_view.view import Frame, Known, Listing, Loaded, View
from dolt_tui.ui.present.broken_rows import BROKEN_COLUMNS, broken_rows
from dolt_tui.ui.present.text import sanitise
from dolt_tui.words import count

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository


class BrokenView(View):
    """The rows that break a constraint, with what is decided about them."""

    broken: Broken
    step: Callable[[], StepPlan] = field(compare=False)
    """What is decided so far."""
    mended: bool = False
    """Whether what is decided keeps the constraint."""

    @property
    def title(self) -> str:
        violation = self.broken.violation
        return f"{violation.table} · {violation.kind}{f' {violation.name}' if violation.name else ''}"

    @property
    def about(self) -> str:
        return self.broken.violation.table

    def load(self, repository: Repository, branch: str) -> LoadedBroken:
        return LoadedBroken(self, branch)


class LoadedBroken(Loaded):
    """The rows; they came with the constraint."""

    view: BrokenView

    def present(self, known: Known, frame: Frame) -> Listing:
        return Listing(broken_rows(self.view.broken, self.view.step(), mended=self.view.mended), BROKEN_COLUMNS)

    @property
    def notes(self) -> str:
        broken = self.view.broken
        lines = [f"{'✓ ' if self.view.mended else '‼ '}{broken.violation}"]
        if not broken.rows:
            lines.append("Its rows could not be read: change one of the branches instead.")
        elif any(not row.there for row in broken.rows):
            lines.append("The merge leaves these rows out: what is not put back is lost.")
        return "\n".join(map(sanitise, lines))

    def subtitle(self, hidden: int) -> str:
        return f"the first {count(len(self.view.broken.rows))}" if self.view.broken.more else ""
