"""The names that can be completed: those of the branch shown, read in the background and again when they change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.ui.session.events import Left, Settled

if TYPE_CHECKING:
    from dolt_tui.engine.console.completion import Completion
    from dolt_tui.engine.console.completion_catalogue import Catalogue
    from dolt_tui.ui.session.session import Session

LANE = "names"


class Names:
    """Reads the catalogue of the branch once somebody has begun to type SQL, and keeps it as it is from then on."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._wanted = False
        self._found: Catalogue | None = None
        session.events.listen(Settled, lambda _: self._read())
        session.events.listen(Left, lambda _: self._forget())

    def look(self) -> None:
        """Somebody begins to type: the names are going to be wanted."""
        if not self._wanted:
            self._wanted = True
            self._read()

    def complete(self, text: str, offset: int) -> Completion:
        """What may come next at an offset of a text. May be called on any thread; it never asks the database.

        Until the names are there, it is what the engine knows in every database.
        """
        from dolt_tui.engine.console.completion import complete
        from dolt_tui.engine.console.completion_catalogue import Catalogue

        found = self._found
        if found is None:
            info = self._session.repository.info
            found = Catalogue(info.traits.sql, info.database)
        return complete(text, offset, found)

    def _forget(self) -> None:
        self._found = None

    def _read(self) -> None:
        """Read them, unless they are known to be as they were: then that costs no statement."""
        session = self._session
        if not self._wanted or not session.is_open or not session.state.loaded:
            return
        state = session.state
        branch, repository = state.branch, state.repository
        refs = state.fingerprint.refs if state.fingerprint is not None else ""

        def work() -> Catalogue:
            from dolt_tui.engine.console.completion import complete

            found = repository.catalogue(branch, refs)
            complete("SELECT ", 7, found)  # what the first time takes longer is over before somebody types
            return found

        def done(found: Catalogue) -> None:
            if state.branch == branch:
                self._found = found

        session.quietly(LANE, "", work, done)
