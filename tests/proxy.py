"""A relay on the loopback interface that stands before a server and breaks connections on command.

Every command takes effect before it returns, so a test needs no sleep: what is sent afterwards meets the new state.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import Any, Self, TypeVar

HOST = "127.0.0.1"
T = TypeVar("T")


class Way(StrEnum):
    """A direction of the traffic."""

    TO_SERVER = "to server"
    TO_CLIENT = "to client"


class When(StrEnum):
    """When a connection is cut on which a certain text is sent."""

    BEFORE = "before"
    """The server never gets it."""
    UNSEEN = "unseen"
    """The server gets it, and does not notice that the client is gone."""
    ANSWERED = "answered"
    """The server has answered."""


BOTH = (Way.TO_SERVER, Way.TO_CLIENT)


@dataclass
class _Rule:
    """What happens to bytes of one direction."""

    delay: float = 0.0
    held: bool = False
    swallowed: bool = False


@dataclass
class _At:
    """What happens when a client sends a text."""

    text: bytes
    when: When
    down: bool
    met: threading.Event = field(default_factory=threading.Event)


class Proxy:
    """Relays to ``port``; clients connect to `Proxy.port`. A context manager."""

    def __init__(self, port: int, host: str = HOST) -> None:
        self._server = (host, port)
        self._rules = {way: _Rule() for way in Way}
        self._links: list[_Link] = []
        self._transports: set[asyncio.Transport] = set()
        """All that are open, also those that belong to no link any more."""
        self._tear: int | None = None
        self._cuts: list[_At] = []
        self.accepted = 0
        """How many connections have been made so far."""
        self._loop = asyncio.new_event_loop()
        self._socket = _bound(0)
        self.port: int = self._socket.getsockname()[1]
        self._listener: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._thread.start()
        self._call(self._listen)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def open(self) -> int:
        """How many connections are open."""
        return self._do(lambda: len(self._links))

    # commands

    def delay(self, seconds: float, *ways: Way) -> None:
        """Hand everything over so much later; of both directions where none is named."""
        self._set(ways, delay=seconds)

    def stall(self, *ways: Way) -> None:
        """Hold everything until `relay`: the connections stay open, and nothing comes through them."""
        self._set(ways, held=True)

    def swallow(self, *ways: Way) -> None:
        """Throw everything away."""
        self._set(ways, swallowed=True)

    def tear(self, after: int) -> None:
        """Cut each connection once so many more bytes of answers have come through it."""

        def work() -> None:
            self._tear = after
            for link in self._links:
                link.answered = 0

        self._do(work)

    def cut(self) -> int:
        """Reset every connection; how many there were."""

        def work() -> int:
            links = list(self._links)
            for link in links:
                link.cut()
            return len(links)

        return self._do(work)

    def half_close(self, way: Way) -> None:
        """Say on every connection that no more will come in one direction; the other one stays open."""

        def work() -> None:
            for link in self._links:
                end = link.ends[way]
                if end is not None and end.can_write_eof():
                    link.ended.add(way)
                    end.write_eof()

        self._do(work)

    def cut_at(self, text: str, when: When = When.BEFORE, *, down: bool = False) -> threading.Event:
        """Cut the connection on which ``text`` is sent next, once; ``down``: all of them, and refuse new ones.

        The event is set when that has happened.
        """
        at = _At(text.encode(), when, down)
        self._do(lambda: self._cuts.append(at))
        return at.met

    def refuse(self) -> None:
        """Let no new connection in, as if no server listened."""
        self._call(self._stop_listening)

    def relay(self) -> None:
        """Let everything pass again, what was held first."""

        async def work() -> None:
            for rule in self._rules.values():
                rule.delay, rule.held, rule.swallowed = 0.0, False, False
            self._tear = None
            self._cuts.clear()
            for link in list(self._links):
                link.flush()
            if self._listener is None:
                await self._listen()

        self._call(work)

    def close(self) -> None:
        """Cut everything and end. Idempotent."""
        if self._loop.is_closed():
            return
        self._call(self._end)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._socket.close()
        self._loop.close()

    # within the loop's thread

    async def _end(self) -> None:
        """Let nobody in any more, reset what is open, and wait until all of it is closed."""
        await self._stop_listening()
        for link in list(self._links):
            link.cut()
        # A client may just be let in, and what was to be closed gently may wait for somebody to read it.
        while (others := asyncio.all_tasks() - {asyncio.current_task()}) or self._transports:
            for transport in self._transports:
                transport.abort()
            await asyncio.gather(*others, return_exceptions=True)
            await asyncio.sleep(0)

    async def _listen(self) -> None:
        self._listener = await self._loop.create_server(lambda: _Client(self), sock=self._socket)

    def _met(self, at: _At) -> None:
        if at.down:
            for link in list(self._links):
                if not link.abandoned:
                    link.cut()
            self._going_down = self._loop.create_task(self._go_down(at))
        else:
            at.met.set()

    async def _go_down(self, at: _At) -> None:
        await self._stop_listening()
        at.met.set()

    async def _stop_listening(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            self._loop.remove_reader(self._socket.fileno())
            await asyncio.sleep(0)  # asyncio would leave connections open that it has accepted just now
            listener.close()
            self._socket.close()
            self._socket = _bound(self.port)  # nobody else gets the port

    def _set(self, ways: tuple[Way, ...], **changes: Any) -> None:
        def work() -> None:
            for way in ways or BOTH:
                for name, value in changes.items():
                    setattr(self._rules[way], name, value)

        self._do(work)

    def _do(self, work: Callable[[], T]) -> T:
        async def call() -> T:
            return work()

        return self._call(call)

    def _call(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        return asyncio.run_coroutine_threadsafe(work(), self._loop).result(10)


class _Link:
    """A client's connection and the one to the server that belongs to it."""

    def __init__(self, proxy: Proxy, client: asyncio.Transport) -> None:
        self.proxy = proxy
        self.ends: dict[Way, asyncio.Transport | None] = {Way.TO_CLIENT: client, Way.TO_SERVER: None}
        """Where the bytes of each direction are sent."""
        self.answered = 0
        """Bytes of answers since the last `Proxy.tear`."""
        self._held: dict[Way, list[bytes]] = {Way.TO_CLIENT: [], Way.TO_SERVER: []}
        self._at: _At | None = None
        self.ended: set[Way] = set()
        """The directions in which no more comes."""
        self.abandoned = False
        """Whether the client is cut off, and the server must not notice."""
        proxy._links.append(self)
        self._connecting = proxy._loop.create_task(self._connect())

    async def _connect(self) -> None:
        try:
            server, _ = await self.proxy._loop.create_connection(lambda: _Server(self), *self.proxy._server)
        except OSError:
            self.cut()
            return
        self.ends[Way.TO_SERVER] = server
        if self not in self.proxy._links:
            server.abort()
            return
        self.flush()

    def came(self, way: Way, data: bytes) -> None:
        """Bytes of one direction."""
        rule = self.proxy._rules[way]
        if way is Way.TO_SERVER and self._meets(data):
            return
        if way is Way.TO_CLIENT and self.abandoned:
            return
        if way is Way.TO_CLIENT and self._at is not None:
            self.cut()
            self.proxy._met(self._at)
            return
        if rule.swallowed:
            return
        if rule.delay:
            self.proxy._loop.call_later(rule.delay, self._send, way, data)
        else:
            self._send(way, data)

    def _meets(self, data: bytes) -> bool:
        for at in self.proxy._cuts:
            if at.text in data:
                self.proxy._cuts.remove(at)
                if at.when is When.ANSWERED:
                    self._at = at
                    return False
                if at.when is When.BEFORE:
                    self.cut()
                else:
                    self.abandoned = True
                    self._send(Way.TO_SERVER, data)
                    _reset(self.ends[Way.TO_CLIENT])
                self.proxy._met(at)
                return True
        return False

    def _send(self, way: Way, data: bytes) -> None:
        end = self.ends[way]
        if way in self.ended:
            return
        if self.proxy._rules[way].held or self._held[way] or end is None:
            self._held[way].append(data)
            return
        tear = self.proxy._tear
        if way is Way.TO_CLIENT and tear is not None and self.answered + len(data) >= tear:
            end.write(data[: tear - self.answered])
            self.cut(gently=True)
            return
        self.answered += len(data) if way is Way.TO_CLIENT else 0
        if not end.is_closing():
            end.write(data)

    def flush(self) -> None:
        """Send what was held."""
        for way in Way:
            held, self._held[way] = self._held[way], []
            for data in held:
                self._send(way, data)

    def cut(self, *, gently: bool = False) -> None:
        """End both connections by a reset; ``gently``: what was sent arrives before."""
        self._connecting.cancel()
        for end in self.ends.values():
            if end is None or end.is_closing():
                continue
            if gently:
                end.close()
            else:
                _reset(end)
        if self in self.proxy._links:
            self.proxy._links.remove(self)


class _Client(asyncio.Protocol):
    """The side on which a client connects."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy
        self._link: _Link | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._proxy._transports.add(transport)
        self._proxy.accepted += 1
        self._link = _Link(self._proxy, transport)

    def data_received(self, data: bytes) -> None:
        assert self._link is not None
        self._link.came(Way.TO_SERVER, data)

    def connection_lost(self, error: Exception | None) -> None:
        assert self._link is not None
        self._proxy._transports.discard(self._transport)
        if not self._link.abandoned:
            self._link.cut(gently=True)


class _Server(asyncio.Protocol):
    """The side that connects to the server."""

    def __init__(self, link: _Link) -> None:
        self._link = link

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._link.proxy._transports.add(transport)

    def data_received(self, data: bytes) -> None:
        self._link.came(Way.TO_CLIENT, data)

    def connection_lost(self, error: Exception | None) -> None:
        self._link.proxy._transports.discard(self._transport)
        self._link.cut(gently=True)


def _reset(end: asyncio.Transport | None) -> None:
    """End a connection so that the other side gets an error."""
    assert end is not None
    end.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    end.abort()


def _bound(port: int) -> socket.socket:
    """A socket that has the port (0: any that is free) and does not listen yet."""
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    found.bind((HOST, port))
    return found
