"""Statements during which the connection was lost: they are not repeated automatically for the same state.

A statement may end the server, with all databases and clients on it, or the connection only; and a connection may be
lost by chance. They are told apart by what is known when the same is to be asked again: connections are numbered by
the server from its start on, so a lower number than that of the lost connection means another server.
See engine-facts.md#lost-while-asked.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Hashable
from dataclasses import dataclass

from ..errors import NotAskedAgain

_HEAVY = re.compile(
    r"dolt_(commit_)?diff|dolt_(history|blame|workspace|conflicts)_|dolt_(patch|schema_diff|preview_merge)"
)
"""What compares the rows or definitions of several revisions: Dolt does it in threads that nothing guards."""
_BY_CHANCE = 2
"""So often the connection may be lost while the same is asked, with the server gone each time, before it is blamed."""
_SAME_SERVER = 3
"""The same where the server survives: nobody else is harmed, but it would never stop."""
_KEPT = 200


@dataclass(slots=True)
class _Loss:
    connection: int
    certain: bool
    """The connection had answered just before, and the statement is one of those that may end a server."""
    times: int = 1
    ended: bool = False
    """The server was seen to be another one afterwards."""


class Suspects:
    """The statements that were lost, each with the state that it was about; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lost: dict[Hashable, _Loss] = {}

    def check(self, asked: Hashable, connection: int | None) -> None:
        """Raise `NotAskedAgain` where this must not be asked; ``connection`` is the number of the one it is for."""
        if not self._lost:
            return
        with self._lock:
            loss = self._lost.get(asked)
            if loss is None:
                return
            if connection is not None and connection < loss.connection:
                loss.ended = True
            allowed = 0 if loss.ended and loss.certain else _BY_CHANCE - 1 if loss.ended else _SAME_SERVER - 1
            if loss.times <= allowed:
                return
        raise NotAskedAgain(
            "The server ended during this query." if loss.ended else "The connection was lost during this query."
        )

    def lost(self, asked: Hashable, sql: str, connection: int | None, *, answered: bool) -> None:
        """The connection was lost while this was asked; ``answered`` tells that it had answered just before."""
        with self._lock:
            certain = answered and _HEAVY.search(sql) is not None
            known = self._lost.pop(asked, None)
            loss = _Loss(connection or 0, certain)
            if known is not None:
                loss.times, loss.ended, loss.certain = known.times + 1, known.ended, certain or known.certain
            self._lost[asked] = loss
            while len(self._lost) > _KEPT:
                del self._lost[next(iter(self._lost))]

    def answered(self, asked: Hashable) -> None:
        """This was answered after all."""
        if self._lost:
            with self._lock:
                self._lost.pop(asked, None)

    def pardon(self) -> None:
        """Somebody asks explicitly: all may be asked again but what is certain to have ended a server."""
        with self._lock:
            self._lost = {asked: loss for asked, loss in self._lost.items() if loss.certain and loss.ended}
