"""Constraints that a merge or a decision breaks: told with the rows on both sides, mended, verified."""

from __future__ import annotations

from contextlib import suppress

import pytest

from dolt_tui.engine.conflicts import trying
from dolt_tui.engine.conflicts.constraints import after_broken, broken_in, verified
from dolt_tui.engine.errors import ConstraintsBroken, EngineError, NotChecked
from dolt_tui.engine.model import RowKey, RowValues
from dolt_tui.engine.model.conflicts import Incoming, IncomingKind, ResolutionPlan, StepPlan, TablePlan
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawLite

TABLES = (
    "CREATE TABLE parents (id INTEGER PRIMARY KEY, name VARCHAR(10))",
    "CREATE TABLE pets (a INTEGER, b INTEGER, parent INTEGER, PRIMARY KEY (a, b),"
    " CONSTRAINT whose FOREIGN KEY (parent) REFERENCES parents (id))",
    "CREATE TABLE codes (id INTEGER PRIMARY KEY, code INTEGER)",
    "CREATE UNIQUE INDEX one_code ON codes (code)",
    "CREATE TABLE spans (id INTEGER PRIMARY KEY, low INTEGER, high INTEGER, CONSTRAINT in_order CHECK (low < high))",
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, text VARCHAR(10))",
    "CREATE TABLE visits (parent INTEGER, CONSTRAINT who FOREIGN KEY (parent) REFERENCES parents (id))",
    "INSERT INTO parents VALUES (1, 'Ann'), (2, 'Bob')",
    "INSERT INTO spans VALUES (1, 5, 10)",
)


@pytest.fixture
def apart(raw: Raw) -> tuple[str, str, str]:
    """Commits of base, main and feature, whose merge breaks one constraint of each kind."""
    raw.run(*TABLES)
    base = raw.commit("base")
    raw.call("dolt_branch", "feature", "main")
    raw.run("INSERT INTO pets VALUES (7, 8, 1)", "INSERT INTO codes VALUES (2, 5)", "UPDATE spans SET high = 7",
            "INSERT INTO notes VALUES (4, NULL)", "INSERT INTO visits VALUES (2), (2)", at="feature")  # fmt: skip
    theirs = raw.commit("theirs", at="feature")
    raw.run("DELETE FROM parents", "INSERT INTO codes VALUES (1, 5)", "UPDATE spans SET low = 9")
    if raw.dolt:
        raw.run("ALTER TABLE notes MODIFY COLUMN text VARCHAR(10) NOT NULL")
    return base, raw.commit("ours"), theirs


def test_told_with_their_rows(raw: Raw, apart: tuple[str, str, str], repository: Repository) -> None:
    db = repository._connections
    before = raw.state()
    with db.trial("main") as session:
        session.execute(session.dialect.begin)
        with suppress(EngineError):  # DoltLite
            session.call("dolt_merge", "--no-ff", "--no-commit", apart[2])
        broken = {each.violation.table: each for each in broken_in(session, apart)}
        session.end("ROLLBACK")
    assert set(broken) == {"pets", "visits", "codes", "spans", *(["notes"] if raw.dolt else [])}
    (pet,) = broken["pets"].rows
    assert (pet.table, pet.key, pet.sides) == ("pets", (7, 8), (None, None, {"a": 7, "b": 8, "parent": 1}))
    (parent,) = pet.related
    assert (parent.table, parent.key, parent.values) == ("parents", (1,), {"id": 1, "name": "Ann"})
    assert parent.what == "parents, deleted by us"
    assert not parent.there
    # Without a primary key Dolt knows a row by its values, DoltLite by what is not told; its parent can be put back.
    assert {(row.key, row.related[0].key) for row in broken["visits"].rows} == {((2,) if raw.dolt else (), (2,))}
    one, two = broken["codes"].rows
    assert [(row.key, [other.key for other in row.related]) for row in (one, two)] == [((1,), [(2,)]), ((2,), [(1,)])]
    assert str(broken["codes"].violation) == "unique index one_code of codes (code): 2 rows, id 1; id 2"
    (span,) = broken["spans"].rows
    assert [side and (side["low"], side["high"]) for side in (span.values, *span.sides)] == [
        (9, 7), (5, 10), (9, 10), (5, 7)
    ]  # fmt: skip
    if raw.dolt:
        (note,) = broken["notes"].rows
        assert (note.key, note.there, note.sides[2]) == ((4,), False, {"id": 4, "text": None})
    assert raw.state() == before


def test_what_a_verification_leaves_behind(raw: Raw, apart: tuple[str, str, str], repository: Repository) -> None:
    """Dolt fails the next write of anybody after a verification that found something: here it has had its failure."""
    with repository._connections.trial("main") as session:
        session.execute("SET foreign_key_checks = 0" if raw.dolt else "PRAGMA foreign_keys = OFF")
        session.execute(session.dialect.begin)
        assert verified(session)
        session.execute("INSERT INTO pets VALUES (1, 1, 99)")
        assert not verified(session)
        assert [str(each.violation).split(" (")[0].replace(" whose", "") for each in broken_in(session)] == [
            "foreign key of pets"
        ]
        session.end("ROLLBACK")
        after_broken(session)
    raw.run("INSERT INTO parents VALUES (50, 'new')")  # this one would fail
    assert raw.scalar("SELECT count(*) FROM dolt_tags") == 0


def test_mended(raw: Raw, apart: tuple[str, str, str], repository: Repository) -> None:
    """The parent put back, a row deleted, another side's cell taken, a row inserted that Dolt leaves out."""
    incoming = Incoming(IncomingKind.MERGE, "main", "feature", apart[1], apart[2])
    before, resolver = raw.state(), repository.resolver
    found = resolver.foresee(incoming)
    assert found is not None

    def plan(**mends: dict[RowKey, RowValues | None]) -> ResolutionPlan:
        tables = {name: TablePlan(mends=rows) for name, rows in mends.items()}
        return ResolutionPlan(incoming, {incoming.tip: StepPlan(tables)})

    parents: dict[RowKey, RowValues | None] = {
        (number,): {"id": number, "name": name} for number, name in ((1, "Ann"), (2, "Bob"))
    }
    kinds = {"foreign key", "unique index", "check constraint", *(["not null"] if raw.dolt else [])}
    assert {each.violation.kind for each in found.broken} == kinds
    assert {each.violation.kind for each in resolver.check(found, plan())} == kinds
    wrong = plan(codes={(2,): None}, parents=parents, spans={(1,): {"low": 9, "high": 8}})
    # A mend may break a constraint, too. Where the engine refuses a row it is not known whether others are mended.
    told = resolver.check(found, wrong)
    assert [each.rows[0].values.get("low") for each in told if each.violation.table == "spans"] == [9]
    assert {each.violation.kind for each in told} == kinds
    right = plan(
        codes={(2,): None},
        parents=parents,
        spans={(1,): {"id": 1, "low": 5, "high": 7}},
        notes={(4,): {"id": 4, "text": "none"}},
    )
    assert resolver.check(found, right) == ()
    with pytest.raises(ConstraintsBroken) as caught:
        resolver.apply(incoming, plan(codes={(2,): None}))
    assert caught.value.broken
    assert raw.state() == before
    raw.run("INSERT INTO parents VALUES (50, 'new')", "DELETE FROM parents WHERE id = 50")  # nothing is left behind
    done = resolver.apply(incoming, right)
    assert (done.hash, raw.status()) == (raw.head(), set())
    tables = ("parents", "pets", "codes", "spans", "notes")
    assert {table: raw.rows(f"SELECT * FROM {table} ORDER BY 1") for table in tables} == {
        "parents": [(1, "Ann"), (2, "Bob")],
        "pets": [(7, 8, 1)],
        "codes": [(1, 5)],
        "spans": [(1, 5, 7)],
        "notes": [(4, "none")],
    }


def test_a_check_that_takes_too_long(lite: RawLite, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """On DoltLite nobody else can write meanwhile: it is given up, and the merge finds what is broken."""
    rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 700) SELECT i, i FROM n"
    lite.run("CREATE TABLE parents (id INTEGER PRIMARY KEY, a INTEGER)", f"INSERT INTO parents {rows}",
             "CREATE TABLE pets (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parents (id))")  # fmt: skip
    lite.commit("base")
    lite.call("dolt_branch", "feature")
    lite.run("DELETE FROM parents", at="feature")
    lite.commit("theirs", at="feature")
    lite.run(f"INSERT INTO pets {rows}")
    lite.commit("ours")
    incoming = Incoming(IncomingKind.MERGE, "main", "feature", lite.head(), lite.head("feature"))
    repository = opened(lite)
    plan, before = ResolutionPlan(incoming), lite.state()
    found = repository.resolver.foresee(incoming, plan)
    assert found is not None
    monkeypatch.setattr(trying, "MOST_BROKEN", 600)
    with pytest.raises(NotChecked, match=r"^700 rows break constraints"):
        repository.resolver.check(found, plan)
    monkeypatch.setattr(trying, "MOST_BROKEN", 700)
    monkeypatch.setattr(trying, "LONGEST", 0.01)
    with pytest.raises(NotChecked, match="takes too long"):
        repository.resolver.check(found, plan)
    assert lite.state() == before
    lite.run("CREATE TABLE free (id INTEGER PRIMARY KEY)")  # nobody waits
