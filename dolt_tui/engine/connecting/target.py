"""What was asked for on the command line, as a frozen value: a server, a directory or a file.

Nothing is opened here but a file's first bytes, and nothing heavy is imported: the command line
asks this module before it imports the program.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from urllib.parse import quote, unquote

from ...frozen import Frozen
from .tls import NOTHING_ASKED, Tls
from .url_options import OptionError, read_options

DOLTLITE_MAGIC = b"CTLD"
"""The first bytes of a DoltLite database."""
SQLITE_MAGIC = b"SQLite format 3\0"
"""The first bytes of a plain SQLite database, which DoltLite would open, and write, as such."""
DEFAULT_PORT = 3306
DEFAULT_HOST = "127.0.0.1"
DEFAULT_USER = "root"
SCHEMES = ("mysql+pymysql", "mysql")

# As SQLAlchemy reads it: a password may hold everything but "@", a user's name everything but ":" and "/".
_URL = re.compile(
    r"(?P<scheme>[^:/]+)://"
    r"(?:(?P<user>[^:/]*)(?::(?P<password>[^@]*))?@)?"
    r"(?:\[(?P<v6>[^\]/?]*)\]|(?P<host>[^/:?@\[\]]*))"
    r"(?::(?P<port>[^/?@]*))?"
    r"(?:/(?P<path>[^?]*))?"
    r"(?:\?(?P<query>.*))?",
    re.DOTALL,
)


class TargetError(Exception):
    """What was asked for cannot be opened; the message is one line for people, without any password."""

    def __init__(self, message: str) -> None:
        # A name may hold anything, and the message goes to a terminal.
        super().__init__("".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in message))


class UrlError(TargetError):
    """A URL makes no sense."""


class ServerTarget(Frozen):
    """A server, with or without a database and a branch of it."""

    user: str = DEFAULT_USER
    password: str = field(default="", repr=False)
    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    database: str | None = None
    branch: str | None = None
    """May hold slashes (``feature/x``); None is the database's default branch."""
    socket: str | None = None
    """A Unix socket; where it is given, host and port are not used."""
    tls: Tls = NOTHING_ASKED
    connect_timeout: int | None = None
    """Seconds to wait for the server's first answer; None: the program's own."""

    @property
    def where(self) -> str:
        """For people: ``root@127.0.0.1:3306``, or the socket's path for the address."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.user}@{self.socket or f'{host}:{self.port}'}"

    def __str__(self) -> str:
        """The URL, without the password."""
        host = quote(self.host, safe=":")
        host = f"[{host}]" if ":" in host else host
        path = "" if self.database is None else "/" + quote(self.database, safe="")
        if self.branch is not None:
            path += "/" + quote(self.branch, safe="/")
        options = [*self.tls.options()]
        if self.socket is not None:
            options.insert(0, ("unix_socket", self.socket))
        if self.connect_timeout is not None:
            options.append(("connect_timeout", str(self.connect_timeout)))
        query = "&".join(f"{quote(key, safe='')}={quote(value, safe='/')}" for key, value in options)
        return f"mysql+pymysql://{quote(self.user, safe='')}@{host}:{self.port}{path}" + (f"?{query}" if query else "")


class ConnectArguments(Frozen):
    """How to log in to a server on this machine; named as PyMySQL's own arguments, but for ``socket``."""

    user: str
    password: str = field(repr=False)
    host: str
    port: int
    socket: str | None = None
    """A Unix socket, faster than host and port; both work."""
    tls: Tls = NOTHING_ASKED


class Secret(bytes):
    """A password as a server wants it, which no log and no traceback shows.

    Not a text: PyMySQL would send that as Latin-1, which most characters are not in.
    """

    def __new__(cls, password: str) -> Secret:
        return super().__new__(cls, password.encode("utf-8", "surrogateescape"))

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__


class DirectoryTarget(Frozen):
    """A directory that is a Dolt database, or that holds some."""

    root: Path
    """Absolute, symbolic links resolved: the directory that a private server would serve."""
    databases: tuple[str, ...]
    """The names that Dolt gives to the databases (those of their directories), sorted, the root's own first."""

    @property
    def database(self) -> str | None:
        """The one to open without asking: the root itself or the only one there is; else None."""
        return self.databases[0] if len(self.databases) == 1 or is_database(self.root) else None

    def __str__(self) -> str:
        return str(self.root)


class FileTarget(Frozen):
    """A DoltLite database file that exists."""

    path: Path
    """Absolute, symbolic links resolved."""

    def __str__(self) -> str:
        return str(self.path)


Target = ServerTarget | DirectoryTarget | FileTarget


def parse_target(text: str, cwd: Path) -> Target:
    """What ``text`` names: a URL, else a path relative to ``cwd`` (empty: ``cwd`` itself).

    Raises UrlError for a URL that cannot be read; TargetError for a missing path, a file that is not DoltLite's,
    and a directory without any Dolt database in it or above it.
    """
    if re.match(r"[^/.~]*://", text):
        return _parse_url(text, cwd)
    try:
        path = (cwd / Path(text or ".").expanduser()).resolve()
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise TargetError(f"{text}: there is no such file or directory") from None
    except (OSError, RuntimeError, ValueError) as error:
        raise TargetError(f"{text!r} cannot be opened: {_reason(error)}") from None
    if stat.S_ISDIR(mode):
        return _find_databases(path)
    if not stat.S_ISREG(mode):
        raise TargetError(f"{text} is neither a file nor a directory")
    return _check_file(path)


def is_database(directory: Path) -> bool:
    """Whether ``directory`` is a Dolt database.

    A ``.dolt`` directory alone does not tell: a home directory has one (the global configuration),
    and so has a directory of databases while a server runs there, and often after it.
    """
    return (directory / ".dolt" / "noms").is_dir()


def _parse_url(text: str, cwd: Path) -> ServerTarget:
    scheme = text.partition("://")[0]
    if scheme not in SCHEMES:
        said = f"{scheme}://" if re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]{0,30}", scheme) else "the URL"
        raise UrlError(f"{said} is not understood: a server is mysql+pymysql://user@host:port/database/branch")
    # No message quotes the URL: it may hold a password.
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        raise UrlError("the URL is not UTF-8 text")
    match = _URL.fullmatch(text)
    if match is None:
        raise UrlError("the URL cannot be read: it should be mysql+pymysql://user:password@host:port/database/branch")
    parts: Mapping[str, str | None] = match.groupdict()
    port = DEFAULT_PORT
    if parts["port"]:
        if not re.fullmatch(r"[0-9]{1,5}", parts["port"], re.ASCII) or not 0 < int(parts["port"]) < 65536:
            raise UrlError(
                "the URL's port must be a number from 1 to 65535 (write an @, : or / in a password as %40, %3A, %2F)"
            )
        port = int(parts["port"])
    try:
        options = read_options(parts["query"] or "", cwd)
    except OptionError as error:
        raise UrlError(f"the URL's options: {error}") from None
    # Dolt splits "database/branch" at the first "/" or "@": engine-facts.md#revision-in-the-name
    database, *branch = re.split("[/@]", unquote(parts["path"] or "").removesuffix("/"), maxsplit=1)
    if branch and not database:
        raise UrlError("the URL names a branch but no database: write /database/branch")
    target = ServerTarget(
        user=unquote(parts["user"] or "") or DEFAULT_USER,
        password=unquote(parts["password"] or ""),
        host=unquote(parts["v6"] or parts["host"] or "") or DEFAULT_HOST,
        port=port,
        database=database or None,
        branch=(branch[0] or None) if branch else None,
        socket=options.socket,
        tls=options.tls,
        connect_timeout=options.connect_timeout,
    )
    if any(sign < " " or sign == "\x7f" for sign in f"{target.user}{target.host}{target.database}{target.branch}"):
        raise UrlError("the URL holds characters that cannot be printed, in its user, host, database or branch")
    return target


def _find_databases(path: Path) -> DirectoryTarget:
    """The database that ``path`` is, else those right below it, else the nearest one above it."""
    if own := _served_from(path):
        return DirectoryTarget(root=path, databases=own)
    for parent in path.parents:
        if is_database(parent):
            return DirectoryTarget(root=parent, databases=_served_from(parent))
    raise TargetError(
        f"{path} holds no Dolt database (looked for .dolt in it, right below it and above it): "
        "make one with `dolt init`, or try `dolt-tui demo`"
    )


def _served_from(directory: Path) -> tuple[str, ...]:
    """The databases that a server in ``directory`` offers: itself first, then its sub-directories, sorted."""
    own = (directory.name,) if is_database(directory) else ()
    try:
        below = sorted(
            entry.name for entry in os.scandir(directory) if entry.is_dir() and is_database(Path(entry.path))
        )
    except OSError as error:
        if own:
            return own
        raise TargetError(f"{directory} cannot be read: {_reason(error)}") from None
    return own + tuple(below)


def _check_file(path: Path) -> FileTarget:
    try:
        with path.open("rb") as file:
            start = file.read(len(SQLITE_MAGIC))
    except OSError as error:
        raise TargetError(f"{path} cannot be read: {_reason(error)}") from None
    if start.startswith(DOLTLITE_MAGIC):
        return FileTarget(path)
    if start == SQLITE_MAGIC:
        raise TargetError(f"{path.name} is a plain SQLite database, not a DoltLite one; dolt-tui leaves it as it is")
    raise TargetError(f"{path.name} is not a DoltLite database" + ("" if start else ": the file is empty"))


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
