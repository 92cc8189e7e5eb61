"""The program on a screen: demo databases on both engines, and a driver that types and looks.

Nothing waits by the clock: `Driver.settle` waits until no key and no answer of the database is on its way, and each
look at the screen checks that a terminal would show it as it is.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import re
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from textual import events
from textual._compositor import Compositor
from textual._context import active_app, visible_screen_stack
from textual._styles_cache import StylesCache
from textual.keys import _character_to_key, key_to_character
from textual.pilot import Pilot
from textual.screen import Screen

from dolt_tui.demo.build import AUTHOR, DATABASE, Demo, build
from dolt_tui.demo.story import At
from dolt_tui.engine import open_repository
from dolt_tui.engine.connecting.private_server import PrivateServer
from dolt_tui.engine.connecting.target import FileTarget, ServerTarget, Target
from dolt_tui.engine.opening import Options, ServerHost
from dolt_tui.engine.opening import connect as connect_host
from dolt_tui.engine.repository import Repository
from dolt_tui.launch import Launch, launch_target
from dolt_tui.ui.app import DoltApp
from dolt_tui.ui.dialogs.dialog import Dialog
from dolt_tui.ui.panes.pane import Pane
from dolt_tui.ui.present.grid_rows import Row
from dolt_tui.ui.present.text import plain
from dolt_tui.ui.session.clock import Clock
from dolt_tui.ui.workspace import Workspace

from ..conftest import run_on
from .waiting import SECONDS, all_dealt_with

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
SHOWN = {"theme", "keymap", "more", "clock", "settings"}
"""The options of `drive` that are the program's; the others are those of what it opens."""
NOW = dt.datetime(2026, 3, 2, 21, 0, tzinfo=dt.UTC)
"""The time of day where ages must not change."""


class Driver:
    """Types and looks."""

    def __init__(self, app: DoltApp, pilot: Pilot[int]) -> None:
        self.app, self.pilot = app, pilot
        self.told: list[str] = []
        """What was said in messages, the oldest first."""
        self._seen = 0

    # doing

    async def settle(self) -> None:
        """Wait until every key is dealt with and every answer of the database is on the screen."""
        deadline = time.monotonic() + SECONDS
        quiet = 0
        while quiet < 2:  # twice in a row: the last answer may have set off something
            await self.pause(0 if quiet else 0.001)
            quiet = quiet + 1 if self.app.settled else 0
            if time.monotonic() > deadline:
                pytest.fail(f"The program did not come to rest within {SECONDS:g} s. The screen:\n{self.screen}")
        if self.app.is_running and self.app.messages.now is not None:
            self.check()  # with the message, which then goes, as it stands before other things
            self.app.messages.hush()
            await self.pause()

    async def until(self, condition: Callable[[], Any], what: str = "") -> None:
        """Wait until something is true."""
        deadline = time.monotonic() + SECONDS
        await self.pause()
        while not condition():
            if time.monotonic() > deadline:
                pytest.fail(f"{what or 'it'} was not true within {SECONDS:g} s. The screen:\n{self.screen}")
            await self.pause(0.002)
        await self.pause()

    async def pause(self, seconds: float = 0.0) -> None:
        """Let every widget deal with all the messages that it has now, and draw what that changed."""
        await asyncio.sleep(seconds)
        if self.app.is_running:
            await all_dealt_with(self.app)
            self.app.screen._on_timer_update()
            messages = self.app.messages
            self.told += [said.text for said in messages.history][
                len(messages.history) - messages.number + self._seen :
            ]
            self._seen = messages.number

    async def press(self, *keys: str) -> None:
        """Press keys as a patient user does: each when the one before has been dealt with."""
        for key in keys:
            self.burst(key)
            await self.settle()
            self.check()

    async def type(self, text: str) -> None:
        """Type text, without waiting between the letters."""
        self.burst(*text)
        await self.settle()

    def burst(self, *keys: str) -> None:
        """Keys that are all there before the first of them is dealt with."""
        for key in keys:
            name = _character_to_key(key) if len(key) == 1 else key
            self.app.post_message(events.Key(name, key if len(key) == 1 else key_to_character(name)))

    def paste(self, text: str) -> None:
        self.app.post_message(events.Paste(text))

    async def go_to(self, pane: Pane, key: object) -> None:
        """Move the cursor to the row with a key, by keys."""
        number = pane.NUMBER
        await self.press(number, "less_than_sign")
        last: object = None
        while (row := pane.grid.cursor_row) is not None and row.key != key:
            assert row.key != last, f"{key} is not in pane {number}:\n{self.screen}"
            last = row.key
            await self.press("j")
        assert row is not None, f"pane {number} is empty:\n{self.screen}"

    async def go_to_branch(self, name: str) -> None:
        await self.go_to(self.workspace.panes.branches, name)

    async def go_to_table(self, name: str) -> None:
        await self.go_to(self.workspace.panes.tables, name)

    async def go_to_commit(self, message: str) -> None:
        """Move the log's cursor to the newest commit with a message."""
        page = self.repository.history.page(self.branch, [self.branch], 100)
        await self.go_to(self.workspace.panes.log, next(c.hash for c in page.commits if c.summary == message))

    # looking

    @property
    def workspace(self) -> Workspace:
        return self.app.workspace

    @property
    def repository(self) -> Repository:
        return self.workspace.state.repository

    @property
    def branch(self) -> str:
        return self.workspace.state.branch

    def is_in(self, pane: Pane) -> bool:
        """Whether a pane has the focus."""
        return self.workspace.focused_pane is pane

    @property
    def dialog(self) -> Dialog[Any] | None:
        screen = self.app.screen
        return screen if isinstance(screen, Dialog) else None

    @property
    def lines(self) -> list[str]:
        """What stands on the screen, line by line."""
        return self._crop(0, 0, self.app.size.width, self.app.size.height)

    @property
    def screen(self) -> str:
        return "\n".join(line.rstrip() for line in self.lines)

    @property
    def header(self) -> str:
        return self.lines[0]

    def text(self, pane: Pane) -> str:
        """What stands in a pane, its frame included."""
        region = pane.region
        return "\n".join(line.rstrip() for line in self._crop(region.x, region.y, region.width, region.height))

    @property
    def dialog_text(self) -> str:
        assert self.dialog is not None, f"no dialog stands:\n{self.screen}"
        region = self.dialog.frame.region
        return "\n".join(line.rstrip() for line in self._crop(region.x, region.y, region.width, region.height))

    @property
    def summary(self) -> str:
        return self.text(self.workspace.panes.summary)

    @property
    def main(self) -> str:
        return self.text(self.workspace.main)

    def rows(self, pane: Pane) -> list[tuple[str, ...]]:
        """All rows of a pane that holds them in memory: the text of their cells, seen or not."""
        grid = pane.grid
        return [_texts(row) for row in (grid.line(i) for i in range(grid.row_count)) if row is not None]

    def cursor(self, pane: Pane) -> tuple[str, ...] | None:
        row = pane.grid.cursor_row
        return _texts(row) if row is not None else None

    @property
    def changes(self) -> tuple[list[str], list[str]]:
        """The unstaged and the staged tables, each as ``M employees``, as the pane was handed them."""
        changes = self.workspace.state.changes
        return (
            [f"{change.status.sign} {change.table}" for change in changes.unstaged],
            [f"{change.status.sign} {change.table}" for change in changes.staged],
        )

    @property
    def log(self) -> list[str]:
        """The messages of the log of the branch, asked of the database."""
        return [c.summary for c in self.repository.history.page(self.branch, [self.branch], 100).commits]

    def check(self) -> None:
        """The oracle: the screen is full of harmless text, each line as wide as the screen."""
        if self.app.is_running:
            _ = self.lines

    def _crop(self, x: int, y: int, width: int, height: int) -> list[str]:
        found = []
        for strip in self.app.screen._compositor.render_strips():
            text = "".join(segment.text for segment in strip)
            assert not CONTROL.search(text), ascii(text)
            assert cell_len(text) == self.app.size.width, ascii(text)
            assert sum(cell_len(segment.text) for segment in strip) == self.app.size.width
            found.append(strip.crop(x, x + width).text)
        assert len(found) == self.app.size.height
        return found[y : y + height]


def _texts(row: Row) -> tuple[str, ...]:
    return tuple(plain(cell) for cell in row.cells)


class StillClock(Clock):
    """It is `NOW`, for ever; how long something takes is told all the same."""

    def now(self) -> dt.datetime:
        return NOW

    def local(self) -> dt.datetime:
        return NOW


class CommitTimes:
    """The next commit's time: an hour after the last one's."""

    def __init__(self) -> None:
        self._hours = itertools.count()

    def __call__(self) -> dt.datetime:
        return dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC) + dt.timedelta(hours=next(self._hours))


_render_update = Compositor.render_update


def _seldom_drawn(
    compositor: Compositor, full: bool = False, screen_stack: list[Screen[Any]] | None = None, simplify: bool = False
) -> object:
    """``Compositor.render_update``, which draws only for programs that are drawn whenever something changes."""
    if getattr(active_app.get(), "draws", True):
        return _render_update(compositor, full, screen_stack, simplify)
    visible_screen_stack.set(screen_stack or [])
    compositor._dirty_regions.clear()
    return None


Drive = Callable[..., AbstractAsyncContextManager[Driver]]


@pytest.fixture(scope="session")
def drive(pytestconfig: pytest.Config) -> Iterator[Drive]:
    """``async with drive(target_or_launch, size=(132, 38)) as user``: the program runs, with all panes filled.

    An error that nobody caught fails the test, unless it expects ``faults``. The screen is drawn each time that all
    has come to rest, and looked at by `Driver.check`; with ``draws`` also each time that something changes in between,
    for a terminal that is not there: a quarter of a test's time. ``--long`` does so in all tests.
    """
    long = pytestconfig.getoption("--long")

    @asynccontextmanager
    async def run(
        what: Target | Launch, *, size: tuple[int, int] = (132, 38), settled: bool = True, **options: Any
    ) -> AsyncIterator[Driver]:
        shown = {name: options.pop(name) for name in SHOWN & options.keys()}
        faults = options.pop("faults", False)
        draws = options.pop("draws", faults) or long
        launch = what if isinstance(what, Launch) else launch_target(what, **{"author": AUTHOR, **options})
        app = DoltApp(launch, **shown)
        app.animation_level = "none"
        vars(app)["draws"] = draws
        try:
            async with app.run_test(size=size) as pilot:
                driver = Driver(app, pilot)
                if settled:
                    await driver.settle()
                    driver.check()
                yield driver
                driver.check()
            if not faults and app.defence.first is not None:
                raise app.defence.first  # the program went on; a test must not
        finally:
            if app._workspace is not None and app._workspace.session.is_open:
                app._workspace.state.repository.leave()  # the server would go on counting its sessions
            launch.close()
            # Textual keeps what its last 1,024 widgets drew: a gigabyte, with hundreds of programs in one process.
            StylesCache.get_inner_outer.cache_clear()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Compositor, "render_update", _seldom_drawn)
        yield run


@pytest.fixture(scope="session")
def _templates(tmp_path_factory: pytest.TempPathFactory) -> dict[At, Path]:
    directory = tmp_path_factory.mktemp("demo")
    templates = {}
    for at in (At.START, At.BRANCHES, At.MERGED):
        templates[at] = directory / f"{at}.db"
        with Demo(keep=templates[at], at=at, clock=CommitTimes()) as demo:
            demo.start()
    return templates


DemoFile = Callable[..., FileTarget]


@pytest.fixture
def demo_file(_templates: dict[At, Path], tmp_path: Path) -> DemoFile:
    """``demo_file(at)``: a new demonstration on the embedded engine, as it stands at a point of the story."""

    def make(at: At = At.BRANCHES) -> FileTarget:
        path = tmp_path / f"{DATABASE}.db"
        shutil.copyfile(_templates[at], path)
        return FileTarget(path)

    return make


@pytest.fixture
def demo(demo_file: DemoFile) -> FileTarget:
    """A demonstration on the embedded engine, both branches made and not merged: employees(id, last_name, first_name),
    teams(id, name), employees_teams(employee_id, team_id); modify_data has other rows, modify_schema another column."""
    return demo_file()


@pytest.fixture(scope="session")
def _template_on_dolt(dolt_server: PrivateServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a backup of the demonstration: to restore it takes a tenth of the time of building it again."""
    url = f"file://{tmp_path_factory.mktemp('demo-on-dolt')}"
    _fill(_demo_target(dolt_server))
    run_on(dolt_server, f"USE {DATABASE}", f"CALL dolt_backup('sync-url', '{url}')", *_DROPPED)
    return url


@pytest.fixture
def demo_on_dolt(dolt_server: PrivateServer, _template_on_dolt: str) -> Iterator[ServerTarget]:
    """The same on the Dolt server."""
    run_on(dolt_server, f"CALL dolt_backup('restore', '{_template_on_dolt}', '{DATABASE}')")
    yield _demo_target(dolt_server)
    run_on(dolt_server, *_DROPPED)


_DROPPED = (f"DROP DATABASE {DATABASE}", "CALL dolt_purge_dropped_databases()")


def _demo_target(server: PrivateServer) -> ServerTarget:
    login = server.connect_arguments
    return ServerTarget(login.user, login.password, login.host, login.port, DATABASE)


@pytest.fixture(params=["doltlite", "dolt"])
def either(request: pytest.FixtureRequest) -> Target:
    """The demonstration on either engine; a test with this runs on both, as the engines do it differently."""
    return _demo_on(request)


@pytest.fixture
def whichever(request: pytest.FixtureRequest) -> Target:
    """The demonstration on one engine: for what the interface does in the same way on both. ``--long`` tries both."""
    return _demo_on(request)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "whichever" in metafunc.fixturenames:
        engines = ["doltlite", "dolt"] if metafunc.config.getoption("--long") else ["doltlite"]
        metafunc.parametrize("whichever", engines, indirect=True)


def _demo_on(request: pytest.FixtureRequest) -> Target:
    target = request.getfixturevalue("demo" if request.param == "doltlite" else "demo_on_dolt")
    assert isinstance(target, FileTarget | ServerTarget)
    return target


@pytest.fixture(scope="session")
def fill() -> Callable[[ServerTarget], None]:
    """``fill(target)``: build the demonstration in a database that is empty or not there yet."""
    return _fill


def _fill(target: ServerTarget) -> None:
    assert target.database is not None
    host = connect_host(target)
    assert isinstance(host, ServerHost)
    if target.database not in host.databases():
        host.create(target.database)
    with host.open(target.database, Options(author=AUTHOR)) as repository:
        build(repository, At.BRANCHES, CommitTimes())


@pytest.fixture
def other(request: pytest.FixtureRequest) -> Iterator[Callable[[Target], Repository]]:
    """``other(target)``: a second session on the same database; ``run(branch, [(sql, values), …])`` changes data."""
    opened: list[Repository] = []

    def open_it(target: Target) -> Repository:
        opened.append(open_repository(target))
        return opened[-1]

    yield open_it
    for repository in opened:
        repository.close()


@pytest.fixture
def fixed_time() -> Clock:
    """A clock with which ages and the header's time of day stand still."""
    return StillClock()


@pytest.fixture(scope="session")
def driver_of() -> Callable[[DoltApp, Pilot[int]], Driver]:
    """A driver for a program that something else runs."""
    return Driver
