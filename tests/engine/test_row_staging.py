"""Rows staged, unstaged and discarded one by one, on both engines."""

from __future__ import annotations

from dolt_tui.engine.browsing.query import DiffQuery
from dolt_tui.engine.model import HEAD, WORKING, Halves, RowCount, RowSet
from dolt_tui.engine.repository import Repository

from .conftest import Raw

STAGED_ONLY, UNSTAGED_ONLY, BOTH = Halves(True, False), Halves(False, True), Halves(True, True)


def test_rows_of_each_kind(people: Raw, repository: Repository) -> None:
    people.run(
        "UPDATE people SET name = 'Anna' WHERE id = 1",
        "DELETE FROM people WHERE id = 2",
        "INSERT INTO people VALUES (4, 'Dan')",
    )
    staging = repository.row_staging
    before = people.state()
    assert staging.stage("main", RowSet("people", ((1,), (2,), (3,)))) == 2
    people.run("UPDATE people SET name = 'Annika' WHERE id = 1")
    page = staging.page("main", DiffQuery("people", HEAD, WORKING), 100)
    assert [(row.kind, one.sign) for row, one in zip(page.rows, page.halves, strict=True)] == [
        ("modified", "◐"), ("removed", "●"), ("added", "○"),
    ]  # fmt: skip
    assert staging.halves("main", "people", [(1,), (3,), (4,)]) == {(1,): BOTH, (3,): Halves(), (4,): UNSTAGED_ONLY}
    assert staging.counts("main", "people") == RowCount(1, 1, 1)
    assert staging.discard("main", RowSet("people", ((1,), (2,)))) == 1
    assert people.rows("SELECT name FROM people WHERE id = 1") == [("Anna",)]
    assert staging.unstage("main", RowSet("people", ((1,), (2,)))) == 2
    assert people.state() == before
    assert staging.discard("main", RowSet("people")) == 3
    assert people.rows("SELECT * FROM people ORDER BY id") == [(1, "Ann"), (2, "Bob"), (3, "Cid")]
