"""What is remembered of definitions is never older than the last look at the branch's hashes."""

from __future__ import annotations

from dolt_tui.engine.browsing.query import DiffQuery, Query
from dolt_tui.engine.core.settings import ReadSettings
from dolt_tui.engine.model import HEAD, WORKING
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw

QUERY = Query("people")


def definitions(repository: Repository, since: int) -> int:
    """How often the engine was asked for columns since a statement."""
    asked = ("SHOW FULL COLUMNS", "pragma_table_xinfo")
    return sum(entry.sql.find(word) >= 0 for entry in repository.statements.entries(since) for word in asked)


def last(repository: Repository) -> int:
    return repository.statements.entries()[-1].number


def names(repository: Repository) -> list[str]:
    return [column.name for column in repository.rows.page("main", QUERY, 5).columns]


def test_a_definition_is_asked_for_once(people: Raw, repository: Repository) -> None:
    for _ in range(3):
        names(repository)
    assert definitions(repository, 0) == 3, "without a look at the hashes nothing is known for certain"
    repository.refs.fingerprint("main")
    names(repository)
    mark = last(repository)
    for _ in range(3):
        assert names(repository) == ["id", "name"]
    # DoltLite would take the name of a column that is gone for a text: it is always asked.
    assert definitions(repository, mark) == (3 if not people.dolt else 0)


def test_a_look_finds_what_others_changed(people: Raw, repository: Repository) -> None:
    repository.refs.fingerprint("main")
    assert names(repository) == ["id", "name"]
    people.run("ALTER TABLE people ADD COLUMN age INT")
    repository.refs.fingerprint("main")
    assert names(repository) == ["id", "name", "age"]
    repository.refs.fingerprint("main")
    people.run("ALTER TABLE people DROP COLUMN age")
    assert names(repository) == ["id", "name"], "what no longer fits is asked for again, also without a look"


def test_own_changes_are_known_at_once(people: Raw, repository: Repository) -> None:
    repository.refs.fingerprint("main")
    assert names(repository) == ["id", "name"]
    repository.run("main", [("ALTER TABLE people ADD COLUMN age INT", ())])
    assert names(repository) == ["id", "name", "age"]


def test_a_look_counts_for_seconds(people: Raw, opened: Open) -> None:
    repository = opened(people, reading=ReadSettings(trusted_for=0.0))
    repository.refs.fingerprint("main")
    names(repository)
    people.run("ALTER TABLE people ADD COLUMN age INT")
    assert names(repository) == ["id", "name", "age"]


def test_diffs_follow_definitions(people: Raw, repository: Repository) -> None:
    people.run("UPDATE people SET name = 'Rob' WHERE id = 2")
    repository.refs.fingerprint("main")

    def columns(old: str, new: str) -> list[tuple[str, bool, bool]]:
        page = repository.diffs.page("main", DiffQuery("people", old, new), 5)
        return [(column.name, column.in_old, column.in_new) for column in page.columns]

    assert columns(HEAD, WORKING) == [("id", True, True), ("name", True, True)]
    people.run("ALTER TABLE people ADD COLUMN age INT")
    repository.refs.fingerprint("main")
    assert [column[0] for column in columns(HEAD, WORKING)] == ["id", "name", "age"]
    base = people.head()
    people.commit("older and wiser")
    repository.refs.fingerprint("main")
    head = people.head()
    first = columns(base, head)
    mark = last(repository)
    assert columns(base, head) == first
    if people.dolt:
        assert definitions(repository, mark) == 0, "what hashes name never changes"


def test_a_changed_key_is_told_after_a_look(people: Raw, repository: Repository) -> None:
    people.run("UPDATE people SET name = 'Rob' WHERE id = 2")
    repository.refs.fingerprint("main")
    assert repository.diffs.page("main", DiffQuery("people", HEAD, WORKING), 5).note == ""
    if not people.dolt:
        people.run("DROP TABLE people", "CREATE TABLE people (id INT, name VARCHAR(40), PRIMARY KEY (id, name))")
    else:
        people.run("ALTER TABLE people DROP PRIMARY KEY, ADD PRIMARY KEY (id, name)")
    repository.refs.fingerprint("main")
    assert "primary key changed" in repository.diffs.page("main", DiffQuery("people", HEAD, WORKING), 5).note
