#!/usr/bin/env python3
"""Measure how long scripts take to be split into statements, print the table; ``--write`` puts it into the README.

.venv/bin/python benchmarks/splitting.py [--write] [--megabytes 5]
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # what is measured is what lies beside this file, wherever the package is installed

from benchmarks.measure import Result, markdown  # noqa: E402
from benchmarks.run import commit, processor, write  # noqa: E402
from dolt_tui.engine.console.scanner import split, tokens  # noqa: E402
from dolt_tui.engine.model.traits import SqlStyle  # noqa: E402

ROW = "(1, 'it''s a text; -- with signs', 2.5, NULL)"
ROUTINE = """CREATE PROCEDURE p(n INT) BEGIN
  DECLARE i INT DEFAULT 0;
  WHILE i < n DO IF i = 1 THEN INSERT INTO t VALUES (i); ELSE SET i = IF(i, 2, 3); END IF; SET i = i + 1; END WHILE;
END;
"""
SCRIPTS = {
    "one INSERT a row": f"INSERT INTO t (a, b, c, d) VALUES {ROW};\n",
    "short statements, with comments": "-- what for\nUPDATE t SET a = a + 1 WHERE b = 'x'; # done\n",
    "routines, without DELIMITER": ROUTINE,
    "a routine that never ends": "CREATE PROCEDURE p() BEGIN ",
    "transactions of nothing": "BEGIN;COMMIT;",
    "quotes that are never closed": "'",
    "comments that are never closed": "/*",
    "parentheses": "(",
}
"""What is repeated until the script is long enough."""


def measure(size: int) -> list[Result]:
    """``size`` in characters."""
    texts = {name: part * (size // len(part)) for name, part in SCRIPTS.items()}
    texts["one INSERT of all rows"] = f"INSERT INTO t VALUES {', '.join([ROW] * (size // (len(ROW) + 2)))}"
    results = []
    for name, text in texts.items():
        for style in SqlStyle:
            walk = partial(deque, text, maxlen=0)
            ours, bare = taken(partial(split, text, style)), taken(walk)
            number = len(split(text, style).statements)
            against = f"a walk over the characters {bare:.0f} ms"
            results.append(
                Result(f"{name}, {style}", f"{number:,} statement{'s' * (number != 1)}", against, ours, "ms", 1000.0)
            )
    statement = f"SELECT {', '.join(f'c.name_{number}' for number in range(200))} FROM customers AS c WHERE c.id = 1"
    count = len(tokens(statement, SqlStyle.MYSQL))
    ours = taken(partial(tokens, statement, SqlStyle.MYSQL))
    results.append(Result("tokens of one statement", f"{count:,} tokens", "", ours, "ms", 5.0))
    return results


def taken(work: Callable[[], object]) -> float:
    """The processor's time of ``work``, in milliseconds: the median of five."""
    times = []
    for _ in range(5):
        began = time.process_time()
        work()
        times.append((time.process_time() - began) * 1000)
    return statistics.median(times)


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure how long scripts take to be split into statements.")
    parser.add_argument("--write", action="store_true", help="put the table into the README")
    parser.add_argument("--megabytes", type=float, default=5.0, help="how long the scripts are, in million characters")
    options = parser.parse_args()
    before = os.getloadavg()[0]
    results = measure(int(options.megabytes * 1e6))
    head = (
        f"{commit()}. {platform.system()} {platform.machine()}, {processor()}, {os.cpu_count()} cores; Python"
        f" {platform.python_version()}. Scripts of {options.megabytes:g} million characters; load (1 minute)"
        f" {before:.1f} before, {os.getloadavg()[0]:.1f} after."
    )
    text = f"{head[0].upper()}{head[1:]}\n\n{markdown(results)}"
    print(text)
    if options.write:
        write("splitting", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
