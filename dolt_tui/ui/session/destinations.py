"""Where a statement of the console takes the program: USE, and the procedures that switch branches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.engine.console.scanner import unquoted
from dolt_tui.engine.errors import BranchNotFound, RefNotFound
from dolt_tui.frozen import Frozen
from dolt_tui.ui.session.events import DatabaseWanted

if TYPE_CHECKING:
    from dolt_tui.engine.console.statements import Described
    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.session.session import Session


class Destination(Frozen):
    """One of these."""

    branch: str = ""
    commit: str = ""
    """Its hash."""
    name: str = ""
    """What the commit was called."""
    database: str = ""
    """Another one."""

    def __str__(self) -> str:
        return self.database or self.branch or self.name

    def go(self, session: Session) -> None:
        """Take the program there."""
        if self.database:
            session.events.tell(DatabaseWanted(self.database))
        elif self.branch:
            session.switch(self.branch)
        else:
            session.open_at(self.commit, self.name)


def destination(repository: Repository, branch: str, described: Described) -> Destination:
    """Where a statement leads; blocks. Raises `BranchNotFound` where there is no such place."""
    name = unquoted(described.goes_to or "")
    info = repository.info
    if described.verb == "USE":
        database, _, name = name.partition("/")
        if database.lower() != info.database.lower():
            return Destination(database=database)
        name = name or info.default_branch
    names = [item.name for item in repository.refs.branches(branch)]
    if name in names:
        return Destination(name)
    folded = [other for other in names if other.lower() == name.lower()]
    if folded and info.traits.server:  # Dolt does not tell upper and lower case apart
        return Destination(folded[0])
    try:
        return Destination(commit=repository.refs.resolve(branch, name), name=name)
    except RefNotFound as error:
        raise BranchNotFound(f"There is no branch {name}.", detail=error.detail) from error
