"""The rows of which columns are counted: those of a query, or of two revisions, as relations in SQL."""

from __future__ import annotations

from collections.abc import Sequence

from ...frozen import Frozen
from ..core.connections import Session
from ..core.literals import quoted_text
from ..errors import NO_ANSWER, BranchNotFound, ColumnNotFound, EngineError
from ..model import WORKING, ChangeKind, ColumnInfo, SqlStyle
from .diff_relation import DiffRelation
from .diff_sides import Sides as DiffSides
from .diff_sides import sides_of
from .keyset import where
from .query import DiffQuery, Query
from .table_rows import wanted


class Side(Frozen):
    """The rows of one revision."""

    relation: str
    values: tuple[object, ...]
    """What ``relation`` binds."""
    condition: str
    bound: tuple[object, ...]
    """What ``condition`` binds."""
    columns: tuple[ColumnInfo, ...]
    spelt: dict[str, str]
    """The quoted expressions for the columns."""

    @property
    def source(self) -> str:
        return f"{self.relation}{where(self.condition)}"

    @property
    def binds(self) -> tuple[object, ...]:
        return (*self.values, *self.bound)

    def column(self, name: str) -> ColumnInfo | None:
        return next((column for column in self.columns if column.name == name and name in self.spelt), None)


class Sides(Frozen):
    """The rows that are asked about: of one revision, or of two."""

    new: Side | None
    """The newer side, or the only one; None where a diff's table is not there."""
    old: Side | None
    both: bool
    """Whether two revisions are compared."""
    note: str = ""

    def column(self, name: str) -> ColumnInfo:
        """The column on the newer side, else on the older one. Raises `ColumnNotFound`."""
        for side in (self.new, self.old):
            if side is not None and (found := side.column(name)) is not None:
                return found
        raise ColumnNotFound(f"The table has no column {name}.")

    @property
    def each(self) -> list[Side | None]:
        """The newer side behind the older one, or the only one."""
        return [self.old, self.new] if self.both else [self.new]


def sides_for(session: Session, source: Query | DiffQuery, as_of: str | None, columns: Sequence[str]) -> Sides:
    """The rows that are asked about. Raises `ColumnNotFound` where no side has one of the columns."""
    quote = session.dialect.quote
    if isinstance(source, Query):
        relation, values, condition, bound, there = wanted(session, source, as_of)
        found = Sides(
            Side(relation, values, condition, bound, there, {one.name: quote(one.name) for one in there}), None, False
        )
    else:
        found = _of_diff(session, source)
    for name in columns:
        found.column(name)
    return found


def _of_diff(session: Session, query: DiffQuery) -> Sides:
    sides = sides_of(session, query.table, query.old, query.new, noted=False)
    if not query.filter.empty:
        return _of_changes(session, query, sides)
    one, other = session.dialect.known(session, query.old, query.new)
    before = _at(session, sides.old_name, one, sides.old)
    after = _at(session, sides.new_name, other, sides.new)
    return Sides(after, before, True)


def _at(session: Session, table: str, revision: str, columns: tuple[ColumnInfo, ...]) -> Side | None:
    """A table at a revision; None where it is not there."""
    quote = session.dialect.quote
    if session.dialect.traits.reads_as_of:
        if not columns:
            return None
        return _side(session, f"{quote(table)} AS OF {session.dialect.placeholder}", (revision,), columns)
    if revision == WORKING:
        return _side(session, quote(table), (), columns) if columns else None
    # Bound, it would have the columns of the branch: engine-facts.md#doltlite-at
    relation = f"{quote('dolt_at_' + table)}({quoted_text(revision, SqlStyle.SQLITE)}) AS there"
    try:
        described, _ = session.described(f"SELECT * FROM {relation} LIMIT 1")
    except (BranchNotFound, *NO_ANSWER):
        raise
    except EngineError:
        return None
    known = {column.name: column for column in columns}
    columns = tuple(known.get(item[0]) or ColumnInfo(item[0], "") for item in described)
    return _side(session, relation, (), columns, "there.")  # else a name that is unknown would be a text


def _side(
    session: Session, relation: str, values: tuple[object, ...], columns: tuple[ColumnInfo, ...], before: str = ""
) -> Side:
    spelt = {column.name: before + session.dialect.quote(column.name) for column in columns}
    return Side(relation, values, "", (), columns, spelt)


def _of_changes(session: Session, query: DiffQuery, sides: DiffSides) -> Sides:
    """The two sides of the changes that a filter lets pass."""
    relation = DiffRelation.of(session, query, sides)
    found = []
    for prefix, columns, without in (("to_", sides.new, ChangeKind.REMOVED), ("from_", sides.old, ChangeKind.ADDED)):
        held = [one for one in columns if not one.virtual]
        spelt = {one.name: name for one in held if (name := relation.spelt(prefix + one.name, sides.columns))}
        condition = " AND ".join(filter(None, (f"diff_type <> '{without}'", relation.condition)))
        found.append(Side(relation.relation, relation.values, condition, relation.bound, tuple(held), spelt))
    return Sides(found[0], found[1], True, "Only the changes that are shown are counted.")
