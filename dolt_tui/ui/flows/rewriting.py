"""What reverts and cherry-picks share: a preview of the new commits, and making them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from dolt_tui.engine.model import Call, Commit
from dolt_tui.engine.model.rewriting import RewritePreview, Rewritten
from dolt_tui.ui.dialogs.choice import Choice
from dolt_tui.ui.flows.preview import PreviewFlow, Shown
from dolt_tui.ui.flows.resolve import resolver_on
from dolt_tui.ui.flows.set_aside import BACK, LETTER, around, or_commit, stash_and
from dolt_tui.ui.present.lines import blocked, change_lines, commit_lines, conflict_lines, in_the_way_lines
from dolt_tui.ui.present.text import Cell, Style, cell
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.engine.model.conflicts import Incoming
    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.flows.context import Context


def preview_rewriting(
    context: Context,
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
            found = [stash_and(context, choice.label, "", calls)]
        return rewrite_lines(preview, heading, whole), found

    PreviewFlow(
        context,
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


def run_rewriting(
    context: Context,
    what: str,
    branch: str,
    work: Callable[[Repository, str], Rewritten],
    done: Callable[[Rewritten], str],
    incoming: Callable[[Repository], Incoming],
    aside: bool,
) -> None:
    """Do it, with uncommitted changes set ``aside`` if wanted; where it conflicts, what is ``incoming`` is decided
    first. ``done`` says what came of it."""

    def make(repository: Repository) -> Incoming:
        return replace(incoming(repository), aside=aside)

    def told(result: Rewritten) -> None:
        context.tell(f"{done(result)}{BACK if aside else ''}")

    context.write(what, around(branch, work, aside=aside), told, or_commit(context, resolver_on(context, make)))


def what_commits(commits: Sequence[Commit]) -> str:
    return commits[0].hash[:7] if len(commits) == 1 else plural(len(commits), "commit")


def done_with(commits: Sequence[Commit], result: Rewritten) -> str:
    if not result.left_out:
        return what_commits(commits)
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
