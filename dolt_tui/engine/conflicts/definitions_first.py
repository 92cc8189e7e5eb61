"""Merges whose schema conflicts are resolved by aligning definitions first, on temporary branches.

The branch that changes sees nothing of it before all is done: then it moves in one step, to the merge commit.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from ..core.compare_and_write import expect
from ..core.connections import Connections, Session
from ..core.scratch_branch import drop_scratch, kept_scratch
from ..errors import NO_ANSWER, ChangedMeanwhile, LocalChanges, Undecided, Unmergeable
from ..model import Expected, MergeKind
from ..model.conflicts import (
    Applied,
    ConflictSet,
    Incoming,
    IncomingKind,
    ResolutionPlan,
    SchemaConflict,
    SchemaWay,
    Side,
    StepPlan,
)
from ..model.rewriting import merge_message
from .aligning import align
from .applying import names_of_status
from .putting_aside import put_aside

Tables = tuple[tuple[str, Side], ...]


def aligned_tables(incoming: Incoming, plan: ResolutionPlan | None) -> Tables:
    """What the plan aligns, each with the side whose definition is wanted."""
    if plan is None or incoming.kind not in (IncomingKind.MERGE, IncomingKind.SQUASH):
        return ()
    schema = plan.step(incoming.tip).schema
    return tuple(sorted((name, one.side) for name, one in schema.items() if one.way is SchemaWay.ALIGN))


def alignment_message(incoming: Incoming, names: Sequence[str], wanted: Side) -> str:
    """The message of the commit that gives tables the definitions of a side."""
    return f"Align {', '.join(names)} with {incoming.branch if wanted is Side.OURS else incoming.source}"


class _Prepared(NamedTuple):
    """Two temporary branches with equal definitions, the second of which can be merged into the first."""

    incoming: Incoming
    """The same merge with these branches."""
    branches: tuple[str, ...]
    notes: tuple[str, ...]
    kept: bool
    """Whether a definition is more than what was wanted: it may conflict once more then."""


class DefinitionsFirst:
    """Merges after definitions were aligned; safe to use from any thread.

    What was prepared once is kept for as long as the same is wanted: a resolver asks for it again and again.
    """

    def __init__(self, db: Connections) -> None:
        self._db = db
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str, str], tuple[Tables, _Prepared]] = {}
        self._bare: set[tuple[tuple[str, str, str], Tables]] = set()
        """Where an engine takes nothing but the definition that is wanted."""
        self._told: dict[tuple[str, str, str], tuple[SchemaConflict, ...]] = {}
        """What conflicts by its definition before anything is aligned."""

    def foresee(
        self, incoming: Incoming, tables: Tables, inner: Callable[[Incoming], ConflictSet | None]
    ) -> ConflictSet:
        """What conflicts after ``tables`` were aligned; the schema conflicts that these resolve are reported as before.

        Raises `EngineError` where rows do not fit a definition.
        """
        prepared = self._prepare(incoming, tables)
        found = inner(prepared.incoming)
        if found is not None and prepared.kept and _again(found, tables):
            prepared = self._prepare_bare(incoming, tables)
            found = inner(prepared.incoming)
        if found is None:  # what is decided, and what it costs, is to be seen before
            merge = prepared.incoming
            with self._db.read(incoming.branch, "definitions in conflict") as session:
                marks = session.dialect.placeholders(2)
                base = str(session.scalar(f"SELECT dolt_merge_base({marks})", merge.head, merge.tip) or "")
            found = ConflictSet(merge, merge.tip, base, merge.head, merge.tip)
        _refuse_again(found, tables)
        with self._lock:
            schema = self._told.get(_key(incoming))
        if schema is None:
            whole = inner(incoming)
            schema = whole.schema if whole is not None else ()
            with self._lock:
                self._told[_key(incoming)] = schema
        names = {name for name, _ in tables}
        aligned = tuple(conflict for conflict in schema if conflict.table in names)
        return replace(_as_told(incoming, prepared, found), schema=(*aligned, *found.schema))

    def apply(
        self,
        incoming: Incoming,
        plan: ResolutionPlan,
        tables: Tables,
        inner: Callable[[Incoming, ResolutionPlan], Applied],
    ) -> Applied:
        """Bring it in after ``tables`` were aligned. Raises what ``inner`` does, and `ChangedMeanwhile`."""

        def bring_in(prepared: _Prepared) -> Applied:
            merge = prepared.incoming
            return inner(merge, ResolutionPlan(merge, {merge.tip: rest_of(plan.step(incoming.tip))}))

        prepared = self._prepare(incoming, tables)
        try:
            try:
                done = bring_in(prepared)
            except Undecided as error:
                if not prepared.kept or not _again(error.found, tables):
                    raise
                prepared = self._prepare_bare(incoming, tables)
                done = bring_in(prepared)
        except Undecided as error:
            _refuse_again(error.found, tables)
            raise Undecided(error.message, _as_told(incoming, prepared, error.found)) from error
        squash = incoming.kind is IncomingKind.SQUASH
        try:
            with put_aside(self._db, incoming.branch, keep=squash) as aside:
                made = self._db.write(incoming.branch, lambda session: _follow(session, incoming, done.hash), "merge")
        finally:
            self.leave(incoming)
        lost = [f"Not staged any more: {', '.join(aside.lost)}."] if aside.lost else []
        return replace(
            done,
            hash=made,
            commits=0 if squash else 1 + len({side for _, side in tables}),
            staged_again=aside.staged,
            notes=(*prepared.notes, *done.notes, *lost),
        )

    def told(self, incoming: Incoming) -> tuple[SchemaConflict, ...]:
        """What conflicts by its definition before anything is aligned, as far as `foresee` has found that out."""
        with self._lock:
            return self._told.get(_key(incoming), ())

    def prepared(self, incoming: Incoming, tables: Tables) -> Incoming:
        """The same merge, of a temporary branch with ``tables`` aligned; raises what `foresee` does."""
        return self._prepare(incoming, tables).incoming

    def leave(self, incoming: Incoming) -> None:
        """Delete what was prepared for it; where nobody asks for that it is swept after a day."""
        with self._lock:
            kept = self._kept.pop(_key(incoming), None)
        for name in kept[1].branches if kept else ():
            drop_scratch(self._db, incoming.branch, name)

    def close(self) -> None:
        """`leave` everything."""
        with self._lock:
            kept = [(branch, prepared) for (branch, _, _), (_, prepared) in self._kept.items()]
            self._kept.clear()
        for branch, prepared in kept:
            for name in prepared.branches:
                drop_scratch(self._db, branch, name)

    def _prepare(self, incoming: Incoming, tables: Tables) -> _Prepared:
        self._refuse_changed(incoming, tables)
        with self._lock:
            kept = self._kept.get(_key(incoming))
        if kept is not None and kept[0] == tables and self._stands(kept[1]):
            return kept[1]
        self.leave(incoming)
        prepared = self._made(incoming, tables)
        with self._lock:
            self._kept[_key(incoming)] = tables, prepared
        return prepared

    def _refuse_changed(self, incoming: Incoming, tables: Tables) -> None:
        """Raise `LocalChanges` where a table was changed since the merge was looked at: the branch is moved only at the
        end, and what is decided until then would be decided for nothing."""
        names = {name for name, _ in tables}
        names |= {name for one in self.told(incoming) if one.table in names for name in one.names if name}
        with self._db.read(incoming.branch, "what is not committed") as session:
            changed = sorted(names & names_of_status(session))
        if changed:
            raise LocalChanges(
                f"{', '.join(changed)} {'has' if len(changed) == 1 else 'have'} uncommitted changes on"
                f" {incoming.branch}, which are in the way of the merge.",
                "Commit or discard them, then go on. Nothing was changed.",
            )

    def _prepare_bare(self, incoming: Incoming, tables: Tables) -> _Prepared:
        """The definitions that are wanted and nothing else: with more, the merge conflicts again."""
        with self._lock:
            self._bare.add((_key(incoming), tables))
        self.leave(incoming)
        return self._prepare(incoming, tables)

    def _stands(self, prepared: _Prepared) -> bool:
        """Whether the branches are as they were prepared: a plan that failed may have left one further on."""
        placeholder = self._db.dialect.placeholder
        with self._db.read(None, "temporary branches") as session:
            row = session.first(f"SELECT hash FROM dolt_branches WHERE name = {placeholder}", prepared.incoming.branch)
        return row is not None and str(row[0]) == prepared.incoming.head

    def _made(self, incoming: Incoming, tables: Tables) -> _Prepared:
        with self._db.read(incoming.branch, "definitions in conflict") as session:
            head = str(session.scalar("SELECT dolt_hashof('HEAD')"))
            if head != incoming.head:
                raise ChangedMeanwhile(f"Branch {incoming.branch} has moved meanwhile.")
            placeholders = session.dialect.placeholders(2)
            base = str(session.scalar(f"SELECT dolt_merge_base({placeholders})", head, incoming.tip) or "")
        with self._lock:
            keep = (_key(incoming), tables) not in self._bare
        branches, notes, kept = [kept_scratch(self._db, incoming.branch, head)], list[str](), False
        try:
            tip = incoming.tip
            taken = {side: [name for name, one in tables if one is side] for side in (Side.THEIRS, Side.OURS)}
            if names := taken[Side.THEIRS]:
                message = alignment_message(incoming, names, Side.THEIRS)
                done = align(self._db, branches[0], names, base, incoming.tip, message, keep=keep)
                head, notes, kept = done.commit, [*notes, *done.notes], kept or done.kept
            if names := taken[Side.OURS]:
                branches.append(kept_scratch(self._db, incoming.branch, incoming.tip))
                message = alignment_message(incoming, names, Side.OURS)
                done = align(self._db, branches[1], names, base, incoming.head, message, keep=keep)
                tip, notes, kept = done.commit, [*notes, *done.notes], kept or done.kept
        except BaseException:
            for name in branches:
                drop_scratch(self._db, incoming.branch, name)
            raise
        kind, message = IncomingKind.MERGE, incoming.message or merge_message(incoming.source, incoming.branch)
        merge = replace(incoming, kind=kind, branch=branches[0], head=head, tip=tip, message=message)
        return _Prepared(merge, tuple(branches), tuple(notes), kept)


def _refuse_again(found: ConflictSet, tables: Tables) -> None:
    """Raise `Unmergeable` where a definition conflicts although it is equal on both sides by then."""
    if again := _again(found, tables):
        raise Unmergeable(
            f"{again} conflicts even though both sides define it alike.",
            "Take the other side of it, and change it after the merge.",
        )


def _again(found: ConflictSet, tables: Tables) -> str:
    """A table whose definition conflicts although it was aligned; empty for none."""
    names = {name for name, _ in tables}
    return next((conflict.table for conflict in found.schema if conflict.table in names), "")


def rest_of(step: StepPlan) -> StepPlan:
    """What is left of a plan when definitions were aligned."""
    return replace(step, schema={name: one for name, one in step.schema.items() if one.way is not SchemaWay.ALIGN})


def _key(incoming: Incoming) -> tuple[str, str, str]:
    return incoming.branch, incoming.head, incoming.tip


def _as_told(incoming: Incoming, prepared: _Prepared, found: ConflictSet) -> ConflictSet:
    """What conflicts as a part of the merge that was asked for."""
    return replace(found, incoming=incoming, commit=incoming.tip, on=prepared.incoming.branch, notes=prepared.notes)


def _follow(session: Session, incoming: Incoming, made: str) -> str:
    """Move the branch to the commit that was made beside it; with a squash take over what it changes."""
    expect(session, Expected(incoming.branch, incoming.head))
    kind = MergeKind.SQUASH if incoming.kind is IncomingKind.SQUASH else MergeKind.FAST_FORWARD
    try:
        session.dialect.merge(session, made, kind, "")
    except NO_ANSWER:
        raise
    except LocalChanges as error:
        raise LocalChanges(
            "Uncommitted changes are in the way of the merge. Nothing was changed.", detail=error.detail
        ) from error
    return incoming.head if kind is MergeKind.SQUASH else made
