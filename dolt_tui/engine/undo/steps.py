"""What undo remembers: a step, with the state that it found and the state that it left, in hashes.

Nothing here speaks to a database; steps are kept as lines of JSON (`as_record`, `from_record`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, replace
from enum import IntEnum
from pathlib import Path
from typing import Any

from ...frozen import Frozen
from ..core.packing import packed, unpacked
from ..model import RowKey

SNAPSHOT_TAGS = "_undo/"
"""What the names of the tags begin with that keep snapshots: they are not shown among the tags."""
SNAPSHOT_MESSAGE = "dolt-tui undo snapshot: "
"""What the messages of the commits begin with that hold snapshots; no branch keeps one for longer than milliseconds."""


class UndoSettings(Frozen):
    """How much is kept, and where."""

    directory: Path | None = None
    """Where the steps are recorded, so that they outlast the program; None: nowhere."""
    snapshots: bool = True
    """Whether uncommitted changes are kept before a step that may destroy them."""
    keep: int = 100
    """How many steps, and so how many snapshots at most."""


class Reach(IntEnum):
    """How far a step reaches into a branch's working set; each includes the ones before it."""

    REFS = 0
    """Branches and tags, and which commit the branch is at: staged and working set stay what they are."""
    ROWS = 1
    """Rows of what is staged, of which `Undo.moved` is told: no row of the working set changes."""
    STAGED = 2
    """What is staged: no row of the working set changes."""
    WORKING = 3
    """Everything."""


class SetState(Frozen):
    """A branch with its staged and its working set, in hashes."""

    head: str
    """The hash of its commit."""
    root: str
    """The root hash of that commit's tables, to be compared with the next two."""
    staged: str
    working: str
    staged_tables: tuple[str, ...] = ()
    """The tables in which the staged set differs from HEAD."""
    mixed: bool = False
    """Whether some table is staged in another state than it has in the working set, or under another name than at HEAD:
    what is staged cannot be told by names then."""
    busy: bool = False
    """Whether a merge or a rebase is in progress."""

    @property
    def clean(self) -> bool:
        return self.root == self.staged == self.working


class Snapshot(Frozen):
    """A staged and a working set, kept by a tag."""

    tag: str
    """At a commit of the working set; its parent is one of the staged set, whose parent is HEAD."""
    working: bool
    """False where the working set was the staged one: then there is a commit of that only."""
    exact: bool = True
    """False where tables that ``dolt_ignore`` names were left out."""


class RowMove(Frozen):
    """Rows of a table that were staged, or unstaged: that changes the staged set exactly so each time."""

    table: str
    staged: bool
    """Whether they were staged; else they were unstaged."""
    keys: tuple[RowKey, ...]
    alone: bool = False
    """Whether nothing else of the table is staged: then the table is unstaged, of which more than rows may differ."""

    def reversed(self) -> RowMove:
        return replace(self, staged=not self.staged)


class SetMove(Frozen):
    """What a step did to one branch's staged and working set. None: the branch was not there."""

    branch: str
    before: SetState | None
    after: SetState | None
    before_kept: Snapshot | None = None
    after_kept: Snapshot | None = None
    rows: tuple[RowMove, ...] = ()
    """How the staged set got from before to after, where that were rows only: it needs no snapshot then."""

    @property
    def reach(self) -> Reach:
        """How far it went."""
        if self.before is None or self.after is None or self.before.working != self.after.working:
            return Reach.WORKING
        return Reach.STAGED if self.before.staged != self.after.staged else Reach.REFS

    def reversed(self) -> SetMove:
        """The same the other way round."""
        rows = tuple(move.reversed() for move in reversed(self.rows))
        return SetMove(self.branch, self.after, self.before, self.after_kept, self.before_kept, rows)


class RefMove(Frozen):
    """A branch or tag that a step moved, made or deleted. None: it was not there."""

    name: str
    before: str | None
    after: str | None
    tag: bool = False
    message: str = ""
    """The message of a tag that was deleted, or moved."""
    former: str = ""
    """Set where the branch was renamed: its name before."""

    def reversed(self) -> RefMove:
        if self.former:
            return RefMove(self.former, self.before, self.after, former=self.name)
        return RefMove(self.name, self.after, self.before, self.tag, self.message)


class UndoStep(Frozen):
    """Something that was done, and can be undone."""

    id: str
    label: str
    """What was done, in the words of the command: ``stage people``."""
    time: dt.datetime
    branch: str
    """Where it was done."""
    refs: tuple[RefMove, ...] = ()
    sets: tuple[SetMove, ...] = ()
    pins: tuple[str, ...] = ()
    """Tags that keep commits alive which nothing else may name any more."""
    blocked_by: str = ""
    """Why it cannot be undone; empty when it can."""
    undone: bool = False

    def reversed(self) -> UndoStep:
        """What undoing it does."""
        refs, sets = tuple(move.reversed() for move in self.refs), tuple(move.reversed() for move in self.sets)
        return replace(self, refs=refs, sets=sets)

    @property
    def changed(self) -> bool:
        """Whether it did anything."""
        return bool(self.refs) or any(move.before != move.after for move in self.sets)

    @property
    def open(self) -> bool:
        """Whether it left a merge or rebase in progress, of which later steps are parts."""
        return any(move.after is not None and move.after.busy for move in self.sets)

    @property
    def snapshots(self) -> tuple[Snapshot, ...]:
        """The snapshots that it needs."""
        kept = [snapshot for move in self.sets for snapshot in (move.before_kept, move.after_kept)]
        return tuple(snapshot for snapshot in kept if snapshot is not None)

    @property
    def tags(self) -> tuple[str, ...]:
        """All tags that go with it."""
        return (*(snapshot.tag for snapshot in self.snapshots), *self.pins)

    @property
    def branches(self) -> frozenset[str]:
        """The branches that it is about, renamed ones by both names."""
        refs = (name for move in self.refs if not move.tag for name in (move.name, move.former) if name)
        return frozenset((*(move.branch for move in self.sets), *refs))

    @property
    def harmless(self) -> bool:
        """Whether it only changed what is staged."""
        return not self.refs and all(move.reach <= Reach.STAGED for move in self.sets)


def needs_snapshot(state: SetState | None, reach: Reach) -> bool:
    """Whether ``state`` can be had back, after a step that goes that far, by a snapshot only."""
    if state is None or state.clean or reach <= Reach.ROWS:
        return False
    return reach is Reach.WORKING or (state.mixed and state.staged not in (state.root, state.working))


def as_record(step: UndoStep) -> dict[str, Any]:
    """A step as plain values for JSON."""
    record = asdict(step)
    record["time"] = step.time.isoformat()
    for move in record["sets"]:
        for rows in move["rows"]:
            rows["keys"] = [list(map(packed, key)) for key in rows["keys"]]
    record["trouble"] = record.pop("blocked_by")  # as the journals of earlier versions have it
    return record


def from_record(record: dict[str, Any]) -> UndoStep:
    """The step of a record. Raises `ValueError`, `KeyError` or `TypeError` for anything else."""

    def state(found: dict[str, Any] | None) -> SetState | None:
        return None if found is None else SetState(**{**found, "staged_tables": tuple(found["staged_tables"])})

    def kept(found: dict[str, Any] | None) -> Snapshot | None:
        return None if found is None else Snapshot(**found)

    def rows(found: dict[str, Any]) -> RowMove:
        return RowMove(**{**found, "keys": tuple(tuple(map(unpacked, key)) for key in found["keys"])})

    sets = tuple(
        SetMove(
            move["branch"],
            state(move["before"]),
            state(move["after"]),
            kept(move["before_kept"]),
            kept(move["after_kept"]),
            tuple(map(rows, move.get("rows", ()))),
        )
        for move in record["sets"]
    )
    return UndoStep(
        str(record["id"]),
        str(record["label"]),
        dt.datetime.fromisoformat(record["time"]).astimezone(dt.UTC),
        str(record["branch"]),
        tuple(RefMove(**move) for move in record["refs"]),
        sets,
        tuple(record["pins"]),
        str(record["trouble"]),
        bool(record["undone"]),
    )
