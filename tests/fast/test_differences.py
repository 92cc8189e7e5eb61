"""What differs between two texts and within JSON, and how it is fitted to a line."""

from __future__ import annotations

import datetime as dt
import json
import time
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from dolt_tui.ui.present.differences import (
    COME,
    GAP,
    GONE,
    Sides,
    by_word,
    clipped,
    delta,
    fitted,
    folded,
    inline,
    is_marked,
    marked,
    wrapped,
)
from dolt_tui.ui.present.json_paths import MISSING, Change, JsonNumber, json_changes, json_document, rooted
from dolt_tui.ui.present.text import plain, sanitise
from dolt_tui.ui.present.word_diff import clusters, parts, words

PIECES = ("a", "the", " ", "\n", "\r\n", "wants", "refund", "1", "10", ".", "é", "e\u0301", "\u0301", "漢", "字",
          "👍🏽", "👩\u200d👩", "\u202e", "\x1b[31m", "\t", "🇵🇹", "\ufe0f", "x" * 30)  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)
pairs = st.tuples(texts, texts, texts, texts, texts).map(lambda t: (t[0] + t[1] + t[2] + t[3], t[0] + t[4] + t[2]))


@settings(deadline=None, max_examples=60)
@given(pairs)
def test_without_what_is_marked_each_side_is_there(pair: tuple[str, str]) -> None:
    old, new = pair
    found = parts(old, new)
    assert ("".join(part.old for part in found), "".join(part.new for part in found)) == (old, new)
    assert all(one.same != other.same for one, other in pairwise(found))
    assert all("".join(split) == old for split in (words().findall(old), clusters(old)))
    one, other = marked(old, new)
    both = [span for span in inline(old, new) if span != (" ", GAP)]
    assert [span for span in both if span[1] != COME] == one
    assert [span for span in both if span[1] != GONE] == other
    assert [text for text, style in one if not style] == [text for text, style in other if not style]
    assert "".join(text for text, _ in by_word(old, new, "s")) == old


@settings(deadline=None, max_examples=60)
@given(pairs, st.integers(1, 60))
def test_on_a_line_both_sides_have_half_and_the_new_one_never_goes(pair: tuple[str, str], room: int) -> None:
    old, new = map(sanitise, pair)
    one, other = fitted(old, new, room)
    sizes = cell_len(plain(one)), cell_len(plain(other))
    assert sum(sizes) + bool(one) <= room
    if cell_len(old) + cell_len(new) < room:
        assert (cell_len(old), cell_len(new)) == sizes
    if cell_len(new):
        assert plain(other) != ""
        # A wide character may not fit; and what both begin with is left out before what differs.
        assert sizes[1] >= min(cell_len(new), room // 2) - 3 or plain(other)[0] == "…"
    for side in (0, 1):
        assert cell_len(plain(Sides(old, new).one(side, room))) <= room


def test_words_are_marked_before_characters() -> None:
    for old, new, expected in (
        ("wants a refund. Ran", "wants a replacement. Ran", "wants a [-refund-][+replacement+]. Ran"),
        ("never before ten", "not before ten", "[-never-][+not+] before ten"),
        ("ana.old@acme.example", "ana@acme.pt", "ana[-.old-]@acme.[-example-][+pt+]"),
        ("colour of refund", "color of refunds", "colo[-u-]r of refund[+s+]"),
        ("SKU-1002", "SKU-1003", "SKU-[-1002-][+1003+]"),
        ("export,late payer", "export,vip", "export,[-late payer-][+vip+]"),
        ("e\u0301a", "e\u0300a", "[-e\u0301a-][+e\u0300a+]"),
        (
            "東京都は大きい。人口が多い",
            "東京都は広い。人口が少ない",
            "東京都は[-大き-][+広+]い。人口が[-多-][+少な+]い",
        ),
        ("Tim", "Timothy", "[-Tim-][+Timothy+]"),
    ):
        shown = "".join(
            {GONE: f"[-{t}-]", COME: f"[+{t}+]"}.get(style, t) for t, style in inline(old, new) if style != GAP
        )
        assert shown == expected


def test_a_line_shows_what_differs() -> None:
    old = "Called about order 10231; wants a refund. Ran out of patience with the parcel service"
    new = old.replace("refund", "replacement")
    assert ("replacement", COME) in fitted(f"{old}. On it. {old}.", new, 41)[1]  # words may be there twice
    one, other = fitted(old, new, 41)
    assert plain(one) == "…a refund. Ran out …"
    assert (GONE in {style for _, style in one}, ("replacement", COME) in other) == (True, True)
    one, other = fitted("x" * 90 + "1", "x" * 90 + "2", 21)
    assert (plain(one)[-1], plain(other)[-1]) == ("1", "2")
    for sign in ("\u202e", " end \u200b", "👩‍👩‍👧 \u200b e"):  # what is spelled out takes more cells than characters
        for room in (21, 40, 60):
            assert ("!", COME) in fitted(sign * 30, sign * 30 + "!", room)[1]
    assert plain(fitted("a b", "a b ", 21)[1]) == "a b␣"
    assert plain(Sides(old, new).one(0, 30))[:9] == plain(Sides(old, new).one(1, 30))[:9]
    assert plain(clipped((("e\u0301" * 9, ""),), 4)) == "e\u0301" * 3 + "…"


def test_megabytes_cost_little() -> None:
    lines = [f"line {at} of a long text that nobody reads" for at in range(25_000)]
    old = "\n".join(lines)
    lines[20_000] = "something else"
    lines[3] = "line 3 of a short text that nobody reads"
    new = "\n".join(lines)
    began = time.perf_counter()
    assert next(part for part in parts(old, new) if not part.same) == ("long", "short")
    assert [plain(side)[-1] for side in fitted("x" * 2_000_000, "x" * 1_999_999 + "y", 30)] == ["x", "y"]
    hard = ("ab " * 400_000, "ba " * 400_000)
    assert len(parts(*hard)) <= 3
    assert len(parts(hard[0][:15_000], hard[1][:15_000])) <= 3
    assert time.perf_counter() - began < 2  # quadratic costs would be minutes


def test_folding_leaves_what_differs_and_a_line_around() -> None:
    lines = wrapped([("1\n2\n3\n4\n5\n", ""), ("6", GONE), ("\n7\n8", "")], 10)
    assert folded(lines) == [range(4), (("5", ""),), (("6", GONE),), (("7", ""),), (("8", ""),)]
    assert not any(is_marked(style) for _, style in lines[0])
    assert folded(lines[:4]) == lines[:4]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (Decimal("900.00"), Decimal("1250.00"), "+350.00"),
        (7, 3, "−4"),
        (0.1, 0.3, "+0.2"),
        (Decimal(f"1{'0' * 60}"), Decimal(f"1{'0' * 59}1"), "+1"),
        (float("nan"), 1.0, ""),
        (True, False, ""),
        (1, 1, ""),
        (dt.date(2026, 3, 1), dt.date(2026, 2, 28), "−1 day"),
        ("1", "2", ""),
    ],
)
def test_by_how_much(old: object, new: object, said: str) -> None:
    assert delta(old, new) == said


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["", "a", "1"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "a.b", "id", "ü"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=60)
@given(json_values, json_values)
def test_json_differs_where_it_differs(old: Any, new: Any) -> None:
    one, other = (json_document(json.dumps([value])) for value in (old, new))
    found = list(json_changes(one, other))
    assert bool(found) == (json.dumps(old, sort_keys=True) != json.dumps(new, sort_keys=True))
    assert not list(json_changes(one, one))


def test_json_is_compared_by_path() -> None:
    old = '{"a.b": [1, 2, {"id": "x", "v": 1.0}], "z": {"q": [1]}}'
    new = '{"a.b": [0, 1, 2, {"id": "x", "v": 1}], "z": {"q": [1]}, "n": null}'
    assert [tuple(change) for change in json_changes(json_document(old), json_document(new))] == [
        ('"a.b"[0]', MISSING, JsonNumber("0")),
        ('"a.b"[3].v', JsonNumber("1.0"), JsonNumber("1")),
        ("n", MISSING, None),
    ]
    people = [{"id": name, "age": 1} for name in "abcd"]
    fewer = [{"id": "c", "age": 2}, {"id": "d", "age": 2}, {"id": "e", "age": 1}]
    found = list(json_changes(json_document(json.dumps(people)), json_document(json.dumps(fewer))))
    assert [change.path for change in found] == ["[0]", "[1]", "[0].age", "[1].age", "[2]"]
    assert isinstance(found[0], Change)
    twice = [{"id": "a", "age": age} for age in (1, 2)]
    assert [change.new for change in json_changes(twice, [{"id": "a", "age": 3}])] == [3, MISSING]
    assert [rooted(path) for path in ("", "a.b", "[0].a")] == ["$", "$.a.b", "$[0].a"]
    for text in ("1", '"x"', "{", '{"a": 1, "a": 2}', "[NaN]", "[" * 200 + "]" * 200, "[" * 9000 + "]" * 9000, 5):
        assert json_document(text) is None
