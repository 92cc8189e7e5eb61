#!/usr/bin/env python3
"""Build the databases (once), measure, print the tables, and with ``--write`` put them into the README.

.venv/bin/python benchmarks/run.py [--write] [--scale 0.01] [--only PART] [--data DIR] [--commits 100000]
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import re
import signal
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # what is measured is what lies beside this file, wherever the package is installed

from benchmarks import console, engine, generate, program  # noqa: E402
from benchmarks.measure import Result, markdown  # noqa: E402
from dolt_tui.engine.connecting.private_server import PrivateServer  # noqa: E402

README = Path(__file__).resolve().parent / "README.md"
PARTS = {"engine": engine.measure, "program": program.measure, "console": console.measure}


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure dolt-tui on large databases.")
    parser.add_argument("--only", choices=PARTS, help="one of the parts")
    parser.add_argument("--jobs", metavar="WORD", help="of the program, only the jobs whose function's name has this")
    parser.add_argument("--write", action="store_true", help="put the tables into the README")
    parser.add_argument("--scale", type=float, default=1.0, help="smaller databases, for trying things out")
    parser.add_argument("--commits", type=int, help="another length of the log")
    parser.add_argument("--data", type=Path, help="where the databases are kept between runs")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # in order: servers and programs end with us
    sizes = generate.Sizes().scaled(options.scale)
    if options.commits:
        sizes = replace(sizes, commits=options.commits)
    data = (options.data or cache() / f"benchmarks-{options.scale:g}").expanduser().resolve()
    databases = data / "databases"
    databases.mkdir(parents=True, exist_ok=True)
    dolt = Path(find_dolt())
    os.environ["DOLT_TUI_TEST_DOLT"] = str(dolt)
    program.ONLY = options.jobs or ""
    with PrivateServer(databases, dolt=dolt, root_path=data / "home") as server:
        generate.generate(server.connect_arguments, data, sizes, tell)
    for name, measure in PARTS.items():
        if options.only not in (None, name):
            continue
        # A new server: what the last part left in its caches helps nobody.
        with PrivateServer(databases, dolt=dolt, root_path=data / "home") as server:
            before = os.getloadavg()[0]
            results = measure(server.connect_arguments, sizes, tell)
            text = section(results, sizes, dolt, before)
        print(f"\n{text}\n")
        if options.write:
            write(name, text)
    return 0


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def cache() -> Path:
    """The user's cache, where the tests keep their Dolt too."""
    if named := os.environ.get("XDG_CACHE_HOME"):
        return Path(named) / "dolt-tui"
    return Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "dolt-tui"


def find_dolt() -> str:
    """The Dolt program that the tests use, built where there is none."""
    made = subprocess.run([sys.executable, str(ROOT / "scripts" / "build_dolt.py")], stdout=subprocess.PIPE, text=True)
    if made.returncode:
        sys.exit(made.returncode)
    return made.stdout.strip()


def section(results: list[Result], sizes: generate.Sizes, dolt: Path, load: float) -> str:
    """When and on what this was measured, and the table."""
    said = subprocess.run([dolt, "version"], capture_output=True, text=True, cwd=dolt.parent).stdout
    found = re.search(r"[\d.]+", said)
    packages = ", ".join(f"{name} {version(name)}" for name in ("textual", "SQLAlchemy", "PyMySQL"))
    head = (
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {commit()}. {platform.system()} {platform.machine()}, {processor()},"
        f" {os.cpu_count()} cores; Python {platform.python_version()}, {packages}, Dolt {found[0] if found else '?'}."
        f" {sizes.rows:,} rows, {sizes.commits:,} commits. Load (1 minute) {load:.1f} before, {os.getloadavg()[0]:.1f}"
        " after: above 1, other programs wanted the cores too."
    )
    return f"{head}\n\n{markdown(results)}"


def commit() -> str:
    """The commit that was measured; empty where this is no checkout."""
    said = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return f"commit {os.environ.get('BENCHMARK_COMMIT') or said.stdout.strip() or 'unknown'}"


def processor() -> str:
    """The processor's name, where the system tells it."""
    info = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.*)", info.read_text()) if info.exists() else None
    return found[1] if found else platform.processor() or "unknown processor"


def write(part: str, text: str) -> None:
    """Replace a part's table in the README."""
    old = README.read_text("utf-8")
    begin, end = f"<!-- {part} -->", f"<!-- end of {part} -->"
    new = re.sub(f"{begin}.*?{end}", lambda _: f"{begin}\n{text}\n{end}", old, flags=re.DOTALL)
    README.write_text(new, "utf-8")


if __name__ == "__main__":
    sys.exit(main())
