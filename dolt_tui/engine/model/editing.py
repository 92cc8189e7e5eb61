"""Editing by hand: what can be edited and how, what was edited, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeAlias

from ...frozen import Frozen
from .base import Value
from .tables import ColumnInfo, ForeignKey, key_of
from .traits import SqlStyle


class _Default:
    """The type of `DEFAULT`."""

    def __repr__(self) -> str:
        return "DEFAULT"

    def __copy__(self) -> _Default:
        return self

    def __deepcopy__(self, _memo: object) -> _Default:
        return self


DEFAULT: Any = _Default()
"""The value of an edited cell that the database shall fill in: the column's default, or the next number."""

RowKey: TypeAlias = tuple[Value, ...]
"""The values of a row's primary key, in the key's order, as they are in the database; or one `NewRow`."""
RowValues: TypeAlias = Mapping[str, Value]
"""Values by the names of their columns."""


class NewRow(Frozen):
    """Stands for the key of a row that a draft adds."""

    number: int
    """From 1 on, in a draft."""


class EditKind(StrEnum):
    """What is done to a row."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"

    @property
    def sign(self) -> str:
        """One character: ``~``, ``+`` or ``-``."""
        return {EditKind.CHANGED: "~", EditKind.ADDED: "+", EditKind.REMOVED: "-"}[self]


class Edit(Frozen):
    """What a draft does to one row."""

    table: str
    key: RowKey
    """The row's primary key as it was shown; ``(NewRow(n),)`` for an added one."""
    kind: EditKind
    before: RowValues
    """The row as it was shown, all columns; empty for an added one."""
    after: RowValues
    """What was set, and nothing else; values are those that would be read, or `DEFAULT`."""

    def value(self, column: str) -> Value:
        """What the cell will hold; `DEFAULT` where the database fills it in."""
        return self.after.get(column, self.before.get(column, DEFAULT))


class Editor(StrEnum):
    """With what a value is edited."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    BOOLEAN = "boolean"
    ENUM = "enum"
    SET = "set"
    JSON = "json"
    BYTES = "bytes"
    GEOMETRY = "geometry"
    VECTOR = "vector"
    ANY = "any"
    """Whatever is typed: DoltLite's columns may have no type."""
    READ_ONLY = "read only"


class EditorKind(Frozen):
    """How the cells of a column are edited."""

    editor: Editor
    options: tuple[str, ...] = ()
    """All values of an ENUM, all members of a SET."""
    reason: str = ""
    """Why it is `READ_ONLY`, as the end of a sentence that begins with the column's name."""
    lines: bool = False
    """Whether a text of several lines is usual."""
    nullable: bool = True
    default: str | None = None
    """What `DEFAULT` gives, in SQL; None where there is nothing but NULL."""
    automatic: bool = False
    """Whether `DEFAULT` gives the next number."""


class UniqueKey(Frozen):
    """Columns whose values no two rows may share; NULL is shared."""

    name: str
    columns: tuple[str, ...]


class Editable(Frozen):
    """A table as far as its rows can be edited."""

    table: str
    style: SqlStyle
    columns: tuple[ColumnInfo, ...] = ()
    unique: tuple[UniqueKey, ...] = ()
    """Without the primary key."""
    foreign_keys: tuple[ForeignKey, ...] = ()
    """The table's own."""
    referred_by: tuple[ForeignKey, ...] | None = None
    """Those that refer to it, of all tables, itself included; None: they were not looked for."""
    checks: tuple[tuple[str, str], ...] = ()
    """Names and conditions of its check constraints."""
    triggers: bool = False
    """Whether something else happens when a row is written."""
    why_not: str = ""
    """Why nothing of it can be edited, as the end of a sentence ("edit: …"); empty where it can."""

    @property
    def key(self) -> tuple[str, ...]:
        """The columns of the primary key, in its order."""
        return tuple(column.name for column in key_of(self.columns))

    def column(self, name: str) -> ColumnInfo:
        """The column of that name. Raises `KeyError`."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def key_of(self, row: RowValues) -> RowKey:
        """The primary key of a row."""
        return tuple(hashable(row[name]) for name in self.key)

    def foreign_key(self, column: str) -> ForeignKey | None:
        """The foreign key that a column is the only column of."""
        return next((key for key in self.foreign_keys if key.columns == (column,)), None)


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    """The draft cannot be written before it is mended."""
    WARNING = "warning"
    """It can, and something else happens with it."""


class FindingKind(StrEnum):
    """What a finding is about."""

    NOT_NULL = "not null"
    VALUE = "value"
    """Type, length, range, no member of an enumeration."""
    UNIQUE = "unique"
    FOREIGN_KEY = "foreign key"
    """A row refers to one that is not there."""
    REFERRED = "referred"
    """Other rows refer to one that is removed, or whose key changes."""
    CHECK = "check"
    CHANGED = "changed"
    """The row is not what was shown any more, or gone."""


class Finding(Frozen):
    """What the database will say to an edit, before it is asked."""

    edit: Edit
    kind: FindingKind
    severity: Severity
    short: str
    """Some words behind the statement: ``no employee 19``, ``deletes 3 orders too (CASCADE)``."""
    text: str
    """A sentence without its full stop: ``fk_customers_rep: row 46 refers to employees 19, which does not exist``."""
    columns: tuple[str, ...] = ()
    """The columns that it is about, where it is about some."""
    foreign_key: ForeignKey | None = None


class Changed(Frozen):
    """An edit whose row is not what was shown any more."""

    edit: Edit
    now: RowValues | None
    """The row as it is now; None where it is gone (or, for an added row, where its key is not there)."""


class Written(Frozen):
    """What was written."""

    changed: int = 0
    added: int = 0
    removed: int = 0
    rows: tuple[tuple[Edit, RowValues | None], ...] = ()
    """Each edit, and its row as it is in the database by then, with the numbers and defaults that it gave."""
    merged: tuple[Changed, ...] = ()
    """Rows of which another session changed other cells in the same moment: what both wrote is kept, and nobody has
    seen it together."""
    compared: bool = True
    """Whether that was looked for; the connection may have been lost, or the question cancelled, after all was
    written."""


class Option(Frozen):
    """A row that a foreign key can refer to."""

    values: tuple[Value, ...]
    """Of the columns referred to, in the foreign key's order."""
    label: str
    """What names the row to people; empty where it has nothing but these values."""


def hashable(value: Value) -> Value:
    """A value as a part of a row's key."""
    return bytes(value) if isinstance(value, bytearray | memoryview) else value
