"""The palette: every command of the screen, found by what people call it, with its key, or why it cannot run now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dolt_tui.engine.model.traits import SqlStyle
from dolt_tui.frozen import Frozen
from dolt_tui.ui.commands import HEADINGS, Command, CommandSet, keymap
from dolt_tui.ui.commands.command_set import PALETTE, place_heading, place_name
from dolt_tui.ui.commands.finding import BEHIND, By, Entry, Found, find, nearness
from dolt_tui.ui.commands.keys import split
from dolt_tui.ui.dialogs.finder import FinderDialog, Listed, heading
from dolt_tui.ui.flows.context import Context
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import Cell, Style, cell, join, plain, styles
from dolt_tui.words import plural

COLUMNS = (
    Column("title", flex=True, separator=False),
    Column("place", numeric=True, max_width=14, separator=False),
    Column("key", numeric=True, max_width=12, separator=False),
)
_NARROW = 90
"""Cells of a screen on which a title may be cut."""
_RECENT = 5
"""Commands that were used lately, at the top while nothing is typed."""
_LATELY, _OTHER, _SYNONYM = "Used lately", "In other panes", "Another word for it"
_LETTERS, _SPELT = "By the first letters", "Did you mean?"
_MIXED = {_LATELY, _OTHER, _SYNONYM, _LETTERS, _SPELT}
"""Groups of commands of several places."""


class Line(Frozen):
    """An entry of the palette on a screen."""

    entry: Entry
    command: Command
    """As it is declared for the place in which it would run."""
    here: bool
    """Whether the pane in focus has it for itself."""
    shared: bool
    """Whether every pane has it."""
    why_not: str


def open_palette(context: Context) -> None:
    """Let the user find a command, and run it."""
    palette = Palette(context)
    dialog = FinderDialog(
        "Commands",
        COLUMNS,
        palette.listed,
        foot=palette.foot,
        placeholder="what to do: squash, blame, export, theme…",
        hint="⏎ run · ↑ ↓ move · esc close",
        empty=f"No command is called that. {keymap.key_of('help')} lists the keys.",
    )
    context.ask(dialog, palette.chosen)


class Palette:
    """What the palette lists; made when it is opened."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._commands = keymap.current()
        self.lines = {line.entry.key: line for line in lines(context, self._commands)}
        self._entries = [line.entry for line in self.lines.values()]

    def listed(self, typed: str) -> Listed:
        """The lines for what was typed, in groups; all of them where nothing was."""
        if typed.strip():
            found = find(self._entries, typed, self._bonus)
            groups = _grouped((self._group(self.lines[one.entry.key], one), one) for one in found)
        else:
            groups = self._all()
        rows: list[Row] = []
        for name, members in groups.items():
            rows.append(heading(name))
            rows += [self._row(one, placed=name in _MIXED) for one in members]
        number = sum(map(len, groups.values()))
        of = f"{number} of {len(self._entries)} commands"
        return Listed(tuple(rows), of if typed.strip() else plural(number, "command"))

    def _all(self) -> dict[str, list[Found]]:
        """Everything: what was used lately, then by place."""
        used = [key for key in self._commands.used if key in self.lines][:_RECENT]
        rest = [line for key, line in self.lines.items() if key not in used and not line.entry.letter]
        rest.sort(key=lambda line: (not line.here, not line.shared))
        groups = {_LATELY: [self._plain(self.lines[key]) for key in used]} if used else {}
        for line in rest:
            name = self._place_group(line)
            groups.setdefault(name, []).append(self._plain(line))
        return groups

    @staticmethod
    def _plain(line: Line) -> Found:
        return Found(line.entry, 0.0, By.TITLE)

    def _bonus(self, entry: Entry) -> float:
        line = self.lines[entry.key]
        return nearness(
            here=line.here,
            shared=line.shared,
            possible=not line.why_not,
            behind=line.command.where in BEHIND,
            offered=bool(entry.letter),
            lately=entry.key in self._commands.used[:_RECENT],
        )

    def _group(self, line: Line, found: Found) -> str:
        if found.by is By.TITLE:
            return self._place_group(line) if line.here or line.shared else _OTHER
        return {By.SPELLING: _SPELT, By.LETTERS: _LETTERS}.get(found.by, _SYNONYM)

    def _place_group(self, line: Line) -> str:
        if line.here:
            return f"Here, {HEADINGS.get(self._context.places[0], self._context.places[0])}"
        return place_heading(line.command.where)

    def _row(self, found: Found, *, placed: bool) -> Row:
        line = self.lines[found.entry.key]
        item, commands, off = line.command, self._commands, bool(line.why_not)
        spans = marked(found.entry.title, found.marks, off)
        if found.synonym:
            spans = join(spans, cell(f" ({found.synonym})", Style.DIM))
        if off:
            spans = join(spans, cell(f" · {line.why_not}"))
        key = commands.keys_text(item)
        if found.entry.letter:
            key = f"{key or item.short} {found.entry.letter}"
        taken = line.shared and set(split(item.key)) <= commands.keys_of(self._context.places[0])
        look = Style.DIM if off or taken else styles(Style.ACCENT, Style.BOLD)
        place = place_name(item.where) if placed else ""
        return Row(found.entry.key, (join(cell("  "), spans), cell(place, Style.DIM), cell(key, look)))

    def foot(self, row: Row) -> list[Cell]:
        """What is said of a line: what it does, and the statement, or where it would go."""
        return foot(self._context, self.lines[row.key])  # type: ignore[index]

    def chosen(self, key: object) -> None:
        """Run what was chosen."""
        line = self.lines.get(key)  # type: ignore[call-overload]
        if line is None:
            return
        used = self._commands.used
        used[:] = [line.entry.key, *(other for other in used if other != line.entry.key)][:50]
        if line.here or line.shared:
            self._context.run(line.command.id)
        else:
            self._context.run_at(line.command.id, line.command.where)


def foot(context: Context, line: Line) -> list[Cell]:
    """What a command does or why it cannot run, and below it the statement, and where it would go."""
    entry, item = line.entry, line.command
    about = item.about if not entry.letter else ""
    cut = context.window.width < _NARROW
    first = cell(about or (f"{entry.title.rstrip('…')}." if cut else ""))
    if line.why_not:
        first = join(cell("Not now: ", Style.WARNING), cell(line.why_not))
    parts = [_statement(entry.runs, context)] if entry.runs else []
    if not line.here and not line.shared:
        selected = _selected(context, item.where)
        parts.append(f"goes to {place_name(item.where)} first{f', where {selected} is selected' if selected else ''}")
    if entry.letter and entry.letter != "⏎":
        parts.append(f"{entry.letter} in its dialog")
    taken = taken_by(context, item) if line.shared else None
    if taken is not None:
        parts.append(f"here {taken[0]} is {taken[1].short.rstrip('…')}")
    return [found for found in (first, cell(" · ".join(parts), Style.DIM)) if plain(found)]


def taken_by(context: Context, item: Command) -> tuple[str, Command] | None:
    """The key of a command that every pane has, and what the pane in focus has it for, where that takes them all."""
    own = {key: one for one in keymap.current().meant(context.places[0]) for key in split(one.key)}
    keys = split(item.key)
    if not keys or len(context.places) < 2 or not all(key in own for key in keys):
        return None
    return keymap.current().keys_text(item).split()[0], own[keys[0]]


def _selected(context: Context, place: str) -> str:
    """The name of what is selected in another pane, as far as it has one."""
    pane = next((pane for pane in context.own_panes if place == pane.KIND), None)
    row = pane.grid.cursor_row if pane is not None and not pane.has_class("behind") else None
    name = row.key if row is not None and isinstance(row.key, str) else ""
    return name[:7] if len(name) == 32 else name


def lines(context: Context, commands: CommandSet) -> list[Line]:
    """All entries of a screen; costs some milliseconds for all of its commands."""
    here, shared = context.places[0], context.places[-1]
    places = {place: number for number, place in enumerate(context.all_places)}
    near = {item.id: item for place in (shared, here) for item in commands.meant(place)}
    found = []
    for entry in commands.entries:
        own = [item for item in entry.commands if item.where in places]
        if not own or own[0].id == PALETTE:
            continue
        item = next((item for item in own if near.get(item.id) is item), None)
        if item is None:
            if (other := near.get(own[0].id)) is not None and other.where == shared:
                continue  # the same in other words
            item = min(own, key=lambda item: places[item.where])
        own_pane = item.where != shared and near.get(item.id) is item
        why = context.why_not(item.id) if near.get(item.id) is item else context.why_not_at(item.id, item.where)
        found.append(Line(entry, item, own_pane, item.where == shared, str(why)))
    return found


def _grouped(found: Iterable[tuple[str, Found]]) -> dict[str, list[Found]]:
    """By the names of groups, in the order of the best of each."""
    groups: dict[str, list[Found]] = {}
    for name, one in found:
        groups.setdefault(name, []).append(one)
    return groups


def marked(title: str, marks: Sequence[tuple[int, int]], off: bool) -> Cell:
    """A title in which what was typed is marked."""
    usual, marked = (Style.DIM, f"{Style.DIM} underline") if off else ("", styles(Style.ACCENT, Style.BOLD))
    spans, at = [], 0
    for start, end in marks:
        spans += [(title[at:start], usual), (title[start:end], marked)]
        at = end
    return tuple(span for span in (*spans, (title[at:], usual)) if span[0])


def _statement(runs: str, context: Context) -> str:
    """A statement as the engine takes it."""
    if not runs.startswith("dolt_"):
        return runs
    mysql = context.state.repository.info.traits.sql is SqlStyle.MYSQL
    return f"{'CALL' if mysql else 'SELECT'} {runs}"
