"""Texts pasted over cells: which rows and fields they have, in TSV, in CSV and in neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dolt_tui.engine.model import ColumnInfo, Editable, SqlStyle
from dolt_tui.ui.flows.pasting import Filling
from dolt_tui.ui.present.export import Copied, comma_separated, tsv
from dolt_tui.ui.present.pasted import Pasted, read_pasted

COLUMNS = ("id", "name", "note")


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("1\tAda\r\n2\tBo\r\n", (("1", "Ada"), ("2", "Bo"))),
        ("1,Ada\n2,Bo", (("1", "Ada"), ("2", "Bo"))),
        ("one value", (("one value",),)),
        ("Smith, John", (("Smith, John",),)),
        ("Smith,John\nDoe", (("Smith,John",), ("Doe",))),
        ('a\t"two\nlines"\nb\t"say ""hi"""', (("a", "two\nlines"), ("b", 'say "hi"'))),
        ('5"\t6"', (('5"', '6"'),)),
        ('1,"two, and\nlines"\n2\n3,x,y', (("1", "two, and\nlines"), ("2",), ("3", "x", "y"))),
        ('he said "1,2"\nno', (('he said "1,2"',), ("no",))),
        ("\\N\tx", ((None, "x"),)),
        ("C:\\new\tx", (("C:\\new", "x"),)),
        ("", (("",),)),
    ],
)
def test_fields(text: str, rows: tuple[tuple[str | None, ...], ...]) -> None:
    assert read_pasted(text, COLUMNS).rows == rows


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@given(st.lists(st.tuples(texts, texts | st.none(), texts), min_size=1, max_size=4))
def test_what_this_program_copies_comes_back(rows: list[tuple[str, str | None, str]]) -> None:
    copied = Copied("t", COLUMNS, tuple(rows))
    expected = tuple(
        tuple(None if value is None else value.replace("\r\n", "\n").replace("\r", "\n") for value in row)
        for row in rows
    )
    if not any('"' in value or value == "\\N" or "\r" in value for row in rows for value in row if value is not None):
        assert read_pasted(tsv(copied), COLUMNS) == Pasted(tuple(rows), COLUMNS, any(row[1] is None for row in rows))
    if not any(", " in (value or "") for row in rows for value in row) and "\t" not in comma_separated(copied):
        found = read_pasted(comma_separated(copied), COLUMNS)
        if found.heading:
            assert [[value or "" for value in row] for row in found.rows] == [
                ["" if value in (None, "\\N") else value for value in row] for row in expected
            ]


def test_values_that_a_column_refuses_are_told_with_their_place() -> None:
    columns = [
        ColumnInfo("id", "int", nullable=False, primary_key=True, key_position=1),
        ColumnInfo("name", "varchar(3)"),
        ColumnInfo("size", "int", extra="VIRTUAL GENERATED"),
    ]
    table = Editable("t", SqlStyle.MYSQL, tuple(columns))
    filling = Filling(table, columns, read_pasted("1\tAda\t\nx\tAda Lovelace\t3\n2\t\t", COLUMNS))
    assert filling.rows == [{"id": 1, "name": "Ada"}, {}, {"id": 2, "name": None}]
    places = [place for place, _ in filling.refused]
    assert places == ["line 2, id", "line 2, name"]
