"""Giving widgets the keys of the commands that are in effect."""

from __future__ import annotations

from collections.abc import Iterable

from textual.binding import Binding, BindingsMap
from textual.dom import DOMNode

from dolt_tui.ui.commands import Command
from dolt_tui.ui.commands.keymap import current


def bind(node: DOMNode, where: str) -> None:
    """Give a widget the keys of one place, before those that Textual gives it."""
    for key, bindings in _bindings("command", current().of(where)):
        node._bindings.key_to_bindings.setdefault(key, [])[:0] = bindings


def bind_within(node: DOMNode, where: str) -> None:
    """Give a pane the keys that it has while it shows something of one kind, before its own (``check_action``)."""
    for key, bindings in _bindings("within", current().of(where), f", '{where}'"):
        node._bindings.key_to_bindings.setdefault(key, [])[:0] = bindings


def bind_search(node: DOMNode) -> None:
    """Give a pane the keys of a search, before its own: they work while it is searched (``check_action``)."""
    for key, bindings in _bindings("sought", current().searching()):
        node._bindings.key_to_bindings.setdefault(key, [])[:0] = bindings


def _bindings(action: str, commands: Iterable[Command], more: str = "") -> Iterable[tuple[str, list[Binding]]]:
    """Each key with what the screen's ``action`` does with it; ``more`` are further arguments."""
    found = [
        Binding(item.key, f"screen.{action}('{item.id}'{more})", item.short, show=False)
        for item in commands
        if item.key
    ]
    return BindingsMap(found).key_to_bindings.items()
