"""A definition chosen, constraints mended and the merge looked at before it is done: by keys, in the resolver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.engine.browsing.query import Query
from dolt_tui.engine.connecting.target import Target
from dolt_tui.engine.core.scratch_branch import is_scratch
from dolt_tui.engine.repository import Repository
from dolt_tui.ui.resolver import ResolverScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from dolt_tui.ui.panes.conflict_panes import ConflictPanes
    from tests.ui.conftest import Drive, Driver

TABLES = (
    "CREATE TABLE offices (id INTEGER PRIMARY KEY, seats INTEGER)",
    "CREATE TABLE parents (id INTEGER PRIMARY KEY, name VARCHAR(10))",
    "CREATE TABLE pets (id INTEGER PRIMARY KEY, name VARCHAR(10), parent INTEGER,"
    " CONSTRAINT whose FOREIGN KEY (parent) REFERENCES parents (id))",
    "CREATE TABLE spans (id INTEGER PRIMARY KEY, low INTEGER, high INTEGER, CONSTRAINT in_order CHECK (low < high))",
    "INSERT INTO offices VALUES (1, 5), (2, 6)",
    "INSERT INTO parents VALUES (1, 'Ann')",
    "INSERT INTO spans VALUES (1, 5, 10)",
)
OURS = (
    "ALTER TABLE offices ADD COLUMN city INTEGER",
    "UPDATE offices SET seats = 7 WHERE id = 1",
    "DELETE FROM parents",
    "UPDATE spans SET low = 9",
)
THEIRS = (
    "ALTER TABLE offices ADD COLUMN city VARCHAR(9)",
    "UPDATE offices SET city = 'LX' WHERE id = 2",
    "INSERT INTO pets VALUES (7, 'Rex', 1)",
    "UPDATE spans SET high = 7",
)


def prepare(repository: Repository) -> None:
    def commit(branch: str, statements: tuple[str, ...]) -> None:
        repository.run(branch, [(statement, ()) for statement in statements])
        repository.working.stage_all(branch)
        repository.commits.commit(branch, "changes")

    commit("main", TABLES)
    repository.refs.create_branch("main", "feature", "main")
    commit("main", OURS)
    commit("feature", THEIRS)


def panes(user: Driver) -> ConflictPanes:
    screen = user.app.screen
    assert isinstance(screen, ResolverScreen), user.screen
    return screen.own


async def test_definitions_and_constraints(
    whichever: Target, drive: Drive, other: Callable[[Target], Repository]
) -> None:
    session = other(whichever)
    prepare(session)
    head, tip = (session.refs.resolve("main", name) for name in ("main", "feature"))
    async with drive(whichever) as user:
        user.workspace.resolve(user.repository.incoming.merge("main", "feature"))
        await user.settle()
        own = panes(user)
        assert user.rows(own.conflicts)[1] == ("⚑", "offices", "city: 2 types")
        assert {row[1:] for row in user.rows(own.conflicts) if row[0] == "‼"} == {
            ("pets", "foreign key"), ("spans", "check constraint")
        }  # fmt: skip
        mark, ours, theirs = next(row for row in user.rows(own.rows) if "city" in row[1])
        assert (mark, "int" in ours.lower(), "varchar(9)" in theirs.lower()) == ("~", True, True)
        await user.press("t")
        assert "one more commit on our side" in user.dialog_text
        assert "Align offices with feature" in user.dialog_text
        await user.press("enter")
        # Rows of the table conflict by now; the merge can be looked at as far as it is decided.
        assert ("✓", "offices", "theirs, aligned") in user.rows(own.conflicts)
        await user.press("w")
        assert "at main with feature merged, read-only" in user.header
        assert "undecided conflict" in user.told[-1]
        assert not any("What you decided is kept" in text for text in user.told)
        await user.go_to_table("offices")
        assert "7" in user.main
        await user.press("escape")
        await user.settle()
        own = panes(user)
        await user.press("t")
        # A parent put back, a cell of a row edited.
        await user.press("J")
        assert "pets · foreign key" in user.screen
        await user.press("p")
        assert ("✓", "pets", "foreign key") in user.rows(own.conflicts)
        await user.press("J", "e")
        await user.type("low")
        await user.press("enter")
        await user.type("3")
        await user.press("enter")
        assert not [row for row in user.rows(own.conflicts) if row[0] in "!⚑‼" and row[0]]
        await user.press("c")
        await user.press("enter")
        assert not isinstance(user.app.screen, ResolverScreen), user.screen
    assert session.refs.resolve("main", "main") != head
    with session._connections.read("main") as reading:
        names = [name for (name,) in reading.rows("SELECT name FROM dolt_branches")]
    assert not [name for name in names if is_scratch(name)]
    rows = {
        table: session.rows.page("main", Query(table), 10).rows for table in ("offices", "parents", "pets", "spans")
    }
    assert rows == {
        "offices": ((1, 7, None), (2, 6, "LX")),
        "parents": ((1, "Ann"),),
        "pets": ((7, "Rex", 1),),
        "spans": ((1, 3, 7),),
    }
    assert tip in session.history.page("main", ["main"], 1).commits[0].parents
