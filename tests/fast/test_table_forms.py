"""Forms of tables without an engine: what is read out of a definition, what is typed, what is wrong with a form."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dolt_tui.engine.editing.forms import Target
from dolt_tui.engine.editing.table_definitions import index_parts, parts_text, read_form
from dolt_tui.engine.editing.table_forms import (
    CheckForm,
    ColumnForm,
    ForeignKeyForm,
    IndexForm,
    TableForm,
    default_sql,
    objection,
)
from dolt_tui.engine.editing.table_statements import alteration, create_statements
from dolt_tui.engine.errors import EngineError
from dolt_tui.engine.model import SqlStyle
from dolt_tui.ui.dialogs import table_parts as parts

MYSQL, SQLITE = SqlStyle.MYSQL, SqlStyle.SQLITE

SQLITES = """CREATE TABLE main."od""d" ( -- a comment, with a comma
  [id] INTEGER PRIMARY KEY AUTOINCREMENT, key text(5) not null on conflict ignore default 'it''s (' collate nocase,
  owner int constraint fk references people on delete set null deferrable initially deferred unique,
  n double precision check (n > 0 and n <> ')') default -1.5, g int as (n * 2) stored, untyped,
  constraint "c k" check ("key" <> ','), unique (key, n), foreign key (n, g) references t2(a, b) on update cascade
) strict, without rowid;
CREATE UNIQUE INDEX "i x" ON "od""d" (key COLLATE nocase DESC, lower(untyped)) WHERE n > 0"""


def test_a_definition_in_sqlites_words() -> None:
    form = read_form(SQLITES, SQLITE)
    assert form.name == 'od"d'
    assert form.key == ("id",)
    assert form.options == "strict, without rowid"
    assert [(one.name, one.type, one.default, one.rest) for one in form.columns] == [
        ("id", "INTEGER", "", ""),
        ("key", "text(5)", "'it''s ('", "ON CONFLICT ignore COLLATE nocase"),
        ("owner", "int", "", ""),
        ("n", "double precision", "-1.5", ""),
        ("g", "int", "", ""),
        ("untyped", "", "", ""),
    ]
    assert form.columns[0].auto_increment
    assert (form.columns[4].generated, form.columns[4].stored) == ("n * 2", True)
    assert form.foreign_keys == (
        ForeignKeyForm("fk", ("owner",), "people", (), "SET NULL", "", "deferrable initially deferred"),
        ForeignKeyForm("", ("n", "g"), "t2", ("a", "b"), "", "CASCADE"),
    )
    assert form.checks == (CheckForm("", "n > 0 and n <> ')'"), CheckForm("c k", "\"key\" <> ','"))
    assert form.indexes == (
        IndexForm("", (("owner", ""),), True, own=False),
        IndexForm("", (("key", ""), ("n", "")), True, own=False),
        IndexForm("i x", (("key", "COLLATE nocase DESC"), ("", "lower(untyped)")), True, rest="WHERE n > 0"),
    )
    table, index = create_statements(form, SQLITE)
    assert replace(read_form(f"{table};{index}", SQLITE), checks=form.checks) == form


def test_what_is_no_table_is_refused() -> None:
    for ddl in ("CREATE VIEW v AS SELECT 1", "", "CREATE TABLE t AS SELECT 1", "CREATE TABLE t (a int"):
        with pytest.raises(EngineError):
            read_form(ddl, SQLITE)


def test_the_tutorials_column_is_one_statement_on_both_engines() -> None:
    form = TableForm("employees", (ColumnForm("id", "int", was="id"),), ("id",))
    new = form.with_column(None, ColumnForm("start_date", "date"), MYSQL)
    assert alteration(form, new, MYSQL).statements == ("ALTER TABLE `employees` ADD COLUMN `start_date` date",)
    assert alteration(form, new, SQLITE).statements == ('ALTER TABLE "employees" ADD COLUMN "start_date" date',)
    assert alteration(form, form, MYSQL).statements == ()
    assert alteration(form, form, SQLITE).statements == ()


@pytest.mark.parametrize(
    ("typed", "mysql"),
    [
        ("", ""),
        ("5", "5"),
        ("-1.5e3", "-1.5e3"),
        ("null", "NULL"),
        ("current_timestamp(6)", "CURRENT_TIMESTAMP(6)"),
        ("uuid()", "(uuid())"),
        ("(1 + 2)", "(1 + 2)"),
        ("it's", "'it''s'"),
        ("'it''s'", "'it''s'"),
        ("2026-01-31", "'2026-01-31'"),
        ("a'; DROP TABLE t; --", "'a''; DROP TABLE t; --'"),
    ],
)
def test_defaults_as_they_are_typed(typed: str, mysql: str) -> None:
    assert default_sql(typed, MYSQL) == mysql


def test_columns_of_an_index_as_they_are_typed() -> None:
    parts = index_parts("a, `b c`(5) desc, lower(d)", MYSQL)
    assert parts == (("a", ""), ("b c", "(5) desc"), ("", "lower(d)"))
    assert parts_text(parts, MYSQL) == "a, `b c`(5) desc, lower(d)"
    for wrong in ("", "a) b", "a,,b", "(a"):
        with pytest.raises(EngineError):
            index_parts(wrong, MYSQL)


def test_what_is_wrong_is_told_before_the_engine_is_asked() -> None:
    column = ColumnForm("a", "int")
    good = TableForm("t", (column,), ("a",))
    assert objection(good, MYSQL) == ""
    for form, part in [
        (replace(good, name=" "), "needs a name"),
        (replace(good, name="dolt_x"), "engine's own"),
        (good.with_column(None, ColumnForm("A", "int"), MYSQL), "two columns A"),
        (replace(good, columns=(replace(column, type=""),)), "needs a type"),
        (replace(good, columns=(replace(column, type="int, x int"),)), "not a type"),
        (replace(good, columns=(replace(column, type="int) --"),)), "not a type"),
        (replace(good, columns=(replace(column, default="("),)), "parenthesis"),
        (replace(good, columns=(replace(column, nullable=False, default="NULL"),)), "cannot be NULL"),
        (replace(good, key=("a", "a")), "twice"),
        (replace(good, key=("b",)), "not a column"),
        (replace(good, checks=(CheckForm("", "a > 0) OR (1"),)), "not a condition"),
        (replace(good, checks=(CheckForm("", "a > 0); DROP TABLE t"),)), "not a condition"),
        (replace(good, indexes=(IndexForm("i", (("b", ""),)),)), "not a column"),
        (replace(good, foreign_keys=(ForeignKeyForm("", ("a",), "p", ("x",), "SET NULL"),)), "must not be NULL"),
        (replace(good, key=(), columns=(replace(column, auto_increment=True),)), "numbered automatically"),
    ]:
        assert part in objection(form, MYSQL), (form, part)
    assert "already a table" in objection(good, MYSQL, ["T"])
    automatic = replace(good, columns=(replace(column, auto_increment=True),))
    assert "INTEGER" in objection(automatic, SQLITE)


def test_columns_of_a_key_are_not_null_on_both_engines() -> None:
    form = TableForm("t", (ColumnForm("a", "INTEGER"), ColumnForm("b", "text"), ColumnForm("c", "int")))
    assert "NOT NULL" not in create_statements(form.with_key(["a"], SQLITE), SQLITE)[0], "it never is NULL"
    (made,) = create_statements(form.with_key(["a"], SQLITE).with_key(["a", "b"], SQLITE), SQLITE)
    assert made.count("NOT NULL") == 2, made
    assert '"c" int,' in made
    assert form.with_key(["b"], MYSQL).columns == form.columns, "Dolt sees to that by itself"
    told = form.with_key(["c", "b"], SQLITE)  # what is told afterwards stays
    told = parts.with_column(told, 2, _typed(name="c", type="int", key="yes"), SQLITE, inline=True)
    assert [one.nullable for one in told.columns] == [True, False, True]


def test_a_renamed_column_is_followed_and_a_dropped_one_taken_along() -> None:
    form = TableForm(
        "t",
        (ColumnForm("a", "int", was="a"), ColumnForm("b", "int", was="b", generated="a + 1")),
        ("a",),
        (IndexForm("i", (("a", "DESC"),)),),
        (ForeignKeyForm("f", ("a",), "T", ("a",)),),
        (CheckForm("c", "a > 0 AND a(a) <> 'a'"),),
    )
    new = form.with_column(0, replace(form.columns[0], name="x y"), MYSQL)
    assert new.columns[1].generated == "`x y` + 1"
    assert new.checks[0].expression == "`x y` > 0 AND a(`x y`) <> 'a'"
    assert (new.key, new.indexes[0].columns) == (("x y",), ("x y",))
    assert (new.foreign_keys[0].columns, new.foreign_keys[0].referred_columns) == (("x y",), ("x y",))
    assert form.kept_by(0, MYSQL) == "b is computed from a: drop or change it first."
    assert replace(form, columns=form.columns[:1]).kept_by(0, MYSQL).startswith("The check c is about a")
    assert form.kept_by(1, MYSQL) == ""
    left = form.without_column(0)
    assert (left.key, left.indexes, left.foreign_keys) == ((), (), ())


def _typed(**values: str) -> dict[str, str]:
    empty = dict.fromkeys(
        ["name", "type", "key", "required", "default", "unique", "auto", "comment", "generated", "stored"], ""
    )
    return {**empty, **values}


def test_fields_of_a_column() -> None:
    form = TableForm("t")
    form = parts.with_column(form, None, _typed(name="id", type="int", key="yes", auto="yes"), MYSQL, inline=True)
    form = parts.with_column(form, None, _typed(name="mail", type="text", unique="yes"), MYSQL, inline=True)
    assert (form.key, form.indexes) == (("id",), (IndexForm("", (("mail", ""),), True),))
    assert parts.column_reason(form, None, _typed(name="MAIL", type="int"), MYSQL) == "There are two columns MAIL."
    assert parts.column_reason(form, 1, _typed(name="MAIL", type="int"), MYSQL) == ""
    fields = {field.key: field.value for field in parts.column_fields(form, 1, MYSQL)}
    assert (fields["unique"], fields["required"]) == ("yes", "")
    form = parts.with_column(form, 1, {**fields, "unique": "", "required": "yes", "default": "n/a"}, MYSQL, inline=True)
    assert (form.indexes, form.columns[1].nullable, form.columns[1].default) == ((), False, "'n/a'")
    form = parts.with_column(form, 0, _typed(name="number", type="int"), MYSQL, inline=True)
    assert form.key == ()


def test_fields_of_a_foreign_key() -> None:
    form = TableForm("t", (ColumnForm("id", "int"), ColumnForm("a b", "int"), ColumnForm("c", "int")), ("id",))
    targets = [Target("two", ("x", "y"), ("int", "int"), ("x", "y")), Target("none", ("z",), ("int",), ())]
    new = ForeignKeyForm("", (), "", ())

    def reason(columns: str, table: str, there: str = "") -> str:
        values = {"columns": columns, "table": table, "there": there, "delete": "", "update": "", "name": ""}
        return parts.foreign_reason(form, values, new, targets, MYSQL)

    assert reason("`a b`, c", "TWO") == ""
    assert reason("c", "t") == ""  # itself
    assert reason("c", "two") == "c must refer to 1 column of two, not to x, y."
    assert reason("c", "none") == "none has no primary key: name its columns."
    assert reason("c", "none", "zz") == "none has no column zz."
    assert reason("d", "none", "z") == "There is no column d."
    assert reason("c", "other") == "There is no table other."
