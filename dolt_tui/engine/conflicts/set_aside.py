"""Something done that uncommitted changes are in the way of, and these brought back on top of it.

It is done on a temporary branch, which has no uncommitted changes, and they are copied there as the commits that undo
keeps them by. The branch itself is set to what came of both in the end, in one step: until then nothing has happened,
whatever conflicts, is killed or lost on the way. See engine-facts.md#copied-snapshots.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from ..core.compare_and_write import compare_sets, expect
from ..core.connections import Connections, Session
from ..core.scratch_branch import scratch
from ..errors import (
    CannotUndo,
    Conflicts,
    ConstraintsBroken,
    DoesNotFit,
    EngineError,
    LocalChanges,
    NothingChanged,
    Undecided,
    Unmergeable,
)
from ..model import UNKNOWN, Call, Expected
from ..model.conflicts import ConflictSet, Incoming, IncomingKind, ResolutionPlan
from ..undo.snapshots import add_ignored, alone, commits_of, look, set_to, staged_and_working
from ..undo.steps import SNAPSHOT_TAGS, SetState, Snapshot
from ..undo.undo import Undo
from .commit_conflicts import Bringing
from .replaying_plans import brought

T = TypeVar("T")

YOURS = "your uncommitted changes"
"""What is brought back, for people."""


class SetAside:
    """Sets uncommitted changes aside."""

    def __init__(self, db: Connections, undo: Undo) -> None:
        self._db = db
        self._undo = undo

    def around(self, branch: str, work: Callable[[str], T]) -> T:
        """Do ``work`` as if nothing were uncommitted on ``branch``, then bring the uncommitted changes back.

        Part of a step: `Undo.perform` is above it. ``work`` is given the branch to do it on: a temporary one at the
        same commit, or ``branch`` itself where nothing is uncommitted. What was staged is staged afterwards, new
        tables too; ignored ones stay as they are. Two merges of what is uncommitted, besides what ``work`` costs.

        All or nothing: raises what ``work`` raises, `DoesNotFit` with the tables where the changes conflict with what
        came of it, `CannotUndo` where they cannot be kept, and `ChangedMeanwhile`.
        """
        before, snapshot = self._undo.keep(branch)
        if snapshot is None:
            return work(branch)
        if before.busy:
            raise CannotUndo("a merge or rebase is in progress")
        with self._db.read(branch, "uncommitted changes") as session:
            expect(session, Expected(branch, before.head))
        with scratch(self._db, branch, before.head) as name:
            if self._db.dialect.traits.server:
                self._refuse_ignored(name, before, snapshot)
            result = work(name)
            self._bring_back(branch, name, before, snapshot)
        return result

    def calls(self, work: Sequence[Call]) -> tuple[Call, ...]:
        """What `around` runs where ``work`` runs these; all but the last three on a branch of its own."""
        procedure = self._db.procedure
        copy = procedure("dolt_cherry_pick", UNKNOWN)
        back = [procedure("dolt_reset", *how, UNKNOWN) for how in (("--hard",), (), ("--soft",))]
        return (*work, copy, *back)

    def _refuse_ignored(self, name: str, before: SetState, snapshot: Snapshot) -> None:
        """Raise `DoesNotFit` where tables have changed that are committed or staged though dolt_ignore names them.

        Branch ``name`` is as it was then. It costs something where tables are ignored.
        See engine-facts.md#picks-leave-ignored-tables-out.
        """

        def work(session: Session) -> list[str]:
            if session.first("SELECT 1 FROM dolt_ignore LIMIT 1") is None:
                return []
            _, working = commits_of(session, snapshot)
            session.call("dolt_reset", "--hard", working)
            session.call("dolt_reset", before.head)
            left = add_ignored(session)
            session.call("dolt_reset", "--hard", before.head)
            return sorted(left)

        if tables := self._db.write(name, work, "set aside"):
            raise DoesNotFit(
                f"Your uncommitted changes in {', '.join(tables)} could not be brought back, so nothing was changed:"
                f" dolt_ignore names {'it' if len(tables) == 1 else 'them'}.",
                advice="Commit them first.",
            )

    def _bring_back(self, branch: str, name: str, before: SetState, snapshot: Snapshot) -> None:
        """Copy the changes to branch ``name``, and set ``branch`` to what is there then."""
        db, called = self._db, f"{snapshot.tag.removeprefix(SNAPSHOT_TAGS)}-back"
        with db.read(name, "bring back") as session:
            done = look(session)
            staged, working = commits_of(session, snapshot)
        ours = [staged] if before.staged != before.root else []
        tip, rest = done.head, [working] if working != staged else []
        if not done.clean:  # as after a squash
            tip, more = db.write(name, _committed, "bring back")
            rest = [*more, *rest]
        with_staged = self._copied(name, tip, ours)
        with_all = self._copied(name, with_staged, rest)

        def made(session: Session) -> tuple[str, str]:
            return staged_and_working(session, called, done.head, with_staged, with_all)

        first, last = db.write(name, made, "bring back")

        def advance(session: Session) -> None:
            with alone(session, db):
                now, here = look(session), Expected(branch, before.head, before.staged, before.working)
                expect(session, here.ref_only)
                compare_sets(here, now.staged, now.working)
                set_to(session, called, last, first, done.head, here.ref_only)

        db.write(branch, advance, "bring back")
        db.forget(branch)

    def _copied(self, name: str, tip: str, commits: Sequence[str]) -> str:
        """The commit that comes of copying some onto ``tip`` of the branch ``name``."""
        incoming = Incoming(IncomingKind.CHERRY_PICK, name, YOURS, tip, tip, commits=tuple(commits))
        bringing = Bringing(self._db, incoming, ResolutionPlan(incoming), looking=True)

        def copy(session: Session, hash_: str) -> str:
            (commit,) = session.dialect.log_page(session, (hash_,), 1).commits
            return brought(session, bringing, commit)

        for hash_ in commits:
            try:
                tip = self._db.write(name, lambda session, h=hash_: copy(session, h), "bring back")  # type: ignore[misc]
            except NothingChanged:  # it has been brought in by what was done
                continue
            except (Conflicts, Undecided, ConstraintsBroken, Unmergeable) as error:
                raise _do_not_fit(error) from error
        return tip


def _committed(session: Session) -> tuple[str, list[str]]:
    """Commit what is staged on the session's branch, then the rest; the former, and the latter if there is any."""
    first = str(session.call("dolt_commit", "--allow-empty", "-m", "staged")[0])
    if session.first("SELECT 1 FROM dolt_status LIMIT 1") is None:
        return first, []
    last = str(session.call("dolt_commit", "-A", "--allow-empty", "-m", "working set")[0])
    session.call("dolt_reset", "--hard", first)
    return first, [last]


def _do_not_fit(error: EngineError) -> DoesNotFit:
    """Uncommitted changes that conflict with what was done."""
    found = error.found if isinstance(error, Undecided | ConstraintsBroken) else None
    tables: Sequence[str] = ()
    broken = error.broken if isinstance(error, ConstraintsBroken) else found.broken if found is not None else ()
    if isinstance(error, Unmergeable):  # a changed primary key, on Dolt
        why = error.message.removeprefix("error: ")
        return DoesNotFit(
            f"Your uncommitted changes could not be brought back, so nothing was changed: {why}",
            detail=error.detail,
        )
    if found is not None:
        tables = [*(each.table for each in found.tables), *(each.table for each in found.schema)]
    elif isinstance(error, Conflicts):
        tables = [table for table, _ in error.tables]
    if broken and not tables:
        what = "; ".join(dict.fromkeys(str(each.violation) for each in broken))
        return DoesNotFit(f"Your uncommitted changes would break a constraint: {what}. Nothing was changed.")
    named = f" in {', '.join(dict.fromkeys(tables))}" if tables else ""
    if not named and " in the definition of " in error.message:
        named = error.message[error.message.index(" in the definition of ") :].partition(". ")[0]
    return DoesNotFit(
        f"Your uncommitted changes{named} conflict with what would be brought in. Nothing was changed.",
        detail="" if tables else error.detail or error.message,
    )


def on_a_clean_branch(db: Connections, incoming: Incoming, work: Callable[[Incoming], T]) -> T:
    """Look at what is brought in as if nothing were uncommitted on its branch. ``work`` may change nothing.

    Raises `ChangedMeanwhile` where the branch is not where it was.
    """
    with db.read(incoming.branch, "look for conflicts") as session:
        expect(session, Expected(incoming.branch, incoming.head))
    with scratch(db, incoming.branch, incoming.head) as name:
        return work(replace(incoming, branch=name, aside=False))


def refuse_definitions(found: ConflictSet) -> ConflictSet:
    """Raise `LocalChanges` where a definition conflicts: what aligns it would have to stand on the branch."""
    if found.schema:
        tables = ", ".join(conflict.table for conflict in found.schema)
        raise LocalChanges(f"The definition of {tables} conflicts, which is decided only where nothing is uncommitted.")
    return found
