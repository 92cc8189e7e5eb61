"""What is open at the server comes back to where it began, whatever was looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dolt_tui.engine.browsing.query import DiffQuery, Query
from dolt_tui.engine.core.settings import ReadSettings
from dolt_tui.engine.model import WORKING

from .conftest import Open, RawDolt

Until = Callable[..., Any]


def test_nothing_stays_open_for_what_one_has_left(dolt: RawDolt, opened: Open, until: Until) -> None:
    dolt.run("CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR(40))", "INSERT INTO people VALUES (1, 'Ann')")
    hashes = [dolt.commit("first")]
    for number in range(2, 5):
        dolt.run(f"INSERT INTO people VALUES ({number}, 'x')")
        hashes.append(dolt.commit(f"commit {number}"))
    names = [f"b{number}" for number in range(30)]
    for name in names:
        dolt.call("dolt_branch", name, hashes[-2])
    dolt.run("INSERT INTO people VALUES (10, 'y')")
    repository = opened(dolt, reading=ReadSettings(idle_after=0.5))
    repository.refs.fingerprint("main")
    began = dolt.connections()

    def commits() -> None:
        for hash_ in hashes:  # standing at them: every pane reads there
            repository.refs.fingerprint(hash_)
            repository.tables.tables(hash_)
            repository.rows.page(hash_, Query("people"), 5)
            repository.diffs.page("main", DiffQuery("people", hash_, WORKING), 5)
            repository.history.detail("main", hash_)

    def comparing() -> None:
        repository.history.compare("main", hashes[0], hashes[-1], counts=True)
        repository.tables.tables(hashes[-1])
        repository.summaries.summary(hashes[-1], frozenset({"people"}), None)

    def previews() -> None:
        for name in names[:5]:
            repository.merging.preview("main", name, conflicts=True)
            repository.refs.loss("main", name, repository.working.status(name))
            repository.commits.preview_reset(name, hashes[0])

    def switching() -> None:
        for name in names:
            repository.refs.fingerprint(name)
            repository.working.status(name)

    for look in (commits, comparing, previews, switching):
        look()
        # What is idle is closed when something is asked for later.
        until(lambda: repository.refs.fingerprint("main") and dolt.connections() == began)
