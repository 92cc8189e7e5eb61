"""What is open, by whom, and which statements were run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import field

from ...frozen import Frozen
from .traits import Traits


class RepositoryInfo(Frozen):
    """What is open: constant while the program runs."""

    traits: Traits
    version: str
    database: str
    where: str
    """For people: ``root@127.0.0.1:3306``, or the path of the file or directory; never a password."""
    default_branch: str
    read_only: bool
    user: str = ""
    encrypted: bool | None = None
    """Whether connections have TLS; None where they have none and it does not matter: on this machine, in a file."""
    unavailable: tuple[tuple[str, str], ...] = ()
    """What this engine cannot do: pairs of a capability's name and the reason."""

    @property
    def engine(self) -> str:
        """The engine's name."""
        return self.traits.name

    def lacks(self, capability: str) -> str | None:
        """The reason why ``capability`` is unavailable, or None where it is available."""
        return dict(self.unavailable).get(capability)


class Author(Frozen):
    """The author of a commit."""

    name: str
    email: str

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


class Statement(Frozen):
    """A statement as it was run; kept for the command log."""

    sql: str
    parameters: str
    """The bound values as text, shortened; never a password."""
    started: dt.datetime
    seconds: float
    rows: int | None
    """Rows read or affected; None where the engine does not know."""
    error: str = ""
    writes: bool = False
    revision: str = ""
    purpose: str = ""
    """What it was run for, in a word or two."""
    number: int = field(default=0, compare=False)
    step: str = field(default="", compare=False)
    """What a person did, or what was shown, that it was a part of: such as ``stage people``."""
    step_number: int = field(default=0, compare=False)
    """Tells steps apart."""
    values: Sequence[object] | Mapping[str, object] | None = field(default=None, compare=False, repr=False)
    """What was bound; None where it was sent as it was typed."""
    whole: bool = field(default=True, compare=False)
    """Whether it is kept as it was; else it is too long for that."""
