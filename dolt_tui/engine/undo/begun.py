"""A step that was begun: what was there before it; and what is told of it when it is recorded."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ..core.connections import Connections, Session
from ..errors import NO_ANSWER, CannotUndo, EngineError
from .observation import Observation, composed
from .snapshots import pin, release, take
from .steps import Reach, RefMove, RowMove, SetMove, SetState, Snapshot, UndoStep, needs_snapshot

_BEGINNING = ("BEGIN", "START", "SAVEPOINT")
"""What commands are called that have changed nothing yet."""


@dataclass
class Begun:
    """What was there before a step, which may be a transaction of several commands."""

    id: str
    labels: list[str]
    """What the commands are called."""
    branch: str
    names: list[str]
    """The branches whose sets are looked at."""
    before: Observation
    kept: dict[str, Snapshot]
    reason: str
    """Why a snapshot is missing."""
    anyway: bool = False
    """Whether it is done where something cannot be kept, too."""
    mentioned: set[str] = field(default_factory=set)
    reach: Reach = Reach.WORKING
    """How far it goes on ``branch``."""
    rows: list[list[RowMove]] = field(default_factory=list)
    """The rows that it stages or unstages on ``branch``, where it does nothing else."""

    ended: bool = False
    """Whether the last of the commands is the one that ended the transaction."""

    @property
    def label(self) -> str:
        """What the step is called: as its one command, or as the one that ended several."""
        labels = [label for label in self.labels if label not in _BEGINNING]
        done = labels[:-1] if self.ended and len(labels) > 1 else labels
        if len(done) > 1:
            return labels[-1] if self.ended else f"transaction of {len(done)} statements"
        return done[0] if done else "transaction"

    def moving(self, branch: str, rows: list[RowMove]) -> bool:
        """Take note of the rows that are staged or unstaged on ``branch``; False where it does something else, too."""
        if self.branch != branch or self.reach is not Reach.ROWS:
            return False
        self.rows.append(rows)
        return True

    def with_rows(self, move: SetMove) -> SetMove:
        """What became of a branch's sets, with the rows that were moved in it."""
        rows = tuple(row for some in self.rows for row in some)
        before, after = move.before, move.after
        if not rows or move.branch != self.branch or before is None or after is None or before.head != after.head:
            return move
        # Whatever happened to the working set meanwhile was done by somebody else.
        return replace(move, after=replace(after, working=before.working), rows=rows)


NOTHING = SetState("", "", "", "")


def new_id() -> str:
    return f"{dt.datetime.now(dt.UTC):%Y%m%d%H%M%S}{secrets.token_hex(4)}"


def pins(db: Connections, step: UndoStep, id_: str) -> tuple[str, ...]:
    """Tags for the commits that the branches and tags of a step no longer name."""
    kept_heads = {move.before.head for move in step.sets if move.before is not None and move.before_kept}
    wanted = []
    for move in step.refs:
        if move.before is not None and move.before != move.after and move.before not in kept_heads:
            wanted.append((move.before, move.after))
    if not wanted:
        return step.pins

    def work(session: Session) -> list[str]:
        found = []
        for number, (old, new) in enumerate(wanted):
            commits = session.dialect.log_page(session, (new,), 1).commits if new is not None else ()
            if not any(old in commit.parents for commit in commits):
                found.append(pin(session, f"{id_}-p{number}", old))
        return found

    gone = {move.former or move.name for move in step.refs if move.former or move.after is None}
    there = None if step.branch in gone else step.branch
    return (*step.pins, *db.write(there, work, "undo: keep commits", retry=True))


def keep(
    db: Connections, before: Observation, names: Iterable[str], id_: str, reach: Reach, *, anyway: bool
) -> tuple[dict[str, Snapshot], str]:
    """Snapshots of what a step may destroy, by branch; and why there is one missing.

    ``reach``: how far it goes on the first of these branches. Raises `CannotUndo` unless it is done ``anyway``.
    """
    kept: dict[str, Snapshot] = {}
    reason = ""
    for number, name in enumerate(names):
        state = before.sets.get(name)
        far = reach if number == 0 else Reach.WORKING
        if state is None or state.busy or not needs_snapshot(state, far):
            continue
        try:
            kept[name] = take(db, name, f"{id_}-{number}", state)
        except CannotUndo as error:
            if not anyway:
                release(db, [snapshot.tag for snapshot in kept.values()])
                raise
            reason = error.message
    return kept, reason


def exists(session: Session, commit: str) -> bool:
    try:
        return bool(session.scalar(f"SELECT dolt_hashof({session.dialect.placeholder})", commit))
    except NO_ANSWER:
        raise
    except EngineError:
        return False


def first_commit(session: Session) -> str:
    """The commit that a database begins with; 2 µs for each commit, so it is asked once."""
    query = "SELECT commit_hash FROM dolt_commit_ancestors WHERE parent_hash IS NULL OR parent_hash = ''"
    return str(min((str(row[0]) for row in session.rows(query)), default=""))


def why_not(step: UndoStep, reason: str) -> str:
    """Why a step that was just done cannot be undone."""
    for move in step.sets:
        if move.before is not None and move.before.busy:
            return "a merge or rebase was in progress before it"
        if move.before_kept is None and not move.rows and needs_snapshot(move.before, move.reach):
            return (
                f"the uncommitted changes on {move.branch} could not be kept: {reason or 'it went further than known'}"
            )
    return ""


def joined(first: UndoStep, second: UndoStep) -> UndoStep:
    """A step that left a merge in progress, and one that went on with it, as one."""
    sets = {move.branch: move for move in first.sets}
    for move in second.sets:
        earlier = sets.get(move.branch)
        sets[move.branch] = move if earlier is None else replace(earlier, after=move.after, after_kept=None, rows=())
    kept: tuple[SetMove, ...] = tuple(move for move in sets.values() if move.before != move.after)
    return replace(first, time=second.time, refs=composed(first.refs, second.refs), sets=kept)


def interrupted(step: UndoStep, now: Observation) -> UndoStep:
    """A step that was broken off, as far as it got."""
    sets = tuple(replace(move, after=now.sets.get(move.branch)) for move in step.sets)
    refs = tuple(
        RefMove(move.branch, move.before.head, move.after.head if move.after else None)
        for move in sets
        if move.before is not None and (move.after is None or move.after.head != move.before.head)
    )
    sets = tuple(move for move in sets if move.before != move.after)
    return replace(step, label=f"{step.label} (interrupted)", refs=refs, sets=sets)
