"""The command palette: Textual's, which also finds commands by what they are called elsewhere."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from textual.command import CommandPalette, Hit, Hits, Provider


class SynonymProvider(Provider):
    """The commands of the screen whose synonyms match what is typed, where their titles do not."""

    async def search(self, query: str) -> Hits:
        from dolt_tui.ui.full_screen import FullScreen

        matcher = self.matcher(query)
        screen = self.screen
        if not isinstance(screen, FullScreen):
            return
        for command in screen.possible_commands:
            score, synonym = max(((matcher.match(name), name) for name in command.synonyms), default=(0.0, ""))
            if score > 0 and matcher.match(command.title) <= 0:
                help_text = f"{screen.actions.commands.key_help(command)} · {synonym}"
                yield Hit(score, command.title, partial(screen.run, command.id), text=command.title, help=help_text)


class Palette(CommandPalette):
    """The command palette."""

    def _action_command_list(self, action: str) -> None:
        with suppress(KeyError):  # of Textual 8.2, for a page in a list that was not drawn yet
            super()._action_command_list(action)
