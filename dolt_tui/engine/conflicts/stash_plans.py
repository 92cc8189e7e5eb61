"""Stashes whose tables have changed since, which Dolt refuses to apply: merged into them, as a plan decides. Dolt only.

A stash is made a commit on a temporary branch, and that is copied onto what the branch has, on another one. What came
of it is then merged into the branch by a fast-forward that commits nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from ..core.compare_and_write import expect
from ..core.connections import Connections, Session
from ..core.soft_reset import StagedTwice
from ..errors import EngineError, LocalChanges, NothingChanged, StashNotFound
from ..model import UNKNOWN, Call, Expected, MergeKind, Stash, TableChange
from ..model.conflicts import Applied, Incoming, ResolutionPlan
from ..versioning.log import History
from ..versioning.refs import refuse_while_merging
from ..versioning.stashes import Stashes
from ..versioning.working_set import WorkingSet
from .commit_conflicts import Bringing, Replayer
from .replaying_plans import Replays


class AppliedStashes(Replayer):
    """Foresees and applies stashes."""

    def __init__(self, db: Connections) -> None:
        super().__init__(db)
        self._working = WorkingSet(db)
        self._stashes = Stashes(db, self._working)
        self._history = History(db)
        self._replays = Replays(db)

    def _try(self, bringing: Bringing) -> None:
        with self._made(bringing):
            pass

    def apply(self, incoming: Incoming, plan: ResolutionPlan) -> Applied:
        """Bring the changes back, uncommitted; everything that was staged stays so. The stash is dropped if wanted.

        Raises `LocalChanges` where the same tables have uncommitted changes.
        """
        bringing = Bringing(self._db, incoming, plan)
        notes = bringing.notes
        with self._made(bringing) as tip:
            if tip != incoming.head:
                self._db.write(incoming.branch, lambda session: self._bring(session, incoming, tip), "apply a stash")
            else:
                notes.append("Nothing of the stash was taken.")
        if incoming.drop:
            notes += dropped(self._db, incoming)
        return Applied(incoming.head, 0, notes=tuple(notes))

    def calls(self, incoming: Incoming, plan: ResolutionPlan) -> tuple[Call, ...]:
        """What `apply` runs, without what writes rows; all but the last ones on branches of their own."""
        stash, procedure = _stash(incoming), self._db.procedure
        copied = replace(incoming, commits=(UNKNOWN,))
        *copy, _ = self._replays.calls(copied, ResolutionPlan(copied, {UNKNOWN: plan.step(incoming.tip)}))
        merge = procedure("dolt_merge", *self._db.dialect.merge_arguments(UNKNOWN, MergeKind.SQUASH, ""))
        drop = self._stashes.drop_calls(stash) if incoming.drop else ()
        return (*self._stashes.apply_calls(stash), *copy, merge, procedure("dolt_reset"), *drop)

    @contextmanager
    def _made(self, bringing: Bringing) -> Iterator[str]:
        """The commit with what comes of it, on a temporary branch that ends with this; HEAD if nothing does."""
        incoming = bringing.incoming
        content = self._stashes.contents(incoming.branch, _stash(incoming))
        self._refuse(incoming, content.changes)
        commit = self._history.commit(incoming.branch, content.tip)
        with ExitStack() as stack:
            try:
                tip = stack.enter_context(self._replays.made(bringing, [commit])).hash
            except NothingChanged:
                tip = incoming.head
            yield tip

    def _refuse(self, incoming: Incoming, changes: Sequence[TableChange]) -> None:
        status = self._working.status(incoming.branch)
        dirty = {name for c in (*status.staged, *status.unstaged) for name in (c.table, c.old_name) if name}
        touched = {name for change in changes for name in (change.table, change.old_name) if name}
        if dirty & touched:
            tables = ", ".join(sorted(dirty & touched))
            raise LocalChanges(f"Uncommitted changes in {tables} are in the way of the stash.")

    def _bring(self, session: Session, incoming: Incoming, tip: str) -> None:
        expect(session, Expected(incoming.branch, incoming.head))
        refuse_while_merging(session)
        status = session.rows("SELECT table_name, staged FROM dolt_status")
        staged = [name for name, is_staged in status if is_staged]
        twice = sorted({name for name, is_staged in status if not is_staged} & set(staged))
        if twice:
            raise StagedTwice(f"{', '.join(twice)}: staged and changed again, which would be lost.")
        session.dialect.merge(session, tip, MergeKind.SQUASH, "")
        # It stages what it brings, and unstages everything else.
        session.call("dolt_reset")
        if staged:
            names = dict.fromkeys(part for name in staged for part in name.split(" -> "))
            session.call("dolt_add", "-f", "--", *names)


def dropped(db: Connections, incoming: Incoming) -> tuple[str, ...]:
    """Drop a stash whose changes are there; why that could not be, in a sentence."""
    try:
        Stashes(db, WorkingSet(db)).drop(incoming.branch, _stash(incoming))
    except EngineError as error:
        return (f"The stash could not be dropped: {error.message}",)
    return ()


def _stash(incoming: Incoming) -> Stash:
    if incoming.stash is None:
        raise StashNotFound("There is no stash to apply.")
    return incoming.stash
