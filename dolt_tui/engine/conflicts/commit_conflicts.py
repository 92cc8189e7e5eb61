"""One commit of several that conflicts where it is copied, reverted or replayed: read, resolved and staged."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import replace

from ...frozen import Frozen
from ...words import plural
from ..core.connections import Connections, Session
from ..errors import Conflicts, ConstraintsBroken, Undecided
from ..model import Call, Commit
from ..model.conflicts import Applied, Broken, ConflictSet, Incoming, IncomingKind, ResolutionPlan, StepPlan
from .applying import decide, settle, with_unseen
from .constraints import after_broken, broken_in, verified
from .reading import conflicts_in

_TABLE = re.compile(r"schema conflict found for table (\S+)")


class StoppedAt(Frozen):
    """A commit that conflicts, and the commits at which its sides can be read."""

    commit: Commit
    base: str
    ours: str
    theirs: str
    number: int = 1
    of: int = 1


class Tried(Exception):
    """A commit was tried as far as it is decided; ``broken`` are the constraints that it breaks."""

    def __init__(self, broken: tuple[Broken, ...]) -> None:
        self.broken = broken


class Bringing:
    """Something of several commits that is brought in with what a plan decides."""

    def __init__(
        self, db: Connections, incoming: Incoming, plan: ResolutionPlan, tried: str = "", *, looking: bool = False
    ) -> None:
        """``tried``: a commit, by its hash, that is only tried: `Tried` is raised there. ``looking``: all of it is
        only to be foreseen: a commit of which nothing is decided is undecided, without a look at its rows."""
        self.db, self.incoming, self.plan, self.tried, self.looking = db, incoming, plan, tried, looking
        self.notes: list[str] = []
        """What is worth knowing, in sentences."""

    def resolve(self, session: Session, at: StoppedAt, incoming: Incoming | None = None) -> bool:
        """Resolve what conflicts in the open transaction, and stage it; False where nothing differs from HEAD then.

        Everything else on the session's branch is staged, too. ``incoming`` is what is told of, where it changes on the
        way. `unchecked` comes before it. Raises `Undecided`, also where constraints are broken by a commit of which
        nothing is decided, and `ConstraintsBroken` with what conflicted; the transaction is taken back then.
        """
        # The commit that a stash is read into is not always the same one; there is no other in it.
        key = self.incoming.tip if self.incoming.kind is IncomingKind.STASH else at.commit.hash
        found = conflicts_in(
            session,
            incoming or self.incoming,
            at.base,
            at.ours,
            at.theirs,
            commit=key,
            number=at.number,
            of=at.of,
            summary=at.commit.summary,
        )
        step = self.plan.step(key)
        try:
            if key == self.tried:
                raise Tried(self._broken(session, found, step))
            if self.looking and found.tables and not step.tables:
                raise Undecided(f"Nothing is decided about {key[:7]} yet.", found)
            self.notes += settle(self.db, session, found, step, ())
        except BaseException as error:
            with suppress(Exception):  # where the connection is gone the server does so
                session.dialect.rollback(session)
            if isinstance(error, ConstraintsBroken):
                error.found = found
            if isinstance(error, ConstraintsBroken | Tried) and error.broken:
                after_broken(session)  # before anything else is written: it would fail
            if isinstance(error, ConstraintsBroken) and not step.tables:  # nobody has seen this commit yet
                words = f"{at.commit.hash[:7]} breaks a constraint."
                raise Undecided(words, replace(found, broken=error.broken)) from error
            raise
        return session.first("SELECT 1 FROM dolt_status WHERE staged LIMIT 1") is not None

    def _broken(self, session: Session, found: ConflictSet, step: StepPlan) -> tuple[Broken, ...]:
        """What is broken where everything that is not decided stays as ours has it."""
        from .trying import as_far_as_decided  # with all about definitions, which only trying needs

        if any(conflict.table not in step.schema for conflict in found.schema):
            return found.broken
        now, step = as_far_as_decided(self.db, found, step)
        try:
            decide(self.db, session, replace(now, broken=()), step)
        except ConstraintsBroken as error:
            return with_unseen(error.broken, found.broken)
        return () if verified(session) else broken_in(session, (found.base, found.ours, found.theirs))


def author_of(commit: Commit) -> str:
    """A commit's author as the engines want it; empty where it is not known."""
    return f"{commit.author} <{commit.email}>" if commit.author.strip() and commit.email.strip() else ""


def committed_again(session: Session, commit: Commit) -> Call:
    """What commits what is staged, with the message and the author of another commit."""
    author = author_of(commit)
    return session.procedure("dolt_commit", "-m", commit.message, *(["--author", author] if author else []))


def about_a_definition(doing: str, error: Conflicts) -> Conflicts:
    """The error for a commit that conflicts by the definition of a table, which the engines take back by themselves."""
    told = error.detail or error.message.partition("Nothing was changed.")[2] or error.message
    words = " ".join(told.split())
    table = _TABLE.search(words)
    return Conflicts(
        f"{doing} conflicts in the definition of {table[1] if table else 'a table'}. Nothing was changed.",
        advice="Change the table on one side so that both agree, commit that, and try again.",
        detail=words,
    )


def about_left_out(number: int) -> tuple[str, ...]:
    """That so many commits were left out, in a sentence; nothing where none was."""
    if number < 1:
        return ()
    return (f"{plural(number, 'commit')} {'changes' if number == 1 else 'change'} nothing: left out.",)


class Replayer(ABC):
    """Foresees and applies one kind of what is brought in, commit by commit."""

    def __init__(self, db: Connections) -> None:
        self._db = db

    @abstractmethod
    def _try(self, bringing: Bringing) -> object:
        """Do all of it, and take it back."""

    @abstractmethod
    def apply(self, incoming: Incoming, plan: ResolutionPlan) -> Applied:
        """Do it, with what the plan decides."""

    @abstractmethod
    def calls(self, incoming: Incoming, plan: ResolutionPlan) -> tuple[Call, ...]:
        """What `apply` runs."""

    def foresee(self, incoming: Incoming, plan: ResolutionPlan) -> ConflictSet | None:
        """The first commit that conflicts and that the plan does not decide completely; None where there is none.

        Nothing is looked at beyond a commit that is to be edited, or at which a rebase stands. Raises what `apply`
        raises.
        """
        try:
            self._try(Bringing(self._db, incoming, plan, looking=True))
        except Undecided as error:
            return error.found
        except ConstraintsBroken as error:
            if error.found is None:
                raise
            return replace(error.found, broken=error.broken)
        return None

    def check(self, found: ConflictSet, plan: ResolutionPlan) -> tuple[Broken, ...]:
        """The constraints that are broken with what is decided so far about a commit; none where another one before it
        conflicts by now."""
        try:
            self._try(Bringing(self._db, found.incoming, plan, found.commit))
        except Tried as tried:
            return tried.broken
        except (Undecided, ConstraintsBroken):
            pass
        return ()
