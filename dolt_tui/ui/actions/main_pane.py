"""What the keys do in the main pane: going into a row, to the row that a key refers to, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.engine.model import ForeignKey
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import MAIN, RESULT, Footer, command
from dolt_tui.ui.flows.following import Link, at_cursor, follow, link_at, short, values_of, with_link
from dolt_tui.ui.main_view.references import LoadedReferences, Reference, ReferencesView

if TYPE_CHECKING:
    from dolt_tui.ui.panes.main import MainPane


class MainActions(Actions):
    """Commands in the main pane."""

    def nothing_behind(self) -> str:
        main = self.context.rows_pane
        behind = main.entered() is not None or main.record is not None
        return "" if behind else "there is nothing to open on this line"

    def where_to(self) -> str:
        """What the footer calls ``enter`` on the cell of a foreign key."""
        main = self.context.rows_pane
        link = link_at(main) if main.entered() is None else None
        return link.word if link is not None and link.refers else ""

    @command(
        "main.enter",
        "enter",
        "open",
        "Open the row: a record, or what it leads to",
        (MAIN, RESULT),
        footer=True,
        says=where_to,
        unless=nothing_behind,
        synonyms=("view row", "details", "expand", "transpose", "follow foreign key", "go to the referenced row"),
    )
    def enter(self) -> None:
        main = self.context.rows_pane
        view = main.entered()
        if view is not None and isinstance(main.loaded, LoadedReferences):
            self.context.follow_key(view)
        elif view is not None:
            self.context.show_view(view, inside=True)
        else:
            with_link(self.context, main, self._enter)

    def _enter(self, link: Link | None) -> None:
        if link is not None and link.refers:
            follow(self.context, link)
            return
        main = self.context.rows_pane
        if main.record is None:
            return
        self._open(main)
        if link is not None:
            names = [name for name, value in zip(link.key.columns, link.values, strict=True) if value is None]
            if names:
                self.context.tell(f"{names[0]} is NULL: it refers to no row of {link.key.referred}.")

    def no_record(self) -> str:
        main = self.context.rows_pane
        if main.card.is_open:
            return "the record is open"
        return "" if main.record is not None else "there is no row here whose columns could be shown"

    def beside_following(self) -> Footer:
        """Where ``enter`` goes elsewhere, it is worth saying what shows the record."""
        return Footer.YES if self.where_to() or self.context.rows_pane.entered() is not None else Footer.NO

    @command(
        "rows.record",
        "i",
        "record",
        "Record: every column of the row",
        (MAIN, RESULT),
        footer=beside_following,
        unless=no_record,
        synonyms=("inspect", "details", "whole row", "expand the row"),
    )
    def record(self) -> None:
        self._open(self.context.rows_pane)

    def _open(self, main: MainPane) -> None:
        main.open_record()
        self.context.go_to(main)

    # back

    def no_way_back(self) -> str:
        return "" if self.context.main.came_by_key else "no foreign key was followed to get here"

    @command(
        "rows.come_back",
        "backspace",
        "come back",
        "Come back from where a foreign key led",
        MAIN,
        footer=True,
        unless=no_way_back,
        synonyms=("back",),
    )
    def come_back(self) -> None:
        main = self.context.main
        while not main.stack[-1].followed:
            main.stack.pop()
        self.context.leave_view()

    # the other way

    def no_row(self) -> str:
        return "" if at_cursor(self.context.main) is not None else "there is no row of a table here"

    @command(
        "rows.references",
        "B",
        "references",
        "References to the row: tables, with counts",
        MAIN,
        rank=1,
        unless=no_row,
        synonyms=("backlinks", "referenced by", "referring rows", "foreign keys", "child rows"),
    )
    def references(self) -> None:
        main = self.context.main
        place, record, values = at_cursor(main), main.record, main.shown_values
        if place is None or record is None or values is None:
            return
        (table, revision), columns = place, record.columns
        key = main.row_key or ()
        called = ", ".join(f"{name} {short(value)}" for name, value in key) or "this row"
        repository, branch = self.state.repository, self.state.branch

        def found(keys: tuple[ForeignKey, ...]) -> None:
            references = []
            for one in keys:
                referred = ForeignKey(one.table, one.name, one.referred_columns, one.referred, one.columns)
                meant = values_of(referred, columns, values)
                if meant is not None and all(value is not None for value in meant):
                    references.append(Reference(one, meant))
            if references:
                self.context.follow_key(ReferencesView(table, called, tuple(references), revision))
            else:
                self.context.tell(f"No table has a foreign key to {table}.")

        self.context.look(
            f"find what refers to {table}", lambda: repository.references.to(branch, table, revision), found
        )
