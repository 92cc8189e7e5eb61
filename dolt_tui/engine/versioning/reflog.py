"""The reflog: where a branch was before. Dolt only.

``dolt_reflog()`` of everything fails as soon as a stash was ever made, so it is always asked for one branch. A garbage
collection empties it. It reads the whole journal of refs: 0.3 s with a thousand branches.
See engine-facts.md#reflog-and-stashes.
"""

from __future__ import annotations

from ..core.connections import Connections
from ..model import ReflogEntry
from ..undo.steps import SNAPSHOT_MESSAGE


class Reflog:
    """Questions about where branches were."""

    def __init__(self, db: Connections) -> None:
        self._db = db

    def entries(self, branch: str, of: str, size: int) -> tuple[ReflogEntry, ...]:
        """The last ``size`` commits that the branch ``of`` was at, the newest first; also of one that was deleted.

        ``branch`` is the current branch. There are none of an unknown branch. Ask in the background.
        """
        self._db.dialect.require("reflog")
        with self._db.read(branch, "reflog") as session:
            rows = session.rows(
                "SELECT commit_hash, ref_timestamp, commit_message FROM dolt_reflog(%s)"
                " WHERE ref = %s AND left(commit_message, %s) <> %s LIMIT %s",
                f"refs/heads/{of}",
                f"refs/heads/{of}",
                len(SNAPSHOT_MESSAGE),
                SNAPSHOT_MESSAGE,
                size,
            )
            # Whoever takes a snapshot for undo leaves the branch where it was: that is no new place.
            rows = [row for row, newer in zip(rows, [None, *rows], strict=False) if newer is None or row[0] != newer[0]]
            time = session.dialect.time
            return tuple(
                ReflogEntry(hash_, time(date), (message or "").strip().split("\n", 1)[0])
                for hash_, date, message in rows
            )
