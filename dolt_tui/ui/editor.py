"""A text written in the user's own editor, while the program is suspended."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

if TYPE_CHECKING:
    from textual.app import App


class EditorError(Exception):
    """The text could not be edited; what it was stays as it was."""


def edit(app: App[object], text: str, name: str = "COMMIT_EDITMSG") -> str:
    """``text`` as it is when the editor ends: ``$VISUAL``, ``$EDITOR``, or vi. Blocks; raises `EditorError`."""
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        arguments = shlex.split(command)
    except ValueError as error:
        raise EditorError(f"$EDITOR cannot be understood: {command}") from error
    with tempfile.TemporaryDirectory(prefix="dolt-tui-") as directory:
        path = Path(directory, name)
        path.write_text(text, encoding="utf-8")
        try:
            with app.suspend():
                # ^c is the editor's. An ignored signal would be ignored by it too, one with a handler is not.
                before = signal.signal(signal.SIGINT, lambda *_: None)
                try:
                    code = subprocess.call([*arguments, str(path)])
                finally:
                    signal.signal(signal.SIGINT, before)
        except SuspendNotSupported as error:
            raise EditorError("This terminal cannot be given to an editor.") from error
        except OSError as error:
            raise EditorError(f"{arguments[0] if arguments else command} could not be started: {error}") from error
        if code != 0:
            raise EditorError(f"{arguments[0]} ended with code {code}: the message stays as it was.")
        return path.read_text(encoding="utf-8", errors="replace")
