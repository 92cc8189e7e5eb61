"""Commands that rewrite history: revert, copy and paste commits, reword, squash, rebase."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from dolt_tui.engine.model import Call, Commit, Expected
from dolt_tui.engine.model.rewriting import RewritePreview, Rewritten
from dolt_tui.engine.undo.steps import Reach
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import LOG, Footer, command
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.choice import Choice
from dolt_tui.ui.flows.log import redraw_copied
from dolt_tui.ui.flows.merge import in_progress
from dolt_tui.ui.flows.preview import PreviewFlow, Shown
from dolt_tui.ui.flows.resolve import resolver_on
from dolt_tui.ui.flows.set_aside import LETTER, around, stash_and
from dolt_tui.ui.present.lines import blocked, change_lines, commit_lines, conflict_lines, in_the_way_lines
from dolt_tui.ui.present.text import Cell, Style, cell, join
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.engine.model.conflicts import Incoming
    from dolt_tui.engine.repository import Repository


class RewriteActions(Actions):
    """Commands that make new commits out of old ones."""

    def _several(self, word: str, more: str = "") -> str:
        number = len(self._selected())
        return f"{word} {number}{more}" if number > 1 else ""

    def reverts(self) -> str:
        return self._several("revert", "…")

    def copies(self) -> str:
        known = {commit.hash for commit in self.state.copied}
        return "un-copy" if all(commit.hash in known for commit in self._selected()) else self._several("copy")

    def pastes(self) -> str:
        return f"paste {len(self.state.copied)}…"

    def none_here(self) -> str:
        return "" if self.context.panes.log.selected is not None else "there is no commit here"

    def nothing_copied(self) -> str:
        if self.state.copied:
            return ""
        return f"nothing is copied: {key_of('rewrite.copy')} on a commit, here or on another branch"

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

        def done(result: Rewritten) -> None:
            self.context.panes.log.grid.clear_range()
            self.context.tell(f"Reverted {_done(commits, result)}")

        self._preview(
            "Revert",
            [join(cell("Revert "), cell(_what(commits), "accent bold"), cell(f" on {branch}"))],
            Choice("r", "revert", f"{plural(len(commits), 'new commit')}"),
            "t",
            read,
            "Changes undone:",
            repository.rewriting.revert_calls(hashes),
            partial(
                self._run,
                f"revert {_what(commits)}",
                branch,
                lambda repo, on: repo.rewriting.revert(on, hashes),
                done,
                lambda repo: repo.incoming.revert(branch, hashes),
            ),
        )

    # copying

    @command(
        "rewrite.copy",
        "C",
        "copy",
        "Copy the commit or range to cherry-pick",
        LOG,
        footer=True,
        unless=none_here,
        synonyms=("cherry-pick", "copy commits", "pick"),
        says=copies,
        about="Copied commits can be cherry-picked onto any branch.",
    )
    def copy(self) -> None:
        """Mark the selected commits as copied, or take the mark from them when all have it."""
        state, grid = self.state, self.context.panes.log.grid
        commits = self._selected()
        known = {commit.hash for commit in state.copied}
        if all(commit.hash in known for commit in commits):
            gone = {commit.hash for commit in commits}
            state.copied = tuple(commit for commit in state.copied if commit.hash not in gone)
        else:
            new = [commit for commit in commits if commit.hash not in known]
            state.copied = _in_order((*state.copied, *new), grid.index_of)
        grid.clear_range()
        if state.copied:
            number = plural(len(state.copied), "commit")
            self.context.tell(f"Copied {number}: {key_of('rewrite.paste')} pastes, on any branch · esc clears")
        else:
            self.context.tell("Copied commits cleared.")
        redraw_copied(self.context)

    @command(
        "rewrite.paste",
        "V",
        "cherry-pick…",
        "Cherry-pick the copied commits…",
        LOG,
        footer=Footer.FIRST,
        writes=True,
        feature="cherry-pick",
        unless=(nothing_copied, operating),
        synonyms=("git cherry-pick", "cherry-pick", "paste commits", "pick"),
        says=pastes,
        about="Applies the copied commits to the current branch, the oldest first.",
        runs="dolt_cherry_pick(commit)",
    )
    def paste(self) -> None:
        state = self.state
        commits = list(state.copied)
        branch, repository = state.branch, state.repository
        hashes = [commit.hash for commit in commits]

        def read(whole: bool) -> RewritePreview:
            return repository.rewriting.preview_pick(branch, hashes, counts=whole, conflicts=whole)

        def done(result: Rewritten) -> None:
            self.context.tell(f"Pasted on {branch}: {_done(commits, result)}")

        self._preview(
            "Paste commits",
            [join(cell("Copy "), cell(_what(commits), "accent bold"), cell(f" onto {branch}"))],
            Choice("p", "paste", f"{plural(len(commits), 'new commit')}, the oldest first"),
            "V",
            read,
            "What changes:",
            repository.rewriting.pick_calls(hashes),
            partial(
                self._run,
                f"paste {_what(commits)}",
                branch,
                lambda repo, on: repo.rewriting.pick(on, hashes),
                done,
                lambda repo: repo.incoming.pick(branch, hashes),
            ),
        )

    def _preview(
        self,
        title: str,
        head: Sequence[Cell],
        choice: Choice,
        opener: str,
        read: Callable[[bool], RewritePreview],
        heading: str,
        calls: Sequence[Call],
        run: Callable[[bool], None],
    ) -> None:
        """Show what reverting or copying would do, as it is found out, and do it when that is chosen."""

        def show(preview: RewritePreview, whole: bool) -> Shown:
            found = [replace(choice, why_not=_forbidden(preview), calls=calls)]
            if preview.in_the_way and not preview.blocked_by:
                found.append(stash_and(self.context, choice.label, "", calls))
            return rewrite_lines(preview, heading, whole), found

        PreviewFlow(
            self.context,
            title,
            head,
            [choice],
            opener,
            "check what it would do",
            read,
            show,
            lambda letter, _preview: run(letter == LETTER),
            more=lambda preview: "" if preview.blocked_by else "look for conflicts",
            default=lambda preview: LETTER if preview.in_the_way and not preview.blocked_by else choice.letter,
        ).begin()

    def _run(
        self,
        what: str,
        branch: str,
        work: Callable[[Repository, str], Rewritten],
        done: Callable[[Rewritten], None],
        incoming: Callable[[Repository], Incoming],
        aside: bool,
    ) -> None:
        """Do it, with uncommitted changes set ``aside`` if wanted; where it conflicts, what is ``incoming`` is decided
        first."""

        def make(repository: Repository) -> Incoming:
            return replace(incoming(repository), aside=aside)

        self.context.write(what, around(branch, work, aside=aside), done, resolver_on(self.context, make))

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
                cell(f"{how} What is staged and changed stays as it is.", Style.DIM),
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
        about="Makes one commit of the selected one and all that came after it. It can be undone.",
        runs="dolt_reset('--soft', commit); dolt_commit(message)",
    )
    def squash(self) -> None:
        commit = self.context.panes.log.selected
        assert commit is not None
        branch, repository = self.state.branch, self.state.repository

        def found(commits: tuple[Commit, ...]) -> None:
            if len(commits) < 2:
                self.context.tell("squash: it is already the last commit, select an older one", "warning")
                return
            merges = sum(len(item.parents) > 1 for item in commits)
            body = [
                join(cell("Squash the last "), cell(plural(len(commits), "commit"), "accent bold"), cell(" into one")),
                *commit_lines(commits),
                cell("What is staged and changed stays as it is.", Style.DIM),
                *_on_its_own_branch(repository.rewriting.squash_calls(commit.parents[0])),
            ]
            if merges:
                body.append(
                    cell(
                        f"! {plural(merges, 'merge')} among them: the history of what they merged is lost",
                        Style.WARNING,
                    )
                )
            message = "\n\n".join(item.message.strip() for item in reversed(commits))

            def squash(text: str) -> None:
                self.context.write(
                    f"squash {plural(len(commits), 'commit')}",
                    lambda repo: repo.rewriting.squash(branch, commit.hash, text, Expected(branch, commits[0].hash)),
                    lambda _: self.context.tell(f"Squashed {len(commits)} commits into one"),
                    reach=Reach.REFS,
                    again=self.again("rewrite.squash", self.context.panes.log, commit.hash),
                )

            self._word("Squash", body, message, squash)

        self.context.look("squash the commits", lambda: repository.rewriting.squashed(branch, commit.hash), found)


def _on_its_own_branch(calls: Sequence[Call]) -> list[Cell]:
    """Statements of which the last one is run on the branch itself, in lines."""
    return [
        cell(f"{' · '.join(map(str, calls[:-1]))}, on a branch of its own; then", Style.DIM),
        cell(str(calls[-1]), Style.DIM),
    ]


def _in_order(commits: Sequence[Commit], index: Callable[[str], int | None]) -> tuple[Commit, ...]:
    """Oldest first, as far as the log that is shown tells; the others stay in the order in which they were copied."""
    here = sorted(
        (commit for commit in commits if index(commit.hash) is not None), key=lambda commit: -(index(commit.hash) or 0)
    )
    return (*(commit for commit in commits if index(commit.hash) is None), *here)


def _what(commits: Sequence[Commit]) -> str:
    return commits[0].hash[:7] if len(commits) == 1 else plural(len(commits), "commit")


def _done(commits: Sequence[Commit], result: Rewritten) -> str:
    if not result.left_out:
        return _what(commits)
    left_out = ", ".join(hash_[:7] for hash_ in result.left_out)
    return f"{result.commits} of {plural(len(commits), 'commit')}; {left_out} would have changed nothing"


def _forbidden(preview: RewritePreview) -> str:
    if preview.blocked_by:
        return preview.blocked_by
    if preview.in_the_way:
        return blocked(preview.in_the_way)
    return ""


def rewrite_lines(preview: RewritePreview, heading: str, whole: bool) -> list[Cell]:
    """What reverting or copying would do, in lines."""
    found = [*commit_lines(preview.commits), ()]
    if preview.blocked_by:
        return [*found, cell(f"  ✗ {preview.blocked_by}", Style.ERROR)]
    changes = change_lines(preview.changes) or [cell("  nothing", Style.DIM)]
    found += [cell(heading, Style.DIM), *changes, ()]
    found += conflict_lines(preview.conflicts, preview.conflicts_known, whole)
    return [*found, *in_the_way_lines(preview.in_the_way)]
