"""What the database will say to a draft is told before it is written, and is what it says then."""

from __future__ import annotations

import pytest

from dolt_tui.engine.editing.draft import Draft
from dolt_tui.engine.errors import NotEditable, ReadOnly, RowRefused
from dolt_tui.engine.model import DEFAULT, FindingKind, ForeignKey, Option, RowValues, Severity
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw

SHOP = (
    "CREATE TABLE employees (id INTEGER PRIMARY KEY, first_name VARCHAR(20), last_name VARCHAR(20) NOT NULL)",
    "INSERT INTO employees VALUES (3, 'Jan', 'Hendriks'), (7, 'Mia', 'Son'), (8, 'Bo', 'Wilkins')",
    "CREATE TABLE customers (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL, email VARCHAR(20) UNIQUE,"
    " credit DECIMAL(6,2) DEFAULT 100 CHECK (credit < 5000), twice INTEGER GENERATED ALWAYS AS (id * 2) STORED,"
    " rep_id INTEGER, CONSTRAINT fk_rep FOREIGN KEY (rep_id) REFERENCES employees (id))",
    "INSERT INTO customers (id, name, email, credit, rep_id) VALUES"
    " (46, 'Jan', 'j@x', 10, 3), (49, 'Sofia', 's@x', 20, 7), (51, 'Test', NULL, 30, 7)",
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER, CONSTRAINT fk_customer FOREIGN KEY (customer)"
    " REFERENCES customers (id) ON DELETE CASCADE)",
    "INSERT INTO orders VALUES (1, 51), (2, 51), (3, 51), (4, 46)",
)


def row(repository: Repository, table: str, key: object) -> RowValues:
    definition = repository.edits.editable("main", table)
    (found,) = repository.edits.rows("main", definition, [(key,)])
    assert found is not None
    return found


def told(repository: Repository, draft: Draft) -> list[tuple[object, str, str, str]]:
    return [
        (finding.edit.key, str(finding.severity), finding.short, finding.text)
        for finding in repository.edits.check("main", draft)
    ]


@pytest.mark.both_versions
def test_what_will_be_refused(raw: Raw, repository: Repository) -> None:
    raw.run(*SHOP)
    customers, employees = (repository.edits.editable("main", name) for name in ("customers", "employees"))
    jan, sofia, test = (row(repository, "customers", key) for key in (46, 49, 51))
    draft = Draft().set_cells(
        customers, [(jan, {"rep_id": 19, "name": None}), (sofia, {"email": "j@x", "credit": 9000})]
    )
    draft = draft.remove(customers, [test]).remove(employees, [row(repository, "employees", 7)])
    draft, new = draft.add_row(customers, {"id": 46, "email": "j@x", "rep_id": 8})
    short_check = "breaks " + (f"{customers.checks[0][0]}: " if customers.checks[0][0] else "")
    found = told(repository, draft)
    assert [(key, severity, short) for key, severity, short, _ in found if "breaks" not in short] == [
        ((46,), "error", "name needs a value"),
        ((46,), "error", "no 19 in employees"),
        ((49,), "error", "email j@x is taken"),
        ((51,), "warning", "deletes 3 rows of orders too (CASCADE)"),
        ((7,), "error", "1 row of customers refers to it"),
        (new, "error", "name needs a value"),
        (new, "error", "id 46 is taken"),
        (new, "error", "email j@x is taken"),
    ]
    texts = [text for *_, text in found]
    assert "fk_rep: row 46 refers to 19 in employees, which is not there" in texts
    assert "row 49: email j@x is taken by row 46" in texts
    assert "new row 1: id 46 is taken by row 46" in texts
    assert [short[: len(short_check)] for _, _, short, _ in found if "breaks" in short] == [short_check]
    with pytest.raises(RowRefused):
        repository.edits.write("main", draft)
    # what is mended within the draft is nothing to complain about
    draft = Draft().remove(customers, [jan]).set_cell(customers, sofia, "email", "j@x").remove(customers, [test])
    draft = draft.remove(
        repository.edits.editable("main", "orders"), [row(repository, "orders", n) for n in (1, 2, 3, 4)]
    )
    draft, _ = draft.add_row(employees, {"id": 19, "last_name": "New"})
    draft = draft.set_cell(customers, sofia, "rep_id", 19).remove(employees, [row(repository, "employees", 3)])
    assert told(repository, draft) == []
    repository.edits.write("main", draft)
    assert raw.rows("SELECT id, email, rep_id FROM customers") == [(49, "j@x", 19)]


def test_values_and_rows_that_changed(raw: Raw, repository: Repository) -> None:
    raw.run(*SHOP)
    customers = repository.edits.editable("main", "customers")
    jan, sofia, test = (row(repository, "customers", key) for key in (46, 49, 51))
    before = raw.state()
    draft = Draft().set_cells(customers, [(jan, {"twice": 5}), (sofia, {"credit": DEFAULT}), (test, {"credit": None})])
    assert [(key, short) for key, _, short, _ in told(repository, draft)] == [((46,), "twice is computed")]
    assert raw.state() == before  # nothing was written to find this out
    raw.run(
        "UPDATE customers SET name = 'Sofie' WHERE id = 49", "DELETE FROM orders", "DELETE FROM customers WHERE id = 51"
    )
    found = repository.edits.check("main", draft.without(draft.of("customers")[:1]))
    assert [(finding.kind, finding.severity, finding.text) for finding in found] == [
        (FindingKind.CHANGED, Severity.WARNING, "row 49 was changed by another session since it was read"),
        (FindingKind.CHANGED, Severity.WARNING, "row 51 is gone since it was read"),
    ]
    draft = Draft().set_cell(customers, row(repository, "customers", 49), "credit", DEFAULT)
    ((_, written),) = repository.edits.write("main", draft).rows
    assert written is not None
    assert written["credit"] == 100


def test_rows_to_refer_to(raw: Raw, repository: Repository) -> None:
    raw.run(*SHOP)
    key = repository.edits.editable("main", "customers").foreign_key("rep_id")
    assert key is not None
    edits = repository.edits
    assert edits.options("main", key, "", 2) == (Option((3,), "Hendriks"), Option((7,), "Son"))
    assert edits.options("main", key, "WILK", 9) == (Option((8,), "Wilkins"),)
    assert edits.options("main", key, "7", 9) == (Option((7,), "Son"),)
    assert edits.options("main", key, "%", 9) == ()
    assert edits.labels("main", key, [(3,), (99,), (None,), (8,), (3,)]) == {(3,): "Hendriks", (8,): "Wilkins"}
    key = ForeignKey("orders", "x", ("customer",), "customers", ("id",))
    assert edits.options("main", key, "test", 9) == (Option((51,), "Test"),)


def test_what_cannot_be_edited(raw: Raw, repository: Repository, opened: Open) -> None:
    raw.run(*SHOP, "CREATE TABLE loose (a INTEGER)", "CREATE VIEW looks AS SELECT * FROM customers")
    commit = raw.commit()
    edits = repository.edits
    assert edits.editable("main", "customers").why_not == ""
    assert edits.editable("main", "loose").why_not == "loose has no primary key, so its rows cannot be told apart"
    assert edits.editable("main", "looks").why_not == "looks is a view"
    assert edits.editable("main", "dolt_log").why_not == "dolt_log is a system table"
    assert edits.editable(commit, "customers").why_not == "this is a commit, which never changes"
    reading = opened(raw, read_only=True)
    table = reading.edits.editable("main", "customers")
    assert table.why_not == "opened read-only"
    draft, _ = Draft().add_row(table, {"id": 1, "name": "x"})
    with pytest.raises((NotEditable, ReadOnly)):
        reading.edits.write("main", draft)
    if raw.dolt:
        raw.call("dolt_branch", "other")
        columns = "table_name, target_ref, options"
        raw.run(f"INSERT INTO dolt_nonlocal_tables ({columns}) VALUES ('orders', 'other', 'immediate')")
        assert edits.editable("main", "orders").why_not == "orders belongs to other"
