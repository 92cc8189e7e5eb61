"""Rules that decide conflicts: what each would solve, a rule of one's own, applying one, keeping one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from dolt_tui.engine.errors import InvalidValue
from dolt_tui.engine.model.conflicts import Rule, RuleKind, RuleTrial
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.dialogs.fields import Field, FieldsDialog
from dolt_tui.ui.dialogs.listing import ListDialog
from dolt_tui.ui.present.grid_rows import Row
from dolt_tui.ui.present.rules import KIND_COLUMNS, RULE_COLUMNS, kind_rows, solved_lines, trial_rows
from dolt_tui.ui.present.text import Cell, Style, cell, join

if TYPE_CHECKING:
    from dolt_tui.ui.flows.context import Context

OWN = "own"
"""The key of the line for a rule of one's own."""


def choose_rule(context: Context, table: str = "") -> None:
    """List the rules that were tried, with what each would solve; ``table`` is the one that is looked at."""
    resolving = context.session.resolving
    shown: list[tuple[RuleTrial, ...]] = []

    def rows() -> Sequence[Row]:
        """The list grows while rules are being tried."""
        shown.append(resolving.trials)
        return trial_rows(resolving.trials, OWN)

    dialog = ListDialog(
        "Rules", rows(), RULE_COLUMNS, hint="⏎ preview · esc cancel", header=True, more=rows, large=True
    )

    def chosen(key: object) -> None:
        if key == OWN:
            own_rule(context, table)
        elif isinstance(key, int):
            _offer(context, shown[-1][key])

    context.ask(dialog, chosen)


def offer_rule(context: Context, number: int) -> None:
    """Offer to apply one of the rules that were tried: the number as it is listed, from 0."""
    trials = context.session.resolving.trials
    if number < len(trials):
        _offer(context, trials[number])


def own_rule(context: Context, table: str = "") -> None:
    """Ask for a rule, and try it."""

    def chosen(key: object) -> None:
        if isinstance(key, RuleKind):
            _ask_fields(context, key, table)

    context.ask(ListDialog("Rule · how does it decide?", kind_rows(), KIND_COLUMNS, hint="⏎ continue"), chosen)


def _ask_fields(context: Context, kind: RuleKind, table: str) -> None:
    resolving = context.session.resolving
    found = resolving.found
    assert found is not None
    tables = {count.table: {column.name for column in resolving.rows.columns(count.table)} for count in found.tables}
    known = set[str]().union(*tables.values())

    def check_table(text: str) -> None:
        if text and text not in tables:
            raise InvalidValue(f"No rows of {text} conflict, only rows of {', '.join(tables)}.")

    def check_columns(text: str) -> None:
        for name in names(text):
            if name not in known:
                raise InvalidValue(f"No table in conflict has a column {name}.")
        if kind is RuleKind.EXPRESSION and len(names(text)) != 1:
            raise InvalidValue("An expression needs one column.")

    def check_by(text: str) -> None:
        if text not in known:
            raise InvalidValue(f"No table in conflict has a column {text}." if text else "Which column is compared?")

    def check_expression(text: str) -> None:
        if not text:
            raise InvalidValue("Enter an expression. NULL leaves the cell undecided.")

    fields = [
        Field("Table (empty: every table that has the columns)", check_table, table),
        Field(
            "Column" if kind is RuleKind.EXPRESSION else "Columns, separated by commas (empty: all that it can decide)",
            check_columns,
        ),
    ]
    if kind is RuleKind.NEWER:
        times = sorted(name for name in known if name.endswith(("_at", "_on", "date", "time")))
        fields.append(Field("Compared column", check_by, times[0] if len(times) == 1 else "", "updated_at"))
    elif kind is RuleKind.EXPRESSION:
        example = "our_x + their_x - base_x"
        fields.append(Field("Value, in SQL over base_…, our_… and their_…", check_expression, placeholder=example))

    def typed(texts: tuple[str, ...] | None) -> None:
        if texts is None:
            return
        extra = texts[2] if len(texts) > 2 else ""
        rule = Rule(
            kind,
            texts[0],
            names(texts[1]),
            extra if kind is RuleKind.NEWER else "",
            extra if kind is RuleKind.EXPRESSION else "",
        )
        resolving.try_rule(rule, lambda trial: _offer(context, trial))

    context.ask(FieldsDialog(f"Rule · {kind}", (), fields, hint="try it"), typed)


def names(text: str) -> tuple[str, ...]:
    """Names that were typed with commas between them."""
    return tuple(name for part in text.split(",") if (name := part.strip()))


def _offer(context: Context, trial: RuleTrial) -> None:
    """Show what a rule would solve and leave, and let one apply it, or keep it in the configuration as well."""
    resolving, rule = context.session.resolving, trial.rule
    nothing = "" if any(trial.decisions.values()) else "it would decide nothing that is left"
    kept = {replace(one, automatic=False) for one in resolving.kept_rules.rules}
    known = "it is saved already" if replace(rule, automatic=False) in kept else ""
    if not resolving.kept_rules.can_keep:
        known = "there is no configuration file"
    choices = [
        Choice("a", "apply", "it can be taken back", nothing),
        Choice("s", "save", "in the configuration", known),
        Choice("S", "save, automatic", "applied by itself from then on", known),
    ]

    def answered(letter: str | None) -> None:
        if letter == "a":
            resolving.apply_trial(trial)
        elif letter is not None:
            _keep(context, replace(rule, automatic=letter == "S"), lambda: _offer(context, trial))

    body: list[Cell] = [
        join(cell(rule.title, Style.BOLD), cell(f"  in {rule.table or 'every table that has the columns'}", Style.DIM)),
        *solved_lines(trial),
    ]
    context.ask(ChoiceDialog("Rule", body, choices, default="a"), answered)


def _keep(context: Context, rule: Rule, then: Callable[[], None]) -> None:
    def kept() -> None:
        how = ": it is applied by itself from now on" if rule.automatic else ""
        context.tell(f"Saved the rule {rule.title} in the configuration{how}")
        then()

    context.session.resolving.kept_rules.keep(rule, kept)
