"""Statements as they are shown before they run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository


def call(repository: Repository, procedure: str, *arguments: str) -> str:
    """A procedure's call as it would be run, for people to read."""
    values = ", ".join("'" + argument.replace("'", "''") + "'" for argument in arguments)
    return f"{repository.info.traits.procedures} {procedure}({values})"
