"""What commands do about the looks of the program: its theme, the colours of diffs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, cast

from textual.theme import Theme

from dolt_tui.config import ConfigError
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import EVERYWHERE, RESOLVER, command
from dolt_tui.ui.dialogs.themes import ThemeDialog
from dolt_tui.ui.present.colours import DIFF_COLOURS


class _Coloured(Protocol):
    """What is asked of the application."""

    theme: str
    diff_colours: str

    @property
    def available_themes(self) -> Mapping[str, Theme]: ...


class AppearanceActions(Actions):
    """Commands that change nothing but how things look."""

    @property
    def _app(self) -> _Coloured:
        return cast(_Coloured, self.context.focused_pane.app)

    @command(
        "theme",
        "",
        "theme",
        "Theme: choose the colours…",
        (EVERYWHERE, RESOLVER),
        offline=True,
        rank=4,
        synonyms=("colours", "colors", "dark mode", "light mode", "color scheme", "appearance"),
        about="Each theme is shown while the cursor is on it; the one that is chosen stays.",
    )
    def theme(self) -> None:
        app = self._app
        themes = [(theme.name, theme.dark) for theme in app.available_themes.values()]
        dialog = ThemeDialog(sorted(themes, key=lambda theme: (not theme[1], theme[0])), app.theme)

        def chosen(name: object) -> None:
            if isinstance(name, str):
                self._keep("theme", name)

        self.context.ask(dialog, chosen)

    @command(
        "theme.diffs",
        "",
        "diff colours",
        "Theme: colour-blind-safe colours for diffs",
        (EVERYWHERE, RESOLVER),
        offline=True,
        rank=4,
        synonyms=("color blind", "colorblind", "deuteranopia", "accessibility"),
        about="Diffs in colours that colour-blind people can tell apart, or in those of the theme again.",
    )
    def diffs(self) -> None:
        names = list(DIFF_COLOURS)
        name = names[(names.index(self._app.diff_colours) + 1) % len(names)]
        self._app.diff_colours = name
        self._keep("diff_colours", name)

    def _keep(self, key: str, value: str) -> None:
        """Write a choice into the configuration, for the next time that the program starts."""
        keep = self.context.session.settings.keep_choice
        if keep is None:
            return

        def work() -> str:
            try:
                keep(key, value)
            except ConfigError as error:
                return str(error)
            return ""

        def kept(problem: str) -> None:
            if problem:
                self.context.tell(f"This holds until the program ends. {problem}", "warning")

        self.context.look("save the choice", work, kept)
