"""The list of a draft: the SQL of each edit, what its cells were before, and what the database will say. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from dolt_tui.engine.core.literals import literal
from dolt_tui.engine.editing.row_statements import Bound, RowStatement
from dolt_tui.engine.model import Edit, EditKind, Finding, Severity, Value
from dolt_tui.ui.present.changed_cell import are_texts
from dolt_tui.ui.present.differences import Sides
from dolt_tui.ui.present.draft_rows import RowDraft, counted_kinds, sign
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import Cell, Style, cell, join, plain, sanitise, styles, value_cell
from dolt_tui.words import plural

DRAFT_COLUMNS = (
    Column("sign", separator=False),
    Column("sql", flex=True, max_width=4000, separator=False),
    Column("note", numeric=True, max_width=44, separator=False),
)
_KEYWORD = styles(Style.LANE3, Style.BOLD)
_WORDS = re.compile(r"\b(UPDATE|SET|WHERE|AND|IS NULL|INSERT INTO|VALUES|DELETE FROM|DEFAULT|NULL)\b")
_LONGEST = 60
"""Characters of a value that a line shows."""
_MOST = 300
"""Rows whose statements are listed, and findings."""
PROMISE = "a row is written only if it still is what is shown here; one step of undo"


def statement_cells(statement: RowStatement) -> list[Cell]:
    """A statement in colours, on one line; an INSERT on two."""
    lines: list[list[Cell]] = [[]]
    for part in statement.parts:
        if isinstance(part, Bound):
            lines[-1].append(_value(part, statement))
            continue
        text = part
        if statement.kind is EditKind.ADDED and ") VALUES (" in text and len(lines) == 1:
            head, text = text.split(") VALUES (", 1)
            lines[-1].append(_words(f"{head})"))
            lines.append([])
            text = f"VALUES ({text}"
        lines[-1].append(_words(text))
    return [join(*line) for line in lines]


def _words(text: str) -> Cell:
    """SQL around the values: its words, and the rest as it is."""
    spans, at = [], 0
    for match in _WORDS.finditer(text):
        spans += [(sanitise(text[at : match.start()]), ""), (match[0], _KEYWORD)]
        at = match.end()
    spans.append((sanitise(text[at:]), ""))
    return tuple(span for span in spans if span[0])


def _value(part: Bound, statement: RowStatement) -> Cell:
    text = literal(part.value, part.type, statement.style)
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}…"
    if part.value is None:
        return cell(text, _KEYWORD)
    return cell(text, Style.WARNING if isinstance(part.value, int | float) else Style.SUCCESS)


def note(edit: Edit, findings: Iterable[Finding], *, narrow: bool = False) -> Cell:
    """What the database will say to an edit, or else what its cells were; where it is ``narrow``, only its sign, as the
    list says it once more."""
    mine = [finding for finding in findings if finding.edit == edit]
    worst = next((item for item in mine if item.severity is Severity.ERROR), mine[0] if mine else None)
    if worst is not None:
        bad = worst.severity is Severity.ERROR
        return cell(
            f"{'✗' if bad else '!'}" + ("" if narrow else f" {worst.short}"), Style.CONFLICT if bad else Style.WARNING
        )
    if edit.kind is not EditKind.CHANGED:
        return ()
    before = [_was(edit.before.get(name), now) for name, now in edit.after.items()]
    return cell(f"was {', '.join(before)}", Style.DIM)


def _was(old: Value, new: Value) -> str:
    """What a cell was, in a few characters: of a text what the new one has not."""
    if are_texts(old, new):
        return plain(Sides(str(old), str(new)).one(0, _WAS))
    return plain(value_cell(old, limit=_WAS)) or "empty"


_WAS = 20
"""Characters of what a cell was."""


def draft_rows(draft: RowDraft, *, narrow: bool = False) -> list[Row]:
    """The lines of the list; those of an edit have it as their value. ``narrow``: there is room for little."""
    rows, edits = [], draft.draft
    if len(edits) > _MOST:
        edits = replace(edits, by_place=dict(islice(edits.by_place.items(), _MOST)))
    for statement in edits.statements():
        edit = statement.edit
        first, *more = statement_cells(statement)
        key = (edit.table, edit.key, statement.kind)
        shown = sign(edit) if statement.kind is edit.kind else cell("·", Style.DIM)
        rows.append(Row(key, (shown, first, note(edit, (*draft.refused, *draft.findings), narrow=narrow)), value=edit))
        rows += [Row((key, at), (cell(""), line, cell("")), selectable=False) for at, line in enumerate(more)]
    if (left := len(draft.draft) - len(edits)) > 0:
        rows.append(Row("more", (cell(f"… {plural(left, 'more row')}", Style.DIM),), selectable=False))
    rows.append(Row("gap", (cell(""),), selectable=False))
    for at, finding in enumerate((*draft.refused, *draft.findings)[:_MOST]):
        bad = finding.severity is Severity.ERROR
        mark = cell("✗" if bad else "!", Style.CONFLICT if bad else Style.WARNING)
        rows.append(Row(("finding", at), (join(mark, cell(f" {finding.text}")),), selectable=False))
    mark = cell("✓", Style.SUCCESS) if draft.checked else cell("…", Style.DIM)
    said = PROMISE if draft.checked else "asking the database what it will say"
    rows.append(Row("promise", (join(mark, cell(f" {said}", Style.DIM)),), selectable=False))
    return rows


def counts(draft: RowDraft, key: str) -> str:
    """What the draft holds, in numbers, and what keeps ``key`` from writing it."""
    parts = [counted_kinds(draft.draft.edits)]
    bad = len({(finding.edit.table, finding.edit.key) for finding in draft.errors})
    parts += [f"{bad} must be fixed before {key}"] if bad else [f"{key} writes"]
    return " · ".join(parts)


def named(draft: RowDraft) -> str:
    """What is written, for the list of steps: ``edit 3 rows of customers``."""
    tables = list(dict.fromkeys(edit.table for edit in draft.draft))
    where = tables[0] if len(tables) == 1 else plural(len(tables), "table")
    return f"edit {plural(len(draft.draft), 'row')} of {where}"
