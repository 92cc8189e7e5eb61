"""Rows staged and unstaged again by their keys: the staged set gets the very hash that it had, and nothing is kept.

That is so for rows that have one change each. Of a row that was changed again after it was staged, what was staged
exists nowhere else; a snapshot keeps it. See engine-facts.md#workspace-rows.
"""

from __future__ import annotations

from dataclasses import replace

from ..core.compare_and_write import expect
from ..core.connections import Connections, Session
from ..core.workspace_rows import move, of_changes, some_keys
from ..errors import CannotUndo
from ..model import Expected, key_of
from .snapshots import look
from .steps import RowMove, SetMove, SetState


def set_rows(db: Connections, move: SetMove, seen: SetState, planned: SetMove) -> SetMove:
    """Stage or unstage the rows of a move; the move with what that came to. The working set stays.

    ``seen`` is the state that it begins with, ``planned`` the move as it was recorded: where what is staged is still
    what that began with, it has to become what it ended with. Raises `CannotUndo` where it does not, because rows were
    changed since, and `ChangedMeanwhile` where somebody changed what is staged after it was ``seen``.
    """
    after = move.after
    assert after is not None
    assert planned.before is not None
    exact = planned.before.staged == seen.staged

    def work(session: Session) -> SetState:
        expect(session, Expected(move.branch, seen.head, staged=seen.staged))
        for rows in move.rows:
            _move(session, rows)
        if exact and str(session.scalar("SELECT dolt_hashof_db('STAGED')")) != after.staged:
            raise CannotUndo(f"rows on {move.branch} have changed since: what is staged would not be what it was")
        return look(session)

    reached = db.write(move.branch, work, "undo")
    db.forget(move.branch)
    return replace(move, after=replace(reached, working=after.working))


def _move(session: Session, rows: RowMove) -> None:
    if rows.alone and not rows.staged:
        session.call("dolt_reset", "--", rows.table)
        return
    key = key_of(session.columns(rows.table))
    number = sum(
        move(session, rows.table, *of_changes(session, key, some), staged=rows.staged)
        for some in some_keys(key, rows.keys)
    )
    if number != len(rows.keys):
        raise CannotUndo(f"rows of {rows.table} were staged, unstaged or changed since")
