"""What happened to single rows: all changes of one, and the last one of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from ..core.connections import Connections, Session
from ..model import WORKING, BlameRow, ColumnInfo, Commit, RowHistory, RowVersion, Value
from .diff_sides import sides_of
from .keyset import KeyRange, Keyset, where
from .row_changes import RowFinder, commits_of
from .row_lineage import Lineage, Side, brought, differences, merged
from .table_definitions import Definition, Definitions


def row_history(
    db: Connections, definitions: Definitions, branch: str, table: str, key: Sequence[Value], size: int, skip: int
) -> RowHistory:
    """See `dolt_tui.engine.versioning.log.History.row`."""
    with (
        db.read(branch, "row's history") as session,
        Lineage(db, definitions, branch, table, key) as lineage,
    ):
        steps, ending = lineage.steps(session, skip + size + 1)
        above = steps[skip - 1].new if skip and len(steps) >= skip else None
        steps = steps[skip:]
        more, steps = len(steps) > size, steps[:size]
        changes = [lineage.change(session, step) for step in steps]
        now = Definition(session.dialect.columns(session, table, None))
        # All pages have the same columns: where there are several, those of all definitions that there were.
        older = definitions.every(session, branch, table) if more or skip else ()
        columns = merged([now, *older])
        known = {column.name for column in columns}
        for _, own in changes:
            columns += tuple(column for column in own if column.name not in known)
            known.update(column.name for column in own)
        commits = {commit.hash: commit for commit in commits_of(session, [step.new.revision for step in steps])}
    moment = dt.datetime.now(dt.UTC)
    newer = above or Side(WORKING, table, now)
    versions = []
    for step, (change, own) in zip(steps, changes, strict=True):
        hash_ = step.new.revision
        commit = commits.get(hash_) or Commit(hash_, "", "", moment, "", ())
        versions.append(
            RowVersion(
                hash_,
                commit.author,
                commit.date,
                commit.message,
                brought(change, own, columns),
                differences(newer, step.new),
            )
        )
        newer = step.new
    return RowHistory(tuple(versions), columns, more, "" if more else ending)


def blame(
    db: Connections, definitions: Definitions, head: str, table: str, size: int, after: Sequence[Value] | None
) -> tuple[tuple[BlameRow, ...], tuple[ColumnInfo, ...], bool]:
    """See `dolt_tui.engine.versioning.log.History.blame`; ``head`` is the commit whose rows are blamed."""
    with db.read(head, "blame") as session:
        finder = RowFinder.of(session, table, definitions)
        keys = finder.keys
        if session.dialect.traits.diff_by_key:
            rows = _page_of_keys(finder, size, after)
            last = _last(finder, rows) if rows else {}
        else:
            found = _view(session, table, keys, size, after)
            rows = [tuple(row[:-1]) for row in found]
            # The engine's view tells nothing of some rows that end in NULL: engine-facts.md#blame-is-expensive
            last = {tuple(row[:-1]): row[-1] for row in found if row[-1]}
        more, rows = len(rows) > size, rows[:size]
        for row in rows:
            if row not in last:
                last[row] = _last_change(db, definitions, session, head, table, row)
        _look_before_renaming(db, definitions, session, table, rows, last)
        commits = {commit.hash: commit for commit in commits_of(session, list(last.values()))}
    result = []
    for row in rows:
        commit = commits[last[row]]
        result.append(BlameRow(row, commit.hash, commit.author, commit.date, commit.message))
    return tuple(result), keys, more


def _page_of_keys(finder: RowFinder, size: int, after: Sequence[Value] | None) -> list[tuple[Value, ...]]:
    """Keys, one more than ``size``."""
    session, dialect = finder.session, finder.session.dialect
    names = [dialect.quote(column.name) for column in finder.keys]
    relation = dialect.quote(finder.table)
    types, _ = session.described(f"SELECT {', '.join(names)} FROM {relation} LIMIT 0")
    select = ", ".join(map(dialect.selected, types))

    def page(part: KeyRange, number: int) -> list[Any]:
        rows = f"SELECT {select} FROM {relation}{where(part.condition)} ORDER BY {part.order}"
        return session.rows(f"{rows} LIMIT {dialect.placeholder}", *part.bound, number)

    return [tuple(row) for row in Keyset(tuple(names), dialect.placeholder).read(page, after, size + 1)]


def _last_change(
    db: Connections, definitions: Definitions, session: Session, head: str, table: str, key: Sequence[Value]
) -> str:
    """The last commit that changed one row, whatever its table was called then; or the one that changed its key, where
    that hides it."""
    with Lineage(db, definitions, head, table, key) as lineage:
        steps, _ = lineage.steps(session, 1)
    if steps:
        return steps[0].new.revision
    return next((new for _, new in definitions.pairs(session, table, head) if new != WORKING), head)


def _look_before_renaming(
    db: Connections,
    definitions: Definitions,
    session: Session,
    table: str,
    rows: Sequence[tuple[Value, ...]],
    last: dict[tuple[Value, ...], str],
) -> None:
    """Where a commit only renamed the table, put those that changed the rows before in its place."""
    found = commits_of(session, [last[row] for row in rows])
    if not found:
        return
    # Nothing is known from before a renaming, so it is the oldest commit that is met.
    oldest = found[-1].hash
    for parent in session.dialect.log_page(session, (oldest,), 1).commits[0].parents:
        if definitions.at(session, table, parent) is not None:
            continue
        former = definitions.former_name(session, table, parent, oldest)
        if former is None:
            continue
        moved = {row for row in rows if last[row] == oldest} - _changed_rows(session, table, parent, oldest)
        kept = [row for row in rows if row in moved]
        with db.visit(parent, "blame") as there:
            finder = RowFinder.of(there, former, definitions)
            if there.dialect.traits.diff_by_key:
                before = _last(finder, kept) if kept else {}
            else:
                before = {tuple(row[:-1]): row[-1] for row in _view(there, former, finder.keys, -1, None) if row[-1]}
            kept = [row for row in kept if row in before]
            last.update((row, before[row]) for row in kept)
            _look_before_renaming(db, definitions, there, former, kept, last)
        return


def _changed_rows(session: Session, table: str, old: str, new: str) -> set[tuple[Value, ...]]:
    """The keys of the rows that a commit changed which renamed the table, too."""
    dialect = session.dialect
    if not dialect.traits.renames_with_other_rows:
        return set()
    sides = sides_of(session, table, old, new)
    if sides.blocked_by:
        return set()
    keys = sides.keys
    names = [dialect.quote(f"to_{column.name}") for column in keys]
    relation, values = dialect.diff(table), dialect.diff_values(old, new, table)
    types, _ = session.described(f"SELECT {', '.join(names)} FROM {relation} LIMIT 0", *values)
    select = ", ".join(map(dialect.selected, types))
    return {tuple(row) for row in session.rows(f"SELECT {select} FROM {relation}", *values)}


def _last(finder: RowFinder, keys: Sequence[tuple[Value, ...]]) -> dict[tuple[Value, ...], str]:
    """The last commits of the rows with these neighbouring keys; not of a row whose key had another type before."""
    session, names = finder.session, finder.new
    dialect = session.dialect
    if finder.commits is not None:
        return {}
    keyset = Keyset(names, dialect.placeholder)
    low, low_bound = keyset.beyond(keys[0], including=True)
    high, bound = keyset.beyond(keys[-1], backward=True, including=True)
    bound = [*low_bound, *bound]
    among = f"FROM {finder.relation} WHERE ({low}) AND ({high})"
    last: dict[tuple[Value, ...], str] = {}
    if finder.select == "*":  # it has a column that is called like one of Dolt's own: only positions tell them apart
        at = finder.layout.commit_at
        for row in finder.ordered(session.rows(f"SELECT * {among}", *bound)):
            last.setdefault(tuple(row[position] for position in finder.key_at), row[at])
        return last
    types, _ = session.described(f"SELECT {', '.join(names)} FROM {finder.relation} LIMIT 0")
    select = ", ".join(map(dialect.selected, types))
    if dialect.linear(session):  # newest first: often enough the first versions are those looked for
        limit = 4 * len(keys)
        for row in session.rows(f"SELECT {select}, to_commit {among} LIMIT {dialect.placeholder}", *bound, limit):
            last.setdefault(tuple(row[:-1]), row[-1])
        if all(key in last for key in keys):
            return last
    inner = ", ".join(names)
    rows = session.rows(
        f"SELECT {select}, to_commit FROM (SELECT {inner}, to_commit,"
        f" row_number() OVER (PARTITION BY {inner} ORDER BY to_commit_date DESC) AS place {among}) AS found"
        " WHERE place = 1",
        *bound,
    )
    return {tuple(row[:-1]): row[-1] for row in rows}


def _view(
    session: Session, table: str, keys: Sequence[ColumnInfo], size: int, after: Sequence[Value] | None
) -> list[Any]:
    """Keys with their last commits, one more than ``size``, from ``dolt_blame_<table>``."""
    dialect = session.dialect
    relation = dialect.quote(f"dolt_blame_{table}")
    description, _ = session.described(f"SELECT * FROM {relation} LIMIT 0")
    # A column that is called like one of the view's own is renamed.
    named = {str(item[0]).removesuffix("_1"): item[0] for item in description[: len(keys)]}
    order = [dialect.quote(named[column.name.removesuffix("_1")]) for column in keys]
    condition, bound = "", list[Any]()
    if after is not None:
        condition, bound = Keyset(tuple(order), dialect.placeholder).beyond(after)
    commit = dialect.quote(description[len(keys)][0])
    names = ", ".join(order)
    return session.rows(
        f"SELECT {names}, {commit} FROM {relation}{where(condition)} ORDER BY {names} LIMIT {dialect.placeholder}",
        *bound,
        size + 1 if size >= 0 else -1,
    )
