"""Whether two definitions of a table have the same primary key: the one place that compares keys."""

from __future__ import annotations

from ...frozen import Frozen
from ..model import ColumnInfo


class KeyComparison(Frozen):
    """What two primary keys have in common, given by their columns in the keys' order; without one there are none."""

    old: tuple[ColumnInfo, ...]
    new: tuple[ColumnInfo, ...]

    @property
    def same_names(self) -> bool:
        return [column.name for column in self.old] == [column.name for column in self.new]

    @property
    def same_types(self) -> bool:
        return [column.type.lower() for column in self.old] == [column.type.lower() for column in self.new]

    @property
    def same(self) -> bool:
        """Whether one definition reads the key's values as the other one does."""
        return self.same_names and self.same_types

    @property
    def same_bytes(self) -> bool:
        """Whether a row with the same key in both has the same bytes for it, whatever the columns are called."""
        collations = [[column.collation for column in side] for side in (self.old, self.new)]
        return self.same_types and collations[0] == collations[1]

    @property
    def kept(self) -> bool:
        """Whether rows of both can be told to be the same, perhaps with a key of another name or of another type."""
        return bool(self.old) and len(self.old) == len(self.new) and (self.same_types or self.same_names)
