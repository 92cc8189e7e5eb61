"""Committing what is staged, and amending the last commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.engine.core.validation import message_parts, parse_author, parse_date
from dolt_tui.engine.model import AmendPreview, Changes, RowCounts, TableChange
from dolt_tui.engine.undo.steps import Reach
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import CHANGES, Footer, command
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.flows.preview import Lookup
from dolt_tui.ui.present.lines import change_lines
from dolt_tui.ui.present.lists import counts_cell
from dolt_tui.ui.present.text import Cell, Style, cell, join
from dolt_tui.ui.session.draft import Draft
from dolt_tui.words import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.dialogs.commit import CommitDialog


class CommitActions(Actions):
    """The commands that make a commit, or amend the last one."""

    def to_commit(self) -> Footer:
        return Footer.YES if self.state.changes.tables else Footer.NO

    def unread(self) -> str:
        return (
            f"the changes could not be read: {key_of('refresh')} tries again" if "changes" in self.state.unread else ""
        )

    def nothing_to_amend(self) -> str:
        if self.state.merging is not None:
            return f"a merge is in progress: commit it with {key_of('commit')} first"
        return "" if self.state.head else "there is no commit yet"

    # commit

    @command(
        "commit",
        "c",
        "commit",
        "Commit what is staged…",
        footer=to_commit,
        writes=True,
        rank=-20,
        unless=unread,
        synonyms=("git commit", "commit all", "commit -a", "empty commit", "save the changes"),
        about="Asks for a message. Where nothing is staged, it offers to stage everything first.",
        runs="dolt_commit('-m', message)",
    )
    def commit(self) -> None:
        changes = self.state.changes
        if changes.staged:
            self._write_message()
            return
        if changes.unstaged:
            body = [cell("Nothing is staged yet.", Style.BOLD), (), *change_lines(changes.unstaged)]
        else:
            body = [cell("Nothing has changed since the last commit.", Style.BOLD)]
        choices = [
            Choice(
                "a",
                "stage all and commit",
                plural(changes.tables, "table"),
                "" if changes.unstaged else "there are no changes",
                self.state.repository.working.stage_all_calls(),
            ),
            Choice("e", "commit without changes", "a commit with only a message"),
        ]
        dialog = ChoiceDialog("Commit", body, choices, default="a" if changes.unstaged else None, opener="c")
        branch = self.state.branch

        def chosen(letter: str | None) -> None:
            if letter == "a":
                self.context.write(
                    "stage all tables",
                    lambda repo: repo.working.stage_all(branch),
                    lambda _: self._write_message(),
                    reach=Reach.STAGED,
                )
            elif letter == "e":
                self._write_message(allow_empty=True)

        self.context.ask(dialog, chosen)

    def _write_message(self, *, allow_empty: bool = False) -> None:
        from dolt_tui.ui.dialogs.commit import CommitDialog  # with its text area, which is slow to import

        state = self.state
        staged = () if allow_empty else state.changes.staged
        tables = {change.table for change in staged}
        left = tuple(change for change in state.changes.unstaged if change.table in tables and change.status.differs)
        dialog = CommitDialog(
            [*going_in(staged), *not_staged(left)],
            state.draft,
            default_author(state.repository),
            f"Commit to {state.branch}",
        )

        lookup = Lookup(self.context)

        def written(draft: Draft | None) -> None:
            lookup.stop()
            state.draft = dialog.draft  # what was typed survives esc, and a commit that fails
            if draft is not None:
                self._commit(draft, allow_empty)

        self.context.ask(dialog, written)
        self._look_up(lookup, dialog, Changes(left, tuple(staged)))

    def _look_up(self, lookup: Lookup, dialog: CommitDialog, changes: Changes) -> None:
        """Recent messages, and the rows of what is to be committed where they are not counted yet."""
        repository, branch = self.state.repository, self.state.branch
        every = (*changes.staged, *changes.unstaged)
        uncounted = any(change.counts is None and not change.uncounted for change in every)

        def found(messages: tuple[str, ...]) -> None:
            dialog.remember(messages)
            if uncounted:
                lookup.ask(
                    "count the changes to commit",
                    lambda: repository.working.with_counts(branch, changes),
                    lambda counted: dialog.goes_in([*going_in(counted.staged), *not_staged(counted.unstaged)]),
                )

        lookup.ask("read recent messages", lambda: repository.commits.recent_messages(branch), found)

    def _commit(self, draft: Draft, allow_empty: bool) -> None:
        branch = self.state.branch
        author = parse_author(draft.author) if draft.author.strip() else None
        date = parse_date(draft.date) if draft.date.strip() else None

        def done(_: object) -> None:
            self.state.draft = Draft()
            self.context.tell(f"Committed to {branch}: {draft.summary.strip()}")

        self.context.write(
            "commit",
            lambda repo: repo.commits.commit(branch, draft.summary, draft.body, author, date, allow_empty=allow_empty),
            done,
            label=f"commit: {draft.summary.strip()}",
            reach=Reach.REFS,
        )

    # amend

    @command(
        "amend",
        "A",
        "amend…",
        "Amend the last commit…",
        CHANGES,
        footer=Footer.LAST,
        writes=True,
        rank=-10,
        unless=(unread, nothing_to_amend),
        synonyms=("commit --amend", "edit the last commit", "fixup", "add to the last commit"),
        about="Adds what is staged to the last commit, and lets you edit its message.",
        runs="dolt_commit('--amend', '-m', message)",
    )
    def amend(self) -> None:
        """Put what is staged into the last commit, and let its message be edited."""
        repository, branch = self.state.repository, self.state.branch
        self.context.look(
            "read the last commit",
            lambda: repository.commits.preview_amend(branch, counts=False),
            self._edit_last,
        )

    def _edit_last(self, preview: AmendPreview) -> None:
        from dolt_tui.ui.dialogs.commit import CommitDialog

        state, commit = self.state, preview.commit
        kept = state.amending
        draft = kept[1] if kept is not None and kept[0] == commit.hash else Draft(*message_parts(commit.message))
        author = f"{commit.author} <{commit.email}>" if commit.email else commit.author
        staged = state.changes.staged
        dialog = CommitDialog(
            amend_lines(preview, staged), draft, author, f"Amend {commit.hash[:7]} on {state.branch}", verb="amend"
        )

        lookup = Lookup(self.context)

        def written(draft: Draft | None) -> None:
            lookup.stop()
            state.amending = (commit.hash, dialog.draft)
            if draft is not None:
                self._amend(preview, draft)

        self.context.ask(dialog, written)
        repository, branch = state.repository, state.branch

        def count() -> tuple[AmendPreview, Changes]:
            changes = repository.working.with_counts(branch, Changes(staged=staged))
            return repository.commits.preview_amend(branch), changes

        lookup.ask(
            "count the changes to commit",
            count,
            lambda counted: dialog.goes_in(amend_lines(counted[0], counted[1].staged)),
        )

    def _amend(self, preview: AmendPreview, draft: Draft) -> None:
        branch, replaces = self.state.branch, preview.commit.hash
        author = parse_author(draft.author) if draft.author.strip() else None
        date = parse_date(draft.date) if draft.date.strip() else None

        def done(_: object) -> None:
            self.state.amending = None
            self.context.tell(f"Amended {replaces[:7]}, which is {self.state.head[:7]} now")

        self.context.write(
            "amend the last commit",
            lambda repo: repo.commits.amend(branch, replaces, draft.summary, draft.body, author, date),
            done,
            label=f"amend: {draft.summary.strip()}",
            reach=Reach.REFS,
            again=self.amend,
        )


def default_author(repository: Repository) -> str:
    """Who commits when no author is given."""
    if repository.author is not None:
        return str(repository.author)
    return f"{repository.info.user} (the connection's user)" if repository.info.user else ""


def total_of(changes: Sequence[TableChange]) -> RowCounts | None:
    """All rows of some changes together; None while some are not counted."""
    total = RowCounts()
    for change in changes:
        if change.counts is None:
            return None
        total += change.counts
    return total


def going_in(staged: Sequence[TableChange]) -> list[Cell]:
    """What a commit will hold, in lines."""
    if not staged:
        return [cell("No changes, only the message.", Style.DIM)]
    total = total_of(staged)
    counts = counts_cell(total)
    rows = join(cell(" · "), counts, cell(" rows")) if counts and len(staged) > 1 else ()
    return [
        join(cell(f"{plural(len(staged), 'table')} to commit"), rows),
        *change_lines(staged),
    ]


def not_staged(left: Sequence[TableChange]) -> list[Cell]:
    """What stays behind of tables that are committed in part, in lines."""
    lines = []
    for change in left:
        number = change.counts.total if change.counts is not None else 0
        rows = f"{plural(number, 'row')} of {change.table}" if number else f"some of {change.table}"
        lines.append(cell(f"{rows} {'are' if number > 1 else 'is'} not staged", Style.DIM))
    return lines


def amend_lines(preview: AmendPreview, staged: Sequence[TableChange]) -> list[Cell]:
    """What amending the last commit changes, in lines."""
    found: list[Cell] = []
    if preview.published:
        names = ", ".join(preview.published[:3]) + (" …" if len(preview.published) > 3 else "")
        found += [
            cell(f"✗ {names} has this commit: amending replaces it with another one,", Style.WARNING),
            cell("  which can only be pushed by force.", Style.WARNING),
        ]
    found += going_in(staged) if staged else [cell("Nothing is staged: only the message changes.", Style.DIM)]
    if preview.changes:
        found += [cell("Already in this commit", Style.DIM), *change_lines(preview.changes)]
    return found
