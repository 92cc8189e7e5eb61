"""What a schema conflict is in few words, and what each way out of it leaves in the log. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from ..editing.table_definitions import read_form
from ..editing.table_forms import TableForm
from ..errors import EngineError
from ..model import SqlStyle
from ..model.conflicts import Incoming, IncomingKind, SchemaConflict, SchemaDecision, SchemaKind, SchemaWay, Side
from .keeping import goes_with


def in_short(conflict: SchemaConflict, style: SqlStyle) -> str:
    """What both sides did: ``city: 2 types``, ``deleted by us``, ``renamed to staff by them``."""
    for name, text, who in zip(conflict.names, (conflict.ours, conflict.theirs), ("us", "them"), strict=True):
        if name:
            return f"renamed to {name} by {who}"
        if not text:
            return f"deleted by {who}"
    if conflict.kind is not SchemaKind.TABLE:
        return f"2 {conflict.kind}s"
    try:
        ours, theirs = read_form(conflict.ours, style), read_form(conflict.theirs, style)
        base = read_form(conflict.base, style) if conflict.base else TableForm(conflict.table)
    except EngineError:
        return "2 definitions"
    found = list(dict.fromkeys(_differences(base, ours, theirs)))
    if not found:
        return "2 definitions"
    return found[0] + (f", {len(found) - 1} more" if len(found) > 1 else "")


def _differences(base: TableForm, ours: TableForm, theirs: TableForm) -> Iterator[str]:
    """What both sides changed and is not alike; what only one of them did is no conflict."""
    if ours.key != theirs.key:
        yield "2 primary keys"
    for name in dict.fromkeys(column.name.lower() for form in (ours, theirs, base) for column in form.columns):
        old, one, other = (form.column(name) for form in (base, ours, theirs))
        if one == other:
            continue
        if one is None or other is None:
            # Added or dropped on one side alone it conflicts only if the other side changed it.
            if old is not None and (one or other) != old:
                yield f"{name}: dropped, and changed"
            continue
        if old is not None and old in (one, other):
            continue
        yield f"{name}: 2 types" if one.type.lower() != other.type.lower() else f"{name}: 2 definitions"
    for what, parts in (("index", "indexes"), ("check", "checks"), ("foreign key", "foreign_keys")):
        before, mine, their = ({one.name: one for one in getattr(form, parts)} for form in (base, ours, theirs))
        for name in mine:
            if name in their and mine[name] != their[name] and before.get(name) not in (mine[name], their[name]):
                yield f"{what} {name}: 2 definitions"


def left_in_log(incoming: Incoming, conflict: SchemaConflict, decision: SchemaDecision) -> str:
    """What a way leaves in the log, and what of the rows it does not; for people."""
    ours = decision.side is Side.OURS
    if decision.way is SchemaWay.FORCE:
        if conflict.kind is not SchemaKind.TABLE:
            return "no further commit"
        return f"no further commit; {'their' if ours else 'our'} rows are left out"
    if incoming.kind is IncomingKind.SQUASH:
        log = "all of it is staged"
    else:
        log = f"one more commit on {'their' if ours else 'our'} side"
    dropped = conflict.kind is SchemaKind.TABLE and not conflict.definition(decision.side)
    return f"{log}; the table is dropped" if dropped else log


def left_out(conflict: SchemaConflict, decision: SchemaDecision, style: SqlStyle) -> str:
    """What a way leaves out of what the other side has changed of the definition by itself; empty for nothing."""
    goes = goes_with(conflict, decision.side, style) if decision.way is SchemaWay.ALIGN else ()
    return f"leaves out {'their' if decision.side is Side.OURS else 'our'} {', '.join(goes)}" if goes else ""


def about(conflict: SchemaConflict, note: str) -> bool:
    """Whether a sentence of what became of definitions names this one."""
    return any(
        re.search(rf"(?<!\S){re.escape(name)}(?![^\s:])", note) for name in (conflict.table, *conflict.names) if name
    )


def beside(
    conflict: SchemaConflict,
    decision: SchemaDecision,
    all_of: Iterable[SchemaConflict],
    decided: Mapping[str, SchemaDecision],
) -> str:
    """Why a way cannot be gone beside what is decided about other definitions; empty where it can.

    A merge commit takes all of its views and triggers from one side, and from theirs only where no table is forced.
    """
    if decision.way is not SchemaWay.FORCE:
        return ""
    others = [
        (other, decided[other.table])
        for other in all_of
        if other.table != conflict.table and other.table in decided and decided[other.table].way is SchemaWay.FORCE
    ]
    for other, its in others:
        tables = [one.kind is SchemaKind.TABLE for one in (conflict, other)]
        apart = not any(tables) and its.side is not decision.side
        view = decision if tables == [False, True] else its if tables == [True, False] else None
        if apart or (view is not None and view.side is Side.THEIRS):
            return f"not together with {other.table}: {label(its)}"
    return ""


def label(decision: SchemaDecision) -> str:
    """A way in two or three words."""
    whose = "ours" if decision.side is Side.OURS else "theirs"
    return f"{whose}, aligned" if decision.way is SchemaWay.ALIGN else f"{whose}, as it is"
