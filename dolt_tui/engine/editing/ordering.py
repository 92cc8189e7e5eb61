"""In which order the edits of a draft are written, so that foreign and unique keys hold after each statement. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..model import DEFAULT, Edit, Editable, EditKind
from .row_statements import Step


def ordered(edits: Sequence[Edit], tables: Mapping[str, Editable]) -> list[Step]:
    """What to do, in an order that holds: rows that others refer to come first, and go last."""
    return [_step(edit, tables[edit.table]) for edit in edits]


def _step(edit: Edit, table: Editable) -> Step:
    added = edit.kind is EditKind.ADDED
    where = {} if added else dict(zip(table.key, edit.key, strict=True))
    values = {name: value for name, value in edit.after.items() if not added or value is not DEFAULT}
    return Step(edit, edit.kind, values, where)
