"""Names that look like options: they are names, wherever they go."""

from __future__ import annotations

from functools import partial

from dolt_tui.engine.model import Expected
from dolt_tui.engine.repository import Repository

from .conftest import Raw

NAMES = ("-D", "--force", "-m")


def test_what_another_client_named_so(people: Raw, repository: Repository) -> None:
    refs, undo = repository.refs, repository.undo
    for name in NAMES:
        people.call("dolt_branch", "--", name)
        people.call("dolt_tag", "--", name)
        before, tags = people.branches(), people.rows("SELECT tag_name FROM dolt_tags")
        seen = refs.look(name)
        undo.perform("main", "b", partial(refs.delete_branch, "main", name, force=True, expected=seen), also=[name])
        undo.perform(
            "main", "t", partial(repository.tags.delete, "main", name, Expected(name, people.head(), tag=True))
        )
        for _ in range(2):
            assert name not in people.branches()
            assert (name,) not in people.rows("SELECT tag_name FROM dolt_tags")
            for _ in range(2):
                step = undo.next()
                assert step is not None
                undo.undo(step)
            assert people.branches() == before
            assert {*tags} <= {*people.rows("SELECT tag_name FROM dolt_tags")}
            for _ in range(2):
                step = undo.next(redo=True)
                assert step is not None
                undo.undo(step)
        people.call("dolt_branch", "--", name)
        refs.rename_branch("main", name, "other")
        refs.delete_branch("main", "other", force=True)
    undo.remove_snapshots("main")
    assert people.rows("SELECT tag_name FROM dolt_tags") == []
