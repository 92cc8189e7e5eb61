"""Finding a running ``dolt sql-server`` for a directory, or starting and stopping a private one.

A private server leaves the user's directory as it was: its configuration, privileges and socket
lie in a temporary directory of ours, it listens on the loopback interface only, with a password
made up for it, and it ends with the program, however that ends.

Nothing heavy is imported with this module, not even PyMySQL: a server is begun before the interface is imported.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from ...frozen import Frozen
from .target import ConnectArguments
from .tls import NOTHING_ASKED, Tls, TlsMode, connect_arguments

HOST = "127.0.0.1"
LOCAL_USER = "__dolt_local_user__"
"""The user for which a running server writes its secret into ``.dolt/sql-server.info``."""
START_SECONDS = 60.0
"""How long a server may take until it answers; usually it takes a tenth of a second."""
GRACE_SECONDS = 10
"""How long a server may take to end before it is killed."""
ANSWER_SECONDS = 5
"""How long something that listens may take to let us in."""
LOCK_SECONDS = 3.0
"""How long to wait for data that another process holds: it may be a server that is just starting or ending."""
PORT_TRIES = 5

# Its arguments: how often to look whether the server has ended, the temporary directory, the served
# directory's .dolt, "made" where that did not exist before, and the server's command. It lives in a session
# of its own (a ctrl-C in the terminal does not reach it), and standard input is a pipe of which our program
# holds the other end: it ends when we close it, or die. Its standard output tells the server's process id,
# and in the end Dolt's last words.
_SUPERVISOR = """
grace=$1 temporary=$2 dolt=$3 made=$4; shift 4
exec 3<&0 </dev/null
"$@" >"$temporary/log" 2>&1 3<&- &
server=$!
echo "$server"
(
    read -r _ <&3
    trap 'exit 0' TERM
    kill -TERM "$server"
    tries=0
    while kill -0 "$server" 2>/dev/null; do
        tries=$((tries + 1))
        [ "$tries" -le "$grace" ] || kill -KILL "$server"
        sleep 0.05 || sleep 1
    done
) >/dev/null 2>&1 &
reader=$!
wait "$server"
status=$?
kill -TERM "$reader" 2>/dev/null
wait "$reader" 2>/dev/null
read -r info 2>/dev/null <"$dolt/sql-server.info"
case $info in "$server":*) rm -f "$dolt/sql-server.info" ;; esac
[ "$made" = made ] && rmdir "$dolt" 2>/dev/null
tail -n 20 "$temporary/log" 2>/dev/null
rm -rf "$temporary"
exit "$status"
"""


class ServerError(Exception):
    """No server is available; the message is one line for people, with Dolt's own words where it spoke."""


class _LockedError(ServerError):
    """Another process holds the data."""


class _PortTakenError(ServerError):
    """Somebody else was faster to take the port."""


class Running(Frozen):
    """A server that somebody else started, and that answered just now."""

    directory: Path
    """What it serves: the directory that was asked for, or the directory of databases that it lies in."""
    pid: int
    connect_arguments: ConnectArguments


def find_dolt() -> Path:
    """The ``dolt`` program on PATH; raises ServerError where there is none."""
    found = shutil.which("dolt")
    if found is None:
        raise ServerError(
            "dolt is not on PATH: install it (go install github.com/dolthub/dolt/go/cmd/dolt@latest, "
            "brew install dolt) or use `dolt-tui demo`"
        )
    return Path(found)


def find_running(directory: Path) -> Running | None:
    """The server that serves ``directory``, or the directory of databases right above it; None where none answers.

    Dolt leaves ``.dolt/sql-server.info`` behind when it is killed, so only a successful login counts.
    """
    directory = directory.resolve()
    for served in (directory, directory.parent):
        try:
            pid, port, secret = (served / ".dolt" / "sql-server.info").read_text("ascii").strip().split(":", 2)
            arguments = ConnectArguments(LOCAL_USER, secret, HOST, int(port))
            number = int(pid)
        except (OSError, ValueError):
            continue
        if found := _way_in(arguments):
            return Running(served, number, found)
    return None


def begin_server(directory: Path, *, dolt: Path | None = None) -> PrivateServer | None:
    """A private server that is only starting, for `open_server`; whoever asks for it has to stop it.

    None where a server may be running already, or none can be started: `open_server` finds out, and says why.
    """
    directory = directory.resolve()
    if any((served / ".dolt" / "sql-server.info").exists() for served in (directory, directory.parent)):
        return None
    try:
        return PrivateServer(directory, dolt=dolt, wait=False)
    except ServerError:
        return None


def open_server(
    directory: Path, *, dolt: Path | None = None, begun: PrivateServer | None = None
) -> Running | PrivateServer:
    """The running server of ``directory``, or a private one that the caller has to stop: the ``begun`` one, if any.

    Raises ServerError where neither can be had, as when a process that is no server holds the data.
    """
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        if begun is None and (running := find_running(directory)):
            return running
        try:
            if begun is None:
                return PrivateServer(directory, dolt=dolt)
            begun.wait()
            return begun
        except _LockedError as error:
            locked, begun = error, None
        # A server of one database below holds that one only, and cannot be used for its neighbours.
        with contextlib.suppress(OSError):
            for below in sorted(entry for entry in directory.iterdir() if entry.is_dir()):
                if (below / ".dolt" / "sql-server.info").exists() and find_running(below):
                    raise ServerError(f"{locked} (a server runs for {below}: open that directory, or stop the server)")
        # Another program's server may just be starting, and is found then, or ending, and frees the data.
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    raise ServerError(
        f"{locked} (no server that can be used was found in {directory / '.dolt'}: end the other dolt process, "
        "or name its address, as in dolt-tui mysql://root@127.0.0.1:3306)"
    )


class PrivateServer:
    """A ``dolt sql-server`` of our own for one directory, ready when the constructor returns.

    Without ``wait`` it is only starting then, and is not to be used before `wait` returned.
    ``directory`` is a database, a directory of databases, or empty. With ``root_path`` the server uses
    that directory for Dolt's global configuration, made where it is missing, instead of the user's:
    for demonstrations and tests, which need an author for the first commit of ``CREATE DATABASE``.
    Raises ServerError; it says what Dolt said where the server ended on its own.
    """

    def __init__(
        self, directory: Path, *, dolt: Path | None = None, root_path: Path | None = None, wait: bool = True
    ) -> None:
        self.directory = directory.resolve()
        program = (dolt or find_dolt()).absolute()
        if not os.access(program, os.X_OK) or not program.is_file():
            raise ServerError(f"{program} is not a program that can be run")
        self._program = program
        self._environment = environment = os.environ | {"DOLT_DISABLE_EVENT_FLUSH": "1", "DOLT_ROOT_HOST": "localhost"}
        environment["DOLT_ROOT_PASSWORD"] = new_password()
        if root_path is not None:
            write_configuration(root_path)
            environment["DOLT_ROOT_PATH"] = str(root_path.resolve())
        self._stopped = False
        self._start()
        if wait:
            self.wait()

    def wait(self) -> None:
        """Return when the server answers. Raises ServerError; nothing is left running then."""
        for _ in range(PORT_TRIES - 1):
            try:
                self._wait_until_ready()
                return
            except _PortTakenError:
                self._start()
        try:
            self._wait_until_ready()
        except _PortTakenError as error:
            raise ServerError(f"{error} ({PORT_TRIES} ports were tried)") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def alive(self) -> bool:
        """Whether the server still runs."""
        return self._supervisor.poll() is None

    def stop(self) -> None:
        """End the server and remove what it left; returns when it has ended. Doing so again does nothing."""
        self._stopped = True
        assert self._supervisor.stdin is not None
        assert self._supervisor.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._supervisor.stdin.close()
        try:
            self._supervisor.wait(GRACE_SECONDS + 5)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._supervisor.pid, signal.SIGKILL)  # the supervisor, its reader and the server
            self._supervisor.wait()
        self._supervisor.stdout.close()
        shutil.rmtree(self._temporary, ignore_errors=True)

    def _start(self) -> None:
        self._temporary = _temporary_directory()
        path = str(self._temporary / "sql.sock")
        password = self._environment["DOLT_ROOT_PASSWORD"]
        self.connect_arguments = ConnectArguments("root", password, HOST, free_port(), path)
        dolt_directory = self.directory / ".dolt"
        looks = str(int(GRACE_SECONDS / 0.05))
        script = self._temporary / "supervise.sh"
        script.write_text(_SUPERVISOR, "ascii")
        command = [str(self._program), "sql-server", "--config", str(self._write_config())]
        arguments = [
            looks,
            str(self._temporary),
            str(dolt_directory),
            "" if dolt_directory.exists() else "made",
            *command,
        ]
        try:
            self._supervisor = subprocess.Popen(
                ["/bin/sh", str(script), *arguments],
                cwd=self.directory,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                text=True,
                errors="replace",
            )
        except OSError as error:
            shutil.rmtree(self._temporary, ignore_errors=True)
            raise ServerError(f"a Dolt server cannot be started in {self.directory}: {error.strerror}") from None

    def _wait_until_ready(self) -> None:
        """Log in over our own socket, as the port might be somebody else's; raises what Dolt said where it ended."""
        try:
            assert self._supervisor.stdout is not None
            self.pid = int(self._supervisor.stdout.readline())
            deadline = time.monotonic() + START_SECONDS
            while not _answers(self.connect_arguments):
                if not self.alive:
                    raise self._failure()
                if time.monotonic() > deadline:
                    raise ServerError(f"the Dolt server did not answer within {START_SECONDS:.0f} seconds")
                time.sleep(0.01)
        except BaseException as error:
            if self._stopped and not isinstance(error, ServerError):  # by another thread, as the program ends
                error = ServerError(f"the Dolt server for {self.directory} was stopped")
            self.stop()
            raise error

    def _failure(self) -> ServerError:
        assert self._supervisor.stdout is not None
        lines = [line.strip() for line in self._supervisor.stdout.read().splitlines() if line.strip()]
        # The first line says what was started, with which settings; it is no reason.
        said = [line for line in lines if not line.startswith("Starting server with Config")]
        last = said[-1] if said else f"it ended with code {self._supervisor.returncode} and said nothing"
        kind: type[ServerError] = ServerError
        if "is locked by another dolt process" in last:
            kind = _LockedError
        elif last.startswith("Port ") and "already in use" in last:
            kind = _PortTakenError
        return kind(f"the Dolt server for {self.directory} did not start: {last}")

    def _write_config(self) -> Path:
        at = self._temporary
        config = {
            "log_level": "error",
            "listener": {
                "host": HOST,
                "port": self.connect_arguments.port,
                "socket": self.connect_arguments.socket,
            },
            "data_dir": ".",  # the server's own current directory: no path to be escaped or expanded
            "cfg_dir": str(at / "cfg"),
            "privilege_file": str(at / "cfg" / "privileges.db"),
            "branch_control_file": str(at / "cfg" / "branch_control.db"),
        }
        path = at / "config.yaml"
        path.write_text(json.dumps(config, indent=1), "utf-8")  # every JSON is YAML
        return path


def write_configuration(root_path: Path) -> None:
    """Make ``root_path`` a Dolt configuration with an author and without calls home, unless it is one."""
    file = root_path / ".dolt" / "config_global.json"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        settings = {
            "metrics.disabled": "true",
            "versioncheck.disabled": "true",
            "user.name": "dolt-tui",
            "user.email": "dolt-tui@localhost",
        }
        file.write_text(json.dumps(settings), "utf-8")


def new_password() -> str:
    """A password that nobody guesses, as `secrets` makes them, whose import would take longer than all of this."""
    return os.urandom(16).hex()


def free_port() -> int:
    """A port of the loopback interface that is free now; another program may still take it first."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def _temporary_directory() -> Path:
    """A new directory, for this user only, whose path leaves room for a socket's name (104 bytes on macOS)."""
    path = tempfile.mkdtemp(prefix="dolt-tui-")
    if len(os.fsencode(path)) > 90:
        os.rmdir(path)
        path = tempfile.mkdtemp(prefix="dolt-tui-", dir="/tmp")
    return Path(path)


def _answers(arguments: ConnectArguments) -> bool:
    """Whether one can log in."""
    return _way_in(arguments) is not None


def _way_in(arguments: ConnectArguments) -> ConnectArguments | None:
    """How one can log in; None where one cannot. Without TLS, as it is this machine, unless the server demands it."""
    import pymysql

    from ..errors import TlsFailed
    from ..errors.translation import translate

    family = socket.AF_INET if arguments.socket is None else socket.AF_UNIX
    # Our own socket, as PyMySQL leaves one open where nobody listens: engine-facts.md#pymysql-socket-leak
    with socket.socket(family) as link:
        link.settimeout(ANSWER_SECONDS)
        try:
            link.connect(arguments.socket or (arguments.host, arguments.port))
            connection = pymysql.connect(
                user=arguments.user,
                password=arguments.password,
                host=arguments.host,
                port=arguments.port,
                **connect_arguments(arguments.tls, arguments.host, arguments.socket),
                read_timeout=ANSWER_SECONDS,
                write_timeout=ANSWER_SECONDS,
                defer_connect=True,
            )
            connection.connect(link)
            connection.close()
        except Exception as error:  # something else may listen there and say anything at all
            if arguments.tls is NOTHING_ASKED and isinstance(translate(error), TlsFailed):
                return _way_in(replace(arguments, tls=Tls(TlsMode.REQUIRED)))
            return None
    return arguments
