"""A random trial: keys, mouse, pastes and sizes at random while two other sessions write.

The short form runs with all tests. A long one: ``python3 scripts/test.py tests/ui/test_trial.py --trial 3000``.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pymysql
import pytest
from textual.geometry import Size

from dolt_tui.engine.target import FileTarget, ServerTarget, Target
from tests.ui.trial import KEYS, PASTES, SIZES, Writer, fill

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver

SHORT = 120
"""Steps of each trial that runs with all tests."""


@pytest.fixture
def steps(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--trial") or SHORT)


@pytest.fixture(params=["dolt", "doltlite"])
def crowded(request: pytest.FixtureRequest) -> Target:
    """A database with tables of every shape, on either engine."""
    target: Target
    if request.param == "dolt":
        target = request.getfixturevalue("server_database")
    else:
        target = FileTarget(request.getfixturevalue("doltlite_file"))
    fill(target)
    return target


@pytest.mark.timeout(3600)
async def test_random_input_beside_two_writers(
    crowded: Target, drive: Drive, steps: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("EDITOR", "true")
    monkeypatch.delenv("VISUAL", raising=False)
    seed = steps
    before = connections(crowded)
    async with drive(crowded) as user:
        writers = [Writer(crowded, seed + number) for number in (1, 2)]
        for writer in writers:
            writer.start()
        try:
            await wander(user, random.Random(seed), steps)
        finally:
            for writer in writers:
                writer.stop()
        assert all(writer.done for writer in writers), [writer.refused for writer in writers]
        await home(user)
        assert running(crowded) == []
        branch = user.branch
        seen = picture(user)
    assert connections(crowded) == before
    async with drive(crowded, branch=branch) as user:
        await home(user)
        assert seen == picture(user)


async def wander(user: Driver, draw: random.Random, steps: int) -> None:
    """Do random things; each but the bursts waits for its end and looks at the whole screen."""
    for _ in range(steps):
        kind = draw.random()
        if kind < 0.72:
            await user.press(draw.choice(KEYS))
        elif kind < 0.86:
            user.burst(*draw.choices(KEYS, k=draw.randint(2, 8)))
            await user.pause(0.002)
        elif kind < 0.90:
            user.paste(draw.choice(PASTES))
            await user.settle()
        elif kind < 0.97:
            width, height = user.app.size
            where = (draw.randrange(width), draw.randrange(height))
            await user.pilot.click(offset=where, times=draw.choice((1, 1, 2)))
            await user.settle()
        else:
            await resize(user, *draw.choice(SIZES))
        assert user.app.is_running


async def resize(user: Driver, width: int, height: int) -> None:
    await user.settle()
    await user.pilot.resize_terminal(width, height)
    await user.until(lambda: user.app.size == Size(width, height), "the new size")
    await user.settle()
    user.check()


async def home(user: Driver) -> None:
    """Leave all dialogs, comparisons and filters, and read everything again."""
    await user.settle()
    for _ in range(40):
        if user.app.screen is not user.workspace or user.workspace.state.came_from or user.workspace.state.pair:
            await user.press("escape")
        else:
            break
    assert user.app.screen is user.workspace, user.screen
    for pane in "12345":
        await user.press(pane, "escape", "escape")
    await resize(user, 132, 38)
    await user.press("ctrl+r")
    await user.until(lambda: not user.workspace.jobs.active(), "all counts")
    await user.settle()


def picture(user: Driver) -> dict[str, object]:
    """What the panes say of the database, whatever is selected, in front, sorted or scrolled."""
    work = user.workspace
    state = work.state
    return {
        "header": user.header.split(" ● ")[0].strip() if " ● " in user.header else "",
        "token": state.token,
        "changes": state.changes,
        "branches": state.branches,
        "tags": state.tags,
        "remotes": (state.remotes, state.remote_branches),
        "tables": state.tables,
        "log": [row[1:2] for row in user.rows(work.log_pane)[:20]],
        "shown": {pane.TITLE: sorted(user.rows(pane)) for pane in (work.changes, work.tables)},
    }


Rows = Callable[[], list[tuple[object, ...]]]


def processes(target: Target) -> list[tuple[object, ...]]:
    """What the server does for sessions of the database: command, statement; nothing for a file."""
    if isinstance(target, FileTarget):
        return []
    assert isinstance(target, ServerTarget)
    login = {"host": target.host, "port": target.port, "user": target.user, "password": target.password}
    with (
        closing(pymysql.connect(**login, ssl_disabled=True, autocommit=True)) as connection,  # type: ignore[arg-type]
        connection.cursor() as cursor,
    ):
        cursor.execute("SHOW PROCESSLIST")
        return [(row[4], row[7]) for row in cursor.fetchall() if str(row[3] or "").split("/")[0] == target.database]


def connections(target: Target) -> int:
    return len(processes(target))


def running(target: Target) -> list[tuple[object, ...]]:
    return [process for process in processes(target) if process[0] != "Sleep"]
