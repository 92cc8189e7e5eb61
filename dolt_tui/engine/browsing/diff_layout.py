"""The positions of both sides' columns in the rows of a diff."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...frozen import Frozen
from ..model import ABSENT, ChangeKind, ColumnInfo, DiffColumn, RowChange, Value


class DiffLayout(Frozen):
    """The positions of a diff's columns in its rows: ``to_…``, ``from_…``, ``diff_type``."""

    columns: tuple[DiffColumn, ...]
    new_at: tuple[int | None, ...]
    old_at: tuple[int | None, ...]
    kind_at: int
    commit_at: int
    """The position of the newer side's commit; its date follows."""
    unheld: tuple[frozenset[int], frozenset[int]] = (frozenset(), frozenset())
    """The positions in ``columns`` whose values the diff does not hold: on the older side, and on the newer one."""

    @classmethod
    def of(
        cls,
        names: Sequence[str],
        keys: Sequence[str],
        types: dict[str, str],
        unheld: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset()),
    ) -> DiffLayout:
        """``unheld`` are the names of the virtual columns of the older and of the newer side."""
        split = next(position for position, name in enumerate(names) if name.startswith("from_"))
        # The last two of each side are Dolt's own (commit and its date): a table may have columns of that name.
        new = {name.removeprefix("to_"): position for position, name in enumerate(names[: split - 2])}
        old = {name.removeprefix("from_"): split + position for position, name in enumerate(names[split:-3])}
        order = [*new, *(name for name in old if name not in new)]
        columns = tuple(DiffColumn(name, name in old, name in new, name in keys, types.get(name, "")) for name in order)
        gaps = tuple(
            frozenset(position for position, name in enumerate(order) if name in there and name in missing)
            for there, missing in zip((old, new), unheld, strict=True)
        )
        at = tuple(map(new.get, order)), tuple(map(old.get, order))
        return cls(columns, *at, len(names) - 1, split - 2, (gaps[0], gaps[1]))

    def positions(self, names: Iterable[str]) -> tuple[int, ...]:
        """The positions of some columns in ``columns``."""
        at = {column.name: position for position, column in enumerate(self.columns)}
        return tuple(at[name] for name in names)

    def change(self, row: Sequence[Value]) -> RowChange:
        kind = ChangeKind(row[self.kind_at])
        old = None if kind is ChangeKind.ADDED else self._values(row, self.old_at, self.unheld[0])
        new = None if kind is ChangeKind.REMOVED else self._values(row, self.new_at, self.unheld[1])
        changed: frozenset[int] = frozenset()
        if old is not None and new is not None:
            changed = frozenset(i for i, (a, b) in enumerate(zip(old, new, strict=True)) if a != b)
        return RowChange(kind, old, new, changed)

    @staticmethod
    def _values(row: Sequence[Value], places: Sequence[int | None], unheld: frozenset[int]) -> tuple[Value, ...]:
        values = tuple(None if at is None else row[at] for at in places)
        if unheld:  # the engine gives NULL for them
            return tuple(ABSENT if position in unheld else value for position, value in enumerate(values))
        return values


def as_declared(names: list[str], columns: Sequence[ColumnInfo]) -> list[str]:
    """``names`` with the columns' own names: a diff may rename one that is called like a column of its own."""
    count = len(columns)
    if len(names) != 2 * count + 5:
        return names
    new, old = [f"to_{column.name}" for column in columns], [f"from_{column.name}" for column in columns]
    return [*new, *names[count : count + 2], *old, *names[-3:]]
