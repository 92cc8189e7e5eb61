"""The list of keys: those of the pane in focus, those that every pane has, those of lists; typing narrows it down."""

from __future__ import annotations

from collections.abc import Sequence

from dolt_tui.ui.commands import MOVES, keymap
from dolt_tui.ui.commands.command_set import place_heading
from dolt_tui.ui.commands.finding import By, Found, find
from dolt_tui.ui.commands.keys import split, types_text
from dolt_tui.ui.dialogs.finder import FinderDialog, Listed, heading
from dolt_tui.ui.dialogs.listing import ListDialog
from dolt_tui.ui.flows.context import Context
from dolt_tui.ui.flows.find_command import Line, foot, lines, marked, taken_by
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import Cell, Style, cell, join, styles
from dolt_tui.words import plural

COLUMNS = (
    Column("key", min_width=6, separator=False),
    Column("title", flex=True, separator=False),
)
_MOVES = "In every list and table"


def list_keys(context: Context) -> None:
    """Show the keys that mean something now, and let the user run what one means."""
    keys, heading = KeyList(context), place_heading(context.places[0])
    dialog = FinderDialog(
        f"Keys · {heading[:1].lower()}{heading[1:]}",
        COLUMNS,
        keys.listed,
        foot=keys.foot,
        placeholder="a key, or what it does",
        hint="⏎ run · ↑ ↓ move · esc close",
        empty=f"No key does that. {keymap.key_of('palette')} finds every command by its name.",
    )

    def chosen(key: object) -> None:
        if (line := keys.lines.get(key)) is not None:  # type: ignore[call-overload]
            context.run(line.command.id)

    context.ask(dialog, chosen)


def keys_dialog(title: str, keys: Sequence[tuple[str, str, str]]) -> ListDialog:
    """The keys of a dialog, to look at."""
    look = styles(Style.ACCENT, Style.BOLD)
    rows = [Row(key, (cell(key, look), cell(does))) for key, _, does in keys]
    return ListDialog(f"Keys · {title}" if title else "Keys", rows, COLUMNS, hint="esc close", choosing=False)


class KeyList:
    """What is listed; made when the list is opened."""

    def __init__(self, context: Context) -> None:
        self._context, self._commands = context, keymap.current()
        here = [line for line in lines(context, self._commands) if not line.entry.letter and line.command.key]
        self.lines = {line.entry.key: line for line in here if line.here or line.shared}

    def listed(self, typed: str) -> Listed:
        """What a key that was typed does; else the keys whose words match. In the order of the places."""
        typed = typed.strip()
        typed = typed.removeprefix("/") if len(typed) > 1 else typed  # who is used to it types / first
        keyed = {key for key, line in self.lines.items() if self._has_key(line, typed)}
        hits = find([line.entry for line in self.lines.values()], typed) if not keyed else ()
        found = {one.entry.key: one for one in hits if one.by is not By.ABOUT}
        rows: list[Row] = []
        number = 0
        for here in (True, False):
            members = [line for line in self.lines.values() if line.here is here]
            members = [line for line in members if not typed or line.entry.key in found or line.entry.key in keyed]
            if members:
                rows.append(heading(place_heading(self._context.places[0 if here else -1])))
                rows += [self._row(line, found.get(line.entry.key)) for line in members]
                number += len(members)
        moves = [
            (keys, what)
            for keys, what in MOVES
            if not typed or typed in keys.split() or (len(typed) > 1 and typed.lower() in what.lower())
        ]
        if moves:
            rows.append(heading(_MOVES))
            look = styles(Style.ACCENT, Style.BOLD)
            rows += [Row(("move", keys), (cell(keys, look), cell(what)), selectable=False) for keys, what in moves]
        return Listed(tuple(rows), f"{number} of {len(self.lines)} keys" if typed else plural(number, "key"))

    def _has_key(self, line: Line, typed: str) -> bool:
        return typed in self._commands.keys_text(line.command).split() or typed in split(line.command.key)

    def _row(self, line: Line, found: Found | None) -> Row:
        item, off = line.command, self._off(line)
        title = marked(line.entry.title, found.marks if found is not None else (), bool(off))
        said = join(title, cell(f" · {off}")) if off else title
        keys = cell(self._commands.keys_text(item), Style.DIM if off else styles(Style.ACCENT, Style.BOLD))
        return Row(line.entry.key, (keys, said))

    def _off(self, line: Line) -> str:
        """Why a key does nothing now, or something else; empty where it does what it says."""
        keys = split(line.command.key)
        if not line.here and (taken := taken_by(self._context, line.command)) is not None:
            return f"here it is {taken[1].short.rstrip('…')}"
        if self._context.focused_pane.TYPED and all(map(types_text, keys)):
            return "not while text is typed"
        return line.why_not

    def foot(self, row: Row) -> list[Cell]:
        """What is said of a key."""
        return foot(self._context, self.lines[row.key])  # type: ignore[index]
