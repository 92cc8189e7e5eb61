"""A full screen that is made of panes, with a header, a footer and a line to type a filter in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from dolt_tui.ui.full_screen import FullScreen
from dolt_tui.ui.panes.bars import FooterBar
from dolt_tui.ui.panes.filter_bar import FilterBar
from dolt_tui.ui.panes.pane import Pane
from dolt_tui.ui.present.grid_rows import PageOf
from dolt_tui.ui.skeleton import set_size_classes
from dolt_tui.ui.widgets.grid import Grid

if TYPE_CHECKING:
    from dolt_tui.ui.commands import CommandSet
    from dolt_tui.ui.panes.pane_set import PaneSet
    from dolt_tui.ui.panes.panes import Panes
    from dolt_tui.ui.session.session import Session


class PaneScreen(FullScreen):
    """Panes side by side, and what their grids ask for."""

    header: Widget
    """The line at the top."""

    def __init__(self, session: Session, panes: Panes, commands: CommandSet, own: PaneSet[Any] | None = None) -> None:
        super().__init__(session, panes, commands, own)
        self.filter_bar, self.footer = FilterBar(), FooterBar()

    def compose(self) -> ComposeResult:
        yield self.header
        with Horizontal(id="body"):
            with Vertical(id="side"):
                for frame in self.own_panes.frames:
                    yield from frame
            with Vertical(id="right"):
                yield self.own_panes.main
                yield self.own_panes.lower.usual
        yield self.filter_bar
        yield self.footer

    def on_resize(self, event: events.Resize) -> None:
        set_size_classes(self, event)
        self.call_after_refresh(self.draw_bars)

    # keys

    @property
    def places(self) -> tuple[str, ...]:
        """Where the commands are declared that its keys mean now."""
        return (self.focused_pane.key_place, self.PLACE)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that go before what they mean otherwise: in a pane that is searched that for the next match, in one that
        shows something of one kind those that are about that."""
        if action == "sought":
            return bool(self.focused_pane.grid.sought)
        if action == "within":
            return parameters[1] == self.focused_pane.key_place
        return super().check_action(action, parameters)

    def action_within(self, command: str, _place: str) -> None:
        """Run a command that is about what the pane in focus shows."""
        self.run(command)

    def action_sought(self, command: str) -> None:
        """Go to another match in the pane that is searched."""
        self.run(command)

    def type_filter(self, pane: Pane, search: Callable[[str], None] | None = None) -> None:
        """Let the user type a filter for a pane, or a text to search."""
        self.filter_bar.open(pane, search)

    # what grids tell

    @on(Grid.Selected)
    def _selected(self, event: Grid.Selected) -> None:
        command = self.actions.commands.entering(self.own_panes.with_grid(event.grid).KIND)
        if command is not None:
            self.run(command.id)

    @on(Grid.PageWanted)
    def _page_wanted(self, event: Grid.PageWanted) -> None:
        grid, request, source = event.grid, event.request, event.source
        pane = self.own_panes.with_grid(grid)

        def arrived(page: PageOf) -> None:
            grid.deliver(request, page)
            pane.arrived()

        if request.after is None and request.before is None and not request.from_end and request.start == 0:
            arrived(source.fetch(request))  # the first page is there already
            return
        self.session.jobs.run(
            pane.PAGES,
            "read on",
            lambda: source.fetch(request),
            arrived,
            lambda error: None if self.session.lost(error) else grid.fail(request, str(error)),
        )

    # the bars

    @on(FooterBar.Clicked)
    def _footer_clicked(self, event: FooterBar.Clicked) -> None:
        self.run(event.command)

    def draw_bars(self) -> None:
        """Draw the header and the footer again."""
        self.draw_footer()

    def draw_footer(self) -> None:
        """Draw the footer again: the keys of the pane in focus, or whether they can be used, are others."""
        typed, actions = self.focused_pane.TYPED, self.actions
        shown = actions.commands.footer(self.focused_pane.key_place, typed=typed, shared=self.PLACE, now=actions.shows)
        words = ((command, actions.word(command)) for command in shown if not self.why_not(command.id))
        self.footer.show(words, typed=typed)
