"""Drafts in files: every value comes back as it was, and only what no running program keeps is found."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from dolt_tui.engine.editing import kept_drafts
from dolt_tui.engine.editing.edits import Edits
from dolt_tui.engine.editing.kept_drafts import KeptDrafts
from dolt_tui.engine.model import DEFAULT, Edit, EditKind, NewRow, Value

VALUES: tuple[Value, ...] = (
    None,
    True,
    7,
    2**80,
    0.1,
    float("inf"),
    Decimal("1.10"),
    "text\x00\n‘’",
    "",
    b"\xff\x00",
    dt.datetime(2026, 3, 2, 21, 0, 0, 5),
    dt.date(2026, 3, 2),
    dt.time(1, 2, 3),
    dt.timedelta(days=-34, seconds=5, microseconds=6),
)
EDITS = (
    Edit("t", (1, "a"), EditKind.CHANGED, {f"c{at}": value for at, value in enumerate(VALUES)}, {"c1": DEFAULT}),
    Edit("t", (NewRow(3),), EditKind.ADDED, {}, {"c2": "new"}),
    Edit("u", (Decimal("2.0"),), EditKind.REMOVED, {"id": Decimal("2.0")}, {}),
)


def no_edits() -> Edits:
    raise AssertionError("what is kept is not applied here")


def test_a_draft_comes_back_once_its_program_has_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drafts = KeptDrafts(tmp_path / "state", "a database", no_edits)
    drafts.keep("main", EDITS, 2)
    drafts.keep("main", (), 1)  # it comes too late
    assert drafts.left("main") is None, "this program still runs"
    monkeypatch.setattr(kept_drafts, "runs", lambda pid: False)
    kept = drafts.left("main")
    assert kept is not None
    assert kept.edits == EDITS
    assert [type(value) for value in kept.edits[0].before.values()] == [type(value) for value in VALUES]
    assert kept.path.stat().st_mode & 0o077 == 0, "nobody else may read it"
    assert drafts.left("other") is None
    assert KeptDrafts(tmp_path / "state", "another one", no_edits).left("main") is None
    kept.path.write_text("[", encoding="utf-8")
    assert drafts.left("main") is None, "what cannot be read is as if it were not there"
    drafts.keep("main", (), 3)
    assert list((tmp_path / "state").iterdir()) == []
