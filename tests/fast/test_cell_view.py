"""One cell by itself: its lines, what it is, how it is searched, folded and saved."""

from __future__ import annotations

import datetime as dt
import json
import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from dolt_tui.engine.model import ABSENT
from dolt_tui.ui.present.cell_lines import HexLines, Lines, TextLines, wrap_spans
from dolt_tui.ui.present.cell_view import conflict_of, content_of
from dolt_tui.ui.present.grid_rows import Request
from dolt_tui.ui.present.json_paths import json_document
from dolt_tui.ui.present.json_tree import Node, TreeLines
from dolt_tui.ui.present.text import plain, sanitise

PIECES = ("word", " ", "漢字", "e\u0301", "x" * 12, ",", "👍🏽")


def shown(lines: Lines) -> list[str]:
    lines.grow(None)
    total = lines.count().number or 0
    return ["".join(map(plain, row.cells)) for row in lines.fetch(Request(0, total)).rows]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.sampled_from(["word", " ", "漢字", "e\u0301", "x" * 12, ",", "👍🏽"]), max_size=20), st.integers(4, 20)
)
def test_wrapped_lines_hold_the_text(pieces: list[str], width: int) -> None:
    spans = [(sanitise(piece), str(at % 2)) for at, piece in enumerate(pieces)]
    text, end = "".join(piece for piece, _ in spans), 0
    for start, part in wrap_spans(spans, width):
        assert not text[end:start].strip()
        assert text[start : start + len(plain(part))] == plain(part)
        assert cell_len(plain(part)) <= width
        end = start + len(plain(part))
    assert not text[end:].strip()
    assert [plain(part) for _, part in wrap_spans([("€ one two", "")], 6)] == ["€ one", "two"]


def test_a_text_has_numbers_and_is_searched_across_its_lines() -> None:
    lines = TextLines([("first of them\nthe second line is longer\n\x1b[31m\u202e", "")], 16)
    assert shown(lines) == ["1first of them", "2the second", "line is longer", "3␛[31m‹U+202E›"]
    for text, index, backward, at in (
        ("SECOND LINE", 0, False, 1),  # it goes on on the next line
        ("line", 1, False, 2),
        ("line", 2, False, None),
        ("first", 3, True, 0),
        ("of", -1, True, 0),
        ("the", -1, False, 0),
    ):
        found = lines.find(text, index, backward=backward)
        assert (None if found is None else found.at) == at, text
    long = TextLines([("word " * 20_000, "")], 80)
    assert len(long.fetch(Request(0, 200)).rows) == 200
    assert not long.count().exact
    assert "".join(shown(long)).replace(" ", "") == "word" * 20_000
    ending = TextLines([("a\n" * 30, "")], 80).fetch(Request(0, 10, from_end=True))
    assert (len(ending.rows), ending.last) == (10, True)


def test_bytes_are_shown_with_their_place_and_as_ascii() -> None:
    data = bytes(range(40))
    lines = HexLines(data, 80, data[:-1] + b"!")
    assert shown(lines)[2] == "000020  20 21 22 23 24 25 26 27                            !\"#$%&'"
    marked = lines.line(2)
    assert marked is not None
    assert ("27", "added bold") in marked.cells[0]
    assert shown(HexLines(data, 40))[1] == "000008  08 09 0a 0b 0c 0d 0e 0f  ········"
    assert shown(HexLines(b"", 80)) == ["000000" + " " * 52]
    for text, index, at in (("22 23", 0, 2), ("0x10", 0, 1), ("%&", -1, 2), ("zz", 0, None)):
        found = lines.find(text, index, backward=False)
        assert (None if found is None else found.at) == at


def test_a_tree_folds_and_a_search_unfolds() -> None:
    document = json_document(json.dumps({"a.b": [1, {"x": None}], "note": "y" * 100, "none": {}, "t": "\x1b[2J"}))
    tree = TreeLines(document, 40, large=False)
    assert [line.rstrip() for line in shown(tree)] == [
        "▾ {4 keys}",
        '  ▾ "a.b": [2 elements]',
        "      [0]: 1",
        "    ▾ [1]: {1 key}",
        "        x: null",
        f'  ▸ note: "{"y" * 100}"',
        "    none: {}",
        '    t: "\\u001b[2J"',
    ]
    row = tree.line(1)
    assert row is not None
    assert isinstance(row.value, Node)
    folded = tree.toggled(row.value)
    assert len(shown(folded)) == 5
    found = folded.find("NULL", 0, backward=False)
    assert found is not None
    assert found.at == 4
    assert len(shown(found.lines)) == 8
    note = folded.line(2)
    assert note is not None
    assert isinstance(note.value, Node)
    assert [line.strip() for line in shown(folded.toggled(note.value))[2:6]] == [
        "▾ note: 100 characters",
        "y" * 36,
        "y" * 36,
        "y" * 28,
    ]
    last = tree.find("x", 7, backward=True)
    assert last is not None
    assert last.at == 4
    assert len(shown(TreeLines(document, 40, large=True))) == 5


def test_what_changed_in_json_is_told_by_path_and_marked_in_the_tree() -> None:
    old = {"zip": "10008", "gone": 1, "same": [1, 2]}
    new = {"zip": "99999", "same": [1, 2], "more": True}
    content = content_of("profile", "json", json.dumps(new), json.dumps(old))
    assert [face.name for face in content.faces] == ["changes", "new tree", "old tree", "text"]
    changes, after, before, _ = (face.lines(80) for face in content.faces)
    assert [line.rstrip() for line in shown(changes)] == [
        '~ $.zip  "10008" "99999"',
        "− $.gone  1",
        "+ $.more  true",
        "  2 values unchanged",
    ]
    assert '    zip: "10008" "99999"' in shown(after)
    removed = next(row for at in range(9) if (row := before.line(at)) is not None and row.key == "gone")
    assert ("1", "minus bold") in removed.cells[0]
    assert json.loads(content.text(content.faces[2])) == old
    assert content.file_name(content.faces[0]) == "profile.json"


PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (640).to_bytes(4, "big") + (480).to_bytes(4, "big")


@pytest.mark.parametrize(
    ("value", "kind", "notes", "faces", "name"),
    [
        ("text", "varchar(9)", ("4 characters",), ("text",), "v.txt"),
        ("a\nb", "text", ("3 characters, 2 lines",), ("text",), "v.txt"),
        ("[1]", "json", ("JSON list, 1 element, 3 characters",), ("tree", "text"), "v.json"),
        (PNG, "blob", ("png, 640×480, 24 bytes",), ("bytes",), "v.png"),
        (b"%PDF-1.7 \xff", "blob", ("PDF, 10 bytes",), ("bytes",), "v.pdf"),
        (b"plain", "blob", ("5 bytes",), ("bytes", "text"), "v.bin"),
        ("SRID=4326;POINT(1 2)", "point", ("POINT · SRID 4326",), ("text",), "v.wkt"),
        (None, "int", ("NULL",), ("text",), "v.txt"),
        (Decimal("1.50"), "decimal(5,2)", (), ("text",), "v.txt"),
        (dt.datetime(2026, 1, 2, 3, 4, 5, 6), "datetime(6)", (), ("text",), "v.txt"),
    ],
)
def test_what_a_value_is(value: object, kind: str, notes: tuple[str, ...], faces: tuple[str, ...], name: str) -> None:
    content = content_of("v", kind, value)
    assert content.notes == notes
    assert tuple(face.name for face in content.faces) == faces
    assert content.file_name(content.faces[0]) == name
    assert content.data(content.faces[0]) == (
        value if isinstance(value, bytes) else content.text(content.faces[0]).encode()
    )
    assert all(shown(face.lines(60)) for face in content.faces)


def test_both_sides_of_what_changed() -> None:
    content = content_of("n", "decimal", Decimal("1250.00"), Decimal("900.00"))
    assert content.notes == ("+350.00",)
    assert [shown(face.lines(60)) for face in content.faces] == [["900.00 1250.00"], ["1250.00"], ["900.00"]]
    content = content_of("n", "text", None, "")
    assert [shown(face.lines(60)) for face in content.faces] == [["'' ∅"], ["∅"], ["''"]]
    content = content_of("n", "blob", PNG + b"\xff", PNG)
    assert content.notes == ("png, 640×480, 24 bytes → png, 640×480, 25 bytes",)
    assert [content.data(face) for face in content.faces] == [PNG + b"\xff", PNG]


def test_the_next_change_and_the_one_before_are_found() -> None:
    texts = [f"line {at}" for at in range(40)]
    old = "\n".join(texts)
    texts[9], texts[10], texts[30] = "another", "one", "line of words, 30"
    content = content_of("n", "text", "\n".join(texts), old)
    assert content.changed
    lines = content.faces[0].lines(60)

    def on(lines: Lines, *, backward: bool = False) -> list[int]:
        found, at = list[int](), 10_000 if backward else -1
        lines.grow(None)
        while (place := lines.change(at, backward=backward)) is not None:
            found.append(at := place.at)
        return found

    text = shown(lines)
    stops = on(lines)
    assert [re.sub(r"\D.*", "", text[at]) for at in stops] == ["10", "11", "31"]
    assert on(lines, backward=True) == stops[::-1]
    long = content_of("n", "text", "\u202e " * 50 + "new " + "word " * 50, "\u202e " * 50 + "old " + "word " * 50)
    wrapped = long.faces[0].lines(40)
    assert ["new" in shown(wrapped)[at] for at in on(wrapped)] == [True]
    data = bytes(1000)
    changed = data[:500] + b"x" * 40 + data[540:] + b"y"
    assert on(content_of("n", "blob", changed, data).faces[0].lines(100)) == [500 // 16, 1000 // 16]
    assert not content_of("n", "text", "x").changed
    assert on(content_of("n", "blob", b"x").faces[0].lines(100)) == []


def test_a_cell_in_conflict_has_three_sides() -> None:
    content = conflict_of("tier", "text", "silver plate", "gold plate", ABSENT)
    assert [face.name for face in content.faces] == ["ours", "base"]
    content = conflict_of("tier", "text", "silver plate", "gold plate", "silver")
    assert [(face.name, *shown(face.lines(60))) for face in content.faces] == [
        ("ours", "silver gold plate"),
        ("theirs", "silver plate"),
        ("ours → theirs", "gold plate silver"),
        ("base", "silver plate"),
    ]
    assert [content.text(face) for face in content.faces] == ["gold plate", "silver", "silver", "silver plate"]
    assert content.notes == ("base 12 characters", "ours 10 characters", "theirs 6 characters")
