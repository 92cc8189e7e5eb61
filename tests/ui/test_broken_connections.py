"""Connections that break at any moment: the program says so, comes back by itself, and shows what is true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pymysql
import pytest

from dolt_tui.engine.connecting.target import ServerTarget
from dolt_tui.engine.core import connections
from dolt_tui.ui.session.settings import Settings

from ..proxy import Proxy, Way, When

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver


@pytest.fixture
def relayed(demo_on_dolt: ServerTarget, proxy: Proxy) -> ServerTarget:
    """The demonstration on the Dolt server, reached through `proxy`."""
    return replace(demo_on_dolt, port=proxy.port)


def sessions(target: ServerTarget) -> tuple[int, list[str]]:
    """How many connections to the database the server has, and the statements that run on them."""
    with (
        pymysql.connect(
            host=target.host, port=target.port, user=target.user, password=target.password, ssl_disabled=True
        ) as root,
        root.cursor() as cursor,
    ):
        cursor.execute("SHOW PROCESSLIST")
        rows = [row for row in cursor.fetchall() if (row[3] or "").split("/")[0] == target.database]
    return len(rows), [row[7] for row in rows if row[7]]


def shown(user: Driver) -> list[str]:
    """The screen below the header, which tells times."""
    return user.lines[1:]


async def back(user: Driver) -> None:
    """Wait until the program has recovered by itself."""
    await user.until(lambda: not user.workspace.state.lost, "the server back")
    await user.settle()
    assert "lost" not in user.header
    assert user.dialog is None, user.dialog_text


BREAKS: dict[str, Callable[[Proxy], object]] = {
    "cut": lambda proxy: proxy.cut(),
    "half-closed by the server": lambda proxy: proxy.half_close(Way.TO_CLIENT),
    "half-closed by the client": lambda proxy: proxy.half_close(Way.TO_SERVER),
    "torn at once": lambda proxy: proxy.tear(1),
    "torn later": lambda proxy: proxy.tear(700),
    "torn late": lambda proxy: proxy.tear(5000),
    "cut at a read": lambda proxy: proxy.cut_at("dolt_log"),
    "cut at an answer": lambda proxy: proxy.cut_at("dolt_status", When.ANSWERED),
    "cut at statistics": lambda proxy: proxy.cut_at("dolt_diff", When.ANSWERED),
    "cut at a poll": lambda proxy: proxy.cut_at("dolt_hashof", When.BEFORE),
}


KEPT = 4
"""How many connections the pool of the branch keeps; no others stay."""
SETTLED = [(count, list[str]()) for count in range(1, KEPT + 1)]


async def test_reads_and_statistics(
    relayed: ServerTarget, demo_on_dolt: ServerTarget, drive: Drive, proxy: Proxy
) -> None:
    async with drive(relayed, settings=Settings(poll_seconds=0.1)) as user:
        fresh = shown(user)
        for name, break_ in BREAKS.items():
            break_(proxy)
            user.burst("ctrl+r", "3", "j", "4", "j", "2", "1")
            await user.pause(0.05)
            proxy.relay()
            await back(user)
            await user.press("ctrl+r", "3", "<", "4", "<", "1", "<")
            await user.settle()
            assert shown(user) == fresh, name
            await user.until(lambda: proxy.open <= KEPT, f"the number of connections after {name}")
            await user.until(lambda: sessions(demo_on_dolt) in SETTLED, f"the server's sessions after {name}")


WRITES = [
    ("dolt_add", When.BEFORE, False, "” was not done."),
    ("COMMIT", When.ANSWERED, False, "” was done."),
    ("COMMIT", When.ANSWERED, True, "It is looked up when the connection is back."),
]


async def test_a_write_is_looked_up_and_told(relayed: ServerTarget, drive: Drive, proxy: Proxy) -> None:
    async with drive(relayed, settings=Settings(poll_seconds=0.1)) as user:
        for text, when, down, told in WRITES:
            staged = user.changes[1] != []
            user.told.clear()
            met = proxy.cut_at(text if not staged else text.replace("dolt_add", "dolt_reset"), when, down=down)
            user.burst("1", "a")
            await user.until(met.is_set, "the cut")
            await user.until(lambda: any("“" in note for note in user.told), "the answer")
            if down:
                await user.until(lambda: "lost" in user.header, "the header telling of it")
            proxy.relay()
            await back(user)
            assert any(told in note for note in user.told), user.told
            if down:
                await user.until(lambda: any("” was done." in note for note in user.told), "what became of it")
            assert (user.changes[1] != []) is (staged if told == "” was not done." else not staged)
        assert [step.label for step in user.workspace.state.steps if not step.undone][-1] == "unstage all tables"


async def test_a_server_that_is_away(
    relayed: ServerTarget, demo_on_dolt: ServerTarget, drive: Drive, proxy: Proxy, other: Callable[..., Any],
) -> None:  # fmt: skip
    """Nothing of before is taken for true when it is back: not even what changed and changed back to a known hash."""
    second = other(demo_on_dolt)
    async with drive(relayed, settings=Settings(poll_seconds=0.1)) as user:
        proxy.refuse()
        proxy.cut()
        await user.until(lambda: "lost" in user.header, "the header telling of it")
        await user.settle()
        before = user.main
        await user.press("3", "j", "4", "j", "1")
        assert user.main == before  # the title does not follow the cursor to rows that cannot be read
        second.run("main", [("UPDATE employees SET first_name = 'Zoe' WHERE id = 1", ())])
        second.refs.create_branch("main", "made_meanwhile", "main")
        second.tags.create("main", "tagged_meanwhile", "main")
        proxy.relay()
        await back(user)
        assert "The database is back." in user.told
        assert "made_meanwhile" in str(user.rows(user.workspace.panes.branches))
        assert "Zoe" in str(user.rows(user.workspace.panes.summary))
        assert "M employees" in user.changes[0]


async def test_an_answer_that_never_comes(
    relayed: ServerTarget, demo_on_dolt: ServerTarget, drive: Drive, proxy: Proxy, other: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The look for other writers does not wait for it for ever, and a reading is ended by ``esc``."""
    for name in connections._ELSEWHERE:
        monkeypatch.setitem(connections._ELSEWHERE, name, 0.3)
    soon = Settings(poll_seconds=0.1, overdue_after=0.2, patience=0.5)
    async with drive(replace(relayed, connect_timeout=1), settings=soon) as user:
        proxy.swallow(Way.TO_CLIENT)
        await user.until(lambda: "no answer" in user.header, "the header telling of it")
        proxy.relay()
        other(demo_on_dolt).refs.create_branch("main", "made_meanwhile", "main")
        await user.until(lambda: "made_meanwhile" in str(user.rows(user.workspace.panes.branches)), "the new branch")
        await back(user)
        proxy.swallow(Way.TO_CLIENT)
        user.burst("ctrl+r")
        await user.until(lambda: "no answer" in user.header, "the header telling of it")
        proxy.relay()
        user.burst("escape")
        await user.until(lambda: not user.app.jobs.active("panes"), "the panes' reading ended")
        user.burst("escape")  # and that of the main pane
        await back(user)
        await user.until(lambda: "no answer" not in user.header, "an answer")
