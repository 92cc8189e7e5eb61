"""A dialog that tells what would happen and lets one choose, each choice by a letter of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from dolt_tui.engine.model.calls import Call, script
from dolt_tui.frozen import Frozen
from dolt_tui.ui.dialogs.dialog import Dialog
from dolt_tui.ui.present.content import lines
from dolt_tui.ui.present.text import Cell, Style, cell, join
from dolt_tui.ui.widgets.grid_moves import GridMoves
from dolt_tui.words import plural

_HELD = 0.8
"""Seconds in which the same key again is the repeat of a key that is held down; keyboards repeat sooner."""
_REPEATED = 0.06
"""Seconds between the repeats of a key that is held down, at most; nobody presses it twice so fast."""
_STATEMENTS = 6
"""Statements of a choice that are shown; the rest are counted."""
_BESIDE = 8
"""Cells of a choice beside its label and its text: the cursor, the letter, and the gaps."""
_AROUND = 6
"""Lines of a screen beside what a dialog says, and its choices."""
_READ = 9
"""Lines of what a dialog says that its choices leave room for."""
WAITING = "still checking"
"""Why a choice cannot be made while what it would do is being found out."""


class Choice(Frozen):
    """Something that one can choose."""

    letter: str
    label: str
    text: str = ""
    why_not: str = ""
    """Why it cannot be chosen now; empty when it can."""
    calls: Sequence[Call] = ()
    """The statements that it would run, shown while the cursor is on it."""
    costs: str = ""
    """What is lost by it, shown above these, whole: a text beside the choice may be cut."""

    @property
    def statement(self) -> str:
        """The first of its statements, one on each line."""
        rest = len(self.calls) - _STATEMENTS
        return script(self.calls[:_STATEMENTS]) + (f"\n… {rest} more" if rest > 0 else "")


class ChoiceDialog(Dialog[str]):
    """Returns the letter that was chosen, or None.

    ``opener`` is the key that opens the dialog unless the configuration gives another: no choice may have that letter.
    Whatever key opened it chooses nothing while it is held down. Without ``default`` enter chooses nothing until the
    cursor was moved.
    """

    def __init__(
        self,
        title: str,
        body: Sequence[Cell],
        choices: Sequence[Choice],
        *,
        default: str | None = None,
        opener: str = "",
        on_leave: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(title, "")
        assert all(choice.letter != opener for choice in choices), "a held key would choose"
        self._body, self._choices = _without_end(body), list(choices)
        self._default = default
        self._left = on_leave
        self._cursor: str | None = None
        self._held: events.Key | None = None
        """The key that opened the dialog, or its last repeat."""
        self._heights: list[int] = []
        """Lines of each choice."""
        self._clicked: str | None = None
        """The choice that was clicked last."""
        self._text = Static(markup=False, classes="body")
        self._list = Static(markup=False, classes="choices")
        self._statement = Static(markup=False, classes="statement")
        self._says = Static(markup=False, classes="says")
        self._pick_default()

    @property
    def choices(self) -> Sequence[Choice]:
        """What can be chosen, and what cannot."""
        return tuple(self._choices)

    @property
    def keys(self) -> Sequence[tuple[str, str, str]]:
        """Its keys: those of the choices first."""
        own = [
            (one.letter, one.label, f"{one.label} · {one.why_not or one.text}".rstrip(" ·")) for one in self._choices
        ]
        moves = [
            ("j k ↓ ↑ tab", "move", "go from choice to choice"),
            ("⏎", "choose", "make the choice under the cursor"),
        ]
        return [*own, *moves, *super().keys]

    @property
    def keys_ready(self) -> bool:
        """Letters typed ahead wait until it is known what the choices would do."""
        return super().keys_ready and not any(choice.why_not == WAITING for choice in self._choices)

    def compose(self) -> ComposeResult:
        with self.frame:
            with VerticalScroll(classes="scroll", can_focus=False):
                yield self._text
            with Vertical(classes="foot"):  # never pushed out of the frame by a long text
                yield self._list
                yield self._statement
                yield self._says

    def on_mount(self) -> None:
        self._held = getattr(getattr(self.app, "keys", None), "last", None)
        self._says.display = False
        self._draw()

    def update(self, body: Sequence[Cell], choices: Sequence[Choice] | None = None, default: str | None = None) -> None:
        """More is known now: other lines, and maybe other choices; a choice that was moved to stays."""
        self._body = _without_end(body)
        if choices is not None:
            self._choices = list(choices)
        if default is not None:
            self._default = default
        if self._cursor is None or not self._possible(self._cursor):
            self._pick_default()
        if self.is_mounted:
            self._draw()
            self.post_message(self.Ready())

    def _pick_default(self) -> None:
        self._cursor = self._default if self._default is not None and self._possible(self._default) else None

    def _possible(self, letter: str) -> bool:
        return any(choice.letter == letter and not choice.why_not for choice in self._choices)

    def _draw(self) -> None:
        self._text.update(lines(self._body))
        width = max((len(choice.label) for choice in self._choices), default=0)
        rows = []
        chosen, statement, costs, text = "", "", "", ""
        for choice in self._choices:
            here = choice.letter == self._cursor
            if here or len(self._choices) == 1:
                statement, costs = choice.statement, choice.costs
            if here:
                chosen, text = choice.label, choice.why_not or choice.text
            off = bool(choice.why_not)
            rows.append(
                join(
                    cell("› " if here else "  ", Style.ACCENT),
                    cell(choice.letter, Style.DIM if off else Style.KEY),
                    cell(f"  {choice.label:<{width}}", Style.DIM if off else Style.BOLD if here else ""),
                    cell(f"   {choice.why_not or choice.text}", Style.DIM),
                )
            )
        listed = lines(rows, hang=width + _BESIDE)
        taken, room = listed.get_height({}, self._width), self.app.size.height - _AROUND
        body = lines(self._body).get_height({}, self._width)
        cut = taken + (body if self.is_short else min(body, _READ)) > room
        self._list.set_class(cut, "cut")
        taken = len(rows) if cut else taken
        self._heights = [1 if cut else lines([row], hang=width + _BESIDE).get_height({}, self._width) for row in rows]
        self._list.update(listed)
        told = [cell(text, Style.DIM)] if cut and width + _BESIDE + len(text) > self._width else []
        below = self._below(told, statement, costs, taken + min(body, _READ))
        self._statement.display = bool(below)
        self._statement.update(lines(below))
        possible = any(not choice.why_not for choice in self._choices)
        self.set_hint(
            f"⏎ {chosen} · esc cancel" if chosen else "press a letter · esc cancel" if possible else "esc close"
        )

    @property
    def _width(self) -> int:
        """Cells of a line."""
        width = self.app.size.width
        return max(20, (width * 96 // 100 if self.is_narrow else min(width * 80 // 100, 100)) - 6)

    def on_resize(self, event: events.Resize) -> None:
        self._draw()

    def _below(self, told: list[Cell], statement: str, costs: str, taken: int) -> list[Cell]:
        """What a choice is, costs and runs, as far as there is room beside ``taken`` lines.

        These are never pushed out.
        """
        width = self._width
        found = [*told, *([cell(f"‼ {costs}", Style.WARNING)] if costs else [])]
        room = self.app.size.height - taken - (6 if self.is_short else 10) - -(-len(costs) // width) - len(told)
        whole = statement.split("\n") if statement else []
        for number, line in enumerate(whole):
            room -= -(-len(line) // width)
            if room < 0 or (room == 0 and number + 1 < len(whole)):
                rest = f"{len(whole) - number} more" if number else f"{plural(len(whole), 'line')} of SQL"
                return [*found, cell(f"… {rest}", Style.DIM)]
            found.append(cell(line))
        return found

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        held, self._held = self._held, None
        again = held is not None and held.key == event.key == "g" and event.time - held.time > _REPEATED
        if again and all(choice.letter != "g" for choice in self._choices):
            self._to_the_top()
            return
        if held is not None and held.key != event.key:
            held = None
        self._says.display = False
        if event.key in ("down", "j", "tab"):
            self._move(1)
        elif event.key in ("up", "k", "shift+tab"):
            self._move(-1)
        elif event.key == "enter":
            if self._cursor is not None:
                self.dismiss(self._cursor)
        elif event.key == "escape":
            self.action_leave()
        elif event.key in ("pagedown", "pageup"):
            scroll = self.query_one(VerticalScroll)
            (scroll.scroll_page_down if event.key == "pagedown" else scroll.scroll_page_up)(animate=False)
        else:
            if held is not None and event.time - held.time < _HELD:
                self._held = event
                return
            for choice in self._choices:
                if event.character == choice.letter:
                    if choice.why_not:
                        self._refuse(choice)
                    else:
                        self.dismiss(choice.letter)
                    return

    def on_click(self, event: events.Click) -> None:
        """A click on a choice goes to it and shows what it would run; one on the choice with the cursor makes it.

        So does a double click: what the first one shows may have moved the choice from under the pointer.
        """
        if event.chain > 1 and self._clicked is not None and self._clicked == self._cursor:
            self.dismiss(self._clicked)
            return
        self._clicked = None
        choice = self._choice_at(event)
        if choice is None:
            return
        if choice.why_not:
            self._refuse(choice)
        elif choice.letter == self._cursor:
            self.dismiss(choice.letter)
        else:
            self._cursor = self._clicked = choice.letter
            self._draw()

    def _choice_at(self, event: events.Click) -> Choice | None:
        """The choice under the pointer."""
        if not self._list.region.contains_point(event.screen_offset):
            return None
        ends = accumulate(self._heights)
        line = event.screen_y - self._list.region.y
        return next((choice for choice, end in zip(self._choices, ends, strict=True) if line < end), None)

    def _refuse(self, choice: Choice) -> None:
        self._says.update(lines([cell(f"{choice.label}: {choice.why_not}", Style.WARNING)]))
        self._says.display = True

    def _to_the_top(self) -> None:
        """The key was the first half of what leads to the top of a list in vim."""
        below = self.app.screen_stack[-2].focused
        self.action_leave()
        if isinstance(below, GridMoves):
            below.action_home()

    def _move(self, step: int) -> None:
        letters = [choice.letter for choice in self._choices if not choice.why_not]
        if letters:
            at = letters.index(self._cursor) + step if self._cursor in letters else (0 if step > 0 else -1)
            self._cursor = letters[at % len(letters)]
            self._draw()

    def action_leave(self) -> None:
        if self._left is not None:
            self._left()
        super().action_leave()


def _without_end(body: Sequence[Cell]) -> list[Cell]:
    """Lines without blank ones at their end: below them there is one already."""
    found = list(body)
    while found and not found[-1]:
        found.pop()
    return found
