"""What the SQL log does."""

from __future__ import annotations

from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import EVERYWHERE, RESOLVER, Footer, command


class SqlLogActions(Actions):
    """The command that shows what was run."""

    @command(
        "statements",
        "at",
        "SQL log",
        "SQL log: the statements that were run",
        (EVERYWHERE, RESOLVER),
        footer=Footer.LAST,
        offline=True,
        rank=4,
        synonyms=("command log", "query log", "history of statements"),
    )
    def statements(self) -> None:
        from dolt_tui.ui.flows.sql_log import show_sql_log  # only now: the program starts without

        show_sql_log(self.context)
