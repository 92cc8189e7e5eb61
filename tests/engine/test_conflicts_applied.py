"""Resolution plans applied: what is in the merge commit afterwards, what is refused, what stays as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from dolt_tui.engine.conflicts import plans
from dolt_tui.engine.conflicts.breakable import breakable
from dolt_tui.engine.core.session import Session
from dolt_tui.engine.errors import ChangedMeanwhile, ConstraintsBroken, LocalChanges, Undecided
from dolt_tui.engine.model.conflicts import Applied, Edited, Incoming, IncomingKind, ResolutionPlan, Side, StepPlan
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt, RawLite

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
    found, log = repository.resolver.foresee(staff), repository.statements
    assert found is not None
    asked = log.entries()[-1].number
    taken = plans.take_row(ResolutionPlan(staff), staff.tip, "staff", (2,), THEIRS)
    assert repository.resolver.check(found, taken) == ()
    assert not any("dolt_merge" in entry.sql for entry in log.entries(asked)), "no constraint forbids anything"
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


def test_a_table_is_called_like_all_of_them(raw: Raw, repository: Repository) -> None:
    def both(text: str) -> list[str]:
        return [text.format(raw.quote(name)) for name in (".", "t")]

    made = [*both("CREATE TABLE {} (id INTEGER PRIMARY KEY, v INTEGER)"), *both("INSERT INTO {} VALUES (1, 1)")]
    incoming = fork(raw, made, both("UPDATE {} SET v = 2"), both("UPDATE {} SET v = 3"))
    resolve(
        repository,
        incoming,
        lambda plan, c: plans.take_table(plan, c, ".", THEIRS),
        lambda plan, c: plans.take_table(plan, c, "t", OURS),
    )
    assert [raw.rows(f"SELECT v FROM {raw.quote(name)}") for name in (".", "t")] == [[(3,)], [(2,)]]


def test_what_is_staged_in_part_is_in_the_way(raw: Raw, repository: Repository, staff: Incoming) -> None:
    raw.run("INSERT INTO third VALUES (1, 1)")
    raw.call("dolt_add", "third")
    raw.run("INSERT INTO third VALUES (2, 2)")
    before = raw.state()
    with pytest.raises(LocalChanges, match="third is staged in part"):
        resolve(repository, staff, lambda plan, c: plans.take_table(plan, c, "staff", OURS))
    assert raw.state() == before


def test_a_squash_leaves_it_staged(raw: Raw, repository: Repository, staff: Incoming) -> None:
    raw.run("INSERT INTO other VALUES (1, 1)", "INSERT INTO third VALUES (1, 1)")
    raw.call("dolt_add", "third")
    before = raw.state()
    squash = Incoming(IncomingKind.SQUASH, "main", "feature", staff.head, staff.tip)
    for side, rows in (
        (OURS, [(1, "Timothy", 9, 1), (3, "Bob", 3, 8), (4, "Dot", 4, 7)]),
        (THEIRS, [(1, "Timmy", 1, 9), (2, "Ann", 2, 8), (4, "Dot", 4, 7)]),
        (BASE, [(1, "Tim", 1, 1), (2, "Ann", 2, 2), (3, "Bob", 3, 3), (4, "Dot", 4, 7)]),
    ):
        take: PLAN = partial(plans.take_table, table="staff", side=side)
        applied = resolve(repository, squash, take)
        assert (applied.hash, applied.commits) == (staff.head, 0)
        assert raw.head() == staff.head
        assert raw.rows("SELECT * FROM staff ORDER BY id") == rows
        assert {name for name, staged, _ in raw.status() if not staged} == {"other"}
        assert ("third", True, "modified") in raw.status()
        assert raw.state()[3] is False
        check_undone(raw, repository, before)


def check_undone(raw: Raw, repository: Repository, before: object) -> None:
    step = repository.undo.next()
    assert step is not None
    repository.undo.undo(step)
    assert raw.state() == before


def test_a_decision_that_breaks_constraints_changes_nothing_and_can_be_mended(raw: Raw, repository: Repository) -> None:
    incoming = fork(
        raw,
        [
            "CREATE TABLE p (id INTEGER PRIMARY KEY, v INTEGER)",
            "CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER, FOREIGN KEY (p) REFERENCES p (id) ON DELETE CASCADE)",
            "CREATE TABLE u (id INTEGER PRIMARY KEY, code INTEGER UNIQUE, v INTEGER CHECK (v < 100))",
            "INSERT INTO p VALUES (1, 1), (2, 2)",
            "INSERT INTO c VALUES (1, 1), (2, 2)",
            "INSERT INTO u VALUES (1, 1, 1), (2, 2, 2), (3, 3, 3)",
        ],
        ["UPDATE p SET v = 10", "UPDATE u SET v = 10"],
        ["UPDATE p SET v = 20", "UPDATE u SET v = 20"],
    )
    before = raw.state()
    every = [lambda plan, c, name=name: plans.take_table(plan, c, name, OURS) for name in ("p", "u")]
    found = repository.resolver.foresee(incoming)
    assert found is not None
    alone = {count.table: breakable(repository._connections, replace(found, tables=(count,)), StepPlan())
             for count in found.tables}  # fmt: skip
    assert alone == {"p": True, "u": True}
    for decide, kind, key in (
        (lambda plan, c: plans.delete(plan, c, "p", [(1,)]), "foreign key", (1,)),
        (lambda plan, c: plans.edit(plan, c, "u", (1,), "code", 2), "unique index", (1,)),
        (lambda plan, c: plans.edit(plan, c, "u", (1,), "v", 100), "check constraint", (1,)),
    ):
        with pytest.raises(ConstraintsBroken) as caught:
            resolve(repository, incoming, *every, decide)
        (broken,) = caught.value.broken
        assert (broken.violation.kind, broken.rows[0].key) == (kind, key)
        assert raw.state() == before
        raw.run("INSERT INTO p VALUES (9, 9)", "DELETE FROM p WHERE id = 9")  # the next write is as usual
    resolve(
        repository,
        incoming,
        *every,
        lambda plan, c: plans.delete(plan, c, "p", [(1,)]),
        lambda plan, c: plans.mend(plan, c, "c", (1,), {"p": 2}),
        lambda plan, c: plans.mend(plan, c, "p", (7,), {"v": 70}),
        # three rows pass their values on in a circle
        lambda plan, c: plans.set_cells(plan, c, "u", [((n,), "code", Edited(n % 3 + 1)) for n in (1, 2, 3)]),
    )
    assert raw.rows("SELECT * FROM p ORDER BY id") == [(2, 10), (7, 70)]
    assert raw.rows("SELECT * FROM c ORDER BY id") == [(1, 2), (2, 2)], "no cascade"
    assert raw.rows("SELECT * FROM u ORDER BY id") == [(1, 2, 10), (2, 3, 10), (3, 1, 10)]
    check_undone(raw, repository, before)


def test_columns_that_a_side_has_not(raw: Raw, repository: Repository) -> None:
    # DoltLite takes a renamed column for an added one, and another one for it, where one was dropped besides.
    old, rename = ("old", ["ALTER TABLE t RENAME COLUMN old TO new"]) if raw.dolt else ("new", [])
    incoming = fork(
        raw,
        [f"CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, gone INTEGER, {old} INTEGER)",
         "INSERT INTO t VALUES (1, 1, 8, 1), (2, 2, 8, 2), (3, 3, 8, 3), (4, 4, 8, 4)"],
        ["ALTER TABLE t ADD COLUMN mine INTEGER", "UPDATE t SET a = 10, mine = 1", "DELETE FROM t WHERE id = 4"],
        ["ALTER TABLE t ADD COLUMN yours INTEGER", "ALTER TABLE t DROP COLUMN gone", "UPDATE t SET a = 20, yours = 2",
         *rename],
    )  # fmt: skip
    before = raw.state()
    resolve(
        repository,
        incoming,
        lambda plan, c: plans.take(plan, c, "t", (1,), OURS, ["a"]),
        lambda plan, c: plans.take_row(plan, c, "t", (2,), THEIRS),
        lambda plan, c: plans.take_row(plan, c, "t", (3,), OURS),
        lambda plan, c: plans.take_row(plan, c, "t", (4,), THEIRS),
    )
    assert raw.rows("SELECT id, a, new, mine, yours FROM t ORDER BY id") == [
        (1, 10, 1, 1, 2),
        (2, 20, 2, 1, 2),
        (3, 10, 3, 1, None),
        (4, 20, 4, None, 2),
    ]
    check_undone(raw, repository, before)


@pytest.mark.both_versions
def test_triggers_do_not_run_where_that_can_be_avoided(raw: Raw, repository: Repository) -> None:
    """On Dolt those run for rows that are deleted, or did not conflict, and that is told."""
    table = "CREATE TABLE {} (id INTEGER PRIMARY KEY, a INTEGER, d DATETIME, note VARCHAR(9))"
    triggers = []
    for event in ("INSERT", "UPDATE", "DELETE"):
        what = f"INSERT INTO ran VALUES ('{event}')"
        body = what if raw.dolt else f"BEGIN {what}; END"
        triggers.append(f"CREATE TRIGGER on_{event} AFTER {event} ON t FOR EACH ROW {body}")
    incoming = fork(
        raw,
        [table.format("t"), "CREATE TABLE ran (event VARCHAR(9))",
         "INSERT INTO t VALUES (1, 1, '2020-01-01', ''), (2, 2, NULL, ''), (3, 3, NULL, ''), (4, 4, NULL, '')"],
        ["UPDATE t SET a = 10 WHERE id < 4", "DELETE FROM t WHERE id = 4", *triggers],
        ["UPDATE t SET a = 20, d = '2021-02-03 04:05:06'", "INSERT INTO t VALUES (9, 9, NULL, '')"],
    )  # fmt: skip
    decide: list[PLAN] = [
        lambda plan, c: plans.edit(plan, c, "t", (1,), "a", 5),
        lambda plan, c: plans.set_cells(plan, c, "t", [((2,), "a", THEIRS), ((2,), "note", Edited("ü'%s"))]),
        lambda plan, c: plans.take_row(plan, c, "t", (3,), OURS),
        lambda plan, c: plans.take_row(plan, c, "t", (4,), THEIRS),
    ]
    before = raw.state()
    assert not resolve(repository, incoming, *decide).notes
    rows = raw.rows("SELECT id, a, CAST(d AS CHAR), note FROM t ORDER BY id")
    day = "2021-02-03 04:05:06"
    assert rows == [(1, 5, day, ""), (2, 20, day, "ü'%s"), (3, 10, None, ""), (4, 20, day, ""), (9, 9, None, "")]
    assert not raw.rows("SELECT * FROM ran")
    check_undone(raw, repository, before)
    applied = resolve(
        repository,
        incoming,
        *decide,
        lambda plan, c: plans.delete(plan, c, "t", [(3,)]),
        lambda plan, c: plans.mend(plan, c, "t", (9,), {"a": 90}),
    )
    assert [row[:2] for row in raw.rows("SELECT * FROM t ORDER BY id")] == [(1, 5), (2, 20), (4, 20), (9, 90)]
    assert sorted(raw.rows("SELECT * FROM ran")) == ([("DELETE",), ("UPDATE",)] if raw.dolt else [])
    assert applied.notes == (("Triggers ran for the rows that were written: those of t.",) if raw.dolt else ())


def test_what_dolt_gets_wrong(dolt: RawDolt, opened: Open) -> None:
    repository = opened(dolt)
    incoming = fork(
        dolt,
        [
            "CREATE TABLE v (id INT PRIMARY KEY, a INT, twice INT GENERATED ALWAYS AS (a * 2) VIRTUAL, b INT)",
            "CREATE TABLE ci (id INT PRIMARY KEY, a VARCHAR(9) COLLATE utf8mb4_0900_ai_ci, b INT)",
            "CREATE TABLE vec (id INT PRIMARY KEY, a VECTOR(2), b INT)",
            "CREATE TABLE n (id INT PRIMARY KEY, a INT)",
            "CREATE TABLE at (id INT PRIMARY KEY, a INT UNIQUE, b INT,"
            " w DATETIME DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP)",
            "INSERT INTO at VALUES (1, 1, 1, '2020-01-01'), (2, 2, 2, '2020-01-01')",
            "INSERT INTO v (id, a, b) VALUES (1, 1, 1), (2, 2, 2)",
            "INSERT INTO ci VALUES (1, 'a', 1), (2, 'a', 2)",
            "INSERT INTO vec VALUES (1, STRING_TO_VECTOR('[1, 0.1]'), 1), (2, STRING_TO_VECTOR('[2, 2]'), 2)",
        ],
        ["UPDATE v SET a = 10", "UPDATE ci SET b = 10", "UPDATE vec SET b = 10", "DELETE FROM vec WHERE id = 2",
         "UPDATE at SET a = a + 10, b = 10, w = '2020-01-02'",
         "ALTER TABLE n MODIFY a INT NOT NULL"],
        ["UPDATE v SET a = 20, b = 5", "UPDATE ci SET b = 20, a = 'A'", "UPDATE vec SET b = 20",
         "UPDATE vec SET a = STRING_TO_VECTOR('[0.3, 7e-12]')",
         "INSERT INTO n VALUES (1, NULL)", "UPDATE at SET a = a + 20, b = 20, w = '2020-01-01'"],
    )  # fmt: skip
    before = dolt.state()
    decide: list[PLAN] = [
        lambda plan, c: plans.take(plan, c, "v", (1,), OURS, ["a"]),
        lambda plan, c: plans.take_row(plan, c, "v", (2,), THEIRS),
        lambda plan, c: plans.take(plan, c, "ci", (1,), OURS, ["b"]),
        lambda plan, c: plans.take_row(plan, c, "ci", (2,), OURS),
        lambda plan, c: plans.take(plan, c, "vec", (1,), OURS, ["b"]),
        lambda plan, c: plans.take_row(plan, c, "vec", (2,), THEIRS),
        lambda plan, c: plans.take_row(plan, c, "at", (1,), OURS),
        lambda plan, c: plans.take_cells(plan, c, "at", [((1,), "a"), ((1,), "b")], THEIRS),
        lambda plan, c: plans.set_cells(plan, c, "at", [((2,), "a", OURS), ((2,), "b", THEIRS)]),
    ]
    with pytest.raises(ConstraintsBroken) as caught:
        resolve(repository, incoming, *decide)
    assert [str(each.violation) for each in caught.value.broken] == ["not null of n (a): 1 row, id 1"]
    assert dolt.state() == before
    resolve(repository, incoming, *decide, lambda plan, c: plans.mend(plan, c, "n", (1,), {"a": 4}))
    assert dolt.rows("SELECT * FROM v ORDER BY id") == [(1, 10, 20, 5), (2, 20, 40, 5)]
    assert dolt.rows("SELECT * FROM ci ORDER BY id") == [(1, "A", 10), (2, "a", 10)]
    theirs = dolt.rows("SELECT HEX(a) FROM vec AS OF 'feature' ORDER BY id")
    assert dolt.rows("SELECT HEX(a) FROM vec ORDER BY id") == theirs
    assert dolt.rows("SELECT id, b FROM vec ORDER BY id") == [(1, 10), (2, 20)]
    assert dolt.rows("SELECT * FROM n") == [(1, 4)]
    assert dolt.rows("SELECT id, a, b, CAST(w AS CHAR) FROM at") == [
        (1, 21, 20, "2020-01-02 00:00:00"),
        (2, 12, 20, "2020-01-02 00:00:00"),
    ]
    check_undone(dolt, repository, before)


def test_rows_with_stored_columns_and_documents(dolt: RawDolt, opened: Open) -> None:
    """Dolt fails to merge the former where they conflict: the second parent has them as ours, and stands on theirs."""
    repository, doc = opened(dolt), "REPLACE INTO dolt_docs VALUES ('README.md', '{}')"
    incoming = fork(
        dolt,
        ["CREATE TABLE s (id INT PRIMARY KEY, a INT, twice INT GENERATED ALWAYS AS (a * 2) STORED, b INT)",
         "INSERT INTO s (id, a, b) VALUES (1, 1, 1), (2, 2, 2), (3, 3, 3), (4, 4, 4)", doc.format("base")],
        ["UPDATE s SET a = 10 WHERE id < 3", "DELETE FROM s WHERE id = 4", doc.format("ours")],
        ["UPDATE s SET a = 20 WHERE id < 3", "UPDATE s SET a = 7 WHERE id > 2", doc.format("theirs")],
    )  # fmt: skip
    before = dolt.state()
    applied = resolve(
        repository,
        incoming,
        lambda plan, c: plans.take_table(plan, c, "dolt_docs", THEIRS),
        lambda plan, c: plans.take_row(plan, c, "s", (1,), THEIRS),
        lambda plan, c: plans.edit(plan, c, "s", (2,), "a", 50),
        lambda plan, c: plans.take_row(plan, c, "s", (4,), THEIRS),
    )
    assert dolt.rows("SELECT * FROM s ORDER BY id") == [(1, 20, 40, 1), (2, 50, 100, 2), (3, 7, 14, 3), (4, 7, 14, 4)]
    assert dolt.scalar("SELECT doc_text FROM dolt_docs WHERE doc_name = 'README.md'") == "theirs"
    assert set(dolt.branches()) == {"main", "feature"}
    first, second = parents(dolt)
    assert first == incoming.head
    assert "is the second parent" in applied.notes[0]
    assert dolt.scalar("SELECT count(*) FROM dolt_log(?)", f"{incoming.tip}..{second}") == 1
    check_undone(dolt, repository, before)


def test_rows_without_a_key_that_break_a_constraint(dolt: RawDolt, opened: Open) -> None:
    repository = opened(dolt)
    incoming = fork(
        dolt,
        ["CREATE TABLE k (p INT, v INT UNIQUE, j JSON)"],
        ["INSERT INTO k VALUES (1, 5, '[1]'), (1, 6, NULL)"],
        ["INSERT INTO k VALUES (2, 5, '[1]'), (2, 6, NULL), (2, 9, NULL)"],
    )
    found = repository.resolver.foresee(incoming)
    assert found is not None
    keys = {row.key for each in found.broken for row in each.rows}
    assert keys == {(1, 5, "[1]"), (2, 5, "[1]"), (1, 6, None), (2, 6, None)}
    resolve(
        repository,
        incoming,
        lambda plan, c: plans.mend(plan, c, "k", (2, 5, "[1]"), {"v": 7}),
        lambda plan, c: plans.mend(plan, c, "k", (1, 6, None), None),
    )
    assert dolt.rows("SELECT p, v FROM k ORDER BY p, v") == [(1, 5), (2, 6), (2, 7), (2, 9)]


def test_rows_without_a_key_by_their_rowid(lite: RawLite, opened: Open) -> None:
    repository = opened(lite)
    incoming = fork(
        lite,
        ["CREATE TABLE k (a INTEGER, b TEXT)", "INSERT INTO k VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd')"],
        ["UPDATE k SET a = 10 WHERE a < 3", "DELETE FROM k WHERE a = 3", "UPDATE k SET a = 40 WHERE a = 4"],
        ["UPDATE k SET a = 20 WHERE a < 4", "DELETE FROM k WHERE a = 4"],
    )
    before = lite.state()
    resolve(
        repository,
        incoming,
        lambda plan, c: plans.take_row(plan, c, "k", (1,), THEIRS),
        lambda plan, c: plans.edit(plan, c, "k", (2,), "a", 5),
        lambda plan, c: plans.take_row(plan, c, "k", (3,), THEIRS),
        lambda plan, c: plans.delete(plan, c, "k", [(4,)]),
    )
    assert lite.rows("SELECT rowid, * FROM k ORDER BY 1") == [(1, 20, "a"), (2, 5, "b"), (3, 20, "c")]
    check_undone(lite, repository, before)


def test_somebody_commits_in_between(dolt: RawDolt, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """What others commit while a plan is applied comes in, and is told; what is not committed is in the way."""
    repository = opened(dolt)
    incoming = fork(
        dolt,
        ["CREATE TABLE t (id INT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1), (2, 2)"],
        ["UPDATE t SET v = 10 WHERE id = 1"],
        ["UPDATE t SET v = 20 WHERE id = 1"],
    )
    run, others = Session.call, list[str]()

    def call(self: Session, procedure: str, *arguments: str) -> Any:
        if procedure == "dolt_conflicts_resolve" and statements:
            dolt.run(statements.pop())
            others.append(dolt.commit("of others") if commits else "")
        return run(self, procedure, *arguments)

    monkeypatch.setattr(Session, "call", call)
    statements, commits = ["UPDATE t SET v = 30 WHERE id = 1"], False
    with pytest.raises(LocalChanges):
        resolve(repository, incoming, lambda plan, c: plans.take_table(plan, c, "t", THEIRS))
    assert (dolt.head(), dolt.rows("SELECT v FROM t")) == (incoming.head, [(30,), (2,)])
    dolt.call("dolt_reset", "--hard")
    statements, commits = ["UPDATE t SET v = 5 WHERE id = 2"], True
    applied = resolve(repository, incoming, lambda plan, c: plans.take_table(plan, c, "t", THEIRS))
    assert applied.others == (others[-1],)
    assert "Undoing would remove" in applied.notes[-1]
    assert parents(dolt) == [others[-1], incoming.tip]
    assert dolt.rows("SELECT v FROM t") == [(20,), (5,)]
    assert len(applied.notes) == 1
    with pytest.raises(ChangedMeanwhile):
        resolve(repository, incoming, lambda plan, c: plans.take_table(plan, c, "t", THEIRS))
    dolt.call("dolt_reset", "--hard", incoming.head)
    dolt.run("UPDATE t SET v = 6 WHERE id = 2", at="feature")
    dolt.commit("more of theirs", at="feature")
    applied = resolve(repository, incoming, lambda plan, c: plans.take_table(plan, c, "t", THEIRS))
    assert applied.notes == (
        f"feature has 1 more commit by now. What was merged is {incoming.tip[:7]}, the commit that you decided about.",
    )
    assert dolt.rows("SELECT v FROM t") == [(20,), (2,)]
