"""Encrypted connections to real Dolt servers that demand them, with certificates made here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pexpect
import pymysql
import pytest
import trustme

from dolt_tui.engine import open_repository
from dolt_tui.engine.connecting.password_probe import probe_password
from dolt_tui.engine.connecting.private_server import PrivateServer, free_port
from dolt_tui.engine.connecting.target import ServerTarget, parse_target
from dolt_tui.engine.connecting.tls import Tls, TlsMode, connect_arguments, context
from dolt_tui.engine.console.scanner import Statement
from dolt_tui.engine.errors import AccessDenied, OpenError, ServerLost, TlsFailed

PASSWORD = "grün-пароль"  # what Latin-1 has, and what it has not


@dataclass(frozen=True)
class Secured:
    """A server that demands TLS, with certificates for ``localhost`` alone."""

    port: int
    directory: Path
    """``ca.pem``, ``other.pem`` (an authority that signed nothing), ``client.pem`` and ``stranger.pem``."""

    def target(self, options: str = "", host: str = "localhost") -> ServerTarget:
        found = parse_target(f"mysql://ann:{PASSWORD}@{host}:{self.port}/d?{options}", self.directory)
        assert isinstance(found, ServerTarget)
        return found


@contextmanager
def serve(binary: Path, directory: Path, until: Callable[..., Any], client: bool) -> Iterator[Secured]:
    ca, other = trustme.CA(), trustme.CA()
    ca.cert_pem.write_to_path(directory / "ca.pem")
    other.cert_pem.write_to_path(directory / "other.pem")
    own = ca.issue_cert("localhost")
    own.private_key_pem.write_to_path(directory / "key.pem")
    for number, part in enumerate(own.cert_chain_pems):
        part.write_to_path(directory / "cert.pem", append=number > 0)
    for name, authority in (("client", ca), ("stranger", other)):
        authority.issue_cert(f"{name}@example.com").private_key_and_cert_chain_pem.write_to_path(
            directory / f"{name}.pem"
        )
    port = free_port()
    listener = {
        "host": "127.0.0.1",
        "port": port,
        "socket": str(directory / "s"),
        "tls_key": str(directory / "key.pem"),
        "tls_cert": str(directory / "cert.pem"),
        "require_secure_transport": True,
        "ca_cert": str(directory / "ca.pem"),  # of clients: those who give a certificate
        "require_client_cert": client,
    }
    (directory / "config.yaml").write_text(json.dumps({"log_level": "error", "listener": listener, "data_dir": "."}))
    (directory / "data").mkdir()
    command = [str(binary), "sql-server", "--config", str(directory / "config.yaml")]
    with subprocess.Popen(
        command,
        cwd=directory / "data",
        env=os.environ | {"DOLT_ROOT_HOST": "localhost"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        arguments: dict[str, Any] = {"ssl": context(Tls(cert=str(directory / "client.pem")), TlsMode.REQUIRED)}

        def fill() -> bool:
            assert server.poll() is None
            try:
                connection = pymysql.connect(host="127.0.0.1", port=port, user="root", autocommit=True, **arguments)
            except pymysql.MySQLError:
                return False
            with closing(connection), connection.cursor() as cursor:
                cursor.execute("CREATE DATABASE d")
                cursor.execute("CREATE USER ann IDENTIFIED BY %s", (PASSWORD,))
                cursor.execute("GRANT ALL ON *.* TO ann")
                cursor.execute("CREATE TABLE d.signs (id INT PRIMARY KEY, sign TEXT)")
            return True

        try:
            until(fill, 30)
            yield Secured(port, directory)
        finally:
            server.terminate()
            server.wait(20)


@pytest.fixture(scope="module")
def secured(
    dolt_binary: Path, tmp_path_factory: pytest.TempPathFactory, until: Callable[..., Any]
) -> Iterator[Secured]:
    with serve(dolt_binary, tmp_path_factory.mktemp("tls"), until, client=False) as found:
        yield found


MANY = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)"
    " SELECT a.i, repeat('x', 100) FROM n a JOIN n b ON b.i <= 8"
)
"""Rows that arrive in many pieces."""


def encrypted(target: ServerTarget) -> bool:
    """Whether the connections that are made to a target have TLS; reads and writes with them."""
    with open_repository(target) as repository:
        insert = "REPLACE INTO signs VALUES (?, ?)"
        repository.run("main", [(insert, (1, "\N{SNOW CAPPED MOUNTAIN} grün"))])
        with repository._connections.read("main") as session:
            assert session.rows("SELECT sign FROM signs") == [("\N{SNOW CAPPED MOUNTAIN} grün",)]
            found = session.raw._secure
        result = repository.console.run("main", Statement(MANY, 0, len(MANY))).results[0]
        assert sum(len(row[1]) for row in result.rows()) == 900 * 8 * 100
        assert isinstance(found, bool)
        assert repository.info.encrypted is (found or None)  # this machine: there is nothing to say without it
        return found


@pytest.mark.parametrize(
    "options",
    [
        "ssl-mode=REQUIRED",
        "ssl_mode=preferred",
        "ssl_disabled=false",  # does not switch it off
        "ssl=true&charset=utf8",  # nor does that lose characters
        "ssl-ca=ca.pem",
        "ssl-ca=ca.pem&ssl-mode=VERIFY_CA",
        "ssl-mode=verify_identity&ssl-ca=ca.pem",
        "ssl_ca=ca.pem&ssl_verify_cert=true&ssl_verify_identity=true",
        "ssl-cipher=HIGH",
        "ssl-cert=client.pem",
    ],
)
def test_ways_in(secured: Secured, options: str) -> None:
    assert encrypted(secured.target(options))


@pytest.mark.parametrize(
    ("options", "host", "message"),
    [
        ("", "127.0.0.1", "does not allow connections without TLS"),
        ("ssl_disabled=true", "localhost", "does not allow connections without TLS"),
        ("ssl-ca=other.pem", "localhost", "certificate is not accepted: .*issuer"),
        ("ssl_ca=other.pem&ssl-mode=VERIFY_CA", "localhost", "certificate is not accepted: .*issuer"),
        ("ssl_verify_cert=true", "localhost", "certificate is not accepted: .*issuer"),  # against the system's
        ("ssl_verify_cert=true&ssl_ca=other.pem", "localhost", "certificate is not accepted: .*issuer"),
        ("ssl-ca=ca.pem", "127.0.0.1", "certificate is not accepted: .*not valid for '127.0.0.1'"),
        ("ssl_verify_identity=1&ssl_ca=ca.pem", "127.0.0.1", "certificate is not accepted: .*not valid for"),
        ("ssl-ca=missing.pem", "localhost", "ssl-ca: /.*/missing.pem cannot be read: No such file"),
        ("ssl-ca=key.pem", "localhost", "ssl-ca: /.*/key.pem holds no certificate"),
        ("ssl-capath=missing", "localhost", "ssl-capath: /.*/missing is not a directory"),
        ("ssl-cert=missing.pem", "localhost", "ssl-cert: /.*/missing.pem cannot be read"),
        ("ssl-cert=cert.pem&ssl-key=missing.pem", "localhost", "ssl-key: /.*/missing.pem cannot be read"),
        ("ssl-cert=cert.pem&ssl-key=ca.pem", "localhost", "ssl-cert: .* cannot be used"),
        ("ssl-cipher=nonsense", "localhost", "ssl-cipher: OpenSSL knows none of these ciphers"),
    ],
)
def test_ways_that_are_closed(secured: Secured, options: str, host: str, message: str) -> None:
    with pytest.raises(OpenError, match=message) as caught, open_repository(secured.target(options, host)):
        pass
    assert PASSWORD not in f"{caught.value.message} {caught.value.advice}"


def test_another_name_of_the_host_is_accepted_only_where_that_is_said(secured: Secured) -> None:
    assert encrypted(secured.target("ssl-ca=ca.pem&ssl_check_hostname=false", "127.0.0.1"))


def test_the_password_is_asked_for_over_the_same_connection(secured: Secured) -> None:
    right = secured.target("ssl-ca=ca.pem")
    assert probe_password(right)
    assert not probe_password(replace(right, password="wrong"))
    # What is wrong with the certificate is not taken for a wrong password.
    assert probe_password(replace(secured.target("ssl-ca=other.pem"), password="wrong"))


def test_a_user_who_may_log_in_over_tls_only(secured: Secured) -> None:
    with closing(
        pymysql.connect(
            host="localhost",
            port=secured.port,
            user="root",
            autocommit=True,
            **connect_arguments(secured.target("ssl-ca=ca.pem").tls, "localhost", None),
        )
    ) as connection:
        with connection.cursor() as cursor:
            cursor.execute("CREATE USER sha IDENTIFIED WITH caching_sha2_password BY 'pw'")
            cursor.execute("GRANT ALL ON *.* TO sha")
    target = replace(secured.target("ssl-ca=ca.pem"), user="sha", password="pw")
    assert probe_password(target)
    assert encrypted(target)
    with pytest.raises(AccessDenied) as caught:
        open_repository(replace(target, password="wrong"))
    assert "--ssl-mode" in caught.value.advice


def test_a_server_without_tls(dolt_server: PrivateServer) -> None:
    login = dolt_server.connect_arguments
    target = ServerTarget(login.user, login.password, login.host, login.port, "information_schema")
    with pytest.raises(TlsFailed, match="TLS was asked for, and the server has none") as caught:
        open_repository(replace(target, tls=Tls(TlsMode.REQUIRED)))
    assert "--ssl-mode DISABLED" in caught.value.advice
    assert probe_password(replace(target, tls=Tls(TlsMode.PREFERRED)))


def test_certificates_of_clients(
    dolt_binary: Path, tmp_path_factory: pytest.TempPathFactory, until: Callable[..., Any]
) -> None:
    with serve(dolt_binary, tmp_path_factory.mktemp("tls"), until, client=True) as server:
        assert encrypted(server.target("ssl-ca=ca.pem&ssl-cert=client.pem"))
        for options in ("ssl-ca=ca.pem", "ssl-ca=ca.pem&ssl-cert=stranger.pem"):
            with pytest.raises(TlsFailed, match="does not accept your certificate"):
                open_repository(server.target(options))


def test_a_key_with_a_passphrase_is_refused_without_asking(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        PrivateFormat,
        load_pem_private_key,
    )

    issued = trustme.CA().issue_cert("ann@example.com")
    key = load_pem_private_key(issued.private_key_pem.bytes(), None)
    locked = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    (tmp_path / "key.pem").write_bytes(locked)
    issued.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    tls = Tls(cert=str(tmp_path / "cert.pem"), key=str(tmp_path / "key.pem"))
    with pytest.raises(Exception, match=r"ssl-key: /.*/key.pem is protected by a passphrase"):
        connect_arguments(tls, "db.example.com", None)


@pytest.mark.parametrize(
    ("host", "socket", "tls", "mode"),
    [
        ("127.0.0.1", None, Tls(), "DISABLED"),
        ("LOCALHOST", None, Tls(), "DISABLED"),
        ("::1", None, Tls(), "DISABLED"),
        ("db.example.com", "/tmp/s", Tls(), "DISABLED"),
        ("db.example.com", None, Tls(), "PREFERRED"),
        ("db.example.com", None, Tls(ca="/ca"), "VERIFY_IDENTITY"),
        ("127.0.0.1", None, Tls(capath="/ca"), "VERIFY_IDENTITY"),
        ("127.0.0.1", None, Tls(cert="/c"), "REQUIRED"),
        ("db.example.com", None, Tls(TlsMode.DISABLED), "DISABLED"),
    ],
)
def test_what_nobody_said(host: str, socket: str | None, tls: Tls, mode: str) -> None:
    from dolt_tui.engine.connecting.tls import is_local

    assert tls.resolved(is_local(host, socket)) == mode
    assert not tls.contradiction(is_local(host, socket))


def test_the_program_by_its_options(secured: Secured, environment: Path) -> None:
    """The installed command, in a terminal: the way in, with the header's word for it, and the one that is closed."""
    inherited = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
    inherited |= {"TERM": "xterm-256color", "DOLT_TUI_PASSWORD": PASSWORD}
    url = f"mysql://ann@localhost:{secured.port}/d"
    for file, ending in (("ca.pem", 0), ("other.pem", 1)):
        child: pexpect.spawn[bytes] = pexpect.spawn(
            sys.executable,
            ["-m", "dolt_tui", url, "--ssl-ca", file],
            cwd=secured.directory,
            env=inherited,
            dimensions=(38, 160),
            timeout=30,
        )
        try:
            if ending == 0:
                child.expect(b"TLS")
                child.send("q")
            child.expect(pexpect.EOF)
            child.close()
            assert child.exitstatus == ending
        finally:
            child.close(force=True)
    last = (child.before or b"").decode().strip().rpartition("\n")[2]
    assert "certificate is not accepted" in last
    assert "Name the authority that signed it: --ssl-ca FILE." in last


def test_a_directory_whose_server_demands_it(secured: Secured) -> None:
    """The secret that such a server leaves for this machine's users lets one in with TLS alone."""
    with open_repository(str(secured.directory / "data" / "d")) as repository:
        assert repository.info.encrypted
        assert [table.name for table in repository.tables.tables("main")] == ["signs"]


def test_its_successor_wants_none(
    dolt_binary: Path, tmp_path: Path, until: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the server of a directory ends a private one is started, which has no certificate."""
    monkeypatch.setenv("PATH", f"{dolt_binary.parent}{os.pathsep}{os.environ['PATH']}")
    with ExitStack() as stack:
        with serve(dolt_binary, tmp_path, until, client=False) as found:
            repository = stack.enter_context(open_repository(str(found.directory / "data" / "d")))
            assert repository.info.encrypted

        def works() -> bool:
            try:
                return [table.name for table in repository.tables.tables("main")] == ["signs"]
            except ServerLost:
                return False

        until(works)
        with repository._connections.read("main") as session:
            assert session.scalar("SELECT user()") == "root@localhost"  # that is ours
