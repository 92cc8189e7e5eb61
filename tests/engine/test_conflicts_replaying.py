"""Cherry-picks, reverts, rebases, pulls and stashes that conflict: decided by a plan, all or nothing."""

from __future__ import annotations

from dolt_tui.engine.model.conflicts import Incoming, IncomingKind
from dolt_tui.engine.model.rewriting import Action, RebaseStep
from dolt_tui.engine.repository import Repository

from .conftest import Raw


def forked(raw: Raw) -> list[str]:
    """Three commits on feature, of which the first and the last conflict with main; their hashes, oldest first."""
    raw.run("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER)", "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)")
    raw.commit("base")
    raw.call("dolt_branch", "feature")
    made = []
    for key in (1, 2, 3):
        raw.run(f"UPDATE t SET a = a + 10 WHERE id = {key}", at="feature")
        made.append(
            str(raw.call("dolt_commit", "-am", f"f{key}", "--author", "Ann <ann@example.com>", at="feature")[0])
        )
    raw.run("UPDATE t SET a = a + 20 WHERE id IN (1, 3)")
    raw.commit("ours")
    return made


def test_what_is_brought_in(raw: Raw, repository: Repository) -> None:
    made, part = forked(raw), repository.incoming
    head, tip = raw.head(), made[-1]
    assert part.merge("main", "feature") == Incoming(IncomingKind.MERGE, "main", "feature", head, tip)
    assert part.merge("main", "old", tip=made[0], squash=True).kind is IncomingKind.SQUASH
    pick = Incoming(IncomingKind.CHERRY_PICK, "main", "3 commits", head, tip, commits=tuple(made))
    assert part.pick("main", made) == pick
    assert part.revert("feature", [tip]).title == f"reverting {tip[:7]} (f3) on feature"
    rebase = part.rebase("feature", "main")
    assert (rebase.head, rebase.onto, rebase.commits, rebase.steps) == (tip, head, tuple(made), ())
    steps = [RebaseStep(Action.PICK, made[0], "f1"), RebaseStep(Action.DROP, made[1], "f2")]
    assert part.interactive("feature", raw.head("main"), steps).commits == (made[0],)
