"""Textual's command palette, whose list may have entries that it has not laid out yet."""

from __future__ import annotations

from contextlib import suppress

from textual.command import CommandPalette


class Palette(CommandPalette):
    """The command palette."""

    def _action_command_list(self, action: str) -> None:
        with suppress(KeyError):  # of Textual 8.2, for a page in a list that was not drawn yet
            super()._action_command_list(action)
