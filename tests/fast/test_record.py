"""A record: all columns of a row, with what differs in each."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from dolt_tui.engine.model import ABSENT, ChangeKind
from dolt_tui.ui.present.images import image_of
from dolt_tui.ui.present.record import MORE, Entry, Look, RecordLines, Shape, found_in, record_lines, type_text
from dolt_tui.ui.present.record_values import change_lines, value_lines
from dolt_tui.ui.present.text import Style, plain

DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (640).to_bytes(4, "big") + (480).to_bytes(4, "big")
JPEG = b"\xff\xd8\xff\xe0\0\x04xx\xff\xff\xc2\0\x11\x08" + (99).to_bytes(2, "big") + (300).to_bytes(2, "big")


def shown(value: object, kind: str, width: int = 1000, **how: Any) -> list[str]:
    return [plain(line) for line in value_lines(kind, value, width, **how).lines]


def change(old: object, new: object, kind: str = "text", width: int = 60, **how: Any) -> list[str]:
    """The lines of a change: what is gone in ``[]``, what came in ``{}``."""
    marks = {Style.REMOVED: "[{}]", f"{Style.ADDED} {Style.BOLD}": "{{{}}}"}
    lines = change_lines(kind, old, new, width, **how).lines
    runs = [
        [("".join(text for text, _ in run), style) for style, run in groupby(line, lambda span: span[1])]
        for line in lines
    ]
    return ["".join(marks.get(style, "{}").format(text) for text, style in line) for line in runs]


def test_an_empty_side_is_seen() -> None:
    assert change("", "x") == ["[''] {x}"]
    assert change("a,b", "", "set('a','b')") == ["[a,b] {''}"]
    assert change("", None) == ["['']" + " {∅}"]


def lines(
    columns: Sequence[tuple[str, str]],
    values: Sequence[object],
    old: Sequence[object] | None = None,
    width: int = 80,
    kind: ChangeKind | None = None,
    **look: Any,
) -> RecordLines:
    found = record_lines(Shape(columns, frozenset({0})), values, old, kind, Look(width, **look))
    room = [sum(max(column.min_width, 1) for column in found.columns)]
    assert room[0] <= width
    for row in found.rows:
        for cell, column in zip(row.cells, found.columns, strict=True):
            assert cell_len(plain(cell)) <= column.max_width, row
    return found


def texts(found: RecordLines) -> list[str]:
    return ["|".join(map(plain, row.cells)) for row in found.rows]


@given(DOCUMENTS)
def test_json_is_indented_and_stays_the_same(document: object) -> None:
    text = json.dumps(document, separators=(",", ":"))  # ASCII: what is escaped stays so
    assert json.loads("\n".join(shown(text, "json", unfolded=True))) == document


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            '{"a":1.10000000000000000001,"b":[1,2],"c":{}}',
            ["{", '  "a": 1.10000000000000000001,', '  "b": [', "    1,", "    2", "  ],", '  "c": {}', "}"],
        ),
        ("[]", ["[]"]),
        ('"x, {y}: \\" z"', ['"x, {y}: \\" z"']),
    ],
)
def test_how_json_looks(text: str, lines: list[str]) -> None:
    assert shown(text, "json") == lines
    assert shown(text, "text") == [text]


def test_long_values_are_folded_and_unfolded() -> None:
    text = "\n".join(f"line {at}" for at in range(40))
    assert shown(text, "text", 30)[-2:] == ["line 11", "▸ 28 more lines"]
    assert shown(text, "text", 30, unfolded=True) == text.split("\n")
    assert shown("é漢" * 50, "text", 10) == ["é漢é漢é漢é", "漢é漢é漢é", "漢é漢é漢é"] + ["漢é漢é漢é"] * 9 + [
        "▸ 5 more lines"
    ]
    assert "".join(shown("é漢" * 50, "text", 10, unfolded=True)) == "é漢" * 50
    assert shown(None, "text") == ["∅"]
    assert shown(ABSENT, "text") == ["–"]
    assert shown("", "text") == [""]


def test_megabytes_cost_no_more_than_what_is_seen() -> None:
    one = "words of a text that goes on and on. " * 40_000
    other = one[:700_000] + "Here it is another one. " + one[700_000:]
    began = time.perf_counter()
    assert shown(one, "text", 40)[-1] == "▸ all 1,480,000 characters"
    assert shown(one, "text", 40, unfolded=True)[-1] == "… 1,460,000 more characters"
    assert any("another one" in line for line in change(one, other))
    assert shown(one.encode(), "blob") == [f"0x{one[:16].encode().hex()}…, 1,480,000 bytes"]
    assert time.perf_counter() - began < 1


def test_what_changed_within_values() -> None:
    assert change(Decimal("900.00"), Decimal("1250.00"), "decimal(10,2)") == ["[900.00] {1250.00}   +350.00"]
    assert change("silver", "gold", "enum('silver','gold')") == ["[silver] {gold}"]
    assert change("export,late payer", "export,vip", "set('export','vip')") == ["export, [late payer] {vip}"]
    assert change(None, "new") == ["[∅] {new}"]
    assert change("a", ABSENT) == ["[a] {–}"]
    assert change("wants a refund now", "wants a replacement now") == ["wants a [refund] {replacement} now"]
    assert change("a@acme.example", "a@acme.pt") == ["a@acme.[example] {pt}"]
    then, now = dt.datetime(2026, 11, 2, 9, 14, 7, 250000), dt.datetime(2026, 11, 23, 16, 40)
    assert change(then, now, "datetime(6)", 30) == ["[2026-11-02 09:14:07.250000]", "{2026-11-23 16:40:00}"]
    assert change(PNG, PNG + b"x" * 10) == ["png, 640×480, [24] {34} bytes"]
    assert change(b"ab", b"abc") == ["[0x6162, 2 bytes] {0x616263, 3 bytes}"]
    assert change(PNG + b"x", PNG + b"y") == ["png, 640×480, 25 bytes, others than before"]


def test_what_did_not_change_in_a_long_text_is_folded() -> None:
    old = "\n".join(["first", *(f"line {at}" for at in range(6)), "never before ten"])
    new = old.replace("never", "not")
    folded = ["▸ 6 lines unchanged", "line 5", "[never] {not} before ten"]
    assert change(old, new) == folded
    assert change(old, new, unfolded=True) == [*old.split("\n")[:-1], folded[-1]]


def test_json_is_compared_by_path() -> None:
    old = {"address": {"zip": "1000"}, "phones": ["1"], "crm": 8812, "same": [1, 2]}
    new = {"address": {"zip": "1100"}, "phones": ["1", "2"], "same": [1, 2]}
    assert change(json.dumps(old), json.dumps(new), "json") == [
        '~ $.address.zip  ["1000"] {"1100"}',
        '+ $.phones[1]    {"2"}',
        "− $.crm          [8812]",
        "▸ 3 paths unchanged",
    ]
    assert change("{}", "{ }", "json") == ["the same document, written differently"]


def test_a_record_of_a_row() -> None:
    found = lines([("id", "int"), ("name", "varchar(9)")], (42, "Ana"))
    assert texts(found) == ["|id|int · key|42", "|name|varchar(9)|Ana"]
    assert [row.key for row in found.rows] == [(0, 0), (1, 0)]
    assert texts(lines([("id", "int"), ("a", "text")], (1, "x"), kind=ChangeKind.ADDED)) == [
        "+|id|int · key|1",
        "+|a|text|x",
    ]
    assert texts(lines([("id", "int"), ("a", "text")], (1, "x"), width=50)) == ["|id|1", "|a|x"]


def test_nothing_is_cut() -> None:
    long, kind = "a_name_of_a_column_that_is_long", "decimal(65,30) unsigned zerofill"
    found = lines([("id", "int"), (long, kind)], (1, "word " * 30), width=70)
    rows = [[plain(cell) for cell in row.cells] for row in found.rows if row.key[0] == 1]  # type: ignore[index]
    assert "".join(row[1] for row in rows) == long
    assert "".join(row[2] for row in rows).replace(" ", "") == kind.replace(" ", "")
    assert " ".join(row[3] for row in rows).split() == ["word"] * 30


def test_columns_that_did_not_change_are_one_line() -> None:
    columns = [(name, "int") for name in ("id", "name", "a", "b", "c", "d", "e")]
    old, new = (1, 0, 0, 0, 0, 0, 0), (1, 0, 1, 0, 1, 0, 0)
    found = lines(columns, new, old)
    assert found.changed == {2, 4}
    assert texts(found) == [
        "|id|int · key|1",
        "|name|int|0",
        "~|a|int|0 1   +1",
        "|b|int|0",
        "~|c|int|0 1   +1",
        "|▸ 2 more||d, e: unchanged",
    ]
    assert found.rows[-1].key == (MORE, 0)
    assert found.rows[-1].value == Entry(None, folds=True)
    assert len(texts(lines(columns, new, old, whole=True))) == 7
    assert found_in(Shape(columns), new, old, "E") == {1, 6}
    assert found_in(Shape(columns), new, old, "1") == {0, 2, 4}


def test_types_are_short() -> None:
    shape = Shape([("a", "enum('x','y,z','it''s')"), ("b", "text"), ("c", "varchar(200)")], frozenset({2}))
    assert [type_text(shape, at, "x" * 99) for at in range(3)] == ["enum · 3", "text · 99", "varchar(200) · key"]


def test_pictures() -> None:
    assert image_of(PNG) == ("png", 640, 480)
    assert image_of(JPEG) == ("jpeg", 300, 99)
    assert image_of(b"GIF89a" + bytes([1, 0, 2, 0])) == ("gif", 1, 2)
    assert image_of(b"RIFFxxxxWEBPVP8X" + bytes(8) + bytes([9, 0, 0, 4, 0, 0])) == ("webp", 10, 5)
    assert image_of(b"BM" + bytes(12) + (40).to_bytes(4, "little") + bytes([3, 0, 0, 0, 4, 0, 0, 0])) == ("bmp", 3, 4)
    for cut in range(len(PNG)):
        assert image_of(PNG[:cut]) is None
    assert image_of(b"text") is None
