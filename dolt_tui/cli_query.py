"""``dolt-tui query``: runs statements, and writes what they return as it comes."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from typing import IO

from .cli_output import standard_output
from .engine.console.results import ResultSet
from .engine.console.scanner import Statement, split
from .engine.core.literals import text_of
from .engine.errors import EngineError
from .engine.model import ColumnInfo, Value
from .engine.repository import Repository
from .engine.transfer.exporting import Destination
from .engine.transfer.formats import Format
from .engine.transfer.sources import Rows
from .target_options import USAGE, Refusal

_MEASURED = 500
"""Rows of a table on the terminal that its columns are measured by; later ones may stand out."""
_WIDEST = 60


@contextmanager
def one_result(repository: Repository, sql: str, at: str | None) -> Iterator[Rows]:
    """What a single statement returns, as it comes. Raises `EngineError`, also where it returns nothing."""
    statements = split(sql, repository.info.traits.sql).statements
    if len(statements) != 1:
        raise Refusal(f"--query takes one statement, not {len(statements)}", USAGE)
    results = _run(repository, statements[0], at)
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
    for number, statement in enumerate(statements, 1):
        try:
            results = _run(repository, statement, at)
        except EngineError as error:
            if len(statements) > 1:
                error.message = f"Statement {number}: {error.message}"
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


def _run(repository: Repository, statement: Statement, at: str | None) -> tuple[ResultSet, ...]:
    console = repository.console
    if at is not None:
        place = repository.refs.resolve(repository.start_branch, at)
        return console.run(place, statement, ask_above=None).results
    branch = repository.start_branch

    def work() -> tuple[ResultSet, ...]:
        return console.run(branch, statement, ask_above=None).results

    from .engine.console.statements import StatementKind, describe

    kind = describe(statement.text, repository.info.traits.sql).kind
    if kind in (StatementKind.WRITE, StatementKind.DEFINITION, StatementKind.CALL):
        return repository.undo.perform(branch, _label(statement.text), work)[0]
    return work()


def _all(result: ResultSet) -> Iterator[Sequence[Value]]:
    """All rows, or an error where what is kept of a result was not enough for them."""
    yield from result.rows()
    if result.cut_short:
        raise EngineError(f"Not all rows are there: {result.cut_short}")


def _label(sql: str) -> str:
    text = " ".join(sql.split())
    return text if len(text) <= 60 else f"{text[:60]}…"


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
    out.write(f"({number:,} {'row' if number == 1 else 'rows'})\n")


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
