"""The keys in effect: those of `dolt_tui.ui.commands`, or those that the configuration file gives instead.

Everything that shows or names a key asks here: the footer, the lists of keys, the palette, and every sentence, by
`key_of`, or by `with_keys` where the sentence comes from below and holds ``{key:id}``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations

from textual.binding import Binding, BindingsMap
from textual.dom import DOMNode
from textual.keys import Keys, _character_to_key

from dolt_tui.config import nearest
from dolt_tui.ui.commands import BY_ID, COMMANDS, EVERYWHERE, HEADINGS, Command
from dolt_tui.ui.widgets.grid import Grid

SEARCHING = ("search.next", "search.previous")
"""In a pane that is searched these go before what their keys mean there otherwise."""
_LATE = frozenset({"amend", "stash.now", "ignore"})
"""Commands of a pane that have room in the footer only behind those of every pane."""

_RESERVED = {
    "escape": "leaves and cancels",
    "enter": "opens and confirms",
    "ctrl+q": "always quits",
    "ctrl+c": "copies",
    "ctrl+i": "is the same as tab to a terminal",
    "ctrl+m": "is the same as enter to a terminal",
    "ctrl+left_square_bracket": "is the same as esc to a terminal",
}
_OTHER_NAMES = {"esc": "escape", "return": "enter", "del": "delete", "pgup": "pageup", "pgdn": "pagedown"}
_MODIFIERS = {"ctrl", "shift", "alt", "super", "hyper", "meta"}
_NAMES = {key.value for key in Keys if not re.search(r"[+<]|ctrl-", key.value)} - {"return"}


class KeyTrouble(Exception):
    """A key cannot be given to a command; the message is one line."""


class Keymap:
    """Every command with the key that it has now."""

    def __init__(self, keys: Mapping[str, str] | None = None) -> None:
        """``keys`` gives a key, or several separated by commas, to the ids of commands; see `check`."""
        self._own = {id_: ",".join(_split(text)) for id_, text in (keys or {}).items()}
        self.commands: tuple[Command, ...] = tuple(
            replace(command, key=self._own[command.id], shown="") if command.id in self._own else command
            for command in COMMANDS
        )
        # What has no key is found in the palette.
        palette = next(command.display for command in self.commands if command.id == "palette")
        self.commands = tuple(c if c.key else replace(c, shown=palette) for c in self.commands)
        self._by_id = {command.id: command for command in self.commands}

    def key_of(self, id_: str) -> str:
        """The first key of a command, as people read it; where it has none, how else one gets at it."""
        command = self._by_id[id_]
        return command.display.split(" ")[0] if command.key else f"{command.display} {command.short.rstrip('…')}"

    def bindings(self, where: str) -> list[Binding]:
        """Textual's bindings of the commands of one pane, or of those everywhere."""
        return [
            Binding(command.key, f"screen.command('{command.id}')", command.short, show=False)
            for command in self.commands
            if command.where == where and command.key
        ]

    def footer(self, where: str) -> list[Command]:
        """The commands to show in the footer while a pane has the focus, as far as there is room."""
        taken = self.keys_of(where)
        own = [c for c in self.commands if c.footer and c.where == where]
        everywhere = [c for c in self.commands if c.footer and c.where == EVERYWHERE and c.key not in taken]
        return [*(c for c in own if c.id not in _LATE), *everywhere, *(c for c in own if c.id in _LATE)]

    def keys_of(self, where: str) -> set[str]:
        """The keys that a pane has for itself: what they mean everywhere else they do not mean there."""
        return {key for command in self.commands if command.where == where for key in command.key.split(",") if key}

    def check(self) -> None:
        """Raise `KeyTrouble` for a key that does not exist, that is not to be had, or that would mean two things."""
        moves = BindingsMap(Grid.BINDINGS).key_to_bindings
        for id_, text in self._own.items():
            for key in text.split(","):
                _check_name(id_, key)
                if key in _RESERVED and key not in BY_ID[id_].key.split(","):
                    raise KeyTrouble(f'{id_} = "{key}": this key {_RESERVED[key]}, everywhere')
                if key in moves:
                    raise KeyTrouble(f'{id_} = "{key}": with this key one moves in every list and table')
        for key, first, second in self._clashes():
            one, two = (first, second) if first.id in self._own else (second, first)
            place = HEADINGS[first.where if second.where == EVERYWHERE else second.where]
            raise KeyTrouble(f'{one.id} = "{key}": this key is that of {two.id} ({two.short}), {place}')

    def _clashes(self) -> Iterator[tuple[str, Command, Command]]:
        defaults = {(command.id, key) for command in COMMANDS for key in command.key.split(",")}
        for first, second in combinations(self.commands, 2):
            same = first.where == second.where
            if first.id == second.id or not (same or EVERYWHERE in (first.where, second.where)):
                continue
            for key in {*first.key.split(",")} & {*second.key.split(",")} - {""}:
                # A pane may have a key for itself; the configuration does not take one away unseen.
                declared = {(first.id, key), (second.id, key)} <= defaults
                if same or not (declared or {first.id, second.id} & {*SEARCHING}):
                    yield key, first, second


def _split(text: str) -> list[str]:
    """The keys in a text, by Textual's names."""
    found = [","] if text.strip() == "," else [part.strip() for part in text.split(",")]
    return [_named(key) for key in found]


def _named(key: str) -> str:
    """A key by Textual's name: ``alt+slash`` for ``alt+/``."""
    modifiers, plus, base = key[:-1].rpartition("+") if len(key) > 1 else ("", "", "")
    base += key[-1:]
    base = _character_to_key(base) if len(base) == 1 else _OTHER_NAMES.get(base.lower(), base)
    return f"{modifiers}{plus}{base}"


def _check_name(id_: str, key: str) -> None:
    *modifiers, base = key.split("+")
    trouble = ""
    if not {*modifiers} <= _MODIFIERS or not _is_key(base):
        lower = key.lower()
        trouble = f": did you mean {lower}?" if lower != key and lower in _NAMES else nearest(key, sorted(_NAMES))
        raise KeyTrouble(f'{id_} = "{key}": there is no such key{trouble}')
    if modifiers and len(base) == 1 and base.isupper():
        raise KeyTrouble(f'{id_} = "{key}": write {"+".join(modifiers)}+shift+{base.lower()}')
    if modifiers == ["shift"] and len(base) == 1 and base.isalpha():
        raise KeyTrouble(f'{id_} = "{key}": write {base.upper()}')


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


_current = Keymap()


def use(keys: Mapping[str, str] | None) -> None:
    """Let the keys of the configuration be in effect."""
    global _current
    _current = Keymap(keys)


def current() -> Keymap:
    """The keys in effect."""
    return _current


def key_of(id_: str) -> str:
    """The key of a command that is in effect, as people read it."""
    return _current.key_of(id_)


def with_keys(text: str) -> str:
    """``text`` with the keys in effect in the place of each ``{key:id}``."""
    return re.sub(r"\{key:([a-z_.]+)\}", lambda match: key_of(match[1]) if match[1] in BY_ID else match[0], text)


def bind(node: DOMNode, where: str) -> None:
    """Give a widget the keys of one place."""
    for key, bindings in BindingsMap(_current.bindings(where)).key_to_bindings.items():
        node._bindings.key_to_bindings.setdefault(key, []).extend(bindings)


def bind_search(node: DOMNode) -> None:
    """Give a pane the keys of a search, before its own: they work while it is searched (``check_action``)."""
    for id_ in SEARCHING:
        command = _current._by_id[id_]
        if command.key:
            for key, bindings in BindingsMap(
                [Binding(command.key, f"screen.sought('{id_}')", command.short, show=False)]
            ).key_to_bindings.items():
                node._bindings.key_to_bindings.setdefault(key, [])[:0] = bindings
