"""A line where the path of a file is typed: tab completes it, and ``~`` is one's own directory."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from dolt_tui.ui.widgets.entry import LineInput

_LISTED = 8
"""Names that are told where a path can go on in several ways."""


class PathInput(LineInput):
    """A path; `path` is what was typed as one."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", "complete", show=False, priority=True)]

    class Choices(Message):
        """The path can go on in several ways; `names` are some of them, in words."""

        def __init__(self, names: str) -> None:
            super().__init__()
            self.names = names

    @property
    def path(self) -> Path:
        """What was typed, from the directory where the program was started."""
        return Path(os.path.abspath(os.path.expanduser(self.value.strip())))

    def action_complete(self) -> None:
        """Go on as far as there is but one way."""
        text, names = completed(self.value)
        if text != self.value:
            self.value = text
            self.cursor_position = len(text)
        more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
        self.post_message(self.Choices("  ".join(names[:_LISTED]) + more if len(names) > 1 else ""))


def completed(text: str) -> tuple[str, list[str]]:
    """A path as far as the directory leaves no choice, and the names among which the choice would be."""
    head, name = os.path.split(text)
    directory = os.path.expanduser(head or ".")
    try:
        with os.scandir(directory) as entries:
            found = sorted(
                entry.name + ("/" if entry.is_dir() else "")
                for entry in entries
                if entry.name.startswith(name) and (name.startswith(".") or not entry.name.startswith("."))
            )
    except OSError:
        return text, []
    if not found:
        return text, []
    common = os.path.commonprefix(found)  # noqa: RUF071 - of names, not of paths
    return os.path.join(head, common), found
