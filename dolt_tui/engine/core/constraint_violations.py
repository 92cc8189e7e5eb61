"""Constraints that a merge, a cherry-pick, a revert or a rebase would break: which, where and in which rows."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from ...words import plural
from ..errors import NO_ANSWER, Conflicts, EngineError
from ..model import ColumnInfo, Violation
from .dialect import Dialect
from .sql_session import SqlSession

MOST_READ = 1000
"""No more of a table's entries than these are read."""
_SAMPLES = 3
_LONGEST = 24
"""Longer values are cut in a sample."""
_OWN = ("violation_type", "violation_info")
_KINDS = {"Foreign Key": "foreign key", "Unique Key": "unique index", "Check": "check constraint", "Null": "not null"}


def conflict_error(dialect: Dialect, session: SqlSession) -> Conflicts:
    """The conflicts in the open transaction, as an error."""
    found: dict[str, int] = {}
    for query in (
        f"SELECT {dialect.quote('table')}, num_conflicts FROM dolt_conflicts",
        "SELECT table_name, 1 FROM dolt_schema_conflicts",
    ):
        for table, number in session.rows(query):
            found[table] = found.get(table, 0) + int(number or 0)
    return Conflicts("The merge conflicts.", tuple(sorted(found.items())), violations=violations(dialect, session))


def violations(dialect: Dialect, session: SqlSession) -> tuple[Violation, ...]:
    """The broken constraints in the open transaction; a few milliseconds for each table."""
    quote = dialect.quote
    found: list[Violation] = []
    for table, number in session.rows(f"SELECT {quote('table')}, num_violations FROM dolt_constraint_violations"):
        try:
            found += _of_table(dialect, session, str(table))
        except NO_ANSWER:
            raise
        except EngineError:  # values that cannot be read, or a name that the engine's own tables cannot have
            found.append(Violation("constraint", str(table), rows=int(number or 0)))
    return tuple(found)


def _of_table(dialect: Dialect, session: SqlSession, table: str) -> list[Violation]:
    columns = dialect.columns(session, table, None)
    if any(column.name.lower() in _OWN for column in columns):
        raise EngineError("A column hides what is wanted.")
    keys = [column for column in columns if column.primary_key] or list(columns)
    keys = keys[:_SAMPLES]
    selected = "".join(f", {dialect.column(column.name, column.type)}" for column in keys)
    rows = session.rows(
        f"SELECT violation_type, violation_info{selected}"
        f" FROM {dialect.quote('dolt_constraint_violations_' + table)} LIMIT {MOST_READ}"
    )
    groups: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for kind, info, *values in rows:
        groups.setdefault((str(kind), str(info)), []).append(tuple(values))
    return [
        violation(table, kind, info, len(values), [sample(keys, row) for row in values[:_SAMPLES]])
        for (kind, info), values in groups.items()
    ]


def sample(keys: Sequence[ColumnInfo], row: Sequence[Any]) -> str:
    """The key of a row that breaks a constraint: ``a 7, b 8``."""
    texts = [str(value) for value in row]
    return ", ".join(
        f"{column.name} {text if len(text) <= _LONGEST else text[: _LONGEST - 1] + '…'}"
        for column, text in zip(keys, texts, strict=True)
    )


def violation(table: str, kind: str, info: str, rows: int, samples: Sequence[str]) -> Violation:
    """A constraint by what ``violation_info`` says of it."""
    told: dict[str, Any] = json.loads(info)
    name = str(told.get("ForeignKey") or told.get("Name") or "")
    return Violation(
        kind,
        table,
        "" if name.startswith("sqlite_autoindex_") else name,
        tuple(told.get("Columns") or ()),
        _bare(str(told.get("Expression") or "")),
        str(told.get("ReferencedTable") or ""),
        rows,
        tuple(samples),
    )


def _bare(expression: str) -> str:
    """A condition without the quotes around names, and without parentheses around all of it."""
    text = expression.replace("`", "")
    inner = text[1:-1]
    depth = 0
    for letter in inner if text.startswith("(") and text.endswith(")") else ")":
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            return text
    return inner


def violations_in(text: str) -> tuple[Violation, ...]:
    """Those that Dolt lists in the error of a transaction that it refuses to commit, as it does in a rebase."""
    found = []
    for kind, block in re.findall(
        r"^Type: (Foreign Key|Unique Key|Check|Null) Constraint Violation,?\n((?:\t[^\n]*\n?)*)", text, re.MULTILINE
    ):
        told = dict(re.findall(r"^\t(\w+): (.*?),?$", block, re.MULTILINE))
        columns = re.match(r"\[([^\]]*)\](?: \((\d+) row)?", told.get("Columns", ""))
        found.append(
            Violation(
                _KINDS[kind],
                told.get("Table", ""),
                told.get("ForeignKey") or told.get("Name", ""),
                tuple(columns[1].split()) if columns else (),
                _bare(told.get("Expression", "")),
                told.get("ReferencedTable", ""),
                int(columns[2] or 0) if columns else 0,
            )
        )
    return tuple(found)


def conflict_words(error: Conflicts) -> str:
    """What stands in the way, after the words of who or what it is that meets it: ``conflicts in 3 rows: …``."""
    parts = []
    if not error.tables and not error.violations:
        return "conflicts"
    if error.tables:
        rows = sum(number for _, number in error.tables)
        where = ", ".join(f"{table} ({number})" for table, number in error.tables)
        parts.append(f"conflicts in {plural(rows, 'row')}: {where}")
    if error.violations:
        broken = "constraints" if len(error.violations) > 1 else "a constraint"
        parts.append(f"breaks {broken}: {'; '.join(map(str, error.violations))}")
    return ", and ".join(parts)
