"""A full screen that is made of panes, with a header, a footer and a line to type a filter in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual import events, on
from textual.app import ComposeResult
from textual.widget import Widget

from dolt_tui.ui.commands import HEADINGS, WITHIN, parts_of
from dolt_tui.ui.full_screen import FullScreen
from dolt_tui.ui.panes.bars import BarClicked, FooterBar
from dolt_tui.ui.panes.filter_bar import FilterBar
from dolt_tui.ui.panes.pane import Pane
from dolt_tui.ui.panes.read_pane import ReadPane
from dolt_tui.ui.panes.titles import TitlesBar
from dolt_tui.ui.present.grid_rows import PageOf
from dolt_tui.ui.skeleton import set_size_classes
from dolt_tui.ui.widgets.body import Body, Shown
from dolt_tui.ui.widgets.grid import Grid
from dolt_tui.ui.widgets.message_line import Said
from dolt_tui.ui.widgets.pane_layout import Arrangement, Focus, Mode, Showing, Sizes, arrange, cycled

if TYPE_CHECKING:
    from dolt_tui.ui.commands import CommandSet
    from dolt_tui.ui.panes.pane_set import PaneSet
    from dolt_tui.ui.panes.panes import Panes
    from dolt_tui.ui.session.session import Session


class PaneScreen(FullScreen):
    """Panes side by side, and what their grids ask for."""

    header: Widget
    """The line at the top."""

    def __init__(
        self,
        session: Session,
        panes: Panes,
        commands: CommandSet,
        sizes: Sizes,
        own: PaneSet[Any] | None = None,
    ) -> None:
        self._as_if_in: Pane | None = None
        """The pane that would be in focus, while it is asked what would be possible there."""
        self._to_run: tuple[str, Pane] | None = None
        """A command that was chosen elsewhere, and its pane, until that is read."""
        super().__init__(session, panes, commands, own)
        self.filter_bar, self.footer, self.titles = FilterBar(), FooterBar(), TitlesBar()
        self.sizes = sizes
        """The sizes of the panes; they are people's, and stay when a screen of the same kind is shown again."""
        self._in_focus: Pane = self.own_panes.last
        own = self.own_panes
        self.body = Body(
            self.titles,
            *(pane for frame in own.frames for pane in frame),
            *(own.main, own.lower.usual),
            shown=lambda: Shown(own.side, own.upper.shown, own.lower.shown, self.titles),
            showing=self._showing,
            resized=self._resized,
        )

    def compose(self) -> ComposeResult:
        yield self.header
        yield self.body
        yield self.filter_bar
        yield self.footer

    def on_resize(self, event: events.Resize) -> None:
        set_size_classes(self, event)
        self.call_after_refresh(self.draw_bars)

    # room

    def _showing(self, width: int, height: int) -> Showing:
        """What the panes share the room by."""
        own, pane = self.own_panes, self.pane_in_focus
        places = {own.upper.shown: Focus.UPPER, own.lower.shown: Focus.LOWER}
        front = own.side.index(own.in_place_of(own.last))
        return Showing(width, height, front, places.get(pane, Focus.SIDE), own.lower.shown.room, self.sizes)

    def _resized(self, sizes: Sizes) -> None:
        self.sizes = sizes

    @property
    def arrangement(self) -> Arrangement:
        """How the panes share the room."""
        return arrange(self._showing(*self.body.size))

    @property
    def is_full(self) -> bool:
        return self.sizes.mode is Mode.FULL

    def cycle_layout(self, by: int) -> None:
        """Give the pane in focus the next share of the screen: normal, half, all of it."""
        self.sizes = cycled(self._showing(*self.body.size), by)
        self.rearrange()
        self.draw_footer()

    def rearrange(self) -> None:
        """Something else is in focus, or is shown."""
        if self.is_mounted:
            self.body.rearrange()

    @property
    def pane_in_focus(self) -> Pane:
        """The pane in focus, or the one that was, also while something is typed into a line at the bottom."""
        node: Any = self.focused
        while node is not None and not isinstance(node, Pane):
            node = node.parent
        if isinstance(node, Pane):
            self._in_focus = node
        return self.own_panes.in_place_of(self._in_focus)

    def on_descendant_focus(self) -> None:
        """The pane in focus has most of the room."""
        self.rearrange()

    def on_titles_bar_chosen(self, event: TitlesBar.Chosen) -> None:
        if self.keys_ready:
            self.go_to(event.pane)

    def draw_titles(self) -> None:
        """Draw the titles of the panes again, where there is a line for them."""
        found, own = self.arrangement, self.own_panes
        if found.titles:
            hidden = (own.upper.shown,) if not found.upper else ()
            self.titles.show((*hidden, *own.side, own.lower.shown), self.pane_in_focus)

    # keys

    @property
    def places(self) -> tuple[str, ...]:
        """Where the commands are declared that its keys mean now."""
        return (self.focused_pane.key_place, self.PLACE)

    @property
    def all_places(self) -> tuple[str, ...]:
        """Where the commands are declared that it has at all: of each pane, also of those that are not shown."""
        own = dict.fromkeys((*self.places, *(pane.KIND for pane in self.own_panes)))
        return (*own, *(place for place in WITHIN if parts_of(place)[-1] in own and place not in own))

    def _pane_at(self, place: str) -> Pane | None:
        """The pane whose keys mean what is declared for a place; None where none does now."""
        kind = parts_of(place)[-1]
        pane = next((pane for pane in self.own_panes if kind == pane.KIND), None)
        return pane if pane is None or place in parts_of(pane.key_place) else None

    def why_not_at(self, command: str, place: str) -> str:
        """Why a command could not run if one were where it is declared, in another pane; empty where it could, or where
        that is only known there."""
        if place in self.places:
            return self.why_not(command)
        forbidden, pane = self.actions.forbidden(command), self._pane_at(place)
        if forbidden or pane is None:
            return forbidden or self.no_pane(place)
        if not self._is_read(pane):
            return ""
        self._as_if_in = pane
        try:
            return self.why_not(command)
        finally:
            self._as_if_in = None

    def _is_read(self, pane: Pane) -> bool:
        """Whether a pane shows what is the case: a tab behind others is read when it comes to the front."""
        if not isinstance(pane, ReadPane) or not pane.has_class("behind") or pane in self.own_panes.first:
            return True
        return self.session.is_open and pane.known_empty(self.state)

    def no_pane(self, place: str) -> str:
        """Why no pane means what is declared for a place; empty where one can be opened for it (`open_pane`)."""
        return f"only {HEADINGS.get(place, place)}"

    def open_pane(self, place: str) -> Pane | None:
        """Open a pane that is not shown yet."""
        return None

    def run_at(self, command: str, place: str) -> None:
        """Go where a command is declared, and run it there once that is read, or say why it cannot run."""
        if place in self.places:
            self.run(command)
            return
        pane, reason = self._pane_at(place), self.why_not_at(command, place)
        if pane is None and not reason:
            pane = self.open_pane(place)
        elif pane is not None and (pane is not self.focused_pane):
            self.go_to(pane)
        if pane is None:
            self.tell(f"{self.actions.commands[command].short.rstrip('…')}: {reason}", "warning")
            return
        self._to_run = (command, pane)
        self.run_if_there()

    def run_if_there(self) -> None:
        """Run the command that waits until its pane is in focus and read."""
        if self._to_run is None or not self.keys_ready:
            return
        command, pane = self._to_run
        if isinstance(pane, ReadPane) and self.session.jobs.active(pane.lane):
            return
        self._to_run = None
        if self.focused_pane is pane:
            self.run(command)

    def run(self, command: str) -> None:
        """Run a command by its id, or say why it cannot run."""
        self._to_run = None  # something else was wanted meanwhile
        super().run(command)

    def _holds_changed(self) -> None:
        super()._holds_changed()
        self.run_if_there()

    @property
    def focused_pane(self) -> Pane:
        """The pane in focus, or the one that was."""
        return self._as_if_in or super().focused_pane

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that go before what they mean otherwise: in a pane that is searched that for the next match, in one that
        shows something of one kind those that are about that."""
        if action == "sought":
            return bool(self.focused_pane.current.sought)
        if action == "within":
            return parameters[1] in parts_of(self.focused_pane.key_place)
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
        command = self.actions.commands.entering(self.own_panes.with_grid(event.grid).key_place)
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

    @on(BarClicked)
    def _bar_clicked(self, event: BarClicked) -> None:
        """A command was clicked in the header or in the footer: its key would do the same here."""
        meant = {item.id for place in self.places for item in self.actions.commands.meant(place)}
        if event.command in meant:
            self.run(event.command)

    @on(Pane.TitleClicked)
    def _title_of_pane_clicked(self, event: Pane.TitleClicked) -> None:
        if self.keys_ready:
            tabs = self.own_panes.beside(event.pane)
            self.go_to(next((tab for tab in tabs if event.tab == tab.TITLE), event.pane))

    def draw_bars(self) -> None:
        """Draw the header and the footer again."""
        self.draw_footer()

    def draw_footer(self) -> None:
        """Draw the footer again: the keys of the pane in focus, or whether they can be used, are others."""
        typed, actions = self.focused_pane.TYPED, self.actions
        shown = actions.commands.footer(self.focused_pane.key_place, typed=typed, shared=self.PLACE, now=actions.shows)
        words = ((command, actions.word(command)) for command in shown if not self.why_not(command.id))
        said = self.program.messages.now
        self.footer.show(words, typed=typed, said=said if self.takes(said) else None)
        self.draw_titles()

    def takes(self, said: Said | None) -> bool:
        """Whether the footer has room for a message."""
        return said is None or (self.footer.display and self.footer.takes(said))
