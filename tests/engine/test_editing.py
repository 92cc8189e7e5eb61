"""Drafts of rows: written in one transaction, in an order that holds, and only where rows are what was shown."""

from __future__ import annotations

import pytest

from dolt_tui.engine.browsing.query import Query
from dolt_tui.engine.core.cancellation import Cancellation
from dolt_tui.engine.core.dialect import Dialect
from dolt_tui.engine.core.session import Session
from dolt_tui.engine.editing.draft import Draft
from dolt_tui.engine.editing.replacing import Replaced, Replacement
from dolt_tui.engine.errors import ChangedMeanwhile, InvalidValue, NotEditable, RowRefused, RowsChanged
from dolt_tui.engine.model import DEFAULT, Editable, NewRow, RowKey, RowValues
from dolt_tui.engine.repository import Repository

from .conftest import Raw


def shown(repository: Repository, table: Editable, *keys: object) -> list[RowValues]:
    """Rows as they are now, by a key of one column."""
    found = repository.edits.rows("main", table, [(key,) for key in keys])
    assert None not in found
    return [row for row in found if row is not None]


def test_a_draft_is_written(people: Raw, repository: Repository) -> None:
    table = repository.edits.editable("main", "people")
    ann, bob, cid = shown(repository, table, 1, 2, 3)
    draft = Draft().set_cell(table, ann, "name", "it's 100% `Ann`\n\\").set_cell(table, bob, "id", 20)
    draft, key = draft.remove(table, [cid]).add_row(table, {"id": 4, "name": None})
    assert key == (NewRow(1),)
    texts = [str(statement) for statement in draft.statements()]
    written = repository.edits.write("main", draft)
    assert (written.changed, written.added, written.removed) == (2, 1, 1)
    expected = [(1, "it's 100% `Ann`\n\\"), (4, None), (20, "Bob")]
    assert people.rows("SELECT * FROM people ORDER BY id") == expected
    assert [row for _, row in written.rows] == [
        {"id": 1, "name": "it's 100% `Ann`\n\\"},
        {"id": 20, "name": "Bob"},
        None,
        {"id": 4, "name": None},
    ]
    people.run("DELETE FROM people", "INSERT INTO people VALUES (1, 'Ann'), (2, 'Bob'), (3, 'Cid')")
    people.run(*texts)  # what is shown is what was run
    assert people.rows("SELECT * FROM people ORDER BY id") == expected


def test_nothing_is_written_where_a_row_is_not_what_was_shown(people: Raw, repository: Repository) -> None:
    table = repository.edits.editable("main", "people")
    ann, bob, cid = shown(repository, table, 1, 2, 3)
    draft = Draft().set_cell(table, ann, "name", "Anna").set_cell(table, bob, "name", "Bobby").remove(table, [cid])
    people.run("UPDATE people SET name = 'bob' WHERE id = 2", "DELETE FROM people WHERE id = 3")
    before = people.state()
    with pytest.raises(RowsChanged, match=r"^2 rows have changed in the database. Nothing was written.$") as caught:
        repository.edits.write("main", draft)
    assert [(change.edit.key, change.now) for change in caught.value.changed] == [
        ((2,), {"id": 2, "name": "bob"}),
        ((3,), None),
    ]
    assert people.state() == before
    for change in caught.value.changed:
        draft = draft.based_on(change.edit, change.now)
    repository.edits.write("main", draft)
    assert people.rows("SELECT * FROM people ORDER BY id") == [(1, "Anna"), (2, "Bobby")]


def test_keys_go_round(raw: Raw, repository: Repository) -> None:
    """Rows pass their keys, and other unique values, on to each other in circles and chains."""
    raw.run(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, code VARCHAR(9) NOT NULL UNIQUE, day DATE UNIQUE, n INT NOT NULL)",
        "INSERT INTO t VALUES (1,'a','2001-01-01',1),(2,'b','2001-01-02',2),(3,'c','2001-01-03',3),(4,'d',NULL,4)",
        "CREATE TABLE two (a DATE NOT NULL, b INTEGER UNSIGNED NOT NULL, PRIMARY KEY (a, b), UNIQUE (b))",
        "INSERT INTO two VALUES ('2001-01-01', 1), ('2001-01-02', 2)",
    )
    table = repository.edits.editable("main", "t")
    rows = shown(repository, table, 1, 2, 3, 4)
    draft = Draft().set_cells(table, [(rows[0], {"id": 2}), (rows[1], {"id": 3}), (rows[2], {"id": 1})])
    draft = draft.set_cells(table, [(rows[2], {"code": "d", "day": rows[0]["day"]}), (rows[3], {"code": "c"})])
    draft = draft.set_cell(table, rows[0], "day", rows[1]["day"]).set_cell(table, rows[1], "day", rows[2]["day"])
    two = repository.edits.editable("main", "two")
    one, other = (row for row in repository.edits.rows("main", two, raw.rows("SELECT * FROM two ORDER BY a")) if row)
    draft = draft.set_cells(two, [(one, dict(other)), (other, dict(one))])
    draft, _ = draft.remove(two, []).add_row(table, {"id": 4, "code": "e", "n": 5})
    draft = draft.set_cell(table, rows[3], "id", 5)
    written = repository.edits.write("main", draft)
    assert raw.rows("SELECT id, code, n FROM t ORDER BY id") == [
        (1, "d", 3), (2, "a", 1), (3, "b", 2), (4, "e", 5), (5, "c", 4)
    ]  # fmt: skip
    assert [str(day)[-2:] for (day,) in raw.rows("SELECT day FROM t WHERE id < 4 ORDER BY id")] == ["01", "02", "03"]
    assert sorted(map(str, raw.rows("SELECT b FROM two"))) == ["(1,)", "(2,)"]
    assert all(row is not None for _, row in written.rows)


def test_rows_that_refer_to_each_other(raw: Raw, repository: Repository) -> None:
    """Parents first, deletions children first, whatever the order of the draft; in one table, too."""
    raw.run(
        "CREATE TABLE team (id INTEGER PRIMARY KEY, up INTEGER, FOREIGN KEY (up) REFERENCES team (id))",
        "CREATE TABLE person (id INTEGER PRIMARY KEY, team INTEGER NOT NULL, FOREIGN KEY (team) REFERENCES team (id))",
        "INSERT INTO team VALUES (1, NULL), (2, 1), (3, 2)",
        "INSERT INTO person VALUES (10, 2), (11, 3)",
    )
    teams, people = (repository.edits.editable("main", name) for name in ("team", "person"))
    first, second, third = shown(repository, teams, 1, 2, 3)
    ten, eleven = shown(repository, people, 10, 11)
    draft = Draft().remove(teams, [first, second, third]).remove(people, [ten])
    draft, _ = draft.add_rows(people, [{"id": 12, "team": 5}])
    draft = draft.set_cell(people, eleven, "team", 6)
    draft, _ = draft.add_rows(teams, [{"id": 6, "up": 5}, {"id": 5, "up": None}])
    repository.edits.write("main", draft)
    assert raw.rows("SELECT * FROM team ORDER BY id") == [(5, None), (6, 5)]
    assert raw.rows("SELECT * FROM person ORDER BY id") == [(11, 6), (12, 5)]


@pytest.mark.both_versions
def test_many_rows(raw: Raw, repository: Repository) -> None:
    """Neighbours are written together, and the row that the database does not take is told all the same."""
    raw.run(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, name VARCHAR(20), size DECIMAL(8,2), CHECK (size < 1000))",
        "CREATE TABLE two (a INTEGER, b VARCHAR(9), v INTEGER, PRIMARY KEY (a, b))",
    )
    table, two = repository.edits.editable("main", "t"), repository.edits.editable("main", "two")
    draft, _ = Draft().add_rows(table, [{"id": number, "name": f"n{number}"} for number in range(450)])
    draft, _ = draft.add_rows(two, [{"a": number % 7, "b": f"{number}", "v": number} for number in range(300)])
    repository.edits.write("main", draft)
    rows = shown(repository, table, *range(450))
    pairs = [row for row in repository.edits.rows("main", two, raw.rows("SELECT a, b FROM two")) if row]
    cells = [(row, {"name": "odd" if row["id"] % 2 else f"x{row['id']}", "size": row["id"] % 9}) for row in rows]
    draft = Draft().set_cells(table, cells[:400]).remove(table, rows[400:])
    draft = draft.set_cells(two, [(row, {"v": -1}) for row in pairs[:250]]).remove(two, pairs[250:])
    before = len(repository.statements.entries())
    written = repository.edits.write("main", draft)
    assert len(repository.statements.entries()) - before < 50
    assert (written.changed, written.removed) == (650, 100)
    expected = [(n, "odd" if n % 2 else f"x{n}", n % 9) for n in range(400)]
    assert raw.rows("SELECT * FROM t ORDER BY id") == expected
    assert raw.rows("SELECT count(*), sum(v) FROM two") == [(250, -250)]
    state = raw.state()
    fine, bad, other = shown(repository, table, 8, 7, 9)
    draft = Draft().set_cells(table, [(fine, {"size": 1}), (bad, {"size": 1000}), (other, {"size": 3})])
    with pytest.raises(RowRefused) as caught:
        repository.edits.write("main", draft)
    assert caught.value.edit.key == (7,)
    draft, keys = Draft().add_rows(table, [{"id": 1000}, {"id": 5}, {"id": 1001}])
    with pytest.raises(RowRefused) as caught:
        repository.edits.write("main", draft)
    assert caught.value.edit.key == keys[1]
    assert raw.state() == state


def test_what_the_database_fills_in(raw: Raw, repository: Repository) -> None:
    """Numbers, defaults, and what triggers do are in what was written; a cell can get its default again."""
    number = "INTEGER PRIMARY KEY AUTO_INCREMENT" if raw.dolt else "INTEGER PRIMARY KEY AUTOINCREMENT"
    body = "SET NEW.stamp = 'new'" if raw.dolt else "BEGIN UPDATE t SET stamp = 'new' WHERE id = NEW.id; END"
    when = "BEFORE INSERT" if raw.dolt else "AFTER INSERT"
    raw.run(
        f"CREATE TABLE t (id {number}, kind VARCHAR(9) NOT NULL DEFAULT 'plain', n INT DEFAULT 5, stamp VARCHAR(9))",
        f"CREATE TRIGGER stamps {when} ON t FOR EACH ROW {body}",
        "INSERT INTO t (kind) VALUES ('first')",
    )
    table = repository.edits.editable("main", "t")
    assert table.triggers
    (first,) = shown(repository, table, 1)
    draft, copy = Draft().duplicate(table, {**first, "stamp": "x"})
    draft, empty = draft.add_row(table)
    draft = draft.set_added("t", empty, {"n": None, "kind": DEFAULT})
    draft = draft.set_cells(table, [(first, {"kind": DEFAULT, "n": 7})])
    assert draft.edits[0].value("id") is DEFAULT
    assert repository.edits.check("main", draft) == ()
    rows = [row for _, row in repository.edits.write("main", draft).rows]
    assert rows == [
        {"id": 2, "kind": "first", "n": 5, "stamp": "new"},
        {"id": 3, "kind": "plain", "n": None, "stamp": "new"},
        {"id": 1, "kind": "plain", "n": 7, "stamp": "new"},
    ]
    assert copy != empty


def test_replacing_in_a_column(raw: Raw, repository: Repository) -> None:
    raw.run(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, name VARCHAR(8), n INTEGER, day DATE)",
        "INSERT INTO t VALUES (1, 'a%b', 1, '2001-01-01'), (2, 'A%B', 2, NULL), (3, 'ab', 1, NULL), (4, NULL, 1, NULL)",
    )
    edits = repository.edits
    table = edits.editable("main", "t")

    def cells(column: str, found: Replaced) -> dict[object, object]:
        assert found.cells == len(found.draft)
        return {edit.key[0]: edit.after[column] for edit in found.draft}

    def go(column: str, find: str | None, put: object, where: str = "", only: set[RowKey] | None = None) -> Replaced:
        return edits.replace("main", Draft(), table, Replacement(column, find, put), Query("t", where=where), only)

    assert cells("name", go("name", "%", "::")) == {1: "a::b", 2: "A::B"}
    assert cells("name", go("name", "a", "x")) == {1: "x%b", 3: "xb"}
    assert cells("n", go("n", "1", "7")) == {1: 7, 3: 7, 4: 7}
    assert cells("n", go("n", "1", "7", where="id > 1")) == {3: 7, 4: 7}
    assert cells("n", go("n", None, None, only={(2,), (3,)})) == {2: None, 3: None}
    assert cells("day", go("day", "2001-01-01", None)) == {1: None}
    if raw.dolt:  # DoltLite does not look at lengths
        with pytest.raises(InvalidValue, match=r"^name has room for 8 characters.* 'a%b'\. Nothing was replaced\.$"):
            go("name", "%", "0123456789")
    with pytest.raises(NotEditable, match="4 rows to look at, and at most 3 at once"):
        edits.replace("main", Draft(), table, Replacement("n", "1", "2", limit=3), Query("t"))
    draft = (
        Draft()
        .set_cell(table, shown(repository, table, 3)[0], "name", "z%z")
        .remove(table, shown(repository, table, 1))
    )
    draft, new = draft.add_row(table, {"id": 9, "name": "%"})
    draft = edits.replace("main", draft, table, Replacement("name", "%", ""), Query("t")).draft
    assert [(edit.key, edit.after.get("name")) for edit in draft] == [
        ((3,), "zz"), ((1,), None), (new, ""), ((2,), "AB")
    ]  # fmt: skip


def test_odd_names_and_a_table_that_was_altered(raw: Raw, repository: Repository) -> None:
    names = ['we`ird "t" %s', "per%cent ?", "it's `x`"]
    table_name, key, value = map(raw.quote, names)
    raw.run(f"CREATE TABLE {table_name} ({key} VARCHAR(20) PRIMARY KEY, {value} VARCHAR(20) UNIQUE)")
    table = repository.edits.editable("main", names[0])
    draft, _ = Draft().add_rows(table, [{names[1]: "%s ?", names[2]: "a"}, {names[1]: "\\'", names[2]: None}])
    assert repository.edits.check("main", draft) == ()
    row = repository.edits.write("main", draft).rows[0][1]
    assert row == {names[1]: "%s ?", names[2]: "a"}
    draft = Draft().set_cell(table, row, names[2], "%(x)s")
    _, step = repository.undo.perform("main", "edit", lambda: repository.edits.write("main", draft))
    asked = f"SELECT {value} FROM {table_name} WHERE {key} = '%s ?'"
    assert raw.rows(asked) == [("%(x)s",)]
    assert step is not None
    repository.undo.undo(step)
    assert raw.rows(asked) == [("a",)]
    raw.run(f"ALTER TABLE {table_name} ADD COLUMN more INTEGER")
    with pytest.raises(ChangedMeanwhile, match="was altered since its rows were edited"):
        repository.edits.write("main", draft)


def test_cancelled_after_all_was_written(people: Raw, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written is told to be written, even if nobody can look any more what was merged."""
    table = repository.edits.editable("main", "people")
    draft = Draft().set_cell(table, shown(repository, table, 1)[0], "name", "Anna")
    dialect = type(repository._connections.dialect)
    commit = dialect.commit
    with Cancellation() as cancellation:

        def committing(self: Dialect, session: Session) -> None:
            commit(self, session)
            cancellation.cancel()

        monkeypatch.setattr(dialect, "commit", committing)
        written = repository.edits.write("main", draft)
    assert (written.changed, written.compared) == (1, not people.dolt)
    assert people.rows("SELECT name FROM people WHERE id = 1") == [("Anna",)]


def test_rows_that_refer_to_each_other_in_a_circle(raw: Raw, repository: Repository) -> None:
    raw.run(
        "CREATE TABLE team (id INTEGER PRIMARY KEY, chief INTEGER, name VARCHAR(9))",
        "CREATE TABLE person (id INTEGER PRIMARY KEY, team INTEGER NOT NULL, boss INTEGER,"
        " FOREIGN KEY (team) REFERENCES team (id), FOREIGN KEY (boss) REFERENCES person (id))",
    )
    if raw.dolt:
        raw.run("ALTER TABLE team ADD CONSTRAINT leads FOREIGN KEY (chief) REFERENCES person (id)")
    else:
        raw.run(
            "DROP TABLE team",
            "CREATE TABLE team (id INTEGER PRIMARY KEY, chief INTEGER, name VARCHAR(9),"
            " FOREIGN KEY (chief) REFERENCES person (id))",
        )
    teams, people = (repository.edits.editable("main", name) for name in ("team", "person"))
    draft, _ = Draft().add_rows(teams, [{"id": 1, "chief": 11, "name": "one"}, {"id": 2, "chief": 12}])
    rows = [(11, 1, 12), (12, 2, 11), (13, 1, 13)]
    draft, _ = draft.add_rows(people, [{"id": key, "team": team, "boss": boss} for key, team, boss in rows])
    assert repository.edits.check("main", draft) == ()
    repository.edits.write("main", draft)
    assert raw.rows("SELECT * FROM team ORDER BY id") == [(1, 11, "one"), (2, 12, None)]
    assert raw.rows("SELECT * FROM person ORDER BY id") == rows
    draft = Draft().remove(teams, shown(repository, teams, 1, 2))
    draft = draft.remove(people, shown(repository, people, 11, 12, 13))
    assert repository.edits.check("main", draft) == ()
    assert repository.edits.write("main", draft).removed == 5
    assert raw.rows("SELECT id FROM team UNION SELECT id FROM person") == []
