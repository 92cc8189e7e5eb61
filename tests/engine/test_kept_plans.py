"""Resolution plans in files: they outlive the program, and come back as long as the same is brought to the same."""

from __future__ import annotations

import datetime as dt
import json
import math
import os
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

from dolt_tui.engine.conflicts import plans
from dolt_tui.engine.conflicts.kept_plans import _packed_plan, _unpacked_plan
from dolt_tui.engine.model import Stash
from dolt_tui.engine.model.conflicts import (
    Edited,
    Incoming,
    IncomingKind,
    ResolutionPlan,
    RowDecision,
    SchemaDecision,
    SchemaWay,
    Side,
)
from dolt_tui.engine.model.rewriting import Action, OperationKind, RebaseStep
from dolt_tui.engine.undo.steps import UndoSettings

from .conftest import Open, Raw

VALUES: list[Any] = [None, True, 0, -(2**63), 1.5, -math.inf, "ü\0\ud800", b"\x00\xff", Decimal("1.50"),
    dt.date(1, 1, 1), dt.datetime(2026, 1, 2, 3, 4, 5, 6), dt.timedelta(-1, 5, 7), dt.time(1, 2)]  # fmt: skip


def everything(incoming: Incoming) -> ResolutionPlan:
    plan = ResolutionPlan(incoming)
    for number, value in enumerate(VALUES):
        plan = plans.edit(plan, "c", "t`x", (number, value), "ä", value)
    plan = plans.take(plans.take_row(plan, "c", "u", ("k",), Side.BASE), "c", "u", ("k",), Side.THEIRS, ["b"])
    plan = plans.decide(plan, "c", "u", {(1,): RowDecision(count=3), (2,): RowDecision(delete=True, by="newer x")})
    plan = plans.mend(plans.mend(plan, "d", "v", (1,), None), "d", "v", (2,), {"a": b"", "b": None})
    plan = plans.take_table(plan, "d", "w", Side.OURS)
    return plans.decide_schema(plan, "d", "z", SchemaDecision(Side.THEIRS, SchemaWay.FORCE))


def test_every_plan_is_read_as_it_was_written() -> None:
    stash = Stash("s", "stash@{0}", "main", "h", "text", 2, dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    incoming = Incoming(
        IncomingKind.REBASE, "main", "so\nurce", "h", "t", "m", ("c", "d"), "o",
        (RebaseStep(Action.EDIT, "c", "text\n"),), stash, drop=True, standing=OperationKind.REVERT,
    )  # fmt: skip
    plan = everything(incoming)
    again = _unpacked_plan(json.loads(json.dumps(_packed_plan(plan))))
    assert again == plan
    found = again.step("c").table("t`x").rows
    assert [type(key[1]) for key in found] == [type(value) for value in VALUES]
    assert found[1, True].cells == {"ä": Edited(value=True)}


def test_a_plan_comes_back_as_long_as_both_sides_are_what_they_were(people: Raw, opened: Open, tmp_path: Path) -> None:
    people.call("dolt_branch", "b")
    people.run("INSERT INTO people VALUES (8, 'x')", at="b")
    people.commit("theirs", at="b")
    repository = opened(people, undo=UndoSettings(tmp_path))
    kept = repository.kept_plans
    merge = repository.incoming.merge("main", "b")
    plan, other = everything(merge), everything(repository.incoming.merge("main", "b", squash=True))
    assert kept.left("main") == ()
    kept.keep(plan)
    kept.keep(other)
    newest = plans.take_table(plan, merge.tip, "people", Side.THEIRS)
    kept.keep(newest)
    found = kept.left("main")
    assert len(found) == 2
    assert newest in found
    assert other in found
    assert kept.left("b") == ()
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.glob("*.plan"))

    kept.drop(other.incoming)
    kept.keep(other, lambda: False)  # it was dropped before this came about
    (mine,) = tmp_path.glob("*.plan")
    text, (stem, digest, pid, _) = mine.read_text(), mine.name.split(".")
    assert pid == str(os.getpid())
    with subprocess.Popen(["true"]) as ended:
        pass
    for process, what in ((1, text), (ended.pid, text[:-9]), (ended.pid + 0, "[" * 100_000), (ended.pid, "{}")):
        tmp_path.joinpath(f"{stem}.{digest}.{process}.plan").write_text(what)
        assert kept.left("main") == (newest,), "one of a program that runs, and unreadable ones"
    tmp_path.joinpath(f"{stem}.{digest}.{ended.pid}.plan").write_text(text)
    mine.unlink()
    assert kept.left("main") == (newest,), "left behind by a program that has ended"
    kept.keep(plan)
    assert {path.name for path in tmp_path.glob("*.plan")} == {mine.name, f"{stem}.{digest}.1.plan"}

    people.run("INSERT INTO people VALUES (9, 'x')", at="b")
    people.commit("one more", at="b")
    assert kept.left("main") == (), "what is brought in has moved"
    people.call("dolt_reset", "--hard", merge.tip, at="b")
    assert kept.left("main") == (plan,)
    people.run("INSERT INTO people VALUES (7, 'x')")
    people.commit("ours")
    assert kept.left("main") == (plan,), "what fits of a merge is found where the branch is now"
    pick = repository.incoming.pick("main", [merge.tip])
    kept.keep(everything(pick))
    assert len(kept.left("main")) == 2
    people.call("dolt_reset", "--hard", merge.head)
    assert kept.left("main") == (plan,), "the branch is not where a commit was to be copied to"
    assert kept.sort_out("main")[1] == (pick,)
    kept.keep(ResolutionPlan(merge))
    assert kept.left("main") == (), "nothing is decided any more"
    assert kept.left("nope") == ()
