"""Rebasing the current branch onto another one: what it would do, then doing it."""

from __future__ import annotations

from dataclasses import replace

from dolt_tui.engine.model.rewriting import RebasePreview
from dolt_tui.ui.dialogs.choice import Choice
from dolt_tui.ui.flows.context import Context
from dolt_tui.ui.flows.preview import PreviewFlow, Shown
from dolt_tui.ui.flows.resolve import resolver_on
from dolt_tui.ui.flows.set_aside import BACK, LETTER, around, or_commit, stash_and
from dolt_tui.ui.present.lines import (
    blocked,
    change_lines,
    commit_lines,
    conflict_lines,
    in_the_way_lines,
    published_lines,
)
from dolt_tui.ui.present.text import Cell, Style, cell, join
from dolt_tui.words import plural


def rebase_onto(context: Context, upstream: str, opener: str) -> None:
    """Ask whether to rebase the current branch onto ``upstream``; ``opener`` is the key that led here."""
    repository, branch = context.state.repository, context.state.branch
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
            found = [stash_and(context, "rebase", "", calls)]
        return rebase_lines(preview, whole), found

    def chosen(letter: str, preview: RebasePreview) -> None:
        aside = letter == LETTER
        seen = [each.ref_only for each in preview.seen] if aside else preview.seen
        context.write(
            f"rebase {branch} onto {upstream}",
            around(branch, lambda repo, on: repo.rebasing.rebase(on, upstream, seen), aside=aside),
            lambda _: context.tell(f"Rebased {branch} onto {upstream}{BACK if aside else ''}"),
            or_commit(
                context,
                resolver_on(context, lambda repo: replace(repo.incoming.rebase(branch, upstream), aside=aside)),
            ),
            again=lambda: rebase_onto(context, upstream, opener),
        )

    PreviewFlow(
        context,
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


def rebase_lines(preview: RebasePreview, whole: bool) -> list[Cell]:
    """What a rebase would do, in lines."""
    if preview.nothing:
        return [(), cell(f"Nothing to do: {preview.branch} already has all of {preview.upstream}.")]
    number = plural(len(preview.commits), "commit")
    theirs = plural(preview.theirs, "commit")
    below = f"on top of {theirs} of {preview.upstream}" if preview.theirs else f"on top of {preview.upstream}"
    if not preview.commits:
        below = f"{preview.branch} moves up {theirs}"
    found = [
        cell(f"base {preview.base[:7]} · {number} to replay · {below}", Style.DIM),
        *commit_lines(preview.commits),
    ]
    found += published_lines(preview.published)
    if preview.merges:
        text = f"  ! {plural(len(preview.merges), 'merge commit')} left out: what was merged is replayed one by one"
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
