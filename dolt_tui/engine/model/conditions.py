"""What a column has to be for its row to be wanted."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum

from ...frozen import Frozen
from .base import Value
from .traits import SqlStyle


class Operator(StrEnum):
    """How a condition compares."""

    EQUAL = "="
    UNEQUAL = "<>"
    LESS = "<"
    AT_MOST = "<="
    GREATER = ">"
    AT_LEAST = ">="
    CONTAINS = "contains"
    STARTS = "starts with"
    NULL = "is null"
    NOT_NULL = "is not null"
    SAME = "is"
    """The value is one that was read of the column, compared as the column's type wants it."""
    OTHER = "is not"
    """It is another one than that, or NULL."""


class Condition(Frozen):
    """What a column has to be."""

    column: str
    operator: Operator
    value: Value = ""
    """As it is bound, of the type that the column wants; for `Operator.SAME` and `Operator.OTHER` as it was read."""
    typed: str = field(default="", compare=False)
    """The condition as it was typed, or would be."""
    spelt: str = field(default="", compare=False)
    """The value for people, where it was read of a column."""
    folds: bool = field(default=False, compare=False)
    """Whether texts that differ in upper and lower case only are the same."""

    def __str__(self) -> str:
        """How it was understood."""
        if self.operator in (Operator.NULL, Operator.NOT_NULL):
            return f"{self.column} {self.operator}"
        if self.operator in (Operator.CONTAINS, Operator.STARTS):
            return f"{self.column} {self.operator} {self.value}"
        if self.operator in (Operator.SAME, Operator.OTHER):
            sign = "=" if self.operator is Operator.SAME else "is not"
            value = self.spelt or literal(self.value)
            return f"{self.column} {sign} {value}{' in upper or lower case' if self.folds else ''}"
        if isinstance(self.value, float) and self.typed:
            return self.typed  # its digits are more than were typed
        return f"{self.column} {self.operator} {literal(self.value)}"


def literal(value: Value, style: SqlStyle = SqlStyle.SQLITE) -> str:
    """A value as SQL has it."""
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\") if style is SqlStyle.MYSQL else value
        return "'{}'".format(escaped.replace("'", "''"))
    if isinstance(value, float) and style is SqlStyle.MYSQL:
        return f"{value!r}e0" if "e" not in repr(value) else repr(value)
    return "NULL" if value is None else str(value)
