"""Takes the program where a statement of the console leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.ui.session.events import DatabaseWanted

if TYPE_CHECKING:
    from dolt_tui.engine.versioning.destinations import Destination
    from dolt_tui.ui.session.session import Session


def go(session: Session, place: Destination) -> None:
    """Take the program there."""
    if place.database:
        session.events.tell(DatabaseWanted(place.database))
    elif place.branch:
        session.switch(place.branch)
    else:
        session.open_at(place.commit, place.name)
