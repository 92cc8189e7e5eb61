"""How long reading keeps what it has, and how far it steps: one value, handed in when a database is opened."""

from __future__ import annotations

from ...frozen import Frozen


class ReadSettings(Frozen):
    """Times are in seconds."""

    idle_after: float = 5.0
    """Connections to a revision that was not asked for so long are closed when another one is asked for."""
    trusted_for: float = 2.5
    """A look at a branch's hashes counts for so long; the interface looks each second."""
    least_step: int = 200
    """The fewest rows of a table in a step of a diff that is read backwards: each step costs two round trips."""
