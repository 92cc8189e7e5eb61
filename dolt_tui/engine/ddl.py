"""What only the statement that creates a table tells, read out of Dolt's own spelling of it.

Dolt puts one column or key on each line, two blanks before it. It tells nowhere else which columns are generated:
``SHOW COLUMNS`` and ``information_schema`` leave their ``Extra`` empty.
"""

from __future__ import annotations

import re

VIRTUAL = "VIRTUAL GENERATED"
"""In `ColumnInfo.extra`: computed when it is read, and stored nowhere."""
STORED = "STORED GENERATED"

_NAME = re.compile(r"`((?:[^`]|``)*)`")
_COLUMN = re.compile(r"^  `((?:[^`]|``)*)` ", re.MULTILINE)
_QUOTED = re.compile(r"'(?:[^'\\]|\\.|'')*'|`(?:[^`]|``)*`|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
_GENERATED = re.compile(r"\bGENERATED ALWAYS AS \(")


def key_of(ddl: str) -> list[str]:
    """The columns of the primary key in the key's order."""
    found = re.search(r"^  PRIMARY KEY \((.*)\),?$", ddl, re.MULTILINE)
    return [_unquoted(name) for name in _NAME.findall(found[1])] if found else []


def generated(ddl: str) -> dict[str, str]:
    """The generated columns, each as `VIRTUAL` or `STORED`."""
    if "GENERATED ALWAYS" not in ddl:
        return {}
    ddl = _QUOTED.sub(lambda text: text[0] if text[0][0] == "`" else "", ddl)  # comments and defaults say anything
    found = {}
    starts = [*_COLUMN.finditer(ddl)]
    for position, start in enumerate(starts):
        end = starts[position + 1].start() if position + 1 < len(starts) else len(ddl)
        rest = _QUOTED.sub("", ddl[start.end() : end])
        clause = _GENERATED.search(rest)
        if clause is not None:
            behind = _behind(rest, clause.end())
            found[_unquoted(start[1])] = STORED if re.match(r"[^,\n]*\bSTORED\b", behind) else VIRTUAL
    return found


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
