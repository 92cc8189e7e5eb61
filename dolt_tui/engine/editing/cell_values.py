"""Texts that people type into a cell, as values of its column, and back. Pure.

What `parse` returns is what would be read of the cell after it was written, as far as that can be known: a number is
never rounded in silence, a text never cut. `format_value` gives a text of which `parse` makes the same value.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from ..core.column_types import Affinity, affinity, parsed
from ..core.literals import geometric, text_of
from ..errors import InvalidValue
from ..model import DEFAULT, ColumnInfo, Editor, EditorKind, SqlStyle, Value
from . import lite_values, mysql_values

_EDITORS = {
    Editor.NUMBER: "tinyint smallint mediumint int integer bigint int2 int8 dec decimal numeric fixed float double real"
    " bit year serial",
    Editor.TEXT: "char character varchar nchar nvarchar native varying tinytext text mediumtext longtext clob uuid",
    Editor.BOOLEAN: "bool boolean",
    Editor.DATE: "date",
    Editor.DATETIME: "datetime timestamp",
    Editor.TIME: "time",
    Editor.BYTES: "binary varbinary tinyblob blob mediumblob longblob",
    Editor.JSON: "json",
    Editor.VECTOR: "vector",
    Editor.ENUM: "enum",
    Editor.SET: "set",
}
_EDITOR_OF = {word: editor for editor, words in _EDITORS.items() for word in words.split()}
_LONG_TEXTS = ("tinytext", "text", "mediumtext", "longtext", "clob", "json")


def editor_of(column: ColumnInfo, style: SqlStyle) -> Editor:
    """With what a column's values are edited, whether or not they may be."""
    type_ = parsed(column.type)
    if style is SqlStyle.MYSQL:
        if type_.word == "tinyint" and type_.numbers == (1,):
            return Editor.BOOLEAN
        return Editor.GEOMETRY if geometric(column.type) else _EDITOR_OF.get(type_.word, Editor.TEXT)
    editor = _EDITOR_OF.get(type_.word)
    if editor in (Editor.BOOLEAN, Editor.DATE, Editor.DATETIME, Editor.TIME, Editor.JSON):
        return editor
    return {
        Affinity.TEXT: Editor.TEXT,
        Affinity.BLOB: Editor.BYTES if "blob" in column.type.lower() else Editor.ANY,
    }.get(affinity(column.type), Editor.NUMBER)


def kind_of(column: ColumnInfo, style: SqlStyle) -> EditorKind:
    """How a column's cells are edited."""
    type_ = parsed(column.type)
    automatic = is_automatic(column, style)
    return EditorKind(
        Editor.READ_ONLY if column.generated else editor_of(column, style),
        type_.options,
        "is computed by the database" if column.generated else "",
        type_.word in _LONG_TEXTS,
        column.nullable,
        column.default,
        automatic,
    )


def is_automatic(column: ColumnInfo, style: SqlStyle) -> bool:
    """Whether the database counts the column up."""
    if style is SqlStyle.MYSQL:
        return "auto_increment" in column.extra.lower()
    return column.primary_key and column.key_position == 1 and column.type.upper() == "INTEGER"


def parse(text: str, column: ColumnInfo, style: SqlStyle, now: dt.datetime | None = None) -> Value:
    """The value that a text means in a column; never NULL, which no text means.

    ``now`` is what the words ``now``, ``today``, ``yesterday`` and ``tomorrow`` refer to: the clock where it is left
    out. Raises `InvalidValue` with a sentence that says what is wanted.
    """
    if column.generated:
        raise InvalidValue(f"{column.name} is computed by the database.")
    editor = editor_of(column, style)
    module = mysql_values if style is SqlStyle.MYSQL else lite_values
    work: Callable[[str, ColumnInfo, Editor, dt.datetime], Value] = module.parse
    return work(text, column, editor, now or dt.datetime.now())


def format_value(value: Value, column: ColumnInfo, style: SqlStyle) -> str:
    """The text of a value for editing; empty for NULL and `DEFAULT`, which have to be told apart from it."""
    if value is None or value is DEFAULT:
        return ""
    if style is SqlStyle.SQLITE:
        return lite_values.format_value(value, column, editor_of(column, style))
    return text_of(value)
