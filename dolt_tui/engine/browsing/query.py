"""Which rows of a table or of a diff are wanted, and in which order; light to import, for interfaces."""

from __future__ import annotations

from dataclasses import field

from ...frozen import Frozen
from ..core.wildcards import literally
from ..model import ALL_CHANGES as ALL_CHANGES
from ..model import DiffFilter as DiffFilter
from ..model import SqlStyle
from ..model.conditions import Condition as Condition
from ..model.conditions import Operator as Operator
from ..model.conditions import literal as literal


def rendered(condition: Condition, style: SqlStyle) -> str:
    """A condition as SQL that binds nothing."""
    quote = "`" if style is SqlStyle.MYSQL else '"'
    column = f"{quote}{condition.column.replace(quote, 2 * quote)}{quote}"
    match condition.operator:
        case Operator.NULL | Operator.NOT_NULL:
            return f"{column} {condition.operator.upper()}"
        case Operator.CONTAINS | Operator.STARTS:
            part = literally(str(condition.value))
            pattern = f"%{part}%" if condition.operator is Operator.CONTAINS else f"{part}%"
            return f"CAST({column} AS CHAR) LIKE {literal(pattern, style)} ESCAPE '!'"
        case Operator.SAME | Operator.OTHER if condition.typed:
            return condition.typed
        case Operator.SAME:
            return f"{column} = {literal(condition.value, style)}"
    return f"{column} {condition.operator} {literal(condition.value, style)}"


class Query(Frozen):
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


class DiffQuery(Frozen):
    """Which row changes of a table; always in the order of its key."""

    table: str
    old: str
    """A commit, or `HEAD`, `STAGED`, `WORKING`; so is ``new``."""
    new: str
    filter: DiffFilter = ALL_CHANGES
    plain: bool = field(default=False, compare=False)
    """Whether the table is known to have nothing staged and the same definition on both sides, so that the reflected
    ``dolt_diff_<table>`` gives the same rows."""


_INEXACT = ("float", "double", "real", "json", "geometry", "point", "polygon", "linestring", "vector", "bit", "blob")


def inexact(type_name: str) -> bool:
    """Whether values of a type cannot be compared with what was read of them, or not in the order they are sorted."""
    return any(word in type_name.lower() for word in _INEXACT)


def binary(type_name: str) -> bool:
    """Whether values of a type are bytes, or are read as something else: texts are not looked for in them."""
    return any(word in type_name.lower() for word in ("blob", "binary", "geometry", "point", "vector", "bit"))
