#!/usr/bin/env python3
"""Make the pictures of the README: ``.venv/bin/python scripts/screenshots.py [NAME …]``.

Drives the real program by keys, on the demonstration's database with commits at fixed times, so that hashes and ages
are the same each time (the command log's durations are not). Needs the extra ``pictures``. ``--gif`` makes the
animated one as well, ``--list`` names them all. Draws with fonts from packages only, with none of this machine's.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import html
import importlib
import io
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import resvg_py
from PIL import Image
from rich.cells import cell_len
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Input

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from dolt_tui.demo.build import Demo  # noqa: E402
from dolt_tui.demo.story import At  # noqa: E402
from dolt_tui.engine.connecting.target import FileTarget  # noqa: E402
from dolt_tui.engine.model import Author, MergeKind  # noqa: E402
from dolt_tui.engine.opening import Options  # noqa: E402
from dolt_tui.launch import launch_target  # noqa: E402
from dolt_tui.ui.app import DoltApp  # noqa: E402
from dolt_tui.ui.session.clock import Clock  # noqa: E402
from scripts.picture_conflicts import FIRST as CONFLICTS_START  # noqa: E402
from scripts.picture_conflicts import build as build_conflicts  # noqa: E402
from scripts.picture_conflicts import uncommitted  # noqa: E402
from scripts.picture_scenes import long_values, work_in_progress  # noqa: E402
from scripts.picture_shop import FIRST as SHOP_START  # noqa: E402
from scripts.picture_shop import build as build_shop  # noqa: E402

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository

DIRECTORY = ROOT / "screenshots"
AUTHOR = Author("Tim", "tim@example.com")
DATABASE = "sql_alchemy_big_demo.db"
START = dt.datetime(2026, 7, 7, 10, 30, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 7, 7, 12, 4, tzinfo=dt.UTC)
LARGEST_PNG, LARGEST_GIF = 150_000, 500_000  # bytes
PATIENCE = 20  # seconds

FILES = (("fontpkg_jetbrains_mono", "JetBrainsMono[wght].ttf"), ("fontpkg_fira_code", "FiraCode[wght].ttf"))
SYMBOLS = ("NotoSansSymbols2_Regular", "NotoSansSymbols_Regular")
"""Of the package pymupdf_fonts, for the signs that the first two fonts lack, such as U+270E."""
DRAWN_APART = {"✓": "Noto Sans Symbols2", "⎇": "Noto Sans Symbols", "⚑": "Noto Sans Symbols2"}
"""Signs that the first two fonts have, but draw as something else."""


@dataclass(frozen=True)
class Picture:
    """What to show: a database, a terminal's size, and the keys that lead there; what has blanks is pasted."""

    at: At
    size: tuple[int, int]
    keys: tuple[str, ...] = ()
    prepare: Callable[[Repository], None] | None = None
    width: int = 1400
    """In pixels."""
    database: str = DATABASE
    start: dt.datetime = START
    """When its first commit was made."""


def first_merge(repository: Repository) -> None:
    """The story's fast-forward; its other merge is still to come."""
    repository.merging.merge("main", "modify_data", MergeKind.FAST_FORWARD)


QUERY = """\
-- who moved since the last release, and how much they buy
SELECT c.id, c.name, was.city AS city_before, c.city, count(o.id) AS orders
FROM customers AS c
JOIN dolt_at_customers('v1.4') AS was ON was.id = c.id
LEFT JOIN orders AS o ON o.customer_id = c.id
WHERE c.city <> was.city
GROUP BY c.id, c.name, was.city, c.city
ORDER BY orders DESC;"""
UPDATE = """

UPDATE customers SET tier = 'gold'
WHERE since < '2021-01-01' AND """
RAISE = "UPDATE customers SET credit = credit + 100 WHERE city IN ('Lisboa', 'Milano', 'Malmö')"
CONSOLE = ("ctrl+e", "f8", RAISE, "f5", "ctrl+l", QUERY, "f5", UPDATE, *"cr")
CELLS = (
    *("4", "enter", "l", "l", *"jjjj", "e", "ctrl+u", *"Faro", "enter"),
    *("l", "l", *"jj", "e", "ctrl+n", "enter", *"jjjjjjj", "d"),
    *("o", *"Ida Holm", "tab", *"Oslo", "enter"),
    *("l", "l", "l", "l", *"kkkkkk", "e", *"so"),
)
STAGING = ("1", "k", "enter", "x", *"jj", "space", *"jjj", "v", *"jj", "space", *"kkkk")
LOG = (
    *("space", "c", "Add the missing teams", "enter", *"2jM", "enter", *"jM", "enter"),
    *(":", "UPDATE employees SET start_date = '2022-11-14' WHERE start_date IS NULL", "enter", "@"),
)
CONFLICTS = (
    *("2", "less_than_sign", "M", "m"),
    *("1", *"jjj", "O", *"kk", "0"),
    *("o", "J", "t", "J", "j", "o", "j", "o", "/", *"zip", "enter", "m", "escape"),
    *("less_than_sign", "j", "j", "j"),
)

LARGE = (132, 38)
PICTURES = {
    "workspace": Picture(At.MERGED, LARGE, prepare=work_in_progress),
    "merge": Picture(At.BRANCHES, LARGE, ("2", "j", "j", "M"), first_merge),
    "commit": Picture(At.MERGED, LARGE, ("c", *"Add the missing team", "tab", *"Brian moves on."), work_in_progress),
    "record": Picture(At.START, LARGE, ("1", "enter", *"jj", "enter"), long_values, database="shop.db"),
    "small": Picture(At.BRANCHES, (80, 24), width=1000),
    "log": Picture(At.BRANCHES, LARGE, LOG),
    "console": Picture(At.START, LARGE, CONSOLE, build_shop, database="shop.db", start=SHOP_START),
    "staging": Picture(At.START, LARGE, STAGING, uncommitted, database="shop.db", start=CONFLICTS_START),
    "conflicts": Picture(At.START, LARGE, CONFLICTS, build_conflicts, database="shop.db", start=CONFLICTS_START),
    "cells": Picture(At.START, LARGE, CELLS, build_shop, database="shop.db", start=SHOP_START),
}

TUTORIAL: tuple[tuple[str, int], ...] = (
    # a key, and how long to look at what it did (ms)
    ("", 2500),
    ("2", 900),
    ("j", 1200),
    ("j", 1500),
    ("space", 3000),  # the branch with another schema
    ("k", 400),
    ("k", 700),
    ("space", 1500),
    ("j", 900),
    ("M", 2500),
    ("enter", 2500),  # the fast-forward
    ("j", 900),
    ("M", 2500),
    ("enter", 4000),  # the merge commit
    ("1", 1200),
    ("c", 1200),
    ("enter", 1200),  # stages all
    *((sign, 60) for sign in "Two more teams"),
    ("", 700),
    ("enter", 3500),
)
"""The end of the getting-started tutorial: look at a branch, merge both, commit."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Make the pictures of the README.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(PICTURES)} (all)")
    parser.add_argument("--gif", action="store_true", help="the animated one as well")
    parser.add_argument("--list", action="store_true", help="name the pictures and exit")
    options = parser.parse_args()
    if options.list:
        print("\n".join(PICTURES))
        return 0
    if unknown := set(options.names) - set(PICTURES):
        parser.error(f"there is no picture {', '.join(sorted(unknown))}")
    os.environ["TZ"] = "UTC"
    time.tzset()
    DIRECTORY.mkdir(exist_ok=True)
    names = options.names or ([] if options.gif else list(PICTURES))
    with tempfile.TemporaryDirectory() as directory:
        fonts = font_files(Path(directory))
        for name in names:
            picture = PICTURES[name]
            with fixed_time():
                (svg,) = play(picture, [(key, 0) for key in picture.keys], start=picture.start, last_only=True)
            image = draw(svg, picture.width, fonts)
            small = image.quantize(255, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
            save(DIRECTORY / f"{name}.png", small, LARGEST_PNG, optimize=True)
        if options.gif:
            started = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=100)
            svgs = play(Picture(At.BRANCHES, (112, 32)), TUTORIAL, start=started)
            film([draw(svg, 900, fonts) for svg in svgs], [wait for _, wait in TUTORIAL])
    return 0


# playing


def play(
    picture: Picture, keys: Sequence[tuple[str, int]], *, start: dt.datetime = START, last_only: bool = False
) -> list[str]:
    """Open a demonstration, press the keys, and give the screen as SVG: after each key, or after the last."""
    times = clock(start)
    with tempfile.TemporaryDirectory() as home, mock.patch.dict(os.environ, {"HOME": home}):
        path = Path(home, picture.database)
        with Demo(at=picture.at, keep=path, author=AUTHOR, clock=lambda: next(times)) as demo:
            host = demo.start()
            if picture.prepare is not None:
                with host.open(demo.database, Options(author=AUTHOR)) as repository:
                    picture.prepare(repository)
        launch = launch_target(FileTarget(path), author=AUTHOR)
        try:
            return asyncio.run(press(DoltApp(launch, clock=StillClock()), picture.size, keys, last_only))
        finally:
            launch.close()


async def press(app: DoltApp, size: tuple[int, int], keys: Sequence[tuple[str, int]], last_only: bool) -> list[str]:
    shots = []
    async with app.run_test(size=size, notifications=True) as pilot:
        await settle(app, pilot)
        looked = 0
        for number, (key, wait) in enumerate(keys or [("", 0)]):
            if looked > 2000:
                app.messages.hush()
            looked = wait
            if last_only and number == len(keys) - 1:
                app.messages.hush()
            if " " in key.strip():
                app.post_message(Paste(key))
                await settle(app, pilot)
            elif key:
                await pilot.press({" ": "space", ".": "full_stop"}.get(key, key))
                await settle(app, pilot)
            if not last_only or number == max(0, len(keys) - 1):
                for field in app.screen.query(Input):
                    field.cursor_blink = False
                await pilot.pause(0.5 if last_only else 0.05)  # what comes beside the keys
                shots.append(app.export_screenshot(title="dolt-tui"))
    return shots


async def settle(app: DoltApp, pilot: Pilot[int]) -> None:
    """Wait until nothing is on its way any more, twice in a row: an answer may ask the next question."""
    until = time.monotonic() + PATIENCE
    for _ in range(2):
        await pilot.pause(0.05)
        while not app.settled:
            if time.monotonic() > until:
                raise TimeoutError("the program does not come to rest")
            await pilot.pause(0.02)


def clock(start: dt.datetime) -> Iterator[dt.datetime]:
    """The times of the commits, some minutes apart."""
    moment = start
    for minutes in (0, 4, 15, 33, 16, 21):
        moment += dt.timedelta(minutes=minutes)
        yield moment
    while True:
        moment += dt.timedelta(minutes=1)
        yield moment


class StillClock(Clock):
    """It is `NOW`, for ever; how long something takes is told all the same."""

    def now(self) -> dt.datetime:
        return NOW

    def local(self) -> dt.datetime:
        return NOW


@contextmanager
def fixed_time() -> Iterator[None]:
    """Let the times of statements stand still."""
    with ExitStack() as stack:
        stack.enter_context(
            mock.patch("dolt_tui.ui.present.sql_log.clock_text", return_value=f"{NOW.astimezone():%H:%M:%S}")
        )
        yield


# drawing


def font_files(directory: Path) -> list[str]:
    """The fonts; those that are packed into modules are written to ``directory``."""
    found = [str(files(package) / "files" / name) for package, name in FILES]
    for name in SYMBOLS:
        path = directory / f"{name}.otf"
        path.write_bytes(importlib.import_module(f"pymupdf_fonts.{name}").fontbuffer)
        found.append(str(path))
    return found


def draw(svg: str, width: int, fonts: list[str]) -> Image.Image:
    """An SVG of Textual as an image."""
    svg = svg.replace("‼", "!")  # none of the fonts has it
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)  # they point to other people's servers
    svg = svg.replace("Fira Code", "JetBrains Mono").replace("font-family: arial", "font-family: JetBrains Mono")
    svg = re.sub(r'<text ([^>]*?)x="([0-9.]+)"([^>]*?)textLength="([0-9.]+)"([^>]*)>([^<]*)</text>', _apart, svg)
    png = resvg_py.svg_to_bytes(svg_string=svg, font_files=fonts, skip_system_fonts=True, width=width)
    return Image.open(io.BytesIO(bytes(png))).convert("RGB")


def _apart(match: re.Match[str]) -> str:
    """A line of text with each sign of `DRAWN_APART` in an element of its own, in the font that draws it well."""
    before, x, between, length, after, escaped = match.groups()
    text = html.unescape(escaped)
    if not any(sign in text for sign in DRAWN_APART):
        return match[0]
    cell = float(length) / cell_len(text)
    position, parts = float(x), []
    for part in re.split(f"([{''.join(DRAWN_APART)}])", text):
        width = cell * cell_len(part)
        font = (
            f' font-family="{DRAWN_APART[part]}" font-size="15"' if part in DRAWN_APART else f' textLength="{width:g}"'
        )
        if part:
            words = html.escape(part).replace(" ", "&#160;")
            parts.append(f'<text {before}x="{position:g}"{between}{after}{font}>{words}</text>')
        position += width
    return "".join(parts)


def film(images: list[Image.Image], waits: list[int]) -> None:
    """One palette for all frames; only what changes is stored."""
    width, height = images[0].size
    strip = Image.new("RGB", (width, height * len(images)))
    for number, image in enumerate(images):
        strip.paste(image, (0, number * height))
    palette = strip.quantize(160, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    first, *others = (image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images)
    save(
        DIRECTORY / "demo.gif",
        first,
        LARGEST_GIF,
        save_all=True,
        append_images=others,
        duration=waits,
        loop=0,
        optimize=True,
    )


def save(path: Path, image: Image.Image, largest: int, **options: Any) -> None:
    image.save(path, **options)
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}  {image.width}x{image.height}  {size // 1000} kB")
    if size > largest:
        raise SystemExit(f"{path.name} is larger than {largest // 1000} kB")


if __name__ == "__main__":
    sys.exit(main())
