"""Values become safe text and lose nothing on the way."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len, set_cell_size
from textual.css.styles import RulesMap
from textual.theme import BUILTIN_THEMES

from dolt_tui.ui.present.changed_cell import ChangedCell, change_cell, side_cells
from dolt_tui.ui.present.colours import readable_variables
from dolt_tui.ui.present.content import lines
from dolt_tui.ui.present.text import (
    Style,
    age,
    cell,
    is_numeric,
    plain,
    sanitise,
    shorten_bytes,
    value_cell,
    value_text,
)
from dolt_tui.ui.widgets.grid_render import LOOKS, fit, marked
from dolt_tui.words import count, plural

HOSTILE = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from(
            "\x00\x07\t\n\r\x1b\x7f\x85\x9b\xad\u061c\u200b\u200d\u200e\u202e\u2028\u2066\ufe0f\ufeff👩🏴❤"
        ),
        st.characters(categories=["Cs"]),
        st.characters(min_codepoint=0xE0000, max_codepoint=0xE007F),
    )
)


def steers(character: str) -> bool:
    """Whether a character could steer a terminal, or turn the direction of text."""
    return (
        unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(character) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
        or character in "\u200e\u200f\u061c\ufeff\u200b"
    )


@given(HOSTILE)
def test_nothing_that_steers_a_terminal_remains(text: str) -> None:
    safe = sanitise(text)
    assert not any(map(steers, safe))
    safe.encode()  # no lone surrogates


@given(HOSTILE)
def test_sanitising_twice_changes_nothing(text: str) -> None:
    assert sanitise(sanitise(text)) == sanitise(text)
    assert sanitise(sanitise(text, one_line=False), one_line=False) == sanitise(text, one_line=False)


@given(HOSTILE, st.integers(0, 30))
def test_the_width_is_the_same_whatever_stands_beside(text: str, width: int) -> None:
    safe = sanitise(text)
    assert cell_len(f"│{safe} │") == cell_len(safe) + 3
    assert cell_len(set_cell_size(safe, width) + "…") == width + 1


@given(HOSTILE)
def test_several_lines_keep_their_newlines_only(text: str) -> None:
    safe = sanitise(text, one_line=False)
    assert not any(map(steers, safe.replace("\n", "")))
    assert safe.count("\n") == text.count("\n")


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S", "Mn"], exclude_characters="\ufe0f")))
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert sanitise(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "日本語",
        "e\u0301",
        "ภาษาไทย",
        "👨‍👩‍👧‍👦",
        "🏳️‍🌈",
        "❤️‍🔥",
        "🇩🇪",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "نامه\u200cای",
        "क्\u200dष",
        "[red]x[/red]",
        "no\u00a0break",
    ],
)
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert sanitise(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[2Jb", "a␛[2Jb"),
        ("a\nb\tc\r", "a␊b␉c␍"),
        ("\x7f", "␡"),
        ("\x9b", "‹U+009B›"),
        ("\u202ecba", "‹U+202E›cba"),
        ("\ud800", "\ufffd"),
        ("a\u200db", "a‹U+200D›b"),
        ("x\u200d", "x‹U+200D›"),
        ("\U000e0041", "‹U+E0041›"),
    ],
)
def test_marks(text: str, shown: str) -> None:
    assert sanitise(text) == shown


def test_several_lines() -> None:
    assert sanitise("a\r\n\tb\x1b", one_line=False) == "a\n        b␛"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("", ""),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (10**30, "1" + "0" * 30),
        (Decimal("1E+6"), "1000000"),
        (Decimal("0.10"), "0.10"),
        (Decimal("-12345678901234567890.123456789"), "-12345678901234567890.123456789"),
        (Decimal("1E+999999"), "1E+999999"),
        (Decimal("NaN"), "NaN"),
        (1e6, "1000000.0"),
        (1e16, "10000000000000000"),
        (1.5e-7, "0.00000015"),
        (0.1, "0.1"),
        (1e300, "1e+300"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
        (b"", "0x 0 B"),
        (b"\x00\xff", "0x00ff 2 B"),
        (bytes(32), "0x" + 64 * "0" + " 32 B"),
        (bytes(range(64)), "0x000102030405060708090a0b0c0d0e0f…3435363738393a3b3c3d3e3f 64 B"),
        (memoryview(b"ab"), "0x6162 2 B"),
        (dt.datetime(2018, 8, 6, 1, 2, 3), "2018-08-06 01:02:03"),
        (dt.datetime(2018, 8, 6, 1, 2, 3, 4), "2018-08-06 01:02:03.000004"),
        (dt.date(2018, 8, 6), "2018-08-06"),
        (dt.time(1, 2, 3), "01:02:03"),
        (dt.timedelta(hours=-838, minutes=-59, seconds=-59), "-838:59:59"),
        (dt.timedelta(hours=5, microseconds=7), "05:00:00.000007"),
        ('{"a": [1]}', '{"a": [1]}'),
        ({"a": ["ä"]}, '{"a":["ä"]}'),
        ({"b", "a"}, "a,b"),
        ("a\x1bb", "a␛b"),
    ],
)
def test_values(value: object, shown: str) -> None:
    assert plain(value_cell(value)) == shown


def test_numbers_that_python_refuses_to_print() -> None:
    assert plain(value_cell(10**5000)).startswith("0x")


@given(st.floats(allow_nan=False))
def test_floats_lose_no_digit(number: float) -> None:
    assert float(plain(value_cell(number, limit=1000))) == number


@given(st.decimals(allow_nan=False, allow_infinity=False, places=9))
def test_decimals_lose_no_digit_and_have_no_exponent(number: Decimal) -> None:
    shown = plain(value_cell(number, limit=10_000))
    assert Decimal(shown) == number
    if abs(number.adjusted()) <= 60:
        assert "E" not in shown


def test_null_is_not_the_text() -> None:
    assert value_cell(None, Style.ADDED) == (("∅", Style.NULL),)
    assert value_cell("∅") == (("∅", ""),)
    assert value_text(None) == "∅"


def test_a_cell_never_looks_at_a_whole_huge_value() -> None:
    class Watched(str):
        """A text that must not be walked through."""

        __slots__ = ()

        def isprintable(self) -> bool:
            raise AssertionError("looked at everything")

    shown = plain(value_cell(Watched("x" * 1_000_000)))
    assert shown == "x" * 256 + "…"


def test_the_record_view_has_the_whole_text() -> None:
    assert value_text("a\n" + "b" * 1000) == "a\n" + "b" * 1000
    assert value_text(bytes(range(40))).endswith("2627 40 B")


def test_changes() -> None:
    assert change_cell("Tim", "Timothy") == (("Tim", "removed"), (" ", ""), ("Timothy", "added bold"))
    assert change_cell(None, "x") == (("∅", "removed"), (" ", ""), ("x", "added bold"))
    assert plain(change_cell(1, None)) == "1 ∅"
    assert plain(change_cell("", "x")) == "'' x"
    assert plain(change_cell("x", "")) == "x ''"


def test_bytes_that_differ_look_different() -> None:
    """Ids often differ at their end only, and long values anywhere."""
    for size in (1, 16, 20, 32):
        first, last = bytes(size), bytes(size - 1) + b"\x01"
        assert plain(value_cell(first)) != plain(value_cell(last))
        for width in range(20, 71):
            assert plain(fit(value_cell(first), width)) != plain(fit(value_cell(last), width))
            assert len(plain(fit(value_cell(first), width))) == width
    for size in (8, 16, 40, 100_000):
        for at in (0, size // 2, size - 1):
            old, new = bytes(size), bytes(at) + b"\xff" + bytes(size - at - 1)
            whole = change_cell(old, new)
            gone, come = whole[0][0], whole[2][0]
            assert gone != come
            assert "ff" in come
            assert come.endswith(f" {size:,} B")
            assert len(gone + come) <= 92
            for width in (40, 60, 90):
                shown = fit(whole, width)
                assert len(plain(shown)) == width
                assert shown[0][0] != shown[2][0], (size, at, width)
    assert shorten_bytes("no bytes 4 B", 10) is None


def test_the_new_value_is_never_cut_away() -> None:
    long, wide = "x" * 60, "漢" * 40
    for old, new in ((long, "new"), (long, None), (long, "y" * 60), ("old", "y" * 60), (wide, "字" * 40)):
        whole = change_cell(old, new)
        for width in (9, 10, 17, 40) if old is wide else (5, 6, 17, 40):
            shown = fit(whole, width)
            assert cell_len(plain(shown)) == width
            gone, come = shown[0][0], shown[2][0]
            assert gone[0] == whole[0][0][0]
            assert come[0] == whole[2][0][0], (old, new, width)
            assert cell_len(come) >= min(cell_len(whole[2][0]), (width - 1) // 2) - (old is wide)


def test_long_changes_show_where_they_differ() -> None:
    old, new = "x" * 50_000 + "OLD" + "y" * 50_000, "x" * 50_000 + "NEW" + "y" * 50_000
    whole = change_cell(old, new)
    assert len(plain(whole)) < 4000
    assert plain(fit(whole, 41)) == "…xxxxxxxxxxOLDyyyyy… …xxxxxxxxxxNEWyyyyy…"
    assert "N" in plain(fit(whole, 3))
    assert plain(fit(change_cell("same" * 20, "same" * 20 + "!"), 40)).rstrip().endswith("!")
    moments = [dt.datetime(2026, 11, 2, 9, 14, 7, micro) for micro in (250000, 118204)]
    assert plain(fit(change_cell(*moments), 40)).rstrip() == "…2 09:14:07.250000 …2 09:14:07.118204"
    # what is typed over a change that is not written keeps its look
    assert isinstance(whole, ChangedCell)
    assert ("NEW", "modified bold") in fit(whole.restyled("modified bold"), 41)


def test_changed_json_is_shown_by_path_where_it_has_no_room() -> None:
    old = {"street": "9 Main Street", "zip": "10008", "vip": False, "tags": ["a", "b"]}
    new = old | {"zip": "99999", "tags": ["c", "a", "b"]}
    shown = change_cell(json.dumps(old), json.dumps(new))
    assert plain(fit(shown, 40)).rstrip() == "zip 10008 99999  +1"
    assert ("10008", "removed") in fit(shown, 40)
    assert plain(fit(shown, 200)).rstrip() == f"{json.dumps(old)} {json.dumps(new)}"
    added = change_cell(json.dumps({"a" * 30: 1}), json.dumps({"a" * 30: 1, "x": {"y": [1, 2]}}))
    assert plain(fit(added, 40)).rstrip() == '+x {"y": [1, 2]}'
    deep = [json.dumps({"long": {"way": {"to": {"the": {"value": number}}}}}) for number in (1000, 2000)]
    assert plain(fit(change_cell(*deep), 20)) == "…the.value 1000 2000"
    spaced = change_cell('{"a": 1,   "b": "long enough"}', '{"a": 1, "b": "long enough"}')  # as text only
    assert plain(fit(spaced, 30)) == '{"a": 1,␣␣␣"b… {"a": 1,␣"b": …'


def test_a_match_is_marked_across_what_differs() -> None:
    spans = (("SKU-", ""), ("1002", "removed"), (" ", ""), ("SKU-", ""), ("1003", "added"))
    assert marked(spans, "sku-1003") == (*spans[:3], ("SKU-", " match"), ("1003", "added match"))
    assert marked(spans, "u") == (
        *(("SK", ""), ("U", " match"), ("-", ""), ("1002", "removed"), (" ", "")),
        *(("SK", ""), ("U", " match"), ("-", ""), ("1003", "added")),
    )
    assert marked(spans, "nowhere") == spans


def test_on_two_lines_both_sides_begin_at_the_same_place() -> None:
    old = "Called about order 10231; wants a refund. Ran out of patience"
    one, other = side_cells(old, old.replace("refund", "replacement"))
    assert [plain(fit(side, 20)) for side in (one, other)] == ["…a refund. Ran out …", "…a replacement. Ran…"]
    assert ("refund", "minus") in fit(one, 80)
    assert ("replacement", "added") in fit(other, 80)
    assert side_cells(None, "x") == ((("∅", "null"),), (("x", "added"),))


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-5, "now"),
        (0, "now"),
        (59, "now"),
        (60, "1m"),
        (300, "5m"),
        (3600, "1h"),
        (86399, "23h"),
        (3 * 86400, "3d"),
        (14 * 86400, "2w"),
        (120 * 86400, "4mo"),
        (800 * 86400, "2y"),
    ],
)
def test_ages(seconds: int, shown: str) -> None:
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    assert age(now - dt.timedelta(seconds=seconds), now) == shown


def test_small_words() -> None:
    assert plural(1, "row") == "1 row"
    assert plural(0, "row") == "0 rows"
    assert plural(1234567, "branch", "branches") == "1,234,567 branches"
    assert count(-1000) == "-1,000"
    assert is_numeric(1)
    assert is_numeric(Decimal(1))
    assert not is_numeric(True)
    assert not is_numeric("1")
    assert plain(cell("a\x00")) == "a␀"


def test_each_style_looks_like_something_in_each_theme() -> None:
    assert {style.value for style in Style if style} <= LOOKS.keys()
    wanted = {said.partition(" ")[0] for look in LOOKS.values() for said in (look.color, look.background) if said}
    for theme in BUILTIN_THEMES.values():
        assert wanted <= readable_variables(theme.to_color_system().generate() | theme.variables).keys()


def test_a_line_that_is_wrapped_keeps_its_indentation() -> None:
    found = lines(
        [cell("  ✓ main has it: discard brings it back"), cell("A commit goes in"), cell(""), cell("f  ff  on main")]
    )
    rules = RulesMap()
    assert [row.plain for rows in found.rows(20) for row in rows] == [
        "  ✓ main has it:",
        "    discard brings",
        "    it back",
        "A commit goes in",
        "",
        "f  ff  on main",
    ]
    assert found.get_height(rules, 20) == 6
    hung = lines([cell("f  ff  on main, and there")], hang=7)
    assert [row.plain for row in hung.rows(16)[0]] == ["f  ff  on main,", "       and there"]
    assert hung.get_height(RulesMap(text_wrap="nowrap", text_overflow="ellipsis"), 16) == 1
