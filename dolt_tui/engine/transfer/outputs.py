"""Where an export goes: a file, which is there under its name only once it is whole, or a stream."""

from __future__ import annotations

import gzip
import io
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, cast

from ..errors import AlreadyExists, EngineError

_BUFFER = 1 << 18


class Output:
    """What an export writes to, in bytes or as text."""

    def __init__(self, binary: IO[bytes]) -> None:
        self.binary = binary
        # Stray bytes of a text, which are read as surrogates, are written as they were.
        self._text = io.TextIOWrapper(binary, "utf-8", "surrogateescape", newline="")

    def write(self, text: str) -> None:
        """Write text as UTF-8, its line ends as they are."""
        self._text.write(text)

    def finish(self) -> None:
        """Hand all text on, and leave the binary stream open."""
        self._text.flush()
        self._text.detach()


def check(path: Path, *, overwrite: bool) -> None:
    """Refuse a path to which nothing can be written.

    Raises `AlreadyExists` for a file that is there, unless it may be overwritten, and `EngineError`.
    """
    if path.is_dir():
        raise EngineError(f"{path} is a directory.", "Name a file in it.")
    if path.exists() and not path.is_file():
        raise EngineError(f"{path} is a device or a pipe, not a file.", "Choose another name.")
    if not path.parent.is_dir():
        raise EngineError(f"There is no directory {path.parent}.", "Make it, or choose another one.")
    if path.exists() and not overwrite:
        raise AlreadyExists(f"There is already a file {path}.")


@contextmanager
def to_file(path: Path, *, compressed: bool = False, overwrite: bool = False) -> Iterator[Output]:
    """An output that becomes the file at the end; nothing of it stays where the block raises.

    It is written beside the file under another name, with the rights of a new file. Raises as `check` does, and
    `EngineError` where the system refuses, such as a full disk.
    """
    path = Path(os.path.realpath(path))  # a link goes on leading to the file
    check(path, overwrite=overwrite)
    beside = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}.part")
    try:
        with open(beside, "xb", _BUFFER) as file:
            if compressed:
                with gzip.GzipFile("", "wb", 6, cast("IO[bytes]", file), 0) as packed:
                    with io.BufferedWriter(cast("io.RawIOBase", packed), _BUFFER) as buffered:
                        yield from _written(cast("IO[bytes]", buffered))
            else:
                yield from _written(file)
            file.flush()
            os.fsync(file.fileno())
        if overwrite:
            os.replace(beside, path)
        else:
            _rename_new(beside, path)
    except OSError as error:
        raise EngineError(f"{path.name} cannot be written: {error.strerror or error}.") from error
    finally:
        with suppress(OSError):
            beside.unlink()


def _written(binary: IO[bytes]) -> Iterator[Output]:
    output = Output(binary)
    try:
        yield output
    except BaseException:
        with suppress(Exception):
            output.finish()
        raise
    output.finish()


def _rename_new(beside: Path, path: Path) -> None:
    """Give a file its name, unless somebody else took that in the meantime."""
    try:
        os.link(beside, path)
    except FileExistsError as error:
        raise AlreadyExists(f"There is already a file {path}.") from error
    except OSError:  # a file system without links
        if path.exists():
            raise AlreadyExists(f"There is already a file {path}.") from None
        os.rename(beside, path)


@contextmanager
def to_stream(binary: IO[bytes]) -> Iterator[Output]:
    """An output that is a stream which somebody else closes, such as standard output."""
    yield from _written(binary)
