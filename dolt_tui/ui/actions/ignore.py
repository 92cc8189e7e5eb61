"""Leaving new tables out of the changes: the patterns of ``dolt_ignore``."""

from __future__ import annotations

from dolt_tui.engine.errors import InvalidName
from dolt_tui.engine.model import IgnorePattern, Status
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import CHANGES, Footer, command
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.dialogs.listing import ListDialog
from dolt_tui.ui.dialogs.name import NameDialog
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import Cell, Style, cell, join
from dolt_tui.words import plural

_COLUMNS = (
    Column("pattern", flex=True, separator=False),
    Column("kind", separator=False),
)
_MOST = 6
"""Tables that are named; the rest are counted."""


class IgnoreActions(Actions):
    """The command that ignores tables, and shows what is ignored."""

    @command(
        "ignore",
        "i",
        "ignore…",
        "Ignore new tables (dolt_ignore)…",
        CHANGES,
        footer=Footer.LAST,
        writes=True,
        synonyms=("gitignore", "exclude", "patterns"),
        about="Adds a table or a pattern to dolt_ignore, and lists the patterns.",
    )
    def ignore(self) -> None:
        """Look at the patterns first, then ask."""
        repository, branch = self.state.repository, self.state.branch
        self.context.look(
            "read the ignored tables",
            lambda: repository.ignoring.patterns(branch),
            self._ask,
        )

    @property
    def _new(self) -> list[str]:
        """The new tables of which nothing is staged: only these can be ignored."""
        changes = self.state.changes
        staged = {change.table for change in changes.staged}
        return [c.table for c in changes.unstaged if c.status is Status.NEW and c.table not in staged]

    def _ask(self, patterns: tuple[IgnorePattern, ...]) -> None:
        repository = self.state.repository
        chosen = [change.table for change in self.context.panes.changes.chosen]
        new = [table for table in chosen if table in self._new]
        what = new[0] if len(new) == 1 else plural(len(new), "table")
        body = [cell("Dolt ignores new tables that match a pattern.", Style.BOLD)]
        body.append(cell("Tables that are committed or staged are never ignored.", Style.DIM))
        choices = [
            Choice(
                "t",
                "this table" if len(chosen) < 2 else "these tables",
                what,
                "" if new else "only new, unstaged tables can be ignored",
                [call for table in new for call in repository.ignoring.ignore_calls(table)],
            ),
            Choice("p", "a pattern…", "such as tmp_*"),
            Choice(
                "l",
                "the patterns…",
                plural(len(patterns), "pattern"),
                "" if patterns else "there are none yet",
            ),
        ]

        def answered(letter: str | None) -> None:
            if letter == "t":
                self._ignore(new)
            elif letter == "p":
                self._type()
            elif letter == "l":
                self._list(patterns)

        self.context.ask(ChoiceDialog("Ignore", body, choices, default="t" if new else "p", opener="i"), answered)

    def _ignore(self, patterns: list[str]) -> None:
        branch = self.state.branch
        what = patterns[0] if len(patterns) == 1 else plural(len(patterns), "table")
        self.context.panes.changes.grid.clear_range()

        def work() -> None:
            for pattern in patterns:
                self.state.repository.ignoring.ignore(branch, pattern)

        self.context.write(
            f"ignore {what}",
            lambda _repo: work(),
            lambda _: self.context.tell(f"Ignoring {what}: dolt_ignore changed, commit it to keep this"),
        )

    def _type(self) -> None:
        new = self._new
        repository = self.state.repository

        def check(pattern: str) -> None:
            if not pattern.strip():
                raise InvalidName("A pattern needs a name.")

        def preview(pattern: str) -> list[Cell]:
            if not pattern.strip():
                return [cell("* and % stand for any characters, ? for one.", Style.DIM)]
            found = repository.ignoring.matching(pattern, new)
            if not found:
                return [cell("It matches none of the new tables.", Style.DIM)]
            rest = f" and {len(found) - _MOST} more" if len(found) > _MOST else ""
            return [cell(f"Leaves out {plural(len(found), 'table')}: {', '.join(found[:_MOST])}{rest}", Style.ACCENT)]

        dialog = NameDialog(
            "Ignore tables",
            [cell("Leave out new tables whose names match")],
            check=check,
            hint="ignore",
            preview=preview,
        )

        def typed(pattern: str | None) -> None:
            if pattern is not None:
                self._ignore([pattern])

        self.context.ask(dialog, typed)

    def _list(self, patterns: tuple[IgnorePattern, ...]) -> None:
        rows = [
            Row(
                item.pattern, (cell(item.pattern), cell("" if item.ignored else "an exception: not ignored", Style.DIM))
            )
            for item in patterns
        ]
        dialog = ListDialog("Ignored tables", rows, _COLUMNS, hint="⏎ remove… · esc close")

        def picked(pattern: object) -> None:
            if isinstance(pattern, str):
                self._remove(pattern)

        self.context.ask(dialog, picked)

    def _remove(self, pattern: str) -> None:
        branch = self.state.branch
        body = [
            join(cell("Remove the pattern "), cell(pattern, "accent bold")),
            cell("The tables that it ignores show up as changes again.", Style.DIM),
        ]
        calls = self.state.repository.ignoring.remove_calls(pattern)

        def answered(letter: str | None) -> None:
            if letter == "x":
                self.context.write(
                    f"remove the pattern {pattern}",
                    lambda repo: repo.ignoring.remove(branch, pattern),
                    lambda _: self.context.tell(f"Removed the pattern {pattern}"),
                )

        self.context.ask(ChoiceDialog("Ignored tables", body, [Choice("x", "remove it", calls=calls)]), answered)
