"""The rows that conflict in an open transaction as a relation in SQL, whose columns have names of their own.

The engines' table ``dolt_conflicts_<table>`` may have two columns of one name, where a column of the table is called
like one of its own; and it calls a renamed column of a side by its old name. Here columns are called ``base_x``,
``our_x`` and ``their_x`` after the column ``x`` of the table as the merge defines it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher

from ...frozen import Frozen
from ..core.connections import Session
from ..model import ColumnInfo, key_of
from ..model.conflicts import Side

PREFIXES = {Side.BASE: "base_", Side.OURS: "our_", Side.THEIRS: "their_"}
ENTRIES = "conflicts"
"""What the relation is called in a statement."""
# Not after the pattern of the table's own columns, so that none can be called alike.
_ROOT, _OUR_KIND, _THEIR_KIND, _ID = "#root", "#ours", "#theirs", "#id"
_COUNTS = {Side.BASE: "#base count", Side.OURS: "#our count", Side.THEIRS: "#their count"}
REMOVED = "removed"
HAS_BASE = "#base"
"""Whether the base has the row; only where the sides are joined."""


def merged_names(
    merged: Sequence[ColumnInfo],
    sides: Mapping[Side, Sequence[ColumnInfo]],
    told: Callable[[Side], Mapping[str, str] | None] | None = None,
) -> Mapping[Side, Mapping[str, str]]:
    """What the columns of each side are called in the merged table; those that it does not have are left out.

    ``told`` gives the columns that a side has renamed, as far as the engine knows; it is asked only where the names
    differ. Else one counts as renamed that stands in the place of another one of its type, while neither definition has
    the other's name.
    """
    known = {column.name.lower(): column.name for column in merged}
    found = {side: {c.name: known[c.name.lower()] for c in of if c.name.lower() in known} for side, of in sides.items()}
    if all(len(found[side]) == len(of) for side, of in sides.items()):
        return found
    base = sides[Side.BASE]
    renamed: dict[Side, Mapping[str, str]] = {}
    for side in (Side.OURS, Side.THEIRS):
        by_engine = told(side) if told is not None and base and sides[side] else None
        renamed[side] = renamed_by_place(base, sides[side]) if by_engine is None else by_engine
    names = {column.name: column.name for column in base} | dict(renamed[Side.THEIRS]) | dict(renamed[Side.OURS])
    for side, columns in sides.items():
        before = {new: old for old, new in renamed.get(side, {}).items()}
        called = {column.name: names.get(before.get(column.name, column.name), column.name) for column in columns}
        found[side] = {name: known[new.lower()] for name, new in called.items() if new.lower() in known}
    return found


def renamed_by_place(old: Sequence[ColumnInfo], new: Sequence[ColumnInfo]) -> dict[str, str]:
    """The columns of one definition that have another name in the next."""
    one, other = ([column.name.lower() for column in columns] for columns in (old, new))
    found = {}
    for what, start, end, at, until in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if what == "replace":  # columns that were added besides stand behind those
            for before, after in zip(old[start:end], new[at:until], strict=False):
                if before.type.lower() == after.type.lower():
                    found[before.name] = after.name
    return found


class Relation(Frozen):
    """The conflicts of one table in a session whose transaction conflicts."""

    session: Session
    table: str
    columns: tuple[ColumnInfo, ...]
    """As the merge defines the table."""
    names: tuple[str, ...]
    """Of the relation's columns, in their order."""
    source: str
    """The SELECT that gives them."""
    bound: tuple[object, ...] = ()
    """What ``source`` binds."""

    @property
    def key(self) -> tuple[ColumnInfo, ...]:
        return key_of(self.columns)

    def of(self, side: Side) -> tuple[ColumnInfo, ...]:
        """The columns that a side has."""
        return tuple(column for column in self.columns if PREFIXES[side] + column.name in self.names)

    @property
    def counted(self) -> bool:
        """Whether a row comes with how often each side has it."""
        return _COUNTS[Side.OURS] in self.names

    def column(self, side: Side, column: ColumnInfo) -> str:
        """A column of a side, to be selected so that the driver can read it."""
        return self.session.dialect.column(PREFIXES[side] + column.name, column.type)

    def comparable(self, side: Side, column: ColumnInfo) -> str:
        """A column of a side as an expression that can be compared with those of the others."""
        return self.column(side, column).removesuffix(f" AS {self.quoted(side, column.name)}")

    def quoted(self, side: Side, name: str) -> str:
        """A column of a side in an expression."""
        return self.session.dialect.quote(PREFIXES[side] + name)

    def kind(self, side: Side) -> str:
        """What ours or theirs did to the row, as an expression: ``added``, ``modified`` or ``removed``."""
        return self.session.dialect.quote(_OUR_KIND if side is Side.OURS else _THEIR_KIND)

    @property
    def id(self) -> str:
        return self.session.dialect.quote(_ID)

    def count(self, side: Side) -> str:
        return self.session.dialect.quote(_COUNTS[side])

    def select(self, what: str, rest: str = "") -> str:
        """A statement over all rows; it binds ``bound`` before what ``what`` and ``rest`` bind."""
        names = ", ".join(map(self.session.dialect.quote, self.names))
        return f"WITH {ENTRIES} ({names}) AS ({self.source}) SELECT {what} FROM {ENTRIES}{rest}"


def relation_of(
    session: Session,
    table: str,
    columns: Sequence[ColumnInfo],
    renamed: Callable[[], Mapping[Side, Mapping[str, str]]],
) -> Relation:
    """The conflicts of a table in the session's transaction; ``columns`` are those of the merged table.

    ``renamed`` says what columns of each side are called in it; it is asked only where a name is not known there.
    """
    source = session.dialect.quote(f"dolt_conflicts_{table}")
    merged = [column.name for column in columns]
    if session.by_engine(dolt=True, doltlite=False):
        spelt = [str(item[0]) for item in session.described(f"SELECT * FROM {source} LIMIT 0")[0]]
    else:
        # It gives each side the merged columns, and numbers those that are called like one of its own.
        base, ours, theirs = ([prefix + name for name in merged] for prefix in PREFIXES.values())
        spelt = [_ROOT, *base, *ours, "our_diff_type", *theirs, "their_diff_type", "dolt_conflict_id"]
    names = named(spelt, merged, renamed)
    return Relation(session, table, tuple(columns), names, f"SELECT * FROM {source}")


def named(
    names: Sequence[str], merged: Sequence[str], renamed: Callable[[], Mapping[Side, Mapping[str, str]]]
) -> tuple[str, ...]:
    """Names of their own for the columns of ``dolt_conflicts_<table>``, by their positions."""
    first = next(at for at, name in enumerate(names) if name.startswith(PREFIXES[Side.OURS]))
    second = next(at for at, name in enumerate(names) if at > first and name.startswith(PREFIXES[Side.THEIRS]))
    last = max(at for at, name in enumerate(names) if name.startswith("dolt_conflict_id"))
    known = {name.lower(): name for name in merged}
    found = [_ROOT]
    for side, start, end in ((Side.BASE, 1, first), (Side.OURS, first, second - 1), (Side.THEIRS, second, last - 1)):
        own = [name.removeprefix(PREFIXES[side]) for name in names[start:end]]
        also = renamed()[side] if any(name.lower() not in known for name in own) else {}
        for name in own:
            new = known.get(name.lower()) or also.get(name)
            # A column that the merge has no more keeps its name, behind a sign that no other one has.
            found.append(f"#{side} {name}" if new is None else PREFIXES[side] + new)
        if side is Side.OURS:
            found.append(_OUR_KIND)
    found += [_THEIR_KIND, _ID, *list(_COUNTS.values())[: len(names) - last - 1]]
    return tuple(found)
