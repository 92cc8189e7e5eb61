"""What only the statement that creates a table tells, read out of Dolt's own spelling of it.

Dolt puts one column or key on each line, two blanks before it. It tells nowhere else which columns are generated:
``SHOW COLUMNS`` and ``information_schema`` leave their ``Extra`` empty. DoltLite gives back what somebody typed, which
needs another parser: that would be a module beside this one.
"""

from __future__ import annotations

import re

from ..model import SqlStyle
from .literals import quoted_name

VIRTUAL = "VIRTUAL GENERATED"
"""In `ColumnInfo.extra`: computed when it is read, and stored nowhere."""
STORED = "STORED GENERATED"

_NAME = re.compile(r"`((?:[^`]|``)*)`")
_COLUMN = re.compile(r"^  `((?:[^`]|``)*)` (.*?),?$", re.MULTILINE)
_QUOTED = re.compile(r"'(?:[^'\\]|\\.|'')*'|`(?:[^`]|``)*`", re.DOTALL)
_LISTED = r"\((`(?:[^`]|``)*`(?:, ?`(?:[^`]|``)*`)*)\)"
_FOREIGN_KEY = re.compile(
    rf"^  CONSTRAINT `((?:[^`]|``)*)` FOREIGN KEY {_LISTED} REFERENCES `((?:[^`]|``)*)` {_LISTED}", re.MULTILINE
)
_GENERATED = re.compile(r"\bGENERATED ALWAYS AS \(")


def key_of(ddl: str) -> list[str]:
    """The columns of the primary key in the key's order."""
    found = re.search(r"^  PRIMARY KEY \((.*)\),?$", _masked(ddl), re.MULTILINE)
    return [_unquoted(name) for name in _NAME.findall(found[1])] if found else []


def foreign_keys(ddl: str) -> list[tuple[str, tuple[str, ...], str, tuple[str, ...]]]:
    """The foreign keys: name, columns, the table referred to, and its columns; in the statement's order."""
    if "FOREIGN KEY" not in ddl:
        return []
    return [
        (_unquoted(name), _names(columns), _unquoted(referred), _names(others))
        for name, columns, referred, others in _FOREIGN_KEY.findall(_masked(ddl))
    ]


def _names(listed: str) -> tuple[str, ...]:
    return tuple(_unquoted(name) for name in _NAME.findall(listed))


def generated(ddl: str) -> dict[str, str]:
    """The generated columns, each as `VIRTUAL` or `STORED`."""
    if "GENERATED ALWAYS" not in ddl:
        return {}
    found = {}
    for column in _COLUMN.finditer(_masked(ddl)):
        rest = _QUOTED.sub("", column[2])
        clause = _GENERATED.search(rest)
        if clause is not None:
            stored = re.search(r"\bSTORED\b", _behind(rest, clause.end()))
            found[_unquoted(column[1])] = STORED if stored else VIRTUAL
    return found


def moves(table: str, old: str, new: str) -> list[str]:
    """The statements that bring the columns of one definition into the order of another, which ``dolt_patch`` lacks.

    ``table`` is quoted. Columns that only one of them has are none of these statements' business.
    """
    before, after = _definitions(old), _definitions(new)
    common = [name for name in after if name in before]
    place = {name: position for position, name in enumerate(before)}
    stay = _rising([place[name] for name in common])
    order = list(after)
    found = []
    for name in common:
        if place[name] not in stay:
            at = order.index(name)
            where = f"AFTER {quoted_name(order[at - 1], SqlStyle.MYSQL)}" if at else "FIRST"
            found.append(
                f"ALTER TABLE {table} MODIFY COLUMN {quoted_name(name, SqlStyle.MYSQL)} {after[name]} {where};"
            )
    return found


def _definitions(ddl: str) -> dict[str, str]:
    """The columns in their order, each with its definition."""
    return {_unquoted(one[1]): ddl[one.start(2) : one.end(2)] for one in _COLUMN.finditer(_masked(ddl))}


def _rising(numbers: list[int]) -> set[int]:
    """As many of the numbers as can stay where they are: a longest rising run among them."""
    best: list[list[int]] = [[]]
    for number in numbers:
        shorter = [run for run in best if not run or run[-1] < number]
        best.append([*sorted(shorter, key=len)[-1], number])
    return set(sorted(best, key=len)[-1])


def _masked(ddl: str) -> str:
    """The statement with the texts in it crossed out, as long as before: comments and defaults may say anything."""
    return _QUOTED.sub(lambda text: text[0] if text[0][0] == "`" else "x" * len(text[0]), ddl)


def _behind(text: str, start: int) -> str:
    """What follows the parenthesis that closes the one before ``start``."""
    depth = 1
    for position in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[position], 0)
        if not depth:
            return text[position + 1 :]
    return ""


def _unquoted(name: str) -> str:
    return name.replace("``", "`")
