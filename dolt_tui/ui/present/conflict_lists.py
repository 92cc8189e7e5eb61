"""The lists beside the rows that conflict: tables with what is left, who changed a row, rules that were tried. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from dolt_tui.engine.conflicts.schema_words import in_short, label
from dolt_tui.engine.model import SqlStyle
from dolt_tui.engine.model.conflicts import (
    Broken,
    ConflictSet,
    IncomingKind,
    RuleKind,
    RuleTrial,
    SchemaConflict,
    SchemaDecision,
)
from dolt_tui.engine.model.rewriting import REBASE_BRANCH
from dolt_tui.frozen import Frozen
from dolt_tui.ui.present.broken_rows import constraint_note
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import Cell, Style, age, cell, join, styles
from dolt_tui.words import count, plural

CONFLICT_COLUMNS = (
    Column("sign", min_width=2, separator=False),
    Column("name", flex=True, separator=False),
    Column("note", numeric=True, max_width=26, separator=False),
)
CHANGE_COLUMNS = (
    Column("sign", separator=False),
    Column("hash", separator=False),
    Column("message", flex=True, separator=False),
    Column("age", numeric=True, separator=False),
)
RULE_COLUMNS = (
    Column("key", min_width=3, separator=False),
    Column("rule", flex=True, separator=False),
    Column("solved", numeric=True, max_width=20, separator=False),
)

_DOING = {
    IncomingKind.MERGE: "MERGING",
    IncomingKind.SQUASH: "SQUASHING",
    IncomingKind.CHERRY_PICK: "CHERRY-PICKING",
    IncomingKind.REVERT: "REVERTING",
    IncomingKind.REBASE: "REBASING",
    IncomingKind.STASH: "APPLYING",
    IncomingKind.STANDING: "RESOLVING",
}


def doing(found: ConflictSet) -> tuple[str, str]:
    """What is being done, and with what, for the header: ``CHERRY-PICKING``, ``3 commits: 2 of 3``."""
    incoming, branch = found.incoming, found.incoming.branch
    rebase = branch.startswith(REBASE_BRANCH)
    kind = IncomingKind.REBASE if rebase else incoming.doing
    source = incoming.source
    if kind is IncomingKind.REBASE:
        source = branch.removeprefix(REBASE_BRANCH) if rebase else f"onto {source}"
    return _DOING[kind], f"{source}: {found.number} of {found.of}" if found.of > 1 else source


def sides_text(found: ConflictSet) -> str:
    """What ours and theirs are: ``ours main · theirs import/q4``."""
    ours, theirs = found.called
    return f"ours {ours} · theirs {theirs}"


# pane 1


class Entry(Frozen):
    """What a line of the list is about."""

    table: str = ""
    """A table whose rows conflict."""
    schema: SchemaConflict | None = None
    broken: Broken | None = None
    mended: bool = False
    """Whether what is decided keeps the constraint."""


def conflict_rows(
    found: ConflictSet,
    left_of: Callable[[str], int],
    schema: Mapping[str, SchemaDecision],
    broken: Sequence[Broken],
    style: SqlStyle,
    mended: Sequence[Broken] = (),
) -> list[Row]:
    """Tables of which rows conflict with how many are left, definitions that conflict, constraints that are broken.

    ``style`` is whose SQL the definitions are. ``mended``: constraints that the merge breaks, and what is decided not.
    """
    rows: list[Row] = []
    if found.tables:
        rows.append(_heading("Rows"))
    for table in found.tables:
        left = left_of(table.table)
        sign = cell("!", Style.CONFLICT) if left else cell("✓", Style.SUCCESS)
        note = (
            cell(f"{count(left)} of {count(table.rows)} left")
            if left
            else cell(f"{count(table.rows)} decided", Style.DIM)
        )
        name = cell(table.table, Style.BOLD if left else Style.DIM)
        rows.append(Row(("rows", table.table), (sign, name, note), value=Entry(table=table.table)))
    if found.schema:
        rows.append(_heading("Schema"))
    for conflict in found.schema:
        decision = schema.get(conflict.table)
        if decision is not None:
            sign, note = cell("✓", Style.SUCCESS), cell(label(decision), Style.DIM)
        else:
            sign, note = cell("⚑", Style.WARNING), cell(in_short(conflict, style), Style.WARNING)
        rows.append(Row(("schema", conflict.table), (sign, cell(conflict.table), note), value=Entry(schema=conflict)))
    if broken or mended:
        rows.append(_heading("Constraints"))
    places = {constraint_key(item): at for at, item in enumerate(found.broken)}
    for item in sorted((*broken, *mended), key=lambda item: places.get(constraint_key(item), len(places))):
        violation, kept = item.violation, item not in broken
        note = cell(constraint_note(item), Style.DIM if kept else Style.WARNING)
        key = constraint_key(item)
        sign = cell("✓", Style.SUCCESS) if kept else cell("‼", Style.WARNING)
        rows.append(Row(key, (sign, cell(violation.table), note), value=Entry(broken=item, mended=kept)))
    return rows


def _heading(text: str) -> Row:
    return Row(("heading", text), (cell(text, Style.HEADING),), selectable=False)


def mended(found: ConflictSet, broken: Sequence[Broken], *, checked: bool) -> tuple[Broken, ...]:
    """The constraints that the merge breaks, and that what is decided was found to keep."""
    if not checked:
        return ()
    still = {constraint_key(item) for item in broken}
    return tuple(item for item in found.broken if constraint_key(item) not in still)


def constraint_key(item: Broken) -> tuple[object, ...]:
    """The key of a constraint's row: it tells it apart, however many rows break it."""
    violation = item.violation
    return "broken", violation.table, violation.kind, violation.name, violation.columns, violation.expression


# pane 2


class RowChangeBy(Frozen):
    """The last commit that changed a row on one side."""

    commit: str
    author: str
    date: dt.datetime | None
    """None: not known, as of a stash."""
    summary: str
    what: str
    """What it did to the row: ``3 cells``, ``new row``, ``deleted``."""


def change_rows(
    sides: Sequence[tuple[str, str, RowChangeBy | None]], now: dt.datetime, empty: str = "not since the base"
) -> list[Row]:
    """Who changed the row: for each side its heading, and the commit."""
    looks = {"ours": Style.ACCENT, "theirs": Style.SUCCESS}
    rows: list[Row] = []
    for side, name, change in sides:
        if rows:
            rows.append(Row(("gap", side), (cell(""),), selectable=False))
        rows.append(_heading(f"{side} · {name}" if name else side))
        if change is None:
            rows.append(Row(("none", side), (cell(empty, Style.DIM),), selectable=False))
            continue
        rows.append(
            Row(
                (side, change.commit),
                (
                    cell("○", looks.get(side, Style.DIM)),
                    cell(change.commit[:7], Style.DIM),
                    cell(change.summary),
                    cell(age(change.date, now) if change.date is not None else "", Style.DIM),
                ),
                value=change.commit,
            )
        )
        said = f"{change.author} · {change.what}"
        rows.append(Row(("by", side), (cell(""), cell(""), cell(said, Style.DIM), cell("")), selectable=False))
    return rows


# pane 3


_SHORT = {"deleted against changed": "deleted/changed"}
"""What is left, in fewer words."""


def ranked(trials: Sequence[RuleTrial], table: str) -> tuple[RuleTrial, ...]:
    """The rules that were tried, those about ``table`` first; without those that take a side whatever the rows hold."""
    worth = [trial for trial in trials if trial.rule.kind not in (RuleKind.OURS, RuleKind.THEIRS)]
    return tuple(sorted(worth, key=lambda trial: trial.rule.table not in ("", table)))


def rule_rows(trials: Sequence[RuleTrial], key: str, table: str) -> list[Row]:
    """The rules that were tried, in this order; ``key`` is that of rules, and ``table`` is shown."""
    rows = []
    for number, trial in enumerate(trials, 1):
        other = f"{trial.rule.table}: " if trial.rule.table not in ("", table) else ""
        style = styles(Style.ADDED, Style.BOLD) if number == 1 and trial.solved else Style.BOLD
        if not trial.solved:
            solved = cell("in part", Style.DIM)  # cells of rows of which others stay open
        elif trial.solved == trial.of:
            solved = join(cell("all ", Style.DIM), cell(count(trial.solved), style))
        else:
            solved = join(cell(count(trial.solved), style), cell(f" of {count(trial.of)}", Style.DIM))
        name = join(cell(other, Style.DIM), cell(trial.rule.title))
        sign = cell(f"{key} {number}", styles(Style.ACCENT, Style.BOLD)) if number < 10 else cell("")
        rows.append(Row((trial.rule.table, trial.rule.title), (sign, name, solved), value=trial))
    return rows


def banner(trials: Sequence[RuleTrial], table: str) -> Cell:
    """What the best rule would do in the table, on one line: what it solves, and what it leaves; empty for nothing."""
    trial = next((one for one in ranked(trials, table) if one.rule.table in ("", table) and one.solved), None)
    if trial is None:
        return ()
    article = "the " if trial.rule.kind is RuleKind.NEWER else ""
    left = ", ".join(f"{count(number)} {_SHORT.get(reason, reason)}" for reason, number in trial.left.items() if number)
    return join(
        cell(f"{article}{trial.rule.title} solves "),
        cell(f"{count(trial.solved)} of {count(trial.of)}", styles(Style.ADDED, Style.BOLD)),
        cell(f" · leaves {left}" if left else "", Style.DIM),
    )


def left_text(left: int, of: int, broken: int = 0) -> str:
    """What is left, for the header; ``broken``: constraints that what is decided would break."""
    if broken and not left:
        return f"‼ {plural(broken, 'constraint')} broken"
    return f"⚑ {count(left)} of {plural(of, 'conflict')} left" if left else "✓ all decided"
