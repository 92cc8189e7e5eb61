"""What would become of what has changed: amending, resetting, putting away, ignoring."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from ...frozen import Frozen
from .changes import Changes, Status, TableChange
from .log import Commit
from .refs import Expected


class ResetKind(StrEnum):
    """How far a reset goes."""

    SOFT = "soft"
    MIXED = "mixed"
    HARD = "hard"


class ResetPreview(Frozen):
    """What a reset of the branch to ``commit`` would do; reading only."""

    branch: str
    commit: Commit
    lost: int
    """Commits that the branch has and ``commit`` lacks."""
    gained: int
    """Commits that ``commit`` has and the branch lacks."""
    uncommitted: tuple[TableChange, ...]
    """Changed tables (HEAD to working) that a hard reset discards."""
    kept: tuple[str, ...] = ()
    """Untracked tables, which a hard reset leaves alone."""
    seen: Expected | None = None
    """What it was made of: to be given to the reset."""


class AmendPreview(Frozen):
    """What amending the last commit of a branch would change; reading only."""

    commit: Commit
    """The last commit, which is replaced."""
    changes: tuple[TableChange, ...]
    """What it changed already, with its rows counted."""
    published: tuple[str, ...]
    """Remote branches that have it: they keep the old one."""


class Stash(Frozen):
    """Uncommitted changes that were stashed."""

    name: str
    id: str
    """Its place among those of the same name: ``stash@{0}`` is the newest."""
    branch: str
    hash: str
    """The commit that the changes were made on."""
    message: str
    """The first line of that commit's message."""
    among: int = 1
    """How many there were of its name: with another number of them its place is another one's."""
    made: dt.datetime | None = None
    """When it was made, where its name ends in that (``-20260131T140500Z``); the engine does not tell."""

    @property
    def title(self) -> str:
        """The name without the time."""
        return self.name[: -len("-20260131T140500Z")] if self.made is not None else self.name


class StashScope(StrEnum):
    """What a stash takes."""

    TRACKED = "tracked"
    """Changes of tables that are committed or staged; new tables stay."""
    UNTRACKED = "new tables too"
    ALL = "ignored tables too"


class StashPreview(Frozen):
    """What stashing the changes of a branch would take, leave and lose; reading only."""

    changes: Changes
    ignored: tuple[str, ...]
    """New tables that a pattern ignores: ``UNTRACKED`` would delete them."""
    rekeyed: tuple[str, ...]
    """Tables whose primary key changed: a stash that holds one can never be applied again."""

    @property
    def untracked(self) -> tuple[str, ...]:
        """New tables of which nothing is staged."""
        staged = {change.table for change in self.changes.staged}
        return tuple(c.table for c in self.changes.unstaged if c.status is Status.NEW and c.table not in staged)

    @property
    def renamed(self) -> tuple[tuple[str, str], ...]:
        """Old and new names of renamed tables: ``TRACKED`` leaves them behind, half taken."""
        every = (*self.changes.unstaged, *self.changes.staged)
        return tuple(dict.fromkeys((c.old_name, c.table) for c in every if c.old_name is not None))

    @property
    def unstages(self) -> tuple[str, ...]:
        """Tables that come back unstaged; new tables keep their place."""
        again = {change.table for change in self.changes.unstaged}
        return tuple(c.table for c in self.changes.staged if c.status is not Status.NEW or c.table in again)

    def blocked_by(self, scope: StashScope) -> str:
        """Why such a stash would lose something, or has nothing to take; empty where it is safe."""
        tracked = len({c.table for c in (*self.changes.unstaged, *self.changes.staged)}) - len(self.untracked)
        taken = tracked + (scope is not StashScope.TRACKED) * len(self.untracked)
        if not taken + (scope is StashScope.ALL) * len(self.ignored):
            return "there is nothing to stash"
        if self.rekeyed:
            return f"the primary key of {', '.join(self.rekeyed)} changed: Dolt cannot bring it back"
        if scope is StashScope.TRACKED and self.renamed:
            names = ", ".join(f"{old} → {new}" for old, new in self.renamed)
            return f"half of {names} would stay behind"
        if scope is StashScope.UNTRACKED and self.ignored:
            return f"Dolt would delete {', '.join(self.ignored)}, which a pattern ignores"
        return ""


class StashContent(Frozen):
    """What a stash holds: two commits that can be compared like any others."""

    stash: Stash
    base: str
    tip: str
    changes: tuple[TableChange, ...]


class IgnorePattern(Frozen):
    """A line of ``dolt_ignore``: ``*`` and ``%`` match any characters, ``?`` one."""

    pattern: str
    ignored: bool
    """False for a pattern that makes an exception."""
