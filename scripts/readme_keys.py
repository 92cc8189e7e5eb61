#!/usr/bin/env python3
"""Write the table of keys into README.md, between its two markers, from the declarations of the commands.

.venv/bin/python scripts/readme_keys.py [--check]      --check: write nothing, fail where it is out of date
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
BEGIN, END = "<!-- keys -->\n", "<!-- /keys -->"


def main() -> int:
    parser = argparse.ArgumentParser(description="Write the table of keys into README.md.")
    parser.add_argument("--check", action="store_true", help="write nothing, fail where it is out of date")
    options = parser.parse_args()
    text = README.read_text("utf-8")
    new = with_keys(text)
    if new == text:
        return 0
    if options.check:
        print("README.md: the table of keys is out of date: run scripts/readme_keys.py", file=sys.stderr)
        return 1
    README.write_text(new, "utf-8")
    return 0


def with_keys(text: str) -> str:
    """The README with the table that the commands give."""
    sys.path.insert(0, str(ROOT))
    from dolt_tui.ui.actions.groups import command_set

    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"README.md lacks the markers {BEGIN.strip()} and {END}")
    return f"{before}{BEGIN}{command_set().markdown()}{END}{after}"


if __name__ == "__main__":
    sys.exit(main())
