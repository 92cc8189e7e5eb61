"""A pane that shows what the session reads for it."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from dolt_tui.ui.panes.pane import Pane

if TYPE_CHECKING:
    from dolt_tui.ui.main_view.view import View
    from dolt_tui.ui.session.reads import Reading
    from dolt_tui.ui.session.state import State


class ReadPane(Pane):
    """Read again whenever one of its scopes changes; the tabs behind others only while they are shown."""

    SCOPES: frozenset[str] = frozenset()
    """The scopes (`dolt_tui.ui.session.reads`) after whose change it is read again."""

    @property
    def lane(self) -> str:
        """The lane of `dolt_tui.ui.session.jobs.Jobs` that reads it alone, when it comes to the front."""
        return f"tab {self.NUMBER}"

    @property
    def cancelled(self) -> tuple[str, ...]:
        return (self.lane, *super().cancelled)

    @abstractmethod
    def read(self, reading: Reading) -> Any:
        """What it shows. Blocks, on a database thread; raises what the engine and ``reading`` raise."""

    @abstractmethod
    def show(self, found: Any, state: State) -> None:
        """Show what `read` returned."""

    def known_empty(self, state: State) -> bool:
        """Whether it is known to have nothing to show, though it was not read yet."""
        return False

    def counted(self, found: Any, state: State) -> None:
        """Show the same with its numbers, which took longer."""
        self.show(found, state)


class SidePane(ReadPane):
    """A pane at the side: its selection says what the main pane is about."""

    @abstractmethod
    def view(self, state: State) -> View | str:
        """What the main pane shows for the selection; a text where there is nothing to show, saying why."""

    @property
    def tally(self) -> int | None:
        return self.grid.filtered_from

    @property
    def filtered_out(self) -> str:
        """That the filter leaves no row, for people; empty where it leaves some."""
        if self.grid.filter_text and not self.grid.matches and self.grid.filtered_from:
            return f"Nothing in {self.TITLE} matches the filter."
        return ""
