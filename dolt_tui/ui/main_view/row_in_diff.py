"""Where a row is among all that differ, by its primary key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.engine.model import Before, ChangeKind, DiffPage, RowChange
from dolt_tui.ui.present.data_rows import hashable
from dolt_tui.ui.present.grid_rows import PAGE_SIZE, Match, Request

if TYPE_CHECKING:
    from dolt_tui.engine.browsing.query import DiffQuery
    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.main_view.view import RowKey

_LOOKED_AT = 20_000
"""Changes among which a row is looked for where pages have no keys."""


def find_in(page: DiffPage, row: RowKey) -> int | None:
    """The place of a row on a page; None where it is not there."""
    wanted = dict(row)
    keys = [(at, column.name) for at, column in enumerate(page.columns) if column.primary_key]
    if not wanted or {name for _, name in keys} != wanted.keys():
        return None
    changes = enumerate(page.rows)
    return next((at for at, one in changes if all(_values(one)[i] == wanted[name] for i, name in keys)), None)


def locate(repository: Repository, branch: str, query: DiffQuery, first: DiffPage, row: RowKey) -> Match | None:
    """How to get to a row that is not on the first page of a diff; None for one that is, or that cannot be found.

    Blocks; as much as a page, and where diffs are paged by number as the first 20,000 changes.
    """
    wanted = dict(row)
    if not wanted or not first.more or find_in(first, row) is not None:
        return None
    names = [column.name for column in first.columns if column.primary_key]
    if set(names) != wanted.keys():
        return None
    key = tuple(hashable(wanted[name]) for name in names)
    keys = tuple((kind, key) for kind in ChangeKind)
    if isinstance(first.after, int):
        at = find_in(repository.diffs.page(branch, query, _LOOKED_AT), row)
        return None if at is None else Match(keys, index=at, request=Request(at, PAGE_SIZE))
    here = tuple(wanted[first.columns[at].name] for at in first.order)
    before = repository.diffs.page(branch, query, 1, Before(here))
    cursor = before.cursor(before.rows[-1]) if before.rows else None
    return None if cursor is None else Match(keys, request=Request(0, PAGE_SIZE, after=cursor))


def _values(change: RowChange) -> tuple[object, ...]:
    values = change.new if change.new is not None else change.old
    assert values is not None
    return values
