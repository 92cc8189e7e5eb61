"""What undoing (or redoing) a step would change, whether it still can be, and doing it.

A step is looked at in the direction that it takes: `UndoStep.reversed` to undo it, as it is to redo it; so
``before`` is here what has to be there now, and ``after`` what comes back.
"""

from __future__ import annotations

from dataclasses import replace

from ...frozen import Frozen
from ..browsing.diff_counts import changes_between
from ..core.compare_and_write import call, compare_sets, expect
from ..core.connections import POLL, Connections, Session
from ..core.soft_reset import soft_reset
from ..errors import NO_ANSWER, CannotUndo, ChangedMeanwhile, EngineError
from ..model import WORKING, Expected, TableChange
from .observation import Observation, observe
from .row_moves import set_rows
from .snapshots import alone, look, pin, restore, restore_staged, take
from .steps import Reach, RefMove, SetMove, SetState, Snapshot, UndoStep, needs_snapshot


class RefEffect(Frozen):
    """What happens to a branch or tag."""

    move: RefMove
    leaves: int = 0
    """Commits that it has now and does not have then."""
    comes: int = 0
    """Commits that it does not have now, and has then."""


class SetEffect(Frozen):
    """What happens to the staged and the working set of a branch."""

    branch: str
    reach: Reach
    tables: tuple[TableChange, ...] = ()
    """How the rows change, from what they are now to what they are then."""
    staged: tuple[str, ...] = ()
    """The tables that are staged then."""
    known: bool = True
    """False where the tables could not be told."""


class UndoPreview(Frozen):
    """What undoing a step, or redoing it, would change; reading only."""

    step: UndoStep
    refs: tuple[RefEffect, ...] = ()
    sets: tuple[SetEffect, ...] = ()
    blocked_by: str = ""
    """Why it cannot be done; empty when it can."""
    drift: tuple[str, ...] = ()
    """What somebody changed since, and what would be replaced by that."""
    note: str = ""
    """What else is worth knowing."""
    seen: Observation | None = None
    """What it was made of."""

    @property
    def harmless(self) -> bool:
        """Whether it only changes what is staged, so that nobody needs to be asked."""
        return self.step.harmless and not self.drift and not self.blocked_by


def preview(db: Connections, step: UndoStep, *, counts: bool = False) -> UndoPreview:
    """What undoing ``step`` would change, or redoing it where it is undone; with ``counts`` the rows too."""
    if step.open:
        return UndoPreview(step, blocked_by="a merge or rebase is in progress: finish or abort it first")
    if step.blocked_by and not step.undone:
        return UndoPreview(step, blocked_by=step.blocked_by)
    way = step if step.undone else step.reversed()
    now = observe(db, step.branch, [name for move in way.sets for name in _names(move, way)])
    reason = _blocked_by(db, way, now)
    if reason:
        return UndoPreview(step, blocked_by=reason, seen=now)
    inexact = any(not snapshot.exact for move in way.sets if (snapshot := move.after_kept) is not None)
    note = "Tables that dolt_ignore names stay as they are." if inexact else ""
    sets = tuple(_set_effect(db, move, now, counts) for move in way.sets)
    refs = tuple(_ref_effect(db, step.branch, move) for move in way.refs)
    return UndoPreview(step, refs, sets, drift=_drift(way, now), note=note, seen=now)


def refuse_changed(shown: UndoPreview, now: UndoPreview) -> None:
    """Raise `ChangedMeanwhile` where a preview that was shown no longer holds."""
    if now.blocked_by and not shown.blocked_by:
        raise ChangedMeanwhile(f"Nothing was done: {now.blocked_by}.")
    if shown.seen is None or now.seen is None:
        return
    if now.drift != shown.drift or (now.drift and now.seen.sets != shown.seen.sets):
        came = "; ".join(now.drift) or "what was changed since was taken back"
        raise ChangedMeanwhile(f"Nothing was done, because something has changed since: {came}.")


def _names(move: SetMove, way: UndoStep) -> list[str]:
    """The names that the branch of a set may have now."""
    return [move.branch, *(ref.former for ref in way.refs if ref.former and ref.name == move.branch)]


def _found(move: RefMove, now: Observation) -> str | None:
    """The commit that a branch or tag is at now."""
    if move.tag:
        return now.tags.get(move.name, (None, ""))[0]
    return now.branches.get(move.name)


def _blocked_by(db: Connections, way: UndoStep, now: Observation) -> str:
    """What other sessions did that is in the way."""
    for move in way.refs:
        what = "tag" if move.tag else "branch"
        if move.former:
            if now.branches.get(move.former) != move.before:
                return f"branch {move.former} is not where the step left it"
            if move.name in now.branches:
                return f"there is a branch {move.name} again"
            if twin := _twin(move.name, now, move.former):
                return f"there is a branch {twin} now, which Dolt would open instead of {move.name}"
            continue
        found = _found(move, now)
        if found is None and move.before is None and not move.tag and (twin := _twin(move.name, now)):
            return f"there is a branch {twin} now, whose name differs from {move.name} only in case"
        if found in (move.before, move.after):  # the second where it was interrupted
            continue
        if found is None:
            return f"another session deleted the {what} {move.name}"
        if move.before is None:
            return f"there is already a {what} {move.name}"
        return f"another session moved the {what} {move.name}{_moved(db, way.branch, move.before, found)}"
    for change in way.sets:
        state = next((now.sets[name] for name in _names(change, way) if name in now.sets), None)
        if state is None:
            if change.before is not None and change.after is not None:
                return f"the branch {change.branch} is gone"
            continue
        if state.busy:
            return f"a merge or rebase is in progress on {change.branch}: finish or abort it first"
        heads = [side.head for side in (change.before, change.after) if side is not None]
        if change.before is not None and state.head not in heads:
            where = _moved(db, change.branch, change.before.head, state.head)
            return f"another session moved the branch {change.branch}{where}"
        kept = bool(change.after_kept or change.rows)
        if change.after is not None and not kept and needs_snapshot(change.after, change.reach):
            return f"the uncommitted changes on {change.branch} were not kept"
    return ""


def _twin(name: str, now: Observation, former: str = "") -> str:
    """A branch whose name differs from that of one that is to come back in upper and lower case only."""
    return next((one for one in now.branches if one.lower() == name.lower() and one not in (name, former)), "")


def _moved(db: Connections, branch: str, old: str, new: str) -> str:
    """How another session moved something, in words."""
    try:
        with db.read(branch, POLL) as session:
            left, came = session.dialect.distance(session, old, new)
    except NO_ANSWER:
        raise
    except EngineError:
        return ""
    parts = [f"{number} {'commit' if number == 1 else 'commits'} {verb}" for number, verb in
             ((came, "came"), (left, "left")) if number]  # fmt: skip
    return f" since: {', '.join(parts)}" if parts else ""


def _drift(way: UndoStep, now: Observation) -> tuple[str, ...]:
    """What was changed since in the sets that come back."""
    found = []
    for move in way.sets:
        state = now.sets.get(move.branch)
        if state is None or _there(state, move):
            continue
        if move.before is None:
            if not state.clean:
                found.append(f"{move.branch} has uncommitted changes")
        elif move.reach is Reach.WORKING and state.working != move.before.working:
            found.append(f"the working set of {move.branch} has changed since")
        elif move.reach is not Reach.REFS and state.staged != move.before.staged:
            found.append(f"what is staged on {move.branch} has changed since")
        elif _staged_by_name(move) and state.working != move.before.working:
            found.append(f"the working set of {move.branch} has changed since: it would be staged as it is now")
    return tuple(found)


def _there(state: SetState, move: SetMove) -> bool:
    """Whether the branch is what is to come back already: it was interrupted before it was recorded."""
    after = move.after
    return after is not None and (state.head, state.staged, state.working) == (after.head, after.staged, after.working)


def _staged_by_name(move: SetMove) -> bool:
    """Whether what was staged comes back by staging tables again, out of the working set."""
    if move.reach is not Reach.STAGED or move.after is None or move.after_kept is not None or move.rows:
        return False
    return bool(move.after.staged_tables)


def _ref_effect(db: Connections, branch: str, move: RefMove) -> RefEffect:
    if move.before is None or move.after is None or move.before == move.after:
        return RefEffect(move)
    try:
        with db.read(branch, POLL) as session:
            leaves, comes = session.dialect.distance(session, move.before, move.after)
    except NO_ANSWER:
        raise
    except EngineError:  # the commit is gone, which is told when it is tried
        return RefEffect(move)
    return RefEffect(move, leaves, comes)


def _set_effect(db: Connections, move: SetMove, now: Observation, counts: bool) -> SetEffect:
    after = move.after
    staged = after.staged_tables if after is not None else ()
    if move.reach is not Reach.WORKING or after is None:
        return SetEffect(move.branch, move.reach, staged=staged)
    base = WORKING
    where: str | None = move.branch
    if move.branch not in now.sets:  # it comes back with its changes
        base, where = after.head, None
    target = move.after_kept.tag if move.after_kept is not None else after.head
    try:
        with db.read(where, POLL) as session:
            tables = changes_between(session, base, target, counts=counts)
        if where is None:
            db.forget(None)  # engine-facts.md#idle-sessions-use-a-branch
    except NO_ANSWER:
        raise
    except EngineError:
        return SetEffect(move.branch, move.reach, staged=staged, known=False)
    return SetEffect(move.branch, move.reach, tables, staged)


# doing


def apply(db: Connections, step: UndoStep, id_: str, now: Observation, *, snapshots: bool) -> UndoStep:
    """Undo ``step``, or redo it where it is undone, after `preview` saw ``now`` and found nothing in the way.

    Returns the step as it can be gone in the other direction. Each write compares with ``now`` again: raises
    `ChangedMeanwhile` where another session came in between. Everything that could get lost is kept before anything
    is changed; a branch's sets are then set in one transaction where they are clean, and by three statements, which
    `dolt_tui.engine.undo.snapshots.repair` finishes, where they are not.
    """
    way = step if step.undone else step.reversed()
    told = way.sets
    sets = tuple(_kept(db, move, now, f"{id_}-{number}", snapshots) for number, move in enumerate(way.sets))
    way = replace(way, sets=sets, pins=())
    if snapshots:
        way = replace(way, pins=_pins(db, way, id_))
    alive = step.branch if step.branch in now.branches else None
    _make(db, alive, way, now)
    reached = []
    for planned, move in zip(told, way.sets, strict=True):
        seen = next((now.sets[name] for name in _names(move, way) if name in now.sets), None)
        if move.rows and seen is not None:
            reached.append(move if _there(seen, move) else set_rows(db, move, seen, planned))
        else:
            _set(db, move, seen)
            reached.append(move)
    way = replace(way, sets=tuple(reached))
    set_already = {move.branch for move in way.sets}
    for ref in way.refs:
        moved = not ref.tag and not ref.former and None not in (ref.before, ref.after)
        if moved and ref.name not in set_already:
            _move(db, ref, now)
    _delete(db, alive, way, now)
    sets = tuple(replace(move, after_kept=None) for move in way.sets)
    way = replace(way, sets=sets)
    return way if step.undone else way.reversed()


def _kept(db: Connections, move: SetMove, now: Observation, name: str, snapshots: bool) -> SetMove:
    """The move from what is there now, which is kept where it would be lost."""
    state = now.sets.get(move.branch)
    if state is None or _there(state, move):
        return move
    reach = move.reach
    kept: Snapshot | None = None
    if not move.rows and needs_snapshot(state, reach):
        if not snapshots:
            raise CannotUndo("snapshots are switched off, and uncommitted changes would be lost")
        kept = take(db, move.branch, name, state)
    return replace(move, before=_seen_since(state, move), before_kept=kept)


def _seen_since(state: SetState, move: SetMove) -> SetState:
    """What to come back to: what is there now, as far as the step is about it."""
    before, after, reach = move.before, move.after, move.reach
    if before is None or after is None or reach is Reach.WORKING:
        return state
    if reach is Reach.STAGED:
        return replace(state, working=before.working)
    return replace(state, working=before.working, staged=before.staged)


def _pins(db: Connections, way: UndoStep, id_: str) -> tuple[str, ...]:
    """Keep the commits that are left behind, to redo it."""
    left = [move.before for move in way.refs if move.before is not None and move.before != move.after]
    if not left:
        return ()
    return db.write(
        None, lambda session: tuple(pin(session, f"{id_}-p{i}", hash_) for i, hash_ in enumerate(left)), "undo: keep"
    )


def _make(db: Connections, branch: str | None, way: UndoStep, now: Observation) -> None:
    """Make the branches and tags that come back, and rename."""
    for move in way.refs:
        if _found(move, now) == move.after and not move.former:
            continue
        if move.former:
            db.forget(move.former, goes=True)
            there = Expected(move.former, now.branches[move.former])
            _call(db, None, there, "dolt_branch", "-m", "--", move.former, move.name)
        elif move.tag and move.after is not None:
            _set_tag(db, branch, move, now)
        elif move.after is not None and move.before is None:
            _call(db, branch, None, "dolt_branch", "--", move.name, str(move.after))


def _set_tag(db: Connections, branch: str | None, move: RefMove, now: Observation) -> None:
    if move.name in now.tags:
        _call(db, branch, _seen_ref(move, now), "dolt_tag", "-d", "--", move.name)
    message = ("-m", move.message) if move.message else ()
    _call(db, branch, None, "dolt_tag", *message, "--", move.name, str(move.after))


def _set(db: Connections, move: SetMove, seen: SetState | None) -> None:
    """Set a branch's sets to what comes back, and check that they are that; ``seen`` is what was there."""
    after = move.after
    if after is None:
        return
    reach = move.reach

    def work(session: Session) -> SetState:
        now = look(session)
        here = Expected(session.revision, now.head if seen is None else seen.head)
        if seen is not None:
            expect(session, here)
            compare_sets(_sets(move, seen), now.staged, now.working)
        if reach is Reach.REFS:
            if now.head != after.head:
                soft_reset(session, after.head, here)
        elif reach is Reach.STAGED:
            _set_staged(session, after, move.after_kept, here)
        elif move.after_kept is not None:
            with alone(session, db):
                restore(session, move.after_kept, after.head, here)
        elif not now.clean or now.root != after.root or now.head != after.head:
            # With everything staged no table counts as new: a hard reset removes those made since.
            # engine-facts.md#hard-reset-keeps-new-tables
            session.call("dolt_add", "-A")
            call(session, [here], "dolt_reset", "--hard", after.head)
        return look(session)

    reached = db.write(move.branch, work, "undo")
    db.forget(move.branch)
    exact = move.after_kept is None or move.after_kept.exact
    if reached.head != after.head or (
        exact
        and (
            (reach is Reach.WORKING and reached.working != after.working)
            or (reach is not Reach.REFS and reached.staged != after.staged and _same_working(move, reached))
        )
    ):
        raise CannotUndo(f"{move.branch} was not restored exactly: another session may have changed it")


def _sets(move: SetMove, seen: SetState) -> Expected:
    """The sets that a step is about, as they were seen."""
    working = move.reach is Reach.WORKING or _staged_by_name(move)
    return Expected(
        move.branch,
        staged=seen.staged if move.reach is not Reach.REFS else "",
        working=seen.working if working else "",
    )


def _same_working(move: SetMove, reached: SetState) -> bool:
    return move.after is not None and move.after.working == reached.working


def _set_staged(session: Session, after: SetState, kept: Snapshot | None, here: Expected) -> None:
    """Set HEAD and the staged set; the working set stays."""
    if kept is not None:
        restore_staged(session, kept, after.head, here)
        return
    call(session, [here], "dolt_reset", after.head)
    if after.staged == after.working and after.staged != after.root:
        session.call("dolt_add", "-A")
    elif after.staged != after.root:
        for table in after.staged_tables:
            session.call("dolt_add", "--", table)


def _move(db: Connections, move: RefMove, now: Observation) -> None:
    """Move a branch whose sets the step was not expected to change: only where it has no uncommitted changes."""

    def work(session: Session) -> None:
        if not look(session).clean:
            raise CannotUndo(f"{move.name} has uncommitted changes")
        call(session, [_seen_ref(move, now)], "dolt_reset", "--hard", str(move.after))

    db.write(move.name, work, "undo")
    db.forget(move.name)


def _delete(db: Connections, branch: str | None, way: UndoStep, now: Observation) -> None:
    """Delete the branches and tags that were not there."""
    for move in way.refs:
        if move.after is not None or _found(move, now) is None:
            continue
        if move.tag:
            _call(db, branch, _seen_ref(move, now), "dolt_tag", "-d", "--", move.name)
            continue
        db.forget(move.name, goes=True)  # engine-facts.md#idle-sessions-use-a-branch
        where = branch if branch != move.name else None
        _call(db, where, _seen_ref(move, now), "dolt_branch", "-D", "--", move.name)


def _seen_ref(move: RefMove, now: Observation) -> Expected:
    """A branch or tag as it was seen."""
    return Expected(move.name, _found(move, now) or "", tag=move.tag)


def _call(db: Connections, branch: str | None, expected: Expected | None, procedure: str, *arguments: str) -> None:
    db.write(branch, lambda session: call(session, [expected], procedure, *arguments), "undo", retry=True)
