"""Conflicts that are being resolved, without a screen: found, decided, counted, kept, concluded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dolt_tui.config import ConfigError
from dolt_tui.config_rules import KeptRule
from dolt_tui.engine import open_repository
from dolt_tui.engine.browsing.query import Query
from dolt_tui.engine.conflicts import plans
from dolt_tui.engine.connecting.target import FileTarget
from dolt_tui.engine.model.conflicts import Incoming, ResolutionPlan, Rule, RuleKind, RuleTrial, Side
from dolt_tui.engine.repository import Repository
from dolt_tui.engine.undo.steps import UndoSettings
from dolt_tui.ui.commands import CommandSet, command, keymap
from dolt_tui.ui.session import events
from dolt_tui.ui.session.resolving import Resolving
from dolt_tui.ui.session.settings import Settings
from tests.session.conftest import Desk, Named

NAMES = {1: "one", 2: "two", 3: "three", 4: "four"}


class Keyed(Named):
    """More commands that sentences name."""

    @command("progress", "m", "options…", "Go on")
    def progress(self) -> None: ...

    @command("commit", "c", "commit", "Commit")
    def commit(self) -> None: ...


def change(repository: Repository, branch: str, names: dict[int, str], message: str) -> None:
    sets = [("UPDATE people SET name = ? WHERE id = ?", (name, key)) for key, name in names.items()]
    repository.run(branch, sets)
    repository.working.stage(branch, ["people"])
    repository.commits.commit(branch, message, "", None)


def fork(repository: Repository) -> None:
    """main and other changed the names of the same three people, and one more each of their own."""
    repository.run("main", [("INSERT INTO people VALUES (?, ?)", (key, name)) for key, name in NAMES.items()])
    repository.working.stage("main", ["people"])
    repository.commits.commit("main", "Add people", "", None)
    repository.refs.delete_branch("main", "other", force=True)
    repository.refs.create_branch("main", "other", "main")
    change(repository, "main", {1: "a", 2: "b", 3: "c"}, "Ours")
    change(repository, "other", {1: "x", 2: "y", 3: "zz", 4: "w"}, "Theirs")


def names(repository: Repository, branch: str = "main") -> dict[int, str]:
    page = repository.rows.page(branch, Query("people"), 10)
    return {int(row[0]): str(row[1]) for row in page.rows}


def merging(repository: Repository) -> Incoming:
    return repository.incoming.merge("main", "other")


Start = Callable[..., Desk]


@pytest.fixture
def start(people: FileTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts a session on the database; what it keeps is kept in a directory of the test's."""
    monkeypatch.setattr(keymap, "_current", CommandSet([Keyed]))
    desks: list[Desk] = []

    def begin(settings: Settings | None = None) -> Desk:
        made = Desk(open_repository(people, undo=UndoSettings(tmp_path / "state")), settings or Settings())
        desks.append(made)
        made.session.open(made.repository)
        made.settle()
        return made

    yield begin
    for desk in desks:
        desk.jobs.close()
        desk.repository.close()


def take(resolving: Resolving, key: int, side: Side) -> None:
    found = resolving.found
    assert found is not None
    resolving.decide(plans.take_row(resolving.plan, found.commit, "people", (key,), side), f"{side} of {key}")


def test_it_is_decided_counted_taken_back_kept_and_concluded_as_one_step(start: Start) -> None:
    desk = start()
    fork(desk.repository)
    desk.session.refresh.read_all()
    desk.settle()
    session, resolving, state = desk.session, desk.session.resolving, desk.session.state
    before = state.repository.refs.look("main")
    resolving.open(merging(desk.repository))
    assert session.busy == "look for conflicts"
    desk.jobs.cancel("preview")  # as esc does
    desk.settle()
    assert (session.busy, resolving.now, desk.of(events.ResolvingOpened)) == ("", None, [])
    resolving.open(merging(desk.repository))
    desk.settle()
    assert len(desk.of(events.ResolvingOpened)) == 1
    assert (resolving.left, resolving.of, resolving.left_of("people")) == (3, 3, 3)
    assert (state.unfinished and state.unfinished.progress) == "3 of 3 left"
    take(resolving, 1, Side.THEIRS)
    take(resolving, 2, Side.OURS)
    desk.settle()
    assert (resolving.left, resolving.can_take_back) == (1, "ours of 2")
    assert resolving.broken == ()
    assert resolving.take_back() == "ours of 2"
    desk.settle()
    assert resolving.left == 2
    take(resolving, 2, Side.THEIRS)
    resolving.conclude("Bring them together")
    desk.settle()
    assert len(desk.of(events.ResolvingOpened)) == 2  # something is not decided
    assert desk.repository.refs.look("main") == before
    take(resolving, 3, Side.OURS)
    resolving.conclude("Bring them together")
    desk.settle()
    (ended,) = desk.of(events.ResolvingEnded)
    assert ended.result is not None
    assert state.unfinished is None
    assert names(desk.repository) == {1: "x", 2: "y", 3: "c", 4: "w"}
    commit = desk.repository.history.commit("main", "HEAD")
    assert (commit.summary, len(commit.parents)) == ("Bring them together", 2)
    assert "Merged other into main. z takes it back" in desk.texts
    assert state.steps[0].label == "merge other into main"
    session.writes.write("undo", lambda repo: repo.undo.undo(state.steps[0]), undoable=False)
    desk.settle()
    assert desk.repository.refs.look("main") == before


def test_what_still_fits_is_kept_where_another_session_commits_meanwhile(start: Start, others: Repository) -> None:
    desk = start()
    fork(desk.repository)
    desk.repository.refs.create_branch("main", "work", "main")
    desk.session.switch("work")
    desk.settle()
    resolving, state = desk.session.resolving, desk.session.state
    resolving.open(desk.repository.incoming.merge("work", "other"))
    desk.settle()
    for key, side in ((1, Side.THEIRS), (2, Side.THEIRS), (3, Side.OURS)):
        take(resolving, key, side)
    desk.settle()
    assert resolving.left == 0
    change(others, "work", {2: "bb"}, "In between")
    resolving.conclude()
    desk.settle()
    assert "2 of 3 decisions still fit" in desk.texts
    assert not desk.of(events.ResolvingEnded)
    assert (resolving.left, resolving.can_take_back) == (1, "")
    resolving.leave()
    assert [text for text in desk.texts if "is kept" in text] == [
        "What you decided is kept (1 of 3 conflicts left): m goes back to it"
    ]
    desk.session.switch("other")
    desk.settle()
    assert (state.unfinished, resolving.now) == (None, None)
    desk.session.switch("work")
    desk.settle()
    assert state.unfinished is not None
    assert state.unfinished.progress == "1 of 3 left"
    resolving.resume()
    desk.settle()
    take(resolving, 2, Side.OURS)
    resolving.leave()
    assert len([text for text in desk.texts if "is kept" in text]) == 1
    desk.session.end()  # whatever is on its way is kept
    (plan,) = desk.repository.kept_plans.left("work")
    assert len(plan.step(plan.incoming.tip).table("people").rows) == 3
    desk.session.writes.write(
        "rename work",
        lambda repo: repo.refs.rename_branch("main", "work", "trunk"),
        lambda _: desk.session.renamed("work", "trunk"),
        stand_on="trunk",
    )
    desk.settle()
    assert state.unfinished is not None
    resolving.resume()
    desk.settle()
    assert (state.branch, resolving.left) == ("trunk", 0)
    # a side for a whole table is kept too, and that is said
    resolving.decide(plans.take_table(resolving.plan, plan.incoming.tip, "people", Side.THEIRS), "theirs")
    change(others, "trunk", {2: "bbb"}, "In between again")
    resolving.resume()
    desk.settle()
    assert "theirs for all rows of people still holds, also for those that changed" in desk.texts
    for key, side in ((1, Side.THEIRS), (2, Side.OURS), (3, Side.OURS)):
        take(resolving, key, side)
    resolving.conclude()
    desk.settle()
    assert names(others, "trunk") == {1: "x", 2: "bbb", 3: "c", 4: "w"}
    assert desk.repository.kept_plans.left("trunk") == ()
    assert state.resolving == {}


def test_decisions_about_several_commits_are_taken_back_and_fitted_at_each(start: Start, others: Repository) -> None:
    desk = start()
    fork(desk.repository)
    change(others, "other", {4: "v"}, "Nothing conflicts")
    change(others, "other", {3: "zzz"}, "Theirs, too")
    desk.settle()
    resolving = desk.session.resolving
    commits = [desk.repository.history.commit("other", ref).hash for ref in ("HEAD~2", "HEAD")]
    resolving.open(desk.repository.incoming.pick("main", commits))
    desk.settle()
    for key in (1, 2, 3):
        take(resolving, key, Side.OURS)
    resolving.conclude()
    desk.settle()
    assert resolving.found is not None
    assert (resolving.found.number, resolving.can_take_back) == (2, "ours of 3")
    assert resolving.take_back() == "ours of 3"
    desk.settle()
    assert (resolving.found.number, resolving.left) == (1, 1)
    take(resolving, 3, Side.OURS)
    resolving.conclude()
    desk.settle()
    take(resolving, 3, Side.THEIRS)
    change(others, "main", {2: "bb"}, "In between")
    resolving.conclude()
    desk.settle()
    assert "2 of 4 decisions still fit" in desk.texts
    assert (resolving.found.number, resolving.left) == (1, 1)
    take(resolving, 2, Side.OURS)
    resolving.conclude()
    desk.settle()
    assert (resolving.found.number, resolving.left) == (2, 1)
    take(resolving, 3, Side.THEIRS)
    resolving.conclude()
    desk.settle()
    assert names(others) == {1: "a", 2: "bb", 3: "zzz", 4: "w"}
    change(others, "other", {1: "q"}, "Brought in by somebody else")
    resolving.open(desk.repository.incoming.pick("main", [others.refs.look("other").hash]))
    desk.settle()
    take(resolving, 1, Side.OURS)
    change(others, "main", {1: "q"}, "In between")
    resolving.conclude()
    desk.settle()
    assert "None of the commits would change anything." in desk.texts
    assert resolving.now is None


def test_what_a_killed_program_left_waits_and_is_taken_up_or_dropped(start: Start, others: Repository) -> None:
    first = start()
    fork(first.repository)
    first.settle()
    first.session.resolving.open(merging(first.repository))
    first.settle()
    take(first.session.resolving, 1, Side.THEIRS)
    first.settle()
    # another program; this one never ends in order
    desk = start()
    resolving, state, kept = desk.session.resolving, desk.session.state, desk.repository.kept_plans
    (plan,) = kept.left("main")
    resolving.found_left(plan)
    assert state.unfinished is not None
    assert state.unfinished.progress == "from before"
    resolving.resume()
    desk.settle()
    assert (resolving.left, resolving.of) == (2, 3)
    take(resolving, 2, Side.THEIRS)
    desk.settle()
    # asked for again, it is taken up as well, and what it decides is counted
    again = start()
    again.session.resolving.open(merging(again.repository))
    again.settle()
    assert again.session.resolving.left == 1
    again.session.resolving.abort()
    assert kept.left("main") == ()
    take(resolving, 3, Side.THEIRS)
    desk.settle()
    resolving.open(desk.repository.incoming.merge("main", "other", squash=True))
    desk.settle()
    assert "Put aside: merging other into main; offered again at the next start" in desk.texts
    resolving.abort()
    change(others, "main", {3: "cc"}, "In between")
    (plan,) = kept.left("main")
    resolving.found_left(plan)
    resolving.resume()
    desk.settle()
    assert "2 of 3 decisions still fit" in desk.texts
    assert (resolving.left, resolving.of) == (1, 3)
    (moved,) = kept.left("main")  # and not once more where it was
    assert moved.incoming.head == others.refs.look("main").hash
    resolving.leave()
    change(others, "other", {4: "v"}, "In between")
    assert kept.left("main") == ()
    assert [incoming.source for incoming in kept.sort_out("main")[1]] == ["other"]
    assert kept.sort_out("main")[1] == ()
    resolving.abort()
    pick = desk.repository.incoming.pick("main", [others.refs.look("other").hash])
    change(others, "main", {3: "ccc"}, "In between")
    resolving.found_left(ResolutionPlan(pick))  # main moved after it was found
    resolving.resume()
    desk.settle()
    assert f"What was decided about {pick.title} no longer fits: it was dropped" in desk.texts
    assert state.unfinished is None
    assert resolving.now is None


def test_rules_are_tried_applied_by_themselves_and_kept(start: Start) -> None:
    kept: list[KeptRule] = []

    def keep(rule: KeptRule) -> tuple[KeptRule, ...]:
        if rule.table == "locked":
            raise ConfigError("config.toml cannot be written: no")
        kept.append(rule)
        return tuple(kept)

    longer = "CASE WHEN length(our_name) <> length(their_name) THEN their_name END"
    rules = (
        KeptRule("newer", "nowhere", by="updated_at", automatic=True),
        KeptRule("expression", columns=("name",), expression="no such(", automatic=True),
        KeptRule("expression", columns=("name",), expression=longer, automatic=True),
        KeptRule("greater", columns=("name",)),
    )
    desk = start(Settings(rules=rules, keep_rule=keep))
    fork(desk.repository)
    desk.settle()
    resolving = desk.session.resolving
    resolving.open(merging(desk.repository))
    desk.settle()
    (refused,) = (text for text in desk.texts if "was not applied" in text)
    assert refused.startswith("The rule name = no such( was not applied: ")
    assert f"The rule name = {longer} solved 1 of 3 conflicts" in desk.texts
    assert (resolving.left, resolving.of, resolving.can_take_back) == (2, 3, "")
    assert resolving.step.table("people").rows[3,].by == f"name = {longer}"
    best = resolving.trials[0]
    assert (best.rule.title, best.solved, best.of) == ("greater name", 2, 2)
    less = Rule(RuleKind.LESS, columns=("name",))
    tried: list[RuleTrial] = []
    resolving.try_rule(less, tried.append)
    desk.settle()
    resolving.apply_trial(tried[0])
    resolving.kept_rules.keep(less, lambda: desk.session.tell("kept"))
    desk.settle()
    assert kept == [KeptRule("less", columns=("name",))]
    assert resolving.kept_rules.rules == (less,)
    resolving.kept_rules.keep(Rule(RuleKind.OURS, "locked"), lambda: None)
    desk.settle()
    assert desk.texts[-1] == "The rule was not saved: config.toml cannot be written: no"
    assert (resolving.left, resolving.can_take_back, resolving.trials) == (0, "less name", ())
    resolving.conclude()
    desk.settle()
    assert names(desk.repository) == {1: "a", 2: "b", 3: "zz", 4: "w"}
