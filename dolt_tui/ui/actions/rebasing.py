"""Rebasing: the current branch onto another one, or commits of it by a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from dolt_tui.engine.errors import LocalChanges
from dolt_tui.engine.model import Commit, Expected
from dolt_tui.engine.model.rewriting import Action, Rebased, RebaseStep
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.actions.in_progress import EDITING
from dolt_tui.ui.commands import BRANCHES, LOG, Offer, command
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.flows.merge import in_progress
from dolt_tui.ui.flows.rebase import rebase_onto
from dolt_tui.ui.flows.resolve import resolver_on
from dolt_tui.ui.flows.set_aside import BACK, around, or_commit
from dolt_tui.ui.present.lines import LISTED, blocked, published_lines
from dolt_tui.ui.present.text import Cell, Style, cell
from dolt_tui.words import plural

Planned: TypeAlias = (
    "tuple[Expected, tuple[str, ...], str, tuple[RebaseStep, ...], tuple[Commit, ...], tuple[str, ...]]"
)
"""The branch as it was, what is uncommitted on it, and a plan: its base, its steps, the merges left out; and the remote
branches that have some of the commits."""
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
        rebase_onto(self.context, selected.name, "r")

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
            base, steps, merges = repository.rebasing.plan(branch, commit.hash)
            known = repository.commits.published(branch, steps[0].hash) if steps else ()
            return seen, repository.rebasing.in_the_way(branch), base, steps, merges, known

        def planned(answer: Planned) -> None:
            from dolt_tui.ui.dialogs.plan import PlanDialog

            seen, in_the_way, base, steps, merges, known = answer
            body: list[Cell] = published_lines(known)
            if in_the_way:
                body.append(cell(f"Uncommitted changes in {', '.join(in_the_way)}: {_COME_BACK}.", Style.WARNING))
            if merges:
                names = ", ".join(item.hash[:7] for item in merges[:LISTED])
                body.append(
                    cell(
                        f"! Merge commits are left out ({names}): what they merged is replayed one by one",
                        Style.WARNING,
                    )
                )
            begin, resume = repository.rebasing.interactive_calls(base)
            back = repository.aside.calls(()) if in_the_way else ()
            statements = (str(begin), "INSERT INTO dolt_rebase …", str(resume), *map(str, back))
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
                back = BACK if aside else ""
                self.context.tell(f"Rebased {branch}: {plural(result.commits, 'commit')}{left_out}{back}")

        self.context.write(
            f"rebase {branch}",
            around(branch, lambda repo, on: repo.rebasing.interactive(on, base, plan, seen), aside=aside),
            done,
            or_commit(
                self.context,
                resolver_on(
                    self.context, lambda repo: replace(repo.incoming.interactive(branch, base, plan), aside=aside)
                ),
            ),
            again=self.interactive,
        )
