"""Messages and dates of commits, as they are typed."""

from __future__ import annotations

import pytest

from dolt_tui.engine.core.validation import parse_date, split_message
from dolt_tui.engine.errors import InvalidCommit


@pytest.mark.parametrize("typed", ["", "x", "31.1.2020", "2020-02-30", "2020-01-31 25:00", "2020-01-31 +02:00", "now"])
def test_no_date(typed: str) -> None:
    with pytest.raises(InvalidCommit, match="2026-01-31 14:05"):
        parse_date(typed)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("one\n", ("one", "")),
        ("# c\n\n one \n\nbody\n# no\n  indented\n\n", ("one", "body\n  indented")),
        ("one\nbody", ("one", "body")),
        ("\n# only\n#comments\n\n", ("", "")),
        ("", ("", "")),
    ],
)
def test_messages_of_an_editor(text: str, parts: tuple[str, str]) -> None:
    assert split_message(text) == parts
