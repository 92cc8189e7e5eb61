"""Pictures of the demonstration, compared with those of before.

``pytest tests/ui/test_pictures.py --snapshot-update`` takes them again; then look at them in ``__snapshots__``.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from dolt_tui.demo.build import AUTHOR
from dolt_tui.engine import open_repository
from dolt_tui.engine.connecting.target import FileTarget
from dolt_tui.engine.repository import Repository
from dolt_tui.launch import launch_target
from dolt_tui.ui.app import DoltApp
from dolt_tui.ui.present import runs
from dolt_tui.ui.session.clock import Clock
from tests.ui.conflicting import prepare

if TYPE_CHECKING:
    from tests.ui.conftest import Driver

Compare = Callable[..., bool]
Picture = Callable[..., bool]


@pytest.fixture
def picture(
    demo: FileTarget,
    environment: Path,
    fixed_time: Clock,
    driver_of: Callable[[DoltApp, Pilot[int]], Driver],
    snap_compare: Compare,
) -> Iterator[Picture]:
    """``picture(size, keys)``: whether the screen after these keys is as it was; a text with spaces is pasted.

    ``prepare`` makes changes to the demonstration before.
    """
    path = environment / demo.path.name  # the header shows it, as below ~
    shutil.copyfile(demo.path, path)
    launch = launch_target(FileTarget(path), author=AUTHOR)

    def taken(size: tuple[int, int], *keys: str, prepare: Callable[[Repository], None] | None = None) -> bool:
        if prepare is not None:
            with open_repository(FileTarget(path)) as repository:
                prepare(repository)
        app = DoltApp(launch, clock=fixed_time)
        app.animation_level = "none"

        async def before(pilot: Pilot[Any]) -> None:
            user = driver_of(app, pilot)
            await user.settle()
            for key in keys:
                if " " in key:
                    user.paste(key)
                    await user.settle()
                else:
                    await user.press(key)
            for widget in app.screen.query("Input, TextArea"):
                assert isinstance(widget, Input | TextArea)
                widget.cursor_blink = False
                widget._cursor_visible = True  # it may just have been off
            await user.settle()

        return snap_compare(app, terminal_size=size, run_before=before)

    yield taken
    launch.close()
    path.unlink()


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_workspace(picture: Picture, size: tuple[int, int]) -> None:
    assert picture(size)


def test_merge_dialog(picture: Picture) -> None:
    assert picture((120, 40), "2", "greater_than_sign", "M")


def test_commit_dialog(picture: Picture) -> None:
    assert picture((120, 40), "space", "c")


def test_modify_schema(picture: Picture) -> None:
    assert picture((120, 40), "2", "greater_than_sign", "space", "3", "enter")


def test_cells(picture: Picture) -> None:
    edited = ("4", "j", "enter", "d", "j", "o", "4", "tab", "0", "enter")
    assert picture((132, 38), *edited, "j", "l", "e", "s")


@pytest.mark.parametrize("size", [(132, 38), (80, 24)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_resolver(picture: Picture, size: tuple[int, int]) -> None:
    merge = ("2", "less_than_sign", "M", "m")
    assert picture(size, *merge, "o", "J", "t", "j", "t", "J", "j", "o", prepare=prepare)


def test_console(picture: Picture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "took", lambda _seconds: "41 ms")
    written = ("f8", "UPDATE teams SET name = 'HQ' WHERE id = 0;", "f5", "enter", "enter")
    assert picture((132, 38), "ctrl+e", *written, "SELECT * FROM employees -- all", "f5")
