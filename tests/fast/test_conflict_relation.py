"""Names of their own for the columns of conflicts, and columns that a side has renamed."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from dolt_tui.engine.conflicts.relation import merged_names, named
from dolt_tui.engine.model import ColumnInfo
from dolt_tui.engine.model.conflicts import Side


def columns(text: str) -> list[ColumnInfo]:
    return [ColumnInfo(name, kind) for name, kind in (part.split(":") for part in text.split())]


BASE, RENAMED = "id:int a:int b:text c:int", "id:int a:int b:text d:int"


@pytest.mark.parametrize(
    ("merged", "ours", "theirs", "expected"),
    [
        (BASE, BASE, BASE, {}),
        (
            "id:int a:int b:text d:int",
            BASE,
            "id:int a:int b:text d:int",
            {Side.BASE: {"c": "d"}, Side.OURS: {"c": "d"}},
        ),
        ("id:int a:int b:text", BASE, "id:int a:int b:text", {}),
        (BASE + " x:int y:int", BASE + " x:int", BASE + " y:int", {}),
        (
            "id:int a:int b:text x:int d:int y:int",
            BASE + " x:int",
            "id:int a:int b:text d:int y:int",
            {Side.BASE: {"c": "d"}, Side.OURS: {"c": "d"}},
        ),
        (
            "ID:int a:int e:text c:int",
            "ID:int a:int b:text c:int",
            "id:int a:int e:text c:int",
            {Side.BASE: {"id": "ID", "b": "e"}, Side.OURS: {"b": "e"}, Side.THEIRS: {"id": "ID"}},
        ),
        (BASE + " d:text", BASE, "id:int a:int b:text d:text", {}),
    ],
)
def test_what_columns_are_called_in_the_merged_table(
    merged: str, ours: str, theirs: str, expected: Mapping[Side, Mapping[str, str]]
) -> None:
    sides = {Side.BASE: columns(BASE), Side.OURS: columns(ours), Side.THEIRS: columns(theirs)}
    names = {column.name for column in columns(merged)}
    found = merged_names(columns(merged), sides)
    for side, here in sides.items():
        same = {column.name: column.name for column in here if column.name in names}
        assert found[side] == {**same, **expected.get(side, {})}


def test_renames_that_the_engine_tells() -> None:
    sides = {Side.BASE: columns(BASE), Side.OURS: columns(BASE), Side.THEIRS: columns("id:int c:int b:text d:int")}
    merged = sides[Side.THEIRS]
    found = merged_names(merged, sides, {Side.OURS: {}, Side.THEIRS: {"a": "c", "c": "d"}}.get)
    assert found[Side.OURS] == found[Side.BASE] == {"id": "id", "a": "c", "b": "b", "c": "d"}
    assert found[Side.THEIRS] == {name: name for name in ("id", "c", "b", "d")}
    found = merged_names(columns("id:int a:int b:text d:int"), sides, {Side.OURS: {}, Side.THEIRS: {}}.get)
    assert found[Side.OURS] == {"id": "id", "a": "a", "b": "b"}


def test_names_by_position() -> None:
    names = ["from_root_ish", "base_id", "base_our_x", "our_id", "our_diff_type", "our_diff_type"]
    names += ["their_id", "their_diff_type", "their_diff_type", "dolt_conflict_id", "base_cardinality"]
    found = named(names, ["id", "diff_type", "x"], lambda: {Side.BASE: {"our_x": "x"}, Side.OURS: {}, Side.THEIRS: {}})
    assert len(set(found)) == len(names)
    assert found[1:5] == ("base_id", "base_x", "our_id", "our_diff_type")
    assert found[6:8] == ("their_id", "their_diff_type")
