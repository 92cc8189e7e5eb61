"""Edits that are not written yet, over the rows that they are about: of a table, and of the newer side of a diff."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from typing import Any

from dolt_tui.engine.editing.draft import Draft
from dolt_tui.engine.model import (
    DEFAULT,
    ChangeKind,
    ColumnInfo,
    DiffColumn,
    Edit,
    EditKind,
    Finding,
    RowChange,
    RowKey,
    Severity,
    Value,
)
from dolt_tui.frozen import Frozen
from dolt_tui.ui.present.changed_cell import ChangedCell
from dolt_tui.ui.present.data_rows import change_row, hashable, is_old_line
from dolt_tui.ui.present.grid_rows import Row
from dolt_tui.ui.present.text import NULL, Cell, Style, cell, join, plain, styles, value_cell
from dolt_tui.words import count

BAD = " ✗"
"""Stands behind a value that the database will refuse."""
_SIGNS = {EditKind.CHANGED: Style.MODIFIED, EditKind.ADDED: Style.ADDED, EditKind.REMOVED: Style.MINUS}

Wrong = Mapping[RowKey, frozenset[str]]
"""The columns whose values will be refused, by the key of their row."""


class RowDraft(Frozen):
    """The draft of a branch, and what the database will say to it."""

    draft: Draft = field(default_factory=Draft)
    findings: tuple[Finding, ...] = ()
    checked: bool = True
    """Whether the findings are about the draft as it is."""
    refused: tuple[Finding, ...] = ()
    """What the database said to an edit when it was to be written: it may say something else next time."""
    after: Mapping[RowKey, RowKey] = field(default_factory=dict)
    """The keys of the rows behind which added rows are shown."""

    def __bool__(self) -> bool:
        return bool(self.draft)

    def of(self, table: str) -> tuple[Edit, ...]:
        """The edits of one table."""
        return self.draft.of(table)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings because of which it cannot be written."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)

    def wrong(self, table: str) -> dict[RowKey, frozenset[str]]:
        """The columns of a table whose values will be refused, by the key of their row."""
        found: dict[RowKey, frozenset[str]] = {}
        for finding in (*self.errors, *self.refused):
            if finding.edit.table == table:
                found[finding.edit.key] = found.get(finding.edit.key, frozenset()) | set(finding.columns)
        return found


NO_DRAFT = RowDraft()


def counted_kinds(edits: Iterable[Edit]) -> str:
    """What edits do, in numbers: ``3 edited · 1 new · 1 deleted``."""
    found = Counter(edit.kind for edit in edits)
    words = {EditKind.CHANGED: "edited", EditKind.ADDED: "new", EditKind.REMOVED: "deleted"}
    return " · ".join(f"{count(found[kind])} {word}" for kind, word in words.items() if found[kind])


class DraftedRow(tuple[Value, ...]):
    """The values of a row as a draft leaves them, in the place of those that were read."""

    edit: Edit

    def __new__(cls, values: Iterable[Value], edit: Edit) -> DraftedRow:
        made = super().__new__(cls, values)
        made.edit = edit
        return made


def sign(edit: Edit, wrong: Wrong | None = None) -> Cell:
    """The sign of an edit before its row; red where it will be refused."""
    return cell(edit.kind.sign, Style.CONFLICT if edit.key in (wrong or {}) else styles(_SIGNS[edit.kind], Style.BOLD))


class TableOverlay:
    """The edits of a table over its rows; added rows stand behind those that they were added at, or at the end."""

    def __init__(
        self,
        columns: Sequence[ColumnInfo],
        edits: Iterable[Edit],
        after: Mapping[RowKey, RowKey] | None = None,
        wrong: Wrong | None = None,
        before: TableOverlay | None = None,
    ) -> None:
        """``before`` is an overlay over the same columns: what it has made of an edit is not made again."""
        self._columns, self._wrong = columns, wrong or {}
        self._made: dict[RowKey, tuple[Edit, Row | None, frozenset[str] | None, Row]] = before._made if before else {}
        self._key = sum(column.primary_key for column in columns)
        self._edits: dict[RowKey, Edit] = {}
        self._added: dict[RowKey | None, list[Edit]] = {}
        for edit in edits:
            if edit.kind is EditKind.ADDED:
                self._added.setdefault((after or {}).get(edit.key), []).append(edit)
            else:
                self._edits[edit.key] = edit

    @property
    def extra(self) -> int:
        return sum(map(len, self._added.values()))

    def over(self, rows: Sequence[Row], last: bool) -> tuple[Row, ...]:
        found: list[Row] = []
        for row in rows:
            if not isinstance(row.key, tuple):
                found.append(row)
                continue
            edit = self._edits.get(row.key)
            found.append(row if edit is None else self._edited(row, edit))
            found += [self._new(added, row) for added in self._added.get(row.key, ())]
        if last:
            found += [self._new(added, None) for added in self._added.get(None, ())]
        return tuple(found)

    def _edited(self, row: Row, edit: Edit) -> Row:
        values = row.value
        assert isinstance(values, tuple)
        if edit.kind is EditKind.REMOVED:
            struck = tuple(map(_struck, values))
            return replace(row, cells=struck, sign=sign(edit, self._wrong), base=row, value=DraftedRow(values, edit))
        wrong = self._wrong.get(edit.key, frozenset())
        cells: list[Cell] = []
        now: list[Value] = []
        for column, value, shown in zip(self._columns, values, row.cells, strict=True):
            if column.name in edit.after:
                value = edit.after[column.name]
                shown = self._set(value, column, styles(Style.MODIFIED, Style.BOLD))
            cells.append(_refused(shown) if column.name in wrong else shown)
            now.append(value)
        return replace(row, cells=tuple(cells), sign=sign(edit, self._wrong), base=row, value=DraftedRow(now, edit))

    def _new(self, edit: Edit, before: Row | None) -> Row:
        wrong = self._wrong.get(edit.key)
        known = self._made.get(edit.key)
        if known is None or known[0] is not edit or known[1] is not before or known[2] != wrong:
            known = self._made[edit.key] = edit, before, wrong, self._make(edit, before, wrong or frozenset())
        return known[3]

    def _make(self, edit: Edit, before: Row | None, wrong: frozenset[str]) -> Row:
        values = [edit.value(column.name) for column in self._columns]
        cells = []
        for column, value in zip(self._columns, values, strict=True):
            shown = self._set(value, column, Style.ADDED)
            cells.append(_refused(shown) if column.name in wrong else shown)
        return Row(
            edit.key,
            tuple(cells),
            value=DraftedRow(values, edit),
            sign=sign(edit, self._wrong),
            base=before,
            extra=True,
        )

    def _set(self, value: Value, column: ColumnInfo, style: str) -> Cell:
        """A value that was set, or a word for what the database fills in."""
        if value is not DEFAULT:
            return value_cell(value, style)
        word = unset_word(column, self._key)
        return cell("?", Style.MINUS) if word == REQUIRED else cell(word, Style.NULL if word == NULL else style)


class EditedTables:
    """A mark at the tables of a list that have edits."""

    extra = 0

    def __init__(self, tables: Iterable[str]) -> None:
        self._tables = frozenset(tables)

    def over(self, rows: Sequence[Row], last: bool) -> tuple[Row, ...]:
        mark = cell("✎", Style.WARNING)
        return tuple(replace(row, sign=mark, base=row) if row.key in self._tables else row for row in rows)


class DiffOverlay:
    """The edits of a table over the changes of a diff whose newer side is the table as it is."""

    extra = 0

    def __init__(self, columns: Sequence[DiffColumn], edits: Iterable[Edit], wrong: Wrong | None = None) -> None:
        self._columns, self._wrong = columns, wrong or {}
        self._key = [at for at, column in enumerate(columns) if column.primary_key]
        self._edits = {edit.key: edit for edit in edits if edit.kind is not EditKind.ADDED}

    def over(self, rows: Sequence[Row], last: bool) -> tuple[Row, ...]:
        return tuple(self._drafted(row) for row in rows)

    def _drafted(self, row: Row) -> Row:
        change = row.value
        if not isinstance(change, RowChange) or change.new is None or is_old_line(row):
            return row
        edit = self._edits.get(tuple(hashable(change.new[at]) for at in self._key))
        if edit is None:
            return row
        if edit.kind is EditKind.REMOVED:
            return replace(row, cells=(row.cells[0], *map(_struck, change.new)), sign=sign(edit, self._wrong), base=row)
        now = tuple(edit.after.get(column.name, value) for column, value in zip(self._columns, change.new, strict=True))
        changed = change.changed
        if change.old is not None:
            changed = frozenset(at for at, value in enumerate(now) if at in changed or value != change.new[at])
        drafted = RowChange(
            ChangeKind.MODIFIED if change.old is not None else ChangeKind.ADDED, change.old, now, changed
        )
        cells = list(change_row(drafted, self._columns, 0).cells)
        if change.old is not None and plain(row.cells[0]) == ChangeKind.ADDED.sign:  # the older line is above it
            cells = [row.cells[0]]
            for at, column in enumerate(self._columns):
                alike = Style.BOLD if column.primary_key else ""
                cells.append(value_cell(now[at], Style.ADDED if at in changed else alike))
        wrong = self._wrong.get(edit.key, frozenset())
        for at, column in enumerate(self._columns):
            if column.name in edit.after:
                cells[at + 1] = _recoloured(cells[at + 1])
            if column.name in wrong:
                cells[at + 1] = _refused(cells[at + 1])
        return replace(row, cells=tuple(cells), sign=sign(edit, self._wrong), base=row, value=drafted)


REQUIRED = "required"
"""Stands where the database fills nothing in, and does without nothing."""


def is_counted(column: ColumnInfo, key: int) -> bool:
    """Whether the database counts a column up, of a table with so many columns in its primary key."""
    lite = column.primary_key and key == 1 and column.type.upper() == "INTEGER"
    return "auto_increment" in column.extra.lower() or lite


def unset_word(column: ColumnInfo, key: int) -> str:
    """What stands in a cell that nobody set: what the database will put there; ``key`` as in `is_counted`."""
    if is_counted(column, key):
        return "auto"
    if column.generated:
        return "computed"
    return "default" if column.default is not None else NULL if column.nullable else REQUIRED


def _struck(value: Any) -> Cell:
    return value_cell(value, Style.REMOVED)


def _recoloured(shown: Cell) -> Cell:
    """The new one of an old and a new value, as one that is not written."""
    if isinstance(shown, ChangedCell):
        return shown.restyled(styles(Style.MODIFIED, Style.BOLD))
    *old, (text, _) = shown
    return (*old, (text, styles(Style.MODIFIED, Style.BOLD)))


def _refused(shown: Cell) -> Cell:
    """A value that the database will refuse."""
    if isinstance(shown, ChangedCell):
        return shown.restyled(Style.CONFLICT, ((BAD, Style.CONFLICT),))
    *old, (text, _) = shown
    return join(tuple(old), ((text, Style.CONFLICT), (BAD, Style.CONFLICT)))
