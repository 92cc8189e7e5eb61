"""Merging a branch into the current one: what it would do, then one of the ways to do it."""

from __future__ import annotations

from dataclasses import replace

from dolt_tui.engine.model import Call, MergeKind, MergePreview
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.choice import Choice
from dolt_tui.ui.flows.context import Context
from dolt_tui.ui.flows.preview import PreviewFlow, Shown
from dolt_tui.ui.present.lines import change_lines
from dolt_tui.ui.present.text import Cell, Style, cell, join
from dolt_tui.ui.session.state import State
from dolt_tui.words import plural

_KINDS = {"f": MergeKind.FAST_FORWARD, "m": MergeKind.COMMIT, "s": MergeKind.SQUASH}


def in_progress(state: State) -> str:
    """Why nothing can be merged or rebased on the current branch: what is in progress there; empty for nothing."""
    operation = state.operation
    if operation is None or state.branch not in (operation.branch, operation.on):
        return ""
    return f"{operation.title}: {key_of('progress')} continues or aborts it"


def merge(
    context: Context,
    source: str,
    tip: str = "",
    *,
    opener: str,
    message: str = "",
    title: str = "Merge",
    squash: bool = True,
) -> None:
    """Show what merging ``source`` would do, and let the user choose how; ``tip`` is its hash where it is no branch."""
    target, repository = context.state.branch, context.state.repository
    head = [join(cell("Merge "), cell(source, "accent bold"), cell(" into "), cell(target, "accent bold"))]
    message = message or f"Merge branch '{source}' into {target}"
    choices = [
        Choice("f", "fast-forward"),
        Choice("m", "merge commit", message),
        Choice("s", "squash", "stage the result, commit it yourself"),
    ]
    ways = 3 if squash else 2
    merging = repository.merging

    def calls(letter: str, preview: MergePreview) -> tuple[Call, ...]:
        return merging.merge_calls(target, source, _KINDS[letter], message, tip=preview.tip)

    def show(preview: MergePreview, whole: bool) -> Shown:
        found = merge_choices(preview, message)[:ways]
        return merge_lines(preview), [replace(choice, calls=calls(choice.letter, preview)) for choice in found]

    def chosen(letter: str, preview: MergePreview) -> None:
        kind = _KINDS[letter]
        context.write(
            f"merge {source} into {target}",
            lambda repo: repo.merging.merge(target, source, kind, message, tip=preview.tip, expected=preview.seen),
            lambda _: context.tell(_merged(kind, source, target)),
            again=lambda: merge(context, source, tip, opener=opener, message=message, title=title, squash=squash),
        )

    def more(preview: MergePreview) -> str:
        if not preview.theirs:
            return ""
        return "count the incoming changes" if preview.conflicts_known else "look for conflicts"

    PreviewFlow(
        context,
        title,
        head,
        choices[:ways],
        opener,
        "preview the merge",
        lambda whole: merging.preview(target, source, tip=tip, counts=whole, conflicts=whole),
        show,
        chosen,
        more=more,
        default=lambda preview: "f" if preview.can_fast_forward else "m",
    ).begin()


def _merged(kind: MergeKind, source: str, target: str) -> str:
    if kind is MergeKind.SQUASH:
        return f"Staged the changes of {source}: commit them with {key_of('commit')}"
    how = " (fast-forward)" if kind is MergeKind.FAST_FORWARD else ""
    return f"Merged {source} into {target}{how}"


def merge_choices(preview: MergePreview, message: str) -> list[Choice]:
    """The ways to merge, with the reason for each that is not open."""
    blocked = ""
    if preview.up_to_date:
        blocked = f"{preview.target} already has all of {preview.source}"
    elif preview.in_the_way:
        blocked = f"uncommitted changes in {', '.join(preview.in_the_way)} are in the way"
    elif preview.conflicts:
        blocked = "it would conflict"
    elif preview.violations:
        blocked = "it would break a constraint"
    elif preview.blocked_by:
        blocked = "it would fail"
    ahead = f"{preview.target} has {plural(preview.ours, 'commit')} that {preview.source} lacks" if preview.ours else ""
    return [
        Choice("f", "fast-forward", f"{preview.target} moves forward to {preview.source}", blocked or ahead),
        Choice("m", "merge commit", message, blocked),
        Choice("s", "squash", "stage the result, commit it yourself", blocked),
    ]


def merge_lines(preview: MergePreview) -> list[Cell]:
    """What a merge would do, in lines."""
    if preview.up_to_date:
        return [(), cell(f"Nothing to merge: {preview.target} already has all of {preview.source}.")]
    kind = "fast-forward possible" if preview.can_fast_forward else "three-way"
    ours = f", {preview.ours} of ours since" if preview.ours else ""
    found = [
        cell(f"{kind} · base {preview.base[:7]} · {plural(preview.theirs, 'commit')} to bring in{ours}", Style.DIM),
        (),
        *change_lines(preview.changes),
        (),
    ]
    if preview.conflicts:
        for conflict in preview.conflicts:
            parts = [plural(conflict.rows, "row")] if conflict.rows else []
            parts += ["its definition"] if conflict.schema else []
            found.append(cell(f"  ✗ conflict in {conflict.table}: {' and '.join(parts)}", Style.ERROR))
        found.append(cell("    A merge with conflicts is refused: make the branches agree first.", Style.DIM))
    elif preview.blocked_by:
        found.append(cell(f"  ✗ {preview.blocked_by}", Style.ERROR))
    elif preview.conflicts_known and not preview.violations:
        found.append(cell("  ✓ no conflicts", Style.SUCCESS))
        if not preview.violations_known:
            found.append(cell("    Constraints are checked only when it merges.", Style.DIM))
    elif not preview.violations:
        found.append(cell("  … looking for conflicts", Style.DIM))
    for violation in preview.violations:
        found.append(cell(f"  ✗ breaks {violation}", Style.ERROR))
    if preview.in_the_way:
        found.append(cell(f"  ✗ uncommitted changes in {', '.join(preview.in_the_way)} are in the way", Style.ERROR))
    elif preview.dirty:
        tables = ", ".join(preview.dirty)
        found.append(cell(f"  ✓ your uncommitted changes in {tables} are not in the way", Style.SUCCESS))
    return found
