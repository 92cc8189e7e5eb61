"""Rules for conflicts, as the configuration file has them (`dolt_tui.config`).

::

    [[rules]]
    kind = "newer"              # ours, theirs, newer, greater, less, sum, union, not-null or expression
    by = "updated_at"           # of newer: the column that is compared
    table = "customers"         # else in every table that has the columns
    columns = ["email", "city"] # else all that it can decide
    automatic = true            # applied by itself whenever something conflicts

    [[rules]]
    kind = "expression"
    columns = ["credit"]
    expression = "our_credit + their_credit - base_credit"
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from dolt_tui.frozen import Frozen
from dolt_tui.words import nearest

KINDS = ("ours", "theirs", "newer", "greater", "less", "sum", "union", "not-null", "expression")
_TEXTS = ("kind", "table", "by", "expression")
_KEYS = (*_TEXTS, "columns", "automatic")


class RuleError(Exception):
    """A rule that cannot be used; the message is a sentence without its full stop."""


class KeptRule(Frozen):
    """A rule. Raises nothing: `why_not` says what makes no sense."""

    kind: str
    """One of `KINDS`."""
    table: str = ""
    columns: tuple[str, ...] = ()
    by: str = ""
    expression: str = ""
    automatic: bool = False

    @property
    def why_not(self) -> str:
        """What it lacks, or has too much; empty where it makes sense."""
        if self.kind == "newer" and not self.by:
            return "it needs the column that is compared (by)"
        if self.kind != "newer" and self.by:
            return "only a rule of the kind newer compares a column (by)"
        if self.kind == "expression" and (not self.expression or len(self.columns) != 1):
            return "it needs one column, and an expression for it"
        if self.kind != "expression" and self.expression:
            return "only a rule of the kind expression has an expression"
        return ""

    @property
    def toml(self) -> str:
        """As the file has it."""
        lines = ["[[rules]]", *(f"{key} = {_text(value)}" for key in _TEXTS if (value := getattr(self, key)))]
        if self.columns:
            lines.append(f"columns = [{', '.join(map(_text, self.columns))}]")
        if self.automatic:
            lines.append("automatic = true")
        return "\n".join(lines) + "\n"


def rules_of(found: object) -> tuple[KeptRule, ...]:
    """The rules that a configuration has. Raises `RuleError`."""
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise RuleError("rules must be sections of their own: [[rules]]")
    return tuple(_rule(f"[[rules]] number {number}:", one) for number, one in enumerate(found, 1))


def _rule(where: str, given: Mapping[str, Any]) -> KeptRule:
    for key, value in given.items():
        if key not in _KEYS:
            raise RuleError(f"{where} there is no key {key}{nearest(key, _KEYS)}")
        if key in _TEXTS and (not isinstance(value, str) or not value.strip()):
            raise RuleError(f"{where} {key} {'is empty' if isinstance(value, str) else 'must be a quoted string'}")
    columns, automatic = given.get("columns", []), given.get("automatic", False)
    if not isinstance(columns, list) or not all(isinstance(one, str) and one for one in columns):
        raise RuleError(f'{where} columns must be a list of names, as in ["email", "city"]')
    if not isinstance(automatic, bool):
        raise RuleError(f"{where} automatic must be true or false")
    kind = given.get("kind", "")
    if kind not in KINDS:
        raise RuleError(
            f"{where} there is no kind {kind}{nearest(kind, KINDS)}" if kind else f"{where} it needs a kind"
        )
    texts = {key: str(given.get(key, "")) for key in _TEXTS}
    rule = KeptRule(**texts, columns=tuple(columns), automatic=automatic)
    if rule.why_not:
        raise RuleError(f"{where} {rule.why_not}")
    return rule


def _text(value: str) -> str:
    """A basic string of TOML, on one line."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
