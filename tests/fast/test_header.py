"""What of the header has room."""

from __future__ import annotations

from rich.cells import cell_len

from dolt_tui.ui.present.header import Part, fitted
from dolt_tui.ui.present.text import cell, plain

PARTS = (
    Part(cell(" ⎇ ")),
    Part(cell("feature/prices"), "pane.branches"),
    Part(cell("   sql_alchemy_big_demo"), cut_at=75),
    Part(cell(" · localhost"), shorter=[(10, ())]),
    Part(cell(" · Dolt 2.2.0"), shorter=[(20, cell(" · Dolt")), (25, ())]),
    Part(cell("● 3 tables changed"), shorter=[(60, cell("● 3")), (96, ())], right=True),
    Part(cell("   live · 12:04 "), shorter=[(30, cell("   live ")), (50, ())], right=True),
)


def test_the_branch_goes_last_and_no_word_is_cut_without_a_sign() -> None:
    shown = {}
    for width in (101, 88, 70, 60, 54, 40, 30, 19, 12, 3, 0):
        left, right = ("".join(plain(cell) for cell, _ in side) for side in fitted(PARTS, width))
        shown[width] = f"{left} | {right}"
        assert cell_len(left + right) <= width
    assert shown == {
        101: " ⎇ feature/prices   sql_alchemy_big_demo · localhost · Dolt 2.2.0 | ● 3 tables changed   live · 12:04 ",
        88: " ⎇ feature/prices   sql_alchemy_big_demo · Dolt | ● 3 tables changed   live · 12:04 ",
        70: " ⎇ feature/prices   sql_alchemy_big_demo | ● 3 tables changed   live ",
        60: " ⎇ feature/prices   sql_alchemy_big_demo | ● 3 tables changed",
        54: " ⎇ feature/prices   sql_alchemy_big_demo | ● 3   live ",
        40: " ⎇ feature/prices   sql_alchemy_bi… | ● 3",
        30: " ⎇ feature/prices   sql_… | ● 3",
        19: " ⎇ feature/prices | ",
        12: " ⎇ featur… | ",
        3: " ⎇  | ",
        0: " | ",
    }  # fmt: skip
    assert fitted(PARTS, 40)[0][1] == (cell("feature/prices"), "pane.branches")
