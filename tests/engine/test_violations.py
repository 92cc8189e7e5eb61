"""Constraints that a merge, a cherry-pick, a revert or a rebase would break are named, with their rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dolt_tui.engine.errors import Conflicts
from dolt_tui.engine.model import MergeKind
from dolt_tui.engine.repository import Repository

from .conftest import Raw

TABLES = (
    "CREATE TABLE parents (id INTEGER PRIMARY KEY)",
    "CREATE TABLE pets (a INTEGER, b INTEGER, parent INTEGER, PRIMARY KEY (a, b),"
    " CONSTRAINT whose FOREIGN KEY (parent) REFERENCES parents (id))",
    "CREATE TABLE codes (id INTEGER PRIMARY KEY, code INTEGER)",
    "CREATE UNIQUE INDEX one_code ON codes (code)",
    "CREATE TABLE spans (id INTEGER PRIMARY KEY, low INTEGER, high INTEGER, CONSTRAINT in_order CHECK (low < high))",
    "INSERT INTO parents VALUES (1)",
    "INSERT INTO spans VALUES (1, 5, 10)",
)
OURS = {
    "foreign key": "DELETE FROM parents WHERE id = 1",
    "unique index": "INSERT INTO codes VALUES (1, 5)",
    "check constraint": "UPDATE spans SET low = 9",
}
THEIRS = {
    "foreign key": "INSERT INTO pets VALUES (7, 8, 1), (7, 9, 1)",
    "unique index": "INSERT INTO codes VALUES (2, 5)",
    "check constraint": "UPDATE spans SET high = 7",
}
TOLD = {
    "foreign key": ("pets", "parent, refers to parents): 2 rows, a 7, b 8; a 7, b 9"),
    "unique index": ("codes", "one_code of codes (code): 2 rows, id 1; id 2"),
    "check constraint": ("spans", "check constraint in_order of spans (low < high): 1 row, id 1"),
}


@pytest.fixture
def apart(raw: Raw) -> dict[str, str]:
    """A branch for each kind, named like it, whose last commit cannot be merged into main; the commits by kind."""
    raw.run(*TABLES)
    raw.commit("base")
    commits = {}
    for kind, sql in THEIRS.items():
        name = kind.partition(" ")[0]
        raw.call("dolt_branch", name, "main")
        raw.run(sql, at=name)
        commits[name] = raw.commit(f"theirs: {kind}", at=name)
    raw.run(*OURS.values())
    raw.commit("ours")
    return commits


def told(write: Callable[[], Any], raw: Raw) -> str:
    before, refs = raw.state(), raw.branches()
    with pytest.raises(Conflicts) as caught:
        write()
    assert caught.value.violations
    assert not caught.value.tables
    assert "Nothing was changed" in caught.value.message
    assert "conflicts" not in caught.value.message
    assert raw.state() == before
    assert raw.branches() == refs
    return caught.value.message


@pytest.mark.both_versions
def test_each_kind(raw: Raw, apart: dict[str, str], repository: Repository) -> None:
    merging, rewriting, rebasing = repository.merging, repository.rewriting, repository.rebasing
    for kind, (table, words) in TOLD.items():
        name = kind.partition(" ")[0]
        for merge in (MergeKind.COMMIT, MergeKind.SQUASH):
            message = told(lambda name=name, merge=merge: merging.merge("main", name, merge), raw)  # type: ignore[misc]
            assert f"Merging {name} breaks a constraint: {kind}" in message
            assert words in message
            assert f"of {table}" in message
        picked = told(lambda name=name: rewriting.pick("main", [apart[name]]), raw)  # type: ignore[misc]
        assert words in picked
        rebased = told(lambda name=name: rebasing.rebase("main", name), raw)  # type: ignore[misc]
        assert f"Rebasing main onto {name} breaks a constraint: {kind}" in rebased
        # Dolt has taken the rows back by then, and tells the constraint only.
        assert (words in rebased) or raw.dolt
        constraint = {"foreign key": "whose", "unique index": "one_code", "check constraint": "in_order"}[kind]
        assert constraint in rebased or (kind == "foreign key" and not raw.dolt)
        preview = merging.preview("main", name, conflicts=True)
        if raw.dolt:
            assert not preview.violations_known
        else:
            assert [str(item) for item in preview.violations] == [message.split(": ", 1)[1].split(". Nothing")[0]]
            assert not preview.conflicts
            assert preview.violations_known


def test_reverting(raw: Raw, repository: Repository) -> None:
    raw.run(*TABLES)
    raw.commit("base")
    raw.run("INSERT INTO parents VALUES (2)")
    made = raw.commit("a parent")
    raw.run("INSERT INTO pets VALUES (1, 1, 2)")
    raw.commit("its pet")
    message = told(lambda: repository.rewriting.revert("main", [made]), raw)
    assert "breaks a constraint: foreign key" in message
    assert "a 1, b 1" in message


def test_several_at_once_and_with_conflicts(raw: Raw, repository: Repository) -> None:
    raw.run(*TABLES, f"CREATE TABLE {raw.quote('o dd')} (id INTEGER PRIMARY KEY, v INTEGER)")
    raw.run(f"INSERT INTO {raw.quote('o dd')} VALUES (1, 1)")
    raw.commit("base")
    raw.call("dolt_branch", "all")
    raw.run(*THEIRS.values(), f"UPDATE {raw.quote('o dd')} SET v = 2", at="all")
    raw.commit("theirs", at="all")
    raw.run(*OURS.values())
    raw.commit("ours")
    message = told(lambda: repository.merging.merge("main", "all", MergeKind.COMMIT), raw)
    assert "breaks constraints: " in message
    for _, words in TOLD.values():
        assert words in message
    raw.run(f"UPDATE {raw.quote('o dd')} SET v = 3")
    raw.commit("a conflict too")
    with pytest.raises(Conflicts, match=r"conflicts in 1 row: o dd \(1\), and breaks constraints: ") as caught:
        repository.merging.merge("main", "all", MergeKind.COMMIT)
    assert caught.value.tables == (("o dd", 1),)
    assert len(caught.value.violations) == 3
    # A fast-forward brings in what was committed: nothing is merged, and so nothing can break.
    raw.call("dolt_branch", "behind", "all~1")
    assert repository.merging.merge("behind", "all", MergeKind.FAST_FORWARD).fast_forward


def test_a_column_that_is_not_null_by_now(raw: Raw, repository: Repository) -> None:
    if not raw.dolt:  # its tables cannot be altered so
        raw.run("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER)")
        assert repository.merging.preview("main", "main").violations == ()
        return
    raw.run("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER)", "INSERT INTO t VALUES (1, 1)")
    raw.commit("base")
    raw.call("dolt_branch", "f")
    raw.run("INSERT INTO t VALUES (2, NULL)", at="f")
    raw.commit("theirs", at="f")
    raw.run("ALTER TABLE t MODIFY a INTEGER NOT NULL")
    raw.commit("ours")
    message = told(lambda: repository.merging.merge("main", "f", MergeKind.COMMIT), raw)
    assert "breaks a constraint: not null of t (a): 1 row, id 2" in message
