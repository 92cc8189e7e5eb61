"""How a row of a grid becomes a strip: cells fitted to widths, names of styles turned into the theme's colours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.color import Color
from textual.strip import Strip

from dolt_tui.ui.present.colours import readable
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import ELLIPSIS, Cell, FittedCell, sanitise, shorten_bytes, shorten_change
from dolt_tui.ui.present.text import Style as Named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.widget import Widget

    from dolt_tui.ui.widgets.grid_columns import Layout

CSS: Final = """
Grid {
    background: transparent;
    color: $foreground;
    overflow-x: hidden;
    overflow-y: auto;
    scrollbar-size-vertical: 1;
    scrollbar-color: $foreground 30%;
    scrollbar-color-hover: $foreground 45%;
    scrollbar-color-active: $accent;
    scrollbar-background: $background;
    scrollbar-background-hover: $background;
    scrollbar-background-active: $background;
    height: 1fr;
}
"""


class Look(NamedTuple):
    """What a name of a style means: colours of the theme with their opacity in percent, and effects of the text."""

    color: str = ""
    """The theme's name of a colour, and how opaque it is where it is not wholly so; empty: as it was."""
    background: str = ""
    effects: RichStyle = RichStyle.null()


_BOLD: Final = RichStyle(bold=True)

# No component classes of Textual: it would apply the whole style sheet to each of them, for each grid.
LOOKS: Final[Mapping[str, Look]] = {
    "header": Look("dim"),
    "rule": Look("foreground 25"),
    "hint": Look("accent", effects=_BOLD),
    "zebra": Look(background="foreground 4"),
    "selected": Look(background="secondary 25"),
    "cursor": Look(background="primary 32"),
    "cursor-blurred": Look(background="foreground 13"),
    "cell": Look(background="primary 40", effects=_BOLD),
    "placeholder": Look("foreground 40"),
    "empty": Look("dim"),
    Named.DIM: Look("dim"),
    Named.BOLD: Look(effects=_BOLD),
    Named.NULL: Look("dim"),
    Named.ADDED: Look("added"),
    Named.REMOVED: Look("removed", effects=RichStyle(strike=True)),
    Named.MINUS: Look("removed"),
    Named.MODIFIED: Look("modified"),
    Named.CONFLICT: Look("error", effects=_BOLD),
    Named.ACCENT: Look("accent"),
    Named.SUCCESS: Look("success"),
    Named.WARNING: Look("warning"),
    Named.ERROR: Look("error"),
    Named.NUMBER: Look("foreground"),
    Named.KEY: Look(effects=_BOLD),
    Named.HEADING: Look("dim"),
    Named.MATCH: Look("accent", effects=RichStyle(underline=True)),
    Named.LANE0: Look("accent"),
    Named.LANE1: Look("success"),
    Named.LANE2: Look("primary"),
    Named.LANE3: Look("secondary"),
    Named.LANE4: Look("warning"),
    Named.LANE5: Look("error"),
    "underline": Look(effects=RichStyle(underline=True)),
    "keyword": Look("primary", effects=_BOLD),
    "function": Look("secondary"),
    "string": Look("success"),
    "literal": Look("warning"),
    "comment": Look("dim"),
    "gutter": Look("foreground 35"),
    "gutter-here": Look("foreground 70"),
    "line-here": Look(background="foreground 6"),
    "marked": Look(background="primary 40"),
    "bracket": Look("accent", "foreground 20", _BOLD),
    "mistake": Look("error", "error 20", RichStyle(underline=True)),
    "text-cursor": Look("background", "foreground"),
}

_DECORATION: Final = frozenset({"rule", "placeholder", "gutter"})
"""Names of what carries no meaning: it may be as faint as it likes."""


# Themes of the terminal's own 16 colours know no shades: there, lines are told apart by these instead.
_WITHOUT_SHADES: Final = {
    "cursor": RichStyle(reverse=True),
    "cell": RichStyle(reverse=True),
    "cursor-blurred": RichStyle(underline=True),
    "selected": RichStyle(bold=True, underline=True),
    "line-here": RichStyle.null(),
    "marked": RichStyle(reverse=True),
    "bracket": RichStyle(bold=True, underline=True),
    "mistake": RichStyle(underline=True),
    "text-cursor": RichStyle(reverse=True),
}


class Palette:
    """The theme's colours for names of styles; made again whenever the styles of the widget change."""

    def __init__(self, widget: Widget, background: Color) -> None:
        self.background = background
        self._variables = widget.app.theme_variables
        self._foreground = widget.styles.color if widget.styles.has_rule("color") else widget.colors[3]
        self._known: dict[tuple[str, ...], RichStyle] = {}

    def style(self, *names: str) -> RichStyle:
        """The style that these give, later ones over earlier ones; each may hold several, separated by blanks."""
        if (style := self._known.get(names)) is None:
            style = self._known[names] = self._resolve(names)
        return style

    def _resolve(self, names: tuple[str, ...]) -> RichStyle:
        background, foreground, effects = self.background, self._foreground, RichStyle.null()
        for name in " ".join(names).split():
            look = LOOKS.get(name)
            if look is None:
                continue  # a name that nobody defined is plain text
            if self.background.ansi is not None and name in _WITHOUT_SHADES:
                effects += _WITHOUT_SHADES[name]
            elif look.background:
                background = background + self._color(look.background)
            if look.color:
                foreground = self._color(look.color)
            effects += look.effects
        # Half-transparent colours are mixed here: a terminal knows none.
        color = background + foreground
        if background.ansi is None and color.ansi is None and _DECORATION.isdisjoint(" ".join(names).split()):
            color = readable(color, background)
        return effects + RichStyle.from_color(color.rich_color, background.rich_color)

    def _color(self, said: str) -> Color:
        """A colour of the theme, as a `Look` says it."""
        variable, _, percent = said.partition(" ")
        color = Color.parse(self._variables[variable])
        return color.multiply_alpha(int(percent) / 100) if percent else color


def fit(cell: Cell, width: int, right: bool = False) -> Cell:
    """A cell padded or cut (with ``…``) to exactly ``width`` cells of the terminal."""
    if width <= 0:
        return ()
    if isinstance(cell, FittedCell):
        cell = cell.fitted(width)
    spans: list[tuple[str, str]] = []
    used = 0
    for position, (text, style) in enumerate(cell):
        if not text.isprintable():
            text = sanitise(text)
        size = len(text) if text.isascii() else cell_len(text)
        if used + size > width:
            spans.append((text, style))
            whole = [*spans, *cell[position + 1 :]]
            return _cut_bytes(whole, width) or _cut_change(whole, width) or _cut(spans, width)
        spans.append((text, style))
        used += size
    if used < width:
        padding = " " * (width - used)
        if right:
            spans.insert(0, (padding, ""))
        elif len(spans) == 1:
            spans[0] = (spans[0][0] + padding, "") if not spans[0][1] else spans[0]
            if spans[0][1]:
                spans.append((padding, ""))
        else:
            spans.append((padding, ""))
    return tuple(spans)


def _cut_bytes(spans: list[tuple[str, str]], width: int) -> Cell | None:
    """Bytes, or bytes and those that replaced them, cut in their middle: what tells them apart may be at the end."""
    if not spans[0][0].startswith("0x") or len(spans) not in (1, 3):
        return None
    if len(spans) == 1:
        text = shorten_bytes(spans[0][0], width)
        return None if text is None else ((text.ljust(width), spans[0][1]),)
    half = (width - 1) // 2
    (old, old_style), between, (new, new_style) = spans
    if (pair := shorten_change(old, new, half)) is None:
        return None
    one, other = pair
    return (one, old_style), between, (other, new_style), (" " * (width - len(one) - len(other) - 1), "")


def _cut_change(spans: list[tuple[str, str]], width: int) -> Cell | None:
    """A value and the one that replaced it, of which the new one never goes: each has half of the room at least."""
    if len(spans) != 3 or width < _LEAST_CHANGE or Named.REMOVED not in spans[0][1].split():
        return None
    (old, old_style), between, (new, new_style) = spans
    room, needed = width - 1, cell_len(sanitise(new))
    new_room = min(needed, max(room // 2, room - cell_len(old)))
    parts = [(old, old_style, room - new_room), (sanitise(new), new_style, new_room)]
    one, other = (
        (text if cell_len(text) <= size else set_cell_size(text, size - 1) + ELLIPSIS, style)
        for text, style, size in parts
    )
    used = cell_len(one[0]) + 1 + cell_len(other[0])
    return one, between, other, (" " * (width - used), "")


_LEAST_TITLE: Final = 3
"""Cells of a title that is beside an arrow."""
_LEAST_CHANGE: Final = 5
"""Cells that an old and a new value need together to be seen both."""


def _cut(spans: list[tuple[str, str]], width: int) -> Cell:
    """Spans that are together too wide, cut to ``width`` with an ellipsis at the end."""
    cut: list[tuple[str, str]] = []
    left = width - 1
    for text, style in spans:
        size = cell_len(text)
        if size > left:
            cut.append((set_cell_size(text, left) + ELLIPSIS, style))
            return tuple(cut)
        cut.append((text, style))
        left -= size
    raise AssertionError("cut spans that fit")  # pragma: no cover - only called for what is too wide


def marked(cell: Cell, sought: str) -> Cell:
    """A cell with the style of a match wherever a text is in it, in upper or lower case, also across its spans."""
    whole, wanted = "".join(text for text, _ in cell), sought.lower()
    folded = whole.lower()
    if not wanted or wanted not in folded or len(folded) != len(whole):  # some letters become two
        return cell
    ends: list[int] = []  # where matches begin and end, in turn
    at = folded.find(wanted)
    while at >= 0:
        ends += [at, at + len(wanted)]
        at = folded.find(wanted, ends[-1])
    spans: list[tuple[str, str]] = []
    start = passed = 0
    for text, name in cell:
        end = start + len(text)
        while start < end:
            while passed < len(ends) and ends[passed] <= start:
                passed += 1
            upto = min(end, ends[passed]) if passed < len(ends) else end
            spans.append((whole[start:upto], f"{name} {Named.MATCH}" if passed % 2 else name))
            start = upto
    return tuple(spans)


class Painter:
    """Makes strips for one layout."""

    def __init__(self, palette: Palette, columns: Sequence[Column], layout: Layout) -> None:
        self._palette = palette
        self._columns = columns
        self.layout = layout
        self.sought = ""
        """A text to mark wherever it is in a row, in upper or lower case."""

    def _strip(self, segments: list[Segment], used: int, base: RichStyle) -> Strip:
        """Pad to the full width."""
        width = self.layout.width
        if used < width:
            segments.append(Segment(" " * (width - used), base))
        return Strip(segments, width)

    def row(self, row: Row, under: str = "", over: str = "", cell: int | None = None) -> Strip:
        """A row; ``under`` and ``over`` name what lies below and above the styles of its spans."""
        style, layout, columns = self._palette.style, self.layout, self._columns
        base = style(under, row.style, over)
        rule = style(under, row.style, Named.NONE, "rule", over)
        segments = self._lead(row, under, over)
        used = layout.lead
        if not row.selectable and len(row.cells) == 1:
            room = max(0, layout.width - layout.pad - layout.lead)
            spans = fit(row.cells[0], room)
            segments += [Segment(text, style(under, row.style, name, over)) for text, name in spans]
            return self._strip(segments, used + room, base)
        cells = row.cells
        for placed in layout.placed:
            if placed.before:
                segments.append(Segment(placed.before, rule))
            above = f"{over} cell" if placed.index == cell else over
            content = cells[placed.index] if placed.index < len(cells) else ()
            spans = fit(content, placed.width, columns[placed.index].numeric)
            for text, name in marked(spans, self.sought) if self.sought else spans:
                segments.append(Segment(text, style(under, row.style, name, above)))
            used = placed.x + placed.width
        return self._strip(segments, used, base)

    def _lead(self, row: Row, under: str, over: str) -> list[Segment]:
        """What comes before the first column: blanks, and the row's sign."""
        layout, style = self.layout, self._palette.style
        if not layout.lead:
            return []
        if not row.sign or layout.lead == layout.pad:
            return [Segment(" " * layout.lead, style(under, row.style, over))]
        spans = ((" " * layout.pad, ""), *fit(row.sign, layout.lead - layout.pad))
        return [Segment(text, style(under, row.style, name, over)) for text, name in spans]

    def header(self) -> Strip:
        """The titles, with ``‹`` and ``›`` where columns are hidden to either side."""
        layout, style = self.layout, self._palette.style("header")
        hint = self._palette.style("header", "hint")
        segments: list[Segment] = []
        if layout.pad:
            segments.append(Segment(("‹" if layout.first else " ").ljust(layout.lead), hint))
        used = layout.lead
        rule = self._palette.style("header", "rule")
        for placed in layout.placed:
            column = self._columns[placed.index]
            if placed.before:
                segments.append(Segment(placed.before, rule))
            room = placed.width - 2 if column.order and placed.width > _LEAST_TITLE else placed.width
            for text, _ in fit(((column.title, ""),), room, column.numeric):
                segments.append(Segment(text, style))
            if room < placed.width:  # a title is cut before the arrow is
                segments.append(Segment(f" {column.order}", hint))
            used = placed.x + placed.width
        if layout.right and layout.pad:
            segments.append(Segment(" " * (layout.width - used - 1) + "›", hint))
            used = layout.width
        return self._strip(segments, used, style)

    def note(self, text: str, name: str) -> Strip:
        """A line that is no row: a placeholder or what is said when there are no rows."""
        style = self._palette.style(name)
        room = max(0, self.layout.width - 2 * self.layout.pad)
        segments = [Segment(" " * self.layout.pad, style)] if self.layout.pad else []
        segments += [Segment(part, style) for part, _ in fit(((text, ""),), room)]
        return self._strip(segments, self.layout.pad + room, style)
