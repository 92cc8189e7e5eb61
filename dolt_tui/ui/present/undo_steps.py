"""Steps, and what undoing them changes, in words. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from dolt_tui.engine.undo.steps import Reach, RefMove, UndoStep
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.lines import change_lines
from dolt_tui.ui.present.text import Cell, Style, age, cell, join
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.engine.undo.restore import RefEffect, SetEffect, UndoPreview

STEP_COLUMNS = (
    Column("sign", min_width=1, separator=False),
    Column("age", numeric=True, separator=False),
    Column("label", shrink=True, max_width=60, separator=False),
    Column("effect", flex=True, separator=False),
)


def step_rows(steps: Iterable[UndoStep], moment: dt.datetime) -> list[Row]:
    """The steps, the newest first; those that are undone above the others, to be redone."""
    return [_step_row(step, moment) for step in sorted(steps, key=lambda step: not step.undone)[::-1]]


def _step_row(step: UndoStep, moment: dt.datetime) -> Row:
    sign = cell("✗", Style.ERROR) if step.blocked_by else cell("↷" if step.undone else "↶", Style.ACCENT)
    style = Style.DIM if step.undone else ""
    effect = step.blocked_by or effect_text(step)
    cells = (sign, cell(age(step.time, moment), Style.DIM), cell(step.label, style), cell(f"· {effect}", Style.DIM))
    return Row(step.id, cells, value=step)


def effect_text(step: UndoStep) -> str:
    """What undoing a step changes, or redoing it where it is undone, as far as its hashes tell."""
    way = step if step.undone else step.reversed()
    parts = [_ref_text(move) for move in way.refs]
    for move in way.sets:
        if move.before is None or move.after is None:
            if move.after is not None and not move.after.clean:
                parts.append("with its uncommitted changes")
        elif move.reach is Reach.WORKING:
            parts.append(f"working set of {move.branch}")
        elif move.rows:
            parts += [
                f"{plural(len(rows.keys), 'row')} of {rows.table} {'staged' if rows.staged else 'unstaged'}"
                for rows in move.rows
            ]
        elif move.reach is Reach.STAGED:
            tables = move.after.staged_tables
            parts.append(f"staged on {move.branch}: {', '.join(tables) or 'nothing'}")
    return " · ".join(parts) or "what is staged"


def _ref_text(move: RefMove) -> str:
    name = f"{'tag' if move.tag else 'branch'} {move.name}"
    if move.former:
        return f"branch {move.former} is called {move.name}"
    if move.after is None:
        return f"{name} is removed"
    if move.before is None:
        return f"{name} comes back at {move.after[:7]}"
    return f"{name} {move.before[:7]} → {move.after[:7]}"


def step_head(step: UndoStep, moment: dt.datetime) -> list[Cell]:
    """What a step was, when, and where."""
    ago = age(step.time, moment)
    when = "just now" if ago == "now" else f"{ago} ago"
    return [
        join(cell("Redo  " if step.undone else "Undo  ", Style.DIM), cell(step.label, "accent bold")),
        cell(f"done {when} on {step.branch} ({step.time.astimezone():%Y-%m-%d %H:%M})", Style.DIM),
    ]


def preview_lines(preview: UndoPreview) -> list[Cell]:
    """What undoing a step would change, in lines."""
    if preview.blocked_by:
        verb = "redone" if preview.step.undone else "undone"
        return [(), cell(f"It cannot be {verb}: {preview.blocked_by}.", Style.ERROR)]
    found: list[Cell] = [(), *(_ref_line(effect) for effect in preview.refs)] if preview.refs else []
    heads = {effect.move.name for effect in preview.refs if effect.move.before != effect.move.after}
    for effect in preview.sets:
        found += _set_lines(effect, effect.branch in heads)
    if preview.drift:
        found += [(), *(cell(f"  ✗ {line}", Style.WARNING) for line in preview.drift)]
        found.append(cell("    What is there now is kept: going the other way brings it back.", Style.DIM))
    if preview.note:
        found += [(), cell(preview.note, Style.DIM)]
    return found


def _ref_line(effect: RefEffect) -> Cell:
    move = effect.move
    name = join(cell("tag " if move.tag else "branch ", Style.DIM), cell(move.name, Style.BOLD))
    if move.former:
        return join(cell("  ✓ branch ", Style.DIM), cell(move.former, Style.BOLD), cell(f" is called {move.name}"))
    if move.after is None:
        return join(cell("  − ", Style.MINUS), name, cell(f" is deleted, it is at {(move.before or '')[:7]}"))
    if move.before is None:
        return join(cell("  + ", Style.ADDED), name, cell(f" comes back at {move.after[:7]}"))
    parts = []
    if effect.leaves:
        parts.append(plural(effect.leaves, "commit is dropped", "commits are dropped"))
    if effect.comes:
        parts.append(plural(effect.comes, "commit is added", "commits are added"))
    text = f" {move.before[:7]} → {move.after[:7]}"
    return join(cell("  ~ ", Style.MODIFIED), name, cell(text), cell(f"  {', '.join(parts)}", Style.DIM))


def _set_lines(effect: SetEffect, head_moves: bool) -> list[Cell]:
    if effect.reach is Reach.REFS:
        return [cell("  ✓ no row changes: what the commits hold is kept, staged", Style.SUCCESS)] if head_moves else []
    was = f"these were staged: {', '.join(effect.staged)}" if effect.staged else "nothing was staged"
    staged = cell(f"  on {effect.branch} {was}", Style.DIM)
    if effect.reach is Reach.STAGED:
        return [(), staged, cell("  ✓ no row changes", Style.SUCCESS)]
    if not effect.known:
        return [cell(f"  the working set of {effect.branch} comes back", Style.DIM)]
    if not effect.tables:
        return (
            [cell(f"  the working set of {effect.branch} stays as it is", Style.DIM), staged] if effect.staged else []
        )
    heading = cell(f"What changes in the working set of {effect.branch}:", Style.DIM)
    return [(), heading, *change_lines(effect.tables), staged]
