"""The undo journal: what is written is read, damaged or shared."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from dolt_tui.engine.undo.journal import Journal
from dolt_tui.engine.undo.steps import (
    RefMove,
    RowMove,
    SetMove,
    SetState,
    Snapshot,
    UndoStep,
    as_record,
    from_record,
)
from dolt_tui.ui.present.undo_steps import effect_text


def example(number: int) -> UndoStep:
    state = SetState("h", "r", "s", "w", ("a", "b"), True)
    keys = (("a ", None, 1.5, b"\xff", dt.date(2026, 1, 2), -dt.timedelta(hours=1), Decimal("1.50")), (2**64 - 1,))
    rows = (RowMove("people", True, keys, alone=True), RowMove("teams", False, ((1,),)))
    move = SetMove("main", state, None, Snapshot(f"_undo/{number}", True, False), rows=rows)
    refs = (RefMove("main", "a", "b"), RefMove("new", None, "c", former="old"), RefMove("v", "x", None, True, "why"))
    return UndoStep(
        str(number),
        f"step {number}\u2028",
        dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC),
        "main",
        refs,
        (move,),
        ("_undo/p",),
    )


def test_a_step_is_the_same_after_it_was_written_and_read() -> None:
    record = json.loads(json.dumps(as_record(example(1))))
    assert from_record(record) == example(1)
    del record["sets"][0]["rows"]  # as earlier versions wrote it
    assert from_record(record).sets[0].rows == ()


def test_what_a_step_of_rows_changes_is_told() -> None:
    step = example(1)
    (move,) = step.sets
    told = replace(step, refs=(), sets=(replace(move, after=move.before),))
    assert effect_text(told) == "1 row of teams staged · 2 rows of people unstaged"
    assert effect_text(replace(told, undone=True)) == "2 rows of people staged · 1 row of teams unstaged"


def test_a_damaged_journal_keeps_what_can_be_read(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "state", "db", 50)
    for number in range(4):
        journal.add(example(number))
    (path,) = (tmp_path / "state").glob("*.jsonl")
    assert path.stat().st_mode & 0o77 == 0
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b"\xff\x00 rubbish\n" + b'{"step": {"id": 1}}\n[1]\n' + lines[2] + lines[3][:40])
    journal = Journal(tmp_path / "state", "db", 50)
    assert [step.id for step in journal.steps()] == ["0", "2"]
    journal.add(example(9))  # after a line that was broken off
    assert [step.id for step in Journal(tmp_path / "state", "db", 50).steps()] == ["0", "2", "9"]


def test_two_programs_share_a_journal(tmp_path: Path) -> None:
    one, two = Journal(tmp_path, "db", 50), Journal(tmp_path, "db", 50)
    one.add(example(1))
    two.add(example(2))
    one.add(example(3))
    assert [step.id for step in two.steps()] == ["1", "2", "3"]
    assert Journal(tmp_path, "other", 50).steps() == ()


def test_a_journal_does_not_grow_for_ever(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "db", 5)
    for number in range(700):
        journal.add(example(number))
    (path,) = tmp_path.glob("*.jsonl")
    assert len(path.read_bytes().splitlines()) < 300
    assert [step.id for step in Journal(tmp_path, "db", 5).steps()] == ["695", "696", "697", "698", "699"]
