"""What a row that conflicts becomes by what is decided about it. Pure."""

from __future__ import annotations

from ..editing.draft import same
from ..model import RowValues
from ..model.conflicts import ConflictKind, ConflictRow, Edited, Outcome, RowDecision, Side, TablePlan

ROW = ""
"""Stands in `Outcome.open` for a row as a whole."""
_UNDECIDED = RowDecision()


def decision_of(plan: TablePlan, row: ConflictRow) -> RowDecision:
    """What a plan says about a row; an empty decision where it says nothing."""
    found = plan.rows.get(row.key)
    return found if found is not None else RowDecision(plan.whole) if plan.whole is not None else _UNDECIDED


def open_columns(row: ConflictRow) -> tuple[str, ...]:
    """The columns that have to be decided, in the order that our side has them; `ROW` where it is the row itself.

    Cells that both sides changed alike, or that only one of them changed, need no decision.
    """
    if row.counts is not None or row.ours is None or row.theirs is None:
        return (ROW,)
    return tuple(name for name in row.ours if name in row.theirs and not _settled(row, name))


def _settled(row: ConflictRow, name: str) -> bool:
    assert row.ours is not None
    assert row.theirs is not None
    ours, theirs = row.ours[name], row.theirs[name]
    if same(ours, theirs):
        return True
    if row.base is None or name not in row.base:
        return False
    return same(ours, row.base[name]) or same(theirs, row.base[name])


def outcome(row: ConflictRow, decision: RowDecision = _UNDECIDED) -> Outcome:
    """What the row becomes, and what of it is still open."""
    if decision.delete:
        return Outcome(None, count=0 if row.counts is not None else None)
    if row.kind is ConflictKind.COUNTED:
        return _counted(row, decision)
    if decision.row is not None:
        values = row.side(decision.row)
        if values is None and not decision.cells:
            return Outcome(None)
        # A row that is deleted and then edited stays, with what the other cells were.
        values = values if values is not None else row.ours or row.theirs or row.base
        assert values is not None
        return Outcome(_set(row, values, decision))
    if row.ours is None or row.theirs is None:
        there = row.ours or row.theirs
        open_ = () if decision.cells else (ROW,)
        return Outcome(_set(row, there, decision) if there is not None and decision.cells else row.ours, open_)
    values, filled = dict(row.ours), set()
    for name, ours in row.ours.items():
        if name not in row.theirs or row.base is None or name not in row.base:
            continue
        if same(ours, row.base[name]) and not same(ours, row.theirs[name]):
            values[name] = row.theirs[name]
            filled.add(name)
    for name, theirs in row.theirs.items():
        if name not in row.ours:  # a column that they added
            values[name] = theirs
            filled.add(name)
    open_columns_ = tuple(name for name in open_columns(row) if name not in decision.cells)
    return Outcome(_set(row, values, decision), open_columns_, frozenset(filled - set(decision.cells)))


def kept(row: ConflictRow, decision: RowDecision, result: Outcome) -> frozenset[str]:
    """The columns that the decision leaves as our side has them; ``result`` is its outcome."""
    if row.ours is None or decision.delete or decision.count is not None:
        return frozenset()
    ours = {name for name, choice in decision.cells.items() if choice is Side.OURS}
    if decision.row is Side.OURS:
        ours |= set(row.ours)
    elif decision.row is None and row.theirs is not None:
        ours |= set(row.ours) - result.filled
    return frozenset(ours - {name for name, choice in decision.cells.items() if choice is not Side.OURS})


def _set(row: ConflictRow, values: RowValues, decision: RowDecision) -> RowValues:
    found = dict(values)
    for name, choice in decision.cells.items():
        if isinstance(choice, Edited):
            found[name] = choice.value
        elif (side := row.side(choice)) is not None and name in side:
            found[name] = side[name]
    return found


def _counted(row: ConflictRow, decision: RowDecision) -> Outcome:
    assert row.counts is not None
    count = decision.count
    if count is None and decision.row is not None:
        count = dict(zip(Side, row.counts, strict=True))[decision.row]
    values = row.ours or row.theirs or row.base
    return Outcome(values if count != 0 else None, () if count is not None else (ROW,), count=count)
