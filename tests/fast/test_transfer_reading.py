"""Files that are read: dialects, encodings, guesses, what is refused; and what was written comes back."""

from __future__ import annotations

import gzip
import io
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dolt_tui.engine.errors import BadLine, EngineError
from dolt_tui.engine.model import ChangeKind, ColumnInfo, DiffColumn, RowChange, SqlStyle
from dolt_tui.engine.transfer import texts
from dolt_tui.engine.transfer.converting import Unfit, column_converter, converter
from dolt_tui.engine.transfer.formats import Format, named
from dolt_tui.engine.transfer.guessing import guess
from dolt_tui.engine.transfer.importing import preview
from dolt_tui.engine.transfer.loading import Mode
from dolt_tui.engine.transfer.outputs import Output
from dolt_tui.engine.transfer.plans import Plan
from dolt_tui.engine.transfer.reading import Layout, records, records_of
from dolt_tui.engine.transfer.requests import BothSides, PagedSource
from dolt_tui.engine.transfer.sniffing import sniff, with_header
from dolt_tui.engine.transfer.writers import CsvWriter, JsonLinesWriter, TsvWriter

FIELD = st.none() | st.text(
    st.sampled_from(list("ab,;\t\n\r\"'\\0N| é🙂\0\x1a\x85\u2028"))
    | st.characters(exclude_categories=["Cs"], exclude_characters=""),
    max_size=12,
)
ROWS = st.integers(1, 4).flatmap(lambda width: st.lists(st.tuples(*[FIELD] * width), min_size=1, max_size=8))


@given(ROWS)
def test_what_was_written_is_read(rows: list[tuple[str | None, ...]]) -> None:
    columns = [ColumnInfo(f"c{number}", "text") for number in range(len(rows[0]))]
    names = tuple(column.name for column in columns)
    layout = Layout(Path("x"), "x", Format.CSV, names)
    for kind, how in (
        (CsvWriter, layout),
        (TsvWriter, replace(layout, format=Format.TSV, delimiter="\t", quoted=False)),
        (JsonLinesWriter, replace(layout, format=Format.JSON_LINES)),
    ):
        binary = io.BytesIO()
        output = Output(binary)
        writer = kind(output, columns)
        writer.begin()
        writer.write(rows)
        writer.end()
        output.finish()
        found = [tuple(fields) for _, fields in records_of(how, io.BytesIO(binary.getvalue()))]
        assert found == rows, kind


def rows_of(path: Path, **options: object) -> tuple[Layout, list[list[str | None]]]:
    layout = sniff(path, **options)  # type: ignore[arg-type]
    return layout, [[*fields] for _, fields in records(layout)]


def test_dialects(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    for content, delimiter, header, encoding, found in [
        (b"id;name\r\n1;Z\xc3\xbcrich\r\n2;\r\n", ";", True, "utf-8", [["1", "Zürich"], ["2", None]]),
        ("id\tname\n1\tä\n".encode("utf-16"), "\t", True, "utf-16", [["1", "ä"]]),
        (b"\xef\xbb\xbfid|name\n1|a\n", "|", True, "utf-8", [["1", "a"]]),
        (b"name,town\nZ\xfcrich,x\n", ",", True, "latin-1", [["Zürich", "x"]]),
        (b"\x80uro,1\nother,2\n", ",", False, "cp1252", [["€uro", "1"], ["other", "2"]]),
        (b"1,2\n3,4\n", ",", False, "utf-8", [["1", "2"], ["3", "4"]]),
        (b'a,b\n"x\ny, ""z""",""\n', ",", True, "utf-8", [['x\ny, "z"', ""]]),
        (b"one\nx\n\ny\n", ",", True, "utf-8", [["x"], [None], ["y"]]),
        (b'a,b\n5" pipe,x\n', ",", True, "utf-8", [['5" pipe', "x"]]),
        (b"a,b\n\n1,2\n", ",", True, "utf-8", [["1", "2"]]),
        (b"\n\na,b\n1,2\n", ",", True, "utf-8", [["1", "2"]]),
        (b'"a","b\nc",";d"\n1,2,3\n', ",", True, "utf-8", [["1", "2", "3"]]),
        (b",a\n0,x\n1,y\n", ",", True, "utf-8", [["0", "x"], ["1", "y"]]),
        (b"id,a,a\n1,x,y\n", ",", True, "utf-8", [["1", "x", "y"]]),
    ]:
        path.write_bytes(content)
        layout, rows = rows_of(path)
        assert (layout.delimiter, layout.header, layout.encoding, rows) == (delimiter, header, encoding, found), content
    path.write_bytes(b"1,2\n3,4\n")
    assert with_header(sniff(path), True).columns == ("1", "2")
    tsv = tmp_path / "x.tsv.gz"
    tsv.write_bytes(gzip.compress(b"a\tb\n\\N\tx\\ty\\\\\nq\\\nr\t\n"))
    assert rows_of(tsv)[1] == [[None, "x\ty\\"], ["q\nr", ""]]
    plain = tmp_path / "no ending"
    plain.write_text('[{"a": 1.10, "b": "001"},\n {"b": {"x": [1]}, "c": true}]')
    assert rows_of(plain)[1] == [["1.10", "001", None], [None, '{"x": [1]}', "true"]]
    assert named("a/people.json.gz").stem == "people"


def test_what_is_refused(tmp_path: Path) -> None:
    for name, content, words in [
        ("x.csv", b'a,b\n1,2\n3,"4\n5\n', "Line 3 of x.csv: a quote is opened there"),
        ("x.csv", b"a,b\n1,2\n3\n", "Line 3 of x.csv: it has 1 field instead of 2"),
        ("x.csv", b"", "is empty"),
        ("x.csv", b"\n\n\n", "has no lines"),
        ("x.csv", b"PK\x03\x04\x14\x00\xff\xfe,\n", "not a text file"),
        ("x.jsonl", b'{"a": 1}\n{"a": }\n', "Line 2 of x.jsonl: it is not JSON"),
        ("x.jsonl", b'{"a": 1}\n[2]\n', "Line 2 of x.jsonl: it is not an object"),
        ("x.csv.gz", b"a,b\n", "not compressed"),
        ("x.md", b"| a |\n", "Markdown"),
    ]:
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(EngineError, match=words):
            list(records(sniff(path)))
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    with pytest.raises(EngineError, match="only once"):
        sniff(pipe)
    for unknown in ("klingon", "base64"):
        with pytest.raises(EngineError, match=f"no encoding {unknown}"):
            sniff(path, encoding=unknown, format_=Format.CSV)
    late = tmp_path / "late.csv"
    late.write_bytes(b"a,b\n" + b"1,2\n" * 200_000 + b"\xfc,2\n")
    with pytest.raises(EngineError, match="not utf-8 throughout"):
        list(records(sniff(late)))


def test_types_are_guessed() -> None:
    columns = {
        "id": ["1", "2", "3"],
        "small": ["-5", None, "7"],
        "big": ["3000000000", "1", "2"],
        "huge": ["18446744073709551615", "1", "2"],
        "beyond": ["99999999999999999999999", "1", "2"],
        "zip": ["01234", "5", "6"],
        "price": ["1.10", "20", "3.125"],
        "real": ["1e10", "2", "3.5"],
        "day": ["2024-02-29", "2024-01-01", None],
        "no_day": ["2023-02-29", "2024-01-01", None],
        "at": ["2024-02-29T12:00:00Z", "2024-01-01 00:00", "2024-01-01"],
        "time": ["12:00:00.25", "-100:00:00", "00:00:00"],
        "ok": ["true", "false", None],
        "data": ['{"a": 1}', "[]", None],
        "bytes": ["0x00ff", "0xab", None],
        "text": ["a" * 60, "b", ""],
        "long": ["a" * 3000, "b", ""],
        "none": [None, None, None],
    }
    rows = list(zip(*columns.values(), strict=True))
    found = guess([*columns], rows, SqlStyle.MYSQL, whole=True)
    assert {one.name: one.type for one in found} == {
        "id": "INT",
        "small": "INT",
        "big": "BIGINT",
        "huge": "BIGINT UNSIGNED",
        "beyond": "DECIMAL(23,0)",
        "zip": "VARCHAR(16)",
        "price": "DECIMAL(5,3)",
        "real": "DOUBLE",
        "day": "DATE",
        "no_day": "VARCHAR(16)",
        "at": "DATETIME",
        "time": "TIME(2)",
        "ok": "BOOLEAN",
        "data": "JSON",
        "bytes": "LONGBLOB",
        "text": "VARCHAR(64)",
        "long": "TEXT",
        "none": "VARCHAR(16)",
    }
    assert [one.name for one in found if one.key] == ["id"]
    lite = {one.name: one.type for one in guess([*columns], rows, SqlStyle.SQLITE, whole=True)}
    assert (lite["id"], lite["price"], lite["zip"], lite["huge"], lite["real"]) == (
        "INTEGER",
        "TEXT",  # a number would lose the zero of 1.10
        "TEXT",
        "TEXT",
        "REAL",
    )
    # What a type was guessed for, it holds.
    for style in SqlStyle:
        for at, one in enumerate(guess([*columns], rows, style, whole=True)):
            convert = converter(ColumnInfo(one.name, one.type), style)
            for row in rows:
                convert(row[at])


@pytest.mark.parametrize(
    ("type_", "good", "bad"),
    [
        ("tinyint", ["-128", "127", " 5", "+3", "true", ""], ["128", "1.5", "x", "1e3"]),
        ("bigint unsigned", ["18446744073709551615"], ["-1", "18446744073709551616"]),
        ("bit(8)", ["255"], ["256", "-1"]),
        ("decimal(5,2)", ["999.99", "-1.100", ".5", "1e2"], ["1000", "1.234", "x", "."]),
        ("double", ["1e300", "inf", "-0.5"], ["x", "1_0"]),
        ("date", ["2024-02-29", "0000-00-00", "2024-01-01 00:00:00"], ["2023-02-29", "2024-01-01 12:00:00", "x"]),
        ("datetime", ["2024-01-01T00:00:00Z", "2024-01-01"], ["2024-01-01 00:00:00.5", "2024-01-01+02:00"]),
        ("datetime(3)", ["2024-01-01 00:00:00.125000"], ["2024-01-01 00:00:00.0001"]),
        ("time", ["-838:59:59", "00:00"], ["12", "12:00:00.5"]),
        ("json", ["{}", "1"], ["{", "hello"]),
        ("varchar(3)", ["", "anything"], []),
    ],
)
def test_nothing_is_altered(type_: str, good: list[str], bad: list[str]) -> None:
    """A column takes what it keeps, and refuses what it would round, cut or take for something else."""
    convert = converter(ColumnInfo("c", type_), SqlStyle.MYSQL)
    together = column_converter(ColumnInfo("c", type_), SqlStyle.MYSQL)
    for fields in (good, [*good, None], good[:1] * 3):
        assert [*together(fields)] == [convert(field) for field in fields]
    for text in bad:
        with pytest.raises(Unfit):
            convert(text)
        with pytest.raises(Unfit):
            together([*good, text])


def test_a_plan_is_changed(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("id,a,b\n1,x,2\n2,y,\n")
    plan = Plan(preview(sniff(path), SqlStyle.MYSQL), SqlStyle.MYSQL, "p")
    assert "PRIMARY KEY (`id`)" in plan.statement
    assert plan.modes == (Mode.INSERT,)
    other = plan.next_type(1, 1)
    assert other.preview.columns[1].type == "INT"
    assert other.wrong(9)[0][1] == "'x' is not a whole number"
    assert other.next_type(1, -1).preview.columns == plan.preview.columns
    assert "`a`" not in plan.kept(1).statement
    assert plan.kept(0).kept(1).kept(2).objection
    there = plan.into("q", [ColumnInfo("ID", "int", False, True, key_position=1), ColumnInfo("z", "text")])
    assert there.objection == ""
    fit = there.fit
    assert fit is not None
    assert (fit.left_out, fit.missing, fit.keys) == (("a", "b"), ("z",), ("ID",))
    assert there.next_mode().mode is Mode.UPDATE
    assert plan.into("q", [ColumnInfo("z", "text")]).objection.startswith("p.csv and the table have no column")
    assert texts.titles(["a", "a", "a_2"]) == ("a", "a_2_", "a_2")
    with pytest.raises(BadLine):
        raise BadLine("x", 1, "y")


class Found:
    """Some row changes that are all there."""

    columns = (DiffColumn("id", type="int"), DiffColumn("b", in_old=False))
    changes = (
        RowChange(ChangeKind.ADDED, None, (1, "x")),
        RowChange(ChangeKind.MODIFIED, (2, None), (2, "y"), frozenset({1})),
        RowChange(ChangeKind.REMOVED, (3, None), None),
    )

    def page(self, start: int, size: int) -> Sequence[RowChange]:
        return self.changes[start : start + size]


def test_changes_are_rows_of_both_sides() -> None:
    source = PagedSource(BothSides(Found()))
    assert [column.name for column in source.columns] == ["to_id", "to_b", "from_id", "from_b", "diff_type"]
    assert [*source.rows()] == [
        (1, "x", None, None, "added"),
        (2, "y", 2, None, "modified"),
        (None, None, 3, None, "removed"),
    ]
