"""Reading what the main pane shows: the rows first, then what is counted of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dolt_tui.engine.model import RowCounts
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.main_view.selection import view_of
from dolt_tui.ui.main_view.views import CommitView, Content, DiffView, TableView, load, load_counts
from dolt_tui.ui.session.jobs import was_cancelled

if TYPE_CHECKING:
    from dolt_tui.ui.panes.pane import Pane
    from dolt_tui.ui.workspace import Workspace


class MainReading:
    """Reads for the main pane of a workspace; all methods run on the event loop."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def follow(self, pane: Pane, *, force: bool) -> None:
        """Let the main pane show what the selection of a side pane is about; ``force``: also where it does already."""
        workspace = self._workspace
        if not workspace.session.is_open or workspace.state.token is None:
            return
        main = workspace.main
        main.stack.clear()  # what one had gone into is no longer about the selection
        view = view_of(workspace, pane)
        if isinstance(view, str):
            workspace.jobs.drop("main", "main pages")
            main.nothing("", view)
            return
        shown = main.view
        if isinstance(view, DiffView) and isinstance(shown, DiffView) and view.same_rows(shown):
            view = replace(view, kinds=shown.kinds, where=shown.where, column=shown.column)
        if force or view != main.view:
            main.expect(view)
            self.load()

    def load(self) -> None:
        """Read what the main pane expects."""
        workspace, main = self._workspace, self._workspace.main
        view, state = main.view, workspace.state
        if view is None:
            return
        workspace.jobs.drop("main pages", "main statistics")

        def loaded(content: Content) -> None:
            refs = state.refs.get(view.hash, []) if isinstance(view, CommitView) else []
            total = state.rows_of(view.table) if isinstance(view, TableView) and view.query is None else None
            main.show(state.repository, content, refs, total)
            workspace.live.statistics.count()
            workspace.jobs.run(
                "main statistics",
                "count rows",
                lambda: load_counts(state.repository, content),
                lambda counted: self._counted(counted, refs),
                workspace.live.fail_quietly,
            )

        def failed(error: Exception) -> None:
            workspace.live.statistics.count()
            cancelled = was_cancelled(error)
            if not cancelled and workspace.live.lost(error):
                return
            # A filter that failed leaves the rows, and the filter, of before.
            shown = main.restore() if cancelled or main.rearranged else None
            if isinstance(shown, TableView):
                workspace.rows.remember(shown)
            if shown is None:
                main.failed(f"Cancelled. {key_of('refresh')} reads it again." if cancelled else str(error))
            elif not cancelled:
                workspace.failed(f"show these rows of {view.title}", workspace.rows.explained(error))

        def work() -> Content:
            return load(state.repository, state.branch, view)

        workspace.jobs.run("main", f"read {view.title}", work, loaded, failed, workspace.mark_old)

    def _counted(self, counted: Content | RowCounts | int | str | None, refs: list[Any]) -> None:
        main = self._workspace.main
        if isinstance(counted, Content):
            main.show(self._workspace.state.repository, counted, refs)
        elif isinstance(counted, str):
            main.set_footnote(counted)
        else:
            main.set_counts(counted)
