"""Definitions in conflict and broken constraints as they are shown, from values alone."""

from __future__ import annotations

import datetime as dt
from threading import Event

import pytest

from dolt_tui.engine.conflicts.keeping import keep_own
from dolt_tui.engine.conflicts.schema_words import beside, in_short, left_in_log, left_out
from dolt_tui.engine.editing.table_definitions import read_form
from dolt_tui.engine.errors import Cancelled
from dolt_tui.engine.model import SqlStyle, Violation
from dolt_tui.engine.model.conflicts import (
    Broken,
    BrokenRow,
    ConflictSet,
    Incoming,
    IncomingKind,
    Related,
    ResolutionPlan,
    SchemaConflict,
    SchemaDecision,
    SchemaKind,
    SchemaWay,
    Side,
    StepPlan,
    TablePlan,
)
from dolt_tui.engine.model.rewriting import OperationKind
from dolt_tui.ui.present.broken_rows import broken_rows, constraint_note
from dolt_tui.ui.present.conflict_lists import RowChangeBy, change_rows, doing
from dolt_tui.ui.present.schema_conflict import definition_rows
from dolt_tui.ui.present.text import plain
from dolt_tui.ui.session.resolution import rested

BASE = "CREATE TABLE `t` (\n  `id` int NOT NULL,\n  `a` int,\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB"
KEY = "  PRIMARY"


def with_lines(*lines: str, base: str = BASE) -> str:
    return base.replace(KEY, "".join(f"  {line},\n" for line in lines) + KEY)


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "said"),
    [
        (BASE, with_lines("`n` int", "`mine` int"), with_lines("`n` text"), "n: 2 types"),
        (BASE, with_lines("`n` int"), with_lines("`n` int DEFAULT '1'"), "n: 2 definitions"),
        (BASE, BASE.replace("  `a` int,\n", ""), BASE.replace("`a` int", "`a` bigint"), "a: dropped, and changed"),
        (BASE, "", BASE, "deleted by us"),
        (BASE, BASE, "", "deleted by them"),
        ("", BASE, BASE.replace("(`id`)", "(`a`)"), "2 primary keys"),
        (BASE, with_lines("KEY `i` (`a`)"), with_lines("KEY `i` (`id`)"), "index i: 2 definitions"),
        (BASE, with_lines("`b` int", "`c` int"), with_lines("`b` text", "`c` text"), "b: 2 types, 1 more"),
        ("no", "statement", "at all", "2 definitions"),
    ],
)
def test_in_short(base: str, ours: str, theirs: str, said: str) -> None:
    assert in_short(SchemaConflict("t", base, ours, theirs), SqlStyle.MYSQL) == said


def test_definitions_side_by_side() -> None:
    conflict = SchemaConflict("t", BASE, with_lines("`n` int", "`mine` int"), with_lines("`n` text"))
    rows = [tuple(map(plain, row.cells)) for row in definition_rows(conflict, 80)]
    assert ("~", "  `n` int,", "  `n` text,") in rows
    assert ("~", "  `mine` int,", "") in rows
    assert ("", "  `a` int,", "  `a` int,") in rows
    one_line = "CREATE TABLE t(id INT PRIMARY KEY, a DECIMAL(3,2) DEFAULT ',)')"
    lite = SchemaConflict("t", one_line, one_line.replace("3,2", "4,2") + ";\nCREATE INDEX i ON t(a)", "")
    rows = [tuple(map(plain, row.cells)) for row in definition_rows(lite, 90)]
    assert rows[0][2] == "— it is not there any more"
    assert [row[1].strip() for row in rows[1:]] == [
        "CREATE TABLE t(", "id INT PRIMARY KEY,", "a DECIMAL(4,2) DEFAULT ',)'", ")", "CREATE INDEX i ON t(a)"
    ]  # fmt: skip


def test_what_each_way_leaves() -> None:
    incoming = Incoming(IncomingKind.MERGE, "main", "feature", "h", "t")
    table, view = SchemaConflict("t", "a", "", "c"), SchemaConflict("v", "a", "b", "c", kind=SchemaKind.VIEW)
    said = [
        left_in_log(incoming, table, SchemaDecision(side, way))
        for way in SchemaWay
        for side in (Side.OURS, Side.THEIRS)
    ]
    assert said == [
        "one more commit on their side; the table is dropped",
        "one more commit on our side",
        "no further commit; their rows are left out",
        "no further commit; our rows are left out",
    ]
    assert left_in_log(incoming, view, SchemaDecision(Side.OURS, SchemaWay.FORCE)) == "no further commit"


def test_what_goes_with_a_definition() -> None:
    """What only one side has changed stays with the other side's definition, where the engine can merge that."""
    base = with_lines("`b` int", "`c` int DEFAULT '1' COMMENT 'x'", "KEY `old` (`a`)", "KEY `both` (`a`)")
    ours = base.replace("`b` int", "`b` bigint DEFAULT '2'").replace("COMMENT 'x'", "COMMENT 'y'")
    ours = ours.replace(KEY, "  `d` int,\n  KEY `new` (`d`),\n  CONSTRAINT `low` CHECK (`c` < 9),\n" + KEY)
    ours = ours.replace("`both` (`a`)", "`both` (`b`)").replace("  KEY `old` (`a`),\n", "") + " COMMENT='t'"
    theirs = base.replace("`b` int", "`b` text").replace("`both` (`a`)", "`both` (`c`)")
    kept = keep_own(*(read_form(text, SqlStyle.MYSQL) for text in (base, ours, theirs)))
    assert [(one.name, one.type, one.comment) for one in kept.form.columns[2:]] == [
        ("b", "text", ""), ("c", "int", "y"), ("d", "int", "")
    ]  # fmt: skip
    assert [[one.name for one in each] for each in (kept.form.indexes, kept.form.checks)] == [["both", "new"], ["low"]]
    way = SchemaDecision(Side.THEIRS, SchemaWay.ALIGN)
    said = left_out(SchemaConflict("t", base, ours, theirs), way, SqlStyle.MYSQL)
    assert said == "leaves out our default '2' of b, index both, table comment"
    renamed = SchemaConflict("t", base, base.replace(KEY, "  `d` int,\n" + KEY), base, names=("", "s"))
    assert left_out(renamed, way, SqlStyle.MYSQL) == "leaves out our column d"
    lite = "CREATE TABLE t(a INT, b INT)", "CREATE TABLE t(a TEXT, b INT DEFAULT 3)", "CREATE TABLE t(a BLOB, b INT)"
    assert left_out(SchemaConflict("t", *lite), way, SqlStyle.SQLITE) == "leaves out our default 3 of b"


def test_what_goes_together_in_one_merge_commit() -> None:
    table, one, other = (
        SchemaConflict(name, "a", "b", "c", kind=kind)
        for name, kind in (("t", SchemaKind.TABLE), ("v", SchemaKind.VIEW), ("w", SchemaKind.TRIGGER))
    )
    ours, theirs = (SchemaDecision(side, SchemaWay.FORCE) for side in (Side.OURS, Side.THEIRS))
    every = (table, one, other)
    assert beside(other, theirs, every, {"v": ours}) == "not together with v: ours, as it is"
    assert beside(other, ours, every, {"v": ours, "t": theirs}) == ""
    assert beside(other, theirs, every, {"t": ours}) == "not together with t: ours, as it is"
    assert beside(table, ours, every, {"v": theirs}) == "not together with v: theirs, as it is"
    assert beside(table, ours, every, {"v": SchemaDecision(Side.THEIRS)}) == ""
    assert beside(other, SchemaDecision(Side.THEIRS), every, {"v": ours}) == ""


def test_broken_rows() -> None:
    pet = {"id": 7, "parent": 1, "name": "a\x1b[31m"}
    parent = Related("parents, deleted by us", "parents", (1,), {"id": 1}, there=False)
    row = BrokenRow("pets", (7,), pet, (parent,), sides=(None, None, pet))
    broken = Broken(Violation("foreign key", "pets", "whose", ("parent",), refers_to="parents", rows=2), (row,))

    def shown(step: StepPlan) -> list[str]:
        return [" ".join(plain(cell) for cell in row.cells) for row in broken_rows(broken, step)]

    lines = shown(StepPlan())
    assert lines[0].startswith("‼ as it will be id 7 · parent 1 · name a")
    assert "\x1b" not in "".join(lines)
    assert [line.strip() for line in lines[1:3]] == ["base no such row", "ours no such row"]
    assert lines[-1] == "↳ parents, deleted by us id 1"
    put_back = StepPlan({"parents": TablePlan(mends={(1,): {"id": 1}}), "pets": TablePlan(mends={(7,): None})})
    assert shown(put_back)[0] == "✓ as it will be deleted"
    assert shown(put_back)[-1] == "✓ parents, deleted by us: put back id 1"
    assert constraint_note(broken) == "foreign key ×2"


@pytest.mark.parametrize(
    ("kind", "branch", "standing", "title", "header", "theirs"),
    [
        (
            IncomingKind.CHERRY_PICK,
            "main",
            None,
            "cherry-picking 3 commits onto main",
            ("CHERRY-PICKING", "3 commits: 2 of 3"),
            "c",
        ),
        (IncomingKind.REBASE, "b", None, "rebasing b onto 3 commits", ("REBASING", "onto 3 commits: 2 of 3"), "b c"),
        (IncomingKind.STANDING, "b", OperationKind.MERGE, "merging it into b", ("MERGING", "it"), "it"),
        (IncomingKind.STANDING, "b", OperationKind.REVERT, "reverting it on b", ("REVERTING", "it"), "before c"),
        (IncomingKind.STANDING, "b", OperationKind.CONFLICTS, "conflicts with it on b", ("RESOLVING", "it"), "it"),
        (IncomingKind.STANDING, "dolt_rebase_b", OperationKind.REBASE, "rebasing b, at it", ("REBASING", "b"), "b c"),
    ],
)
def test_what_is_being_done(
    kind: IncomingKind, branch: str, standing: OperationKind | None, title: str, header: tuple[str, str], theirs: str
) -> None:
    stands = kind is IncomingKind.STANDING
    incoming = Incoming(kind, branch, "it" if stands else "3 commits", "h", "t", standing=standing)
    found = ConflictSet(incoming, "c", "p", "h", "c", number=1 if stands else 2, of=1 if stands else 3)
    assert (incoming.title, doing(found), found.called[1]) == (title, header, theirs)


def test_a_check_waits_until_the_plan_rests() -> None:
    incoming = Incoming(IncomingKind.MERGE, "main", "theirs", "h", "t")
    seen = [ResolutionPlan(incoming) for _ in range(9)]
    stopped, plans = Event(), iter(seen)
    assert rested(lambda: next(plans), 0, stopped) is seen[0]
    assert rested(lambda: seen[1], 0.001, stopped) is seen[1]
    last = rested(lambda: next(plans, seen[8]), 0.05, stopped)  # keys that never end do not put it off for ever
    assert [plan is last for plan in seen].index(True) in range(3, 8)
    stopped.set()
    with pytest.raises(Cancelled):
        rested(lambda: seen[0], 60, stopped)


def test_who_stashed_a_row() -> None:
    change = RowChangeBy("c" * 32, "stashed on main", None, "wip", "1 cell")
    rows = change_rows([("theirs", "wip", change)], dt.datetime(2026, 1, 2, tzinfo=dt.UTC))
    assert [plain(text).strip() for row in rows[1:] for text in row.cells] == [
        "○", "ccccccc", "wip", "", "", "", "stashed on main · 1 cell", ""
    ]  # fmt: skip
