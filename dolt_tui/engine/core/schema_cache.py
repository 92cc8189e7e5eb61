"""What was found out about tables' definitions, for as long as it is known to be true.

What a commit's hash names never changes. What a branch holds is remembered while its hashes stay those of the last
look (`Refs.token`), and for seconds only: whoever doesn't look again asks the engine again.
"""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from ..model import HEAD, STAGED, WORKING, Token

T = TypeVar("T")

_HASH = re.compile("[0-9a-v]{32}|[0-9a-f]{40}")
_TRUSTED_SECONDS = 2.5
"""A look at a branch's hashes counts for so long; the interface looks each second."""
_KEPT = 256


class Memo:
    """Answers by branch and revisions; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[str, tuple[Token, float]] = {}
        self._kept: OrderedDict[Hashable, object] = OrderedDict()

    def see(self, branch: str, token: Token) -> None:
        """These are the branch's hashes now."""
        with self._lock:
            known = self._seen.get(branch)
            if known is not None and _state(known[0]) != _state(token):
                self._forget(branch)
            self._seen[branch] = token, time.monotonic()

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
            self._kept.clear()

    def _forget(self, branch: str) -> bool:
        stale = [key for key in self._kept if isinstance(key, tuple) and key[0] == branch]
        for key in stale:
            del self._kept[key]
        return bool(stale)

    def recall(self, branch: str, revisions: Sequence[str | None], what: Hashable, find: Callable[[], T]) -> T:
        """What ``find`` answers, or answered before, about these revisions as seen from the branch.

        A revision is a hash, `HEAD`, `STAGED`, or `WORKING` (or None, which is the same); others are asked each time.
        """
        key = self._key(branch, revisions, what)
        if key is None:
            return find()
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]  # type: ignore[return-value]
        found = find()
        with self._lock:
            if key == self._key_now(branch, revisions, what):
                self._kept[key] = found
                if len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return found

    def _key(self, branch: str, revisions: Sequence[str | None], what: Hashable) -> Hashable | None:
        with self._lock:
            return self._key_now(branch, revisions, what)

    def _key_now(self, branch: str, revisions: Sequence[str | None], what: Hashable) -> Hashable | None:
        if all(revision is not None and _HASH.fullmatch(revision) for revision in revisions):
            return None, tuple(revisions), what
        token, at = self._seen.get(branch, (None, 0.0))
        if token is None or time.monotonic() - at > _TRUSTED_SECONDS:
            return None
        hashes = {None: token.working, WORKING: token.working, STAGED: token.staged, HEAD: token.head}
        found = [revision if revision and _HASH.fullmatch(revision) else hashes.get(revision) for revision in revisions]
        # Working and staged sets have hashes of another kind than commits, but none that a commit has.
        return (branch, tuple(found), what) if all(found) else None


def _state(token: Token) -> tuple[str | None, str, str, str]:
    return token.branch, token.head, token.staged, token.working
