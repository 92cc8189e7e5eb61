"""Definitions that both sides changed in ways that no merge brings together: what they are, and the ways out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from ..browsing.diff_sides import sides_of
from ..core.auto_increment import without_counter
from ..core.connections import Connections, Session
from ..core.table_changes import summarise
from ..errors import NO_ANSWER, EngineError, TableNotFound
from ..model import SchemaChange, SqlStyle, Status, TableChange, key_of
from ..model.conflicts import IncomingKind, SchemaConflict, SchemaDecision, SchemaKind, SchemaWay, Side
from .relation import merged_names
from .sides import columns_at, renames

_GONE = "<deleted>"
_MERGES = (IncomingKind.MERGE, IncomingKind.SQUASH)
DEFINITIONS = "dolt_schemas"
"""Where Dolt keeps views and triggers: as rows, so that what conflicts is a row of this table."""
DROPPED = "dropped on one side, and changed on the other: column"
"""How the description begins where Dolt gives none."""
_REFUSALS = (
    r"table with same name '(?P<table>.*)' added in 2 commits",
    r"cannot merge because table '?(?P<table>.*?)'? has different primary keys",
    r"column '(?P<column>.*)' of table '(?P<table>.*)' was dropped on one branch and its value changed on the other",
    r"could not map primary key column",
    r"table with same name deleted and modified",
)
"""How the engines refuse a merge as a whole because of definitions; they name the first table at most."""


def schema_conflicts_in(
    session: Session,
    base: str,
    ours: str,
    theirs: str,
    kind: IncomingKind = IncomingKind.MERGE,
    *,
    counts: Mapping[str, int],
) -> tuple[SchemaConflict, ...]:
    """What conflicts by its definition in the open transaction of a merge; three commits are its sides.

    ``counts``: how many rows of each table the engine lists as conflicting.

    Views and triggers belong to it: of Dolt's row conflicts, those of `DEFINITIONS` are found here.
    """
    rows = session.rows(
        "SELECT table_name, base_schema, our_schema, their_schema, description FROM dolt_schema_conflicts"
    )
    renames: list[Mapping[str, str]] | None = None
    found = []
    for table, *sides, description in rows:
        texts = _three(map(_ddl, sides))
        words = "one side has dropped all views and triggers" if table == DEFINITIONS else _words(description)
        conflict = SchemaConflict(str(table), *texts, description=words, kind=_kind(texts))
        if not all(texts) and texts[0]:
            renames = renames if renames is not None else [_renames(session, base, side) for side in (ours, theirs)]
            conflict = _renamed(session, conflict, renames, (ours, theirs))
        found.append(conflict)
    if session.dialect.traits.server:
        found += _definitions(session) if counts.get(DEFINITIONS) else []
        known = {DEFINITIONS, *(conflict.table for conflict in found)}
        rest = [name for name, rows in counts.items() if rows and name not in known]
        dropped = (_dropped(session, name, base, (ours, theirs)) for name in rest)
        found += [conflict for conflict in dropped if conflict is not None]
    else:
        found += _under_old_names(session, [name for name, rows in counts.items() if rows], base, (ours, theirs))
    return tuple(_with_ways(session, conflict, kind, whole=False) for conflict in found)


def refused(
    db: Connections,
    branch: str,
    error: EngineError,
    base: str,
    ours: str,
    theirs: str,
    kind: IncomingKind = IncomingKind.MERGE,
) -> tuple[SchemaConflict, ...]:
    """Why an engine refuses a merge as a whole, as schema conflicts; none where it is for another reason.

    The engines name one table; here all are found that would be named after it. The cost grows with the number of
    tables that differ.
    """
    text = f"{error.message}\n{error.detail}"
    told = next((match for pattern in _REFUSALS if (match := re.search(pattern, text)) is not None), None)
    if told is None:
        return ()
    with db.read(branch, "definitions in conflict") as session:
        mine = {change.table: change for change in summarise(session, base, ours)}
        other = {change.table: change for change in summarise(session, base, theirs)}
    named = told.groupdict().get("table") or ""
    found = []
    for table in sorted({*(set(mine) & set(other)), *([named] if named else [])}):
        sides = [_definition_at(db, table, commit) for commit in (base, ours, theirs)]
        keys = [key for _, key in sides]
        texts = _three(text for text, _ in sides)
        apart = bool(texts[1] and texts[2]) and without_counter(texts[1]) != without_counter(texts[2])
        if apart and not texts[0]:
            words = "added on both sides with different definitions"
        elif apart and (keys[1] != keys[2]):
            words = "the primary keys differ"
        elif table == named or _deleted(mine.get(table), other.get(table)):
            words = told[0] if table == named else "deleted on one side and changed on the other"
        else:
            continue
        found.append(SchemaConflict(table, *texts, description=words))
    with db.read(branch, "definitions in conflict") as session:
        return tuple(_with_ways(session, conflict, kind, whole=True) for conflict in found)


def decided(conflict: SchemaConflict, decisions: Mapping[str, SchemaDecision]) -> bool:
    """Whether one of the ways that can be gone was chosen."""
    decision = decisions.get(conflict.table)
    return decision is not None and (decision, "") in conflict.ways


def undecided(
    conflicts: Iterable[SchemaConflict], decisions: Mapping[str, SchemaDecision]
) -> tuple[SchemaConflict, ...]:
    """Those that nothing was chosen for."""
    return tuple(conflict for conflict in conflicts if not decided(conflict, decisions))


# what they are


def _three(texts: Iterable[str]) -> tuple[str, str, str]:
    base, ours, theirs = texts
    return base, ours, theirs


def _ddl(text: object) -> str:
    return "" if text is None or text == _GONE else str(text).removesuffix(";")


def _words(text: object) -> str:
    """A description without what it says twice, and without Go's own words for nothing."""
    lines = [line.strip() for line in str(text or "").splitlines() if line.strip()]
    return "; ".join(dict.fromkeys(line for line in lines if "%!s" not in line))


def _kind(texts: Iterable[str]) -> SchemaKind:
    """Of what a statement creates; DoltLite lists views and triggers among the tables."""
    for text in texts:
        word = re.match(r"\s*CREATE\s+(?:OR\s+REPLACE\s+)?(?:TEMP\w*\s+)?(VIEW|TRIGGER|TABLE)\b", text, re.IGNORECASE)
        if word:
            return SchemaKind(word[1].lower())
    return SchemaKind.TABLE


def _renames(session: Session, base: str, side: str) -> dict[str, str]:
    """What tables of the base are called on a side that renamed them."""
    changes = summarise(session, base, side)
    return {change.old_name: change.table for change in changes if change.status is Status.RENAMED and change.old_name}


def _renamed(
    session: Session, conflict: SchemaConflict, renames: list[Mapping[str, str]], sides: tuple[str, str]
) -> SchemaConflict:
    names = [
        "" if text else names.get(conflict.table, "")
        for text, names in zip((conflict.ours, conflict.theirs), renames, strict=True)
    ]
    if not any(names):
        return conflict
    texts = [
        _as_of(session, name, side) if name else text
        for name, side, text in zip(names, sides, (conflict.ours, conflict.theirs), strict=True)
    ]
    return replace(conflict, ours=texts[0], theirs=texts[1], names=(names[0], names[1]))


def _as_of(session: Session, table: str, commit: str) -> str:
    try:
        return session.dialect.ddl(session, table, commit)
    except NO_ANSWER:
        raise
    except EngineError:
        return ""


def _definitions(session: Session) -> list[SchemaConflict]:
    """Views, triggers and events of Dolt; by position, as the columns of another version may be others."""
    described, rows = session.described(f"SELECT * FROM {session.dialect.quote('dolt_conflicts_' + DEFINITIONS)}")
    names = [column[0] for column in described]
    found = []
    for row in rows:
        told = dict(zip(names, row, strict=False))
        sides = _three(str(told.get(f"{side}_fragment") or "") for side in ("base", "our", "their"))
        kind, name = (
            next((told[f"{side}_{what}"] for side in ("our", "their", "base") if told.get(f"{side}_{what}")), "")
            for what in ("type", "name")
        )
        known = SchemaKind(kind) if kind in ("view", "trigger") else SchemaKind.OTHER
        found.append(SchemaConflict(str(name), *sides, kind=known))
    return found


def _dropped(session: Session, table: str, base: str, sides: tuple[str, str]) -> SchemaConflict | None:
    """A column that one side of Dolt's has dropped and the other one changed, which it reports as a conflict of rows:
    their sides look alike, and the column is gone from the merged table."""
    commits = dict(zip(Side, (base, *sides), strict=True))
    columns = {side: columns_at(session, table, commit) for side, commit in commits.items()}
    if not all(columns.values()) or {c.name for c in columns[Side.BASE]} <= {c.name for c in columns[Side.OURS]} & {
        c.name for c in columns[Side.THEIRS]
    }:
        return None
    merged = session.dialect.columns(session, table, None)
    kept = merged_names(merged, columns, lambda side: renames(session, table, base, commits[side]))[Side.BASE]
    before = {column.name for column in columns[Side.BASE] if column.name not in kept and not column.generated}
    ours, theirs = ({column.name for column in columns[side]} for side in (Side.OURS, Side.THEIRS))
    quote = session.dialect.quote
    for name in sorted(before & (ours ^ theirs)):
        other = sides[1] if name in theirs else sides[0]
        if sides_of(session, table, base, other, noted=False).blocked_by:
            continue  # asked for these rows, Dolt would give wrong ones, or crash
        changed = session.first(
            f"SELECT 1 FROM dolt_diff(%s, %s, %s) WHERE diff_type = 'modified'"
            f" AND NOT ({quote(f'from_{name}')} <=> {quote(f'to_{name}')}) LIMIT 1",
            base,
            other,
            table,
        )
        if changed is not None:
            texts = _three(_as_of(session, table, commit) for commit in (base, *sides))
            return SchemaConflict(table, *texts, description=f"{DROPPED} {name}")
    return None


def _under_old_names(session: Session, tables: list[str], base: str, sides: tuple[str, str]) -> list[SchemaConflict]:
    """Tables of DoltLite whose rows conflict under a name that one side has changed: nothing can be written there."""
    found = []
    for table in tables:
        if session.first("SELECT 1 FROM sqlite_master WHERE name = ? COLLATE NOCASE", table):
            continue
        renamed = [_renames(session, base, side).get(table, "") for side in sides]
        texts = [_at_first(session, name or table, side) for name, side in zip(renamed, sides, strict=True)]
        found.append(
            SchemaConflict(
                table,
                _at_first(session, table, base),
                texts[0],
                texts[1],
                description="renamed on one side, and its rows changed on both",
                names=(renamed[0], renamed[1]),
            )
        )
    return found


def _at_first(session: Session, table: str, commit: str) -> str:
    """The definition of a table at a commit of DoltLite: what differs from the first, empty one."""
    text = session.scalar(
        "SELECT to_create_statement FROM dolt_schema_diff("
        "(SELECT commit_hash FROM dolt_commit_ancestors WHERE parent_hash IS NULL), ?, ?)",
        commit,
        table,
    )
    return str(text or "")


def _definition_at(db: Connections, table: str, commit: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The statement that creates a table at a commit, and its key; empty where it is not there."""
    with db.visit(commit, "definitions in conflict") as session:
        try:
            columns = session.dialect.columns(session, table, None)
            key = tuple((column.name, column.type.lower()) for column in key_of(columns))
            return session.dialect.ddl(session, table, None), key
        except TableNotFound:
            return "", ()


def _deleted(one: TableChange | None, other: TableChange | None) -> bool:
    gone = [change.status is Status.DELETED for change in (one, other) if change is not None]
    return len(gone) == 2 and gone[0] != gone[1]


# the ways out


def _with_ways(session: Session, conflict: SchemaConflict, kind: IncomingKind, *, whole: bool) -> SchemaConflict:
    """With the ways out; ``whole``: the engine refuses the merge itself."""
    server = session.dialect.traits.server
    ways = []
    for way in SchemaWay:
        for side in (Side.OURS, Side.THEIRS):
            ways.append((SchemaDecision(side, way), _why_not(conflict, kind, side, way, server=server, whole=whole)))
    changes = tuple(
        SchemaChange(conflict.table, conflict.base, text)
        for text in (conflict.ours, conflict.theirs)
        if conflict.base and text != conflict.base
    )
    return replace(conflict, ways=tuple(ways), changes=changes)


def _why_not(
    conflict: SchemaConflict, kind: IncomingKind, side: Side, way: SchemaWay, *, server: bool, whole: bool
) -> str:
    """As the end of a sentence; empty where it can be done."""
    if kind not in _MERGES:
        return "only where branches are merged"
    if way is SchemaWay.ALIGN:
        if conflict.kind is SchemaKind.OTHER:
            return "events cannot be made by hand"
        if conflict.names[0] and conflict.names[0] == conflict.names[1]:
            return "both sides have renamed it: give it its old name on one of them first"
        if whole and conflict.base and _keys_differ(conflict, side, server=server):
            return "the primary key has to be that of the base: change it back on the other side"
        return ""
    if not server:
        return "DoltLite commits no merge while definitions conflict"
    if whole:
        return "Dolt does not begin such a merge"
    if kind is IncomingKind.SQUASH:
        return "a squash makes no merge commit"
    if conflict.description.startswith(DROPPED):
        return "the merge has dropped the column by then"
    if conflict.kind is SchemaKind.TABLE and (any(conflict.names) or (side is Side.THEIRS and not conflict.theirs)):
        return "Dolt cannot drop or rename a table within a merge"
    return ""


def _keys_differ(conflict: SchemaConflict, side: Side, *, server: bool) -> bool:
    """Whether a side's primary key is not the one of the base."""
    style = SqlStyle.MYSQL if server else SqlStyle.SQLITE
    try:
        one, other = (_key(text, style) for text in (conflict.base, conflict.definition(side)))
    except EngineError:
        return False
    return one != other


def _key(ddl: str, style: SqlStyle) -> list[tuple[str, str]]:
    """The columns of the primary key with their types."""
    from ..editing.table_definitions import read_form  # with all of the forms, which most conflicts do without

    form = read_form(ddl, style)
    columns = [(name, form.column(name)) for name in form.key]
    return [(name.lower(), column.type.lower() if column else "") for name, column in columns]
