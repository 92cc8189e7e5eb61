"""What is going to be imported, and how, while somebody still changes it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ...frozen import Frozen
from ..errors import EngineError
from ..model import ColumnInfo, SqlStyle, key_of
from .formats import Format
from .guessing import Guess
from .importing import Fit, Preview, Target, create_statement, fit, shown
from .loading import Mode

TYPES: Final = {
    SqlStyle.MYSQL: (
        "INT",
        "BIGINT",
        "BIGINT UNSIGNED",
        "DECIMAL(20,6)",
        "DOUBLE",
        "VARCHAR(255)",
        "TEXT",
        "LONGTEXT",
        "DATE",
        "DATETIME",
        "DATETIME(6)",
        "TIME",
        "BOOLEAN",
        "JSON",
        "LONGBLOB",
    ),
    SqlStyle.SQLITE: ("INTEGER", "REAL", "NUMERIC", "TEXT", "DATE", "DATETIME", "BOOLEAN", "BLOB"),
}
"""Types to go through, one after the other; any other can be typed."""


class Plan(Frozen):
    """A file, what is made of its columns, and the table that they go into."""

    preview: Preview
    style: SqlStyle
    table: str
    existing: tuple[ColumnInfo, ...] = ()
    """The table's columns; empty: it is made."""
    mode: Mode = Mode.INSERT
    left_out: frozenset[str] = frozenset()
    """Columns of the file that are not imported into a new table."""

    @property
    def new(self) -> bool:
        """Whether the table is made."""
        return not self.existing

    @property
    def fit(self) -> Fit | None:
        """How the file's columns meet those of the table that is there; None where they do not, or it is made."""
        if self.new:
            return None
        try:
            return fit(self.preview.layout, self.existing)
        except EngineError:
            return None

    @property
    def columns(self) -> tuple[ColumnInfo | None, ...]:
        """The table's column for each one of the file; None for one that is left out."""
        if self.new:
            return tuple(
                None if one.name in self.left_out else ColumnInfo(one.name, one.type, one.nullable, one.key)
                for one in self.preview.columns
            )
        found = self.fit
        return found.columns if found is not None else (None,) * len(self.preview.columns)

    @property
    def modes(self) -> tuple[Mode, ...]:
        """The modes that make sense: without a key, rows can only be added."""
        return (Mode.INSERT,) if self.new or not key_of(self.existing) else tuple(Mode)

    @property
    def objection(self) -> str:
        """Why it cannot be imported like this; empty when it can."""
        if not self.table:
            return "Name the table."
        if not any(self.columns):
            if not self.new:
                try:
                    fit(self.preview.layout, self.existing)
                except EngineError as error:
                    return f"{error.message} {error.advice}"
            return "All columns are left out."
        return ""

    @property
    def target(self) -> Target:
        """What to load."""
        kept = tuple(None if one.name in self.left_out else one for one in self.preview.columns)
        return Target(self.table, kept if self.new else (), self.mode)

    @property
    def statement(self) -> str:
        """The statement that makes the table; empty where it is there."""
        if not self.new:
            return ""
        kept = [one for one in self.preview.columns if one.name not in self.left_out]
        return create_statement(self.table, kept, self.style)

    def wrong(self, rows: int) -> list[list[str]]:
        """For each of the first rows what is wrong with each field; empty texts where nothing is."""
        return shown(self.preview.rows[:rows], self.columns, self.style)

    def into(self, table: str, existing: Sequence[ColumnInfo]) -> Plan:
        """Into another table."""
        made = replace(self, table=table, existing=tuple(existing))
        return replace(made, mode=self.mode if self.mode in made.modes else Mode.INSERT)

    def next_mode(self) -> Plan:
        """The mode after this one."""
        modes = self.modes
        return replace(self, mode=modes[(modes.index(self.mode) + 1) % len(modes)])

    def typed(self, at: int, type_name: str) -> Plan:
        """With another type of a column."""
        return self._with(at, replace(self.preview.columns[at], type=type_name))

    def next_type(self, at: int, step: int) -> Plan:
        """With the next type for a column, or the one before: the one that was guessed, and then the usual ones."""
        column = self.preview.columns[at]
        types = tuple(dict.fromkeys((column.guessed, *TYPES[self.style])))
        place = types.index(column.type) if column.type in types else 0
        return self.typed(at, types[(place + step) % len(types)])

    def key(self, at: int) -> Plan:
        """With a column as a part of the key, or not any more."""
        column = self.preview.columns[at]
        return self._with(at, replace(column, key=not column.key))

    def kept(self, at: int) -> Plan:
        """With a column left out, or imported again."""
        return replace(self, left_out=self.left_out ^ {self.preview.columns[at].name})

    def _with(self, at: int, column: Guess) -> Plan:
        columns = list(self.preview.columns)
        columns[at] = column
        return replace(self, preview=replace(self.preview, columns=tuple(columns)))

    @property
    def may_lack_header(self) -> bool:
        """Whether the file is of a format whose first line may have names."""
        return self.preview.layout.format in (Format.CSV, Format.TSV)
