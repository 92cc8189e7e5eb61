"""Files of the user's in which the program keeps what it needs later: nobody else reads them, several programs write.

All functions but `runs` and `locked` raise `OSError` where the system refuses.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def locked(path: Path | None) -> Iterator[None]:
    """Alone with a file among all programs; where there is none, or it cannot be locked, at once."""
    descriptor = -1
    if path is not None:
        with suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def append(path: Path, lines: bytes) -> os.stat_result:
    """Add whole lines to a file, on a line of their own; returns what the file is then."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_APPEND, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            lines = b"\n" + lines  # a line that was cut off spoils no other one
        os.write(descriptor, lines)
        return os.fstat(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path: Path, data: bytes) -> os.stat_result:
    """Give a file another content, all of it or nothing; returns what the file is then. One thread at a time."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
        os.replace(new, path)
    except BaseException:
        with suppress(OSError):
            new.unlink()
        raise
    return path.stat()


def runs(pid: int) -> bool:
    """Whether a program runs; one of another user does."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True
