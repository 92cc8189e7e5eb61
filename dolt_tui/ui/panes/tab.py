"""A pane behind the first one of its frame: read only while it is shown."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from dolt_tui.ui.panes.pane import SidePane

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository


class Tab(SidePane):
    """A list that a frame shows instead of its first one."""

    WATCHES: frozenset[str] = frozenset()
    """The scopes (`dolt_tui.ui.session.reads`) after whose change it is read again, while it is shown."""

    @property
    def lane(self) -> str:
        """The lane of `dolt_tui.ui.session.jobs.Jobs` that reads it when it comes to the front."""
        return f"tab {self.NUMBER}"

    @abstractmethod
    def read(self, repository: Repository, branch: str) -> Any:
        """What it shows on ``branch``. Blocks, on a database thread; raises what the engine raises."""

    @abstractmethod
    def show(self, found: Any) -> None:
        """Show what `read` answered."""
