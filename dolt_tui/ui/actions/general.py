"""What the keys do that mean the same everywhere."""

from __future__ import annotations

from textual.app import SuspendNotSupported

from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import EVERYWHERE, MOVES, command, keymap
from dolt_tui.ui.dialogs.listing import ListDialog
from dolt_tui.ui.flows import search
from dolt_tui.ui.flows.comparison import show_comparison
from dolt_tui.ui.flows.log import forget_copied, show_log
from dolt_tui.ui.flows.row_filters import show_all
from dolt_tui.ui.panes.pane import Pane
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.sql_log import STATEMENT_COLUMNS, statement_row
from dolt_tui.ui.present.text import Style, cell, wrap

KEY_COLUMNS = (
    Column("key", min_width=6, separator=False),
    Column("title", flex=True, separator=False),
)


class GeneralActions(Actions):
    """Commands that every pane has."""

    def one_list(self) -> str:
        tabs = self.context.panes.beside(self.context.focused_pane)
        return "there is one list here" if len(tabs) < 2 else ""

    # moving

    def _go(self, pane: Pane) -> None:
        self.context.go_to(pane)

    @command("pane.changes", "1", "changes", "Go to Changes", offline=True, rank=5)
    def pane_changes(self) -> None:
        self._go(self.context.panes.side[0])

    @command("pane.branches", "2", "branches", "Go to Branches", offline=True, rank=5)
    def pane_branches(self) -> None:
        self._go(self.context.panes.side[1])

    @command("pane.log", "3", "log", "Go to the Log", offline=True, rank=5)
    def pane_log(self) -> None:
        self._go(self.context.panes.side[2])

    @command("pane.tables", "4", "tables", "Go to Tables", offline=True, rank=5)
    def pane_tables(self) -> None:
        self._go(self.context.panes.side[3])

    @command("tab.next", "right_square_bracket", "next tab", "Next tab of the pane", rank=7, unless=one_list)
    def tab_next(self) -> None:
        self._turn(1)

    @command("tab.previous", "left_square_bracket", "previous tab", "Previous tab of the pane", rank=7, unless=one_list)
    def tab_previous(self) -> None:
        self._turn(-1)

    def _turn(self, by: int) -> None:
        pane = self.context.focused_pane
        tabs = self.context.panes.beside(pane)
        self.context.go_to(tabs[(tabs.index(pane) + by) % len(tabs)])

    @command("pane.main", "0", "main", "Go to the main pane", offline=True, rank=6)
    def pane_main(self) -> None:
        self._go(self.context.main)

    @command("pane.summary", "5", "summary", "Go to the Summary", offline=True, rank=5)
    def pane_summary(self) -> None:
        self._go(self.context.panes.summary)

    @command("pane.next", "tab", "next", "Next pane", offline=True, rank=8)
    def pane_next(self) -> None:
        self._step(1)

    @command("pane.previous", "shift+tab", "previous", "Previous pane", offline=True, rank=8)
    def pane_previous(self) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        panes = self.context.panes.shown
        self._go(panes[(panes.index(self.context.focused_pane) + by) % len(panes)])

    @command("pane.larger", "plus", "larger", "Give the main pane the whole screen", offline=True, rank=8)
    def pane_larger(self) -> None:
        if self.context.focused_pane in self.context.panes.side:
            self._go(self.context.main)
        self.context.window.large = True

    @command("pane.smaller", "underscore", "smaller", "All panes again", offline=True, rank=8)
    def pane_smaller(self) -> None:
        self.context.window.large = False

    # filter, back, refresh

    @command("back", "escape", "back", "Go back; cancel what runs; clear the filter", offline=True, waits=False, rank=2)
    def back(self) -> None:
        """Cancel what runs, else clear the filter, else go out by one step."""
        context, state, jobs = self.context, self.state, self.context.session.jobs
        pane, side = context.focused_pane, context.panes.side
        if context.session.busy:
            jobs.cancel("write", "panes", "preview", "open")
        elif pane.grid.range_active:
            pane.grid.clear_range()
        elif jobs.cancel("transfer"):
            pass  # its failure tells of it
        elif jobs.cancel(*pane.cancelled):
            context.tell("Cancelled.")
        elif pane.grid.sought:
            search.end(context.panes)
        elif pane.grid.filter_text:
            pane.grid.set_filter("")
            pane.filtered()
        elif pane is context.panes.log and state.copied:
            forget_copied(context)
        elif pane is context.panes.log and state.log_filter is not None:
            show_log(context, None)
        elif pane is context.main and (show_all(context) or context.leave_view()):
            pass  # other rows are on their way
        elif pane in side and state.pair is not None:
            show_comparison(context, None)
        elif context.window.large:
            context.window.large = False
        elif pane not in side:
            context.go_to(context.panes.last)
        elif state.came_from is not None:
            context.switch(state.came_from)

    @command(
        "refresh",
        "ctrl+r,R",
        "refresh",
        "Read everything again",
        shown="^r R",
        offline=True,
        rank=4,
        synonyms=("reload",),
    )
    def refresh(self) -> None:
        self.state.repository.pardon()
        self.context.session.refresh.read_all("read everything again")
        self.context.reload()  # also where it went inside

    # lists

    @command(
        "statements",
        "at",
        "SQL log",
        "SQL log: the statements that were run",
        footer=True,
        offline=True,
        rank=4,
        synonyms=("command log",),
    )
    def statements(self) -> None:
        log = self.state.repository.statements
        dialog = ListDialog(
            "SQL log",
            [statement_row(statement) for statement in log.entries()],
            STATEMENT_COLUMNS,
            hint="⏎ whole statement · h l sideways · esc close",
            header=True,
            large=True,
            empty="Nothing was run yet.",
            more=lambda: [statement_row(statement) for statement in log.entries()],
            at_end=True,
        )

        def chosen(number: object) -> None:
            found = next((entry for entry in log.entries() if entry.number == number), None)
            if found is None:
                return
            width = max(40, self.context.window.width - 12)
            lines = [*wrap(found.sql, width)]
            if found.parameters:
                lines += ["", f"values: {found.parameters}"]
            rows = "" if found.rows is None else f" · {found.rows} rows"
            lines += ["", f"{found.seconds * 1000:.2f} ms{rows} · on {found.revision or 'the default branch'}"]
            lines += [f"for: {found.purpose}"] if found.purpose else []
            lines += ["", f"error: {found.error}"] if found.error else []
            self.context.ask(
                ListDialog(
                    "Statement",
                    [Row(i, (cell(line),)) for i, line in enumerate(lines)],
                    (Column("text", flex=True, separator=False),),
                    hint="esc back to the log",
                    choosing=False,
                    large=True,
                ),
                lambda _answer: self.statements(),
            )

        self.context.ask(dialog, chosen)

    @command(
        "help",
        "question_mark",
        "keys",
        "All keys",
        offline=True,
        rank=4,
        synonyms=(
            "shortcuts",
            "bindings",
        ),
    )
    def help(self) -> None:
        kind, commands = self.context.focused_pane.KIND, keymap.current()
        rows = []
        for where, heading in (
            (kind, self.context.focused_pane.TITLE or "Main pane"),
            (EVERYWHERE, "Everywhere"),
        ):
            rows.append(Row(("heading", where), (cell(heading, Style.DIM),), selectable=False))
            for item in commands.of(where):
                reason = self.context.why_not(item.id)
                hidden = where == EVERYWHERE and item.key in commands.keys_of(kind)
                keys = cell("" if hidden else commands.display(item), Style.DIM if reason else Style.KEY)
                title = cell(f"{item.title}  ({reason})" if reason else item.title, Style.DIM if reason else "")
                rows.append(Row(item.id, (keys, title)))
        rows.append(Row(("heading", "moves"), (cell("In every list and table", Style.DIM),), selectable=False))
        rows += [Row(("move", keys), (cell(keys, Style.KEY), cell(what)), selectable=False) for keys, what in MOVES]
        dialog = ListDialog("Keys", rows, KEY_COLUMNS, hint="⏎ run · esc close", large=True)

        def chosen(command: object) -> None:
            if isinstance(command, str):
                self.context.run(command)

        self.context.ask(dialog, chosen)

    @command("palette", "ctrl+p", "palette", "Command palette", offline=True, rank=9)
    def palette(self) -> None:
        self.context.window.open_palette()

    @command("suspend", "ctrl+z", "suspend", "Suspend to the shell", offline=True, rank=9)
    def suspend(self) -> None:
        try:
            self.context.window.suspend()
        except SuspendNotSupported:
            self.context.tell("This terminal cannot be suspended.", "warning")

    @command("quit", "q", "quit", "Quit", offline=True, waits=False, rank=9, synonyms=("exit",))
    def quit(self) -> None:
        self.context.window.quit()
