"""The names that are offered exist: each is asked of the engine itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dolt_tui.engine.console.completion_catalogue import Kind, Relation, Routine, vocabulary
from dolt_tui.engine.model import SqlStyle
from dolt_tui.engine.repository import Repository

if TYPE_CHECKING:
    from .conftest import Raw


def failure(raw: Raw, sql: str) -> str:
    try:
        raw.rows(sql)
    except Exception as error:
        return str(error)
    return ""


def test_everything_that_is_offered_exists(people: Raw, repository: Repository) -> None:
    words = vocabulary(SqlStyle.MYSQL if people.dolt else SqlStyle.SQLITE)
    names = repository.catalogue("main")
    wrong: dict[str, object] = {}

    def described(relation: str) -> list[str]:
        if people.dolt:
            return [row[0] for row in people.rows(f"DESCRIBE {relation}")]
        return [row[0] for row in people.rows(f"SELECT name FROM pragma_table_xinfo('{relation}') WHERE hidden = 0")]

    relations: list[Relation | Routine] = [*words.system_tables.values()]
    for template in words.of_tables:
        found = names.relation(f"{template.prefix}people") or names.table_function(f"{template.prefix}people")
        assert found is not None
        relations.append(found)
    for relation in relations:
        offered = [column.name for column in relation.columns]
        if (there := described(relation.name)) != offered:
            wrong[relation.name] = there, offered
    for routine in words.functions.values():
        sql = f"SELECT {routine.name}()" if routine.name not in ("cast", "extract", "convert") else "SELECT 1"
        said = failure(people, sql).lower()
        if ("function" in said and ("not found" in said or "no such" in said)) or "no such column" in said:
            wrong[routine.name] = said
    for routine in words.table_functions.values():
        said = failure(people, f"SELECT * FROM {routine.name}()").lower()
        if "not found" in said or "no such table" in said:
            wrong[routine.name] = said
    if people.dolt:
        for routine in words.procedures.values():
            if routine.name.startswith(("dolt_gc", "dolt_stats", "dolt_purge", "dolt_rebase")):
                continue  # they do something without arguments
            said = failure(people, f"CALL {routine.name}('--no-such-option')").lower()
            if not said or "does not exist" in said:
                wrong[routine.name] = said
    else:
        assert words.procedures.keys() <= words.functions.keys()
    assert wrong == {}


@pytest.mark.both_versions
def test_the_names_of_a_branch(people: Raw, repository: Repository) -> None:
    people.run(
        "CREATE VIEW grown AS SELECT id FROM people", "CREATE TABLE `odd ``name` (a int, b int, PRIMARY KEY (b, a))"
    )
    head = people.commit("Add\nmore")
    people.call("dolt_branch", "other")
    for tag in ("v1", "_undo/1-0"):  # the second one keeps what can be undone, and is of no interest
        people.call("dolt_tag", tag, "HEAD")
    found = repository.catalogue("main")
    assert [(table.name, table.kind) for table in found.tables] == [
        ("grown", Kind.VIEW), ("odd `name", Kind.TABLE), ("people", Kind.TABLE),
    ]  # fmt: skip
    odd = found.relation("ODD `name")
    assert odd is not None
    assert [(column.name, column.key) for column in odd.columns] == [("a", True), ("b", True)]
    assert found.branches == ("main", "other")
    assert found.tags == ("v1",)
    assert found.commits[0] == (head, "Add")

    # On the other branch, and after a change, it is another one; while nothing changes it is remembered.
    people.run("DROP TABLE people", at="other")
    assert repository.catalogue("other").relation("people") is None
    assert repository.catalogue("main").relation("people") is not None
    repository.refs.fingerprint("main")
    before = repository.catalogue("main")
    if people.dolt:
        assert repository.catalogue("main") is before
        assert repository.catalogue("main", refs="others") is not before
    people.run("CREATE TABLE new (id int PRIMARY KEY)")
    repository.refs.fingerprint("main")
    assert repository.catalogue("main").relation("new") is not None


def test_a_view_that_is_broken_does_not_matter(people: Raw, repository: Repository) -> None:
    people.run("CREATE VIEW broken AS SELECT id FROM people")
    people.run("DROP TABLE people")
    found = repository.catalogue("main")
    known = [] if people.dolt else [("broken", ())]
    assert [(table.name, table.columns) for table in found.tables] == known
    assert found.branches == ("main",)
