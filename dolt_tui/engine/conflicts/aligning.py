"""Definitions made equal before a merge: by a commit on our side, or on theirs, on temporary branches.

A table gets the definition of the other side and keeps the rows of its own. Inside of a merge that cannot be done: what
changes a definition ends Dolt's transaction, and neither engine takes a conflict of definitions back.
See engine-facts.md#schema-conflicts-stay.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

from ..core.auto_increment import without_counter
from ..core.connections import Connections, Session
from ..core.table_changes import summarise
from ..editing.table_definitions import read_form
from ..editing.table_statements import alteration
from ..errors import NO_ANSWER, EngineError, NothingToCommit, TableNotFound, Unmergeable
from ..model import ColumnInfo, Status, key_of
from .keeping import keep_own
from .relation import renamed_by_place
from .schema import DEFINITIONS
from .sides import renames

_VIEWS_ON_DOLT = "SELECT type, fragment FROM dolt_schemas WHERE name = %s AND type IN ('view', 'trigger')"
_VIEWS_ON_DOLTLITE = "SELECT type, sql FROM sqlite_master WHERE type IN ('view', 'trigger') AND name = ? COLLATE NOCASE"
_TABLES_ON_DOLT = (
    "SELECT 1 FROM information_schema.tables"
    " WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' AND table_name = %s"
)
_TABLES_ON_DOLTLITE = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ? COLLATE NOCASE"
_TRIGGERS_ON_DOLT = (
    "SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = DATABASE() AND event_object_table = %s"
)
_TRIGGERS_ON_DOLTLITE = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE"

_TABLE_ON_DOLTLITE = (
    "SELECT sql FROM sqlite_master WHERE tbl_name = ? COLLATE NOCASE AND type <> 'trigger' AND sql IS NOT NULL"
    " ORDER BY type <> 'table', name"
)
_TRIGGERS_TOLD = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE"
_IN_TEXT = frozenset({"view", "trigger"})


class Aligned(NamedTuple):
    """A commit whose definitions are as another commit has them."""

    commit: str
    notes: tuple[str, ...]
    """What became of values, and what of the definitions is left out, in sentences."""
    kept: bool
    """Whether a table has more than the definition that was wanted: what its side has changed by itself."""


def align(
    db: Connections, on: str, names: Sequence[str], base: str, wanted: str, message: str, *, keep: bool = True
) -> Aligned:
    """Give tables, views and triggers of branch ``on`` the definitions of commit ``wanted``, and commit that.

    What ``on`` has changed by itself of a table stays so with ``keep``; what does not is reported.

    ``on`` is a branch of nobody else's, and clean. Names are those that the commit ``base`` has, if it has them. A
    table that one side does not have is dropped, or taken over with its rows. The cost grows with the tables' rows.
    Raises `EngineError` where rows do not fit the definition.
    """
    notes, kept = list[str](), False

    def work(session: Session) -> str:
        nonlocal kept
        _free(session)
        own = str(session.scalar("SELECT dolt_hashof('HEAD')"))
        sides = _Sides(db, session, base, own, wanted, keep=keep)
        # Views and triggers first: a table that gets other columns may have its triggers out of the way afterwards.
        for name in sorted(names, key=lambda each: not sides.in_text(each)):
            for touched in _one(sides, name, notes):
                with suppress(TableNotFound):  # the old name of a table that is staged as renamed by then
                    session.call("dolt_add", "--", touched)
        try:
            made = str(session.call("dolt_commit", "-m", message)[0])
        except NothingToCommit:  # what this side has by itself is all that is left to conflict
            made = own
        kept = sides.kept
        session.call("dolt_reset", "--hard")  # triggers that were out of the way
        if not session.dialect.traits.server:
            session.execute(session.dialect.begin)
        return made

    made = db.write(on, work, "align definitions")
    return Aligned(made, tuple(dict.fromkeys(notes)), kept)


def _free(session: Session) -> None:
    """Let rows go for a moment that others refer to. On DoltLite that is possible outside of transactions only."""
    if session.dialect.traits.server:
        session.execute("SET foreign_key_checks = 0")
    else:
        session.dialect.rollback(session)
        session.execute("PRAGMA foreign_keys = OFF")


class _Sides:
    """The side that is changed, in an open session, and the commits that tell what it is to be."""

    def __init__(self, db: Connections, session: Session, base: str, own: str, wanted: str, *, keep: bool) -> None:
        self.db, self.session, self.keep, self.kept = db, session, keep, False
        self.base, self.own, self.wanted = base, own, wanted
        self.our_names, self.their_names = self._renames(own), self._renames(wanted)

    def _renames(self, side: str) -> Mapping[str, str]:
        """What a side calls the tables that it has renamed."""
        changes = summarise(self.session, self.base, side)
        return {one.old_name: one.table for one in changes if one.status is Status.RENAMED and one.old_name}

    def definition(self, commit: str, name: str) -> tuple[str, str]:
        """What is called so at a commit: ``table``, ``view``, ``trigger`` or nothing; and what creates it."""
        with self.db.visit(commit, "definitions") as session:
            row = session.first(session.by_engine(dolt=_VIEWS_ON_DOLT, doltlite=_VIEWS_ON_DOLTLITE), name)
            if row is not None:
                return str(row[0]), str(row[1])
            if session.first(session.by_engine(dolt=_TABLES_ON_DOLT, doltlite=_TABLES_ON_DOLTLITE), name) is None:
                return "", ""
            if session.dialect.traits.server:
                return "table", session.dialect.ddl(session, name, None)
            # DoltLite tells the triggers with it, which are no part of the table: see `triggers`.
            rows = session.rows(_TABLE_ON_DOLTLITE, name)
            return "table", ";\n".join(str(row[0]) for row in rows)

    def triggers(self, commit: str, name: str) -> dict[str, str]:
        """The triggers of a table at a commit of DoltLite, with what creates them."""
        with self.db.visit(commit, "definitions") as session:
            return {str(name): str(sql) for name, sql in session.rows(_TRIGGERS_TOLD, name)}

    def in_text(self, name: str) -> bool:
        """Whether it is a view or trigger on either side."""
        return any(self.definition(commit, name)[0] in _IN_TEXT for commit in (self.own, self.wanted))

    def columns(self, commit: str, name: str) -> tuple[ColumnInfo, ...]:
        """The columns of a table at a commit; none where it is not there."""
        with self.db.visit(commit, "definitions") as session:
            try:
                return session.dialect.columns(session, name, None)
            except NO_ANSWER:
                raise
            except EngineError:
                return ()

    def renamed_columns(self, commit: str, name: str, called: str) -> Mapping[str, str]:
        """What a commit calls columns that it has renamed, by their names in the base; all in lower case."""
        before, now = self.columns(self.base, name), self.columns(commit, called)
        if {column.name for column in before} <= {column.name for column in now}:
            return {}
        found = renames(self.session, called, self.base, commit)
        if found is None:
            found = renamed_by_place(before, now)
        return {old.lower(): new.lower() for old, new in found.items()}

    def coming_back(self, name: str, our_name: str, their_name: str) -> int:
        """How many rows of the base one side has deleted and the other has not."""
        key = [column.name for column in key_of(self.columns(self.base, name))]
        there = [self.columns(commit, called) for commit, called in ((self.own, our_name), (self.wanted, their_name))]
        if not key or any({*key} - {column.name for column in columns} for columns in there):
            return 0
        quote = self.session.dialect.quote
        if not self.session.dialect.traits.server:
            names = ((self.base, name), (self.own, our_name), (self.wanted, their_name))
            before, ours, theirs = (self._keys(commit, called, key) for commit, called in names)
            return len(before & (ours ^ theirs))

        def same(side: str) -> str:
            return " AND ".join(f"{side}.{quote(part)} = b.{quote(part)}" for part in key)

        relation = (
            f"{quote(name)} AS OF %s AS b LEFT JOIN {quote(our_name)} AS OF %s AS o ON {same('o')}"
            f" LEFT JOIN {quote(their_name)} AS OF %s AS t ON {same('t')}"
        )
        apart = f"(o.{quote(key[0])} IS NULL) <> (t.{quote(key[0])} IS NULL)"
        sql = f"SELECT count(*) FROM {relation} WHERE {apart}"
        return int(str(self.session.scalar(sql, self.base, self.own, self.wanted)))

    def _keys(self, commit: str, table: str, key: Sequence[str]) -> set[tuple[object, ...]]:
        with self.db.visit(commit, "definitions") as session:
            quote = session.dialect.quote
            return {tuple(row) for row in session.rows(f"SELECT {', '.join(map(quote, key))} FROM {quote(table)}")}

    def rows_at(self, commit: str, name: str) -> tuple[str, tuple[str, ...]]:
        """What to select from to see a table at a commit, and what that binds."""
        quote = self.session.dialect.quote
        dolt, doltlite = f"{quote(name)} AS OF %s", f"{quote('dolt_at_' + name)}(?)"
        return self.session.by_engine(dolt=dolt, doltlite=doltlite), (commit,)


def _one(sides: _Sides, name: str, notes: list[str]) -> list[str]:
    """Bring one table, view or trigger into line; the names that have to be staged for it."""
    session, quote = sides.session, sides.session.dialect.quote
    if name == DEFINITIONS:
        _align_all_definitions(sides)
        return [name]
    our_name, their_name = sides.our_names.get(name, name), sides.their_names.get(name, name)
    (our_kind, ours), (their_kind, theirs) = (
        sides.definition(sides.own, our_name),
        sides.definition(sides.wanted, their_name),
    )
    if {our_kind, their_kind} & _IN_TEXT:
        if our_kind:
            session.execute(f"DROP {our_kind.upper()} {quote(our_name)}")
        if theirs:
            session.execute(session.dialect.sql(session.dialect.statement(theirs)))
        return ["dolt_schemas"]
    if our_kind and not their_kind:
        # DoltLite does not always merge what both sides have dropped. As it was before, it goes with the other side's
        # deletion. engine-facts.md#doltlite-both-dropped
        before = not session.dialect.traits.server and sides.definition(sides.base, name)[0]
        if not before or our_name != name:
            session.execute(f"DROP TABLE {quote(our_name)}")
        if before:
            _bring_back(session, sides.base, name)
        notes.append(f"Table {our_name} is dropped, with its rows.")
        return [our_name, name]
    if not our_kind:
        if their_kind:
            _bring_back(session, sides.wanted, their_name)
            notes.append(f"Table {their_name} comes back as the other side has it.")
        else:  # deleted on both sides: where one of them has it as it was, the other one's deletion is no conflict
            _bring_back(session, sides.base, name)
        return [their_name]
    touched = [our_name]
    if our_name != their_name:
        # Merged is a table that both sides have added then, so that nothing tells that a row was deleted.
        if their_name != name and (rows := sides.coming_back(name, our_name, their_name)):
            what = "a row comes" if rows == 1 else f"{rows} rows come"
            notes.append(f"In {their_name} {what} back that one side has deleted.")
        session.execute(f"ALTER TABLE {quote(our_name)} RENAME TO {quote(their_name)}")
        touched.append(their_name)
        forms = (read_form(ddl, session.dialect.traits.sql) for ddl in (ours, theirs))
        same = len({repr(replace(form, name="")) for form in forms}) == 1
    else:
        same = without_counter(ours) == without_counter(theirs)
    if not session.dialect.traits.server:
        _align_triggers(sides, name, our_name, their_name)
    if not same:
        _Rebuilt(sides, name, (our_name, their_name), (ours, theirs), notes).run()
    return touched


def _bring_back(session: Session, wanted: str, table: str) -> None:
    """Take a table from the commit ``wanted``.

    Raises `Unmergeable` where on DoltLite an index of it is another table's by now.
    """
    try:
        session.call("dolt_checkout", wanted, "--", table)
    except NO_ANSWER:
        raise
    except EngineError as error:
        if session.dialect.traits.server or not (told := re.search(r"index (.*) already exists", error.message)):
            raise
        raise Unmergeable(
            f"Table {table} cannot come back, as its index {told[1]} belongs to another table of that side by now.",
            "Take the other side of it, or rename the index first. Nothing was changed.",
        ) from error


def _align_all_definitions(sides: _Sides) -> None:
    """All views and triggers of Dolt: where one side has dropped the last of them, all are one conflict."""
    session, found = sides.session, list[dict[tuple[str, str], str]]()
    for commit in (sides.own, sides.wanted):
        with sides.db.visit(commit, "definitions") as there:
            rows = there.rows("SELECT type, name, fragment FROM dolt_schemas WHERE type IN ('view', 'trigger')")
            found.append({(str(kind), str(name)): str(text) for kind, name, text in rows})
    ours, theirs = found
    for (kind, name), text in ours.items():
        if theirs.get((kind, name)) != text:
            session.execute(f"DROP {kind.upper()} {session.dialect.quote(name)}")
    for key, text in theirs.items():
        if ours.get(key) != text:
            session.execute(session.dialect.sql(session.dialect.statement(text)))


def _align_triggers(sides: _Sides, name: str, our_name: str, their_name: str) -> None:
    """Triggers of DoltLite that both sides changed, which it reports as a conflict of their table; staged at once."""
    session, quote = sides.session, sides.session.dialect.quote
    before, ours, theirs = (
        sides.triggers(commit, called)
        for commit, called in ((sides.base, name), (sides.own, our_name), (sides.wanted, their_name))
    )
    changed = False
    for trigger in sorted({*ours, *theirs}):
        old, one, other = before.get(trigger), ours.get(trigger), theirs.get(trigger)
        if one == other or old in (one, other):
            continue
        if one is not None:
            session.execute(f"DROP TRIGGER {quote(trigger)}")
        if other is not None:
            session.execute(other)
        changed = True
    if changed:
        session.call("dolt_add", "--", "dolt_schemas")


class _Rebuilt:
    """A table that gets another definition and keeps its rows."""

    def __init__(
        self, sides: _Sides, name: str, names: tuple[str, str], ddl: tuple[str, str], notes: list[str]
    ) -> None:
        our_name, their_name = names
        self._sides, self._notes, self._ddl = sides, notes, ddl
        self._name, self._our_name, self._their_name = name, our_name, their_name
        self._session = sides.session
        self._back: list[str] = []
        """Columns that hold what they held before: this side has dropped them, or its values do not fit."""
        self._table = self._session.dialect.quote(their_name)
        self._base = {column.name.lower(): column for column in sides.columns(sides.base, name)}
        self._own = {column.name.lower(): column for column in sides.columns(sides.own, our_name)}
        self._made: dict[str, ColumnInfo] = {}
        """The columns that it has in the end."""
        self._before = {new: old for old, new in sides.renamed_columns(sides.wanted, name, their_name).items()}
        """What the base calls columns that the other side has renamed, by their names there."""
        self._now = sides.renamed_columns(sides.own, name, our_name)
        """What this side calls columns that it has renamed, by their names in the base."""

    def run(self) -> None:
        session = self._session
        triggers = session.rows(
            session.by_engine(dolt=_TRIGGERS_ON_DOLT, doltlite=_TRIGGERS_ON_DOLTLITE), self._their_name
        )
        for (trigger,) in triggers:  # they would run for each row; they come back when all of it is committed
            session.execute(f"DROP TRIGGER {session.dialect.quote(trigger)}")
        # With its definition comes what Dolt tells columns by. Altered by hand, a column would stay another one.
        session.call("dolt_checkout", self._sides.wanted, "--", self._their_name)
        if not session.dialect.traits.server:
            session.execute(session.dialect.begin)
        session.execute(f"DELETE FROM {self._table}")
        self._keep_own()
        self._insert([name for name in self._made if self._own_name(name)])
        if not session.dialect.traits.server:
            session.dialect.commit(session)

    def _keep_own(self) -> None:
        """What only this side has changed stays changed, unless all of the table is new: by a renaming, too."""
        session, style = self._session, self._session.dialect.traits.sql
        base = self._sides.definition(self._sides.base, self._name)[1]
        own, wanted = (read_form(ddl, style) for ddl in self._ddl)
        before = read_form(base, style) if base else None
        fresh = self._our_name != self._their_name or not self._sides.keep
        kept = keep_own(before, own, wanted, fresh=fresh)
        if kept.lost:
            self._notes.append(f"Left out of {self._their_name}: {', '.join(kept.lost)}.")
        self._sides.kept = self._sides.kept or kept.form != wanted
        statements = alteration(wanted, kept.form, style).statements if kept.form != wanted else ()
        for sql in statements:
            if not sql.startswith("PRAGMA foreign_keys"):  # they are off
                session.execute(session.dialect.sql(session.dialect.statement(sql)))
        if not session.dialect.traits.server and statements:
            session.execute("PRAGMA legacy_alter_table = OFF")
        made = session.dialect.columns(session, self._their_name, None)
        self._made = {column.name.lower(): column for column in made}
        self._refuse_renamed()
        self._back = [name for name in self._made if not self._own_name(name) and self._base_name(name)]
        for name in self._back:
            self._notes.append(f"Column {self._made[name].name} of {self._their_name} comes back.")

    def _refuse_renamed(self) -> None:
        """DoltLite gives the rows of a commit only by the columns that the table has now."""
        new = next((name for name in self._made if name in self._before and name not in self._own), None)
        if new is not None and not self._session.dialect.traits.server:
            raise Unmergeable(
                f"Column {self._before[new]} of {self._their_name} is called {new} on one side, and the other side's"
                " values cannot be taken over.",
                "Give it the same name on both sides first, or take the other side. Nothing was changed.",
            )

    def _own_name(self, name: str) -> str:
        """What this side calls a column; empty where it does not have it."""
        before = self._before.get(name, name)
        renamed = (one for one in (before, self._now.get(before, "")) if one not in self._made)
        return next((one for one in (name, *renamed) if one in self._own), "")

    def _base_name(self, name: str) -> str:
        """What the base calls a column; empty where it does not have it."""
        return next((one for one in (name, self._before.get(name, "")) if one in self._base), "")

    def _insert(self, names: Sequence[str]) -> None:
        """The rows of this side. What does not fit another type is left out, and reported."""
        written = [name for name in names if not self._made[name].generated]
        other = [
            name for name in written if self._own[self._own_name(name)].type.lower() != self._made[name].type.lower()
        ]
        if self._copied(written, refused=bool(other)):
            return
        fit = [name for name in written if name not in other]
        for name in other:
            if self._copied([*fit, name], refused=True):
                fit.append(name)
                continue
            column = self._made[name]
            self._notes.append(
                f"Not all values of {column.name} in {self._their_name} fit {column.type}:"
                " what the aligned side changed there is left out."
            )
            # As it was before, it is no change: the other side's holds.
            if self._base_name(name):
                self._back.append(name)
                if not self._copied(fit, refused=True):
                    self._back.remove(name)
        self._copied(fit, refused=False)

    def _copied(self, names: Sequence[str], *, refused: bool) -> bool:
        """Write the rows again; False where the engine does not take them, which it may if ``refused``."""
        try:
            self._copy(names)
        except NO_ANSWER:
            raise
        except EngineError:
            if not refused:
                raise
            return False
        return True

    def _copy(self, names: Sequence[str]) -> None:
        """Columns of `_back` hold what they held before: anything else would count as a change."""
        quote = self._session.dialect.quote
        self._session.execute(f"DELETE FROM {self._table}")
        source, bound = self._sides.rows_at(self._sides.own, self._our_name)
        into = [self._made[name].name for name in names]
        taken = [f"o.{quote(self._own[self._own_name(name)].name)}" for name in names]
        relation, values = f"{source} AS o", [*bound]
        key = [column.name.lower() for column in key_of(tuple(self._made.values()))]
        if self._back and key and all(part in self._own and part in self._base for part in key):
            before, more = self._sides.rows_at(self._sides.base, self._name)
            same = " AND ".join(f"x.{quote(self._base[part].name)} = o.{quote(self._own[part].name)}" for part in key)
            relation, values = f"{relation} LEFT JOIN {before} AS x ON {same}", [*values, *more]
            back = [name for name in self._back if not self._made[name].generated]
            into += [self._made[name].name for name in back]
            taken += [f"x.{quote(self._base[self._base_name(name)].name)}" for name in back]
        columns = ", ".join(map(quote, into))
        self._session.execute(
            f"INSERT INTO {self._table} ({columns}) SELECT {', '.join(taken)} FROM {relation}", *values
        )
