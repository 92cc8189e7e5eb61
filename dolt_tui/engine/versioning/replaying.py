"""Dolt's interactive rebase on one session: starting it, writing its plan, running it.

A rebase leaves its session on another branch, so the session must be a throw-away one, as `Connections.write` gives.
See engine-facts.md#rebase-moves-the-session.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeAlias

from dolt_tui.engine.core.validation import check_plan

from ..core.cancellation import uncancelled
from ..core.compare_and_write import run
from ..core.connections import Session
from ..core.constraint_violations import conflict_error, violations_in
from ..core.dialect import Dialect
from ..errors import ChangedMeanwhile, Conflicts, EngineError, NothingInProgress
from ..model import Call, Expected
from ..model.rewriting import Action, RebaseStep

INTERACTIVE, CONTINUE, ABORT = ("-i",), ("--continue",), ("--abort",)
"""Options of ``dolt_rebase``."""
PAUSED = "edit action paused"
"""How the engine's words begin where it lets a commit be edited."""
Decide: TypeAlias = "Callable[[Session, str], None]"
"""Resolves what conflicts in a commit, by its original hash, on the session where the rebase stopped at it."""
_STOPPED = re.compile(r"data conflict detected while rebasing commit (\w+) ")


def read_plan(session: Session) -> list[RebaseStep]:
    """The current plan; on DoltLite without what is done already. Raises `TableNotFound` where there is none."""
    rows = session.rows("SELECT action, commit_hash, commit_message FROM dolt_rebase ORDER BY rebase_order")
    return [RebaseStep(Action(action), hash_, message or "") for action, hash_, message in rows]


def replay(
    session: Session,
    base: str,
    plan: Callable[[Sequence[RebaseStep]], Sequence[RebaseStep]],
    expected: Expected | None = None,
    *,
    decide: Decide | None = None,
    others: bool = False,
) -> str:
    """Rebase the session's branch onto ``base``; ``plan`` makes the plan out of the default one.

    ``expected`` is the branch as it was seen: Dolt would lose what came since this session's transaction began.
    ``decide`` resolves conflicts, and breaks off the rebase by raising something. ``others``: the plan may have other
    commits than the default one, which then has to be that of ``expected``.
    Returns what the engine says in the end: `paused` tells whether it stopped to let something be edited.
    When anything fails it is as if nothing had been done, and `Conflicts` tells tables and rows.
    """
    session.dialect.keep_conflicts(session, broken=decide is not None)
    run(session, [expected], session.procedure("dolt_rebase", *INTERACTIVE, base))
    try:
        before = read_plan(session)
        steps = plan(before)
        if not others and sorted(step.hash for step in steps) != sorted(step.hash for step in before):
            raise ChangedMeanwhile("The branch has changed since then. Nothing was changed.")
        check_plan(steps)
        if steps is not before:
            write_plan(session, steps)
        return resume(session, decide)
    except BaseException:
        with suppress(EngineError):
            abort(session)
        raise


def write_plan(session: Session, steps: Sequence[RebaseStep]) -> None:
    """Replace the plan."""
    for call in plan_calls(session.dialect, steps):
        session.run(call)


def plan_calls(dialect: Dialect, steps: Sequence[RebaseStep]) -> tuple[Call, ...]:
    """What `write_plan` runs."""
    insert = "INSERT INTO dolt_rebase (rebase_order, action, commit_hash, commit_message) VALUES ("
    return (
        dialect.statement("DELETE FROM dolt_rebase"),
        *(
            dialect.statement(insert, *[", "] * 3, ")", values=(number, str(step.action), step.hash, step.message))
            for number, step in enumerate(steps, 1)
        ),
    )


def start(session: Session, base: str, expected: Expected | None = None) -> str:
    """Rebase the session's branch onto ``base`` with the default plan; as `replay`."""
    session.dialect.keep_conflicts(session)
    branch = session.scalar("SELECT active_branch()")
    try:
        return _said(run(session, [expected], session.procedure("dolt_rebase", base)))
    except Conflicts as error:
        found = _with_tables(session, error)
        with suppress(EngineError):
            abort(session)
        raise found from error
    except BaseException:
        with suppress(EngineError), uncancelled():
            if session.scalar("SELECT active_branch()") != branch:
                abort(session)
        raise


def resume(session: Session, decide: Decide | None = None) -> str:
    """Continue the rebase in progress on the session's branch; as `replay`, but nothing is undone."""
    while True:
        try:
            return _said(session.call("dolt_rebase", *CONTINUE))
        except Conflicts as error:
            stopped = _STOPPED.search(error.detail)
            if decide is None or stopped is None:
                raise _with_tables(session, error) from error
        decide(session, stopped[1])


def paused(text: str) -> bool:
    """Whether the engine stopped to let a commit be edited."""
    return text.startswith(PAUSED)


def abort(session: Session) -> None:
    """Abort the rebase that the session is in the middle of."""
    with uncancelled():
        session.dialect.before_abort(session)
        try:
            session.call("dolt_rebase", *ABORT)
        except NothingInProgress:
            return  # the engine did so already


def _said(row: tuple[object, ...]) -> str:
    return str(row[-1]) if row else ""


def _with_tables(session: Session, error: Conflicts) -> Conflicts:
    """The conflicts that are there, with their tables."""
    broken = violations_in(error.detail)
    if broken:  # Dolt has taken them back already
        return Conflicts(error.message, violations=broken)
    try:
        found = conflict_error(session.dialect, session)
    except EngineError:
        return error
    return Conflicts(error.message, found.tables, detail=error.detail, violations=found.violations)
