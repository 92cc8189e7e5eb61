"""Find and replace in a column, as edits of a draft."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from ...frozen import Frozen
from ..browsing.query import Condition, Operator, Query
from ..browsing.table_rows import TableRows
from ..errors import InvalidValue, NotEditable
from ..model import DEFAULT, ColumnInfo, Edit, Editable, EditKind, Editor, RowKey, RowValues, Value, following
from .cell_values import editor_of, format_value, parse
from .draft import Draft, same

_PAGE = 1_000


class Replacement(Frozen):
    """What to look for in a column, and what to put there."""

    column: str
    find: str | None
    """A part of a text, as it is written; of what is no text, the whole value. None: whatever is there."""
    put: str | Value
    """What stands in its place, as a text; NULL and `DEFAULT` take the place of the whole value."""
    limit: int = 10_000
    """The most rows."""
    now: dt.datetime | None = None
    """What ``today`` means."""
    expression: bool = False
    """Whether ``find`` is a regular expression, as Python has them; `put` may name its groups then."""


class Replaced(Frozen):
    """What was replaced."""

    draft: Draft
    cells: int
    """How many cells are others now."""


def replaced(
    rows: TableRows,
    branch: str,
    draft: Draft,
    table: Editable,
    wanted: Replacement,
    query: Query,
    only: Collection[RowKey] | None = None,
    some: Sequence[RowValues] = (),
) -> Replaced:
    """See `Edits.replace`; ``some`` are the rows of ``only``, without those that the draft adds."""
    if table.why_not:
        raise NotEditable(f"Nothing was replaced: {table.why_not}.")
    column = table.column(wanted.column)
    if column.generated:
        raise NotEditable(f"Nothing was replaced: {column.name} is computed by the database.")
    work = _Work(column, table, wanted)
    if only is None:
        # What the draft has set is found in it only: then all rows of the query have to be looked at.
        set_already = any(
            work.put(value) is not value
            for edit in draft.of(table.table)
            if edit.kind is EditKind.CHANGED
            for name, value in edit.after.items()
            if name == column.name
        )
        narrowed = query if set_already else work.narrowed(query)
        number = rows.count(branch, narrowed)
        if number > wanted.limit:
            raise NotEditable(
                f"Nothing was replaced: there are {number:,} rows to look at, and at most {wanted.limit:,} at once.",
                "Narrow them down by a filter.",
            )
    else:
        narrowed = query
    changed: list[tuple[RowValues, RowValues]] = []
    fresh: list[tuple[Edit, Value]] = []
    for row in _rows(rows, branch, narrowed) if only is None else some:
        edit = draft.edit(table.table, table.key_of(row))
        if edit is not None and edit.kind is EditKind.REMOVED:
            continue
        old = row[column.name] if edit is None else edit.value(column.name)
        new = work.put(old)
        if not same(new, old):
            changed.append((row, {column.name: new}))
    if only is None or any(edit.key in only for edit in draft.added(table.table)):
        for edit in draft.added(table.table):
            if only is None or edit.key in only:
                old = edit.value(column.name)
                new = work.put(old)
                if not same(new, old):
                    fresh.append((edit, new))
    result = draft.set_cells(table, changed)
    for edit, new in fresh:
        result = result.set_added(table.table, edit.key, {column.name: new})
    return Replaced(result, len(changed) + len(fresh))


def _rows(rows: TableRows, branch: str, query: Query) -> Iterator[RowValues]:
    page = rows.page(branch, query, _PAGE)
    while True:
        names = [column.name for column in page.columns]
        yield from (dict(zip(names, row, strict=True)) for row in page.rows)
        if page.after is None:
            return
        page = rows.page(branch, query, _PAGE, following(page.after))


class _Work:
    def __init__(self, column: ColumnInfo, table: Editable, wanted: Replacement) -> None:
        self._column, self._style, self._wanted = column, table.style, wanted
        editor = editor_of(column, table.style)
        texts = (Editor.TEXT, Editor.ANY, Editor.JSON)
        self._part = (editor in texts or wanted.expression) and isinstance(wanted.put, str)
        self._whole: Value = None
        if wanted.find is None or not self._part:
            whole = wanted.put
            self._new = parse(whole, column, table.style, wanted.now) if isinstance(whole, str) else whole
        if wanted.find is not None and not self._part:
            self._whole = parse(wanted.find, column, table.style, wanted.now)

    def narrowed(self, query: Query) -> Query:
        """The query for the rows that may have it."""
        find = self._wanted.find
        if find and self._part and not self._wanted.expression:
            return replace(query, conditions=(*query.conditions, Condition(self._column.name, Operator.CONTAINS, find)))
        return query

    def put(self, old: Value) -> Value:
        """The value in the place of another one. Raises `InvalidValue`."""
        find = self._wanted.find
        if find is None:
            return self._new
        if not self._part:
            return self._new if same(old, self._whole) else old
        if old is None or old is DEFAULT or not find:
            return old
        text = format_value(old, self._column, self._style)
        new = self._replaced(text, find)
        if new == text:
            return old
        try:
            return parse(new, self._column, self._style, self._wanted.now)
        except InvalidValue as error:
            raise InvalidValue(f"{error.message} It would come of {text[:60]!r}. Nothing was replaced.") from error

    def _replaced(self, text: str, find: str) -> str:
        if not self._wanted.expression:
            return text.replace(find, str(self._wanted.put))
        try:
            return re.sub(find, str(self._wanted.put), text)
        except (re.error, IndexError) as error:
            raise InvalidValue(
                f"This is not a regular expression, or not what one can be replaced by: {error}."
            ) from error
