"""The way out where uncommitted changes block something: stash them, do it, bring them back, as one step of undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from dolt_tui.engine.errors import DoesNotFit
from dolt_tui.engine.model import Call
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.flows.context import Context
from dolt_tui.ui.present.text import Style, cell

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository

T = TypeVar("T")

LETTER = "s"
BACK = "; your uncommitted changes are back"
"""What is added to what is told when it is done."""


def stash_and(
    context: Context, doing: str, why_not: str, calls: Sequence[Call], text: str = "", *, letter: str = LETTER
) -> Choice:
    """The choice to stash what is uncommitted, to do something, in words such as ``merge``, and to bring it back."""
    calls = context.state.repository.aside.calls(calls) if calls else ()
    return Choice(letter, f"stash, {doing}, pop", text or "your changes come back afterwards", why_not, calls)


def or_commit(context: Context, otherwise: Callable[[Exception], bool]) -> Callable[[Exception], bool]:
    """What deals with the error of a write with changes set aside that conflict with what came of it: ways on."""

    def failed(error: Exception) -> bool:
        if not isinstance(error, DoesNotFit):
            return otherwise(error)
        body = [cell(error.message, Style.BOLD), cell("Then do it again: what conflicts is decided row by row.")]
        lacking = context.state.repository.info.lacks("stash") or ""
        choices = [
            Choice("c", "commit them…", "then merge, cherry-pick or rebase again"),
            Choice("s", "stash them…", "and pop the stash afterwards", lacking),
        ]

        def answered(letter: str | None) -> None:
            if letter is not None:
                context.run("commit" if letter == "c" else "stash.push")

        context.ask(ChoiceDialog("Uncommitted changes conflict", body, choices), answered)
        return True

    return failed


def around(branch: str, work: Callable[[Repository, str], T], *, aside: bool = True) -> Callable[[Repository], T]:
    """``work`` for a write, which gets the branch to be done on: with uncommitted changes set ``aside`` another one."""
    if not aside:
        return lambda repository: work(repository, branch)
    return lambda repository: repository.aside.around(branch, lambda on: work(repository, on))
