"""The command line: what is asked for, checked in plain text before the screen opens.

Nothing heavy is imported before the arguments are read: ``--help`` and ``--version`` answer at once.
"""

from __future__ import annotations

import argparse
import gc
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from . import __version__
from .target_options import (
    FAILURE,
    USAGE,
    Parser,
    Refusal,
    add_tls,
    encrypted,
    harmless,
    log_to,
    resolve,
    with_password,
)

if TYPE_CHECKING:
    from .config import Config
    from .engine.model import Author
    from .engine.undo.steps import UndoSettings
    from .launch import Launch

_POINTS = ("start", "created", "inserted", "branches", "merged")  # as in demo.story.At, which takes longer to import

DATA_COMMANDS = ("export", "import", "query")
"""The commands that need no screen: `dolt_tui.cli_data`."""
_USAGE = """dolt-tui [OPTIONS] [TARGET]
       dolt-tui demo [--dolt] [--at POINT] [--keep PATH] [OPTIONS] [URL]
       dolt-tui export|import|query TARGET …   (--help tells of each)"""
_EPILOG = """\
TARGET is one of
  nothing             the Dolt database in (or above) this directory
  a directory         the Dolt database, or databases, in it; a running server is used, else a private one started
  a file              a DoltLite database
  mysql+pymysql://user@host:port/database/branch
                      a server; without a database, you choose
  a name              a connection of the configuration file
A directory called demo, export, import or query is opened with ./demo and so on.

A URL may end in options: ?ssl-mode=VERIFY_CA&ssl-ca=FILE (and ssl-capath, ssl-cert, ssl-key), connect_timeout=SECONDS,
unix_socket=PATH. Without any, a server on this machine is reached without TLS, every other one with it if it has it.

Leave the password out of the URL: you are asked for it, or set DOLT_TUI_PASSWORD or MYSQL_PWD. A command line
shows up in the shell's history and in the list of processes.

Exit codes: 0, 2 for a command line or a configuration that makes no sense, 1 for everything else that goes wrong.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; returns its exit code."""
    try:
        return _main(argv)
    except Refusal as refusal:
        print(f"dolt-tui: {harmless(str(refusal))}", file=sys.stderr)
        return refusal.code
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130
    except Exception as error:
        from .crash import CrashLog

        crashes = CrashLog()
        crashes.record(error, "on the command line")
        print(f"dolt-tui: Something went wrong inside the program. {crashes.sentence()}", file=sys.stderr)
        return FAILURE


def _main(argv: Sequence[str] | None) -> int:
    given = list(sys.argv[1:] if argv is None else argv)
    if given[:1] and given[0] in DATA_COMMANDS:
        from .cli_data import run as run_data

        return run_data(given)
    options = _arguments(given)

    from .config import ConfigError, load
    from .engine.connecting.target import TargetError, UrlError
    from .engine.connecting.tls import TlsError
    from .engine.errors import EngineError
    from .launch import one_line

    try:
        log_to(options.log_file)
        config = load()
        launch = _launch(options, config)
    except (UrlError, ConfigError) as error:
        raise Refusal(one_line(error), USAGE) from error
    except (TargetError, TlsError, EngineError) as error:
        raise Refusal(one_line(error)) from error
    _end_on_signals(launch)
    try:
        launch.prepare()
        # What is imported while the program starts stays: looking for garbage among it would only take time.
        gc.disable()
        # How long Textual waits whether an escape goes on as a key's sequence; it reads this when it is imported.
        os.environ.setdefault("ESCDELAY", "25")
        os.environ.setdefault("TEXTUAL_FPS", "120")  # half as long to wait for the next time that it draws
        from .ui.app import run

        _check_choices(options.theme, config)
        return run(launch, theme=options.theme or config.theme, config=config)
    finally:
        launch.close()


def _check_choices(theme: str | None, config: Config) -> None:
    """Refuse a theme, or a key for a command, that does not exist: only the program itself knows which do."""
    from textual.theme import BUILTIN_THEMES

    from .config import ConfigError
    from .words import nearest

    if theme is not None and theme not in BUILTIN_THEMES:
        raise Refusal(f"--theme: there is no theme {theme}{nearest(theme, BUILTIN_THEMES)}", USAGE)
    try:
        if theme is None:
            config.check_theme(BUILTIN_THEMES)
        if config.diff_colours != "theme":
            from .ui.present.colours import DIFF_COLOURS

            config.check_diff_colours(DIFF_COLOURS)
        if config.keys:
            _check_keys(config)
    except ConfigError as error:
        raise Refusal(str(error), USAGE) from error


def _check_keys(config: Config) -> None:
    """Refuse keys that cannot be given; raises `ConfigError` for a command that does not exist."""
    from .ui.actions.groups import command_set
    from .ui.commands import InvalidKey

    try:
        config.check_keys(command_set(config.keys).ids)
    except InvalidKey as error:
        raise Refusal(f"{config.path}: [keys] {error}", USAGE) from error


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = Parser(
        prog="dolt-tui",
        usage=_USAGE,
        description="A keyboard-driven terminal interface for Dolt, the version-controlled SQL database.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        add_help=False,
    )
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=argparse.SUPPRESS)
    general = parser.add_argument_group("options")
    general.add_argument("--branch", metavar="NAME", help="the branch to start on, instead of the default one")
    general.add_argument("--read-only", action="store_true", help="refuse everything that would change the database")
    general.add_argument("--theme", metavar="NAME", help="colours; ctrl+p in the program lists the themes")
    general.add_argument("--log-file", metavar="FILE", type=Path, help="log what the program does, for a bug report")
    general.add_argument("--version", action="version", version=f"dolt-tui {__version__}")
    general.add_argument("-h", "--help", action="help", help="show this and exit")
    add_tls(parser)
    demo = parser.add_argument_group(
        "demo", "A new database with the getting-started tutorial: embedded and removed at the end, or on a server."
    )
    demo.add_argument("--dolt", action="store_true", help="on a private Dolt server instead of the embedded engine")
    demo.add_argument(
        "--at", choices=_POINTS, metavar="POINT", help=f"how far the story goes: {', '.join(_POINTS)} (branches)"
    )
    demo.add_argument(
        "--keep", metavar="PATH", type=Path, help="make the file (with --dolt: directory) here, and keep it"
    )
    options = parser.parse_intermixed_args(argv)
    options.demo = options.targets[:1] == ["demo"]
    if options.demo:
        del options.targets[0]
    elif options.dolt or options.at is not None or options.keep is not None:
        parser.error("--dolt, --at and --keep belong to dolt-tui demo")
    if len(options.targets) > 1:
        parser.error("only one target can be opened")
    if options.targets and options.demo:
        if not re.match(r"[^/.~]*://", options.targets[0]):
            parser.error("the demo takes the URL of a server; --keep PATH says where else it is made")
        if options.dolt or options.keep is not None:
            parser.error("--dolt and --keep make a demo of their own; with a server's URL it is made there")
    if options.branch == "":
        parser.error("--branch needs a name")
    return options


def _launch(options: argparse.Namespace, config: Config) -> Launch:
    """What is to be opened; asks in plain text what has to be asked first."""
    from dataclasses import replace

    from .config import state_path
    from .engine.connecting.target import ServerTarget
    from .engine.model import Author
    from .engine.undo.steps import UndoSettings
    from .launch import launch_target

    undo = UndoSettings(None, config.snapshots, config.keep)
    author = Author(config.name, config.email) if config.name else None
    text = options.targets[0] if options.targets else ""
    if options.demo:
        return _demo_launch(options, text, author, undo)
    target = encrypted(resolve(text, Path.cwd(), config), options)
    _need_terminal()
    if isinstance(target, ServerTarget):
        target = with_password(target)
    undo = replace(undo, directory=state_path() / "undo")
    return launch_target(target, branch=options.branch, read_only=options.read_only, author=author, undo=undo)


def _demo_launch(options: argparse.Namespace, url: str, author: Author | None, undo: UndoSettings) -> Launch:
    from dataclasses import replace

    from .demo.build import DATABASE, Demo, existing
    from .demo.story import At
    from .engine.connecting.target import ServerTarget, parse_target
    from .launch import launch_demo

    at = At(options.at or At.BRANCHES)
    branch = options.branch
    if not url:
        encrypted(None, options)
        demo = Demo(dolt=options.dolt, at=at, keep=options.keep, author=author)
        _need_terminal()
    else:
        server = encrypted(parse_target(url, Path.cwd()), options)
        assert isinstance(server, ServerTarget)
        Demo(server)  # refuses the name of another database before anything is asked
        _need_terminal()
        server = replace(with_password(server), database=DATABASE)
        found = existing(server)
        if found is not None:
            print(f"There is already a database {DATABASE} on {server.where}, with {found}.")
            if not _yes("Start the story over? All of that will be deleted."):
                raise Refusal(f"{DATABASE} is left as it is: open it with dolt-tui {harmless(str(server))}")
        demo = Demo(server, at=at, start_over=found is not None, author=author)
        branch = branch or server.branch
    return launch_demo(demo, branch=branch, read_only=options.read_only, author=author, undo=undo)


def _need_utf8() -> None:
    """Write UTF-8 to the terminal, whatever Python took its encoding for; refuse one that says it has another.

    A locale that names no encoding at all (C, POSIX) says nothing about the terminal, and those of today have UTF-8.
    """
    import codecs
    import locale
    import termios
    from io import TextIOWrapper

    streams = [one for one in (sys.stdin, sys.stdout, sys.stderr) if isinstance(one, TextIOWrapper) and one.isatty()]
    if all(codecs.lookup(stream.encoding).name == "utf-8" for stream in streams):
        return
    iutf8 = 0x4000  # the same on Linux and macOS: the terminal edits lines of UTF-8
    named = locale.getencoding()
    try:
        known = codecs.lookup(named).name
    except LookupError:
        known = named
    if known not in ("utf-8", "ascii") and not termios.tcgetattr(streams[0])[0] & iutf8:
        raise Refusal(f"the locale says that this terminal uses {named}, but UTF-8 is needed: set LC_ALL=C.UTF-8")
    for stream in streams:
        stream.reconfigure(encoding="utf-8", errors="surrogateescape" if stream is sys.stdin else "backslashreplace")


def _need_terminal() -> None:
    # Textual reads standard input and draws on standard error; the terminal's size is that of standard output.
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise Refusal("a terminal is needed: standard input, output and error must be one")
    _need_utf8()


def _yes(question: str) -> bool:
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def _end_on_signals(launch: Launch) -> None:
    """Let SIGTERM and SIGHUP end the program in order: the screen first, then what `Launch.close` does."""
    import signal
    from types import FrameType

    from .launch import terminal_is_gone

    def end(number: int, _frame: FrameType | None) -> None:
        if terminal_is_gone():
            launch.abandon(128 + number)
            return
        stopper, launch.stopper = launch.stopper, None
        if stopper is None:  # no screen stands yet, or it did not end at the first signal
            raise SystemExit(128 + number)
        # A running event loop may be asleep in select(), which goes on sleeping after this handler.
        asyncio = sys.modules.get("asyncio")
        loop = asyncio._get_running_loop() if asyncio is not None else None
        if loop is None:
            stopper(128 + number)
        else:
            loop.call_soon_threadsafe(stopper, 128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, end)
