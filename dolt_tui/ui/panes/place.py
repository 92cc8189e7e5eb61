"""A place of the right column, in which one frame of several stands: pane 0's, or pane 5's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.widget import Widget

    from dolt_tui.ui.panes.pane import Pane


class Place:
    """Frames, each with its tabs, of which one is shown: the one that is always there, or one that was put before it.

    What is put here for the first time becomes part of the screen then, and not before: it may be slow to make.
    """

    def __init__(self, pane: Pane) -> None:
        """``pane`` is always there."""
        self._frames: list[tuple[Pane, ...]] = [(pane,)]
        self._shown = pane

    def __iter__(self) -> Iterator[Pane]:
        """All panes that were ever shown here, and the tabs beside them."""
        return (pane for frame in self._frames for pane in frame)

    @property
    def usual(self) -> Pane:
        """The pane that is always there."""
        return self._frames[0][0]

    @property
    def shown(self) -> Pane:
        """The pane that is shown."""
        return self._shown

    def frame(self, pane: Pane) -> tuple[Pane, ...]:
        """All tabs of a pane's frame; none for a pane that does not belong here."""
        return next((frame for frame in self._frames if pane in frame), ())

    def show(self, pane: Pane, *tabs: Pane) -> None:
        """Let a pane stand here; where it is new, with all ``tabs`` of its frame, among them itself."""
        if not self.frame(pane):
            frame = tabs or (pane,)
            assert pane in frame
            self._frames.append(frame)
            titles = [tab.TITLE for tab in frame]
            for tab in frame:
                tab.tabs = titles
            self._mount(frame)
        self._shown = pane
        for other in self:
            other.set_class(other is not pane, "behind")

    def put_back(self) -> None:
        """Let what is always there stand here again."""
        self.show(self.usual)

    def _mount(self, frame: tuple[Pane, ...]) -> None:
        home: Widget | None = self.usual.parent if self.usual.is_attached else None  # type: ignore[assignment]
        if home is not None:
            home.mount(*frame, after=self.usual)
