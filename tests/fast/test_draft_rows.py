"""Edits over rows and as a list, from values alone: signs, places, colours of what will be refused, statements."""

from __future__ import annotations

from collections.abc import Sequence

from dolt_tui.engine.editing.draft import Draft
from dolt_tui.engine.model import (
    ChangeKind,
    ColumnInfo,
    DiffColumn,
    Editable,
    Finding,
    FindingKind,
    Page,
    RowChange,
    RowKey,
    Severity,
    SqlStyle,
)
from dolt_tui.ui.present.data_rows import change_row, change_rows, page_rows
from dolt_tui.ui.present.draft_list import counts, draft_rows, named
from dolt_tui.ui.present.draft_rows import DiffOverlay, DraftedRow, RowDraft, TableOverlay
from dolt_tui.ui.present.grid_rows import Row
from dolt_tui.ui.present.text import plain

COLUMNS = (
    ColumnInfo("id", "int", nullable=False, primary_key=True, key_position=1, extra="auto_increment"),
    ColumnInfo("name", "varchar(20)", nullable=False),
    ColumnInfo("credit", "int", default="5"),
)
TABLE = Editable("t", SqlStyle.MYSQL, COLUMNS)
ROWS = page_rows(Page(COLUMNS, ((1, "Ada", 1), (2, "Bo", None), (3, "Cy", 3)), more=False, key=(0,)), 0)
SHOWN = [
    dict(zip(("id", "name", "credit"), row, strict=True)) for row in ((1, "Ada", 1), (2, "Bo", None), (3, "Cy", 3))
]


def texts(rows: Sequence[Row]) -> list[str]:
    """Each row on a line, its sign first."""
    return [" ".join(plain(cell) for cell in (row.sign, *row.cells)).strip() for row in rows]


def drafted() -> tuple[Draft, RowKey]:
    draft = Draft().set_cell(TABLE, SHOWN[0], "name", "Eve").remove(TABLE, [SHOWN[1]])
    return draft.add_row(TABLE, {"credit": None})


def test_edits_stand_over_the_rows_of_a_table() -> None:
    draft, key = drafted()
    overlay = TableOverlay(COLUMNS, draft.of("t"), {key: (1,)}, {(1,): frozenset({"name"})})
    rows = overlay.over(ROWS, last=True)
    assert texts(rows) == ["~ 1 Eve ✗ 1", "+ auto ? ∅", "- 2 Bo ∅", "3 Cy 3"]
    assert [row.key for row in rows] == [(1,), key, (2,), (3,)], "keys stay what they are in the database"
    assert isinstance(rows[0].value, DraftedRow)
    assert (rows[0].value, rows[0].base) == ((1, "Eve", 1), ROWS[0])
    assert (overlay.extra, [row.extra for row in rows]) == (1, [False, True, False, False])
    # a row whose neighbour is not shown stands at the end, and only there
    at_end = TableOverlay(COLUMNS, draft.of("t"))
    assert texts(at_end.over(ROWS, last=False))[-1] == "3 Cy 3"
    assert texts(at_end.over(ROWS, last=True))[-1] == "+ auto ? ∅"


def test_edits_stand_over_the_newer_side_of_a_diff_on_one_line_and_on_two() -> None:
    columns = tuple(DiffColumn(column.name, primary_key=column.primary_key, type=column.type) for column in COLUMNS)
    change = RowChange(ChangeKind.MODIFIED, (1, "Ann", 1), (1, "Ada", 1), frozenset({1}))
    draft = Draft().set_cell(TABLE, SHOWN[0], "credit", 9)
    overlay = DiffOverlay(columns, draft.of("t"))
    assert texts(overlay.over([change_row(change, columns, 0)], True)) == ["~ ~ 1 Ann Ada 1 9"]
    older, newer = texts(overlay.over(change_rows(change, columns, 0), True))
    assert (older, newer) == ("− 1 Ann 1", "~ + 1 Ada 9")


def test_the_list_shows_what_will_be_run_and_what_the_database_will_say() -> None:
    draft, _ = drafted()
    edits = draft.edits
    findings = (
        Finding(edits[1], FindingKind.REFERRED, Severity.WARNING, "deletes 3 orders too", "row 2 is referred to"),
        Finding(edits[2], FindingKind.NOT_NULL, Severity.ERROR, "name is needed", "new row 1 needs a name", ("name",)),
    )
    shown = RowDraft(draft, findings)
    lines = texts(draft_rows(shown))
    for line in (
        "~ UPDATE `t` SET `name` = 'Eve' WHERE `id` = 1 was Ada",
        "- DELETE FROM `t` WHERE `id` = 2 ! deletes 3 orders too",
        "+ INSERT INTO `t` (`credit`) ✗ name is needed",
        "VALUES (NULL)",
        "✗ new row 1 needs a name",
    ):
        assert line in lines
    assert counts(shown, "^s") == "1 edited · 1 new · 1 deleted · 1 must be fixed before ^s"
    assert shown.wrong("t") == {edits[2].key: frozenset({"name"})}
    assert named(shown) == "edit 3 rows of t"
