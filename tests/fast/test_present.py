"""What the panes show of values."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dolt_tui.engine.model import Table
from dolt_tui.ui.present.lists import table_rows
from dolt_tui.ui.present.text import plain, wrap


@given(st.text(), st.integers(1, 30))
def test_wrapped_lines_fit(text: str, width: int) -> None:
    from rich.cells import cell_len

    assert all(cell_len(line) <= max(width, 2) for line in wrap(text, width))


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
