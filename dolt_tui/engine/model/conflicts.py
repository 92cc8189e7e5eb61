"""Conflicts of a merge, cherry-pick, revert, rebase or stash, and what is decided about them.

What is decided is a value, the resolution plan: it is collected without a transaction, and applied in one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeAlias

from ...frozen import Frozen
from .base import Value
from .broken import Broken as Broken
from .broken import BrokenRow as BrokenRow
from .broken import Related as Related
from .diffs import SchemaChange
from .editing import RowKey, RowValues
from .merging import ConflictCount
from .rewriting import REBASE_BRANCH, OperationKind, RebaseStep
from .tables import ColumnInfo
from .working_set import Stash

_NONE: Mapping[Any, Any] = MappingProxyType({})


class Side(StrEnum):
    """Where a value comes from."""

    BASE = "base"
    """As it was before either side changed it."""
    OURS = "ours"
    """As the branch has it that something is brought into; in a rebase the commits that are rebased onto."""
    THEIRS = "theirs"
    """As what is brought in has it."""


class IncomingKind(StrEnum):
    """How something is brought into a branch."""

    MERGE = "merge"
    SQUASH = "squash"
    """As a merge, but what it makes is left staged, and nothing is committed."""
    CHERRY_PICK = "cherry-pick"
    REVERT = "revert"
    REBASE = "rebase"
    STASH = "stash"
    """What a stash holds; it is left uncommitted."""
    STANDING = "standing"
    """Conflicts that stand on a branch of a Dolt server already, whoever left them there."""


class Incoming(Frozen):
    """What is brought into a branch. Equal to another one where the same is brought to the same commit."""

    kind: IncomingKind
    branch: str
    """The branch that changes."""
    source: str
    """What is brought in, for people: a branch, a tag, a short hash, the name of a stash."""
    head: str
    """The commit that the branch was at when this was asked for."""
    tip: str
    """The commit that is merged; the last of those that are copied, reverted or replayed; of a stash its base."""
    message: str = ""
    """That of the merge commit; empty: as usual."""
    commits: tuple[str, ...] = ()
    """What is copied, reverted or replayed, in this order; empty for a merge."""
    onto: str = ""
    """The commit that a rebase goes onto."""
    steps: tuple[RebaseStep, ...] = ()
    """The plan of an interactive rebase; empty: each commit is picked."""
    stash: Stash | None = None
    """The stash that is applied."""
    drop: bool = False
    """Whether the stash is dropped once its changes are there."""
    standing: OperationKind | None = None
    """What left the conflicts that stand on the branch; None: not known, or none do."""
    aside: bool = False
    """Whether uncommitted changes are set aside for it, and brought back afterwards."""

    @property
    def doing(self) -> IncomingKind:
        """What is being done: also where its conflicts stand on the branch, as far as that is known."""
        if self.standing is None or self.standing is OperationKind.CONFLICTS:
            return self.kind
        return IncomingKind(self.standing)

    @property
    def title(self) -> str:
        """``merging feature into main``, as the middle of a sentence."""
        if self.kind is IncomingKind.REBASE and self.branch.startswith(REBASE_BRANCH):
            return f"rebasing {self.branch.removeprefix(REBASE_BRANCH)}, {self.source} to go"
        if self.kind is IncomingKind.STANDING and self.branch.startswith(REBASE_BRANCH):
            return f"rebasing {self.branch.removeprefix(REBASE_BRANCH)}, at {self.source}"
        doing = {
            IncomingKind.MERGE: f"merging {self.source} into {self.branch}",
            IncomingKind.SQUASH: f"squashing {self.source} into {self.branch}",
            IncomingKind.CHERRY_PICK: f"cherry-picking {self.source} onto {self.branch}",
            IncomingKind.REVERT: f"reverting {self.source} on {self.branch}",
            IncomingKind.REBASE: f"rebasing {self.branch} onto {self.source}",
            IncomingKind.STASH: f"applying {self.source} to {self.branch}",
            IncomingKind.STANDING: f"conflicts with {self.source} on {self.branch}" if self.source
            else f"conflicts on {self.branch}",
        }  # fmt: skip
        return doing[self.doing]


# what conflicts


class ConflictKind(StrEnum):
    """What both sides did to a row."""

    CHANGED = "changed on both sides"
    ADDED = "added on both sides"
    DELETED_BY_US = "deleted by us, changed by them"
    DELETED_BY_THEM = "changed by us, deleted by them"
    COUNTED = "a different number of equal rows"
    """Only in a table without a primary key, on Dolt: the row is the same, and each side has another number of it."""


class ConflictRow(Frozen):
    """A row that conflicts, as the base and each side have it: None where that side has no such row.

    Each side has the columns that its own definition of the table has, and no others.
    """

    key: RowKey
    """Values of its primary key; without one what tells the row apart: Dolt's id of the conflict, DoltLite's rowid."""
    base: RowValues | None
    ours: RowValues | None
    theirs: RowValues | None
    id: str = ""
    """The engine's own ``dolt_conflict_id``; stable on Dolt only."""
    counts: tuple[int, int, int] | None = None
    """How often base, ours and theirs have the row; only of `ConflictKind.COUNTED`."""

    @property
    def kind(self) -> ConflictKind:
        if self.counts is not None:
            return ConflictKind.COUNTED
        if self.ours is None:
            return ConflictKind.DELETED_BY_US
        if self.theirs is None:
            return ConflictKind.DELETED_BY_THEM
        return ConflictKind.ADDED if self.base is None else ConflictKind.CHANGED

    def side(self, side: Side) -> RowValues | None:
        """The row as a side has it."""
        return {Side.BASE: self.base, Side.OURS: self.ours, Side.THEIRS: self.theirs}[side]


class SchemaWay(StrEnum):
    """How a schema conflict can be resolved."""

    ALIGN = "align"
    """The definition is made equal first, by a commit of its own on our side; then what is left is merged."""
    FORCE = "force"
    """The table is taken whole from one side, in the merge commit itself; only on Dolt."""


class SchemaDecision(Frozen):
    """What becomes of a table with a schema conflict."""

    side: Side
    """Whose definition it has afterwards: `Side.OURS` or `Side.THEIRS`."""
    way: SchemaWay = SchemaWay.ALIGN


class SchemaKind(StrEnum):
    """What a schema conflict is about."""

    TABLE = "table"
    VIEW = "view"
    TRIGGER = "trigger"
    OTHER = "event"


class SchemaConflict(Frozen):
    """A table, view or trigger whose definition both sides changed in ways that cannot be merged."""

    table: str
    """Its name in the base, or on both sides where the base does not have it; a view's or trigger's own."""
    base: str = ""
    ours: str = ""
    theirs: str = ""
    """Its definition on each side, as DDL; empty where that side does not have it."""
    description: str = ""
    """In the engine's words; empty where it has none."""
    changes: tuple[SchemaChange, ...] = ()
    """What ours and theirs did to it, where that is known."""
    ways: tuple[tuple[SchemaDecision, str], ...] = ()
    """Each way that there is, and why it cannot be gone now: empty where it can."""
    kind: SchemaKind = SchemaKind.TABLE
    names: tuple[str, str] = ("", "")
    """What ours and theirs call it, where they have renamed it; empty where they have not."""

    def definition(self, side: Side) -> str:
        """The DDL of a side."""
        return {Side.BASE: self.base, Side.OURS: self.ours, Side.THEIRS: self.theirs}[side]

    def name(self, side: Side) -> str:
        """What a side calls it."""
        return {Side.BASE: "", Side.OURS: self.names[0], Side.THEIRS: self.names[1]}[side] or self.table


class TableConflicts(Frozen):
    """The rows of a table that conflict, as they were found when the merge was tried."""

    columns: tuple[ColumnInfo, ...]
    """As the merge defines the table."""
    keys: tuple[RowKey, ...]
    """Of all rows, in the key's order."""
    rows: tuple[ConflictRow, ...] = ()
    """All of them where they cannot be read again by their keys: those of a table without one."""


class ConflictSet(Frozen):
    """All that conflicts where something is brought in: in one merge, or at one of several commits."""

    incoming: Incoming
    commit: str
    """The commit that conflicts, by its original hash: the tip of a merge."""
    base: str
    ours: str
    theirs: str
    """Commits at which the three sides can be read; of conflicts that stand, ours is HEAD."""
    tables: tuple[ConflictCount, ...] = ()
    """Rows in conflict by table; those that are only about a definition are in ``schema``."""
    schema: tuple[SchemaConflict, ...] = ()
    broken: tuple[Broken, ...] = ()
    """Constraints that the merge breaks before anything is decided."""
    number: int = 1
    of: int = 1
    """Which commit of how many this is."""
    summary: str = ""
    """The first line of that commit's message, where several are brought in."""
    found: Mapping[str, TableConflicts] = field(default=_NONE, repr=False)
    """By table: which rows these are. What they hold is read by `ConflictRows`, as far as it is wanted."""
    on: str = ""
    """A temporary branch at ``ours``, onto which ``theirs`` is merged to find these again, where definitions were
    made equal first; empty: the branch of ``incoming``, and its tip."""
    notes: tuple[str, ...] = ()
    """What became of values then, in sentences."""

    @property
    def again(self) -> Incoming:
        """What has to be merged to find the same conflicts once more."""
        return replace(self.incoming, branch=self.on, head=self.ours, tip=self.theirs) if self.on else self.incoming

    @property
    def called(self) -> tuple[str, str]:
        """What ours and theirs are called, for people: the branch that changes, and what is brought in."""
        incoming, commit = self.incoming, self.commit[:7]
        branch = incoming.branch.removeprefix(REBASE_BRANCH)
        if incoming.kind is IncomingKind.REBASE and branch == incoming.branch:
            return incoming.source, f"{branch} {commit}"  # the commits are brought to what they go onto
        if branch != incoming.branch:
            return "rebased so far", f"{branch} {commit}"
        if incoming.doing is IncomingKind.REVERT:
            return branch, f"before {commit}"
        return branch, commit if self.of > 1 else incoming.source or self.theirs[:7]

    @property
    def rows(self) -> int:
        """How many rows conflict."""
        return sum(table.rows for table in self.tables)


# what is decided


class Edited(Frozen):
    """A value that is neither side's."""

    value: Value


CellChoice: TypeAlias = "Side | Edited"
"""What a cell is to hold: the value of a side, or one of its own."""


class RowDecision(Frozen):
    """What becomes of a row that conflicts. What only one side changed, and what both changed alike, needs none."""

    row: Side | None = None
    """The whole row as that side has it; where the side has no such row, it is deleted. ``cells`` override it."""
    cells: Mapping[str, CellChoice] = field(default=_NONE)
    """By the names of the columns."""
    count: int | None = None
    """How often the row is to be there; only of `ConflictKind.COUNTED`."""
    by: str = ""
    """The rule that decided it, for people: ``newer updated_at``; empty: somebody did by hand."""
    delete: bool = False
    """Whether the row is deleted, also where all sides have it; nothing else counts then."""


class TablePlan(Frozen):
    """What is decided about the rows of a table."""

    whole: Side | None = None
    """All rows that conflict as that side has them, unless ``rows`` says otherwise."""
    rows: Mapping[RowKey, RowDecision] = field(default=_NONE)
    mends: Mapping[RowKey, RowValues | None] = field(default=_NONE)
    """Rows, in conflict or not, that are set to these values after that, so that no constraint is broken: what is not
    named stays. None: the row is deleted; a row that is not there is added."""

    def __bool__(self) -> bool:
        return self.whole is not None or bool(self.rows) or bool(self.mends)


class StepPlan(Frozen):
    """What is decided about one commit that conflicts."""

    tables: Mapping[str, TablePlan] = field(default=_NONE)
    schema: Mapping[str, SchemaDecision] = field(default=_NONE)

    def table(self, name: str) -> TablePlan:
        """What is decided about a table."""
        return self.tables.get(name, TablePlan())

    def with_table(self, name: str, plan: TablePlan) -> StepPlan:
        """The same with something else about a table."""
        tables = {key: value for key, value in self.tables.items() if key != name}
        return replace(self, tables={**tables, name: plan} if plan else tables)


class ResolutionPlan(Frozen):
    """What is decided about all that conflicts where something is brought in."""

    incoming: Incoming
    steps: Mapping[str, StepPlan] = field(default=_NONE)
    """By the original hash of the commit that conflicts; for a merge its tip."""

    def step(self, commit: str) -> StepPlan:
        """What is decided about a commit."""
        return self.steps.get(commit, StepPlan())

    def with_step(self, commit: str, step: StepPlan) -> ResolutionPlan:
        """The same with something else about a commit."""
        return replace(self, steps={**self.steps, commit: step})


class Outcome(Frozen):
    """What a row will be."""

    values: RowValues | None
    """All of its columns; None: it is deleted. Where something is open, its cells are those of ours."""
    open: tuple[str, ...] = ()
    """The columns that are still to be decided; of a row that one side deleted ``("",)``, which stands for the row."""
    filled: frozenset[str] = frozenset()
    """Columns that nobody has to decide, and that are not as ours has them: only theirs changed them."""
    count: int | None = None
    """How often it will be there; only of `ConflictKind.COUNTED`, where it is decided."""

    @property
    def decided(self) -> bool:
        return not self.open


# rules


class RuleKind(StrEnum):
    """How a rule decides."""

    OURS = "ours"
    THEIRS = "theirs"
    NEWER = "newer"
    """The side whose value in the column ``by`` is greater: its cells, or all of its row."""
    GREATER = "greater"
    LESS = "less"
    SUM = "sum of both changes"
    """The base and what each side added to it."""
    UNION = "union of JSON keys"
    """The keys of both objects; a key that both changed differently is left open."""
    NOT_NULL = "non-null wins"
    """The side that is not NULL where the other one is."""
    EXPRESSION = "expression"


class Rule(Frozen):
    """Decides conflicts by what the rows hold."""

    kind: RuleKind
    table: str = ""
    """Empty: in every table that has the columns."""
    columns: tuple[str, ...] = ()
    """Which cells it decides; empty: all that are open and that it can decide."""
    by: str = ""
    """The column that `RuleKind.NEWER` compares."""
    expression: str = ""
    """SQL over ``base_x``, ``our_x`` and ``their_x``; NULL leaves the cell open."""
    automatic: bool = False
    """Whether it is applied by itself whenever something conflicts."""

    @property
    def title(self) -> str:
        """For people, without its table: ``newer updated_at``, ``greater credit``."""
        columns = ", ".join(self.columns)
        if self.kind is RuleKind.NEWER:
            return f"newer {self.by}" + (f" for {columns}" if columns else "")
        if self.kind is RuleKind.EXPRESSION:
            return f"{columns} = {self.expression}"
        return f"{self.kind} {columns}" if columns else str(self.kind)


class RuleTrial(Frozen):
    """What a rule would decide of all that is not decided yet."""

    rule: Rule
    decisions: Mapping[str, Mapping[RowKey, RowDecision]]
    """By table and row; of a row that it decides in part, too."""
    solved: int
    """Rows that would be decided completely."""
    of: int
    """Rows that are not decided yet in the tables that it is about."""
    left: Mapping[str, int] = field(default=_NONE)
    """How many rows it leaves, by the reason: ``deleted against changed``, ``added on both sides``, ``equal``."""


class WhatIf(Frozen):
    """The database as it would be, to be looked at."""

    branch: str
    """A temporary branch, which has to be dropped."""
    commit: str
    """What is to be looked at."""


class Applied(Frozen):
    """What came of a plan."""

    hash: str
    """The branch's new commit; what it was before where nothing was committed (squash, stash)."""
    commits: int = 1
    """How many commits were made."""
    staged_again: tuple[str, ...] = ()
    """Tables that were staged before, and are again."""
    others: tuple[str, ...] = ()
    """Commits of other sessions that came in between: the first parent is not the commit that was seen."""
    notes: tuple[str, ...] = ()
    """What else is worth knowing, in sentences: triggers that ran, an additional commit in the log."""
    paused: str = ""
    """The branch on which a rebase waits for a commit to be edited; empty where it is done."""
