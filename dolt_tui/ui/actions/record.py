"""What the keys do in a record: a row with all of its columns."""

from __future__ import annotations

from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import RECORD, RESULT_RECORD, Footer, command
from dolt_tui.ui.flows.following import Link, follow, link_at, with_link

_HERE = (RECORD, RESULT_RECORD)


class RecordActions(Actions):
    """Commands on the record that the main pane shows, or the pane of a result."""

    def not_open(self) -> str:
        return "" if self.context.rows_pane.card.is_open else "no record is open"

    def no_folds(self) -> str:
        main = self.context.rows_pane
        return "" if main.card.is_open and (main.card.folds or main.column is not None) else "nothing is folded here"

    def where_to(self) -> str:
        main = self.context.rows_pane
        link = link_at(main)
        return link.word if link is not None and link.refers and not main.card.folds else ""

    def unfolds(self) -> Footer:
        return Footer.FIRST if self.where_to() or self.context.rows_pane.card.folds else Footer.NEVER

    def not_a_change(self) -> str:
        return "" if self.context.rows_pane.card.is_change else "the row did not change"

    @command(
        "record.next",
        "J",
        "next",
        "Next record: the next row of the list",
        _HERE,
        footer=True,
        rank=-30,
        unless=not_open,
    )
    def next(self) -> None:
        self._step(1)

    @command(
        "record.previous",
        "K",
        "previous",
        "Previous record: the row before it",
        _HERE,
        footer=True,
        rank=-29,
        unless=not_open,
    )
    def previous(self) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        if not self.context.rows_pane.card.step(by):
            self.context.tell(f"This is the {'last' if by > 0 else 'first'} row.", "warning")

    @command(
        "record.unchanged",
        "x",
        "unchanged",
        "Unchanged columns: show them, or leave them out",
        _HERE,
        footer=True,
        rank=-27,
        unless=(not_open, not_a_change),
        synonyms=("changed columns", "fold"),
    )
    def unchanged(self) -> None:
        self.context.rows_pane.card.toggle_whole()

    @command(
        "record.enter",
        "enter",
        "unfold",
        "Unfold a value, follow a foreign key, view a cell",
        _HERE,
        footer=unfolds,
        says=where_to,
        rank=-28,
        unless=(not_open, no_folds),
        synonyms=("fold", "expand", "collapse"),
    )
    def enter(self) -> None:
        main = self.context.rows_pane
        if main.card.folds:
            main.card.fold()
        else:
            with_link(self.context, main, self._follow)

    def _follow(self, link: Link | None) -> None:
        if link is None:
            self.context.run("cells.view")
        elif link.refers:
            follow(self.context, link)
        else:
            self.context.tell(f"{link.key.columns[0]} is NULL: it refers to no row of {link.key.referred}.")
