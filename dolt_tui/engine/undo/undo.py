"""Undo and redo: every change is recorded with the state that it found and the one that it left, in hashes.

No command needs undo code of its own: `Undo.perform` does any work, and compares. What a step may destroy of
uncommitted changes is kept by a snapshot before it (`dolt_tui.engine.undo.snapshots`).
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from ..core.cancellation import acquired, uncancelled
from ..core.connections import Connections, Session
from ..core.write_tracker import recording
from ..errors import (
    BranchNotFound,
    Busy,
    CannotUndo,
    EngineError,
    ServerLost,
    TransactionLost,
    TransactionOpen,
    Unanswered,
)
from ..model import UNKNOWN, Call
from ..model.rewriting import REBASE_BRANCH
from .begun import NOTHING, Begun, exists, first_commit, interrupted, joined, keep, new_id, pins, why_not
from .journal import Journal
from .observation import Observation, observe, observe_sets, ref_moves, set_moves
from .restore import UndoPreview, apply, preview, refuse_changed
from .snapshots import free, free_calls, release, repair, tags, take
from .steps import SNAPSHOT_TAGS, Reach, RowMove, SetMove, SetState, Snapshot, UndoSettings, UndoStep

log = logging.getLogger(__name__)

T = TypeVar("T")


class Undo:
    """The steps that were done on a database, by this program and by earlier ones."""

    def __init__(self, db: Connections, where: str, settings: UndoSettings) -> None:
        """``where``: the server or directory, which together with its name tells a database from others."""
        self._db = db
        self._settings = settings
        self._journal = Journal(settings.directory, f"{where}\n{db.name}", settings.keep)
        self._identified = False
        self._lock = threading.RLock()
        self._unanswered: dict[str, tuple[str, Callable[[], UndoStep | None]]] = {}
        """Commands that the connection was lost during, by the id of the step: label, and what finds out about it."""
        self._outcomes: list[Unanswered] = []
        self._in_transaction: dict[str, Begun] = {}
        """Steps that are parts of an open transaction, by branch."""
        self._doing: Begun | None = None
        """What is being done by `perform`."""

    @property
    def snapshots_on(self) -> bool:
        """Whether uncommitted changes are kept."""
        return self._settings.snapshots

    def beside(self, suffix: str) -> Path | None:
        """A file of the user's about this database, beside the one that has its steps; None where nothing is kept."""
        return self._journal.beside(suffix)

    # doing

    def perform(
        self,
        branch: str,
        label: str,
        work: Callable[[], T],
        *,
        reach: Reach = Reach.WORKING,
        also: Sequence[str] = (),
        anyway: bool = False,
    ) -> tuple[T, UndoStep | None]:
        """Do ``work`` on ``branch`` and record it as a step, unless it changed nothing; its result, and the step.

        ``reach``: how far it goes at most; a snapshot is taken before where uncommitted changes may be lost by
        that. ``also``: other branches whose working sets it may change, delete or rename. Raises `CannotUndo` with
        the reason, before anything was done, where a snapshot is needed and cannot be taken: ``anyway`` then does it
        without one. Raises `Unanswered` where the connection was lost: whether it was done is looked up, it is never
        done again. Else raises what ``work`` raises; what that changed before it failed can be undone.
        """
        if self._db.read_only:
            return work(), None
        with acquired(self._lock):
            branch = branch.removeprefix(REBASE_BRANCH)
            begun = self._in_transaction.get(branch)
            if begun is None:
                try:
                    begun = self._begin(branch, label, reach, also, anyway)
                except ServerLost as error:
                    raise Unanswered(label, False, error.message) from error
            else:
                begun.labels.append(label)
            return self._do(begun, work)

    def _do(self, begun: Begun, work: Callable[[], T]) -> tuple[T, UndoStep | None]:
        """Do what a step was begun for, and record it, unless that left a transaction open."""
        label = begun.labels[-1]
        self._doing = begun
        with recording() as mentioned:
            try:
                result = work()
            except TransactionLost:  # nothing was done
                self._in_transaction.pop(begun.branch, None)
                with suppress(EngineError):  # else it is found to be broken off
                    self._note(begun)
                raise
            except ServerLost as error:
                begun.ended = self._in_transaction.pop(begun.branch, None) is not None
                self._unanswered[begun.id] = label, lambda: self._note(begun)
                raise self._look_up(begun.id) from error
            except BaseException:
                if not self._stays_open(begun):
                    with suppress(EngineError):  # what it did before it failed, or nothing
                        self._note(begun)
                raise
            finally:
                self._doing = None
                begun.mentioned |= mentioned
        if self._stays_open(begun):
            return result, None
        try:
            return result, self._note(begun)
        except ServerLost:
            self._unanswered[begun.id] = label, lambda: self._note(begun)
            return result, None
        except EngineError as error:  # it is done, whatever happened to the connection then
            log.warning("%s is done, but cannot be undone: %s", label, error)
            return result, None

    def _stays_open(self, begun: Begun) -> bool:
        """Whether what was done is part of a transaction that is still open: then it is recorded after its end."""
        if self._is_open(begun.branch):
            self._in_transaction[begun.branch] = begun
            return True
        begun.ended = self._in_transaction.pop(begun.branch, None) is not None
        return False

    def _is_open(self, branch: str) -> bool:
        """Whether a transaction is open on a branch, or on the one on which it is being rebased."""
        held = self._db.held
        return held.transaction(branch) is not None or held.transaction(REBASE_BRANCH + branch) is not None

    def begin(self, branch: str) -> None:
        """Look at everything, and keep what may be lost, before a transaction's first statement on ``branch``.

        Inside of it nobody could: on DoltLite it keeps everybody else from writing. Nothing is done where that was done
        already, by `perform` too. What cannot be kept does not hinder it; the step cannot be undone then.
        """
        branch = branch.removeprefix(REBASE_BRANCH)
        if self._db.read_only or branch in self._in_transaction:
            return
        with acquired(self._lock):
            if self._doing is None or self._doing.branch != branch:
                begun = self._begin(branch, "transaction", Reach.WORKING, (), anyway=True)
                begun.labels.clear()
                self._in_transaction[branch] = begun

    def widen(self, branch: str, names: Iterable[str]) -> None:
        """A statement that is part of a step on ``branch`` names these, and may change or delete those of them that
        are branches: keep what may be lost there, too. Raises `CannotUndo` where that cannot be kept.
        """
        with acquired(self._lock):
            begun = self._doing or self._in_transaction.get(branch.removeprefix(REBASE_BRANCH))
            if begun is None:
                return
            new = [name for name in dict.fromkeys(names) if name in begun.before.branches and name not in begun.names]
            if not new or (not self._db.dialect.traits.server and self._db.held.transaction() is not None):
                return  # on DoltLite nobody else can write while a transaction is open
            with uncancelled():
                for name in new:
                    self.repair(name)
                observe_sets(self._db, begun.before, new)
                kept, reason = self._keep(
                    begun.before, new, f"{begun.id}w{len(begun.names)}", Reach.WORKING, begun.anyway
                )
                begun.names += new
                begun.kept |= kept
                begun.reason = begun.reason or reason
                self._announce(begun)

    def moving(self, branch: str, rows: list[RowMove]) -> bool:
        """Rows are going to be staged or unstaged on ``branch``; which ones is in ``rows`` before it is committed.

        Returns whether that is wanted: where `perform` was told that nothing else is done, by `Reach.ROWS`.
        """
        return self._doing is not None and self._doing.moving(branch, rows)

    def keep_staged(self, branch: str) -> None:
        """Keep what is staged on ``branch``, of which more will change than rows. Raises `CannotUndo`."""
        begun = self._doing
        if begun is not None and begun.moving(branch, []):
            if any(begun.rows):
                raise CannotUndo("rows of another table were staged or unstaged in the same step before")
            begun.rows, begun.reach = [], Reach.STAGED
            with uncancelled():
                begun.kept, begun.reason = self._keep(begun.before, [branch], begun.id, Reach.STAGED, begun.anyway)
                self._announce(begun)

    def keep(self, branch: str) -> tuple[SetState, Snapshot | None]:
        """Within `perform`: its ``branch`` as it was found, and what keeps its uncommitted changes; None for none.

        They are kept for this step also where snapshots are switched off. Raises `CannotUndo` where they cannot be.
        """
        begun = self._doing
        state = begun.before.sets.get(branch) if begun is not None else None
        if begun is None or state is None:
            raise BranchNotFound(f"There is no branch {branch} any more.")
        if not state.clean and branch not in begun.kept:
            with uncancelled():
                begun.kept[branch] = take(self._db, branch, f"{begun.id}a", state)
                self._announce(begun)
        return state, begun.kept.get(branch)

    def _announce(self, begun: Begun) -> None:
        """Record that a step is about to be done, where it may destroy something."""
        if begun.kept:
            sets = tuple(SetMove(name, begun.before.sets[name], None, keeps) for name, keeps in begun.kept.items())
            self._known.begin(UndoStep(begun.id, begun.label, dt.datetime.now(dt.UTC), begun.branch, sets=sets))

    def finish(self, branch: str) -> UndoStep | None:
        """Record what a transaction on ``branch`` did that has ended, however it did; inside `perform` that does it."""
        branch = branch.removeprefix(REBASE_BRANCH)
        if branch not in self._in_transaction:
            return None
        with self._lock:
            begun = self._in_transaction.get(branch)
            if begun is None or begun is self._doing or self._is_open(branch):
                return None
            del self._in_transaction[branch]
            try:
                return self._note(begun)
            except EngineError as error:  # it is looked at again, as one that was broken off
                log.warning("what a transaction on %s did is not known yet: %s", branch, error)
                return None

    def _begin(self, branch: str, label: str, reach: Reach, also: Sequence[str], anyway: bool) -> Begun:
        """Look at everything, and keep what a step may destroy."""
        names = [branch, *(name for name in also if name != branch)]
        id_ = new_id()
        with uncancelled():
            for name in names:
                self.repair(name)
            self._resume()
            before = observe(self._db, branch, names)
            kept, reason = self._keep(before, names, id_, reach, anyway)
            begun = Begun(id_, [label], branch, names, before, kept, reason, anyway, reach=reach)
            self._announce(begun)
        return begun

    def _look_up(self, id_: str) -> Unanswered:
        """Whether a command was done that the connection was lost during; recorded as a step if it was."""
        label, note = self._unanswered[id_]
        try:
            with uncancelled():
                if not self._db.settled():
                    raise Busy("The server is still working on it.")
                step = note()
        except EngineError as error:
            log.info("%s: what became of it is not known yet: %s", label, error)
            return Unanswered(label, None)
        del self._unanswered[id_]
        return Unanswered(label, step is not None)

    def outcomes(self) -> tuple[Unanswered, ...]:
        """What has been found out, since this was asked last, about commands that the connection was lost during."""
        with self._lock:
            self._resume()
            found, self._outcomes = tuple(self._outcomes), []
            return found

    def _keep(
        self, before: Observation, names: Iterable[str], id_: str, reach: Reach, anyway: bool
    ) -> tuple[dict[str, Snapshot], str]:
        """Snapshots of what the step may destroy, by branch; and why there is one missing."""
        if not self.snapshots_on:
            return {}, "snapshots are switched off in the configuration"
        return keep(self._db, before, names, id_, reach, anyway=anyway)

    def _note(self, begun: Begun) -> UndoStep | None:
        """Record the step, if there was one."""
        with uncancelled():
            return self._recorded(begun)

    def _recorded(self, begun: Begun) -> UndoStep | None:
        id_, branch, before, names, kept = begun.id, begun.branch, begun.before, begun.names, begun.kept
        after = observe(self._db, branch, names)
        refs = ref_moves(before, after, {*begun.mentioned, *names})
        for move in refs:
            if not move.tag and move.after is not None and (move.before is None or move.former):
                observe_sets(self._db, after, [move.name])
        new = [move.name for move in refs if not move.tag and move.before is None]
        sets = tuple(
            begun.with_rows(replace(move, before_kept=kept.get(move.branch)))
            for move in set_moves(before, after, [*names, *new], refs)
        )
        step = UndoStep(id_, begun.label, dt.datetime.now(dt.UTC), branch, refs, sets)
        step = replace(step, blocked_by=why_not(step, begun.reason))
        previous = self._journal.last_done()
        if previous is not None and previous.open and before.sets.get(branch, NOTHING).busy:
            step = joined(previous, step)
        needed = {snapshot.tag for snapshot in step.snapshots}
        self._free([snapshot.tag for snapshot in kept.values() if snapshot.tag not in needed])
        if not step.changed:
            was_joined = previous is not None and previous.id == step.id
            self._free(self._known.remove(step.id) if was_joined or kept else ())
            return None
        if step.id != id_ and kept:
            self._known.remove(id_)
        if self.snapshots_on:
            step = replace(step, pins=pins(self._db, step, id_))
        self._free(self._known.add(step))
        return step

    def _resume(self) -> None:
        """Record the steps that were interrupted when the server or the program died, as far as they got."""
        for id_ in list(self._unanswered):
            found = self._look_up(id_)
            if found.done is not None:
                self._outcomes.append(found)
        for step in self._known.broken_off():
            if step.id in self._unanswered or any(step.id == begun.id for begun in self._in_transaction.values()):
                continue
            with uncancelled(), suppress(EngineError):
                names = [move.branch for move in step.sets]
                for name in names:
                    self.repair(name)
                now = observe(self._db, step.branch, names)
                step = interrupted(step, now)
                self._free(self._known.add(step) if step.changed else self._known.remove(step.id))

    # undoing

    def steps(self) -> tuple[UndoStep, ...]:
        """All steps that are known, the oldest first; those that were undone, and can be redone, at the end."""
        with self._lock:
            self._resume()
            return self._known.steps()

    def next(self, *, redo: bool = False) -> UndoStep | None:
        """The step that would be undone next, or redone."""
        with self._lock:
            self._resume()
            return self._known.first_undone() if redo else self._known.last_done()

    def preview(self, step: UndoStep, *, counts: bool = False) -> UndoPreview:
        """What undoing ``step`` would change, or redoing it where it is undone. Reading only.

        Without ``counts`` it takes milliseconds, however large the tables are.
        """
        for move in step.sets:
            self.repair(move.branch)
        return preview(self._db, step, counts=counts)

    def undo(self, step: UndoStep, *, drifted: bool = False, seen: UndoPreview | None = None) -> UndoPreview:
        """Undo ``step``, or redo it where it is undone; returns what that changed, without counts.

        ``drifted``: also where somebody changed the working set since (`UndoPreview.drift`); what it was then comes
        back by undoing in the other direction. ``seen`` is the preview that was shown. Raises `CannotUndo` with what
        is in the way, and `ChangedMeanwhile` where that came after ``seen``: nothing was changed then.
        """
        with acquired(self._lock):
            current = self.next(redo=step.undone)
            if current is None or current.id != step.id:
                raise CannotUndo("other steps come first")
            step = current
            for name in step.branches:
                if self._is_open(name):
                    raise TransactionOpen(name)
            for move in step.sets:
                self.repair(move.branch)
            found = preview(self._db, step)
            in_the_way = found.blocked_by or ("" if drifted else "; ".join(found.drift))
            if seen is not None:
                refuse_changed(seen, found)
            if in_the_way:
                raise CannotUndo(in_the_way)
            assert found.seen is not None
            with uncancelled():
                applied = apply(self._db, step, new_id(), found.seen, snapshots=self.snapshots_on)
                self._free(self._known.replace(replace(applied, undone=not step.undone)))
            return found

    def forget(self, step: UndoStep) -> None:
        """Forget a step that cannot be undone, so that those before it can be looked at."""
        with self._lock:
            self._free(self._known.remove(step.id))

    # housekeeping

    def close(self) -> None:
        """Release what is kept where nobody will know of it any more. Idempotent."""
        if self._settings.directory is None:
            with self._lock:
                steps = self._journal.steps()
                self._journal.remove(*(step.id for step in steps))
                self._free([tag for step in steps for tag in step.tags])

    @property
    def _known(self) -> Journal:
        """The journal, once it is certain that it is about this database."""
        if not self._identified and self._settings.directory is not None:
            with self._db.read(None, "undo") as session:
                self._journal.identify(lambda commit: exists(session, commit), lambda: first_commit(session))
            self._db.forget(None)
        self._identified = True
        return self._journal

    def repair(self, branch: str) -> bool:
        """Put ``branch`` back where a program died in the middle of a snapshot; tells whether that was so."""
        if self._db.read_only:
            return False
        with uncancelled():
            return repair(self._db, branch)

    def snapshots(self, branch: str) -> tuple[int, int]:
        """How many tags there are in the database that keep something for undo, and how many of them are ours."""
        with self._db.read(branch, "undo snapshots") as session:
            found = set(tags(session))
        return len(found), len(found & {tag for step in self.steps() for tag in step.tags})

    def remove_snapshots(self, branch: str) -> int:
        """Remove all of them, and with them the steps, which could not be relied on any more; returns how many."""
        with self._lock:
            self._known.remove(*(step.id for step in self._known.steps()))

            def work(session: Session) -> int:
                found = tags(session)
                free(session, *found)
                return len(found)

            return self._db.write(branch, work, "undo: remove snapshots", retry=True)

    def remove_snapshots_calls(self) -> tuple[Call, ...]:
        """What `remove_snapshots` runs, for each tag."""
        return free_calls(self._db.dialect, SNAPSHOT_TAGS + UNKNOWN)

    def _free(self, names: Sequence[str]) -> None:
        """Remove tags that nothing needs any more; one that stays because of an error does no harm."""
        release(self._db, names)
