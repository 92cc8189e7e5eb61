"""EXPLAIN: asked for in a form that can be read, and told as the lines of a tree."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import SqlStyle, Value
from .results import ResultSet
from .scanner import TokenKind, tokens

_MOST_LINES = 5000
_EXPLAINED = {"SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "REPLACE", "TABLE", "VALUES", "("}


def with_plan(sql: str, style: SqlStyle) -> str:
    """An EXPLAIN that answers with a plan, where nothing else was asked for.

    Dolt's plain EXPLAIN tells nothing, and DoltLite's lists the instructions of its machine. See also
    engine-facts.md#explain-breaks-pymysql.
    """
    words = [token for token in tokens(sql[:2000], style) if token.kind is not TokenKind.COMMENT]
    if len(words) < 2 or words[0].text.upper() not in ("EXPLAIN", "DESCRIBE", "DESC"):
        return sql
    head, behind = words[0], words[1].text.upper()
    if style is SqlStyle.MYSQL:
        if behind not in _EXPLAINED:  # another form is asked for, or a table
            return sql
        return f"{sql[: head.start]}EXPLAIN FORMAT=TREE{sql[head.end :]}"
    return sql if behind == "QUERY" else f"{sql[: head.end]} QUERY PLAN{sql[head.end :]}"


def plan_lines(results: Sequence[ResultSet]) -> tuple[str, ...]:
    """What an EXPLAIN answered, as the lines of a tree; none where it is not a plan but a table's columns."""
    if not results:
        return ()
    result = results[0]
    rows = result.page(0, _MOST_LINES)
    if len(result.columns) == 1:
        return tuple(line for row in rows for line in str(row[0]).splitlines())
    if [column.name for column in result.columns] == ["id", "parent", "notused", "detail"]:
        return tuple(_tree(rows, 0, ""))
    return ()


def _tree(rows: Sequence[tuple[Value, ...]], parent: object, indent: str) -> list[str]:
    lines: list[str] = []
    children = [row for row in rows if row[1] == parent and row[0] != parent]
    for number, (id_, _, _, detail) in enumerate(children):
        last = number == len(children) - 1
        lines.append(f"{indent}{' └─ ' if last else ' ├─ '}{detail}")
        lines += _tree(rows, id_, f"{indent}{'    ' if last else ' │  '}")
    return lines
