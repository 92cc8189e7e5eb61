"""Resolution plans applied: what is in the merge commit afterwards, what is refused, what stays as it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dolt_tui.engine.conflicts import plans
from dolt_tui.engine.errors import LocalChanges, Undecided
from dolt_tui.engine.model.conflicts import Applied, Incoming, IncomingKind, ResolutionPlan, Side
from dolt_tui.engine.repository import Repository

from .conftest import Raw

OURS, THEIRS, BASE = Side.OURS, Side.THEIRS, Side.BASE


def fork(raw: Raw, base: list[str], ours: list[str], theirs: list[str]) -> Incoming:
    """A base commit, one more on main, and one on feature."""
    raw.run(*base)
    raw.commit("base")
    raw.call("dolt_branch", "feature")
    if theirs:
        raw.run(*theirs, at="feature")
    raw.commit("theirs", at="feature")
    if ours:
        raw.run(*ours)
    raw.commit("ours")
    return Incoming(IncomingKind.MERGE, "main", "feature", raw.head(), raw.head("feature"))


def parents(raw: Raw) -> list[str]:
    head = raw.head()
    rows = raw.rows("SELECT commit_hash, parent_index, parent_hash FROM dolt_commit_ancestors")
    return [parent for child, _, parent in sorted(row for row in rows if row[0] == head)]


PLAN = Callable[[ResolutionPlan, str], ResolutionPlan]


def resolve(repository: Repository, incoming: Incoming, *decide: PLAN) -> Applied:
    plan = ResolutionPlan(incoming)
    for each in decide:
        plan = each(plan, incoming.tip)
    applied, step = repository.undo.perform("main", "merge", lambda: repository.resolver.apply(incoming, plan))
    assert step is None or not step.blocked_by
    return applied


@pytest.fixture
def staff(raw: Raw) -> Incoming:
    """Rows 1 to 3 conflict: 1 in the name alone, 2 was deleted by us, 3 by them; a table comes, goes and is renamed."""
    return fork(
        raw,
        [
            "CREATE TABLE staff (id INTEGER PRIMARY KEY, name VARCHAR(20), born INTEGER, pay INTEGER)",
            "INSERT INTO staff VALUES (1, 'Tim', 1, 1), (2, 'Ann', 2, 2), (3, 'Bob', 3, 3), (4, 'Dot', 4, 4)",
            "CREATE TABLE gone (id INTEGER PRIMARY KEY)",
            "CREATE TABLE old (a INTEGER PRIMARY KEY, b INTEGER)",
            "INSERT INTO old VALUES (1, 1)",
            "CREATE TABLE other (id INTEGER PRIMARY KEY, v INTEGER)",
            "CREATE TABLE third (id INTEGER PRIMARY KEY, v INTEGER)",
        ],
        ["UPDATE staff SET name = 'Timothy', born = 9 WHERE id = 1", "DELETE FROM staff WHERE id = 2",
         "UPDATE staff SET pay = 8 WHERE id = 3"],
        ["UPDATE staff SET name = 'Timmy', pay = 9 WHERE id = 1", "UPDATE staff SET pay = 8 WHERE id = 2",
         "DELETE FROM staff WHERE id = 3", "UPDATE staff SET pay = 7 WHERE id = 4", "DROP TABLE gone",
         "ALTER TABLE old RENAME TO renamed", "CREATE TABLE fresh (id INTEGER PRIMARY KEY)"],
    )  # fmt: skip


@pytest.mark.both_versions
def test_a_merge_is_decided_committed_and_undone(raw: Raw, repository: Repository, staff: Incoming) -> None:
    raw.run("INSERT INTO other VALUES (1, 1)", "INSERT INTO third VALUES (1, 1)")
    raw.call("dolt_add", "third")
    before = raw.state()
    with pytest.raises(Undecided) as caught:
        resolve(repository, staff, lambda plan, c: plans.take(plan, c, "staff", (1,), THEIRS, ["name"]))
    assert (caught.value.found.rows, str(caught.value)) == (3, "2 rows are not decided yet.")
    assert raw.state() == before, "what was staged is staged again"
    applied = resolve(
        repository,
        staff,
        lambda plan, c: plans.edit(plan, c, "staff", (1,), "name", "T'im"),
        lambda plan, c: plans.take_row(plan, c, "staff", (2,), THEIRS),
        lambda plan, c: plans.delete(plan, c, "staff", [(3,)]),
    )
    assert (applied.hash, applied.commits, applied.staged_again, applied.others) == (raw.head(), 1, ("third",), ())
    assert not applied.notes
    assert raw.rows("SELECT * FROM staff ORDER BY id") == [(1, "T'im", 9, 9), (2, "Ann", 2, 8), (4, "Dot", 4, 7)]
    assert parents(raw) == [staff.head, staff.tip]
    assert raw.scalar("SELECT message FROM dolt_log LIMIT 1") == "Merge branch 'feature' into main"
    assert raw.status() == {("other", False, "modified"), ("third", True, "modified")}
    tables = {table.name for table in repository.tables.tables("main")}
    assert tables == {"staff", "renamed", "other", "third", "fresh"}
    assert raw.rows("SELECT * FROM renamed") == [(1, 1)]
    step = repository.undo.next()
    assert step is not None
    repository.undo.undo(step)
    assert raw.state() == before


def test_what_is_staged_in_part_is_in_the_way(raw: Raw, repository: Repository, staff: Incoming) -> None:
    raw.run("INSERT INTO third VALUES (1, 1)")
    raw.call("dolt_add", "third")
    raw.run("INSERT INTO third VALUES (2, 2)")
    before = raw.state()
    with pytest.raises(LocalChanges, match="third is staged in part"):
        resolve(repository, staff, lambda plan, c: plans.take_table(plan, c, "staff", OURS))
    assert raw.state() == before


@pytest.mark.parametrize(("side", "rows"), [
    (OURS, [(1, "Timothy", 9, 1), (3, "Bob", 3, 8), (4, "Dot", 4, 7)]),
    (THEIRS, [(1, "Timmy", 1, 9), (2, "Ann", 2, 8), (4, "Dot", 4, 7)]),
    (BASE, [(1, "Tim", 1, 1), (2, "Ann", 2, 2), (3, "Bob", 3, 3), (4, "Dot", 4, 7)]),
])  # fmt: skip
def test_a_squash_leaves_it_staged(
    raw: Raw, repository: Repository, staff: Incoming, side: Side, rows: list[tuple[Any, ...]]
) -> None:
    raw.run("INSERT INTO other VALUES (1, 1)", "INSERT INTO third VALUES (1, 1)")
    raw.call("dolt_add", "third")
    before = raw.state()
    squash = Incoming(IncomingKind.SQUASH, "main", "feature", staff.head, staff.tip)
    applied = resolve(repository, squash, lambda plan, c: plans.take_table(plan, c, "staff", side))
    assert (applied.hash, applied.commits) == (staff.head, 0)
    assert raw.head() == staff.head
    assert raw.rows("SELECT * FROM staff ORDER BY id") == rows
    unstaged = {name for name, staged, _ in raw.status() if not staged}
    assert unstaged == {"other"}
    assert ("third", True, "modified") in raw.status()
    assert raw.state()[3] is False
    step = repository.undo.next()
    assert step is not None
    repository.undo.undo(step)
    assert raw.state() == before
