"""How tables were looked at last: by table and kind of view, as long as there is room."""

from __future__ import annotations

from dolt_tui.engine.browsing.query import DiffFilter, Query
from dolt_tui.engine.model import HEAD, WORKING
from dolt_tui.ui.main_view.diff import DiffView
from dolt_tui.ui.main_view.table import TableView
from dolt_tui.ui.session.table_looks import Arranged, Spot, TableLooks

SORTED = Query("t", sort="id")
CHANGED = DiffView("t", HEAD, WORKING, DiffFilter(column="name"))


def test_columns_by_their_names() -> None:
    looks = TableLooks()
    assert looks.arranged("t").plain
    looks.arrange("t", ["id", "name", "city"], ["name", "city"], {"id": 9})
    assert looks.arranged("t") == Arranged(frozenset({"name", "city"}), (("id", 9),))
    looks.arrange("t", ["id", "name"], [], {"id": 4})  # a branch without the column
    assert looks.arranged("t") == Arranged(frozenset({"city"}), (("id", 4),))
    looks.arrange("t", ["id", "name", "city"], [], {})
    assert looks.arranged("t").plain
    assert looks.arranged("u").plain


def test_order_and_filter_of_rows() -> None:
    looks = TableLooks()
    looks.want("t", Query("t", "abc", sort="id"))
    assert looks.query("t", "main") == SORTED
    assert looks.query("t", "def", "def") == Query("t", "def", sort="id"), "on whichever revision"
    looks.unfit("t", "feature")
    looks.unfit("u", "feature")
    assert (looks.query("t", "feature"), looks.query("t", "main")) == (None, SORTED)
    looks.want("t", Query("t", where="id > 1"))
    assert looks.query("t", "feature") == Query("t", where="id > 1"), "another one may fit"
    looks.want("t", Query("t"))
    assert looks.query("t", "main") is None


def test_the_filter_of_a_diff_is_not_that_of_others() -> None:
    looks = TableLooks()
    looks.keep_filter(CHANGED)
    assert looks.dressed(CHANGED.unfiltered) == CHANGED
    typed = DiffView("t", HEAD, WORKING, DiffFilter(where="to_id > 1"))
    for view in (typed, DiffView("t", "a", "b"), DiffView("u", HEAD, WORKING), TableView("t")):
        assert looks.dressed(view) == view
    looks.keep_filter(CHANGED.unfiltered)
    assert looks.dressed(CHANGED.unfiltered) == CHANGED.unfiltered


def test_what_was_not_looked_at_for_longest_goes_first() -> None:
    looks = TableLooks(2)
    for table in ("t", "u", "v"):
        looks.arrange(table, ["id"], ["id"], {})
        looks.keep_spot(table, "rows", Spot("id", 1))
        looks.want(table, Query(table, sort="id"))
        looks.keep_filter(DiffView(table, HEAD, WORKING, DiffFilter(column="id")))
    assert [looks.arranged(table).plain for table in ("t", "u", "v")] == [True, False, False]
    assert [looks.spot(table, "rows") for table in ("t", "u")] == [Spot(), Spot("id", 1)]
    assert looks.query("t", "main") is None
    looks.keep_spot("u", "changes", Spot("id", 2))
    looks.forget("u")
    assert looks.arranged("u").plain
    assert looks.query("u", "main") is None
    assert [looks.spot("u", kind) for kind in ("rows", "changes")] == [Spot(), Spot()]
    assert looks.dressed(DiffView("u", HEAD, WORKING)) == DiffView("u", HEAD, WORKING)
    assert looks.query("v", "main") is not None
