"""What the keys do that undo and redo."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dolt_tui.engine.errors import CannotUndo
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import command
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.dialogs.listing import ListDialog
from dolt_tui.ui.flows.preview import PreviewFlow
from dolt_tui.ui.present.text import Style, cell
from dolt_tui.ui.present.undo_steps import STEP_COLUMNS, preview_lines, step_head, step_rows
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository
    from dolt_tui.engine.undo.restore import UndoPreview
    from dolt_tui.engine.undo.steps import UndoStep


class UndoActions(Actions):
    """Undoing and redoing steps."""

    def nothing_done(self) -> str:
        return "there is nothing to undo" if all(step.undone for step in self.state.steps) else ""

    def nothing_undone(self) -> str:
        return "" if any(step.undone for step in self.state.steps) else "there is nothing to redo"

    @command(
        "undo",
        "z",
        "undo",
        "Undo the last step…",
        footer=True,
        writes=True,
        rank=1,
        unless=nothing_done,
        synonyms=("take back", "ctrl z", "go back"),
        about="Shows what it would bring back, and asks.",
    )
    def undo(self) -> None:
        self._next(redo=False)

    @command(
        "redo",
        "Z",
        "redo",
        "Redo the step that was undone last…",
        writes=True,
        rank=1,
        unless=nothing_undone,
        synonyms=("undo undo", "repeat"),
        about="Shows what it would do again, and asks.",
    )
    def redo(self) -> None:
        self._next(redo=True)

    def _next(self, *, redo: bool) -> None:
        undo = self.state.repository.undo

        def work() -> UndoPreview | None:
            step = undo.next(redo=redo)
            return None if step is None else undo.preview(step)

        def found(preview: UndoPreview | None) -> None:
            if preview is None:
                self.context.tell(f"There is nothing to {'redo' if redo else 'undo'}.", "warning")
            elif preview.harmless:
                self._go(preview)
            else:
                self._show(preview)

        self.context.look("check what it would change", work, found)

    def _show(self, preview: UndoPreview) -> None:
        """Say what it would change, and let one decide."""
        step, undo = preview.step, self.state.repository.undo
        verb = "redo" if step.undone else "undo"
        head = step_head(step, self.state.clock.now())
        letter = "r" if step.undone else "u"

        def choices(known: UndoPreview) -> list[Choice]:
            if known.blocked_by:
                forget = "drop it from the list to reach earlier steps"
                return [] if step.open or step.undone else [Choice("f", "forget this step", forget)]
            if known.drift:
                return [Choice(letter, f"{verb} it anyway")]
            return [Choice(letter, f"{verb} it")]

        def chosen(answer: str, known: UndoPreview) -> None:
            if answer == letter:
                self._go(known)
            else:
                self.context.write(
                    f"forget {step.label}",
                    lambda repo: repo.undo.forget(step),
                    lambda _: self.context.tell(f"Forgotten: {step.label}"),
                    undoable=False,
                )

        PreviewFlow(
            self.context,
            verb.capitalize(),
            head,
            choices(preview),
            "Z" if step.undone else "z",
            "check what it would change",
            lambda whole: undo.preview(step, counts=whole),
            lambda known, whole: (preview_lines(known), choices(known)),
            chosen,
            more=lambda known: "count rows" if any(effect.tables for effect in known.sets) else "",
            default=lambda known: letter if not known.drift else None,
        ).begin(preview)

    def _go(self, preview: UndoPreview) -> None:
        step = preview.step
        verb = "redo" if step.undone else "undo"
        told = f"{'Redone' if step.undone else 'Undone'}: {step.label}"
        self.context.write(
            f"{verb} {step.label}",
            lambda repo: repo.undo.undo(step, drifted=bool(preview.drift), seen=preview),
            lambda _: self.context.tell(told),
            undoable=False,
            stand_on=self._stand_on([step]),
            again=lambda: self._next(redo=step.undone),
        )

    def _stand_on(self, steps: list[UndoStep]) -> str:
        """The branch to be on after undoing these steps, or redoing them, one after another."""
        branch = self.state.branch
        for step in steps:
            way = step if step.undone else step.reversed()
            for move in way.refs:
                if move.former == branch and not move.tag:
                    branch = move.name
                elif move.name == branch and move.after is None and not move.tag:
                    branch = step.branch if step.branch != branch else self.state.repository.info.default_branch
        return branch

    # the list

    @command(
        "undo.steps",
        "U",
        "steps…",
        "Undo history: the steps, to undo or redo…",
        writes=True,
        rank=1,
        synonyms=("steps", "journal", "operations"),
    )
    def steps(self) -> None:
        """All steps; those above the one that is chosen are undone too."""
        undo = self.state.repository.undo

        def found(steps: tuple[UndoStep, ...]) -> None:
            self.state.steps = steps
            dialog = ListDialog(
                "Undo history",
                step_rows(steps, self.state.clock.now()),
                STEP_COLUMNS,
                hint="⏎ undo down to it, or redo up to it · esc close",
                large=True,
                empty="Nothing has been done yet.",
                at=next((step.id for step in reversed(steps) if not step.undone), None),
            )
            self.context.ask(dialog, lambda chosen: self._chosen(steps, chosen))

        self.context.look("read the steps", undo.steps, found)

    def _chosen(self, steps: tuple[UndoStep, ...], chosen: object) -> None:
        step = next((step for step in steps if step.id == chosen), None)
        if step is None:
            return
        if step.undone:
            undone = [other for other in steps if other.undone]
            wanted = undone[: undone.index(step) + 1]
        else:
            done = [other for other in reversed(steps) if not other.undone]
            wanted = done[: done.index(step) + 1]
        if len(wanted) == 1:
            self._next(redo=step.undone)
            return
        verb = "redo" if step.undone else "undo"
        body = [cell(f"{verb.capitalize()} {plural(len(wanted), 'step')}, one after another:", Style.BOLD), ()]
        body += [cell(f"  {other.label}") for other in wanted[:12]]
        if len(wanted) > 12:
            body.append(cell(f"  … {len(wanted) - 12} more", Style.DIM))
        body += [(), cell("It stops at the first step that is blocked.", Style.DIM)]
        letter = "r" if step.undone else "u"
        dialog = ChoiceDialog(verb.capitalize(), body, [Choice(letter, f"{verb} them")], opener="U")

        def answered(answer: str | None) -> None:
            if answer == letter:
                self.context.write(
                    f"{verb} {plural(len(wanted), 'step')}",
                    _one_after_another(wanted),
                    lambda _: self.context.tell(
                        f"{'Redone' if step.undone else 'Undone'}: {plural(len(wanted), 'step')}"
                    ),
                    undoable=False,
                    stand_on=self._stand_on(wanted),
                )

        self.context.ask(dialog, answered)

    # snapshots

    @command(
        "undo.snapshots",
        "",
        "snapshots…",
        "Undo snapshots: remove them…",
        writes=True,
        rank=1,
        synonyms=("free space", "delete snapshots"),
        about="Steps that need them can no longer be undone.",
    )
    def snapshots(self) -> None:
        """Remove what is kept for undo."""
        undo, branch = self.state.repository.undo, self.state.branch

        def found(numbers: tuple[int, int]) -> None:
            number, ours = numbers
            if not number and not self.state.steps:
                self.context.tell("There are no undo snapshots in this database.")
                return
            body = [cell(f"Remove {plural(number, 'undo snapshot')} from the database", Style.BOLD)]
            if number > ours:
                others = plural(number - ours, "snapshot")
                body.append(
                    cell(f"{others} of them are not in your list of steps: perhaps another user's.", Style.WARNING)
                )
            text = f"{plural(len(self.state.steps), 'step')} can no longer be undone or redone."
            body += [cell(text, Style.WARNING), cell("Branches and working sets are not changed.", Style.DIM)]
            choice = Choice("x", "remove them", calls=undo.remove_snapshots_calls())

            def chosen(letter: str | None) -> None:
                if letter == "x":
                    self.context.write(
                        "remove undo snapshots",
                        lambda repo: repo.undo.remove_snapshots(branch),
                        lambda _: self.context.tell(f"Removed {plural(number, 'undo snapshot')}"),
                        undoable=False,
                    )

            self.context.ask(ChoiceDialog("Undo snapshots", body, [choice]), chosen)

        self.context.look("look for snapshots", lambda: undo.snapshots(branch), found)


def _one_after_another(steps: list[UndoStep]) -> Callable[[Repository], None]:
    def work(repository: Repository) -> None:
        for number, step in enumerate(steps):
            try:
                repository.undo.undo(step)
            except CannotUndo as error:
                done = f"{number} of {len(steps)} steps were done. " if number else ""
                raise CannotUndo(f"{done}{step.label}: {error.message}", detail=error.detail) from error

    return work
