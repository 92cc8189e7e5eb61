"""A table's definition in lines. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dolt_tui.ui.present.text import wrap


def definition_lines(ddl: str) -> Sequence[str]:
    """A definition in lines, one for each column or key; DoltLite gives it back as it was typed."""
    if not ddl:
        return ()
    table, *indexes = ddl.split(";\nCREATE ")
    if indexes:  # of DoltLite, each in a statement of its own
        return [*definition_lines(table), *(line for index in indexes for line in definition_lines(f"CREATE {index}"))]
    if "\n" in ddl.strip() or not re.match(r"\s*CREATE\s+TABLE\b", ddl, re.IGNORECASE):
        return [line.rstrip() for line in ddl.splitlines()]
    found, depth, quoted, line = list[str](), 0, "", ""
    for letter in ddl.strip():
        line += letter
        if quoted:
            quoted = "" if letter == quoted else quoted
        elif letter in "'\"`":
            quoted = letter
        elif letter == "(":
            depth += 1
            if depth == 1:
                found, line = [*found, line], "  "
        elif letter == ")":
            depth -= 1
            if depth == 0:
                found, line = [*found, line[:-1].rstrip()], ")"
        elif letter == "," and depth == 1:
            found, line = [*found, line], "  "
        if line == "   ":
            line = "  "
    return [each for each in [*found, line] if each.strip()]


def wrapped(text: str, width: int, *, hanging: int = 0) -> list[str]:
    """A line in lines of ``width`` cells, with its indent before each, and ``hanging`` more from the second on."""
    if not text:
        return []
    indent = text[: len(text) - len(text.lstrip())]
    first, *rest = wrap(text.strip(), width - len(indent) - hanging)
    return [indent + first, *(f"{indent}{'':{hanging}}{part}" for part in rest)]
