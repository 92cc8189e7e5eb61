"""What the handlers of commands are given of the screen that they run on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from dolt_tui.ui.session.session import Session
from dolt_tui.ui.session.state import State

if TYPE_CHECKING:
    from typing import Unpack

    from dolt_tui.engine.model.conflicts import Incoming
    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.dialogs.dialog import Dialog
    from dolt_tui.ui.main_view.view import View
    from dolt_tui.ui.panes.main import MainPane
    from dolt_tui.ui.panes.pane import Pane
    from dolt_tui.ui.panes.pane_set import PaneSet
    from dolt_tui.ui.panes.panes import Panes
    from dolt_tui.ui.present.grid_rows import Match
    from dolt_tui.ui.session.events import Severity
    from dolt_tui.ui.session.writes import How

T = TypeVar("T")


class Window(Protocol):
    """The screen as such: for the commands that are about it, and for what comes without having been asked for."""

    @property
    def in_front(self) -> bool:
        """Whether no dialog is above it, and its keys need not wait: something may open without having been asked."""

    @property
    def width(self) -> int:
        """In cells."""

    @property
    def is_full(self) -> bool:
        """Whether the layout gives all of the screen to the pane in focus."""

    def cycle_layout(self, by: int) -> None:
        """Give the pane in focus the next share of the screen, normal, half or all of it, or the one before."""

    def close(self) -> None:
        """Go back to the screen below."""

    def forget_keys(self) -> None:
        """What was typed ahead was not meant for what comes now."""

    def type_filter(self, pane: Pane, search: Callable[[str], None] | None = None) -> None:
        """Let the user type a filter for a pane, or, with ``search``, a text, with which that is called."""

    def type_statement(self) -> None:
        """Let the user type a statement: where there is a line for it."""

    def save_picture(self) -> str:
        """Save a picture of the screen as an SVG file in the working directory; returns where. Raises OSError."""

    def open_database(self, name: str) -> None:
        """Open another database in place of this one."""

    def suspend(self) -> None:
        """Go to the background of the shell; raises textual's `SuspendNotSupported`."""

    def quit(self) -> None:
        """End the program."""


class Context(Protocol):
    """A full screen, as the handlers of its commands see it."""

    @property
    def session(self) -> Session: ...

    @property
    def state(self) -> State:
        """What is known of the database; only once something is open."""

    @property
    def panes(self) -> Panes:
        """All panes of the workspace: their selections are what its commands are about."""

    @property
    def own_panes(self) -> PaneSet[Any]:
        """The panes of this screen: those of the workspace, unless it is another screen with panes."""

    @property
    def places(self) -> Sequence[str]:
        """Where the commands are declared that its keys mean now: first the pane in focus, where it has panes."""

    @property
    def main(self) -> MainPane: ...

    @property
    def rows_pane(self) -> MainPane:
        """The pane that commands on rows are about: that of a result while it has the focus, else the main pane."""

    @property
    def focused_pane(self) -> Pane:
        """The pane in focus, or the one that was."""

    @property
    def window(self) -> Window: ...

    # telling and asking

    def tell(self, text: str, severity: Severity = "information") -> None:
        """Show a quiet message."""

    def ask(self, dialog: Dialog[T], answered: Callable[[T | None], None]) -> None:
        """Show a dialog; its answer comes later: None where it was left."""

    def copy_text(self, text: str) -> None:
        """Put a text on the clipboard."""

    # the session

    def look(self, label: str, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Ask the engine for what a handler needs before it can go on; keys wait until then.

        ``work`` runs on a database thread; ``done`` gets what it returned, on the event loop. An error is shown to the
        user, and ``done`` is not called. ``label`` is what the user waits for, in words.
        """

    def write(
        self,
        what: str,
        work: Callable[[Repository], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[Exception], bool] | None = None,
        **how: Unpack[How],
    ) -> None:
        """Change something, as a step that can be undone; keys wait until every pane shows what came of it.

        ``work`` gets the repository, on a database thread; ``done`` gets what it returned, on the event loop, once the
        panes are read again. An error is shown to the user, unless ``failed`` returns True: then it was dealt with.
        ``what`` is what the user waits for, in words; `How` describes ``how``. See `Writes.write`.
        """

    def transfer(
        self,
        what: str,
        work: Callable[[Repository], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[Exception], bool] | None = None,
        *,
        progress: Callable[[], str] | None = None,
        undoable: bool = False,
    ) -> None:
        """Send to a remote or fetch from one, import or export: like `write`, but keys do not wait, and ``esc`` cancels
        it. ``progress`` tells how far it has come; it is a step that can be undone where that is said."""

    def resolve(self, incoming: Incoming) -> None:
        """Bring something in that conflicts: it is looked at, and shown to be decided. See `Resolving.open`."""

    def switch(self, branch: str) -> None:
        """Go to another branch: every pane is read again from it, and nothing of the old one stays.

        What is unfinished here is asked about first, as it is before whatever else leaves the branch.
        """

    def open_at(self, hash_: str, name: str = "") -> None:
        """Be at a commit, read-only, which a tag or another name may have led to; ``esc`` goes back."""

    # the main pane and the focus

    def show_view(self, view: View, *, inside: bool = False) -> None:
        """Let the main pane show something else; ``inside``: go there, and ``esc`` comes back (`leave_view`)."""

    def show_inside(self, pane: MainPane, view: View) -> None:
        """Go into a view in a pane of rows; `leave_view` comes back from it."""

    def follow_key(self, view: View, match: Match | None = None, column: str = "") -> None:
        """Let the main pane go to what a key led to, and there to a row, and to the ``column`` of that name.

        `leave_view` comes back.
        """

    def show_in(self, pane: MainPane, view: View) -> None:
        """Let a pane of rows, the main pane or that of a result, show something else."""

    def leave_view(self) -> bool:
        """Go back to where `show_view` went inside; whether there was something.

        The main pane shows again what it showed. The focus goes back to the side pane from which it went inside, or
        stays in the main pane.
        """

    def follow(self, *, force: bool = False) -> None:
        """Let the main pane show what the selection of the side pane is about; ``force``: read it again."""

    def reload(self) -> None:
        """Read again what the main pane shows, also where it went inside."""

    def go_to(self, pane: Pane) -> None:
        """Go to a pane; a tab that is behind another one comes to the front."""

    # commands

    def run(self, command: str) -> None:
        """Run a command by its id, or say why it cannot run."""

    def why_not(self, command: str) -> str:
        """Why a command cannot run now; empty when it can."""

    @property
    def all_places(self) -> Sequence[str]:
        """Where the commands are declared that this screen has at all, also those of other panes."""

    def why_not_at(self, command: str, place: str) -> str:
        """Why a command could not run if one were where it is declared, in another pane; empty where it could, or where
        that is only known there."""

    def run_at(self, command: str, place: str) -> None:
        """Go where a command is declared, and run it there, or say why it cannot run."""
