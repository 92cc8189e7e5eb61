"""The rows of a diff before a key, or the last ones.

Dolt does not push descending order down into ``dolt_diff()``, but it does push a lower bound down, and finding one in
the table itself is cheap: 0.15 µs for each row passed. So we walk up the table until enough changed rows lie between
there and the key: in wider steps where little differs, in narrower ones where much does.
See engine-facts.md#diff-backwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...frozen import Frozen
from ..core.connections import Session
from ..errors import TableNotFound
from ..model import ColumnInfo
from .diff_relation import DiffRelation
from .keyset import Key, Keyset, where

_FASTER = 16
"""How many times wider than the last step the next one may be."""
_SPARSE = 20
"""If fewer than a 20th of the wanted rows are found in a step, there may be few in all."""


class BackwardDiff(Frozen):
    """A diff that is read backwards, with the help of its table on both sides."""

    relation: DiffRelation
    table: str
    sides: tuple[str, ...]
    """The revisions; the newer one first."""
    keys: tuple[ColumnInfo, ...]
    """The columns of the primary key, in the key's order."""

    @property
    def _names(self) -> list[str]:
        return [column.name for column in self.keys]

    def rows(self, before: Key | None, size: int) -> list[Any]:
        """The last ``size`` of the rows that precede the key ``before`` (None: of all), in ascending order."""
        least = self.relation.session.settings.least_step
        many = 3 * max(size, least)
        high, rows, width = before, list[Any](), size + size // 4 + 1
        # With a filter, all changes would have to be looked at to find out that few pass.
        may_be_few = self.relation.filter.empty
        while True:
            step = self._step(high, width, size, many)
            if step is None:
                width = max(width // 4, 1)
                continue
            high, part = step
            rows = part + rows
            if high is None or len(rows) >= size:
                return rows[-size:]
            if may_be_few and len(rows) < size / _SPARSE:
                may_be_few = False
                if self.relation.count_between(self._names, None, high, many + 1) <= many:
                    return (self._read(None, high, many) + rows)[-size:]
            guess = int(1.3 * (size - len(rows)) * width / len(part)) if part else width * _FASTER
            width = min(max(guess, least), width * _FASTER)

    def _step(self, high: Key | None, width: int, size: int, many: int) -> tuple[Key | None, list[Any]] | None:
        """A key about ``width`` rows of the table above ``high`` (None: there is none), and the rows between.

        None where there are too many rows, and a smaller ``width`` would help. At most ``width`` rows of each side lie
        between their two keys, so a small ``width`` works, unless the table has another name on one side; of too many
        rows that a smaller ``width`` does not reduce, these are the last ``size``.
        """
        tried: list[Key | None] = []
        for revision in self.sides:
            low = self._above(revision, high, width)
            if low in tried:
                continue
            tried.append(low)
            if self._far_too_many(low, high, width, many):
                continue
            rows = self._read(low, high, many + 1)
            if len(rows) <= many:
                return low, rows
        if 2 * width > many:
            return None
        low = tried[0]
        number = self.relation.count_between(self._names, low, high)
        return low, self._read(low, high, size, max(0, number - size))

    def _far_too_many(self, low: Key | None, high: Key | None, width: int, many: int) -> bool:
        """Whether so much differs that looking for rows that were removed among it would take long.

        With a filter, finding out would take as long.
        """
        if width <= many or not self.relation.filter.empty:
            return False
        return self.relation.count_between(self._names, low, high, many + 1, removed=False) > many

    def _read(self, low: Key | None, high: Key | None, size: int, skip: int = 0) -> list[Any]:
        return self.relation.between(self._names, low, high, size, skip)

    def _above(self, revision: str, key: Key | None, width: int) -> Key | None:
        """The key ``width`` rows of the table above a key, or above its end; None where that is not in the table."""
        session = self.relation.session
        relation = f"{session.dialect.quote(self.table)} AS OF {session.dialect.placeholder}"
        try:
            return key_above(session, relation, (revision,), self.keys, key, width)
        except TableNotFound:
            return None


def key_above(
    session: Session,
    relation: str,
    values: Sequence[object],
    keys: Sequence[ColumnInfo],
    key: Key | None,
    width: int,
) -> Key | None:
    """The key of a table that is the ``width``-th before ``key``, or from the end; None where there are fewer.

    A composite key is searched range by range; the key's index answers each of them.
    """
    dialect, placeholder = session.dialect, session.dialect.placeholder
    select = ", ".join(dialect.column(column.name, column.type) for column in keys)
    keyset = Keyset(tuple(dialect.quote(column.name) for column in keys), placeholder)
    ranges = keyset.ranges(key, backward=True)
    skip = width - 1
    for part in ranges:
        rows, bound = f"FROM {relation}{where(part.condition)}", [*values, *part.bound]
        found = session.first(
            f"SELECT {select} {rows} ORDER BY {part.order} LIMIT 1 OFFSET {placeholder}", *bound, skip
        )
        if found is not None:
            return found
        if part is not ranges[-1]:
            passed = f"SELECT 1 {rows} LIMIT {placeholder}"
            skip -= int(session.scalar(f"SELECT count(*) FROM ({passed}) AS passed", *bound, skip))
    return None
