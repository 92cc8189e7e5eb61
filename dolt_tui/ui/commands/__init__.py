"""Commands: each is declared once, on the method that carries it out; a set of them has the keys in effect."""

from .command import (
    BRANCHES,
    CHANGES,
    EVERYWHERE,
    HEADINGS,
    LOG,
    MAIN,
    REFLOG,
    REMOTES,
    STASHES,
    SUMMARY,
    TABLES,
    TAGS,
    Command,
    Footer,
    OutOfPlace,
    command,
)
from .command_set import MOVES, CommandSet, DeclarationError
from .keys import InvalidKey

__all__ = [
    "BRANCHES",
    "CHANGES",
    "EVERYWHERE",
    "HEADINGS",
    "LOG",
    "MAIN",
    "MOVES",
    "REFLOG",
    "REMOTES",
    "STASHES",
    "SUMMARY",
    "TABLES",
    "TAGS",
    "Command",
    "CommandSet",
    "DeclarationError",
    "Footer",
    "InvalidKey",
    "OutOfPlace",
    "command",
]
