"""Every key of lazygit, VisiData and vim does something in a pane, or says what does it here."""

from __future__ import annotations

import re

import pytest
from textual.binding import BindingsMap

from dolt_tui.ui.actions.groups import command_set
from dolt_tui.ui.commands import (
    BRANCHES,
    CHANGES,
    CONFLICT_ROWS,
    EVERYWHERE,
    LOG,
    MAIN,
    QUERIES,
    REFLOG,
    REMOTES,
    RESOLVER,
    RESULT,
    STASHES,
    SUMMARY,
    TABLES,
    TAGS,
    UNCOMMITTED,
    foreign_keys,
)
from dolt_tui.ui.commands.foreign_keys import foreign
from dolt_tui.ui.commands.keys import named, split
from dolt_tui.ui.widgets.grid import Grid

EVERY_PANEL = (
    "ctrl+r pgup pgdn @ } { : ctrl+p m R + _ ? ctrl+s W ctrl+e ctrl+w z ctrl+z P p , . < > v shift+down shift+up"
    " / H L ] [ 1 2 3 4 5 0 q esc enter tab j k h l J K n N"
)
LAZYGIT = {
    CHANGES: "ctrl+o space ctrl+b y c w A C ctrl+f e o i r s S a enter d g D ` ctrl+t M f /",
    BRANCHES: "ctrl+o i space n o O ctrl+y c F d r M f T s g R u w enter",
    REMOTES: "ctrl+o space n M r d u s g w enter f e",
    TAGS: "space d P n g w enter ctrl+o",
    LOG: "ctrl+o ctrl+r b s f r R d e i p F S ctrl+j ctrl+k V B A a t T ctrl+l w space y o n g C ctrl+t enter",
    REFLOG: "ctrl+o w space y o n g C ctrl+r ctrl+t enter",
    STASHES: "space g d n r w enter",
    UNCOMMITTED: "v a ctrl+o o e esc tab space d E c w C",
    MAIN: "ctrl+o c d o e ctrl+t space a enter ` y w n g C",
    CONFLICT_ROWS: "e o z M space b esc left right up down",
}
"""Its keys by panel; those that every panel has are apart."""
VISIDATA = (
    "h j k l G g < > { } c r / ? n N ! ~ # % $ @ ^ _ - + = ; : * ' i [ ] ( ) H J K L , | \\ s t u \" a d x y p P z e f"
    " A E F I M W T S C O D U R & . V v q Q Z Y m o space enter ctrl+s ctrl+r ctrl+h ctrl+z ctrl+p ctrl+x ctrl+d"
    " ctrl+u ctrl+t ctrl+l ctrl+o ctrl+y ctrl+e ctrl+f ctrl+b ctrl+g ctrl+a ctrl+n"
)
VIM = (
    "a b c d e f g h i j k l m n o p q r s t u v w x y z A B C D E F G H I J K L M N O P Q R S T U V W X Y Z"
    " 0 1 2 3 4 5 6 7 8 9 ^ $ | % ( ) { } [ ] + - _ , ; . ~ & = < > ! : / ? * # @ \" ' ` ctrl+a ctrl+b ctrl+d ctrl+e"
    " ctrl+f ctrl+g ctrl+l ctrl+n ctrl+o ctrl+p ctrl+r ctrl+t ctrl+u ctrl+v ctrl+w ctrl+x ctrl+y ctrl+z ctrl+] space"
    " backspace"
)
MOVES = {*BindingsMap(Grid.BINDINGS).key_to_bindings, *Grid.FREE, "g"}
COMMANDS = command_set()
PANES = (*LAZYGIT, QUERIES, RESULT, SUMMARY, TABLES)


def bound(place: str) -> set[str]:
    """The keys that do something in a pane."""
    shared = RESOLVER if place == CONFLICT_ROWS else EVERYWHERE
    return MOVES | COMMANDS.keys_of(place) | {key for item in COMMANDS.of(shared) for key in split(item.key)}


@pytest.mark.parametrize("place", PANES)
def test_no_key_that_people_bring_along_is_silent(place: str) -> None:
    theirs = [named(key) for key in f"{EVERY_PANEL} {LAZYGIT.get(place, '')} {VISIDATA} {VIM}".split()]
    dead = [key for key in theirs if key not in bound(place) and not foreign(place, key)]
    assert not dead


@pytest.mark.parametrize("place", PANES)
def test_what_a_key_is_elsewhere_names_keys_that_are_there(place: str) -> None:
    said = [foreign(place, key) for key in (*foreign_keys._BY_NAME[place], *foreign_keys._BY_NAME[""])]
    assert all(id_ in COMMANDS for text in said for id_ in re.findall(r"\{key:([a-z_.]+)\}", text))


def test_a_key_says_which_program_it_is_from_and_what_does_it_here() -> None:
    assert foreign(LOG, "d") == "d is dropping a commit in lazygit: {key:rewrite.interactive} does that"
    assert foreign(TABLES, "grave_accent").startswith("` is a mark in vim: ")
    assert foreign(RESULT, "circumflex_accent") == ""
    assert foreign(UNCOMMITTED, "w") == foreign(MAIN, "w") != ""
