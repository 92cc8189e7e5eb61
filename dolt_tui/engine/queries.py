"""Which rows of a table are wanted, and in which order; light to import, for interfaces."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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


@dataclass(frozen=True, slots=True)
class Condition:
    """What a column has to be."""

    column: str
    operator: Operator
    value: str = ""

    def __str__(self) -> str:
        if self.operator in (Operator.NULL, Operator.NOT_NULL):
            return f"{self.column} {self.operator}"
        return f"{self.column} {self.operator} {self.value}"


@dataclass(frozen=True, slots=True)
class Query:
    """Which rows of a table, in which order."""

    table: str
    revision: str | None = None
    """A commit, branch or tag; None: the working set."""
    sort: str | None = None
    """A column; None: the primary key."""
    descending: bool = False
    conditions: tuple[Condition, ...] = ()
    where: str = ""
    """A condition in SQL, for what `conditions` cannot say."""
    contains: str = ""
    """A text that some column has to contain, upper or lower case as the column's collation has it."""


_INEXACT = ("float", "double", "real", "json", "geometry", "point", "polygon", "linestring", "vector", "bit", "blob")


def inexact(type_name: str) -> bool:
    """Whether values of a type cannot be compared with what was read of them, or not in the order they are sorted."""
    return any(word in type_name.lower() for word in _INEXACT)


def binary(type_name: str) -> bool:
    """Whether values of a type are bytes, or are read as something else: texts are not looked for in them."""
    return any(word in type_name.lower() for word in ("blob", "binary", "geometry", "point", "vector", "bit"))
