"""Rows staged, unstaged and discarded one by one, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from dolt_tui.engine.browsing.query import DiffQuery
from dolt_tui.engine.errors import ChangedMeanwhile, Constraint, Lacking
from dolt_tui.engine.model import (
    FIRST,
    HEAD,
    LAST,
    STAGED,
    WORKING,
    After,
    Before,
    ChangeKind,
    DiffFilter,
    GoingAlong,
    Halves,
    RowCount,
    RowSet,
    StagedDiffPage,
)
from dolt_tui.engine.repository import Repository
from dolt_tui.engine.undo.steps import Reach

from .conftest import Open, Raw, RawDolt
from .test_reading_types import KEYS

STAGED_ONLY, UNSTAGED_ONLY, BOTH = Halves(True, False), Halves(False, True), Halves(True, True)


@pytest.mark.both_versions
def test_rows_of_each_kind(people: Raw, repository: Repository) -> None:
    people.run(
        "UPDATE people SET name = 'Anna' WHERE id = 1",
        "DELETE FROM people WHERE id = 2",
        "INSERT INTO people VALUES (4, 'Dan')",
    )
    staging, query = repository.row_staging, DiffQuery("people", HEAD, WORKING)

    def asked(read: Callable[[], object]) -> list[str]:
        read()  # definitions are remembered
        known = len(repository.statements.entries())
        read()
        return [entry.sql for entry in repository.statements.entries()[known:]]

    bare = asked(lambda: repository.diffs.page("main", query, 9))
    if people.dolt:  # nothing further is asked
        assert asked(lambda: staging.page("main", query, 9, known=UNSTAGED_ONLY)) == bare
    before = people.state()
    assert staging.stage("main", RowSet("people", ((1,), (2,), (3,)))) == 2
    people.run("UPDATE people SET name = 'Annika' WHERE id = 1")
    page = staging.page("main", query, 100)
    assert [(row.kind, one.sign) for row, one in zip(page.rows, page.halves, strict=True)] == [
        ("modified", "◐"), ("removed", "●"), ("added", "○"),
    ]  # fmt: skip
    assert staging.halves("main", "people", [(1,), (3,), (4,)]) == {(1,): BOTH, (3,): Halves(), (4,): UNSTAGED_ONLY}
    assert staging.counts("main", "people") == RowCount(1, 1, 1)
    assert staging.discard("main", RowSet("people", ((1,), (2,)))) == 1
    assert people.rows("SELECT name FROM people WHERE id = 1") == [("Anna",)]
    assert staging.unstage("main", RowSet("people", ((1,), (2,)))) == 2
    assert people.state() == before
    assert staging.discard("main", RowSet("people")) is None
    assert people.rows("SELECT * FROM people ORDER BY id") == [(1, "Ann"), (2, "Bob"), (3, "Cid")]


def test_pages_of_both_changes(people: Raw, repository: Repository) -> None:
    """What is staged, and set back, and changed again: read forwards and backwards, with all three states of a row."""
    staging = repository.row_staging
    people.run(*(f"INSERT INTO people VALUES ({n}, 'n{n}')" for n in range(10, 30)))
    people.commit()
    people.run(
        "UPDATE people SET name = 'staged' WHERE id BETWEEN 10 AND 19",
        "DELETE FROM people WHERE id IN (20, 21)",
        "INSERT INTO people VALUES (30, 'new'), (31, 'new'), (32, 'new')",
    )
    people.call("dolt_add", "people")
    people.run(
        "UPDATE people SET name = 'again' WHERE id IN (11, 31)",
        "UPDATE people SET name = 'n12' WHERE id = 12",
        "DELETE FROM people WHERE id IN (13, 32)",
        "INSERT INTO people VALUES (20, 'n20')",
        "UPDATE people SET name = 'late' WHERE id BETWEEN 22 AND 24",
        "INSERT INTO people VALUES (33, 'late')",
    )
    query = DiffQuery("people", HEAD, WORKING)
    whole = staging.page("main", query, 100)
    told = {
        row.cursor_key: (row.sign, state)
        for row, state in zip(map(partial(_Told, whole), range(len(whole.rows))), whole.states, strict=True)
    }
    assert [told[n][0] for n in sorted(told)] == ["●~", "◐~", "◐~", "◐−"] + ["●~"] * 6 + ["◐~", "●−"] + ["○~"] * 3 + [
        "●+", "◐+", "◐−", "○+",
    ]  # fmt: skip
    name = {n: tuple(None if values is None else values[1] for values in told[n][1]) for n in told}
    assert name[10] == ("n10", "staged", "staged") and name[11] == ("n11", "staged", "again")  # noqa: PT018
    assert name[12] == ("n12", "staged", "n12") and name[13] == ("n13", "staged", None)  # noqa: PT018
    assert name[20] == ("n20", None, "n20") and name[32] == (None, "new", None)  # noqa: PT018
    assert name[22] == ("n22", "n22", "late") and name[33] == (None, None, "late")  # noqa: PT018
    assert staging.counts("main", "people") == RowCount(9, 6, 4)
    keys = [(row.new or row.old or ())[0] for row in whole.rows]
    assert (keys == sorted(keys)) is people.dolt  # DoltLite has those last that were set back
    for start in (FIRST, LAST):
        page, found = staging.page("main", query, 4, start), list[object]()
        while True:
            part = [(row, one) for row, one in zip(page.rows, page.halves, strict=True)]
            found = part + found if start is LAST else found + part
            cursor = page.before if start is LAST else page.after
            if cursor is None:
                break
            page = staging.page("main", query, 4, Before(cursor) if start is LAST else After(cursor))
        assert found == list(zip(whole.rows, whole.halves, strict=True))
    for old, new, signs in ((HEAD, STAGED, "●◐◐◐●●●●●●◐●●◐◐"), (STAGED, WORKING, "◐◐◐◐○○○◐◐○")):
        page = staging.page("main", DiffQuery("people", old, new), 100)
        assert "".join(one.sign for one in page.halves) == signs
        states = {(row.new or row.old or ())[0]: state for row, state in zip(page.rows, page.states, strict=True)}
        assert all(state == told[n][1] for n, state in states.items())
    filtered = DiffQuery("people", HEAD, WORKING, DiffFilter(where="to_name = 'again'"))
    page = staging.page("main", filtered, 100)
    assert [one.sign for one in page.halves] == ["◐", "◐"]
    assert list(page.states) == [told[11][1], told[31][1]]
    assert staging.counts("main", "people", filtered.filter) == RowCount(0, 2, 0)
    assert staging.counts("main", "people", DiffFilter(kinds=frozenset({ChangeKind.ADDED}))) == RowCount(1, 1, 1)
    assert staging.stage("main", RowSet("people", filter=filtered.filter)) == 2
    assert staging.counts("main", "people") == RowCount(11, 4, 4)


class _Told:
    """A row of a page: its key, and its signs."""

    def __init__(self, page: StagedDiffPage, at: int) -> None:
        row = page.rows[at]
        self.cursor_key = (row.new or row.old or ())[0]
        self.sign = page.halves[at].sign + row.kind.sign


def test_many_rows(raw: Raw, repository: Repository) -> None:
    """More keys than are looked up at once, of a key whose order is known here and of one whose order is not."""
    text = "VARCHAR(9) COLLATE utf8mb4_0900_ai_ci" if raw.dolt else "VARCHAR(9) COLLATE NOCASE"
    staging = repository.row_staging
    for table, kind in (("n", "INTEGER"), ("s", text)):
        raw.run(f"CREATE TABLE {table} (k {kind} PRIMARY KEY, v INTEGER)")
        raw.run(f"INSERT INTO {table} VALUES {', '.join(f'({k}, 1)' for k in range(100, 700))}")
    raw.commit()
    raw.run("UPDATE n SET v = 2", "UPDATE s SET v = 2", "DELETE FROM n WHERE k < 200", "DELETE FROM s WHERE k < 200")
    for table, key in (("n", int), ("s", str)):
        keys = tuple((key(k),) for k in range(100, 600, 2))
        assert staging.stage("main", RowSet(table, keys)) == 250
        assert staging.counts("main", table) == RowCount(250, 0, 350)
        assert staging.unstage("main", RowSet(table, filter=DiffFilter(where=f"from_k < {key('500')!r}"))) == 200
        query = DiffQuery(table, HEAD, WORKING)
        page = staging.page("main", query, 20, After((key(490),) if raw.dolt else 390))
        assert len(page.rows) == 20
        for row, one in zip(page.rows, page.halves, strict=True):
            (k, _) = row.new or row.old or ()
            assert one.staged == (500 <= int(k) < 600 and int(k) % 2 == 0)


OTHERS = {
    "BIT(9)": "b'1'", "BIT(64)": "1", "DECIMAL(30,10)": "0.1", "FLOAT": "16777217.5", "DOUBLE": "1e300",
    "VARBINARY(9)": "x'00FF8000'", "TIME(6)": "'800:00:00.000001'", "DATETIME(6)": "'2020-01-02 03:04:05.678902'",
    "DATE": "'2020-01-01'", "ENUM('a','b')": "'a'", "YEAR": "1999", "BIGINT UNSIGNED": "9223372036854775807",
    "VARCHAR(9) COLLATE utf8mb4_0900_ai_ci": "'Áb '", "VARCHAR(9)": "' '", "CHAR(8) COLLATE utf8mb4_general_ci": "'b'",
}  # fmt: skip
"""Another key of each type."""


def test_keys_of_every_type(dolt: RawDolt, opened: Open) -> None:
    """Of two rows one is staged and unstaged, found by its key as it was shown."""
    repository = opened(dolt)
    staging = repository.row_staging
    kinds = [*KEYS, ("CHAR(8) COLLATE utf8mb4_general_ci", "'ß'", "ß")]
    dolt.run(
        *(f"CREATE TABLE t{n} (k {kind} PRIMARY KEY, v INTEGER)" for n, (kind, _, _) in enumerate(kinds)),
        *(f"INSERT INTO t{n} VALUES ({one}, 1), ({OTHERS[kind]}, 1)" for n, (kind, one, _) in enumerate(kinds)),
    )
    dolt.commit()
    dolt.run(*(f"UPDATE t{n} SET v = 2" for n in range(len(kinds))), "DELETE FROM t0")
    before = dolt.state()
    for n in range(len(kinds)):
        query = DiffQuery(f"t{n}", HEAD, WORKING)
        rows = staging.page("main", query, 9).rows
        keys = [(row.new or row.old or ())[:1] for row in rows]
        shown = {
            key: None if row.new is None else {"k": row.new[0], "v": row.new[1]}
            for key, row in zip(keys, rows, strict=True)
        }
        assert staging.stage("main", RowSet(f"t{n}", tuple(keys[1:]), shown=shown)) == 1
        assert [one.sign for one in staging.page("main", query, 9).halves] == ["○", "●"]
        assert staging.unstage("main", RowSet(f"t{n}", tuple(keys[1:]))) == 1
    assert dolt.state() == before


@pytest.mark.both_versions
def test_rows_that_dolt_cannot_stage(dolt: RawDolt, opened: Open) -> None:
    """Bytes, beside columns that are computed and rows of others that refer to them: exactly the wanted rows move."""
    dolt.run(
        "CREATE TABLE b (id INT PRIMARY KEY, v INT UNIQUE, x BLOB, s POINT, w VECTOR(2),"
        " g INT GENERATED ALWAYS AS (v + 1) STORED, h INT GENERATED ALWAYS AS (v + 2) VIRTUAL)",
        "CREATE TABLE child (id INT PRIMARY KEY, b INT, FOREIGN KEY (b) REFERENCES b (id) ON DELETE CASCADE)",
        "INSERT INTO b (id, v, x) VALUES (1, 1, x'00'), (2, 2, x'01'), (3, 3, x'02'), (4, 4, 'x'), (5, 5, NULL)",
        "INSERT INTO child VALUES (1, 1), (2, 2)",
    )
    dolt.commit()
    dolt.run(
        "UPDATE b SET x = x'00FF80', w = STRING_TO_VECTOR('[1.1,2]') WHERE id < 4",
        "DELETE FROM b WHERE id = 4",
        "INSERT INTO b (id, v, x, s) VALUES (9, 9, x'FF', POINT(1, 2)), (10, 10, NULL, NULL)",
        "INSERT INTO child VALUES (9, 9)",
    )
    staging, undo, query = opened(dolt).row_staging, opened(dolt).undo, DiffQuery("b", HEAD, WORKING)
    states, signs = [dolt.state()], []
    for change, ids in (
        (staging.stage, [2, 9]), (staging.stage, [4]), (staging.unstage, [9, 4]), (staging.unstage, [2, 3]),
    ):  # fmt: skip
        page = staging.page("main", query, 9)
        names = [column.name for column in page.columns]
        shown = {(row.new[0],): dict(zip(names, row.new, strict=True)) for row in page.rows if row.new is not None}
        change("main", RowSet("b", tuple((id_,) for id_ in ids), shown=shown))
        states.append(dolt.state())
        signs.append("".join(one.sign for one in staging.page("main", query, 9).halves))
    assert signs == ["○●○○●○", "○●○●●○", "○●○○○○", "○○○○○○"]
    assert [state[0] for state in states] == [states[0][0]] * 5  # the working set
    assert states[4] == states[0]
    assert dolt.rows("SELECT id FROM child") == [(1,), (2,), (9,)]
    assert undo.next() is None
    dolt.run("CREATE TRIGGER later BEFORE INSERT ON b FOR EACH ROW SET NEW.x = 'other'")
    with pytest.raises(Lacking, match="Triggers of b"):
        staging.stage("main", RowSet("b", ((2,),)))
    assert staging.stage("main", RowSet("b")) is None
    assert dolt.state()[0] != states[0][0]  # the trigger


def test_rows_without_a_key(raw: Raw, repository: Repository) -> None:
    raw.run("CREATE TABLE k (a INT, b VARCHAR(9), j JSON)", "INSERT INTO k VALUES (1, 'x', '{}'), (2, NULL, NULL)")
    raw.commit()
    raw.run("INSERT INTO k VALUES (5, 'q', NULL), (5, 'q', NULL), (5, 'q ', NULL)", "DELETE FROM k WHERE a = 2")
    staging, query = repository.row_staging, DiffQuery("k", HEAD, WORKING)
    before = raw.state()
    rows = staging.page("main", query, 9).rows
    assert len(rows) == 4
    removed = next(row.old for row in rows if row.old is not None)
    _, step = repository.undo.perform(
        "main",
        "stage",
        lambda: staging.stage("main", RowSet("k", ((5, "q", None), removed, (7, "q", None)))),
        reach=Reach.ROWS,
    )
    assert step is not None
    pages = [
        staging.page("main", query, 3),
        staging.page("main", query, 3, After(3)),
        staging.page("main", query, 3, LAST),
    ]
    found = [[(row.kind.sign, one.sign) for row, one in zip(page.rows, page.halves, strict=True)] for page in pages]
    assert sorted(found[0][:2]) == [("+", "●"), ("−", "●")]
    assert found[0][2:] == [("+", "○")]
    assert found[1] == [("+", "○")]
    assert found[2] == [*found[0][1:], *found[1]]
    assert pages[0].after == 3
    assert (pages[1].before, pages[2].before, pages[2].after) == (3, 1, None)
    assert staging.counts("main", "k") == RowCount(2, 0, 2)
    added = DiffFilter(kinds=frozenset({ChangeKind.ADDED}))
    page = staging.page("main", DiffQuery("k", HEAD, WORKING, added), 9)
    assert [(row.kind.sign, one.sign) for row, one in zip(page.rows, page.halves, strict=True)] == [
        ("+", "●"), ("+", "○"), ("+", "○"),
    ]  # fmt: skip
    assert staging.counts("main", "k", added) == RowCount(1, 0, 2)
    assert staging.discard("main", RowSet("k", ((5, "q ", None),))) == 1
    assert staging.stage("main", RowSet("k", ((5, "q", None), (5, "q", None)))) == 1
    assert staging.counts("main", "k") == RowCount(3, 0, 0)
    assert staging.unstage("main", RowSet("k", filter=added)) == 2
    assert staging.unstage("main", RowSet("k", (removed,))) == 1
    assert {row[:2] for row in raw.status()} == {("k", False)}
    raw.run("INSERT INTO k VALUES (5, 'q ', NULL)")
    assert raw.state()[1:] == before[1:]


def test_what_is_refused_and_what_is_compared(people: Raw, repository: Repository) -> None:
    staging = repository.row_staging
    people.run(
        *(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, v INTEGER)" for name in ("gone", "other", "changed")),
        *(
            f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, p INTEGER, FOREIGN KEY (p) REFERENCES {whom} (id){rule})"
            for name, whom, rule in (
                ("child", "people", " ON DELETE CASCADE"),
                ("grandchild", "child", " ON DELETE CASCADE"),
                ("loose", "child", " ON DELETE SET NULL"),
                ("strict", "people", ""),
            )
        ),
    )
    people.run("INSERT INTO gone VALUES (1, 1)", "INSERT INTO other VALUES (1, 1)", "INSERT INTO changed VALUES (1, 1)")
    people.commit()
    people.run(
        "DROP TABLE gone",
        "ALTER TABLE other RENAME TO renamed",
        "ALTER TABLE changed ADD COLUMN w INTEGER",
        "UPDATE changed SET v = 2",
        "UPDATE people SET name = 'Anna' WHERE id = 1",
        "CREATE TABLE fresh (id INTEGER PRIMARY KEY)",
        "INSERT INTO fresh VALUES (1), (2)",
    )
    people.run("CREATE TABLE odd (`commit` INTEGER PRIMARY KEY)", "INSERT INTO odd VALUES (1)")
    odd = DiffQuery("odd", HEAD, WORKING)
    for told in (staging.why_not("main", "odd"), staging.page("main", odd, 9, known=UNSTAGED_ONLY).why_not):
        assert "key is named like" in told
    before = people.state()
    for table, reason in (("gone", "gone was dropped"), ("renamed", "renamed"), ("changed", "definition of changed")):
        if table == "renamed" and not people.dolt:
            continue  # a new table, for DoltLite
        assert reason in staging.why_not("main", table)
        assert reason in staging.page("main", DiffQuery(table, HEAD, WORKING), 9, known=UNSTAGED_ONLY).why_not
        with pytest.raises(Lacking, match=reason):
            staging.stage("main", RowSet(table, ((1,),)))
        rows = RowSet(table)
        assert staging.stage("main", rows) is None
        assert not any(row[0].endswith(table) and not row[1] for row in people.status())
        assert staging.unstage("main", rows) is None
        assert people.state() == before
    assert staging.why_not("main", "people") == staging.why_not("main", "fresh") == ""
    shown = {(1,): {"id": 1, "name": "Annika"}}
    for change in (staging.stage, staging.discard):
        with pytest.raises(ChangedMeanwhile, match="A row of people has changed"):
            change("main", RowSet("people", ((1,),), shown=shown))
        with pytest.raises(ChangedMeanwhile):
            change("main", RowSet("people", ((2,),), shown={(2,): None}))
    assert people.state() == before
    assert staging.stage("main", RowSet("fresh", ((1,),))) == 1
    assert staging.discard("main", RowSet("fresh", ((1,), (2,)))) == 1
    assert people.rows("SELECT id FROM fresh") == [(1,)]
    assert staging.unstage("main", RowSet("fresh", ((1,),))) == 1
    assert ("fresh", False, "new table") in people.status()
    assert staging.going_along("main", "people") == GoingAlong(("child", "grandchild"), ("loose",))
    people.run("INSERT INTO people VALUES (8, 'H'), (9, 'I')", "INSERT INTO child VALUES (8, 8)")
    people.run("INSERT INTO grandchild VALUES (8, 8)", "INSERT INTO loose VALUES (8, 8)")
    people.run("INSERT INTO strict VALUES (9, 9)")
    with pytest.raises(Constraint):
        staging.discard("main", RowSet("people", ((8,), (9,))))
    people.run("DELETE FROM strict")
    assert staging.discard("main", RowSet("people", ((8,), (9,)))) == 2
    assert people.rows("SELECT * FROM child") == people.rows("SELECT * FROM grandchild") == []
    assert people.rows("SELECT * FROM loose") == [(8, None)]
    (call,) = staging.stage_calls(RowSet("people", ((1,), (2,)), key=("id",)))
    repository.run("main", [(str(call), ())])
    assert staging.counts("main", "people") == RowCount(1, 0, 0)


def test_another_primary_key_after_staging(dolt: RawDolt, opened: Open) -> None:
    dolt.run("CREATE TABLE t (id INT PRIMARY KEY, a INT)", "INSERT INTO t VALUES (1, 1), (2, 2)")
    dolt.commit()
    dolt.run("UPDATE t SET a = 9", "CALL dolt_add('t')")
    dolt.run("UPDATE t SET a = 10 WHERE id = 2", "ALTER TABLE t MODIFY id VARCHAR(20)")
    repository = opened(dolt)
    shown = repository.row_staging.page("main", DiffQuery("t", HEAD, STAGED), 9)
    assert [row.new for row in shown.rows] == [(1, 9), (2, 9)]
    assert shown.why_not == "The primary key of t changed: only the whole table can be staged."
    assert repository.row_staging.page("main", DiffQuery("t", HEAD, WORKING), 9).rows == ()
    with pytest.raises(Lacking):
        repository.row_staging.counts("main", "t")
    with pytest.raises(Lacking):
        repository.row_staging.stage("main", RowSet("t", ((1,),)))
