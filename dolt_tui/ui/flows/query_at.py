"""Running what reads at another revision, which is chosen here; for every pane that has a query."""

from __future__ import annotations

from collections.abc import Sequence

from dolt_tui.engine.console.query_side import Revision
from dolt_tui.engine.console.scanner import Script, Statement
from dolt_tui.ui.flows.console import InConsole, InMain, start, with_script
from dolt_tui.ui.flows.context import Context
from dolt_tui.ui.flows.query_diff import choose_revision


def run_text_at(context: Context, text: str, *, in_console: bool = False) -> None:
    """Ask for a revision, and run a query there; its rows are shown in the main pane, or in the console's result."""
    watcher = InConsole(context) if in_console else InMain(context)
    with_script(context, text, lambda script: _choose(context, script.statements, watcher))


def run_at_in_console(context: Context) -> None:
    """Ask for a revision, and run the statement under the cursor of the editor there."""
    editor = context.panes.console.editor
    at = editor.offset_of_cursor

    def found(script: Script) -> None:
        here = script.at(at)
        _choose(context, [here] if here is not None else [], InConsole(context))

    with_script(context, editor.text, found)


def _choose(context: Context, statements: Sequence[Statement], watcher: InConsole | InMain) -> None:
    runs = context.session.runs
    steps = runs.steps(statements)
    if not all(step.reads for step in steps):
        context.tell("Only what reads can be run at another revision.", "warning")
        return

    def chosen(revision: Revision) -> None:
        now = revision.place == context.state.branch
        start(context, statements, watcher, "" if now else revision.place, revision.label)

    if steps:
        choose_revision(context, "Run the query at", chosen)
    else:
        start(context, [], watcher)  # which says that there is none
