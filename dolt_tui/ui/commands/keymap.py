"""The commands and keys in effect, for sentences; see `dolt_tui.ui.commands.command_set`.

A sentence names a key by `key_of`, or by `with_keys` where it comes from below and holds ``{key:id}``.
"""

from __future__ import annotations

import re

from .command_set import CommandSet

_current: CommandSet | None = None


def use(commands: CommandSet | None) -> None:
    """Let these commands and their keys be in effect."""
    global _current
    _current = commands


def current() -> CommandSet:
    """The commands in effect. Raises RuntimeError before there are any."""
    if _current is None:
        raise RuntimeError("no set of commands is in effect yet")
    return _current


def key_of(id_: str) -> str:
    """The key of a command that is in effect, as people read it."""
    return current().key_of(id_)


def with_keys(text: str) -> str:
    """``text`` with the keys in effect in the place of each ``{key:id}``."""
    return re.sub(r"\{key:([a-z_.]+)\}", lambda match: key_of(match[1]) if match[1] in current() else match[0], text)
