"""Keys of the configuration: which can be given, and where they are named."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from dolt_tui.ui.actions.groups import command_set
from dolt_tui.ui.commands import InvalidKey

KEYS = {
    "commit": "f11",
    "undo": "ctrl+u, f12",
    "progress": "f13",
    "help": "f1",
    "palette": "f2",
    "search.next": "f3",
    "branches.merge": "m",
    "rewrite.rebase": "M",
    "log.new": "e",
    "refresh": "f4",
}

ROOT = Path(__file__).parents[2]


def test_the_declared_keys_are_all_right() -> None:
    found = command_set()
    command_set(KEYS)
    command_set({command.id: command.key for command in found if command.key and "," not in command.key})


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"commit": "d"}, 'commit = "d": this key is that of changes.discard (discard…), in Changes'),
        ({"undo": "d"}, 'undo = "d": this key is that of changes.discard'),
        ({"changes.discard": "c"}, 'changes.discard = "c": this key is that of commit (commit), in Changes'),
        ({"branches.merge": "r"}, 'branches.merge = "r": this key is that of rewrite.rebase (rebase…), in Branches'),
        ({"undo": "f11", "commit": "f11"}, 'commit = "f11": this key is that of undo (undo), everywhere'),
        ({"commit": "esc"}, "leaves and cancels"),
        ({"commit": "return"}, "opens and confirms"),
        ({"commit": "ctrl+q"}, "always quits"),
        ({"commit": "ctrl+m"}, "the same as enter"),
        ({"commit": "f5,j"}, "moves in every list"),
        ({"commit": ","}, "moves in every list"),
        ({"commit": "F5"}, "did you mean f5?"),
        ({"commit": "ctlr+s"}, "there is no such key"),
        ({"commit": "pagedwn"}, "did you mean pagedown?"),
        ({"commit": ""}, "there is no such key"),
        ({"commit": "ctrl+S"}, "write ctrl+shift+s"),
        ({"commit": "shift+k"}, "write K"),
    ],
)
def test_keys_that_cannot_be_given(keys: dict[str, str], reason: str) -> None:
    with pytest.raises(InvalidKey, match=re.escape(reason)):
        command_set(keys)


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        ({"branches.merge": "r", "rewrite.rebase": "M"}, "r"),  # each other's
        ({"help": "f1, ?"}, "f1"),
        ({"undo": "ctrl+u"}, "^u"),
        ({"undo": "alt+/"}, "alt+/"),
        ({"undo": "ctrl++"}, "^+"),
        ({"changes.discard": "n"}, "n"),  # a search's key, while there is none
        ({"commit": "§"}, "§"),
        ({"back": "escape,f3"}, "esc"),
    ],
)
def test_keys_that_can_be_given(keys: dict[str, str], shown: str) -> None:
    assert command_set(keys).key_of(next(iter(keys))) == shown


def test_no_sentence_of_the_interface_has_a_key_in_it() -> None:
    """A key in a sentence is asked for by the id of its command."""
    verbs = "adds|asks|begins|brings|commits|compares|continues|goes|lists|merges|pastes|puts|reads|shows|tries|undoes"
    key = r"(?<![\w'-])([a-zA-Z@]|ctrl\+[a-z]|\^[a-z])"
    named = re.compile(
        rf"{key} (again )?({verbs})\b|{key} (in the \w+ tab|in [A-Z]\w+|on (a|another) )|\bwith (?!a\b){key}(\W|$)"
    )
    for path in sorted((ROOT / "dolt_tui" / "ui").rglob("*.py")):
        tree = ast.parse(path.read_text())
        documented = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
                assert not named.search(node.value), f"{path.name}:{node.lineno}: {node.value}"
