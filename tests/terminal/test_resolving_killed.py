"""Conflicts that are half resolved when the program is killed: the next start goes on with what was decided."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dolt_tui.demo.build import AUTHOR, build
from dolt_tui.demo.story import At
from dolt_tui.engine import open_repository
from dolt_tui.engine.browsing.query import Query
from dolt_tui.engine.connecting.target import FileTarget

if TYPE_CHECKING:
    from tests.terminal.conftest import Open


def test_it_is_taken_up_after_sigkill(
    terminal: Open, doltlite_file: Path, tmp_path: Path, until: Callable[..., Any]
) -> None:
    state, target = tmp_path / "state", FileTarget(doltlite_file)
    with open_repository(target, author=AUTHOR) as repository:
        build(repository, At.BRANCHES)
        repository.run("main", [("UPDATE employees SET first_name = 'Timo' WHERE id = 0", ())])
        repository.working.stage("main", ["employees"])
        repository.commits.commit("main", "Call him otherwise", "", None)
        before = repository.refs.look("main")
    user = terminal(str(doltlite_file), XDG_STATE_HOME=str(state))
    user.until("1 table changed", "modify_schema", "Call him")
    user.type("2jM")
    user.until("decide 1 row first")
    user.type("m")
    user.until("1 of 1 conflict left", "Timothy")
    user.type("t")
    user.until("all decided")
    until(lambda: list(state.rglob("*.plan")), 20)
    os.kill(user.pid, signal.SIGKILL)
    until(lambda: not user.child.isalive(), 20)
    again = terminal(str(doltlite_file), XDG_STATE_HOME=str(state))
    again.until("Conflicts were left unresolved: merging modify_data into main", "1 row decided")
    with open_repository(target) as repository:
        assert repository.refs.look("main") == before
    again.type("t")
    again.until("MERGING modify_data", "all decided")
    again.type("c")
    again.until("Merge branch 'modify_data' into main")
    again.type("\r")
    again.until("Merged modify_data into main", without=("RESOLVING",))
    assert not list(state.rglob("*.plan"))
    again.type("q")
    assert again.end() == 0
    with open_repository(target) as repository:
        assert len(repository.history.commit("main", "HEAD").parents) == 2
        page = repository.rows.page("main", Query("employees"), 10)
        assert "Timothy" in {str(value) for row in page.rows for value in row}
