"""Commands that rewrite history: revert, copy and paste commits, reword, squash, rebase."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from dolt_tui.engine.model import Call, Commit, Expected
from dolt_tui.engine.model.rewriting import RewritePreview, Rewritten
from dolt_tui.engine.undo.steps import Reach
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import LOG, Offer, command
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.flows.merge import in_progress
from dolt_tui.ui.flows.rewriting import done_with, preview_rewriting, run_rewriting, what_commits
from dolt_tui.ui.present.lines import commit_lines, published_lines
from dolt_tui.ui.present.text import Cell, Style, cell, join
from dolt_tui.words import plural

if TYPE_CHECKING:
    pass


class RewriteActions(Actions):
    """Commands that make new commits out of old ones."""

    def _several(self, word: str, more: str = "") -> str:
        number = len(self._selected())
        return f"{word} {number}{more}" if number > 1 else ""

    def reverts(self) -> str:
        return self._several("revert", "…")

    def none_here(self) -> str:
        return "" if self.context.panes.log.selected is not None else "there is no commit here"

    def operating(self) -> str:
        return in_progress(self.state)

    def _selected(self) -> list[Commit]:
        """The commits of the range, or the one under the cursor, newest first."""
        rows = self.context.panes.log.grid.selected_rows
        return [row.value for row in rows if isinstance(row.value, Commit)]

    # reverting

    @command(
        "rewrite.revert",
        "t",
        "revert…",
        "Revert the commit, or a range…",
        LOG,
        footer=True,
        writes=True,
        feature="revert",
        unless=(none_here, operating),
        says=reverts,
        rank=1,
        synonyms=("git revert", "undo commit", "back out"),
        about="Makes a new commit that undoes the changes of the selected one.",
        runs="dolt_revert(commit)",
    )
    def revert(self) -> None:
        commits = self._selected()
        branch, repository = self.state.branch, self.state.repository
        hashes = [commit.hash for commit in commits]

        def read(whole: bool) -> RewritePreview:
            return repository.rewriting.preview_revert(branch, hashes, counts=whole, conflicts=whole)

        def done(result: Rewritten) -> str:
            self.context.panes.log.grid.clear_range()
            return f"Reverted {done_with(commits, result)}"

        preview_rewriting(
            self.context,
            "Revert",
            [join(cell("Revert "), cell(what_commits(commits), "accent bold"), cell(f" on {branch}"))],
            Choice("r", "revert", f"{plural(len(commits), 'new commit')}"),
            "t",
            read,
            "Changes undone:",
            repository.rewriting.revert_calls(hashes),
            partial(
                run_rewriting,
                self.context,
                f"revert {what_commits(commits)}",
                branch,
                lambda repo, on: repo.rewriting.revert(on, hashes),
                done,
                lambda repo: repo.incoming.revert(branch, hashes),
            ),
        )

    # rewording and squashing

    @command(
        "rewrite.reword",
        "r",
        "reword…",
        "Reword the commit: edit its message…",
        LOG,
        writes=True,
        feature="rebase",
        unless=(none_here, operating),
        synonyms=("edit the message", "change message", "rename commit", "commit message"),
        footer=True,
        rank=1,
        about="Every later commit gets another hash.",
    )
    def reword(self) -> None:
        commit = self.context.panes.log.selected
        assert commit is not None
        branch, repository, seen = self.state.branch, self.state.repository, self.state.seen

        def checked(_: None) -> None:
            last = commit.hash == self.state.head
            how = "It is the last commit: it is amended." if last else "The commits after it are recreated."
            body = [
                join(cell("Reword "), cell(commit.hash[:7], "accent bold"), cell(f" on {branch}")),
                cell(f"{how} Staged and unstaged changes stay as they are.", Style.DIM),
                *_on_its_own_branch(repository.rewriting.reword_calls(commit, self.state.head)),
            ]
            self._word("Reword", body, commit.message, reword)

        def reword(message: str) -> None:
            if message != commit.message.strip():
                self.context.write(
                    f"reword {commit.hash[:7]}",
                    lambda repo: repo.rewriting.reword(branch, commit.hash, message, seen),
                    lambda _: self.context.tell(f"Reworded {commit.hash[:7]}"),
                    reach=Reach.REFS,
                    again=self.again("rewrite.reword", self.context.panes.log, commit.hash),
                )

        self.context.look(
            f"reword {commit.hash[:7]}", lambda: repository.rewriting.check_reword(branch, commit.hash), checked
        )

    def _word(self, title: str, body: Sequence[Cell], message: str, written: Callable[[str], None]) -> None:
        from dolt_tui.ui.dialogs.wording import WordingDialog  # with its text area, which is slow to import

        self.context.ask(WordingDialog(title, body, message), lambda text: written(text) if text is not None else None)

    @command(
        "rewrite.squash",
        "S",
        "squash…",
        "Squash with all later commits…",
        LOG,
        writes=True,
        feature="rebase",
        rank=2,
        unless=(none_here, operating),
        synonyms=("git squash", "combine", "fixup", "meld", "join commits"),
        about="Makes one commit of the selected one and all that came after it, of the last one and the one before it.",
        runs="dolt_reset('--soft', commit); dolt_commit(message)",
        destroys=True,
    )
    def squash(self) -> None:
        commit = self.context.panes.log.selected
        assert commit is not None
        branch, repository = self.state.branch, self.state.repository

        def look() -> tuple[Commit, tuple[Commit, ...]]:
            commits = repository.rewriting.squashed(branch, commit.hash)
            if len(commits) > 1:
                return commit, commits
            before = repository.history.commit(branch, commit.parents[0])
            return before, repository.rewriting.squashed(branch, before.hash)

        def found(answer: tuple[Commit, tuple[Commit, ...]]) -> None:
            first, commits = answer
            merges = sum(len(item.parents) > 1 for item in commits)
            lost = f"! {plural(merges, 'merge commit')} among them: the history of what was merged is lost"
            body = [
                join(cell("Squash the last "), cell(plural(len(commits), "commit"), "accent bold"), cell(" into one")),
                *commit_lines(commits),
                *([cell(lost, Style.WARNING)] if merges else []),
                cell("Staged and unstaged changes stay as they are.", Style.DIM),
                *_on_its_own_branch(repository.rewriting.squash_calls(first.parents[0])),
            ]
            message = "\n\n".join(item.message.strip() for item in reversed(commits))

            def squash(text: str) -> None:
                self.context.write(
                    f"squash {plural(len(commits), 'commit')}",
                    lambda repo: repo.rewriting.squash(branch, first.hash, text, Expected(branch, commits[0].hash)),
                    lambda _: self.context.tell(f"Squashed {len(commits)} commits into one"),
                    reach=Reach.REFS,
                    again=self.again("rewrite.squash", self.context.panes.log, commit.hash),
                )

            self._word("Squash", body, message, squash)

        self.context.look("squash the commits", look, found)

    @command(
        "rewrite.fixup",
        "F",
        "fixup…",
        "Fixup: squash into the commit before…",
        LOG,
        writes=True,
        feature="rebase",
        rank=2,
        unless=(none_here, operating),
        synonyms=("fixup", "git commit --fixup", "combine", "squash down"),
        about="Asks whether both messages are kept. Staged and unstaged changes stay as they are.",
        runs="dolt_rebase('-i')",
        offers=(
            Offer(
                "s",
                "Squash into the commit before: keep both messages…",
                ("squash down", "git squash", "meld"),
                "dolt_rebase('-i')",
            ),
        ),
        destroys=True,
    )
    def fixup(self) -> None:
        commit = self.context.panes.log.selected
        assert commit is not None
        branch, repository, seen = self.state.branch, self.state.repository, self.state.seen

        def look() -> tuple[Commit, str, tuple[str, ...]]:
            _, base = repository.rewriting.check_fixup(branch, commit.hash)
            before = repository.history.commit(branch, commit.parents[0])
            return before, base, repository.commits.published(branch, before.hash)

        def checked(answer: tuple[Commit, str, tuple[str, ...]]) -> None:
            before, base, known = answer
            body = [
                join(
                    cell("Squash "), cell(commit.hash[:7], "accent bold"), cell(f" into the one before it on {branch}")
                ),
                *commit_lines((commit, before)),
                cell("Staged and unstaged changes stay as they are.", Style.DIM),
                *published_lines(known),
            ]
            calls = repository.rewriting.fixup_calls(base)
            choices = [
                Choice("f", "fixup", f"the message stays: {before.summary or '(no message)'}", calls=calls),
                Choice("s", "squash", "both messages are kept", calls=calls),
            ]
            dialog = ChoiceDialog("Fixup", body, choices, default="f", opener="F")
            self.context.ask(dialog, lambda letter: squash(both=letter == "s") if letter else None)

        def squash(*, both: bool) -> None:
            self.context.write(
                f"squash {commit.hash[:7]} into the one before it",
                lambda repo: repo.rewriting.fixup(branch, commit.hash, seen, both=both),
                lambda _: self.context.tell(f"Squashed {commit.hash[:7]} into the one before it"),
                reach=Reach.REFS,
                again=self.again("rewrite.fixup", self.context.panes.log, commit.hash),
            )

        self.context.look(f"squash {commit.hash[:7]}", look, checked)


def _on_its_own_branch(calls: Sequence[Call]) -> list[Cell]:
    """Statements of which the last one is run on the branch itself, each in a line."""
    *before, last = map(str, calls)
    if before:
        before[-1] += ", on a temporary branch; then"
    return [cell(text, Style.DIM) for text in (*before, last)]
