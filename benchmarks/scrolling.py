"""The program itself in a pseudo-terminal: moving through many rows, first screens, memory, ending statements."""

from __future__ import annotations

import re
import statistics
import sys
import time
from contextlib import ExitStack

from benchmarks.engine import ROWS, running
from benchmarks.measure import Result, beyond, clock, percentile, plain, ratio
from benchmarks.program import SKELETON, Bench, settle
from benchmarks.terminal import Program

TABLE = r"big +[\d,]+ rows"
LONGEST = 900
"""Seconds of holding ``pagedown``."""
DIFF = r"~ +\d+ │ SKU"


def sku(row: int) -> str:
    """What the table shows of a row, and of no other."""
    return f"SKU-{row * 7919 % 1_000_003:07d}"


def _rows(program: Program) -> None:
    """Go to the table's rows."""
    program.send("4")
    program.wait(sku(1))
    settle()
    program.send("0")
    settle(0.5)


def _page(program: Program) -> tuple[int, int]:
    """The first row on the screen, and how many there are."""
    seen = [int(found[1]) for line in program.screen() if (found := re.search(r"││? +(\d+) │ SKU-", line))]
    return seen[0], len(seen)


def keys(bench: Bench) -> list[Result]:
    """``down`` and ``pagedown`` where the rows are there already, and a key in a bare Textual program."""
    down: list[float] = []
    page: list[float] = []
    bare: list[float] = []
    with bench.shown("big", "main", TABLE) as program, Program([sys.executable, str(SKELETON)]) as skeleton:
        skeleton.wait("skeleton stands", since=0)
        _rows(program)
        height = _page(program)[1]

        def echo() -> None:
            start = skeleton.send("x")
            bare.append((skeleton.wait(f"key {len(bare) + 1} came|{len(bare) + 1}") - start) * 1000)

        for row in range(2, height):
            start = program.send("down")
            down.append((program.wait(sku(row)) - start) * 1000)
            time.sleep(0.05)
            echo()
        program.send("home")
        settle()
        program.send("pagedown")
        settle(1)
        top = _page(program)[0]
        for _ in range(60):
            top += height
            start = program.send("pagedown")
            page.append((program.wait(sku(top)) - start) * 1000)
            time.sleep(0.15)
            echo()
    against = f"bare Textual program: median {statistics.median(bare):.1f} ms, p95 {percentile(bare, 0.95):.1f} ms"
    return [
        plain(
            f"key {name}, p95",
            percentile(times, 0.95),
            "ms",
            16,
            f"median {statistics.median(times):.1f} ms; {against}",
        )
        for name, times in (("down", down), ("pagedown", page))
    ]


def leaving(bench: Bench) -> list[Result]:
    """A key that leaves the rows that are there, until the new ones stand."""
    end, held = [], []
    last = bench.sizes.rows
    bare = bench.bare("big")
    statement = f"SELECT * FROM big ORDER BY id DESC LIMIT {ROWS}"
    with bench.shown("big", "main", TABLE) as program:
        _rows(program)
        height = _page(program)[1]
        times = []
        for _ in range(9):
            for key in ("4", "w"):
                program.send(key)
                settle(0.5)
            program.send("w")
            program.wait(sku(1))
            settle(0.5)
            program.send("0")
            settle()
            times.append(clock(lambda: bare.rows(statement)))
            start = program.send("end")
            end.append((program.wait(sku(last)) - start) * 1000)
            settle()
        program.send("home")
        program.wait(sku(1))
        settle(1)
        program.send("pagedown")
        settle(1)
        top = _page(program)[0]
        for _ in range(5):  # forty pages at once: faster than anybody reads
            top += 40 * height
            start = program.send(*["pagedown"] * 40)
            held.append((program.wait(sku(top)) - start) * 1000 / 40)
            settle()
    name = f"end: to the last of {last:,} rows"
    return [
        beyond(name, statistics.median(end), statistics.median(times), "bare statement", 40),
        plain("pagedown held: each page, rows shown at the end", statistics.median(held), "ms", None, f"{height} rows"),
    ]


def first_screens(bench: Bench) -> list[Result]:
    """The first screen of something large, and the same with a hundred."""
    results = []
    with ExitStack() as stack:
        large, small = (stack.enter_context(bench.shown(name, "work_large", TABLE)) for name in ("big", "hundred"))
        rows: tuple[list[float], list[float]] = ([], [])
        diff: tuple[list[float], list[float]] = ([], [])
        for _ in range(9):
            for index, program in enumerate((large, small)):
                start = program.send("4")
                rows[index].append((program.wait(r"│ +\d+ │ SKU-") - start) * 1000)
                settle(0.5)
                start = program.send("1")
                diff[index].append((program.wait(DIFF) - start) * 1000)
                settle(2 if index == 0 else 0.5)
        for name, (ours, other) in (
            (f"first screen: {bench.sizes.rows:,} rows", rows),
            (f"first screen: {bench.sizes.changed:,} changed rows", diff),
        ):
            results.append(ratio(name, statistics.median(ours), statistics.median(other), "with 100", 1.5))
    return [*results, _first_log(bench)]


def _first_log(bench: Bench) -> Result:
    """The log, by switching to a branch and back."""
    for database in ("history", "hundred"):
        bench.bare(database).rows("CALL dolt_branch('-f', 'earlier', 'main~1')")
    times: tuple[list[float], list[float]] = ([], [])
    with ExitStack() as stack:
        programs = [stack.enter_context(bench.shown(name, "main", r"Step \d+")) for name in ("history", "hundred")]
        for program in programs:
            program.send("2")
            settle()
        for number in range(9):
            for index, program in enumerate(programs):
                program.send(*["home"], *["down"] * (index + (number % 2)))  # changed comes before earlier
                settle(0.5)
                start = program.send("space")
                times[index].append((program.wait(r"Step \d+") - start) * 1000)
                settle(0.7)
    ours, other = (statistics.median(each) for each in times)
    return ratio(f"first screen: a log of {bench.sizes.commits:,}", ours, other, "with 100", 1.5)


def memory(bench: Bench) -> list[Result]:
    """Memory after going through the whole table, from end to end."""
    last = bench.sizes.rows
    with bench.shown("big", "main", TABLE, lines=220) as program:
        _rows(program)
        program.send("+")
        settle(1)
        before = program.memory()
        program.send("pagedown")
        settle(3)
        top = _page(program)[0]
        height = top - 1
        begin = time.perf_counter()
        while top + 10 * height < last and time.perf_counter() - begin < LONGEST:
            top += 10 * height
            program.send(*["pagedown"] * 10)
            program.wait(sku(top))
        taken = time.perf_counter() - begin
        program.send("end")
        program.wait(sku(last))
        settle(1)
        after = program.memory()
    against = f"just started {before:.0f} MB; {height} rows a page"
    return [
        Result(
            f"memory: {top:,} rows by pagedown in {taken:.0f} s, then the end of {last:,}",
            f"{after:.0f} MB",
            against,
            after / before,
            "×",
            1.3,
        )
    ]


def ending(bench: Bench) -> list[Result]:
    """``esc`` until the statement is gone from the server's list of processes."""
    times = []
    bare = bench.bare("big")
    with bench.shown("big", "main", TABLE) as program:
        _rows(program)
        for _ in range(7):
            program.send("s")
            settle(0.7)
            program.send("down", "down", "down", "enter")  # from the key, where the cursor stands, to the price
            limit = time.perf_counter() + 10
            while not running(bare) and time.perf_counter() < limit:
                time.sleep(0.01)
            settle(0.5)
            if not running(bare):
                continue
            start = program.send("esc")
            while running(bare):
                time.sleep(0.002)  # asking without a pause would take the processor that the ending needs
            times.append((time.perf_counter() - start) * 1000)
            settle(1)  # the rows of before stay, in the order of the key
    return [
        plain("esc until a sort is gone, worst", max(times), "ms", 100, f"median {statistics.median(times):.0f} ms")
    ]


JOBS = (keys, leaving, first_screens, memory, ending)
