"""A commit copied or reverted where Dolt cannot merge rows with computed columns that both sides changed.

On a temporary branch a commit of the same changes is made in which these rows are what ours has: copying that changes
none of them. Then they are made what was decided, and the commit is amended with that.
See engine-facts.md#computed-columns-and-merges.
"""

from __future__ import annotations

from dataclasses import replace

from ..core.connections import Session
from ..core.scratch_branch import scratch
from ..errors import ConstraintsBroken, NothingChanged, NothingToCommit, Undecided
from ..model.conflicts import ConflictSet, Side
from .applying import settle
from .commit_conflicts import Bringing, StoppedAt, Tried
from .comparing import Changed, changed_by_both, conflicts_among
from .computed_columns import decided_rows, make_ours
from .constraints import after_broken


def copied_around(session: Session, bringing: Bringing, at: StoppedAt, message: str, author: str) -> str | None:
    """The new commit on the session's temporary branch; None where the engine failed for another reason.

    The transaction in which it failed is taken back. Without an ``author`` it is the session's. Raises what
    `Bringing.resolve` raises, and `NothingChanged`.
    """
    session.dialect.rollback(session)
    changed = changed_by_both(session, at.base, at.ours, at.theirs)
    if changed is None:
        return None

    def left() -> ConflictSet:
        found = conflicts_among(changed, bringing.incoming, at.base, at.ours, at.theirs)
        return replace(found, commit=at.commit.hash, number=at.number, of=at.of, summary=at.commit.summary)

    step = bringing.plan.step(at.commit.hash)
    if bringing.tried == at.commit.hash:
        raise Tried(())
    if bringing.looking and not step.tables:
        raise Undecided(f"Nothing is decided about {at.commit.hash[:7]} yet.", left())
    step = replace(step, tables=decided_rows(changed, step, left))
    before = session.scalar("SELECT dolt_hashof_db('HEAD')")
    text = ["-m", message, *(["--author", author] if author else [])]
    try:
        session.call("dolt_cherry_pick", _agreed(bringing, session.revision, at, changed))
        amended = ["--amend", *text]
    except (NothingChanged, NothingToCommit):
        amended = text  # nothing else is in it
    session.execute(session.dialect.begin)
    found = ConflictSet(bringing.incoming, at.commit.hash, at.base, at.ours, at.theirs)
    try:
        bringing.notes += settle(bringing.db, session, found, step, ())
    except ConstraintsBroken as error:
        error.found = left()
        session.dialect.rollback(session)
        after_broken(session)
        raise
    if session.scalar("SELECT dolt_hashof_db('STAGED')") == before:
        session.call("dolt_reset", "--hard", at.ours)
        raise NothingChanged(f"{at.commit.hash[:7]} changes nothing, as it was decided.")
    return str(session.call("dolt_commit", *amended)[0])


def _agreed(bringing: Bringing, branch: str, at: StoppedAt, changed: Changed) -> str:
    """A commit on the base with all that theirs changed but for the rows that both sides did, which are as in ours."""
    sides = {Side.BASE: at.base, Side.OURS: at.ours, Side.THEIRS: at.theirs}

    def work(session: Session) -> str:
        make_ours(session, changed, sides)
        session.call("dolt_add", "-A")
        session.call("dolt_reset", "--soft", at.base)
        return str(session.call("dolt_commit", "--allow-empty", "-m", "rows that cannot be merged")[0])

    with scratch(bringing.db, branch, at.theirs) as name:
        return bringing.db.write(name, work, "rows that cannot be merged")
