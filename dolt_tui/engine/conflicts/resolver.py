"""Resolving conflicts: what conflicts, what a plan makes of it, and doing it. What a plan does not decide is asked for.

Each method imports what it needs when it is called: opening a database does without.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..core.later import Later
from ..errors import Lacking
from ..model import Call
from ..model.conflicts import (
    Applied,
    Broken,
    ConflictSet,
    Incoming,
    IncomingKind,
    ResolutionPlan,
    Rule,
    RuleTrial,
    SchemaConflict,
    SchemaDecision,
    WhatIf,
)

if TYPE_CHECKING:
    from ..core.connections import Connections
    from .commit_conflicts import Replayer
    from .definitions_first import DefinitionsFirst
    from .rows import ConflictRows
    from .set_aside import SetAside
    from .verdicts import Verdicts

_MERGES = (IncomingKind.MERGE, IncomingKind.SQUASH)


class Resolver:
    """What conflicts where something is brought into a branch, and what becomes of it."""

    def __init__(self, db: Connections, aside: SetAside) -> None:
        self._db = db
        self._aside = aside
        self._looked_at: dict[str, str] = {}
        """Short-lived branches that are looked at, each with the one that was current."""
        self._verdicts: Verdicts | None = None
        """What rules say about what conflicted last."""

    def foresee(self, incoming: Incoming, plan: ResolutionPlan | None = None) -> ConflictSet | None:
        """What conflicts, as far as the plan does not decide it: of the first commit that conflicts. None: nothing.

        Nothing is changed, and nobody else sees anything. It takes as long as the merge does; on DoltLite it holds the
        write lock meanwhile. Raises `ChangedMeanwhile` where the branch is not at `Incoming.head` any more, and what
        the merge raises for other reasons than conflicts: `LocalChanges`, `Unmergeable`.
        The plan of a merge or a squash is not looked at: there is only one step, and its conflicts are returned.
        """
        if incoming.aside:
            return self._foreseen_aside(incoming, plan)
        if incoming.kind in _MERGES:
            from .definitions_first import aligned_tables
            from .reading import foresee

            if tables := aligned_tables(incoming, plan):
                return self.definitions_first.foresee(incoming, tables, lambda merge: foresee(self._db, merge))
            return foresee(self._db, incoming)
        if (replayer := self._replayer(incoming)) is not None:
            return replayer.foresee(incoming, plan or ResolutionPlan(incoming))
        from .standing import foresee as standing

        return standing(self._db, incoming)

    def _foreseen_aside(self, incoming: Incoming, plan: ResolutionPlan | None) -> ConflictSet | None:
        """What conflicts on a temporary branch without the uncommitted changes, told as what does on the branch."""
        from .set_aside import on_a_clean_branch, refuse_definitions

        def work(here: Incoming) -> ConflictSet | None:
            found = self.foresee(here, replace(plan, incoming=here) if plan is not None else None)
            return found and replace(refuse_definitions(found), incoming=incoming)

        return on_a_clean_branch(self._db, incoming, work)

    @Later
    def definitions_first(self) -> DefinitionsFirst:
        """Merges after schema conflicts were resolved by aligning definitions."""
        from .definitions_first import DefinitionsFirst

        return DefinitionsFirst(self._db)

    def rows(self, found: ConflictSet) -> ConflictRows:
        """The rows that conflict, to be read by pages."""
        from .rows import ConflictRows

        return ConflictRows(self._db, found)

    def apply(self, incoming: Incoming, plan: ResolutionPlan) -> Applied:
        """Bring it in, with what the plan decides, in one transaction for each commit: all of it or nothing.

        Raises `Undecided` with what conflicts where the plan does not decide all of it, `ConstraintsBroken`,
        `ChangedMeanwhile` where the branch, or what is brought in, is not what it was, `LocalChanges`,
        `Serialization`, `ReadOnly`. With `Incoming.aside` `Undo.perform` is above it: see `SetAside.around`.
        """
        if incoming.aside:

            def work(name: str) -> Applied:
                here = replace(incoming, branch=name, aside=False, drop=False)
                return self.apply(here, replace(plan, incoming=here))

            made = self._aside.around(incoming.branch, work)
            if incoming.drop:  # not before what is uncommitted has come back
                from .stash_plans import dropped

                made = replace(made, notes=(*made.notes, *dropped(self._db, incoming)))
            return made
        if incoming.kind in _MERGES:
            from .computed_columns import apply
            from .definitions_first import aligned_tables
            from .merges import about_source

            if tables := aligned_tables(incoming, plan):
                made = self.definitions_first.apply(incoming, plan, tables, lambda *what: apply(self._db, *what))
            else:
                made = apply(self._db, incoming, plan)
            return replace(made, notes=(*made.notes, *about_source(self._db, incoming)))
        if (replayer := self._replayer(incoming)) is not None:
            return replayer.apply(incoming, plan)
        from .standing import apply as resolve

        return resolve(self._db, incoming, plan)

    def apply_calls(
        self, incoming: Incoming, plan: ResolutionPlan, schema: Sequence[SchemaConflict] = ()
    ) -> tuple[Call, ...]:
        """What `apply` runs, as far as that is known beforehand; what writes rows as one statement for each table.

        ``schema`` are the conflicts that the plan's decisions about definitions are about.
        """
        if incoming.aside:
            here = replace(incoming, aside=False)
            return self._aside.calls(self.apply_calls(here, replace(plan, incoming=here), schema))
        if (replayer := self._replayer(incoming)) is not None:
            return replayer.calls(incoming, plan)
        if incoming.kind in _MERGES:
            from .calls import merge_calls
            from .definitions_first import aligned_tables
            from .schema_calls import around

            if tables := aligned_tables(incoming, plan):
                told = schema or self.definitions_first.told(incoming)

                def merged(what: Incoming, rest: ResolutionPlan) -> tuple[Call, ...]:
                    return merge_calls(self._db, what, rest, schema)

                return around(self._db, incoming, told, tables, merged, plan)
            return merge_calls(self._db, incoming, plan, schema)
        from .standing import apply_calls

        return apply_calls(self._db, incoming, plan)

    def abort(self, incoming: Incoming) -> None:
        """Take back conflicts that stand on a branch, with what they are part of; nothing where they are gone.

        Raises `ChangedMeanwhile` where something else is in progress there.
        """
        from .standing import abort

        abort(self._db, incoming)

    def _replayer(self, incoming: Incoming) -> Replayer | None:
        from .replayers import replayer

        return replayer(self._db, incoming)

    def check(self, found: ConflictSet, plan: ResolutionPlan) -> tuple[Broken, ...]:
        """Constraints that would be broken if the plan was applied now; what it leaves open stays as ours has it.

        Where no table in conflict has a constraint, or is referred to, nothing is tried.
        """
        from .breakable import breakable

        if found.incoming.aside:
            from .set_aside import on_a_clean_branch

            return on_a_clean_branch(
                self._db,
                found.incoming,
                lambda here: self.check(replace(found, incoming=here), replace(plan, incoming=here)),
            )
        if not breakable(self._db, found, plan.step(found.commit)):
            return ()
        if found.incoming.kind in _MERGES:
            from .trying import check

            return check(self._db, found, plan.step(found.commit))
        if (replayer := self._replayer(found.incoming)) is not None:
            return replayer.check(found, plan)
        from .standing import check as standing

        return standing(self._db, found, plan.step(found.commit))

    def schema_calls(self, incoming: Incoming, conflict: SchemaConflict, decision: SchemaDecision) -> tuple[Call, ...]:
        """What a way out of a schema conflict runs, for people; sends nothing."""
        from .schema_calls import schema_calls

        return schema_calls(self._db, incoming, conflict, decision)

    def leave(self, incoming: Incoming) -> None:
        """Nobody looks at what conflicts there any more: forget it, and delete temporary branches made for it."""
        self._verdicts = None
        self.definitions_first.leave(incoming)

    def what_if(self, incoming: Incoming, plan: ResolutionPlan | None = None) -> WhatIf:
        """The database as it would be after a merge with what is decided so far, on a branch to be looked at.

        What is not decided is as ours has it, definitions too. `drop_what_if` has to follow; where the program ends
        before that, it deletes the branch; where it is killed, the next one does. Raises what the merge raises.
        """
        if incoming.kind not in _MERGES:
            raise Lacking(f"What a {incoming.kind} would make cannot be looked at.")
        from .trying import looked_at

        made = looked_at(self._db, self.definitions_first, incoming, plan or ResolutionPlan(incoming))
        self._looked_at[made.branch] = incoming.branch
        return made

    def drop_what_if(self, branch: str, made: WhatIf) -> None:
        """Delete what `what_if` made; ``branch`` is the current one. Never raises."""
        from ..core.scratch_branch import drop_scratch

        drop_scratch(self._db, branch, made.branch)
        self._looked_at.pop(made.branch, None)

    def close(self) -> None:
        """Delete all temporary branches that are left; nobody looks any more. Idempotent, never raises."""
        from ..core.scratch_branch import drop_scratch

        for name, branch in list(self._looked_at.items()):
            drop_scratch(self._db, branch, name)
        self._looked_at.clear()
        if "definitions_first" in vars(self):
            self.definitions_first.close()

    def try_rule(self, found: ConflictSet, plan: ResolutionPlan, rule: Rule) -> RuleTrial:
        """What a rule would decide of all that the plan leaves open. Raises `EngineError` for a wrong expression."""
        return self.try_rules(found, plan, [rule])[0]

    def try_rules(self, found: ConflictSet, plan: ResolutionPlan, rules: Sequence[Rule]) -> tuple[RuleTrial, ...]:
        """`try_rule` for several rules, each by itself, in the time that one takes.

        What rules say about the rows is kept until something else conflicts: under another plan they cost little.
        """
        from .rules import try_rules
        from .verdicts import Verdicts

        verdicts = self._verdicts
        if verdicts is None or verdicts.rows.found != found:
            verdicts = self._verdicts = Verdicts(self._db, found)
        return try_rules(verdicts, plan, rules)

    def suggest(self, found: ConflictSet, plan: ResolutionPlan) -> tuple[Rule, ...]:
        """Rules that are worth trying."""
        from .rules import suggest

        return suggest(self.rows(found), plan)
