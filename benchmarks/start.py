#!/usr/bin/env python3
"""Where the time goes from the command line to all panes, of a Dolt directory without a server, at 132x38.

.venv/bin/python benchmarks/start.py [--runs 12] [--against OTHER] [--write]

``--against`` measures another checkout by turns with this one, so that both see the same machine; ``--write`` puts the
tables into the README. Each start is a real one in a pseudo-terminal, on the demonstration's database. Half of the
starts are undisturbed, and tell the times; half run below `start_probe.py`, which tells the processor's time of each
phase, to about a tenth more in all. That hardly depends on what else the machine does, the times do.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.program import DEMO, DEMO_PANES, FIRST_PAINT  # noqa: E402
from benchmarks.run import commit, find_dolt, processor, write  # noqa: E402
from benchmarks.terminal import Program  # noqa: E402

PROBE = ROOT / "benchmarks" / "start_probe.py"
SKELETON = ROOT / "benchmarks" / "skeleton.py"
MOMENTS = {
    "Python runs": "interpreter",
    "the private server is begun": "_start ended",
    "Textual and the application are imported": "import dolt_tui.ui.app ended",
    "**the frames are painted**": FIRST_PAINT,
    "the panes are imported": "import dolt_tui.ui.workspace ended",
    "SQLAlchemy and the engine are imported": "import dolt_tui.engine.opening ended",
    "the server answers": "_wait_until_ready ended",
    "the database is open": "_open ended",
    "the panes are read": "read ended",
    "**all panes are painted**": "all",
}
"""What is told of a start: the moments, in words, and the probe's names of them."""
THREADS = {"main": "main thread"}


class Case:
    """One checkout, and what was measured of it; all in milliseconds."""

    def __init__(self, name: str, root: Path, environment: dict[str, str], directory: Path) -> None:
        self.name, self.root, self.directory = name, root, directory
        self.environment = environment | {"PYTHONPATH": str(root)}
        self.first: list[float] = []
        self.all: list[float] = []
        self.moments: dict[str, list[float]] = defaultdict(list)
        self.phases: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
        """Of each thread and phase: the processor's time until the first paint, and until all panes."""
        self.missing: set[str] = set()

    def start(self, *command: str) -> tuple[float, float, float]:
        """When it was started, when the frames were there, and when all panes were."""
        command = (sys.executable, *command)
        with Program(command, environment=self.environment, directory=self.directory) as program:
            first = program.wait(FIRST_PAINT, since=0)
            return program.started, first, program.wait(*DEMO_PANES, since=0)

    def plain(self) -> None:
        """A start as it is."""
        started, first, full = self.start("-m", "dolt_tui")
        self.first.append((first - started) * 1000)
        self.all.append((full - started) * 1000)

    def probed(self) -> None:
        """A start that tells of itself."""
        with tempfile.NamedTemporaryFile(suffix=".json") as output:
            started, first, full = self.start(str(PROBE), output.name)
            told = json.loads(Path(output.name).read_text("utf-8"))
        self.missing.update(told["missing"])
        for name, moment in told["marks"].items():
            self.moments[name].append((moment - started) * 1000)
        self.moments[FIRST_PAINT].append((first - started) * 1000)
        self.moments["all"].append((full - started) * 1000)
        spent: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
        for moment, thread, phase, seconds in told["spans"]:
            key = (THREADS.get(thread, thread), phase)
            spent[key][0] += seconds * 1000 if moment <= first else 0
            spent[key][1] += seconds * 1000 if moment <= full else 0
        for key, (until_first, until_all) in spent.items():
            self.phases[key].append((until_first, until_all))

    def phase(self, key: tuple[str, str], which: int) -> float:
        """The median of a phase; a start without it counts as nothing."""
        found = [pair[which] for pair in self.phases.get(key, ())]
        return statistics.median([*found, *[0.0] * (len(self.moments["all"]) - len(found))])


def measure(cases: list[Case], runs: int) -> float:
    """All cases by turns; returns the median of a bare Textual program."""
    bare = []
    for number in range(-1, runs):
        with Program([sys.executable, str(SKELETON)]) as program:
            stands = (program.wait("skeleton stands", since=0) - program.started) * 1000
        for case in cases if number % 2 else reversed(cases):
            case.plain()
            case.probed()
        if number < 0:  # what was compiled and read from the disk now is not the next time
            for case in cases:
                for each in (case.first, case.all, case.moments, case.phases):
                    each.clear()
        else:
            bare.append(stands)
        print(".", end="", flush=True, file=sys.stderr)
    print(file=sys.stderr)
    return statistics.median(bare)


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table for the README."""
    headings = list(headings)
    lines = [headings, ["---", *["--:"] * (len(headings) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def times(cases: list[Case]) -> str:
    """From the start to the paints, undisturbed; and when what happened, below the probe."""
    rows = []
    for name, which in (("first paint", "first"), ("all panes", "all")):
        found = [getattr(case, which) for case in cases]
        rows.append([f"**{name}**", *(f"**{statistics.median(each):.0f}** ({min(each):.0f})" for each in found)])
    for words, name in MOMENTS.items():
        row = [f"{statistics.median(found):.0f}" if (found := case.moments.get(name)) else "–" for case in cases]
        rows.append([f"below the probe: {words.strip('*')}", *row])
    return table(["milliseconds from the start; median (least)", *(case.name for case in cases)], rows)


def phases(cases: list[Case]) -> str:
    """The processor's time of each phase."""
    keys = {key for case in cases for key in case.phases}
    order = sorted(keys, key=lambda key: -max(case.phase(key, 1) for case in cases))
    rows, sums = [], [[0.0, 0.0] for _ in cases]
    rest = [[0.0, 0.0] for _ in cases]
    for key in order:
        values = [(case.phase(key, 0), case.phase(key, 1)) for case in cases]
        small = max(pair[1] for pair in values) < 1
        for pair, total, others in zip(values, sums, rest, strict=True):
            for which in (0, 1):
                total[which] += pair[which]
                others[which] += pair[which] if small else 0
        if not small:
            rows.append([f"{key[1]} ({key[0]})", *(f"{value:.0f}" for pair in values for value in pair)])
    rows.append(["less than 1 ms each", *(f"{value:.0f}" for pair in rest for value in pair)])
    rows.append(["**together**", *(f"**{value:.0f}**" for pair in sums for value in pair)])
    headings = [f"{case.name}: until {until}" for case in cases for until in ("first paint", "all panes")]
    return table(["processor's time, ms", *headings], rows)


def environment(home: Path) -> dict[str, str]:
    """What a start is given: a home of its own, and Dolt."""
    path = f"{Path(find_dolt()).parent}{os.pathsep}{os.environ['PATH']}"
    return {"HOME": str(home), "DOLT_ROOT_PATH": str(home), "PATH": path, "DOLT_DISABLE_EVENT_FLUSH": "1"}


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure where the time of a start goes.")
    parser.add_argument("--runs", type=int, default=12, help="starts of each kind")
    parser.add_argument("--against", type=Path, metavar="DIR", help="another checkout, measured by turns")
    parser.add_argument("--write", action="store_true", help="put the tables into the README")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dolt-tui-benchmark-") as name:
        home = Path(name)
        variables = environment(home)
        make = [sys.executable, "-m", "dolt_tui", "demo", "--dolt", "--keep", str(home / "demo")]
        with Program(make, environment=variables | {"PYTHONPATH": str(ROOT)}, directory=home) as program:
            program.wait(*DEMO_PANES, since=0)
        cases = [Case("now", ROOT, variables, home / "demo" / DEMO)]
        if options.against:
            cases.insert(0, Case("before", options.against.resolve(), variables, home / "demo" / DEMO))
        load = os.getloadavg()[0]
        bare = measure(cases, options.runs)
    packages = ", ".join(f"{name} {version(name)}" for name in ("textual", "SQLAlchemy", "PyMySQL"))
    head = (
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {commit()}. {platform.system()} {platform.machine()}, {processor()},"
        f" {os.cpu_count()} cores; Python {platform.python_version()}, {packages}. {options.runs} starts of each kind,"
        f" by turns; load (1 minute) {load:.1f} before. A bare Textual program stands after {bare:.0f} ms."
    )
    text = f"{head}\n\n{times(cases)}\n\n{phases(cases)}"
    print(f"\n{text}\n")
    if missing := cases[-1].missing:
        print(f"Not there, so not measured: {', '.join(sorted(missing))}", file=sys.stderr)
    if options.write:
        write("start", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
