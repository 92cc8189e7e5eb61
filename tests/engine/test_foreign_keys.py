"""Foreign keys as values: each one once, with its columns in the key's order."""

from __future__ import annotations

import pytest

from dolt_tui.engine.browsing.foreign_keys import foreign_keys
from dolt_tui.engine.model import ForeignKey
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw


@pytest.mark.both_versions
def test_keys_of_several_columns_and_to_oneself(raw: Raw, repository: Repository) -> None:
    raw.run(
        "CREATE TABLE readers (b INTEGER, a INTEGER, PRIMARY KEY (a, b))",
        "CREATE TABLE loans (id INTEGER PRIMARY KEY, before_it INTEGER, rb INTEGER, ra INTEGER,"
        " CONSTRAINT k1 FOREIGN KEY (ra, rb) REFERENCES readers (a, b),"
        " CONSTRAINT k2 FOREIGN KEY (before_it) REFERENCES loans (id))",
    )
    one, two = ("k1", "k2") if raw.dolt else ("1", "0")
    with repository._connections.read("main") as session:
        assert foreign_keys(session) == (
            ForeignKey("loans", one, ("ra", "rb"), "readers", ("a", "b")),
            ForeignKey("loans", two, ("before_it",), "loans", ("id",)),
        )


def test_doltlite_need_not_name_the_columns_referred_to(lite: Raw, opened: Open) -> None:
    lite.run(
        "CREATE TABLE readers (b INTEGER, a INTEGER, PRIMARY KEY (a, b))",
        "CREATE TABLE loans (ra INTEGER, rb INTEGER, book INTEGER REFERENCES missing,"
        " FOREIGN KEY (ra, rb) REFERENCES readers)",
    )
    with opened(lite)._connections.read("main") as session:
        assert foreign_keys(session) == (ForeignKey("loans", "0", ("ra", "rb"), "readers", ("a", "b")),)
