"""A wrong declaration of a command is found at the start."""

from __future__ import annotations

import pytest

from dolt_tui.ui.actions.groups import command_set
from dolt_tui.ui.commands import (
    CHANGES,
    EVERYWHERE,
    LOG,
    MAIN,
    UNCOMMITTED,
    CommandSet,
    DeclarationError,
    Footer,
    InvalidKey,
    command,
)


class Nothing:
    @command("nothing", "Q", "nothing", "Do nothing", (CHANGES, LOG))
    def nothing(self) -> None: ...


class SameKey:
    @command("other", "Q", "other", "Do something else", LOG)
    def other(self) -> None: ...


class SameId:
    @command("nothing", "K", "nothing", "Do nothing", MAIN)
    def nothing(self) -> None: ...


class NoWords:
    @command("wordless", "K", "", "")
    def wordless(self) -> None: ...


class Everywhere:
    @command("all", "Q", "all", "Do it everywhere", EVERYWHERE)
    def all(self) -> None: ...


class OfThePane:
    @command("drop", "Q", "drop", "Drop it", MAIN, footer=True)
    def drop(self) -> None: ...

    @command("both", "W", "both", "Do both", MAIN)
    @command("both", "W", "both", "Do both", UNCOMMITTED, footer=True)
    def both(self) -> None: ...


class OfWhatItShows:
    @command("revert", "Q", "revert", "Revert it", UNCOMMITTED, footer=True)
    def revert(self) -> None: ...


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ([Nothing, SameKey], "other and nothing have the same key Q in Log"),
        ([Nothing, SameId], "nothing is declared in two ways"),
        ([NoWords], "wordless has no words"),
    ],
)
def test_a_wrong_declaration_is_found_at_the_start(groups: list[type], message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        CommandSet(groups)


def test_a_pane_may_have_a_key_for_itself_that_means_something_else_everywhere() -> None:
    found = CommandSet([Nothing, Everywhere])
    assert [item.id for item in found.of(CHANGES)] == ["nothing"]
    assert found.keys_of(MAIN) == set()
    with pytest.raises(InvalidKey, match='nothing = "K": this key is that of all'):
        CommandSet([Nothing, Everywhere], {"nothing": "K", "all": "K"})


def test_what_a_pane_shows_may_have_keys_that_go_before_those_of_the_pane() -> None:
    found = CommandSet([OfThePane, OfWhatItShows])
    assert [item.id for item in found.meant(UNCOMMITTED)] == ["both", "revert"]
    assert [item.id for item in found.meant(MAIN)] == ["drop", "both"]
    assert [item.id for item in found.footer(UNCOMMITTED)] == ["both", "revert"]
    assert found.keys_of(UNCOMMITTED) == {"Q", "W"}
    with pytest.raises(InvalidKey, match='revert = "W": this key is that of both'):
        CommandSet([OfThePane, OfWhatItShows], {"revert": "W"})
    with pytest.raises(InvalidKey, match='revert = "K": this key is that of drop'):
        CommandSet([OfThePane, OfWhatItShows], {"drop": "K", "revert": "K"})


class Mixed:
    unread = 0

    def wanted(self) -> Footer:
        return Footer.FIRST if self.unread else Footer.NEVER

    def counted(self) -> str:
        return f"read {self.unread}" if self.unread else ""

    @command("late", "a", "late", "Late", LOG, footer=True, rank=1)
    @command("more", "b", "more", "More", LOG)
    @command("last", "d", "last", "Last", LOG, footer=Footer.LAST)
    @command("main", "e", "main", "Main", LOG, footer=True)
    @command("read", "f", "read", "Read", LOG, footer=wanted, says=counted)
    @command("list", "g", "list", "List", LOG, footer=Footer.NEVER)
    @command("find", "h", "find", "Find", footer=True)
    @command("save", "i", "save", "Save", footer=True, rank=-1)
    @command("undo", "j", "undo", "Undo")
    @command("gone", "e", "gone", "What the pane has the key of", footer=True)
    @command("named", "", "named", "What has no key", footer=True)
    def anything(self) -> None: ...


def test_the_footer_has_what_is_wanted_most_first() -> None:
    found, group = CommandSet([Mixed]), Mixed()

    def shown() -> list[str]:
        return [item.word(group) for item in found.footer(LOG, now=lambda item: item.shown_now(group))]

    assert shown() == ["main", "save", "late", "find", "last", "more", "undo"]
    group.unread = 2
    assert shown()[:3] == ["read 2", "main", "save"]


def test_what_is_in_several_places_says_the_same_of_itself() -> None:
    found = command_set()
    assert len({item.where for item in found if item.id == "tags.new"}) == 3
    assert all(item.writes and item.from_commits for item in found if item.id == "tags.new")
    assert {item.id for item in found if item.waits is False} == {"back", "quit", "resolver.back"}
