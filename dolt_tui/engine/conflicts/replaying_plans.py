"""Cherry-picks and reverts that conflict, with what a plan decides about each commit.

They are made on a temporary branch, one commit after the other and always from the first one on; then the real branch
moves there in one step. So nothing stands anywhere while somebody decides, and nobody else sees a part of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from ..core.compare_and_write import expect
from ..core.connections import Connections, Session
from ..core.revisions import resolve
from ..errors import NO_ANSWER, Conflicts, EngineError, NothingChanged
from ..model import HEAD, UNKNOWN, Call, Commit, Expected, MergeKind
from ..model.conflicts import Applied, Incoming, IncomingKind, ResolutionPlan
from ..model.rewriting import Rewritten
from ..versioning.log import History
from ..versioning.rewriting import PICK, REVERT, Rewriting, one, short
from ..versioning.working_set import WorkingSet
from .applying import unchecked
from .calls import step_calls
from .commit_conflicts import (
    Bringing,
    Replayer,
    StoppedAt,
    about_a_definition,
    about_left_out,
    author_of,
    committed_again,
)
from .comparing import missed, refuses


class Replays(Replayer):
    """Foresees and makes cherry-picks and reverts."""

    def __init__(self, db: Connections) -> None:
        super().__init__(db)
        self._rewriting = Rewriting(db, History(db), WorkingSet(db))

    def _try(self, bringing: Bringing) -> None:
        with self.made(bringing, self._ready(bringing.incoming)):
            pass

    def apply(self, incoming: Incoming, plan: ResolutionPlan) -> Applied:
        """Copy or revert all of them. Those that change nothing, with what was decided, are left out.

        Raises `NothingChanged` where that is true of all.
        """
        bringing = Bringing(self._db, incoming, plan)
        with self.made(bringing, self._ready(incoming)) as done:
            self._rewriting.forward(incoming.branch, incoming.head, done.hash, _what(incoming))
        return Applied(done.hash, done.commits, notes=(*bringing.notes, *about_left_out(len(done.left_out))))

    def calls(self, incoming: Incoming, plan: ResolutionPlan) -> tuple[Call, ...]:
        """What `apply` runs; all but the last on a branch of its own."""
        procedure, of = self._db.procedure, _procedure(incoming)
        author = () if of == REVERT else ("--author", UNKNOWN)
        keeps = self._db.dialect.traits.keeps_conflicts
        conclude = (of, "--continue") if keeps else ("dolt_commit", "-m", UNKNOWN, *author)
        found: list[Call] = []
        for commit in incoming.commits:
            found.append(procedure(of, commit))
            if commit in plan.steps:
                found += step_calls(self._db, plan.steps[commit])
                found.append(procedure(*conclude))
        forward = self._db.dialect.merge_arguments(UNKNOWN, MergeKind.FAST_FORWARD, "")
        return (*found, procedure("dolt_merge", *forward))

    def _ready(self, incoming: Incoming) -> tuple[Commit, ...]:
        return self._rewriting.ready(incoming.branch, _procedure(incoming), incoming.commits)

    @contextmanager
    def made(self, bringing: Bringing, commits: Sequence[Commit]) -> Iterator[Rewritten]:
        """The commits made on a temporary branch, which ends with this."""
        incoming = bringing.incoming
        with self._db.read(incoming.branch, "resolve") as session:
            expect(session, Expected(incoming.branch, incoming.head))
        numbers = {commit.hash: number for number, commit in enumerate(commits, 1)}

        def work(session: Session, commit: Commit) -> str:
            return brought(session, bringing, commit, numbers[commit.hash], len(commits))

        with self._rewriting.replayed(incoming.branch, incoming.head, commits, work, _what(incoming)) as done:
            yield done


def brought(session: Session, bringing: Bringing, commit: Commit, number: int = 1, of: int = 1) -> str:
    """Copy or revert a commit on the session's branch, with what is decided about it; the hash of what came of it.

    Raises `NothingChanged`, `Undecided`, `ConstraintsBroken`, and `Conflicts` where a definition conflicts.
    """
    unchecked(session)
    parent, ours = commit.parents[0] if commit.parents else "", resolve(session, HEAD)
    base, theirs = (commit.hash, parent) if _procedure(bringing.incoming) == REVERT else (parent, commit.hash)
    return _one(session, bringing, StoppedAt(commit, base, ours, theirs, number, of))


def _one(session: Session, bringing: Bringing, at: StoppedAt) -> str:
    procedure = _procedure(bringing.incoming)
    try:
        return _unless_missed(session, bringing, at, lambda: one(session, at.commit, procedure))
    except Conflicts as error:
        if not error.tables and not error.violations:
            doing = "Reverting" if procedure == REVERT else "Copying"
            raise about_a_definition(f"{doing} {short(at.commit)}", error) from error
    except (NothingChanged, *NO_ANSWER):
        raise
    except EngineError as error:
        made = _around(session, bringing, at) if refuses(error) and session.dialect.traits.reads_as_of else None
        if made is None:
            raise
        return made
    if not bringing.resolve(session, at):
        # An empty commit would be made: engine-facts.md#picks-of-nothing
        raise NothingChanged(f"{short(at.commit)} changes nothing, as it was decided.")
    return str(session.run(_concluding(session, at.commit, procedure))[0])


def _unless_missed(session: Session, bringing: Bringing, at: StoppedAt, work: Callable[[], str]) -> str:
    """The commit that ``work`` makes; another one where Dolt has missed that something conflicts."""
    try:
        made = work()
    except NothingChanged:
        if not missed(session, at.base, at.ours, at.theirs):
            raise
    else:
        if not missed(session, at.base, at.ours, at.theirs):
            return made
        session.call("dolt_reset", "--hard", at.ours)
    return _around(session, bringing, at) or work()


def _around(session: Session, bringing: Bringing, at: StoppedAt) -> str | None:
    from .computed_columns_of_commits import copied_around  # with the merges that need it, too

    if bringing.incoming.kind is IncomingKind.REVERT:
        message = json.dumps(at.commit.message, ensure_ascii=False)  # as Dolt quotes it
        return copied_around(session, bringing, at, f"Revert {message}", "")
    return copied_around(session, bringing, at, at.commit.message, author_of(at.commit))


def _concluding(session: Session, commit: Commit, procedure: str) -> Call:
    """What commits it, with the message and the author that it has without a conflict."""
    if session.dialect.traits.keeps_conflicts:
        return session.procedure(procedure, "--continue")
    if procedure == REVERT:
        return session.procedure("dolt_commit", "-m", f'Revert "{commit.message}"')
    return committed_again(session, commit)


def _procedure(incoming: Incoming) -> str:
    return REVERT if incoming.kind is IncomingKind.REVERT else PICK


def _what(incoming: Incoming) -> str:
    return "revert" if incoming.kind is IncomingKind.REVERT else "copy commits"
