"""Where the steps are kept: in memory, and in a file of the user's, one for each database.

The file holds one line of JSON for each thing that happened, and is only ever appended to (by one write, under a
lock); it is rewritten when it holds many more lines than steps. A line that cannot be read is skipped.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...files import append, locked, runs, write_whole
from .steps import UndoStep, as_record, from_record

_SLACK = 200
"""How many more lines than steps a file may have."""


class Journal:
    """The steps, oldest first: done ones, then those that were undone and can be redone."""

    def __init__(self, directory: Path | None, name: str, keep: int) -> None:
        """``directory``: where the file is, or None to remember only while the program runs.

        ``name`` tells databases apart; ``keep`` is how many steps are kept.
        """
        self._keep = keep
        self._path: Path | None = None
        if directory is not None:
            self._path = directory / f"{hashlib.blake2b(name.encode(), digest_size=12).hexdigest()}.jsonl"
        self._name = name
        self._steps: list[UndoStep] = []
        self._begun: dict[str, tuple[UndoStep, int]] = {}
        """Steps that were begun, and the program that does them."""
        self._identity = ""
        self._read: tuple[int, int, int] | None = None
        """Which file was read, and how much of it."""
        self._lines = 0

    def beside(self, suffix: str) -> Path | None:
        """A file about the same database in the same directory; None where there is none."""
        return None if self._path is None else self._path.with_suffix(suffix)

    # asking

    def steps(self) -> tuple[UndoStep, ...]:
        """All steps, oldest first; also what another program of the same user has done since."""
        self._refresh()
        return tuple(self._steps)

    def last_done(self) -> UndoStep | None:
        """The step that would be undone next."""
        return next((step for step in reversed(self.steps()) if not step.undone), None)

    def first_undone(self) -> UndoStep | None:
        """The step that would be redone next."""
        return next((step for step in self.steps() if step.undone), None)

    def broken_off(self) -> tuple[UndoStep, ...]:
        """Steps that were begun and never recorded, by this program or by one that has ended."""
        self._refresh()
        return tuple(step for step, pid in self._begun.values() if pid == os.getpid() or not runs(pid))

    # changing: each returns the tags that nothing needs any more

    def identify(self, exists: Callable[[str], bool], first: Callable[[], str]) -> None:
        """Forget everything where the file is about another database of the same name.

        ``exists`` tells whether a commit is in the database, ``first`` finds its first commit.
        """
        with locked(self._path):
            self._refresh()
            if self._identity and exists(self._identity):
                return
            self._steps, self._begun, self._identity = [], {}, first()
            self._rewrite()

    def begin(self, step: UndoStep) -> None:
        """Record that a step is about to be done which may destroy something: `broken_off` until it is added."""
        with locked(self._path):
            self._refresh()
            self._begun[step.id] = (step, os.getpid())
            self._append({"begun": as_record(step), "pid": os.getpid()})

    def add(self, step: UndoStep) -> tuple[str, ...]:
        """Record a step that was done; what was undone before can no longer be redone."""
        with locked(self._path):
            self._refresh()
            dropped = [other for other in self._steps if other.undone and other.id != step.id]
            kept = [other for other in self._steps if not other.undone and other.id != step.id]
            replaced = [other for other in self._steps if other.id == step.id]
            self._steps = [*kept, step]
            self._begun.pop(step.id, None)
            while len(self._steps) > self._keep:
                dropped.append(self._steps.pop(0))
            self._append({"step": as_record(step)})
            freed = {tag for other in (*dropped, *replaced) for tag in other.tags}
            return tuple(sorted(freed - {tag for other in self._steps for tag in other.tags}))

    def replace(self, step: UndoStep) -> tuple[str, ...]:
        """Record that a step was undone or redone, or is known better now."""
        with locked(self._path):
            self._refresh()
            before = {tag for other in self._steps if other.id == step.id for tag in other.tags}
            self._steps = [step if other.id == step.id else other for other in self._steps]
            self._append({"now": as_record(step)})
            return tuple(sorted(before - set(step.tags)))

    def remove(self, *ids: str) -> tuple[str, ...]:
        """Forget steps."""
        with locked(self._path):
            self._refresh()
            gone = [step for step in self._steps if step.id in ids]
            gone += [self._begun.pop(id_)[0] for id_ in ids if id_ in self._begun]
            self._steps = [step for step in self._steps if step.id not in ids]
            self._append({"gone": list(ids)})
            return tuple(sorted({tag for step in gone for tag in step.tags}))

    # the file

    def _refresh(self) -> None:
        if self._path is None:
            return
        try:
            found = self._path.stat()
        except OSError:
            return  # removed, or cannot be reached: what is remembered still holds
        now = (found.st_ino, found.st_size, found.st_mtime_ns)
        if now == self._read:
            return
        try:
            data = self._path.read_bytes()
        except OSError:
            return
        self._read = now
        self._steps, self._begun, self._identity, self._lines = [], {}, "", 0
        for line in data.splitlines():
            self._lines += 1
            with suppress(ValueError, KeyError, TypeError, AttributeError):
                self._apply(json.loads(line))
        del self._steps[: -self._keep]

    def _apply(self, record: dict[str, Any]) -> None:
        if "database" in record:
            self._identity = str(record["database"])
        elif "step" in record:
            step = from_record(record["step"])
            self._steps = [other for other in self._steps if not other.undone and other.id != step.id]
            self._steps.append(step)
            self._begun.pop(step.id, None)
        elif "begun" in record:
            step = from_record(record["begun"])
            self._begun[step.id] = (step, int(record["pid"]))
        elif "now" in record:
            step = from_record(record["now"])
            self._steps = [step if other.id == step.id else other for other in self._steps]
        elif "kept" in record:
            self._steps.append(from_record(record["kept"]))
        elif "gone" in record:
            self._steps = [step for step in self._steps if step.id not in record["gone"]]
            for id_ in record["gone"]:
                self._begun.pop(id_, None)

    def _append(self, record: dict[str, Any]) -> None:
        if self._path is None:
            return
        if self._lines > len(self._steps) + _SLACK:
            self._rewrite()
            return
        with suppress(OSError):
            append(self._path, _as_lines([record]))
            self._lines += 1
            self._note()

    def _rewrite(self) -> None:
        if self._path is None:
            return
        records: list[dict[str, Any]] = [{"database": self._identity, "name": self._name}]
        records += [{"kept": as_record(step)} for step in self._steps]
        records += [{"begun": as_record(step), "pid": pid} for step, pid in self._begun.values()]
        with suppress(OSError):
            write_whole(self._path, _as_lines(records))
            self._lines = len(records)
            self._note()

    def _note(self) -> None:
        """Remember which state of the file is the one that we know."""
        if self._path is not None:
            with suppress(OSError):
                found = self._path.stat()
                self._read = (found.st_ino, found.st_size, found.st_mtime_ns)


def _as_lines(records: Iterable[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(record, separators=(",", ":")) + "\n" for record in records).encode()
