"""The console's text, kept in a file of the user's: what was being written is there again after a crash, unasked."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

MOST = 10_000_000
"""Characters; a longer text is not kept."""


class KeptText:
    """A text in a file that only the user can read; it can be read and written from any thread, by one at a time."""

    def __init__(self, path: Path | None) -> None:
        """``path``: None to keep it nowhere."""
        self._path = path
        self._saved: str | None = None

    def load(self) -> str:
        """The text that was saved last; empty where there is none."""
        if self._path is not None:
            with suppress(OSError, ValueError):
                self._saved = self._path.read_text("utf-8")
        return self._saved or ""

    def save(self, text: str) -> None:
        """Save a text, whole or not at all; a directory that cannot be written to is no reason to fail."""
        if self._path is None or text == (self._saved or "") or len(text) > MOST:
            return
        new = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        with suppress(OSError, ValueError):  # a half of a character cannot be written
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                file.write(text)
            new.replace(self._path)
            self._saved = text
