"""Errors about what conflicts, and about plans that decide it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .remedies import Remedy
from .types import EngineError

if TYPE_CHECKING:
    from ..model import Violation
    from ..model.conflicts import Broken, ConflictSet


class Conflicts(EngineError):
    """The merge conflicts, or would break constraints; nothing was changed.

    ``tables`` holds pairs of table and number of conflicts.
    """

    def __init__(
        self,
        message: str,
        tables: tuple[tuple[str, int], ...] = (),
        advice: str = "",
        detail: str = "",
        violations: tuple[Violation, ...] = (),
        *,
        remedy: Remedy | None = None,
    ) -> None:
        super().__init__(message, advice, detail, remedy=remedy)
        self.tables = tables
        self.violations = violations


class Undecided(EngineError):
    """Something conflicts that the resolution plan does not decide; nothing was changed. ``found`` is all of it."""

    advice = "Decide what is left, then continue."

    def __init__(self, message: str, found: ConflictSet) -> None:
        super().__init__(message)
        self.found = found


class ConstraintsBroken(EngineError):
    """What was decided breaks constraints; nothing was changed. ``broken`` names them, with some of their rows."""

    advice = "Edit or delete these rows, or take the other side."

    def __init__(self, message: str, broken: tuple[Broken, ...], detail: str = "") -> None:
        super().__init__(message, detail=detail)
        self.broken = broken
        self.found: ConflictSet | None = None
        """What conflicted there, where it is one of several commits."""
