"""Finding commands by what people call them: by their titles, the footer's words, synonyms, ids, what they do.

Nothing here knows a screen: `entries` are made of the commands once, and `find` is asked at every key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum

from dolt_tui.frozen import Frozen

from .command import (
    CONSOLE,
    DRAFT,
    MESSAGES,
    PLAN,
    QUERIES,
    REFLOG,
    REMOTES,
    RESULT,
    ROW,
    STASHES,
    SUMMARY,
    TAGS,
    WITHIN,
    Command,
    Offer,
)

_WORD = re.compile(r"[a-z0-9_$]+")
_LITTLE = frozenset(
    re.findall(r"\w+", "a an and as at by for from in into is it its of on or that the this to what with")
)
"""Words that tell no command from another."""


BEHIND = frozenset(
    (STASHES, REMOTES, TAGS, REFLOG, QUERIES, CONSOLE, RESULT, MESSAGES, PLAN, DRAFT, ROW, SUMMARY, *WITHIN)
)
"""Panes that are not on the screen most of the time: people more likely mean a command of another one."""


class By(IntEnum):
    """What a command was found by; the lower the surer."""

    TITLE = 0
    """Its title, or the footer's word for it."""
    SYNONYM = 1
    """Another word for it."""
    ABOUT = 2
    """What it does, or its id."""
    LETTERS = 3
    """The beginnings of words."""
    SPELLING = 4
    """Words that are spelt nearly so."""


class Entry(Frozen):
    """A line of the palette: a command, or a choice in the dialog of one."""

    commands: tuple[Command, ...]
    """The command, once for each place where it is called so."""
    title: str
    letter: str
    """What chooses it in the command's dialog; empty for the command itself."""
    runs: str
    synonyms: tuple[str, ...]
    _names: frozenset[str]
    """What it is called, without blanks and signs."""
    _title: tuple[str, ...]
    """The words of the title, in lower case."""
    _more: tuple[tuple[str, float, By], ...]
    """Other words that it is found by, each with how much it says, the surest first."""

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from all others."""
        return (self.commands[0].id, self.title)


class Found(Frozen):
    """An entry that matches what was typed."""

    entry: Entry
    score: float
    by: By
    marks: tuple[tuple[int, int], ...] = ()
    """The parts of the title that match: from, to."""
    synonym: str = ""
    """The other word for it that matches."""


def entries(commands: Iterable[Command]) -> list[Entry]:
    """The commands, and what their dialogs offer; what is called the same in several places is there once."""
    places: dict[tuple[str, str], list[Command]] = {}
    for item in commands:
        places.setdefault((item.id, item.title), []).append(item)
    found: dict[tuple[str, str], Entry] = {}
    for (id_, title), items in places.items():
        found[id_, title] = _entry(items, None)
        for offer in items[0].offers:
            found.setdefault((id_, offer.title), _entry(items, offer))
    return list(found.values())


def _entry(items: Sequence[Command], offer: Offer | None) -> Entry:
    item = items[0]
    title, short, synonyms, runs = (item.title, item.short, item.synonyms, item.runs)
    if offer is not None:
        title, short, synonyms, runs = offer.title, "", offer.synonyms, offer.runs
    names = {_squeezed(name) for name in (title, title.partition(":")[0], short, *synonyms)} - {""}
    more: list[tuple[str, float, By]] = [(word, 42, By.TITLE) for word in _words(short)]
    more += [(word, 34, By.SYNONYM) for name in synonyms for word in _words(name)]
    if offer is None:
        more += [(word, 24, By.ABOUT) for word in _words(item.id)]
        more += [(word, 14, By.ABOUT) for word in _words(item.about) if word not in _LITTLE]
    letter = "" if offer is None else offer.letter or "⏎"
    unique = tuple(dict.fromkeys(more))
    return Entry(tuple(items), title, letter, runs, synonyms, frozenset(names), tuple(_words(title)), unique)


def nearness(
    *, here: bool, shared: bool, possible: bool, behind: bool = False, offered: bool = False, lately: bool = False
) -> float:
    """How much more an entry is worth: of the pane in focus, of all panes, possible now, of a pane `BEHIND` others, a
    choice in a dialog, used lately."""
    near = 10 if here else 5 if shared else -3 if behind else 0
    return near + (2 if lately else 0) - (0 if possible else 8) - (4 if offered else 0)


def find(known: Sequence[Entry], typed: str, bonus: Callable[[Entry], float] = lambda _: 0.0) -> list[Found]:
    """What matches, the surest first. ``bonus`` says how near an entry is: some points, up to about 12.

    Costs some microseconds for each entry and word.
    """
    said = _words(typed)
    words = [word for word in said if word not in _LITTLE] or said
    if not words:
        return []
    squeezed, little = "".join(said), [word for word in said if word not in words]
    matches = [_match(entry, words, squeezed, bonus, little) for entry in known]
    found = [one for one in matches if one is not None]
    if not found:
        found = [one for entry in known if (one := _by_letters(entry, squeezed, bonus)) is not None]
    if not found:
        near = [_near(word, known) for word in words]
        if all(near):
            squeezed = "".join(near)
            matches = [_match(entry, near, squeezed, bonus) for entry in known]
            found = [_replaced(one, By.SPELLING) for one in matches if one is not None]
    found.sort(key=lambda one: -one.score)
    return found


def _match(
    entry: Entry, words: Sequence[str], squeezed: str, bonus: Callable[[Entry], float], little: Sequence[str] = ()
) -> Found | None:
    """How an entry matches; None where one of the words is not found in it."""
    total, by, hits, synonym_words = 0.0, By.TITLE, [], []
    for word in words:
        best, of, hit = 0.0, By.TITLE, -1
        for at, own in enumerate(entry._title):
            score = _likeness(word, own, 40.0)
            if score and at == 0:
                score += 12
            if score > best:
                best, hit = score, at
        for own, weight, kind in entry._more:
            if weight + 5 > best and (score := _likeness(word, own, weight)) > best:
                best, of = score, kind
        if not best:
            if squeezed not in entry._names:
                return None
            return Found(entry, 70 + bonus(entry), By.SYNONYM)  # in one word: fullscreen
        total += best
        by = max(by, of)
        if hit >= 0:
            hits.append(hit)
        if of is By.SYNONYM:
            synonym_words.append(word)
    score = total / len(words)
    if squeezed in entry._names:
        score += 40
    elif any(name.startswith(squeezed) for name in entry._names):
        score += 15 * len(squeezed) / min(len(name) for name in entry._names if name.startswith(squeezed))
    if len(words) > 1 and hits == list(range(hits[0] if hits else 0, (hits[0] if hits else 0) + len(words))):
        score += 8
    score += 2 * sum(word in entry._title for word in little)
    synonym = ""
    if by is By.SYNONYM or squeezed in entry._names:
        synonym = next((name for name in entry.synonyms if _squeezed(name) == squeezed), "") or next(
            (name for name in entry.synonyms if all(_begins(name, word) for word in synonym_words)), ""
        )
    if hits and len(hits) == len(words):
        synonym = ""
    return Found(entry, score + bonus(entry), by, _marks(entry.title, words, hits), synonym)


def _likeness(word: str, own: str, weight: float) -> float:
    """How much a word that was typed is like one of an entry's: the whole word, its beginning, another form of it."""
    if own.startswith(word):
        return weight if len(own) == len(word) else weight * (0.6 + 0.3 * len(word) / len(own))
    if len(own) >= 4 and word.startswith(own) and len(word) - len(own) <= 3:
        return weight * 0.7  # branches, committed
    return 0.0


def _begins(name: str, word: str) -> bool:
    return any(_likeness(word, own, 1.0) for own in _words(name))


def _marks(title: str, words: Sequence[str], hits: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """The parts of a title that were typed."""
    places = [match.span() for match in _WORD.finditer(title.lower())]
    marks = []
    for at in sorted(set(hits)):
        start, end = places[at]
        own = title[start:end].lower()
        length = max((len(word) if own.startswith(word) else len(own)) for word in words if _likeness(word, own, 1.0))
        marks.append((start, start + length))
    return tuple(marks)


def _by_letters(entry: Entry, squeezed: str, bonus: Callable[[Entry], float]) -> Found | None:
    """Whether what was typed is made of beginnings of the title's words, in order: ``swbr`` for Switch to a branch."""
    places = [match.span() for match in _WORD.finditer(entry.title.lower())]
    low = entry.title.lower()

    def rest(at: int, word: int) -> list[tuple[int, int]] | None:
        if at == len(squeezed):
            return []
        for number in range(word, len(places)):
            start, end = places[number]
            length = 0
            while at + length < len(squeezed) and start + length < end and low[start + length] == squeezed[at + length]:
                length += 1
            for taken in range(length, 0, -1):
                more = rest(at + taken, number + 1)
                if more is not None:
                    return [(start, start + taken), *more]
        return None

    marks = rest(0, 0)
    if marks is None:
        return None
    return Found(entry, 10 - len(marks) + bonus(entry) / 4, By.LETTERS, tuple(marks))


def _near(word: str, known: Sequence[Entry]) -> str:
    """The word of an entry that is spelt nearly as one that was typed; empty for none."""
    import difflib  # only now: words are seldom misspelt

    own = {part for entry in known for part in (*entry._title, *(more for more, _, by in entry._more if by < By.ABOUT))}
    return next(iter(difflib.get_close_matches(word, own, 1, 0.7)), "")


def _replaced(found: Found, by: By) -> Found:
    return Found(found.entry, found.score, by, (), found.synonym)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _squeezed(text: str) -> str:
    return "".join(_words(text))
