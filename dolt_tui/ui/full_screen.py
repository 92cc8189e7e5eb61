"""What every full screen has: the session, the commands that are declared for it, its keys, and what holds them.

The workspace is one. Another one may be pushed above it: it has its own commands, ``esc`` and holds, and the panes of
the workspace stay as they are, to be read by its commands.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from textual.screen import Screen
from textual.widget import Widget

from dolt_tui.ui.actions.dispatch import Dispatch
from dolt_tui.ui.commands import CommandSet
from dolt_tui.ui.commands.foreign_keys import foreign
from dolt_tui.ui.commands.keymap import key_of, with_keys
from dolt_tui.ui.commands.keys import shown
from dolt_tui.ui.panes.key_bindings import bind
from dolt_tui.ui.panes.main import MainPane
from dolt_tui.ui.panes.main_reading import MainReading
from dolt_tui.ui.panes.pane import Pane
from dolt_tui.ui.panes.pane_set import PaneSet
from dolt_tui.ui.panes.panes import Panes
from dolt_tui.ui.panes.read_pane import ReadPane
from dolt_tui.ui.present.grid_rows import Row
from dolt_tui.ui.present.text import join, plain
from dolt_tui.ui.session.events import Severity
from dolt_tui.ui.session.holds import Hold, Holds
from dolt_tui.ui.session.session import Session
from dolt_tui.ui.session.state import State
from dolt_tui.ui.widgets.grid_moves import GridMoves
from dolt_tui.ui.widgets.message_line import Said

if TYPE_CHECKING:
    from typing import Unpack

    from dolt_tui.engine.model.conflicts import Incoming
    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.dialogs.dialog import Dialog
    from dolt_tui.ui.flows.context import Window
    from dolt_tui.ui.main_view.view import View
    from dolt_tui.ui.present.grid_rows import Match
    from dolt_tui.ui.session.writes import How

T = TypeVar("T")


class Keys(Protocol):
    """The keys that wait; see `dolt_tui.ui.key_queue`."""

    def go_on(self) -> None:
        """Something became ready: hand on what waits."""

    def clear(self) -> int:
        """Forget what waits; returns how many keys that were."""

    @property
    def twice(self) -> str:
        """The key that came last, where it is the one before as well."""


class Messages(Protocol):
    """What is told; see `dolt_tui.ui.messages`."""

    now: Said | None

    def draw(self) -> None:
        """Show it on the screen in front."""


class Program(Protocol):
    """The application, as its screens see it."""

    @property
    def messages(self) -> Messages: ...

    @property
    def keys(self) -> Keys: ...

    def open_database(self, name: str) -> None:
        """Open another database in place of the one that is open."""


class FullScreen(Screen[None]):
    """A screen on a session; `dolt_tui.ui.flows.context.Context` for the handlers of its commands."""

    PLACE = ""
    """Where its commands are declared (`dolt_tui.ui.commands.Command.where`)."""

    def __init__(self, session: Session, panes: Panes, commands: CommandSet, own: PaneSet[Any] | None = None) -> None:
        """``panes`` are those of the workspace, ``own`` its own ones where it is not that."""
        super().__init__()
        bind(self, self.PLACE)
        self.session, self.panes = session, panes
        self.own_panes: PaneSet[Any] = panes if own is None else own
        self.holds = Holds(self._holds_changed, session.clock)
        self.actions = Dispatch(commands, self)
        self._main_reading = MainReading(session, self.own_panes.main)

    @property
    def program(self) -> Program:
        """The application."""
        return cast("Program", self.app)

    # keys and commands

    @property
    def keys_ready(self) -> bool:
        """Whether keys may come now: neither this screen nor the session holds them."""
        return self.holds.oldest is None and not self.session.busy

    def on_escape(self) -> None:
        """``esc`` while keys wait: end what they wait for."""
        self.session.jobs.cancel("write", "panes", "preview", "open")

    def hold(self, reason: str) -> Hold:
        """Let the keys of this screen wait until the hold is released."""
        return self.holds.take(reason)

    def let_go(self) -> None:
        """After a fault: what was to release a hold may have failed."""
        self.holds.release_all()
        self.session.holds.release_all()

    def on_screen_resume(self) -> None:
        self.program.messages.draw()

    def _holds_changed(self) -> None:
        if self.is_running:
            self.program.keys.go_on()

    @property
    def places(self) -> tuple[str, ...]:
        """Where the commands are declared that its keys mean now."""
        return (self.PLACE,)

    @property
    def all_places(self) -> tuple[str, ...]:
        """Where the commands are declared that it has at all: of each pane, also of those that are not shown."""
        return self.places

    def why_not_at(self, command: str, place: str) -> str:
        """Why a command could not run if one were where it is declared, in another pane; empty where it could, or where
        that is only known there."""
        return self.why_not(command)

    def run_at(self, command: str, place: str) -> None:
        """Go where a command is declared, and run it there, or say why it cannot run."""
        self.run(command)

    def why_not(self, command: str) -> str:
        """Why a command cannot run now; empty when it can."""
        return self.actions.why_not(command)

    def run(self, command: str) -> None:
        """Run a command by its id, or say why it cannot run."""
        found = self.actions.commands[command]
        if not self.keys_ready and found.waits:
            return
        if found.writes and not found.beside and self.session.staging.busy:
            # What was staged by a key is a part of what this one is about.
            self.session.staging.after(f"stage rows before {found.short.rstrip('…')}", lambda: self.run(command))
            return
        reason = self.why_not(command)
        if reason:
            self.tell(f"{found.short.rstrip('…')}: {reason}", "warning")
        elif found.destroys and (gone := self._displaced()):
            self.tell(f"{found.short.rstrip('…')}: {gone}. Press it again if you mean that.", "warning")
        else:
            self.actions.run(command)

    def _displaced(self) -> str:
        """That another line came under the cursor than the one that was selected; told once."""
        grid = self.focused_pane.grid
        before, grid.displaced, now = grid.displaced, None, grid.cursor_row
        if before is None or now is None:
            return ""
        gone, selected = map(_name, (before, now))
        return (
            f"{gone} is gone, and {selected} is selected now" if gone != selected else "what was selected has changed"
        )

    def action_command(self, command: str) -> None:
        """What the keys are bound to."""
        if self.program.keys.twice == "g" and isinstance(self.focused, GridMoves) and self.why_not(command):
            self.focused.action_home()  # whatever the first one said
        else:
            self.run(command)

    def unbound(self, key: str) -> None:
        """Say what a key would be that means nothing here."""
        ids = {item.id for place in self.all_places for item in self.actions.commands.of(place)}
        known = with_keys(foreign(self.places[0], key, ids))
        if key == "g":
            self.tell(f"{known}{' · ' if known else ''}{shown(key)} again goes to the top")
        elif known:
            self.tell(known)
        else:
            self.tell(f"{shown(key)} does nothing here · {key_of('help')} keys")

    # what its commands are about

    @property
    def state(self) -> State:
        """What is known of the database."""
        return self.session.state

    @property
    def main(self) -> MainPane:
        """The main pane."""
        return self.own_panes.main

    @property
    def rows_pane(self) -> MainPane:
        """The pane that commands on rows are about: that of a result while it has the focus, else the main pane."""
        pane = self.focused_pane
        return pane if isinstance(pane, MainPane) else self.main

    @property
    def focused_pane(self) -> Pane:
        """The pane in focus, or the one that was."""
        node = self.focused
        while node is not None and not isinstance(node, Pane):
            node = node.parent  # type: ignore[assignment]
        pane = node if isinstance(node, Pane) else self.own_panes.last
        # A pane that went behind another one may be in focus until Textual has dealt with that.
        return self.own_panes.in_place_of(pane)

    def tell(self, text: str, severity: Severity = "information") -> None:
        """Show a quiet message."""
        self.session.tell(text, severity)

    def ask(self, dialog: Dialog[T], answered: Callable[[T | None], None]) -> None:
        """Show a dialog; its answer comes later."""
        self.app.push_screen(dialog, answered)

    def copy_text(self, text: str) -> None:
        """Put a text on the clipboard."""
        self.app.copy_to_clipboard(text)

    def look(self, label: str, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Ask the engine something before a dialog can open; keys wait for it."""
        self.session.look(label, work, done)

    def write(
        self,
        what: str,
        work: Callable[[Repository], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[Exception], bool] | None = None,
        **how: Unpack[How],
    ) -> None:
        """Change something; see `Writes.write`."""
        self.session.writes.write(what, work, done, failed, **how)

    def transfer(
        self,
        what: str,
        work: Callable[[Repository], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[Exception], bool] | None = None,
        *,
        progress: Callable[[], str] | None = None,
        undoable: bool = False,
    ) -> None:
        """What takes long, while no key waits; see `Writes.transfer`."""
        self.session.writes.transfer(what, work, done, failed, progress=progress, undoable=undoable)

    def resolve(self, incoming: Incoming) -> None:
        """Bring something in that conflicts: it is looked at, and shown to be decided."""
        self.session.resolving.open(incoming)

    def switch(self, branch: str) -> None:
        """Go to another branch, once nothing unfinished keeps one here."""
        self.session.leaving.leave(f"switch to {branch}", lambda: self.session.switch(branch))

    def open_at(self, hash_: str, name: str = "") -> None:
        """Be at a commit, read-only, once nothing unfinished keeps one here."""
        self.session.leaving.leave(f"open {name or hash_[:7]}", lambda: self.session.open_at(hash_, name))

    # the main pane and the focus

    def show_view(self, view: View, *, inside: bool = False) -> None:
        """Let the main pane show something else; ``inside``: go there, and `leave_view` comes back from it."""
        if inside:
            self.show_inside(self.main, view)
        else:
            self.show_in(self.main, view)

    def show_inside(self, pane: MainPane, view: View) -> None:
        """Go into a view in a pane of rows; `leave_view` comes back from it."""
        view = self.state.looks.dressed(view)
        pane.push(view, from_side=self.focused_pane is not pane)
        self.go_to(pane)
        self.show_in(pane, view)

    def follow_key(self, view: View, match: Match | None = None, column: str = "") -> None:
        """Let the main pane go to what a key led to, and to a row of it; `leave_view` comes back."""
        main, here = self.main, self.main.loaded is not None and self.main.view == view
        main.push(view, followed=True)
        if match is not None:
            main.goal = match, column
        self.go_to(main)
        if here and main.loaded is not None:
            main.set_title(main.loaded.title)
            main.go_to_goal(main.loaded)
        else:
            self.load_main()

    def show_in(self, pane: MainPane, view: View) -> None:
        """Let a pane of rows, the main pane or that of a result, show something else."""
        pane.expect(view)
        (self._main_reading if pane is self.main else MainReading(self.session, pane)).load()

    def leave_view(self) -> bool:
        """Go back to where the main pane went inside, a side pane or its own rows; whether there was something."""
        pane = self.rows_pane
        if not pane.stack:
            return False
        if pane.pop():
            self.go_to(self.own_panes.last)
        assert pane.view is not None
        self.show_in(pane, pane.view)
        return True

    def reload(self) -> None:
        """Read again what the main pane shows, also where it went inside."""
        if self.main.stack:
            self.load_main()
        else:
            self.follow(force=True)

    def follow(self, *, force: bool = False) -> None:
        """Let the main pane show what the selection of the side pane is about; ``force``: read it again."""
        self._main_reading.follow(self.panes.last, force=force)

    def load_main(self) -> None:
        """Read what the main pane expects."""
        self._main_reading.load()

    def go_to(self, pane: Pane) -> None:
        """Go to a pane; a tab that is behind another one comes to the front."""
        if pane.has_class("behind"):
            self.own_panes.bring_to_front(pane)
            if isinstance(pane, ReadPane) and pane not in self.panes.always_read:
                self.session.refresh.read_pane(pane)
        self.focus_in(pane.entry if pane.is_mounted else pane, pane.entry)

    def focus_in(self, home: Widget, entry: Widget) -> None:
        """Let a part of ``home`` take the keys: at once, as no key must reach what is behind, or, where it has just
        become part of the screen, as soon as it can; keys wait until then."""
        if home.is_mounted:
            self.set_focus(entry)
        else:
            self.call_later(self._focus_once_mounted, home, entry, self.hold("show the pane"))

    async def _focus_once_mounted(self, home: Widget, entry: Widget, hold: Hold) -> None:
        try:
            while home.is_attached and not home.is_mounted:  # noqa: ASYNC110 (Textual has no event for it)
                await asyncio.sleep(0.001)
            if home.is_mounted:
                self.set_focus(entry)
        finally:
            hold.release()

    # the screen as such

    @property
    def window(self) -> Window:
        """The screen as such."""
        return self

    @property
    def in_front(self) -> bool:
        """Whether no dialog is above it, and its keys need not wait."""
        return self.app.screen is self and self.keys_ready

    @property
    def width(self) -> int:
        """In cells."""
        return self.size.width

    @property
    def is_full(self) -> bool:
        """Whether the layout gives all of the screen to the pane in focus."""
        return False

    def cycle_layout(self, by: int) -> None:
        """Give the pane in focus more of the screen, or less: where there are panes."""

    def close(self) -> None:
        """Go back to the screen below."""
        self.dismiss()

    def forget_keys(self) -> None:
        """What was typed ahead was not meant for what comes now."""
        self.program.keys.clear()

    def type_filter(self, pane: Pane, search: Callable[[str], None] | None = None) -> None:
        """Let the user type a filter for a pane, or a text to search: where there is a line for it."""

    def type_statement(self) -> None:
        """Let the user type a statement: where there is a line for it."""

    def save_picture(self) -> str:
        """Save a picture of the screen as an SVG file in the working directory; returns where. Raises OSError."""
        return self.app.save_screenshot(path=".")

    def open_database(self, name: str) -> None:
        """Open another database in place of this one, once nothing unfinished keeps one here."""
        self.session.leaving.leave(f"open {name}", lambda: self.program.open_database(name))

    def suspend(self) -> None:
        """Go to the background of the shell."""
        self.app.action_suspend_process()

    def quit(self) -> None:
        """End the program, once nothing unfinished keeps one here."""
        self.session.leaving.leave("quit", lambda: self.app.exit(0))


def _name(row: Row) -> str:
    """What a row is about, for people."""
    if not isinstance(row.key, str):
        return " ".join(plain(join(*row.cells)).split())
    return row.key[:7] if row.key == getattr(row.value, "hash", "") else row.key
