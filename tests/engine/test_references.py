"""Along foreign keys: to the row that one refers to, and to the keys by which others refer to a table."""

from __future__ import annotations

import pytest

from dolt_tui.engine.browsing.query import Query
from dolt_tui.engine.model import ABSENT, WORKING, ForeignKey
from dolt_tui.engine.repository import Repository

from .conftest import Raw


@pytest.fixture
def library(raw: Raw) -> Raw:
    """Readers with a composite key and a unique one, loans that refer to both and to themselves, with odd names."""
    odd = raw.quote('the `odd" one')
    raw.run(
        "CREATE TABLE readers (b INTEGER, a VARCHAR(9), card VARCHAR(20) UNIQUE, name VARCHAR(40), PRIMARY KEY (a, b))",
        f"CREATE TABLE loans (id INTEGER PRIMARY KEY, before_it INTEGER, rb INTEGER, ra VARCHAR(9), {odd} VARCHAR(20),"
        " CONSTRAINT k1 FOREIGN KEY (ra, rb) REFERENCES readers (a, b),"
        " CONSTRAINT k2 FOREIGN KEY (before_it) REFERENCES loans (id),"
        f" CONSTRAINT k3 FOREIGN KEY ({odd}) REFERENCES readers (card))",
        "INSERT INTO readers VALUES (1, 'x', 'c-1', 'Ann'), (2, 'x', 'c-2', NULL), (1, 'y', 'c-3', 'Cid')",
        "INSERT INTO loans VALUES (1, NULL, 1, 'x', 'c-3'), (2, 1, 2, 'x', NULL), (3, 2, NULL, 'y', NULL)",
    )
    raw.commit("library")
    return raw


def test_keys_of_a_table_and_keys_to_it(library: Raw, repository: Repository) -> None:
    one, two, three = ("k1", "k2", "k3") if library.dolt else ("2", "1", "0")
    keys = (
        ForeignKey("loans", one, ("ra", "rb"), "readers", ("a", "b")),
        ForeignKey("loans", two, ("before_it",), "loans", ("id",)),
        ForeignKey("loans", three, ('the `odd" one',), "readers", ("card",)),
    )
    references = repository.references
    assert references.of("main", "loans") == keys
    assert references.of("main", "readers") == () == references.of("main", "nowhere")
    assert references.to("main", "readers") == (keys[0], keys[2])
    assert references.to("main", "LOANS") == (keys[1],)

    head = library.head()
    library.run("DROP TABLE loans")
    assert references.to("main", "readers") == ()
    for revision in (head, "HEAD", "main"):
        assert references.of("main", "loans", revision) == keys
        assert references.to("main", "readers", revision) == (keys[0], keys[2])


def test_the_row_that_one_refers_to(library: Raw, repository: Repository) -> None:
    references = repository.references
    reader, before, card = references.of("main", "loans")
    found = references.locate("main", (reader, ("x", 2)))
    assert found is not None
    assert (found.key, found.page_after) == (("x", 2), ("x", 1))
    assert references.locate("main", (reader, ("z", 2))) is None
    found = references.locate("main", (card, ("c-3",)))
    assert found is not None
    assert found.key == ("y", 1)
    found = references.locate("main", (before, (1,)))
    assert found is not None
    assert (found.key, found.page_after) == ((1,), None)

    wanted = [(reader, ("x", 1)), (reader, ("x", 2)), (reader, ("x", None)), (card, ("c-9",)), (before, (1,)),
              (card, ("c-3",)), (card, (ABSENT,))]  # fmt: skip
    assert references.names("main", wanted) == {
        (reader, ("x", 1)): "Ann",
        (reader, ("x", 2)): "",
        (card, ("c-9",)): None,
        (card, ("c-3",)): "Cid",
    }

    head = library.head()
    library.run(
        "UPDATE readers SET name = 'Ann Lee' WHERE name = 'Ann'", "INSERT INTO readers VALUES (9, 'z', '9', '')"
    )
    for revision, name, there in ((head, "Ann", False), (None, "Ann Lee", True), (WORKING, "Ann Lee", True)):
        assert references.names("main", [(reader, ("x", 1))], revision) == {(reader, ("x", 1)): name}
        assert (references.locate("main", (reader, ("z", 9)), revision) is not None) is there


def test_a_table_without_a_key_is_referred_to_by_its_unique_columns(raw: Raw, repository: Repository) -> None:
    raw.run(
        "CREATE TABLE codes (code VARCHAR(9) UNIQUE, x INTEGER)",
        "CREATE TABLE uses (id INTEGER PRIMARY KEY, code VARCHAR(9), FOREIGN KEY (code) REFERENCES codes (code))",
        "INSERT INTO codes VALUES ('a', 1), ('b', 2)",
    )
    (key,) = repository.references.of("main", "uses")
    page = repository.rows.page("main", Query("codes"), 9)
    found = repository.references.locate("main", (key, ("b",)))
    assert found is not None
    at = found.page_after or 0
    assert isinstance(at, int)
    assert page.rows[at][0] == "b"
    assert repository.references.names("main", [(key, ("b",))]) == {}
