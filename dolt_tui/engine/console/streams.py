"""Answers as they arrive, of either engine: rows in the form in which they are kept, and what these mean."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from ..model import ColumnInfo, Value

_HEADER = 4
"""Bytes before each packet: three of them tell its length."""


class RowStream(ABC):
    """The rows of one answer, for whoever is alone with the connection."""

    columns: tuple[ColumnInfo, ...]
    warnings = 0
    """How many the engine has, known when all rows have arrived."""
    more = False
    """Whether another answer follows."""

    @abstractmethod
    def read(self, number: int, rows: list[Any]) -> bool:
        """Add the next rows, at most so many; False at the end. Where it fails, those before are added."""

    def waiting(self) -> int:
        """How many rows, the end among them, are known to have arrived: they can be read without waiting."""
        return 0

    @abstractmethod
    def values(self, row: Any) -> tuple[Value, ...]:
        """What a row means."""

    def value(self, row: Any, column: int) -> Value:
        """What a row has in a column."""
        return self.values(row)[column]

    def may_have(self, block: Sequence[Any], text: str) -> bool:
        """False where surely no row of some has ``text``, which is in lower case, in a value: told at little cost."""
        return True

    @abstractmethod
    def stop(self) -> bool:
        """End it before its end; tells whether the connection can be used afterwards."""


class DoltStream(RowStream):
    """Rows as the packets in which the server sends them."""

    def __init__(self, raw: Any) -> None:
        """``raw`` is a connection of PyMySQL's that was just sent a statement, unbuffered, and answers with rows."""
        from ..backends import dolt_wire  # and with it PyMySQL, which the embedded engine does without

        self._wire = dolt_wire
        self._raw, self._result = raw, raw._result
        self.columns = tuple(map(dolt_wire.column_of, self._result.fields))
        self._decoders = dolt_wire.decoders(self._result.fields)
        self._fields = self._result.fields

    def read(self, number: int, rows: list[Any]) -> bool:
        result, read = self._result, self._raw._read_packet
        if not result.unbuffered_active:
            return False
        for _ in range(number):
            packet = read()
            if packet.is_eof_packet():
                result._check_packet_is_eof(packet)  # which notes the warnings, and whether another answer follows
                self._raw.server_status = int.from_bytes(packet.get_all_data()[3:5], "little")
                self._end()
                return False
            rows.append(packet.get_all_data())
        return True

    def waiting(self) -> int:
        link = self._raw._sock
        if not self._result.unbuffered_active or link is None:
            return 0
        before = link.gettimeout()
        link.settimeout(0)
        try:
            arrived = self._raw._rfile.peek(1)
        except OSError:  # TLS says so where nothing is there
            return 0
        finally:
            link.settimeout(before)
        packets = place = 0
        while place + _HEADER <= len(arrived):
            place += _HEADER + int.from_bytes(arrived[place : place + 3], "little")
            packets += place <= len(arrived)
        return packets

    def _end(self) -> None:
        result = self._result
        result.unbuffered_active, result.connection = False, None
        self.warnings, self.more = result.warning_count, bool(result.has_next)

    def values(self, row: Any) -> tuple[Value, ...]:
        return self._wire.row_of(row, self._decoders)

    def value(self, row: Any, column: int) -> Value:
        return self._wire.value_of(row, column, self._decoders[column])

    def may_have(self, block: Sequence[Any], text: str) -> bool:
        if not self._wire.found_as_sent(self._fields, text):
            return True
        return text in b"\0".join(block).decode("utf-8", "replace").lower()

    def stop(self) -> bool:
        if not self._result.unbuffered_active:
            return True
        # Else PyMySQL would read the rest when nobody refers to the answer any more.
        self._result.unbuffered_active, self._result.connection = False, None
        with suppress(Exception):
            self._raw._force_close()
        return False


class LiteStream(RowStream):
    """Rows of the embedded driver's cursor."""

    def __init__(self, cursor: Any) -> None:
        """``cursor`` has just run a statement that returns rows."""
        self._cursor = cursor
        names = (name for name, *_ in cursor.description)
        self.columns = tuple(ColumnInfo(name, kind) for name, kind in zip(names, cursor.types, strict=True))

    def read(self, number: int, rows: list[Any]) -> bool:
        found = self._cursor.fetchmany(number)
        rows += found
        if len(found) == number:
            return True
        self.stop()
        return False

    def values(self, row: Any) -> tuple[Value, ...]:
        found: tuple[Value, ...] = row
        return found

    def stop(self) -> bool:
        self._cursor.close()
        self._cursor = _Ended()
        return True


class _Ended:
    """A cursor that has given its last row."""

    def fetchmany(self, number: int) -> list[Any]:
        return []

    def close(self) -> None:
        """There is nothing to free."""
