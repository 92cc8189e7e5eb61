"""The cell under the cursor as it was read, on the side of a change that one looks at; columns by their names."""

from __future__ import annotations

from dolt_tui.engine.model import HEAD, WORKING, ChangeKind, DiffColumn, DiffPage, RowChange
from dolt_tui.ui.flows.column_list import NamedColumn, listed
from dolt_tui.ui.main_view.diff import DiffView, LoadedDiff
from dolt_tui.ui.main_view.view import ReadCell
from dolt_tui.ui.present.grid_rows import Row
from dolt_tui.ui.present.text import plain

KEY, GONE, NEW = DiffColumn("id", primary_key=True), DiffColumn("gone", in_new=False), DiffColumn("new", in_old=False)
ADDED = RowChange(ChangeKind.ADDED, None, (1, None, "n"))
REMOVED = RowChange(ChangeKind.REMOVED, (1, "g", None), None)
MODIFIED = RowChange(ChangeKind.MODIFIED, (1, "g", None), (2, None, "n"), frozenset({0, 1, 2}))


def test_the_side_of_a_cell_of_a_diff() -> None:
    page = DiffPage("t", HEAD, WORKING, (KEY, GONE, NEW), (ADDED, REMOVED, MODIFIED), more=False)
    loaded = LoadedDiff(DiffView("t", HEAD, WORKING), "main", page, None)

    def cells(change: RowChange, *, old: bool = False) -> list[ReadCell | None]:
        return [loaded.read_cell(Row(1, (), value=change), at, old=old) for at in range(3)]

    gone = ReadCell(GONE, "g", "from_")
    assert cells(ADDED) == [ReadCell(KEY, 1, "to_"), None, ReadCell(NEW, "n", "to_")]
    assert cells(REMOVED) == cells(REMOVED, old=True) == [ReadCell(KEY, 1, "from_"), gone, None]
    assert cells(MODIFIED) == [ReadCell(KEY, 2, "to_"), gone, ReadCell(NEW, "n", "to_")]
    assert cells(MODIFIED, old=True) == [ReadCell(KEY, 1, "from_"), gone, ReadCell(NEW, "n", "to_")]
    assert loaded.read_cell(Row("heading", ()), 0, old=False) is None
    shown_otherwise = Row(1, (), value="a draft", base=Row(1, (), value=ADDED))
    assert loaded.read_cell(shown_otherwise, 0, old=False) == ReadCell(KEY, 1, "to_"), "as it was read"
    assert loaded.changed == {0, 1, 2}


def test_columns_found_by_a_part_of_their_names() -> None:
    columns = [
        NamedColumn(f"{at}", name, "int", at == 1) for at, name in enumerate(["created_at", "city", "rate_city"])
    ]

    def found(typed: str) -> tuple[list[str], str]:
        given = listed(columns, typed)
        return [plain(row.cells[1]) for row in given.rows], given.says

    assert found("") == (["created_at", "city", "rate_city"], "3 columns")
    assert found("CI") == (["city", "rate_city"], "2 of 3 columns")
    assert found("ca") == (["created_at"], "1 of 3 columns")
    assert found("x") == ([], "0 of 3 columns")
    assert [plain(row.cells[0]) for row in listed(columns, "").rows] == ["✓", "", "✓"]
