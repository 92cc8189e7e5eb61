"""The tags, behind the branches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dolt_tui.engine.model import Tag
from dolt_tui.ui import commands
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.main_view.commit import CommitView
from dolt_tui.ui.panes.read_pane import SidePane
from dolt_tui.ui.present.lists import TAG_COLUMNS, tag_rows
from dolt_tui.ui.session import reads

if TYPE_CHECKING:
    from dolt_tui.ui.session.reads import Reading
    from dolt_tui.ui.session.state import State


class TagsPane(SidePane):
    """All tags, by name; the commit of the selected one is in the main pane."""

    NUMBER, TITLE, KIND = "2", "Tags", commands.TAGS
    COLUMNS = TAG_COLUMNS
    SCOPES = reads.REFS
    _tags: Sequence[Tag] = ()

    def known_empty(self, state: State) -> bool:
        return state.loaded and not state.tags

    def read(self, reading: Reading) -> tuple[Tag, ...]:
        return reading.tags

    def show(self, found: tuple[Tag, ...], state: State) -> None:
        self.grid.empty_text = f"No tags yet: {key_of('tags.new')} here, or on a branch or commit, makes one."
        self._tags = found
        self.grid.set_rows(tag_rows(found, state.clock.now()))
        self.filtered()

    def filtered(self) -> None:
        tag = self.selected
        who = f"by {tag.tagger}" if tag is not None and tag.tagger else ""
        self.set_footnote(" · ".join(filter(None, (who, str(len(self._tags)) if len(self._tags) > 1 else ""))))

    def blank(self) -> None:
        """The list is the same on every branch: keep them, and the cursor."""

    def view(self, state: State) -> CommitView | str:
        tag = self.selected
        return CommitView(tag.hash) if tag is not None else "No tag is selected."

    @property
    def selected(self) -> Tag | None:
        """The tag under the cursor."""
        return self.under_cursor(Tag)

    @property
    def comparable(self) -> tuple[str, str] | None:
        tag = self.selected
        return (tag.name, tag.hash) if tag is not None else None
