"""Histories of rows, blame, filtered changes, filtered logs, and comparisons of whatever was marked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dolt_tui.engine.connecting.target import FileTarget, Target
from dolt_tui.engine.model import Author
from dolt_tui.engine.repository import Repository
from dolt_tui.ui.present.grid_rows import PAGE_SIZE
from dolt_tui.ui.session.settings import Settings

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver

Other = Callable[[Target], Repository]


def commit(session: Repository, message: str, *statements: str, author: tuple[str, str] | None = None) -> None:
    """Run statements and commit all that they changed."""
    session.run("main", [(statement, ()) for statement in statements])
    session.working.stage_all("main")
    session.commits.commit("main", message, "", Author(*author) if author else None)


def readings(session: Repository, rows: int) -> None:
    """A committed table that is longer than a page."""
    values = ", ".join(f"({i}, 'place {i % 10}', {i})" for i in range(1, rows + 1))
    commit(
        session,
        "Readings",
        "CREATE TABLE readings (id INT PRIMARY KEY, place VARCHAR(40), level INT)",
        f"INSERT INTO readings VALUES {values}",
    )


def key(user: Driver) -> object:
    """The key of the row under the cursor of the main pane."""
    found = user.workspace.main.row_key
    assert found is not None, user.screen
    return found[0][1]


async def fill_in(user: Driver, text: str) -> None:
    """Open the filter, and type that instead of what stands there."""
    await user.press("f")
    assert user.dialog is not None, user.screen
    await user.press("ctrl+u")
    await user.type(text)
    await user.press("enter")
    assert user.dialog is None, user.screen


def changed(user: Driver) -> list[tuple[str, ...]]:
    return user.rows(user.workspace.main)


async def test_history_of_a_row(whichever: Target, drive: Drive, other: Other) -> None:
    session = other(whichever)
    commit(session, "First change", "UPDATE teams SET name = 'Once' WHERE id = 0")
    commit(session, "Second change", "UPDATE teams SET name = 'Twice' WHERE id = 0")
    session.call("main", "dolt_branch", "review")
    for statement in ("UPDATE employees SET first_name = 'X'", "UPDATE teams SET name = 'There' WHERE id < 2"):
        session.run("review", [(statement, ())])
    session.working.stage_all("review")
    session.commits.commit("review", "There", "")
    session.run("main", [("UPDATE teams SET name = 'Thrice' WHERE id = 0", ())])
    async with drive(whichever) as user:
        await user.go_to_table("teams")
        await user.press("0", "H")
        assert "teams · history of id 0 on main" in user.main
        texts = [" ".join(row) for row in changed(user)]
        assert len(texts) == 4
        for text, names in zip(texts, ("Twice Thrice", "Once Twice", "Engineering Once", "Engineering"), strict=True):
            assert text.endswith(names), texts
        assert "Second change" in texts[1]
        await user.press("j", "enter")
        assert "Second change" in user.main
        assert "1 table changed" in user.main
        await user.press("enter")
        assert key(user) == 0
        assert "Once Twice" in user.main
        await user.press("escape", "escape", "H")  # of a change there is no other history
        assert "history of id 0" in user.main
        await user.press("x")
        assert "5 of 6 columns" in user.main
        assert " name" in user.main.splitlines()[1]
        assert " id " not in user.main.splitlines()[1]
        await user.press("x")
        await user.press("escape")
        assert "teams · rows" in user.main
        assert key(user) == 0
        await user.press("1", "0", "H")
        assert "teams · history of id 0 on main" in user.main
        await user.press("escape")
        assert "teams · HEAD → working" in user.main
        await user.press("escape")
        assert user.is_in(user.workspace.panes.changes)

        # On another branch, which one looks at without being there, and whose commit changed two tables.
        await user.go_to_branch("review")
        await user.press("enter", "j", "enter")
        assert "teams · main...review" in user.main
        await user.press("j", "H")
        assert "teams · history of id 1 on review" in user.main
        assert "There" in user.main
        await user.press("enter", "enter")
        assert (user.main.partition(" · ")[0][-5:], key(user)) == ("teams", 1)
        await user.press("escape", "escape", "escape", "b")
        assert "teams · blame on review" in user.main
        assert key(user) == 1
        await user.press("enter")
        cursor = user.workspace.main.grid.cursor_row
        assert cursor is not None
        assert cursor.key == ("table", "teams")


async def test_history_across_definitions(either: Target, drive: Drive, other: Other) -> None:
    """A renamed column and a renamed table keep their old values, and lines between the versions tell of them."""
    session = other(either)
    commit(session, "Offices", "CREATE TABLE q (id INTEGER PRIMARY KEY, a INT)", "INSERT INTO q VALUES (1, 100)")
    commit(session, "Update", "UPDATE q SET a = 200 WHERE id = 1")
    commit(session, "Rename", "ALTER TABLE q RENAME COLUMN a TO alpha", "ALTER TABLE q RENAME TO offices")
    commit(session, "Update again", "UPDATE offices SET alpha = 300 WHERE id = 1")
    async with drive(either) as user:
        await user.go_to_table("offices")
        await user.press("0", "H")
        newest, remark, updated, added = changed(user)
        assert newest[-2:] == ("200 300", "–")
        assert "Before this, the table was called q, there was a column a (" in remark[0]
        assert updated[-2:] == ("–", "100 200")
        assert added[-2:] == ("–", "100")
        await user.press("j", "i")  # over the line between
        assert "100" in user.main
        assert "200" in user.main
        assert "∅" not in user.main
        await user.press("escape", "enter")
        assert "Update" in user.main


async def test_back_to_the_row_of_a_long_table(demo: FileTarget, drive: Drive, other: Other) -> None:
    session = other(demo)
    readings(session, PAGE_SIZE * 3)
    session.run("main", [("UPDATE readings SET level = 0", ())])
    async with drive(demo) as user:
        for pane, step in (("4", "greater_than_sign"), ("4", "pagedown"), ("1", "pagedown")):
            await user.press("0", "escape")
            if pane == "4":
                await user.go_to_table("readings")
            await user.press(pane, "0", step, "k", "k")
            main = user.workspace.main
            row, top, title = key(user), main.grid.top, main.view
            await user.press("H")
            assert f"history of id {row}" in user.main
            await user.press("greater_than_sign", "enter", "enter")  # the commit that made all of them
            assert "readings · " in user.main
            assert key(user) == row
            await user.press("escape", "escape")
            await user.press("escape")
            assert main.view == title
            assert (key(user), main.grid.top) == (row, top)
            await user.press("j")
            assert int(str(key(user))) == int(str(row)) + 1


async def test_back_to_hidden_columns_and_filtered_rows(demo: FileTarget, drive: Drive, other: Other) -> None:
    readings(other(demo), PAGE_SIZE * 3)
    async with drive(demo) as user:
        await user.go_to_table("readings")
        await user.press("0")
        await fill_in(user, "level > 300")
        await user.press("x", "j", "enter", "escape")  # the list begins at the column under the cursor
        assert "place" not in user.main
        await user.press("j", "j", "H")
        await user.press("escape")
        assert key(user) == 303
        assert "level > 300" in user.main
        assert "place" not in user.main
        await user.press("escape")
        assert key(user) == 1


async def test_blame(either: Target, drive: Drive, other: Other) -> None:
    session = other(either)
    commit(session, "Renamed one", "UPDATE teams SET name = 'Once' WHERE id = 0", author=("Ann", "ann@example.com"))
    async with drive(either) as user:
        await user.go_to_table("teams")
        await user.press("b")
        assert user.is_in(user.workspace.main)
        assert "teams · blame on main" in user.main
        texts = [" ".join(row) for row in changed(user)]
        assert ["Renamed one" in text for text in texts] == [True, False, True, True]  # with what was not committed yet
        assert "Ann" in texts[0]
        await user.press("H")
        assert "teams · history of id 0" in user.main
        await user.press("escape")
        assert user.is_in(user.workspace.main)
        await user.press("enter")
        assert "Renamed one" in user.main
        assert "commit " in user.main
        await user.press("escape")
        assert user.is_in(user.workspace.main)
        await user.press("escape")  # it was opened from Tables
        assert "teams · rows" in user.main
        assert user.is_in(user.workspace.panes.tables)
        await user.press("0", "b", "escape")
        assert "teams · rows" in user.main
        assert user.is_in(user.workspace.main)
        await user.press("1", "4", "0", "j", "b")  # on the same row
        session.run("main", [("UPDATE employees SET first_name = 'Ada' WHERE id = 0", ())])
        await user.press("ctrl+r")
        assert user.workspace.main.grid.cursor_index == 1
        assert "blame on main" in user.main


async def test_blame_asks_first(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo, settings=Settings(blamed_unasked=2)) as user:
        await user.go_to_table("employees")
        await user.press("b")
        assert "Blame" in user.dialog_text
        user.burst("b", "b")
        await user.settle()
        assert "Blame" in user.dialog_text  # a held key goes nowhere
        await user.press("escape")
        assert "employees · rows" in user.main
        await user.press("b", "g")
        assert "blame on main" in user.main
        await user.press("escape")
        assert "employees · rows" in user.main
        assert user.is_in(user.workspace.panes.tables)


async def test_blame_by_pages_does_not_ask(demo_on_dolt: Target, drive: Drive) -> None:
    async with drive(demo_on_dolt, settings=Settings(blamed_unasked=2)) as user:
        await user.go_to_table("employees")
        await user.press("b")
        assert user.dialog is None
        assert "blame on main" in user.main


async def test_filtered_changes(whichever: Target, drive: Drive, other: Other) -> None:
    session = other(whichever)
    readings(session, 20)
    session.run(
        "main",
        [
            ("DELETE FROM readings WHERE id IN (2, 3)", ()),
            ("INSERT INTO readings VALUES (21, 'new', 1)", ()),
            ("UPDATE readings SET level = 99 WHERE id IN (5, 6, 7)", ()),
            ("UPDATE readings SET place = 'elsewhere' WHERE id = 8", ()),
        ],
    )
    async with drive(whichever) as user:
        await user.press("1", "0")
        everything = changed(user)
        for text, keys, said in (
            ("removed", [2, 3], "filter: removed · esc"),
            ("added, removed", [2, 3, 21], "filter: added or removed"),
            ("LEVEL changed", [2, 3, 5, 6, 7, 21], "level changed"),
            ("to_level = 99 and from_id > 5", [6, 7], "= 99"),  # behind the name as SQL has it
            ("to_nothing > 4", None, "readings has no column to_nothing"),
            ("place changed", [2, 3, 8, 21], "place changed"),
            ("modified", [5, 6, 7, 8], "filter: modified"),
        ):
            if keys is None:  # it is refused where it is typed, and the filter of before stays
                await user.press("f", "ctrl+u")
                await user.type(text)
                await user.press("enter")
                assert said in user.dialog_text
                await user.press("escape")
                assert "= 99" in user.main
                continue
            await fill_in(user, text)
            assert said in user.main
            found = []
            await user.press("less_than_sign")
            for _ in changed(user):  # a change of a row may take two lines
                if key(user) not in found:
                    found.append(key(user))
                await user.press("j")
            assert found == keys
        await user.press("H", "escape")
        assert "filter: modified" in user.main
        assert key(user) == 8
        await user.press("escape")
        assert changed(user) == everything
        assert "filter" not in user.main
        await user.press("less_than_sign", "j", "j", "l", "l", "=")  # the newer level of 5
        assert "filter: to_level = 99 · esc clears it" in user.main
        assert "3 changes" in user.main
        await user.press("=", "k", "=")  # taken back; and the level that 3 had
        assert "filter: from_level = " in user.main
        assert key(user) == 3
        await user.press("escape", "escape")
        assert user.is_in(user.workspace.panes.changes)


async def test_filtered_log(whichever: Target, drive: Drive, other: Other) -> None:
    session = other(whichever)
    commit(session, "Ann was here", "UPDATE teams SET name = 'A' WHERE id = 0", author=("Ann Lee", "ann@example.com"))
    commit(session, "And more staff", "UPDATE employees SET first_name = 'A' WHERE id = 0")
    async with drive(whichever) as user:
        log = user.workspace.panes.log
        await user.press("3")
        everything = user.rows(log)
        for text, messages in (
            ("author:ann", ["Ann was here"]),
            ('author:"Ann Lee" here', ["Ann was here"]),
            ("more staff", ["And more staff"]),
            ("author:nobody", []),
            ("until:2001-01-01", []),
        ):
            await fill_in(user, text)
            assert [row[2].removeprefix("● ") for row in user.rows(log)] == messages
            assert "Log · " in user.text(log).splitlines()[0]
        assert "No commits match." in user.text(log)
        assert "No commit is selected." in user.main
        await user.press("enter", "g", "n", "W", "y", "j", "escape")
        await user.press("3")
        await user.press("escape")
        assert user.rows(log) == everything
        await user.go_to_commit("Ann was here")
        await user.press("equals_sign")
        assert [row[2] for row in user.rows(log)] == ["Ann was here"]
        assert "author contains Ann Lee" in user.text(log).splitlines()[0]
        await user.go_to_table("teams")
        await user.press("H")
        assert user.is_in(log)
        assert "Ann was here" in str(user.rows(log))
        assert "more staff" not in str(user.rows(log))
        await user.press("f")
        assert "table:teams" in user.dialog_text
        await user.press("ctrl+u")
        await user.type("since:yesterday")
        await user.press("enter")
        assert "is not a date" in user.dialog_text
        await user.press("escape", "escape")
        assert user.rows(log) == everything
        assert user.is_in(log)


async def test_a_long_filtered_log(demo: FileTarget, drive: Drive, other: Other) -> None:
    session = other(demo)
    for number in range(240):
        session.call("main", "dolt_commit", "--allow-empty", "-m", f"{'odd' if number % 2 else 'even'} {number}")
    async with drive(demo) as user:
        log = user.workspace.panes.log
        await user.press("3", *["pagedown"] * 9)
        await fill_in(user, "odd")
        assert log.selected is not None
        assert log.selected.summary.startswith("odd")
        await user.press("less_than_sign")
        found: list[str] = []
        while not found or log.selected is None or found[-1] != log.selected.summary:
            assert log.selected is not None
            found.append(log.selected.summary)
            user.burst("j")
            await user.settle()
        assert found == [f"odd {number}" for number in range(239, 0, -2)]
        here = log.selected
        session.call("main", "dolt_commit", "--allow-empty", "-m", "odd again")
        await user.press("ctrl+r")
        assert log.selected == here
        await user.press("less_than_sign")
        assert log.selected is not None
        assert log.selected.summary == "odd again"
        await fill_in(user, "even 0")
        assert [row[2] for row in user.rows(log)] == ["even 0"]
        await user.press("escape", "less_than_sign", "j")
        assert log.selected.summary == "odd 239"
        await user.press("greater_than_sign")
        assert "Initialize" in str(user.cursor(log))
