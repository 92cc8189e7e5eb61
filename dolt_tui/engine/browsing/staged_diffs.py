"""Pages of a table's uncommitted changes, each row with which of its changes are staged.

From HEAD to the working set, what is staged and what is not are read apart and put together by the key: so that rows
belong to it, too, which were staged and then set back. Where the key's order is not known here, or the engine pushes no
key down, these come after all others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields
from typing import Any

from ..core.connections import Connections, Session
from ..model import (
    ALL_CHANGES,
    HEAD,
    STAGED,
    WORKING,
    ChangeKind,
    DiffFilter,
    DiffPage,
    Halves,
    Position,
    RowChange,
    RowKey,
    RowState,
    StagedDiffPage,
)
from ..model.editing import hashable
from .diff_backward import BackwardDiff
from .diff_layout import DiffLayout, as_declared
from .diff_relation import DiffRelation
from .diff_sides import Sides, sides_of
from .diffs import DiffPart, Diffs, part_by_key
from .query import DiffQuery
from .row_halves import StagedTable, halves, hidden_in_diffs, keys_with_both, ordered, staged_table

_MOST = 1_000
"""Rows that were set back which are shown after all others."""
States = tuple[RowState, RowState, RowState]


def staged_page(
    db: Connections, diffs: Diffs, branch: str, query: DiffQuery, size: int, position: Position, known: Halves | None
) -> StagedDiffPage:
    """See `RowStaging.page`."""
    if known is not None and not known.both:
        page = diffs.page(branch, query, size, position)
        return _alike(page, known, _why_not(db, branch, query) if position.cursor is None else "")
    with db.read(branch, "row staging") as session, session.pinned(HEAD, STAGED, WORKING):
        table = staged_table(session, query.table)
        uncommitted = (query.old, query.new) == (HEAD, WORKING)
        whole = uncommitted and query.filter.empty
        if table.halves.both and whole and _in_order(session, table) and not isinstance(position.cursor, int):
            together = _together(session, table, size, position)
            if together is not None:
                return together
        if table.halves.both and uncommitted and not table.key and not table.why_not:
            return _one_after_the_other(session, table, query.filter, size, position)
    page = diffs.page(branch, query, size, position)
    if not table.paired:
        return _page(page, [Halves()] * len(page.rows), (), table.why_not)
    if not table.halves.both:
        return _alike(page, table.halves, table.why_not)
    if not table.key:  # rows are told apart by their values only: there are no two changes of one
        which = Halves(query.new == STAGED, query.old == STAGED) if STAGED in (query.old, query.new) else table.halves
        return _alike(page, which, table.why_not)
    with db.read(branch, "row staging") as session, session.pinned(HEAD, STAGED, WORKING):
        return _looked_up(session, table, page, whole=whole)


def _why_not(db: Connections, branch: str, query: DiffQuery) -> str:
    """Why rows cannot be staged one by one, as far as that is seen without asking for more than the page did."""
    with db.read(branch, "row staging") as session:
        if not session.dialect.traits.remembers_definitions:
            return staged_table(session, query.table).why_not
        sides = sides_of(session, query.table, query.old, query.new, noted=False)
        same = not sides.old or (sides.old, sides.old_name) == (sides.new, sides.new_name)
        if same and sides.keys and not any(hidden_in_diffs(column) for column in sides.keys):
            return ""
        return staged_table(session, query.table).why_not


def _alike(page: DiffPage, known: Halves, why_not: str) -> StagedDiffPage:
    """A page of rows that are all staged, or all not."""
    states = tuple((row.old, row.new if known.staged else row.old, row.new) for row in page.rows)
    return _page(page, [known] * len(page.rows), states, why_not)


def _page(page: DiffPage, found: Sequence[Halves], states: Sequence[States], why_not: str) -> StagedDiffPage:
    given = {field.name: getattr(page, field.name) for field in fields(page)}
    return StagedDiffPage(**given, halves=tuple(found), states=tuple(states), why_not=why_not)


# both changes put together


def _in_order(session: Session, table: StagedTable) -> bool:
    """Whether keys can be read from where one stands on, and are in the same order here as there."""
    if not session.dialect.traits.diff_by_key or table.why_not or not table.key:
        return False
    return all(ordered(column) for column in table.key)


def _together(session: Session, table: StagedTable, size: int, position: Position) -> StagedDiffPage | None:
    """The rows that have one of both changes; None where they cannot be read by key."""
    names = [column.name for column in table.key]
    parts: list[DiffPart] = []
    found: list[dict[RowKey, RowChange]] = []
    for old, new in ((HEAD, STAGED), (STAGED, WORKING)):
        relation, layout, sides = _relation(session, table, old, new)
        if sides.blocked_by or not relation.keyed(names):
            return None
        part = part_by_key(BackwardDiff(relation, table.table, (new, old), table.key), size, position)
        parts.append(part)
        found.append(_by_key(layout, names, part.rows))
    staged, unstaged = found
    try:
        keys = sorted({*staged, *unstaged})
    except TypeError:  # a zero date is a text
        return None
    cut = len(keys) > size
    keys = keys[-size:] if position.backward else keys[:size]
    more = any(part.more for part in parts) or (cut and not position.backward)
    first = all(part.first for part in parts) and not (cut and position.backward)
    rows, states = [], []
    for key in keys:
        row, state = _composed(staged.get(key), unstaged.get(key))
        rows.append(row)
        states.append(state)
    page = DiffPage(
        table.table,
        HEAD,
        WORKING,
        layout.columns,
        tuple(rows),
        more,
        keys[-1] if keys and more else None,
        sides.note,
        None if first or not keys else keys[0],
        first,
        layout.positions(names),
    )
    return _page(page, [Halves(key in staged, key in unstaged) for key in keys], states, table.why_not)


def _composed(staged: RowChange | None, unstaged: RowChange | None) -> tuple[RowChange, States]:
    """What becomes of a row by both of its changes."""
    first, last = staged or unstaged, unstaged or staged
    assert first is not None
    assert last is not None
    head, working = first.old, last.new
    between = staged.new if staged is not None else last.old
    states = head, between, working
    if working is None:
        return RowChange(ChangeKind.REMOVED, between if head is None else head, None), states
    if head is None:
        return RowChange(ChangeKind.ADDED, None, working), states
    changed = frozenset(at for at, (a, b) in enumerate(zip(head, working, strict=True)) if a != b)
    return RowChange(ChangeKind.MODIFIED, head, working, changed), states


def _relation(
    session: Session, table: StagedTable, old: str, new: str, filter_: DiffFilter = ALL_CHANGES
) -> tuple[DiffRelation, DiffLayout, Sides]:
    sides = sides_of(session, table.table, old, new, noted=False)
    relation = DiffRelation.of(session, DiffQuery(table.table, old, new, filter_), sides)
    columns = sides.columns
    names = list(relation.names)
    if session.dialect.traits.diff_renames_columns and names:
        names = as_declared(names, columns)
    types = {column.name: column.type for column in columns}
    return relation, DiffLayout.of(names, [key.name for key in sides.keys], types, sides.unheld), sides


def _by_key(layout: DiffLayout, names: Iterable[str], rows: Iterable[Any]) -> dict[RowKey, RowChange]:
    """Rows of a diff by their keys."""
    order = layout.positions(names)
    found = {}
    for row in rows:
        change = layout.change(row)
        values = change.new if change.new is not None else change.old
        assert values is not None
        found[tuple(hashable(values[at]) for at in order)] = change
    return found


def _one_after_the_other(
    session: Session, table: StagedTable, filter_: DiffFilter, size: int, position: Position
) -> StagedDiffPage:
    """Of a table without a key: first what is staged, then what is not."""
    relations = [_relation(session, table, old, new, filter_) for old, new in ((HEAD, STAGED), (STAGED, WORKING))]
    counted = relations[0][0].count()
    at = position.cursor if isinstance(position.cursor, int) else None
    start = at or 0
    if position.backward:
        stop = counted + relations[1][0].count() if at is None else at
        start = max(0, stop - size)
        size = stop - start
    rows: list[RowChange] = []
    found: list[Halves] = []
    for (relation, layout, _), one, skip in zip(
        relations, (Halves(staged=True), Halves(unstaged=True)), (start, max(0, start - counted)), strict=True
    ):
        if len(rows) <= size:
            part = relation.by_offset(size + 1 - len(rows), skip)
            rows += map(layout.change, part)
            found += [one] * len(part)
    more = len(rows) > size
    del rows[size:], found[size:]
    layout = relations[0][1]
    after, before = start + len(rows) if more else None, start or None
    page = DiffPage(table.table, HEAD, WORKING, layout.columns, tuple(rows), more, after, "", before, start == 0)
    states = [
        (row.old, row.new, row.new) if one.staged else (row.old, row.old, row.new)
        for row, one in zip(rows, found, strict=True)
    ]
    return _page(page, found, states, "")


# rows whose changes are looked up


def _looked_up(session: Session, table: StagedTable, page: DiffPage, *, whole: bool) -> StagedDiffPage:
    """The rows of a page, with which of their changes are staged; the last page with those that were set back."""
    names = [column.name for column in table.key]
    at = {column.name: position for position, column in enumerate(page.columns)}
    keys = [tuple(hashable((row.new or row.old or ())[at[name]]) for name in names) for row in page.rows]
    which = halves(session, table, keys, differ=whole)
    found = [which[key] for key in keys]
    rows = list(page.rows)
    back: list[RowKey] = []
    if whole and page.after is None and not table.why_not:
        back = keys_with_both(session, table)[:_MOST]
        shown = set(keys)
        differ = _rows_of(session, table, HEAD, WORKING, back)
        back = [key for key in back if key not in differ and key not in shown]
        with suppress(TypeError):  # keys of several types, on DoltLite
            back.sort()
    if table.why_not:
        return _page(page, found, (), table.why_not)
    both = [key for key, one in which.items() if one.both] + back
    staged = _rows_of(session, table, HEAD, STAGED, both)
    unstaged = _rows_of(session, table, STAGED, WORKING, both)
    states: list[States] = []
    for key, row, one in zip(keys, page.rows, found, strict=True):
        if one.both and key in staged and key in unstaged:
            states.append(_composed(staged[key], unstaged[key])[1])
        else:
            states.append((row.old, row.new if one.staged else row.old, row.new))
    for key in back:
        row, state = _composed(staged.get(key), unstaged.get(key))
        rows.append(row)
        states.append(state)
        found.append(Halves(True, True))
    given = {field.name: getattr(page, field.name) for field in fields(page)} | {"rows": tuple(rows)}
    return StagedDiffPage(**given, halves=tuple(found), states=tuple(states))


def _rows_of(
    session: Session, table: StagedTable, old: str, new: str, keys: Sequence[RowKey]
) -> Mapping[RowKey, RowChange]:
    """The rows of a diff that have these keys."""
    if not keys:
        return {}
    relation, layout, _ = _relation(session, table, old, new)
    return _by_key(layout, [column.name for column in table.key], relation.of_keys(table.key, keys))
