"""The ways into the resolver: what conflicts is shown to be decided, instead of being refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dolt_tui.engine.errors import Conflicts, Unmergeable
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.present.text import Style, cell, join
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.engine.model.conflicts import Incoming, ResolutionPlan
    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.flows.context import Context


def resolver_on(context: Context, make: Callable[[Repository], Incoming]) -> Callable[[Exception], bool]:
    """What deals with the error of a write that may conflict: it shows what conflicts.

    ``make`` finds out what is brought in, on a database thread.
    """

    def failed(error: Exception) -> bool:
        if not isinstance(error, Conflicts | Unmergeable):
            return False
        resolve(context, make)
        return True

    return failed


def resolve(context: Context, make: Callable[[Repository], Incoming]) -> None:
    """Show what conflicts where something is brought in. ``make`` finds out what, on a database thread."""
    repository = context.state.repository
    context.look("look for conflicts", lambda: make(repository), context.resolve)


def offer_left(context: Context) -> None:
    """Offer to go on with what a program has left on the branch by being killed, or what stands there.

    What was decided about commits that are not the same any more is dropped, and that is said.
    """
    state, session = context.state, context.session
    repository, branch = state.repository, state.branch
    if repository.info.read_only or state.came_from is not None or state.unfinished is not None:
        return
    operation = state.operation
    if operation is not None and operation.conflicts and operation.on == branch:
        context.tell(
            f"Rows conflict in {', '.join(operation.conflicts)}: {key_of('progress')} resolves them", "warning"
        )

    def work() -> tuple[tuple[ResolutionPlan, ...], tuple[Incoming, ...]]:
        return repository.kept_plans.sort_out(branch)

    def found(answer: tuple[tuple[ResolutionPlan, ...], tuple[Incoming, ...]]) -> None:
        plans, gone = answer
        for incoming in gone:
            context.tell(f"What was decided about {incoming.title} no longer fits: it was dropped", "warning")
        if not plans or state.branch != branch or state.unfinished is not None:
            return
        plan, resolving = plans[0], session.resolving
        resolving.found_left(plan)
        if not context.window.in_front:
            return  # the header tells
        tables = [table for step in plan.steps.values() for table in step.tables.values()]
        whole = sum(table.whole is not None for table in tables)
        rows = sum(len(table.rows) for table in tables if table.whole is None)
        parts = [plural(whole, "whole table")] if whole else []
        parts += [plural(rows, "row")] if rows else []
        decided = f"{' and '.join(parts)} decided" if parts else "begun"
        body = [
            join(cell("Conflicts were left unresolved: "), cell(plan.incoming.title, Style.BOLD)),
            cell(f"{decided}; the program ended before that was applied.", Style.DIM),
        ]

        def answered(letter: str | None) -> None:
            if letter == "t":
                resolving.resume()
            elif letter == "d":
                resolving.discard()

        choices = [Choice("t", "take up", "continue deciding"), Choice("d", "discard", "forget what was decided")]
        context.ask(ChoiceDialog("Conflicts", body, choices, default="t"), answered)

    session.quietly("left plan", "", work, found)
