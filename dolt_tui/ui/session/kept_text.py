"""The console's text, kept in a file of the user's: what was being written is there again after a crash, unasked."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from dolt_tui.engine.console.secrets import without_secrets
from dolt_tui.engine.model import SqlStyle
from dolt_tui.files import write_whole

MOST = 10_000_000
"""Characters; a longer text is not kept."""


class KeptText:
    """A text in a file that only the user can read, without the passwords in it; it can be read and written from any
    thread, by one at a time."""

    def __init__(self, path: Path | None, style: SqlStyle) -> None:
        """``path``: None to keep it nowhere."""
        self._path, self._style = path, style
        self._saved: str | None = None

    def load(self) -> str:
        """The text that was saved last; empty where there is none."""
        if self._path is not None:
            with suppress(OSError, ValueError):
                self._saved = self._path.read_text("utf-8")
        return self._saved or ""

    def save(self, text: str) -> None:
        """Save a text, whole or not at all; a directory that cannot be written to is no reason to fail."""
        if self._path is None or len(text) > MOST:
            return
        text, _ = without_secrets(text, self._style)
        if text == (self._saved or ""):
            return
        with suppress(OSError, ValueError):  # a half of a character cannot be written
            write_whole(self._path, text.encode())
            self._saved = text
