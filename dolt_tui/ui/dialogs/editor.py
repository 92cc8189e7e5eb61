"""A text written in the user's own editor, while the program is suspended."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from textual.app import SuspendNotSupported

from dolt_tui.frozen import Frozen
from dolt_tui.ui.present.text import with_line_feeds

if TYPE_CHECKING:
    from textual.app import App

T = TypeVar("T")

_AT_ONCE = 1.0
"""Seconds: an editor that ends sooner, with nothing changed, has probably opened a window of its own."""


_KEPT = "The text stays as it was."


class EditorError(Exception):
    """The text could not be edited; it stays as it was."""


class Edited(Frozen):
    """What came back from the editor."""

    text: str
    note: str = ""
    """Something to say about it; empty when all went as usual."""


def edit(app: App[object], text: str, name: str = "COMMIT_EDITMSG") -> Edited:
    """``text`` as the editor leaves it: that of ``$VISUAL``, ``$EDITOR``, or vi. Blocks; raises `EditorError`."""
    arguments = _command()
    program = arguments[0]
    try:
        with tempfile.TemporaryDirectory(prefix="dolt-tui-") as directory:
            path = Path(directory, name)
            path.write_text(text, encoding="utf-8", errors="replace")
            begun = time.monotonic()
            _run(app, [*arguments, str(path)])
            at_once = time.monotonic() - begun < _AT_ONCE
            found = _read(path)
    except OSError as error:
        raise EditorError(f"The file for {program}, {name}, cannot be used: {error.strerror}. {_KEPT}") from error
    note = ""
    if at_once and found == text:
        note = f"{program} changed nothing. An editor with a window of its own must wait: EDITOR='code --wait'."
    return Edited(found, note)


def with_terminal(app: App[object], work: Callable[[], T]) -> T:
    """Run ``work`` while it has the terminal for itself, and take the terminal back however it ends.

    Raises what ``work`` raises, and `SuspendNotSupported`.
    """
    error: BaseException | None = None
    with app.suspend():  # it takes the terminal back only when nothing is raised inside
        try:
            result = work()
        except BaseException as raised:
            error = raised
    if error is not None:
        raise error
    return result


def _command() -> list[str]:
    for variable in ("VISUAL", "EDITOR"):
        command = os.environ.get(variable, "")
        try:
            arguments = shlex.split(command)
        except ValueError as error:
            raise EditorError(f"${variable} cannot be understood: {command} ({error})") from error
        if arguments and arguments[0]:
            return arguments
    return ["vi"]


def _run(app: App[object], arguments: list[str]) -> None:
    """Run the editor until it ends. Raises `EditorError` unless it ends well."""

    def work() -> int:
        # ^c is the editor's. An ignored signal would be ignored by it too, one with a handler is not.
        before = signal.signal(signal.SIGINT, lambda *_: None)
        try:
            return subprocess.call(arguments)
        finally:
            signal.signal(signal.SIGINT, before)

    program = arguments[0]
    try:
        code = with_terminal(app, work)
    except SuspendNotSupported as error:
        raise EditorError("This terminal cannot be given to an editor.") from error
    except OSError as error:
        what = error.strerror or type(error).__name__
        raise EditorError(f"{program} could not be started: {what}. $VISUAL or $EDITOR names the editor.") from error
    if code < 0:
        raise EditorError(f"{program} was ended by {_signal_name(-code)}. {_KEPT}")
    if code > 0:
        raise EditorError(f"{program} ended with code {code}. {_KEPT}")


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _read(path: Path) -> str:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")  # what an editor that is not set to UTF-8 writes
    return with_line_feeds(text)
