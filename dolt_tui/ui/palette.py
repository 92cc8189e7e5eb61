"""Textual's command palette, whose list may have no entry yet."""

from __future__ import annotations

from textual.command import CommandList, CommandPalette


class Palette(CommandPalette):
    """The command palette."""

    def _action_command_list(self, action: str) -> None:
        # Moving by a page in an empty list is an error in Textual 8.2.
        if self.query_one(CommandList).option_count:
            super()._action_command_list(action)
