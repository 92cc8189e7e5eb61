"""How often values occur and what is true of a column, as rows of grids. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from dolt_tui.engine.model import Value
from dolt_tui.engine.model.column_stats import Facts, Frequency, FrequencyOrder, Profile, ValueCount
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import Cell, Style, cell, is_numeric, value_cell
from dolt_tui.words import count, plural

BAR = 24
"""Cells of the longest bar."""
_WHOLE, _HALF = "━", "╸"
_LESS_THAN_SHOWN = 0.0005


def share(number: int, of: int) -> str:
    """A part in per cent: ``12.5%``, ``<0.1%``."""
    if not number or not of:
        return "0%"
    part = number / of
    if number == of:
        return "100%"
    return "<0.1%" if part < _LESS_THAN_SHOWN else ">99.9%" if part > 1 - _LESS_THAN_SHOWN else f"{part:.1%}"


def bar(number: int, most: int, width: int = BAR) -> str:
    """A bar of at most ``width`` cells; what is there at all has at least half of one."""
    if number <= 0 or most <= 0:
        return ""
    whole, half = divmod(max(1, round(2 * width * number / most)), 2)
    return _WHOLE * whole + _HALF * half


def counted_value(value: Value) -> Cell:
    """A value, so that an empty one is seen."""
    return cell("empty", Style.DIM) if value in ("", b"") else value_cell(value)


def difference(number: int) -> Cell:
    """How much more there is, or less."""
    if not number:
        return cell("·", Style.DIM)
    return cell(f"{'+' if number > 0 else '−'}{count(abs(number))}", Style.ADDED if number > 0 else Style.MINUS)


def frequency_columns(frequency: Frequency, name: str, old: str = "", new: str = "") -> tuple[Column, ...]:
    """The columns of a frequency; ``old`` and ``new`` name the sides of one that compares them."""
    numeric = all(is_numeric(one.value) for one in frequency.values if one.value is not None)
    first = Column("0", name, numeric=numeric, frozen=True, shrink=True, min_width=12, max_width=80)
    if frequency.old is None:
        return first, _number("count", "rows"), _number("share", "share"), Column("bar", separator=False)
    sides = (_number("old", old), _number("new", new), _number("difference", "difference"))
    return first, *sides, _number("share", "share"), Column("bar", separator=False)


def _number(key: str, title: str) -> Column:
    return Column(key, title, numeric=True, separator=False)


def frequency_rows(frequency: Frequency, values: Sequence[ValueCount], start: int) -> list[Row]:
    """Some of its values, from number ``start`` on."""
    found, most = [], max((_weight(one) for one in frequency.values), default=0)
    for at, one in enumerate(values, start):
        part = cell(share(one.count, frequency.totals.rows), Style.DIM)
        cells: tuple[Cell, ...]
        if one.old is None:
            cells = (counted_value(one.value), cell(count(one.count)), part, cell(bar(one.count, most), Style.ACCENT))
        else:
            style = Style.ADDED if one.difference > 0 else Style.MINUS
            drawn = cell(bar(abs(one.difference), most, BAR // 2), style)
            numbers = (cell(count(one.old), Style.DIM), cell(count(one.count)), difference(one.difference))
            cells = (counted_value(one.value), *numbers, part, drawn)
        found.append(Row(at, cells, value=one))
    return found


def _weight(one: ValueCount) -> int:
    return one.count if one.old is None else abs(one.difference)


def frequency_said(frequency: Frequency) -> str:
    """How many values and rows there are, for the bottom."""
    totals = frequency.totals
    parts = [plural(totals.distinct, "value")]
    if totals.nulls:
        parts.append(f"{count(totals.nulls)} NULL")
    empty = next((one.count for one in frequency.values if one.value in ("", b"")), 0)
    parts += [f"{count(empty)} empty"] if empty else []
    rows = plural(totals.rows, "row")
    if frequency.old is not None and frequency.old.rows != totals.rows:
        rows = f"{count(frequency.old.rows)} → {rows}"
    return " · ".join([*parts, f"in {rows}"])


ORDERS = {
    FrequencyOrder.MOST: "most frequent first",
    FrequencyOrder.FEWEST: "least frequent first",
    FrequencyOrder.VALUE: "by value",
    FrequencyOrder.CHANGE: "greatest difference first",
}

# profiles

PROFILE_COLUMNS = (
    Column("name", frozen=True, separator=False, min_width=10),
    Column("value", max_width=60, separator=False),
    Column("note", max_width=60, separator=False),
    Column("bar", separator=False),
)


def two_sided(old: str, new: str) -> tuple[Column, ...]:
    """The columns of a profile of two revisions."""
    return (
        Column("name", frozen=True, separator=False, min_width=10, max_width=18),
        Column("old", old, max_width=20, separator=False),
        Column("new", new, max_width=20, separator=False),
        Column("difference", "difference", max_width=12, separator=False),
        Column("bar", separator=False),
    )


def profile_rows(profile: Profile) -> list[Row]:
    """What is true of a column: a line for each fact, then the commonest values."""
    if profile.both:
        return _compared(profile)
    facts = profile.facts
    assert facts is not None
    rows = [_line("type", cell(profile.column.type or "any"))]
    for key, value, number in _facts(facts):
        of_rows = isinstance(number, int) and key in ("null", "empty", "distinct")
        rows.append(_line(key, value, cell(share(int(number or 0), facts.totals.rows) if of_rows else "", Style.DIM)))
    most = max((one.count for one in profile.common), default=0)
    rows += [_heading(profile)]
    for at, one in enumerate(profile.common):
        said = cell(f"{count(one.count)}  {share(one.count, facts.totals.rows)}", Style.DIM)
        rows.append(
            Row(
                ("value", at),
                ((), counted_value(one.value), said, cell(bar(one.count, most, 16), Style.ACCENT)),
                value=one,
            )
        )
    return rows


def _heading(profile: Profile) -> Row:
    said = "Commonest values" if profile.common else "No values"
    return Row(("heading",), (cell(said, Style.HEADING),), selectable=False)


def _line(key: str, *cells: Cell) -> Row:
    return Row(key, (cell(key, Style.DIM), *cells))


def _facts(facts: Facts | None) -> list[tuple[str, Cell, int | float | None]]:
    """Name and value of each fact, and as a number where it is one."""
    if facts is None:
        return []
    totals = facts.totals
    found: list[tuple[str, Cell, int | float | None]] = [
        ("rows", cell(count(totals.rows)), totals.rows),
        ("null", cell(count(totals.nulls)), totals.nulls),
        ("distinct", cell(count(totals.distinct)), totals.distinct),
    ]
    if facts.least is not None or facts.greatest is not None:
        found += [("least", value_cell(facts.least), _as_number(facts.least))]
        found += [("greatest", value_cell(facts.greatest), _as_number(facts.greatest))]
    if facts.mean is not None:
        found.append(("mean", cell(mean_text(facts.mean)), facts.mean))
    if (days := span(facts.least, facts.greatest)) is not None:
        found.append(("span", cell(days), None))
    if facts.lengths is not None:
        lengths = facts.lengths
        said = f"{count(lengths.least)} – {count(lengths.greatest)}, mean {mean_text(lengths.mean)}"
        found.append(("length", cell(said), lengths.mean))
    if facts.empty is not None:
        found.append(("empty", cell(count(facts.empty)), facts.empty))
    return found


def _as_number(value: Value) -> int | float | None:
    return float(value) if isinstance(value, Decimal) else value if isinstance(value, int | float) else None


def mean_text(mean: float) -> str:
    """A mean, with as many digits as say something."""
    text = f"{mean:,.4f}" if abs(mean) < 1e15 else f"{mean:.6e}"
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def span(least: Value, greatest: Value) -> str | None:
    """How long it is from one date to another; None for other values."""
    one, other = _moment(least), _moment(greatest)
    if one is None or other is None:
        return None
    passed = other - one
    if passed < dt.timedelta(days=2):
        return str(passed)
    years = passed.days / 365.2425
    return plural(passed.days, "day") + (f", {years:.1f} years" if years >= 2 else "")


def _moment(value: Value) -> dt.datetime | None:
    if isinstance(value, dt.datetime):
        return value
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day)
    return None


def _compared(profile: Profile) -> list[Row]:
    """The same on two sides, with the difference."""
    old, new = (
        {key: (value, number) for key, value, number in _facts(facts)} for facts in (profile.old, profile.facts)
    )
    rows = []
    for key in {**old, **new}:
        nothing: tuple[Cell, int | float | None] = (cell("–", Style.NULL), None)
        (one, before), (other, after) = old.get(key, nothing), new.get(key, nothing)
        rows.append(_line(key, one, other, _change(before, after)))
    most = max((_weight(one) for one in profile.common), default=0)
    rows += [_heading(profile)]
    for at, one_ in enumerate(profile.common):
        style = Style.ADDED if one_.difference > 0 else Style.MINUS
        cells = (
            counted_value(one_.value),
            cell(count(one_.old or 0), Style.DIM),
            cell(count(one_.count)),
            difference(one_.difference),
            cell(bar(abs(one_.difference), most, 16), style),
        )
        rows.append(Row(("value", at), cells, value=one_))
    return rows


def _change(before: float | None, after: float | None) -> Cell:
    if before is None or after is None or before == after:
        return ()
    by = after - before
    sign = "+" if by > 0 else "−"
    return cell(f"{sign}{mean_text(abs(by))}", Style.ADDED if by > 0 else Style.MINUS)


SHEET_COLUMNS = (
    Column("name", "column", frozen=True, max_width=30),
    Column("type", "type", max_width=20),
    Column("nulls", "NULL", numeric=True),
    Column("distinct", "distinct", numeric=True),
    Column("least", "least", max_width=24),
    Column("greatest", "greatest", max_width=24),
    Column("mean", "mean", numeric=True),
    Column("length", "length", separator=False),
)


def sheet_rows(profiles: Sequence[Profile]) -> list[Row]:
    """A line for each column of a table; of two revisions what is true of the newer one, and what became of it."""
    rows = []
    for profile in profiles:
        facts = profile.facts or profile.old
        assert facts is not None
        totals = facts.totals
        nulls = f"{count(totals.nulls)} {share(totals.nulls, totals.rows)}" if totals.nulls else ""
        length = ""
        if facts.lengths is not None:
            length = f"{count(facts.lengths.least)} – {count(facts.lengths.greatest)}"
        ends = (() if facts.totals.distinct == 0 else value_cell(end) for end in (facts.least, facts.greatest))
        no_order = facts.least is None
        cells = (
            cell(profile.column.name, Style.BOLD if profile.column.primary_key else ""),
            cell(profile.column.type, Style.DIM),
            cell(nulls, Style.DIM),
            cell(count(totals.distinct)),
            *(() if no_order else end for end in ends),
            cell("" if facts.mean is None else mean_text(facts.mean)),
            cell(length, Style.DIM),
        )
        rows.append(Row(profile.column.name, cells, value=profile))
    return rows
