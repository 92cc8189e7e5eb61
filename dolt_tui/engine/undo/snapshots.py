"""Snapshots of a branch's staged and working set: a few milliseconds, whatever the size.

No statement of Dolt takes a copy of a working set without touching it, so it is committed (what is staged first, then
the rest), the commits are kept by a tag, and the branch is put back, which moves HEAD for a moment. Whoever does that
holds a lock which ends with the connection, so that a HEAD which was left there by a program that died can be told
from one that is about to be put back. The messages of the commits say how to put it back. See engine-facts.md#snapshot.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress

from ..core.compare_and_write import call
from ..core.connections import POLL, Connections, Session
from ..core.dialect import Dialect
from ..core.soft_reset import check_staged, soft_reset
from ..errors import (
    AlreadyExists,
    BranchNotFound,
    BranchShadowed,
    Cancelled,
    CannotUndo,
    ChangedMeanwhile,
    EngineError,
    RefNotFound,
    ServerLost,
    TransactionOpen,
)
from ..model import HEAD, Call, Expected, Status
from ..model.rewriting import REBASE_BRANCH
from .steps import SNAPSHOT_MESSAGE, SNAPSHOT_TAGS, SetState, Snapshot

_STAGED, _WORKING = f"{SNAPSHOT_MESSAGE}staged ", f"{SNAPSHOT_MESSAGE}working "
_RESTORING = "-restoring"
"""Added to the name of a snapshot's tag while the branch is set back to it."""
_WAIT = 5.0
"""Seconds to wait for another program that takes a snapshot of the same branch."""


def look(session: Session) -> SetState:
    """The state of the session's branch. 1 ms, and more where hundreds of tables are changed."""
    (working,) = session.dialect.known(session, "WORKING")
    row = session.first(
        f"SELECT dolt_hashof_db('{working}'), dolt_hashof_db('STAGED'), dolt_hashof_db('HEAD'), dolt_hashof('HEAD'),"
        " (SELECT is_merging FROM dolt_merge_status)"
    )
    assert row is not None
    working, staged, root, head = map(str, row[:4])
    busy = bool(row[4]) or session.revision.startswith(REBASE_BRANCH)
    tables: tuple[str, ...] = ()
    mixed = False
    keeps_hash = session.dialect.traits.emptied_set_keeps_hash
    if staged != root or (not keeps_hash and working != staged):
        lists: tuple[set[str], set[str]] = (set(), set())
        for name, is_staged in session.rows("SELECT table_name, staged FROM dolt_status"):
            lists[bool(is_staged)].add(str(name))
        tables = tuple(sorted(lists[1]))
        if not keeps_hash and not lists[0]:
            working = staged  # a working set that was emptied has another hash there, though nothing differs
        # A renamed table's line holds both of its names, and an arrow.
        mixed = bool(lists[0] & lists[1]) or any(" -> " in name for name in (*lists[0], *lists[1]))
    return SetState(head, root, staged, working, tables, mixed, busy)


def is_marker(session: Session) -> bool:
    """Whether the branch is at a commit of a snapshot that is being taken, or was left there."""
    return _message(session).startswith(SNAPSHOT_MESSAGE)


def _message(session: Session) -> str:
    return str(session.scalar("SELECT message FROM dolt_log LIMIT 1") or "")


def alone(session: Session, db: Connections) -> AbstractContextManager[None]:
    """Keep other programs from setting the session's branch back, and from taking a snapshot of it."""
    return session.dialect.alone(session, f"{db.name}/{session.revision}", _WAIT)


def repair(db: Connections, branch: str) -> bool:
    """Put the branch back where a program died while it took a snapshot; tells whether that was so.

    Waits for a program that is taking one. Raises `Busy` when that takes too long.
    """
    try:
        with db.read(branch, POLL) as session:
            if not is_marker(session):
                return False
    except (BranchNotFound, BranchShadowed):
        return False

    def work(session: Session) -> bool:
        with alone(session, db):
            found = is_marker(session)
            _put_back(session)
        return found

    return db.write(branch, work, "undo: put back")


def _put_back(session: Session) -> None:
    """Back from the commits of a snapshot: exact, as their roots are those of the staged and the working set.

    A reset moves HEAD first and then writes the working set, and a server may die in between; so each step is such
    that it can be done again, and the last one moves HEAD alone.
    """
    while (message := _message(session)).startswith(SNAPSHOT_MESSAGE):
        head, parent = _resolve(session, HEAD), _resolve(session, "HEAD~1")
        name = message.rpartition(" ")[2]
        query = f"SELECT tag_hash FROM dolt_tags WHERE tag_name = {session.dialect.placeholder}"
        if session.scalar(query, SNAPSHOT_TAGS + name + _RESTORING) == head:
            session.call("dolt_add", "-A")
            session.call("dolt_reset", "--hard")
        here = Expected(session.revision, head)
        if message.startswith(_WORKING):
            call(session, [here], "dolt_reset", parent)
        else:
            session.call("dolt_reset")
            soft_reset(session, parent, here)


def take(db: Connections, branch: str, name: str, state: SetState) -> Snapshot:
    """Keep the staged and the working set of ``branch``, which `look` found in ``state``, under a tag.

    Raises `CannotUndo` with the reason; the branch is as it was then.
    """
    if state.busy:
        raise CannotUndo("a merge or rebase is in progress")
    tag = SNAPSHOT_TAGS + name
    working = state.working != state.staged

    def work(session: Session) -> Snapshot:
        with alone(session, db):
            if str(session.scalar("SELECT dolt_hashof('HEAD')")) != state.head:
                raise CannotUndo(f"another session moved {branch} just now")
            check_staged(session)
            try:
                last = str(session.call("dolt_commit", "--allow-empty", "-m", _STAGED + name)[0])
                if working:
                    add_all(session)
                    last = str(session.call("dolt_commit", "--allow-empty", "-m", _WORKING + name)[0])
                session.call("dolt_tag", "--", tag, last)
                kept = str(session.scalar(f"SELECT dolt_hashof_db({session.dialect.placeholder})", tag))
            except BaseException:
                if not session.connection.invalidated:  # else the next look at the branch does it
                    with suppress(EngineError):
                        _put_back(session)
                raise
            # Not when another session committed in between: its commit stays, on top of ours.
            with suppress(ChangedMeanwhile):
                _put_back(session)
            if str(session.scalar("SELECT dolt_hashof('HEAD')")) != state.head:
                session.call("dolt_tag", "-d", "--", tag)
                raise CannotUndo(f"another session committed to {branch} at the same moment")
        return Snapshot(tag, working, kept == state.working)

    try:
        return db.write(branch, work, "undo: snapshot")
    except (CannotUndo, ServerLost, Cancelled, BranchNotFound, TransactionOpen):
        raise
    except EngineError as error:
        raise CannotUndo(error.message.rstrip("."), detail=error.detail) from error


def add_all(session: Session) -> None:
    """Stage all that a hard reset would take away: not new tables that dolt_ignore names, but what has changed in those
    of them that are committed. See engine-facts.md#ignored-tables-need-force."""
    for name, status in add_ignored(session).items():
        if status == Status.NEW:
            session.call("dolt_reset", "--", name)


def add_ignored(session: Session) -> dict[str, str]:
    """Stage everything; returns what is staged only as it is forced, since dolt_ignore names it: names and states."""

    def staged() -> dict[str, str]:
        return dict(session.rows("SELECT table_name, status FROM dolt_status WHERE staged"))

    session.call("dolt_add", "-A")
    if session.first("SELECT 1 FROM dolt_ignore LIMIT 1") is None:
        return {}
    before = staged()
    session.call("dolt_add", "-A", "-f")
    return {name: status for name, status in staged().items() if name not in before}


def restore(session: Session, snapshot: Snapshot, head: str, expected: Expected) -> None:
    """Set the session's branch to ``head`` with the staged and the working set of a snapshot.

    Raises `ChangedMeanwhile`, and nothing is done, where the branch is not where it is ``expected``.
    Broken off it is finished by `repair`, where that finds the branch on a commit of the snapshot; else it is as it
    was. What it was must be kept elsewhere.
    """
    tip = _resolve(session, snapshot.tag)
    set_to(session, snapshot.tag.removeprefix(SNAPSHOT_TAGS), tip, _staged(session, snapshot), head, expected)


def set_to(session: Session, name: str, tip: str, staged: str, head: str, expected: Expected) -> None:
    """`restore` by the two commits of a snapshot that is called ``name``: ``tip`` has the working set."""
    restoring = pin(session, name + _RESTORING, tip)
    # With everything staged no table counts as new: a hard reset removes those made since.
    # engine-facts.md#hard-reset-keeps-new-tables
    session.call("dolt_add", "-A")
    call(session, [expected], "dolt_reset", "--hard", tip)
    _set_staged(session, staged, head, Expected(session.revision, tip))
    free(session, restoring)


def staged_and_working(session: Session, name: str, head: str, staged: str, working: str) -> tuple[str, str]:
    """Two commits for `set_to` with the data of other ones, made on the session's branch, which is nobody else's:
    the staged set's on top of ``head``, and the working set's on top of that."""
    session.call("dolt_reset", "--hard", staged)
    soft_reset(session, head)
    first = str(session.call("dolt_commit", "--allow-empty", "-m", _STAGED + name)[0])
    session.call("dolt_reset", "--hard", working)
    soft_reset(session, first)
    return first, str(session.call("dolt_commit", "--allow-empty", "-m", _WORKING + name)[0])


def commits_of(session: Session, snapshot: Snapshot) -> tuple[str, str]:
    """The commits of the staged and of the working set; the same one twice where these are equal."""
    return _staged(session, snapshot), _resolve(session, snapshot.tag)


def restore_staged(session: Session, snapshot: Snapshot, head: str, expected: Expected) -> None:
    """Set the session's branch to ``head`` with the staged set of a snapshot; the working set stays. As `restore`."""
    _set_staged(session, _staged(session, snapshot), head, expected)


def _set_staged(session: Session, staged: str, head: str, expected: Expected) -> None:
    call(session, [expected], "dolt_reset", staged)
    soft_reset(session, head, Expected(session.revision, staged))


def _staged(session: Session, snapshot: Snapshot) -> str:
    return _resolve(session, f"{snapshot.tag}~1" if snapshot.working else snapshot.tag)


def _resolve(session: Session, ref: str) -> str:
    """The hash of a snapshot's commit: dolt_reset would take a name for a table's."""
    try:
        return str(session.scalar(f"SELECT dolt_hashof({session.dialect.placeholder})", ref))
    except RefNotFound as error:
        raise RefNotFound("The snapshot for it is gone.", detail=error.message) from error


def tags(session: Session) -> list[str]:
    """The tags of all snapshots in the database, whoever took them."""
    names = [str(row[0]) for row in session.rows("SELECT tag_name FROM dolt_tags")]
    return [name for name in names if name.startswith(SNAPSHOT_TAGS)]


def free(session: Session, *names: str) -> None:
    """Release snapshots and kept commits; those that are gone already are skipped."""
    for delete in free_calls(session.dialect, *names):
        try:
            session.run(delete)
        except RefNotFound:
            continue


def release(db: Connections, names: Sequence[str]) -> None:
    """Remove tags that nothing needs any more; one that stays because of an error does no harm."""
    if names:
        with suppress(EngineError):
            db.write(None, lambda session: free(session, *names), "undo: free", retry=True)


def free_calls(dialect: Dialect, *names: str) -> tuple[Call, ...]:
    """What `free` runs."""
    return tuple(dialect.procedure("dolt_tag", "-d", "--", name) for name in names)


def pin(session: Session, name: str, commit: str) -> str:
    """Keep a commit that nothing else may name any more; returns the tag that keeps it."""
    tag = SNAPSHOT_TAGS + name
    with suppress(AlreadyExists):
        session.call("dolt_tag", "--", tag, commit)
    return tag
