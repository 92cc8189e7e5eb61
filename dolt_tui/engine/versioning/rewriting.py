"""Rewriting history without a rebase: reverting, copying commits, rewording, squashing.

What takes several commits is made on a temporary branch (`dolt_tui.engine.core.scratch_branch`); the real branch
then moves there in one step. So each of these leaves either what was before or what was wanted, whenever the server
stops.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import pairwise

from ..browsing.diff_counts import changes_between
from ..core.compare_and_write import expect
from ..core.connections import Connections, Session
from ..core.constraint_violations import conflict_words
from ..core.revisions import resolve
from ..core.scratch_branch import scratch
from ..core.soft_reset import soft_reset
from ..errors import (
    ChangedMeanwhile,
    Conflicts,
    EngineError,
    InvalidCommit,
    LocalChanges,
    MergeCommit,
    NoParent,
    NothingChanged,
    NothingToCommit,
    Remedy,
)
from ..model import HEAD, UNKNOWN, Call, Commit, ConflictCount, Expected, MergeKind, RowCounts, TableChange
from ..model.rewriting import Action, RebaseStep, RewritePreview, Rewritten
from .conflict_forecast import clashes
from .log import History
from .replaying import CONTINUE, INTERACTIVE, replay
from .working_set import WorkingSet

REVERT, PICK = "dolt_revert", "dolt_cherry_pick"
MOST_COMMITS = 10_000
"""More commits than these are not rewritten at once."""


class Rewriting:
    """Reverts, copies, rewords and squashes the commits of a branch."""

    def __init__(self, db: Connections, history: History, working: WorkingSet) -> None:
        self._db = db
        self._history = history
        self._working = working

    # reverting and copying

    def preview_revert(
        self, branch: str, commits: Sequence[str], *, counts: bool = False, conflicts: bool = False
    ) -> RewritePreview:
        """What reverting ``commits`` (hashes, newest first) would do. Reading only.

        Without ``counts`` and ``conflicts`` it takes milliseconds; both take as long as the rows that differ ask for.
        Raises `RefNotFound`.
        """
        found = tuple(self._history.commit(branch, commit) for commit in commits)
        first = next((commit for commit in found if not commit.parents), None)
        blocked_by = f"{short(first)} is the first commit: there is nothing to go back to" if first is not None else ""
        pairs = [(commit.hash, commit.parents[0]) for commit in found if commit.parents]
        preview = self._preview(branch, found, pairs, blocked_by, counts=counts, conflicts=conflicts)
        status = self._working.status(branch)
        touched = _names(preview.changes)
        # Dolt wants an empty staged set; unstaged changes are in the way only in the same tables.
        # engine-facts.md#picks-need-a-clean-branch
        in_the_way = _names(status.staged) | (_names(status.unstaged) & touched)
        return replace(preview, in_the_way=tuple(sorted(in_the_way)))

    def preview_pick(
        self, branch: str, commits: Sequence[str], *, counts: bool = False, conflicts: bool = False
    ) -> RewritePreview:
        """What copying ``commits`` (hashes, oldest first) onto the branch would do. As `preview_revert`."""
        found = tuple(self._history.commit(branch, commit) for commit in commits)
        blocked_by = ""
        for commit in found:
            if not commit.parents:
                blocked_by = blocked_by or f"{short(commit)} is the first commit: it cannot be copied"
            elif len(commit.parents) > 1:
                blocked_by = blocked_by or f"{short(commit)} is a merge commit: copy what it merged instead"
        pairs = [(commit.parents[0], commit.hash) for commit in found if commit.parents]
        preview = self._preview(branch, found, pairs, blocked_by, counts=counts, conflicts=conflicts)
        status = self._working.status(branch)
        return replace(preview, in_the_way=tuple(sorted(_names((*status.unstaged, *status.staged)))))

    def _preview(
        self,
        branch: str,
        commits: tuple[Commit, ...],
        pairs: list[tuple[str, str]],
        blocked_by: str,
        *,
        counts: bool,
        conflicts: bool,
    ) -> RewritePreview:
        if pairs and all(before[1] == after[0] for before, after in pairwise(pairs)):
            pairs = [(pairs[0][0], pairs[-1][1])]  # one after the other: what counts is where it begins and ends
        changes: dict[str, TableChange] = {}
        expected: dict[str, ConflictCount] = {}
        known = conflicts
        with self._db.read(branch, "preview") as session:
            head = resolve(session, HEAD)
            for old, new in pairs:
                for change in changes_between(session, old, new, counts=counts):
                    changes[change.table] = _added(changes.get(change.table), change)
            for old, new in pairs if conflicts and not blocked_by else ():
                if old == head:
                    continue
                found, whole = clashes(session, old, head, new)
                known = known and whole
                for item in found:
                    before = expected.get(item.table, ConflictCount(item.table, 0))
                    expected[item.table] = ConflictCount(
                        item.table, before.rows + item.rows, before.schema | item.schema
                    )
                if not whole:
                    break
        return RewritePreview(
            branch,
            commits,
            tuple(changes[table] for table in sorted(changes)),
            (),
            tuple(expected[table] for table in sorted(expected)),
            known,
            blocked_by,
        )

    def revert(self, branch: str, commits: Sequence[str]) -> Rewritten:
        """Undo what ``commits`` (hashes, newest first) did, each by a new commit.

        Those that would change nothing are left out. All or nothing: raises `Conflicts` with the tables and numbers
        of rows, `LocalChanges`, `NothingChanged`, `NoParent`, `ChangedMeanwhile`, `RefNotFound`.
        """
        return self._apply(branch, REVERT, commits)

    def pick(self, branch: str, commits: Sequence[str]) -> Rewritten:
        """Copy ``commits`` (hashes, oldest first) onto the branch. As `revert`; raises `MergeCommit` too."""
        return self._apply(branch, PICK, commits)

    def revert_calls(self, commits: Sequence[str]) -> tuple[Call, ...]:
        """What `revert` runs; several commits are reverted on a branch of their own, to which the branch then moves."""
        return self._apply_calls(REVERT, commits)

    def pick_calls(self, commits: Sequence[str]) -> tuple[Call, ...]:
        """What `pick` runs; as `revert_calls`."""
        return self._apply_calls(PICK, commits)

    def _apply_calls(self, procedure: str, commits: Sequence[str]) -> tuple[Call, ...]:
        applied = tuple(self._db.procedure(procedure, commit) for commit in commits)
        if len(applied) < 2:
            return applied
        forward = self._db.dialect.merge_arguments(UNKNOWN, MergeKind.FAST_FORWARD, "")
        return (*applied, self._db.procedure("dolt_merge", *forward))

    def ready(self, branch: str, procedure: str, commits: Sequence[str]) -> tuple[Commit, ...]:
        """``commits`` as they are to be copied or reverted. Raises `LocalChanges` where something is in the way."""
        preview = (self.preview_revert if procedure == REVERT else self.preview_pick)(branch, commits)
        if preview.in_the_way:
            tables = ", ".join(preview.in_the_way)
            raise LocalChanges(f"Uncommitted changes in {tables} are in the way.")
        return preview.commits

    def _apply(self, branch: str, procedure: str, commits: Sequence[str]) -> Rewritten:
        what = "revert" if procedure == REVERT else "copy commits"
        found = self.ready(branch, procedure, commits)
        if len(found) == 1:
            try:
                made = self._db.write(branch, lambda session: one(session, found[0], procedure), what)
                return Rewritten(made, 1)
            except LocalChanges:
                pass  # some versions revert only where nothing is uncommitted, as on the branch that is made below
        with self._db.read(branch, what) as session:
            head = resolve(session, HEAD)
        with self.replayed(branch, head, found, partial(one, procedure=procedure), what) as done:
            self.forward(branch, head, done.hash, what)
        return done

    @contextmanager
    def replayed(
        self, branch: str, head: str, commits: Sequence[Commit], work: Callable[[Session, Commit], str], what: str
    ) -> Iterator[Rewritten]:
        """``commits``, made again by ``work`` on a temporary branch that begins at ``head`` and ends with this.

        Those for which `NothingChanged` is raised are left out; it is raised where all are.
        """
        tip, left_out = head, []
        with scratch(self._db, branch, head) as name:
            for commit in commits:
                try:
                    tip = self._db.write(name, lambda session, c=commit: work(session, c), what)  # type: ignore[misc]
                except NothingChanged:
                    left_out.append(commit.hash)
            if tip == head:
                raise NothingChanged("None of the commits would change anything.")
            yield Rewritten(tip, len(commits) - len(left_out), tuple(left_out))

    def forward(self, branch: str, head: str, tip: str, what: str) -> None:
        """Move the branch from ``head`` to ``tip``, which descends from it. Raises `ChangedMeanwhile`."""

        def advance(session: Session) -> None:
            expect(session, Expected(branch, head))
            session.dialect.merge(session, tip, MergeKind.FAST_FORWARD, "")

        self._db.write(branch, advance, what)

    # rewording and squashing

    def reword(self, branch: str, ref: str, message: str, expected: Expected | None = None) -> str:
        """Give a commit another message; the hash of the branch's new HEAD. Staged and working set stay as they are.

        ``expected`` is the branch as it was shown.
        Raises `NoParent` for a first commit with others after it, `MergeCommit` where a merge would be flattened,
        `InvalidCommit`, `ChangedMeanwhile`, `RefNotFound`.
        """
        message = _checked(message)
        commit = self._history.commit(branch, ref)
        with self._db.read(branch, "reword") as session:
            expect(session, expected and expected.ref_only)
            head = resolve(session, HEAD)
        if commit.hash != head:
            self.check_reword(branch, commit.hash)
        with scratch(self._db, branch, head) as name:
            if commit.hash == head:
                amend, _ = self.reword_calls(commit, head, message)
                self._db.write(name, lambda session: session.run(amend), "reword")
            else:
                base = commit.parents[0]

                def plan(steps: Sequence[RebaseStep]) -> list[RebaseStep]:
                    return [
                        replace(step, action=Action.REWORD, message=message) if step.hash == commit.hash else step
                        for step in steps
                    ]

                self._db.write(name, lambda session: replay(session, base, plan), "reword")
            return self._replace(branch, head, name, "reword")

    def reword_calls(self, commit: Commit, head: str, message: str = UNKNOWN) -> tuple[Call, ...]:
        """What `reword` runs where the branch is at ``head``: all but the last on a branch of its own.

        What writes the plan of the rebase is left out.
        """
        if commit.hash == head:
            arguments = ["--amend", "-m", message]
            if commit.author.strip() and commit.email.strip():
                arguments += ["--author", f"{commit.author} <{commit.email}>"]
            made = [self._db.procedure("dolt_commit", *arguments)]
        else:
            base = commit.parents[0]
            made = [self._db.procedure("dolt_rebase", *rest) for rest in ((*INTERACTIVE, base), CONTINUE)]
        return (*made, self._db.procedure("dolt_reset", "--soft", UNKNOWN))

    def check_reword(self, branch: str, ref: str) -> None:
        """Raise `NoParent` or `MergeCommit` where a commit cannot be reworded; reading only."""
        commit = self._history.commit(branch, ref)
        with self._db.read(branch, "reword") as session:
            head = resolve(session, HEAD)
            if commit.hash == head:
                return
            if not commit.parents:
                raise NoParent("The first commit of a database can only be reworded while it is also the last one.")
            later = session.dialect.range(session, commit.parents[0], head, MOST_COMMITS)
        if all(item.hash != commit.hash for item in later):
            raise ChangedMeanwhile(f"{commit.hash[:7]} is not on {branch} (any more).")
        merge = next((item for item in later if len(item.parents) > 1), None)
        if merge is not None:
            raise MergeCommit(
                f"{short(merge)} is a merge commit: this would replay the commits it merged one by one.",
                remedy=Remedy.REBASE_INTERACTIVELY,
            )

    def squashed(self, branch: str, ref: str) -> tuple[Commit, ...]:
        """The commits that squashing down to ``ref`` makes one of, newest first.

        Raises `NoParent`, `MergeCommit` where ``ref`` came in by a merge, `RefNotFound`.
        """
        commit = self._history.commit(branch, ref)
        if not commit.parents:
            raise NoParent("The first commit of a database cannot be squashed.")
        with self._db.read(branch, "squash") as session:
            head = resolve(session, HEAD)
            found = session.dialect.range(session, commit.parents[0], head, MOST_COMMITS)
        by_hash = {item.hash: item for item in found}
        at: Commit | None = by_hash.get(head)
        while at is not None and at.hash != commit.hash:
            at = by_hash.get(at.parents[0]) if at.parents else None
        if at is None:
            raise MergeCommit(
                f"{short(commit)} was brought into {branch} by a merge.",
                "Squash down to a commit of the branch itself.",
            )
        return found

    def squash(self, branch: str, ref: str, message: str, expected: Expected | None = None) -> Rewritten:
        """Make one commit of ``ref`` and all commits after it; staged and working set stay as they are.

        ``expected`` is the branch as it was when `squashed` listed its commits.
        Raises what `squashed` raises, `InvalidCommit`, `ChangedMeanwhile`.
        """
        message = _checked(message)
        with self._db.read(branch, "squash") as session:
            expect(session, expected and expected.ref_only)
            head = resolve(session, HEAD)
        self.squashed(branch, ref)
        base = self._history.commit(branch, ref).parents[0]

        def work(session: Session) -> None:
            soft_reset(session, base)
            session.run(commit)

        _, commit, _ = self.squash_calls(base, message)

        with scratch(self._db, branch, head) as name:
            self._db.write(name, work, "squash")
            return Rewritten(self._replace(branch, head, name, "squash"), 1)

    def squash_calls(self, base: str, message: str = UNKNOWN) -> tuple[Call, ...]:
        """What `squash` runs; ``base`` is the parent of its commit. All but the last on a branch of its own."""
        return (
            self._db.procedure("dolt_reset", "--soft", base),
            self._db.procedure("dolt_commit", "--allow-empty", "-m", message),
            self._db.procedure("dolt_reset", "--soft", UNKNOWN),
        )

    def fixup(self, branch: str, ref: str, expected: Expected | None = None, *, both: bool = False) -> str:
        """Make one commit of ``ref`` and the one before it, with the latter's message; the hash of the new HEAD.

        With ``both`` it has the messages of both. Staged and working set stay as they are. ``expected`` is the branch
        as it was shown. Raises `NoParent` where
        the one before it is the first of the database, `MergeCommit` where a merge would be flattened,
        `ChangedMeanwhile`, `RefNotFound`.
        """
        commit, base = self.check_fixup(branch, ref)
        action = Action.SQUASH if both else Action.FIXUP
        with self._db.read(branch, "fixup") as session:
            expect(session, expected and expected.ref_only)
            head = resolve(session, HEAD)

        def plan(steps: Sequence[RebaseStep]) -> list[RebaseStep]:
            return [replace(step, action=action) if step.hash == commit.hash else step for step in steps]

        with scratch(self._db, branch, head) as name:
            self._db.write(name, lambda session: replay(session, base, plan), "fixup")
            return self._replace(branch, head, name, "fixup")

    def check_fixup(self, branch: str, ref: str) -> tuple[Commit, str]:
        """The commit that `fixup` is about, and the hash of the one that both are replayed onto; raises what it does.

        Reading only.
        """
        commit = self._history.commit(branch, ref)
        before = self._history.commit(branch, commit.parents[0]) if commit.parents else None
        if before is None or not before.parents:
            raise NoParent("The first commit of a database stays as it is: there is none before it to squash into.")
        merge = next((each for each in (commit, before) if len(each.parents) > 1), None)
        if merge is not None:
            raise MergeCommit(f"{short(merge)} is a merge commit, which is not squashed into another one.")
        for each in (commit, before):
            self.check_reword(branch, each.hash)
        return commit, before.parents[0]

    def fixup_calls(self, base: str) -> tuple[Call, ...]:
        """What `fixup` runs, but for what writes the plan; all but the last on a branch of its own."""
        made = [self._db.procedure("dolt_rebase", *rest) for rest in ((*INTERACTIVE, base), CONTINUE)]
        return (*made, self._db.procedure("dolt_reset", "--soft", UNKNOWN))

    def _replace(self, branch: str, head: str, name: str, what: str) -> str:
        """Move the branch to where ``name`` is, which holds the same data as its HEAD."""

        def work(session: Session) -> str:
            seen = Expected(branch, head)
            expect(session, seen)
            tip = resolve(session, name)
            placeholder = session.dialect.placeholder
            if session.scalar(f"SELECT dolt_hashof_db({placeholder})", name) != session.scalar(
                "SELECT dolt_hashof_db('HEAD')"
            ):
                raise EngineError("It would have changed the data too; nothing was done.")
            soft_reset(session, tip, seen)
            return tip

        return self._db.write(branch, work, what)


def short(commit: Commit) -> str:
    """A commit in a sentence."""
    return f"{commit.hash[:7]} ({commit.summary or 'no message'})"


def one(session: Session, commit: Commit, procedure: str) -> str:
    """Copy or revert one commit; its hash. Raises `Conflicts` and `NothingChanged`, with what it was about."""
    doing = "Reverting" if procedure == REVERT else "Copying"
    try:
        return session.dialect.apply(session, procedure, commit.hash)
    except (NothingToCommit, NothingChanged) as error:
        raise NothingChanged(f"{doing} {short(commit)} would change nothing.", detail=error.detail) from error
    except Conflicts as error:
        detail = "" if error.tables or error.violations else f" {error.message}"
        raise Conflicts(
            f"{doing} {short(commit)} {conflict_words(error)}. Nothing was changed.{detail}",
            error.tables,
            "The branch has changed since: change it so that both agree, or make the change by hand.",
            violations=error.violations,
        ) from error


def _checked(message: str) -> str:
    message = message.strip("\n").rstrip()
    if not message.strip():
        raise InvalidCommit("The message is empty.")
    return message


def _names(changes: Sequence[TableChange]) -> set[str]:
    return {name for change in changes for name in (change.table, change.old_name) if name}


def _added(before: TableChange | None, change: TableChange) -> TableChange:
    if before is None:
        return change
    return replace(
        change,
        status=before.status if before.status is change.status else change.status,
        schema_changed=before.schema_changed or change.schema_changed,
        data_changed=before.data_changed or change.data_changed,
        counts=(before.counts or RowCounts()) + (change.counts or RowCounts()) if change.counts is not None else None,
    )
