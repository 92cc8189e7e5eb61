"""Queries that are kept in the database, with its data."""

from __future__ import annotations

from ...frozen import Frozen


class SavedQuery(Frozen):
    """A query of the catalogue."""

    id: str
    name: str
    query: str
    description: str = ""
    order: int = 0
    """Its place in the list; queries of the same place are ordered by their names."""
