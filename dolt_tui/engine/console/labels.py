"""What a statement is called in the list of steps: shortly, and without anything that may be secret."""

from __future__ import annotations

from ..model.traits import SqlStyle
from .effects import effect_of
from .statements import Described, StatementKind
from .words import Words

_OBJECTS = {
    *("TABLE", "VIEW", "INDEX", "TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "DATABASE", "SCHEMA", "USER", "ROLE"),
}
_BETWEEN = {"IF", "NOT", "EXISTS"}
_NEAR = 12
"""So many words are looked at for what is defined: ``CREATE DEFINER = … SQL SECURITY … VIEW`` has some before it."""


def label_of(text: str, described: Described, style: SqlStyle) -> str:
    """A statement in few words: ``UPDATE customers``, ``CREATE TABLE t``, ``CALL dolt_reset``."""
    if described.kind is StatementKind.CALL:
        return _call(text, style)
    if described.kind is StatementKind.DEFINITION:
        return _definition(text, described, style)
    return f"{described.verb} {described.table}".strip()


def _call(text: str, style: SqlStyle) -> str:
    words = Words(text, style)
    at = words.first_code()
    if words[at] == "CALL":
        _, name, _ = words.table_name(at + 1)
        return f"CALL {name}".strip()
    effect = effect_of(words, words[at])
    return f"SELECT {effect.name.lower()}" if effect is not None else words[at]


def _definition(text: str, described: Described, style: SqlStyle) -> str:
    removal = described.removal
    if removal is not None and len(removal.names) > 1:
        return f"{described.verb} TABLE {', '.join(removal.names)}"
    words = Words(text, style)
    at = words.first_code()
    for index in range(at + 1, min(at + _NEAR, len(words))):
        if words[index] in _OBJECTS:
            behind = index + 1
            while words[behind] in _BETWEEN:
                behind += 1
            _, name, _ = words.table_name(behind)
            return f"{described.verb} {words[index]} {name}".strip()
    return described.verb
