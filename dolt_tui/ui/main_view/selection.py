"""What the main pane shows for the selection of a side pane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.engine.model import HEAD, STAGED, WORKING, Status
from dolt_tui.ui.main_view.views import CommitView, CompareView, DiffView, TableView, View
from dolt_tui.ui.panes.pane import Pane
from dolt_tui.ui.panes.tab import Tab

if TYPE_CHECKING:
    from dolt_tui.ui.workspace import Workspace


def _nothing(pane: Pane, text: str) -> str:
    """Why nothing is selected in a pane: its filter leaves no row, or else ``text``."""
    if pane.grid.filter_text and not pane.grid.matches and pane.grid.filtered_from:
        return f'Nothing in {pane.TITLE} contains "{pane.grid.filter_text}".'
    return text


def view_of(workspace: Workspace, pane: Pane) -> View | str:
    """The view for what is selected in ``pane``; a text where there is nothing to show, saying why."""
    state = workspace.state
    if isinstance(pane, Tab):
        view = pane.view(workspace)
        return _nothing(pane, view) if isinstance(view, str) else view
    if pane is workspace.branches:
        branch = workspace.branches.selected
        if branch is None:
            return _nothing(pane, "No branch is selected.")
        if branch.name != state.branch:
            return CompareView(branch.name, branch.hash, state.place, state.head)
        default = next((item for item in state.branches if item.name == state.repository.info.default_branch), None)
        if default is None or default.name == branch.name:
            return f"{branch.name} is the current branch. Another one, selected here, is compared with it."
        return CompareView(branch.name, state.head, default.name, default.hash)
    if pane is workspace.log_pane:
        commit = workspace.log_pane.selected
        return CommitView(commit.hash) if commit is not None else _nothing(pane, "No commit is selected.")
    if pane is workspace.tables:
        table = workspace.tables.selected
        if table is None:
            unread = "tables" in state.unread
            return "The tables could not be read." if unread else _nothing(pane, "No tables yet.")
        return TableView(table.name, workspace.schema_shown, workspace.queries.get(table.name), state.tables_at)
    change = workspace.changes.selected
    if state.pair is not None:
        if "comparison" in state.unread:
            return f"What differs between {state.pair.base} and {state.pair.name} could not be read."
        if change is None or state.comparison is None:
            return _nothing(pane, f"Nothing differs: {state.pair}.")
        return DiffView(change.table, state.comparison.old, state.pair.hash, change=change)
    if state.came_from is not None:
        return f"At {state.at} there are no changes: it is a commit. esc goes back to {state.came_from}."
    if "changes" in state.unread:
        return f"What has changed on {state.branch} could not be read."
    if change is None:
        return _nothing(pane, f"Nothing has changed on {state.branch} since its last commit.")
    if change.staged:
        return DiffView(change.table, HEAD, STAGED, change=change)
    staged = any(item.table == change.table for item in state.changes.staged)
    plain = not staged and change.status is Status.MODIFIED and change.counts is not None and not change.schema_changed
    return DiffView(change.table, STAGED if staged else HEAD, WORKING, plain=plain, change=change)
