"""What a dialect needs of a session: a connection to one revision that runs SQL."""

from __future__ import annotations

from typing import Any, Protocol

import sqlalchemy as sa


class SqlSession(Protocol):
    """The part of `Session` that dialects use; they know nothing of the rest."""

    connection: sa.Connection
    revision: str
    shut: bool
    """Whether the connection was shut to end its statement."""

    @property
    def raw(self) -> Any:
        """The driver's own connection."""

    def rows(self, sql: str, *values: object) -> list[Any]:
        """All rows of a statement as tuples."""

    def first(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        """The first row, or None."""

    def scalar(self, sql: str, *values: object) -> Any:
        """The first column of the first row; None when there is no row."""

    def execute(self, sql: str, *values: object) -> int:
        """Run a statement that changes something; returns the number of rows that it hit."""

    def call(self, procedure: str, *arguments: str) -> tuple[Any, ...]:
        """Run a version-control procedure; returns its first row (empty when it gives none)."""

    def end(self, sql: str) -> None:
        """Run the statement that ends a transaction."""
