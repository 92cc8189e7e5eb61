"""What the keys do in the Summary: choosing what is joined."""

from __future__ import annotations

from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import SUMMARY, command
from dolt_tui.ui.dialogs.listing import ListDialog
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import cell


class SummaryActions(Actions):
    """Commands in the summary."""

    @command(
        "summary.link",
        "enter",
        "join…",
        "Join: choose the link table…",
        SUMMARY,
        footer=True,
        synonyms=("join tables",),
    )
    def link(self) -> None:
        branch, repository = self.state.branch, self.state.repository

        def found(links: tuple[str, ...]) -> None:
            if not links:
                self.context.tell("No table of this branch has two foreign keys to join along.")
                return
            rows = [Row(name, (cell(name),)) for name in links]
            dialog = ListDialog(
                "Join a link table", rows, (Column("name", flex=True, separator=False),), at=self.state.link
            )

            def chosen(name: object) -> None:
                if isinstance(name, str):
                    self.state.link = name
                    self.context.session.refresh.read_scopes(frozenset({"summary"}))

            self.context.ask(dialog, chosen)

        self.context.look("look for link tables", lambda: repository.summaries.links(branch), found)
