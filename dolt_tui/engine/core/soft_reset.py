"""The soft reset: the branch's HEAD moves, the staged and the working set stay.

Until some version after 1.86, ``dolt_reset('--soft', commit)`` unstages everything as well. There what was staged is
staged again, table by table; what cannot be is refused before anything is done.
See engine-facts.md#soft-reset-unstages.
"""

from __future__ import annotations

from ..errors import EngineError, Remedy
from ..model import STAGED, WORKING, Expected
from .compare_and_write import call
from .connections import Session
from .table_changes import summarise

_STAGED = "SELECT dolt_hashof_db('STAGED')"


class StagedTwice(EngineError):
    """A table is staged and was changed again, and this version of Dolt would forget the difference."""

    advice = "Stage these tables whole, or unstage them."


def soft_reset(session: Session, commit: str, expected: Expected | None = None) -> None:
    """Move HEAD of the session's branch to ``commit``, a hash; only while everything is as ``expected``.

    Raises `ChangedMeanwhile` and `StagedTwice`, where nothing was done, and `EngineError` where what was staged is not
    staged any more.
    """
    if session.dialect.keeps_staged(session):
        call(session, [expected], "dolt_reset", "--soft", commit)
        return
    wanted = _names(session, commit, STAGED)
    check_staged(session, wanted)
    before = session.scalar(_STAGED)
    call(session, [expected], "dolt_reset", "--soft", commit)
    if wanted:
        session.call("dolt_add", "-f", "--", *sorted(wanted))
    if session.scalar(_STAGED) != before:
        raise EngineError("Not everything that was staged could be staged again.", remedy=Remedy.STAGE_AGAIN)


def check_staged(session: Session, staged: set[str] | None = None) -> None:
    """Raise `StagedTwice` where a soft reset could not keep what is staged; ``staged`` are the tables, if known."""
    if session.dialect.keeps_staged(session):
        return
    staged = _names(session, "HEAD", STAGED) if staged is None else staged
    twice = sorted(staged & _names(session, STAGED, WORKING))
    if twice:
        version = session.dialect.capabilities.version
        raise StagedTwice(f"{', '.join(twice)}: staged and changed again, which Dolt {version} cannot keep.")


def _names(session: Session, old: str, new: str) -> set[str]:
    """The tables that differ, renamed ones by both names."""
    changes = summarise(session, old, new)
    return {name for change in changes for name in (change.table, change.old_name) if name}
