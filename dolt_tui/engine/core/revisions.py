"""Resolving the names of commits, branches and tags to hashes."""

from __future__ import annotations

import re

from ..errors import RefNotFound
from ..model import HEAD
from .connections import Session
from .validation import is_hash

_REVISION = re.compile(r"(?P<name>[^~^]+)(?P<back>[~^].*)?", re.DOTALL)


def resolve(session: Session, ref: str) -> str:
    """The hash of the commit that ``ref`` names. Raises `RefNotFound`."""
    try:
        hash_ = session.scalar(f"SELECT dolt_hashof({session.dialect.placeholder})", _exactly(session, ref))
    except RefNotFound as error:
        raise RefNotFound(f"There is no commit, branch or tag {ref}.", detail=error.message) from error
    if not hash_:
        raise RefNotFound(f"There is no commit, branch or tag {ref}.")
    return str(hash_)


def _exactly(session: Session, ref: str) -> str:
    """``ref`` by hash where it names a branch or tag that Dolt may take for one of another case."""
    match = _REVISION.fullmatch(ref)
    if not session.dialect.traits.ignores_case or match is None or match["name"] == HEAD or is_hash(match["name"]):
        return ref
    name = match["name"]
    rows = session.rows(
        "SELECT hash FROM dolt_branches WHERE name = %s UNION ALL SELECT tag_hash FROM dolt_tags WHERE tag_name = %s"
        " UNION ALL SELECT hash FROM dolt_remote_branches WHERE name = %s",
        name,
        name,
        f"remotes/{name}",
    )
    return f"{rows[0][0]}{match['back'] or ''}" if rows else ref
