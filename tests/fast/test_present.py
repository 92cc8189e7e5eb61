"""What the panes show of values."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from dolt_tui.engine.model import Table
from dolt_tui.ui.present.lists import table_rows
from dolt_tui.ui.present.record import record_rows
from dolt_tui.ui.present.text import plain, wrap

DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


def _shown(value: object, kind: str) -> str:
    return "\n".join(plain(row.cells[3]) for row in record_rows([("c", kind)], [value], None))


@given(DOCUMENTS)
def test_json_is_indented_and_stays_the_same(document: object) -> None:
    text = json.dumps(document, separators=(",", ":"))  # ASCII: what is escaped stays so
    assert json.loads(_shown(text, "json")) == document


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
    assert _shown(text, "json").split("\n") == lines
    assert _shown(text, "text") == text


def test_a_record_shows_what_changed() -> None:
    rows = record_rows([("id", "int"), ("v", "text")], [1, "new"], [1, None])
    assert [[plain(part) for part in row.cells] for row in rows] == [
        ["id", "int", " ", "1"],
        ["v", "text", "−", "∅"],
        ["", "", "+", "new"],
    ]


@given(st.text(), st.integers(1, 30))
def test_wrapped_lines_fit(text: str, width: int) -> None:
    from rich.cells import cell_len

    assert all(cell_len(line) <= max(width, 2) for line in wrap(text, width))


def test_a_record_has_its_values_whole() -> None:
    rows = record_rows([("b", "blob"), ("t", "text")], [bytes(range(256)), "x" * 99 + "\n" + "é漢" * 50], None, 40)
    lines = [plain(row.cells[3]) for row in rows]
    assert max(map(cell_len, lines)) <= 40
    assert "".join(lines) == f"0x{bytes(range(256)).hex()} 256 B" + "x" * 99 + "é漢" * 50


def test_tables_with_their_numbers_of_rows() -> None:
    tables = (
        Table("a", rows=1),
        Table("b", is_view=True),
        Table("c"),
        Table("d", uncounted="no such table"),
        Table("e", rows=2, non_local="main"),
    )
    assert {row.key: plain(row.cells[1]) for row in table_rows(tables)} == {
        "a": "1 row",
        "b": "view",
        "c": "",
        "d": "?",
        "e": "of main · 2 rows",
    }
