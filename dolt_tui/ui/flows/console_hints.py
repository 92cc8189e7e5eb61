"""What is told beside the text while one writes in the console: which statement the cursor is in, and what it meets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dolt_tui.engine.console.scanner import Statement, split
from dolt_tui.engine.console.statements import Described, describe
from dolt_tui.ui.flows.console import SHORT, draw_console
from dolt_tui.ui.present.runs import removed
from dolt_tui.words import count, plural

if TYPE_CHECKING:
    from dolt_tui.ui.flows.context import Context


class Hints:
    """Looks at the editor's text beside the keys; the newest question wins."""

    def __init__(self, context: Context, later: Callable[[Callable[[], None]], None]) -> None:
        """``later`` calls a function once no key has come for a moment; only the last one that it was given."""
        self._context, self._later = context, later
        self._seen: Statement | None = None

    def moved(self) -> None:
        """The text or the cursor changed."""
        context = self._context
        draw_console(context)
        if context.panes.console.editor.sql.length <= SHORT:
            self._look()
        else:  # splitting it takes the processor from the keys
            context.session.jobs.drop("script")
            self._later(self._look)

    def _look(self) -> None:
        """Find the statement under the cursor."""
        context = self._context
        editor = context.panes.console.editor
        text, at, style = editor.text, editor.offset_of_cursor, context.state.repository.info.traits.sql

        def work() -> tuple[Statement, Described] | None:
            here = split(text, style).at(at)
            return (here, describe(here.text, style)) if here is not None else None

        context.session.quietly("script", "", work, lambda found: self._found(text, found))

    def _found(self, text: str, found: tuple[Statement, Described] | None) -> None:
        context = self._context
        console = context.panes.console
        if console.editor.text != text:
            return
        statement = found[0] if found is not None else None
        console.editor.show_statement((statement.start, statement.end) if statement is not None else None)
        if statement == self._seen:
            return
        self._seen = statement
        self._say("")
        context.session.jobs.drop("forecast")
        if found is not None and found[1].count_sql is not None:
            self._later(lambda: self._forecast(*found))

    def _forecast(self, statement: Statement, described: Described) -> None:
        context = self._context
        branch, repository = context.state.branch, context.state.repository
        if context.session.runs.current is not None or statement != self._seen:
            return
        context.session.quietly(
            "forecast",
            "",
            lambda: repository.console.forecast(branch, statement),
            lambda rows: self._say(self._words(described, rows)),
        )

    def _words(self, described: Described, rows: int | None) -> str:
        if rows is None:
            return ""
        if described.removal is not None:
            return removed(described.removal, rows)
        total = self._context.state.rows_of(described.table)
        of = f"{count(rows)} of {plural(total, 'row')}" if total is not None and rows <= total else plural(rows, "row")
        return f"{described.verb} meets {of}{'' if described.where else ': it has no WHERE'}"

    def _say(self, text: str) -> None:
        console = self._context.panes.console
        if console.forecast != text:
            console.forecast = text
            draw_console(self._context)
