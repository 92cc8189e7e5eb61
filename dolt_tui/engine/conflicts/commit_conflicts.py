"""One commit of several that conflicts where it is copied, reverted or replayed: read, resolved and staged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ...frozen import Frozen
from ..core.connections import Connections, Session
from ..errors import ConstraintsBroken, Undecided
from ..model import Commit
from ..model.conflicts import ConflictSet, Incoming, ResolutionPlan
from .applying import settle
from .constraints import after_broken
from .reading import conflicts_in


class Sides(Frozen):
    """A commit, and the commits at which its sides can be read while it is brought in."""

    commit: Commit
    base: str
    ours: str
    theirs: str
    number: int = 1
    of: int = 1


def resolve_commit(
    db: Connections, session: Session, incoming: Incoming, plan: ResolutionPlan, at: Sides, notes: list[str]
) -> bool:
    """Resolve what conflicts in the open transaction, and stage it; False where nothing differs from HEAD then.

    Everything else on the session's branch is staged, too. What is worth knowing is added to ``notes``.
    `unchecked` comes before it. Raises `Undecided`, and `ConstraintsBroken` with what conflicted; the
    transaction is taken back then.
    """
    found = conflicts_in(
        session,
        incoming,
        at.base,
        at.ours,
        at.theirs,
        commit=at.commit.hash,
        number=at.number,
        of=at.of,
        summary=at.commit.summary,
    )
    try:
        notes += settle(db, session, found, plan.step(at.commit.hash), ())
    except ConstraintsBroken as error:
        error.found = found
        # Before anything else is written: it would fail.
        session.dialect.rollback(session)
        after_broken(session)
        raise
    except BaseException:
        session.dialect.rollback(session)
        raise
    return session.first("SELECT 1 FROM dolt_status WHERE staged LIMIT 1") is not None


def found_by(work: Callable[[], object]) -> ConflictSet | None:
    """What is left to be decided, by doing all of it; None where nothing is."""
    try:
        work()
    except Undecided as error:
        return error.found
    except ConstraintsBroken as error:
        if error.found is None:
            raise
        return replace(error.found, broken=error.broken)
    return None
