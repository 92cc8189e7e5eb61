"""Where the command line writes data: as they are into files and pipes, harmless on a terminal."""

from __future__ import annotations

import codecs
import io
import sys
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
