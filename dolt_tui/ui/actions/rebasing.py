"""Rebasing: the current branch onto another one, or commits of it by a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from dolt_tui.engine.errors import LocalChanges
from dolt_tui.engine.model import Commit, Expected
from dolt_tui.engine.model.rewriting import Action, Rebased, RebasePreview, RebaseStep
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.actions.in_progress import EDITING
from dolt_tui.ui.commands import BRANCHES, LOG, Offer, command
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.choice import Choice
from dolt_tui.ui.flows.merge import in_progress
from dolt_tui.ui.flows.preview import PreviewFlow, Shown
from dolt_tui.ui.flows.resolve import resolver_on
from dolt_tui.ui.flows.set_aside import LETTER, around, stash_and
from dolt_tui.ui.present.lines import LISTED, blocked, change_lines, commit_lines, conflict_lines, in_the_way_lines
from dolt_tui.ui.present.text import Cell, Style, cell, join
from dolt_tui.words import plural

Planned: TypeAlias = "tuple[Expected, tuple[str, ...], str, tuple[RebaseStep, ...], tuple[Commit, ...]]"
"""The branch as it was, what is uncommitted on it, and a plan: its base, its steps, the merges left out."""
_COME_BACK = "they are stashed for it, and come back afterwards"


class RebaseActions(Actions):
    """Commands that rebase."""

    def no_branch(self) -> str:
        return "" if self.context.panes.branches.selected is not None else "there is no branch here"

    def onto_itself(self) -> str:
        branch = self.context.panes.branches.selected
        if branch is None or branch.name != self.state.branch:
            return ""
        return "a branch cannot be rebased onto itself: select another one"

    def none_here(self) -> str:
        return "" if self.context.panes.log.selected is not None else "there is no commit here"

    def operating(self) -> str:
        return in_progress(self.state)

    @command(
        "rewrite.rebase",
        "r",
        "rebase…",
        "Rebase the current branch onto this one…",
        BRANCHES,
        footer=True,
        writes=True,
        feature="rebase",
        rank=3,
        unless=(no_branch, onto_itself, operating),
        synonyms=("git rebase", "rebase onto", "replay"),
        about="Replays the commits of the current branch on top of the selected one. Shows first what would conflict.",
        runs="dolt_rebase(branch)",
    )
    def rebase(self) -> None:
        selected = self.context.panes.branches.selected
        assert selected is not None
        self.rebase_onto(selected.name, "r")

    def rebase_onto(self, upstream: str, opener: str) -> None:
        """Ask whether to rebase the current branch onto ``upstream``; ``opener`` is the key that led here."""
        repository, branch = self.state.repository, self.state.branch
        head = [join(cell("Rebase "), cell(branch, "accent bold"), cell(" onto "), cell(upstream, "accent bold"))]
        choice = Choice("b", "rebase", f"{branch} is replayed on top of {upstream}")

        def show(preview: RebasePreview, whole: bool) -> Shown:
            why_not = ""
            if preview.nothing:
                why_not = f"{branch} already has all of {upstream}"
            elif preview.in_the_way:
                why_not = blocked(preview.in_the_way)
            calls = repository.rebasing.rebase_calls(preview)
            found = [replace(choice, why_not=why_not, calls=calls)]
            if preview.in_the_way and not preview.nothing:
                found.append(stash_and(self.context, "rebase", "", calls))
            return rebase_lines(preview, whole), found

        def chosen(letter: str, preview: RebasePreview) -> None:
            aside = letter == LETTER
            seen = [each.ref_only for each in preview.seen] if aside else preview.seen
            self.context.write(
                f"rebase {branch} onto {upstream}",
                around(branch, lambda repo, on: repo.rebasing.rebase(on, upstream, seen), aside=aside),
                lambda _: self.context.tell(f"Rebased {branch} onto {upstream}"),
                resolver_on(self.context, lambda repo: replace(repo.incoming.rebase(branch, upstream), aside=aside)),
                again=lambda: self.rebase_onto(upstream, opener),
            )

        PreviewFlow(
            self.context,
            "Rebase",
            head,
            [choice],
            opener,
            "check what it would do",
            lambda whole: repository.rebasing.preview(branch, upstream, counts=whole, conflicts=whole),
            show,
            chosen,
            more=lambda preview: "" if preview.nothing else "look for conflicts",
            default=lambda preview: LETTER if preview.in_the_way and not preview.nothing else "b",
        ).begin()

    @command(
        "rewrite.interactive",
        "i",
        "rebase…",
        "Rebase interactively from the commit on…",
        LOG,
        writes=True,
        feature="rebase",
        rank=1,
        unless=(none_here, operating),
        synonyms=("interactive rebase", "rebase -i", "edit history"),
        about="Makes a plan in which commits are picked, reworded, squashed, moved and dropped.",
        runs="dolt_rebase('-i', commit)",
        offers=(
            Offer("s", "Squash into the commit before, in a rebase…", ("rebase squash",)),
            Offer("f", "Fixup into the commit before, in a rebase…", ("fixup", "git fixup")),
            Offer("d", "Drop commits, in a rebase…", ("drop commit", "delete commit", "remove commit")),
            Offer("J", "Move commits up or down, in a rebase…", ("reorder commits", "swap commits")),
            Offer("e", "Edit a commit: stop there in a rebase…", ("edit commit", "split commit")),
        ),
    )
    def interactive(self) -> None:
        commit = self.context.panes.log.selected
        assert commit is not None
        branch, repository = self.state.branch, self.state.repository

        def read() -> Planned:
            seen = repository.refs.look(branch)
            return (seen, repository.rebasing.in_the_way(branch), *repository.rebasing.plan(branch, commit.hash))

        def planned(answer: Planned) -> None:
            from dolt_tui.ui.dialogs.plan import PlanDialog

            seen, in_the_way, base, steps, merges = answer
            body: list[Cell] = []
            if in_the_way:
                body.append(cell(f"Uncommitted changes in {', '.join(in_the_way)}: {_COME_BACK}.", Style.WARNING))
            if merges:
                names = ", ".join(item.hash[:7] for item in merges[:LISTED])
                body.append(
                    cell(
                        f"! Merge commits are left out ({names}): what they merged is replayed in a row", Style.WARNING
                    )
                )
            begin, resume = repository.rebasing.interactive_calls(base)
            statements = (str(begin), "INSERT INTO dolt_rebase …", str(resume))
            dialog = PlanDialog(f"Rebase {branch} from {commit.hash[:7]} onwards", body, steps, " · ".join(statements))

            def chosen(plan: tuple[RebaseStep, ...] | None) -> None:
                if plan is not None:
                    self._run_plan(branch, base, plan, seen, in_the_way)

            self.context.ask(dialog, chosen)

        self.context.look("rebase the commits", read, planned)

    def _run_plan(
        self, branch: str, base: str, plan: tuple[RebaseStep, ...], seen: Expected, in_the_way: Sequence[str]
    ) -> None:
        aside = bool(in_the_way)
        if aside and any(step.action is Action.EDIT for step in plan):
            blocked_ = f"A rebase that stops to edit is {blocked(in_the_way)}."
            self.context.session.failed("rebase the commits", LocalChanges(blocked_))
            return
        seen = seen.ref_only if aside else seen

        def done(result: Rebased) -> None:
            if result.paused:
                self.context.switch(result.paused)
                self.context.tell(f"Stopped to edit: {EDITING}; then {key_of('progress')} continues")
            else:
                dropped = sum(step.action is Action.DROP for step in plan)
                left_out = f", {dropped} dropped" if dropped else ""
                self.context.tell(f"Rebased {branch}: {plural(result.commits, 'commit')}{left_out}")

        self.context.write(
            f"rebase {branch}",
            around(branch, lambda repo, on: repo.rebasing.interactive(on, base, plan, seen), aside=aside),
            done,
            resolver_on(self.context, lambda repo: replace(repo.incoming.interactive(branch, base, plan), aside=aside)),
            again=self.interactive,
        )


def rebase_lines(preview: RebasePreview, whole: bool) -> list[Cell]:
    """What a rebase would do, in lines."""
    if preview.nothing:
        return [(), cell(f"Nothing to do: {preview.branch} already has all of {preview.upstream}.")]
    number = plural(len(preview.commits), "commit")
    theirs = plural(preview.theirs, "commit")
    found = [
        cell(f"base {preview.base[:7]} · {number} to replay · {theirs} of {preview.upstream} below them", Style.DIM),
        *commit_lines(preview.commits),
    ]
    if preview.merges:
        text = f"  ! {plural(len(preview.merges), 'merge commit')} left out: what was merged is replayed in a row"
        found.append(cell(text, Style.WARNING))
    if preview.changes:
        found += [(), cell(f"What {preview.upstream} brings in:", Style.DIM), *change_lines(preview.changes)]
    found.append(())
    if preview.blocked_by:
        found.append(cell(f"  ? {preview.blocked_by}", Style.WARNING))
    else:
        found += conflict_lines(preview.conflicts, preview.conflicts_known, whole or preview.conflicts_known)
    found += [cell(f"  ✗ breaks {violation}", Style.ERROR) for violation in preview.violations]
    return [*found, *in_the_way_lines(preview.in_the_way)]
