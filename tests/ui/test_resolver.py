"""The resolver: conflicts decided by keys, taken back, left and taken up again, until the merge commit is made."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from dolt_tui.engine.browsing.query import Query
from dolt_tui.engine.connecting.target import FileTarget, ServerTarget, Target
from dolt_tui.engine.model import Changes, Status, TableChange
from dolt_tui.engine.model.conflicts import RowDecision, Side
from dolt_tui.engine.repository import Repository
from dolt_tui.ui.resolver import ResolverScreen
from tests.ui.conflicting import IMPORT, commit, prepare

if TYPE_CHECKING:
    from dolt_tui.ui.panes.conflict_panes import ConflictPanes
    from tests.ui.conftest import Drive, Driver

Other = Callable[[Target], Repository]
EDITED = "a@b"


async def opened(user: Driver, source: str = IMPORT) -> ConflictPanes:
    """Merge a branch that conflicts; returns the panes of the resolver."""
    user.workspace.resolve(user.repository.incoming.merge("main", source))
    await user.settle()
    return panes(user)


def panes(user: Driver) -> ConflictPanes:
    screen = user.app.screen
    assert isinstance(screen, ResolverScreen), user.screen
    return screen.own


async def keys(user: Driver, *pressed: str) -> None:
    """Press keys without looking at the screen in between."""
    user.burst(*pressed)
    await user.settle()
    user.check()


def line(user: Driver) -> tuple[str, ...]:
    """The line under the cursor."""
    found = user.cursor(panes(user).rows)
    assert found is not None, user.screen
    return found


async def test_a_merge_is_decided_by_keys_and_committed(whichever: Target, drive: Drive, other: Other) -> None:
    session = other(whichever)
    prepare(session)
    tips = tuple(session.refs.resolve("main", name) for name in ("main", IMPORT))
    async with drive(whichever) as user:
        own = await opened(user)
        assert "MERGING import/q4" in user.header
        assert "⚑ 8 of 8 conflicts left" in user.header
        assert user.rows(own.conflicts)[1:] == [("!", "customers", "6 of 6 left"), ("!", "suppliers", "2 of 2 left")]
        assert line(user) == ("17", "email", "emil@acme.pt", "  emil@acme.dk", "  e.sorensen@acme.dk", "?")
        assert all(text in user.text(own.changes) for text in ("customers 17", "Brian · 1 cell", "crm-bot · new row"))
        assert any("newer updated_at" in row[1] for row in user.rows(own.rules))
        await keys(user, "1", "j")  # the rules of another table are told apart from those of the one that is shown
        assert any("customers: newer updated_at" in row[1] for row in user.rows(own.rules))
        await keys(user, "k", "0", "V")
        assert all(text in user.dialog_text for text in ("›ours", "theirs", "base 12 characters", "emil@acme."))
        await keys(user, "escape")

        # a cell; a row of two cells, which folds; a range, taken back; a value of one's own; another cell of the row
        await keys(user, "o", "J", "t", "j", "b", "K", "J", "shift+down", "shift+down", "t", "u", "e")
        assert [row[1] for row in user.rows(own.rows)[:3]] == ["email", "tier +1", "email"]
        assert "2 of 8 decided" in user.text(own.conflicts)
        await keys(user, "ctrl+u", *EDITED, "enter", "j", "o", "j", "t")
        assert line(user) == ("42", "email +2", "ana@acme.pt", "  ana@acme.example", "  a.ruiz@acme.pt", EDITED)
        assert "credit: only theirs changed it, so it is taken" in user.text(own.outcome)
        # a row that is deleted; JSON merged by key; what neither side has; the next table
        await keys(user, "J", "r", "d", "J", "o", "j", "m", "enter")
        assert all(text in user.text(own.rows) for text in ("0 customers 61", "both merged", "newsletter", "night"))
        await user.press("escape")
        await keys(user, "J", "b")
        assert user.told[-1] == "base: there is nothing to take, both sides added the row"
        await keys(user, "t", "J", "c")
        assert user.told[-1] == "continue: 2 conflicts are undecided"
        assert line(user)[:2] == ("1", "name")
        await keys(user, "T", "e")
        assert user.told[-1] == "edit: this line is about the whole row: ⏎ shows its columns"
        await keys(user, "escape")  # what is decided stays
        assert "RESOLVING import/q4" in user.header
        user.workspace.session.resolving.resume()
        await user.settle()
        assert "✓ all decided: c continues" in user.header
        assert "Nothing is left to decide." in user.text(panes(user).rules)
        state = user.workspace.session.state
        state.changes, before = Changes(*[(TableChange("orders", Status.MODIFIED),)] * 2), state.changes
        await keys(user, "c")
        assert user.told[-1] == "continue: orders is staged in part: commit or unstage it first"
        state.changes = before
        await keys(user, "c")
        assert "Merge branch 'import/q4' into main" in user.dialog_text
        await keys(user, "ctrl+u", *"In", "enter")
        assert user.app.screen is user.workspace, user.screen
        assert user.log[0] == "In"
    assert session.history.page("main", ["main"], 1).commits[0].parents == tips
    rows = {row[0]: row[1:] for row in session.rows.page("main", Query("customers"), 20).rows}
    assert sorted(rows) == [17, 23, 42, 61, 88, 99]
    assert rows[17][1] == "emil@acme.dk"
    assert (rows[23][3], str(rows[23][7])) == ("platinum", "2026-10-02")
    assert (rows[42][1:3], float(rows[42][4]), str(rows[42][7])) == ((EDITED, "Lisboa"), 950, "2026-11-20")
    assert json.loads(rows[61][6]) == {"zip": "1100", "newsletter": False, "language": "pt"}
    assert "at 9 only" in rows[61][5]
    assert rows[99][3] == "silver"
    assert [row[1] for row in session.rows.page("main", Query("suppliers"), 9).rows] == ["East", "West"]


async def test_equal_rows_without_a_key_are_counted(demo_on_dolt: ServerTarget, drive: Drive, other: Other) -> None:
    session = other(demo_on_dolt)
    commit(session, "main", "Loose", "Tim", 1, "CREATE TABLE loose (a INT, b VARCHAR(9))",
           "INSERT INTO loose VALUES (1, 'one'), (2, 'two')")  # fmt: skip
    session.refs.create_branch("main", IMPORT, "main")
    commit(session, "main", "Three", "Tim", 2, "INSERT INTO loose VALUES (1, 'one'), (1, 'one'), (2, 'two')")
    commit(session, IMPORT, "None", "Tim", 3, "DELETE FROM loose")
    async with drive(demo_on_dolt) as user:
        await opened(user)
        assert line(user) == ("1 · one", "(count)", "1×", "  3×", "  0×", "?")
        # somebody commits meanwhile
        commit(session, "main", "More", "Tim", 4, "CREATE TABLE more (id INT PRIMARY KEY)")
        for _ in range(2):
            user.workspace.session.refresh.read_all("read")
            await user.settle()
        assert [text for text in user.told if "main has moved" in text] == [
            "main has moved: ^r looks again at what conflicts"
        ]
        await keys(user, "ctrl+r")
        assert user.workspace.session.resolving.incoming.head == session.refs.resolve("main", "main")
        await keys(user, "vertical_line", "e", "ctrl+u", "4", "enter", "J", "t", "c", "enter")
        assert user.log[0] == f"Merge branch '{IMPORT}' into main"
        assert sum("has moved" in text for text in user.told) == 1
    assert session.rows.page("main", Query("loose"), 9).rows == ((1, "one"),) * 4


async def test_rules_columns_and_records_at_any_size(demo: FileTarget, drive: Drive, other: Other) -> None:
    session = other(demo)
    prepare(session)
    async with drive(demo, size=(80, 24)) as user:
        own = await opened(user)
        assert user.lines[1].startswith(" 1 Conflicts │ 2 Who changed")  # folded, as nothing there is in focus
        assert user.lines[-1].startswith(" o ours  t theirs  b base  e edit  O T table  J K next ")
        await keys(user, "J", "o", "X")
        assert "decided cells will be lost" in user.dialog_text
        await keys(user, "escape", "u")
        await keys(user, "3", "enter")
        assert "newer updated_at" in user.dialog_text
        await keys(user, "a")
        assert "⚑ 6 of 8" in user.header
        await keys(user, "0", "less_than_sign", "vertical_line", "t", "slash", *"notes", "enter", "enter")
        assert user.told[-1] == "theirs for email of 2 rows"
        assert line(user)[0] == "notes"  # of the record
        assert "notes" in user.text(own.rows)
        await user.press("escape", "escape")
        await keys(user, "o", "j", "o")
        await keys(user, "X")
        assert "4 decisions will be lost" in user.dialog_text
        await keys(user, "l")
        assert user.app.screen is user.workspace, user.screen
        user.workspace.session.resolving.resume()
        await user.settle()
        await keys(user, "2", "enter")
        assert "Move Lisbon office" in user.text(own.rows) or "Move Lisbon office" in user.screen
        await keys(user, "escape")
        for size in ((60, 18), (40, 10)):
            await user.pilot.resize_terminal(*size)
            await keys(user, "0", "j", "enter")
            await keys(user, "escape", "1", "5", "plus", "underscore", "f1")
            await keys(user, "escape", "0", "a")
            assert "customers" in user.screen
            assert user.told[-1] == "a is a new row in VisiData: it works in the panes, to which esc goes back"
        await keys(user, "X", "a")
        assert user.app.screen is user.workspace, user.screen
        assert user.branch == "main"
        assert user.log[0] == "Move Lisbon office"


async def test_a_range_reaches_beyond_the_rows_that_are_held(demo: FileTarget, drive: Drive, other: Other) -> None:
    session, many = other(demo), range(500)
    commit(session, "main", "Many", "Ann", 1, "CREATE TABLE many (id INTEGER NOT NULL PRIMARY KEY, a INT, b INT)",
           f"INSERT INTO many VALUES {', '.join(f'({id_}, 0, 0)' for id_ in many)}")  # fmt: skip
    session.refs.create_branch("main", "theirs", "main")
    commit(session, "main", "Ours", "Ann", 2, "UPDATE many SET a = 1, b = 1")
    commit(session, "theirs", "Theirs", "Ben", 3, "UPDATE many SET a = 2, b = 2")
    async with drive(demo) as user:
        own = await opened(user, "theirs")
        await keys(user, "j", "j", "j", "v", "greater_than_sign")
        assert len(own.rows.grid.selected_rows) < own.rows.grid.range_size
        await keys(user, "t")
        assert "⚑ 2 of 500 conflicts left" in user.header  # the second row from its second cell on
        table = user.workspace.session.resolving.step.table("many")
        assert table.rows[1,] == RowDecision(cells={"b": Side.THEIRS})
        assert table.rows[499,] == RowDecision(cells={"a": Side.THEIRS, "b": Side.THEIRS})
