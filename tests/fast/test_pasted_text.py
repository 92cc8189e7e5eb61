"""Pasted text: marks and parts."""

from __future__ import annotations

from dolt_tui.engine.core.validation import compose, message_parts
from dolt_tui.ui.present.text import marked

ODD = "tab\there 日本 e\u0301 👨‍👩‍👧 \u202bשלום\u202c \u200f. \x1b[31m"


def test_marks_keep_positions() -> None:
    for text in (ODD, "a\x00\x7f\x9b\u2028\ufeffb", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "\ufe0f", ""):
        assert len(marked(text)) == len(text)
    assert marked("a\tb\x1bc") == "a␉b␛c"
    assert marked("a\tb\x1bc", tabs=True) == "a\tb␛c"


def test_parts_of_messages() -> None:
    assert message_parts("One\r\n\r\n#2\rthree\n") == ("One", "#2\nthree")
    assert compose(" One\rtwo ", "\r\nthree\rfour\r\n") == "One two\n\nthree\nfour"
