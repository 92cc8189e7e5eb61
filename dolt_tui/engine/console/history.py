"""Statements that were run, kept from one start of the program to the next, in a file of the user's.

The file holds one line of JSON for each statement, and is only ever appended to (by one write, under a lock, as several
programs may use it); it is rewritten when it has grown well beyond what is kept. A line that cannot be read is skipped.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import threading
from collections.abc import Iterable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Any

from ...files import append, locked, write_whole
from ...frozen import Frozen
from ..model.traits import SqlStyle
from .secrets import without_secrets

KEPT = 5_000
"""How many statements are kept."""
_SLACK = 500
"""How many more lines the file may have."""
_LONGEST = 64 << 10
"""The longest statement that is kept, in code points: longer ones are data rather than something to run again."""
_LARGEST = 8 << 20
"""The size of the file, in bytes, beyond which the older half of the statements is forgotten."""


class Result(StrEnum):
    """How a statement ended."""

    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    ROLLED_BACK = "rolled back"


class HistoryEntry(Frozen):
    """A statement that was run."""

    text: str
    """Without passwords."""
    database: str
    branch: str
    moment: dt.datetime
    """When it was begun; with a time zone."""
    seconds: float
    rows: int | None
    """The rows that it returned or changed, where that is known."""
    result: Result = Result.DONE
    error: str = ""
    """What the engine said, if it failed; on one line, cut where it is long."""


class StatementHistory:
    """The statements that were run, by this program and by others of the same user. May be used from any thread."""

    def __init__(self, directory: Path | None, style: SqlStyle, keep: int = KEPT) -> None:
        """``directory``: where the file is, or None to remember only while the program runs."""
        self._path = None if directory is None else directory / "statements.jsonl"
        self._style = style
        self._keep = keep
        self._entries: list[HistoryEntry] = []
        self._folded: dict[str, str] = {}
        """What is looked through for each text."""
        self._lines = 0
        self._read: tuple[int, int] = (0, 0)
        """Which file was read (its inode), and how many bytes of it."""
        self._lock = threading.RLock()

    def add(self, entry: HistoryEntry) -> None:
        """Remember a statement; its passwords are blanked. Never fails: where nothing can be written, nothing is kept
        beyond this program."""
        text = entry.text.strip()
        if not text or len(text) > _LONGEST:
            return
        text, secrets = without_secrets(text, self._style)
        error = " ".join(entry.error.split())
        for secret in secrets:
            error = error.replace(secret, "***") if secret else error
        kept = HistoryEntry(
            *(text, entry.database, entry.branch, entry.moment, entry.seconds, entry.rows),
            *(entry.result, error[:500]),
        )
        with self._lock, locked(self._path):
            self._refresh()
            self._entries.append(kept)
            del self._entries[: -self._keep]
            self._append(kept)

    def search(self, text: str = "", database: str | None = None, limit: int = 200) -> tuple[HistoryEntry, ...]:
        """The newest statements that hold each word of ``text``, in any case; one that was run again is there once.

        With ``database`` only those of that one. Costs some milliseconds for each thousand that are kept.
        """
        words = text.casefold().split()
        folded = self._folded
        found: list[HistoryEntry] = []
        seen: set[str] = set()
        with self._lock:
            self._refresh()
            entries = tuple(self._entries)
            if len(self._folded) > 2 * self._keep:
                self._folded.clear()
        for entry in reversed(entries):
            if database is not None and entry.database != database:
                continue
            if entry.text in seen:
                continue
            if words:
                if entry.text not in folded:
                    folded[entry.text] = entry.text.casefold()
                if not all(word in folded[entry.text] or word in entry.branch.casefold() for word in words):
                    continue
            seen.add(entry.text)
            found.append(entry)
            if len(found) == limit:
                break
        return tuple(found)

    def count(self) -> int:
        """How many statements are kept, as far as that is known without waiting for who writes some."""
        if self._lock.acquire(blocking=False):
            try:
                self._refresh()
            finally:
                self._lock.release()
        return len(self._entries)

    # the file

    def _refresh(self) -> None:
        """Read what the file has got since it was read."""
        if self._path is None:
            return
        with suppress(OSError), self._path.open("rb") as file:
            found = os.fstat(file.fileno())
            inode, size = self._read
            if found.st_ino != inode or found.st_size < size:
                self._entries, self._lines, size = [], 0, 0
            elif found.st_size == size:
                return
            file.seek(size)
            data = file.read(found.st_size - size)
            whole = data.rfind(b"\n") + 1  # another program may be writing the rest
            for line in data[:whole].splitlines():
                self._lines += 1
                with suppress(ValueError, KeyError, TypeError, AttributeError):
                    self._entries.append(_from_record(json.loads(line)))
            del self._entries[: -self._keep]
            self._read = (found.st_ino, size + whole)

    def _append(self, entry: HistoryEntry) -> None:
        if self._path is None:
            return
        if self._lines >= self._keep + _SLACK or self._read[1] > _LARGEST:
            self._rewrite()
            return
        with suppress(OSError):
            self._written(append(self._path, _as_lines([entry])), 1)

    def _rewrite(self) -> None:
        assert self._path is not None
        if self._read[1] > _LARGEST:
            del self._entries[: len(self._entries) // 2]
        with suppress(OSError):
            found = write_whole(self._path, _as_lines(self._entries))
            self._lines = 0
            self._written(found, len(self._entries))

    def _written(self, found: os.stat_result, lines: int) -> None:
        self._lines += lines
        self._read = (found.st_ino, found.st_size)


def _as_lines(entries: Iterable[HistoryEntry]) -> bytes:
    lines = (json.dumps(_as_record(entry), separators=(",", ":")) for entry in entries)
    return "".join(line + "\n" for line in lines).encode()


def _as_record(entry: HistoryEntry) -> dict[str, Any]:
    return {
        "text": entry.text,
        "database": entry.database,
        "branch": entry.branch,
        "moment": entry.moment.isoformat(),
        "seconds": round(entry.seconds, 4),
        "rows": entry.rows,
        "result": str(entry.result),
        "error": entry.error,
    }


def _from_record(record: dict[str, Any]) -> HistoryEntry:
    moment = dt.datetime.fromisoformat(record["moment"])
    rows = record["rows"]
    return HistoryEntry(
        str(record["text"]),
        str(record["database"]),
        str(record["branch"]),
        moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC),
        float(record["seconds"]),
        None if rows is None else int(rows),
        Result(record["result"]),
        str(record["error"]),
    )
