"""Short-lived branches: work of several commits is done on one, and shows only when it is complete.

Each commit of Dolt ends the transaction, so several of them cannot be taken back together. On a branch of their own
they harm nobody; the real branch then moves in one step, or not at all. See engine-facts.md#calls-that-commit.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from ..errors import EngineError
from ..model.rewriting import REBASE_BRANCH
from .cancellation import uncancelled
from .connections import Connections, Session

PREFIX = "dolt_tui_scratch/"
_STALE_SECONDS = 3600
"""A server that was killed leaves such a branch behind; one of this age belongs to nobody any more."""
_KEPT_SECONDS = 86400
"""The same for one that people look at."""
_USED: set[str] = set()
"""Those that this process uses. One of its own that is not here could not be deleted, as the server was lost."""


def is_scratch(name: str) -> bool:
    """Whether a branch is one of these, or Dolt's own for a rebase of one."""
    return name.removeprefix(REBASE_BRANCH).startswith(PREFIX)


@contextmanager
def scratch(db: Connections, branch: str | None, start: str) -> Iterator[str]:
    """The name of a new branch at commit ``start`` that is deleted in the end; ``branch`` is the current one."""
    name = _made(db, branch, start, 0)
    try:
        yield name
    finally:
        drop_scratch(db, branch, name)


def kept_scratch(db: Connections, branch: str | None, start: str) -> str:
    """The name of a new branch at commit ``start`` that somebody looks at for a while, and gives to `drop_scratch`."""
    return _made(db, branch, start, _KEPT_SECONDS - _STALE_SECONDS)


def drop_scratch(db: Connections, branch: str | None, name: str) -> None:
    """Delete such a branch, if it is there; where that fails it is swept later."""
    _USED.discard(name)
    with uncancelled(), suppress(EngineError):
        db.forget(name)
        db.write(branch, lambda session: _drop(session, name), "temporary branch", retry=True)


def _made(db: Connections, branch: str | None, start: str, ahead: int) -> str:
    name = f"{PREFIX}{int(time.time()) + ahead}_{_place()}_{os.getpid()}_{secrets.token_hex(3)}"

    def create(session: Session) -> None:
        _sweep(session)
        session.call("dolt_branch", "--", name, start)

    _USED.add(name)
    try:
        db.write(branch, create, "temporary branch", retry=True)
    except BaseException:
        _USED.discard(name)
        raise
    return name


def _drop(session: Session, name: str) -> None:
    rows = session.rows("SELECT name FROM dolt_branches")
    for found in (REBASE_BRANCH + name, name):
        if (found,) in rows:
            session.call("dolt_branch", "-D", "--", found)


def _sweep(session: Session) -> None:
    """Delete what a crash left behind."""
    for (name,) in session.rows("SELECT name FROM dolt_branches"):
        if is_scratch(name) and name.removeprefix(REBASE_BRANCH) not in _USED and _is_left(name.partition(PREFIX)[2]):
            session.call("dolt_branch", "-D", "--", name)


def _is_left(rest: str) -> bool:
    """Whether a branch, by its name without the prefix, is old or nobody's: its program has ended, or forgot it."""
    began, *owner = rest.split("_")
    if began.isdigit() and int(began) < time.time() - _STALE_SECONDS:
        return True
    if len(owner) < 3 or owner[0] != _place() or not owner[1].isdigit() or os.name != "posix":
        return False
    if int(owner[1]) == os.getpid():
        return True
    try:
        os.kill(int(owner[1]), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):  # somebody else's, or no number of a process
        return False
    return False


@cache
def _place() -> str:
    """Where a number of a process means the same process: this machine since its start, this container."""
    parts = [socket.gethostname()]
    with suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii"))
        parts.append(str(os.stat("/proc/self/ns/pid").st_ino))
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=4).hexdigest()
