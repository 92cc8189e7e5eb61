"""The main screen: the panes, what they are handed, and which command does what.

The way of a key press: key → command → handler (`dolt_tui.ui.actions`) → `Jobs` runs one method of the repository on
a database thread → a frozen value → the event loop → the panes whose scope changed are handed what was read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import events, on

from dolt_tui.engine.errors import EngineError
from dolt_tui.ui.actions.cells import CellActions
from dolt_tui.ui.actions.table_rows import RowActions
from dolt_tui.ui.commands import (
    CONSOLE,
    DRAFT,
    EVERYWHERE,
    MESSAGES,
    PLAN,
    RECORD,
    RESULT,
    RESULT_RECORD,
    ROW,
    UNCOMMITTED,
    UNCOMMITTED_RECORD,
    CommandSet,
)
from dolt_tui.ui.flows import resolve, search
from dolt_tui.ui.flows.draft import ask_before_leaving, offer_left
from dolt_tui.ui.flows.following import look_at_keys, name_rows
from dolt_tui.ui.pane_screen import PaneScreen
from dolt_tui.ui.panes.bars import HeaderBar
from dolt_tui.ui.panes.draft import DraftPane
from dolt_tui.ui.panes.main import MainPane
from dolt_tui.ui.panes.pane import Pane
from dolt_tui.ui.panes.panes import Panes
from dolt_tui.ui.panes.read_pane import ReadPane, SidePane
from dolt_tui.ui.session.events import (
    Arrived,
    ConsoleRan,
    Counted,
    DraftChanged,
    HoldChanged,
    Left,
    Progress,
    ResolvingChanged,
    ResolvingEnded,
    Settled,
    StagingChanged,
    StepsChanged,
    Switched,
    Unreadable,
)
from dolt_tui.ui.session.session import Session
from dolt_tui.ui.widgets.grid import Grid
from dolt_tui.ui.widgets.pane_layout import Sizes

if TYPE_CHECKING:
    from textual.timer import Timer

    from dolt_tui.engine.console.completion import Completion
    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.flows.console_hints import Hints
    from dolt_tui.ui.main_view.uncommitted import UncommittedView
    from dolt_tui.ui.panes.row_states import RowStatesPane
    from dolt_tui.ui.panes.statement_bar import StatementBar


_LOW = 30
"""Lines of a screen that has no room for a record and for what explains its row."""


class Workspace(PaneScreen):
    """All panes of one database."""

    PLACE = EVERYWHERE
    header: HeaderBar

    def __init__(self, session: Session, panes: Panes, commands: CommandSet, sizes: Sizes) -> None:
        super().__init__(session, panes, commands, sizes)
        self.header = HeaderBar()
        self._was_running = False
        self._draft_pane: DraftPane | None = None
        """The list of the draft, once there was one."""
        self._row_pane: RowStatesPane | None = None
        """What explains an uncommitted row, once there was one under the cursor."""
        self.main.grid.TAKES_TEXT = True  # values are made of it
        self._hints: Hints | None = None
        self._hint_timer: Timer | None = None
        self._listen()
        self._opening = session.hold("open the database")

    def on_mount(self) -> None:
        self.panes.changes.grid.focus()
        self.header.opening("opening…")

    def opened(self, repository: Repository) -> None:
        """The database is open: fill the panes."""
        settings = self.session.settings
        self.session.open(repository)
        self.panes.complete = self._complete
        self.set_interval(settings.poll_seconds, self.session.refresh.poll)
        self.set_interval(settings.tick_seconds, self._tick)
        self._opening.release()

    # what the session tells

    def _listen(self) -> None:
        listen = self.session.events.listen
        listen(Arrived, self._arrived)
        listen(Counted, lambda event: self.panes.of(event.scope).counted(event.found, self.state))
        listen(Unreadable, self._unreadable)
        listen(Settled, self._settled)
        listen(Left, lambda _: self._left())
        listen(Switched, self._switched)
        listen(DraftChanged, lambda event: self.show_draft(written=event.written))
        self.session.leaving.ask_first(lambda what, go: ask_before_leaving(self, what, go))
        listen(Progress, lambda _: self.draw_bars())
        listen(HoldChanged, lambda _: self._session_holds_changed())
        listen(StepsChanged, lambda _: self.draw_footer())
        listen(StagingChanged, lambda _: self._staging_changed())
        listen(ConsoleRan, lambda _: self.draw_bars())
        listen(ResolvingChanged, lambda _: self.draw_bars())
        listen(ResolvingEnded, lambda _: self.draw_bars())

    def _arrived(self, event: Arrived) -> None:
        part, pane = event.part, event.part.reader
        assert isinstance(pane, ReadPane)
        if part.error is not None:
            pane.could_not_read(part.what, part.error)
        else:
            pane.show(part.found, self.state)
            self.rearrange()
            if self.session.busy:
                pane.grid.displaced = None  # by what one has just done, and waits for
        # Once all is there, the main pane follows anyway; but a tab may have been read alone.
        if pane is self.panes.last and (part.error is not None or pane not in self.panes.first):
            self.follow()
        self.run_if_there()

    def _session_holds_changed(self) -> None:
        self.draw_bars()
        self.run_if_there()

    def _unreadable(self, event: Unreadable) -> None:
        for pane in self.panes.side:
            pane.could_not_read("the database", event.error)

    def _settled(self, event: Settled) -> None:
        if event.first and self.panes.console_open:
            from dolt_tui.ui.flows.console import draw_console

            draw_console(self)  # its title names the branch
        log = self.panes.log.grid
        if event.first or (event.moved and not log.range_active):  # a commit of another branch may be in this log too
            log.home()
        if event.first:
            offer_left(self)
            resolve.offer_left(self)
        self.session.drafts.check()  # others may have changed what it is about
        if event.first:
            self.follow(force=True)
        elif not event.same:
            self.reload()
        self.mark_old()

    def reload(self) -> None:
        """Read again what the main pane shows, also where it went inside, and where the selection is elsewhere by now
        because the last row of a list was staged or unstaged."""
        kept = self._kept_rows()
        if kept is None:
            super().reload()
        else:
            self.main.expect(kept)
            self.load_main()

    def _kept_rows(self) -> UncommittedView | None:
        """The uncommitted rows in which one is, with what is known of them by now."""
        panes = self.panes
        among = self.focused_pane is self.main or self.focused_pane is self._row_pane
        here = among and panes.last is panes.changes and not self.main.stack
        return panes.changes.kept(self.main.view, self.state) if here else None

    def _left(self) -> None:
        search.end(self.panes)
        self.main.stack.clear()
        for pane in self.panes:
            pane.grid.set_filter("")
        self.show_draft()

    def _switched(self, event: Switched) -> None:
        self.panes.branches.grid.move_to_key(event.branch)  # the next key there is about this one

    def show_draft(self, *, written: bool = False) -> None:
        """Show the draft as it is by now: over the rows, as a list, and in the header."""
        draft, lower = self.state.row_draft, self.panes.lower
        if draft:
            pane = self._draft_pane = self._draft_pane or DraftPane()
            pane.show(draft)
            if lower.shown in (lower.usual, self._row_pane):
                lower.show(pane)
        elif self._draft_pane is not None and lower.shown is self._draft_pane:
            if self.focused_pane is self._draft_pane:
                self.go_to(self.main)
            lower.put_back()
            self._show_row()
        self.panes.tables.show_draft(draft)
        if written:
            self.load_main()  # until its rows come, those that were edited stay as they are shown
        else:
            self.main.show_draft(self.state)
        self.draw_bars()

    def _staging_changed(self) -> None:
        self.main.show_draft(self.state)
        self._show_row()
        self.draw_footer()

    @on(MainPane.Shown)
    def _show_row(self) -> None:
        """Explain the uncommitted row under the cursor while one is among such rows, where nothing else stands."""
        lower, pane = self.panes.lower, self._row_pane
        if self.focused_pane is self.main and self.main.loaded is None and self.main.on_uncommitted:
            return  # its rows are on their way
        among = self.focused_pane in (self.main, pane) and lower.shown in (lower.usual, pane)
        if self.main.card.is_open and self.size.height < _LOW:
            among = False  # the record has the room
        loaded = self.main.loaded if among and self.session.is_open else None
        row = loaded.uncommitted(self.main.grid.cursor_row, self.state) if loaded is not None else None
        if row is not None and loaded is not None:
            if pane is None:
                from dolt_tui.ui.panes.row_states import RowStatesPane

                pane = self._row_pane = RowStatesPane()
            lower.show(pane)
            pane.show(row, loaded.columns, self.main.size.width)
        elif pane is not None and lower.shown is pane:
            if self.focused_pane is pane:
                self.go_to(self.main)
            lower.put_back()

    @on(MainPane.Shown)
    def _look_at_keys(self) -> None:
        """Find out where the cells lead to while somebody is among them."""
        if self.session.is_open and self.focused_pane is self.main:
            look_at_keys(self, self.main)

    @on(MainPane.RecordShown)
    def _name_rows(self, event: MainPane.RecordShown) -> None:
        if self.session.is_open and event.pane is self.main:
            name_rows(self, self.main)

    @on(Grid.ColumnMoved)
    @on(MainPane.KeysKnown)
    def _keys_known(self) -> None:
        self.draw_footer()

    def _tick(self) -> None:
        open_ = self.session.transaction is not None
        if open_:
            self.session.runs.look_whether_lost()
        running = bool(self.session.jobs.active()) or open_
        if running or self._was_running:
            self.draw_bars()
        self._draw_console()
        self.mark_old()
        self._was_running = running

    # keys and focus

    @property
    def all_places(self) -> tuple[str, ...]:
        """Where the commands are declared that it has at all: also of panes that it will make when they are needed."""
        return tuple(dict.fromkeys((*super().all_places, CONSOLE, RESULT, MESSAGES, PLAN, DRAFT, ROW)))

    def no_pane(self, place: str) -> str:
        """Why no pane means what is declared for a place; empty for the console, which opens."""
        reasons = {
            CONSOLE: "",
            UNCOMMITTED: "no uncommitted rows are shown",
            **dict.fromkeys((RECORD, UNCOMMITTED_RECORD, RESULT_RECORD), "no record is open"),
            ROW: "no uncommitted row is under the cursor",
            DRAFT: "no cell was edited",
            **dict.fromkeys((RESULT, MESSAGES, PLAN), "no statement was run in the console"),
        }
        return reasons.get(place, super().no_pane(place))

    def open_pane(self, place: str) -> Pane | None:
        """Open the console."""
        from dolt_tui.ui.flows.console_place import open_console

        return open_console(self)

    def on_escape(self) -> None:
        """``esc`` while keys wait."""
        if self.session.is_open:
            self.run("back")
        else:
            self.app.exit(0)

    def on_descendant_focus(self) -> None:
        node, last = self.focused_pane, self.panes.last
        # A line at the bottom may have the focus, for whichever pane.
        if isinstance(node, SidePane) and self.focused is not None and node in self.focused.ancestors:
            if node is not last:
                self.panes.last = node
            if self.session.is_open:
                self.follow()
        self._look_at_keys()
        self._show_row()
        self.draw_bars()

    def on_paste(self, event: events.Paste) -> None:
        """What the terminal pastes over rows fills their cells."""
        if self.focused is self.main.grid and self.session.is_open and self.keys_ready:
            self.actions.group(CellActions).paste(event.text)

    @on(Grid.Highlighted)
    def _highlighted(self, event: Grid.Highlighted) -> None:
        panes = self.panes
        if event.grid is panes.last.grid and self.focused_pane in panes.side:
            self.follow()
        search.highlighted(self.panes, event.grid, event.row)
        pane = panes.with_grid(event.grid)
        if isinstance(pane, MainPane):
            pane.moved(event.grid)
        if pane is self.main:
            self._show_row()
        if event.grid in (panes.branches.grid, panes.tags.grid):
            panes.branches.filtered()
            panes.tags.filtered()
        self.draw_footer()

    @on(Grid.HeaderClicked)
    def _title_clicked(self, event: Grid.HeaderClicked) -> None:
        pane = self.panes.with_grid(event.grid)
        if isinstance(pane, MainPane) and self.session.is_open and self.keys_ready:
            self.actions.group(RowActions).title_clicked(pane, event.column)

    # the console

    @on(Pane.Typed)
    def _typed(self) -> None:
        from dolt_tui.ui.flows.console_hints import Hints

        if self._hints is None:
            self._hints = Hints(self, self._later)
        if self.session.is_open:
            self._hints.moved()

    def _complete(self, text: str, offset: int) -> Completion | None:
        """What may come next in a text of SQL; on a thread."""
        from dolt_tui.engine.console.completion import complete

        state = self.state
        try:
            refs = state.fingerprint.refs if state.fingerprint is not None else ""
            return complete(text, offset, state.repository.catalogue(state.branch, refs))
        except EngineError:  # whoever types is not told
            return None

    def _later(self, look: Callable[[], None]) -> None:
        """Call a function once no key has come for a moment."""
        if self._hint_timer is not None:
            self._hint_timer.stop()
        self._hint_timer = self.set_timer(self.session.settings.hint_after, look)

    def _draw_console(self) -> None:
        if self.panes.console_open:
            from dolt_tui.ui.flows.console import draw_console, draw_progress
            from dolt_tui.ui.flows.console_place import keep_text

            if self.session.is_open and self.panes.console.place != self.state.place:
                draw_console(self)
            draw_progress(self)
            keep_text(self)

    def quit(self) -> None:
        """End the program, once nothing unfinished keeps one here; what is written in the console is kept."""

        def go() -> None:
            if self.panes.console_made:
                from dolt_tui.ui.flows.console_place import keep_text_now

                keep_text_now(self)
            self.app.exit(0)

        self.session.leaving.leave("quit", go)

    def type_statement(self) -> None:
        """Let the user type a statement in a line at the bottom."""
        from dolt_tui.ui.panes.statement_bar import StatementBar

        found = self.query(StatementBar)
        bar = found.first() if found else StatementBar(self.panes.complete, self._ran_before)
        if not found:
            bar.editor.complete_with(self.session.names.complete)
            self.mount(bar, before=self.footer)
        self.session.names.look()
        self.add_class("stating")
        self.focus_in(bar, bar.editor)

    def _ran_before(self) -> list[str]:
        """The statements that were run on this database, newest first, each once."""
        repository = self.state.repository
        found = repository.statement_history.search("", repository.info.database)
        return list(dict.fromkeys(entry.text for entry in found))

    def on_statement_bar_left(self) -> None:
        """Nothing is to be run."""
        self.remove_class("stating")
        self.set_focus(self.focused_pane.entry)

    def on_statement_bar_run(self, event: StatementBar.Run) -> None:
        """A statement was typed."""
        from dolt_tui.ui.flows.console import run_query

        self.on_statement_bar_left()
        run_query(self, event.text)

    def on_statement_bar_console_wanted(self) -> None:
        """The console was asked for instead."""
        self.on_statement_bar_left()
        self.run("console")

    # the bars

    def draw_bars(self) -> None:
        """Draw the header and the footer again."""
        if not self.is_running:
            return
        if self.session.is_open:
            watch = self.session.watch
            self.header.show(self.state, watch.running, watch.text, self.session.transaction)
        self.draw_footer()

    def mark_old(self) -> None:
        """Dim what does not belong to its title yet, once that takes long enough to be seen."""
        if not self.session.is_open:
            return
        now, after, left_at = self.session.clock.monotonic(), self.session.settings.old_after, self.session.left_at
        old = not self.state.loaded and 0 < left_at <= now - after
        for pane in (*self.panes.side, self.panes.summary):
            pane.set_class(old, "old")
        self.main.mark_old(after)
