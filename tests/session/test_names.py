"""The names that are completed are those of the branch shown, read beside everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.engine.repository import Repository

if TYPE_CHECKING:
    from tests.session.conftest import Desk


def offered(desk: Desk, text: str) -> list[str]:
    return [item.text for item in desk.session.names.complete(text, len(text)).items]


def test_names_follow_the_branch(desk: Desk, others: Repository) -> None:
    # Nothing is asked before somebody types; until then there is what the engine knows.
    asked = len(desk.repository.statements.entries())
    assert offered(desk, "SELECT * FROM peop") == []
    assert offered(desk, "SELECT * FROM dolt_lo") == ["dolt_log", "dolt_log"]
    assert len(desk.repository.statements.entries()) == asked

    desk.session.names.look()
    desk.settle()
    assert offered(desk, "SELECT * FROM peop")[:1] == ["people"]
    assert offered(desk, "SELECT n FROM people ORDER BY n")[:1] == ["name"]

    # What somebody else makes is offered once it is seen, and so is a branch.
    others.run("main", [("CREATE TABLE pets (id INTEGER PRIMARY KEY)", ())])
    others.refs.create_branch("main", "peaches", "main")
    desk.session.refresh.poll()
    desk.settle()
    assert offered(desk, "SELECT * FROM pe")[:2] == ["people", "pets"]
    assert offered(desk, "SELECT dolt_checkout('pe")[:1] == ["peaches"]

    # Another branch has other names, and none of the old one stays.
    desk.session.switch("other")
    assert offered(desk, "SELECT * FROM pets") == []
    desk.settle()
    assert offered(desk, "SELECT * FROM pe")[:1] == ["people"]
    assert "pets" not in offered(desk, "SELECT * FROM pe")
