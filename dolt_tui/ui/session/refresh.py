"""Reading the panes again after changes of ours and of others; a server that is lost, and a branch that is gone."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from dolt_tui.engine.errors import BranchNotFound, BranchShadowed, ServerLost, ServerStopped, Unanswered
from dolt_tui.engine.model import Token
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.present.remedies import advice_of
from dolt_tui.ui.present.text import Style, cell
from dolt_tui.ui.session.holds import Hold
from dolt_tui.ui.session.jobs import Job, was_cancelled
from dolt_tui.ui.session.reads import ALL, QUESTIONS, Read, changed_scopes, read
from dolt_tui.ui.session.showing import Showing
from dolt_tui.ui.session.statistics import Statistics
from dolt_tui.ui.session.watch import Liveness

if TYPE_CHECKING:
    from dolt_tui.ui.panes.tab import Tab
    from dolt_tui.ui.workspace import Workspace

T = TypeVar("T")

POLL_SECONDS = 1.0
REFS_EVERY = 4
"""Branches and tags cost more to look at than the working set: at each fourth poll."""
RETRY_EVERY = 10
"""What could not be read is asked again at each tenth poll, and when its pane is read anyway."""
TICK_SECONDS = 0.25
GIVE_UP_AFTER = 15.0
"""A look for other writers that takes longer than this is broken off, and begun again on another connection."""


class Live:
    """Reads for a workspace; all methods run on the event loop."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.statistics = Statistics(workspace)
        self._polls = 0
        self.showing = Showing(workspace)
        self.liveness = Liveness(workspace)
        self._done: list[Callable[[], None]] = []
        """What is to happen when everything that is being read is shown."""
        self._holds: list[Hold] = []
        """The keys wait until then."""
        self._said = ""
        """The failure of a whole reading, or of the look for other writers, that was told last."""
        self._owed: frozenset[str] = frozenset()
        """The scopes that are being read: a reading that replaces another one reads these too."""
        self._asked_about_branch = False
        self._told_lost = ""
        """What was told last about the server being lost."""
        self._was_running = False

    def start(self) -> None:
        """Begin to look for changes by others."""
        self._workspace.set_interval(POLL_SECONDS, self.poll)
        self._workspace.set_interval(TICK_SECONDS, self._tick)

    # reading

    def read_all(self, hold: str = "") -> None:
        """Read every pane again; with a reason to ``hold`` them, keys wait until all are filled."""
        if hold:
            self._holds.append(self._workspace.hold(hold))
        self._read(ALL)

    def after(self, done: Callable[[], None]) -> None:
        """Run ``done`` when what is being read is shown."""
        self._done.append(done)

    def read_changed(self, done: Callable[[], None] | None, hold: str = "") -> None:
        """After a change of ours: find out what it changed, read that again, and then ``done``.

        With a reason to ``hold`` them, keys wait until all is shown.
        """
        workspace = self._workspace
        state = workspace.state
        if done is not None:
            self._done.append(done)
        if hold:
            self._holds.append(workspace.hold(hold))
        if workspace.jobs.active("write"):
            return  # it reads the panes when it is done, and then reports
        known, branch = state.token, state.branch

        def compared(token: Token) -> None:
            if known is not None and token.head != known.head:
                self._done.insert(0, workspace.log_pane.grid.home)  # what came of it is to be seen
            scopes = changed_scopes(known, token) | self._owed
            if scopes:
                self._read(scopes)
            else:
                self._arrived_all()

        self._ask(
            "panes", "read the panes", lambda: state.repository.refs.token(branch, refs=True), compared, self._failed
        )

    def read_scopes(self, scopes: frozenset[str]) -> None:
        """Read some panes again, in the background."""
        self._read(scopes)

    def _read(self, scopes: frozenset[str]) -> None:
        workspace = self._workspace
        state = workspace.state
        scopes = self._owed = (scopes | self._owed) if state.loaded else ALL
        repository, branch, tables, link = state.repository, state.branch, state.tables, state.link
        log_filter, pair = state.log_filter, state.pair
        tabs = [tab for tab in workspace.tabs if tab.WATCHES & scopes]
        holder: list[Job] = []
        parts: list[Read] = []
        whole = not state.loaded

        def arrived(part: Read) -> None:
            # On a branch that is not shown yet everything appears at once; else as it comes.
            workspace.jobs.post(holder[0], lambda: parts.append(part) if whole else self.showing.show(part))
            self.liveness.answers()

        def work() -> Token:
            return read(repository, branch, scopes, tables, link, log_filter, pair, tabs, arrived)

        def done(token: Token) -> None:
            for part in parts:
                self.showing.show(part)
            self._set_token(token, scopes)
            self._arrived_all()

        # The job's own thread may be faster than this assignment, but its posts run on this thread, after it.
        holder.append(self._ask("panes", "read the panes", work, done, self._failed))

    def _set_token(self, token: Token, scopes: frozenset[str]) -> None:
        """What is shown of ``scopes`` is as it was at ``token``."""
        state = self._workspace.state
        if changed_scopes(state.token, token) - scopes:
            return  # something else changed as well: the next look at the database finds it
        state.token = replace(token, refs=token.refs or (state.token.refs if state.token is not None else ""))
        state.gone = token.branch is None and state.came_from is None

    def read_tab(self, tab: Tab) -> None:
        """Read a tab that came to the front."""
        if not self._workspace.session.is_open:
            return  # it is read with the others
        state = self._workspace.state
        repository, branch = state.repository, state.branch

        def failed(error: Exception) -> None:
            if not self.lost(error):
                self.showing.show_tab(tab, error)

        self._workspace.jobs.run(
            tab.lane,
            f"read the {tab.TITLE.lower()}",
            lambda: tab.read(repository, branch),
            lambda found: self.showing.show_tab(tab, found),
            failed,
        )

    def _arrived_all(self) -> None:
        workspace, state = self._workspace, self._workspace.state
        first = not state.loaded
        state.loaded = True
        if first:
            workspace.log_pane.grid.home()  # a commit of the branch one came from may be in this log too
        if not gc.isenabled():
            gc.freeze()
            gc.enable()
        if state.lost:
            state.lost = False
            workspace.tell("The database is back.")
            workspace.writes.look()
        self.liveness.seen()
        self.statistics.due = True
        workspace.follow(force=True) if first or not workspace.main.stack else workspace.load_main()
        if not workspace.jobs.active("main"):
            self.statistics.count()
        self._owed = frozenset()
        workspace.mark_old()
        self._said = ""
        self.showing.say_failures()
        done, self._done = self._done, []
        self._release()
        for report in done:
            report()
        if state.gone:
            self._ask_about_branch()

    def _failed(self, error: Exception) -> None:
        workspace = self._workspace
        if was_cancelled(error):
            workspace.tell(f"Cancelled: what is shown may be old. {key_of('refresh')} reads it again.", "warning")
        elif isinstance(error, BranchNotFound | BranchShadowed):
            workspace.state.gone = True
            workspace.app.keys.clear()
            self._ask_about_branch(error)
        elif not self.lost(error):
            if not workspace.state.loaded:
                for pane in workspace.side:
                    pane.could_not_read("the database", error)
            if self._holds:  # the user waits for it
                workspace.failed("read the database", error)
                self._said = str(error)
            else:
                self._say_once(f"Could not read the database: {error}", error)
        self._owed = frozenset()
        self._done.clear()
        self._release()

    def _say_once(self, text: str, error: Exception) -> None:
        """Tell of a failure that comes again every second as long as its cause stays."""
        if self._said != str(error):
            self._said = str(error)
            self._workspace.tell(text, "error")

    def _release(self) -> None:
        holds, self._holds = self._holds, []
        for hold in holds:
            hold.release()

    # other writers

    def poll(self) -> None:
        """Look whether somebody changed something; waits while we do something ourselves."""
        workspace = self._workspace
        state = workspace.state
        looking = workspace.jobs.active("poll")
        if looking and 0 < looking[0].started < time.monotonic() - GIVE_UP_AFTER:
            workspace.jobs.drop("poll")  # its answer was lost on the way: another connection may get one
        if workspace.jobs.active("write", "panes", "poll") or state.gone:
            return
        if self._holds or self._owed:  # a reading was broken off, and nothing took its place
            self._read(self._owed or ALL)
            return
        if workspace.held and not state.lost:
            return
        self._polls += 1
        with_refs = self._polls % REFS_EVERY == 0 or state.lost
        branch = state.branch

        def looked(token: Token) -> None:
            if state.branch != branch:
                return
            if state.lost:
                self.read_all()
                return
            if token.branch is None and state.came_from is None:
                state.gone = True
                self._ask_about_branch()
                return
            self.liveness.seen()
            scopes = changed_scopes(state.token, token)
            if state.unread and self._polls % RETRY_EVERY == 0:
                scopes |= {QUESTIONS[question][1] for question in state.unread}
            if scopes:
                self._read(scopes)
            else:
                self._said = ""

        def failed(error: Exception) -> None:
            if isinstance(error, BranchNotFound | BranchShadowed):
                state.gone = True
                self._ask_about_branch(error)
            elif not self.lost(error) and not was_cancelled(error):
                self.liveness.failed = True
                self._say_once(f"Could not look for changes: {error}", error)
                workspace.draw_bars()

        self._ask("poll", "", lambda: state.repository.refs.token(branch, refs=with_refs), looked, failed)

    def fail_quietly(self, error: Exception) -> None:
        """A failure in the background: only a lost server is worth telling."""
        self.lost(error)

    def lost(self, error: Exception) -> bool:
        """Whether the error means that the server is lost; the header says so then, and the poll tries again."""
        if not isinstance(error, ServerLost):
            return False
        workspace, state = self._workspace, self._workspace.state
        if not state.lost or (isinstance(error, ServerStopped | Unanswered) and str(error) != self._told_lost):
            self._told_lost = str(error)
            workspace.tell(f"{error.message} {advice_of(error)}", "error")
        self.liveness.stopped = isinstance(error, ServerStopped)
        if not state.lost:
            state.lost = True
            self.liveness.lost()
            state.token = None  # nothing counts as seen: every pane is read again when the server is back
            workspace.app.keys.clear()
        workspace.draw_bars()
        return True

    def _ask_about_branch(self, error: Exception | None = None) -> None:
        workspace, state = self._workspace, self._workspace.state
        workspace.draw_bars()
        if self._asked_about_branch:
            return
        default = state.came_from or state.repository.info.default_branch
        self._asked_about_branch = True
        what = "was deleted or renamed by another session" if state.came_from is None else "is no longer there"
        title = "Branch gone" if state.came_from is None else "Commit gone"
        lines = [cell(f"{state.place} {what}.", Style.BOLD)]
        if isinstance(error, BranchShadowed):
            title, default = "Branch hidden", error.opened
            lines = [cell(error.message, Style.BOLD), cell(advice_of(error))]
        dialog = ChoiceDialog(
            title,
            [*lines, cell("What is shown is how it was when it was last read.")],
            [Choice("s", f"switch to {default}")],
            default="s",
        )

        def chosen(letter: str | None) -> None:
            self._asked_about_branch = False
            if letter == "s":
                workspace.switch(default)

        workspace.app.push_screen(dialog, chosen)

    def _ask(
        self,
        lane: str,
        label: str,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> Job:
        """Ask the database about its state: how long it takes to answer is watched."""
        self.liveness.asks()

        def answered(found: T) -> None:
            self.liveness.answers()
            done(found)

        return self._workspace.jobs.run(lane, label, work, answered, failed)

    def _tick(self) -> None:
        running = bool(self._workspace.jobs.active())
        if running or self._was_running:
            self._workspace.draw_bars()
        self._workspace.mark_old()
        self._was_running = running
