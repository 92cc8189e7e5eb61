"""Tables by forms: what a form says is what the engine then has, whatever it is called; and alterations of one."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dolt_tui.engine.core.literals import quoted_name
from dolt_tui.engine.editing.table_definitions import read_form
from dolt_tui.engine.editing.table_forms import (
    CheckForm,
    ColumnForm,
    ForeignKeyForm,
    IndexForm,
    TableForm,
    objection,
    text_literal,
)
from dolt_tui.engine.errors import ChangedMeanwhile, EngineError
from dolt_tui.engine.model import SqlStyle
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt

_TYPES = {
    SqlStyle.MYSQL: [
        ("int", "7"),
        ("bigint unsigned", ""),
        ("varchar(30)", "'a''b'"),
        ("decimal(10,2)", "'1.50'"),
        ("datetime(6)", "CURRENT_TIMESTAMP(6)"),
        ("date", "'2026-01-31'"),
        ("text", "('x')"),
        ("json", ""),
        ("enum('a','b,''c')", "'b,''c'"),
        ("set('x','y')", "'x,y'"),
        ("bit(3)", "b'101'"),
        ("varbinary(8)", ""),
        ("char(36)", "(uuid())"),
        ("double", ""),
        ("varchar(5) CHARACTER SET latin1 COLLATE latin1_swedish_ci", ""),
    ],
    SqlStyle.SQLITE: [
        ("INTEGER", "7"),
        ("int", "-1"),
        ("varchar(30)", "'a''b \\'"),
        ("DECIMAL(10, 2)", "1.5"),
        ("REAL", ""),
        ("", ""),
        ("text", "CURRENT_TIMESTAMP"),
        ("double precision", "(1 + 2)"),
        ("BLOB", "x'41'"),
    ],
}
_NAMES = ["a", "B c", "select", 'd"e', "f`g", "h%i", "j''k", "ü☃", "check", "l(m", "n,o", "x;y", "-- p", "key", "[q]"]


def _form(dice: random.Random, style: SqlStyle, name: str) -> TableForm:
    names = dice.sample(_NAMES, 6)
    columns = []
    for each in names:
        kind, default = dice.choice(_TYPES[style])
        mysql = style is SqlStyle.MYSQL
        columns.append(
            ColumnForm(
                each,
                kind,
                nullable=dice.random() < 0.6,
                default=default if dice.random() < 0.5 else "",
                comment=dice.choice(["", "it's `x` \\ %s", "naïve"]) if mysql else "",
                rest="COLLATE NOCASE" if not mysql and dice.random() < 0.2 else "",
            )
        )
    columns[0] = replace(columns[0], type="int", default="", nullable=False, rest="")
    columns[1] = replace(columns[1], type="int", default="", nullable=False, rest="")
    number, other = names[0], names[1]
    made = ColumnForm("made", "int", generated=f"{quoted_name(number, style)} + 1", stored=dice.random() < 0.5)
    # engine-facts.md#virtual-columns-reorder-the-key
    keys_of_two = (other, number) if made.stored or style is SqlStyle.SQLITE else (number, other)
    key = dice.choice([(number,), keys_of_two, ()])
    indexes = [IndexForm("u", ((other, ""),), True)] if dice.random() < 0.5 else []
    indexes += [IndexForm('i `j"', ((number, ""), (other, "")))] if dice.random() < 0.5 else []
    # engine-facts.md#virtual-columns-and-checks, engine-facts.md#back-ticks-in-checks
    checkable = (made.stored and "`" not in other) or style is SqlStyle.SQLITE
    checks = [CheckForm("c 'k", f"{quoted_name(other, style)} > 0")] if checkable and dice.random() < 0.5 else []
    keys = [ForeignKeyForm("f k", (other,), "parent", ("id",), "CASCADE")] if dice.random() < 0.4 else []
    return TableForm(name, (*columns, made), key, tuple(indexes), tuple(keys), tuple(checks))


def _simple(form: TableForm, style: SqlStyle) -> TableForm:
    """A form without what the engines spell otherwise, or add of themselves."""
    keys = {key.name for key in form.foreign_keys}
    return replace(
        form,
        columns=tuple(
            replace(
                one,
                was="",
                nullable=one.nullable and one.name not in form.key,
                generated=one.generated.strip("()"),
                default=one.default if style is SqlStyle.SQLITE else one.default.strip("'"),
            )
            for one in form.columns
        ),
        indexes=tuple(sorted((one for one in form.indexes if one.name not in keys), key=str)),
        checks=tuple(replace(one, expression=one.expression.strip("()")) for one in form.checks),
        options="",
    )


def _altered(dice: random.Random, style: SqlStyle, form: TableForm) -> TableForm:
    """A form after some random edits."""
    for _ in range(dice.randrange(1, 4)):
        plain = [at for at, one in enumerate(form.columns) if not one.generated and one.name not in form.key]
        at = dice.choice(plain)
        column = form.columns[at]
        edit = dice.randrange(6)
        if edit == 0:
            form = form.with_column(None, ColumnForm(f"new {dice.randrange(10**9)}", "int", default="5"), style)
        elif edit == 1 and len(plain) > 2 and not any(column.name in one.expression for one in form.checks):
            if f"{quoted_name(column.name, style)} +" not in str(form.columns[-1].generated):
                form = form.without_column(at) if not _needed(form, column.name, style) else form
        elif edit == 2 and not _needed(form, column.name, style):
            form = form.with_column(at, replace(column, name=f"{column.name}~{at}"), style)
        elif edit == 3:
            form = form.moved(at, dice.randrange(len(form.columns)))
        elif edit == 4:
            form = form.with_column(at, replace(column, nullable=not column.nullable, comment=""), style)
        else:
            form = replace(form, indexes=form.indexes[1:], checks=form.checks[1:], foreign_keys=form.foreign_keys[1:])
    return form


def _needed(form: TableForm, name: str, style: SqlStyle) -> bool:
    return any(quoted_name(name, style) in one.generated for one in form.columns)


def test_a_form_is_what_the_engine_has(raw: Raw, repository: Repository) -> None:
    style = repository.forms.style
    raw.run("CREATE TABLE parent (id INT PRIMARY KEY)")

    @settings(max_examples=8, suppress_health_check=list(HealthCheck), deadline=None)
    @given(st.integers(min_value=0))
    def check(seed: int) -> None:
        dice = random.Random(seed)
        table = dice.choice(["t", "T 1", 'q"`t', "%s"])
        wanted = _form(dice, style, table)
        assert objection(wanted, style) == ""
        repository.forms.create("main", wanted)
        try:
            found = repository.forms.table("main", table)
            assert _simple(found.form, style) == _simple(wanted, style)
            copy = replace(found.form, name="copy")
            if style is SqlStyle.SQLITE:
                copy = replace(copy, indexes=tuple(replace(one, name=f"{one.name} 2") for one in copy.indexes))
            repository.forms.create("main", replace(copy, foreign_keys=()))  # each name once on Dolt
            again = repository.forms.table("main", "copy").form
            assert replace(again, indexes=(), name="") == replace(copy, indexes=(), name="", foreign_keys=())
            new = _altered(dice, style, found.form)
            repository.forms.alter("main", found, new)
            now = repository.forms.table("main", table).form
            assert _simple(now, style) == _simple(new, style)
        finally:
            for name in (table, "copy"):
                raw.run(f"DROP TABLE IF EXISTS {quoted_name(name, style)}")

    check()


def test_the_rows_stay_and_so_does_what_refers_to_them(raw: Raw, repository: Repository) -> None:
    raw.run(
        "CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR(40), age INT, CHECK (age >= 0))",
        "CREATE TABLE pets (id INT PRIMARY KEY, owner INTEGER, FOREIGN KEY (owner) REFERENCES people (id) "
        "ON DELETE CASCADE)",
        "INSERT INTO people VALUES (1, 'Ann', 30), (2, NULL, 10)",
        "INSERT INTO pets VALUES (1, 1), (2, 2)",
        "CREATE INDEX by_age ON people (age)",
        "CREATE VIEW grown AS SELECT id FROM people WHERE age > 17",
        "CREATE TRIGGER tidy AFTER INSERT ON pets FOR EACH ROW BEGIN UPDATE people SET age = age + 1; END",
        "CREATE TRIGGER own AFTER DELETE ON people FOR EACH ROW BEGIN UPDATE pets SET id = id + 1; END",
    )
    forms, style = repository.forms, repository.forms.style
    before = forms.table("main", "people")
    assert forms.references("main", "people").tables == ("pets",)
    assert forms.references("main", "people").views == ("grown",)
    assert "tidy" in forms.references("main", "people").triggers
    form = before.form.with_column(2, replace(before.form.columns[2], name="years"), style)
    form = form.with_column(1, replace(form.columns[1], nullable=False), style).moved(2, 0)
    preview = forms.preview("main", before.form, form)
    assert (preview.rows, preview.misfits) == (2, (("name is NULL", 1),))
    if style is SqlStyle.SQLITE:
        with pytest.raises(EngineError):
            forms.alter("main", before, form)
        assert forms.table("main", "people").form == before.form
        assert raw.scalar("SELECT count(*) FROM pets") == 2
    raw.run("UPDATE people SET name = 'Bob' WHERE id = 2")
    with pytest.raises(ChangedMeanwhile):
        forms.alter("main", before, form)
    before = forms.table("main", "people")
    forms.alter("main", before, form)
    assert raw.rows("SELECT * FROM people ORDER BY id") == [(30, 1, "Ann"), (10, 2, "Bob")]
    assert raw.rows("SELECT * FROM pets ORDER BY id") == [(1, 1), (2, 2)]
    after = forms.table("main", "people").form
    assert [one.columns for one in after.indexes] == [("years",)]
    assert "years" in after.checks[0].expression
    with pytest.raises(EngineError):
        repository.run("main", [("UPDATE people SET years = -1", ())])
    name = 'per`so"ns'
    if style is SqlStyle.SQLITE:
        assert raw.rows("SELECT * FROM grown") == [(1,)]  # the view follows
    forms.rename("main", "people", name)
    assert raw.scalar(f"SELECT count(*) FROM {quoted_name(name, style)}") == 2
    (key,) = forms.table("main", "pets").form.foreign_keys
    assert (key.referred, key.on_delete) == (name, "CASCADE")


def test_what_does_not_fit_is_counted(raw: Raw, repository: Repository) -> None:
    raw.run(
        "CREATE TABLE parent (id INT PRIMARY KEY)",
        "CREATE TABLE t (id INT PRIMARY KEY, s VARCHAR(20), n BIGINT)",
        "INSERT INTO parent VALUES (1)",
        "INSERT INTO t VALUES (1, 'short', 1), (2, 'much longer', 1), (3, NULL, 99999999999)",
    )
    forms, style = repository.forms, repository.forms.style
    form = forms.table("main", "t").form
    new = replace(
        form,
        indexes=(IndexForm("u", (("n", ""),), True),),
        checks=(CheckForm("", "n < 10"),),
        foreign_keys=(ForeignKeyForm("", ("n",), "parent", ("id",)),),
    )
    found = dict(forms.preview("main", form, new).misfits)
    assert found == {"n twice in the unique index": 1, "not n < 10": 1, "n is not in parent": 1}
    assert forms.preview("main", form, form.without_column(1)).lost == (("s", 2),)
    required = form.with_column(None, ColumnForm("new", "int", nullable=False), style)
    ((words, number),) = forms.preview("main", form, required).misfits
    assert words.startswith("new has no default")
    assert number == 3
    if style is SqlStyle.MYSQL:
        narrow = form.with_column(1, replace(form.columns[1], type="varchar(5)"), style)
        narrow = narrow.with_column(2, replace(form.columns[2], type="int"), style)
        assert dict(forms.preview("main", form, narrow).misfits) == {
            "s is too long for varchar(5)": 1,
            "n is too long for int": 1,
        }


def test_text_literals(raw: Raw, repository: Repository) -> None:
    for text in ("it's", "a\\b", "x://u:p@h/", '"', "\u2603"):
        assert raw.scalar(f"SELECT {text_literal(text, repository.forms.style)}") == text


def test_checks_beside_a_virtual_column(dolt: RawDolt) -> None:
    dolt.run(
        "CREATE TABLE t (a INT NOT NULL, b INT NOT NULL, v INT AS (a + 1), PRIMARY KEY (b, a), CHECK (b > 0))",
        "INSERT INTO t (a, b) VALUES (1, -1)",
    )
    form = read_form(str(dolt.rows("SHOW CREATE TABLE t")[0][1]), SqlStyle.MYSQL)
    assert (form.key, form.checks) == (("a", "b"), ())
    assert "ignores the checks" in objection(replace(form, checks=(CheckForm("", "b > 0"),)), SqlStyle.MYSQL)


def test_a_column_that_another_one_is_computed_from(dolt: RawDolt) -> None:
    dolt.run("CREATE TABLE t (a INT PRIMARY KEY, n INT, twice INT AS (n * 2) STORED)", "INSERT INTO t (a) VALUES (1)")
    dolt.run("ALTER TABLE t DROP COLUMN n")
    for sql in ("INSERT INTO t (a) VALUES (2)", "SHOW CREATE TABLE t"):
        with pytest.raises(Exception, match="could not be found"):
            dolt.run(sql)


def test_what_ran_before_a_refusal_is_told(dolt: RawDolt, opened: Open) -> None:
    dolt.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, CHECK (a > 0))", "INSERT INTO t VALUES (1, 5)")
    forms = opened(dolt).forms
    old = forms.table("main", "t")
    form = old.form.with_column(1, replace(old.form.columns[1], name="b"), SqlStyle.MYSQL)
    form = replace(form, checks=(*form.checks, CheckForm("", "b > 7")))
    with pytest.raises(EngineError, match=r"^The first 2 statements of 3 ran, and are kept"):
        forms.alter("main", old, form)
    assert [column.name for column in forms.table("main", "t").form.columns] == ["id", "b"]
