"""Row changes of a table between two revisions, by pages.

The working set is read from the reflected ``dolt_diff_<table>``, as the tutorial does, where that is true: when
nothing of the table is staged, its definition did not change, and no column of its own is named like one of
Dolt's. Staged and unstaged changes apart, any other pair of revisions, and every page after the first come from
the ``dolt_diff()`` function, which pushes keys down (reference: dolt.md 5, scale.md 2.3).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from .changes import row_counts, summarise
from .connections import Connections, Session
from .errors import BranchNotFound, EngineError
from .model import (
    HEAD,
    STAGED,
    WORKING,
    ChangeKind,
    ColumnInfo,
    DiffColumn,
    DiffPage,
    EngineKind,
    RowChange,
    RowCounts,
    SchemaChange,
    Value,
)
from .reflection import Reflection

_SIDES = ("to", "from")
_METADATA = frozenset({"commit", "commit_date"})
_HARD_NAME = re.compile(r"[`\"\\\x00-\x1f]")
"""Names that SQLAlchemy's reflection does not read back as they are."""


@dataclass(frozen=True)
class _Layout:
    """Where the columns of a diff stand in its rows: ``to_…``, ``from_…``, ``diff_type``, read by position."""

    columns: tuple[DiffColumn, ...]
    new_at: tuple[int | None, ...]
    old_at: tuple[int | None, ...]
    kind_at: int

    @classmethod
    def of(cls, names: Sequence[str], keys: Sequence[str], types: dict[str, str]) -> _Layout:
        split = next(position for position, name in enumerate(names) if name.startswith("from_"))
        # The last two of each side are Dolt's own (commit and its date): a table may have columns of that name.
        new = {name.removeprefix("to_"): position for position, name in enumerate(names[: split - 2])}
        old = {name.removeprefix("from_"): split + position for position, name in enumerate(names[split:-3])}
        order = [*new, *(name for name in old if name not in new)]
        columns = tuple(DiffColumn(name, name in old, name in new, name in keys, types.get(name, "")) for name in order)
        return cls(columns, tuple(map(new.get, order)), tuple(map(old.get, order)), len(names) - 1)

    def change(self, row: Sequence[Value]) -> RowChange:
        kind = ChangeKind(row[self.kind_at])
        old = None if kind is ChangeKind.ADDED else tuple(None if at is None else row[at] for at in self.old_at)
        new = None if kind is ChangeKind.REMOVED else tuple(None if at is None else row[at] for at in self.new_at)
        changed: frozenset[int] = frozenset()
        if old is not None and new is not None:
            changed = frozenset(i for i, (a, b) in enumerate(zip(old, new, strict=True)) if a != b)
        return RowChange(kind, old, new, changed)


class Diffs:
    """Questions about what differs between two revisions."""

    def __init__(self, db: Connections) -> None:
        self._db = db
        self._reflection = Reflection()

    def page(
        self,
        branch: str,
        table: str,
        old: str,
        new: str,
        size: int,
        after: Sequence[Value] | int | None = None,
        *,
        plain: bool = False,
    ) -> DiffPage:
        """``size`` row changes of a table, in the order of its key, after the key given (None: the first ones).

        ``old`` and ``new`` are commits, or `HEAD`, `STAGED`, `WORKING`. ``plain`` tells that the table has nothing
        staged and the same definition on both sides, so that the reflected ``dolt_diff_<table>`` is true for it.
        A keyless table, and DoltLite, page by offset: ``after`` is a number then.
        """
        if table == "dolt_schemas" and self._db.dialect.kind is EngineKind.DOLTLITE:
            return DiffPage(table, old, new, (), (), False, note="Views and triggers have definitions, no rows.")
        with self._db.read(branch, "diff") as session:
            columns = self._columns(session, table, old, new)
            keys = [item.name for item in sorted(columns, key=lambda item: item.key_position) if item.primary_key]
            note = "" if after is not None else self._note(session, table, old, new)
            if (
                after is None
                and plain
                and not note
                and old in (HEAD, STAGED)
                and new == WORKING
                and self._simple(table, columns)
            ):
                names, rows = self._reflected(session, table, size + 1)
                by_key = bool(keys)
            else:
                names, rows, by_key = self._function(session, table, old, new, size + 1, after, [] if note else keys)
        if self._db.dialect.kind is EngineKind.DOLTLITE and names:
            names = _as_declared(names, columns)
        layout = _Layout.of(names, keys, {column.name: column.type for column in columns})
        changes = tuple(layout.change(row) for row in rows[:size])
        more = len(rows) > size
        following: Sequence[Value] | int | None = None
        if more and by_key and self._db.dialect.kind is EngineKind.DOLT and not isinstance(after, int):
            last = changes[-1]
            values = last.new if last.new is not None else last.old
            assert values is not None
            at = {column.name: position for position, column in enumerate(layout.columns)}
            following = tuple(values[at[name]] for name in keys)
        elif more:
            following = (after if isinstance(after, int) else 0) + size
        return DiffPage(table, old, new, layout.columns, changes, more, following, note)

    def _simple(self, table: str, columns: Sequence[ColumnInfo]) -> bool:
        """Whether the reflected table can be read as it is."""
        return (
            bool(columns)
            and not any(_HARD_NAME.search(name) for name in (table, *(column.name for column in columns)))
            and not any(column.name.lower() in _METADATA for column in columns)
            and not any(self._db.dialect.unread(column.type) for column in columns)
        )

    @staticmethod
    def _columns(session: Session, table: str, old: str, new: str) -> tuple[ColumnInfo, ...]:
        """The columns on the newer side, else on the older one; none where the table is on neither under this name."""
        for revision in (new, old):
            try:
                return session.dialect.columns(session, table, None if revision == WORKING else revision)
            except BranchNotFound:
                raise
            except EngineError:
                continue
        return ()

    def _function(
        self,
        session: Session,
        table: str,
        old: str,
        new: str,
        size: int,
        after: Sequence[Value] | int | None,
        keys: list[str],
    ) -> tuple[list[str], list[Any], bool]:
        """Names and rows of the diff function, and whether its pages go by key."""
        dialect = session.dialect
        old, new = dialect.known(session, old, new)
        relation, values = dialect.diff(table), dialect.diff_values(old, new, table)
        described, _ = session.described(f"SELECT * FROM {relation} LIMIT 0", *values)
        names = [item[0] for item in described]
        present = {name.lower() for name in names}
        unique = len(present) == len(names)
        by_key = bool(keys) and unique and all(f"{side}_{key}".lower() in present for key in keys for side in _SIDES)
        select = ", ".join(dialect.selected(item) for item in described) if unique else "*"
        if after is None or isinstance(after, int) or not by_key:
            offset = after if isinstance(after, int) else 0
            rows = session.rows(
                f"SELECT {select} FROM {relation} LIMIT {dialect.mark} OFFSET {dialect.mark}", *values, size, offset
            )
            return names, rows, by_key
        return names, _window(session, select, relation, values, keys, after, size), by_key

    def _reflected(self, session: Session, table: str, size: int) -> tuple[list[str], list[Any]]:
        """The working set's changes from the reflected ``dolt_diff_<table>``, as the tutorial reads them."""
        diff = self._reflection.table(session, f"dolt_diff_{table}", table)
        rows = session.select(sa.select(diff).where(diff.c.to_commit == WORKING).limit(size))
        return [str(column.name) for column in diff.c], rows

    @staticmethod
    def _note(session: Session, table: str, old: str, new: str) -> str:
        try:
            found = summarise(session, old, new, table)
        except BranchNotFound:
            raise
        except EngineError as error:
            if "primary key set changed" in error.message:
                return "The primary key changed: rows cannot be paired."
            return ""
        if session.dialect.kind is EngineKind.DOLTLITE and any(change.old_name for change in found):
            return f"The table was {found[0].old_name} before: all of its rows show as added."
        return ""

    def counts(self, branch: str, table: str, old: str, new: str) -> RowCounts | None:
        """How many rows of a table differ; None when nothing does, or they
        cannot be paired. The cost grows with them (11 µs each)."""
        with self._db.read(branch, "statistics") as session:
            try:
                return row_counts(session, old, new, table).get(table)
            except EngineError as error:
                if "primary key set changed" in error.message:
                    return None
                raise

    def schema(self, branch: str, table: str, old: str, new: str) -> SchemaChange | None:
        """What happened to a table's definition between two revisions; None when nothing did."""
        with self._db.read(branch, "schema diff") as session:
            mark = session.dialect.mark
            old, new = session.dialect.known(session, old, new)
            if table == "dolt_schemas" and session.dialect.kind is EngineKind.DOLTLITE:
                return _views(session, old, new)
            row = session.first(
                f"SELECT from_create_statement, to_create_statement FROM dolt_schema_diff({mark}, {mark}, {mark})",
                old,
                new,
                table,
            )
            if row is None:
                return None
            patch = session.rows(
                f"SELECT statement FROM dolt_patch({mark}, {mark}, {mark}) WHERE diff_type = 'schema'", old, new, table
            )
        return SchemaChange(table, row[0] or "", row[1] or "", tuple(str(item[0]) for item in patch))


def _views(session: Session, old: str, new: str) -> SchemaChange | None:
    """What happened to views and triggers on DoltLite, where they stand in no table."""
    rows = session.rows("SELECT from_create_statement, to_create_statement FROM dolt_schema_diff(?, ?)", old, new)
    pairs = [row for row in rows if re.match(r"(?i)\s*CREATE\s+(TEMP\w*\s+)?(VIEW|TRIGGER)", row[1] or row[0])]
    if not pairs:
        return None
    before, after = (";\n".join(row[side] for row in pairs if row[side]) for side in (0, 1))
    return SchemaChange("dolt_schemas", before, after)


def _as_declared(names: list[str], columns: Sequence[ColumnInfo]) -> list[str]:
    """``names`` with the columns' own names: DoltLite renames one that is called like its own."""
    count = len(columns)
    if len(names) != 2 * count + 5:
        return names
    new, old = [f"to_{column.name}" for column in columns], [f"from_{column.name}" for column in columns]
    return [*new, *names[count : count + 2], *old, *names[-3:]]


def _window(
    session: Session,
    select: str,
    relation: str,
    values: tuple[object, ...],
    keys: list[str],
    after: Sequence[Value],
    size: int,
) -> list[Any]:
    """The rows behind a key: those that are there now, and between them those that were removed.

    Keys are pushed down on one side only, so the two sides are asked apart and put in order by the server.
    """
    quote, mark = session.dialect.quote, session.dialect.mark
    new, old = [quote(f"to_{key}") for key in keys], [quote(f"from_{key}") for key in keys]
    above_new, bound = _beyond(new, after, mark, ">")
    above_old, _ = _beyond(old, after, mark, ">")
    last = session.first(
        f"SELECT {', '.join(new)} FROM {relation} WHERE {above_new} LIMIT 1 OFFSET {mark}", *values, *bound, size - 1
    )
    below_new, below_old = "", ""
    limit: list[Value] = []
    if last is not None:
        text, limit = _beyond(new, last, mark, "<", equal=True)
        below_new, below_old = f" AND ({text})", f" AND ({_beyond(old, last, mark, '<', equal=True)[0]})"
    order = ", ".join(f"coalesce({a}, {b})" for a, b in zip(new, old, strict=True))
    return session.rows(
        "SELECT * FROM ("
        f"(SELECT {select} FROM {relation} WHERE ({above_new}){below_new} LIMIT {mark})"
        f" UNION ALL (SELECT {select} FROM {relation} WHERE ({above_old}){below_old}"
        f" AND diff_type = 'removed' LIMIT {mark})"
        f") AS changes ORDER BY {order} LIMIT {mark}",
        *values,
        *bound,
        *limit,
        size,
        *values,
        *bound,
        *limit,
        size,
        size,
    )


def _beyond(
    names: Sequence[str], key: Sequence[Value], mark: str, sign: str, *, equal: bool = False
) -> tuple[str, list[Value]]:
    """The condition that a composite key lies beyond ``key``, in the OR form that Dolt pushes down."""
    parts, bound = [], []
    for length in range(1, len(names) + 1):
        last = f"{sign}=" if equal and length == len(names) else sign
        parts.append(
            " AND ".join([*(f"{name} = {mark}" for name in names[: length - 1]), f"{names[length - 1]} {last} {mark}"])
        )
        bound += list(key[:length])
    return " OR ".join(f"({part})" for part in parts), bound
