"""What is in progress on a branch, whoever began it: a merge, cherry-pick, revert or rebase; continuing and aborting.

All of it is Dolt's own state, on the server: it is found by looking, never remembered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from ..core.capabilities import Feature
from ..core.compare_and_write import expect, look, run
from ..core.connections import Connections, Session
from ..core.constraint_violations import conflict_words
from ..core.revisions import resolve
from ..core.scratch_branch import is_scratch, scratch
from ..errors import NO_ANSWER, Conflicts, EngineError, LocalChanges, NothingChanged, NothingInProgress, Remedy
from ..model import HEAD, UNKNOWN, Call, Changes, Commit, Expected, MergeState, Status
from ..model.rewriting import REBASE_BRANCH, Action, Operation, OperationKind, RebaseStep, merge_message
from .refs import Refs
from .replaying import ABORT, CONTINUE, paused, read_plan, resume
from .rewriting import PICK, REVERT
from .working_set import WorkingSet, take_back

_CONFLICTING = (Status.CONFLICT, Status.SCHEMA_CONFLICT, Status.VIOLATION)


class InProgress:
    """Finds out what is in progress, and continues, skips or aborts it."""

    def __init__(self, db: Connections, refs: Refs, working: WorkingSet) -> None:
        self._db = db
        self._refs = refs
        self._working = working

    def find(
        self,
        branch: str,
        *,
        branches: Iterable[str] | None = None,
        status: Changes | None = None,
        merging: tuple[MergeState | None] | None = None,
    ) -> Operation | None:
        """What is in progress on ``branch``; else a rebase of another branch, if there is one; else None.

        The names of all ``branches``, the ``status`` of this one and its merge state are asked for where they were not
        just read: each costs some milliseconds with 1,000 branches and 500 tables.
        """
        on = branch if branch.startswith(REBASE_BRANCH) else REBASE_BRANCH + branch
        if branches is None:
            with self._db.read(branch, "what is in progress") as session:
                branches = [name for (name,) in session.rows("SELECT name FROM dolt_branches") if not is_scratch(name)]
        every = list(branches)
        names = [name for name in every if name.startswith(REBASE_BRANCH)]
        if on in names and (found := self._rebase(on)) is not None:
            return found
        merge = self._refs.merge_state(branch) if merging is None else merging[0]
        status = self._working.status(branch) if status is None else status
        in_conflict = sorted({change.table for change in status.unstaged if change.status in _CONFLICTING})
        if merge is not None or in_conflict:
            with self._db.read(branch, "what is in progress") as session:
                seen = look(session)
            return Operation(
                self._kind(branch, merge),
                branch,
                branch,
                merge.source if merge else "",
                tuple(in_conflict),
                tuple(sorted({c.table for c in status.unstaged if c.table not in in_conflict})),
                tuple(sorted({change.table for change in status.staged})),
                seen=seen,
            )
        for name in names:
            if name != on and (found := self._rebase(name)) is not None:
                return found
        if on in names and on.removeprefix(REBASE_BRANCH) in every:
            return Operation(OperationKind.REBASE, on.removeprefix(REBASE_BRANCH), on, broken=True)
        return None

    def _kind(self, branch: str, merging: MergeState | None) -> OperationKind:
        """Dolt does not tell what it is: a merge names a branch, a revert a commit that the branch has."""
        if merging is None:
            return OperationKind.CONFLICTS
        if merging.source != merging.source_commit:
            return OperationKind.MERGE
        with self._db.read(branch, "what is in progress") as session:
            base = session.scalar(
                f"SELECT dolt_merge_base({session.dialect.placeholders(2)})",
                resolve(session, HEAD),
                merging.source_commit,
            )
        return OperationKind.REVERT if base == merging.source_commit else OperationKind.CHERRY_PICK

    # a rebase

    def _rebase(self, on: str) -> Operation | None:
        """The rebase in progress on branch ``on``; None where the branch only has such a name."""
        branch = on.removeprefix(REBASE_BRANCH)
        try:
            with self._db.read(on, "rebase in progress") as session:
                seen = look(session)
            status = self._working.status(on)
            merging = self._refs.merge_state(on)
            with self._db.read(on, "rebase in progress") as session:
                steps = read_plan(session)
                done = self._done(session, branch, on, steps, merging)
        except NO_ANSWER:
            raise
        except EngineError:
            return None  # it has ended since, or somebody gave an ordinary branch such a name
        conflicts = sorted({c.table for c in status.unstaged if c.status in _CONFLICTING})
        return Operation(
            OperationKind.REBASE,
            branch,
            on,
            merging.source_commit if merging else "",
            tuple(conflicts),
            tuple(sorted({c.table for c in status.unstaged if c.table not in conflicts})),
            tuple(sorted({change.table for change in status.staged})),
            done,
            tuple(steps),
            seen=seen,
        )

    def _done(
        self, session: Session, branch: str, on: str, steps: Sequence[RebaseStep], merging: MergeState | None
    ) -> int | None:
        """The number of the last step that was begun. Dolt does not tell: its commits are found again by their dates.

        A commit that was amended since has another date: then its message counts.
        """
        if not session.dialect.traits.replays_keep_dates:
            return None
        hashes = [step.hash for step in steps]
        if merging is not None and merging.source_commit in hashes:
            return hashes.index(merging.source_commit) + 1
        if not steps:
            return 0
        date = "author_date" if session.dialect.capabilities.has(Feature.AUTHORS) else "date"
        made = session.rows(f"SELECT {date}, message FROM dolt_log(%s)", f"{branch}..{on}")
        known = dict(
            session.rows(
                f"SELECT commit_hash, {date} FROM dolt_commits"
                f" WHERE commit_hash IN ({session.dialect.placeholders(len(hashes))})",
                *hashes,
            )
        )
        dates, messages = {row[0] for row in made}, {row[1] for row in made}
        return max(
            (
                number
                for number, step in enumerate(steps, 1)
                if step.action is not Action.DROP and (known.get(step.hash) in dates or step.message in messages)
            ),
            default=0,
        )

    # continuing

    def go_on(self, operation: Operation) -> str:
        """Conclude it, or continue a rebase; returns the branch where a rebase waits again, else an empty text.

        Raises `LocalChanges` for changes that are not staged, `Conflicts` for open conflicts and new ones,
        `NothingInProgress` when somebody else ended it, `ChangedMeanwhile` when the branch is not what it was.
        """
        if operation.kind is OperationKind.REBASE:
            return self._go_on_rebase(operation)
        self._refuse_conflicts(operation)
        if operation.kind is OperationKind.CONFLICTS:
            raise NothingInProgress("There is nothing to conclude: commit the changes.")

        def work(session: Session) -> None:
            _merging(session, operation)
            session.run(self._db.procedure("dolt_add", "-A"))
            self.conclude(session, replace(operation, seen=None))

        self._db.write(operation.on, work, "continue")
        return ""

    def conclude(self, session: Session, operation: Operation, message: str = "") -> tuple[Any, ...]:
        """Make the commit of a merge, cherry-pick or revert of what is staged; what the procedure answers.

        A merge gets the ``message``, if one is given. Raises `NothingInProgress`, and `ChangedMeanwhile` where the
        branch is not as ``operation`` saw it.
        """
        source, commit = _merging(session, operation)
        original = None
        if source == commit and operation.kind is not OperationKind.REVERT:
            original = session.dialect.log_page(session, (commit,), 1).commits[0]
        *_, call = self._conclude_calls(operation, original, source if source != commit else "", message)
        return session.run(call)

    def go_on_calls(self, operation: Operation) -> tuple[Call, ...]:
        """What `go_on` runs."""
        if operation.kind is OperationKind.REBASE:
            return (self._db.procedure("dolt_rebase", *CONTINUE),)
        return self._conclude_calls(operation, None, operation.source)

    def _conclude_calls(
        self, operation: Operation, original: Commit | None, source: str, text: str = ""
    ) -> tuple[Call, ...]:
        """``original`` is what is copied, where it was read; ``source`` what is merged."""
        if operation.kind is OperationKind.REVERT:
            conclude = self._db.procedure(REVERT, "--continue")
        elif original is not None or operation.kind is OperationKind.CHERRY_PICK:
            # Dolt's --continue takes a revert for a cherry-pick; a commit is right for anything but its message.
            # engine-facts.md#continue-takes-reverts-for-picks
            message = original.message if original is not None else UNKNOWN
            author = f"{original.author} <{original.email}>" if original is not None else UNKNOWN
            conclude = self._db.procedure("dolt_commit", "--allow-empty", "-m", message, "--author", author)
        else:
            conclude = self._db.procedure("dolt_commit", "-m", text.strip() or merge_message(source, operation.branch))
        return (self._db.procedure("dolt_add", "-A"), conclude)

    def _refuse_conflicts(self, operation: Operation) -> None:
        if operation.conflicts:
            raise Conflicts(
                f"There are conflicts in {', '.join(operation.conflicts)}.",
                tuple((table, 1) for table in operation.conflicts),
                "Resolve them, or abort.",
            )

    def _go_on_rebase(self, operation: Operation) -> str:
        self._refuse_conflicts(operation)
        if operation.unstaged:
            raise LocalChanges(
                f"Changes in {', '.join(operation.unstaged)} are not staged.",
                "Stage them (and amend the commit with them, or let them become one of their own), or discard them.",
            )
        self._foresee(operation)
        return self._resume(operation, operation.seen)

    def _resume(self, operation: Operation, expected: Expected | None = None) -> str:
        def work(session: Session) -> str:
            expect(session, expected)
            # A commit that breaks a constraint would be rolled back, and lost: engine-facts.md#rebase-violations
            session.dialect.keep_conflicts(session, broken=True)
            return resume(session)

        try:
            said = self._db.write(operation.on, work, "continue")
        except Conflicts as error:
            if error.tables or error.violations:
                raise Conflicts(
                    f"The rebase of {operation.branch} stopped: it {conflict_words(error)}.",
                    error.tables,
                    detail=error.detail,
                    violations=error.violations,
                    remedy=Remedy.SKIP_OR_ABORT,
                ) from error
            raise
        if paused(said):
            return operation.on
        self._ended(operation)
        return ""

    def _foresee(self, operation: Operation) -> RebaseStep | None:
        """On DoltLite: raise `Conflicts` when a step up to the next pause would conflict.

        There a step that conflicts cannot stay open, and is lost when the rebase continues: it must not come to that.
        """
        if self._db.dialect.traits.keeps_conflicts:
            return None
        step, error = self._first_conflict(operation)
        if step is not None and error is not None:
            raise Conflicts(
                f"Replaying {step.hash[:7]} ({step.summary}) {conflict_words(error)}."
                " Nothing was changed: the rebase waits where it was.",
                error.tables,
                violations=error.violations,
                remedy=Remedy.SKIP_OR_ABORT,
            )
        return None

    def _first_conflict(self, operation: Operation) -> tuple[RebaseStep | None, Conflicts | None]:
        with self._db.read(operation.on, "looking ahead") as session:
            head = resolve(session, HEAD)
        with scratch(self._db, operation.on, head) as name:
            for step in operation.steps:
                if step.action is Action.DROP:
                    continue
                try:
                    self._db.write(
                        name,
                        lambda session, hash_=step.hash: session.dialect.apply(session, PICK, hash_),  # type: ignore[misc]
                        "looking ahead",
                    )
                except NothingChanged:
                    pass
                except Conflicts as error:
                    return step, error
                if step.action is Action.EDIT:
                    break
        return None, None

    # leaving out

    def skip(self, operation: Operation) -> str:
        """Leave out the commit of a rebase that conflicts, and continue; returns what `go_on` does.

        Raises `NothingInProgress` where none conflicts.
        """
        if operation.kind is not OperationKind.REBASE:
            raise NothingInProgress("Only a commit of a rebase can be left out.")
        if self._db.dialect.traits.keeps_conflicts:
            if not operation.conflicts:
                raise NothingInProgress("No commit conflicts: continue.")

            def leave_out(session: Session) -> None:
                expect(session, operation.seen)
                session.dialect.keep_conflicts(session, broken=True)
                session.run(resolve_ours)
                for (table,) in session.rows("SELECT `table` FROM dolt_constraint_violations"):
                    session.execute(f"DELETE FROM {session.dialect.quote(f'dolt_constraint_violations_{table}')}")
                take_back(session)

            resolve_ours, *_ = self.skip_calls(operation)

            self._db.write(operation.on, leave_out, "skip")
            return self._resume(operation)
        step, _ = self._first_conflict(operation)
        if step is None:
            raise NothingInProgress("No commit conflicts: continue.")

        def drop(session: Session) -> None:
            expect(session, operation.seen)
            session.run(self._leave_out(step.hash))

        self._db.write(operation.on, drop, "skip")
        return self._go_on_rebase(self._rebase(operation.on) or operation)

    def skip_calls(self, operation: Operation) -> tuple[Call, ...]:
        """What `skip` runs.

        Not among them are the tables that still differ then on Dolt, which are checked out one by one. On DoltLite the
        commit that conflicts is found only then.
        """
        resume = self._db.procedure("dolt_rebase", *CONTINUE)
        if not self._db.dialect.traits.keeps_conflicts:
            return (self._leave_out(UNKNOWN), resume)
        return (
            self._db.procedure("dolt_conflicts_resolve", "--ours", "."),
            self._db.procedure("dolt_reset"),
            resume,
        )

    def _leave_out(self, hash_: str) -> Call:
        """What takes a commit out of the plan."""
        sql = "UPDATE dolt_rebase SET action = 'drop' WHERE commit_hash = "
        return self._db.dialect.statement(sql, "", values=(hash_,))

    # aborting

    def abort(self, operation: Operation) -> None:
        """Abort it. Changes in other tables stay, but are unstaged; after a rebase everything is as it was before.

        Conflicts of a squash are discarded with everything else that is not committed.
        Raises `NothingInProgress` when somebody else ended it.
        """
        if operation.kind is OperationKind.REBASE:
            self._abort_rebase(operation)
        elif operation.kind is OperationKind.CONFLICTS:
            self._db.write(operation.on, lambda session: self._take_back(session, operation), "abort")
        else:
            self._db.write(operation.on, lambda session: self._abort_merge(session, operation), "abort")

    def abort_calls(self, operation: Operation) -> tuple[Call, ...]:
        """What `abort` runs."""
        if operation.broken:
            return (self._db.procedure("dolt_branch", "-D", "--", operation.on),)
        if operation.kind is OperationKind.REBASE:
            return (self._db.procedure("dolt_rebase", *ABORT),)
        if operation.kind is OperationKind.CONFLICTS:
            return (self._db.procedure("dolt_reset", "--hard"),)
        # Never dolt_revert('--abort'): it throws unrelated changes and new tables away.
        # engine-facts.md#abort-by-merge
        return (self._db.procedure("dolt_merge", *ABORT),)

    def _take_back(self, session: Session, operation: Operation) -> None:
        expect(session, operation.seen)
        (reset,) = self.abort_calls(operation)
        run(session, [operation.seen and operation.seen.ref_only], reset)

    def _abort_merge(self, session: Session, operation: Operation) -> None:
        _merging(session, operation)
        (abort,) = self.abort_calls(operation)
        session.run(abort)

    def _abort_rebase(self, operation: Operation) -> None:
        def work(session: Session) -> None:
            expect(session, operation.seen)
            session.call("dolt_rebase", *ABORT)

        try:
            self._db.write(operation.on, work, "abort")
        except NothingInProgress:
            # A hard reset on its branch makes Dolt forget it: what is left is an ordinary branch.
            # engine-facts.md#reset-forgets-a-rebase
            self._ended(operation)
            (delete,) = self.abort_calls(replace(operation, broken=True))
            self._db.write(operation.branch, lambda session: session.run(delete), "abort")
        finally:
            self._ended(operation)

    def _ended(self, operation: Operation) -> None:
        """Its own branch is gone, and the rebased one may be at another commit."""
        self._db.forget(operation.on)
        for branch in (operation.on, operation.branch):
            self._db.schema_cache.forget(branch)


def _merging(session: Session, operation: Operation) -> tuple[str, str]:
    """What is being merged, and its commit, as long as the branch is as it was found."""
    state = session.first("SELECT is_merging, source, source_commit FROM dolt_merge_status")
    if state is None or not state[0]:
        raise NothingInProgress("Another session has already ended it.")
    expect(session, operation.seen)
    return str(state[1]), str(state[2])
