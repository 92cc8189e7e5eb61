"""The console: opening it, running what is written in it, and showing what came of that.

Others hand a statement over with `run_query`, or a text to be changed with `edit_query`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from dolt_tui.engine.console.history import HistoryEntry
from dolt_tui.engine.console.scanner import Script, Statement, split
from dolt_tui.engine.errors import InvalidName
from dolt_tui.engine.model import SavedQuery
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.dialogs.name import NameDialog
from dolt_tui.ui.flows.console_place import open_console, show_console
from dolt_tui.ui.flows.context import Context
from dolt_tui.ui.flows.undo_note import undo_note
from dolt_tui.ui.main_view.result import ResultView
from dolt_tui.ui.present.runs import Ran, note, one_line, removed, summary
from dolt_tui.ui.present.text import Style, cell
from dolt_tui.ui.session.jobs import was_cancelled
from dolt_tui.ui.session.run import Step
from dolt_tui.words import count, plural

if TYPE_CHECKING:
    from dolt_tui.engine.console.console import Transaction

SHORT = 20_000
"""Characters of a script that is split at once: a few milliseconds."""


def edit_query(context: Context, text: str, name: str = "") -> None:
    """Open the editor with a text, that of the saved query ``name`` where that is given; what was there can be had
    back with the editor's own undo."""
    console = open_console(context)
    if console.editor.text != text:
        console.editor.replace_all(text)
    console.saved_as = name


# running


def with_script(context: Context, text: str, done: Callable[[Script], None]) -> None:
    """Split a script; one that is long on a database thread, while keys wait."""
    style = context.state.repository.info.traits.sql
    if len(text) <= SHORT:
        done(split(text, style))
    else:
        context.look("read the script", lambda: split(text, style), done)


def run_in_console(context: Context, *, all_: bool = False) -> None:
    """Run the statement under the cursor of the editor, or all."""
    editor = context.panes.console.editor
    at = editor.offset_of_cursor

    def found(script: Script) -> None:
        here = script.at(at)
        start(context, script.statements if all_ else [here] if here is not None else [], InConsole(context))

    with_script(context, editor.text, found)


def explain(context: Context) -> None:
    """Show how the statement under the cursor would be run, without running it."""
    editor = context.panes.console.editor
    at = editor.offset_of_cursor

    def found(script: Script) -> None:
        here = script.at(at)
        if here is not None and not re.match(r"(?i)\s*explain\b", here.text):
            how = "EXPLAIN " if context.state.repository.info.traits.server else "EXPLAIN QUERY PLAN "
            here = replace(here, text=how + here.text)
        start(context, [here] if here is not None else [], InConsole(context))

    with_script(context, editor.text, found)


def compare_in_console(context: Context) -> None:
    """Compare the result of the statement under the cursor at two revisions."""
    editor = context.panes.console.editor
    at = editor.offset_of_cursor

    def found(script: Script) -> None:
        here = script.at(at)
        from dolt_tui.ui.flows.query_diff import compare_query  # what compares is heavy

        compare_query(context, here.text if here is not None else "")

    with_script(context, editor.text, found)


def switch_autocommit(context: Context) -> None:
    """Commit each statement at once from now on, or let a transaction stay open; an open one is asked about first."""
    runs = context.session.runs

    def switch() -> None:
        runs.autocommit = not runs.autocommit
        ends = f"{key_of('transaction.commit')} commits what is open, {key_of('transaction.rollback')} rolls it back"
        context.tell("Each statement is committed at once." if runs.autocommit else f"Autocommit is off: {ends}.")
        draw_console(context)

    if runs.autocommit or not runs.ask_about_transaction("switch autocommit on", switch):
        switch()


def take_from_history(context: Context) -> None:
    """Let the user look for a statement that was run, and put it into the editor: at the cursor, or on lines of its
    own behind what is written there."""
    from dolt_tui.ui.dialogs.history import HistoryDialog

    repository, database = context.state.repository, context.state.repository.info.database
    dialog = HistoryDialog(
        lambda text: repository.statement_history.search(text, database), context.state.clock.now(), hint="insert it"
    )

    def chosen(entry: HistoryEntry | None) -> None:
        if entry is None:
            return
        editor = context.panes.console.editor
        start, end = editor.span_of_selection
        line = editor.text[:start].rpartition("\n")[2] + editor.text[end:].partition("\n")[0]
        text = entry.text if not line.strip() else f"{entry.text};"
        if line.strip():
            start = end = len(editor.text)
            text = f"{'' if editor.text.rstrip().endswith(';') else ';'}\n{entry.text};"
        editor.replace_span(start, end, text)

    context.ask(dialog, chosen)


def save_query(context: Context) -> None:
    """Save the text as the query that it came from, or as a new one, which is asked for a name."""
    console, branch, repository = context.panes.console, context.state.branch, context.state.repository
    text = console.editor.text.strip()
    if not text:
        context.tell("There is nothing to save.", "warning")
        return

    def found(queries: tuple[SavedQuery, ...]) -> None:
        named = {query.name: query for query in queries}
        before = named.get(console.saved_as)
        if before is not None:
            _change_query(context, before, text)
            return

        def typed(name: str | None) -> None:
            if name is None:
                return
            console.saved_as = name
            if name in named:
                _change_query(context, named[name], text)
                return
            query = repository.queries.new(name, text)
            context.write(
                f"save query {name}",
                lambda repo: repo.queries.add(branch, query),
                lambda _: context.tell(f"Saved query {name}"),
            )
            draw_console(context)

        body = [cell("Save the text as a query of the database, versioned with its data.", Style.DIM)]
        context.ask(NameDialog("Save query", body, check=_query_name, hint="save"), typed)

    context.look("read the queries", lambda: repository.queries.queries(branch), found)


def _query_name(name: str) -> None:
    if not name.strip():
        raise InvalidName("A query needs a name.")


def _change_query(context: Context, before: SavedQuery, text: str) -> None:
    branch = context.state.branch
    if before.query.strip() == text:
        context.tell(f"Query {before.name} is saved already.")
        return
    context.write(
        f"change query {before.name}",
        lambda repo: repo.queries.change(branch, before, replace(before, query=text)),
        lambda _: context.tell(f"Saved query {before.name}"),
    )


def edit_elsewhere(context: Context) -> None:
    """Let the user change the text in an editor of his own."""
    from dolt_tui.ui.dialogs.editor import EditorError, edit

    editor = context.panes.console.editor
    try:
        edited = edit(editor.app, editor.text, "console.sql")
    except EditorError as error:
        context.tell(str(error), "warning")
        return
    text = edited.text.rstrip("\n") if not editor.text.endswith("\n") else edited.text
    if text != editor.text:
        editor.replace_all(text)
    if edited.note:
        context.tell(edited.note)


def run_query(context: Context, text: str) -> None:
    """Run a statement, or several, on the branch shown; rows are shown in the main pane."""
    with_script(context, text, lambda script: start(context, script.statements, InMain(context)))


def start(
    context: Context,
    statements: Sequence[Statement],
    watcher: InConsole | InMain,
    place: str = "",
    name: str = "",
) -> None:
    """Run statements on the branch shown, or what only reads at ``place``, a commit which people call ``name``."""
    runs = context.session.runs

    def ready(steps: list[Step]) -> None:
        if not steps:
            context.tell("There is no statement here.", "warning")
        elif reason := runs.why_not(steps):
            context.tell(f"{steps[0].label or 'run'}: {reason}", "warning")
        else:
            watcher.begin()
            runs.run(steps, watcher, place, name if place else "")

    if sum(statement.end - statement.start for statement in statements) <= SHORT:
        ready(runs.steps(statements))
    else:
        context.look("read the statements", lambda: runs.steps(statements), ready)


def views(runs: Sequence[Ran]) -> list[ResultView]:
    """The results of some statements, in order."""
    found = []
    for ran in runs:
        outcome = ran.outcome
        for result in outcome.results if outcome is not None else ():
            text = ran.statement.text
            found.append(ResultView(result, one_line(text), note(ran), outcome.described.table, text, ran.at))  # type: ignore[union-attr]
    return found


def close_unseen(context: Context) -> None:
    """Free the rows of results that nobody can come back to."""
    main, made = context.main, context.panes.results_made
    views = [main.view, *(view for view, *_ in main.stack), *(context.panes.results[0].results if made else ())]
    context.session.runs.close_results([view.result for view in views if isinstance(view, ResultView)])


class _Watcher:
    """What both ways of showing have in common."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def begin(self) -> None:
        """Statements are about to be run."""

    def removing(self, step: Step, rows: int | None, go_on: Callable[[bool], None]) -> None:
        """Ask whether something is to be dropped or emptied."""
        context, removal = self.context, step.described.removal
        assert removal is not None
        body = [cell(f"{removed(removal, rows)}.", Style.BOLD)]
        if context.session.transaction is not None:
            body.append(cell("It also commits the transaction that is open.", Style.WARNING))
        if removal.database:
            name = removal.names[0].replace("'", "''")
            again = f"CALL dolt_undrop('{name}') does, until dropped databases are purged."
            body.append(cell(f"Undo does not bring it back; {again}", Style.WARNING))
        else:
            body.append(undo_note(context.state))
        verb, one = "empty" if removal.empties else "delete", len(removal.names) == 1
        choice = Choice("x", f"{verb} {'it' if one else 'them'}")

        def chosen(letter: str | None) -> None:
            if letter is None:
                context.tell(f"{step.label}: not run")
            go_on(letter is not None)

        context.ask(ChoiceDialog(f"{step.label[:60]}?", body, [choice]), chosen)

    def pending(self, ran: Ran, transaction: Transaction, go_on: Callable[[bool], None]) -> None:
        """Ask whether a change is to be committed."""
        context, runs = self.context, self.context.session.runs
        outcome = ran.outcome
        assert outcome is not None
        described, changed = outcome.described, transaction.rows
        total = context.state.rows_of(described.table) if described.table else None
        of = f"{count(changed)} of {plural(total, 'row')}" if total is not None and total >= changed else ""
        limit = context.session.settings.ask_above
        why = "it has no WHERE" if described.all_rows else f"more than {count(limit or 0)}"
        what = f"{described.verb} {described.table}".strip()
        said = f"{what} changed {of or plural(changed, 'row')}: {why}."
        body = [cell(said, Style.BOLD), cell("It is not committed yet.", Style.DIM)]
        choices = [
            Choice("c", "commit", "keep the change"),
            Choice("r", "roll back", "take it back"),
            Choice("l", "look first", "the transaction stays open"),
        ]

        def chosen(letter: str | None) -> None:
            if letter == "c":
                runs.commit(partial(go_on, True), partial(go_on, False))
            elif letter == "r":
                runs.roll_back(partial(go_on, False), partial(go_on, False))
            else:
                go_on(False)
                keys = f"{key_of('transaction.commit')} commits it, {key_of('transaction.rollback')} rolls it back"
                context.tell(f"The transaction stays open: {keys}.", "warning")

        context.ask(ChoiceDialog("Commit?", body, choices, default="l"), chosen)


class InConsole(_Watcher):
    """Shows what comes of statements of the editor in the panes below it."""

    def begin(self) -> None:
        context = self.context
        show_console(context)
        context.panes.console.editor.forget_mistake()
        draw_progress(context)

    def ended(self, runs: Sequence[Ran]) -> None:
        context = self.context
        panes, editor = context.panes, context.panes.console.editor
        result, messages, plan = panes.results
        messages.show(context.session.runs.ran)
        result.busy("")
        if not runs:
            draw_console(context)
            return
        size = len(editor.text)
        for ran in runs:
            if ran.statement.end <= size:
                editor.show_outcome(ran.statement.start, ran.statement.end, succeeded=ran.error is None)
        last = runs[-1]
        found = views(runs)
        if found:
            result.stack.clear()
            result.results, result.at = tuple(found), len(found) - 1
            context.show_in(result, found[-1])
        elif last.error is None:
            result.say(note(last), f"{one_line(last.statement.text, 60)}: {summary(last)}.")
        if last.error is not None:
            self._tell_error(last)
        elif last.outcome is not None and last.outcome.plan:
            plan.show(last.outcome.plan, one_line(last.statement.text))
            panes.lower.show(plan)
        else:
            panes.lower.show(result)
        close_unseen(context)
        draw_console(context)

    def _tell_error(self, ran: Ran) -> None:
        context, editor = self.context, self.context.panes.console.editor
        error = ran.error
        assert error is not None
        context.window.forget_keys()
        context.panes.lower.show(context.panes.results[1])
        place = getattr(error, "position", None)
        start = ran.statement.start
        if was_cancelled(error):
            context.tell(f"{str(error).rstrip('.')}: {one_line(ran.statement.text, 60)}", "warning")
        elif place is not None and start + place <= len(editor.text):
            editor.show_mistake(start + place)
        elif start <= len(editor.text) and len(context.session.runs.ran) > 1:
            editor.show_mistake(start)


class InMain(_Watcher):
    """Shows the rows of a statement in the main pane, from which ``esc`` comes back; what it did otherwise is told."""

    def ended(self, runs: Sequence[Ran]) -> None:
        context = self.context
        if not runs:
            return
        last = runs[-1]
        if last.error is not None:
            context.session.failed(f"run {one_line(last.statement.text, 60)}", last.error)
            return
        found = views(runs)
        if found:
            context.show_view(found[-1], inside=True)
            close_unseen(context)
        else:
            context.tell(f"{one_line(last.statement.text, 60)}: {summary(last)}")


# drawing


def draw_console(context: Context) -> None:
    """Draw the editor's title and footnote again."""
    console, runs, state = context.panes.console, context.session.runs, context.state
    console.place = state.place
    parts = [f"SQL on {state.place}"]
    parts += [console.saved_as] if console.saved_as else []
    parts += [] if runs.autocommit else ["autocommit off"]
    console.set_title(" · ".join(parts))
    row, column = console.editor.cursor_location
    said = [f"line {count(row + 1)}, column {column + 1}"]
    if console.forecast:
        said.append(console.forecast)
    elif runs.ran:
        kept = f"{key_of('console.history')} history: {plural(state.repository.statement_history.count(), 'statement')}"
        said.append(f"{kept}, last: {summary(runs.ran[-1])}")
    console.set_footnote(" · ".join(said))


def draw_progress(context: Context) -> None:
    """Say in the result's frame what runs, and for how long."""
    runs, result = context.session.runs, context.panes.results[0]
    if runs.current is not None:
        result.busy(f"{runs.progress} · {key_of('back')} cancels" if runs.progress else "")
