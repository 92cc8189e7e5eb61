"""Exports: tables, diffs, the changes of a commit, whole databases, and any other source, into files and streams."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import IO, TypeAlias

from ...frozen import Frozen
from ..browsing.diffs import Diffs
from ..browsing.query import DiffQuery, Query
from ..browsing.table_rows import TableRows, stream_of
from ..browsing.tables import Tables
from ..core.cancellation import current
from ..core.connections import Connections, Session
from ..core.table_changes import summarise
from ..errors import EngineError
from . import definitions
from .definitions import Definitions
from .formats import Format
from .outputs import Output, check, to_file, to_stream
from .sources import Source
from .writer_choice import writer_of
from .writers import RowWriter

_AT_ONCE = 256
"""Rows that are written at a time."""

Progress: TypeAlias = Callable[[int, int | None], None]
"""Told how many rows are done, of how many where that is known; called often, on the thread that exports."""


class Destination(Frozen):
    """Where an export goes, and in which form."""

    format: Format
    path: Path | None = None
    """The file, or the directory of a file for each table; None: ``stream``."""
    stream: IO[bytes] | None = None
    compressed: bool = False
    """By gzip; only files."""
    overwrite: bool = False
    """Whether a file that is there may be replaced."""


class Exported(Frozen):
    """What was written."""

    rows: int
    size: int
    """In bytes; 0 for a stream."""
    seconds: float
    path: Path | None
    files: int = 1


class Exports:
    """What can be written to files. All methods block, are cancelled between rows, and leave nothing half done."""

    def __init__(self, db: Connections, tables: Tables, rows: TableRows, diffs: Diffs) -> None:
        self._db, self._tables, self._rows, self._diffs = db, tables, rows, diffs

    def table(self, branch: str, query: Query, to: Destination, progress: Progress | None = None) -> Exported:
        """The rows of a table that a query has, in its order, all as one statement sees them.

        As SQL it comes with the statements that make the table. Raises `TableNotFound`, `AlreadyExists`, `Lacking`
        for a format that needs a library, `EngineError` for what the system refuses.
        """
        place, as_of = self._tables.place(branch, query.revision)
        work = _Work(to, self._db, progress)
        with work.output() as output, self._db.read(place, "export") as session, _snapshot(session):
            source = stream_of(session, query, as_of)  # the count and the rows are of the same moment
            if to.format is not Format.SQL:
                work.rows(output, source, query.table)
            else:
                # Nothing else can be asked while rows come: what belongs to them is asked before.
                made = definitions.of_table(session, query.table, as_of)
                work.script_of_table(output, made, source, query.table)
        return work.done()

    def diff(self, branch: str, query: DiffQuery, to: Destination, progress: Progress | None = None) -> Exported:
        """The row changes of a table: columns ``to_…``, ``from_…``, ``diff_type``; as SQL what makes new of old.

        Raises what `Diffs.page` raises, and what `table` does.
        """
        work = _Work(to, self._db, progress)
        if to.format is Format.SQL and not query.filter.empty:
            raise EngineError(
                "A filtered diff is not exported as SQL.", "Show all of its rows, or choose another format."
            )
        with work.output() as output:
            if to.format is Format.SQL:
                self._patch(branch, query.old, query.new, query.table, output, work)
            else:
                with self._diffs.streamed(branch, query) as source:
                    work.rows(output, source, query.table)
        return work.done()

    def changes(self, branch: str, old: str, new: str, to: Destination, progress: Progress | None = None) -> Exported:
        """All that differs between two revisions: one SQL script, or a directory with a file for each changed table.

        The directory is made, or has to be empty. Raises what `diff` raises.
        """
        work = _Work(to, self._db, progress)
        if to.format is Format.SQL:
            with work.output() as output:
                self._patch(branch, old, new, "", output, work)
            return work.done()
        assert to.path is not None, "only a script goes to a stream"
        place = new if not self._db.dialect.traits.reads_as_of and len(new) == 40 else branch
        with self._db.read(place, "export") as session:
            changed = summarise(session, old, new)
        with _directory(to.path) as directory:
            for change in changed:
                path = directory / f"{_file_name(change.table)}{to.format.ending}{'.gz' if to.compressed else ''}"
                with self._diffs.streamed(branch, DiffQuery(change.table, old, new)) as source:
                    with to_file(path, compressed=to.compressed) as output:
                        work.rows(output, source, change.table)
                work.files += 1
        work.files -= 1
        return work.done()

    def _patch(self, branch: str, old: str, new: str, table: str, output: Output, work: _Work) -> None:
        """The statements that make one revision of another, in the engine's own words."""
        marks = self._db.dialect.placeholders(3 if table else 2)
        with self._db.read(branch, "export") as session, session.pinned(old, new):
            values = session.dialect.known(session, old, new)
            sql = f"SELECT statement FROM dolt_patch({marks}) ORDER BY statement_order"
            for part in session.stream(sql, *values, *([table] if table else [])):
                work.tick(len(part))
                output.write("".join(f"{str(row[0]).rstrip().rstrip(';')};\n" for row in part))

    def database(
        self, branch: str, to: Destination, revision: str | None = None, progress: Progress | None = None
    ) -> Exported:
        """Everything as one SQL script that makes it again in an empty database: tables, rows, views, triggers,
        procedures, and the tables of Dolt's own that people write to.

        Raises what `table` raises, and `EngineError` for another format than SQL.
        """
        if to.format is not Format.SQL:
            raise EngineError("A whole database is exported as SQL.", "Export its tables one by one, or choose SQL.")
        place, as_of = self._tables.place(branch, revision)
        if as_of is not None:
            place = as_of  # definitions of views and triggers take no AS OF
        work = _Work(to, self._db, progress)
        with work.output() as output, self._db.visit(place, "export") as session, _snapshot(session):
            style = session.dialect.traits.sql
            made = definitions.of_database(session)
            counts = [_counted(session, name) for name, _ in made.tables]
            work.number = None if None in counts else sum(filter(None, counts))
            output.write(definitions.comment(f"{self._db.name.rpartition('/')[2]}, by dolt-tui"))
            output.write(definitions.opening(style))
            for name, text in made.tables:
                output.write(f"{text};\n" if text else "")
                work.rows(output, stream_of(session, Query(name), None), name, known=True)
                output.write("\n")
            output.write(definitions.statements(made, style))
            output.write(definitions.closing(style))
        return work.done()

    def source(self, source: Source, to: Destination, table: str = "", progress: Progress | None = None) -> Exported:
        """The rows of any other source; ``table`` is what SQL inserts them into."""
        work = _Work(to, self._db, progress)
        with work.output() as output:
            work.rows(output, source, table or "result")
        return work.done()


class _Work:
    """An export while it goes on."""

    def __init__(self, to: Destination, db: Connections, progress: Progress | None) -> None:
        self._to, self._style, self._progress = to, db.dialect.traits.sql, progress
        self._writer: type[RowWriter] = writer_of(to.format)
        self._done, self._began = 0, time.monotonic()
        self.number: int | None = None
        self.files = 1

    @contextmanager
    def output(self) -> Iterator[Output]:
        to = self._to
        if to.path is not None:
            with to_file(to.path, compressed=to.compressed, overwrite=to.overwrite) as output:
                yield output
        else:
            assert to.stream is not None
            with to_stream(to.stream) as output:
                yield output

    def tick(self, rows: int) -> None:
        """So many rows more are about to be written. Raises `Cancelled`."""
        cancellation = current()
        if cancellation is not None:
            cancellation.check()
        self._done += rows
        if self._progress is not None:
            self._progress(self._done, self.number)

    def rows(self, output: Output, source: Source, table: str, *, known: bool = False) -> None:
        """Write all rows of a source; ``known``: how many there are in all is set already."""
        if not known:
            self.number = source.number
        writer = self._writer(output, source.columns, table=table, style=self._style)
        writer.begin()
        rows = source.rows()
        while part := list(islice(rows, _AT_ONCE)):
            self.tick(len(part))
            writer.write(part)
        writer.end()

    def script_of_table(self, output: Output, made: Definitions, source: Source, table: str) -> None:
        output.write(definitions.opening(self._style))
        output.write("".join(f"{text};\n" for _, text in made.tables))
        self.rows(output, source, table)
        output.write(definitions.statements(made, self._style))
        output.write(definitions.closing(self._style))

    def done(self) -> Exported:
        path = self._to.path
        size = 0
        if path is not None:
            files = [path] if path.is_file() else list(path.iterdir())
            size = sum(file.stat().st_size for file in files)
        return Exported(self._done, size, time.monotonic() - self._began, path, self.files)


@contextmanager
def _snapshot(session: Session) -> Iterator[None]:
    """Let all that is read inside be of one moment; where a transaction is open already it is that one's."""
    if session.in_transaction:
        yield
        return
    session.execute(session.dialect.begin)
    try:
        yield
    finally:
        if not (session.connection.invalidated or session.shut):
            with suppress(Exception):  # where that fails the connection is lost, or thrown away
                session.end("ROLLBACK")


def _counted(session: Session, table: str) -> int | None:
    return int(session.scalar(f"SELECT count(*) FROM {session.dialect.quote(table)}"))


@contextmanager
def _directory(path: Path) -> Iterator[Path]:
    """A directory of files that is there only once it is whole."""
    check_directory(path)
    made = path.with_name(f".{path.name[:100]}.part")
    made.mkdir()
    try:
        yield made
        if path.is_dir():
            path.rmdir()
        made.rename(path)
    except OSError as error:
        raise EngineError(f"{path.name} cannot be written: {error.strerror or error}.") from error
    finally:
        if made.is_dir():
            for file in made.iterdir():
                file.unlink()
            made.rmdir()


def check_directory(path: Path) -> None:
    """Refuse a directory that holds something. Raises `EngineError`, `AlreadyExists`."""
    if path.is_dir():
        if any(path.iterdir()):
            raise EngineError(f"The directory {path} is not empty.", "Name a new one.")
    else:
        check(path, overwrite=False)


def _file_name(table: str) -> str:
    """A table's name as that of a file."""
    return "".join(sign if sign.isprintable() and sign not in '/\\:*?"<>|' else "_" for sign in table)[:200] or "_"
