#!/usr/bin/env python3
"""Run the tests from a clone on a fresh machine: ``python3 scripts/test.py [--fast] [arguments of pytest]``.

Makes ``.venv`` in the clone where it is missing, installs what requirements-dev.txt pins and the project
itself, finds or builds two versions of Dolt (some minutes each, once), and runs pytest on two processes. Needs
Python 3.11 or newer and nothing else.

``--fast`` runs only what needs neither a database nor a terminal, within seconds, and builds no Dolt.
``--prepare`` stops before pytest, which can be called directly from then on.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements-dev.txt"
INSTALLED = VENV / "dolt-tui-installed"
"""Tells which pins are installed: the digest of the files that name them."""


def main() -> int:
    arguments = sys.argv[1:]
    fast = "--fast" in arguments
    arguments = [argument if argument != "--fast" else "tests/fast" for argument in arguments]
    if sys.version_info < (3, 11):  # noqa: UP036 (an older Python may well be the one that runs this)
        print(f"test: Python 3.11 or newer is needed, this is {sys.version.split()[0]}", file=sys.stderr)
        return 1
    try:
        prepare()
        if not fast:
            for which in ((), ("--old",)):
                run(PYTHON, ROOT / "scripts" / "build_dolt.py", *which, quiet=True)
    except subprocess.CalledProcessError as error:
        print(f"test: `{' '.join(map(str, error.cmd[:4]))} …` failed", file=sys.stderr)
        return 1
    if arguments == ["--prepare"]:
        print("Ready: .venv/bin/python -m pytest runs tests, .venv/bin/dolt-tui the program.")
        return 0
    if not fast and not any(argument.startswith(("-n", "--numprocesses")) for argument in arguments):
        arguments = ["-n", "2", "--dist", "worksteal", *arguments]  # no process waits for the other's last tests
    # Python's -m puts the clone on the path before anything that is installed.
    return subprocess.run([PYTHON, "-m", "pytest", *arguments], cwd=ROOT).returncode


def prepare() -> None:
    """Make the environment, unless it holds what is pinned now."""
    digest = hashlib.sha256(REQUIREMENTS.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if INSTALLED.is_file() and INSTALLED.read_text("utf-8") == digest:
        return
    if not PYTHON.exists():
        try:
            run(sys.executable, "-m", "venv", VENV, quiet=True)
        except subprocess.CalledProcessError:
            print("test: no virtual environment could be made: on Debian, apt install python3-venv", file=sys.stderr)
            raise
    pip = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*pip, "--require-hashes", "-r", REQUIREMENTS)
    run(*pip, "--no-deps", "-e", ROOT)
    INSTALLED.write_text(digest, "utf-8")


def run(*command: str | os.PathLike[str], quiet: bool = False) -> None:
    """Run a command in the clone; raises CalledProcessError."""
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL if quiet else None)


if __name__ == "__main__":
    sys.exit(main())
