"""The order of the start: what must not be imported before it is needed. Benchmarks tell the times."""

from __future__ import annotations

import subprocess
import sys

import pytest

SERVER = "dolt_tui.engine.connecting.private_server"
FRAMES = "dolt_tui.ui.app"
PANES = "dolt_tui.ui.actions.groups, dolt_tui.ui.workspace"


@pytest.mark.parametrize(
    ("stage", "later"),
    [
        # The private server is begun before anything that takes time.
        (SERVER, ("pymysql", "sqlalchemy", "textual", "rich", "asyncio", "ssl", "dolt_tui.ui")),
        # The frames are painted before the database and the panes are imported.
        (FRAMES, ("pymysql", "sqlalchemy", "dolt_tui.ui.actions", "dolt_tui.ui.panes", "dolt_tui.ui.widgets.grid")),
        # The panes need nothing that asks the database: that is imported on the database thread.
        (PANES, ("pymysql", "sqlalchemy", "dolt_tui.engine.repository", "dolt_tui.engine.versioning")),
        # Nor do they need what only the console and dialogs have.
        (PANES, ("dolt_tui.engine.console.query_diff", "dolt_tui.engine.transfer.loading", "tree_sitter")),
        (PANES, ("dolt_tui.ui.flows.find_command", "dolt_tui.ui.dialogs.finder", "dolt_tui.ui.dialogs.cell_view")),
        (PANES, ("textual.widgets._text_area", "textual.document", "textual.widgets._markdown", "rich.markdown")),
    ],
)
def test_what_is_imported_later(stage: str, later: tuple[str, ...]) -> None:
    code = f"import sys, {stage}; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    early = [name for name in said.stdout.split() if any(name == one or name.startswith(f"{one}.") for one in later)]
    assert early == []


@pytest.mark.parametrize(
    ("target", "needed", "other"),
    [
        ("FileTarget(Path('shop.db'))", "sqlalchemy.dialects.sqlite", "pymysql"),
        ("ServerTarget()", "sqlalchemy.dialects.mysql", "dolt_tui.engine.backends.embedded"),
    ],
)
def test_what_opening_takes_is_there_before_the_panes_are_imported(target: str, needed: str, other: str) -> None:
    code = f"""
import sys
from pathlib import Path
from dolt_tui.engine.connecting.target import FileTarget, ServerTarget
from dolt_tui.launch import launch_target
launch_target({target}).load()
print(*sys.modules)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = said.stdout.split()
    assert {"sqlalchemy", "dolt_tui.engine.opening", needed} <= set(modules)
    # The console, transfers and most of editing wait until somebody wants them.
    unused = (
        "textual",
        "dolt_tui.ui",
        "dolt_tui.engine.console",
        "dolt_tui.engine.editing",
        "dolt_tui.engine.transfer",
    )
    assert [name for name in modules if name.startswith((*unused, other))] == []
