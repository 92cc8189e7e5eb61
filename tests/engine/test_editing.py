"""Drafts of rows: written in one transaction, in an order that holds, and only where rows are what was shown."""

from __future__ import annotations

import pytest

from dolt_tui.engine.editing.draft import Draft
from dolt_tui.engine.errors import RowsChanged
from dolt_tui.engine.model import Editable, NewRow, RowValues
from dolt_tui.engine.repository import Repository

from .conftest import Raw


def shown(repository: Repository, table: Editable, *keys: object) -> list[RowValues]:
    """Rows as they are now, by a key of one column."""
    found = repository.edits.rows("main", table, [(key,) for key in keys])
    assert None not in found
    return [row for row in found if row is not None]


def test_a_draft_is_written(people: Raw, repository: Repository) -> None:
    table = repository.edits.editable("main", "people")
    ann, bob, cid = shown(repository, table, 1, 2, 3)
    draft = Draft().set_cell(table, ann, "name", "it's 100% `Ann`\n\\").set_cell(table, bob, "id", 20)
    draft, key = draft.remove(table, [cid]).add_row(table, {"id": 4, "name": None})
    assert key == (NewRow(1),)
    texts = [str(statement) for statement in draft.statements()]
    written = repository.edits.write("main", draft)
    assert (written.changed, written.added, written.removed) == (2, 1, 1)
    expected = [(1, "it's 100% `Ann`\n\\"), (4, None), (20, "Bob")]
    assert people.rows("SELECT * FROM people ORDER BY id") == expected
    assert [row for _, row in written.rows] == [
        {"id": 1, "name": "it's 100% `Ann`\n\\"},
        {"id": 20, "name": "Bob"},
        None,
        {"id": 4, "name": None},
    ]
    people.run("DELETE FROM people", "INSERT INTO people VALUES (1, 'Ann'), (2, 'Bob'), (3, 'Cid')")
    people.run(*texts)  # what is shown is what was run
    assert people.rows("SELECT * FROM people ORDER BY id") == expected


def test_nothing_is_written_where_a_row_is_not_what_was_shown(people: Raw, repository: Repository) -> None:
    table = repository.edits.editable("main", "people")
    ann, bob, cid = shown(repository, table, 1, 2, 3)
    draft = Draft().set_cell(table, ann, "name", "Anna").set_cell(table, bob, "name", "Bobby").remove(table, [cid])
    people.run("UPDATE people SET name = 'bob' WHERE id = 2", "DELETE FROM people WHERE id = 3")
    before = people.state()
    with pytest.raises(RowsChanged, match=r"^2 rows are not what was shown any more. Nothing was written.$") as caught:
        repository.edits.write("main", draft)
    assert [(change.edit.key, change.now) for change in caught.value.changed] == [
        ((2,), {"id": 2, "name": "bob"}),
        ((3,), None),
    ]
    assert people.state() == before
    for change in caught.value.changed:
        draft = draft.based_on(change.edit, change.now)
    repository.edits.write("main", draft)
    assert people.rows("SELECT * FROM people ORDER BY id") == [(1, "Anna"), (2, "Bobby")]
