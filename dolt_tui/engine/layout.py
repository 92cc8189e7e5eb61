"""Where the columns of both sides stand in the rows of a diff."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .model import ChangeKind, ColumnInfo, DiffColumn, RowChange, Value


@dataclass(frozen=True)
class Layout:
    """Where the columns of a diff stand in its rows: ``to_…``, ``from_…``, ``diff_type``, read by position."""

    columns: tuple[DiffColumn, ...]
    new_at: tuple[int | None, ...]
    old_at: tuple[int | None, ...]
    kind_at: int
    commit_at: int
    """Where the newer side's commit stands; its date follows."""

    @classmethod
    def of(cls, names: Sequence[str], keys: Sequence[str], types: dict[str, str]) -> Layout:
        split = next(position for position, name in enumerate(names) if name.startswith("from_"))
        # The last two of each side are Dolt's own (commit and its date): a table may have columns of that name.
        new = {name.removeprefix("to_"): position for position, name in enumerate(names[: split - 2])}
        old = {name.removeprefix("from_"): split + position for position, name in enumerate(names[split:-3])}
        order = [*new, *(name for name in old if name not in new)]
        columns = tuple(DiffColumn(name, name in old, name in new, name in keys, types.get(name, "")) for name in order)
        return cls(columns, tuple(map(new.get, order)), tuple(map(old.get, order)), len(names) - 1, split - 2)

    def positions(self, names: Iterable[str]) -> tuple[int, ...]:
        """Where columns stand in ``columns``."""
        at = {column.name: position for position, column in enumerate(self.columns)}
        return tuple(at[name] for name in names)

    def change(self, row: Sequence[Value]) -> RowChange:
        kind = ChangeKind(row[self.kind_at])
        old = None if kind is ChangeKind.ADDED else tuple(None if at is None else row[at] for at in self.old_at)
        new = None if kind is ChangeKind.REMOVED else tuple(None if at is None else row[at] for at in self.new_at)
        changed: frozenset[int] = frozenset()
        if old is not None and new is not None:
            changed = frozenset(i for i, (a, b) in enumerate(zip(old, new, strict=True)) if a != b)
        return RowChange(kind, old, new, changed)


def as_declared(names: list[str], columns: Sequence[ColumnInfo]) -> list[str]:
    """``names`` with the columns' own names: DoltLite renames one that is called like its own."""
    count = len(columns)
    if len(names) != 2 * count + 5:
        return names
    new, old = [f"to_{column.name}" for column in columns], [f"from_{column.name}" for column in columns]
    return [*new, *names[count : count + 2], *old, *names[-3:]]
