"""Row changes of a table between two revisions, by pages.

The working set is read from the reflected ``dolt_diff_<table>``, as the tutorial does, where that is right: when
nothing of the table is staged, its definition did not change, and no column of its own is named like one of
Dolt's. Staged and unstaged changes apart, any other pair of revisions, and every page after the first come from
the ``dolt_diff()`` function, which pushes keys down. See engine-facts.md#diff-pushes-keys-down.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from ...frozen import Frozen
from ..core.auto_increment import counters, moved_counter
from ..core.connections import Connections, Session
from ..core.ddl import moves
from ..core.reflection import Reflection
from ..errors import EngineError
from ..model import (
    FIRST,
    HEAD,
    STAGED,
    WORKING,
    ColumnInfo,
    Cursor,
    DiffPage,
    Found,
    Position,
    RowCounts,
    SchemaChange,
)
from .diff_backward import BackwardDiff
from .diff_counts import row_counts
from .diff_layout import DiffLayout, as_declared
from .diff_relation import DiffRelation
from .diff_sides import Sides, sides_of
from .query import DiffQuery, inexact
from .row_stream import RowStream
from .text_search import containing, scan
from .view_definitions import changed_definitions, definition_counts, without_rows

_METADATA = frozenset({"commit", "commit_date"})
_HARD_NAME = re.compile(r"[`\"\\\x00-\x1f]")
"""Names that SQLAlchemy's reflection does not read back as they are."""


class Diffs:
    """Questions about what differs between two revisions."""

    def __init__(self, db: Connections) -> None:
        self._db = db
        self._reflection = Reflection()

    def page(self, branch: str, query: DiffQuery, size: int, position: Position = FIRST) -> DiffPage:
        """``size`` row changes of a table, at a position: cursors are those of earlier pages of the same query.

        DoltLite and tables without a key that compares exactly page by offset: cursors are numbers then.

        The cost is that of the page at any depth, by offset 8 µs for each row before it; with a filter, that of the
        changes looked at until the page is full (10 µs each). Backwards 0.15 µs are added for each row of the table
        between the rows of the page; from the end by offset all rows are counted.

        Raises `TableNotFound`, `RefNotFound`, `EngineError` for a column on neither side and for what the filter's
        condition contains.
        """
        if without_rows(self._db.dialect.traits, query.table):
            note = "Views and triggers have definitions, no rows."
            return DiffPage(query.table, query.old, query.new, (), (), False, note=note)
        return self._db.remembering(
            self._connected_to(branch, query.new), lambda: self._page(branch, query, size, position)
        )

    def _page(self, branch: str, query: DiffQuery, size: int, position: Position) -> DiffPage:
        table, old, new = query.table, query.old, query.new
        with self._db.read(self._connected_to(branch, new), "diff") as session, session.pinned(old, new):
            sides = sides_of(session, table, old, new, noted=position.cursor is None)
            if sides.blocked_by:
                return DiffPage(table, old, new, (), (), False, note=sides.blocked_by)
            columns, keys = sides.columns, sides.keys
            if query.plain and position == FIRST and self._reflects(query, sides):
                names, rows = self._reflected(session, table, size + 1)
                by_key = self._by_key(keys)
                part = DiffPart(rows[:size], True, len(rows) > size)
            else:
                relation = DiffRelation.of(session, query, sides)
                names = list(relation.names)
                by_key = self._by_key(keys) and relation.keyed([key.name for key in keys])
                if not by_key or isinstance(position.cursor, int):
                    by_key, part = False, _by_offset(relation, size, position)
                else:
                    part = part_by_key(BackwardDiff(relation, table, (new, old), keys), size, position)
        if self._db.dialect.traits.diff_renames_columns and names:
            names = as_declared(names, columns)
        types = {column.name: column.type for column in columns}
        layout = DiffLayout.of(names, [key.name for key in keys], types, sides.unheld)
        changes = tuple(layout.change(row) for row in part.rows)
        order = layout.positions(key.name for key in keys) if by_key else ()
        page = DiffPage(table, old, new, layout.columns, changes, part.more, None, sides.note, None, part.first, order)
        last: Cursor | None = part.skipped + len(changes)
        first: Cursor | None = part.skipped
        if by_key and changes:
            last, first = page.cursor(changes[-1]), page.cursor(changes[0])
        return replace(page, after=last if part.more else None, before=None if part.first else first)

    def find(self, branch: str, query: DiffQuery, text: str, position: Position = FIRST) -> Found | None:
        """The first row that `page` would show at a position of which some column on either side contains ``text``;
        the last one where the position is `Last`, or `Before` a cursor; None where there is none.

        Cursors are those of `page`, of `DiffPage.cursor`, or of an earlier `Found`; a text is contained in the same
        sense as for `Query.contains`. Columns of which the diff has two under one name are not searched. The cost grows
        with the changes looked at (20 µs each). Raises what `page` raises.
        """
        table, old, new = query.table, query.old, query.new
        if without_rows(self._db.dialect.traits, table):
            return None
        with self._db.read(self._connected_to(branch, new), "search") as session, session.pinned(old, new):
            sides = sides_of(session, table, old, new, noted=False)
            if sides.blocked_by:
                return None
            relation = DiffRelation.of(session, query, sides)
            wanted = relation.searched(sides.columns, sides.old)
            condition, bound = containing(session.dialect, [session.dialect.quote(name) for name in wanted], text)
            keys = sides.keys
            names = [key.name for key in keys]
            by_key = self._by_key(keys) and relation.keyed(names)
            cursor = position.cursor
            if not by_key or isinstance(cursor, int):
                return _find_by_offset(relation, (condition, bound), names, position)
            diff = BackwardDiff(relation, table, (new, old), keys)
            searched = relation.also(condition, bound)
            if position.backward:
                rows = replace(diff, relation=searched).rows(cursor, 1)
                found = relation.key_of(rows[0], names) if rows else None
            else:
                found = searched.first(names, cursor)
            if found is None:
                return None
            ahead = diff.rows(found, 1)
            return Found(found, relation.key_of(ahead[0], names) if ahead else None, found, found)

    @contextmanager
    def streamed(self, branch: str, query: DiffQuery) -> Iterator[RowStream]:
        """All row changes that `page` would show, as columns ``to_…``, ``from_…`` and ``diff_type``; they are read
        within the block.

        Raises what `page` raises, and `EngineError` where the sides cannot be compared by rows.
        """
        old, new = query.old, query.new
        with self._db.read(self._connected_to(branch, new), "export") as session, session.pinned(old, new):
            sides = sides_of(session, query.table, old, new, noted=False)
            if sides.blocked_by:
                raise EngineError(sides.blocked_by)
            yield DiffRelation.of(session, query, sides).stream(sides.columns, sides.old)

    def count(self, branch: str, query: DiffQuery, limit: int) -> int:
        """How many row changes there are of those that `page` would show, counted up to ``limit``.

        `statistics` tells added, modified and removed rows apart, without a filter and without a limit.
        The cost grows with the changes looked at until there are ``limit`` of them: 3 ms for 1,000 without a filter.
        Raises what `page` raises.
        """
        table, old, new = query.table, query.old, query.new
        if without_rows(self._db.dialect.traits, table):
            return 0
        with self._db.read(self._connected_to(branch, new), "number of changes") as session, session.pinned(old, new):
            sides = sides_of(session, table, old, new, noted=False)
            if sides.blocked_by:
                return 0
            return DiffRelation.of(session, query, sides).count(limit)

    def _by_key(self, keys: Sequence[ColumnInfo]) -> bool:
        """Whether rows can be paged by such a key: the engine pushes it down, and what was read of it is its value."""
        return bool(keys) and self._db.dialect.traits.diff_by_key and not any(inexact(key.type) for key in keys)

    def _connected_to(self, branch: str, new: str) -> str:
        """The revision to connect to for reading."""
        commit = not self._db.dialect.traits.reads_as_of and re.fullmatch(r"[0-9a-f]{40}", new)
        return new if commit else branch

    def _reflects(self, query: DiffQuery, sides: Sides) -> bool:
        """Whether the reflected ``dolt_diff_<table>`` has these rows, and can be read as it is."""
        table, columns = query.table, sides.columns
        return (
            query.filter.empty
            and query.old in (HEAD, STAGED)
            and query.new == WORKING
            and sides.old == sides.new
            and bool(sides.keys)
            and not any(_HARD_NAME.search(name) for name in (table, *(column.name for column in columns)))
            and not any(column.name.lower() in _METADATA for column in columns)
            and not any(self._db.dialect.unread(column.type) for column in columns)
        )

    def _reflected(self, session: Session, table: str, size: int) -> tuple[list[str], list[Any]]:
        """The working set's changes from the reflected ``dolt_diff_<table>``, as the tutorial reads them."""
        diff = self._reflection.table(session, f"dolt_diff_{table}", table)
        rows = session.select(sa.select(diff).where(diff.c.to_commit == WORKING).limit(size))
        return [str(column.name) for column in diff.c], rows

    def statistics(self, branch: str, table: str, old: str, new: str) -> RowCounts | None:
        """How many rows and cells of a table differ, and how many rows each side has; None where none differ.

        `count` counts the changes that a filter lets pass; `WorkingSet.with_counts` and others that take ``counts``
        count those of all changed tables. The cost grows with the rows that differ (4 µs each).

        Raises `TableNotFound` where neither side has the table, `RefNotFound`, `RowsNotPaired` where the sides cannot
        be compared, `NotAskedAgain`, `BranchNotFound`.
        """
        with self._db.read(self._connected_to(branch, new), "statistics") as session, session.pinned(old, new):
            return session.recall([old, new], ("statistics", table), lambda: self._statistics(session, table, old, new))

    @staticmethod
    def _statistics(session: Session, table: str, old: str, new: str) -> RowCounts | None:
        if without_rows(session.dialect.traits, table):
            counts = definition_counts(session, old, new)
        else:
            counts = row_counts(session, sides_of(session, table, old, new, noted=False), table, old, new)
        return counts if counts.total else None

    def schema(self, branch: str, table: str, old: str, new: str) -> SchemaChange | None:
        """What happened to a table's definition between two revisions; None when nothing did."""
        with self._db.read(branch, "schema diff") as session:
            values = session.dialect.placeholders(3)
            old, new = session.dialect.known(session, old, new)
            if without_rows(self._db.dialect.traits, table):
                return _views(session, old, new)
            row = session.first(
                f"SELECT from_create_statement, to_create_statement FROM dolt_schema_diff({values})",
                old,
                new,
                table,
            )
            if row is None:
                return _counter(session, table, old, new) if session.dialect.traits.counter_in_definition else None
            patch = session.rows(
                f"SELECT statement FROM dolt_patch({values}) WHERE diff_type = 'schema'",
                old,
                new,
                table,
            )
            before, after = row[0] or "", row[1] or ""
            statements = [str(item[0]) for item in patch]
            if before and after and session.dialect.traits.moves_columns:
                statements += moves(session.dialect.quote(table).replace("%%", "%"), before, after)
        return SchemaChange(table, before, after, tuple(statements))


class DiffPart(Frozen):
    """Some rows of a diff, as the engine gave them."""

    rows: list[Any]
    first: bool
    more: bool
    skipped: int = 0
    """How many rows precede them; only known by offset."""


def _by_offset(relation: DiffRelation, size: int, position: Position) -> DiffPart:
    offset = position.cursor if isinstance(position.cursor, int) else None
    skip = offset or 0
    if position.backward:
        stop = relation.count() if offset is None else offset
        skip = max(0, stop - size)
        size = stop - skip
    rows = relation.by_offset(size + 1, skip)
    return DiffPart(rows[:size], skip == 0, len(rows) > size, skip)


def part_by_key(diff: BackwardDiff, size: int, position: Position) -> DiffPart:
    key = position.cursor
    assert not isinstance(key, int)
    if position.backward:
        rows = diff.rows(key, size + 1)
        return DiffPart(rows[-size:], len(rows) <= size, key is not None)
    if key is None:
        rows = diff.relation.by_offset(size + 1, 0)
    else:
        rows = diff.relation.after([key.name for key in diff.keys], key, size + 1)
    return DiffPart(rows[:size], key is None, len(rows) > size)


def _find_by_offset(
    relation: DiffRelation, condition: tuple[str, Sequence[object]], keys: Sequence[str], position: Position
) -> Found | None:
    def marked(size: int, skip: int) -> list[bool]:
        return relation.marked(*condition, size, skip)

    offset = position.cursor if isinstance(position.cursor, int) else None
    if position.backward:
        at = scan(marked, stop=relation.count() if offset is None else offset)
    else:
        at = scan(marked, start=offset or 0)
    if at is None:
        return None
    rows = relation.by_offset(1, at) if relation.keyed(keys) else []
    return Found(relation.key_of(rows[0], keys) if rows else (), at or None, at + 1, at)


def _counter(session: Session, table: str, old: str, new: str) -> SchemaChange | None:
    """The change of a table of which only the counter changed; None where something else did, or nothing."""
    found = counters(session, old, new, table)
    if found is None:
        return None
    statement = f"ALTER TABLE {session.dialect.quote(table)} AUTO_INCREMENT = {moved_counter(*found) or 1};"
    return SchemaChange(table, *found, (statement,), counter_only=True)


def _views(session: Session, old: str, new: str) -> SchemaChange | None:
    """What happened to views and triggers where they are not rows of a table."""
    pairs = changed_definitions(session, old, new)
    if not pairs:
        return None
    before, after = (";\n".join(row[side] for row in pairs if row[side]) for side in (0, 1))
    return SchemaChange("dolt_schemas", before, after)
