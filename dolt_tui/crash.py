"""What went wrong inside the program, written to a file that holds none of the user's data.

A crash file has the kinds of the errors and the places in the code where they were raised, with the versions of what
was running. It has no messages of errors and no values of variables: both may hold rows, statements or passwords.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path

from . import __version__
from .config import state_path

FILES = 20
"""Crash files that are kept."""
PLACES = 50
"""Different faults of one run that are recorded."""
_LIBRARIES = ("textual", "rich", "SQLAlchemy", "PyMySQL", "doltlite")


class CrashLog:
    """The crash file of one run of the program: made at the first fault. To be used from any thread."""

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._times: dict[tuple[str, ...], int] = {}
        self.path: Path | None = None
        """The file; None before the first fault, and where none can be written."""
        self.faults = 0
        """How often something went wrong."""

    def record(self, error: BaseException, where: str) -> int:
        """Record a fault, once for each place in the code; returns how often it has happened there.

        ``where`` says in fixed words what the program was doing. Never raises.
        """
        place = _place(error)
        with self._lock:
            self.faults += 1
            self._times[place] = times = self._times.get(place, 0) + 1
            if times == 1 and len(self._times) <= PLACES:
                try:
                    self._write(error, where)
                except Exception:  # the disk is full, the directory belongs to somebody else: the program goes on
                    self.path = self.path if self.path is not None and self.path.exists() else None
        return times

    def sentence(self) -> str:
        """Where to read what went wrong."""
        if self.path is None:
            return "No crash file could be written."
        return f"{self.path} says where, and holds none of your data."

    def _write(self, error: BaseException, where: str) -> None:
        now = dt.datetime.now().astimezone()
        lines = [f"{now:%Y-%m-%d %H:%M:%S %z} · {where}", *_lines(error), ""]
        if self.path is None:
            directory = self._directory if self._directory is not None else state_path() / "crashes"
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            for old in sorted(directory.glob("crash-*.txt"))[: -(FILES - 1)]:
                old.unlink(missing_ok=True)
            path = directory / f"crash-{now:%Y%m%d-%H%M%S}-{os.getpid()}.txt"
            lines = [*_versions(), "", *lines]
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            self.path = path
        else:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND)
        with os.fdopen(descriptor, "a", encoding="utf-8", errors="replace") as file:
            file.write("\n".join(lines) + "\n")


def _versions() -> list[str]:
    from importlib.metadata import PackageNotFoundError, version

    found = [f"dolt-tui {__version__}", f"Python {platform.python_version()} on {sys.platform} {platform.machine()}"]
    for name in _LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} is not installed")
    return found


def _lines(error: BaseException) -> Iterator[str]:
    """The errors and where they were raised, the first cause last."""
    seen: set[int] = set()
    link = ""
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield f"{link}{_kind(current)}"
        for frame, line in traceback.walk_tb(current.__traceback__):
            yield f"    {_file(frame.f_code.co_filename)}:{line} in {frame.f_code.co_qualname}"
        if isinstance(current, BaseExceptionGroup):
            for part in current.exceptions:
                yield from (f"  | {text}" for text in _lines(part))
        link, current = (
            ("caused by ", current.__cause__)
            if current.__cause__ is not None
            else ("while dealing with ", None if current.__suppress_context__ else current.__context__)
        )


def _kind(error: BaseException) -> str:
    kind = type(error)
    number = f" (errno {error.errno})" if isinstance(error, OSError) and error.errno is not None else ""
    return f"{kind.__module__}.{kind.__qualname__}{number}"


def _place(error: BaseException) -> tuple[str, ...]:
    """What tells one fault from another: the kind, and where in our code, else in any, it was raised."""
    frames = [(f.f_code.co_filename, f.f_code.co_qualname, line) for f, line in traceback.walk_tb(error.__traceback__)]
    ours = [frame for frame in frames if _file(frame[0]).startswith("dolt_tui/")]
    file, name, line = (ours or frames or [("", "", 0)])[-1]
    return type(error).__qualname__, file, name, str(line)


def _file(name: str) -> str:
    """A source file from its package on: what stands before may tell who the user is."""
    parts = Path(name).parts
    for mark in ("site-packages", "dist-packages", "dolt_tui"):
        if mark in parts:
            at = len(parts) - 1 - parts[::-1].index(mark)
            return "/".join(parts[at if mark == "dolt_tui" else at + 1 :])
    return "/".join(parts[-2:])
