"""What people type into cells: understood by the column's type, or refused with a sentence that says what is wanted."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from dolt_tui.engine.editing.cell_values import format_value, kind_of, parse
from dolt_tui.engine.editing.draft import Draft
from dolt_tui.engine.errors import InvalidValue
from dolt_tui.engine.model import DEFAULT, ColumnInfo, Edit, Editable, EditKind, Editor, SqlStyle

NOW = dt.datetime(2026, 11, 28, 14, 5, 9, 123456)
STAMPS, FLOATS = "1970-01-01 00:00:01 to 2038-01-19 03:14:07", "floating point"
DOLT, LITE = SqlStyle.MYSQL, SqlStyle.SQLITE


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("int", " 0x1F ", 31),
        ("int", "1e3", 1000),
        ("tinyint(1)", "yes", 1),
        ("tinyint(1)", "False", 0),
        ("decimal(10,2)", "10.50000", Decimal("10.50")),
        ("decimal(3,0)", "-7", Decimal(-7)),
        ("float", "0.1", 0.1),
        ("double unsigned", "1e-3", 0.001),
        ("bit(4)", "b'101'", 5),
        ("date", "today", dt.date(2026, 11, 28)),
        ("date", "Tomorrow", dt.date(2026, 11, 29)),
        ("date", "2001-2-3", dt.date(2001, 2, 3)),
        ("datetime", "now", dt.datetime(2026, 11, 28, 14, 5, 9)),
        ("datetime(3)", "now", dt.datetime(2026, 11, 28, 14, 5, 9, 123000)),
        ("datetime(6)", "yesterday", dt.datetime(2026, 11, 27)),
        ("timestamp", "2001-02-03T4:05", dt.datetime(2001, 2, 3, 4, 5)),
        ("datetime", "2001-02-03 04:05:06.000", dt.datetime(2001, 2, 3, 4, 5, 6)),
        ("time(6)", "-838:59:59", -dt.timedelta(hours=838, minutes=59, seconds=59)),
        ("time(6)", "7:05", dt.timedelta(hours=7, minutes=5)),
        ("time(6)", "-0:00:01.5", -dt.timedelta(seconds=1.5)),
        ("enum('it''s','b')", " IT'S ", "it's"),
        ("set('x','y','z')", "z, X,z", "x,z"),
        ("set('x')", "", ""),
        ("binary(4)", "1f 2E", b"\x1f\x2e\0\0"),
        ("varbinary(8)", "x'00ff'", b"\0\xff"),
        ("blob", "0x00ff 2 B", b"\0\xff"),
        ("binary(16)", "00112233-4455-6677-8899-aabbccddeeff", bytes.fromhex("00112233445566778899aabbccddeeff")),
        ("json", ' {"a": [1, 2.50]} ', ' {"a": [1, 2.50]} '),
        ("point", "SRID=4326;POINT(1 2)", "SRID=4326;POINT(1 2)"),
        ("vector(2)", "[1,-2.5]", "[1, -2.5]"),
        ("text", "a\n b ", "a\n b "),
        ("varchar(3)", "", ""),
        ("year", "0", 0),
    ],
)
def test_what_dolt_takes(kind: str, text: str, value: object) -> None:
    column = ColumnInfo("c", kind)
    found = parse(text, column, DOLT, NOW)
    assert (type(found), found) == (type(value), value)
    assert parse(format_value(found, column, DOLT), column, DOLT) == found


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("int", "", "c is a number: write one."),
        ("int", "12a", "c is a number, and 12a is not one."),
        ("int", "1.5", "c holds whole numbers only, not 1.5."),
        ("tinyint unsigned", "256", "c holds 0 to 255, not 256."),
        ("bigint", "9" * 60, f"c holds -9,223,372,036,854,775,808 to 9,223,372,036,854,775,807, not {'9' * 39}…."),
        ("decimal(5,2)", "1.005", "c keeps 2 digits after the point: 1.005 would be rounded."),
        ("decimal(5,2)", "1000", "c has room for 3 digits before the point, not for 1000."),
        ("float", "0.123456789", "c is in floating point: 0.123456789 would become 0.12345679."),
        ("float", "1e39", "c cannot hold a number as large as 1e39."),
        ("double", "1e-400", "c cannot hold a number as small as 1e-400."),
        ("double unsigned", "-1", "c holds no negative numbers, not -1.0."),
        ("year", "1850", "c holds the years 1901 to 2155, and 0, not 1850."),
        ("date", "2001-02-30", "c is a date, and there is no 2001-02-30."),
        ("date", "3.2.2001", "c is a date: write it like 2000-01-31, not 3.2.2001."),
        ("datetime", "2001-02-03 24:00", "c is a date with a time, and there is no 2001-02-03 24:00."),
        ("datetime", "2001-02-03 04:05:06.5", "c keeps whole seconds only: .5 would be rounded."),
        ("datetime(3)", "2001-02-03 04:05:06.0005", "c keeps 3 digits of a second's fraction: .0005 would be rounded."),
        (
            "timestamp",
            "1960-01-01",
            f"c is a TIMESTAMP: it holds {STAMPS}, not 1960-01-01.",
        ),
        ("time(6)", "839:00:00", "c holds times up to 838:59:59, not 839:00:00."),
        ("enum('a','b')", "", "c is one of a, b, not an empty text."),
        ("set('a','b')", "a,c", "c is one of a, b, not c."),
        ("json", '{"a":\n x}', "c is JSON, and this is not: expecting value at line 2, character 2."),
        ("json", "[NaN]", "c is JSON, which has no NaN."),
        (
            "json",
            "9007199254740993",
            "c holds numbers in floating point: 9007199254740993 would become 9007199254740992.0.",
        ),
        ("json", "[" * 9999, "c is JSON, and this is nested too deeply."),
        ("binary(2)", "0x010203", "c has room for 2 bytes, and these are 3."),
        ("blob", "0x1", "c holds bytes: write them like 0x1F2E, two digits for each, not 0x1."),
        ("varchar(3)", "abcd", "c has room for 3 characters, and this text has 4."),
        ("tinytext", "é" * 128, "c has room for 255 bytes, and this text has 256."),
        ("point", "LINESTRING(0 0,1 1)", "c holds a POINT, not a LINESTRING."),
        ("geometry", "POINT(1 2", "c is geometry: write it as well-known text like POINT(…), not POINT(1 2."),
        ("vector(2)", "[1]", "c is a vector of 2 numbers, and these are 1."),
        ("vector(2)", '[1,"2"]', 'c is a vector: write it like [1, 2.5], not [1,"2"].'),
    ],
)
def test_what_dolt_refuses(kind: str, text: str, message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse(text, ColumnInfo("c", kind), DOLT, NOW)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("INTEGER", "5", 5),
        ("INTEGER", "5.0", 5),
        ("INTEGER", "'abc'", "abc"),
        ("INTEGER", "'5'", 5),
        ("REAL", "5", 5.0),
        ("", "5", 5),
        ("", "'5'", "5"),
        ("", "x'00ff'", b"\0\xff"),
        ("", " abc ", " abc "),
        ("TEXT", "5", "5"),
        ("TEXT", "'5'", "'5'"),
        ("VARCHAR(3)", "abcdef", "abcdef"),
        ("TEXT", "x'00'", b"\0"),
        ("TEXT", "\\x'00'", "x'00'"),
        ("BLOB", "0x00ff", b"\0\xff"),
        ("DATE", "today", "2026-11-28"),
        ("DATE", "20010203", 20010203),
        ("DATETIME", "now", "2026-11-28 14:05:09"),
        ("BOOLEAN", "true", 1),
        ("JSON", '{"a": 1}', '{"a": 1}'),
        ("DECIMAL(5,2)", "1.50", 1.5),
    ],
)
def test_what_doltlite_takes(kind: str, text: str, value: object) -> None:
    column = ColumnInfo("c", kind)
    found = parse(text, column, LITE, NOW)
    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("INTEGER", "abc", "c is a number, and abc is not one."),
        ("INTEGER", "9223372036854775808", "c holds whole numbers of 64 bits: 9223372036854775808 would be rounded."),
        ("DECIMAL(30)", "0.12345678901234567890", None),
        ("REAL", "9007199254740993", "c is in floating point: 9007199254740993 would become 9007199254740992.0."),
        ("DATE", "3.2.2001", "c is a date: write it like 2000-01-31, not 3.2.2001."),
        ("DATETIME", "2001-02-30 10:00", "c is a date, and there is no 2001-02-30."),
        ("JSON", "{", None),
    ],
)
def test_what_doltlite_refuses(kind: str, text: str, message: str | None) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse(text, ColumnInfo("c", kind), LITE, NOW)
    assert message is None or caught.value.message == message


def test_kinds_of_editors() -> None:
    def kind(declared: str, style: SqlStyle, **more: object) -> Editor:
        return kind_of(ColumnInfo("c", declared, **more), style).editor  # type: ignore[arg-type]

    assert kind("tinyint(1)", DOLT) is Editor.BOOLEAN
    assert kind("multipolygon", DOLT) is Editor.GEOMETRY
    assert kind_of(ColumnInfo("c", "enum('a,b','it''s')"), DOLT).options == ("a,b", "it's")
    assert kind("int", DOLT, extra="STORED GENERATED") is Editor.READ_ONLY
    assert kind_of(ColumnInfo("c", "int", extra="auto_increment"), DOLT).automatic
    assert kind_of(ColumnInfo("c", "INTEGER", primary_key=True, key_position=1), LITE).automatic
    assert [kind(name, LITE) for name in ("", "VARCHAR(9)", "BLOB", "DECIMAL", "DATE", "BIGINT")] == [
        Editor.ANY, Editor.TEXT, Editor.BYTES, Editor.NUMBER, Editor.DATE, Editor.NUMBER
    ]  # fmt: skip


TABLE = Editable(
    "t",
    DOLT,
    (
        ColumnInfo("id", "int", nullable=False, primary_key=True, extra="auto_increment", key_position=1),
        ColumnInfo("name", "varchar(9)"),
        ColumnInfo("size", "int", extra="STORED GENERATED"),
    ),
)
ROW = {"id": 1, "name": "a", "size": 7}


def test_edits_are_gathered_and_taken_back() -> None:
    draft = Draft().set_cell(TABLE, ROW, "name", "b")
    again = draft.set_cell(TABLE, {**ROW, "name": "changed"}, "name", "c")
    edit = again.edit("t", (1,))
    assert edit == Edit("t", (1,), EditKind.CHANGED, ROW, {"name": "c"})  # compared with what was shown first
    assert not again.set_cell(TABLE, ROW, "name", "a")
    assert draft.set_cell(TABLE, ROW, "id", True).edit("t", (1,)) is not None
    assert not draft.take_back("t", (1,), "name")
    assert not draft.take_back("t", (1,))
    removed = draft.remove(TABLE, [ROW])
    assert [edit.kind for edit in removed] == [EditKind.REMOVED]
    assert not removed.take_back("t", (1,))
    more, key = removed.duplicate(TABLE, ROW)
    assert more.edit("t", key) == Edit("t", key, EditKind.ADDED, {}, {"name": "a"})
    assert more.edit("t", key).value("id") is DEFAULT  # type: ignore[union-attr]
    assert more.take_back("t", key, "name").edit("t", key).after == {}  # type: ignore[union-attr]
    assert more.without_table("t").tables == {}
    assert not more.without_table("t")
    both = draft.merged(more)
    assert [edit.kind for edit in both] == [EditKind.REMOVED, EditKind.ADDED]
    assert [str(statement) for statement in both.statements()] == [
        "DELETE FROM `t` WHERE `id` = 1",
        "INSERT INTO `t` (`name`) VALUES ('a')",
    ]
    gone = draft.based_on(draft.edits[0], None)
    assert [edit.after for edit in gone] == [{"id": 1, "name": "b"}]
    assert not draft.based_on(draft.edits[0], {**ROW, "name": "b"})
