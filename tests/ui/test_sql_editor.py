"""The editor by itself: what is typed is what is kept, whatever it is and however long; what is shown is harmless."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.keys import key_to_character

from dolt_tui.ui.widgets.sql_completing import Complete
from dolt_tui.ui.widgets.sql_editor import SqlEditor

from .waiting import Coloured, all_dealt_with

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
HOSTILE = "\tx 日本 \x1b[31m e\u0301 \u202eabc\u202c \u2028 \x85 👨‍👩‍👧 \x00 \x1c end"


class Editing(Coloured):
    """An editor, a line, and what bubbles up to the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, f"seen('{key}')") for key in ("f5", "f6", "f7", "escape", "enter", "ctrl+e", "ctrl+enter")
    ]

    def __init__(self, complete: Complete | None) -> None:
        super().__init__()
        self.editor = SqlEditor(complete=complete)
        self.line = SqlEditor(one_line=True, complete=complete)
        self.seen: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.editor
        yield self.line

    def action_seen(self, key: str) -> None:
        self.seen.append(key)

    async def press(self, *keys: str) -> None:
        for key in keys:
            self.post_message(events.Key(key, key_to_character(key)))
            await self.rest()

    async def click(self, x: int, y: int) -> None:
        for kind in (events.MouseDown, events.MouseUp):
            self.post_message(kind(None, x, y, 0, 0, 1, False, False, False, x, y))
            await self.rest()

    async def paste(self, text: str) -> None:
        self.post_message(events.Paste(text))
        await self.rest()

    async def rest(self) -> None:
        """Wait until all is dealt with, and drawn."""
        await asyncio.sleep(0)
        await all_dealt_with(self)
        self.screen._on_timer_update()
        await all_dealt_with(self)

    def lines(self) -> list[str]:
        """The screen, checked."""
        strips = self.screen._compositor.render_strips()
        found = ["".join(segment.text for segment in strip) for strip in strips]
        for text in found:
            assert not CONTROL.search(text), repr(text)
            assert cell_len(text) == self.size.width, repr(text)
        return [text.rstrip() for text in found]

    def looks(self, word: str) -> set[str]:
        """The colours, and whether bold or underlined, in which a word is shown."""
        return {
            f"{segment.style.color.name if segment.style.color else ''} {bool(segment.style.bold)}"
            + (" underline" if segment.style.underline else "")
            for strip in self.screen._compositor.render_strips()
            for segment in strip
            if segment.style is not None and segment.text.strip() == word
        }


@asynccontextmanager
async def editing(width: int = 80, height: int = 24, complete: Complete | None = None) -> AsyncIterator[Editing]:
    app = Editing(complete)
    async with app.run_test(size=(width, height)):
        app.theme = "tokyo-night"
        app.editor.focus()
        await app.rest()
        yield app


async def test_statements_in_colours_with_their_marks() -> None:
    async with editing() as app:
        editor = app.editor
        await app.paste("-- twice (\rSELECT count(a) FROM t\r  WHERE b = 'x;y';\r\nCALL dolt_commit('-m', 'f(');\n")
        text = editor.text
        assert text == "-- twice (\nSELECT count(a) FROM t\n  WHERE b = 'x;y';\nCALL dolt_commit('-m', 'f(');\n"
        assert editor.offset_of_cursor == len(text)
        first, second = text.index("SELECT"), text.index("CALL")
        editor.show_outcome(0, second - 2, succeeded=True)
        editor.show_outcome(second, len(text) - 2, succeeded=False)
        await app.rest()
        assert app.lines()[:4] == [
            " 1 ✓ -- twice (",
            " 2   SELECT count(a) FROM t",
            " 3     WHERE b = 'x;y';",
            " 4 ✗ CALL dolt_commit('-m', 'f(');",
        ]
        (keyword,), (string,), (function,) = app.looks("SELECT"), app.looks("'x;y'"), app.looks("count")
        assert app.looks("CALL") == {keyword}
        assert app.looks("dolt_commit") == {function}
        assert app.looks("'f('") == {string}
        assert len({keyword, string, function, *app.looks("-- twice ("), *app.looks("FROM t")}) >= 4

        # Marks go with their statements; a change in one takes its mark away, and the error's.
        editor.show_mistake(text.index("count"), go_there=True)
        editor.show_statement((first, second - 2))
        await app.rest()
        assert editor.cursor_location == (1, 7)
        assert any("underline" in style for style in app.looks("ount"))
        await app.press("x")
        assert not any("underline" in style for style in app.looks("ount"))
        editor.move_cursor((0, 0))
        await app.press("enter")
        assert [line[:4].rstrip() for line in app.lines()[:5]] == [" 1", " 2", " 3 ┃", " 4 ┃", " 5 ✗"]
        await app.press("ctrl+z", "ctrl+z")
        assert editor.text == text
        await app.press("ctrl+y", "ctrl+y")
        assert editor.text == "\n" + text.replace("count", "xcount")
        editor.replace_all("SELECT 1")
        await app.press("ctrl+z")
        assert editor.text == "\n" + text.replace("count", "xcount")

        # Brackets: the partner is marked with the one under the cursor.
        editor.move_cursor((2, editor.document[2].index("(")))
        assert editor.matching_bracket_location == (2, editor.document[2].index(")"))
        await app.press("f5", "f6", "f7", "ctrl+e", "escape", "ctrl+enter")
        assert app.seen == ["f5", "f6", "f7", "ctrl+e", "escape", "ctrl+enter"]
        assert editor.text == "\n" + text.replace("count", "xcount")


async def test_hostile_text_is_kept_and_shown_harmlessly() -> None:
    async with editing(60, 12) as app:
        text = f"{HOSTILE}\n{HOSTILE * 9}\n\n{'wide 日本 ' * 2000}\n"
        await app.paste(text.replace("\n", "\r"))
        assert app.editor.text == text
        assert app.editor.document.line_count == text.count("\n") + 1
        for row in range(4):
            app.editor.move_cursor((row, 0))
            for key in ["end", "left", "left", "up", "down", "shift+home", "home", *["right"] * 9]:
                await app.press(key)
                app.lines()
        app.editor.move_cursor((1, len(HOSTILE) * 5))
        await app.press("x", "shift+down", "backspace", "ctrl+z", "ctrl+z")
        assert app.editor.text == text
        app.editor.select_all()
        app.lines()
        await app.press("ctrl+x", "ctrl+v")
        assert app.editor.text == text

        app.line.focus()
        await app.paste(f"SELECT\r{HOSTILE}\r")
        await app.press("end", "x", "enter")
        assert app.line.text == f"SELECT {HOSTILE}x"
        assert app.seen == ["enter"]
        assert app.lines()[-1].rstrip().endswith("endx")


async def test_typing_after_a_paste_of_5_mb() -> None:
    """Never more than a few frames; the benchmarks have the figures."""
    script = "-- (\nINSERT INTO t VALUES\n" + "  (1, 'abc', 'some (text) here'),\n" * 150_000
    for text in (script, "SELECT " + "(1, 'é'), " * 500_000):
        async with editing(132, 38) as app:
            await app.paste(text)
            assert app.editor.text == text
            rows = app.editor.document.line_count
            row = rows // 2
            slowest = 0.0
            for place in ((0, 1), (row, len(app.editor.document[row]) // 2), app.editor.document.end):
                app.editor.move_cursor(place)
                await app.rest()
                for key in ["a", "left_parenthesis", "apostrophe", "left", "left", "enter", "backspace", "pageup"]:
                    begun = time.perf_counter()
                    await app.press(key)
                    slowest = max(slowest, time.perf_counter() - begun)
            app.lines()
            assert slowest < 0.25, slowest
