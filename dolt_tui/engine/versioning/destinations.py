"""Where a statement leads: USE, and the procedures that switch branches."""

from __future__ import annotations

from ...frozen import Frozen
from ..console.scanner import unquoted
from ..console.statements import Described
from ..errors import BranchNotFound, DatabaseNotFound, RefNotFound
from ..model import RepositoryInfo
from .refs import Refs


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


def destination(refs: Refs, info: RepositoryInfo, branch: str, described: Described) -> Destination:
    """Where a statement leads; blocks. Raises `BranchNotFound` or `DatabaseNotFound` where there is no such place."""
    name = unquoted(described.goes_to or "")
    if described.verb == "USE":
        database, _, name = name.partition("/")
        if database.lower() != info.database.lower():
            if not refs.has_database(branch, database):
                raise DatabaseNotFound(
                    f"There is no database {database}.", f"A branch of this one is used as `{info.database}/branch`."
                )
            return Destination(database=database)
        name = name or info.default_branch
    names = [item.name for item in refs.branches(branch)]
    if name in names:
        return Destination(name)
    folded = [other for other in names if other.lower() == name.lower()]
    if folded and info.traits.server:  # Dolt does not tell upper and lower case apart
        return Destination(folded[0])
    try:
        return Destination(commit=refs.resolve(branch, name), name=name)
    except RefNotFound as error:
        raise BranchNotFound(f"There is no branch {name}.", detail=error.detail) from error
