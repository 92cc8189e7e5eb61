"""Building the tutorial's database through the engine layer, and the places where it can be built.

>>> with Demo() as demo:
...     host = demo.start()
...     with host.open(demo.database, Options()) as repository:
...         print(repository.working.status("main"))

Nothing heavy is imported with this module: the database's thread imports the engines when it starts a `Demo`.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tempfile
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from ..engine.connecting.target import ServerTarget, TargetError
from ..engine.errors import AlreadyExists, EngineError, OpenError
from ..engine.model import Author, MergeKind, ResetKind
from .story import MAIN, Action, At, CommitAll, CreateBranch, Merge, ResetHard, Sql, Step, steps_to

if TYPE_CHECKING:
    from ..engine.opening import Host
    from ..engine.repository import Repository

DATABASE = "sql_alchemy_big_demo"
"""The tutorial's name for its database."""
AUTHOR = Author("Demo", "demo@example.com")
"""Who merges, and who commits in the demonstration where nobody is configured."""

Clock = Callable[[], dt.datetime]
"""Gives the time (aware) of the next commit, for pictures that are the same each time."""


def build(repository: Repository, at: At = At.BRANCHES, clock: Clock | None = None) -> None:
    """Play the story up to ``at`` in a database that has only its first commit.

    With ``clock`` all commits carry its times, the first one too.
    """
    if clock is not None:
        _date_head(repository, repository.info.default_branch, clock)
    for step in steps_to(at):
        play(repository, step, clock)


def play(repository: Repository, step: Step, clock: Clock | None = None) -> None:
    """Do what one step of the story does. Raises `EngineError` where the database stands elsewhere."""

    def named(branch: str) -> str:
        return repository.info.default_branch if branch == MAIN else branch

    branch = named(step.branch)
    statements: list[tuple[str, tuple[object, ...]]] = []

    def flush() -> None:
        if statements:
            repository.run(branch, statements, step.title)
            statements.clear()

    for action in step.actions:
        if isinstance(action, Sql):
            statements.append((action.statement, action.values))
            continue
        flush()
        _act(repository, branch, action, named, clock)
    flush()


def _act(repository: Repository, branch: str, action: Action, named: Callable[[str], str], clock: Clock | None) -> None:
    match action:
        case CommitAll(author, message):
            arguments = ["-A", "-m", message, "--author", author]
            if clock is not None:
                arguments += ["--date", _date(clock)]
            repository.call(branch, "dolt_commit", *arguments, purpose="commit")
        case ResetHard():
            repository.commits.reset(branch, "HEAD", ResetKind.HARD)
        case CreateBranch(name, start):
            repository.refs.create_branch(branch, name, named(start))
        case Merge(source, fast_forward):
            repository.merging.merge(branch, source, MergeKind.FAST_FORWARD if fast_forward else MergeKind.COMMIT)
            if clock is not None and not fast_forward:
                _date_head(repository, branch, clock)


def _date_head(repository: Repository, branch: str, clock: Clock) -> None:
    """Give the branch's last commit the clock's time; a merge, and the first commit, take none when they are made."""
    head = repository.history.commit(branch, "HEAD")
    author = Author(head.author, head.email) if head.email else AUTHOR
    arguments = ("--amend", "--allow-empty", "-m", head.message, "--author", str(author), "--date", _date(clock))
    repository.call(branch, "dolt_commit", *arguments, purpose="date")


def _date(clock: Clock) -> str:
    return clock().astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S")


def start_over(repository: Repository) -> None:
    """Set the database back to its first commit and delete everything else: tables, changes and branches.

    Tags stay, and with them the commits that they name.
    """
    branch = repository.info.default_branch
    first = _first_commit(repository, branch)
    repository.commits.reset(branch, first, ResetKind.HARD)
    repository.call(branch, "dolt_clean", "-x", purpose="drop new tables")
    for other in repository.refs.branches(branch):
        if other.name != branch:
            repository.refs.delete_branch(branch, other.name, force=True, in_use=True)
    if left := repository.tables.tables(branch):
        names = ", ".join(table.name for table in left)
        raise EngineError(f"{repository.info.database} cannot be started over: its first commit holds {names}.")


def _first_commit(repository: Repository, branch: str) -> str:
    frontier: tuple[str, ...] = (repository.refs.resolve(branch, "HEAD"),)
    while frontier:
        page = repository.history.page(branch, frontier, 1000)
        for commit in page.commits:
            if not commit.parents:
                return commit.hash
        frontier = page.frontier
    raise EngineError(f"{repository.info.database} has no first commit.")


T = TypeVar("T")


class Demo:
    """A demonstration database: where it is built, and what has to be removed and stopped afterwards.

    By default it is a DoltLite file in a directory of its own; with ``dolt`` a database on a private Dolt server with
    a directory of its own; with ``server`` a database on that server, which stays there. ``keep`` is where the file,
    or with ``dolt`` the server's directory, is made instead, and left. ``start_over`` allows a database of that name
    on ``server`` to be set back to its beginning. Raises `TargetError` for what cannot go together or is there already.
    """

    def __init__(
        self,
        server: ServerTarget | None = None,
        *,
        dolt: bool = False,
        at: At = At.BRANCHES,
        keep: Path | None = None,
        start_over: bool = False,
        author: Author | None = None,
        clock: Clock | None = None,
    ) -> None:
        if server is not None:
            if dolt or keep is not None:
                raise TargetError("a demo on a server that is named takes neither --dolt nor --keep")
            if server.database not in (None, DATABASE):
                raise TargetError(f"the demo is built in a database {DATABASE} only: leave {server.database} out")
        if keep is not None:
            keep = keep.expanduser().absolute()
            if os.path.lexists(keep):
                raise TargetError(f"{keep} already exists: it is left as it is")
            if not keep.parent.is_dir():
                raise TargetError(f"{keep.parent} is not a directory")
            if "@" in keep.name:
                raise TargetError(f"{keep.name}: the demo's name must not hold an @")
        self._server, self._dolt, self._at, self._keep = server, dolt, at, keep
        self._start_over, self._clock = start_over, clock
        self.author = author or (AUTHOR if server is None else None)
        """Who merges and commits where the program does not say who; None: the server's user."""
        self._made = False
        self._undo = ExitStack()
        self._closed = False
        self._lock = threading.Lock()
        self._closing = threading.RLock()

    @property
    def database(self) -> str:
        """The name to open on the host that `start` gives."""
        if self._server is not None or self._dolt:
            return DATABASE
        return f"{DATABASE}.db" if self._keep is None else self._keep.name

    def start(self) -> Host:
        """Build the database, and give where it is. Raises `OpenError` and other `EngineError`; nothing is left then.

        On ``server`` raises `AlreadyExists` where the database is there and may not be started over.
        """
        if self._closed:
            raise OpenError("The demonstration is closed.")
        try:
            if self._server is not None:
                return self._on_server(self._server)
            return self._on_private_server() if self._dolt else self._in_file()
        except BaseException:
            if self._keep is not None and self._made:
                self._on_close(_remove, self._keep)
            self.close()
            raise

    def close(self) -> None:
        """Stop what was started and remove what was made, but for what is to be kept. Idempotent; from any thread."""
        with self._closing:  # who comes second waits: the program must not end while another thread is still about it
            with self._lock:
                self._closed = True
                undo = self._undo.pop_all()
            undo.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _on_close(self, action: Callable[..., object], *arguments: object) -> None:
        """Have something done at the end; at once where the end has come already, with an error."""
        with self._lock:
            if not self._closed:
                self._undo.callback(action, *arguments)
                return
        action(*arguments)
        raise OpenError("The demonstration was closed while it was built.")

    def _begun(self, begin: Callable[[], T], end: Callable[[T], object]) -> T:
        """Begin something that `close` ends; `close` waits for what is just beginning, and nothing begins after it."""
        with self._lock:
            if self._closed:
                raise OpenError("The demonstration was closed while it was built.")
            begun = begin()
            self._undo.callback(end, begun)
        return begun

    def _directory(self) -> Path:
        return self._begun(lambda: Path(tempfile.mkdtemp(prefix="dolt-tui-demo-")), _remove)

    def _in_file(self) -> Host:
        from ..engine.backends.embedded import driver
        from ..engine.opening import FileHost

        path = self._keep or self._directory() / self.database
        path.touch(exist_ok=False)
        self._made = True
        driver.connect(path, create=True).close()
        host = FileHost(path)
        self._build(host)
        return host

    def _on_private_server(self) -> Host:
        from ..engine.connecting.endpoint import DirectoryServer
        from ..engine.connecting.private_server import PrivateServer, ServerError
        from ..engine.opening import ServerHost

        directory = self._directory()
        data = self._keep or directory / "data"
        data.mkdir()
        self._made = True

        def start(*, wait: bool = True) -> PrivateServer:
            return PrivateServer(data, root_path=directory / "home", wait=wait)

        try:
            # Ended before its directory is removed, also where the program ends while the server is still starting.
            server = self._begun(lambda: start(wait=False), PrivateServer.stop)
            server.wait()
        except ServerError as error:
            raise OpenError(str(error)) from error
        endpoint = DirectoryServer(server, lambda: None, start)
        self._on_close(endpoint.stop)
        host = ServerHost(server.connect_arguments, str(data), endpoint, author=self.author, lasting=True)
        host.create(DATABASE)
        self._build(host)
        return host

    def _on_server(self, target: ServerTarget) -> Host:
        from ..engine.opening import ServerHost, connect

        host = connect(target)
        assert isinstance(host, ServerHost)
        host.author = self.author
        if DATABASE not in host.databases():
            host.create(DATABASE)
            self._build(host)
        elif self._start_over:
            self._build(host, over=True)
        else:
            raise AlreadyExists(f"There is a database {DATABASE} on {host.where} already.")
        return host

    def _build(self, host: Host, *, over: bool = False) -> None:
        from ..engine.opening import Options

        with host.open(self.database, Options(author=self.author)) as repository:
            if over:
                start_over(repository)
            build(repository, self._at, self._clock)


def existing(server: ServerTarget) -> str | None:
    """What a demonstration database on the server holds, counted, for people; None where there is none.

    Reading only. Raises `OpenError`, `ServerLost`.
    """
    from ..engine.opening import Options, connect

    host = connect(server)
    if DATABASE not in host.databases():
        return None
    with host.open(DATABASE, Options(read_only=True)) as repository:
        branch = repository.info.default_branch
        commits = repository.history.count(branch)
        branches = repository.refs.branches(branch)
        dirty = sum(item.dirty for item in branches)
    text = f"{_count(commits, 'commit')} on {branch} and {_count(len(branches) - 1, 'other branch', 'other branches')}"
    return f"{text}; {_count(dirty, 'branch has', 'branches have')} uncommitted changes" if dirty else text


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _remove(path: Path) -> None:
    """Remove a file with what lies beside it, or a directory, also while somebody is still writing there."""
    if path.is_dir():
        for _ in range(5):
            shutil.rmtree(path, ignore_errors=True)
            if not path.exists():
                return
    else:
        for file in (path, path.with_name(f".{path.name}-lock")):
            with suppress(OSError):
                file.unlink()
