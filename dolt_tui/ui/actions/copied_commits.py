"""Cherry-picking: commits are copied in whatever list of commits, and pasted onto the current branch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from dolt_tui.engine.model import Commit, ReflogEntry
from dolt_tui.engine.model.rewriting import RewritePreview, Rewritten
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import (
    BRANCHES,
    CHANGES,
    COMMITS,
    LOG,
    MAIN,
    REFLOG,
    REMOTES,
    TABLES,
    TAGS,
    Footer,
    command,
)
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.choice import Choice
from dolt_tui.ui.flows.log import redraw_copied
from dolt_tui.ui.flows.merge import in_progress
from dolt_tui.ui.flows.rewriting import done_with, preview_rewriting, run_rewriting, what_commits
from dolt_tui.ui.main_view.blame import LoadedBlame
from dolt_tui.ui.present.text import cell, join
from dolt_tui.words import plural


class CopiedCommitActions(Actions):
    """Commands that copy commits and paste them."""

    def none_here(self) -> str:
        if self._hashes():
            return ""
        in_main = self.context.focused_pane is self.context.main
        return "there are no commits here" if in_main else "there is no commit here"

    def nothing_copied(self) -> str:
        if self.state.copied:
            return ""
        return f"nothing is copied: {key_of('rewrite.copy')} on a commit, in any list of commits"

    def operating(self) -> str:
        return in_progress(self.state)

    def copies(self) -> str:
        hashes = self._hashes()
        if self.state.copied_hashes.issuperset(hashes):
            return "un-copy"
        return f"copy {len(hashes)}" if len(hashes) > 1 else ""

    def pastes(self) -> str:
        return f"paste {len(self.state.copied)}…"

    def wanted(self) -> Footer:
        return Footer.FIRST if self.state.copied else Footer.NEVER

    def _hashes(self) -> list[str]:
        """The commits of the range, or the one under the cursor, each once, in the order of the list."""
        pane = self.context.focused_pane
        if pane is self.context.main:
            loaded = self.context.main.loaded
            found = [loaded.commit_of(row) for row in pane.grid.selected_rows] if loaded is not None else []
            return list(dict.fromkeys(filter(None, found)))
        values = [row.value for row in pane.grid.selected_rows]
        return list(dict.fromkeys(value.hash for value in values if isinstance(value, Commit | ReflogEntry)))

    @command(
        "rewrite.copy",
        "C",
        "copy",
        "Copy the commit or range to cherry-pick",
        (LOG, REFLOG),
        footer=True,
        unless=none_here,
        synonyms=("cherry-pick", "copy commits", "pick"),
        says=copies,
        about="Copied commits can be cherry-picked onto any branch.",
    )
    @command(
        "rewrite.copy",
        "C",
        "copy commit",
        "Copy the commit or range to cherry-pick",
        MAIN,
        rank=3,
        unless=none_here,
        synonyms=("cherry-pick", "copy commits", "pick"),
        says=copies,
        about="Copied commits can be cherry-picked onto any branch.",
    )
    def copy(self) -> None:
        """Mark the selected commits as copied, or take the mark from them when all have it."""
        state, grid, hashes = self.state, self.context.focused_pane.grid, self._hashes()
        branch, repository = state.branch, state.repository
        if state.copied_hashes.issuperset(hashes):
            self._copied(tuple(commit for commit in state.copied if commit.hash not in hashes))
            grid.clear_range()
            return
        by_date = isinstance(self.context.main.loaded, LoadedBlame) and grid is self.context.main.grid
        rows = {row.value.hash: row.value for row in grid.selected_rows if isinstance(row.value, Commit)}
        wanted = [hash_ for hash_ in reversed(hashes) if hash_ not in state.copied_hashes]

        def found(commits: Sequence[Commit]) -> None:
            new = sorted(commits, key=lambda commit: commit.date) if by_date else commits
            self._copied(_in_order((*state.copied, *new), self.context.panes.log.grid.index_of))

        grid.clear_range()
        if all(hash_ in rows for hash_ in wanted):
            found([rows[hash_] for hash_ in wanted])
        else:
            read = partial(_read, lambda hash_: repository.history.commit(branch, hash_), wanted)
            self.context.look("copy the commits", read, found)

    def _copied(self, commits: tuple[Commit, ...]) -> None:
        self.state.copied = commits
        if commits:
            it = "it" if len(commits) == 1 else "them"
            self.context.tell(
                f"Copied {plural(len(commits), 'commit')}: {key_of('rewrite.paste')} in panes 1 to 4 cherry-picks"
                f" {it} · esc in the Log clears"
            )
        else:
            self.context.tell("Copied commits cleared.")
        redraw_copied(self.context)

    @command(
        "rewrite.paste",
        "V",
        "cherry-pick…",
        "Cherry-pick the copied commits…",
        (CHANGES, BRANCHES, REMOTES, TAGS, LOG, REFLOG, TABLES, COMMITS),
        footer=wanted,
        writes=True,
        feature="cherry-pick",
        rank=4,
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

        def done(result: Rewritten) -> str:
            return f"Cherry-picked onto {branch}: {done_with(commits, result)}"

        preview_rewriting(
            self.context,
            "Cherry-pick",
            [join(cell("Cherry-pick "), cell(what_commits(commits), "accent bold"), cell(f" onto {branch}"))],
            Choice(
                "p",
                "cherry-pick",
                plural(len(commits), "new commit") + (", the oldest first" if len(commits) > 1 else ""),
            ),
            "V",
            read,
            "What changes:",
            repository.rewriting.pick_calls(hashes),
            partial(
                run_rewriting,
                self.context,
                f"cherry-pick {what_commits(commits)}",
                branch,
                lambda repo, on: repo.rewriting.pick(on, hashes),
                done,
                lambda repo: repo.incoming.pick(branch, hashes),
            ),
        )


def _read(commit: Callable[[str], Commit], hashes: Sequence[str]) -> list[Commit]:
    return [commit(hash_) for hash_ in hashes]


def _in_order(commits: Sequence[Commit], index: Callable[[str], int | None]) -> tuple[Commit, ...]:
    """Oldest first, as far as the log that is shown tells; the others stay in the order in which they were copied."""
    here = sorted(
        (commit for commit in commits if index(commit.hash) is not None), key=lambda commit: -(index(commit.hash) or 0)
    )
    return (*(commit for commit in commits if index(commit.hash) is None), *here)
