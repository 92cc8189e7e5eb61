"""The whole tutorial, from an empty database: by typed SQL, and by forms and cells. Both end as its script does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from dolt_tui.demo.build import DATABASE, Demo
from dolt_tui.demo.story import AARON, BRIAN, TIM, At
from dolt_tui.engine import open_repository
from dolt_tui.engine.browsing.query import Query
from dolt_tui.engine.connecting.private_server import PrivateServer
from dolt_tui.engine.connecting.target import FileTarget, ServerTarget, Target
from dolt_tui.engine.repository import Repository

from ..conftest import run_on
from ..demo.test_story import MERGED
from ..tutorial_script import script

if TYPE_CHECKING:
    from tests.ui.conftest import DemoFile, Drive, Driver

TABLES = ("employees", "employees_teams", "teams")


@pytest.fixture
def empty(request: pytest.FixtureRequest, demo_file: DemoFile) -> Target:
    """A database in which nothing was done yet."""
    if request.param == "doltlite":
        return demo_file(At.START)
    server: PrivateServer = request.getfixturevalue("dolt_server")
    return new_database(request, server, f"{DATABASE}_by_hand")


def new_database(request: pytest.FixtureRequest, server: PrivateServer, name: str) -> ServerTarget:
    """An empty database, until the test ends."""
    run_on(server, f"CREATE DATABASE {name}")
    request.addfinalizer(lambda: run_on(server, f"DROP DATABASE {name}", "CALL dolt_purge_dropped_databases()"))
    login = server.connect_arguments
    return ServerTarget(login.user, login.password, login.host, login.port, name)


def outcome(repository: Repository) -> dict[str, Any]:
    """What the tutorial leaves, as the database itself tells it.

    Commits of one second have no order that both branches of a merge agree on.
    """
    found: dict[str, Any] = {}
    for branch in (branch.name for branch in repository.refs.branches("main")):
        # The first commit is the engine's own, and a merge is whoever's merges.
        commits = repository.history.page(branch, [branch], 20).commits[:-1]
        log = sorted((c.summary, c.author if len(c.parents) == 1 else "", len(c.parents)) for c in commits)
        status = repository.working.status(branch)
        found[branch] = log, status.unstaged, status.staged
        for table in TABLES:
            form = repository.forms.table(branch, table).form
            columns = [(column.name, column.type.lower(), column.nullable) for column in form.columns]
            keys = sorted((key.columns, key.referred, key.referred_columns) for key in form.foreign_keys)
            rows = repository.rows.page(branch, Query(table), 100).rows
            found[f"{table} on {branch}"] = columns, form.key, keys, rows
    return found


@pytest.fixture
def scripted(request: pytest.FixtureRequest, empty: Target, tmp_path: Path) -> dict[str, Any]:
    """What the tutorial's script leaves; on the embedded engine, which it cannot reach, the story's statements."""
    if isinstance(empty, FileTarget):
        target: Target = FileTarget(tmp_path / "scripted.db")
        with Demo(keep=tmp_path / "scripted.db", at=At.MERGED) as demo:
            demo.start()
    else:
        server: PrivateServer = request.getfixturevalue("dolt_server")
        target = new_database(request, server, f"{DATABASE}_scripted")
        login = server.connect_arguments
        url = sa.URL.create("mysql+pymysql", login.user, login.password, login.host, login.port, target.database)
        assert list(script(url))[-1] == "merged"
    with open_repository(target) as repository:
        return outcome(repository)


def summary(user: Driver) -> list[str]:
    """The Team Summary, a line for each row."""
    rows = user.rows(user.workspace.panes.summary)
    return [f"{team}: {first} {last} {' '.join(more)}".rstrip(" ∅") for team, last, first, *more in rows]


TYPED = """
CREATE TABLE employees (id INTEGER PRIMARY KEY NOT NULL, last_name VARCHAR(255), first_name VARCHAR(255));
CREATE TABLE teams (id INTEGER PRIMARY KEY NOT NULL, name VARCHAR(255));
CREATE TABLE employees_teams (
  employee_id INTEGER NOT NULL, team_id INTEGER NOT NULL, PRIMARY KEY (employee_id, team_id),
  FOREIGN KEY (employee_id) REFERENCES employees (id), FOREIGN KEY (team_id) REFERENCES teams (id)
);
CALL dolt_add('-A');
CALL dolt_commit('--author', 'Tim <tim@example.com>', '-m', 'Created tables');

INSERT INTO employees VALUES
  (0, 'Sehn', 'Tim'), (1, 'Hendriks', 'Brian'), (2, 'Son', 'Aaron'), (3, 'Fitzgerald', 'Brian');
INSERT INTO teams VALUES (0, 'Engineering'), (1, 'Sales');
INSERT INTO employees_teams VALUES (0, 0), (1, 0), (2, 0), (0, 1), (3, 1);
CALL dolt_add('-A');
CALL dolt_commit('--author', 'Aaron <aaron@example.com>', '-m', 'Inserted data into tables');

DROP TABLE employees_teams

CALL dolt_reset('--hard')

CALL dolt_checkout('-b', 'modify_data')

UPDATE employees SET first_name = 'Timothy' WHERE first_name = 'Tim';
INSERT INTO employees VALUES (4, 'Wilkins', 'Daylon');
INSERT INTO employees_teams VALUES (4, 0);
DELETE FROM employees_teams WHERE employee_id = 0 AND team_id = 1;
CALL dolt_add('-A');
CALL dolt_commit('--author', 'Brian <brian@example.com>', '-m', 'Modified data on branch');
CALL dolt_checkout('main');
CALL dolt_checkout('-b', 'modify_schema');
ALTER TABLE employees ADD COLUMN start_date DATE;
UPDATE employees SET start_date = '2018-08-06' WHERE id IN (0, 1, 2);
UPDATE employees SET start_date = '2021-04-19' WHERE last_name = 'Fitzgerald';
CALL dolt_add('-A');
CALL dolt_commit('--author', 'Tim <tim@example.com>', '-m', 'Modified schema on branch');

CALL dolt_checkout('main')

CALL dolt_merge('modify_data'); CALL dolt_merge('modify_schema');
"""
"""Scripts for the editor, and single statements for the line."""


@pytest.mark.parametrize("empty", ["dolt", pytest.param("doltlite", marks=pytest.mark.long)], indirect=True)
async def test_by_typed_sql(empty: Target, scripted: dict[str, Any], drive: Drive) -> None:
    async with drive(empty) as user:
        call = "CALL" if user.repository.info.traits.server else "SELECT"
        for text in TYPED.replace("CALL", call).strip().split("\n\n"):
            script = text.endswith(";")
            await user.press(*(("ctrl+e", "ctrl+l") if script else ("colon",)))
            await user.type(text[:6])
            user.paste(text[6:])
            await user.press("f6" if script else "enter")
            if text.startswith("DROP"):
                assert "deletes the table with its 5 rows" in user.dialog_text
                await user.press("x")
            assert user.dialog is None, user.dialog_text
            await user.press("escape")
        assert summary(user) == MERGED
    with open_repository(empty) as repository:
        assert outcome(repository) == scripted


async def column(user: Driver, name: str, kind: str, *more: str) -> None:
    """A column of a table's form."""
    await user.type(name)
    await user.press("tab")
    await user.type(kind)
    await user.press(*more, "enter")


async def commit(user: Driver, message: str, author: str) -> None:
    """Commit everything, as somebody else."""
    await user.press("1", "a", "c")
    await user.type(message)
    await user.press("tab", "tab")
    await user.type(author)
    await user.press("ctrl+s")
    assert user.dialog is None, user.dialog_text


async def refer(user: Driver, table: str) -> None:
    """A foreign key of the column under the cursor in a table's form."""
    await user.press("f")
    await user.type(table)
    await user.press("enter")


async def paste_rows(user: Driver, table: str, text: str) -> None:
    """Fill a table from its first cell on."""
    await user.go_to_table(table)
    await user.press("enter")
    user.paste(text)
    await user.settle()
    await user.press("ctrl+s")


@pytest.mark.parametrize("empty", ["doltlite", pytest.param("dolt", marks=pytest.mark.long)], indirect=True)
async def test_by_forms_and_cells(empty: Target, scripted: dict[str, Any], drive: Drive) -> None:
    async with drive(empty) as user:
        required_key = "tab", "space", "tab", "space"
        integer = "int" if user.repository.info.traits.server else "INTEGER"
        await user.press("4", "n")
        await user.type("employees")
        await user.press("enter")
        await column(user, "id", integer, *required_key)
        await column(user, "last_name", "varchar(255)")
        await column(user, "first_name", "varchar(255)")
        await user.press("escape", "ctrl+s", "enter", "n")
        await user.type("teams")
        await user.press("enter")
        await column(user, "id", integer, *required_key)
        await column(user, "name", "varchar(255)")
        await user.press("escape", "ctrl+s", "enter", "n")
        await user.type("employees_teams")
        await user.press("enter")
        await column(user, "employee_id", integer, *required_key)
        await column(user, "team_id", integer, *required_key)
        await user.press("escape")
        await refer(user, "teams")
        await user.press("less_than_sign")
        await refer(user, "employees")
        await user.press("ctrl+s")
        await user.press("enter")
        await commit(user, "Created tables", TIM)
        await paste_rows(user, "employees", "0\tSehn\tTim\n1\tHendriks\tBrian\n2\tSon\tAaron\n3\tFitzgerald\tBrian\n")
        await paste_rows(user, "teams", "0\tEngineering\n1\tSales\n")
        await paste_rows(user, "employees_teams", "0\t0\n1\t0\n2\t0\n0\t1\n3\t1\n")
        await commit(user, "Inserted data into tables", AARON)
        await user.go_to_table("employees_teams")
        await user.press("d", "x")
        assert user.changes == (["D employees_teams"], [])
        await user.press("1", "D")
        assert "hard reset" in user.dialog_text
        await user.press("h")
        assert user.changes == ([], [])

        await user.press("2", "n")
        await user.type("modify_data")
        await user.press("enter")
        assert user.branch == "modify_data"
        await user.go_to_table("employees")
        await user.press("enter", "l", "l", "e")
        await user.type("othy")
        await user.press("enter")
        await user.go_to_table("employees_teams")
        await user.press("enter", "j", "d")
        await user.go_to_table("employees")
        await user.press("enter", "greater_than_sign", "h", "h")
        user.paste("3\tFitzgerald\tBrian\n4\tWilkins\tDaylon\n")
        await user.settle()
        await user.go_to_table("employees_teams")
        await user.press("enter", "o")
        await user.type("4")
        await user.press("tab")
        await user.type("Eng")
        await user.press("enter")
        assert "DRAFT 4 rows" in user.header
        await user.press("ctrl+s")
        await commit(user, "Modified data on branch", BRIAN)

        await user.go_to_branch("main")
        await user.press("space", "n")
        await user.type("modify_schema")
        await user.press("enter")
        assert user.branch == "modify_schema"
        await user.go_to_table("employees")
        await user.press("A", "n")
        await column(user, "start_date", "date")
        await user.press("escape", "ctrl+s", "enter")
        await user.press("enter", "less_than_sign", "l", "l", "l")  # the cursor is where it was on the other branch
        user.paste("2018-08-06\n2018-08-06\n2018-08-06\n2021-04-19\n")
        await user.settle()
        await user.press("ctrl+s")
        await commit(user, "Modified schema on branch", TIM)

        await user.go_to_branch("main")
        await user.press("space")
        for name in ("modify_data", "modify_schema"):
            await user.go_to_branch(name)
            await user.press("M", "enter")
        assert summary(user) == MERGED
    with open_repository(empty) as repository:
        assert outcome(repository) == scripted
