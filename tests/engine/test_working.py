"""The working set: status, staging, discarding, counts."""

from __future__ import annotations

from contextlib import closing

import pytest

from dolt_tui.engine.browsing.diff_sides import KEY_CHANGED
from dolt_tui.engine.browsing.query import DiffQuery
from dolt_tui.engine.errors import Constraint, TableNotFound
from dolt_tui.engine.model import Changes, RowCounts, Status, TableChange
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt

RENAME = "ALTER TABLE people RENAME TO folk"


def listed(changes: Changes) -> set[tuple[str, bool, Status]]:
    return {(change.table, change.staged, change.status) for change in (*changes.unstaged, *changes.staged)}


def counted(repository: Repository) -> dict[tuple[str, bool], RowCounts | None]:
    changes = repository.working.with_counts("main", repository.working.status("main"))
    return {(change.table, change.staged): change.counts for change in (*changes.unstaged, *changes.staged)}


def only(changes: tuple[TableChange, ...]) -> TableChange:
    (change,) = changes
    return change


def test_clean(people: Raw, repository: Repository) -> None:
    assert repository.working.status("main") == Changes()
    assert repository.working.uncommitted("main", counts=True) == ()


@pytest.mark.both_versions
def test_status_of_each_kind(people: Raw, repository: Repository) -> None:
    people.run("CREATE TABLE gone (id INTEGER PRIMARY KEY)", "CREATE TABLE old (id INTEGER PRIMARY KEY, v INTEGER)")
    people.commit()
    people.run(
        "UPDATE people SET name = 'Eve' WHERE id = 1",
        "DROP TABLE gone",
        "ALTER TABLE old RENAME TO young",
        "CREATE TABLE fresh (a VARCHAR(9) PRIMARY KEY, b VARCHAR(9), c VARCHAR(9))",
        "CREATE VIEW names AS SELECT name FROM people",
    )
    changes = repository.working.status("main")
    assert listed(changes) == {
        ("people", False, Status.MODIFIED),
        ("gone", False, Status.DELETED),
        ("young", False, Status.RENAMED),
        ("fresh", False, Status.NEW),
        ("dolt_schemas", False, Status.NEW),
    }
    assert {change.old_name for change in changes.unstaged} == {None, "old"}
    assert changes.tables == 5
    assert {change.table: change.status for change in repository.working.uncommitted("main")} == {
        change.table: change.status for change in changes.unstaged
    }


def test_staged_and_changed_again(people: Raw, repository: Repository) -> None:
    people.run("UPDATE people SET name = 'Eve' WHERE id = 1")
    repository.working.stage("main", ["people"])
    people.run("UPDATE people SET name = 'Eva' WHERE id = 1", "DELETE FROM people WHERE id = 2")
    changes = repository.working.status("main")
    assert listed(changes) == {("people", True, Status.MODIFIED), ("people", False, Status.MODIFIED)}
    assert changes.tables == 1
    counts = counted(repository)
    staged, unstaged = counts["people", True], counts["people", False]
    assert staged is not None
    assert unstaged is not None
    assert (staged.added, staged.modified, staged.removed, staged.cells_modified) == (0, 1, 0, 1)
    assert (unstaged.added, unstaged.modified, unstaged.removed) == (0, 1, 1)
    assert (unstaged.old_rows, unstaged.new_rows) == (3, 2)


def test_an_arrow_in_a_name(raw: Raw, repository: Repository) -> None:
    quote = raw.quote
    raw.run(f"CREATE TABLE {quote('a -> b')} (id INTEGER PRIMARY KEY)")
    raw.commit()
    raw.run(f"ALTER TABLE {quote('a -> b')} RENAME TO {quote('c')}")
    change = only(repository.working.status("main").unstaged)
    assert (change.old_name, change.table) == ("a -> b", "c")


def test_counts_of_keyless_and_dropped_tables(people: Raw, repository: Repository) -> None:
    people.run("CREATE TABLE bag (v INTEGER)", "INSERT INTO bag VALUES (1), (1), (2)")
    people.commit()
    people.run("INSERT INTO bag VALUES (1)", "DELETE FROM bag WHERE v = 2", "DROP TABLE people")
    counts = counted(repository)
    bag, dropped = counts["bag", False], counts["people", False]
    assert bag is not None
    assert dropped is not None
    assert (bag.added, bag.removed) == (1, 1)
    assert (dropped.added, dropped.modified, dropped.removed) == (0, 0, 3)
    people.run("DROP TABLE bag")
    dropped = counted(repository)["bag", False]
    assert dropped is not None
    assert dropped.removed == 3


def test_counts_of_a_renamed_table(people: Raw, repository: Repository) -> None:
    people.run(RENAME)
    change = only(repository.working.with_counts("main", repository.working.status("main")).unstaged)
    assert (change.status, change.schema_changed, change.data_changed) == (Status.RENAMED, True, False)


def test_a_changed_primary_key(people: Raw, repository: Repository) -> None:
    people.run("CREATE TABLE people2 (id INTEGER, name VARCHAR(40) PRIMARY KEY)")
    people.run(
        "INSERT INTO people2 SELECT id, name FROM people", "DROP TABLE people", "ALTER TABLE people2 RENAME TO people"
    )
    people.run("CREATE TABLE other (id INTEGER PRIMARY KEY)", "INSERT INTO other VALUES (1)")
    changes = repository.working.with_counts("main", repository.working.status("main"))
    found = {change.table: change for change in changes.unstaged}
    assert found["people"].schema_changed
    if people.dolt:
        assert (found["people"].counts, found["people"].uncounted) == (None, KEY_CHANGED)
    else:  # this engine tells both sides apart
        assert found["people"].counts == RowCounts(3, 0, 3)
    assert found["other"].counts is not None
    assert found["other"].counts.added == 1
    if not people.dolt:
        return
    people.commit("other key")
    here = people.head()
    for listed in (
        repository.history.detail("main", here, counts=True).changes,
        repository.history.compare("main", f"{here}~1", here, counts=True).changes,
    ):
        assert [(change.table, change.uncounted) for change in listed] == [("other", ""), ("people", KEY_CHANGED)]


@pytest.mark.both_versions
def test_stage_and_unstage(people: Raw, repository: Repository) -> None:
    people.run("UPDATE people SET name = 'Eve' WHERE id = 1", "CREATE TABLE fresh (id INTEGER PRIMARY KEY)")
    repository.working.stage("main", ["people", "fresh"])
    assert people.status() == {("people", True, "modified"), ("fresh", True, "new table")}
    repository.working.unstage("main", ["fresh"])
    assert people.status() == {("people", True, "modified"), ("fresh", False, "new table")}
    repository.working.stage_all("main")
    assert {staged for _, staged, _ in people.status()} == {True}
    repository.working.unstage_all("main")
    assert people.status() == {("people", False, "modified"), ("fresh", False, "new table")}
    assert people.rows("SELECT name FROM people WHERE id = 1") == [("Eve",)]


def test_stage_and_unstage_a_renaming(people: Raw, repository: Repository) -> None:
    people.run(RENAME)
    for _ in range(2):
        repository.working.stage("main", ["folk"])
        assert people.status() == {("people -> folk", True, "renamed")}
        repository.working.unstage("main", ["folk"])
        assert people.status() == {("people -> folk", False, "renamed")}


def test_stage_a_dropped_table_and_a_view(people: Raw, repository: Repository) -> None:
    people.run("DROP TABLE people", "CREATE VIEW one AS SELECT 1 AS v")
    repository.working.stage("main", ["people", "dolt_schemas"])
    assert people.status() == {("people", True, "deleted"), ("dolt_schemas", True, "new table")}
    repository.working.unstage("main", ["people", "dolt_schemas"])
    assert people.status() == {("people", False, "deleted"), ("dolt_schemas", False, "new table")}


def test_staging_an_unknown_table_stages_nothing(people: Raw, repository: Repository) -> None:
    people.run("UPDATE people SET name = 'Eve' WHERE id = 1")
    with pytest.raises(TableNotFound):
        repository.working.stage("main", ["people", "nope"])
    assert people.status() == {("people", False, "modified")}


@pytest.mark.both_versions
def test_discard_unstaged_only(people: Raw, repository: Repository) -> None:
    people.run("UPDATE people SET name = 'Eve' WHERE id = 1")
    repository.working.stage("main", ["people"])
    people.run("UPDATE people SET name = 'Eva' WHERE id = 1")
    repository.working.discard("main", only(repository.working.status("main").unstaged))
    assert people.status() == {("people", True, "modified")}
    assert people.rows("SELECT name FROM people WHERE id = 1") == [("Eve",)]


def test_discard_staged_too(people: Raw, repository: Repository) -> None:
    people.run("UPDATE people SET name = 'Eve' WHERE id = 1")
    repository.working.stage("main", ["people"])
    people.run("UPDATE people SET name = 'Eva' WHERE id = 1", "CREATE TABLE other (id INTEGER PRIMARY KEY)")
    repository.working.discard("main", only(repository.working.status("main").staged), staged_too=True)
    assert people.status() == {("other", False, "new table")}
    assert people.rows("SELECT name FROM people WHERE id = 1") == [("Ann",)]


@pytest.mark.parametrize("staged", [False, True])
@pytest.mark.parametrize(
    ("change", "table"),
    [(RENAME, "folk"), ("DROP TABLE people", "people"), ("CREATE TABLE x (id INTEGER PRIMARY KEY)", "x")],
)
def test_discard_renamed_deleted_new(
    people: Raw, repository: Repository, change: str, table: str, staged: bool
) -> None:
    before = people.state()
    people.run(change)
    if staged:
        repository.working.stage("main", [table])
    changes = repository.working.status("main")
    repository.working.discard("main", only((*changes.unstaged, *changes.staged)), staged_too=staged)
    assert people.state() == before


def test_discard_a_renaming_with_edits_from_before_it(people: Raw, repository: Repository) -> None:
    """Staged under the old name, then renamed."""
    people.run("UPDATE people SET name = 'Eve' WHERE id = 1")
    repository.working.stage("main", ["people"])
    people.run(RENAME)
    for change in repository.working.status("main").unstaged:
        repository.working.discard("main", change)
    assert people.status() == {("people", True, "modified")}
    assert people.rows("SELECT name FROM people WHERE id = 1") == [("Eve",)]


def test_discard_what_is_gone_already(people: Raw, repository: Repository) -> None:
    people.run("UPDATE people SET name = 'Eve' WHERE id = 1", "CREATE TABLE x (id INTEGER PRIMARY KEY)")
    change = next(c for c in repository.working.status("main").unstaged if c.table == "people")
    people.call("dolt_checkout", "--", "people")
    before = people.state()
    with pytest.raises(TableNotFound, match="people"):
        repository.working.discard("main", change)
    assert people.state() == before


@pytest.mark.parametrize("staged", [False, True])
def test_discard_several_tables(people: Raw, repository: Repository, staged: bool) -> None:
    people.run("CREATE TABLE gone (id INTEGER PRIMARY KEY)", "CREATE TABLE kept (id INTEGER PRIMARY KEY)")
    people.commit()
    before = people.state()
    people.run(
        RENAME,
        "DROP TABLE gone",
        "CREATE TABLE fresh (code VARCHAR(9) PRIMARY KEY)",
    )
    if staged:
        repository.working.stage_all("main")
    people.run("INSERT INTO kept VALUES (1)")
    changes = repository.working.status("main")
    chosen = [c for c in (*changes.unstaged, *changes.staged) if c.table != "kept"]
    assert len(chosen) == 3
    repository.working.discard("main", *chosen, staged_too=staged)
    assert people.status() == {("kept", False, "modified")}
    people.call("dolt_checkout", "--", "kept")
    assert people.state() == before


def test_discard_several_of_which_one_is_gone_already(people: Raw, repository: Repository) -> None:
    people.run("UPDATE people SET name = 'Eve' WHERE id = 1", "CREATE TABLE fresh (id INTEGER PRIMARY KEY)")
    changes = repository.working.status("main").unstaged
    people.run("DROP TABLE fresh")
    before = people.state()
    with pytest.raises(TableNotFound, match="fresh"):
        repository.working.discard("main", *changes)
    assert people.state() == before


def test_every_status_of_a_merge_has_its_sign(dolt: RawDolt, opened: Open) -> None:
    dolt.run(
        *(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, v INTEGER)" for name in ("data", "shape", "mother")),
        "CREATE TABLE child (id INTEGER PRIMARY KEY, v INTEGER, FOREIGN KEY (v) REFERENCES mother (id))",
        "INSERT INTO data VALUES (1, 1)",
        "INSERT INTO mother VALUES (1, 1)",
    )
    dolt.commit()
    dolt.call("dolt_branch", "b")
    dolt.run("UPDATE data SET v = 2", "ALTER TABLE shape MODIFY v TEXT", "DELETE FROM mother")
    dolt.commit()
    dolt.run("UPDATE data SET v = 3", "ALTER TABLE shape MODIFY v BIGINT", "INSERT INTO child VALUES (1, 1)", at="b")
    dolt.commit(at="b")
    with closing(dolt.connect(f"{dolt.database}/main")) as connection, connection.cursor() as cursor:
        cursor.execute("SET @@dolt_allow_commit_conflicts = 1, @@dolt_force_transaction_commit = 1")
        cursor.execute("CALL dolt_merge('b')")
    changes = opened(dolt).working.status("main")
    found = {(change.table, change.status): change.status.sign for change in changes.unstaged}
    assert found["data", Status.CONFLICT] == "!"
    assert found["shape", Status.SCHEMA_CONFLICT] == "#"
    assert found["child", Status.VIOLATION] == "×"
    assert len({status.sign for status in Status}) == len(Status)
    assert [status for status in Status if status.differs] == list(Status)[:4]


def test_discard_all(people: Raw, repository: Repository) -> None:
    before = people.state()
    people.run("DELETE FROM people", "CREATE TABLE x (id INTEGER PRIMARY KEY)", "CREATE VIEW v AS SELECT 1 AS one")
    repository.working.stage("main", ["people"])
    people.run("DROP TABLE people")
    repository.working.discard_all("main")
    assert people.state() == before


def test_drop(people: Raw, repository: Repository) -> None:
    people.run("CREATE VIEW names AS SELECT name FROM people")
    repository.working.drop_table("main", "names", view=True)
    repository.working.drop_table("main", "people")
    assert repository.tables.tables("main") == ()
    with pytest.raises(TableNotFound):
        repository.working.drop_table("main", "people")


def test_drop_a_table_that_another_one_refers_to(people: Raw, repository: Repository) -> None:
    people.run(
        "CREATE TABLE pets (id INTEGER PRIMARY KEY, owner INTEGER, FOREIGN KEY (owner) REFERENCES people (id))",
        "INSERT INTO pets VALUES (1, 1)",
    )
    before = people.state()
    with pytest.raises(Constraint) as caught:
        repository.working.drop_table("main", "people")
    assert "foreign key" in caught.value.message.lower()
    assert people.state() == before


def test_branches_have_working_sets_of_their_own(people: Raw, repository: Repository) -> None:
    repository.refs.create_branch("main", "other", "main")
    people.run("UPDATE people SET name = 'Eve' WHERE id = 1", at="other")
    assert repository.working.status("main") == Changes()
    repository.working.stage_all("other")
    assert people.status("other") == {("people", True, "modified")}
    assert people.status() == set()


def test_a_new_branch_without_a_working_set(people: Raw, repository: Repository) -> None:
    repository.refs.create_branch("main", "new", "main")
    assert repository.working.status("new") == Changes()
    assert repository.working.uncommitted("new", counts=True) == ()
    assert repository.refs.fingerprint("new").working == repository.refs.fingerprint("new").staged
    assert repository.diffs.page("new", DiffQuery("people", "HEAD", "WORKING"), 5).rows == ()
    assert repository.diffs.schema("new", "people", "HEAD", "WORKING") is None
    assert repository.diffs.statistics("new", "people", "HEAD", "WORKING") is None
