"""Tags: creating, listing, deleting."""

from __future__ import annotations

import datetime as dt

import pytest

from dolt_tui.engine.errors import AlreadyExists, ReadOnly, RefNotFound
from dolt_tui.engine.model import Author
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw
from .test_refs import ILLEGAL, LEGAL, accepted


def tags(raw: Raw) -> dict[str, tuple[str, str]]:
    return {name: (hash_, text) for name, hash_, text in raw.rows("SELECT tag_name, tag_hash, message FROM dolt_tags")}


@pytest.mark.both_versions
def test_create_list_and_delete(people: Raw, opened: Open) -> None:
    repository = opened(people, author=Author("Ann", "ann@example.com"))
    first = people.head()
    people.run("DELETE FROM people")
    people.commit()
    repository.tags.create("main", "v2", "main", "The second\n\none -m 'x'")
    repository.tags.create("main", "v1", first)
    assert tags(people) == {"v1": (first, ""), "v2": (people.head(), "The second\n\none -m 'x'")}
    one, two = repository.tags.tags("main")
    assert (one.name, one.hash, one.message, one.tagger) == ("v1", first, "", "Ann")
    assert (two.name, two.hash, two.message) == ("v2", people.head(), "The second\n\none -m 'x'")
    assert two.date is not None
    assert abs(two.date - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)
    repository.tags.delete("main", "v2")
    assert set(tags(people)) == {"v1"}
    with pytest.raises(RefNotFound, match="no such tag"):
        repository.tags.delete("main", "v2")


def test_the_connection_s_user_tags_where_no_author_is_configured(people: Raw, repository: Repository) -> None:
    repository.tags.create("main", "v1", "main")
    (tag,) = repository.tags.tags("main")
    assert tag.tagger == people.scalar("SELECT tagger FROM dolt_tags") != ""


def test_names_that_exist_and_starts_that_do_not(people: Raw, repository: Repository) -> None:
    repository.tags.create("main", "v1", "main")
    with pytest.raises(AlreadyExists, match="a tag v1"):
        repository.tags.create("main", "v1", "main")
    with pytest.raises(RefNotFound):
        repository.tags.create("main", "v2", "nope")
    assert set(tags(people)) == {"v1"}


def test_illegal_names_are_refused_before_the_engine_is_asked(people: Raw, repository: Repository) -> None:
    asked, create = len(repository.statements.entries()), repository.tags.create
    names = [*ILLEGAL, "refs/heads/main", "refs/x"]
    assert accepted(names, lambda name: create("main", name, "main")) == []
    assert len(repository.statements.entries()) == asked
    assert tags(people) == {}


def test_odd_names_work(people: Raw, repository: Repository) -> None:
    for name in (*LEGAL, "main"):
        repository.tags.create("main", name, "main", "-d")
        assert tags(people) == {name: (people.head(), "-d")}
        repository.tags.delete("main", name)
        assert tags(people) == {}


def test_a_tag_that_somebody_made_with_a_name_like_an_option(people: Raw, repository: Repository) -> None:
    people.call("dolt_tag", "-m", "m", "--", "-d", "main")
    assert [tag.name for tag in repository.tags.tags("main")] == ["-d"]
    repository.tags.delete("main", "-d")
    assert tags(people) == {}


def test_reading_only(people: Raw, opened: Open) -> None:
    repository = opened(people, read_only=True)
    with pytest.raises(ReadOnly):
        repository.tags.create("main", "v1", "main")
    with pytest.raises(ReadOnly):
        repository.remotes.add("main", "origin", "file:///tmp/x")
    assert tags(people) == {}
