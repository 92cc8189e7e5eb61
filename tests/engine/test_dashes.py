"""Names that look like options: they are names, wherever they go."""

from __future__ import annotations

import ast
from functools import partial
from pathlib import Path

import dolt_tui.engine
from dolt_tui.engine.model import Expected
from dolt_tui.engine.repository import Repository

from .conftest import Raw

NAMES = ("-D", "--force", "-m")
TAKE_NAMES = {f"dolt_{name}" for name in ("add", "branch", "checkout", "fetch", "push", "remote", "stash", "tag")}
VALUES = {"-m", "--author", "-u"}
"""Options with a value: the next argument is theirs, whatever it is."""


def test_what_another_client_named_so(people: Raw, repository: Repository) -> None:
    refs, undo = repository.refs, repository.undo
    for name in NAMES:
        people.call("dolt_branch", "--", name)
        people.call("dolt_tag", "--", name)
        before, tags = people.branches(), people.rows("SELECT tag_name FROM dolt_tags")
        seen = refs.look(name)
        undo.perform("main", "b", partial(refs.delete_branch, "main", name, force=True, expected=seen), also=[name])
        undo.perform("main", "t", partial(refs.delete_tag, "main", name, Expected(name, people.head(), tag=True)))
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


def test_every_call_keeps_names_from_being_options() -> None:
    """Read in the source: where a procedure gets a name, two dashes come before it."""
    wrong = []
    folder = Path(dolt_tui.engine.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            texts = [each.value if isinstance(each, ast.Constant) else each for each in node.args]
            at = next((i for i, each in enumerate(texts) if isinstance(each, str) and each in TAKE_NAMES), None)
            if at is None:
                continue
            safe = False
            for before, each in zip(texts[at:], texts[at + 1 :], strict=False):
                safe = safe or each == "--" or (isinstance(each, ast.Starred) and "name_remote" in ast.unparse(each))
                verb = isinstance(each, ast.IfExp) or before == "dolt_stash"
                if not (safe or verb or isinstance(each, str | ast.Starred) or before in VALUES):
                    wrong.append(f"{path.name}:{node.lineno}: {ast.unparse(node)}")
    assert not wrong, wrong
