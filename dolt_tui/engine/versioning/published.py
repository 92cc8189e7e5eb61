"""Which remote branches have a commit: it is replaced there by force only."""

from __future__ import annotations

from ..core.connections import Session
from ..errors import NothingShared

_COMPARED_REMOTES = 100
"""With more remote branches than these, only the first of them are asked for a commit."""


def published(session: Session, hash_: str) -> tuple[str, ...]:
    """The remote branches that have a commit, such as ``origin/main``; as they were last fetched."""
    rows = session.rows("SELECT name, hash FROM dolt_remote_branches ORDER BY name")[:_COMPARED_REMOTES]
    found = []
    for name, tip in rows:
        try:
            base = session.scalar(f"SELECT dolt_merge_base({session.dialect.placeholders(2)})", tip, hash_)
        except NothingShared:
            continue
        if base == hash_:
            found.append(str(name).removeprefix("remotes/"))
    return tuple(found)
