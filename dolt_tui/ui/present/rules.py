"""Rules for conflicts: what they would solve and leave, in rows and lines. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from dolt_tui.engine.model.conflicts import RuleKind, RuleTrial
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import Cell, Style, cell, join
from dolt_tui.words import count

RULE_COLUMNS = (
    Column("rule", "rule", max_width=38, separator=False),
    Column("table", "in", separator=False),
    Column("solves", "solves", numeric=True, separator=False),
    Column("leaves", "leaves", flex=True, separator=False),
)
KIND_COLUMNS = (Column("kind", separator=False), Column("text", flex=True, separator=False))
_KINDS = {
    RuleKind.OURS: "our value",
    RuleKind.THEIRS: "their value",
    RuleKind.NEWER: "the side with the greater value in a column such as updated_at",
    RuleKind.GREATER: "the greater value",
    RuleKind.LESS: "the smaller value",
    RuleKind.SUM: "the base, and what each side added to it",
    RuleKind.UNION: "the keys of both JSON objects",
    RuleKind.NOT_NULL: "the side that is not NULL",
    RuleKind.EXPRESSION: "what an SQL expression over base, ours and theirs gives",
}


def left_words(trial: RuleTrial) -> str:
    """What a rule leaves: ``1 deleted against changed, 2 added on both sides``."""
    return ", ".join(f"{count(number)} {reason}" for reason, number in trial.left.items() if number)


def trial_rows(trials: Sequence[RuleTrial], own: str) -> list[Row]:
    """The rules that were tried, by their number from 0, and a line for one of one's own."""
    rows = [
        Row(
            number,
            (
                cell(trial.rule.title),
                cell(trial.rule.table or "every table", Style.DIM),
                _solved(trial),
                cell(left_words(trial), Style.DIM),
            ),
            value=trial,
        )
        for number, trial in enumerate(trials)
    ]
    return [*rows, Row(own, (cell("a rule of your own…", Style.ACCENT), (), (), ()))]


def _solved(trial: RuleTrial) -> Cell:
    return join(
        cell(count(trial.solved), Style.SUCCESS if trial.solved else ""), cell(f" of {count(trial.of)}", Style.DIM)
    )


def solved_lines(trial: RuleTrial) -> list[Cell]:
    """What a rule would do, in the lines of a dialog."""
    found = [(), join(cell("  solves "), _solved(trial))]
    in_part = sum(map(len, trial.decisions.values())) - trial.solved
    if in_part > 0:
        found.append(cell(f"  decides {count(in_part)} more in part", Style.DIM))
    if left := left_words(trial):
        found.append(cell(f"  leaves {left}", Style.DIM))
    return found


def kind_rows() -> list[Row]:
    """How a rule can decide."""
    return [Row(kind, (cell(str(kind)), cell(text, Style.DIM))) for kind, text in _KINDS.items()]
