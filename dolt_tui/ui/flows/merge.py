"""Merging a branch into the current one: what it would do, then one of the ways to do it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from dolt_tui.engine.model import Call, MergeKind, MergePreview
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.choice import Choice
from dolt_tui.ui.flows.context import Context
from dolt_tui.ui.flows.preview import PreviewFlow, Shown
from dolt_tui.ui.flows.resolve import resolver_on
from dolt_tui.ui.flows.set_aside import BACK, around, or_commit, stash_and
from dolt_tui.ui.present.lines import blocked as blocked_by_changes
from dolt_tui.ui.present.lines import change_lines, in_the_way_lines
from dolt_tui.ui.present.text import Cell, Style, cell, join, join_words
from dolt_tui.ui.session.state import State
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.engine.model.conflicts import Incoming

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
    rebase: Callable[[], None] | None = None,
) -> None:
    """Show what merging ``source`` would do, and let the user choose how; ``tip`` is its hash where it is no branch.

    ``rebase`` shows what a rebase would do instead, where that is offered.
    """
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
        found = merging.merge_calls(target, source, _KINDS[letter], message, tip=preview.tip)
        return repository.aside.calls(found) if preview.staged and not preview.in_the_way else found

    def show(preview: MergePreview, whole: bool) -> Shown:
        found = merge_choices(preview, message, read_only=repository.info.read_only)[:ways]
        if not to_be_resolved(preview):  # else the resolver tells what is run
            found = [replace(choice, calls=calls(choice.letter, preview)) for choice in found]
        if preview.in_the_way and not repository.info.read_only:
            found = aside_choices(preview, found)
        if to_be_resolved(preview) and not preview.blocked_by:
            found.append(Choice("c", "conflicts…", "look at the rows: base, ours and theirs"))
        if preview.ours and preview.theirs:
            # Also where the preview fails: definitions that no merge brings together are made like ours for a look.
            ours = ", with ours where it conflicts" if to_be_resolved(preview) else ""
            why_not = "" if preview.in_the_way else found[1].why_not
            found.append(Choice("w", "what if…", f"look at the merged database first{ours}", why_not))
        if rebase is not None and preview.ours and preview.theirs:
            ours = plural(preview.ours, "commit")
            lacking = repository.info.lacks("rebase") or ""
            found.append(Choice("b", "rebase instead…", f"replay {ours} of {target} on top of {source}", lacking))
        if repository.info.read_only and not repository.info.traits.server:
            preview = replace(
                preview, blocked_by="conflicts can only be found by trying, which read-only does not allow"
            )
        return merge_lines(preview), found

    def aside_choices(preview: MergePreview, found: list[Choice]) -> list[Choice]:
        """The ways to merge with the uncommitted changes that block it set aside."""
        why_not, text = "", ""
        if preview.blocked_by or any(conflict.schema for conflict in preview.conflicts):
            why_not = "commit first: a definition conflicts" if preview.conflicts else "commit first, then look again"
        elif to_be_resolved(preview):
            text = f"{_to_decide(preview)}; then your changes come back"
        words = {"f": "fast-forward", "m": "merge", "s": "squash"}
        texts = {"s": "the result is staged"}
        return [
            stash_and(
                context, words[way.letter], why_not, way.calls, text or texts.get(way.letter, ""), letter=way.letter
            )
            for way in found
            if way.letter != "f" or preview.can_fast_forward
        ]

    def incoming(kind: MergeKind, preview: MergePreview) -> Incoming:
        from dolt_tui.engine.model.conflicts import Incoming, IncomingKind  # only now: few merges conflict

        how = IncomingKind.SQUASH if kind is MergeKind.SQUASH else IncomingKind.MERGE
        aside = bool(preview.in_the_way)
        return Incoming(how, target, source, preview.seen[0].hash, preview.tip, message, aside=aside)

    def chosen(letter: str, preview: MergePreview) -> None:
        if letter == "c":
            from dolt_tui.ui.flows.conflict_preview import look_at_conflicts

            look_at_conflicts(context, incoming(MergeKind.COMMIT, preview), lambda: flow().begin(preview))
            return
        if letter == "b" and rebase is not None:
            rebase()
            return
        if letter == "w":
            context.session.what_ifs.open(replace(incoming(MergeKind.COMMIT, preview), aside=False))
            return
        aside, kind = bool(preview.in_the_way), _KINDS[letter]
        if kind is not MergeKind.FAST_FORWARD and to_be_resolved(preview):
            context.resolve(incoming(kind, preview))
            return
        context.write(
            f"merge {source} into {target}",
            around(
                target,
                lambda repo, on: repo.merging.merge(on, source, kind, message, tip=preview.tip, expected=preview.seen),
                aside=aside or preview.staged,
            ),
            lambda _: context.tell(f"{_merged(kind, source, target)}{BACK if aside else ''}"),
            # Constraints are checked only when it merges.
            or_commit(context, resolver_on(context, lambda _: incoming(kind, preview))),
            again=lambda: merge(
                context, source, tip, opener=opener, message=message, title=title, squash=squash, rebase=rebase
            ),
        )

    def more(preview: MergePreview) -> str:
        if not preview.theirs or to_be_resolved(preview):
            return ""
        return "count the incoming changes" if preview.conflicts_known else "look for conflicts"

    def flow() -> PreviewFlow[MergePreview]:
        return PreviewFlow(
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
        )

    flow().begin()


def _merged(kind: MergeKind, source: str, target: str) -> str:
    if kind is MergeKind.SQUASH:
        return f"Staged the changes of {source}: commit them with {key_of('commit')}"
    how = " (fast-forward)" if kind is MergeKind.FAST_FORWARD else ""
    return f"Merged {source} into {target}{how}"


def to_be_resolved(preview: MergePreview) -> bool:
    """Whether something has to be decided before it can be merged."""
    return bool(preview.conflicts or preview.violations or preview.blocked_by)


def merge_choices(preview: MergePreview, message: str, *, read_only: bool = False) -> list[Choice]:
    """The ways to merge, with the reason for each that is not open."""
    blocked, squash = "", "stage the result, commit it yourself"
    if read_only:
        blocked = "opened read-only"
    elif preview.up_to_date:
        blocked = f"{preview.target} already has all of {preview.source}"
    elif preview.in_the_way:
        blocked = blocked_by_changes(preview.in_the_way)
    elif to_be_resolved(preview):
        first = _to_decide(preview)
        message, squash = f"{first}: {message}", f"{first}: {squash}"
    ahead = f"{preview.target} has {plural(preview.ours, 'commit')} that {preview.source} lacks" if preview.ours else ""
    return [
        Choice("f", "fast-forward", f"{preview.target} moves forward to {preview.source}", blocked or ahead),
        Choice("m", "merge commit", message, blocked),
        Choice("s", "squash", squash, blocked),
    ]


def _to_decide(preview: MergePreview) -> str:
    rows = sum(conflict.rows for conflict in preview.conflicts)
    schema = sum(bool(conflict.schema) for conflict in preview.conflicts)
    parts = [plural(rows, "row")] if rows else []
    parts += [plural(schema, "definition")] if schema else []
    parts += [plural(len(preview.violations), "constraint")] if preview.violations else []
    return f"decide {join_words(parts)} first" if parts else "look at what conflicts first"


def merge_lines(preview: MergePreview) -> list[Cell]:
    """What a merge would do, in lines."""
    if preview.up_to_date:
        return [(), cell(f"Nothing to merge: {preview.target} already has all of {preview.source}.")]
    kind = "fast-forward possible" if preview.can_fast_forward else "three-way"
    ours = f", {preview.ours} of ours since" if preview.ours else ""
    found = [
        cell(f"{kind} · base {preview.base[:7]} · {plural(preview.theirs, 'commit')} to bring in{ours}", Style.DIM),
        (),
    ]
    changes = change_lines(preview.changes)
    if not to_be_resolved(preview):
        found += [*changes, ()]
    if preview.conflicts:
        for conflict in preview.conflicts:
            parts = [plural(conflict.rows, "row")] if conflict.rows else []
            parts += ["its definition"] if conflict.schema else []
            found.append(cell(f"  ✗ conflict in {conflict.table}: {' and '.join(parts)}", Style.ERROR))
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
    if to_be_resolved(preview):  # which comes first where there is little room
        found += [(), *changes, ()]
    if preview.in_the_way:
        found += in_the_way_lines(preview.in_the_way)
    elif preview.dirty:
        tables = ", ".join(preview.dirty)
        found.append(cell(f"  ✓ your uncommitted changes in {tables} are not in the way", Style.SUCCESS))
    return found
