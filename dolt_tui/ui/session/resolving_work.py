"""What resolving asks the engine, on a database thread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING

from dolt_tui.engine.conflicts.deciding import open_columns
from dolt_tui.engine.conflicts.plans import Left, with_trial
from dolt_tui.engine.core.binding import batches
from dolt_tui.engine.errors import NO_ANSWER, ChangedMeanwhile, EngineError, NothingChanged
from dolt_tui.engine.model.conflicts import (
    Applied,
    ConflictRow,
    ConflictSet,
    Incoming,
    IncomingKind,
    ResolutionPlan,
    Rule,
    StepPlan,
    TablePlan,
)
from dolt_tui.engine.model.rewriting import REBASE_BRANCH
from dolt_tui.frozen import Frozen
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.engine.conflicts.rows import ConflictRows
    from dolt_tui.engine.model import RowKey, Value
    from dolt_tui.engine.repository import Repository


_BATCH = 2000
"""Rows that are read at a time."""
_READ_AGAIN = (IncomingKind.MERGE, IncomingKind.SQUASH)
"""Where the rows that conflicted can be read again, wherever the branch is by now."""


class Foreseen(Frozen):
    """What was found out."""

    plan: ResolutionPlan
    """What is decided so far, by rules that are applied by themselves too."""
    found: ConflictSet | None = None
    """What conflicts; None: nothing."""
    rows: ConflictRows | None = None
    left: Mapping[str, int] = field(default_factory=dict)
    """How many rows of each table are not decided."""
    said: tuple[str, ...] = ()
    """What happened on the way, in sentences."""


def same_incoming(one: Incoming, other: Incoming) -> bool:
    """Whether the same is brought to the same commit, whatever it is called."""
    return replace(one, source="", message="") == replace(other, source="", message="")


def foresee(
    repository: Repository,
    incoming: Incoming,
    plan: ResolutionPlan | None,
    rules: Sequence[Rule],
    found: ConflictSet | None = None,
    said: Sequence[str] = (),
    last: ConflictSet | None = None,
) -> Foreseen:
    """Find out what conflicts, unless that was ``found`` already, and apply the rules that are applied by themselves.

    ``last`` is what was shown last: where all is decided, it is shown again.
    Raises what `Resolver.foresee` raises.
    """
    resolver = repository.resolver
    plan = replace(plan, incoming=incoming) if plan is not None else ResolutionPlan(incoming)
    found = found or resolver.foresee(incoming, plan)
    if found is None and plan.steps:  # all is decided: it is to be seen nevertheless
        same = last is not None and last.incoming == incoming
        found = last if same else resolver.foresee(incoming, ResolutionPlan(incoming))
    if found is None:
        return Foreseen(plan, said=tuple(said))
    told = [*said, *(note for note in found.notes if last is None or note not in last.notes)]
    tables = {count.table for count in found.tables}
    for rule in rules:
        if not rule.automatic or (rule.table and rule.table not in tables):
            continue
        try:
            trial = resolver.try_rule(found, plan, rule)
        except NO_ANSWER:
            raise
        except EngineError as error:
            told.append(f"The rule {rule.title} was not applied: {error}")
            continue
        if any(trial.decisions.values()):
            plan = with_trial(plan, found.commit, trial)
            told.append(f"The rule {rule.title} solved {trial.solved} of {plural(trial.of, 'conflict')}")
    rows = resolver.rows(found)
    left = Counter(found, rows).left(plan.step(found.commit))
    return Foreseen(plan, found, rows, left, tuple(told))


def look(
    repository: Repository,
    incoming: Incoming,
    plan: ResolutionPlan | None,
    rules: Sequence[Rule],
    last: ConflictSet | None,
    before: Mapping[str, ConflictRows] | None,
) -> Foreseen:
    """`foresee`; without a ``plan`` with the one that a killed program left, if there is one.

    ``last`` is what was shown last, ``before`` the rows of each commit that was shown, or None where an earlier run
    showed them: where the branch has moved since, what still fits is kept. Raises `ChangedMeanwhile` where it has to be
    begun again.
    """
    given = plan if plan is not None else kept(repository, incoming)
    try:
        return foresee(repository, incoming, given, rules, last=last)
    except ChangedMeanwhile:
        moved = moved_on(repository, incoming)
        if moved is None or given is None or (before is None and incoming.kind not in _READ_AGAIN):
            raise
        try:
            fit = fitting(repository, moved, given, before, rules)
        except NothingChanged as error:  # another session has brought it in
            return Foreseen(ResolutionPlan(moved), said=(error.message,))
        repository.kept_plans.keep(fit.plan)
        repository.kept_plans.drop(incoming)  # it would be offered again
        return fit


def fitting(
    repository: Repository,
    incoming: Incoming,
    plan: ResolutionPlan,
    before: Mapping[str, ConflictRows] | None,
    rules: Sequence[Rule],
) -> Foreseen:
    """Find out what conflicts after the branch has moved: what was decided is kept of rows that are as they were.

    ``before``: the rows that conflicted at each commit; None: those of the merge that ``plan`` is about. It takes as
    long as reading all rows that were decided, twice, and for each commit that was decided, as bringing them in does.
    """
    resolver = repository.resolver
    fit = ResolutionPlan(incoming)
    while (found := resolver.foresee(incoming, fit)) is not None and found.commit not in fit.steps:
        step, decided = StepPlan(), plan.step(found.commit)
        if before is None:
            step = _fitting(decided, found, _rows_before(repository, found, plan), resolver.rows(found))
        elif found.commit in before:
            step = _fitting(decided, found, before[found.commit], resolver.rows(found))
        fit = replace(fit, steps={**fit.steps, found.commit: step})
        if found.of == 1:
            break
    asked = sum(len(table.rows) for step in plan.steps.values() for table in step.tables.values())
    fits = sum(len(table.rows) for step in fit.steps.values() for table in step.tables.values())
    said = [f"{fits} of {plural(asked, 'decision')} still fit" if asked else "What conflicts was read again"]
    if found is None and not fit.steps:
        return Foreseen(fit)
    for step in fit.steps.values():
        for name, table in step.tables.items():
            if table.whole is not None:  # rows that nobody has seen may be among them
                said.append(f"{table.whole} for all rows of {name} still holds, also for those that changed")
    return foresee(repository, incoming, fit, rules, found, said)


def _rows_before(repository: Repository, found: ConflictSet, plan: ResolutionPlan) -> ConflictRows:
    """The rows that conflict now, as they were where the branch was when a merge was decided about.

    Those that can be had only while they conflict, as without a key, are not among them.
    """
    keyed = {name: table for name, table in found.found.items() if not table.rows}
    return repository.resolver.rows(replace(found, ours=plan.incoming.head, found=keyed))


def _fitting(step: StepPlan, found: ConflictSet, before: ConflictRows, rows: ConflictRows) -> StepPlan:
    """What was decided about a commit, of the rows that are as they were."""
    tables: dict[str, TablePlan] = {}
    for count in found.tables:
        decided = step.table(count.table)
        if not decided:
            continue
        known = before.keys(count.table) if count.table in before.found.found else ()
        keys = set(decided.rows) & set(rows.keys(count.table)) & set(known)
        old, new = (_read(which, count.table, keys) for which in (before, rows))
        kept = {key: decision for key, decision in decided.rows.items() if key in keys and _alike(old[key], new[key])}
        tables[count.table] = replace(decided, rows=kept)
    return StepPlan({name: table for name, table in tables.items() if table}, step.schema)


def _read(rows: ConflictRows, table: str, keys: Iterable[RowKey]) -> dict[RowKey, ConflictRow]:
    return {row.key: row for row in rows.rows(table, list(keys))}


def _alike(one: ConflictRow, other: ConflictRow) -> bool:
    return (one.base, one.ours, one.theirs, one.counts) == (other.base, other.ours, other.theirs, other.counts)


class Counter:
    """Counts what is left. `left` blocks, and is called on one thread at a time."""

    def __init__(self, found: ConflictSet, rows: ConflictRows) -> None:
        self._rows = rows
        self._known: dict[tuple[str, RowKey], ConflictRow] = {}
        """Rows, without the values that they hold: which of their cells are open is all that is asked of them."""
        self._alike: dict[tuple[str, ...], tuple[dict[str, Value], dict[str, Value]]] = {}
        self._left = Left({count.table: count.rows for count in found.tables}, self._row)

    def know(self, table: str, rows: Iterable[ConflictRow]) -> None:
        """Rows that were read already."""
        for row in rows:
            if row.counts is None:
                ours, theirs = self._alike.setdefault(
                    names := open_columns(row), (dict.fromkeys(names, 0), dict.fromkeys(names, 1))
                )
                there = row.ours is not None, row.theirs is not None
                row = ConflictRow(row.key, {}, ours if there[0] else None, theirs if there[1] else None)
            self._known[table, row.key] = row

    def left(self, step: StepPlan) -> Mapping[str, int]:
        """How many rows of each table are not decided."""
        for table, plan in step.tables.items():
            in_part = [
                key
                for key, decision in plan.rows.items()
                if decision.row is None
                and decision.count is None
                and not decision.delete
                and (table, key) not in self._known
            ]
            for some in batches(in_part, _BATCH):
                self.know(table, self._rows.rows(table, some))
        return self._left.of(step)

    def _row(self, table: str, key: RowKey) -> ConflictRow:
        """A row; of those that were decided as a whole it does not matter what they hold."""
        return self._known.get((table, key)) or ConflictRow(key, {}, {}, {})


def verb(incoming: Incoming) -> str:
    """What is done, for undo and while it runs: beginning with a verb of `dolt_tui.ui.present.verbs`."""
    return {
        IncomingKind.MERGE: f"merge {incoming.source} into {incoming.branch}",
        IncomingKind.SQUASH: f"merge {incoming.source} into {incoming.branch}",
        IncomingKind.CHERRY_PICK: f"cherry-pick {incoming.source} onto {incoming.branch}",
        IncomingKind.REVERT: f"revert {incoming.source}",
        IncomingKind.REBASE: f"rebase {incoming.branch} onto {incoming.source}",
        IncomingKind.STASH: f"apply {incoming.source}",
        IncomingKind.STANDING: "continue",
    }[incoming.kind]


def kept(repository: Repository, incoming: Incoming) -> ResolutionPlan | None:
    """What a program left that was killed, about the same commits."""
    plans = repository.kept_plans.left(incoming.branch)
    return next((plan for plan in plans if same_incoming(plan.incoming, incoming)), None)


def moved_on(repository: Repository, incoming: Incoming) -> Incoming | None:
    """The same, to be brought to where the branch is now; None where that cannot be said: it has to be begun again."""
    if incoming.kind is IncomingKind.REBASE:
        return None
    head = repository.refs.look(incoming.branch).hash
    return replace(incoming, head=head) if head != incoming.head else None


def put_aside(incoming: Incoming) -> str:
    """What becomes of a plan where something else is begun on its branch, in words."""
    unless = "" if incoming.kind in _READ_AGAIN else f", unless {incoming.branch} moves"
    return f"Put aside: {incoming.title}; offered again at the next start{unless}"


def where_after(incoming: Incoming, result: Applied) -> str:
    """The branch to be on when it is done: where a rebase waits, or the branch that it was about."""
    return result.paused or incoming.branch.removeprefix(REBASE_BRANCH)


def concluded(incoming: Incoming, result: Applied, decided: bool) -> str:
    """What came of it, in words."""
    if result.paused:
        key = key_of("progress")
        title = incoming.title[:1].upper() + incoming.title[1:]
        return f"{title}: stopped to edit. Change, stage, commit or amend; then {key} continues"
    done = {
        IncomingKind.MERGE: f"Merged {incoming.source} into {incoming.branch}",
        IncomingKind.SQUASH: f"Staged the changes of {incoming.source}: commit them with {key_of('commit')}",
        IncomingKind.CHERRY_PICK: f"Cherry-picked {incoming.source} onto {incoming.branch}",
        IncomingKind.REVERT: f"Reverted {incoming.source}",
        IncomingKind.REBASE: f"Rebased {incoming.branch} onto {incoming.source}",
        IncomingKind.STASH: f"Applied {incoming.source}",
        IncomingKind.STANDING: f"Resolved: {incoming.title}",
    }[incoming.kind]
    if result.others:
        done += f". Meanwhile another session made {plural(len(result.others), 'commit')}: look at what came in"
    elif decided and incoming.kind is not IncomingKind.STANDING:  # as something was in progress before it
        done += f". {key_of('undo')} takes it back"
    return done
