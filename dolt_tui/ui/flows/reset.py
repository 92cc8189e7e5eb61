"""Resetting the current branch to a commit: what each kind would do, then one of them."""

from __future__ import annotations

from dataclasses import replace

from dolt_tui.engine.model import ResetKind, ResetPreview, RowCounts
from dolt_tui.engine.undo.steps import Reach
from dolt_tui.ui.dialogs.choice import Choice
from dolt_tui.ui.flows.context import Context
from dolt_tui.ui.flows.preview import PreviewFlow, Shown
from dolt_tui.ui.flows.undo_note import undo_note
from dolt_tui.ui.present.lines import change_lines
from dolt_tui.ui.present.lists import diff_counts_text
from dolt_tui.ui.present.text import Cell, Style, cell, join
from dolt_tui.words import plural

_KINDS = {
    "s": (ResetKind.SOFT, Reach.REFS),
    "m": (ResetKind.MIXED, Reach.STAGED),
    "h": (ResetKind.HARD, Reach.WORKING),
}


def reset(context: Context, label: str, hash_: str, summary: str) -> None:
    """Ask how to reset the current branch to a commit, which people call ``label``."""
    branch, repository = context.state.branch, context.state.repository
    named = () if hash_.startswith(label) else cell(f"  {hash_[:7]}", Style.DIM)
    head = [
        join(cell("Reset "), cell(branch, "accent bold"), cell(" to "), cell(label, "accent bold"), named),
        cell(summary, Style.DIM),
    ]
    calls = {letter: repository.commits.reset_calls(hash_, kind) for letter, (kind, _) in _KINDS.items()}

    def show(preview: ResetPreview, whole: bool) -> Shown:
        lines = [*reset_lines(preview), (), undo_note(context.state)]
        return lines, [replace(choice, calls=calls[choice.letter]) for choice in reset_choices(preview)]

    def chosen(letter: str, preview: ResetPreview) -> None:
        kind, reach = _KINDS[letter]
        context.write(
            f"reset {branch} to {label}",
            lambda repo: repo.commits.reset(branch, hash_, kind, preview.seen),
            lambda _: context.tell(f"Reset {branch} to {label} ({kind})"),
            reach=reach,
            again=lambda: reset(context, label, hash_, summary),
        )

    PreviewFlow(
        context,
        "Reset",
        head,
        [Choice("s", "soft"), Choice("m", "mixed"), Choice("h", "hard")],
        "g",
        "check what a reset would do",
        lambda whole: repository.commits.preview_reset(branch, hash_, counts=whole),
        show,
        chosen,
        more=lambda preview: "count what a reset would change" if preview.uncommitted else "",
        waiting="Counting what it would do…",
    ).begin()


def reset_lines(preview: ResetPreview) -> list[Cell]:
    """What a reset would do, in lines."""
    found: list[Cell] = [()]
    if preview.lost:
        lost = plural(preview.lost, "commit is", "commits are")
        found.append(cell(f"  ✗ {lost} dropped from {preview.branch}", Style.WARNING))
    if preview.gained:
        gained = plural(preview.gained, "commit is", "commits are")
        found.append(cell(f"  + {gained} added to {preview.branch}", Style.ADDED))
    if not preview.lost and not preview.gained:
        found.append(cell(f"  ✓ {preview.branch} is already there: no commits are dropped", Style.SUCCESS))
    if preview.uncommitted:
        found += [(), cell("Uncommitted changes, which only a hard reset discards:", Style.DIM)]
        found += change_lines(preview.uncommitted)
    else:
        found.append(cell("  ✓ no uncommitted changes to lose", Style.SUCCESS))
    if preview.kept:
        found.append(cell(f"  New tables are kept in any case: {', '.join(preview.kept)}", Style.DIM))
    return found


def reset_choices(preview: ResetPreview) -> list[Choice]:
    """The three kinds of reset, each with what it does here."""
    total = RowCounts()
    for change in preview.uncommitted:
        total += change.counts or RowCounts()
    counted = f" ({diff_counts_text(total)})" if any(change.counts for change in preview.uncommitted) else ""
    if any(change.uncounted for change in preview.uncommitted):
        counted += ", of which not all rows could be counted"
    lost = f"discards changes in {plural(len(preview.uncommitted), 'table')}{counted}"
    kept = "keeps what the commits changed, " if preview.lost else ""
    return [
        Choice("s", "soft", f"{kept}staged" if kept else "keeps staged and unstaged changes"),
        Choice("m", "mixed", f"{kept}unstaged" if kept else "unstages everything, keeps the changes"),
        Choice("h", "hard", lost if preview.uncommitted else "discards all staged and unstaged changes"),
    ]
