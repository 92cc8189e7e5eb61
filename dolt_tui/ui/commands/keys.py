"""Names of keys: Textual's, those that people read, and those that they write into the configuration."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress

from textual.keys import Keys, _character_to_key

from dolt_tui.words import nearest

RESERVED = {
    "escape": "leaves and cancels",
    "enter": "opens and confirms",
    "ctrl+q": "always quits",
    "ctrl+c": "copies",
    "ctrl+i": "is the same as tab to a terminal",
    "ctrl+m": "is the same as enter to a terminal",
    "ctrl+left_square_bracket": "is the same as esc to a terminal",
}
"""Keys that the configuration cannot give to a command, and what they do."""
_OTHER_NAMES = {"esc": "escape", "return": "enter", "del": "delete", "pgup": "pageup", "pgdn": "pagedown"}
_MODIFIERS = {"ctrl", "shift", "alt", "super", "hyper", "meta"}
_NAMES = {key.value for key in Keys if not re.search(r"[+<]|ctrl-", key.value)} - {"return"}
_SIGNS = {_character_to_key(sign): sign for sign in map(chr, range(33, 127))}
_DISPLAY = _SIGNS | {"enter": "⏎", "escape": "esc", "backspace": "⌫"}


class InvalidKey(Exception):
    """A key cannot be given to a command; the message is one line."""


def shown(key: str) -> str:
    """A key as people read it: ``^r`` for ``ctrl+r``, ``/`` for ``slash``."""
    *modifiers, base = key.split("+")
    if (sign := _DISPLAY.get(base)) is None and "_" in base:
        with suppress(KeyError):
            sign = unicodedata.lookup(base.replace("_", " "))
    base = sign or base
    if modifiers == ["ctrl"]:
        return f"^{base}"
    return "+".join([*modifiers, base])


def types_text(key: str) -> bool:
    """Whether a key puts a character into a text."""
    return len(key) == 1 or key in _SIGNS or key == "space"


def split(keys: str) -> list[str]:
    """The keys, separated by commas, of a command or of a text in the configuration file."""
    return [key for key in keys.split(",") if key]


def named(text: str) -> str:
    """What is written in the configuration file, one key or several, by Textual's names."""
    found = [","] if text.strip() == "," else [part.strip() for part in text.split(",")]
    return ",".join(_named(key) for key in found)


def _named(key: str) -> str:
    """A key by Textual's name: ``alt+slash`` for ``alt+/``."""
    modifiers, plus, base = key[:-1].rpartition("+") if len(key) > 1 else ("", "", "")
    base += key[-1:]
    base = _character_to_key(base) if len(base) == 1 else _OTHER_NAMES.get(base.lower(), base)
    return f"{modifiers}{plus}{base}"


def check_name(id_: str, key: str) -> None:
    """Raise `InvalidKey` where there is no such key, or where a terminal would send another name."""
    *modifiers, base = key.split("+")
    if not {*modifiers} <= _MODIFIERS or not _is_key(base):
        lower = key.lower()
        hint = f": did you mean {lower}?" if lower != key and lower in _NAMES else nearest(key, sorted(_NAMES))
        raise InvalidKey(f'{id_} = "{key}": there is no such key{hint}')
    if modifiers and len(base) == 1 and base.isupper():
        raise InvalidKey(f'{id_} = "{key}": write {"+".join(modifiers)}+shift+{base.lower()}')
    if modifiers == ["shift"] and len(base) == 1 and base.isalpha():
        raise InvalidKey(f'{id_} = "{key}": write {base.upper()}')


def _is_key(base: str) -> bool:
    if len(base) == 1:
        return base.isalnum()
    if base in _NAMES:
        return True
    try:
        unicodedata.lookup(base.replace("_", " "))
    except KeyError:
        return base in {_character_to_key(sign) for sign in map(chr, range(32, 127))}
    return base.islower()
