"""What the keys do that are about the program: reading again, the SQL log, the list of keys, quitting."""

from __future__ import annotations

from textual.app import SuspendNotSupported

from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import EVERYWHERE, HEADINGS, MOVES, RESOLVER, WITHIN, Footer, command, keymap
from dolt_tui.ui.commands.keys import split, types_text
from dolt_tui.ui.dialogs.listing import ListDialog
from dolt_tui.ui.flows.find_command import open_palette
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.sql_log import STATEMENT_COLUMNS, statement_row
from dolt_tui.ui.present.text import Style, cell, wrap

KEY_COLUMNS = (
    Column("key", min_width=6, separator=False),
    Column("title", flex=True, separator=False),
)


class ProgramActions(Actions):
    """Commands about the program as a whole."""

    @command(
        "refresh",
        "ctrl+r,R",
        "refresh",
        "Refresh: read everything again",
        shown="^r R",
        offline=True,
        rank=4,
        synonyms=("reload", "redraw", "update screen"),
        footer=Footer.NEVER,
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
        (EVERYWHERE, RESOLVER),
        footer=Footer.LAST,
        offline=True,
        rank=4,
        synonyms=("command log", "query log", "history of statements"),
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
            empty="Nothing has been run yet.",
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
        "question_mark,f1",
        "keys",
        "Keys: all of them, this pane's first",
        (EVERYWHERE, RESOLVER),
        offline=True,
        rank=4,
        synonyms=("help", "shortcuts", "bindings", "keybindings", "cheat sheet", "hotkeys", "manual"),
        footer=Footer.NEVER,
    )
    def help(self) -> None:
        pane, commands = self.context.focused_pane, keymap.current()
        kind, *shared = self.context.places
        rows = []
        for where in (kind, *shared):
            heading = pane.TITLE or "Main pane"
            if where in shared or where in WITHIN:
                heading = HEADINGS.get(where, where).capitalize()
            rows.append(Row(("heading", where), (cell(heading, Style.DIM),), selectable=False))
            for item in commands.meant(where):
                reason = self.context.why_not(item.id)
                hidden = where in shared and item.key in commands.keys_of(kind)
                hidden = hidden or (pane.TYPED and all(map(types_text, split(item.key))))
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

    @command(
        "palette",
        "ctrl+p",
        "palette",
        "Command palette",
        (EVERYWHERE, RESOLVER),
        offline=True,
        rank=9,
        footer=Footer.NEVER,
    )
    def palette(self) -> None:
        open_palette(self.context)

    @command(
        "screenshot",
        "",
        "screenshot",
        "Screenshot: save a picture of the screen",
        (EVERYWHERE, RESOLVER),
        offline=True,
        rank=9,
        synonyms=("svg", "print screen", "take a picture"),
        about="Saves the screen as an SVG file in the directory in which the program was started.",
    )
    def screenshot(self) -> None:
        try:
            self.context.tell(f"Saved {self.context.window.save_picture()}")
        except OSError as error:
            self.context.tell(f"The picture could not be saved: {error.strerror}", "error")

    @command(
        "suspend",
        "ctrl+z",
        "suspend",
        "Suspend to the shell",
        (EVERYWHERE, RESOLVER),
        offline=True,
        rank=9,
        footer=Footer.NEVER,
        synonyms=("background", "shell", "job control"),
    )
    def suspend(self) -> None:
        try:
            self.context.window.suspend()
        except SuspendNotSupported:
            self.context.tell("This terminal cannot be suspended.", "warning")

    @command(
        "quit",
        "q",
        "quit",
        "Quit",
        (EVERYWHERE, RESOLVER),
        offline=True,
        waits=False,
        rank=9,
        synonyms=("exit", "close", "leave", "q!", "wq"),
    )
    def quit(self) -> None:
        self.context.window.quit()
