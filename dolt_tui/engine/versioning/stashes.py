"""Stashes: uncommitted changes that are set aside, and come back later. Dolt only.

Dolt tells of a stash no more than its name and the commit that it was made on; its contents can be read only by
applying it. `contents` does that on a branch of its own, which nobody sees, and leaves nothing but a commit that no
branch has. What Dolt loses with a stash is told by `StashPreview.blocked_by`, and refused (all of it seen on 2.2.0).
See engine-facts.md#stashes.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence

from ..browsing.diff_counts import changes_between
from ..core.compare_and_write import run
from ..core.connections import Connections, Session
from ..core.revisions import resolve
from ..core.scratch_branch import scratch
from ..core.table_changes import summarise
from ..core.validation import check_branch_name, check_stash_name, is_hash
from ..errors import NO_ANSWER, BranchNotFound, EngineError, RowsNotPaired, StashLoss, StashNotFound
from ..model import HEAD, WORKING, Call, Changes, Stash, StashContent, StashPreview, StashScope, Status, TableChange
from .refs import refuse_twin, refuse_while_merging
from .working_set import WorkingSet

_MADE = re.compile(r"^.+-(?P<time>\d{8}T\d{6})Z$")
_FLAGS = {StashScope.TRACKED: (), StashScope.UNTRACKED: ("-u",), StashScope.ALL: ("-a",)}
_READER = ("--author", "dolt-tui <dolt-tui@localhost>", "--date", "2000-01-01T00:00:00Z")
"""Always the same, so that the same stash is always the same commit."""


class Stashes:
    """Questions and changes about stashes. ``branch`` is always the current branch."""

    def __init__(self, db: Connections, working: WorkingSet) -> None:
        self._db = db
        self._working = working
        self._tips: dict[Stash, str] = {}
        """The commits that stashes were read into, which stay in the database until it is collected."""

    def stashes(self, branch: str) -> tuple[Stash, ...]:
        """All stashes of the database, the newest first as far as their names tell when they were made."""
        self._db.dialect.require("stash")
        with self._db.read(branch, "stashes") as session:
            found = _stashes(session)
        return tuple(sorted(found, key=lambda stash: stash.made or _NEVER, reverse=True))

    def preview(self, branch: str) -> StashPreview:
        """What stashing would take, leave and lose; the cost grows with the number of tables only. Reading only."""
        self._db.dialect.require("stash")
        with self._db.read(branch, "stash preview") as session:
            return _preview(session, self._working.read_status(session))

    def push(self, branch: str, name: str, scope: StashScope) -> Stash:
        """Stash the uncommitted changes of ``branch``; returns the new stash.

        The time is added to its name. Raises `InvalidName`, `StashLoss` where Dolt would lose something.
        """
        self._db.dialect.require("stash")
        check_stash_name(name)
        full = f"{name}-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S}Z"

        def work(session: Session) -> None:
            refuse_while_merging(session)
            reason = _preview(session, self._working.read_status(session)).blocked_by(scope)
            if reason:
                raise StashLoss(f"Nothing was stashed: {reason}.")
            session.run(push)

        push, *_ = self.push_calls(full, scope)
        self._db.write(branch, work, "stash")
        if scope is not StashScope.TRACKED:
            self._restore_dropped(branch)
        return next(stash for stash in self.stashes(branch) if stash.name == full)

    def push_calls(self, name: str, scope: StashScope, *changes: TableChange) -> tuple[Call, ...]:
        """What `push` runs; ``name`` with the time behind it, or `UNKNOWN`; ``changes`` are what it takes."""
        push = self._db.procedure("dolt_stash", "push", *_FLAGS[scope], "--", name)
        dropped = dict.fromkeys(change.table for change in changes if change.status is Status.DELETED)
        return (push, *(self._restore(table) for table in dropped if scope is not StashScope.TRACKED))

    def _restore(self, table: str) -> Call:
        return self._db.procedure("dolt_checkout", "--", table)

    def _restore_dropped(self, branch: str) -> None:
        """With new tables Dolt leaves dropped ones dropped, which are in the stash too."""

        def work(session: Session) -> None:
            for change in self._working.read_status(session).unstaged:
                if change.status is Status.DELETED:
                    session.run(self._restore(change.table))

        self._db.write(branch, work, "stash")

    def apply(self, branch: str, stash: Stash) -> None:
        """Bring the changes back and keep the stash. Everything but new tables comes back unstaged.

        Raises `StashNotFound`, `StashConflict` and `Unmergeable` where they conflict with what is there: nothing is
        changed then.
        """
        self._run(branch, stash, "apply")

    def pop(self, branch: str, stash: Stash) -> None:
        """Bring the changes back and drop the stash; raises what `apply` raises, and keeps the stash then."""
        self._run(branch, stash, "pop")

    def drop(self, branch: str, stash: Stash) -> None:
        """Throw the stash away. Raises `StashNotFound`."""
        self._run(branch, stash, "drop")

    def branch_from(self, branch: str, stash: Stash, name: str) -> None:
        """Create branch ``name`` at the commit that the stash was made on, with its changes; the stash stays.

        Raises `InvalidName`, `AlreadyExists`, `StashNotFound`.
        """
        check_branch_name(name)
        self._db.dialect.require("stash")

        def create(session: Session) -> None:
            _check(session, stash)
            refuse_twin(session, name)
            resolve(session, stash.hash)
            session.run(create_branch)

        create_branch, _ = self.branch_from_calls(stash, name)
        self._db.write(branch, create, "new branch")
        self._run(name, stash, "apply")

    def apply_calls(self, stash: Stash) -> tuple[Call, ...]:
        """What `apply` runs."""
        return (self._call("apply", stash),)

    def pop_calls(self, stash: Stash) -> tuple[Call, ...]:
        """What `pop` runs."""
        return (self._call("pop", stash),)

    def drop_calls(self, stash: Stash) -> tuple[Call, ...]:
        """What `drop` runs."""
        return (self._call("drop", stash),)

    def branch_from_calls(self, stash: Stash, name: str) -> tuple[Call, ...]:
        """What `branch_from` runs, the last one on the new branch."""
        return (self._db.procedure("dolt_branch", "--", name, stash.hash), self._call("apply", stash))

    def _call(self, verb: str, stash: Stash) -> Call:
        return self._db.procedure("dolt_stash", verb, "--", stash.name, stash.id)

    def contents(self, branch: str, stash: Stash, *, counts: bool = False) -> StashContent:
        """What the stash holds, as two commits to compare; 20 ms, and with ``counts`` what counting its rows takes.

        It writes at the first time, see the module's text. Raises `StashNotFound`, `ReadOnly`, `PermissionDenied`.
        """
        known = stash in self._tips
        if not known:
            self._tips[stash] = self._materialise(branch, stash)
        try:
            with self._db.read(branch, "stash") as session:
                if known:
                    _check(session, stash)
                tip = self._tips[stash]
                return StashContent(stash, stash.hash, tip, changes_between(session, stash.hash, tip, counts=counts))
        except EngineError:
            self._tips.pop(stash, None)
            raise

    def _materialise(self, branch: str, stash: Stash) -> str:
        self._db.dialect.require("stash")
        where = None if is_hash(branch) else branch  # a commit cannot be written to
        with scratch(self._db, where, stash.hash) as name:
            self._run(name, stash, "apply")
            self._db.write(name, lambda session: session.call("dolt_add", "-A", "--force"), "read a stash")
            row = self._db.write(
                name,
                lambda session: session.call("dolt_commit", "--allow-empty", "-m", stash.name, *_READER),
                "read a stash",
            )
            return str(row[0])

    def _run(self, branch: str, stash: Stash, verb: str) -> None:
        self._db.dialect.require("stash")

        def work(session: Session) -> None:
            if verb != "drop":
                refuse_while_merging(session)
            _guarded(session, stash, self._call(verb, stash))

        self._db.write(branch, work, f"stash {verb}")


_NEVER = dt.datetime.fromtimestamp(0, dt.UTC)


def _stashes(session: Session) -> list[Stash]:
    rows = session.rows("SELECT name, stash_id, branch, hash, commit_message FROM dolt_stashes")
    among = Counter(row[0] for row in rows)
    return [
        Stash(name, id_, branch, hash_, (message or "").strip().split("\n", 1)[0], among[name], _made(name))
        for name, id_, branch, hash_, message in rows
    ]


def _made(name: str) -> dt.datetime | None:
    match = _MADE.match(name)
    if match is None:
        return None
    try:
        return dt.datetime.strptime(match["time"], "%Y%m%dT%H%M%S").replace(tzinfo=dt.UTC)
    except ValueError:
        return None


def _check(session: Session, stash: Stash) -> None:
    """Another session may have dropped stashes: their places in the list move up then."""
    if stash not in _stashes(session):
        raise StashNotFound(f"The stash {stash.title} is not where it was in the list.")


def _guarded(session: Session, stash: Stash, wanted: Call) -> None:
    """Do something with a stash, while it is still where it was in the list."""
    _check(session, stash)
    there = (
        "(SELECT count(*) FROM dolt_stashes WHERE name = %s) = %s AND EXISTS"
        " (SELECT 1 FROM dolt_stashes WHERE name = %s AND stash_id = %s AND branch = %s AND hash = %s)"
    )
    values = (stash.name, stash.among, stash.name, stash.id, stash.branch, stash.hash)
    try:
        run(session, [], wanted, also=(there, values))
    except EngineError:
        _check(session, stash)
        raise


def _preview(session: Session, changes: Changes) -> StashPreview:
    ignored = session.rows("SELECT table_name FROM dolt_status_ignored WHERE ignored ORDER BY 1")
    return StashPreview(changes, tuple(row[0] for row in ignored), _rekeyed(session, changes))


def _rekeyed(session: Session, changes: Changes) -> tuple[str, ...]:
    """The tables whose primary key is not what it was."""
    modified = {c.table for c in (*changes.unstaged, *changes.staged) if c.status is Status.MODIFIED}
    same = {change.table for change in summarise(session, HEAD, WORKING) if not change.schema_changed}
    found: Sequence[str] = sorted(modified - same)
    return tuple(name for name in found if _key_changed(session, name))


def _key_changed(session: Session, table: str) -> bool:
    try:
        summarise(session, HEAD, WORKING, table)
    except RowsNotPaired:
        return True
    except (BranchNotFound, *NO_ANSWER):
        raise
    except EngineError:
        return False
    return False
