"""What was found out about tables' definitions, for as long as it is known to be true.

What a commit's hash names never changes. What a branch holds is remembered while its hashes stay those of the last
look (`Refs.fingerprint`), and for seconds only: whoever doesn't look again asks the engine again.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from ..model import HEAD, STAGED, WORKING, BranchFingerprint
from .lru import Lru
from .settings import ReadSettings

T = TypeVar("T")

_HASH = re.compile("[0-9a-v]{32}|[0-9a-f]{40}")
_COMMITS_KEPT, _BRANCHES_KEPT = 20_000, 256
"""Answers that are kept: a row's history asks for the definition at each commit that changed the table."""


class SchemaCache:
    """Answers by branch and revisions; safe to use from any thread."""

    def __init__(self, settings: ReadSettings | None = None) -> None:
        self._settings = settings or ReadSettings()
        self._lock = threading.Lock()
        self._seen: dict[str, tuple[BranchFingerprint, float]] = {}
        self._of_commits: Lru[Hashable, object] = Lru(_COMMITS_KEPT)
        self._of_branches: Lru[tuple[Hashable, ...], object] = Lru(_BRANCHES_KEPT)

    def see(self, branch: str, fingerprint: BranchFingerprint) -> None:
        """These are the branch's hashes now."""
        with self._lock:
            known = self._seen.get(branch)
            if known is not None and _state(known[0]) != _state(fingerprint):
                self._forget(branch)
            self._seen[branch] = fingerprint, time.monotonic()

    def state(self, branch: str) -> Hashable:
        """What was last seen of the branch, whenever that was; None where nothing was."""
        with self._lock:
            seen = self._seen.get(branch)
            return None if seen is None else _state(seen[0])

    def forget(self, branch: str | None) -> bool:
        """The branch changes, or changed: nothing of it is known any more. Tells whether something was."""
        with self._lock:
            self._seen.pop(branch or "", None)
            return self._forget(branch or "")

    def clear(self) -> None:
        """Nothing is known any more."""
        with self._lock:
            self._seen.clear()
            self._of_commits.clear()
            self._of_branches.clear()

    def _forget(self, branch: str) -> bool:
        stale = [key for key in self._of_branches if key[0] == branch]
        for key in stale:
            self._of_branches.pop(key)
        return bool(stale)

    def recall(self, branch: str, revisions: Sequence[str | None], what: Hashable, find: Callable[[], T]) -> T:
        """What ``find`` returns, or returned before, about these revisions as seen from the branch.

        A revision is a hash, `HEAD`, `STAGED`, or `WORKING` (or None, which is the same); others are asked each time.
        Without revisions the answer must never change.
        """
        if all(revision is not None and _HASH.fullmatch(revision) for revision in revisions):
            key = (*revisions, what)
            with self._lock:
                if key in self._of_commits:
                    return self._of_commits[key]  # type: ignore[return-value]
            found = find()
            with self._lock:
                self._of_commits.put(key, found)
            return found
        with self._lock:
            now = self._key(branch, revisions, what)
            if now is not None and now in self._of_branches:
                return self._of_branches[now]  # type: ignore[return-value]
        found = find()
        with self._lock:
            if now is not None and now == self._key(branch, revisions, what):
                self._of_branches.put(now, found)
        return found

    def _key(self, branch: str, revisions: Sequence[str | None], what: Hashable) -> tuple[Hashable, ...] | None:
        """What an answer is kept under while the branch stays as it was last seen; None where that is too long ago."""
        fingerprint, at = self._seen.get(branch, (None, 0.0))
        if fingerprint is None or time.monotonic() - at > self._settings.trusted_for:
            return None
        hashes = {
            None: fingerprint.working,
            WORKING: fingerprint.working,
            STAGED: fingerprint.staged,
            HEAD: fingerprint.head,
        }
        found = [revision if revision and _HASH.fullmatch(revision) else hashes.get(revision) for revision in revisions]
        # Working and staged sets have hashes of another kind than commits, but none that a commit has.
        return (branch, *found, what) if all(found) else None


def _state(fingerprint: BranchFingerprint) -> tuple[str | None, str, str, str]:
    return fingerprint.branch, fingerprint.head, fingerprint.staged, fingerprint.working
