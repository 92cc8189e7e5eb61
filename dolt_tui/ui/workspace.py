"""The main screen: the panes, what they are handed, and which command does what.

The way of a key press: key → command → handler (`dolt_tui.ui.actions`) → `Jobs` runs one method of the repository on
a database thread → a frozen value → the event loop → the panes whose scope changed are handed what was read.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from dolt_tui.engine.browsing.query import Query
from dolt_tui.engine.errors import BranchShadowed
from dolt_tui.ui import commands
from dolt_tui.ui.actions.branch_upkeep import BranchingActions
from dolt_tui.ui.actions.branches import BranchActions
from dolt_tui.ui.actions.commit import CommitActions
from dolt_tui.ui.actions.compare import CompareActions
from dolt_tui.ui.actions.copy import CopyActions
from dolt_tui.ui.actions.general import GeneralActions
from dolt_tui.ui.actions.ignore import IgnoreActions
from dolt_tui.ui.actions.in_progress import ProgressActions
from dolt_tui.ui.actions.log import LogActions, ReflogActions
from dolt_tui.ui.actions.remotes import RemoteActions
from dolt_tui.ui.actions.rewriting import RewriteActions
from dolt_tui.ui.actions.search import SearchActions
from dolt_tui.ui.actions.stashes import StashActions
from dolt_tui.ui.actions.table_rows import RowActions
from dolt_tui.ui.actions.tables import MainActions, SummaryActions, TableActions
from dolt_tui.ui.actions.tags import TagActions
from dolt_tui.ui.actions.transfers import TransferActions
from dolt_tui.ui.actions.undo import UndoActions
from dolt_tui.ui.actions.working_set import ChangeActions
from dolt_tui.ui.commands import keymap
from dolt_tui.ui.dialogs.message import MessageDialog
from dolt_tui.ui.main_view.reading import MainReading
from dolt_tui.ui.panes.bars import FooterBar, HeaderBar
from dolt_tui.ui.panes.branches import BranchesPane
from dolt_tui.ui.panes.changes import ChangesPane
from dolt_tui.ui.panes.filter_bar import FilterBar
from dolt_tui.ui.panes.log import LogPane
from dolt_tui.ui.panes.main import MainPane
from dolt_tui.ui.panes.pane import Pane
from dolt_tui.ui.panes.reflog import ReflogPane
from dolt_tui.ui.panes.remotes import RemotesPane
from dolt_tui.ui.panes.stashes import StashesPane
from dolt_tui.ui.panes.summary import SummaryPane
from dolt_tui.ui.panes.tab import Tab
from dolt_tui.ui.panes.tables import TablesPane
from dolt_tui.ui.panes.tags import TagsPane
from dolt_tui.ui.present.text import sanitise
from dolt_tui.ui.present.verbs import could_not
from dolt_tui.ui.session import statistics
from dolt_tui.ui.session.holds import Hold, Holds
from dolt_tui.ui.session.jobs import Job, Jobs, was_cancelled
from dolt_tui.ui.session.refresh import Live
from dolt_tui.ui.session.state import State
from dolt_tui.ui.session.writes import Writes
from dolt_tui.ui.skeleton import set_size_classes
from dolt_tui.ui.widgets.grid import Grid

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.app import DoltApp


OLD_AFTER = 0.3
"""Seconds after which what is shown below another title is dimmed: less would only flicker."""


class Workspace(Screen[None]):
    """All panes of one database."""

    app: DoltApp

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        keymap.bind(self, commands.EVERYWHERE)
        self.header = HeaderBar()
        self.changes, self.branches, self.log_pane = ChangesPane(), BranchesPane(), LogPane()
        self.tables, self.main, self.summary = TablesPane(), MainPane(), SummaryPane()
        self.stashes, self.reflog = StashesPane(), ReflogPane(lambda: self.state.home)
        self.remotes, self.tags = RemotesPane(), TagsPane()
        self.slots: tuple[list[Pane], ...] = (
            [self.changes, self.stashes],
            [self.branches, self.remotes, self.tags],
            [self.log_pane, self.reflog],
            [self.tables],
        )
        """The frames at the side, each with its tabs."""
        for slot in self.slots:
            for pane in slot:
                pane.tabs = [other.TITLE for other in slot]
                pane.set_class(pane is not slot[0], "behind")
        self.filter_bar = FilterBar()
        self.footer = FooterBar()
        self.jobs = jobs
        self.state: State = None  # type: ignore[assignment]  # set once something is open
        self.holds = Holds(self._holds_changed)
        self._opening = self.holds.take("open the database")
        self.queries: dict[str, Query] = {}
        """How the rows of each table were last wanted, by table."""
        self.schema_shown = False
        self.writes = Writes(self)
        self.branch_actions = BranchActions(self)
        self.branching, self.remote_actions = BranchingActions(self), RemoteActions(self)
        self.transfers = TransferActions(self)
        self.rows = RowActions(self)
        self.log_actions = LogActions(self)
        self.comparing = CompareActions(self)
        self.searching = SearchActions(self)
        self.rewriting = RewriteActions(self)
        self._last = self.changes
        general = GeneralActions(self)
        self._actions = {
            "changes": ChangeActions(self),
            "commit": (committing := CommitActions(self)),
            "amend": committing,
            "stash": StashActions(self),
            "ignore": IgnoreActions(self),
            "reflog": ReflogActions(self),
            "branches": self.branch_actions,
            "branch": self.branching,
            "tags": TagActions(self),
            "remotes": self.remote_actions,
            "push": self.transfers,
            "pull": self.transfers,
            "fetch": self.transfers,
            "clone": self.transfers,
            "log": self.log_actions,
            "tables": TableActions(self),
            "main": MainActions(self),
            "summary": SummaryActions(self),
            "rows": self.rows,
            "undo": (undoing := UndoActions(self)),
            "redo": undoing,
            "copy": CopyActions(self),
            "compare": self.comparing,
            "search": self.searching,
            "rewrite": self.rewriting,
            "progress": ProgressActions(self),
        }
        self._general = general
        self._left_at = 0.0
        """When another branch was left for the current one, by time.monotonic()."""
        self.live = Live(self)
        self._main_reading = MainReading(self)

    def compose(self) -> ComposeResult:
        yield self.header
        with Horizontal(id="body"):
            with Vertical(id="side"):
                for slot in self.slots:
                    yield from slot
            with Vertical(id="right"):
                yield self.main
                yield self.summary
        yield self.filter_bar
        yield self.footer

    @property
    def side(self) -> tuple[Pane, ...]:
        """The side panes that are shown: of each frame the tab in front."""
        return tuple(next(pane for pane in slot if not pane.has_class("behind")) for slot in self.slots)

    @property
    def tabs(self) -> list[Tab]:
        """The tabs that are shown besides or instead of the first panes of their frames."""
        return [pane for pane in self.side if isinstance(pane, Tab)]

    def tabs_beside(self, pane: Pane) -> list[Pane]:
        """All tabs of a pane's frame, in order; none for a pane outside of the side panes."""
        return next((slot for slot in self.slots if pane in slot), [])

    def bring_to_front(self, pane: Pane) -> None:
        """Show a tab instead of the one in front of its frame, and go there."""
        for other in self.tabs_beside(pane):
            other.set_class(other is not pane, "behind")
        if isinstance(pane, Tab):
            self.live.read_tab(pane)
        self.set_focus(pane.grid)  # at once: a key must not reach a pane that is behind

    def pane_of(self, scope: str) -> Pane:
        """The pane that shows a scope of `dolt_tui.ui.session.reads`."""
        panes = (self.changes, self.branches, self.log_pane, self.tables, self.summary)
        return next(pane for pane in panes if scope == pane.KIND)

    @property
    def last_side(self) -> Pane:
        """The side pane whose selection the main pane is about."""
        return self._last

    @property
    def panes(self) -> tuple[Pane, ...]:
        """Those that are shown, in the order of the tab key."""
        return (*self.side, self.main, self.summary)

    @property
    def all_panes(self) -> tuple[Pane, ...]:
        """Those that are shown, and the tabs behind them."""
        return (*(pane for slot in self.slots for pane in slot), self.main, self.summary)

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
        self.state = State(repository, repository.start_branch)
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
        self.schema_shown = False
        self.rows.forget()
        self.searching.end()
        self.main.stack.clear()
        for pane in self.all_panes:
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
        return next((tab for tab in self.tabs_beside(pane) if not tab.has_class("behind")), pane)

    def on_descendant_focus(self) -> None:
        node = self.focused_pane
        if node in self.side and node is not self._last:
            self._last.remove_class("last")
            self._last = node  # type: ignore[assignment]
            node.add_class("last")
        self.set_class(node is self.summary, "on-summary")
        if node in self.side and self.state is not None:
            self.follow()
        self.draw_bars()

    def why_not(self, command: str) -> str:
        """Why a command cannot run now; empty when it can."""
        if self.state is None:
            return "nothing is open yet"
        if self.state.repository.info.read_only and command in commands.WRITING:
            return "this was opened read-only"
        if self.state.came_from is not None and command in commands.WRITING - commands.FROM_COMMITS:
            return f"read-only at {self.state.at}: press esc to go back"
        if self.state.pair is not None and command in commands.WRITING:
            return "a comparison is shown: esc in a side pane ends it"
        if self.state.lost and command not in commands.OFFLINE:
            return "the server is lost: the connection is tried again"
        if reason := self.state.repository.info.lacks(commands.FEATURES.get(command, "")):
            return reason
        group = command.partition(".")[0]
        if group in self._actions:
            return self._actions[group].why_not(command)
        return self._general.why_not(command)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While the pane in focus is searched, its key for the next match goes before what it means otherwise."""
        return self.searching.active if action == "sought" else super().check_action(action, parameters)

    def action_sought(self, command: str) -> None:
        """Go to another match in the pane that is searched."""
        self.action_command(command)

    def action_command(self, command: str) -> None:
        """Run a command, or say why it cannot run."""
        if self.held and command not in ("quit", "back"):
            return
        reason = self.why_not(command)
        if reason:
            title = commands.BY_ID[command].short.rstrip("…")
            self.tell(f"{title}: {reason}", "warning")
            return
        group, _, verb = command.partition(".")
        if group in self._actions:
            getattr(self._actions[group], verb or group)()
        else:
            getattr(self._general, command.replace(".", "_"))()

    def hold(self, reason: str) -> Hold:
        """Let keys wait until the hold is released: what they are meant for is not there yet."""
        return self.holds.take(reason)

    @property
    def held(self) -> str:
        """What the keys have waited for longest; empty when they need not wait."""
        oldest = self.holds.oldest
        return oldest.reason if oldest is not None else ""

    def _holds_changed(self) -> None:
        if self.is_running:
            self.draw_bars()
            if not self.held:
                self.app.keys.go_on()

    def tell(self, text: str, severity: str = "information") -> None:
        """A quiet message."""
        self.app.notify(sanitise(text), severity=severity, markup=False, timeout=4)  # type: ignore[arg-type]

    # jobs

    def job(self, lane: str, label: str, work: Callable[[], Any], done: Callable[[Any], None]) -> Job:
        """Ask the engine something; a failure is shown."""
        return self.jobs.run(lane, label, work, done, lambda error: self.failed(label, error))

    def look(self, label: str, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Ask the engine something before a dialog can open: the keys that are typed meanwhile wait for it."""
        hold = self.hold(label)
        self.jobs.run("preview", label, work, done, lambda error: self.failed(label, error), hold.release)

    def failed(self, what: str, error: Exception, then: Callable[[], None] | None = None) -> None:
        """Say that something failed; what was typed meanwhile is not meant for that. ``then`` comes when it is read."""
        if was_cancelled(error):
            self.tell(f"{str(error).rstrip('.')}: {what}", "warning")
            return
        if self.live.lost(error):
            return
        self.app.keys.clear()
        if any(isinstance(screen, MessageDialog) and screen.says(error) for screen in self.app.screen_stack):
            return  # it stands there already
        self.app.push_screen(MessageDialog(could_not(what), error), lambda _: then() if then is not None else None)

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
        self.searching.highlighted(event.grid, event.row)
        if event.grid in (self.branches.grid, self.tags.grid):
            self.branches.filtered()
            self.tags.filtered()
        self.draw_footer()

    @on(Grid.Selected)
    def _selected(self, event: Grid.Selected) -> None:
        for pane in self.panes:
            if pane.grid is event.grid:
                for command in commands.COMMANDS:
                    if command.where == pane.KIND and command.key == "enter":
                        self.action_command(command.id)

    @on(Grid.HeaderClicked)
    def _title_clicked(self, event: Grid.HeaderClicked) -> None:
        if event.grid is self.main.grid and self.state is not None and not self.held:
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
        if self.state is not None:
            self.header.show(self.state, self.live.liveness.running, self.live.liveness.text)
        self.draw_footer()

    def mark_old(self) -> None:
        """Dim what does not belong to its title yet, once that takes long enough to be seen."""
        if self.state is None:
            return
        old = not self.state.loaded and 0 < self._left_at <= time.monotonic() - OLD_AFTER
        for pane in self.side:
            pane.set_class(old, "old")
        self.summary.set_class(old, "old")
        self.main.mark_old(OLD_AFTER)

    def draw_footer(self) -> None:
        kind = self.focused_pane.KIND
        self.footer.show([(command, not self.why_not(command.id)) for command in keymap.current().footer(kind)])
