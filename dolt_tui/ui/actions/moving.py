"""What the keys do that go from pane to pane, and back."""

from __future__ import annotations

from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import CONSOLE, EVERYWHERE, RECORD, RESOLVER, RESULT_RECORD, Footer, command
from dolt_tui.ui.flows import search
from dolt_tui.ui.flows.comparison import show_comparison, unmark
from dolt_tui.ui.flows.console_place import close_console
from dolt_tui.ui.flows.log import forget_copied, show_log
from dolt_tui.ui.flows.row_filters import show_all
from dolt_tui.ui.panes.pane import Pane
from dolt_tui.ui.session.jobs import CONSOLE as RUNS


class MovingActions(Actions):
    """Commands that every pane has: going to another one, and going back."""

    def behind(self) -> Footer:
        context, state = self.context, self.state
        pane = context.focused_pane
        if pane in context.panes.side and (state.came_from is not None or state.pair is not None):
            return Footer.FIRST
        if pane is context.main and context.main.stack:
            return Footer.YES
        inside = pane not in context.panes.side or pane.grid.filter_text or pane.grid.sought or pane.grid.range_active
        return Footer.NO if inside else Footer.NEVER

    def leaves(self) -> str:
        context, state = self.context, self.state
        if context.focused_pane not in context.panes.side:
            return ""
        if state.marked is not None:
            return "unmark"
        if state.pair is not None:
            return "end comparison"
        return f"back to {state.came_from}" if state.came_from is not None else ""

    def hidden(self) -> Footer:
        """Where one pane has the whole screen, the footer says how the others come back."""
        return Footer.FIRST if self.context.window.is_full else Footer.NEVER

    def one_list(self) -> str:
        tabs = self.context.own_panes.beside(self.context.focused_pane)
        return "this pane has no other tabs" if len(tabs) < 2 else ""

    # moving

    def _go(self, pane: Pane) -> None:
        self.context.go_to(pane)

    @command(
        "pane.changes",
        "1",
        "changes",
        "Go to Changes",
        offline=True,
        rank=5,
        footer=Footer.NEVER,
        synonyms=("status", "git status", "working set", "staging area", "files"),
    )
    def pane_changes(self) -> None:
        self._go(self.context.panes.side[0])

    @command(
        "pane.branches",
        "2",
        "branches",
        "Go to Branches",
        offline=True,
        rank=5,
        footer=Footer.NEVER,
        synonyms=("branch list", "git branch"),
    )
    def pane_branches(self) -> None:
        self._go(self.context.panes.side[1])

    @command(
        "pane.log",
        "3",
        "log",
        "Go to the Log",
        offline=True,
        rank=5,
        footer=Footer.NEVER,
        synonyms=("git log", "history", "commits", "log"),
    )
    def pane_log(self) -> None:
        self._go(self.context.panes.side[2])

    @command(
        "pane.tables",
        "4",
        "tables",
        "Go to Tables",
        offline=True,
        rank=5,
        footer=Footer.NEVER,
        synonyms=("show tables", "table list"),
    )
    def pane_tables(self) -> None:
        self._go(self.context.panes.side[3])

    @command(
        "pane.stashes",
        "",
        "stashes",
        "Go to Stashes",
        rank=6,
        footer=Footer.NEVER,
        synonyms=("stash list",),
    )
    def pane_stashes(self) -> None:
        self._go(self.context.panes.stashes)

    @command(
        "pane.remotes",
        "",
        "remotes",
        "Go to Remotes",
        rank=6,
        footer=Footer.NEVER,
        synonyms=("remote branches", "remote list", "branch -r"),
    )
    def pane_remotes(self) -> None:
        self._go(self.context.panes.remotes)

    @command(
        "pane.tags",
        "",
        "tags",
        "Go to Tags",
        rank=6,
        footer=Footer.NEVER,
        synonyms=("tag list",),
    )
    def pane_tags(self) -> None:
        self._go(self.context.panes.tags)

    @command(
        "pane.reflog",
        "",
        "reflog",
        "Go to the Reflog",
        rank=6,
        footer=Footer.NEVER,
        synonyms=("git reflog", "head history"),
    )
    def pane_reflog(self) -> None:
        self._go(self.context.panes.reflog)

    @command(
        "pane.queries",
        "",
        "queries",
        "Go to Queries",
        rank=6,
        footer=Footer.NEVER,
        synonyms=("saved queries", "query list"),
    )
    def pane_queries(self) -> None:
        self._go(self.context.panes.queries)

    @command("tab.next", "right_square_bracket", "next tab", "Next tab of the pane", rank=7, unless=one_list)
    def tab_next(self) -> None:
        self._turn(1)

    @command(
        "tab.previous",
        "left_square_bracket",
        "previous tab",
        "Previous tab of the pane",
        rank=7,
        unless=one_list,
        footer=Footer.NEVER,
    )
    def tab_previous(self) -> None:
        self._turn(-1)

    def _turn(self, by: int) -> None:
        context = self.context
        pane = context.focused_pane
        tabs = context.own_panes.beside(pane)
        if pane in context.panes.results_made and (view := context.panes.results[0].turned(pane, by)) is not None:
            context.show_in(context.panes.results[0], view)
            return
        context.go_to(tabs[(tabs.index(pane) + by) % len(tabs)])

    @command(
        "pane.main",
        "0",
        "main",
        "Go to the main pane, or what stands in its place",
        offline=True,
        rank=6,
        footer=Footer.NEVER,
    )
    def pane_main(self) -> None:
        self._go(self.context.panes.upper.shown)

    @command(
        "pane.summary",
        "5",
        "summary",
        "Go to the Summary, or what stands in its place",
        offline=True,
        rank=5,
        footer=Footer.NEVER,
    )
    def pane_summary(self) -> None:
        self._go(self.context.panes.lower.shown)

    @command("pane.next", "tab", "next", "Next pane", (EVERYWHERE, RESOLVER), offline=True, rank=8, footer=Footer.NEVER)
    def pane_next(self) -> None:
        self._step(1)

    @command(
        "pane.previous",
        "shift+tab",
        "previous",
        "Previous pane",
        (EVERYWHERE, RESOLVER),
        offline=True,
        rank=8,
        footer=Footer.NEVER,
    )
    def pane_previous(self) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        panes = self.context.own_panes.shown
        self._go(panes[(panes.index(self.context.focused_pane) + by) % len(panes)])

    @command(
        "pane.larger",
        "plus",
        "larger",
        "Layout: more room for this pane (normal, half, full)",
        (EVERYWHERE, RESOLVER),
        offline=True,
        rank=8,
        synonyms=("zoom", "full screen", "maximize", "screen mode"),
    )
    def pane_larger(self) -> None:
        self.context.window.cycle_layout(1)

    @command(
        "pane.smaller",
        "underscore",
        "smaller",
        "Layout: less room for this pane (full, half, normal)",
        (EVERYWHERE, RESOLVER),
        offline=True,
        rank=8,
        footer=hidden,
        synonyms=("zoom", "normal screen", "screen mode"),
    )
    def pane_smaller(self) -> None:
        self.context.window.cycle_layout(-1)

    # back

    @command(
        "back",
        "escape",
        "rows",
        "Back to the rows",
        (RECORD, RESULT_RECORD),
        footer=True,
        offline=True,
        waits=False,
        rank=-22,
        synonyms=("close the record", "cancel"),
    )
    @command(
        "back",
        "escape",
        "back",
        "Go back to the panes; the text stays",
        CONSOLE,
        footer=True,
        offline=True,
        waits=False,
        rank=6,
        synonyms=("close console", "cancel"),
        about="Cancels what runs first.",
    )
    @command(
        "back",
        "escape",
        "back",
        "Go back; cancel what runs; clear the filter",
        offline=True,
        waits=False,
        rank=2,
        footer=behind,
        says=leaves,
        synonyms=("escape", "cancel", "stop", "interrupt"),
    )
    def back(self) -> None:
        """Cancel what runs, else clear the filter, else go out by one step."""
        context, state, jobs = self.context, self.state, self.context.session.jobs
        pane, side = context.focused_pane, context.panes.side
        told = context.session.runs.current is not None  # what becomes of its statement
        if context.session.busy:
            jobs.cancel("write", "panes", "preview", "open")
        elif pane.grid.range_active:
            pane.grid.clear_range()
        elif jobs.cancel("transfer") or context.session.staging.cancel():
            pass  # its failure tells of it
        elif jobs.cancel(*pane.cancelled):
            if not told:
                context.tell("Cancelled.")
        elif pane.current.sought:
            search.end(context.panes)
        elif pane.grid.filter_text:
            pane.grid.set_filter("")
            pane.filtered()
        elif jobs.cancel(RUNS):
            pass  # a statement that was begun elsewhere: what becomes of it is told
        elif pane is context.panes.log and state.log_filter is not None:
            show_log(context, None)
        elif pane is context.rows_pane and context.rows_pane.close_record():
            context.go_to(pane)
        elif pane is context.rows_pane and show_all(context):
            pass
        elif pane is context.rows_pane and context.leave_view():
            pass  # other rows are on their way
        elif pane in side and state.marked is not None:
            unmark(context)
        elif pane in side and state.pair is not None:
            show_comparison(context, None)
        elif pane in context.panes.results_made and context.panes.console_open:
            context.go_to(context.panes.upper.shown)
        elif context.panes.console_open:
            close_console(context)
            context.go_to(context.panes.last)
        elif pane not in side:
            context.go_to(context.panes.last)
        elif state.came_from is not None:
            context.switch(state.came_from)
        elif pane in (context.panes.log, context.panes.reflog) and state.copied:
            forget_copied(context)
