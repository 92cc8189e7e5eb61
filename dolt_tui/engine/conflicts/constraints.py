"""Constraints that are broken in an open transaction, with the rows concerned, and their verification."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeAlias

from ..core.connections import Session
from ..core.constraint_violations import MOST_READ, sample, violation, violations
from ..errors import NO_ANSWER, EngineError
from ..model import RowKey, RowValues, Value, Violation, key_of
from ..model.conflicts import Broken, BrokenRow, Related
from ..model.editing import hashable
from .side_rows import rows_at

_SAMPLES = 3
_Related: TypeAlias = Mapping[int, Sequence[Related]]
"""By the number of the row."""
MOST = 200
"""At most so many rows of each constraint are reported."""
Sides: TypeAlias = tuple[str, str, str]
"""The commits of base, ours and theirs."""


def verified(session: Session) -> bool:
    """Whether all constraints are kept in the open transaction, as far as it differs from HEAD; some milliseconds.

    Where they are not, they are listed afterwards (`broken_in`), and the transaction has to be taken back, with
    `after_broken` at its end. Entries that were there before have to be cleared before this.
    """
    # Without --output-only, and without --all, Dolt brings dropped tables back, empty.
    # engine-facts.md#verification-brings-tables-back
    # DoltLite does not see with it that rows lost what they refer to. engine-facts.md#verification-of-doltlite
    if session.dialect.traits.server and not session.call("dolt_verify_constraints", "--output-only")[0]:
        return True
    # Slow on Dolt, the only way to have them listed, and what to believe: where a row has the unique value that another
    # one had before, it answers as if both still had it. engine-facts.md#verification-of-passed-on-values
    return not session.call("dolt_verify_constraints", "--all")[0]


def after_broken(session: Session) -> None:
    """After a transaction in which `verified` found something was rolled back: take the failure that Dolt has ready.

    The next write on the server fails once, whoever sends it: let it be this one, which changes nothing.
    See engine-facts.md#verify-fails-the-next-write.
    """
    if not session.dialect.traits.server:
        return
    name = f"dolt_tui_nothing_{secrets.token_hex(6)}"
    try:
        session.call("dolt_tag", "--", name, "HEAD")
    except NO_ANSWER:
        raise
    except EngineError:
        return
    with suppress(EngineError):
        session.call("dolt_tag", "-d", "--", name)


def broken_in(session: Session, sides: Sides | None = None) -> tuple[Broken, ...]:
    """The constraints that the open transaction lists as broken, each with some of its rows.

    ``sides`` are the commits at which these rows are read, too. Some milliseconds for each table, and the rows' own.
    """
    found: list[Broken] = []
    quote = session.dialect.quote
    for table, number in session.rows(f"SELECT {quote('table')}, num_violations FROM dolt_constraint_violations"):
        try:
            found += _Table(session, str(table), sides).broken()
        except NO_ANSWER:
            raise
        except EngineError:  # values that cannot be read, or a name that the engine's own tables cannot have
            if session.connection.invalidated:
                raise
            told = [each for each in violations(session.dialect, session) if each.table == str(table)]
            found += [Broken(each, (), more=True) for each in told] or [
                Broken(Violation("constraint", str(table), rows=int(number or 0)), (), more=True)
            ]
    return tuple(found)


class _Table:
    """The entries of one table."""

    def __init__(self, session: Session, table: str, sides: Sides | None) -> None:
        self._session = session
        self._table = table
        self._sides = sides
        self._columns = session.dialect.columns(session, table, None)
        self._key = [column.name for column in key_of(self._columns)]

    def broken(self) -> list[Broken]:
        groups: dict[tuple[str, str], list[RowValues]] = {}
        for kind, info, row in self._entries():
            groups.setdefault((kind, info), []).append(row)
        return [
            Broken(
                violation(self._table, kind, info, len(rows), self._samples(rows)),
                tuple(self._rows(kind, json.loads(info), rows)),
                len(rows) > MOST,
            )
            for (kind, info), rows in groups.items()
        ]

    def _entries(self) -> list[tuple[str, str, RowValues]]:
        if any(column.name.lower() in ("violation_type", "violation_info") for column in self._columns):
            raise EngineError("A column hides what is wanted.")
        dialect = self._session.dialect
        select = "".join(f", {dialect.column(column.name, column.type)}" for column in self._columns)
        rows = self._session.rows(
            f"SELECT violation_type, violation_info{select}"
            f" FROM {dialect.quote('dolt_constraint_violations_' + self._table)} LIMIT {MOST_READ}"
        )
        names = [column.name for column in self._columns]
        return [(str(kind), str(info), dict(zip(names, values, strict=True))) for kind, info, *values in rows]

    def _samples(self, rows: Sequence[RowValues]) -> list[str]:
        shown = [column for column in self._columns if not self._key or column.name in self._key][:_SAMPLES]
        return [sample(shown, [row[column.name] for column in shown]) for row in rows[:_SAMPLES]]

    def _rows(self, kind: str, info: Mapping[str, Any], rows: list[RowValues]) -> list[BrokenRow]:
        shown = rows[:MOST]
        keys = [self._key_of(row) for row in shown]
        by_side = [self._at(side, keys) for side in self._sides] if self._sides is not None else [{}, {}, {}]
        there = self._at("", keys)
        related = {"foreign key": self._parents, "unique index": self._twins}.get(kind, _nothing)(info, shown, rows)
        return [
            BrokenRow(
                self._table,
                key,
                row,
                tuple(related.get(number, ())),
                not self._key or key in there,
                (by_side[0].get(key), by_side[1].get(key), by_side[2].get(key)),
            )
            for number, (key, row) in enumerate(zip(keys, shown, strict=True))
        ]

    def _key_of(self, row: RowValues) -> RowKey:
        # Without a primary key Dolt knows a row by all of its values; DoltLite by a number that is not reported.
        names = self._key or (row if self._session.dialect.traits.server else ())
        return tuple(hashable(row[name]) for name in names)

    def _at(self, commit: str, keys: Sequence[RowKey]) -> dict[RowKey, RowValues]:
        if not self._key:
            return {}
        found = rows_at(self._session, self._table, commit, self._key, keys)
        return {key: rows[0] for key, rows in found.items()}

    def _twins(self, info: Mapping[str, Any], shown: list[RowValues], rows: list[RowValues]) -> _Related:
        """The other rows with the same values; all of them are entries themselves."""
        columns = [str(name) for name in info.get("Columns") or ()]
        if not all(name in shown[0] for name in columns):
            return {}
        groups: dict[tuple[Value, ...], list[RowValues]] = {}
        for row in rows:
            groups.setdefault(tuple(hashable(row[name]) for name in columns), []).append(row)
        what = f"the same {', '.join(columns)}"
        return {
            number: [
                Related(what, self._table, self._key_of(other), other)
                for other in groups[tuple(hashable(row[name]) for name in columns)][:_SAMPLES]
                if other is not row
            ]
            for number, row in enumerate(shown)
        }

    def _parents(self, info: Mapping[str, Any], shown: list[RowValues], rows: list[RowValues]) -> _Related:
        """The rows that are referred to and that are gone, as a side had them."""
        columns, referred = list(info.get("Columns") or ()), list(info.get("ReferencedColumns") or ())
        table = str(info.get("ReferencedTable") or "")
        if self._sides is None or not table or not referred or not all(name in shown[0] for name in columns):
            return {}
        wanted = [tuple(hashable(row[name]) for name in columns) for row in shown]
        sides = [rows_at(self._session, table, side, referred, wanted) for side in self._sides]
        key = [column.name for column in key_of(self._session.dialect.columns(self._session, table, None))]
        found: dict[int, list[Related]] = {}
        for number, values in enumerate(wanted):
            base, ours, theirs = (side.get(values, [])[:1] for side in sides)
            row = (theirs or ours or base)[:1]
            if not row or not key or not all(name in row[0] for name in key):
                continue
            gone = " and ".join(who for who, there in (("us", ours), ("them", theirs)) if not there and base)
            what = f"{table}, deleted by {gone}" if gone else f"{table}, not there"
            identity = tuple(hashable(row[0][name]) for name in key)
            found[number] = [Related(what, table, identity, row[0], there=False)]
        return found


def _nothing(info: Mapping[str, Any], shown: list[RowValues], rows: list[RowValues]) -> _Related:
    return {}
