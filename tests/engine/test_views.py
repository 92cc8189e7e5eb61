"""What differs but has no rows, or is no table: views, triggers, procedures, events; one count never costs the others.

Dolt keeps views, triggers and events in a table, ``dolt_schemas``; DoltLite lists that name too, but has no such table.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from dolt_tui.engine.browsing.query import DiffQuery
from dolt_tui.engine.errors import Conflicts
from dolt_tui.engine.model import HEAD, STAGED, WORKING, Changes, MergeKind, RowCounts, Table, TableChange
from dolt_tui.engine.repository import Repository

from .conftest import Raw

VIEWS = "dolt_schemas"


@pytest.fixture
def defined(people: Raw) -> Raw:
    """The database with a new view, trigger and what else the engine has of that kind, and a changed row."""
    if people.dolt:
        people.run(
            "CREATE TRIGGER shout BEFORE INSERT ON people FOR EACH ROW SET NEW.name = upper(NEW.name)",
            "CREATE PROCEDURE one() SELECT 1",
            "CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1",
        )
    else:
        people.run("CREATE TRIGGER shout AFTER INSERT ON people BEGIN SELECT 1; END")
    people.run("CREATE VIEW names AS SELECT name FROM people", "UPDATE people SET name = 'Eve' WHERE id = 1")
    return people


def expected(raw: Raw) -> dict[str, int]:
    """How many rows of each changed thing differ; a definition counts as one."""
    return {"dolt_procedures": 1, VIEWS: 3, "people": 1} if raw.dolt else {VIEWS: 2, "people": 1}


def rows(changes: Iterable[TableChange]) -> dict[str, int | None]:
    return {change.table: None if change.counts is None else change.counts.total for change in changes}


@pytest.mark.both_versions
def test_the_working_set_is_counted(defined: Raw, repository: Repository) -> None:
    changes = repository.working.with_counts("main", repository.working.status("main"))
    assert rows(changes.unstaged) == expected(defined)
    assert not any(change.uncounted for change in changes.unstaged)
    assert rows(repository.working.uncommitted("main", counts=True)) == expected(defined)
    repository.working.stage_all("main")
    changes = repository.working.with_counts("main", repository.working.status("main"))
    assert (rows(changes.staged), changes.unstaged) == (expected(defined), ())


@pytest.mark.both_versions
def test_commits_and_merges_are_counted(defined: Raw, repository: Repository) -> None:
    repository.refs.create_branch("main", "side", "main")
    defined.commit("definitions")
    assert rows(repository.history.detail("main", "HEAD", counts=True).changes) == expected(defined)
    assert rows(repository.history.compare("main", "HEAD~1", "HEAD", counts=True).changes) == expected(defined)
    preview = repository.merging.preview("side", "main", counts=True, conflicts=True)
    assert rows(preview.changes) == expected(defined)
    base, tip = repository.refs.resolve("main", "HEAD~1"), repository.refs.resolve("main", "HEAD")
    for table, number in expected(defined).items():
        counts = repository.diffs.statistics("main", table, base, tip)
        assert counts is not None
        assert counts.total == number


@pytest.mark.both_versions
def test_the_diff_of_each_is_counted(defined: Raw, repository: Repository) -> None:
    for table, number in expected(defined).items():
        query = DiffQuery(table, HEAD, WORKING)
        counts = repository.diffs.statistics("main", table, HEAD, WORKING)
        assert (counts.total if counts is not None else 0) == number
        page = repository.diffs.page("main", query, 100)
        assert repository.diffs.count("main", query, 100) == len(page.rows)
        if table == VIEWS and not defined.dolt:
            assert (page.rows, page.note) == ((), "Views and triggers have definitions, no rows.")
        else:
            assert len(page.rows) == number
        assert repository.diffs.schema("main", table, HEAD, WORKING) is not None or table == "people"


def test_dropped_views_are_counted(defined: Raw, repository: Repository) -> None:
    defined.commit("definitions")
    defined.run("DROP VIEW names", "DELETE FROM people WHERE id = 2")
    changes = repository.working.with_counts("main", repository.working.status("main"))
    assert rows(changes.unstaged) == {VIEWS: 1, "people": 1}
    assert repository.diffs.statistics("main", "people", HEAD, STAGED) is None


def test_new_views_are_discarded(defined: Raw, repository: Repository) -> None:
    (views,) = (change for change in repository.working.status("main").unstaged if change.table == VIEWS)
    seen = repository.working.look("main", [VIEWS])
    repository.working.discard("main", views, expected=seen)
    assert "names" not in {table.name for table in repository.tables.tables("main")}
    assert VIEWS not in rows(repository.working.status("main").unstaged)


def test_what_cannot_be_counted_costs_only_its_own_count(people: Raw, repository: Repository) -> None:
    """A table that is gone by the time it is counted, as another session may drop it."""
    people.run("CREATE TABLE gone (id INTEGER PRIMARY KEY, v INTEGER)", "INSERT INTO gone VALUES (1, 1)")
    people.commit("gone")
    people.run("UPDATE gone SET v = 2", "UPDATE people SET name = 'Eve' WHERE id = 1")
    seen = repository.working.status("main")
    ghost = TableChange("ghost", seen.unstaged[0].status)
    changes = repository.working.with_counts("main", Changes((ghost, *seen.unstaged)))
    assert rows(changes.unstaged) == {"ghost": None, "gone": 1, "people": 1}
    assert "ghost" in changes.unstaged[0].uncounted
    assert changes.unstaged[2].counts == RowCounts(0, 1, 0, 1, 3, 3)
    tables = repository.tables.counted(
        "main", (Table("ghost"), Table("names", True), Table("gone"), Table("p", rows=9))
    )
    assert [(table.name, table.rows) for table in tables] == [("ghost", None), ("names", None), ("gone", 1), ("p", 9)]
    assert "ghost" in tables[0].uncounted


def test_previews_of_undo_count_them(defined: Raw, repository: Repository) -> None:
    repository.undo.perform("main", "discard", lambda: repository.working.discard_all("main"))
    step = repository.undo.steps()[0]
    (effect,) = repository.undo.preview(step, counts=True).sets
    assert rows(effect.tables) == expected(defined)
    repository.undo.undo(step)
    assert rows(repository.working.uncommitted("main", counts=True)) == expected(defined)


def test_a_view_that_both_sides_changed(defined: Raw, repository: Repository) -> None:
    """Every preview counts it, and foresees the conflict or says that it does not know."""
    defined.commit("definitions")
    repository.refs.create_branch("main", "side", "main")
    for branch, column in (("main", "id"), ("side", "id + 1")):
        defined.each("DROP VIEW names", f"CREATE VIEW names AS SELECT {column} AS x FROM people", at=branch)
        defined.call("dolt_commit", "-Am", "other", at=branch)
    tip = repository.refs.resolve("main", "HEAD")
    rewriting = repository.rewriting
    previews = (
        repository.merging.preview("main", "side", counts=True, conflicts=True),
        repository.rebasing.preview("side", "main", counts=True, conflicts=True),
        rewriting.preview_pick("side", [tip], counts=True, conflicts=True),
        rewriting.preview_revert("main", [tip], counts=True, conflicts=True),
    )
    for preview in previews:
        assert rows(preview.changes) == {VIEWS: 1}
    told = [(bool(preview.conflicts), preview.conflicts_known) for preview in previews]
    assert told == [(True, True), (True, True), (defined.dolt, defined.dolt), (False, True)]
    assert rows(repository.commits.preview_amend("main").changes) == {VIEWS: 1}
    with pytest.raises(Conflicts):
        repository.merging.merge("main", "side", MergeKind.COMMIT)
