"""What the keys of the Changes pane do: staging and discarding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from dolt_tui.engine.model import ResetKind, Status, TableChange
from dolt_tui.engine.undo.steps import Reach
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import CHANGES, Offer, command
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.flows.undo_note import undo_note
from dolt_tui.ui.present.lines import change_lines
from dolt_tui.ui.present.text import Style, cell, join
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository

STAGED = Reach.STAGED


class ChangeActions(Actions):
    """Commands on the working set."""

    def discards(self) -> str:
        kinds = {change.status for change in self.context.panes.changes.chosen}
        if kinds == {Status.NEW}:
            return "drop…"
        return "restore…" if kinds == {Status.DELETED} else ""

    def stages(self) -> str:
        chosen = self.context.panes.changes.chosen
        return "unstage" if chosen and all(change.staged for change in chosen) else "stage"

    def stages_all(self) -> str:
        return "stage all" if self.state.changes.unstaged else "unstage all"

    def nothing(self) -> str:
        changes = self.state.changes
        return "" if changes.staged or changes.unstaged else "there are no changes"

    def none_here(self) -> str:
        return "" if self.context.panes.changes.selected is not None else "there are no changes"

    @command(
        "changes.stage",
        "space",
        "stage",
        "Stage or unstage the table",
        CHANGES,
        footer=True,
        writes=True,
        rank=-20,
        unless=(nothing, none_here),
        synonyms=("add", "git add", "unstage", "track"),
        says=stages,
        about="Moves the changes of the table, or of the selected range, into the next commit or out of it.",
        runs="dolt_add(table)",
    )
    def stage(self) -> None:
        chosen = self.context.panes.changes.chosen
        branch = self.state.branch
        unstaged = [change for change in chosen if not change.staged]
        names = [name for change in unstaged or chosen for name in _names(change)]
        what = _several(unstaged or chosen)
        self.context.panes.changes.grid.clear_range()
        if unstaged:
            self.context.write(f"stage {what}", lambda repo: repo.working.stage(branch, names), reach=STAGED)
        else:
            self.context.write(f"unstage {what}", lambda repo: repo.working.unstage(branch, names), reach=STAGED)

    @command(
        "changes.stage_all",
        "a",
        "stage all",
        "Stage all tables, or unstage all",
        CHANGES,
        footer=True,
        writes=True,
        rank=-15,
        unless=nothing,
        synonyms=("add all", "add -A", "unstage all", "stage everything"),
        says=stages_all,
        about="Stages everything; where everything is staged, unstages it.",
        runs="dolt_add('-A')",
    )
    def stage_all(self) -> None:
        branch = self.state.branch
        if self.state.changes.unstaged:
            self.context.write("stage all tables", lambda repo: repo.working.stage_all(branch), reach=STAGED)
        else:
            self.context.write("unstage all tables", lambda repo: repo.working.unstage_all(branch), reach=STAGED)

    @command(
        "changes.rows",
        "enter",
        "rows",
        "Diff of the table: the rows that changed",
        CHANGES,
        footer=True,
        rank=-20,
        unless=(nothing, none_here),
        synonyms=("diff", "git diff", "show changes", "changed rows", "hunks"),
        about="Goes to the changed rows, where single rows can be staged, discarded and edited.",
    )
    def rows(self) -> None:
        self.context.go_to(self.context.main)

    @command(
        "changes.range",
        "v",
        "range",
        "Range: select several tables",
        CHANGES,
        rank=10,
        synonyms=("select range", "visual mode", "mark tables"),
    )
    def range(self) -> None:
        """Select a range of tables from here on, or end that."""
        self.context.panes.changes.grid.toggle_range()

    @command(
        "changes.discard",
        "d",
        "discard…",
        "Discard changes to the table…",
        CHANGES,
        footer=True,
        writes=True,
        unless=(nothing, none_here),
        synonyms=("restore", "checkout table", "throw away", "revert table", "undo changes"),
        rank=1,
        about="Takes the table back to its last commit, or to what is staged. It asks first and can be undone.",
        runs="dolt_checkout(table)",
        destroys=True,
        says=discards,
    )
    def discard(self) -> None:
        chosen = self.context.panes.changes.chosen
        changes, branch, working = self.state.changes, self.state.branch, self.state.repository.working
        every = (*changes.unstaged, *changes.staged)
        tables = list(dict.fromkeys(change.table for change in chosen))
        one = chosen[0] if len(tables) == 1 else None
        what = _several(chosen)
        unstaged = [change for change in chosen if not change.staged]
        staged = [change for change in every if change.staged and change.table in tables]
        choices = []
        if unstaged:
            half = any(change.table in {item.table for item in unstaged} for change in staged)
            choices.append(
                Choice(
                    "u",
                    _undo_words(one, "unstaged changes") if one is not None else f"unstaged changes to {what}",
                    f"back to {'its' if one is not None else 'their'} {'staged state' if half else 'last commit'}",
                    calls=working.discard_calls(*unstaged),
                )
            )
        if staged:
            both = [change for change in every if change.table in tables]
            choices.append(
                Choice(
                    "t",
                    "all changes to the table" if one is not None else f"all changes to {what}",
                    f"{what} back to the last commit",
                    calls=working.discard_calls(*both, staged_too=True),
                )
            )
        choices.append(
            Choice(
                "x",
                "everything" if changes.tables == len(tables) else "every table",
                f"{plural(changes.tables, 'table')} back to the last commit",
                calls=working.discard_all_calls(branch, *every),
            )
        )
        body = [
            join(cell("Discard changes to "), cell(what, "accent bold")),
            (),
            *change_lines(every, staged=True, marked=tables if changes.tables > 1 else ()),
            (),
            undo_note(self.state),
        ]
        dialog = ChoiceDialog("Discard", body, choices, opener="d")
        seen, everything = self.watch(name for change in chosen for name in _names(change)), self.state.seen
        self.context.panes.changes.grid.clear_range()

        def answered(letter: str | None) -> None:
            if letter == "u":
                self._discard(
                    f"changes to {what}",
                    lambda repo: repo.working.discard(branch, *unstaged, expected=seen()),
                    self.again("changes.discard"),
                )
            elif letter == "t":
                both = list({change.table: change for change in every if change.table in tables}.values())
                self._discard(
                    f"all changes to {what}",
                    lambda repo: repo.working.discard(branch, *both, staged_too=True, expected=seen()),
                    self.again("changes.discard"),
                )
            elif letter == "x":
                again = self.again("changes.discard")
                self._discard("everything", lambda repo: repo.working.discard_all(branch, everything), again)

        self.context.ask(dialog, answered)

    def _discard(self, what: str, work: Callable[[Repository], object], again: Callable[[], None]) -> None:
        self.context.write(
            f"discard {what}",
            work,
            lambda _: self.context.tell(f"Discarded {what}: {key_of('undo')} brings it back"),
            again=again,
        )

    @command(
        "changes.reset",
        "D",
        "reset…",
        "Discard all changes, or only some…",
        CHANGES,
        writes=True,
        rank=10,
        unless=nothing,
        synonyms=("discard everything", "restore all", "throw away all"),
        about="Shows what would be lost by each way before it does anything. It can be undone.",
        offers=(
            Offer(
                "h",
                "Reset hard: discard staged and unstaged changes…",
                ("reset --hard", "hard reset"),
                "dolt_reset('--hard')",
            ),
            Offer("n", "Clean: drop the new tables…", ("git clean", "remove untracked"), "dolt_clean()"),
        ),
    )
    def reset(self) -> None:
        """All at once: everything, only what is unstaged, only new tables, or all but those."""
        changes, branch, repository = self.state.changes, self.state.branch, self.state.repository
        new = [change for change in changes.unstaged if change.status is Status.NEW]
        old = [change for change in changes.unstaged if change.status is not Status.NEW]
        kept = f", {plural(len(new), 'new table')} stay{'s' if len(new) == 1 else ''}" if new else ""
        nothing = "there are none"
        choices = [
            Choice(
                "x",
                "everything",
                f"{plural(changes.tables, 'table')} back to the last commit",
                calls=repository.working.discard_all_calls(branch, *changes.unstaged, *changes.staged),
            ),
            Choice(
                "h",
                "hard reset",
                f"staged and unstaged changes{kept}",
                "" if changes.staged or old else "only new tables are there",
                repository.commits.reset_calls(self.state.head, ResetKind.HARD),
            ),
            Choice(
                "u",
                "unstaged changes",
                f"of {plural(len(old), 'table')}{kept}",
                "" if old else nothing,
                repository.working.discard_calls(*old),
            ),
            Choice(
                "n",
                "new tables",
                f"drop {plural(len(new), 'table')}",
                "" if new else nothing,
                repository.working.discard_calls(*new),
            ),
        ]
        body = [
            cell(f"Discard changes on {branch}", Style.BOLD),
            (),
            *change_lines((*changes.unstaged, *changes.staged), staged=True),
            (),
            undo_note(self.state),
        ]

        seen = self.state.seen
        tables = self.watch(name for change in changes.unstaged for name in _names(change))
        work: dict[str, tuple[str, Callable[[Repository], object]]] = {
            "x": ("everything", lambda repo: repo.working.discard_all(branch, seen)),
            "h": ("all but new tables", lambda repo: repo.commits.reset(branch, "HEAD", ResetKind.HARD, seen)),
            "u": ("unstaged changes", lambda repo: repo.working.discard(branch, *old, expected=tables())),
            "n": ("new tables", lambda repo: repo.working.discard(branch, *new, expected=tables())),
        }

        def answered(letter: str | None) -> None:
            if letter is not None:
                self._discard(*work[letter], self.again("changes.reset"))

        self.context.ask(ChoiceDialog("Discard changes", body, choices, opener="D"), answered)


def _names(change: TableChange) -> list[str]:
    """The names that a change has to be named by."""
    return [change.table] if change.old_name is None else [change.old_name, change.table]


def _several(changes: Sequence[TableChange]) -> str:
    """Some tables for people: the name of the only one, or how many."""
    tables = {change.table for change in changes}
    return next(iter(tables)) if len(tables) == 1 else plural(len(tables), "table")


def _undo_words(change: TableChange, words: str) -> str:
    if change.status is Status.NEW:
        return "drop the new table"
    if change.status is Status.DELETED:
        return "bring the table back"
    return words
