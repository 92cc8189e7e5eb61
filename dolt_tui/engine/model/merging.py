"""What a merge would do, and what it did."""

from __future__ import annotations

from enum import StrEnum

from ...frozen import Frozen
from .changes import TableChange
from .refs import Expected


class MergeKind(StrEnum):
    """How to merge."""

    FAST_FORWARD = "fast-forward"
    COMMIT = "merge commit"
    SQUASH = "squash"


class ConflictCount(Frozen):
    """Conflicts of one table."""

    table: str
    rows: int
    schema: int = 0


class Violation(Frozen):
    """A constraint that a merge would break."""

    kind: str
    """In Dolt's words: ``foreign key``, ``unique index``, ``check constraint`` or ``not null``."""
    table: str = ""
    """Empty where the engine does not tell."""
    name: str = ""
    """The constraint's own name; empty where it has none."""
    columns: tuple[str, ...] = ()
    expression: str = ""
    """What a check constraint demands."""
    refers_to: str = ""
    """The table that a foreign key refers to."""
    rows: int = 0
    """How many rows break it; 0 where the engine does not tell."""
    samples: tuple[str, ...] = ()
    """The keys of some of these rows."""

    def __str__(self) -> str:
        """``foreign key c_p of c (p, refers to people): 1 row, id 7``."""
        name = f" {self.name}" if self.name else ""
        parts = [", ".join(self.columns)] if self.columns else []
        parts += [f"refers to {self.refers_to}"] if self.refers_to else []
        parts += [self.expression] if self.expression else []
        about = f" ({', '.join(parts)})" if parts else ""
        rows = f": {self.rows} {'row' if self.rows == 1 else 'rows'}" if self.rows else ""
        more = " …" if len(self.samples) < self.rows else ""
        samples = f", {'; '.join(self.samples)}{more}" if self.samples and rows else ""
        return f"{self.kind}{name}{f' of {self.table}' if self.table else ''}{about}{rows}{samples}"


class MergePreview(Frozen):
    """What a merge of ``source`` into ``target`` would do; reading only."""

    source: str
    target: str
    base: str
    ours: int
    theirs: int
    changes: tuple[TableChange, ...]
    """What ``source`` changed since the base."""
    conflicts: tuple[ConflictCount, ...]
    in_the_way: tuple[str, ...]
    """Tables with uncommitted changes that forbid the merge."""
    dirty: tuple[str, ...] = ()
    """Tables with uncommitted changes that are not in the way."""
    conflicts_known: bool = True
    """False where the engine cannot tell conflicts without merging."""
    blocked_by: str = ""
    """Why the merge would fail, or could not be foreseen, in the engine's words."""
    seen: tuple[Expected, ...] = ()
    """What it was made of, both sides: to be given to the merge."""
    tip: str = ""
    """The commit that would be merged."""
    violations: tuple[Violation, ...] = ()
    """Constraints that would be broken, where that is known before."""
    violations_known: bool = True
    """False where only merging shows whether constraints are kept."""
    staged: bool = False
    """Whether something is staged on the target: the engines unstage it when they merge."""

    @property
    def up_to_date(self) -> bool:
        return self.theirs == 0

    @property
    def can_fast_forward(self) -> bool:
        return self.ours == 0 and self.theirs > 0


class MergeResult(Frozen):
    """What a merge did."""

    hash: str | None
    """The new HEAD; None when nothing was merged (up to date) or only staged (squash)."""
    fast_forward: bool
    message: str
