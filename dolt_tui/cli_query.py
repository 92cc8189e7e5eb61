"""``dolt-tui query``: runs statements, and writes what they return as it comes."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from typing import IO

from .cli_output import standard_output
from .engine.console.console import Outcome
from .engine.console.labels import label_of
from .engine.console.results import ResultSet
from .engine.console.scanner import Statement, split
from .engine.console.statements import Described, StatementKind, TransactionStep, describe
from .engine.core.literals import text_of
from .engine.errors import EngineError
from .engine.model import ColumnInfo, Value
from .engine.repository import Repository
from .engine.transfer.exporting import Destination
from .engine.transfer.formats import Format
from .engine.transfer.sources import Rows
from .engine.versioning.destinations import destination
from .target_options import USAGE, Refusal
from .words import plural

_MEASURED = 500
"""Rows of a table on the terminal that its columns are measured by; later ones may stand out."""
_WIDEST = 60
_CHANGING = (StatementKind.WRITE, StatementKind.DEFINITION, StatementKind.CALL)


@contextmanager
def one_result(repository: Repository, sql: str, at: str | None) -> Iterator[Rows]:
    """What a single statement returns, as it comes. Raises `EngineError`, also where it returns nothing."""
    statements = split(sql, repository.info.traits.sql).statements
    if len(statements) != 1:
        raise Refusal(f"--query takes one statement, not {len(statements)}", USAGE)
    if describe(statements[0].text, repository.info.traits.sql).kind in _CHANGING:
        raise EngineError("--query takes a statement that only reads.", "Run others with dolt-tui query.")
    results = _Run(repository, at).results(statements[0])
    if not results:
        raise EngineError("The statement returns no rows.", "Run it with dolt-tui query.")
    try:
        yield Rows(results[0].columns, _all(results[0]))
    finally:
        for result in results:
            result.close()


def print_results(repository: Repository, text: str, at: str | None, format_: str | None) -> None:
    """Run statements one after the other, and write what each returns; an empty line is between two results."""
    statements = split(text, repository.info.traits.sql).statements
    if not statements:
        raise Refusal("there is no statement", USAGE)
    form = format_ or ("table" if sys.stdout.isatty() else "csv")
    several = False
    run = _Run(repository, at)
    for number, statement in enumerate(statements, 1):
        try:
            results = run.results(statement)
        except EngineError as error:
            error.message = _place(text, statement, error, number if len(statements) > 1 else None) + error.message
            raise
        for result in results:
            try:
                if not result.columns:
                    continue
                if several:
                    sys.stdout.write("\n")
                    sys.stdout.flush()
                several = True
                if form == "table":
                    _table(result.columns, _all(result), sys.stdout)
                else:
                    to = Destination(Format(form), stream=standard_output())
                    repository.transfer.exports.source(Rows(result.columns, _all(result)), to)
                sys.stdout.flush()
            finally:
                result.close()
    if repository.console.transaction is not None:
        repository.console.roll_back()
        raise EngineError("A transaction was left open: what it did is rolled back.", "End it with COMMIT.")


class _Run:
    """Statements that are run one after another; USE and the procedures that switch branches hold for what follows."""

    def __init__(self, repository: Repository, at: str | None) -> None:
        self._repository = repository
        self._branch = repository.start_branch
        self._autocommit = True
        self._at = repository.refs.resolve(self._branch, at) if at is not None else None

    def results(self, statement: Statement) -> tuple[ResultSet, ...]:
        repository = self._repository
        style = repository.info.traits.sql
        described = describe(statement.text, style)
        place = self._at or self._branch

        def work() -> Outcome:
            return repository.console.run(place, statement, ask_above=None, autocommit=self._autocommit)

        changes = self._at is None and described.kind in _CHANGING
        label = label_of(statement.text, described, style)
        outcome = repository.undo.perform(place, label, work)[0] if changes else work()
        if described.transaction in (TransactionStep.AUTOCOMMIT_ON, TransactionStep.AUTOCOMMIT_OFF):
            self._autocommit = described.transaction is TransactionStep.AUTOCOMMIT_ON
        if outcome.goes_to is not None:
            self._go(described, outcome.goes_to)
        return outcome.results

    def _go(self, described: Described, name: str) -> None:
        if described.kind is not StatementKind.USE:  # a procedure has switched: this is the branch
            self._at, self._branch = None, name
            return
        repository = self._repository
        place = destination(repository.refs, repository.info, self._branch, described)
        if place.database:
            raise EngineError(
                f"The statements are run in one database, not in {place.database}, too.", "Name it behind the target."
            )
        self._at, self._branch = (None, place.branch) if place.branch else (place.commit, self._branch)


def _place(text: str, statement: Statement, error: EngineError, number: int | None) -> str:
    """Where in the text something is wrong, for the beginning of a message."""
    parts = [] if number is None else [f"statement {number}"]
    if "\n" in text.strip():
        parts.append(f"line {text.count(chr(10), 0, statement.start + (error.position or 0)) + 1}")
    return f"{', '.join(parts).capitalize()}: " if parts else ""


def _all(result: ResultSet) -> Iterator[Sequence[Value]]:
    """All rows, or an error where what is kept of a result was not enough for them."""
    yield from result.rows()
    if result.cut_short:
        raise EngineError(f"Not all rows are there: {result.cut_short}")


def _table(columns: Sequence[ColumnInfo], rows: Iterator[Sequence[Value]], out: IO[str]) -> None:
    """Columns side by side, numbers to the right, each value on one line and harmless to the terminal."""
    first = list(islice(rows, _MEASURED))
    numeric = [
        any(isinstance(row[at], int | float) for row in first)
        and all(row[at] is None or isinstance(row[at], int | float) for row in first)
        for at in range(len(columns))
    ]
    texts = [[_shown(value) for value in row] for row in first]
    names = [_harmless(column.name) for column in columns]
    widths = [max([_width(name), *(min(_WIDEST, _width(row[at])) for row in texts)]) for at, name in enumerate(names)]

    def line(parts: Sequence[str]) -> str:
        cells = []
        for text, width, right in zip(parts, widths, numeric, strict=True):
            gap = " " * max(0, width - _width(text))
            cells.append(gap + text if right else text + gap)
        return " │ ".join(cells).rstrip() + "\n"

    out.write(line(names))
    out.write("─┼─".join("─" * width for width in widths) + "\n")
    number = 0
    for row in chain(texts, ([_shown(value) for value in row] for row in rows)):
        out.write(line(row))
        number += 1
    out.write(f"({plural(number, 'row')})\n")


def _shown(value: Value) -> str:
    return "NULL" if value is None else _harmless(text_of(value))


def _harmless(text: str) -> str:
    if text.isprintable():
        return text
    marks = {"\n": "␊", "\t": "␉", "\r": "␍"}
    return "".join(marks.get(sign, sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}") for sign in text)


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text
    )
