"""Uncommitted rows: the sign of what is staged of each, and what keys have changed about that a moment ago. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace

from dolt_tui.engine.browsing.query import ALL_CHANGES, DiffFilter
from dolt_tui.engine.model import ChangeKind, DiffColumn, GoingAlong, Halves, RowChange, RowCount, RowKey, RowState
from dolt_tui.frozen import Frozen
from dolt_tui.ui.present.data_rows import change_row, change_rows, hashable
from dolt_tui.ui.present.grid_rows import Overlay, Row
from dolt_tui.ui.present.text import Cell, Style, cell, join
from dolt_tui.words import count, plural

UNSTAGED, PARTLY, ALL_STAGED = Halves(unstaged=True), Halves(staged=True, unstaged=True), Halves(staged=True)
GOES_ALONE = GoingAlong()
_STYLES = {UNSTAGED: Style.DIM, PARTLY: Style.WARNING, ALL_STAGED: Style.SUCCESS}


class UncommittedRow(RowChange):
    """A row with uncommitted changes."""

    halves: Halves = Halves()
    """Which of its changes are staged."""
    states: tuple[RowState, RowState, RowState] | None = None
    """It at HEAD, as it is staged, and in the working set; None where that is not known."""
    row_key: RowKey = ()
    """What tells it apart in a `RowSet`."""

    def now(self, halves: Halves) -> UncommittedRow:
        """It after its changes were staged, or unstaged: ``halves`` are what they are now."""
        if self.states is None or halves == self.halves:
            return self
        head, _, working = self.states
        return replace(self, halves=halves, states=(head, working if halves.staged else head, working))


def uncommitted(
    change: RowChange, halves: Halves, states: tuple[RowState, RowState, RowState] | None, order: Sequence[int]
) -> UncommittedRow:
    """A change as a row; ``order``: the positions of the columns that tell rows apart."""
    values = change.new if change.new is not None else change.old
    assert values is not None
    key = tuple(hashable(values[at]) for at in order)
    return UncommittedRow(change.kind, change.old, change.new, change.changed, halves, states, key)


def staging_sign(halves: Halves) -> Cell:
    """``●`` staged, ``◐`` in part, ``○`` not."""
    return cell(halves.sign or " ", _STYLES.get(halves, ""))


def _signed(row: Row, halves: Halves) -> Row:
    """A line of a diff with the sign of what is staged before its own."""
    return replace(row, cells=(join(staging_sign(halves), cell(" "), row.cells[0]), *row.cells[1:]))


def uncommitted_rows(row: UncommittedRow, columns: Sequence[DiffColumn], index: int, *, two_lines: bool) -> list[Row]:
    """The lines of a row: one, or two where its old values are shown on one of their own."""
    lines = change_rows(row, columns, index) if two_lines else [change_row(row, columns, index)]
    return [_signed(line, row.halves) for line in lines]


class Staged(Frozen):
    """That some rows of a table were staged, or unstaged: they may be shown as they were before."""

    number: int
    """Its number among them: rows that were read after it are as it left them."""
    table: str
    stage: bool
    keys: frozenset[Hashable] | None = None
    """None: all that ``filter`` lets through."""
    filter: DiffFilter = ALL_CHANGES
    before: RowCount = RowCount()
    """What was staged of these rows, as far as that was known."""
    these: tuple[UncommittedRow, ...] = ()
    """Where others may have the same keys, as without a primary key: the rows themselves."""

    def concerns(self, row: UncommittedRow, shown: DiffFilter) -> bool:
        """Whether a row is one of them that is among those which the filter ``shown`` lets through."""
        if self.keys is not None:
            return row.row_key in self.keys and (not self.these or any(one is row for one in self.these))
        return self.filter.empty or self.filter == shown


def halves_after(row: UncommittedRow, done: Iterable[Staged], shown: DiffFilter) -> Halves:
    """What is staged of a row after these."""
    now = row.halves
    for one in done:
        if one.concerns(row, shown):
            now = ALL_STAGED if one.stage else UNSTAGED
    return now


def counts_after(found: RowCount, done: Iterable[Staged], shown: DiffFilter) -> RowCount:
    """How many of all rows are staged after these, where ``found`` of them were before."""
    for one in done:
        if one.keys is None and (one.filter.empty or one.filter == shown):
            found = RowCount(found.total, 0, 0) if one.stage else RowCount(0, 0, found.total)
            continue
        was = one.before
        found = RowCount(
            max(0, found.staged - was.staged + was.total * one.stage),
            max(0, found.partly - was.partly),
            max(0, found.unstaged - was.unstaged + was.total * (not one.stage)),
        )
    return found


class StagingOverlay:
    """The signs of rows after what keys have just done, over the rows that were read before, and what is edited."""

    extra = 0

    def __init__(self, done: Sequence[Staged], shown: DiffFilter, edits: Overlay | None) -> None:
        """``edits`` is what a draft shows over the rows; it adds none."""
        self._done, self._shown, self._edits = done, shown, edits

    def over(self, rows: Sequence[Row], last: bool) -> tuple[Row, ...]:
        if self._edits is None:
            return tuple(self._signed(row, row.cells[0][_SIGN:], row) for row in rows)
        bare = [replace(row, cells=(row.cells[0][_SIGN:], *row.cells[1:])) for row in rows]
        edited = self._edits.over(bare, last)
        return tuple(
            self._signed(row, now.cells[0], row if now is before else now)
            for row, before, now in zip(rows, bare, edited, strict=True)
        )

    def _signed(self, read: Row, sign: Cell, now: Row) -> Row:
        """A row with the sign of what is staged of it before its own."""
        if not isinstance(read.value, UncommittedRow):
            return now
        halves = halves_after(read.value, self._done, self._shown)
        if now is read and halves == read.value.halves:
            return read
        return replace(now, cells=(join(staging_sign(halves), cell(" "), sign), *now.cells[1:]), base=read)


_SIGN = 2
"""The spans of a row's first cell that say what is staged."""


def counted(rows: Iterable[Halves]) -> RowCount:
    """How many rows are staged, in part, or not."""
    staged = partly = unstaged = 0
    for halves in rows:
        partly += halves.both
        staged += halves.staged and not halves.unstaged
        unstaged += halves.unstaged and not halves.staged
    return RowCount(staged, partly, unstaged)


def staging_counts(found: RowCount, *, short: bool = False) -> str:
    """``● 5 staged · ◐ 2 partly · ○ 13 unstaged``: those that there are; ``short``: without the words."""
    parts = [
        f"{sign} {count(number)}" if short else f"{sign} {count(number)} {word}"
        for sign, number, word in (
            (ALL_STAGED.sign, found.staged, "staged"),
            (PARTLY.sign, found.partly, "partly"),
            (UNSTAGED.sign, found.unstaged, "unstaged"),
        )
        if number
    ]
    return "  ".join(parts) if short else " · ".join(parts)


def _listed(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def discard_lines(rows: Iterable[tuple[UncommittedRow, Halves]], along: GoingAlong = GOES_ALONE) -> list[Cell]:
    """What discarding the changes to rows does to them, in lines; ``along``: what follows new rows."""
    found = list(rows)
    kinds = Counter(row.kind for row, _ in found)
    what = (
        (ChangeKind.MODIFIED, Style.MODIFIED, "goes back", "go back", "changed row"),
        (ChangeKind.ADDED, Style.ADDED, "is deleted", "are deleted", "new row"),
        (ChangeKind.REMOVED, Style.MINUS, "comes back", "come back", "deleted row"),
    )
    lines = [
        join(cell(f"{kind.sign} ", style), cell(f"{plural(kinds[kind], name)} {one if kinds[kind] == 1 else several}"))
        for kind, style, one, several, name in what
        if kinds[kind]
    ]
    new = kinds[ChangeKind.ADDED]
    for tables, follow in ((along.deleted, "are deleted"), (along.changed, "are changed")):
        if new and tables:
            to = "it" if new == 1 else "them"
            lines.append(cell(f"  rows of {_listed(tables)} that refer to {to} {follow} too", Style.WARNING))
    return [*lines, cell(staging_counts(counted(halves for _, halves in found)), Style.DIM)]
