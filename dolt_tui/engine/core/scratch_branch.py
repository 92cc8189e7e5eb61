"""Short-lived branches: work of several commits is done on one, and shows only when it is complete.

Each commit of Dolt ends the transaction, so several of them cannot be taken back together. On a branch of their own
they harm nobody; the real branch then moves in one step, or not at all. See engine-facts.md#calls-that-commit.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ..errors import EngineError
from ..model.rewriting import REBASE_BRANCH
from .cancellation import uncancelled
from .connections import Connections, Session

PREFIX = "dolt_tui_scratch/"
_STALE_SECONDS = 3600
"""A server that was killed leaves such a branch behind; one of this age belongs to nobody any more."""


def is_scratch(name: str) -> bool:
    """Whether a branch is one of these, or Dolt's own for a rebase of one."""
    return name.removeprefix(REBASE_BRANCH).startswith(PREFIX)


@contextmanager
def scratch(db: Connections, branch: str | None, start: str) -> Iterator[str]:
    """The name of a new branch at commit ``start`` that is deleted in the end; ``branch`` is the current one."""
    name = f"{PREFIX}{int(time.time())}_{secrets.token_hex(3)}"

    def create(session: Session) -> None:
        _sweep(session)
        session.call("dolt_branch", "--", name, start)

    db.write(branch, create, "throw-away branch", retry=True)
    try:
        yield name
    finally:
        with uncancelled(), suppress(EngineError):
            db.forget(name)
            db.write(branch, lambda session: _drop(session, name), "throw-away branch", retry=True)


def _drop(session: Session, name: str) -> None:
    rows = session.rows("SELECT name FROM dolt_branches")
    for found in (REBASE_BRANCH + name, name):
        if (found,) in rows:
            session.call("dolt_branch", "-D", "--", found)


def _sweep(session: Session) -> None:
    """Delete what a crash left behind."""
    for (name,) in session.rows("SELECT name FROM dolt_branches"):
        if is_scratch(name):
            began = name.partition(PREFIX)[2].partition("_")[0]
            if began.isdigit() and int(began) < time.time() - _STALE_SECONDS:
                session.call("dolt_branch", "-D", "--", name)
