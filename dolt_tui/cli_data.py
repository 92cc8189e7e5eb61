"""``dolt-tui export``, ``import`` and ``query``: data in scripts, without a screen.

Nothing heavy is imported before the arguments are read, and Textual never is.
"""

from __future__ import annotations

import argparse
import errno
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING, NoReturn

from .cli_output import progress_shown, standard_output
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
from .words import plural, took

if TYPE_CHECKING:
    from .engine.repository import Repository
    from .engine.transfer.exporting import Exported
    from .engine.transfer.formats import Format
    from .engine.transfer.guessing import Guess
    from .engine.transfer.requests import Export

_TARGET = "TARGET is what dolt-tui opens: a directory, a DoltLite file, the URL of a server, or a connection's name."
_EXIT = "Exit codes: 0, 2 for a command line that makes no sense, 1 for everything else that goes wrong."
_FORMATS = ("csv", "tsv", "jsonl", "sql", "md", "parquet")


def run(arguments: Sequence[str]) -> int:
    """Run the command that is the first of the arguments; returns the exit code. Raises `Refusal`."""
    command = arguments[0]
    options = _PARSERS[command]().parse_intermixed_args(arguments[1:])

    from .config import ConfigError
    from .engine.connecting.target import TargetError, UrlError
    from .engine.connecting.tls import TlsError
    from .engine.errors import AlreadyExists, EngineError, ServerLost, Unanswered
    from .launch import one_line

    before = signal.signal(signal.SIGTERM, _ended)
    try:
        log_to(options.log_file)
        with _opened(options, writes=command == "import") as repository:
            _COMMANDS[command](options, repository)
            sys.stdout.flush()
        return 0
    except (UrlError, ConfigError) as error:
        raise Refusal(one_line(error), USAGE) from error
    except BrokenPipeError:
        # Whoever reads has enough.
        _silence()
        return FAILURE
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG):
            raise
        _silence()
        raise Refusal(f"Standard output cannot be written: {error.strerror}.") from error
    except (TargetError, TlsError, EngineError) as error:
        if isinstance(error, AlreadyExists) and command == "export":
            error.advice = "Choose another name, or overwrite it with --force."
        if type(error) is ServerLost:
            error.advice = "Try again when the server answers."
        elif isinstance(error, Unanswered) and error.done is None:
            error.advice = "Look before you do it again."
        raise Refusal(one_line(error)) from error
    finally:
        signal.signal(signal.SIGTERM, before)


def _silence() -> None:
    """Keep what is left in the buffer of standard output from being tried again at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _ended(number: int, _frame: object) -> NoReturn:
    raise SystemExit(128 + number)


# what is said


def _parser(command: str, usage: str, description: str) -> argparse.ArgumentParser:
    parser = Parser(
        prog=f"dolt-tui {command}",
        usage=f"dolt-tui {command} {usage}",
        description=f"{description} {_TARGET}",
        epilog=f"{_EXIT} A directory called {command} is opened with ./{command}.",
        allow_abbrev=False,
    )
    parser.add_argument("target", metavar="TARGET", help=argparse.SUPPRESS)
    parser.add_argument("--branch", metavar="NAME", help="the branch, instead of the default one")
    parser.add_argument("--log-file", metavar="FILE", type=Path, help="log what the program does, for a bug report")
    add_tls(parser)
    return parser


def _export_parser() -> argparse.ArgumentParser:
    parser = _parser(
        "export",
        "TARGET (TABLE | TABLE --diff OLD NEW | --diff OLD NEW | --query SQL | --database) [-o FILE] [OPTIONS]",
        "Write rows to a file, or to standard output. A file is there under its name only once it is whole.",
    )
    parser.add_argument("table", nargs="?", metavar="TABLE", help="the table, or view")
    parser.add_argument("--query", metavar="SQL", help="what a statement returns, instead of a table")
    parser.add_argument(
        "--diff",
        nargs=2,
        metavar=("OLD", "NEW"),
        help="the rows of TABLE that differ between two revisions; without TABLE those of all tables, as a script, or"
        " as a directory of files",
    )
    parser.add_argument("--database", action="store_true", help="the whole database as an SQL script")
    parser.add_argument("--at", metavar="REVISION", help="as it was at a commit, tag or branch")
    parser.add_argument("--where", metavar="CONDITION", default="", help="only the rows for which this SQL holds")
    parser.add_argument("--order", metavar="COLUMN", help="sorted by a column, otherwise by the key")
    parser.add_argument("--descending", action="store_true", help="in descending order")
    parser.add_argument("-o", "--output", metavar="FILE", default="-", help="the file; - or nothing: standard output")
    parser.add_argument("--format", choices=_FORMATS, help="otherwise by the file's name, or csv")
    parser.add_argument("--force", action="store_true", help="overwrite the file if it exists")
    return parser


def _import_parser() -> argparse.ArgumentParser:
    parser = _parser(
        "import",
        "TARGET FILE [--table TABLE] [--create] [--mode MODE] [OPTIONS]",
        "Read a file into a table, all of it or nothing. It is a step that dolt-tui can undo.",
    )
    parser.add_argument("file", metavar="FILE", help="CSV, TSV, JSON lines, a JSON array, SQL or Parquet; - is stdin")
    parser.add_argument("--table", metavar="TABLE", help="the table, if its name is not that of the file")
    parser.add_argument("--create", action="store_true", help="make the table, with types guessed from the file")
    parser.add_argument(
        "--mode",
        choices=("insert", "update", "replace"),
        default="insert",
        help="what happens to a row whose key exists: an error, new values for the file's columns, or a new row",
    )
    parser.add_argument("--type", metavar="COLUMN=TYPE", action="append", default=[], help="with --create; repeatable")
    parser.add_argument("--key", metavar="COLUMN", action="append", help="with --create: the key; repeatable")
    parser.add_argument(
        "--format", choices=[name for name in _FORMATS if name != "md"], help="otherwise by name or content"
    )
    parser.add_argument("--encoding", metavar="NAME", default="", help="utf-8, utf-16, latin-1 …; otherwise detected")
    parser.add_argument("--delimiter", metavar="SIGN", default="", help="otherwise detected")
    parser.add_argument(
        "--header",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="whether the first line has the names; otherwise detected",
    )
    return parser


def _query_parser() -> argparse.ArgumentParser:
    parser = _parser(
        "query",
        "TARGET (SQL | -f FILE | -) [OPTIONS]",
        "Run statements and write what they return. Each one that changes something is committed.",
    )
    parser.add_argument("sql", nargs="?", metavar="SQL", help="one or several statements; - reads standard input")
    parser.add_argument("-f", "--file", metavar="FILE", type=Path, help="a file of statements")
    parser.add_argument("--read-only", action="store_true", help="refuse everything that would change the database")
    parser.add_argument("--at", metavar="REVISION", help="read as it was at a commit, tag or branch")
    parser.add_argument(
        "--format",
        choices=("table", "csv", "tsv", "jsonl", "md", "sql"),
        help="otherwise a table on a terminal, and csv elsewhere",
    )
    return parser


_PARSERS = {"export": _export_parser, "import": _import_parser, "query": _query_parser}


# opening


@contextmanager
def _opened(options: argparse.Namespace, *, writes: bool) -> Iterator[Repository]:
    """The database that is meant, open; everything is closed at the end."""
    from dataclasses import replace

    from .config import load, state_path
    from .engine.connecting.target import ServerTarget
    from .engine.errors import EngineError
    from .engine.model import Author
    from .engine.undo.steps import UndoSettings
    from .launch import launch_target

    config = load()
    target = encrypted(resolve(options.target, Path.cwd(), config), options)
    if isinstance(target, ServerTarget):
        target = with_password(target)
    undo = replace(UndoSettings(None, config.snapshots, config.keep), directory=state_path() / "undo")
    author = Author(config.name, config.email) if config.name else None
    launch = launch_target(
        target, branch=options.branch, read_only=getattr(options, "read_only", False), author=author, undo=undo
    )
    try:
        launch.prepare()
        host = launch.start()
        database = launch.database
        if database is None:
            names = host.databases()
            if len(names) != 1:
                raise EngineError("There are several databases.", f"Name one behind the target: {', '.join(names)}.")
            database = names[0]
        repository = launch.open(host, database)
        if writes and repository.info.read_only:
            raise EngineError("The database is read-only.")
        yield repository
    finally:
        launch.close()


# export


def _export(options: argparse.Namespace, repository: Repository) -> None:
    from .engine.transfer.exporting import Destination
    from .engine.transfer.formats import Format, named

    wanted = [options.query is not None, options.diff is not None, options.database]
    if sum(wanted) > 1 or (options.table and (options.query is not None or options.database)):
        raise Refusal("choose one: TABLE, --query, --diff or --database (see dolt-tui export --help)", USAGE)
    if not any(wanted) and not options.table:
        raise Refusal("say what to export: TABLE, --query, --diff or --database", USAGE)
    if options.query is not None:
        _export_query(options, repository)
        return
    branch = repository.start_branch
    export = _wanted(options, repository, branch)
    path = None if options.output in ("-", "/dev/stdout") else Path(options.output)
    said = named(path) if path is not None else None
    usual = export.formats[0] if options.database or export.directory(Format.CSV) else Format.CSV
    format_ = Format(options.format) if options.format else said.format if said and said.format else usual
    if format_ not in export.formats:
        raise Refusal(f"{export.title} cannot be exported as {format_.label}", USAGE)
    if path is None and export.directory(format_):
        raise Refusal("several tables make a directory: name it with -o, or choose --format sql", USAGE)
    to = Destination(
        format_,
        path,
        None if path is not None else _stream(format_),
        compressed=said is not None and said.compressed and format_ is not Format.PARQUET,
        overwrite=options.force,
    )
    with progress_shown("exported") as progress:
        _told(export.write(repository.transfer.exports, branch, to, progress))


def _stream(format_: Format) -> IO[bytes]:
    if format_.value == "parquet" and sys.stdout.isatty():
        raise Refusal("Parquet cannot be shown on a terminal: name a file with -o", USAGE)
    return standard_output()


def _wanted(options: argparse.Namespace, repository: Repository, branch: str) -> Export:
    """What is to be exported."""
    from .engine.browsing.query import DiffFilter, DiffQuery, Query
    from .engine.transfer.requests import ChangesExport, DatabaseExport, DiffExport, TableExport

    if options.database:
        return DatabaseExport(repository.info.database, _revision(repository, branch, options.at))
    if options.diff is not None:
        old, new = (_revision(repository, branch, name) or name for name in options.diff)
        if options.table:
            return DiffExport(DiffQuery(options.table, old, new, DiffFilter(where=options.where)))
        return ChangesExport(old, new, "the database")
    return TableExport(
        Query(
            options.table,
            _revision(repository, branch, options.at),
            sort=options.order,
            descending=options.descending,
            where=options.where,
        )
    )


def _revision(repository: Repository, branch: str, name: str | None) -> str | None:
    """The commit that a name means; the sets of the branch by their own names."""
    if name is None or name.upper() in ("WORKING", "STAGED"):
        return name and name.upper()
    return repository.refs.resolve(branch, name)


def _told(exported: Exported) -> None:
    if exported.path is not None and sys.stderr.isatty():
        print(f"{plural(exported.rows, 'row')}, {exported.size:,} bytes, {took(exported.seconds)}", file=sys.stderr)


def _export_query(options: argparse.Namespace, repository: Repository) -> None:
    from .engine.transfer.exporting import Destination
    from .engine.transfer.formats import Format, named

    path = None if options.output in ("-", "/dev/stdout") else Path(options.output)
    said = named(path) if path is not None else None
    format_ = Format(options.format) if options.format else said.format if said and said.format else Format.CSV
    packed = said is not None and said.compressed and format_ is not Format.PARQUET
    stream = None if path is not None else _stream(format_)
    to = Destination(format_, path, stream, compressed=packed, overwrite=options.force)
    from .cli_query import one_result

    with progress_shown("exported") as progress, one_result(repository, options.query, options.at) as result:
        _told(repository.transfer.exports.source(result, to, options.table or "result", progress))


# import


def _import(options: argparse.Namespace, repository: Repository) -> None:
    from .engine.errors import EngineError
    from .engine.transfer.formats import Format, named
    from .engine.transfer.importing import Target
    from .engine.transfer.loading import Mode
    from .engine.transfer.sniffing import sniff

    branch, imports = repository.start_branch, repository.transfer.imports
    if options.file == "-" and not options.table and options.format != "sql":
        raise Refusal("standard input has no name: name the table with --table", USAGE)
    if not options.create and (options.type or options.key):
        raise Refusal("--type and --key belong to --create", USAGE)
    delimiter = options.delimiter.replace("\\t", "\t")
    if len(delimiter) > 1 or delimiter in ('"', "\n", "\r"):
        raise Refusal(r"--delimiter takes one sign, such as ; or \t", USAGE)
    with _file(options.file) as path, progress_shown("imported") as progress:
        name = "standard input" if options.file == "-" else Path(options.file).name
        layout = sniff(
            path,
            name=name,
            format_=Format(options.format) if options.format else None,
            encoding=options.encoding,
            header=options.header,
            delimiter=delimiter,
        )
        if layout.format is Format.SQL:
            if options.table or options.create:
                raise Refusal("a script names its tables itself: leave out --table and --create", USAGE)
            number = imports.replay(branch, layout, progress)
            _say(f"ran {plural(number, 'statement')} of {name}")
            return
        if not options.encoding and layout.encoding in ("latin-1", "cp1252"):
            # Any bytes may be that: whoever knows better says --encoding.
            print(f"dolt-tui: {harmless(name)} is not UTF-8: it is read as {layout.encoding}", file=sys.stderr)
        table = options.table or named(path).stem
        create = _columns(options, imports.preview(layout).columns) if options.create else ()
        if not options.create and not imports.columns(branch, table):
            raise EngineError(f"There is no table {table}.", "Make it with --create, or name another with --table.")
        target = Target(table, create, Mode(options.mode))
        imported, _ = repository.undo.perform(
            branch, f"import {name}", lambda: imports.load(branch, layout, target, progress)
        )
        if imported.fit.left_out:
            left = harmless(f"left out, as {table} lacks them: {_some(imported.fit.left_out)}")
            print(f"dolt-tui: {left}", file=sys.stderr)
        _say(f"imported {plural(imported.rows, 'row')} into {table} in {took(imported.seconds)}")


def _columns(options: argparse.Namespace, guessed: Sequence[Guess]) -> tuple[Guess, ...]:
    """The columns of a new table, as the command line has them."""
    from dataclasses import replace

    found = {column.name: column for column in guessed}
    for text in options.type:
        name, sign, type_ = text.partition("=")
        if not sign or name not in found:
            raise Refusal(f"--type {text}: COLUMN=TYPE, and the columns are {_some(found)}", USAGE)
        found[name] = replace(found[name], type=type_)
    if options.key is not None:
        unknown = [name for name in options.key if name and name not in found]
        if unknown:
            raise Refusal(f"--key {unknown[0]}: the columns are {_some(found)}", USAGE)
        found = {name: replace(column, key=name in options.key) for name, column in found.items()}
    return tuple(found.values())


def _some(names: Iterable[str]) -> str:
    """Names for a message, not too many of them."""
    every = list(names)
    return ", ".join(every) if len(every) <= 20 else f"{', '.join(every[:19])} … and {len(every) - 19} more"


def _say(text: str) -> None:
    if sys.stderr.isatty():
        print(harmless(text), file=sys.stderr)


@contextmanager
def _file(name: str) -> Iterator[Path]:
    """The file, which is read twice: standard input, or a pipe, is kept in a file of our own until the end."""
    path = Path(name)
    if name != "-" and not (path.is_fifo() or path.is_char_device()):
        yield path
        return
    with tempfile.NamedTemporaryFile(prefix="dolt-tui-") as kept:
        try:
            with nullcontext(sys.stdin.buffer) if name == "-" else path.open("rb") as source:
                shutil.copyfileobj(source, kept, 1 << 20)
            kept.flush()
        except OSError as error:
            raise Refusal(f"{name} cannot be read: {error.strerror or error}") from error
        yield Path(kept.name)


# query


def _query(options: argparse.Namespace, repository: Repository) -> None:
    from .cli_query import print_results

    given = [options.sql is not None, options.file is not None]
    if sum(given) != 1:
        raise Refusal("give the statements as SQL, by -f FILE, or - for standard input", USAGE)
    text = options.sql
    if text in (None, "-"):
        path = None if text == "-" or str(options.file) == "-" else options.file
        name = path or "standard input"
        try:
            text = (sys.stdin.buffer.read() if path is None else path.read_bytes()).decode("utf-8-sig")
        except OSError as error:
            raise Refusal(f"{name} cannot be read: {error.strerror or error}") from error
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise Refusal(f"{name} is not UTF-8, first on line {line}: save it as that") from error
    print_results(repository, text, options.at, options.format)


_COMMANDS = {"export": _export, "import": _import, "query": _query}
