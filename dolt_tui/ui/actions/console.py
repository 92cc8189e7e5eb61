"""What the keys of the console do: opening it, running statements, the open transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import CONSOLE, EVERYWHERE, MAIN, MESSAGES, RESULT, Footer, command
from dolt_tui.ui.dialogs.listing import ListDialog
from dolt_tui.ui.main_view.query_diff import QueryDiffView
from dolt_tui.ui.main_view.result import ResultView
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.runs import changed_by
from dolt_tui.ui.present.text import cell, wrap

if TYPE_CHECKING:
    from dolt_tui.engine.console.console import Transaction


class ConsoleActions(Actions):
    """Commands of the console."""

    @property
    def _transaction(self) -> Transaction | None:
        return self.context.session.transaction

    def closed(self) -> str:
        return "" if self.context.panes.console_made else "the console is not open"

    def no_transaction(self) -> str:
        return "no transaction is open" if self._transaction is None else ""

    # opening

    @command(
        "console.line",
        "colon",
        "SQL",
        "SQL: run a statement…",
        footer=True,
        rank=3,
        synonyms=("select", "sql", "run sql", "query", "execute", "use", "show tables", "grant"),
        about="Type it in a line at the bottom; the result is shown in the console.",
    )
    def line(self) -> None:
        self.context.window.type_statement()

    @command(
        "console",
        "ctrl+e",
        "console",
        "SQL console: write and run statements",
        rank=3,
        synonyms=("editor", "query editor", "sql shell", "script", "open console", "procedure"),
        about="Takes the place of the main pane: several statements, completion, results and plans.",
    )
    def open(self) -> None:
        from dolt_tui.ui.flows.console_place import open_console  # with its editor, which is slow to import

        open_console(self.context)

    # running

    @command(
        "console.run",
        "f5,ctrl+enter",
        "run",
        "Run the statement under the cursor",
        CONSOLE,
        footer=True,
        shown="f5 ^⏎",
        unless=closed,
        synonyms=("execute", "run sql", "run query"),
    )
    def run(self) -> None:
        from dolt_tui.ui.flows.console import run_in_console

        run_in_console(self.context)

    @command(
        "console.all",
        "f6",
        "all",
        "Run all statements",
        CONSOLE,
        footer=True,
        unless=closed,
        synonyms=("execute all", "run script"),
        about="Stops at the first one that fails.",
    )
    def all(self) -> None:
        from dolt_tui.ui.flows.console import run_in_console

        run_in_console(self.context, all_=True)

    @command(
        "console.plan",
        "f7",
        "plan",
        "Explain the statement: its plan",
        CONSOLE,
        rank=1,
        synonyms=("explain", "query plan", "explain plan", "indexes used"),
        unless=closed,
        runs="EXPLAIN …",
    )
    def plan(self) -> None:
        from dolt_tui.ui.flows.console import explain

        explain(self.context)

    @command(
        "console.compare",
        "ctrl+t",
        "compare…",
        "Diff of the result at two revisions…",
        CONSOLE,
        rank=2,
        synonyms=("compare", "query diff"),
        unless=closed,
    )
    def compare(self) -> None:
        from dolt_tui.ui.flows.console import compare_in_console

        compare_in_console(self.context)

    @command(
        "console.at",
        "ctrl+g",
        "run at…",
        "Run the statement at another revision…",
        CONSOLE,
        rank=2,
        unless=closed,
        synonyms=("as of", "time travel"),
        about="Asks for a branch, a tag or a commit.",
    )
    def run_at(self) -> None:
        from dolt_tui.ui.flows.query_at import run_at_in_console

        run_at_in_console(self.context)

    def no_result(self) -> str:
        return "" if self._query else "this is not the result of a query"

    @property
    def _query(self) -> str:
        """The statement whose result is shown, or what differs in it; empty for anything else."""
        view = self.context.rows_pane.view
        if isinstance(view, QueryDiffView):
            return view.diff.plan.query
        return view.text if isinstance(view, ResultView) else ""

    @command(
        "result.compare",
        "W",
        "compare…",
        "Diff of the query's result at two revisions…",
        (RESULT, MAIN),
        rank=2,
        unless=no_result,
        synonyms=("compare", "query diff"),
    )
    def compare_result(self) -> None:
        from dolt_tui.ui.flows.query_diff import compare_query

        compare_query(self.context, self._query)

    @command(
        "result.at",
        "space",
        "run at…",
        "Run the query at another revision…",
        (RESULT, MAIN),
        rank=2,
        unless=no_result,
        synonyms=("as of", "time travel"),
        about="Asks for a branch, a tag or a commit.",
    )
    def run_result_at(self) -> None:
        from dolt_tui.ui.flows.query_at import run_text_at

        run_text_at(self.context, self._query, in_console=self.context.rows_pane is not self.context.main)

    @command(
        "console.autocommit",
        "f8",
        "autocommit",
        "Autocommit: each statement, or a transaction",
        CONSOLE,
        rank=5,
        synonyms=("transaction", "begin", "start transaction", "autocommit off"),
        unless=closed,
        about="Off: a transaction stays open until it is committed or rolled back.",
    )
    def autocommit(self) -> None:
        from dolt_tui.ui.flows.console import switch_autocommit

        switch_autocommit(self.context)

    @command(
        "console.complete",
        "tab,ctrl+@",
        "complete",
        "Complete the word",
        CONSOLE,
        footer=True,
        shown="tab",
        synonyms=("completion", "autocomplete", "suggest"),
        unless=closed,
    )
    def complete(self) -> None:
        self.context.panes.console.editor.complete_now()

    @command(
        "console.clear",
        "ctrl+l",
        "clear",
        "Clear the text of the console",
        CONSOLE,
        rank=5,
        unless=closed,
        synonyms=("empty the editor",),
    )
    def clear(self) -> None:
        self.context.panes.console.editor.replace_all("")
        self.context.panes.console.saved_as = ""

    @command(
        "console.result",
        "shift+tab",
        "result",
        "Go to the results",
        CONSOLE,
        rank=5,
        unless=closed,
        synonyms=("show result", "output"),
    )
    def result(self) -> None:
        self.context.go_to(self.context.panes.lower.shown)

    @command(
        "console.history",
        "ctrl+r",
        "history",
        "History of statements: insert one…",
        CONSOLE,
        footer=True,
        rank=1,
        unless=closed,
        synonyms=("statement history", "previous statements"),
    )
    def history(self) -> None:
        from dolt_tui.ui.flows.console import take_from_history

        take_from_history(self.context)

    @command(
        "console.save",
        "ctrl+s",
        "save…",
        "Text of the console: save it as a query…",
        CONSOLE,
        footer=True,
        writes=True,
        rank=4,
        unless=closed,
        synonyms=("save query", "bookmark", "write file"),
    )
    def save(self) -> None:
        from dolt_tui.ui.flows.console import save_query

        save_query(self.context)

    @command(
        "console.editor",
        "ctrl+o",
        "$EDITOR",
        "Edit the text with $EDITOR",
        CONSOLE,
        footer=True,
        rank=4,
        unless=closed,
        synonyms=("vim", "external editor", "nano", "visual"),
    )
    def editor(self) -> None:
        from dolt_tui.ui.flows.console import edit_elsewhere

        edit_elsewhere(self.context)

    # messages

    def no_message(self) -> str:
        panes = self.context.panes
        ran = panes.results[1].ran if panes.results_made else None
        return "" if ran is not None else "no statement has been run yet"

    @command(
        "messages.open",
        "enter",
        "whole",
        "Show the whole statement and message",
        MESSAGES,
        footer=True,
        unless=no_message,
        synonyms=("error", "details"),
    )
    def message(self) -> None:
        from dolt_tui.ui.present.runs import below, note, summary

        ran = self.context.panes.results[1].ran
        assert ran is not None
        width = max(40, self.context.window.width - 12)
        texts = [ran.statement.text, "", f"{summary(ran)} · {note(ran)}", *below(ran)]
        shown = [line for text in texts for line in (wrap(text, width) or [""])]
        rows = [Row(number, (cell(line),)) for number, line in enumerate(shown)]
        columns = (Column("text", flex=True, separator=False),)
        dialog = ListDialog("Statement", rows, columns, hint="esc close", choosing=False, large=True)
        self.context.ask(dialog, lambda _answer: None)

    # the transaction

    @command(
        "transaction.commit",
        "f9",
        "commit",
        "Commit the open transaction",
        (EVERYWHERE, CONSOLE),
        footer=Footer.FIRST,
        rank=3,
        unless=no_transaction,
        synonyms=("sql commit", "end transaction"),
        runs="COMMIT",
        about="Keeps everything that was done since the transaction began.",
    )
    def commit(self) -> None:
        open_ = self._transaction
        assert open_ is not None
        what = changed_by(open_)
        self.context.session.runs.commit(lambda: self.context.tell(f"Committed {what}"))

    @command(
        "transaction.rollback",
        "f10",
        "roll back",
        "Roll back the open transaction",
        (EVERYWHERE, CONSOLE),
        footer=Footer.FIRST,
        rank=3,
        unless=no_transaction,
        synonyms=("rollback", "abort transaction", "undo transaction"),
        runs="ROLLBACK",
        about="Takes back everything that was done since the transaction began.",
    )
    def roll_back(self) -> None:
        open_ = self._transaction
        assert open_ is not None
        what = changed_by(open_)
        self.context.session.runs.roll_back(lambda: self.context.tell(f"Rolled back {what}"))
