"""Where the command line writes data: as they are into files and pipes, harmless on a terminal."""

from __future__ import annotations

import codecs
import io
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, cast

_MARKS = {"\n": "\n", "\t": "\t"}


class _OnTerminal(io.RawIOBase):
    """Passes UTF-8 on without what would steer the terminal."""

    def __init__(self, terminal: IO[bytes]) -> None:
        self._terminal = terminal
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        view = memoryview(data)
        self._terminal.write(harmless(self._decoder.decode(view)).encode())
        return view.nbytes

    def flush(self) -> None:
        self._terminal.flush()


def harmless(text: str) -> str:
    """``text`` with a mark in place of each control character that is no end of a line and no tab."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else _MARKS.get(sign, "\N{REPLACEMENT CHARACTER}") for sign in text)


def standard_output() -> IO[bytes]:
    """Standard output, to write UTF-8 to."""
    if sys.stdout.isatty():
        return cast("IO[bytes]", _OnTerminal(sys.stdout.buffer))
    return sys.stdout.buffer


@contextmanager
def progress_shown(verb: str) -> Iterator[_Counter]:
    """What tells on a terminal how far it has come, and leaves nothing of that."""
    counter = _Counter(verb, shown=sys.stderr.isatty() and not sys.stdout.isatty())
    try:
        yield counter
    finally:
        counter.clear()


class _Counter:
    def __init__(self, verb: str, *, shown: bool) -> None:
        self._verb, self._shown, self._last = verb, shown, 0.0

    def __call__(self, rows: int, of: int | None) -> None:
        now = time.monotonic()
        if self._shown and now - self._last > 0.2:
            self._last = now
            whole = f" of {of:,}" if of else ""
            print(f"\r{self._verb} {rows:,}{whole} rows", end="\x1b[K", file=sys.stderr, flush=True)

    def clear(self) -> None:
        if self._last:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
