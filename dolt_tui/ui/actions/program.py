"""What the keys do that are about the program: reading again, the SQL log, the list of keys, quitting."""

from __future__ import annotations

from textual.app import SuspendNotSupported

from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import EVERYWHERE, RESOLVER, Footer, command


class ProgramActions(Actions):
    """Commands about the program as a whole."""

    @command(
        "refresh",
        "ctrl+r,R",
        "refresh",
        "Refresh: read everything again",
        shown="^r R",
        offline=True,
        rank=4,
        synonyms=("reload", "redraw", "update screen"),
        footer=Footer.NEVER,
        about="Changes of others appear by themselves; this reads everything at once.",
    )
    def refresh(self) -> None:
        self.state.repository.pardon()
        self.context.session.refresh.read_all("read everything again")
        self.context.reload()  # also where it went inside

    # lists

    @command(
        "help",
        "question_mark,f1",
        "keys",
        "Keys: all of them, this pane's first",
        (EVERYWHERE, RESOLVER),
        offline=True,
        rank=4,
        synonyms=("help", "shortcuts", "bindings", "keybindings", "cheat sheet", "hotkeys", "manual"),
        footer=Footer.NEVER,
    )
    def help(self) -> None:
        from dolt_tui.ui.flows.list_keys import list_keys  # only now: the program starts without

        list_keys(self.context)

    @command(
        "palette",
        "ctrl+p",
        "palette",
        "Command palette",
        (EVERYWHERE, RESOLVER),
        offline=True,
        rank=9,
        footer=Footer.NEVER,
    )
    def palette(self) -> None:
        from dolt_tui.ui.flows.find_command import open_palette  # only now: the program starts without

        open_palette(self.context)

    @command(
        "screenshot",
        "",
        "screenshot",
        "Screenshot: save a picture of the screen",
        (EVERYWHERE, RESOLVER),
        offline=True,
        rank=9,
        synonyms=("svg", "print screen", "take a picture"),
        about="Saves the screen as an SVG file in the directory in which the program was started.",
    )
    def screenshot(self) -> None:
        try:
            self.context.tell(f"Saved {self.context.window.save_picture()}")
        except OSError as error:
            self.context.tell(f"The picture could not be saved: {error.strerror}", "error")

    @command(
        "suspend",
        "ctrl+z",
        "suspend",
        "Suspend to the shell",
        (EVERYWHERE, RESOLVER),
        offline=True,
        rank=9,
        footer=Footer.NEVER,
        synonyms=("background", "shell", "job control"),
    )
    def suspend(self) -> None:
        try:
            self.context.window.suspend()
        except SuspendNotSupported:
            self.context.tell("This terminal cannot be suspended.", "warning")

    @command(
        "quit",
        "q",
        "quit",
        "Quit",
        (EVERYWHERE, RESOLVER),
        offline=True,
        waits=False,
        rank=9,
        synonyms=("exit", "close", "leave", "q!", "wq"),
        about="Asks first about what is unfinished.",
    )
    def quit(self) -> None:
        self.context.window.quit()
