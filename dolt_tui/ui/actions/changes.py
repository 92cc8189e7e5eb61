"""What the keys of the Changes pane do: staging, discarding, committing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len

from dolt_tui.engine.inputs import parse_author
from dolt_tui.engine.model import Status, TableChange
from dolt_tui.ui.actions.action import Actions
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.drafts import Draft
from dolt_tui.ui.present import counts_cell
from dolt_tui.ui.text import Cell, Style, cell, join, plural, sanitise

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository


class ChangeActions(Actions):
    """Commands on the working set."""

    def why_not(self, command: str) -> str:
        changes = self.state.changes
        match command:
            case "changes.stage" | "changes.discard" | "changes.rows" if self.workspace.changes.selected is None:
                return "there are no changes"
            case "changes.stage_all" if not (changes.staged or changes.unstaged):
                return "there are no changes"
            case "commit" if not (changes.staged or changes.unstaged):
                return "there is nothing to commit"
        return ""

    def stage(self) -> None:
        change = self.workspace.changes.selected
        assert change is not None
        names = [change.table] if change.old_name is None else [change.old_name, change.table]
        branch = self.state.branch
        if change.staged:
            self.write(f"unstage {change.table}", lambda repo: repo.working.unstage(branch, names))
        else:
            self.write(f"stage {change.table}", lambda repo: repo.working.stage(branch, names))

    def stage_all(self) -> None:
        branch = self.state.branch
        if self.state.changes.unstaged:
            self.write("stage all tables", lambda repo: repo.working.stage_all(branch))
        else:
            self.write("unstage all tables", lambda repo: repo.working.unstage_all(branch))

    def rows(self) -> None:
        self.workspace.main.grid.focus()

    def discard(self) -> None:
        change = self.workspace.changes.selected
        assert change is not None
        changes, branch = self.state.changes, self.state.branch
        both = [
            item
            for item in (*changes.unstaged, *changes.staged)
            if item.table == change.table and item.staged != change.staged
        ]
        every = (*changes.unstaged, *changes.staged)
        both_statements = "\n".join(self.call(name, "--", change.table) for name in ("dolt_reset", "dolt_checkout"))
        every_statement = f"{self.call('dolt_reset', '--hard')}\n{self.call('dolt_clean')}"
        choices = []
        if not change.staged:
            to = f"back to its {'staged state' if both else 'last commit'}"
            statement = self.call("dolt_checkout", "--", change.table)
            choices.append(Choice("u", _undo_words(change, "unstaged changes"), to, statement=statement))
        if change.staged or both:
            text = f"{change.table} back to the last commit"
            choices.append(Choice("t", "all changes of the table", text, statement=both_statements))
        text = f"{plural(changes.tables, 'table')} back to the last commit"
        choices.append(Choice("x", "everything", text, statement=every_statement))
        body = [
            join(cell("Discard changes of "), cell(change.table, "accent bold")),
            (),
            *change_lines(every, staged=True),
            (),
            cell("What is discarded is gone: Dolt keeps no copy of uncommitted changes.", Style.WARNING),
        ]
        dialog = ChoiceDialog("Discard", body, choices, opener="d")

        def chosen(letter: str | None) -> None:
            if letter == "u":
                self.write(f"discard changes of {change.table}", lambda repo: repo.working.discard(branch, change))
            elif letter == "t":
                self.write(
                    f"discard all changes of {change.table}",
                    lambda repo: repo.working.discard(branch, change, staged_too=True),
                )
            elif letter == "x":
                self.write("discard everything", lambda repo: repo.working.discard_all(branch))

        self.ask(dialog, chosen)

    def commit(self) -> None:
        changes = self.state.changes
        if changes.staged:
            self._write_message()
            return
        body = [
            cell("Nothing is staged yet.", Style.BOLD),
            (),
            *change_lines(changes.unstaged),
        ]
        dialog = ChoiceDialog(
            "Commit",
            body,
            [Choice("a", "stage all and commit", plural(changes.tables, "table"))],
            default="a",
            opener="c",
        )
        branch = self.state.branch

        def chosen(letter: str | None) -> None:
            if letter == "a":
                self.write("stage all tables", lambda repo: repo.working.stage_all(branch), self._write_message)

        self.ask(dialog, chosen)

    def _write_message(self) -> None:
        from dolt_tui.ui.dialogs.commit import CommitDialog  # with its text area, which is slow to import

        state = self.state
        going_in = change_lines(state.changes.staged)
        dialog = CommitDialog(going_in, state.draft, default_author(state.repository), state.branch)

        def written(draft: Draft | None) -> None:
            state.draft = dialog.draft  # what was typed survives esc, and a commit that fails
            if draft is not None:
                self._commit(draft)

        self.ask(dialog, written)

    def _commit(self, draft: Draft) -> None:
        branch = self.state.branch
        author = parse_author(draft.author) if draft.author.strip() else None

        def done() -> None:
            self.state.draft = Draft()
            self.workspace.tell(f"Committed to {branch}: {draft.summary.strip()}")

        self.write("commit", lambda repo: repo.commits.commit(branch, draft.summary, draft.body, author), done)


def default_author(repository: Repository) -> str:
    """Who commits when no author is given."""
    if repository.author is not None:
        return str(repository.author)
    return f"{repository.info.user} (the connection's user)" if repository.info.user else ""


def change_lines(changes: Sequence[TableChange], *, staged: bool = False) -> list[Cell]:
    """Changed tables in the lines of a dialog, their counts under each other; ``staged`` tells which are staged."""
    width = min(40, max((cell_len(sanitise(change.table)) for change in changes), default=0))
    return [_change_line(change, width, staged) for change in changes]


def _change_line(change: TableChange, width: int, staged: bool) -> Cell:
    style = {Status.NEW: Style.ADDED, Status.DELETED: Style.MINUS}.get(change.status, Style.MODIFIED)
    name = sanitise(change.table)
    counts = counts_cell(change.counts)
    if counts:
        assert change.counts is not None
        counts = join(counts, cell(" row" if change.counts.total == 1 else " rows", Style.DIM))
    elif change.status is not Status.MODIFIED:
        counts = cell(str(change.status), Style.DIM)
    schema = cell("  schema", Style.ACCENT) if change.schema_changed and change.status is Status.MODIFIED else ()
    where = cell("  staged", Style.DIM) if staged and change.staged else ()
    return join(
        cell(f"  {change.status.sign} ", style),
        cell(name + " " * max(0, width - cell_len(name)) + "  "),
        counts,
        schema,
        where,
    )


def _undo_words(change: TableChange, words: str) -> str:
    if change.status is Status.NEW:
        return "drop the new table"
    if change.status is Status.DELETED:
        return "bring the table back"
    return words
