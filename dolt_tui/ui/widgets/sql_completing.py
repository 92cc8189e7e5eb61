"""How an editor asks what may come next while somebody types: on a thread, and never in the way of the keys."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from textual.geometry import Offset

from dolt_tui.ui.widgets.completion_popup import ROWS, Completion, CompletionPopup, Item

if TYPE_CHECKING:
    from dolt_tui.ui.widgets.sql_editor import SqlEditor

Complete = Callable[[str, int], Completion | None]
"""What may come next at an offset of a text; it is called on a thread, and may take its time."""

log = logging.getLogger(__name__)

_BEGINNERS: Final = frozenset("._$'`\"-")
"""Signs behind which names and texts begin; letters and digits are others."""
_FUNCTION_KEY: Final = re.compile(r"f\d+")
_BEFORE: Final = 150_000
"""Characters before the cursor that are always looked at; of a longer text only those from a statement's beginning."""
_BEHIND: Final = 500
"""Lines from the cursor on that are looked at."""


class _Asked(NamedTuple):
    """A question."""

    number: int
    begin: int
    """The row that the text begins with which is looked at."""
    explicit: bool
    work: Callable[[], Completion | None]


class _Found(NamedTuple):
    """An answer, by positions in the whole text."""

    start: int
    end: int
    items: Sequence[Item]


def _beginning(lines: Sequence[str], row: int) -> int:
    """The row from which on to look at a text, to know in which statement ``row`` is; in a short text its first."""
    size = 0
    for at in range(row, 0, -1):
        size += len(lines[at]) + 1
        if size > _BEFORE and lines[at - 1].rstrip().endswith(";"):
            return at
        if size > 2 * _BEFORE:
            return at
    return 0


class Completing:
    """Asks, shows the answer, and takes an item; the latest question wins."""

    def __init__(self, editor: SqlEditor, complete: Complete) -> None:
        self._editor, self._complete = editor, complete
        self._popup: CompletionPopup | None = None
        self._number = 0
        """Of the latest question, or of what made it void."""
        self._waiting = False
        self._take = ""
        """What to do with the answer that is waited for: "first" takes the first item, "single" only if it is all."""
        self._place = (0, (0, 0))
        self._lock = threading.Lock()
        self._next: _Asked | None = None
        self._running = False

    # what happens in the editor

    @property
    def is_open(self) -> bool:
        """Whether items are shown."""
        return self._popup is not None and self._popup.completion is not None

    def key(self, key: str) -> bool:
        """Deal with a key before the editor does; whether it was for the list."""
        if key == "ctrl+@" or key == "ctrl+space":
            self.ask(explicit=True)
            return True
        if key == "tab":
            return self._tab()
        if not self.is_open:
            if key == "escape" and self._waiting:
                self.close()  # and leave, as if it had never been asked
            return False
        popup = self._popup
        assert popup is not None
        if key == "escape":
            self.close()
        elif key in ("up", "down", "pageup", "pagedown"):
            popup.move({"up": -1, "down": 1, "pageup": -ROWS, "pagedown": ROWS}[key])
            self._suggest()
        elif (key == "enter" and popup.moved) or (key == "right" and self._editor.suggestion):
            self.take()
        else:
            if key.startswith("ctrl+") or _FUNCTION_KEY.fullmatch(key):
                self.close()  # it means something to the screen
            return False
        return True

    def _tab(self) -> bool:
        if self._waiting:
            self._take = "first"
        elif self.is_open:
            self.take()
        elif self._behind_a_name():
            self.ask(explicit=True, take="single")
        else:
            return False
        return True

    def _behind_a_name(self) -> bool:
        row, column = self._editor.cursor_location
        before = self._editor.document[row][column - 1 : column]
        return self._editor.selection.is_empty and (before.isalnum() or (before in _BEGINNERS and before != ""))

    def edited(self, text: str, *, removed: bool) -> None:
        """The text was changed: ``text`` was put in, and something was removed or not."""
        self._place = self._editor.sql.version, self._editor.cursor_location
        if len(text) == 1:
            goes_on = text.isalnum() or text in _BEGINNERS or (text == "/" and self.is_open)
        else:
            goes_on = not text and removed and self.is_open and self._behind_a_name()
        if goes_on:
            self.ask()
        else:
            self.close()

    def moved(self) -> None:
        """The cursor is somewhere; it left the word unless the text has just been changed."""
        version, place = self._place
        if self._editor.sql.version == version and self._editor.cursor_location != place:
            self.close()

    # asking

    def ask(self, *, explicit: bool = False, take: str = "") -> None:
        """Ask what may come next at the cursor; ``explicit``: because somebody wants to know."""
        editor = self._editor
        self._number += 1
        self._waiting, self._take = True, take
        self._place = editor.sql.version, editor.cursor_location
        row, column = editor.cursor_location
        begin = _beginning(editor.document.lines, row)
        lines = editor.document.lines[begin : row + _BEHIND]
        number = self._number

        def work() -> Completion | None:
            if number != self._number:
                return None
            return self._complete("\n".join(lines), sum(map(len, lines[: row - begin])) + row - begin + column)

        with self._lock:
            self._next = _Asked(number, begin, explicit, work)
            if self._running:
                return
            self._running = True
        threading.Thread(target=self._run, name="completion", daemon=True).start()

    def _run(self) -> None:
        while True:
            with self._lock:
                asked, self._next = self._next, None
                if asked is None:
                    self._running = False
                    return
            try:
                found = asked.work()
            except Exception:
                log.exception("nothing could be completed")
                found = None
            with suppress(Exception):  # the program may have ended meanwhile
                self._editor.call_later(self._arrived, asked, found)

    def _arrived(self, asked: _Asked, found: Completion | None) -> None:
        if asked.number != self._number or not self._editor.is_mounted:
            return
        self._waiting = False
        take, self._take = self._take, ""
        if found is not None and asked.begin:
            before = self._editor.sql.get_index_from_location((asked.begin, 0))
            found = _Found(found.start + before, found.end + before, found.items)
        wanted = found is not None and bool(found.items)
        if found is not None and wanted and not asked.explicit and not take:
            text = self._editor.sql.get_text_range(
                self._editor.sql.get_location_from_index(found.start), self._editor.cursor_location
            )
            wanted = not (len(found.items) == 1 and found.items[0].text.lower() == text.lower())
        if found is None or not wanted or not self._editor.has_focus:
            self.close()
            return
        self._show(found)
        if take == "first" or (take == "single" and len(found.items) == 1):
            self.take()

    def prepare(self) -> None:
        """Make the list, without showing it: to do that at the first key would hold up the second."""
        if self._popup is None or not self._popup.is_attached:
            self._popup = CompletionPopup(self.take)
            self._editor.screen.mount(self._popup)

    def _show(self, found: Completion) -> None:
        self.prepare()
        assert self._popup is not None
        self._popup.show(found, *self._where(found))
        self._suggest()

    def _where(self, found: Completion) -> tuple[Offset, int]:
        """The place of the word on the screen, and the column that the list should not reach."""
        editor = self._editor
        return editor.place_on_screen(editor.sql.get_location_from_index(found.start)), editor.region.right

    def scrolled(self) -> None:
        """What is shown of the text is another part of it, or at another place."""
        if self._popup is None or self._popup.completion is None:
            return
        word, right = self._where(self._popup.completion)
        if self._editor.region.contains_point(word):
            self._popup.put(word, right)
        else:
            self.close()

    def _suggest(self) -> None:
        """Show the rest of the selected item behind the cursor, where it begins with what was typed."""
        editor = self._editor
        item = self._popup.item if self._popup is not None else None
        rest = ""
        if item is not None and editor.cursor_at_end_of_line and self._popup is not None:
            assert self._popup.completion is not None
            start = editor.sql.get_location_from_index(self._popup.completion.start)
            typed = editor.sql.get_text_range(start, editor.cursor_location)
            if typed and item.text.lower().startswith(typed.lower()):
                rest = item.text[len(typed) :]
        editor.suggestion = rest

    def take(self) -> None:
        """Put the selected item in place of what was typed of it."""
        popup = self._popup
        if popup is None or popup.completion is None or popup.item is None:
            return
        found, text = popup.completion, popup.item.text
        self.close()
        self._editor.replace_span(found.start, found.end, text)
        self.close()  # nor is what was put in to be completed

    def close(self) -> None:
        """Show nothing, and forget what was asked."""
        self._number += 1
        self._waiting, self._take = False, ""
        self._editor.suggestion = ""
        if self._popup is not None:
            self._popup.close()

    def remove(self) -> None:
        """The editor goes away, and its list with it."""
        self.close()
        if self._popup is not None and self._popup.is_attached:
            self._popup.remove()
        self._popup = None
