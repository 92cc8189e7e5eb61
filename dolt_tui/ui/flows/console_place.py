"""Where the console stands: in the places of the main pane and of the summary, as long as it is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.ui.flows.context import Context
from dolt_tui.ui.session.events import DraftChanged
from dolt_tui.ui.session.kept_text import KeptText

if TYPE_CHECKING:
    from dolt_tui.ui.panes.console import ConsolePane


def show_console(context: Context) -> ConsolePane:
    """Put the editor and its results in their places."""
    panes = context.panes
    first = not panes.console_made
    console, results = panes.console, panes.results
    if first:
        repository = context.state.repository
        console.kept = KeptText(repository.undo.beside(".sql"), repository.info.traits.sql)
        console.editor.load_text(console.kept.load())
        console.editor.complete_with(context.session.names.complete)
    context.session.names.look()
    panes.upper.show(console)
    if panes.lower.shown not in results:
        panes.lower.show(results[0], *results)
    return console


def open_console(context: Context) -> ConsolePane:
    """Go to the editor, with the text that was written last."""
    console = show_console(context)
    context.go_to(console)
    return console


def keep_text(context: Context) -> None:
    """Save the text of the editor where it has changed since it was last looked at, but not meanwhile; not on the event
    loop."""
    console = context.panes.console
    kept, version = console.kept, console.editor.sql.version
    rests, console.seen_version = version == console.seen_version, version
    if kept is not None and version != console.kept_version and rests:
        console.kept_version = version
        text = console.editor.text
        context.session.quietly("kept text", "", lambda: kept.save(text), lambda _: None)


def keep_text_now(context: Context) -> None:
    """Save the text of the editor, before the program ends; some milliseconds."""
    kept = context.panes.console.kept
    if kept is not None:
        kept.save(context.panes.console.editor.text)


def close_console(context: Context) -> None:
    """Put the main pane and the summary back in their places; the text and the results stay."""
    panes = context.panes
    panes.upper.put_back()
    if panes.lower.shown in panes.results_made:
        panes.lower.put_back()
        context.session.events.tell(DraftChanged(False))  # where there is a draft, its list stands there again
