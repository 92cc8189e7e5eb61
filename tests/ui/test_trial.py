"""A random trial: keys, mouse, pastes and sizes at random while two other sessions write, also over a broken network.

The short form runs with all tests. A long one: ``python3 scripts/test.py tests/ui/test_trial.py --trial 3000``.
"""

from __future__ import annotations

import random
import re
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pymysql
import pytest
from textual.geometry import Size

from dolt_tui.engine.connecting.target import FileTarget, ServerTarget, Target
from dolt_tui.ui.full_screen import FullScreen
from tests.proxy import Proxy, Way
from tests.ui.trial import KEYS, PASTES, SIZES, Writer, fill

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver

SHORT = 60
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


@pytest.fixture(autouse=True)
def no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """The palette and the list of keys offer to quit, too."""
    monkeypatch.setattr(FullScreen, "quit", lambda _screen: None)


@pytest.fixture(autouse=True)
def editor(monkeypatch: pytest.MonkeyPatch) -> None:
    """An editor that leaves the text as it is."""
    monkeypatch.setenv("EDITOR", "true")
    monkeypatch.delenv("VISUAL", raising=False)


@pytest.mark.timeout(7200)
async def test_random_input_beside_two_writers(crowded: Target, drive: Drive, steps: int) -> None:
    await trial(crowded, crowded, drive, steps)


@pytest.mark.timeout(7200)
async def test_random_input_over_a_broken_network(
    server_database: ServerTarget, through_proxy: ServerTarget, proxy: Proxy, drive: Drive, steps: int
) -> None:
    fill(server_database)
    await trial(server_database, through_proxy, drive, steps, proxy)


async def trial(direct: Target, target: Target, drive: Drive, steps: int, proxy: Proxy | None = None) -> None:
    """Drive the program at random on ``target`` while two sessions write to ``direct``, the same database.

    Afterwards nothing of it runs on the server, its connections are closed, and its screen is that of a fresh start.
    """
    before = processes(direct)
    async with drive(target, draws=True) as user:
        writers = [Writer(direct, steps + number) for number in (1, 2)]
        for writer in writers:
            writer.start()
        try:
            await wander(user, random.Random(steps), steps, proxy)
        finally:
            for writer in writers:
                writer.stop()
        assert all(writer.done for writer in writers), [writer.refused for writer in writers]
        await home(user)
        assert running(direct) == []
        branch = user.branch
        seen = picture(user)
    await user.until(lambda: len(processes(direct)) == len(before), "its connections closed")
    async with drive(target, branch=branch, draws=True) as user:
        await home(user)
        assert seen == picture(user)


async def wander(user: Driver, draw: random.Random, steps: int, proxy: Proxy | None) -> None:
    """Do random things; each but the bursts waits for its end and looks at the whole screen."""
    for step in range(steps):
        if proxy is not None and step % 10 == 9:
            await storm(user, draw, proxy)
        kind = draw.random()
        if kind < 0.72:
            user.burst(draw.choice(KEYS))
            await dealt(user)
        elif kind < 0.86:
            user.burst(*draw.choices(KEYS, k=draw.randint(2, 8)))
            await user.pause(0.002)
        elif kind < 0.90:
            user.paste(draw.choice(PASTES))
            await dealt(user)
        elif kind < 0.97:
            width, height = user.app.size
            where = (draw.randrange(width), draw.randrange(height))
            await user.pilot.click(offset=where, times=draw.choice((1, 1, 2)))
            await dealt(user)
        else:
            await resize(user, *draw.choice(SIZES))
        assert user.app.is_running, (user.app.return_code, user.app.failure, user.app.defence.first)


async def storm(user: Driver, draw: random.Random, proxy: Proxy) -> None:
    """Break the connections in one of all ways, press keys meanwhile, and mend them: the program recovers by itself."""
    way = draw.choice((Way.TO_SERVER, Way.TO_CLIENT))
    kind = draw.choice(("delay", "stall", "stall one way", "swallow", "cut", "half-close", "tear", "refuse"))
    match kind:
        case "delay":
            proxy.delay(0.05)
        case "stall":
            proxy.stall()
        case "stall one way":
            proxy.stall(way)
        case "swallow":
            proxy.swallow(way)
        case "half-close":
            proxy.half_close(way)
        case "tear":
            proxy.tear(draw.randrange(400))
        case "refuse":
            proxy.refuse()
    if kind in ("cut", "refuse"):
        proxy.cut()
    for _ in range(draw.randint(1, 3)):
        user.burst(*draw.choices(KEYS, k=draw.randint(1, 4)))
        await user.pause(0.05)
    proxy.relay()
    if kind == "swallow" or draw.random() < 0.3:
        proxy.cut()  # what was swallowed never comes
    await user.until(lambda: not user.workspace.state.lost, "the server back")
    await dealt(user)


async def dealt(user: Driver) -> None:
    """Wait until the keys are dealt with, and look at the screen; the other sessions leave the panes no rest."""
    await user.until(lambda: user.app.keys.idle or not user.app.is_running, "the keys dealt with")
    for _ in range(20):
        with suppress(AssertionError):  # a screen or a size is so new that it is not drawn yet
            user.check()
            return
        await user.pause(0.01)
    user.check()


async def resize(user: Driver, width: int, height: int) -> None:
    await user.pilot.resize_terminal(width, height)
    await user.until(lambda: user.app.size == Size(width, height), "the new size")
    await dealt(user)


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
    await user.until(lambda: not user.workspace.session.jobs.active(), "all counts")
    await user.settle()


def picture(user: Driver) -> dict[str, object]:
    """What the panes say of the database, whatever is selected, in front, sorted or scrolled."""
    work = user.workspace
    state = work.state
    return {
        "header": re.findall(r"⎇ \S+|● .*? changed|clean", user.header),
        "token": state.fingerprint,
        "changes": state.changes,
        "branches": state.branches,
        "tags": state.tags,
        "remotes": (state.remotes, state.remote_branches),
        "tables": state.tables,
        "log": [row[1:2] for row in user.rows(work.panes.log)[:20]],
        "shown": [sorted(user.rows(pane)) for pane in (work.panes.changes, work.panes.tables)],
    }


def processes(target: Target) -> list[tuple[object, object]]:
    """What the server does for sessions of the database: command and statement of each; nothing for a file."""
    if isinstance(target, FileTarget):
        return []
    assert isinstance(target, ServerTarget)
    with (
        closing(
            pymysql.connect(
                host=target.host,
                port=target.port,
                user=target.user,
                password=target.password,
                ssl_disabled=True,
                autocommit=True,
            )
        ) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SHOW PROCESSLIST")
        return [(row[4], row[7]) for row in cursor.fetchall() if str(row[3] or "").split("/")[0] == target.database]


def running(target: Target) -> list[tuple[object, object]]:
    return [process for process in processes(target) if process[0] != "Sleep"]
