"""A table's definition as a value that can be edited: columns, key, indexes, foreign keys, checks. Pure.

`table_definitions` reads one out of the statement that creates a table, `table_statements` turns one into statements
again, and the difference of two into those that alter the table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from ...frozen import Frozen
from ..core.literals import quoted_name
from ..model import SqlStyle
from ..model.calls import literal

ACTIONS = ("", "CASCADE", "SET NULL", "RESTRICT", "NO ACTION", "SET DEFAULT")
"""What can happen to the rows that refer to one that is deleted or changed; the empty one: it is refused."""


class ColumnForm(Frozen):
    """One column."""

    name: str
    type: str
    """As it is written, with its length and character set."""
    nullable: bool = True
    default: str = ""
    """SQL: a literal, a keyword or an expression in parentheses; empty where there is none."""
    auto_increment: bool = False
    comment: str = ""
    generated: str = ""
    """The expression that it is computed by; empty where it is written."""
    stored: bool = False
    """Whether a generated column is stored."""
    rest: str = ""
    """What else its definition says, as it was written: ``ON UPDATE CURRENT_TIMESTAMP``, ``COLLATE NOCASE`` …"""
    was: str = ""
    """Its name in the table as it is; empty for a new column."""

    @property
    def definition(self) -> ColumnForm:
        """What it is, whatever it is or was called."""
        return replace(self, name="", was="")


class IndexForm(Frozen):
    """An index, or a UNIQUE constraint."""

    name: str
    parts: tuple[tuple[str, str], ...]
    """Columns, each with what follows it: ``(5)``, ``DESC``; without a name an expression."""
    unique: bool = False
    kind: str = ""
    """``FULLTEXT``, ``SPATIAL``, ``VECTOR``; empty for the usual one."""
    rest: str = ""
    """What follows the columns: ``COMMENT 'x'``, ``WHERE …``."""
    own: bool = True
    """Whether it is a statement of its own on DoltLite; else a constraint within the table's."""

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.parts if name)


class ForeignKeyForm(Frozen):
    """A foreign key."""

    name: str
    columns: tuple[str, ...]
    referred: str
    referred_columns: tuple[str, ...]
    """Empty on DoltLite for the other table's primary key."""
    on_delete: str = ""
    on_update: str = ""
    rest: str = ""


class CheckForm(Frozen):
    """A condition that each row has to meet."""

    name: str
    expression: str
    """Without the parentheses around it."""
    rest: str = ""


class TableForm(Frozen):
    """A table as it is defined, or is to be."""

    name: str
    columns: tuple[ColumnForm, ...] = ()
    key: tuple[str, ...] = ()
    """The columns of the primary key, in its order."""
    indexes: tuple[IndexForm, ...] = ()
    foreign_keys: tuple[ForeignKeyForm, ...] = ()
    checks: tuple[CheckForm, ...] = ()
    key_rest: str = ""
    options: str = ""
    """What follows the parenthesis: character set and comment, or ``WITHOUT ROWID``."""

    def column(self, name: str) -> ColumnForm | None:
        """The column of a name, whatever its case; None where there is none."""
        wanted = name.lower()
        return next((column for column in self.columns if column.name.lower() == wanted), None)

    def with_column(self, at: int | None, column: ColumnForm, style: SqlStyle) -> TableForm:
        """With a column in the place of the one at ``at``, or (None) behind all; what refers to it by name follows."""
        if at is None:
            return replace(self, columns=(*self.columns, column))
        before = self.columns[at]
        columns = (*self.columns[:at], column, *self.columns[at + 1 :])
        form = replace(self, columns=columns)
        return form if before.name == column.name else renamed(form, {before.name: column.name}, style)

    def with_key(self, key: Sequence[str], style: SqlStyle) -> TableForm:
        """With another primary key. On DoltLite the columns that come into it are made NOT NULL: SQLite lets the
        columns of a key be NULL, unless it is a single INTEGER."""
        form = replace(self, key=tuple(key))
        new = form.key_with_nulls(style) - self.key_with_nulls(style)
        columns = tuple(replace(one, nullable=False) if one.name in new else one for one in self.columns)
        return replace(form, columns=columns)

    def key_with_nulls(self, style: SqlStyle) -> frozenset[str]:
        """The columns of the key that may be NULL where nothing says that they must not."""
        lone = self.column(self.key[0]) if len(self.key) == 1 else None
        if style is SqlStyle.MYSQL or (lone is not None and lone.type.strip().upper() == "INTEGER"):
            return frozenset()
        return frozenset(self.key)

    def without_column(self, at: int) -> TableForm:
        """Without a column, the indexes and foreign keys that it is in, and its part of the key."""
        name = self.columns[at].name
        return replace(
            self,
            columns=(*self.columns[:at], *self.columns[at + 1 :]),
            key=tuple(one for one in self.key if one != name),
            indexes=tuple(one for one in self.indexes if name not in one.columns),
            foreign_keys=tuple(one for one in self.foreign_keys if name not in one.columns),
        )

    def kept_by(self, at: int, style: SqlStyle) -> str:
        """Why a column cannot be dropped, as a sentence: something is computed of it. Dolt drops it all the same, and
        the table is of no use any more then. engine-facts.md#dropped-from-under-computed"""
        name = self.columns[at].name

        def names(sql: str) -> bool:
            return in_expression(sql, {name: f"{name}_"}, style) != sql

        for column in self.columns:
            if column.name != name and names(column.generated):
                return f"{column.name} is computed from {name}: drop or change it first."
        check = next((one for one in self.checks if names(one.expression)), None)
        if check is not None:
            return f"The check {check.name or check.expression} is about {name}: drop or change it first."
        return ""

    def moved(self, at: int, to: int) -> TableForm:
        """With a column in another place."""
        columns = list(self.columns)
        columns.insert(to, columns.pop(at))
        return replace(self, columns=tuple(columns))


def text_literal(text: str, style: SqlStyle) -> str:
    """A text as the engine reads it; a password in it is left as it is."""
    if "://" not in text:
        return literal(text, style)
    return "'" + (text.replace("\\", "\\\\") if style is SqlStyle.MYSQL else text).replace("'", "''") + "'"


def renamed(form: TableForm, names: dict[str, str], style: SqlStyle) -> TableForm:
    """``form`` with the columns called otherwise everywhere but in `TableForm.columns`."""

    def all_of(columns: Iterable[str]) -> tuple[str, ...]:
        return tuple(names.get(name, name) for name in columns)

    def in_text(sql: str) -> str:
        return in_expression(sql, names, style)

    return replace(
        form,
        columns=tuple(replace(one, generated=in_text(one.generated)) if one.generated else one for one in form.columns),
        key=all_of(form.key),
        indexes=tuple(
            replace(
                one,
                parts=tuple(
                    (names.get(name, name), rest) if name else (name, in_text(rest)) for name, rest in one.parts
                ),
            )
            for one in form.indexes
        ),
        foreign_keys=tuple(
            replace(
                one,
                columns=all_of(one.columns),
                referred_columns=all_of(one.referred_columns)
                if one.referred.lower() == form.name.lower()
                else one.referred_columns,
            )
            for one in form.foreign_keys
        ),
        checks=tuple(replace(one, expression=in_text(one.expression)) for one in form.checks),
    )


_LEXEMES = re.compile(r"""'(?:[^'\\]|\\.|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[^\W\d][\w$]*""", re.DOTALL)


def in_expression(sql: str, names: dict[str, str], style: SqlStyle) -> str:
    """An expression with other names of columns in it; strings, and words before a parenthesis, stay."""
    lower = {old.lower(): new for old, new in names.items()}

    def other(found: re.Match[str]) -> str:
        text = found[0]
        if text[0] == "'" or (text[0] == '"' and style is SqlStyle.MYSQL):
            return text
        if text[0] in '"`[':
            name = text[1:-1].replace(text[-1] * 2, text[-1])
        else:
            name = text
            if sql[found.end() :].lstrip().startswith("("):
                return text
        new = lower.get(name.lower())
        return text if new is None else quoted_name(new, style)

    return _LEXEMES.sub(other, sql) if lower else sql


_WORDS = {"NULL", "TRUE", "FALSE", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIME", "LOCALTIMESTAMP"}
_LITERAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|0x[0-9a-fA-F]+|[bBxX]'[0-9a-fA-F]*'", re.ASCII)
_CALL = re.compile(r"[A-Za-z_]\w*\(.*\)", re.DOTALL)


def default_sql(text: str, style: SqlStyle) -> str:
    """What is typed as a default, as SQL: literals, keywords and expressions as they are, other words as a text."""
    text = text.strip()
    upper = text.upper()
    if not text or upper in _WORDS or _LITERAL.fullmatch(text):
        return upper if upper in _WORDS else text
    if re.fullmatch(r"(CURRENT_TIMESTAMP|NOW)\(\d?\)", upper):
        return upper if style is SqlStyle.MYSQL else "CURRENT_TIMESTAMP"
    if text.startswith("'") and re.fullmatch(r"'(?:[^'\\]|\\.|'')*'", text, re.DOTALL):
        return text
    if text.startswith("(") and text.endswith(")"):
        return text
    return f"({text})" if _CALL.fullmatch(text) else text_literal(text, style)


# what is wrong with a form, before the engine is asked


def objection(form: TableForm, style: SqlStyle, others: Iterable[str] = ()) -> str:
    """Why the engine would refuse the form, as a sentence; empty where nothing is known. ``others``: other tables."""
    if not form.name.strip():
        return "The table needs a name."
    if form.name.lower().startswith("dolt_"):
        return "Names that begin with dolt_ are the engine's own."
    if style is SqlStyle.SQLITE and form.name.lower().startswith("sqlite_"):
        return "Names that begin with sqlite_ are the engine's own."
    if style is SqlStyle.MYSQL and len(form.name) > 64:
        return "A table's name has at most 64 characters."
    if form.name.lower() in {name.lower() for name in others}:
        return f"There is already a table {form.name}."
    if not form.columns:
        return "The table needs a column."
    checks: tuple[Callable[[TableForm, SqlStyle], str], ...] = (_columns, _key, _indexes, _foreign_keys, _checks)
    return next(filter(None, (check(form, style) for check in checks)), "")


def column_objection(column: ColumnForm, style: SqlStyle, others: Sequence[ColumnForm] = ()) -> str:
    """Why a column cannot be as it is, beside the others."""
    if not column.name.strip():
        return "The column needs a name."
    if column.name != column.name.rstrip() and style is SqlStyle.MYSQL:
        return "A column's name must not end with a blank."
    if style is SqlStyle.MYSQL and len(column.name) > 64:
        return "A column's name has at most 64 characters."
    if column.name.lower() in {other.name.lower() for other in others}:
        return f"There are two columns {column.name}."
    if not column.type.strip() and style is SqlStyle.MYSQL:
        return f"{column.name} needs a type."
    if not _balanced(column.type, style) or re.search(r"[,;]", re.sub(r"\(.*\)", "", column.type, flags=re.DOTALL)):
        return f"{column.type} is not a type."
    if column.generated and not _balanced(column.generated, style):
        return f"The expression of {column.name} has an unmatched parenthesis or quotation mark."
    if column.default and not _balanced(column.default, style):
        return f"The default of {column.name} has an unmatched parenthesis or quotation mark."
    if column.default and column.generated:
        return f"{column.name} is computed: it cannot have a default."
    if column.default.upper() == "NULL" and not column.nullable:
        return f"{column.name} must not be NULL: its default cannot be NULL."
    return ""


def _columns(form: TableForm, style: SqlStyle) -> str:
    for at, column in enumerate(form.columns):
        if found := column_objection(column, style, form.columns[:at]):
            return found
    automatic = [column.name for column in form.columns if column.auto_increment]
    if len(automatic) > 1:
        return f"Only one column can be numbered automatically, not {' and '.join(automatic)}."
    if automatic and style is SqlStyle.SQLITE:
        kind = next(column.type.strip().upper() for column in form.columns if column.auto_increment)
        if form.key != (automatic[0],) or kind != "INTEGER":
            return f"DoltLite numbers only a column of the type INTEGER that is the whole primary key: {automatic[0]}."
    if automatic and style is SqlStyle.MYSQL:
        first = {one.columns[0] for one in form.indexes if one.columns}
        if automatic[0] not in (*form.key, *first):
            return f"{automatic[0]} is numbered automatically: it has to be in the primary key, or have an index."
    if style is SqlStyle.SQLITE and all(column.generated for column in form.columns):
        return "The table needs a column that is not computed."
    return ""


def _key(form: TableForm, _style: SqlStyle) -> str:
    for name in form.key:
        column = form.column(name)
        if column is None:
            return f"The primary key names {name}, which is not a column."
        if column.default.upper() == "NULL":
            return f"{name} is in the primary key: its default cannot be NULL."
    return "The primary key names a column twice." if len(set(form.key)) < len(form.key) else ""


def _indexes(form: TableForm, _style: SqlStyle) -> str:
    seen: set[str] = set()
    for one in form.indexes:
        if not one.parts:
            return "An index needs a column."
        if missing := next((name for name in one.columns if form.column(name) is None), None):
            return f"The index {one.name} names {missing}, which is not a column."
        if one.name and one.name.lower() in seen:
            return f"There are two indexes {one.name}."
        seen.add(one.name.lower())
    return ""


def _foreign_keys(form: TableForm, _style: SqlStyle) -> str:
    for one in form.foreign_keys:
        if missing := next((name for name in one.columns if form.column(name) is None), None):
            return f"The foreign key names {missing}, which is not a column."
        if not one.columns or not one.referred:
            return "A foreign key needs a column and a table that it refers to."
        if one.referred_columns and len(one.columns) != len(one.referred_columns):
            return f"The foreign key to {one.referred} must have the same number of columns on both sides."
        if "SET NULL" in (one.on_delete, one.on_update):
            fixed = next((n for n in one.columns if (c := form.column(n)) and (not c.nullable or n in form.key)), None)
            if fixed is not None:
                return f"{fixed} must not be NULL: the foreign key to {one.referred} cannot set it to NULL."
    return ""


def _checks(form: TableForm, style: SqlStyle) -> str:
    computed = next((one.name for one in form.columns if one.generated and not one.stored), "")
    if form.checks and computed and style is SqlStyle.MYSQL:  # engine-facts.md#virtual-columns-and-checks
        return f"Dolt ignores the checks of a table with a column that is computed when read: store {computed}."
    for one in form.checks:
        if not one.expression.strip() or not _balanced(one.expression, style):
            return f"The check {one.name or one.expression} is not a condition."
    return ""


_STRINGS = {
    SqlStyle.MYSQL: re.compile(r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.|\"\")*\"|`(?:[^`]|``)*`", re.DOTALL),
    SqlStyle.SQLITE: re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`", re.DOTALL),
}


def _balanced(sql: str, style: SqlStyle) -> bool:
    """Whether each parenthesis and quotation mark is closed, so that what follows is not taken for a part of it."""
    depth = 0
    for mark in re.findall(r"['\"`();]|--|/\*|#", _STRINGS[style].sub("", sql)):
        depth += {"(": 1, ")": -1}.get(mark, 0)
        if depth < 0 or mark not in "()":
            return False
    return depth == 0
