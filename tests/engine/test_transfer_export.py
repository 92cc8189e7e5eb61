"""Exports: what a file holds, replayed or read back; nothing half done."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dolt_tui.engine.browsing.query import Condition, DiffFilter, DiffQuery, Operator, Query
from dolt_tui.engine.console.scanner import split
from dolt_tui.engine.core.cancellation import Cancellation
from dolt_tui.engine.errors import AlreadyExists, Cancelled, EngineError, TableNotFound
from dolt_tui.engine.model import ChangeKind
from dolt_tui.engine.repository import Repository
from dolt_tui.engine.transfer.exporting import Destination
from dolt_tui.engine.transfer.formats import Format

from .conftest import Open, Raw, RawDolt, RawLite
from .test_copies import everything, stored

__all__ = ["everything"]

EVERYTHING = "ev`ery\"thing's"


def replay(raw: Raw, script: str) -> None:
    """Run a script as the engines' own programs would: statement by statement, with DELIMITER."""
    end, text = ";", ""
    statements = []
    for line in script.splitlines(keepends=True):
        if not text.strip() and line.startswith("DELIMITER "):
            end = line.split()[1]
            continue
        text += line
        if text.rstrip().endswith(end):
            statements.append(text.rstrip()[: -len(end)])
            text = ""
    assert not text.strip()
    raw.run(*(one for one in statements if one.strip()))


def test_a_table_as_sql_makes_it_again(everything: Raw, repository: Repository, tmp_path: Path) -> None:
    raw, names = everything, [row[0] for row in everything.rows(_columns(everything))]
    path = tmp_path / "all.sql"
    seen: list[tuple[int, int | None]] = []
    done = repository.transfer.exports.table(
        "main", Query(EVERYTHING), Destination(Format.SQL, path), lambda *now: seen.append(now)
    )
    assert (done.rows, done.size, seen[-1]) == (8 if raw.dolt else 5, path.stat().st_size, (done.rows, done.rows))
    before = stored(raw, EVERYTHING, names)
    hashes = _hash(raw)
    raw.run(f"DROP TABLE {raw.quote(EVERYTHING)}")
    replay(raw, path.read_text("utf-8"))
    assert stored(raw, EVERYTHING, names) == before
    assert _hash(raw) == hashes


def _columns(raw: Raw) -> str:
    if raw.dolt:
        return f"SHOW COLUMNS FROM {raw.quote(EVERYTHING)}"
    return "SELECT name FROM pragma_table_xinfo('ev`ery\"thing''s')"


def _hash(raw: Raw) -> object:
    return raw.scalar("SELECT dolt_hashof_db('WORKING')")


def test_a_filter_an_order_and_a_revision(people: Raw, repository: Repository, tmp_path: Path) -> None:
    head = people.head()
    people.run("INSERT INTO people VALUES (4, 'a\"b,c'), (5, ''), (6, NULL)", "DELETE FROM people WHERE id = 1")
    query = Query("people", sort="name", descending=True, conditions=(Condition("id", Operator.GREATER, 2),))
    exports, path = repository.transfer.exports, tmp_path / "people.csv.gz"
    done = exports.table("main", query, Destination(Format.CSV, path, compressed=True))
    assert gzip.decompress(path.read_bytes()).decode() == 'id,name\n4,"a""b,c"\n3,Cid\n5,""\n6,\n'
    assert done.rows == 4
    stream = io.BytesIO()
    exports.table("main", Query("people", head), Destination(Format.TSV, stream=stream))
    assert stream.getvalue() == b"id\tname\n1\tAnn\n2\tBob\n3\tCid\n"
    assert not stream.closed
    people.run("CREATE VIEW ids AS SELECT id FROM people WHERE id < 4")
    view = io.BytesIO()
    exports.table("main", Query("ids"), Destination(Format.SQL, stream=view))
    assert "CREATE" not in view.getvalue().decode()
    assert f"INSERT INTO {people.quote('ids')}" in view.getvalue().decode()
    markdown = io.BytesIO()
    exports.table("main", Query("people"), Destination(Format.MARKDOWN, stream=markdown))
    assert markdown.getvalue().decode().splitlines()[:2] == ["| id | name |", "|---|---|"]


def test_nothing_is_half_done(people: Raw, repository: Repository, tmp_path: Path) -> None:
    exports, path = repository.transfer.exports, tmp_path / "out" / "p.csv"
    path.parent.mkdir()
    path.write_text("mine")
    with pytest.raises(AlreadyExists):
        exports.table("main", Query("people"), Destination(Format.CSV, path))
    with pytest.raises(TableNotFound):
        exports.table("main", Query("nobody"), Destination(Format.CSV, path, overwrite=True))
    with pytest.raises(EngineError, match="no directory"):
        exports.table("main", Query("people"), Destination(Format.CSV, tmp_path / "x" / "p.csv"))
    cancellation = Cancellation()

    def cancel(_rows: int, _of: int | None) -> None:
        cancellation.cancelled = True
        cancellation.check()

    with cancellation, pytest.raises(Cancelled):
        exports.table(
            "main",
            Query("people"),
            Destination(Format.CSV, path, overwrite=True),
            cancel,
        )
    assert (path.read_text(), [one.name for one in path.parent.iterdir()]) == ("mine", ["p.csv"])
    exports.table("main", Query("people"), Destination(Format.CSV, path, overwrite=True))
    assert path.read_text() == "id,name\n1,Ann\n2,Bob\n3,Cid\n"
    assert repository.rows.count("main", Query("people")) == 3  # the connection of the one that ended is not used again


def test_a_diff_and_the_changes_of_a_commit(people: Raw, repository: Repository, tmp_path: Path) -> None:
    old = people.head()
    people.run(
        "UPDATE people SET name = 'B' WHERE id = 2",
        "DELETE FROM people WHERE id = 3",
        "INSERT INTO people VALUES (4, NULL)",
        "CREATE TABLE pets (id INTEGER PRIMARY KEY)",
        "INSERT INTO pets VALUES (1)",
    )
    new = people.commit()
    exports, path = repository.transfer.exports, tmp_path / "d.jsonl"
    exports.diff("main", DiffQuery("people", old, new), Destination(Format.JSON_LINES, path))
    found = {line["to_id"] or line["from_id"]: line for line in map(json.loads, path.read_text().splitlines())}
    assert found[2] == {"to_id": 2, "to_name": "B", "from_id": 2, "from_name": "Bob", "diff_type": "modified"}
    assert {key: line["diff_type"] for key, line in found.items()} == {2: "modified", 3: "removed", 4: "added"}
    removed = DiffQuery("people", old, new, DiffFilter(frozenset({ChangeKind.REMOVED})))
    stream = io.BytesIO()
    exports.diff("main", removed, Destination(Format.CSV, stream=stream))
    assert list(csv.reader(io.StringIO(stream.getvalue().decode())))[1:] == [["", "", "3", "Cid", "removed"]]
    directory = tmp_path / "changes"
    done = exports.changes("main", old, new, Destination(Format.CSV, directory))
    assert sorted(file.name for file in directory.iterdir()) == ["people.csv", "pets.csv"]
    assert (done.files, done.rows) == (2, 4)
    with pytest.raises(EngineError, match="not empty"):
        exports.changes("main", old, new, Destination(Format.CSV, directory))
    script = tmp_path / "changes.sql"
    exports.changes("main", old, new, Destination(Format.SQL, script))
    after = _hash(people)
    people.call("dolt_reset", "--hard", old)
    replay(people, script.read_text())
    assert _hash(people) == after


@pytest.mark.both_versions
def test_a_database_is_made_again(raw: Raw, opened: Open, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Tables that refer to each other, views of views, a trigger, a procedure, a name with a quote."""
    key = "CONSTRAINT k FOREIGN KEY (owner) REFERENCES people (id)"
    if raw.dolt:  # an index that the foreign key makes is hashed as such, which no definition tells
        key = f"KEY k (owner), {key}"
    raw.run(
        "CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR(40))",
        f"CREATE TABLE animals (id INTEGER PRIMARY KEY, owner INT, name VARCHAR(9), {key})",
        "CREATE INDEX by_name ON animals (name)",
        "CREATE VIEW names AS SELECT name FROM people",
        "CREATE VIEW a_count AS SELECT count(*) AS n FROM names",
        "INSERT INTO people VALUES (1, 'A;nn'), (2, 'it''s')",
        "INSERT INTO animals VALUES (1, 2, 'Rex')",
        "CREATE TRIGGER up AFTER INSERT ON animals FOR EACH ROW BEGIN"
        " UPDATE people SET name = 'triggered' WHERE id = NEW.owner; END",
    )
    if raw.dolt:
        raw.run(
            "CREATE PROCEDURE twice(x INT) BEGIN SELECT x; SELECT x; END",
            "INSERT INTO dolt_ignore VALUES ('tmp_%', true)",
            "CREATE TABLE keyless (a INT)",
            "INSERT INTO keyless VALUES (1), (1)",
        )
    raw.commit()
    path = tmp_path / "all.sql"
    done = opened(raw).transfer.exports.database("main", Destination(Format.SQL, path))
    assert done.rows == (6 if raw.dolt else 3)
    text = path.read_text()
    assert text.index("people") < text.index("animals")
    names = ["people", "animals", *(["keyless", "dolt_ignore"] if raw.dolt else [])]
    wanted = [raw.scalar(f"SELECT dolt_hashof_table('{name}')") if raw.dolt else _all(raw, name) for name in names]
    empty = _another(raw, tmp_path)
    replay(empty, text)
    found = [empty.scalar(f"SELECT dolt_hashof_table('{name}')") if raw.dolt else _all(empty, name) for name in names]
    assert found == wanted
    assert empty.scalar("SELECT n FROM a_count") == 2
    if raw.dolt:
        assert [len(part) for part in empty.each("CALL twice(1)")] == [1]
    empty.run("INSERT INTO animals VALUES (7, 1, 'Tom')")
    assert empty.scalar("SELECT name FROM people WHERE id = 1") == "triggered"


def _all(raw: Raw, table: str) -> object:
    return raw.rows(f"SELECT * FROM {table}"), raw.rows(f"SELECT sql FROM sqlite_master WHERE tbl_name = '{table}'")


def _another(raw: Raw, tmp_path: Path) -> Raw:
    """An empty database of the same engine."""
    if isinstance(raw, RawLite):
        from dolt_tui.engine.backends.embedded import driver

        path = tmp_path / "other.db"
        driver.connect(path, create=True).close()
        return RawLite(path)
    assert isinstance(raw, RawDolt)
    from dataclasses import replace

    name = f"{raw.database}_again"
    raw.run(f"CREATE DATABASE {name}")
    return RawDolt(replace(raw.target, database=name))


def test_an_open_transaction_stays_open(people: Raw, repository: Repository) -> None:
    """What is exported meanwhile is what it sees; it is neither committed nor lost, nor is it by cancelling that."""
    console = repository.console
    insert = split("INSERT INTO people SELECT id + 10, name FROM people", repository.info.traits.sql).statements[0]
    assert console.run("main", insert, autocommit=False).pending is not None

    def exported(progress: Callable[[int, int | None], None] | None = None) -> int:
        to = Destination(Format.CSV, stream=io.BytesIO())
        return repository.transfer.exports.table("main", Query("people"), to, progress).rows

    assert exported() == 6
    cancellation = Cancellation()

    def cancel(_rows: int, _of: int | None) -> None:
        cancellation.cancelled = True
        cancellation.check()

    with cancellation, pytest.raises(Cancelled):
        exported(cancel)
    assert people.scalar("SELECT count(*) FROM people") == 3
    assert exported() == 6
    console.commit()
    assert people.scalar("SELECT count(*) FROM people") == 6
