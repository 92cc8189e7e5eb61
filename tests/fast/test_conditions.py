"""Conditions in SQL: what is not whole is refused, by each engine's rules."""

from __future__ import annotations

import pytest

from dolt_tui.engine.core.conditions import checked_condition
from dolt_tui.engine.errors import InvalidFilter
from dolt_tui.engine.model import SqlStyle

DOLT, LITE = SqlStyle.MYSQL, SqlStyle.SQLITE


@pytest.mark.parametrize("style", SqlStyle)
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1 = 1) OR (1 = 2", "closes nothing"),
        ("(a = 1", "never closed"),
        ("id >= 0 -- all", "comment"),
        ("-- x", "comment"),
        ("id >= 0 --all", "comment"),
        ("id = 1 /* x", "comment"),
        ("id = 1 /* x */", "comment"),
        ("id = 1; DELETE FROM t", "cannot hold ;"),
        ("name = 'x", "' at position 8 is never closed"),
        ('name = "x', "never closed"),
        ("`name = 1", "never closed"),
        ("id = ?", "is a placeholder"),
        ("id = :x", "is a placeholder"),
        ("at > 12:30", "is a placeholder"),
        ("id = 0x01…", "left out"),
        ("dolt_creds_new() is null", "only reads"),  # which would write a key into the user's home for each row
        ("`dolt_branch` ('x') = 0", "only reads"),
        ("id = 1 or get_lock('x', 1)", "only reads"),
        ("  ", "empty"),
        ("id = 1 \0", "no statement can hold"),
        ("id = '\ud800'", "no statement can hold"),
    ],
)
def test_what_is_not_whole_is_refused(style: SqlStyle, text: str, says: str) -> None:
    with pytest.raises(InvalidFilter) as failure:
        checked_condition(text, style)
    assert says in failure.value.message


def test_the_engines_rules_differ() -> None:
    for style, whole, open_ in (
        (DOLT, r"name = 'it\'s (' AND 1", r"name = 'x\'"),
        (LITE, r"name = 'x\'", r"name = 'it\'s (' AND 1"),
        (DOLT, "id [ 1", "id # 1"),
        (LITE, "[a)b] = 1", "[a = 1"),
        (LITE, "id = 1", "id = $x"),
    ):
        assert checked_condition(whole, style) == whole
        with pytest.raises(InvalidFilter):
            checked_condition(open_, style)
    for text in (
        "dolt_hashof('HEAD') = 'x'",
        "id in (select id from dolt_history_t)",
        "name = ')'",
        "name = 'it''s /* no -- comment ; ? :x …'",
        "`a``)` = 1",
        "a$b = 1",
        "(1 = (2))",
    ):
        assert {checked_condition(text, style) for style in SqlStyle} == {text}
