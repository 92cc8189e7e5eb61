"""What the main pane is to show for the selection of each pane, told by the pane and the state alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from dolt_tui.engine.browsing.query import Query
from dolt_tui.engine.model import (
    HEAD,
    STAGED,
    WORKING,
    Branch,
    BranchFingerprint,
    Changes,
    Commit,
    Comparison,
    Halves,
    ReflogEntry,
    RowCounts,
    Stash,
    Status,
    Table,
    TableChange,
    Tag,
)
from dolt_tui.ui.actions.groups import command_set
from dolt_tui.ui.commands import keymap
from dolt_tui.ui.main_view.commit import CommitView
from dolt_tui.ui.main_view.compare import CompareView
from dolt_tui.ui.main_view.diff import DiffView
from dolt_tui.ui.main_view.schema import SchemaView
from dolt_tui.ui.main_view.stash import StashView
from dolt_tui.ui.main_view.table import TableView
from dolt_tui.ui.main_view.uncommitted import UncommittedView
from dolt_tui.ui.panes.branches import BranchesPane
from dolt_tui.ui.panes.changes import ChangesPane
from dolt_tui.ui.panes.log import LogPane
from dolt_tui.ui.panes.reflog import ReflogPane
from dolt_tui.ui.panes.stashes import StashesPane
from dolt_tui.ui.panes.tables import TablesPane
from dolt_tui.ui.panes.tags import TagsPane
from dolt_tui.ui.present.grid_rows import Row
from dolt_tui.ui.present.text import cell
from dolt_tui.ui.session.state import Pair, State

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.panes.pane import Pane

WHEN = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
MAIN, OTHER, BASE = "m" * 32, "f" * 32, "b" * 32


@pytest.fixture(autouse=True)
def keys() -> Iterator[None]:
    keymap.use(command_set())
    yield
    keymap.use(None)


def state(*, read_only: bool = False, lacks: str = "", **known: Any) -> State:
    """What is known on the branch ``main``; the repository only tells what is open."""
    info = SimpleNamespace(default_branch="main", read_only=read_only, lacks=lambda _what: lacks or None)
    found = State(cast("Repository", SimpleNamespace(info=info)), known.pop("branch", "main"))
    found.fingerprint = BranchFingerprint(BASE, MAIN, "", "")
    for name, value in known.items():
        setattr(found, name, value)
    return found


def select(pane: Pane, *values: object) -> None:
    """Let a pane show these values, the cursor on the first one."""
    pane.grid.set_rows(Row(number, (cell(str(value)),), value=value) for number, value in enumerate(values))


def branch(name: str, hash_: str) -> Branch:
    return Branch(name, hash_, False, "Ann", WHEN, "")


def changed(*, staged: bool = False, status: Status = Status.MODIFIED, counted: bool = True) -> TableChange:
    return TableChange("t", status, staged=staged, counts=RowCounts(1) if counted else None)


def changes(found: Iterable[TableChange]) -> Changes:
    every = tuple(found)
    return Changes(tuple(item for item in every if not item.staged), tuple(item for item in every if item.staged))


@pytest.mark.parametrize(
    ("selected", "others", "old", "new", "plain"),
    [
        (changed(), [], HEAD, WORKING, True),
        (changed(counted=False), [], HEAD, WORKING, False),
        (changed(status=Status.NEW), [], HEAD, WORKING, False),
        (changed(staged=True), [], HEAD, STAGED, False),
        (changed(), [changed(staged=True)], HEAD, WORKING, False),
    ],
    ids=["unstaged", "not counted yet", "new", "staged", "staged before too"],
)
def test_a_changed_table(selected: TableChange, others: list[TableChange], old: str, new: str, plain: bool) -> None:
    pane = ChangesPane()
    select(pane, selected)
    view = pane.view(state(changes=changes([selected, *others])))
    assert view == UncommittedView("t", old, new)
    assert isinstance(view, UncommittedView)
    assert view.plain is plain
    assert view.change == selected
    listed = [selected, *others]
    assert view.known == Halves(any(one.staged for one in listed), any(not one.staged for one in listed))


def test_who_is_in_uncommitted_rows_stays_there_as_long_as_there_are_some() -> None:
    pane, view = ChangesPane(), UncommittedView("t", HEAD, WORKING, plain=True, known=Halves(unstaged=True))
    kept = pane.kept(view, state(changes=changes([changed(staged=True)])))
    assert kept == view
    assert kept is not None
    assert (kept.known, kept.plain) == (Halves(staged=True), False)
    staged = UncommittedView("t", HEAD, STAGED)
    assert pane.kept(staged, state(changes=changes([changed()]))) is None
    for other in (staged, DiffView("t", HEAD, WORKING), None):
        assert pane.kept(other, state()) is None


def test_nothing_changed_and_why() -> None:
    pane = ChangesPane()
    clean = str(pane.view(state(tables=(Table("t"),))))
    assert clean.startswith(
        "Nothing has changed on main since its last commit.\n\n4 ⏎  rows of a table: e edits a cell,"
    )
    assert "{" not in clean
    assert str(pane.view(state())).startswith("There are no tables on main yet.\n\n4 n  make one by a form:")
    assert pane.view(state(unread={"changes": "lost"})) == "What has changed on main could not be read."
    at = state(branch=OTHER, came_from="main", at="v1")
    assert pane.view(at) == "At v1 there are no changes: it is a commit. esc goes back to main."


def test_a_table_of_a_comparison() -> None:
    pane, pair = ChangesPane(), Pair("main", MAIN, "feature", OTHER)
    compared = Comparison(MAIN, OTHER, BASE, 0, 1, (), (changed(),), old=BASE)
    assert pane.view(state(pair=pair, comparison=compared)) == "Nothing differs: main...feature."
    select(pane, changed())
    assert pane.view(state(pair=pair, comparison=compared)) == DiffView("t", BASE, OTHER)
    assert "could not be read" in str(pane.view(state(pair=pair, unread={"comparison": "lost"})))


def test_what_a_filter_leaves_out_is_told() -> None:
    pane = ChangesPane()
    select(pane, changed())
    assert pane.filtered_out == ""
    pane.grid.set_filter("nowhere")
    assert pane.filtered_out == "Nothing in Changes matches the filter."


def test_branches_are_compared_with_the_current_one() -> None:
    pane = BranchesPane()
    main, feature = branch("main", MAIN), branch("feature", OTHER)
    assert pane.view(state()) == "No branch is selected."
    select(pane, feature)
    assert pane.view(state(branches=(main, feature))) == CompareView("feature", OTHER, "main", MAIN)
    select(pane, main)
    assert "main is the current branch." in str(pane.view(state(branches=(main, feature))))
    select(pane, feature)
    on_it = state(branch="feature", branches=(main, feature))
    on_it.fingerprint = BranchFingerprint(BASE, OTHER, "", "")
    assert pane.view(on_it) == CompareView("feature", OTHER, "main", MAIN), "the current one with the default one"


def test_a_table_with_its_rows_as_they_were_last_wanted() -> None:
    pane = TablesPane()
    assert str(pane.view(state())).startswith("There are no tables on main yet.\n\n4 n  make one by a form:")
    assert pane.view(state(unread={"tables": "lost"})) == "The tables could not be read."
    select(pane, Table("t"))
    assert pane.view(state()) == TableView("t")
    query = Query("t", sort="id")
    known = state()
    known.keep_query("t", query)
    assert pane.view(known) == TableView("t", query)
    known.keep_query("t", None)
    assert pane.view(known) == TableView("t")
    known.schema_shown = True
    assert pane.view(known) == SchemaView("t")
    assert pane.view(state(pair=Pair("main", MAIN, "feature", OTHER))) == TableView("t", revision=OTHER)


def test_rows_are_wanted_as_before_on_another_branch() -> None:
    known = state(schema_shown=True)
    known.keep_query("t", Query("t", sort="id"))
    known.leave("feature")
    assert (known.query_of("t"), known.schema_shown) == (Query("t", sort="id"), False)


def test_commits() -> None:
    log, tags, reflog = LogPane(), TagsPane(), ReflogPane()
    assert log.view(state()) == "No commit is selected."
    assert tags.view(state()) == "No tag is selected."
    assert reflog.view(state()) == "Nothing is selected."
    assert reflog.view(state(lacks="This one has no reflog")) == "This one has no reflog."
    select(log, Commit(OTHER, "Ann", "", WHEN, "Change it", (MAIN,)))
    select(tags, Tag("v1", OTHER))
    select(reflog, ReflogEntry(OTHER, WHEN, "Change it"))
    for pane in (log, tags, reflog):
        assert pane.view(state()) == CommitView(OTHER)


def test_a_stash_is_opened_only_when_that_is_asked_for() -> None:
    pane, stash = StashesPane(), Stash("mine", "stash@{0}", "main", MAIN, "Change it")
    assert pane.view(state()) == "No stash is selected."
    select(pane, stash)
    assert "reads what it holds" in str(pane.view(state()))
    assert "opened read-only" in str(pane.view(state(read_only=True)))
    pane.open(stash)
    assert pane.view(state()) == StashView(stash)
    assert pane.view(state(lacks="Too old")) == "Too old."
