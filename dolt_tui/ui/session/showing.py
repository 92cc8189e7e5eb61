"""What was read goes to the state and to the panes; what could not be read is said in its pane, and told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.engine.errors import EngineError
from dolt_tui.engine.model import Changes, Comparison
from dolt_tui.ui.main_view.log_pages import FoundSource, LogSource
from dolt_tui.ui.present.lists import upstream_cell
from dolt_tui.ui.present.text import join_words
from dolt_tui.ui.present.verbs import could_not
from dolt_tui.ui.session.reads import QUESTIONS, Read

if TYPE_CHECKING:
    from dolt_tui.ui.panes.tab import Tab
    from dolt_tui.ui.workspace import Workspace


class Showing:
    """Shows answers in the panes of a workspace; all methods run on the event loop."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._unsaid: list[str] = []
        """Questions that were not answered, of which the user has not been told yet."""

    def show(self, part: Read) -> None:
        """Keep an answer in the state, and hand it to its pane; or let the pane say why there is none."""
        workspace, state = self._workspace, self._workspace.state
        if part.error is not None:
            self._show_failure(part.question, part.error)
            return
        state.unread.pop(part.question, None)
        if part.merging is not None:
            state.merging = part.merging[0]
        if part.operation is not None:
            state.operation = part.operation[0]
        if part.changes is not None:
            self._show_changes(part.changes)
        if part.branches is not None:
            state.branches = part.branches
            self.show_branches()
        if part.tags is not None:
            state.tags = part.tags
        if part.remotes is not None:
            state.remotes, state.remote_branches = part.remotes
            if "branches" not in state.unread:
                self.show_branches()  # with their upstreams
        if part.comparison is not None:
            self.show_comparison(part.comparison)
        if part.log is not None and state.pair is not None:
            log = LogSource(state.repository, state.branch, part.log, state.refs, state.pair.base_hash)
            workspace.log_pane.show(log, f"Log · only in {state.pair.name}")
        elif part.log is not None:
            workspace.log_pane.show(LogSource(state.repository, state.branch, part.log, state.refs))
        if part.found is not None and state.log_filter is not None:
            commits, more = part.found
            found = FoundSource(state.repository, state.branch, state.head, state.log_filter, commits, more, state.refs)
            workspace.log_pane.show_found(found, str(state.log_filter))
        if part.tables is not None:
            state.tables = part.tables
            workspace.tables.show(part.tables)
            workspace.tables.set_title(f"Tables of {state.pair.name}" if state.pair is not None else "")
        if part.summary is not None:
            workspace.summary.show(part.summary)
            if state.pair is not None:
                workspace.summary.set_title(f"{part.summary.title} of {state.pair.name}")
        if part.tab is not None:
            self.show_tab(*part.tab)

    def _show_failure(self, question: str, error: Exception) -> None:
        """A question was not answered: its pane says so, and the others show what they were answered."""
        workspace, state = self._workspace, self._workspace.state
        self._record(error)
        text = str(error)
        if state.unread.get(question) != text:
            self._unsaid.append(question)
        state.unread[question] = text
        what, scope = QUESTIONS[question]
        if question == "changes":
            state.changes = Changes()
        elif question == "comparison":
            state.comparison = None
        pane = workspace.pane_of(scope)
        if question in (scope, "comparison") and (question != "changes" or state.pair is None):
            pane.could_not_read(what, error)
            if pane is workspace.last_side:
                workspace.follow()

    def _record(self, error: Exception) -> None:
        """An error that is no answer of the engine's is one of ours: the crash file names its place."""
        if not isinstance(error, EngineError):
            self._workspace.app.defence.record(error, "while a pane was read")

    def say_failures(self) -> None:
        """Tell of new failures, all of one reading together."""
        unsaid, self._unsaid = [item for item in self._unsaid if item in self._workspace.state.unread], []
        if unsaid:
            what = join_words([QUESTIONS[question][0] for question in unsaid])
            text = self._workspace.state.unread[unsaid[0]]
            self._workspace.tell(f"{could_not(f'read {what}')}: {text}", "error")

    def show_branches(self) -> None:
        """Show the branches in the order that is wanted, with what is known of them."""
        state = self._workspace.state
        if "branches" in state.unread:
            return
        upstreams = {
            branch.name: upstream_cell(branch, state.upstream_of(branch.name), state.standing_of(branch.name))
            for branch in state.branches
            if branch.tracking
        }
        self._workspace.branches.show(state.ordered_branches, state.branch, state.divergences, upstreams)

    def show_tab(self, tab: Tab, found: object) -> None:
        """Show what a tab read, or why it could not."""
        if isinstance(found, Exception):
            self._record(found)
            tab.could_not_read(f"the {tab.TITLE.lower()}", found)
        else:
            tab.show(found)
        if tab is self._workspace.last_side:
            self._workspace.follow()

    def _show_changes(self, changes: Changes) -> None:
        # Counts of before stay until the new ones come, where the table is still in the same list.
        state = self._workspace.state
        state.changes = changes
        if state.came_from is not None:
            self._workspace.changes.show(changes, f"At {state.at}: nothing can change here")
        elif state.pair is None:
            self._workspace.changes.show(changes)

    def show_comparison(self, comparison: Comparison) -> None:
        """Show what the engine found out about the pair that is compared."""
        state = self._workspace.state
        if state.pair is not None:
            state.comparison = comparison
            self._workspace.changes.show_comparison(comparison, str(state.pair))
