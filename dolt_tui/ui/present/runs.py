"""Statements of the console that were run, in words and lines. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from dolt_tui.engine.console.history import HistoryEntry, Result
from dolt_tui.engine.console.statements import StatementKind
from dolt_tui.engine.errors import Cancelled, EngineError
from dolt_tui.frozen import Frozen
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.remedies import advice_of
from dolt_tui.ui.present.text import Cell, Style, cell, sanitise
from dolt_tui.words import count, plural, took

if TYPE_CHECKING:
    from dolt_tui.engine.console.console import Outcome, Transaction
    from dolt_tui.engine.console.scanner import Statement
    from dolt_tui.engine.console.statements import Removal

MESSAGE_COLUMNS = (
    Column("sign", separator=False),
    Column("time", numeric=True, separator=False),
    Column("rows", max_width=30, separator=False),
    Column("took", numeric=True, separator=False),
    Column("text", max_width=2000, separator=False),
)
PLAN_COLUMNS = (Column("plan", max_width=2000, separator=False),)
_LINE = 400
"""Characters of a statement that are shown on one line."""


class Ran(Frozen):
    """A statement that was run, or that failed."""

    number: int
    """Among those that were run since the database was opened, from 1 on."""
    statement: Statement
    branch: str
    moment: dt.datetime
    """The local time at which it was begun."""
    seconds: float
    outcome: Outcome | None = None
    """None where it failed."""
    error: Exception | None = None
    said: str = ""
    """What came of it, in words."""
    at: str = ""
    """What people call the commit at which it was run; ``branch`` is its hash then."""

    def without_results(self) -> Ran:
        """The same without the rows that it returned."""
        if self.outcome is None or not self.outcome.results:
            return self
        return replace(self, outcome=replace(self.outcome, results=()))


def one_line(text: str, room: int = _LINE) -> str:
    """A statement on one line, as far as there is room; not sanitised."""
    line = " ".join(text[: 4 * _LINE].split())
    return line if len(line) <= room else f"{line[: room - 1]}…"


def summary(ran: Ran) -> str:
    """What came of a statement: ``23 rows``, ``3 rows updated``, ``cancelled``, ``failed``."""
    if ran.error is not None:
        return "cancelled" if isinstance(ran.error, Cancelled) else "failed"
    outcome = ran.outcome
    assert outcome is not None
    if ran.said:
        return ran.said
    if outcome.results:
        result = outcome.results[-1]
        rows = plural(result.known, "row") if result.complete else f"{count(result.known)}+ rows"
        return rows if len(outcome.results) == 1 else f"{rows}, {plural(len(outcome.results), 'result')}"
    described = outcome.described
    if outcome.committed and described.transaction is None:
        return "done, and the transaction committed"
    if outcome.rows is None or described.kind is StatementKind.DEFINITION:
        return "done"
    if not outcome.rows and described.verb not in _PAST:
        return "done"  # whatever it is, it is not about rows
    return f"{plural(outcome.rows, 'row')} {_PAST.get(outcome.described.verb, 'changed')}"


_PAST = {"UPDATE": "updated", "DELETE": "deleted", "INSERT": "inserted", "REPLACE": "replaced", "TRUNCATE": "deleted"}


def changed_by(transaction: Transaction) -> str:
    """What is committed or rolled back with an open transaction, in words."""
    return plural(transaction.rows, "row") if transaction.rows else "the transaction"


def removed(removal: Removal, rows: int | None) -> str:
    """What a statement that drops or empties something would remove, in words; ``rows`` where that is known."""
    names, one = ", ".join(removal.names), len(removal.names) == 1
    if removal.database:
        return f"DROP DATABASE {names} deletes the database with all its branches and commits"
    known = plural(rows, "row") if rows else ""
    if removal.empties:
        return f"TRUNCATE {names} deletes " + (f"the {known} of the table" if known else "all rows of the table")
    what = "the table" if one else plural(len(removal.names), "table")
    which = "" if rows is None else f" with {'its' if one else 'their'} {known}" if rows else ", which has no rows"
    if not one and rows == 0:
        which = ", which have no rows"
    return f"DROP TABLE {names} deletes {what}{which}"


def entry_of(ran: Ran, database: str) -> HistoryEntry:
    """A statement for the history."""
    outcome, error = ran.outcome, ran.error
    rows = outcome.rows if outcome is not None else None
    if outcome is not None and outcome.results and rows is None:
        rows = outcome.results[-1].known if outcome.results[-1].complete else None
    result = Result.DONE if error is None else Result.CANCELLED if isinstance(error, Cancelled) else Result.FAILED
    said = "" if error is None else " ".join(str(error).split())[:200]
    return HistoryEntry(ran.statement.text, database, ran.at or ran.branch, ran.moment, ran.seconds, rows, result, said)


def note(ran: Ran) -> str:
    """How long a statement took, which one it was, and where and when it was run."""
    where = f"at {ran.at}" if ran.at else f"on {ran.branch}"
    return f"{took(ran.seconds)} · statement {ran.number} {where}, {ran.moment:%H:%M}"


def message_rows(runs: Sequence[Ran]) -> list[Row]:
    """What was run, newest first: a line each, below it its warnings or why it failed."""
    rows = []
    for ran in reversed(runs):
        failed = ran.error is not None
        sign = cell("✗", Style.ERROR) if failed else cell("✓", Style.SUCCESS)
        rows.append(
            Row(
                ran.number,
                (
                    sign,
                    cell(f"{ran.moment:%H:%M:%S}", Style.DIM),
                    cell(summary(ran), Style.ERROR if failed else ""),
                    cell(took(ran.seconds), Style.DIM),
                    cell(one_line(ran.statement.text), Style.BOLD),
                ),
                value=ran,
            )
        )
        rows += [Row((ran.number, at), ((), (), (), (), line), value=ran) for at, line in enumerate(_lines_below(ran))]
    return rows


def below(ran: Ran) -> list[str]:
    """The warnings of a statement, or why it failed, in lines."""
    if ran.error is None:
        return [f"! {text}" for text in (ran.outcome.warnings if ran.outcome is not None else ())]
    return error_lines(ran.error)


def _lines_below(ran: Ran) -> list[Cell]:
    return [cell(line, Style.WARNING if ran.error is None else Style.ERROR) for line in below(ran)]


def error_lines(error: Exception) -> list[str]:
    """An error in lines, for where there is no room for a dialog."""
    if not isinstance(error, EngineError):
        return [f"{type(error).__name__}: {error}"]
    parts = [error.message, error.detail if error.detail != error.message else "", advice_of(error)]
    return [line for part in parts if part for line in sanitise(part.strip(), one_line=False).split("\n") if line]


def plan_rows(plan: Iterable[str]) -> list[Row]:
    """A plan as a tree, a line each."""
    return [Row(number, (cell(line),)) for number, line in enumerate(plan)]
