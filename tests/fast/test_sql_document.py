"""The editor's text is what was typed, whatever it is; positions and widths are those of the text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from dolt_tui.ui.widgets.sql_colours import colours
from dolt_tui.ui.widgets.sql_document import FlatDocument, SqlDocument, cells, column_at, shown

TEXTS = st.text(st.sampled_from("ab (;'\"`-/*\t\n\r\x1b\x85\u2028\u202eé日👍\u0301\x00\ud800"), max_size=40)
EDITS = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200), TEXTS), max_size=8)


@settings(deadline=None)
@given(TEXTS, EDITS)
def test_edits_do_to_the_text_what_they_say(text: str, edits: list[tuple[int, int, str]]) -> None:
    document = SqlDocument(text)
    for one, other, new in edits:
        start, end = sorted((min(one, len(text)), min(other, len(text))))
        places = document.get_location_from_index(start), document.get_location_from_index(end)
        assert [document.get_index_from_location(place) for place in places] == [start, end]
        assert document.get_text_range(*places) == text[start:end]
        result = document.replace_range(*places, new)
        assert result.replaced_text == text[start:end]
        text = text[:start] + new + text[end:]
        assert document.get_index_from_location(result.end_location) == start + len(new)
        assert document.text == text
        assert document.length == len(text)
    assert document.lines == text.split("\n")
    assert document.get_size(4).height == text.count("\n") + 1
    colours(document.lines, 0, 50)  # whatever it is


@given(TEXTS)
def test_places_in_a_line_are_where_they_are_shown(text: str) -> None:
    line = text.replace("\n", "")
    flat = FlatDocument(SqlDocument(line))
    assert "\t" not in shown(line)
    assert shown(line).isprintable()
    for column in range(len(line)):
        x = flat.location_to_offset((0, column)).x
        assert x == cells(line[:column])
        found = column_at(line, x)
        assert cells(line[:found]) <= x <= cells(line[: found + 1])
    assert flat.offset_to_location((10_000, 0)) == (0, len(line))  # type: ignore[arg-type]


def test_long_lines_are_measured_in_pieces() -> None:
    line = "ab日\t" * 5_000
    document = SqlDocument(line)
    whole = cells("ab日\t") * 5_000
    assert document.get_size(4).width == whole
    document.replace_range((0, 9_000), (0, 9_004), "日x")
    assert document.get_size(4).width == whole - cells("ab日\t") + 3
    assert column_at(line, cells(line[:12_345])) == 12_345
