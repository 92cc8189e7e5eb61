"""Reading what the main pane shows: the rows first, then what is counted of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from dolt_tui.engine.browsing.filters import Filters
from dolt_tui.engine.errors import ColumnNotFound
from dolt_tui.engine.model import WORKING
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.main_view.compare import CompareView
from dolt_tui.ui.main_view.table import TableView
from dolt_tui.ui.main_view.uncommitted import LoadedUncommitted, UncommittedView
from dolt_tui.ui.session.jobs import Job, was_cancelled

if TYPE_CHECKING:
    from dolt_tui.engine.model import SqlStyle
    from dolt_tui.ui.main_view.view import Loaded, View
    from dolt_tui.ui.panes.main import MainPane
    from dolt_tui.ui.panes.read_pane import SidePane
    from dolt_tui.ui.session.session import Session
    from dolt_tui.ui.session.state import State


def _nothing() -> None:
    pass


def _call(these: list[Callable[[], None]]) -> None:
    for one in these:
        one()


class _Running:
    """A reading of what the main pane expects, while it runs."""

    def __init__(self, view: View, branch: str) -> None:
        self._view, self._branch = view, branch
        self.job: Job | None = None
        self.waiting: list[Callable[[], None]] = []
        """What is to be called once it was read once more, because something may have changed meanwhile."""

    def is_worth_its_end(self, session: Session, view: View) -> bool:
        """Whether it reads ``view`` for so long already that it would never end if each change began it again.

        What is staged of uncommitted rows has to be as new as the rows: they are begun again."""
        job, long = self.job, session.settings.long_after
        if job is None or job.dropped or job.cancelled or job not in session.jobs.active(job.lane):
            return False
        if (view, session.state.branch) != (self._view, self._branch) or isinstance(view, UncommittedView):
            return False
        return 0 < job.started < session.clock.monotonic() - long

    @property
    def is_to_be_followed(self) -> bool:
        """Whether it ended by itself: nothing else took its place, and nobody cancelled it."""
        return self.job is not None and not self.job.dropped and not self.job.cancelled


class MainReading:
    """Reads for the main pane, or for the pane of a result; all methods run on the event loop."""

    def __init__(self, session: Session, main: MainPane) -> None:
        self._session, self._main = session, main
        self._running: _Running | None = None

    def follow(self, pane: SidePane, *, force: bool) -> None:
        """Let the main pane show what the selection of a side pane is about; ``force``: also where it does already."""
        session, main = self._session, self._main
        if not session.is_open or session.state.fingerprint is None:
            return
        main.stack.clear()  # what was entered is no longer about the selection
        view = _against_marked(pane, session.state) or pane.view(session.state)
        if isinstance(view, str):
            session.jobs.drop("main", "main pages")
            main.nothing("", pane.filtered_out or view)
            return
        if main.view is not None:
            view = view.as_before(main.view)
        view = session.state.looks.dressed(view)
        if force or view != main.view:
            main.expect(view)
            self.load()

    def load(self, ended: Callable[[], None] = _nothing) -> None:
        """Read what the main pane expects; ``ended`` is called once that is shown, or not wanted any more."""
        session, main = self._session, self._main
        view, state = main.view, session.state
        if view is None:
            ended()
            return
        main.kept.looks = state.looks
        before = self._running
        if before is not None and before.is_worth_its_end(session, view):
            before.waiting.append(ended)
            return
        lane, pages, statistics, *_ = main.LANES
        session.jobs.drop(pages, statistics)

        staged = session.staging.flushed

        def read(loaded: Loaded) -> None:
            loaded.as_of = staged
            main.show(loaded, state)
            session.statistics.count()
            count(loaded)

        def count(loaded: Loaded) -> None:
            staging = session.staging
            counted_as_of, busy = staging.flushed, staging.busy

            def counted(found: Loaded | None) -> None:
                # What was staged meanwhile may be among it, or not: all is counted again once that has ended.
                meanwhile = busy or staging.busy or staging.flushed != counted_as_of
                if meanwhile and isinstance(found, LoadedUncommitted) and found.staging is not None:
                    return
                if found is not None:
                    found.as_of = counted_as_of
                    main.counted(found, state)
                    if found.counting and main.loaded is found:
                        count(found)

            session.jobs.run(
                statistics, "count rows", lambda: loaded.load_counts(state.repository), counted, session.ignore
            )

        def failed(error: Exception) -> None:
            session.statistics.count()
            cancelled = was_cancelled(error)
            if not cancelled and session.lost(error):
                return
            # A filter that failed leaves the rows, and the filter, of before.
            shown = main.restore() if cancelled or main.rearranged else None
            if shown is None and isinstance(error, ColumnNotFound) and isinstance(view, TableView) and view.query:
                # It was wanted where the table has other columns, on another branch.
                state.looks.unfit(view.table, state.tables_at or state.branch)
                session.tell(f"Showing all rows of {view.table}: {error.message}")
                main.expect(replace(view, query=None))
                self.load()
                return
            if shown is None:
                main.failed(f"Cancelled. {key_of('refresh')} reads it again." if cancelled else str(error))
                return
            if isinstance(shown.view, TableView):
                state.keep_query(shown.view.table, shown.view.query)
            if not cancelled:
                said = explained(error, shown, state.repository.info.traits.sql)
                session.failed(f"show these rows of {view.title.removesuffix(' · rows')}", said)

        def over() -> None:
            main.mark_old(session.settings.old_after)
            ended()
            waiting, running.waiting = running.waiting, []
            if waiting and running.is_to_be_followed:
                self.load(partial(_call, waiting))
            else:
                _call(waiting)

        running = self._running = _Running(view, state.branch)
        running.job = session.jobs.run(
            lane,
            f"read {view.title}",
            lambda: view.load(state.repository, state.branch),
            read,
            failed,
            over,
        )


def explained(error: Exception, shown: Loaded, style: SqlStyle) -> Exception:
    """Why rows could not be read; where a column is unknown, with those that there are in what is still shown."""
    if not isinstance(error, ColumnNotFound) or not error.column or not shown.columns:
        return error
    names = [(column.name, column.type) for column in shown.columns]
    return Filters(shown.table, names, style).missing(error.column)


def _against_marked(pane: SidePane, state: State) -> CompareView | None:
    """All that differs between what was marked and the selection, while something else is marked than that."""
    chosen, marked = pane.comparable, state.marked
    if chosen is None or marked is None or chosen == marked or WORKING in (chosen[1], marked[1]):
        return None
    return CompareView(*chosen, *marked, direct=True)
