"""Import and export of a repository: its part ``transfer``.

What they need is imported when one begins: it takes no time of the start.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ..browsing.diffs import Diffs
from ..browsing.table_rows import TableRows
from ..browsing.tables import Tables
from ..core.connections import Connections
from ..undo.undo import Undo

if TYPE_CHECKING:
    from .exporting import Exports
    from .importing import Imports


class Transfers:
    """Rows from and to files."""

    def __init__(self, db: Connections, tables: Tables, rows: TableRows, diffs: Diffs, undo: Undo) -> None:
        self._db, self._tables, self._rows, self._diffs, self._undo = db, tables, rows, diffs, undo

    @cached_property
    def exports(self) -> Exports:
        """Writing files."""
        from .exporting import Exports

        return Exports(self._db, self._tables, self._rows, self._diffs)

    @cached_property
    def imports(self) -> Imports:
        """Reading files."""
        from .importing import Imports

        return Imports(self._db, self._undo)
