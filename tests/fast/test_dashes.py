"""Names that look like options: no call takes them for one."""

from __future__ import annotations

import ast
from pathlib import Path

import dolt_tui.engine

TAKE_NAMES = {
    f"dolt_{name}"
    for name in (
        "add",
        "branch",
        "checkout",
        "conflicts_resolve",
        "fetch",
        "push",
        "remote",
        "stash",
        "tag",
    )
}


VALUES = {"-m", "--author", "-u"}
"""Options with a value: the next argument is theirs, whatever it is."""
HASHES = {"base", "theirs", "tip", "wanted"}
"""What commits are called of which the hash is known."""


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
            # What stands before the dashes of a checkout is the commit that tables are taken from.
            safe = texts[at] == "dolt_checkout" and texts[at + 2 : at + 3] == ["--"] and _is_hash(texts[at + 1])
            for before, each in zip(texts[at:], texts[at + 1 :], strict=False):
                safe = safe or each == "--" or (isinstance(each, ast.Starred) and "name_remote" in ast.unparse(each))
                verb = isinstance(each, ast.IfExp) or before == "dolt_stash"
                option = isinstance(each, ast.JoinedStr) and ast.unparse(each).startswith("f'--")
                if not (safe or verb or option or isinstance(each, str | ast.Starred) or before in VALUES):
                    wrong.append(f"{path.name}:{node.lineno}: {ast.unparse(node)}")
    assert not wrong, wrong


def _is_hash(argument: object) -> bool:
    """Whether what is passed is called as what holds the hash of a commit, which is no option."""
    return isinstance(argument, ast.Name | ast.Attribute) and ast.unparse(argument).split(".")[-1] in HASHES
