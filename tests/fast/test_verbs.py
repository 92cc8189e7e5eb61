"""Whatever fails or takes long is told in a right English sentence."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import dolt_tui.ui
from dolt_tui.ui.present.verbs import VERBS, could_not, doing

PLACES = {
    **dict.fromkeys(("write", "transfer", "look", "failed", "hold", "take", "read_all"), 0),
    **dict.fromkeys(("job", "run", "_run", "_ask"), 1),
    "PreviewFlow": 5,
}
"""At which place each of these functions is told what is done."""


def labels() -> Iterator[tuple[str, str]]:
    """The beginning of every label in the interface, with where it stands."""
    for path in Path(dolt_tui.ui.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name == "more":  # of a preview
                answers = [item.value for item in ast.walk(node) if isinstance(item, ast.Return) and item.value]
                yield from ((text, f"{path.name}:{node.lineno}") for answer in answers for text in texts(answer))
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if ast.unparse(node.func).endswith("main.failed"):
                continue  # it takes the text that the pane shows
            given = [*node.args[PLACES[name] : PLACES[name] + 1]] if name in PLACES else []
            if name == "partial" and ast.unparse(node.args[0]).endswith("._run"):
                given = node.args[1:2]
            if name == "partial" and ast.unparse(node.args[0]) == "run_rewriting":
                given = node.args[2:3]
            more = [word.value for word in node.keywords if word.arg == "more" and name == "PreviewFlow"]
            for argument in given:
                yield from ((text, f"{path.name}:{node.lineno}") for text in texts(argument))
            for function in more:
                if isinstance(function, ast.Lambda):
                    yield from ((text, f"{path.name}:{node.lineno}") for text in texts(function.body))


def texts(node: ast.expr) -> Iterator[str]:
    """The literal texts with which an expression's value may begin."""
    if isinstance(node, ast.IfExp):
        yield from texts(node.body)
        yield from texts(node.orelse)
    elif isinstance(node, ast.JoinedStr):
        yield from texts(node.values[0])
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value


def test_every_label_begins_with_a_verb_in_its_base_form() -> None:
    found = list(labels())
    assert len(found) > 70, "the places are found"
    assert [(text, where) for text, where in found if text.split(" ")[0] not in VERBS] == []


def test_each_verb_has_its_other_form_and_is_used() -> None:
    used = {text.split(" ")[0] for text, _ in labels()} | {
        "continue",
        "abort",
        "skip",
        "redo",
        "undo",
        "delete",
        "edit",
    }
    assert sorted(set(VERBS) - used) == []
    for verb, form in VERBS.items():
        stem = verb.removesuffix("e")
        assert form in (f"{verb}ing", f"{stem}ing", f"{verb}{verb[-1]}ing"), form


def test_labels_in_sentences() -> None:
    assert could_not("preview the merge") == "Could not preview the merge"
    assert could_not("search for ann") == "Could not search for ann"
    assert doing("search for ann") == "searching for ann"
    assert doing("commit") == "committing"
    assert doing("fast-forward a to b") == "fast-forwarding a to b"
    assert doing("unheard of") == "unheard of"
