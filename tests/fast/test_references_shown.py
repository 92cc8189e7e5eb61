"""The list of what refers to a row, and the values that a key has in a row."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from dolt_tui.engine.model import ForeignKey
from dolt_tui.ui.flows.following import values_of
from dolt_tui.ui.main_view.references import LoadedReferences, Reference, ReferencesView
from dolt_tui.ui.main_view.table import TableView
from dolt_tui.ui.main_view.view import Frame, Listing
from dolt_tui.ui.present.text import plain

FRAME = Frame(80, dt.datetime(2026, 1, 1, tzinfo=dt.UTC))


def test_rows_that_refer_to_a_row() -> None:
    key = ForeignKey("loans", "k", ("ra", "rb"), "readers", ("a", "b"))
    assert values_of(key, [("id", "int"), ("RB", "int"), ("ra", "text")], (1, 2, "x")) == ("x", 2)
    assert values_of(key, [("rb", "int")], (2,)) is None
    view = ReferencesView("readers", "a x, b 2", (Reference(key, ("x", 2)), Reference(key, ("y", 2))), "f" * 32)
    assert view.title == "readers · what refers to a x, b 2 at fffffff"
    loaded = LoadedReferences(view, "main", {})
    assert loaded.counting
    assert loaded.subtitle(0) == "1 table"
    counted = LoadedReferences(view, "main", {0: 3, 1: "no such column"})
    assert not counted.counting
    assert counted.subtitle(0) == "1 table · 3 rows"
    shown = counted.present(cast("Any", None), FRAME)
    assert isinstance(shown, Listing)
    assert [[plain(part) for part in line.cells] for line in shown.rows] == [
        ["loans", "ra, rb → a, b", "3"],
        ["loans", "ra, rb → a, b", "? no such column"],
    ]
    entered = counted.entered(shown.rows[0])
    assert isinstance(entered, TableView)
    assert (entered.settings, entered.revision) == ("filter: ra = 'x' and rb = 2", "f" * 32)
