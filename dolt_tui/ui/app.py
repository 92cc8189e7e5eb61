"""The application: opens what was asked for, and shows it."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.message_pump import MessagePump
from textual.screen import ModalScreen, Screen

from dolt_tui.ui.defence import Defence
from dolt_tui.ui.key_queue import KeyQueue
from dolt_tui.ui.messages import Messages, TellingApp
from dolt_tui.ui.present.colours import readable_variables
from dolt_tui.ui.present.text import sanitise
from dolt_tui.ui.session.jobs import Jobs
from dolt_tui.ui.skeleton import Skeleton
from dolt_tui.ui.terminal_driver import PromptDriver
from dolt_tui.ui.widgets.pane_layout import Sizes

if TYPE_CHECKING:
    from dolt_tui.config import Config
    from dolt_tui.engine.opening import Host
    from dolt_tui.engine.repository import Repository
    from dolt_tui.launch import Launch
    from dolt_tui.ui.actions.base import Actions
    from dolt_tui.ui.commands import CommandSet
    from dolt_tui.ui.dialogs.dialog import Dialog
    from dolt_tui.ui.panes.panes import Panes
    from dolt_tui.ui.session.clock import Clock
    from dolt_tui.ui.session.session import Session
    from dolt_tui.ui.session.settings import Settings
    from dolt_tui.ui.workspace import Workspace

log = logging.getLogger(__name__)


class DoltApp(TellingApp):
    """dolt-tui."""

    TITLE = "dolt-tui"
    CSS_PATH = "styles.tcss"
    ENABLE_COMMAND_PALETTE = False  # there is one of our own: `dolt_tui.ui.flows.find_command`
    ESCAPE_TO_MINIMIZE = False
    BINDINGS: ClassVar = []

    def __init__(
        self,
        launch: Launch,
        *,
        theme: str | None = None,
        diff_colours: str = "theme",
        keymap: Mapping[str, str] | None = None,
        more: Sequence[type[Actions]] = (),
        clock: Clock | None = None,
        settings: Settings | None = None,
        sizes: Sizes | None = None,
    ) -> None:
        """``diff_colours``: the name of one of `DIFF_COLOURS`; ``keymap``: keys of the configuration, by the ids of
        commands; ``more``: groups of further commands; ``sizes``: those of the panes when the program starts."""
        self._diff_colours = diff_colours
        super().__init__()
        self._own_keys, self._more = keymap or {}, more
        self._launch, self._settings = launch, settings
        self._sizes = sizes or Sizes()
        self._resolver_sizes: Sizes | None = None
        self.theme = theme or "tokyo-night"
        self.defence = Defence(self)
        self.messages = Messages(self)
        self.jobs = Jobs(self.deliver, self.defence.from_thread, clock)
        self._workspace: Workspace | None = None
        self._commands: CommandSet
        """All commands; there with the workspace."""
        self.failure: str = ""
        self._painted = False
        """Whether there is something on the screen."""
        self._opening = False
        self.keys = KeyQueue(super().on_event, self._path, self._keys_may_come, self._key_failed)

    @property
    def workspace(self) -> Workspace:
        """The main screen; there once the first frame was painted."""
        assert self._workspace is not None
        return self._workspace

    def get_css_variables(self) -> dict[str, str]:
        self.theme_variables = readable_variables(super().get_css_variables(), self._diff_colours)
        return self.theme_variables

    @property
    def diff_colours(self) -> str:
        """What the colours of diffs are: the name of a choice of `DIFF_COLOURS`."""
        return self._diff_colours

    @diff_colours.setter
    def diff_colours(self, name: str) -> None:
        self._diff_colours = name
        self.refresh_css(animate=False)

    def get_driver_class(self) -> type[Driver]:
        found = super().get_driver_class()
        return PromptDriver if found is LinuxDriver else found

    def get_default_screen(self) -> Screen[None]:
        return Skeleton(sanitise(self._launch.title), self._sizes)

    def on_load(self) -> None:
        self.defence.watch()

    def refresh_css(self, animate: bool = True) -> None:
        if self._painted:
            super().refresh_css(animate)
        else:  # because of our theme; but nothing was parsed with another one yet, and it need not be parsed twice
            self.stylesheet.set_variables(self.get_css_variables())

    def on_mount(self) -> None:
        self._painted = True
        self.call_after_refresh(self._open)
        if not self.is_headless:
            self.set_interval(1.0, self._watch_terminal)

    def _watch_terminal(self) -> None:
        """End when the terminal is gone: without a controlling terminal no signal tells of it."""
        from dolt_tui.launch import terminal_is_gone

        if terminal_is_gone():
            self._launch.abandon(129)

    # opening

    def post_display_hook(self) -> None:
        # The frames are on the screen. Textual refreshes them a few times more, and waits in between: no need to do so.
        if self._painted:
            self._open()

    def _open(self) -> None:
        if self._opening:
            return
        self._opening = True
        # The panes are not needed before there is something in them. What asks the database is imported first: then it
        # waits for answers while the panes are imported, and not the other way round.
        self.jobs.run("open", "", self._start, self._connected, self._could_not_open)

    def _make_workspace(self) -> None:
        from dolt_tui.ui.actions.groups import command_set
        from dolt_tui.ui.commands.keymap import use

        self._commands = command_set(self._own_keys, self._more)
        use(self._commands)
        self._workspace = self._new_workspace()
        self.push_screen(self._workspace)

    def _new_workspace(self) -> Workspace:
        from dolt_tui.ui.notices import Notices
        from dolt_tui.ui.panes.panes import Panes
        from dolt_tui.ui.session.events import ResolvingOpened, Settled
        from dolt_tui.ui.session.session import Session
        from dolt_tui.ui.workspace import Workspace

        panes = Panes(self.jobs.clock)
        session = Session(self.jobs, panes, self.jobs.clock, self._settings)
        Notices(self, session)
        session.events.listen(Settled, lambda _: _look_for_garbage())
        session.events.listen(ResolvingOpened, lambda _: self._show_resolver(session, panes))
        sizes = self._sizes if self._workspace is None else self._workspace.sizes
        return Workspace(session, panes, self._commands, sizes)

    def _show_resolver(self, session: Session, panes: Panes) -> None:
        """Something conflicts: show the screen on which that is decided, unless it is shown already."""
        from dolt_tui.ui.resolver import RESOLVER_SIZES, ResolverScreen

        if any(isinstance(screen, ResolverScreen) for screen in self.screen_stack):
            return
        usual = replace(RESOLVER_SIZES, mode=self._sizes.mode, side=self._sizes.side or RESOLVER_SIZES.side)
        resolver = ResolverScreen(session, panes, self._commands, self._resolver_sizes or usual)

        def closed(_: None) -> None:
            self._resolver_sizes = resolver.sizes

        self.push_screen(resolver, closed)

    def _start(self) -> tuple[Host, Repository | None, tuple[str, ...]]:
        self._launch.load()
        self.deliver(self._make_workspace)
        host = self._launch.start()
        if self._launch.database is not None:
            return host, self._launch.open(host, self._launch.database), ()
        names = host.databases()
        if len(names) == 1:
            return host, self._launch.open(host, names[0]), ()
        return host, None, names

    def _connected(self, found: tuple[Host, Repository | None, tuple[str, ...]]) -> None:
        host, repository, names = found
        if repository is not None:
            self.workspace.opened(repository)
        elif not names:
            self._give_up(f"{host.where} has no database to open.")
        else:
            self._choose(host, names)

    def _choose(self, host: Host, names: tuple[str, ...]) -> None:
        from dolt_tui.ui.dialogs.listing import names_dialog

        dialog = names_dialog(f"Databases · {host.where}", names, hint="⏎ open · esc quit")

        def chosen(name: object) -> None:
            if isinstance(name, str):
                self.jobs.run(
                    "open", "", lambda: self._launch.open(host, name), self.workspace.opened, self._could_not_open
                )
            else:
                self.exit(0)

        self.push_screen(dialog, chosen)

    def open_database(self, name: str) -> None:
        """Open another database of the same server, or another file beside this one, instead of the one that is."""
        old = self.workspace

        def opened(repository: Repository) -> None:
            old.session.end()
            self.jobs.drop_all()
            self._workspace = self._new_workspace()
            self.switch_screen(self._workspace)
            self._workspace.opened(repository)
            old.state.repository.leave()

        def failed(error: Exception) -> None:
            old.session.failed(f"open {name}", error)

        hold = old.session.hold(f"open {name}")
        self.jobs.run("open", f"open {name}", lambda: self._launch.open_beside(name), opened, failed, hold.release)

    def _could_not_open(self, error: Exception) -> None:
        from dolt_tui.engine.errors import OpenError, ServerLost
        from dolt_tui.launch import one_line

        log.info("could not open: %s", error)
        if isinstance(error, ServerLost):  # its advice is about a server that was there
            error = OpenError(f"{self._launch.title} cannot be reached: {error.message}")
        self._give_up(one_line(error))

    def _give_up(self, line: str) -> None:
        self.failure = line
        self.exit(1, return_code=1)

    # keys

    async def on_event(self, event: events.Event) -> None:
        try:
            await self._on_event(event)
        except Exception as error:
            self._key_failed(error)

    async def _on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            if isinstance(event, events.Key):
                self.messages.pressed()
                if event.key == "ctrl+j" and not self.can_go_on:
                    event = events.Key("enter", None)  # as terminals send it until a program takes all keys
                if event.key == "ctrl+q":
                    self._quit()
                    return
                if event.key == "escape" and not self._keys_may_come():
                    self._escape()
                    return
            elif not self._takes_text:
                event = events.Paste(sanitise(event.text))
            self.keys.put(event)
        else:
            await super().on_event(event)

    async def _on_key(self, event: events.Key) -> None:
        event.prevent_default()  # Textual would run what is bound once more
        if not await self._check_bindings(event.key):
            await self._unbound(event.key)

    async def _unbound(self, key: str) -> None:
        """A key that is no command's: it may move a list, or be known from another program."""
        from dolt_tui.ui.full_screen import FullScreen
        from dolt_tui.ui.widgets.grid_moves import GridMoves

        grid, screen = self.focused, self.screen
        if not isinstance(grid, GridMoves):
            return
        if key in grid.FREE:
            await self.run_action(grid.FREE[key], grid)
        elif self.keys.twice == "g":
            grid.action_home()
        elif isinstance(screen, FullScreen):
            screen.unbound(key)

    def _quit(self) -> None:
        """``ctrl+q`` always quits: it asks about what is unfinished, but above a dialog no more than that."""
        work = self._workspace
        if work is not None and self.screen is work and work.session.is_open:
            work.quit()
        else:
            self.exit(0)

    @property
    def _takes_text(self) -> bool:
        """Whether the widget in focus stores any text as it is, and shows it so that it does no harm."""
        return bool(getattr(self.focused, "TAKES_TEXT", False))

    @property
    def clipboard(self) -> str:
        """What was copied last, for ctrl+v; Textual's own inputs would show control characters as they are."""
        return super().clipboard if self._takes_text else sanitise(super().clipboard)

    def _escape(self) -> None:
        """``esc`` never waits: it is what ends a wait."""
        self.keys.clear()
        screen = self.screen
        if isinstance(screen, ModalScreen):
            screen.dismiss(None) if not hasattr(screen, "action_leave") else screen.action_leave()
        elif (escape := getattr(screen, "on_escape", None)) is not None:
            escape()
        else:
            self.exit(0)

    def _path(self) -> list[MessagePump]:
        """Who sees a key, from the widget in focus up to the application."""
        node: MessagePump | None = self.focused or self.screen
        path: list[MessagePump] = []
        while node is not None:
            path.append(node)
            node = node._parent
        return path

    def _keys_may_come(self) -> bool:
        return bool(getattr(self.screen, "keys_ready", True))  # a screen or dialog of ours, or one of Textual's

    def on_dialog_ready(self) -> None:
        self.keys.go_on()

    def on_dialog_keys_wanted(self, event: Dialog.KeysWanted) -> None:
        from dolt_tui.ui.flows.list_keys import keys_dialog

        self.push_screen(keys_dialog(event.title, event.keys))

    def deliver(self, report: Callable[[], None]) -> None:
        """Run something on the event loop; from any thread, also when the program is ending."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._report, report)

    def _report(self, report: Callable[[], None]) -> None:
        if self.is_running:
            self.call_later(report)

    @property
    def settled(self) -> bool:
        """Whether nothing is on its way: no key, no answer of the database."""
        return self.keys.idle and not self.jobs.active() and self._keys_may_come()

    # faults: see `dolt_tui.ui.defence`

    def _handle_exception(self, error: Exception) -> None:
        self.defence.handle(error)

    def _key_failed(self, error: Exception) -> None:
        self.defence.caught(error, "while a key or an event was handed on")

    @property
    def can_go_on(self) -> bool:
        """Whether there is a program that can go on without what failed: something is open, and stays so."""
        return self._workspace is not None and self._workspace.session.is_open and not self._exit

    def let_go_after_fault(self) -> None:
        """Let keys come again, once nothing runs that would: what failed may have been meant to."""
        from dolt_tui.ui.full_screen import FullScreen

        waiting = [s for s in self.screen_stack if isinstance(s, FullScreen) and not s.keys_ready]
        if not waiting or self._exit:
            return
        if self.jobs.active("write", "panes", "preview", "open"):
            self.set_timer(0.1, self.let_go_after_fault)
        else:
            for screen in waiting:
                screen.let_go()

    def end_after_fault(self) -> None:
        """End in order because of a fault; `Defence` has written it down."""
        self.failure = f"Something went wrong inside the program, and it had to end. {self.defence.crashes.sentence()}"
        if self.is_headless and isinstance(self.defence.first, Exception) and self._exception is None:
            self._exception = self.defence.first  # Textual's `run_test` raises it
            self._exception_event.set()
        self.exit(1, return_code=1)

    def abandon(self, code: int) -> None:
        """End at once, without the screen: it cannot be written to."""
        self._launch.abandon(code)

    def on_unmount(self) -> None:
        if self._workspace is not None:
            self._workspace.session.end()
        self.jobs.close()
        self.defence.leave()


def run(launch: Launch, *, theme: str | None = None, config: Config | None = None) -> int:
    """Run the program until it ends; returns the exit code. A failure to open is one line on stderr."""
    import sys

    from dolt_tui.config import Config
    from dolt_tui.config_edit import keep_choice, keep_rule
    from dolt_tui.launch import terminal_kept
    from dolt_tui.ui.session.settings import Settings

    config = config or Config()
    settings = Settings(ask_above=config.ask_above, rules=config.rules, keep_rule=keep_rule, keep_choice=keep_choice)
    app = DoltApp(
        launch,
        theme=theme or config.theme,
        diff_colours=config.diff_colours,
        keymap=dict(config.keys),
        settings=settings,
        sizes=Sizes.chosen(config.layout, config.side_width, config.summary_height),
    )
    crashes = app.defence.crashes
    launch.stopper = lambda code: app.exit(code, return_code=code)
    code: int | None = None
    with terminal_kept():
        try:
            code = app.run()
        except Exception as error:
            crashes.record(error, "while the program ran")
            app.failure = app.failure or f"Something went wrong inside the program. {crashes.sentence()}"
    if not app.failure and crashes.faults:
        print(f"dolt-tui: Something went wrong inside the program. {crashes.sentence()}", file=sys.stderr)
    if app.failure:
        print(f"dolt-tui: {app.failure}", file=sys.stderr)
        return 1
    return int(code or app.return_code or 0)


def _look_for_garbage() -> None:
    """From when all panes are filled on: what was imported and made until then stays."""
    if not gc.isenabled():  # it was switched off while the program started (`dolt_tui.cli`)
        gc.freeze()
        gc.enable()
