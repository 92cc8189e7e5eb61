"""Imports: what a file would become, and the whole of it into a table, or nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from itertools import islice
from typing import TypeAlias

from ...frozen import Frozen
from ..core.cancellation import current, uncancelled
from ..core.connections import Connections, Session
from ..core.literals import quoted_name
from ..errors import AlreadyExists, EngineError, TableNotFound
from ..model import Call, ColumnInfo, SqlStyle, key_of
from ..undo.undo import Undo
from .converting import Unfit, converter
from .formats import Format
from .guessing import Guess, guess
from .loading import Loader, Mode, cut
from .reading import Field, Layout, records

_SAMPLE = 20_000
"""Rows that types are guessed from, at most."""
_SAMPLE_CHARACTERS = 32_000_000
"""What they have together, at most: they are in memory."""
_SHOWN = 50

Progress: TypeAlias = Callable[[int, int | None], None]


class Target(Frozen):
    """Where the records of a file go."""

    table: str
    create: tuple[Guess | None, ...] = ()
    """The columns of a new table, one for each column of the file or None where that is left out; empty: the table is
    there."""
    mode: Mode = Mode.INSERT


class Preview(Frozen):
    """What a file would become."""

    layout: Layout
    columns: tuple[Guess, ...]
    """Those of a new table."""
    rows: tuple[tuple[Field, ...], ...]
    """The first ones."""
    seen: int
    """Rows that the types were guessed from."""
    whole: bool
    """Whether these are all."""


class Fit(Frozen):
    """How the columns of a file meet those of a table."""

    columns: tuple[ColumnInfo | None, ...]
    """The table's column for each one of the file; None for those that are left out."""
    left_out: tuple[str, ...] = ()
    """The file's columns that the table lacks."""
    computed: tuple[str, ...] = ()
    """The file's columns that the table computes itself."""
    missing: tuple[str, ...] = ()
    """The table's columns that the file lacks: they get their defaults."""
    keys: tuple[str, ...] = ()
    """The table's primary key."""


class Imported(Frozen):
    """What was imported."""

    table: str
    rows: int
    seconds: float
    fit: Fit


def preview(layout: Layout, style: SqlStyle) -> Preview:
    """What a file would become as a new table, by its first 20,000 rows, or fewer large ones.

    Raises `BadLine`, `EngineError`.
    """
    seen: list[Sequence[Field]] = []
    whole, characters = False, 0
    with closing(records(layout)) as found:
        try:
            for _, fields in islice(found, _SAMPLE):
                seen.append(fields)
                characters += sum(map(len, filter(None, fields)))
                if characters > _SAMPLE_CHARACTERS:
                    break
            whole = next(found, None) is None
        except EngineError:
            if not seen:
                raise
    typed = layout.format is Format.JSON_LINES
    columns = guess(layout.columns, seen, style, whole=whole, typed=typed)
    return Preview(layout, columns, tuple(tuple(row) for row in seen[:_SHOWN]), len(seen), whole)


def fit(layout: Layout, columns: Sequence[ColumnInfo]) -> Fit:
    """The columns of a file in those of a table, by their names, upper and lower case alike.

    A file without names is taken in the order of the table's columns. Raises `EngineError` where none meets another.
    """
    if not layout.header and layout.format in (Format.CSV, Format.TSV):
        writable = [column for column in columns if not column.generated]
        if len(layout.columns) > len(writable):
            raise EngineError(
                f"{layout.name} has no names in its first line, and more columns than the table:"
                f" {len(layout.columns)} instead of {len(writable)}."
            )
        missing = tuple(column.name for column in writable[len(layout.columns) :])
        names = tuple(column.name for column in key_of(columns))
        return Fit(tuple(writable[: len(layout.columns)]), missing=missing, keys=names)
    exact = {column.name: column for column in columns}
    loose = {column.name.lower(): column for column in columns}
    found = [exact.get(name) or loose.get(name.strip().lower()) for name in layout.columns]
    computed = tuple(name for name, one in zip(layout.columns, found, strict=True) if one is not None and one.generated)
    left_out = tuple(name for name, one in zip(layout.columns, found, strict=True) if one is None)
    kept = tuple(None if one is None or one.generated else one for one in found)
    met = {one.name for one in kept if one is not None}
    if not met:
        raise EngineError(
            f"{layout.name} and the table have no column in common.",
            f"The file has {', '.join(layout.columns[:8])}; the table {', '.join([*exact][:8])}.",
        )
    if len(met) < sum(one is not None for one in kept):
        raise EngineError(f"Two columns of {layout.name} go into the same column of the table.")
    missing = tuple(column.name for column in columns if column.name not in met and not column.generated)
    return Fit(kept, left_out, computed, missing, tuple(column.name for column in key_of(columns)))


def shown(rows: Sequence[Sequence[Field]], columns: Sequence[ColumnInfo | None], style: SqlStyle) -> list[list[str]]:
    """For each of some rows what is wrong with each field; empty texts where nothing is."""
    made = [None if column is None else converter(column, style) for column in columns]
    found = []
    for row in rows:
        wrong = []
        for convert, field in zip(made, row, strict=True):
            try:
                if convert is not None:
                    convert(field)
                wrong.append("")
            except Unfit as error:
                wrong.append(f"{cut(field)} {error}")
        found.append(wrong)
    return found


def create_statement(table: str, columns: Sequence[Guess], style: SqlStyle) -> str:
    """The statement that makes a new table."""
    keys = [column for column in columns if column.key]
    lines = []
    for column in columns:
        single = style is SqlStyle.SQLITE and column.key and len(keys) == 1
        extra = " PRIMARY KEY" if single else " NOT NULL" if column.key else ""
        lines.append(f"  {quoted_name(column.name, style)} {column.type}{extra}")
    if keys and not (style is SqlStyle.SQLITE and len(keys) == 1):
        lines.append(f"  PRIMARY KEY ({', '.join(quoted_name(column.name, style) for column in keys)})")
    body = ",\n".join(lines)
    return f"CREATE TABLE {quoted_name(table, style)} (\n{body}\n)"


class Imports:
    """What can be read from files into tables. All methods block; nothing of an import that fails stays."""

    def __init__(self, db: Connections, undo: Undo) -> None:
        self._db, self._undo = db, undo

    @property
    def style(self) -> SqlStyle:
        """Whose types tables get."""
        return self._db.dialect.traits.sql

    def preview(self, layout: Layout) -> Preview:
        """What a file would become as a new table; `preview`."""
        return preview(layout, self.style)

    def columns(self, branch: str, table: str) -> tuple[ColumnInfo, ...]:
        """The columns of a table; none where there is no such table."""
        with self._db.read(branch, "columns") as session:
            try:
                return session.dialect.columns(session, table, None)
            except TableNotFound:
                return ()

    def replay(self, branch: str, layout: Layout, progress: Progress | None = None) -> int:
        """Run an SQL script, all of it or nothing, as a step of undo of its own; returns the number of statements.

        Raises `BadLine` for the first statement that fails, `ReadOnly`, `CannotUndo`.
        """
        from .replaying import Replays

        return Replays(self._db, self._undo).replay(branch, layout, progress)

    def load(self, branch: str, layout: Layout, target: Target, progress: Progress | None = None) -> Imported:
        """Import a file, in one transaction.

        Raises `BadLine` for the first line that the table does not take, `AlreadyExists` for a new table that is
        there, `TableNotFound`, `EngineError` for columns that do not meet, `ReadOnly`.
        """
        began = time.monotonic()
        made = False
        style = self.style

        def work(session: Session) -> tuple[int, Fit]:
            nonlocal made
            if target.create:
                self._create(session, target)
                made = True
                columns: Sequence[ColumnInfo] = session.dialect.columns(session, target.table, None)
                names = {one.name.lower(): one for one in columns}
                meets = Fit(tuple(None if one is None else names[one.name.lower()] for one in target.create))
            else:
                columns = session.dialect.columns(session, target.table, None)
                if not columns:
                    raise TableNotFound(f"There is no table {target.table}.")
                meets = fit(layout, columns)
            if target.mode is not Mode.INSERT and not key_of(columns):
                raise EngineError(
                    f"{target.table} has no primary key by which rows could be {target.mode}d.", "Insert them instead."
                )
            if target.mode is Mode.UPDATE and not set(meets.keys) <= {one.name for one in meets.columns if one}:
                raise EngineError(f"{layout.name} lacks the key of {target.table}: {', '.join(meets.keys)}.")
            loader = Loader(session, target.table, meets.columns, target.mode, layout.name, meets.keys)

            def told(rows: int) -> None:
                cancellation = current()
                if cancellation is not None:
                    cancellation.check()
                if progress is not None:
                    progress(rows, layout.number)

            return loader.load(records(layout), told), meets

        try:
            rows, meets = self._db.write(branch, work, "import")
        except BaseException:
            if made and style is SqlStyle.MYSQL:  # what makes a table has committed already
                with uncancelled(), suppress(EngineError):
                    self._db.write(branch, lambda session: self._drop(session, target.table), "import: take back")
            raise
        return Imported(target.table, rows, time.monotonic() - began, meets)

    @staticmethod
    def _create(session: Session, target: Target) -> None:
        dialect = session.dialect
        try:
            there = bool(dialect.columns(session, target.table, None))
        except TableNotFound:
            there = False
        if there:
            raise AlreadyExists(f"There is already a table {target.table}.")
        kept = [one for one in target.create if one is not None]
        statement = create_statement(target.table, kept, dialect.traits.sql)
        session.execute(dialect.sql(Call((statement,), (), dialect.traits.sql)))
        if dialect.traits.sql is SqlStyle.MYSQL:
            session.execute(dialect.begin)

    @staticmethod
    def _drop(session: Session, table: str) -> None:
        session.execute(f"DROP TABLE IF EXISTS {session.dialect.quote(table)}")
