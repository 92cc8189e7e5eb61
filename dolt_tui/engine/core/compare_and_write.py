"""Compare, then write: nothing is done where somebody changed what a preview was made of.

Dolt's procedures move a branch or delete a ref whatever it stands at by then, and see it as it was when the transaction
began. So the comparison is a part of the statement itself: where a hash differs, its first argument becomes an option
that no procedure knows, and it refuses. For edits of the working set a comparison inside the transaction is enough:
Dolt merges what comes after its beginning or refuses to commit, and DoltLite refuses to write on what is out of date.
See engine-facts.md#procedures-see-the-beginning.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..errors import NO_ANSWER, BranchNotFound, ChangedMeanwhile, Conflicts, EngineError, RefNotFound
from ..model import WORKING, Call, Expected
from .connections import Session
from .statement_text import OUT_OF_DATE


def look(session: Session) -> Expected:
    """The session's branch as it is now; a fraction of a millisecond."""
    (working,) = session.dialect.known(session, WORKING)
    row = session.first(f"SELECT dolt_hashof('HEAD'), dolt_hashof_db('STAGED'), dolt_hashof_db('{working}')")
    assert row is not None
    head, staged, working = map(str, row)
    return Expected(session.revision, head, staged, working)


def named_ref(session: Session, name: str, hash_: str) -> list[Expected]:
    """``name`` as a branch or tag that stands at ``hash_``; nothing for what only leads to a commit, as ``x~1``."""
    placeholder = session.dialect.placeholder
    if session.first(f"SELECT 1 FROM dolt_branches WHERE name = {placeholder}", name):
        return [Expected(name, hash_)]
    if session.first(f"SELECT 1 FROM dolt_tags WHERE tag_name = {placeholder}", name):
        return [Expected(name, hash_, tag=True)]
    return []


def expect(session: Session, *expected: Expected | None) -> None:
    """Raise `ChangedMeanwhile`, with what happened, unless everything is still as it was."""
    for item in expected:
        if item is not None:
            _compare(session, item)


def call(
    session: Session,
    expected: Iterable[Expected | None],
    procedure: str,
    *arguments: str,
    also: tuple[str, Sequence[object]] | None = None,
) -> tuple[Any, ...]:
    """`run` for a procedure with its arguments."""
    return run(session, expected, session.procedure(procedure, *arguments), also=also)


def run(
    session: Session,
    expected: Iterable[Expected | None],
    wanted: Call,
    *,
    also: tuple[str, Sequence[object]] | None = None,
) -> tuple[Any, ...]:
    """`Session.run`, but only while everything is as ``expected``; raises `ChangedMeanwhile` otherwise.

    The comparison is written around the first value of ``wanted``. ``also`` is one more condition of Dolt's, and what
    it binds; where that does not hold the procedure's own error is raised.
    """
    items = [item for item in expected if item is not None]
    expect(session, *items)
    conditions, values = _conditions(session, items)
    if also is not None:
        conditions.append(also[0])
        values += also[1]
    if not conditions:
        return session.run(wanted)
    placeholder = session.dialect.placeholder
    first = f"CASE WHEN {' AND '.join(conditions)} THEN {placeholder} ELSE '{OUT_OF_DATE}' END"
    try:
        return session.first(session.dialect.sql(wanted).replace(placeholder, first, 1), *values, *wanted.values) or ()
    except Conflicts:
        raise  # it ran; and some versions of Dolt are on the branch of a rebase by now
    except EngineError as error:
        try:
            expect(session, *(item.ref_only for item in items))
        except ChangedMeanwhile as moved:
            raise moved from error
        raise


def _conditions(session: Session, items: Iterable[Expected]) -> tuple[list[str], list[object]]:
    """The comparisons as SQL, and what they bind.

    `dolt_hashof` tells Dolt's newest state even inside a transaction, but does not tell ``a`` from ``A`` there.
    """
    conditions: list[str] = []
    values: list[object] = []
    placeholder = session.dialect.placeholder
    for item in items:
        if item.hash and item.tag:
            conditions.append(
                f"EXISTS (SELECT 1 FROM dolt_tags WHERE tag_name = {placeholder} AND tag_hash = {placeholder})"
            )
            values += [item.name, item.hash]
        elif item.hash and not session.dialect.traits.ignores_case:
            conditions.append(f"dolt_hashof({placeholder}) = {placeholder}")
            values += [item.name, item.hash]
        elif item.hash:
            conditions.append(
                f"CASE (SELECT count(*) FROM dolt_branches WHERE lower(name) = lower({placeholder}))"
                f" WHEN 1 THEN dolt_hashof({placeholder})"
                f" ELSE (SELECT hash FROM dolt_branches WHERE name = {placeholder}) END = {placeholder}"
            )
            values += [item.name, item.name, item.name, item.hash]
    return conditions, values


def _compare(session: Session, item: Expected) -> None:
    if item.hash:
        now = _stands_at(session, item)
        if now != item.hash:
            raise ChangedMeanwhile(_moved(session, item, now))
    if item.staged or item.working:
        now_here = look(session)
        compare_sets(item, now_here.staged, now_here.working)
    now_there = table_hashes(session, [table for table, _ in item.tables])
    for table, hash_ in item.tables:
        if now_there[table] != hash_:
            gone = not now_there[table]
            raise ChangedMeanwhile(f"{table} was {'dropped' if gone else 'changed'} since then. Nothing was done.")


def compare_sets(expected: Expected, staged: str, working: str) -> None:
    """Raise `ChangedMeanwhile` where the staged or the working set is another one than expected."""
    if expected.staged not in ("", staged):
        raise ChangedMeanwhile(f"What is staged on {expected.name} has changed since then. Nothing was done.")
    if expected.working not in ("", working):
        raise ChangedMeanwhile(f"{expected.name}'s tables have changed since then. Nothing was done.")


def table_hashes(session: Session, tables: Iterable[str]) -> dict[str, str]:
    """The hash of each table of the working set; empty for one that is not there. A fraction of a millisecond each."""
    found = {}
    for table in tables:
        try:
            found[table] = str(session.scalar(f"SELECT dolt_hashof_table({session.dialect.placeholder})", table))
        except (BranchNotFound, *NO_ANSWER):
            raise
        except EngineError:
            found[table] = ""
    return found


def _stands_at(session: Session, item: Expected) -> str:
    """The commit of a branch or tag by now; empty where it is gone."""
    placeholder = session.dialect.placeholder
    if item.tag:
        return str(session.scalar(f"SELECT tag_hash FROM dolt_tags WHERE tag_name = {placeholder}", item.name) or "")
    names = session.rows(f"SELECT name, hash FROM dolt_branches WHERE lower(name) = lower({placeholder})", item.name)
    found = dict(names).get(item.name)
    if found is None:
        return ""
    if session.dialect.traits.ignores_case and len(names) == 1:
        try:  # not as it was when the transaction began: engine-facts.md#newest-state
            found = session.scalar(f"SELECT dolt_hashof({placeholder})", item.name)
        except (RefNotFound, BranchNotFound):
            return ""
    return str(found)


def _moved(session: Session, item: Expected, now: str) -> str:
    """How another session moved a ref, in words."""
    what = "tag" if item.tag else "branch"
    if not now:
        return f"Another session has deleted the {what} {item.name}. Nothing was done."
    try:
        left, came = session.dialect.distance(session, item.hash, now)
    except NO_ANSWER:
        raise
    except EngineError:
        left = came = 0
    if came and not left and not item.tag:
        number = f"{came} {'commit' if came == 1 else 'commits'}"
        return f"Another session has committed to {item.name}: {number}. Nothing was done."
    parts = [f"{number} {'commit' if number == 1 else 'commits'} {verb}" for number, verb in
             ((came, "came"), (left, "left")) if number]  # fmt: skip
    told = f": {', '.join(parts)}" if parts else ""
    return f"Another session has moved the {what} {item.name}{told}. Nothing was done."
