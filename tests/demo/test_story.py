"""The tutorial's database, on both engines: what the tutorial prints is what stands in it."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pymysql
import pytest

from dolt_tui.demo.build import DATABASE, Demo, build, existing, play
from dolt_tui.demo.story import FIRST_MESSAGE, LOCAL_CHANGE, STEPS, At, steps_to
from dolt_tui.engine import open_repository
from dolt_tui.engine.browsing.query import Query
from dolt_tui.engine.connecting.private_server import PrivateServer, write_configuration
from dolt_tui.engine.connecting.target import FileTarget, ServerTarget, TargetError, parse_target
from dolt_tui.engine.errors import AlreadyExists, EngineError, OpenError
from dolt_tui.engine.model import MergeKind, Status
from dolt_tui.engine.opening import Options
from dolt_tui.engine.repository import Repository

CREATED = [("Created tables", "Tim", "tim@example.com")]
INSERTED = [("Inserted data into tables", "Aaron", "aaron@example.com"), *CREATED]
DATA = ("Modified data on branch", "Brian", "brian@example.com")
SCHEMA = ("Modified schema on branch", "Tim", "tim@example.com")

ON_MAIN = [
    "Engineering: Tim Sehn",
    "Engineering: Brian Hendriks",
    "Engineering: Aaron Son",
    "Sales: Tim Sehn",
    "Sales: Brian Fitzgerald",
]
ON_DATA = [
    "Engineering: Timothy Sehn",
    "Engineering: Brian Hendriks",
    "Engineering: Aaron Son",
    "Engineering: Daylon Wilkins",
    "Sales: Brian Fitzgerald",
]
ON_SCHEMA = [
    "Engineering: Tim Sehn 2018-08-06",
    "Engineering: Brian Hendriks 2018-08-06",
    "Engineering: Aaron Son 2018-08-06",
    "Sales: Tim Sehn 2018-08-06",
    "Sales: Brian Fitzgerald 2021-04-19",
]
MERGED = [
    "Engineering: Timothy Sehn 2018-08-06",
    "Engineering: Brian Hendriks 2018-08-06",
    "Engineering: Aaron Son 2018-08-06",
    "Engineering: Daylon Wilkins",
    "Sales: Brian Fitzgerald 2021-04-19",
]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty directory for temporary files; short, as servers put sockets there."""
    with tempfile.TemporaryDirectory(prefix="dt-") as name:
        monkeypatch.setattr(tempfile, "tempdir", name)
        yield Path(name)


def ask(server: ServerTarget, *statements: str, database: str | None = None) -> list[tuple[Any, ...]]:
    """The rows of the last of the statements, each run by itself."""
    with pymysql.connect(
        user=server.user,
        password=server.password,
        host=server.host,
        port=server.port,
        database=database,
        ssl_disabled=True,
        autocommit=True,
    ) as connection:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall())


@pytest.fixture
def server(server_of_version: PrivateServer) -> Iterator[ServerTarget]:
    """A server without the demonstration's database, which is dropped afterwards."""
    login = server_of_version.connect_arguments
    target = ServerTarget(user=login.user, password=login.password, host=login.host, port=login.port)
    yield target
    ask(target, f"DROP DATABASE IF EXISTS {DATABASE}", "CALL dolt_purge_dropped_databases()")


@pytest.fixture(params=["DoltLite", "Dolt"])
def place(request: pytest.FixtureRequest, dolt_version: str) -> ServerTarget | None:
    """Where the demonstration is built: on either engine."""
    if request.param == "DoltLite":
        return None
    found = request.getfixturevalue("server")
    assert isinstance(found, ServerTarget)
    return found


def opened(demo: Demo) -> Repository:
    return demo.start().open(demo.database, Options(author=demo.author))


def log(repository: Repository, branch: str = "main") -> list[tuple[str, str, str]]:
    """Message, author and e-mail of the branch's commits but the first one, newest first."""
    commits = repository.history.page(branch, [branch], 50).commits
    assert commits[-1].message == FIRST_MESSAGE
    return [(commit.message, commit.author, commit.email) for commit in commits[:-1]]


def summary(repository: Repository, branch: str = "main") -> list[str]:
    """The Team Summary as the tutorial prints it."""
    tables = frozenset(table.name for table in repository.tables.tables(branch))
    found = repository.summaries.summary(branch, tables)
    assert found.columns[:3] == ("team", "last_name", "first_name")
    return [
        " ".join([f"{team}: {first} {last}", *(str(value) for value in rest if value is not None)])
        for team, last, first, *rest in found.rows
    ]


def test_a_new_database(place: ServerTarget | None) -> None:
    with Demo(place, at=At.START) as demo, opened(demo) as repository:
        assert log(repository) == []
        assert repository.tables.tables("main") == ()
        assert not repository.working.uncommitted("main")


def test_created_tables(place: ServerTarget | None) -> None:
    with Demo(place, at=At.CREATED) as demo, opened(demo) as repository:
        assert log(repository) == CREATED
        assert [table.name for table in repository.tables.tables("main")] == ["employees", "employees_teams", "teams"]
        assert summary(repository) == []
        assert repository.summaries.links("main") == ("employees_teams",)
        assert not repository.working.uncommitted("main")


def test_inserted_data(place: ServerTarget | None) -> None:
    with Demo(place, at=At.INSERTED) as demo, opened(demo) as repository:
        assert log(repository) == INSERTED
        assert summary(repository) == ON_MAIN
        assert [branch.name for branch in repository.refs.branches("main")] == ["main"]
        assert not repository.working.uncommitted("main")


@pytest.mark.both_versions
def test_branches_are_what_one_gets(place: ServerTarget | None) -> None:
    with Demo(place) as demo, opened(demo) as repository:
        assert log(repository) == INSERTED
        assert log(repository, "modify_data") == [DATA, *INSERTED]
        assert log(repository, "modify_schema") == [SCHEMA, *INSERTED]
        assert summary(repository) == ON_MAIN
        assert summary(repository, "modify_data") == ON_DATA
        assert summary(repository, "modify_schema") == ON_SCHEMA
        changes = repository.working.status("main")
        assert [(change.table, change.status) for change in changes.unstaged] == [("teams", Status.MODIFIED)]
        assert not changes.staged
        counted = repository.working.with_counts("main", changes).unstaged[0].counts
        assert counted is not None
        assert (counted.added, counted.modified, counted.removed) == (2, 0, 0)
        assert [(branch.name, branch.dirty) for branch in repository.refs.branches("main")] == [
            ("main", True),
            ("modify_data", False),
            ("modify_schema", False),
        ]


@pytest.mark.both_versions
def test_merged(place: ServerTarget | None) -> None:
    with Demo(place, at=At.MERGED) as demo, opened(demo) as repository:
        merge, *others = log(repository)
        assert merge[0] == "Merge branch 'modify_schema' into main"
        assert sorted(others) == sorted([DATA, SCHEMA, *INSERTED])
        assert summary(repository) == MERGED
        assert not repository.working.uncommitted("main")


@pytest.mark.parametrize("first", [MergeKind.FAST_FORWARD, MergeKind.COMMIT])
def test_the_local_change_stands_in_no_merge_s_way(place: ServerTarget | None, first: MergeKind) -> None:
    with Demo(place) as demo, opened(demo) as repository:
        before = repository.working.status("main")
        assert repository.merging.preview("main", "modify_data").in_the_way == ()
        repository.merging.merge("main", "modify_data", first)
        assert summary(repository) == ON_DATA
        assert repository.merging.preview("main", "modify_schema").in_the_way == ()
        repository.merging.merge("main", "modify_schema", MergeKind.COMMIT)
        assert summary(repository) == MERGED
        assert repository.working.status("main") == before
        assert [row[0] for row in repository.rows.page("main", Query("teams"), 9).rows] == [0, 1, 2, 3]


def test_the_local_change_may_be_committed_before_the_merges(place: ServerTarget | None) -> None:
    with Demo(place) as demo, opened(demo) as repository:
        repository.working.stage_all("main")
        repository.commits.commit("main", "New teams")
        repository.merging.merge("main", "modify_data", MergeKind.COMMIT)
        repository.merging.merge("main", "modify_schema", MergeKind.COMMIT)
        assert summary(repository) == MERGED


@pytest.mark.both_versions
def test_played_step_by_step_the_mistake_leaves_nothing(place: ServerTarget | None) -> None:
    with Demo(place, at=At.START) as demo, opened(demo) as repository:
        for step in STEPS:
            before = repository.refs.fingerprint("main", refs=True)
            play(repository, step)
            assert (repository.refs.fingerprint("main", refs=True) == before) == step.leaves_nothing
        assert summary(repository) == MERGED


@pytest.mark.both_versions
def test_a_clock_gives_every_commit_its_time(place: ServerTarget | None) -> None:
    ticks = itertools.count()

    def clock() -> dt.datetime:
        return dt.datetime(2023, 7, 7, 19, next(ticks), tzinfo=dt.UTC)

    with Demo(place, at=At.MERGED, clock=clock) as demo, opened(demo) as repository:
        commits = repository.history.page("main", ["main"], 50).commits
        assert sorted(commit.date for commit in commits) == [
            dt.datetime(2023, 7, 7, 19, minute, tzinfo=dt.UTC) for minute in range(6)
        ]
        assert len(commits[0].parents) == 2
        assert summary(repository) == MERGED


def test_embedded_pictures_are_the_same_each_time() -> None:
    def clock() -> dt.datetime:
        return dt.datetime(2023, 7, 7, tzinfo=dt.UTC)

    hashes = set()
    for _ in range(2):
        with Demo(clock=clock) as demo, opened(demo) as repository:
            hashes.add(tuple(branch.hash for branch in repository.refs.branches("main")))
    assert len(hashes) == 1


def test_the_story_explains_each_step() -> None:
    assert len({step.name for step in STEPS}) == len(STEPS)
    for step in (*STEPS, LOCAL_CHANGE):
        assert step.title
        assert step.explanation.endswith(".")
        assert step.actions
    assert [len(steps_to(at)) for at in At] == [0, 2, 4, len(STEPS) - 2, len(STEPS) - 1]


def test_the_embedded_file_is_gone_afterwards(temporary: Path) -> None:
    with Demo() as demo:
        with opened(demo):
            assert len(list(temporary.iterdir())) == 1
    assert list(temporary.iterdir()) == []


def test_a_closed_demo_does_not_start(temporary: Path, tmp_path: Path) -> None:
    for demo in (Demo(), Demo(keep=tmp_path / "x.db")):
        demo.close()
        with pytest.raises(OpenError, match="is closed"):
            demo.start()
    assert [*temporary.iterdir(), *tmp_path.iterdir()] == []


def test_closing_while_it_is_built_leaves_nothing(temporary: Path) -> None:
    def clock() -> dt.datetime:
        demo.close()
        return dt.datetime(2023, 7, 7, tzinfo=dt.UTC)

    demo = Demo(clock=clock)
    with pytest.raises(EngineError):
        demo.start()
    assert list(temporary.iterdir()) == []


def test_who_closes_second_waits_for_the_first(temporary: Path) -> None:
    """The thread that builds closes where it was cancelled; the program must not end meanwhile."""
    demo = Demo()
    demo.start()
    removing, go_on = threading.Event(), threading.Event()
    demo._undo.callback(go_on.wait, 10)
    demo._undo.callback(removing.set)
    threads = [threading.Thread(target=demo.close) for _ in range(2)]
    for thread in threads:
        thread.start()
        assert removing.wait(10)
    assert all(thread.is_alive() for thread in threads)
    go_on.set()
    threads[1].join()
    assert list(temporary.iterdir()) == []


def test_closing_while_its_server_starts_leaves_nothing(
    dolt_binary: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program may end then, and with it the thread that starts the server."""
    monkeypatch.setenv("PATH", str(dolt_binary.parent), prepend=":")
    wait = PrivateServer.wait
    looked: list[tuple[bool, list[Path]]] = []

    def close_first(server: PrivateServer) -> None:
        demo.close()
        looked.append((server.alive, list(temporary.iterdir())))
        wait(server)

    monkeypatch.setattr(PrivateServer, "wait", close_first)
    demo = Demo(dolt=True)
    with pytest.raises(OpenError):
        demo.start()
    assert looked == [(False, [])]
    assert list(temporary.iterdir()) == []


def test_a_kept_file_opens_again_and_is_not_overwritten(tmp_path: Path, temporary: Path) -> None:
    path = tmp_path / "kept.db"
    with Demo(keep=path) as demo, opened(demo):
        assert demo.database == "kept.db"
    assert parse_target(str(path), tmp_path) == FileTarget(path)
    with open_repository(str(path)) as repository:
        assert summary(repository, "modify_schema") == ON_SCHEMA
    before = path.read_bytes()
    with pytest.raises(TargetError, match=r"kept\.db already exists"):
        Demo(keep=path)
    assert path.read_bytes() == before
    assert list(temporary.iterdir()) == []


def test_somebody_else_s_file_made_meanwhile_is_left(tmp_path: Path) -> None:
    path = tmp_path / "kept.db"
    demo = Demo(keep=path)
    path.write_text("mine")
    with pytest.raises(FileExistsError):
        demo.start()
    assert path.read_text() == "mine"


@pytest.mark.both_versions
def test_a_private_server_and_its_data_are_gone_afterwards(
    binary_of_version: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(binary_of_version.parent), prepend=":")
    with Demo(dolt=True) as demo, opened(demo) as repository:
        assert repository.info.database == DATABASE
        assert summary(repository) == ON_MAIN
    assert list(temporary.iterdir()) == []


def test_a_kept_directory_opens_again(
    dolt_binary: Path, tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(dolt_binary.parent), prepend=":")
    path = tmp_path / "kept"
    with Demo(dolt=True, keep=path) as demo, opened(demo):
        pass
    assert [entry.name for entry in path.iterdir()] == [DATABASE]
    with open_repository(str(path)) as repository:
        assert summary(repository) == ON_MAIN
    assert list(temporary.iterdir()) == []


def test_without_dolt_a_private_server_says_how_to_get_it(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(OpenError, match="dolt is not on PATH"):
        Demo(dolt=True).start()
    assert list(temporary.iterdir()) == []


def test_an_existing_database_is_started_over_only_when_that_is_allowed(
    server: ServerTarget, server_database: ServerTarget
) -> None:
    other = server_database.database
    ask(server, "CREATE TABLE kept (id INT PRIMARY KEY)", "CALL dolt_commit('-Am', 'kept')", database=other)
    ask(server, "CALL dolt_branch('side')", "INSERT INTO kept VALUES (1)", database=other)
    others = ask(server, "SELECT name, hash, dirty FROM dolt_branches", database=other)
    assert existing(server) is None

    with Demo(server, at=At.MERGED) as demo, opened(demo) as repository:
        repository.refs.create_branch("main", "mine", "main")
        repository.run("main", [("CREATE TABLE untracked (id INTEGER NOT NULL PRIMARY KEY)", ())])
        first = repository.history.page("main", ["main"], 50).commits[-1].hash
    assert existing(server) == "6 commits on main and 3 other branches; 1 branch has uncommitted changes"

    with pytest.raises(AlreadyExists, match=DATABASE):
        Demo(server).start()
    with Demo(replace(server, database=DATABASE), start_over=True) as demo, opened(demo) as repository:
        assert log(repository) == INSERTED
        assert repository.history.page("main", ["main"], 50).commits[-1].hash == first
        assert [branch.name for branch in repository.refs.branches("main")] == ["main", "modify_data", "modify_schema"]
        assert [change.table for change in repository.working.uncommitted("main")] == ["teams"]
        assert summary(repository) == ON_MAIN
    assert ask(server, "SELECT name, hash, dirty FROM dolt_branches", database=other) == others


def test_starting_over_ends_a_merge_in_progress(server: ServerTarget) -> None:
    with Demo(server) as demo, opened(demo) as repository:
        repository.call("main", "dolt_merge", "--no-ff", "--no-commit", "modify_schema")
        assert repository.refs.merge_state("main") is not None
    with Demo(server, start_over=True) as demo, opened(demo) as repository:
        assert repository.refs.merge_state("main") is None
        assert summary(repository) == ON_MAIN


def test_a_database_that_does_not_begin_empty_is_not_built_upon(server: ServerTarget) -> None:
    ask(server, f"CREATE DATABASE {DATABASE}", f"CREATE TABLE {DATABASE}.mine (id INT PRIMARY KEY)")
    ask(server, "CALL dolt_commit('-A', '--amend', '-m', 'first')", database=DATABASE)
    with pytest.raises(EngineError, match="its first commit holds mine"):
        Demo(server, start_over=True).start()


def test_the_default_branch_may_have_another_name(dolt_binary: Path, temporary: Path) -> None:
    write_configuration(temporary)
    file = temporary / ".dolt" / "config_global.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"init.defaultbranch": "trunk"}))
    (temporary / "data").mkdir()
    with PrivateServer(temporary / "data", dolt=dolt_binary, root_path=temporary) as own:
        login = own.connect_arguments
        target = ServerTarget(user=login.user, password=login.password, host=login.host, port=login.port)
        with Demo(target, at=At.MERGED) as demo, opened(demo) as repository:
            assert repository.info.default_branch == "trunk"
            assert summary(repository, "trunk") == MERGED
            assert [branch.name for branch in repository.refs.branches("trunk")][-1] == "trunk"


@pytest.mark.parametrize(
    ("server_url", "arguments", "message"),
    [
        ("mysql://root@h/other", {}, "leave other out"),
        ("mysql://root@h", {"dolt": True}, "neither --dolt nor --keep"),
        ("mysql://root@h", {"keep": Path("x")}, "neither --dolt nor --keep"),
        (None, {"keep": Path("/nowhere/at/all")}, "/nowhere/at is not a directory"),
        (None, {"keep": Path("a@b.db")}, "must not hold an @"),
    ],
)
def test_what_does_not_go_together(server_url: str | None, arguments: dict[str, Any], message: str) -> None:
    target = parse_target(server_url, Path.cwd()) if server_url else None
    assert not isinstance(target, FileTarget)
    with pytest.raises(TargetError, match=message):
        Demo(target, **arguments)  # type: ignore[arg-type]


def test_building_twice_is_refused_by_the_engine(place: ServerTarget | None) -> None:
    with Demo(place, at=At.CREATED) as demo, opened(demo) as repository:
        with pytest.raises(EngineError):
            build(repository, At.CREATED)
        assert log(repository) == CREATED
