"""Commits that are copied and replayed with random decisions: the rows, commits and hashes that they must give."""

from __future__ import annotations

import random

import pytest

from dolt_tui.engine.model.conflicts import ConflictSet, ResolutionPlan, RowDecision, Side, StepPlan, TablePlan
from dolt_tui.engine.repository import Repository

from .conftest import Raw
from .several_commits import done, log, undone

Values = tuple[int, ...] | None
State = dict[int, Values]
KEYS = range(1, 7)


def state(raw: Raw, at: str) -> State:
    return {key: (a, b) for key, a, b in raw.rows("SELECT id, a, b FROM t", at=at)}


def changed(random_: random.Random, raw: Raw, at: str) -> State:
    """Some rows added, changed and deleted; at least one differs."""
    before = state(raw, at)
    now, statements = dict(before), list[str]()
    while now == before:
        for key in random_.sample(KEYS, random_.randint(1, 3)):
            row, value = now.get(key), random_.randint(0, 5)
            if row is None:
                now[key] = (value, value)
                statements.append(f"INSERT INTO t VALUES ({key}, {value}, {value})")
            elif random_.random() < 0.2:
                del now[key]
                statements.append(f"DELETE FROM t WHERE id = {key}")
            else:
                column = random_.randint(0, 1)
                now[key] = (value, row[1]) if column == 0 else (row[0], value)
                statements.append(f"UPDATE t SET {'ab'[column]} = {value} WHERE id = {key}")
    raw.run(*statements, at=at)
    return now


def merged(base: Values, ours: Values, theirs: Values) -> tuple[Values, bool]:
    """What a row becomes, and whether it conflicts."""
    if theirs in (base, ours) or ours == base:
        return (ours if theirs in (base, ours) else theirs), False
    if base is None or ours is None or theirs is None:
        return None, True
    cells = []
    for before, mine, other in zip(base, ours, theirs, strict=True):
        if mine != before != other != mine:
            return None, True
        cells.append(mine if other == before else other)
    return tuple(cells), False


def chosen(random_: random.Random, base: Values, ours: Values, theirs: Values) -> tuple[RowDecision, Values]:
    """A decision about a row, and what it becomes by that."""
    side = random_.choice([*Side, None])
    if side is None:
        return RowDecision(delete=True), None
    return RowDecision(side), {Side.BASE: base, Side.OURS: ours, Side.THEIRS: theirs}[side]


@pytest.mark.parametrize("seed", [27])
def test_what_is_decided_at_random(raw: Raw, repository: Repository, seed: int) -> None:
    random_ = random.Random(seed)
    raw.run(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER)",
        "INSERT INTO t VALUES (1, 0, 0), (2, 0, 0), (3, 0, 0), (4, 0, 0)",
    )
    raw.commit("base")
    raw.call("dolt_branch", "feature")
    commits, conflicts = list[tuple[str, State, State]](), 0
    for number in range(4):
        before = state(raw, "feature")
        after = changed(random_, raw, "feature")
        commits.append((raw.commit(f"c{number}", at="feature"), before, after))
    ours = changed(random_, raw, "main")
    raw.commit("ours")
    hashes = [hash_ for hash_, *_ in commits]
    for incoming in (repository.incoming.pick("main", hashes), repository.incoming.rebase("feature", "main")):
        plan, now, made = ResolutionPlan(incoming), dict(ours), list[str]()
        for number, (hash_, base, theirs) in enumerate(commits):
            result, decisions = State(), dict[tuple[int], RowDecision]()
            for key in KEYS:
                row = base.get(key), now.get(key), theirs.get(key)
                values, conflicting = merged(*row)
                if conflicting:
                    decisions[key,], values = chosen(random_, *row)
                if values is not None:
                    result[key] = values
            if decisions:
                found = repository.resolver.foresee(incoming, plan)
                assert isinstance(found, ConflictSet)
                assert (found.commit, set(found.found["t"].keys)) == (hash_, set(decisions))
                plan = plan.with_step(hash_, StepPlan({"t": TablePlan(rows=decisions)}))
                conflicts += 1
            if result != now:
                made.insert(0, f"c{number}")
            now = result
        assert repository.resolver.foresee(incoming, plan) is None
        before_, branches = raw.state(incoming.branch), raw.branches()
        assert done(repository, plan).commits == len(made)
        assert (state(raw, incoming.branch), log(raw, incoming.branch)[:-3]) == (now, made)
        undone(repository)
        assert (raw.state(incoming.branch), raw.branches()) == (before_, branches)
    assert conflicts > 5
