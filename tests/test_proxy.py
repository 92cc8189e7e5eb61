"""The relay that tests break connections with does what it says."""

from __future__ import annotations

import errno
import gc
import socket
from collections.abc import Callable
from typing import Any

import pymysql
import pytest

from dolt_tui.engine.connecting.private_server import PrivateServer
from dolt_tui.engine.connecting.target import ServerTarget

from .proxy import HOST, Proxy, Way, When

Until = Callable[..., Any]
Connect = Callable[..., "pymysql.Connection[Any]"]


@pytest.fixture
def connect(through_proxy: ServerTarget) -> Connect:
    """``connect(seconds)``: a connection that waits so long for each answer."""
    target = through_proxy

    def to(seconds: float = 10) -> pymysql.Connection[Any]:
        return pymysql.connect(
            host=target.host,
            port=target.port,
            user=target.user,
            password=target.password,
            database=target.database,
            ssl_disabled=True,
            autocommit=True,
            connect_timeout=10,
            read_timeout=seconds,
        )

    return to


def ask(connection: pymysql.Connection[Any], sql: str = "SELECT 1") -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return tuple(cursor.fetchall())


def test_it_relays_and_counts(connect: Connect, proxy: Proxy, until: Until) -> None:
    first, second = connect(), connect()
    assert ask(first) == ask(second) == ((1,),)
    assert (proxy.accepted, proxy.open) == (2, 2)
    first.close()
    until(lambda: proxy.open == 1)
    assert proxy.cut() == 1
    with pytest.raises(pymysql.OperationalError):
        ask(second)
    assert proxy.open == 0
    assert ask(connect()) == ((1,),)


def test_it_stalls_swallows_and_delays(connect: Connect, proxy: Proxy) -> None:
    for stop in (proxy.stall, proxy.swallow):
        connection = connect(0.2)
        stop(Way.TO_CLIENT)
        with pytest.raises(pymysql.OperationalError, match="timed out"):
            ask(connection)
        proxy.relay()
    connection = connect()
    proxy.delay(0.01)
    assert ask(connection) == ((1,),)
    proxy.relay()
    assert ask(connection) == ((1,),)


def test_it_tears_an_answer(connect: Connect, proxy: Proxy) -> None:
    connection = connect()
    proxy.tear(100)
    with pytest.raises(pymysql.OperationalError, match="Lost connection"):
        ask(connection, "SELECT repeat('x', 1000)")
    proxy.relay()
    assert ask(connect()) == ((1,),)


def test_it_half_closes(connect: Connect, proxy: Proxy) -> None:
    for way in Way:
        connection = connect()
        proxy.half_close(way)
        with pytest.raises(pymysql.OperationalError):
            ask(connection)


def test_it_refuses(connect: Connect, proxy: Proxy) -> None:
    connection = connect()
    proxy.refuse()
    with socket.socket() as link:  # PyMySQL would leave its own one open
        assert link.connect_ex(("127.0.0.1", proxy.port)) == errno.ECONNREFUSED
    assert ask(connection) == ((1,),)
    proxy.relay()
    assert ask(connect()) == ((1,),)


@pytest.mark.parametrize("when", list(When))
def test_it_cuts_at_a_statement(connect: Connect, proxy: Proxy, until: Until, when: When) -> None:
    connection = connect()
    ask(connection, "CREATE TABLE t (id INTEGER PRIMARY KEY)")
    met = proxy.cut_at("INSERT INTO t", when)
    assert ask(connection) == ((1,),)
    with pytest.raises(pymysql.OperationalError):
        ask(connection, "INSERT INTO t VALUES (1)")
    assert met.is_set()
    until(lambda: ask(connect(), "SELECT count(*) FROM t") == ((int(when is not When.BEFORE),),))


def test_nothing_is_left_open_of_connections_that_come_while_it_closes(dolt_server: PrivateServer) -> None:
    for _ in range(10):
        proxy = Proxy(dolt_server.connect_arguments.port)
        clients = [socket.create_connection((HOST, proxy.port)) for _ in range(20)]
        proxy.close()
        for client in clients:
            client.close()
    gc.collect()  # what is left open is told, and fails the test
