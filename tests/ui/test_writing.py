"""Each command that writes is declared so, and none other writes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dolt_tui.engine import open_repository
from dolt_tui.engine.connecting.target import FileTarget
from dolt_tui.engine.model import BranchFingerprint
from dolt_tui.engine.repository import Repository
from dolt_tui.engine.undo.steps import UndoSettings
from dolt_tui.ui.actions.groups import command_set
from dolt_tui.ui.commands import (
    BROKEN_ROWS,
    CHANGES,
    CONFLICT_ROWS,
    CONFLICTS,
    RESOLVER,
    ROW_CHANGES,
    RULES,
    SCHEMA_CONFLICT,
)
from dolt_tui.ui.resolver import ResolverScreen
from tests.ui.conflicting import IMPORT, prepare

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver

ENDING = {"quit", "suspend"}
RUNNING_OTHERS = {"help", "palette"}
"""With enter these run another command."""
MAKING = {"branch.choose"}
"""With a new name this makes a branch, where one can be made; it can run where none can."""
COMMANDS = list(command_set())
ON_THE_RESOLVER = {RESOLVER, CONFLICTS, CONFLICT_ROWS, ROW_CHANGES, RULES, SCHEMA_CONFLICT, BROKEN_ROWS}
READING = [item for item in COMMANDS if not item.writes and item.id not in ENDING and item.where not in ON_THE_RESOLVER]


def fingerprints(repository: Repository) -> dict[str, BranchFingerprint]:
    """The commits, working sets and refs of all branches."""
    branches = repository.refs.branches("main")
    return {branch.name: repository.refs.fingerprint(branch.name, refs=True) for branch in branches}


async def to_pane(user: Driver, place: str) -> None:
    """Go to the pane of a command, which shows something that can be selected; some are only there once needed."""
    panes = {pane.KIND: pane for pane in user.workspace.panes}
    user.workspace.go_to(panes.get(place, panes[CHANGES]))
    await user.settle()


async def leave(user: Driver, branch: str = "main") -> None:
    """Leave all dialogs, filters and comparisons."""
    for _ in range(20):
        state = user.workspace.state
        if user.dialog is None and state.pair is None and state.branch == branch and state.marked is None:
            return
        if user.dialog is None and state.branch != branch and state.came_from is None:
            user.workspace.switch(branch)
        elif user.dialog is None and state.marked is not None and state.pair is None:
            state.marked = None
        else:
            await user.press("escape")
        await user.settle()
    raise AssertionError(user.screen)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(("escape",), id="escape", marks=pytest.mark.long),
        pytest.param(("enter",), id="enter"),
        pytest.param(("x", "1", "enter"), id="x 1 enter", marks=pytest.mark.long),
    ],
)
async def test_what_is_not_declared_as_writing_changes_nothing(
    demo: FileTarget, drive: Drive, answer: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # exports are no changes of the database, but they are files
    async with drive(demo) as user:
        before = fingerprints(user.repository)
        ran = 0
        for item in READING:
            if item.id in MAKING and len(answer) > 1:
                continue
            await leave(user)
            await to_pane(user, item.where)
            ran += not user.workspace.why_not(item.id)
            user.workspace.call_later(user.workspace.run, item.id)
            await user.settle()
            for _ in range(3):
                if user.dialog is not None or user.workspace.filter_bar.display:
                    await user.press(*(("escape",) if item.id in RUNNING_OTHERS else answer))
            await leave(user)
            assert fingerprints(user.repository) == before, item.id
        assert ran > len(READING) * 0.45


async def test_nothing_changes_in_the_resolver_either(
    demo: FileTarget, drive: Drive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with open_repository(demo) as repository:
        prepare(repository)
    async with drive(demo, undo=UndoSettings(tmp_path)) as user:
        before, ran = fingerprints(user.repository), 0
        wanted = user.repository.incoming.merge("main", IMPORT)
        for item in COMMANDS:
            if item.where not in ON_THE_RESOLVER or item.writes or item.id in {*ENDING, *RUNNING_OTHERS}:
                continue
            if not isinstance(user.app.screen, ResolverScreen):
                user.workspace.resolve(wanted)
                await user.settle()
            screen = user.app.screen
            assert isinstance(screen, ResolverScreen), item.id
            panes = {pane.KIND: pane for pane in screen.own}
            screen.go_to(panes.get(item.where, screen.own.main))
            ran += not screen.why_not(item.id)
            screen.call_later(screen.run, item.id)
            await user.settle()
            for answer in ("enter", "escape", "escape", "escape"):
                if user.dialog is not None:
                    await user.press(answer)
            assert user.dialog is None, item.id
            assert fingerprints(user.repository) == before, item.id
        assert ran > 28


async def test_what_is_declared_as_writing_is_refused_where_it_was_opened_read_only(
    demo: FileTarget, drive: Drive, tmp_path: Path
) -> None:
    with open_repository(demo) as repository:
        repository.remotes.add("main", "origin", f"file://{tmp_path}/origin.db")
        repository.remotes.push("main", "origin", "modify_data")
    async with drive(demo, read_only=True) as user:
        before = fingerprints(user.repository)
        for item in COMMANDS:
            if item.writes and item.previews:
                await to_pane(user, item.where)
                await user.press("greater_than_sign")  # the last one there is another branch
                user.workspace.run(item.id)
                await user.settle()
                assert user.dialog_text.count("opened read-only") >= 3, item.id
                await user.press("f", "m", "s", "w", "enter", "escape")
                assert user.dialog is None, item.id
            elif item.writes:
                await to_pane(user, item.where)
                user.workspace.run(item.id)
                await user.settle()
                assert user.dialog is None, item.id
                assert user.told.pop().endswith("opened read-only"), item.id
        for id_ in MAKING:
            user.workspace.run(id_)
            await user.settle()
            await user.press("x", "1", "enter")
            await leave(user)
        assert fingerprints(user.repository) == before
