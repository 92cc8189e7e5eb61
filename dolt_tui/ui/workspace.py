"""The main screen: the panes, what they are handed, and which command does what.

The way of a key press: key → command → handler (`dolt_tui.ui.actions`) → `Jobs` runs one method of the repository on
a database thread → a frozen value → the event loop → the panes whose scope changed are handed what was read.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from dolt_tui.engine.errors import BranchShadowed
from dolt_tui.ui.actions.dispatch import Dispatch
from dolt_tui.ui.actions.table_rows import RowActions
from dolt_tui.ui.commands import EVERYWHERE, CommandSet, keymap
from dolt_tui.ui.dialogs.message import MessageDialog
from dolt_tui.ui.flows import search
from dolt_tui.ui.flows.row_filters import forget_filters
from dolt_tui.ui.panes.bars import FooterBar, HeaderBar
from dolt_tui.ui.panes.filter_bar import FilterBar
from dolt_tui.ui.panes.main_reading import MainReading
from dolt_tui.ui.panes.pane import Pane, SidePane
from dolt_tui.ui.panes.panes import Panes
from dolt_tui.ui.panes.tab import Tab
from dolt_tui.ui.present.text import sanitise
from dolt_tui.ui.present.verbs import could_not
from dolt_tui.ui.session import statistics
from dolt_tui.ui.session.events import Failed, HoldChanged, Progress, Severity, Told
from dolt_tui.ui.session.holds import Hold
from dolt_tui.ui.session.jobs import Job
from dolt_tui.ui.session.refresh import Live
from dolt_tui.ui.session.session import Session
from dolt_tui.ui.session.state import State
from dolt_tui.ui.session.writes import How, Writes
from dolt_tui.ui.skeleton import set_size_classes
from dolt_tui.ui.widgets.grid import Grid

if TYPE_CHECKING:
    from typing import Unpack

    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.app import DoltApp
    from dolt_tui.ui.dialogs.dialog import Dialog
    from dolt_tui.ui.flows.context import Window
    from dolt_tui.ui.main_view.view import View

T = TypeVar("T")


OLD_AFTER = 0.3
"""Seconds after which what is shown below another title is dimmed: less would only flicker."""


class Workspace(Screen[None]):
    """All panes of one database."""

    app: DoltApp

    def __init__(self, session: Session, commands: CommandSet) -> None:
        super().__init__()
        keymap.bind(self, EVERYWHERE)
        self.session = session
        self.header = HeaderBar()
        self.panes = panes = Panes(lambda: self.state.home)
        self.changes, self.branches, self.log_pane = panes.changes, panes.branches, panes.log
        self.tables, self.main, self.summary = panes.tables, panes.main, panes.summary
        self.stashes, self.reflog = panes.stashes, panes.reflog
        self.remotes, self.tags = panes.remotes, panes.tags
        self.filter_bar = FilterBar()
        self.footer = FooterBar()
        self.jobs = session.jobs
        self._listen()
        self._opening = session.hold("open the database")
        self.writes = session.writes = Writes(self)
        self.live = session.refresh = Live(self)
        session.stop_reading = self.stop_reading
        self.actions = Dispatch(commands, self)
        self.rows = self.actions.group(RowActions)
        self._last: SidePane = self.changes
        self._left_at = 0.0
        """When another branch was left for the current one, by time.monotonic()."""
        self._main_reading = MainReading(self)

    def compose(self) -> ComposeResult:
        yield self.header
        with Horizontal(id="body"):
            with Vertical(id="side"):
                for frame in self.panes.frames:
                    yield from frame
            with Vertical(id="right"):
                yield self.main
                yield self.summary
        yield self.filter_bar
        yield self.footer

    def _listen(self) -> None:
        listen = self.session.events.listen
        listen(Progress, lambda _: self.draw_bars())
        listen(HoldChanged, lambda _: self._holds_changed())
        listen(Told, lambda event: self._notify(event.text, event.severity))
        listen(Failed, self._failed)

    # the context of the actions

    @property
    def state(self) -> State:
        """What is known of the database."""
        return self.session.state

    @property
    def window(self) -> Window:
        """The screen as such."""
        return self

    @property
    def in_front(self) -> bool:
        """Whether no dialog is above it, and its keys need not wait."""
        return self.app.screen is self and not self.held

    @property
    def width(self) -> int:
        """In cells."""
        return self.size.width

    @property
    def large(self) -> bool:
        """Whether the pane in focus has all the room."""
        return self.has_class("large")

    @large.setter
    def large(self, large: bool) -> None:
        self.set_class(large, "large")

    def forget_keys(self) -> None:
        """What was typed ahead was not meant for what comes now."""
        self.app.keys.clear()

    def type_filter(self, pane: Pane, search: Callable[[str], None] | None = None) -> None:
        """Let the user type a filter for a pane, or a text to search."""
        self.filter_bar.open(pane, search)

    def open_palette(self) -> None:
        """Show every command that can run."""
        self.app.action_command_palette()

    def open_database(self, name: str) -> None:
        """Open another database in place of this one."""
        self.app.open_database(name)

    def suspend(self) -> None:
        """Go to the background of the shell."""
        self.app.action_suspend_process()

    def quit(self) -> None:
        """End the program."""
        self.app.exit(0)

    def ask(self, dialog: Dialog[T], answered: Callable[[T | None], None]) -> None:
        """Show a dialog; its answer comes later."""
        self.app.push_screen(dialog, answered)

    def copy_text(self, text: str) -> None:
        """Put a text on the clipboard."""
        self.app.copy_to_clipboard(text)

    def write(
        self, what: str, work: Callable[[Repository], T], done: Callable[[T], None] | None = None, **how: Unpack[How]
    ) -> None:
        """Change something; see `Writes.write`."""
        self.session.writes.write(what, work, done, **how)

    def transfer(
        self,
        what: str,
        work: Callable[[Repository], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], bool] = lambda _: False,
    ) -> None:
        """Send to a remote or fetch from one; see `Writes.transfer`."""
        self.session.writes.transfer(what, work, done, failed)

    def show_view(self, view: View, *, inside: bool = False) -> None:
        """Let the main pane show something else; ``inside``: go there, and `leave_view` comes back from it."""
        if inside:
            self.main.push(view)
            self.main.grid.focus()
        else:
            self.main.expect(view)
        self.load_main()

    def leave_view(self) -> bool:
        """Let the main pane show what it showed before it went inside; tells whether there was something."""
        if self.main.pop() is None:
            return False
        self.load_main()
        return True

    def reload(self) -> None:
        """Read again what the main pane shows."""
        self.load_main() if self.main.stack else self.follow(force=True)

    def go_to(self, pane: Pane) -> None:
        """Go to a pane; a tab that is behind another one comes to the front."""
        if pane.has_class("behind"):
            self.bring_to_front(pane)
        else:
            pane.grid.focus()

    def run(self, command: str) -> None:
        """Run a command by its id, or say why it cannot run."""
        self.action_command(command)

    @property
    def side(self) -> tuple[SidePane, ...]:
        """The side panes that are shown: of each frame the tab in front."""
        return self.panes.side

    @property
    def tabs(self) -> list[Tab]:
        """The tabs that are shown besides or instead of the first panes of their frames."""
        return [pane for pane in self.side if isinstance(pane, Tab)]

    def bring_to_front(self, pane: Pane) -> None:
        """Show a tab instead of the one in front of its frame, and go there."""
        self.panes.bring_to_front(pane)
        if isinstance(pane, Tab):
            self.live.read_tab(pane)
        self.set_focus(pane.grid)  # at once: a key must not reach a pane that is behind

    def pane_of(self, scope: str) -> Pane:
        """The pane that shows a scope of `dolt_tui.ui.session.reads`."""
        panes = (self.changes, self.branches, self.log_pane, self.tables, self.summary)
        return next(pane for pane in panes if scope == pane.KIND)

    @property
    def last_side(self) -> SidePane:
        """The side pane whose selection the main pane is about."""
        return self._last

    def on_mount(self) -> None:
        self._last.add_class("last")
        self.changes.grid.focus()
        self.header.opening("opening…")

    def on_resize(self, event: events.Resize) -> None:
        set_size_classes(self, event)
        self.call_after_refresh(self.draw_bars)

    # opening and switching

    def opened(self, repository: Repository) -> None:
        """The database is open: fill the panes."""
        self.session.open(repository)
        self.live.start()
        self.live.read_all("read the database")
        self._opening.release()
        self.writes.look()

    def open_at(self, hash_: str, name: str = "") -> None:
        """Stand at a commit, read-only, which a tag or another name may have led to; ``esc`` goes back."""
        self._stand(hash_, came_from=self.state.home, at=name or hash_[:7])

    def switch(self, branch: str) -> None:
        """Go to another branch: every pane is read again from it, and nothing of the old one stays."""
        found = self.state.branch_named(branch)
        if found is not None and found.shadowed_by:
            self.failed(f"switch to {branch}", BranchShadowed(branch, found.shadowed_by))
            return

        def arrived() -> None:
            self.branches.grid.move_to_key(branch)  # the next key there is about this one

        comes_back = self.state.came_from == branch
        self._stand(branch)
        if not comes_back:
            self.live.after(arrived)

    def _stand(self, branch: str, *, came_from: str | None = None, at: str = "") -> None:
        self.stop_reading()
        self._left_at = time.monotonic()
        self.state.leave(branch, came_from=came_from, at=at)
        forget_filters(self)
        search.end(self.panes)
        self.main.stack.clear()
        for pane in self.panes:
            pane.grid.set_filter("")
        self.live.read_all(f"switch to {at or branch}")

    def stop_reading(self) -> None:
        """Give up whatever is being read: it is about a branch that one leaves, or that must not be in use."""
        lanes = ("main", "main pages", "main statistics", "log pages", "poll", "panes", *statistics.LANES)
        self.jobs.drop(*lanes, *(tab.lane for tab in self.tabs))

    # keys and commands

    @property
    def focused_pane(self) -> Pane:
        """The pane in focus, or the one that was."""
        node = self.focused
        while node is not None and not isinstance(node, Pane):
            node = node.parent  # type: ignore[assignment]
        pane = node if isinstance(node, Pane) else self._last
        # A pane that went behind another tab may be in focus until Textual has dealt with that.
        return next((tab for tab in self.panes.beside(pane) if not tab.has_class("behind")), pane)

    def on_descendant_focus(self) -> None:
        node = self.focused_pane
        if isinstance(node, SidePane) and node is not self._last:
            self._last.remove_class("last")
            self._last = node
            node.add_class("last")
        self.set_class(node is self.summary, "on-summary")
        if node in self.side and self.session.is_open:
            self.follow()
        self.draw_bars()

    def why_not(self, command: str) -> str:
        """Why a command cannot run now; empty when it can."""
        return self.actions.why_not(command)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While the pane in focus is searched, its key for the next match goes before what it means otherwise."""
        return bool(self.focused_pane.grid.sought) if action == "sought" else super().check_action(action, parameters)

    def action_sought(self, command: str) -> None:
        """Go to another match in the pane that is searched."""
        self.action_command(command)

    def action_command(self, command: str) -> None:
        """Run a command, or say why it cannot run."""
        found = self.actions.commands[command]
        if self.held and found.waits:
            return
        reason = self.why_not(command)
        if reason:
            self.tell(f"{found.short.rstrip('…')}: {reason}", "warning")
        else:
            self.actions.run(command)

    def hold(self, reason: str) -> Hold:
        """Let keys wait until the hold is released: what they are meant for is not there yet."""
        return self.session.hold(reason)

    @property
    def held(self) -> str:
        """What the keys have waited for longest; empty when they need not wait."""
        return self.session.busy

    def _holds_changed(self) -> None:
        if self.is_running:
            self.draw_bars()
            if not self.held:
                self.app.keys.go_on()

    def tell(self, text: str, severity: Severity = "information") -> None:
        """A quiet message."""
        self.session.tell(text, severity)

    def _notify(self, text: str, severity: Severity) -> None:
        self.app.notify(sanitise(text), severity=severity, markup=False, timeout=4)

    # jobs

    def job(self, lane: str, label: str, work: Callable[[], Any], done: Callable[[Any], None]) -> Job:
        """Ask the engine something; a failure is shown."""
        return self.session.job(lane, label, work, done)

    def look(self, label: str, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Ask the engine something before a dialog can open: the keys that are typed meanwhile wait for it."""
        self.session.look(label, work, done)

    def failed(self, what: str, error: Exception, then: Callable[[], None] | None = None) -> None:
        """Say that something failed; what was typed meanwhile is not meant for that. ``then`` comes when it is read."""
        self.session.failed(what, error, then)

    def _failed(self, event: Failed) -> None:
        then = event.then
        self.app.keys.clear()
        if any(isinstance(screen, MessageDialog) and screen.says(event.error) for screen in self.app.screen_stack):
            return  # it stands there already
        self.app.push_screen(
            MessageDialog(could_not(event.what), event.error), lambda _: then() if then is not None else None
        )

    # the main pane

    def follow(self, *, force: bool = False) -> None:
        """Let the main pane show what the selection of the side pane is about."""
        self._main_reading.follow(self._last, force=force)

    def load_main(self) -> None:
        """Read what the main pane expects."""
        self._main_reading.load()

    @on(Grid.Highlighted)
    def _highlighted(self, event: Grid.Highlighted) -> None:
        if event.grid is self._last.grid and self.focused_pane in self.side:
            self.follow()
        search.highlighted(self.panes, event.grid, event.row)
        if event.grid in (self.branches.grid, self.tags.grid):
            self.branches.filtered()
            self.tags.filtered()
        self.draw_footer()

    @on(Grid.Selected)
    def _selected(self, event: Grid.Selected) -> None:
        for pane in self.panes.shown:
            if pane.grid is event.grid:
                for command in self.actions.commands.of(pane.KIND):
                    if command.key == "enter":
                        self.action_command(command.id)

    @on(Grid.HeaderClicked)
    def _title_clicked(self, event: Grid.HeaderClicked) -> None:
        if event.grid is self.main.grid and self.session.is_open and not self.held:
            self.rows.title_clicked(event.column)

    @on(Grid.PageWanted)
    def _page_wanted(self, event: Grid.PageWanted) -> None:
        grid, request, source = event.grid, event.request, event.source
        lane = "log pages" if grid is self.log_pane.grid else "main pages"
        if request.after is None and request.before is None and not request.from_end and request.start == 0:
            grid.deliver(request, source.fetch(request))  # the first page is there already
            return
        self.jobs.run(
            lane,
            "read on",
            lambda: source.fetch(request),
            lambda page: grid.deliver(request, page),
            lambda error: None if self.live.lost(error) else grid.fail(request, str(error)),
        )

    # the bars

    def draw_bars(self) -> None:
        """Draw the header and the footer again."""
        if self.session.is_open:
            self.header.show(self.state, self.live.liveness.running, self.live.liveness.text)
        self.draw_footer()

    def mark_old(self) -> None:
        """Dim what does not belong to its title yet, once that takes long enough to be seen."""
        if not self.session.is_open:
            return
        old = not self.state.loaded and 0 < self._left_at <= time.monotonic() - OLD_AFTER
        for pane in self.side:
            pane.set_class(old, "old")
        self.summary.set_class(old, "old")
        self.main.mark_old(OLD_AFTER)

    def draw_footer(self) -> None:
        shown = self.actions.commands.footer(self.focused_pane.KIND)
        self.footer.show([(command, not self.why_not(command.id)) for command in shown])
