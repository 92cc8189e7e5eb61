"""Hostile text in every place that a database can put it: shown harmless, in every pane and dialog."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dolt_tui.engine import open_repository
from dolt_tui.engine.backends.embedded import driver
from dolt_tui.engine.connecting.target import FileTarget, ServerTarget, Target
from dolt_tui.engine.model import Author
from dolt_tui.engine.repository import Repository

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver

TEXTS = (
    "[/foo]",
    "[@click=app.quit]x[/]",
    "[red]red[/red] [[bold]",
    "\x1b[2J\x1b]2;title\x07\x1bc",
    "\x9b2J\x90\x85",
    "\u202eevil\u202c \u2066x\u2069",
    "one\ntwo\r\nthree\ttab",
    "nul\x00nul",
    "日本語テキスト" * 3,
    "👨‍👩‍👧‍👦🏳️‍🌈 e\u0301\u0301\u0301 ภาษาไทย",
    "\u200d\u200b\ufeff\u2028\u2029",
    "long " * 2000,
    "W" * 10_000,
    "",
    "$x ${y} {z} %s %(a)s :p ? \\ ' \" `",
)
COLUMNS = ("[/foo]", "a[@click=app.quit]x", "a\x1b[2Jb", "b\u202eevil", "日本", "c\td", "W" * 60)
TABLE = "[/t] \u202ex\x1b[2J"
BRANCHES = ("a" * 120, "x'y\"z", "$(x)", "x]bold", "%s{0}`;--")
"""Dolt and DoltLite allow no control characters, no brackets that open, and nothing but ASCII in them."""


def fill_with_all(repository: Repository, target: Target) -> None:
    """Fill a database with all of it."""
    dolt = isinstance(target, ServerTarget)

    def quote(name: str) -> str:
        return f"`{name.replace('`', '``')}`" if dolt else '"' + name.replace('"', '""') + '"'

    columns = ", ".join(f"{quote(name)} TEXT" for name in COLUMNS)
    marks = ", ".join("?" * (len(COLUMNS) + 1))
    repository.run("main", [(f"CREATE TABLE {quote(TABLE)} (id INT PRIMARY KEY, {columns})", ())])
    repository.run("main", [(f"CREATE TABLE {quote('[bold]')} (id INT PRIMARY KEY, v TEXT)", ())])
    rows = [(number, *(TEXTS[(number + n) % len(TEXTS)] for n in range(len(COLUMNS)))) for number in range(len(TEXTS))]
    insert = f"INSERT INTO {quote(TABLE)} VALUES ({marks})"
    repository.run("main", [(insert, row) for row in rows])
    for number, text in enumerate(TEXTS):
        if not text.strip() or "\x00" in text:
            continue
        repository.run("main", [(f"INSERT INTO {quote('[bold]')} VALUES (?, ?)", (number, text))])
        repository.working.stage_all("main")
        author = Author(
            "[/a] \x1b[2J" + text.replace("<", "").replace("\n", " ")[:80].strip(), "[@click=app.quit]@\x1b[2J"
        )
        repository.commits.commit("main", text, text, author)
    for name in BRANCHES:
        repository.call("main", "dolt_branch", name, purpose="branch")
    change = f"UPDATE {quote(TABLE)} SET {quote(COLUMNS[0])} = ?, {quote(COLUMNS[2])} = ? WHERE id % 2 = 0"
    repository.run("main", [(change, (TEXTS[3], TEXTS[0]))])
    repository.run("main", [(f"DELETE FROM {quote('[bold]')} WHERE id = 0", ())])


@pytest.fixture(params=[pytest.param("doltlite", marks=pytest.mark.long), "dolt"])
def hostile(request: pytest.FixtureRequest) -> Target:
    """A database full of hostile text, on either engine."""
    target: Target
    if request.param == "dolt":
        target = request.getfixturevalue("server_database")
    else:
        target = FileTarget(request.getfixturevalue("doltlite_file"))
    with open_repository(target) as repository:
        fill_with_all(repository, target)
    return target


async def look_around(user: Driver) -> None:
    """Visit every pane and dialog; each key press looks at the whole screen."""
    await user.press("1", "j", "enter", "enter", "l", "l", "escape", "j", "enter", "escape", "escape", "d", "escape")
    await user.press("2")
    for _ in range(len(BRANCHES)):
        await user.press("j")
    await user.press("enter", "escape", "M", "escape", "d", "escape", "n", "escape")
    await user.press("3")
    await user.press(*"j" * len(TEXTS))
    await user.press("g", "escape", "n", "escape", "enter", "j", "enter", "enter", "escape", "escape", "escape")
    await user.press("4", "less_than_sign")
    for _ in range(2):
        await user.press("w", "w", "d", "escape", "enter", "enter", "l", "escape", "l", "l", "l")
        for _ in range(4):
            await user.press("j", "j", "j", "enter", "escape")
        await user.press("escape", "j")
    await user.press("5", "enter", "escape", "at", "less_than_sign", "enter", "escape", "greater_than_sign", "enter")
    await user.press("escape", "escape", "question_mark", "escape", "1", "slash")
    await user.type("[/")
    await user.press("enter", "escape")
    assert user.dialog is None
    assert user.app.is_running


async def test_everything_is_only_text(hostile: Target, drive: Drive) -> None:
    async with drive(hostile, draws=True) as user:
        await look_around(user)
        assert "[/t]" in str(user.rows(user.workspace.panes.tables))
        assert user.branch == "main"


async def test_what_is_hostile_can_be_worked_with(hostile: Target, drive: Drive) -> None:
    async with drive(hostile, draws=True) as user:
        work = user.workspace
        await user.go_to(work.panes.changes, (False, TABLE))
        await user.press("space")
        assert [change.table for change in work.state.changes.staged] == [TABLE]
        await user.press("c")
        await user.type("[/foo] [@click=app.quit]x")
        await user.press("enter")
        assert user.dialog is None
        assert user.log[0] == "[/foo] [@click=app.quit]x"
        await user.go_to_branch(BRANCHES[1])
        await user.press("space")
        assert user.branch == BRANCHES[1]
        assert f"⎇ {BRANCHES[1]}" in user.header
        await user.go_to_branch("main")
        await user.press("space")
        await user.go_to_branch(BRANCHES[1])
        await user.press("d", "x")
        assert user.dialog is None
        assert BRANCHES[1] not in [cells[1] for cells in user.rows(work.panes.branches)]
        await user.go_to_table(TABLE)
        await user.press("d", "x")
        assert TABLE not in [table.name for table in user.repository.tables.tables("main")]


async def test_an_error_that_quotes_hostile_text(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        for text in (*TEXTS[:8], TEXTS[-1]):
            statement = (f'SELECT * FROM "{text}"', ())
            user.workspace.session.writes.write(
                f"do {text[:60]}", partial(Repository.run, branch="main", statements=[statement]), None
            )
            user.workspace.tell(text)
            await user.settle()
            user.check()
            if user.dialog is not None:
                await user.press("enter")
        assert user.app.is_running


async def test_lone_surrogates_and_bytes(doltlite_file: Path, drive: Drive) -> None:
    """SQLite stores any bytes as text; a diff of them is still shown."""
    with closing(driver.connect(doltlite_file)) as connection:
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, b BLOB)")
        connection.execute("INSERT INTO t VALUES (1, CAST(x'eda0bd' AS TEXT), x'00ff1b')")
        connection.execute("INSERT INTO t VALUES (2, CAST(x'ff41' AS TEXT), x'')")
        connection.execute("INSERT INTO t VALUES (3, 'a' || char(0) || 'b', NULL)")
        connection.execute("SELECT dolt_commit('-Am', 'x')")
        connection.execute("UPDATE t SET v = CAST(x'c328' AS TEXT)")
    async with drive(FileTarget(doltlite_file)) as user:
        await user.press("enter", "enter", "escape", "j", "enter", "escape", "escape", "4", "enter", "enter", "escape")
        assert len(user.rows(user.workspace.main)) == 3
        await user.press("escape", "1", "a")
        assert user.changes == ([], ["M t"])


async def test_a_hostile_place(tmp_path: Path, demo: FileTarget, drive: Drive) -> None:
    """The file's own name and directory stand in the header."""
    directory = tmp_path / "[bold]\u202ed\x1b[2J"
    directory.mkdir()
    path = directory / "[red]x\x1b]2;t.db"
    path.write_bytes(demo.path.read_bytes())
    async with drive(FileTarget(path)) as user:
        assert "[red]x␛]2;t.db" in user.header
