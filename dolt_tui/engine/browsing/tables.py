"""Tables: their names and definitions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..core.auto_increment import without_counter
from ..core.connections import Connections
from ..core.revisions import resolve
from ..core.table_changes import summarise
from ..errors import BranchNotFound, Cancelled, EngineError, ServerLost, TableNotFound
from ..model import HEAD, WORKING, DropPreview, Schema, Table
from .foreign_keys import referring


class Tables:
    """Questions about tables of a branch, or of any revision."""

    def __init__(self, db: Connections) -> None:
        self._db = db

    def tables(self, branch: str) -> tuple[Table, ...]:
        """Tables and views, by name; with the numbers of rows where the engine keeps them."""
        with self._db.read(branch, "tables") as session:
            return session.dialect.tables(session)

    def drop_preview(self, branch: str, table: str) -> DropPreview:
        """What dropping a table or view of the working set would do. Raises `TableNotFound`."""
        with self._db.read(branch, "what a drop would do") as session:
            dialect = session.dialect
            now = dialect.ddl(session, table, None)
            head = resolve(session, HEAD)
            changed = any(table in (change.table, change.old_name) for change in summarise(session, HEAD, WORKING))
            refusing, cascading = referring(session, table)
        try:
            with self._db.visit(head, "what a drop would do") as there:
                then = dialect.ddl(there, table, None)
        except TableNotFound:
            then = ""
        same = without_counter(now) == without_counter(then)
        return DropPreview(same and not changed, refusing, cascading)

    def place(self, branch: str, revision: str | None) -> tuple[str, str | None]:
        """The revision to connect to in order to read a table at ``revision``, and the one to put after ``AS OF``, or
        None: the working set, and all that DoltLite reads, where a connection sees its own revision only."""
        if revision == WORKING:
            revision = None
        if revision is not None and not self._db.dialect.traits.reads_as_of:
            # As a place to connect to, a branch's name means its working set, and HEAD that of the default branch.
            # engine-facts.md#branch-as-of
            with self._db.read(branch, "resolve") as session:
                revision = resolve(session, revision)
        return self._db.dialect.place(branch, revision)

    def count(self, branch: str, table: str) -> int:
        """The number of rows of a table; not free on DoltLite, nor for a view."""
        with self._db.read(branch, "number of rows") as session:
            return int(session.scalar(f"SELECT count(*) FROM {session.dialect.quote(table)}"))

    def counted(self, branch: str, tables: Sequence[Table]) -> tuple[Table, ...]:
        """``tables`` with the rows of those that `tables` gave no number for, or with why they cannot be counted.

        Views are left as they are. The cost is that of `count` for each. Raises `BranchNotFound`.
        """
        return tuple(
            table if table.is_view or table.rows is not None else self._counted(branch, table) for table in tables
        )

    def _counted(self, branch: str, table: Table) -> Table:
        try:
            return replace(table, rows=self.count(branch, table.name))
        except (BranchNotFound, Cancelled, ServerLost):
            raise  # nothing else can be counted either
        except EngineError as error:
            return replace(table, uncounted=error.message)

    def schema(self, branch: str, table: str, revision: str | None = None) -> Schema:
        """Columns and DDL of a table, of the working set or of ``revision``. Raises `TableNotFound`."""
        where, as_of = self.place(branch, revision)
        with self._db.read(where, "schema") as session:
            columns = session.dialect.columns(session, table, as_of)
            return Schema(table, columns, session.dialect.ddl(session, table, as_of))
