"""The fields of a table's form for its parts (columns, indexes, foreign keys, checks), and what they mean. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dolt_tui.engine.editing.forms import Target
from dolt_tui.engine.editing.table_definitions import index_parts, parts_text
from dolt_tui.engine.editing.table_forms import (
    ACTIONS,
    CheckForm,
    ColumnForm,
    ForeignKeyForm,
    IndexForm,
    TableForm,
    column_objection,
    default_sql,
)
from dolt_tui.engine.errors import EngineError
from dolt_tui.engine.model import SqlStyle
from dolt_tui.ui.dialogs.part import SWITCH, Part, Values
from dolt_tui.words import plural

_MYSQL_TYPES = (
    *("int", "bigint", "smallint", "tinyint", "int unsigned", "bigint unsigned", "boolean", "decimal(10,2)", "float"),
    *("double", "varchar(255)", "varchar(36)", "char(36)", "text", "mediumtext", "longtext", "date", "datetime"),
    *("datetime(6)", "timestamp", "time", "year", "json", "enum('a','b')", "set('a','b')", "binary(16)"),
    *("varbinary(255)", "blob", "longblob", "bit(1)", "geometry", "point"),
)
_SQLITE_TYPES = (
    *("INTEGER", "TEXT", "REAL", "BLOB", "NUMERIC", "VARCHAR(255)", "DATE", "DATETIME", "BOOLEAN", "DECIMAL(10,2)"),
    *("INT", "BIGINT", "JSON"),
)


def types(style: SqlStyle) -> Sequence[str]:
    """Types to choose from; others can be typed."""
    return _MYSQL_TYPES if style is SqlStyle.MYSQL else _SQLITE_TYPES


def _own_unique(form: TableForm, name: str) -> IndexForm | None:
    return next((one for one in form.indexes if one.unique and one.parts == ((name, ""),) and not one.rest), None)


def column_fields(form: TableForm, at: int | None, style: SqlStyle) -> tuple[Part, ...]:
    """The fields of the column at ``at``, or of a new one."""
    column = form.columns[at] if at is not None else ColumnForm("", "")
    mysql = style is SqlStyle.MYSQL

    def switch(key: str, label: str, on: bool) -> Part:
        return Part(key, label, "yes" if on else "", options=SWITCH)

    fields = [
        Part("name", "Name", column.name),
        Part("type", "Type", column.type, choices=lambda _: types(style)),
        switch("key", "Primary key", column.name in form.key),
        switch("required", "NOT NULL", not column.nullable),
        Part("default", "Default", column.default, placeholder="a value, or (an expression)"),
        switch("unique", "Unique", bool(column.name) and _own_unique(form, column.name) is not None),
        switch("auto", "Auto increment", column.auto_increment),
        Part("comment", "Comment", column.comment),
        Part("generated", "Computed as", column.generated, placeholder="an expression of other columns"),
        switch("stored", "  and stored", column.stored),
    ]
    return tuple(field for field in fields if mysql or field.key != "comment")


def column_of(form: TableForm, at: int | None, values: Values, style: SqlStyle) -> ColumnForm:
    """The column that the fields describe."""
    before = form.columns[at] if at is not None else ColumnForm("", "")
    default = before.default if values["default"] == before.default else default_sql(values["default"], style)
    return replace(
        before,
        name=values["name"],
        type=values["type"],
        nullable=not values["required"],
        default=default,
        auto_increment=bool(values["auto"]),
        comment=values.get("comment", ""),
        generated=values["generated"],
        stored=bool(values["stored"]),
    )


def column_reason(form: TableForm, at: int | None, values: Values, style: SqlStyle) -> str:
    """Why the fields are no column."""
    others = [one for place, one in enumerate(form.columns) if place != at]
    return column_objection(column_of(form, at, values, style), style, others)


def with_column(form: TableForm, at: int | None, values: Values, style: SqlStyle, *, inline: bool) -> TableForm:
    """The form with the column that the fields describe; ``inline``: DoltLite's UNIQUE is part of the table."""
    column = column_of(form, at, values, style)
    form = form.with_column(at, column, style)
    key = [name for name in form.key if name != column.name or values["key"]]
    if values["key"] and column.name not in key:
        key.append(column.name)
    unique = _own_unique(form, column.name)
    indexes = form.indexes
    if unique is not None and not values["unique"]:
        indexes = tuple(one for one in indexes if one is not unique)
    elif unique is None and values["unique"]:
        own = style is SqlStyle.MYSQL or not inline
        indexes = (*indexes, IndexForm("", ((column.name, ""),), True, own=own))
    return replace(form, indexes=indexes).with_key(key, style)


def _names(form: TableForm) -> Sequence[str]:
    return [column.name for column in form.columns]


def _listed(names: Sequence[str], style: SqlStyle) -> Sequence[str]:
    """Names as they are typed in a list of columns."""
    return [parts_text([(name, "")], style) for name in names]


def index_fields(form: TableForm, index: IndexForm, style: SqlStyle) -> tuple[Part, ...]:
    kinds = ("", "UNIQUE", "FULLTEXT", "SPATIAL", "VECTOR") if style is SqlStyle.MYSQL else ("", "UNIQUE")
    return (
        Part(
            "columns",
            "Columns",
            parts_text(index.parts, style),
            choices=lambda _: _listed(_names(form), style),
            many=True,
        ),
        Part("kind", "Kind", "UNIQUE" if index.unique else index.kind, options=kinds),
        Part("name", "Name", index.name, placeholder="its columns' names"),
    )


def index_of(values: Values, before: IndexForm, style: SqlStyle) -> IndexForm:
    """The index that the fields describe. Raises `EngineError`."""
    kind = values["kind"]
    return replace(
        before,
        name=values["name"],
        parts=index_parts(values["columns"], style),
        unique=kind == "UNIQUE",
        kind=kind if kind != "UNIQUE" else "",
        own=before.own or kind != "UNIQUE",
    )


def index_reason(form: TableForm, values: Values, before: IndexForm, style: SqlStyle) -> str:
    try:
        index = index_of(values, before, style)
    except EngineError as error:
        return error.message
    missing = next((name for name in index.columns if form.column(name) is None), None)
    if missing is not None:
        return f"There is no column {missing}."
    if any(one is not before and one.name and one.name.lower() == index.name.lower() for one in form.indexes):
        return f"There is already an index {index.name}."
    return ""


def foreign_fields(
    form: TableForm, key: ForeignKeyForm, targets: Sequence[Target], style: SqlStyle
) -> tuple[Part, ...]:
    def there(values: Values) -> Sequence[str]:
        target = target_of(form, targets, values["table"])
        return _listed(target.columns, style) if target is not None else ()

    def listed(names: Sequence[str]) -> str:
        return parts_text([(name, "") for name in names], style)

    names = [target.name for target in targets]
    tables = names if form.name in names or not form.name else [*names, form.name]
    return (
        Part("columns", "Columns", listed(key.columns), choices=lambda _: _listed(_names(form), style), many=True),
        Part("table", "Refer to", key.referred, "a table", choices=lambda _: tables),
        Part("there", "its columns", listed(key.referred_columns), "its primary key", choices=there, many=True),
        Part("delete", "On delete", key.on_delete, options=_actions(style)),
        Part("update", "On update", key.on_update, options=_actions(style)),
        Part("name", "Name", key.name, placeholder="any"),
    )


def _actions(style: SqlStyle) -> Sequence[str]:
    return ACTIONS if style is SqlStyle.SQLITE else ACTIONS[:-1]


def target_of(form: TableForm, targets: Sequence[Target], name: str) -> Target | None:
    """The table of a name, this one included."""
    if name.lower() == form.name.lower():
        columns = form.columns
        return Target(form.name, tuple(_names(form)), tuple(one.type for one in columns), form.key)
    return next((one for one in targets if one.name.lower() == name.lower()), None)


def foreign_of(
    form: TableForm, values: Values, before: ForeignKeyForm, targets: Sequence[Target], style: SqlStyle
) -> ForeignKeyForm:
    """The foreign key that the fields describe. Raises `EngineError`."""
    target = target_of(form, targets, values["table"])
    if target is None:
        raise EngineError(
            f"There is no table {values['table']}." if values["table"] else "Name the table that it refers to."
        )
    columns = tuple(name for name, _ in index_parts(values["columns"], style))
    there = tuple(name for name, _ in index_parts(values["there"], style)) if values["there"] else target.key
    if not there:
        raise EngineError(f"{target.name} has no primary key: name its columns.")
    if len(there) != len(columns):
        number = plural(len(columns), "column")
        raise EngineError(f"{', '.join(columns)} must refer to {number} of {target.name}, not to {', '.join(there)}.")
    known = {name.lower(): name for name in target.columns}
    if missing := next((name for name in there if name.lower() not in known), None):
        raise EngineError(f"{target.name} has no column {missing}.")
    if missing := next((name for name in columns if form.column(name) is None), None):
        raise EngineError(f"There is no column {missing}.")
    return replace(
        before,
        name=values["name"],
        columns=columns,
        referred=target.name,
        referred_columns=tuple(known[name.lower()] for name in there),
        on_delete=values["delete"],
        on_update=values["update"],
    )


def foreign_reason(
    form: TableForm, values: Values, before: ForeignKeyForm, targets: Sequence[Target], style: SqlStyle
) -> str:
    try:
        foreign_of(form, values, before, targets, style)
    except EngineError as error:
        return error.message
    return ""


def check_fields(check: CheckForm) -> tuple[Part, ...]:
    return (
        Part("expression", "Condition", check.expression, placeholder="price > 0"),
        Part("name", "Name", check.name, placeholder="any"),
    )


def check_of(values: Values, before: CheckForm) -> CheckForm:
    return replace(before, name=values["name"], expression=values["expression"])
