"""From a target to an open repository: the server or file behind it, its databases, and the checks."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import sqlalchemy as sa

from ..frozen import Frozen
from .connecting.endpoint import DirectoryServer, FilePlace
from .connecting.target import ConnectArguments, FileTarget, ServerTarget, Target
from .connecting.tls import NOTHING_ASKED, Tls, TlsError, connect_arguments, is_local
from .core.capabilities import examine
from .core.connections import Connections, Session
from .core.settings import ReadSettings
from .errors import (
    AccessDenied,
    BranchNotFound,
    BranchShadowed,
    DatabaseNotFound,
    EngineError,
    NotDolt,
    OpenError,
    PermissionDenied,
    RefNotFound,
    ServerLost,
)
from .model import Author, RepositoryInfo
from .repository import Repository
from .undo.steps import UndoSettings

if TYPE_CHECKING:
    from .connecting.private_server import PrivateServer

_HIDDEN = frozenset({"information_schema", "mysql", "performance_schema", "sys", "dolt_cluster"})
_HANDSHAKE_SECONDS = 10


class Options(Frozen):
    """How to open: what the command line and the configuration say."""

    branch: str | None = None
    read_only: bool = False
    author: Author | None = None
    undo: UndoSettings = field(default_factory=UndoSettings)
    reading: ReadSettings = field(default_factory=ReadSettings)


class Host(Protocol):
    """Where databases are: a server or a file."""

    where: str

    def databases(self) -> tuple[str, ...]:
        """Their names, sorted."""

    def open(self, database: str, options: Options) -> Repository:
        """Open one of them."""

    def beside(self, database: str) -> Host:
        """The host of another database that is where this one's are."""

    def close(self) -> None:
        """Release what the host holds: a server that was started for it."""


def connect(target: Target, begun: PrivateServer | None = None) -> Host:
    """Reach what the target names; starts a private server for a directory that has none running.

    ``begun`` is such a server that is starting already (`private_server.begin_server`); it belongs to the host then.
    Raises `OpenError` and `ServerLost`; nothing is left running then.
    """
    if isinstance(target, FileTarget):
        return FileHost(target.path)
    if isinstance(target, ServerTarget):
        return ServerHost(
            ConnectArguments(target.user, target.password, target.host, target.port, target.socket),
            target.where,
            tls=target.tls,
            connect_timeout=target.connect_timeout,
        )
    from .connecting.private_server import ServerError, find_running, open_server

    root = target.root
    try:
        found = open_server(root, begun=begun)
    except ServerError as error:
        raise OpenError(str(error)) from error
    endpoint = DirectoryServer(found, lambda: find_running(root), lambda: open_server(root))
    where = str(root).replace(str(Path.home()), "~", 1)
    return ServerHost(
        found.connect_arguments, where, endpoint, offered=target.databases, author=configured_author(root)
    )


@dataclass
class FileHost:
    """A DoltLite file, which is one database."""

    path: Path
    where: str = field(init=False)

    def __post_init__(self) -> None:
        self.where = str(self.path.parent).replace(str(Path.home()), "~", 1)

    def databases(self) -> tuple[str, ...]:
        return (self.path.name,)

    def open(self, database: str, options: Options) -> Repository:
        from .backends.doltlite import DoltLiteDialect
        from .backends.embedded.sqlalchemy_dialect import register

        register()
        path = str(self.path)
        if not self.path.is_file():
            raise DatabaseNotFound(f"{path} does not exist.")

        def url(revision: str | None) -> sa.URL:
            return sa.URL.create("sqlite+doltlite", database=path if revision is None else f"{path}@{revision}")

        dialect = DoltLiteDialect(sa.make_url("sqlite://").get_dialect()().identifier_preparer)
        arguments: dict[str, object] = {"timeout": 5.0}
        if options.read_only:
            arguments["read_only"] = True
        connections = Connections(
            url,
            dialect,
            connect_arguments=lambda: arguments,
            read_only=options.read_only,
            author=options.author,
            endpoint=FilePlace(self.path),
            settings=options.reading,
        )
        try:
            return _open(connections, self.path.name, self.where, "", options, None)
        except BaseException:
            connections.close()
            raise

    def beside(self, database: str) -> Host:
        return FileHost(self.path.with_name(database))

    def close(self) -> None:
        """There is nothing to release."""


@dataclass
class ServerHost:
    """A Dolt server."""

    arguments: ConnectArguments
    where: str
    endpoint: DirectoryServer | None = None
    """The server of a directory, which may move: then its arguments count."""
    offered: tuple[str, ...] = ()
    """The databases of the directory that was asked for; a running server may have others."""
    author: Author | None = None
    lasting: bool = False
    """Whether the server outlives the repositories that are opened on it: somebody else ends it."""
    tls: Tls = NOTHING_ASKED
    connect_timeout: int | None = None

    @property
    def _login(self) -> ConnectArguments:
        return self.endpoint.arguments if self.endpoint is not None else replace(self.arguments, tls=self.tls)

    def _url(self, database: str | None) -> sa.URL:
        login = self._login
        return sa.URL.create(
            "mysql+pymysql",
            username=login.user,
            password=login.password or None,
            host=login.host,
            port=login.port,
            database=database,
            query={"unix_socket": login.socket} if login.socket else {},
        )

    def _connect_arguments(self) -> dict[str, object]:
        from .backends.dolt_values import conversions

        timeout, login = self.connect_timeout or _HANDSHAKE_SECONDS, self._login
        try:
            tls = connect_arguments(login.tls, login.host, login.socket)
        except TlsError as error:
            raise OpenError(f"{error}.") from error
        return {
            "connect_timeout": timeout,
            "read_timeout": timeout,
            "program_name": "dolt-tui",
            "charset": "utf8mb4",  # whatever the URL says: a smaller one loses characters
            "conv": conversions(),
            **tls,
        }

    def _connections(self, database: str | None, options: Options) -> Connections:
        from .backends.dolt import DoltDialect

        def url(revision: str | None) -> sa.URL:
            return self._url(database if revision is None or database is None else f"{database}/{revision}")

        preparer = sa.make_url("mysql+pymysql://").get_dialect()().identifier_preparer
        return Connections(
            url,
            DoltDialect(preparer),
            connect_arguments=self._connect_arguments,
            read_only=options.read_only,
            author=(options.author or self.author) if database else None,  # a new database has its own first commit
            endpoint=self.endpoint,
            settings=options.reading,
        )

    def databases(self) -> tuple[str, ...]:
        with closing(self._connections(None, Options())) as connections, connections.read(None, "databases") as session:
            _identify(session, self.where)
            names = {row[0] for row in session.rows("SHOW DATABASES")}
        names = {name for name in names if name.lower() not in _HIDDEN and "/" not in name}
        if self.offered:
            names &= set(self.offered)
        return tuple(sorted(names))

    def create(self, database: str) -> None:
        """Make a new database, with its first commit. Raises `PermissionDenied`, and what the server refuses."""
        with closing(self._connections(None, Options())) as connections:
            connections.write(
                None,
                lambda session: session.execute(f"CREATE DATABASE {session.dialect.quote(database)}"),
                "new database",
            )

    def open(self, database: str, options: Options) -> Repository:
        connections = self._connections(database, options)
        try:
            server = None if self.lasting else self.endpoint
            return _open(connections, database, self.where, self.arguments.user, options, server)
        except BaseException:
            connections.close()
            raise

    def beside(self, database: str) -> Host:
        return self

    def close(self) -> None:
        if self.endpoint is not None and not self.lasting:
            self.endpoint.stop()


def _encrypted(session: Session) -> bool | None:
    """Whether the connection has TLS; None where it has none and the server is on this machine."""
    raw = session.raw
    if raw.unix_socket:  # which PyMySQL calls secure on its own
        return None
    return True if raw._secure else None if is_local(raw.host, None) else False


def _identify(session: Session, where: str) -> tuple[str, str]:
    """The version of a Dolt server, and the branch that it gives. Raises `NotDolt` for any other."""
    try:
        comment, version, branch = session.rows("SELECT @@version_comment, dolt_version(), active_branch()")[0]
    except (ServerLost, PermissionDenied):
        raise
    except EngineError as error:
        raise NotDolt(f"{where} is a MySQL server, but not Dolt.") from error
    if "dolt" not in str(comment).lower():
        raise NotDolt(f"{where} is a MySQL server, but not Dolt.")
    return str(version), str(branch or "")


def _open(
    connections: Connections, database: str, where: str, user: str, options: Options, server: DirectoryServer | None
) -> Repository:
    encrypted: bool | None = None
    try:
        with connections.read(None, "open") as session:
            if connections.dialect.traits.server:
                version, default = _identify(session, where)
                encrypted = _encrypted(session)
                if default:
                    connections.dialect.capabilities = examine(session.rows, version)
                    connections.dialect.capabilities.check(where)
            else:
                version = str(session.scalar("SELECT dolt_version()")).removeprefix("v")
                if not session.scalar("SELECT count(*) FROM (SELECT 1 FROM dolt_log LIMIT 1)"):
                    raise OpenError(f"{database} is damaged: it has no history.")
                default = str(session.scalar("SELECT active_branch()") or "")
            names = [row[0] for row in session.rows("SELECT name FROM dolt_branches")] if options.branch else []
    except BranchNotFound as error:
        raise OpenError(f"{database} cannot be opened: {error.detail or error.message}") from error
    except DatabaseNotFound as error:
        raise DatabaseNotFound(f"There is no database {database} on {where}.") from error
    if not default:
        raise OpenError(f"{database} is not a Dolt database: it has no branches.")
    branch = _spelt(options.branch, names) if options.branch else default
    info = RepositoryInfo(
        connections.dialect.traits,
        version,
        database,
        where,
        default,
        options.read_only,
        user,
        encrypted,
        connections.dialect.unavailable,
    )
    connections.forget(None)  # engine-facts.md#idle-sessions-use-a-branch
    repository = Repository(connections, info, branch, server, options.undo)
    if options.branch is not None:
        try:
            fingerprint = repository.refs.fingerprint(branch)
        except (BranchNotFound, DatabaseNotFound, RefNotFound, EngineError) as error:
            if isinstance(error, ServerLost | AccessDenied | BranchShadowed):
                raise
            raise BranchNotFound(f"There is no branch {branch} in {database}.", " ") from error
        if fingerprint.branch is None:
            raise BranchNotFound(f"{branch} is not a branch of {database}.", " ")
    return repository


def _spelt(branch: str, names: Sequence[str]) -> str:
    """The branch that is meant: of this name, else the only one whose name differs in upper and lower case alone."""
    alike = [name for name in names if name.lower() == branch.lower()]
    return alike[0] if len(alike) == 1 else branch


def configured_author(directory: Path) -> Author | None:
    """Who Dolt itself would commit as in ``directory``: its own configuration, else the user's."""
    root = Path(os.environ.get("DOLT_ROOT_PATH") or Path.home())
    values: dict[str, str] = {}
    for path in (root / ".dolt" / "config_global.json", directory / ".dolt" / "config.json"):
        with suppress(OSError, ValueError):
            found = json.loads(path.read_text("utf-8"))
            if isinstance(found, dict):
                values.update({str(key): str(value) for key, value in found.items()})
    name, email = values.get("user.name"), values.get("user.email")
    return Author(name, email) if name and email else None
