"""Remotes: adding, fetching, pushing, cloning; each with what can go wrong. They are directories and files."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pymysql
import pytest

from dolt_tui.engine.backends.embedded import driver
from dolt_tui.engine.errors import (
    AlreadyExists,
    EngineError,
    InvalidName,
    NoDoltData,
    NothingShared,
    NoUpstream,
    PermissionDenied,
    PushRejected,
    RefNotFound,
    RemoteBranchNotFound,
    RemoteNotFound,
    RemoteUnreachable,
)
from dolt_tui.engine.errors.translation import translate
from dolt_tui.engine.model import AheadBehind, MergeKind
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt, RawLite
from .test_refs import LEGAL, accepted


@pytest.fixture
def place(people: Raw, tmp_path: Path) -> str:
    """The URL of a remote that is not there yet."""
    return f"file://{tmp_path}/origin" + ("" if people.dolt else ".db")


@pytest.fixture
def origin(people: Raw, repository: Repository, place: str) -> str:
    """The remote origin, which has main; its URL."""
    repository.remotes.add("main", "origin", place)
    repository.remotes.push("main", "origin")
    return place


Clone = Callable[[], Raw]


@pytest.fixture
def clone(people: Raw, origin: str, tmp_path: Path) -> Any:
    """``clone()``: a second database that was cloned from the remote, through the bare driver."""
    made: list[RawDolt] = []

    def make() -> Raw:
        if isinstance(people, RawLite):
            path = tmp_path / "clone.db"
            with closing(driver.connect(path, create=True)) as connection:
                connection.execute("SELECT dolt_clone(?)", (origin,)).fetchall()
            return RawLite(path)
        assert isinstance(people, RawDolt)
        name = f"{people.database}_clone"
        people.call("dolt_clone", origin, name)
        made.append(RawDolt(replace(people.target, database=name)))
        return made[-1]

    yield make
    for raw in made:
        with closing(raw.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {raw.database}")


def remote_branches(raw: Raw) -> dict[str, str]:
    return dict(raw.rows("SELECT name, hash FROM dolt_remote_branches"))


def insert(raw: Raw, id_: int, at: str = "main") -> str:
    """Commit one more row; the hash."""
    raw.run(f"INSERT INTO people VALUES ({id_}, 'new')", at=at)
    return raw.commit(f"row {id_}", at=at)


def test_add_list_and_remove(people: Raw, repository: Repository, place: str) -> None:
    assert repository.remotes.remotes("main") == ()
    repository.remotes.add("main", "origin", place)
    repository.remotes.add("main", "a-b_2", place + "2")
    found = repository.remotes.remotes("main")
    assert [(remote.name, remote.url) for remote in found] == [("a-b_2", place + "2"), ("origin", place)]
    with pytest.raises(AlreadyExists, match="a remote origin"):
        repository.remotes.add("main", "origin", place)
    repository.remotes.remove("main", "origin")
    assert [row[0] for row in people.rows("SELECT name FROM dolt_remotes")] == ["a-b_2"]
    with pytest.raises(RemoteNotFound):
        repository.remotes.remove("main", "origin")


def test_names_and_urls_of_remotes_that_are_refused(people: Raw, repository: Repository, place: str) -> None:
    names = ["", " ", "a b", "a/b", "-x", "--", "a.b", "ünï", "a:b", "a~b", "x\n", "🏔", "'", "[b]"]
    assert accepted(names, lambda name: repository.remotes.add("main", name, place)) == []
    for url in ("", " ", "nowhere", "file:// x", "https://a b/c", "a/b/c", "file:///x\n", "--x"):
        with pytest.raises(EngineError):
            repository.remotes.add("main", "origin", url)
    assert people.rows("SELECT name FROM dolt_remotes") == []


def test_odd_names_that_somebody_gave(dolt: RawDolt, opened: Open, tmp_path: Path) -> None:
    dolt.run("CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR(40))")
    dolt.commit()
    repository = opened(dolt)
    dolt.call("dolt_remote", "add", "--", "-x", f"file://{tmp_path}/x")
    assert repository.remotes.push("main", "-x")
    repository.remotes.fetch("main", "-x", prune=True)
    assert [item.tracking for item in repository.remotes.branches("main")] == ["-x/main"]
    repository.remotes.remove("main", "-x")
    assert dolt.rows("SELECT * FROM dolt_remotes") == []


def test_passwords_are_never_shown(people: Raw, repository: Repository) -> None:
    url = "http://me:Sekret1@127.0.0.1:1/a/b"
    repository.remotes.add("main", "origin", url)
    assert people.rows("SELECT url FROM dolt_remotes") == [(url,)]
    assert repository.remotes.remotes("main")[0].url == "http://me:***@127.0.0.1:1/a/b"
    with pytest.raises(AlreadyExists):
        repository.remotes.add("main", "origin", url)
    with pytest.raises(RemoteUnreachable) as caught:
        repository.remotes.fetch("main", "origin")
    assert "Sekret1" not in caught.value.message + caught.value.detail
    assert "Sekret1" not in repr(repository.statements.entries())
    assert "me:***@" in repr(repository.statements.entries())
    assert caught.value.advice


@pytest.mark.both_versions
def test_push_fetch_and_the_branches_of_a_remote(
    people: Raw, repository: Repository, origin: str, clone: Clone
) -> None:
    assert remote_branches(people) == {"remotes/origin/main": people.head()}
    other = clone()
    tip = insert(other, 10)
    other.call("dolt_branch", "feature/x")
    for branch in ("main", "feature/x"):
        other.call("dolt_push", "origin", branch, at=branch)
    token = repository.refs.fingerprint("main", refs=True)
    repository.remotes.fetch("main", "origin")
    assert repository.refs.fingerprint("main", refs=True).refs != token.refs
    found = repository.remotes.branches("main")
    assert {(item.remote, item.name, item.hash) for item in found} == {
        ("origin", "feature/x", tip),
        ("origin", "main", tip),
    }
    assert found[0].message == "row 10"
    assert found[0].date.utcoffset() is not None
    head = people.head()
    assert repository.refs.ahead_behind_pairs("main", [(head, tip), (tip, head), (tip, tip)]) == {
        (head, tip): AheadBehind(0, 1),
        (tip, head): AheadBehind(1, 0),
        (tip, tip): AheadBehind(0, 0),
    }
    digest = repository.refs.digest(repository.refs.branches("main"), repository.tags.tags("main"), found)
    assert digest == repository.refs.fingerprint("main", refs=True).refs


def test_odd_names_of_branches(people: Raw, repository: Repository, origin: str) -> None:
    for name in LEGAL:
        if len(name) < 50:
            check_odd_name(people, repository, name)
            people.call("dolt_branch", "-D", "--", name)


def check_odd_name(people: Raw, repository: Repository, name: str) -> None:
    """A branch of this name, which is not there yet, can be pushed, followed and deleted on the remote."""
    people.call("dolt_branch", "--", name)
    repository.remotes.push(name, "origin", track=people.dolt)
    assert remote_branches(people)[f"remotes/origin/{name}"] == people.head()
    (found,) = [item for item in repository.remotes.branches("main") if item.name != "main"]
    assert found.tracking == f"origin/{name}"
    if people.dolt and '"' not in name:
        assert repository.refs.branches("main")[-1 if name > "main" else 0].tracking == found.tracking
        repository.refs.set_upstream("main", "main", "origin", name)
    elif people.dolt:
        with pytest.raises(InvalidName, match="quotation mark"):
            repository.refs.set_upstream("main", "main", "origin", name)
    repository.remotes.fetch("main", "origin", prune=True)
    repository.remotes.delete_branch("main", "origin", name)
    assert set(remote_branches(people)) == {"remotes/origin/main"}


def test_pruning(people: Raw, repository: Repository, origin: str, clone: Clone) -> None:
    people.call("dolt_branch", "b")
    repository.remotes.push("b", "origin")
    clone().call("dolt_push", "origin", ":b")
    repository.remotes.fetch("main", "origin")
    if people.dolt:  # DoltLite prunes always
        assert set(remote_branches(people)) == {"remotes/origin/main", "remotes/origin/b"}
    repository.remotes.fetch("main", "origin", prune=True)
    assert set(remote_branches(people)) == {"remotes/origin/main"}
    assert set(people.branches()) == {"main", "b"}


def test_push_up_to_date_to_another_name_and_track(people: Raw, repository: Repository, origin: str) -> None:
    if people.dolt:
        assert not repository.remotes.push("main", "origin")
    insert(people, 10)
    assert repository.remotes.push("main", "origin", "other/name", track=people.dolt)
    assert remote_branches(people)["remotes/origin/other/name"] == people.head()
    (branch,) = repository.refs.branches("main")
    assert branch.tracking == ("origin/other/name" if people.dolt else "")
    insert(people, 11)
    assert repository.remotes.push("main", "origin", "other/name")  # Dolt refuses a push without names here
    assert remote_branches(people)["remotes/origin/other/name"] == people.head()
    with pytest.raises(InvalidName):
        repository.remotes.push("main", "origin", ":main")


@pytest.mark.both_versions
def test_a_rejected_push(people: Raw, repository: Repository, origin: str, clone: Clone) -> None:
    other = clone()
    theirs = insert(other, 10)
    other.call("dolt_push", "origin", "main")
    ours = insert(people, 11)
    with pytest.raises(PushRejected, match="has commits that this one lacks"):
        repository.remotes.push("main", "origin")
    repository.remotes.fetch("main", "origin")
    assert remote_branches(people) == {"remotes/origin/main": theirs}
    lost = repository.history.compare("main", ours, theirs)
    assert [commit.summary for commit in lost.commits] == ["row 10"]
    moved = insert(other, 12)
    other.call("dolt_push", "origin", "main")
    with pytest.raises(PushRejected, match="has moved since"):
        repository.remotes.push("main", "origin", replacing=theirs)
    assert remote_branches(people) == {"remotes/origin/main": moved}
    assert repository.remotes.push("main", "origin", replacing=moved)
    other.call("dolt_fetch", "origin")
    assert remote_branches(other) == {"remotes/origin/main": ours}


def test_merge_a_remote_branch(people: Raw, repository: Repository, origin: str, clone: Clone) -> None:
    other = clone()
    tip = insert(other, 10)
    other.call("dolt_push", "origin", "main")
    insert(people, 11)
    people.call("dolt_branch", "origin/main", "HEAD~1")  # a local branch of that name is another one
    repository.remotes.fetch("main", "origin")
    preview = repository.merging.preview("main", "origin/main", tip=tip, counts=True, conflicts=True)
    assert (preview.ours, preview.theirs, preview.conflicts, preview.blocked_by) == (1, 1, (), "")
    repository.merging.merge("main", "origin/main", MergeKind.COMMIT, tip=tip)
    assert people.rows("SELECT id FROM people WHERE id > 9 ORDER BY id") == [(10,), (11,)]
    assert repository.history.commit("main", "main").parents[1] == tip


def test_bring_a_branch_forward_without_standing_on_it(
    people: Raw, repository: Repository, origin: str, clone: Clone
) -> None:
    people.call("dolt_branch", "b")
    people.run("CREATE TABLE own (id INTEGER PRIMARY KEY)", at="b")  # uncommitted, and not in the way
    other = clone()
    tip = insert(other, 10)
    other.call("dolt_push", "origin", "main")
    repository.remotes.fetch("main", "origin")
    assert repository.merging.merge("b", "origin/main", MergeKind.FAST_FORWARD, tip=tip).fast_forward
    assert people.branches()["b"] == tip
    assert people.status("b") == {("own", False, "new table")}


@pytest.mark.both_versions
def test_a_branch_that_follows_a_remote_one(people: Raw, repository: Repository, origin: str, clone: Clone) -> None:
    other = clone()
    other.call("dolt_branch", "feature/x")
    tip = insert(other, 10, at="feature/x")
    other.call("dolt_push", "origin", "feature/x", at="feature/x")
    repository.remotes.fetch("main", "origin")
    repository.refs.create_branch("main", "feature/x", tip)
    assert people.branches()["feature/x"] == tip
    if people.dolt:
        repository.refs.set_upstream("main", "feature/x", "origin", "feature/x")
        assert repository.refs.branches("main")[0].tracking == "origin/feature/x"


def test_delete_a_branch_on_the_remote(people: Raw, repository: Repository, origin: str, clone: Clone) -> None:
    people.call("dolt_branch", "b")
    repository.remotes.push("b", "origin")
    repository.remotes.delete_branch("main", "origin", "b")
    assert set(remote_branches(people)) == {"remotes/origin/main"}
    assert set(remote_branches(clone())) == {"remotes/origin/main"}
    assert set(people.branches()) == {"main", "b"}
    for name in ("b", "nope", "-x"):
        with pytest.raises(RemoteBranchNotFound, match=f"origin has no branch {name}"):
            repository.remotes.delete_branch("main", "origin", name)
    with pytest.raises(InvalidName):
        repository.remotes.delete_branch("main", "origin", "")


def test_push_a_tag(people: Raw, repository: Repository, origin: str, clone: Clone) -> None:
    people.call("dolt_tag", "-m", "the first", "v1", "main")
    repository.remotes.push_tag("main", "origin", "v1")
    other = clone()
    assert other.rows("SELECT tag_name, tag_hash, message FROM dolt_tags") == [("v1", people.head(), "the first")]
    assert set(remote_branches(people)) == {"remotes/origin/main"}
    people.call("dolt_branch", "v1")
    insert(people, 10, at="v1")
    if people.dolt:
        repository.remotes.push_tag("main", "origin", "v1")
        assert set(remote_branches(people)) == {"remotes/origin/main"}
    else:
        with pytest.raises(EngineError, match="There is also a branch v1"):
            repository.remotes.push_tag("main", "origin", "v1")
    with pytest.raises(EngineError):
        repository.remotes.push_tag("main", "origin", "nope")


def test_what_is_not_there(people: Raw, repository: Repository, origin: str) -> None:
    for act in (
        lambda: repository.remotes.fetch("main", "nope"),
        lambda: repository.remotes.push("main", "nope"),
        lambda: repository.remotes.push_tag("main", "nope", "x"),
        lambda: repository.remotes.delete_branch("main", "nope", "x"),
    ):
        with pytest.raises(RemoteNotFound):
            act()


def test_histories_that_began_apart(dolt: RawDolt, opened: Open, tmp_path: Path) -> None:
    other = opened(dolt)
    dolt.run("CREATE DATABASE apart")
    try:
        other.remotes.add("main", "origin", f"file://{tmp_path}/origin")
        other.remotes.push("main", "origin")
        apart = RawDolt(replace(dolt.target, database="apart"))
        repository = opened(apart)
        repository.remotes.add("main", "origin", f"file://{tmp_path}/origin")
        with pytest.raises(NothingShared):
            repository.remotes.push("main", "origin")
        repository.remotes.fetch("main", "origin")
        with pytest.raises(NothingShared):
            repository.merging.preview("main", "origin/main")
    finally:
        dolt.run("DROP DATABASE apart")


def test_texts_of_dolt_without_a_remote_or_upstream(dolt: RawDolt, tmp_path: Path) -> None:
    def failure(*call: str) -> EngineError:
        with pytest.raises(pymysql.MySQLError) as caught:
            dolt.call(*call)
        return translate(caught.value)

    for call in (("dolt_push",), ("dolt_pull",), ("dolt_fetch",)):
        assert type(failure(*call)) is NoUpstream
    dolt.call("dolt_remote", "add", "origin", f"file://{tmp_path}/origin")
    assert type(failure("dolt_push")) is NoUpstream
    dolt.call("dolt_push", "origin", "main")
    assert type(failure("dolt_pull", "origin", "nope")) is RemoteBranchNotFound
    last = failure("dolt_push", "origin", ":main")
    assert type(last) is RemoteBranchNotFound
    assert "last branch" in last.message
    assert type(failure("dolt_remote", "add", "a b", "file:///x")) is InvalidName
    assert type(failure("dolt_remote", "add", "x", "file:///proc/no/x")) is RemoteUnreachable
    (tmp_path / "file").write_text("hello")
    assert type(failure("dolt_remote", "add", "x", f"file://{tmp_path}/file")) is NoDoltData
    dolt.call("dolt_remote", "add", "ftp", "ftp://x/y")
    assert type(failure("dolt_fetch", "ftp")) is RemoteUnreachable


def test_who_may_only_read_sees_them_and_changes_nothing(
    dolt: RawDolt, opened: Open, reader: tuple[str, str], tmp_path: Path
) -> None:
    dolt.run("CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR(40))")
    dolt.commit()
    dolt.call("dolt_remote", "add", "origin", f"file://{tmp_path}/origin")
    dolt.call("dolt_push", "origin", "main")
    dolt.call("dolt_tag", "v1")
    user, password = reader
    repository = opened(dolt, user=user, password=password)
    assert [remote.name for remote in repository.remotes.remotes("main")] == ["origin"]
    assert [item.tracking for item in repository.remotes.branches("main")] == ["origin/main"]
    for act in (
        lambda: repository.remotes.fetch("main", "origin"),
        lambda: repository.remotes.push("main", "origin"),
        lambda: repository.remotes.add("main", "second", f"file://{tmp_path}/second"),
        lambda: repository.remotes.remove("main", "origin"),
        lambda: repository.remotes.clone("main", f"file://{tmp_path}/origin", "denied"),
        lambda: repository.refs.rename_branch("main", "b", "c"),
        lambda: repository.tags.delete("main", "v1"),
    ):
        with pytest.raises((PermissionDenied, RefNotFound)):
            act()
    assert dolt.scalar("SELECT count(*) FROM dolt_remotes") == 1


def test_reading_them_at_a_commit(people: Raw, repository: Repository, origin: str) -> None:
    head = people.head()
    names = [remote.name for remote in repository.remotes.remotes(head)]
    assert names == ([] if people.dolt else ["origin"])  # Dolt knows the remotes on a branch only
    assert [item.tracking for item in repository.remotes.branches(head)] == ["origin/main"]
