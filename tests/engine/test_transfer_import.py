"""Imports: what was exported comes back equal, in every format that holds it; bad lines are told, nothing half done."""

from __future__ import annotations

from pathlib import Path

import pytest

from dolt_tui.engine.browsing.query import Query
from dolt_tui.engine.core.cancellation import Cancellation
from dolt_tui.engine.errors import AlreadyExists, BadLine, Cancelled, EngineError
from dolt_tui.engine.model import WORKING
from dolt_tui.engine.repository import Repository
from dolt_tui.engine.transfer.exporting import Destination
from dolt_tui.engine.transfer.formats import Format
from dolt_tui.engine.transfer.importing import Target
from dolt_tui.engine.transfer.loading import Mode
from dolt_tui.engine.transfer.sniffing import sniff

from .conftest import Raw
from .test_copies import DOLT, LITE, everything, stored

__all__ = ["everything"]

TABLE = "ev`ery\"thing's"


@pytest.mark.parametrize("format_", [Format.CSV, Format.TSV, Format.JSON_LINES, Format.PARQUET])
def test_every_type_comes_back(everything: Raw, repository: Repository, tmp_path: Path, format_: Format) -> None:
    raw, names = everything, [*(DOLT if everything.dolt else LITE)]
    if not raw.dolt:  # values of other types than their columns': a file tells them apart in SQL only
        raw.run(
            f"UPDATE {raw.quote(TABLE)} SET n = 2.5 WHERE n = 'text'",
            f"UPDATE {raw.quote(TABLE)} SET b = x'00' WHERE typeof(b) = 'text'",
            f"UPDATE {raw.quote(TABLE)} SET a = 'x', i = 3 WHERE a IS NOT NULL",
        )
    path = tmp_path / f"all.{format_.value}.gz"
    compressed = format_ is not Format.PARQUET
    if not compressed:
        path = path.with_suffix("")
    repository.transfer.exports.table("main", Query(TABLE), Destination(format_, path, compressed=compressed))
    before, hash_ = stored(raw, TABLE, names), raw.scalar("SELECT dolt_hashof_db('WORKING')")
    raw.run(f"DELETE FROM {raw.quote(TABLE)}")
    done = repository.transfer.imports.load("main", sniff(path), Target(TABLE))
    assert done.rows == len(before)
    for one, other in zip(before, stored(raw, TABLE, names), strict=True):
        assert one == other
    assert set(done.fit.computed) == {"virt", "sto"}
    assert raw.scalar("SELECT dolt_hashof_db('WORKING')") == hash_


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8", newline="")
    return path


def test_modes(people: Raw, repository: Repository, tmp_path: Path) -> None:
    people.run("ALTER TABLE people ADD COLUMN age INT")
    people.run("UPDATE people SET age = 30")
    load = repository.transfer.imports.load
    path = write(tmp_path / "p.csv", "ID,name,shoe\n2,Bo,43\n7,,41\n")
    with pytest.raises(BadLine, match=r"Line 2 of p\.csv: ") as duplicate:
        load("main", sniff(path), Target("people"))
    assert duplicate.value.line == 2
    done = load("main", sniff(path), Target("people", mode=Mode.UPDATE))
    assert (done.rows, done.fit.left_out, done.fit.missing) == (2, ("shoe",), ("age",))
    assert people.rows("SELECT * FROM people WHERE id IN (2, 7) ORDER BY id") == [(2, "Bo", 30), (7, None, None)]
    load("main", sniff(path), Target("people", mode=Mode.REPLACE))
    assert people.rows("SELECT age FROM people WHERE id = 2") == [(None,)]
    with pytest.raises(EngineError, match="no column in common"):
        load("main", sniff(write(tmp_path / "x.csv", "a,b\nx,y\n")), Target("people"))
    people.run("CREATE TABLE keyless (id INT, name VARCHAR(9))")
    with pytest.raises(EngineError, match="no primary key"):
        load("main", sniff(path), Target("keyless", mode=Mode.REPLACE))


@pytest.mark.both_versions
def test_a_bad_line_is_told_and_nothing_stays(people: Raw, repository: Repository, tmp_path: Path) -> None:
    """Found by us, by the engine in the middle of many rows, and by the reader; also where the table was to be new."""
    load, before = repository.transfer.imports.load, people.state()
    lines = [f"{number},name {number}" for number in range(10, 9000)]
    lines[7000] = "12x,oops"
    path = write(tmp_path / "p.csv", "\n".join(["id,name", *lines]))
    with pytest.raises(BadLine, match=r"Line 7,002 of p\.csv: id: '12x' is not a (whole )?number") as wrong:
        load("main", sniff(path), Target("people"))
    assert "Nothing was imported" in wrong.value.advice
    lines[7000] = "4711,again"  # a key that is there
    with pytest.raises(BadLine) as twice:
        load("main", sniff(write(path, "\n".join(["id,name", *lines]))), Target("people"))
    assert twice.value.line == 7002
    lines[7000] = "1,2,3"
    with pytest.raises(BadLine, match="3 fields instead of 2"):
        load("main", sniff(write(path, "\n".join(["id,name", *lines]))), Target("people"))
    lines[6990] = "12x,oops"  # which comes before the line with three fields
    with pytest.raises(BadLine, match=r"Line 6,992 of p\.csv: id"):
        load("main", sniff(write(path, "\n".join(["id,name", *lines]))), Target("people"))
    lines[6990] = "17000,y"
    lines[7000] = "x"
    layout = sniff(write(path, "\n".join(["id,name", *lines[:7000], *["12x,oops"]])))
    columns = repository.transfer.imports.preview(sniff(write(tmp_path / "q.csv", "id,name\n1,a\n"))).columns
    with pytest.raises(BadLine):
        load("main", layout, Target("fresh", columns))
    assert people.state() == before
    cancellation = Cancellation()

    def cancel(_rows: int, _of: int | None) -> None:
        cancellation.cancelled = True
        cancellation.check()

    good = sniff(write(path, "\n".join(["id,name", *lines[:7000]])))
    with cancellation, pytest.raises(Cancelled):
        load("main", good, Target("fresh", columns), cancel)
    assert people.state() == before
    with pytest.raises(AlreadyExists):
        load("main", good, Target("people", columns))


def test_a_new_table_is_one_step_of_undo(people: Raw, repository: Repository, tmp_path: Path) -> None:
    path = write(
        tmp_path / "new.csv",
        "id,zip,price,day,at,ok,note,big\n"
        '1,01234,1.10,2024-02-29,2024-02-29T12:00:00.5Z,true,"two\nlines, 🙂",9007199254740993\n'
        '2,00001,22.5,2024-03-01,2024-03-01 00:00:00,false,"",-1\n',
    )
    imports = repository.transfer.imports
    preview = imports.preview(sniff(path))
    types = {guess.name: guess.type for guess in preview.columns}
    dolt = ["INT", "VARCHAR(16)", "DECIMAL(4,2)", "DATE", "DATETIME(1)", "BOOLEAN", "VARCHAR(16)", "BIGINT"]
    lite = ["INTEGER", "TEXT", "TEXT", "DATE", "DATETIME", "BOOLEAN", "TEXT", "INTEGER"]
    assert [*types.values()] == (dolt if people.dolt else lite)
    assert (preview.whole, preview.seen, [guess.name for guess in preview.columns if guess.key]) == (True, 2, ["id"])
    before = people.state()
    done, step = repository.undo.perform(
        "main", "import new.csv", lambda: imports.load("main", sniff(path), Target("new", preview.columns))
    )
    assert (done.rows, step is not None) == (2, True)
    assert people.rows("SELECT zip, note, big FROM new ORDER BY id") == [
        ("01234", "two\nlines, 🙂", 9007199254740993),
        ("00001", "", -1),
    ]
    assert people.rows("SELECT count(*) FROM new WHERE ok = 1 AND day = '2024-02-29'") == [(1,)]
    assert step is not None
    repository.undo.undo(step)
    assert people.state() == before
    assert repository.rows.page("main", Query("people", WORKING), 9).rows


def test_a_script_runs_whole_or_not_at_all(everything: Raw, repository: Repository, tmp_path: Path) -> None:
    """What was exported as SQL, into a table that is gone; a script that fails late leaves nothing."""
    raw, names = everything, [*(DOLT if everything.dolt else LITE)]
    path, imports = tmp_path / "all.sql", repository.transfer.imports
    repository.transfer.exports.table("main", Query(TABLE), Destination(Format.SQL, path))
    before = stored(raw, TABLE, names)
    raw.run(f"DROP TABLE {raw.quote(TABLE)}", "CREATE TABLE mine (a INT)", "INSERT INTO mine VALUES (7)")
    gone = raw.state()
    text = path.read_text("utf-8")
    with pytest.raises(BadLine) as wrong:
        imports.replay("main", sniff(write(tmp_path / "bad.sql", text + "\n\nINSERT INTO nowhere VALUES (1);\n")))
    assert wrong.value.line == text.count("\n") + 3
    assert raw.state() == gone
    steps = len(repository.undo.steps())
    assert imports.replay("main", sniff(path)) >= 2
    assert stored(raw, TABLE, names) == before
    assert len(repository.undo.steps()) == steps + 1
