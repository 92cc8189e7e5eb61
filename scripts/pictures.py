#!/usr/bin/env python3
"""Make pictures of every screen and dialog: ``.venv/bin/python scripts/pictures.py DIRECTORY [SCENE …]``.

They are for looking at while one works on the screen, and nothing of them is kept in the repository. SCENE is the
beginning of a name in `scripts.picture_scenes`; without any all are made, in some minutes. ``--size 80x24`` and
``--theme textual-light`` may be given several times. Contact sheets (``sheet-SIZE-THEME-1.png``) show several pictures
beside each other. What looks at the text rather than at the picture takes ``--text``, which writes that instead.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from unittest import mock

from PIL import Image, ImageDraw
from textual import events
from textual.keys import _character_to_key, key_to_character
from textual.pilot import Pilot
from textual.theme import BUILTIN_THEMES
from textual.widgets import Input, TextArea

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from dolt_tui.demo.build import DATABASE, Demo  # noqa: E402
from dolt_tui.engine.connecting.target import DirectoryTarget, FileTarget, Target  # noqa: E402
from dolt_tui.engine.opening import Options  # noqa: E402
from dolt_tui.launch import launch_target  # noqa: E402
from dolt_tui.ui.app import DoltApp  # noqa: E402
from dolt_tui.ui.full_screen import FullScreen  # noqa: E402
from scripts.build_dolt import NEW, find  # noqa: E402
from scripts.picture_scenes import DATABASES, SCENES, Scene  # noqa: E402
from scripts.screenshots import AUTHOR, START, StillClock, clock, draw, font_files, settle  # noqa: E402

SIZES = ("60x18", "80x24", "132x38", "200x50")
THEMES = ("tokyo-night", "textual-light")
CELL = 6
"""Pixels of a cell's width in a contact sheet: text can just be read."""
SHEET = (1600, 1600)
"""Pixels of a contact sheet, at most."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Make pictures of every screen and dialog.")
    parser.add_argument("directory", nargs="?", type=Path, help="where they go; it is made where it is not there")
    parser.add_argument("scenes", nargs="*", metavar="SCENE", help="the beginnings of names of scenes (all)")
    parser.add_argument("--size", action="append", metavar="WxH", help=f"of the terminal ({', '.join(SIZES)})")
    parser.add_argument("--theme", action="append", metavar="NAME", help=f"colours ({', '.join(THEMES)})")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="how many at once (2)")
    parser.add_argument("--no-sheets", action="store_true", help="no contact sheets")
    parser.add_argument("--text", action="store_true", help="write the screen's text instead of pictures")
    parser.add_argument("--list", action="store_true", help="name the scenes and exit")
    options = parser.parse_intermixed_args()
    if options.list or options.directory is None:
        print("\n".join(f"{scene.name:<20} {scene.database:<10} {'  '.join(scene.steps)}" for scene in SCENES))
        return 0
    chosen = [scene for scene in SCENES if not options.scenes or scene.name.startswith(tuple(options.scenes))]
    unknown = [name for name in options.scenes if not any(scene.name.startswith(name) for scene in SCENES)]
    unknown += sorted(set(options.theme or ()) - set(BUILTIN_THEMES))
    if unknown or not chosen:
        parser.error(f"there is no {', '.join(unknown)}")
    sizes, themes = options.size or list(SIZES), options.theme or list(THEMES)
    directory: Path = options.directory.absolute()
    directory.mkdir(parents=True, exist_ok=True)
    os.environ["TZ"] = "UTC"
    time.tzset()
    if (dolt := find(NEW)) is not None:
        os.environ["PATH"] = f"{dolt.parent}{os.pathsep}{os.environ['PATH']}"
    with tempfile.TemporaryDirectory() as home, mock.patch.dict(os.environ, {"HOME": home}):
        templates = make_databases(Path(home), {scene.database for scene in chosen})
        wanted = [(scene, size) for size in sizes for scene in chosen]
        failed = 0
        with ProcessPoolExecutor(max(1, options.jobs)) as pool:
            work = [
                pool.submit(shoot, scene, size, themes, templates[scene.database], directory, text=options.text)
                for scene, size in wanted
            ]
            for (scene, size), future in zip(wanted, work, strict=True):
                try:
                    future.result()
                except Exception as error:
                    failed += 1
                    print(f"{scene.name} at {size}: {type(error).__name__}: {error}", file=sys.stderr)
    if not options.no_sheets and not options.text:
        for size in sizes:
            for theme in themes:
                sheets(directory, [scene.name for scene in chosen], size, theme)
    print(f"{len(wanted) * len(themes)} pictures in {directory}" + (f"; {failed} scenes failed" if failed else ""))
    return 1 if failed else 0


def make_databases(home: Path, names: set[str]) -> dict[str, Path]:
    """The databases that scenes begin with, by name: files of DoltLite, and directories of Dolt."""
    made: dict[str, Path] = {}
    for name in sorted(names):
        database, times = DATABASES[name], clock(START)
        (home / name).mkdir()
        path = home / name / ("data" if database.dolt else f"{DATABASE}.db")
        with Demo(
            at=database.at,
            dolt=database.dolt,
            keep=path,
            author=AUTHOR,
            clock=lambda times=times: next(times),  # type: ignore[misc]
        ) as demo:
            host = demo.start()
            if database.prepare is not None:
                with host.open(demo.database, Options(author=AUTHOR)) as repository:
                    database.prepare(repository, home / name)
        made[name] = path
    return made


def shoot(scene: Scene, size: str, themes: Sequence[str], template: Path, directory: Path, *, text: bool) -> None:
    """Play one scene at one size, and keep what it shows in each theme."""
    width, height = map(int, size.split("x"))
    with tempfile.TemporaryDirectory() as home, mock.patch.dict(os.environ, {"HOME": home}):
        path = Path(home, "shop" if template.is_dir() else template.name)
        target: Target
        if template.is_dir():
            shutil.copytree(template, path)
            target = DirectoryTarget(path.resolve(), (DATABASE,))
        else:
            shutil.copyfile(template, path)
            target = FileTarget(path.resolve())
        launch = launch_target(target, author=AUTHOR)
        try:
            app = DoltApp(launch, clock=StillClock())
            app.animation_level = "none"
            shown = asyncio.run(play(app, scene, (width, height), themes, text=text))
        finally:
            launch.close()
        for theme, picture in zip(themes, shown, strict=False):
            where = directory / f"{scene.name}-{size}-{theme}"
            if text:
                where.with_name(f"{scene.name}-{size}.txt").write_text(picture)
            else:
                draw(picture, width * 10, font_files(Path(home))).save(f"{where}.png")


async def play(app: DoltApp, scene: Scene, size: tuple[int, int], themes: Sequence[str], *, text: bool) -> list[str]:
    """What the program shows after the steps of a scene, as SVG in each theme, or as text once."""
    async with app.run_test(size=size, notifications=True) as pilot:
        await settle(app, pilot)
        for step in scene.steps:
            await take(app, pilot, step)
        app.messages.hush()
        for field in app.screen.query("Input, TextArea"):
            assert isinstance(field, Input | TextArea)
            field.cursor_blink = False
        await settle(app, pilot)
        if text:
            strips = app.screen._compositor.render_strips()
            return ["\n".join("".join(part.text for part in strip).rstrip() for strip in strips) + "\n"]
        shots = []
        for theme in themes:
            app.theme = theme
            await settle(app, pilot)
            shots.append(app.export_screenshot(title=f"{scene.name} · {size[0]}x{size[1]} · {theme}"))
        return shots


async def take(app: DoltApp, pilot: Pilot[int], step: str) -> None:
    """Take one step of a scene, and wait until all has come to rest."""
    kind, _, rest = step.partition(" ")
    if kind == "run" and isinstance(app.screen, FullScreen):
        app.screen.run(rest)
    elif kind == "paste":
        app.post_message(events.Paste(rest))
    else:
        for key in rest if kind == "type" else step.split(" "):
            name = _character_to_key(key) if len(key) == 1 else key
            app.post_message(events.Key(name, key if len(key) == 1 else key_to_character(name)))
            if kind != "type":
                await settle(app, pilot)
    await settle(app, pilot)


def sheets(directory: Path, names: Sequence[str], size: str, theme: str) -> None:
    """Contact sheets of all scenes of one size in one theme."""
    paths = [path for name in names if (path := directory / f"{name}-{size}-{theme}.png").exists()]
    for old in directory.glob(f"sheet-{size}-{theme}-*.png"):
        old.unlink()
    if not paths:
        return
    width = int(size.split("x")[0]) * CELL
    with Image.open(paths[0]) as first:
        height = round(first.height * width / first.width)
    across, down = max(1, SHEET[0] // width), max(1, SHEET[1] // height)
    for number, part in enumerate(batches(paths, across * down), 1):
        rows = -(-len(part) // across)
        sheet = Image.new("RGB", (min(across, len(part)) * width, rows * height), "#808080")
        pen = ImageDraw.Draw(sheet)
        for at, path in enumerate(part):
            left, top = at % across * width, at // across * height
            with Image.open(path) as picture:
                sheet.paste(picture.resize((width, height), Image.Resampling.LANCZOS), (left, top))
            pen.rectangle((left, top, left + width - 1, top + height - 1), outline="#808080")
        sheet.save(directory / f"sheet-{size}-{theme}-{number}.png")


def batches(paths: Sequence[Path], size: int) -> Iterator[list[Path]]:
    rest = iter(paths)
    while part := list(islice(rest, size)):
        yield part


if __name__ == "__main__":
    sys.exit(main())
