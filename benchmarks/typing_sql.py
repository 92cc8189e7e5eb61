#!/usr/bin/env python3
"""Typing SQL, without a database: what may come next among 1,000 tables, and a key after a paste of 5 MB.

.venv/bin/python benchmarks/typing_sql.py [--write]
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import os
import platform
import statistics
import sys
import time
from importlib.metadata import version
from pathlib import Path

from textual import events
from textual.app import App, ComposeResult
from textual.keys import key_to_character
from textual.widgets import TextArea

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # what is measured is what lies beside this file, wherever the package is installed

from benchmarks.measure import RUNS, Result, markdown, percentile, plain  # noqa: E402
from benchmarks.run import commit, processor, tell, write  # noqa: E402
from dolt_tui.engine.console.completion import complete  # noqa: E402
from dolt_tui.engine.console.completion_catalogue import Catalogue, Column, Kind, Relation  # noqa: E402
from dolt_tui.engine.model import SqlStyle  # noqa: E402
from dolt_tui.ui.widgets.sql_editor import SqlEditor  # noqa: E402
from tests.ui.waiting import all_dealt_with  # noqa: E402

TABLES, COLUMNS = 1_000, 20
SCRIPT, PASTE = 100_000, 5_000_000
"""Characters."""
STATEMENT = "SELECT c.name, 'a;b' AS text FROM customer_1 AS c JOIN order_2 AS o ON o.column_3 = c.column_1; -- (\n"
PLACES = {
    "tables behind FROM": "SELECT * FROM c",
    "system tables of a table": "SELECT * FROM dolt_diff_c",
    "any table, scattered": "SELECT * FROM diffcust",
    "columns of a join of ten tables": "SELECT co FROM " + ", ".join(f"order_{number}" for number in range(10)),
    "columns behind a dot": "SELECT * FROM customer_1 c JOIN order_1 o ON c.co",
    "1,000 branches behind AS OF": "SELECT * FROM customer_1 AS OF 'b",
}
KEYS = ["a", "left_parenthesis", "apostrophe", "left", "backspace", "enter", "backspace", "x", "end", "pageup", "down"]


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure how quickly SQL is typed and completed.")
    parser.add_argument("--write", action="store_true", help="put the table into the README")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    results = measure()
    packages = ", ".join(f"{name} {version(name)}" for name in ("textual", "tree-sitter", "tree-sitter-sql"))
    text = (
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {commit()}. {platform.system()} {platform.machine()}, {processor()},"
        f" {os.cpu_count()} cores; Python {platform.python_version()}, {packages}. Load (1 minute) {load:.1f} before,"
        f" {os.getloadavg()[0]:.1f} after: above 1, other programs wanted the cores too.\n\n{markdown(results)}"
    )
    print(f"\n{text}\n")
    if options.write:
        write("typing", text)
    return 0


def measure() -> list[Result]:
    """All results."""
    tell("completion")
    results = completion()
    lines = STATEMENT * (PASTE // len(STATEMENT))
    tell("typing after a paste: Textual's own TextArea")
    theirs, _ = asyncio.run(typing(TextArea, lines, KEYS[:1]))
    for name, text in (("many lines", lines), ("one line", "SELECT " + "(1, 'é'), " * (PASTE // 10))):
        tell(f"typing after a paste: {name}")
        ours, paste = asyncio.run(typing(SqlEditor, text, KEYS * 5))
        against = f"median {statistics.median(ours):.1f} ms; the paste {paste:.0f} ms"
        if name == "many lines":
            against += f"; Textual's TextArea: a key {statistics.median(theirs):.0f} ms"
        results.append(plain(f"a key after a paste of 5 MB, {name}, p95", percentile(ours, 0.95), "ms", 50, against))
    return results


def catalogue() -> Catalogue:
    """A database of many tables and branches."""
    columns = tuple(Column(f"column_{number}", "varchar(20)", number == 0) for number in range(COLUMNS))
    names = [f"{name}_{number}" for name in ("customer", "order", "diff", "log") for number in range(TABLES // 4)]
    return Catalogue(
        SqlStyle.MYSQL,
        "shop",
        [Relation(name, Kind.TABLE, columns) for name in sorted(names)],
        [f"branch_{number}" for number in range(1_000)],
        commits=[(f"{number:032d}", "A commit") for number in range(200)],
    )


def completion() -> list[Result]:
    """In the middle of a script of 100 KB."""
    names = catalogue()
    script = STATEMENT * (SCRIPT // 2 // len(STATEMENT))
    results = []
    for name, typed in PLACES.items():
        text = f"{script}{typed};\n{script}"
        place = len(script) + (typed.index(" FROM") if name.startswith("columns of") else len(typed))
        complete(text, place, names)
        times = []
        for _ in range(RUNS):
            begun = time.process_time()
            complete(text, place, names)
            times.append((time.process_time() - begun) * 1000)
        taken = statistics.median(times)
        found = complete(text, place, names)
        results.append(plain(f"completion: {name}", taken, "ms", 20, f"{len(found.items)} items of 1,000 tables"))
    return results


class Typing(App[None]):
    """One editor."""

    def __init__(self, editor: TextArea) -> None:
        super().__init__()
        self.editor = editor

    def compose(self) -> ComposeResult:
        yield self.editor

    async def handled(self, event: events.Event) -> float:
        """The milliseconds of the processor from an event to the picture that shows it."""
        begun = time.process_time()
        self.post_message(event)
        await asyncio.sleep(0)
        await all_dealt_with(self)
        self.screen._on_timer_update()
        await all_dealt_with(self)
        return (time.process_time() - begun) * 1000


async def typing(kind: type[TextArea], text: str, keys: list[str]) -> tuple[list[float], float]:
    """The milliseconds of each key after a paste, at the beginning, in the middle and at the end; and of the paste."""
    app = Typing(kind())
    times: list[float] = []
    async with app.run_test(size=(132, 38)):
        app.editor.focus()
        await app.handled(events.Idle())
        paste = await app.handled(events.Paste(text))
        assert len(app.editor.text) == len(text)
        rows = app.editor.document.line_count
        middle = rows // 2
        for place in ((0, 0), (middle, len(app.editor.document[middle]) // 2), app.editor.document.end):
            app.editor.move_cursor(place)
            await app.handled(events.Idle())
            for key in keys:
                times.append(await app.handled(events.Key(key, key_to_character(key))))
    return times, paste


if __name__ == "__main__":
    sys.exit(main())
