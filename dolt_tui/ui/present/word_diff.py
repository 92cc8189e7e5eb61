"""What differs between two texts: by words, then by characters within words that differ slightly. Pure.

The costs are bounded, as texts are drawn on the event loop: of long texts lines are compared before words, and what is
too much even for that counts as different from its first character that differs to its last one.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import cache
from typing import Final, NamedTuple

_LETTERS: Final = "\\w\\u200c\\u200d\\u0300-\\u1fff\\u2070-\\u2dff\\u3040-\\ufeff\\U00010000-\\U0010ffff"
_LINES: Final = re.compile(r"[^\n]*\n|[^\n]+")
_BY_WORD: Final = 20_000
"""Characters of a text whose words are compared at once; of longer ones the lines are."""
_ALL_WORDS: Final = 60_000
"""Characters whose words are compared in all, where lines were compared before."""
_BY_LINE: Final = 4_000_000
"""Characters of a text whose lines are compared."""
_MATCHED: Final = 2500
"""Pairs of words that are tried whatever they are."""
_ALIKE: Final = 4000
"""Pairs of equal words, blanks left out, that are tried of others, where no words are there once in both."""
_DEEPEST: Final = 40


@cache
def words() -> re.Pattern[str]:
    """Words with the marks that are a part of them, blanks, ends of lines, and signs one by one.

    Compiled when it is needed: that takes 10 ms, which the start does not have.
    """
    return re.compile(rf"\r\n|\n|[^\S\r\n]+|\r|(?:(?!\s)[{_LETTERS}])+|[^{_LETTERS}\s]")


@cache
def _word_at() -> re.Pattern[str]:
    """A word."""
    return re.compile(rf"(?:(?!\s)[{_LETTERS}])+")


class Part(NamedTuple):
    """A piece of two texts, from left to right: what one has, and what the other has in its place."""

    old: str
    new: str

    @property
    def same(self) -> bool:
        return self.old == self.new


def parts(old: str, new: str) -> list[Part]:
    """Two texts in parts that are the same or differ, in turn; none where both are empty."""
    if old == new:
        return [Part(old, new)] if old else []
    start, end = common_ends(old, new)
    before, after = old[start : len(old) - end], new[start : len(new) - end]
    start, end = _whole_words(old, new, start, end)
    found = [Part(old[:start], old[:start])] if start else []
    middle = old[start : len(old) - end], new[start : len(new) - end]
    if max(map(len, middle)) <= _BY_WORD:
        found += _by_word(*middle)
    elif max(map(len, (before, after))) <= _BY_LINE and ("\n" in before or "\n" in after):
        found += _by_line(*middle)
    else:
        found.append(Part(*middle))
    if end:
        found.append(Part(old[-end:], old[-end:]))
    return _cleaned(found)


# the ends that both have


def common_ends(old: str, new: str) -> tuple[int, int]:
    """How many characters two texts have in common at their beginning and, of what is left, at their end.

    No character is parted from the marks that belong to it.
    """
    shorter = min(len(old), len(new))
    start = _common_start(old, new, shorter)
    while start and (_clings(old, start) or _clings(new, start)):
        start -= 1
    end = _common_end(old, new, shorter - start)
    while end and (_clings(old, len(old) - end) or _clings(new, len(new) - end)):
        end -= 1
    return start, end


def _common_start(old: str, new: str, most: int) -> int:
    """How many of the first ``most`` characters are the same; slices are compared quickly, also of megabytes."""
    if old[:most] == new[:most]:
        return most
    size = at = 0
    while True:
        size = max(16, 2 * size)
        if old[at : at + size] != new[at : at + size]:
            break
        at += size
    low, high = at, min(at + size, most)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if old[low:middle] == new[low:middle] else (low, middle - 1)
    return low


def _common_end(old: str, new: str, most: int) -> int:
    """How many of the last ``most`` characters are the same."""
    low, high, size = 0, most, 16
    here, there = len(old), len(new)
    while (
        low < most
        and old[here - min(most, low + size) : here - low] == new[there - min(most, low + size) : there - low]
    ):
        low = min(most, low + size)
        size *= 2
    high = min(most, low + size)
    while low < high:
        middle = (low + high + 1) // 2
        same = old[here - middle : here - low] == new[there - middle : there - low]
        low, high = (middle, high) if same else (low, middle - 1)
    return low


def _clings(text: str, at: int) -> bool:
    """Whether the character at a place belongs to the one before it."""
    return 0 < at < len(text) and clings(text[at], text[at - 1])


def clings(sign: str, before: str) -> bool:
    """Whether a character belongs to the one ``before`` it: marks, and what a joiner joins."""
    if sign < "\u0300":
        return sign == "\n" and before == "\r"
    if before == "\u200d" or sign in _CLINGING or unicodedata.category(sign)[0] == "M":
        return True
    return "\U0001f1e6" <= sign <= "\U0001f1ff" and "\U0001f1e6" <= before <= "\U0001f1ff"


class _Clinging:
    """Characters that are no marks, but belong to the one before them."""

    _RANGES = (("\u200c", "\u200d"), ("\u1160", "\u11ff"), ("\U0001f3fb", "\U0001f3ff"), ("\U000e0020", "\U000e007f"))

    def __contains__(self, sign: str) -> bool:
        return any(first <= sign <= last for first, last in self._RANGES)


_CLINGING: Final = _Clinging()


def clusters(text: str) -> list[str]:
    """The characters of a text, each with the marks that belong to it."""
    if text.isascii():
        return list(text) if "\r" not in text else re.findall(r"\r\n|[\s\S]", text)
    found: list[str] = []
    for at, sign in enumerate(text):
        if at and clings(sign, text[at - 1]):
            found[-1] += sign
        else:
            found.append(sign)
    return found


_LONGEST_WORD: Final = 64
"""Of longer words only the ends that both texts have are looked at."""


def _whole_words(old: str, new: str, start: int, end: int) -> tuple[int, int]:
    """Common ends without the words that they have only a part of."""
    before = old[max(0, start - _LONGEST_WORD) : start]
    if start and (is_letter(old[start : start + 1]) or is_letter(new[start : start + 1])):
        size = len(before) - len(_rstripped(before))
        start -= size if size < _LONGEST_WORD else 0
    if (
        start
        and old[start - 1 : start].isspace()
        and (old[start : start + 1].isspace() or new[start : start + 1].isspace())
    ):
        start -= 1  # blanks are a word too
    if end:
        here, there = len(old) - end, len(new) - end
        after = old[here : here + _LONGEST_WORD]
        if (here and is_letter(old[here - 1])) or (there and is_letter(new[there - 1])):
            match = _word_at().match(after)
            size = match.end() if match else 0
            end -= size if size < _LONGEST_WORD else 0
    end = min(end, len(old) - start, len(new) - start)
    return start, end


def is_letter(sign: str) -> bool:
    """Whether a character is one of a word."""
    return bool(sign) and _word_at().match(sign) is not None


def _rstripped(text: str) -> str:
    """A text without the word at its end."""
    at = len(text)
    while at and is_letter(text[at - 1]):
        at -= 1
    return text[:at]


# what lies between


def _by_line(old: str, new: str) -> Iterator[Part]:
    left = _ALL_WORDS
    for part in _aligned(_LINES.findall(old), _LINES.findall(new)):
        size = max(map(len, part))
        if part.same or size > min(left, _BY_WORD):
            yield part
        else:
            left -= size
            yield from _by_word(*part)


def _by_word(old: str, new: str) -> Iterable[Part]:
    if _word_at().fullmatch(old) and _word_at().fullmatch(new):
        return [Part(old, new)]  # what most changes are
    return _aligned(words().findall(old), words().findall(new))


def _aligned(old: Sequence[str], new: Sequence[str], depth: int = 0) -> Iterator[Part]:
    """Two sequences of words or lines in parts: between those that both have once, in the same order."""
    start, shorter = 0, min(len(old), len(new))
    while start < shorter and old[start] == new[start]:
        start += 1
    end = 0
    while end < shorter - start and old[-1 - end] == new[-1 - end]:
        end += 1
    if start:
        yield Part(text := "".join(old[:start]), text)
    one, other = old[start : len(old) - end], new[start : len(new) - end]
    if not one or not other:
        if one or other:
            yield Part("".join(one), "".join(other))
    elif len(one) * len(other) <= _MATCHED:
        yield from _matched(one, other, None)
    else:
        anchors = _anchors(one, other) if depth < _DEEPEST else []
        if not anchors and _alike(one, other) <= _ALIKE:
            yield from _matched(one, other, str.isspace)
        elif not anchors:
            yield Part("".join(one), "".join(other))
        here = there = 0
        for first, last, length in _runs(anchors):
            yield from _aligned(one[here:first], other[there:last], depth + 1)
            yield Part(text := "".join(one[first : first + length]), text)
            here, there = first + length, last + length
        if anchors:
            yield from _aligned(one[here:], other[there:], depth + 1)
    if end:
        yield Part(text := "".join(old[len(old) - end :]), text)


def _matched(old: Sequence[str], new: Sequence[str], junk: Callable[[str], bool] | None) -> Iterator[Part]:
    """Two sequences in parts: the longest that both have, and so on to both sides of it."""
    for _, here, there, first, last in SequenceMatcher(junk, old, new, autojunk=False).get_opcodes():
        yield Part("".join(old[here:there]), "".join(new[first:last]))


def _alike(old: Sequence[str], new: Sequence[str]) -> int:
    """How many pairs of equal words there are."""
    counts, others = Counter(old), Counter(new)
    return sum(number * others[word] for word, number in counts.items() if not word.isspace())


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Places of what both have once: the longest choice that is in the same order in both."""
    counts, others = Counter(old), Counter(new)
    place = {word: at for at, word in enumerate(new) if others[word] == 1}
    pairs = [(at, place[word]) for at, word in enumerate(old) if counts[word] == 1 and word in place]
    ends: list[int] = []
    """The least last place of a choice of each length."""
    last: list[int] = []
    before: list[int] = []
    for number, (_, there) in enumerate(pairs):
        length = bisect_left(ends, there)
        before.append(last[length - 1] if length else -1)
        if length == len(ends):
            ends.append(there)
            last.append(number)
        else:
            ends[length], last[length] = there, number
    found: list[tuple[int, int]] = []
    at = last[-1] if last else -1
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]


def _runs(anchors: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Anchors that follow one another in both as one, with their number: there may be tens of thousands."""
    begin = 0
    for at in range(1, len(anchors) + 1):
        before = anchors[at - 1]
        if at == len(anchors) or anchors[at] != (before[0] + 1, before[1] + 1):
            yield (*anchors[begin], at - begin)
            begin = at


# for people


def _cleaned(found: Sequence[Part]) -> list[Part]:
    """Parts of which the same ones are large enough to tell anything; then characters of words that differ slightly."""
    kept: list[Part] = []
    for part in found:
        if part.old or part.new:
            kept.append(part)
            _merge_last(kept)
    return _joined(piece for part in kept for piece in ([part] if part.same else _refined(part)))


def _joined(found: Iterable[Part]) -> list[Part]:
    """Parts with neighbours put together that are both the same, or both differ."""
    kept: list[Part] = []
    for part in found:
        if kept and kept[-1].same == part.same:
            kept[-1] = Part(kept[-1].old + part.old, kept[-1].new + part.new)
        else:
            kept.append(part)
    return kept


def _merge_last(kept: list[Part]) -> None:
    """Put the last part together with those before it, as far as that reads better."""
    while len(kept) > 1:
        before, last = kept[-2:]
        if before.same == last.same:
            kept[-2:] = [Part(before.old + last.old, before.new + last.new)]
            continue
        if last.same or len(kept) < 3:
            return
        first, between, _ = kept[-3:]
        size = len(between.old.strip())
        if "\n" in between.old or not (size <= max(map(len, first)) and size <= max(map(len, last))):
            return
        if size > 3 and size * 3 > min(max(map(len, first)), max(map(len, last))):
            return
        kept[-3:] = [Part(first.old + between.old + last.old, first.new + between.new + last.new)]


def _refined(part: Part) -> list[Part]:
    """What differs within words, where they do so slightly; else the part."""
    if not part.old or not part.new or max(map(len, part)) > 2000:
        return [part]
    one, other = words().findall(part.old), words().findall(part.new)
    if len(one) != len(other):
        return [part]
    found: list[Part] = []
    for old, new in zip(one, other, strict=True):
        if old == new:
            found.append(Part(old, new))
            continue
        within = _within_word(old, new)
        if not within:
            return [part]
        found += within
    return found


_LEAST_WORD: Final = 4
"""Characters of a word within which differences are told."""


def _within_word(old: str, new: str) -> list[Part]:
    """A word in parts; none where most of it differs, or where it is a number, which one reads as a whole."""
    longer = max(len(old), len(new))
    if longer < _LEAST_WORD or old.isspace() or new.isspace() or old.isdecimal() or new.isdecimal():
        return []
    start, end = common_ends(old, new)
    if 2 * (start + end) >= longer:
        middle = Part(old[start : len(old) - end], new[start : len(new) - end])
        around = Part(old[:start], old[:start]), middle, Part(old[len(old) - end :], old[len(old) - end :])
        return [part for part in around if part.old or part.new]
    if old.isascii() or longer < 6:
        return []
    return _within_script(old, new)


def _within_script(old: str, new: str) -> list[Part]:
    """A word of a script that has no blanks between words: a sentence, in which there may be several differences."""
    one, other = clusters(old), clusters(new)
    found: list[Part] = []
    for part in _aligned(one, other):
        if part.old or part.new:
            found.append(part)
            _merge_last(found)
    same = sum(len(part.old) for part in found if part.same)
    return found if 3 * same >= max(len(old), len(new)) else []
