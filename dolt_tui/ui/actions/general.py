"""What the keys do that mean the same everywhere."""

from __future__ import annotations

from functools import partial

from textual.app import SuspendNotSupported

from dolt_tui.ui import commands
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import keymap
from dolt_tui.ui.dialogs.listing import ListDialog
from dolt_tui.ui.panes.pane import Pane
from dolt_tui.ui.panes.tab import Tab
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.lists import wrap
from dolt_tui.ui.present.record import STATEMENT_COLUMNS, statement_row
from dolt_tui.ui.present.text import Style, cell

KEY_COLUMNS = (
    Column("key", min_width=6, separator=False),
    Column("title", flex=True, separator=False),
)


_LANES = {
    commands.MAIN: ("main", "main pages", "main statistics", "copy", "search"),
    commands.LOG: ("log pages", "main", "copy", "search"),
}
"""The lanes whose work ``esc`` ends, by pane."""


class GeneralActions(Actions):
    """Commands that every pane has."""

    def why_not(self, command: str) -> str:
        pane = self.workspace.focused_pane
        if command in ("tab.next", "tab.previous") and len(self.workspace.panes.beside(pane)) < 2:
            return "there is one list here"
        if command == "filter" and pane.SEARCHED and pane.grid.cursor_row is None:
            return "there are no rows here"
        return ""

    # moving

    def _go(self, pane: Pane) -> None:
        pane.grid.focus()

    def pane_changes(self) -> None:
        self._go(self.workspace.side[0])

    def pane_branches(self) -> None:
        self._go(self.workspace.side[1])

    def pane_log(self) -> None:
        self._go(self.workspace.side[2])

    def pane_tables(self) -> None:
        self._go(self.workspace.side[3])

    def tab_next(self) -> None:
        self._turn(1)

    def tab_previous(self) -> None:
        self._turn(-1)

    def _turn(self, by: int) -> None:
        pane = self.workspace.focused_pane
        tabs = self.workspace.panes.beside(pane)
        self.workspace.bring_to_front(tabs[(tabs.index(pane) + by) % len(tabs)])

    def pane_main(self) -> None:
        self._go(self.workspace.main)

    def pane_summary(self) -> None:
        self._go(self.workspace.summary)

    def pane_next(self) -> None:
        self._step(1)

    def pane_previous(self) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        panes = self.workspace.panes.shown
        self._go(panes[(panes.index(self.workspace.focused_pane) + by) % len(panes)])

    def pane_larger(self) -> None:
        if self.workspace.focused_pane in self.workspace.side:
            self.workspace.main.grid.focus()
        self.workspace.add_class("large")

    def pane_smaller(self) -> None:
        self.workspace.remove_class("large")

    # filter, back, refresh

    def filter(self) -> None:
        pane = self.workspace.focused_pane
        search = partial(self.workspace.searching.begin, pane) if pane.SEARCHED else None
        self.workspace.filter_bar.open(pane, search)

    def back(self) -> None:
        """Cancel what runs, else clear the filter, else go out by one step."""
        workspace = self.workspace
        pane = workspace.focused_pane
        if workspace.held:
            workspace.jobs.cancel("write", "panes", "preview", "open")
        elif pane.grid.range_active:
            pane.grid.clear_range()
        elif workspace.jobs.cancel("transfer"):
            pass  # its failure tells of it
        elif (lanes := self._cancelled(pane)) and workspace.jobs.cancel(*lanes):  # no lanes would mean all of them
            workspace.tell("Cancelled.")
        elif workspace.searching.active:
            workspace.searching.end()
        elif pane.grid.filter_text:
            pane.grid.set_filter("")
            pane.filtered()
        elif pane is workspace.log_pane and self.state.copied:
            workspace.rewriting.forget_copied()
        elif pane is workspace.log_pane and self.state.log_filter is not None:
            workspace.log_actions.show(None)
        elif pane is workspace.main and workspace.rows.clear():
            pass  # all rows are on their way
        elif pane is workspace.main and workspace.main.pop() is not None:
            workspace.load_main()
        elif pane in workspace.side and self.state.pair is not None:
            workspace.comparing.end()
        elif workspace.has_class("large"):
            workspace.remove_class("large")
        elif pane not in workspace.side:
            workspace.last_side.grid.focus()
        elif self.state.came_from is not None:
            workspace.switch(self.state.came_from)

    @staticmethod
    def _cancelled(pane: Pane) -> list[str]:
        """The lanes whose work ``esc`` ends; pages that are read ahead go on."""
        # In a side pane it is what the main pane reads for the selection.
        lanes = (pane.lane, "main") if isinstance(pane, Tab) else _LANES.get(pane.KIND, ("main",))
        return [lane for lane in lanes if pane.grid.waiting or not lane.endswith("pages")]

    def refresh(self) -> None:
        self.state.repository.pardon()
        self.workspace.live.read_all("read everything again")
        if self.workspace.main.stack:
            self.workspace.load_main()  # whoever went into something stays there
        else:
            self.workspace.follow(force=True)

    # lists

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
            width = max(40, self.workspace.size.width - 12)
            lines = [*wrap(found.sql, width)]
            if found.parameters:
                lines += ["", f"values: {found.parameters}"]
            rows = "" if found.rows is None else f" · {found.rows} rows"
            lines += ["", f"{found.seconds * 1000:.2f} ms{rows} · on {found.revision or 'the default branch'}"]
            lines += [f"for: {found.purpose}"] if found.purpose else []
            lines += ["", f"error: {found.error}"] if found.error else []
            self.ask(
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

        self.ask(dialog, chosen)

    def help(self) -> None:
        kind = self.workspace.focused_pane.KIND
        rows = []
        for where, heading in (
            (kind, self.workspace.focused_pane.TITLE or "Main pane"),
            (commands.EVERYWHERE, "Everywhere"),
        ):
            rows.append(Row(("heading", where), (cell(heading, Style.DIM),), selectable=False))
            for command in keymap.current().commands:
                if command.where == where:
                    reason = self.workspace.why_not(command.id)
                    hidden = where == commands.EVERYWHERE and command.key in keymap.current().keys_of(kind)
                    rows.append(
                        Row(
                            command.id,
                            (
                                cell("" if hidden else command.display, Style.DIM if reason else Style.KEY),
                                cell(
                                    f"{command.title}  ({reason})" if reason else command.title,
                                    Style.DIM if reason else "",
                                ),
                            ),
                        )
                    )
        rows.append(Row(("heading", "moves"), (cell("In every list and table", Style.DIM),), selectable=False))
        rows += [
            Row(("move", keys), (cell(keys, Style.KEY), cell(what)), selectable=False) for keys, what in commands.MOVES
        ]
        dialog = ListDialog("Keys", rows, KEY_COLUMNS, hint="⏎ run · esc close", large=True)

        def chosen(command: object) -> None:
            if isinstance(command, str):
                self.workspace.action_command(command)

        self.ask(dialog, chosen)

    def palette(self) -> None:
        self.workspace.app.action_command_palette()

    def suspend(self) -> None:
        try:
            self.workspace.app.action_suspend_process()
        except SuspendNotSupported:
            self.workspace.tell("This terminal cannot be suspended.", "warning")

    def quit(self) -> None:
        self.workspace.app.exit(0)
