"""CHECK constraints, tried on rows that are not written yet: as far as the engine can say it of values alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..core.binding import bound
from ..core.connections import Session
from ..errors import NO_ANSWER, EngineError
from ..model import (
    DEFAULT,
    ColumnInfo,
    Edit,
    Editable,
    EditKind,
    Editor,
    Finding,
    FindingKind,
    Severity,
    SqlStyle,
    Value,
)
from .cell_values import editor_of
from .reading import batches

_ROWS = 100
"""How many rows are tried with one statement."""
_MOST = 1_000
"""How many are tried at all."""
_CASTS = {Editor.DATE: "DATE", Editor.DATETIME: "DATETIME(6)", Editor.TIME: "TIME", Editor.JSON: "JSON"}


def broken(session: Session, table: Editable, edits: Sequence[Edit]) -> Iterator[Finding]:
    """The constraints that rows will break. Warnings: only writing tells for certain."""
    tried = [edit for edit in edits if edit.kind is not EditKind.REMOVED][:_MOST]
    if not table.checks:
        return
    for some in batches(tried, _ROWS):
        try:
            answers = _tried(session, table, some)
        except NO_ANSWER:
            raise
        except EngineError:  # a condition that makes sense in the table only
            return
        for edit, answer in zip(some, answers, strict=False):
            for (name, condition), holds in zip(table.checks, answer, strict=True):
                if holds is not None and not holds:
                    what = " ".join(condition.split()).strip("()" if condition.count("(") == 1 else " ")
                    known = f"{name}: {what}" if name else what
                    short = f"breaks {known}"
                    yield Finding(edit, FindingKind.CHECK, Severity.WARNING, short, short)


def _tried(session: Session, table: Editable, edits: Sequence[Edit]) -> list[Sequence[Value]]:
    """For each edit, what each condition gives."""
    quote, values = session.dialect.quote, list[object]()
    rows = []
    for number, edit in enumerate(edits):
        parts = [f"{number} AS {quote('edited row')}"]
        for column in table.columns:
            value = edit.value(column.name)
            if column.generated or value is DEFAULT or value is None:
                parts.append(f"NULL AS {quote(column.name)}")
                continue
            text, one = bound(value, column.type, table.style, session.dialect.placeholder)
            parts.append(f"{_typed(text, column, table.style)} AS {quote(column.name)}")
            values.append(one)
        rows.append(f"SELECT {', '.join(parts)}")
    # A condition is the table's own, as its definition has it.
    asked = ", ".join(f"({session.dialect.condition(condition)})" for _, condition in table.checks)
    found = session.rows(
        f"SELECT {asked} FROM ({' UNION ALL '.join(rows)}) AS edited ORDER BY {quote('edited row')}", *values
    )
    return [tuple(row) for row in found]


def _typed(text: str, column: ColumnInfo, style: SqlStyle) -> str:
    """A bound value with the type that it has in the table, as far as that changes comparisons."""
    if style is SqlStyle.SQLITE:
        return text
    cast = _CASTS.get(editor_of(column, style))
    if cast is not None:
        return f"CAST({text} AS {cast})"
    return f"({text} COLLATE {column.collation})" if column.collation.replace("_", "").isalnum() else text
