"""What helps against an error: the engine tells which remedy it is, and the interface names the command for it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import dolt_tui.engine
from dolt_tui.engine import errors
from dolt_tui.engine.errors import Conflicts, EngineError, Remedy
from dolt_tui.launch import one_line
from dolt_tui.ui.actions.groups import command_set
from dolt_tui.ui.commands.keymap import use, with_keys
from dolt_tui.ui.present.remedies import WORDS, advice_of

ENGINE = Path(dolt_tui.engine.__file__).parent
PANES = "Changes|Branches|Tags|Remotes|Stashes|Reflog|Log"
OF_THE_INTERFACE = re.compile(
    r"\{key:|⏎|␣|↑|(?<!\[)\^[a-z]\b|\b[Pp]ress\b|\b(?:button|tab|pane|dialog|screen)s?\b"
    r"|\bwith (?:space|enter|escape|esc|[A-Za-z])[.,]|\([A-Za-z]\)|--read-only"
    rf"|\b(?:in|at|see|the) (?:{PANES})\b(?! (?:are|is|have|that|of))"
)
"""What only means something to somebody who looks at the interface."""
ALLOWED = {"is shortened on the screen: ", "tab"}
VOCABULARIES = ("console/vocabulary_",)
"""What the engines understand is not said by us."""


def texts() -> Iterator[tuple[str, str]]:
    """All texts of the engine but docstrings and SQL, each with its place."""
    for path in sorted(ENGINE.rglob("*.py")):
        if path.relative_to(ENGINE).as_posix().startswith(VOCABULARIES):
            continue
        tree = ast.parse(path.read_text())
        alone = (node.value for node in ast.walk(tree) if isinstance(node, ast.Expr))
        documentation = {id(value) for value in alone if isinstance(value, ast.Constant)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
                yield f"{path.relative_to(ENGINE)}:{node.lineno}", node.value


def test_no_text_of_the_engine_speaks_of_the_interface() -> None:
    found = [f"{place}: {text}" for place, text in texts() if OF_THE_INTERFACE.search(text) and text not in ALLOWED]
    assert not found, "\n".join(found)


def test_the_engine_names_no_command() -> None:
    ids = {id_ for id_ in command_set().ids if "." in id_}
    assert not [f"{place}: {text}" for place, text in texts() if any(id_ in text for id_ in ids)]


def test_each_remedy_has_words_whose_commands_exist() -> None:
    assert {*WORDS} == {*Remedy}
    named = {id_ for words in WORDS.values() for id_ in re.findall(r"\{key:([^}]*)\}", words)}
    assert named
    assert named <= {*command_set().ids}


def test_only_these_words_have_keys_filled_in() -> None:
    """Everything else in the interface asks for a key itself: what it left to be filled in would be shown as it is."""
    placeholder = re.compile("{key:(" + "|".join(map(re.escape, command_set().ids)) + ")}")
    found = {path.name for path in (ENGINE.parent / "ui").rglob("*.py") if placeholder.search(path.read_text())}
    assert found == {"remedies.py", "first_steps.py", "foreign_keys.py"}


@pytest.mark.parametrize("remedy", Remedy)
def test_each_remedy_is_used(remedy: Remedy) -> None:
    used = f"Remedy.{remedy.name}"
    assert any(used in path.read_text() for path in ENGINE.rglob("*.py"))


def test_the_words_have_the_keys_that_are_bound() -> None:
    try:
        use(command_set({"progress": "f3", "changes.stage": "f8"}))
        assert advice_of(errors.RebaseInProgress("No.")) == "Continue or abort it first (f3)."
        assert advice_of(errors.NothingToCommit("No.")) == "Stage tables with f8, or all of them with a."
        assert with_keys("{key:nothing} {key:clone}") == "{key:nothing} ^p clone"
    finally:
        use(None)


def test_without_the_interface_it_is_a_neutral_sentence() -> None:
    assert errors.NothingToCommit("Nothing is staged.").advice == "Stage tables first."
    assert one_line(errors.RebaseInProgress("No.")) == "No. Continue or abort it first."


def test_advice_of_its_own_comes_before_a_remedy_of_the_kind() -> None:
    error = errors.ReadOnly("No.", "Ask Ann.")
    assert (error.advice, error.remedy, advice_of(error)) == ("Ask Ann.", None, "Ask Ann.")
    silent = errors.ReadOnly("No.", " ")
    assert (silent.remedy, advice_of(silent)) == (None, " ")
    other = EngineError("No.", remedy=Remedy.STAGE)
    assert (other.advice, other.remedy) == ("Stage tables first.", Remedy.STAGE)
    assert Conflicts("No.", (("t", 1),), remedy=Remedy.SKIP_OR_ABORT).remedy is Remedy.SKIP_OR_ABORT


@pytest.mark.parametrize(
    "text",
    [
        "Stage tables with space, or all of them with a.",
        "An interactive rebase (i) does that.",
        "Continue or abort it first ({key:progress}).",
        "Press m to go on.",
        "Rename one of the two in Branches.",
        "The Remotes tab lists them.",
        "Look at Changes in the list: see Changes",
        "Open the database without --read-only.",
    ],
)
def test_it_would_be_found(text: str) -> None:
    assert OF_THE_INTERFACE.search(text)
