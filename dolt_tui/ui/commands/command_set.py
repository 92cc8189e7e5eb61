"""All commands of a program, with the keys that they have now: made once at the start, and checked.

Everything that shows or names a key asks the set: the footer, the list of keys, the palette, the README, and every
sentence (`dolt_tui.ui.commands.keymap`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from .command import EVERYWHERE, HEADINGS, WITHIN, Command, Footer, declared, parts_of
from .keys import RESERVED, InvalidKey, check_name, named, shown, split, types_text

if TYPE_CHECKING:
    from .finding import Entry

MOVES: tuple[tuple[str, str], ...] = (
    ("j k ↓ ↑", "Move"),
    ("h l ← →", "Sideways by column; from cell to cell in rows"),
    ("< >", "Top, bottom (g g, G, home, end)"),
    (", .", "Page up, page down (^b, ^f, page keys)"),
    ("^u ^d", "Half a page up, half a page down"),
    ("H M L", "First, middle, last row in view, where they mean nothing else"),
    ("^ $", "First, last column"),
    ("shift+↓ ↑", "Select a range of rows"),
)
"""Keys that every list and table has, which are no commands."""
PALETTE = "palette"
"""The command that finds those without a key."""


class DeclarationError(Exception):
    """A command is declared wrongly: the message names it."""


class CommandSet:
    """The commands of some groups of actions, in the order in which they are listed.

    ``keys`` are those of the configuration: a key, or several separated by commas, by the id of a command. ``moves``
    are the keys that lists and tables have. Raises `DeclarationError`, and `InvalidKey` for a key of the
    configuration that does not exist, that cannot be given, or that would mean two things.
    """

    def __init__(
        self, groups: Iterable[type[Any]], keys: Mapping[str, str] | None = None, *, moves: Collection[str] = ()
    ) -> None:
        self.groups = tuple(dict.fromkeys(groups))
        own = {id_: named(text) for id_, text in (keys or {}).items()}
        found = [replace(item, group=group) for group in self.groups for item in declared(group)]
        found.sort(key=lambda item: item.rank)
        self._declared = tuple(found)
        _check_declarations(self._declared)
        self._own = own
        self.commands: tuple[Command, ...] = tuple(
            replace(item, key=own[item.id], shown="") if item.id in own else item for item in self._declared
        )
        self._by_id = {item.id: item for item in reversed(self.commands)}
        self._in: dict[str, list[Command]] = {place: [] for place in HEADINGS}
        for item in self.commands:
            self._in.setdefault(item.where, []).append(item)
        self._check_keys(moves)
        self.used: list[tuple[str, str]] = []
        """The keys of the entries that were chosen in the palette, the latest first."""

    def __iter__(self) -> Iterator[Command]:
        return iter(self.commands)

    def __contains__(self, id_: object) -> bool:
        return id_ in self._by_id

    def __getitem__(self, id_: str) -> Command:
        return self._by_id[id_]

    @property
    def ids(self) -> list[str]:
        """The ids of all commands, each once."""
        return list(dict.fromkeys(item.id for item in self.commands))

    def of(self, place: str) -> list[Command]:
        """The commands of one pane or screen, or those everywhere, in order."""
        return self._in.get(place, [])

    def meant(self, place: str) -> list[Command]:
        """The commands that the keys of a place mean: its own, then those of the pane that it is a part of."""
        own = self.of(place)
        if place not in WITHIN:
            return own
        ids, keys = {item.id for item in own}, {key for item in own for key in split(item.key)}
        return own + [
            item for item in self.meant(WITHIN[place]) if item.id not in ids and not keys & {*split(item.key)}
        ]

    def entering(self, place: str) -> Command | None:
        """What a double-click on a row of a pane runs: what is declared with ``enter``, whichever keys it has now."""
        found = (item for part in parts_of(place) for item in self._declared if item.where == part)
        return next((item for item in found if "enter" in split(item.key)), None)

    def searching(self) -> list[Command]:
        """The commands whose keys go before all others in a pane that is being searched."""
        return [item for item in self.commands if item.searching]

    # keys

    def display(self, item: Command) -> str:
        """The keys of a command for people; ``palette`` for one that only the palette offers."""
        return item.shown or " ".join(map(shown, split(item.key))) or "palette"

    def keys_text(self, item: Command) -> str:
        """The keys of a command for a list of all: in the footer one may stand for two, J for J K."""
        own = split(item.key)
        return item.shown if 0 < len(item.shown.split()) <= len(own) else " ".join(map(shown, own))

    def key_of(self, id_: str, *, typed: bool = False) -> str:
        """The first key of a command, as people read it; where it has none, how to find it in the palette.

        ``typed``: the first one that works while text is typed, where there is one.
        """
        item = self._by_id[id_]
        if typed and (keys := [key for key in split(item.key) if not types_text(key)]):
            return shown(keys[0])
        if item.key or item.id == PALETTE or PALETTE not in self._by_id:
            return self.display(item).split(" ")[0]
        return f"{self.key_of(PALETTE)} {item.short.rstrip('…')}"

    def keys_of(self, place: str) -> set[str]:
        """The keys that a pane has for itself: what they mean everywhere else they do not mean there."""
        return {key for item in self.meant(place) for key in split(item.key)}

    # lists

    @cached_property
    def entries(self) -> list[Entry]:
        """All commands as the palette lists them."""
        from .finding import entries  # only now: the program starts without

        return entries(self.commands)

    def footer(
        self,
        place: str,
        *,
        typed: bool = False,
        shared: str = EVERYWHERE,
        now: Callable[[Command], Footer] = attrgetter("footer"),
    ) -> list[Command]:
        """The commands for the footer while a pane has the focus, the most useful ones first, as far as there is room.

        A pane's own commands go first, then those that every pane has; of both those with a high rank go last.
        ``typed``: text is typed there, so that letters mean nothing else. ``shared`` is where those are declared that
        every pane of the screen has. ``now`` tells which ones are shown.
        """
        taken, own = self.keys_of(place), self.meant(place)
        everywhere = [item for item in self.of(shared) if not taken & {*split(item.key)}] if place != shared else []
        if typed:
            everywhere = [item for item in everywhere if not all(map(types_text, split(item.key)))]
        found = []
        for everyones, items in enumerate((own, everywhere)):
            for item in items:
                footer = now(item) if item.key else Footer.NEVER
                if footer is not Footer.NEVER:
                    late = footer is Footer.YES and item.rank > -everyones
                    found.append((-footer.value, late, everyones, item))
        found.sort(key=lambda entry: entry[:3])
        return [item for *_, item in found]

    def markdown(self) -> str:
        """The table of keys for the README."""
        lines = ["| Where | Key | What it does | Id |", "|---|---|---|---|"]
        for place, items in self._in.items():
            heading = place_name(place)
            for item in items:
                keys = (self.keys_text(item) or PALETTE).replace("|", chr(92) + "|")
                lines.append(f"| {heading} | `{keys}` | {item.title} | `{item.id}` |")
        lines += [f"| lists and tables | `{keys}` | {what} | |" for keys, what in MOVES]
        return "\n".join(lines) + "\n"

    # checks

    def _check_keys(self, moves: Collection[str]) -> None:
        """Raise `InvalidKey` for a key of the configuration that cannot be given."""
        for id_, text in self._own.items():
            if id_ not in self._by_id:
                continue  # said with the nearest name by `Config.check_keys`
            before = {key for item in self._declared if item.id == id_ for key in split(item.key)}
            for key in text.split(","):
                check_name(id_, key)
                if key in RESERVED and key not in before:
                    raise InvalidKey(f'{id_} = "{key}": this key {RESERVED[key]}, everywhere')
                if key in moves:
                    raise InvalidKey(f'{id_} = "{key}": this key moves in every list and table')
        for key, place, first, second in self._clashes():
            one, two = (first, second) if first.id in self._own else (second, first)
            raise InvalidKey(f'{one.id} = "{key}": this key is that of {two.id} ({two.short}), {_heading(place)}')

    def _clashes(self) -> Iterator[tuple[str, str, Command, Command]]:
        """Keys that the configuration would let mean two things, with their places and commands."""
        for place, items in self._in.items():
            here: dict[str, Command] = {}
            outer = [*self.of(EVERYWHERE), *(self.meant(WITHIN[place]) if place in WITHIN else ())]
            behind = {key: item for item in outer for key in split(item.key)}
            for item in items:
                for key in split(item.key):
                    first = here.setdefault(key, item)
                    if first.id != item.id:
                        yield key, place, first, item
                    other = behind.get(key)
                    if place == EVERYWHERE or other is None or item.searching or other.searching:
                        continue
                    # A pane may declare a key of its own; the configuration does not take one away unseen.
                    if other.id != item.id and not (self._stayed(key, item) and self._stayed(key, other)):
                        yield key, place, item, other

    def _stayed(self, key: str, item: Command) -> bool:
        """Whether a command was declared with a key that it has now."""
        return any(other.id == item.id and key in split(other.key) for other in self._declared)


def place_name(place: str) -> str:
    """A place as a name: Log, main pane."""
    return _heading(place).removeprefix("in the ").removeprefix("in ")


def place_heading(place: str) -> str:
    """A place as a heading: In Log, In the main pane."""
    found = _heading(place)
    return found[:1].upper() + found[1:]


def _heading(place: str) -> str:
    return HEADINGS.get(place, f"in {place}")


def _check_declarations(commands: Iterable[Command]) -> None:
    """Raise `DeclarationError` where a command is declared twice, in two ways, or with a key that is another's."""
    first: dict[str, Command] = {}
    placed: set[tuple[str, str]] = set()
    keys: dict[tuple[str, str], Command] = {}
    for item in commands:
        known = first.setdefault(item.id, item)
        if _facts(known) != _facts(item):
            raise DeclarationError(f"{item.id} is declared in two ways: for {known.where}, and for {item.where}")
        if not item.short or not item.title:
            raise DeclarationError(f"{item.id} has no words for the footer and the list of keys")
        if (item.where, item.id) in placed:
            raise DeclarationError(f"{item.id} is declared twice {_heading(item.where)}")
        placed.add((item.where, item.id))
        for key in split(item.key):
            other = keys.setdefault((item.where, key), item)
            if other is not item:
                raise DeclarationError(f"{item.id} and {other.id} have the same key {key} {_heading(item.where)}")


def _facts(item: Command) -> tuple[object, ...]:
    """What a command says about itself that is the same in all places."""
    return (
        item.handler,
        item.group,
        item.key,
        item.writes,
        item.destroys,
        item.from_commits,
        item.offline,
        item.feature,
        item.searching,
        item.beside,
        item.waits,
        item.unless,
    )
