"""A query that is run at two revisions: by which columns its rows are paired, and in which order they come. Pure.

Both sides are sorted by the engine, and compared here: so both have to mean the same order. Text is sorted by its
bytes, whatever its collation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from ..errors import EngineError
from ..model import ColumnInfo
from ..model.traits import SqlStyle
from .statements import StatementKind, describe
from .words import Words

Quoted = Callable[[str], str]
_QUERIES = {"SELECT", "TABLE", "VALUES"}
_OPTIONS = ("enum", "set")
_TEXTS = ("char", "varchar", "text", *_OPTIONS)
_UNSORTED = ("json", "geometry", "vector", "point", "polygon", "linestring")
"""Types whose order, if they have one, is not that of what they look like."""
_GROUP_ENDS = {"HAVING", "ORDER", "LIMIT", "WINDOW", "UNION", "EXCEPT", "INTERSECT", "INTO", "FOR", ""}
_AGGREGATES = {"COUNT", "SUM", "AVG", "MIN", "MAX", "TOTAL", "GROUP_CONCAT", "STDDEV", "VARIANCE", "JSON_ARRAYAGG"}


def query_of(text: str, style: SqlStyle) -> str:
    """The query that can be run at two revisions. Raises `EngineError` with the reason where it is not one."""
    words = Words(text, style)
    if not words:
        raise EngineError("There is no query here.")
    if words.has_several:
        raise EngineError("One query is compared at a time.")
    at = words.first_code()
    verb = words[words.after_common_tables(at)] if words[at] == "WITH" else words[at]
    if verb not in _QUERIES or describe(text, style).kind is not StatementKind.READ:
        raise EngineError(f"Only a query can be compared at two revisions: {verb or 'this'} is not one.")
    if words.find("INTO", at) is not None:
        raise EngineError("A query that writes a file or a variable (INTO) is not compared.")
    return text[words.start(0) : words.end(len(words) - 1)]


def key_of_query(
    query: str, style: SqlStyle, columns: Sequence[str], keys: Mapping[str, Sequence[str]]
) -> tuple[int, ...] | None:
    """The positions of the columns by which rows of a query are paired; None where that is not known.

    ``keys``: the primary keys of tables, by their names in lower case. Those of GROUP BY, or the primary keys of the
    tables that it reads, where they are selected; none at all for a single row of aggregates.
    """
    words = Words(query, style)
    at = words.first_code()
    start = words.after_common_tables(at) if words[at] == "WITH" else at
    if any(words.find(word, start) is not None for word in ("UNION", "EXCEPT", "INTERSECT")):
        return None
    positions: dict[str, int] = {}
    for place, name in enumerate(columns):
        positions.setdefault(name.lower(), place)
    group = words.find("GROUP", start)
    if group is not None and words[group + 1] == "BY":
        return _grouped(words, group + 2, positions, len(columns))
    source = words.find("FROM", start) if words[start] == "SELECT" else start
    if source is None:
        return ()
    if words[start] == "SELECT" and _all_aggregates(words, start + 1, source):
        return ()
    found: list[int] = []
    for index in range(source + 1, len(words)):
        if words.kind(index) is None or words[index] in ("WHERE", "ORDER", "LIMIT"):
            break
        if words[index - 1] in ("FROM", "JOIN", ",", "TABLE", "("):
            _, table, _ = words.table_name(index)
            key = keys.get(table.lower(), ())
            there = [positions.get(name.lower(), -1) for name in key]
            if key and -1 not in there:
                found += [place for place in there if place not in found]
    return tuple(found) or None


def _grouped(words: Words, at: int, positions: Mapping[str, int], width: int) -> tuple[int, ...] | None:
    found = []
    while True:
        item = at
        while words[at] not in _GROUP_ENDS and not (words[at] == "," and words.find(",", at) == at):
            at += 1
        place = _position(words, item, at, positions, width)
        if place is None:
            return None
        found.append(place)
        if words[at] != ",":
            return tuple(dict.fromkeys(found))
        at += 1


def _position(words: Words, start: int, end: int, positions: Mapping[str, int], width: int) -> int | None:
    """The column of the result that an item of GROUP BY is."""
    if end - start == 1 and words.written(start).isdigit():
        number = int(words.written(start))
        return number - 1 if 0 < number <= width else None
    if end - start in (1, 3):  # a name, or one behind a table's
        return positions.get(words.name(end - 1).lower())
    return positions.get(words.text[words.start(start) : words.end(end - 1)].lower())


def _all_aggregates(words: Words, start: int, end: int) -> bool:
    """Whether each selected column is an aggregate, so that there is one row."""
    depth, first, items = 0, True, 0
    for index in range(start, end):
        word = words[index]
        if word == "OVER":
            return False
        if first:
            items += 1
            if word not in _AGGREGATES or words[index + 1] != "(":
                return False
        depth += {"(": 1, ")": -1}.get(word, 0)
        first = word == "," and not depth
    return items > 0


def sortable(column: ColumnInfo) -> bool:
    """Whether rows can be paired by a column."""
    return not column.type.lower().startswith(_UNSORTED)


def ordered(
    query: str,
    columns: Sequence[ColumnInfo],
    key: Sequence[int],
    style: SqlStyle,
    quoted: Quoted,
    *,
    cast: bool = False,
) -> str:
    """The query with its rows in the order of some columns; ``quoted`` quotes a name. Raises `EngineError`.

    ``cast``: the slower way to compare texts by their bytes, which takes every character set.
    """
    names = [column.name.lower() for column in columns]
    # By a plain column Dolt would read an index, and take the first rows of that for those of a LIMIT inside.
    # engine-facts.md#order-around-a-limit
    limited = "LIMIT" in Words(query, style).plain(0)
    terms = []
    for place in key:
        column = columns[place]
        if style is SqlStyle.SQLITE:
            terms.append(f"{place + 1} COLLATE BINARY")
        elif limited or column.type.lower().startswith(_TEXTS):
            if names.count(column.name.lower()) > 1:
                raise EngineError(f"Two columns are called {column.name}: give one of them another name with AS.")
            name, kind = quoted(column.name), column.type.lower()
            if not kind.startswith(_TEXTS):
                terms.append(f"IFNULL({name}, NULL)")
            elif cast or kind.startswith(_OPTIONS):
                terms.append(f"CAST({name} AS BINARY)")
            else:
                terms.append(f"{name} COLLATE utf8mb4_0900_bin")
        else:
            terms.append(str(place + 1))
    order = f" ORDER BY {', '.join(terms)}" if terms else ""
    # The line feed ends a comment at the query's end.
    return f"SELECT * FROM (\n{query}\n) AS q{order}"


def first_rows(query: str) -> str:
    """A statement that gives the columns of a query, and no rows."""
    return f"SELECT * FROM (\n{query}\n) AS q WHERE 1 = 0"


def place_of(values: Sequence[Any]) -> tuple[Any, ...]:
    """Where a row with these values in its key columns stands in the order that `ordered` asks for."""
    return tuple(map(_rank, values))


def _rank(value: Any) -> tuple[int, Any]:
    if value is None:
        return 0, 0
    if isinstance(value, str):
        return 4, _bytes(value)
    if isinstance(value, int | float | Decimal):
        return 1, value
    if isinstance(value, dt.date):  # a datetime is one
        return 2, str(value).encode()
    if isinstance(value, dt.timedelta):
        return 3, value
    return 5, bytes(value)


def _bytes(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # DoltLite stores any bytes
        return b"".join(_byte(letter) for letter in text)


def _byte(letter: str) -> bytes:
    code = ord(letter)
    return bytes([code - 0xDC00]) if 0xDC80 <= code <= 0xDCFF else letter.encode("utf-8", "surrogatepass")
