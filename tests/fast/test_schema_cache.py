"""What is remembered of definitions: for ever of commits, of a branch while its hashes stay."""

from __future__ import annotations

from itertools import count

from dolt_tui.engine.core.schema_cache import SchemaCache
from dolt_tui.engine.model import HEAD, WORKING, BranchFingerprint

COMMIT = "0" * 32


def test_what_is_known_of_a_commit_outlasts_changes_of_branches() -> None:
    cache, numbers = SchemaCache(), count(1)

    def ask(branch: str, revision: str | None, what: str) -> int:
        return cache.recall(branch, [revision], (what,), lambda: next(numbers))

    assert ask("main", COMMIT, "a") == ask("other", COMMIT, "a") == 1
    cache.forget("main")
    assert ask("main", COMMIT, "a") == 1
    assert [ask("main", WORKING, "b"), ask("main", WORKING, "b")] == [2, 3]  # nobody looked at the branch
    cache.see("main", BranchFingerprint("main", "h", "s", "w"))
    assert [ask("main", WORKING, "b"), ask("main", None, "b"), ask("main", HEAD, "b")] == [4, 4, 5]
    cache.see("main", BranchFingerprint("main", "h", "s", "w2"))
    assert ask("main", WORKING, "b") == 6
    assert cache.recall("", [], ("text",), lambda: "x") == cache.recall("", [], ("text",), lambda: "y") == "x"
    cache.clear()
    assert ask("main", COMMIT, "a") == 7
