"""An observation of all refs and of some working sets; and what a step did to them, by two observations."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from ..core.connections import POLL, Connections, Session
from ..core.scratch_branch import is_scratch
from ..errors import BranchNotFound, BranchShadowed
from ..model.rewriting import REBASE_BRANCH
from .snapshots import look
from .steps import SNAPSHOT_TAGS, RefMove, SetMove, SetState


@dataclass
class Observation:
    """Branches and tags with their commits, and the sets that were looked at."""

    branches: dict[str, str]
    tags: dict[str, tuple[str, str]]
    """Commit and message, by name."""
    sets: dict[str, SetState] = field(default_factory=dict)


def observe(db: Connections, branch: str, names: Iterable[str] = ()) -> Observation:
    """Look at everything, and at the sets of ``branch`` and of the other branches named, where they are there.

    One statement for all refs, which takes as long as there are refs (6 ms for 1,000), and two for each branch.
    """
    try:
        with db.read(branch, POLL) as session:
            seen = _refs(session)
            if branch in seen.branches:
                seen.sets[branch] = look(session)
    except BranchNotFound:
        with db.read(None, POLL) as session:
            seen = _refs(session)
        db.forget(None)  # engine-facts.md#idle-sessions-use-a-branch
    observe_sets(db, seen, (name for name in names if name != branch), keep={branch})
    for name, state in seen.sets.items():
        if REBASE_BRANCH + name in seen.branches:
            seen.sets[name] = replace(state, busy=True)
    return seen


def observe_sets(db: Connections, seen: Observation, names: Iterable[str], keep: Collection[str] = ()) -> None:
    """Look at the sets of more branches. No connection to them stays open, except to those of ``keep``."""
    for name in names:
        if name in seen.branches and name not in seen.sets:
            try:
                with db.read(name, POLL) as session:
                    seen.sets[name] = look(session)
            except BranchShadowed:
                continue  # nobody can look at it, nor change more of it than its name
            if name not in keep:
                db.forget(name)  # else it could not be deleted


def _refs(session: Session) -> Observation:
    seen = Observation({}, {})
    for is_tag, name, hash_, message in session.rows(
        "SELECT 0, name, hash, NULL FROM dolt_branches UNION ALL SELECT 1, tag_name, tag_hash, message FROM dolt_tags"
    ):
        name, hash_ = str(name), str(hash_)
        if not is_tag and not is_scratch(name):
            seen.branches[name] = hash_
        elif is_tag and not name.startswith(SNAPSHOT_TAGS):
            seen.tags[name] = hash_, str(message or "")
    return seen


def ref_moves(before: Observation, after: Observation, mentioned: Collection[str]) -> tuple[RefMove, ...]:
    """What happened to the branches and tags of these names; the others are somebody else's business."""
    moves = []
    names = sorted(name for name in mentioned if not name.startswith(REBASE_BRANCH))
    gone = [name for name in names if name in before.branches and name not in after.branches]
    new = [name for name in names if name not in before.branches and name in after.branches]
    if len(gone) == len(new) == 1 and before.branches[gone[0]] == after.branches[new[0]]:
        hash_ = after.branches[new[0]]
        moves.append(RefMove(new[0], hash_, hash_, former=gone[0]))
        names = [name for name in names if name not in (gone[0], new[0])]
    for name in names:
        old, now = before.branches.get(name), after.branches.get(name)
        if old != now:
            moves.append(RefMove(name, old, now))
    nothing: tuple[None, str] = (None, "")
    for name in names:
        old_tag, new_tag = before.tags.get(name, nothing), after.tags.get(name, nothing)
        if old_tag != new_tag:
            moves.append(RefMove(name, old_tag[0], new_tag[0], tag=True, message=old_tag[1] or new_tag[1]))
    return tuple(moves)


def set_moves(
    before: Observation, after: Observation, names: Iterable[str], refs: tuple[RefMove, ...]
) -> tuple[SetMove, ...]:
    """What happened to the sets of these branches, the new ones among them; both sides have been looked at."""
    renamed = {move.former: move.name for move in refs if move.former}
    moves = []
    for name in dict.fromkeys(names):
        if name in renamed.values():
            continue
        old, now = before.sets.get(name), after.sets.get(renamed.get(name, name))
        if old != now and not (name in renamed and old is None):
            moves.append(SetMove(renamed.get(name, name), old, now))
    return tuple(moves)


def composed(first: tuple[RefMove, ...], second: tuple[RefMove, ...]) -> tuple[RefMove, ...]:
    """Two steps' moves as one's."""
    moves = {(move.tag, move.name): move for move in first}
    for move in second:
        earlier = moves.get((move.tag, move.name))
        moves[move.tag, move.name] = move if earlier is None else replace(earlier, after=move.after)
    return tuple(move for move in moves.values() if move.before != move.after or move.former)
