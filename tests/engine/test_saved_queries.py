"""Saved queries: in Dolt's catalogue, on DoltLite in a table like it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dolt_tui.engine.errors import ChangedMeanwhile, EngineError, InvalidName
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw


@pytest.mark.both_versions
def test_queries_are_saved_with_the_data(people: Raw, opened: Open) -> None:
    repository = opened(people)
    queries, start = repository.queries, people.head()
    assert queries.queries("main") == () == queries.queries(start)
    who = queries.new("  who \n moved ", "SELECT '?%s', `a`\n-- it''s\nFROM people;\n", "it's")
    other = queries.new("all", "SELECT 1")
    repository.undo.perform("main", "save", lambda: queries.add("main", who))
    queries.add("main", other)
    found = queries.queries("main")
    assert [(query.name, query.query, query.description, query.order) for query in found] == [
        ("who moved", "SELECT '?%s', `a`\n-- it''s\nFROM people;", "it's", 1),
        ("all", "SELECT 1", "", 2),
    ]
    assert people.status() == {(queries.table, False, "new table")}
    saved = people.commit("queries")
    changed = replace(found[0], name="moved", query="SELECT 2")
    queries.change("main", found[0], changed)
    with pytest.raises(ChangedMeanwhile, match="The query who moved has changed since it was read"):
        queries.change("main", found[0], replace(found[0], name="x"))
    with pytest.raises(ChangedMeanwhile):
        queries.delete("main", found[0])
    queries.delete("main", found[1])
    assert queries.queries("main") == (changed,)
    assert queries.queries(saved) == found, "as they were at a commit"
    assert queries.queries(start) == ()
    with pytest.raises(InvalidName):
        queries.new(" \n", "SELECT 1")


def test_what_is_shown_is_what_runs(repository: Repository, raw: Raw) -> None:
    query = repository.queries.new("it's", "SELECT '\\n'\n", "")
    raw.run(*map(str, repository.queries.add_calls(query)))
    (found,) = repository.queries.queries("main")
    assert replace(found, order=0) == query
    raw.run(*map(str, repository.queries.change_calls(found, replace(found, name="b"))))
    (found,) = repository.queries.queries("main")
    assert found.name == "b"
    raw.run(*map(str, repository.queries.delete_calls(found)))
    assert repository.queries.queries("main") == ()


def test_a_table_of_the_users_is_left_alone(lite: Raw, opened: Open) -> None:
    lite.run("CREATE TABLE query_catalog (name TEXT)", "INSERT INTO query_catalog VALUES ('mine')")
    repository = opened(lite)
    assert repository.queries.queries("main") == ()
    with pytest.raises(EngineError, match="holds something else"):
        repository.queries.add("main", repository.queries.new("a", "SELECT 1"))
    assert lite.rows("SELECT * FROM query_catalog") == [("mine",)]
