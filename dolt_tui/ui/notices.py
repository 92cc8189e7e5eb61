"""What a session tells the user: messages, and dialogs above whatever screen is in front."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.engine.errors import BranchShadowed, CannotUndo
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.dialogs.message import MessageDialog
from dolt_tui.ui.present.remedies import advice_of
from dolt_tui.ui.present.text import Style, cell, sanitise
from dolt_tui.ui.present.verbs import could_not
from dolt_tui.ui.session.events import (
    BranchGone,
    DatabaseWanted,
    Failed,
    Fault,
    HoldChanged,
    NoWayBack,
    ServerBack,
    ServerLost,
    Told,
    TransactionOpen,
)
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.ui.app import DoltApp
    from dolt_tui.ui.session.session import Session


class Notices:
    """Listens to a session for as long as that is told of anything."""

    def __init__(self, app: DoltApp, session: Session) -> None:
        self._app, self._session = app, session
        listen = session.events.listen
        listen(Told, self._told)
        listen(Failed, self._failed)
        listen(NoWayBack, self._no_way_back)
        listen(BranchGone, self._branch_gone)
        listen(TransactionOpen, self._transaction_open)
        listen(DatabaseWanted, lambda event: app.open_database(event.name))
        listen(ServerLost, lambda _: self._forget_keys())
        listen(ServerBack, lambda _: session.tell("The database is back."))
        listen(Fault, self._fault)
        listen(HoldChanged, lambda _: app.keys.go_on())

    def _forget_keys(self) -> None:
        self._app.keys.clear()

    def _fault(self, event: Fault) -> None:
        self._app.defence.record(event.error, event.where)

    def _told(self, event: Told) -> None:
        self._app.messages.say(sanitise(event.text), event.severity)

    def _failed(self, event: Failed) -> None:
        then = event.then
        self._app.keys.clear()  # what was typed in the meantime was not meant for that
        if any(isinstance(screen, MessageDialog) and screen.says(event.error) for screen in self._app.screen_stack):
            return  # it is saved already
        dialog = MessageDialog(could_not(event.what), event.error)
        self._app.push_screen(dialog, lambda _: then() if then is not None else None)

    def _no_way_back(self, event: NoWayBack) -> None:
        what, error = event.what, event.error
        body = [cell(f"{what[:1].upper()}{what[1:]}: this could not be undone.", Style.BOLD)]
        if isinstance(error, CannotUndo):
            body.append(cell(f"Uncommitted changes would have to be kept, but {error.message}.", Style.WARNING))
            if error.detail:
                body.append(cell(error.detail, Style.DIM))
        dialog = ChoiceDialog("Cannot be undone", body, [Choice("y", "do it anyway")])
        self._app.keys.clear()

        def chosen(letter: str | None) -> None:
            go_on = event.anyway if letter == "y" else event.given_up
            go_on()

        self._app.push_screen(dialog, chosen)

    def _transaction_open(self, event: TransactionOpen) -> None:
        session = self._session
        open_ = session.transaction
        assert open_ is not None
        body = [
            cell(f"A transaction is open on {open_.branch}: {plural(open_.rows, 'row')} changed.", Style.BOLD),
            cell(f"Commit it or roll it back before you {event.what}."),
        ]
        choices = [Choice("c", "commit", "keep the changes"), Choice("r", "roll back", "take them back")]
        self._app.keys.clear()

        def chosen(letter: str | None) -> None:
            if letter == "c":
                session.runs.commit(event.then)
            elif letter == "r":
                session.runs.roll_back(event.then)

        self._app.push_screen(ChoiceDialog("Transaction open", body, choices), chosen)

    def _branch_gone(self, event: BranchGone) -> None:
        state, error = self._session.state, event.error
        at_commit = state.came_from is not None
        what = "is no longer there" if at_commit else "was deleted or renamed by another session"
        title = "Commit gone" if at_commit else "Branch gone"
        lines = [cell(f"{state.place} {what}.", Style.BOLD)]
        if isinstance(error, BranchShadowed):
            title = "Branch hidden"
            lines = [cell(error.message, Style.BOLD), cell(advice_of(error))]
        dialog = ChoiceDialog(
            title,
            [*lines, cell("What is shown is from when it was last read.")],
            [Choice("s", f"switch to {event.default}")],
            default="s",
        )
        self._app.keys.clear()
        self._app.push_screen(dialog, lambda letter: event.answered(letter == "s"))
