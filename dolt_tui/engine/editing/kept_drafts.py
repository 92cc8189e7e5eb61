"""Drafts that are not written yet, kept in files of the user's beside the steps of undo: they outlive a crash.

Each running program has a file of its own for each branch, which it replaces as a whole; it removes it when the draft
is written or discarded. What a program that no longer runs has left behind can be restored.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...files import runs, write_whole
from ...frozen import Frozen
from ..core.packing import packed, packed_row, unpacked, unpacked_row
from ..errors import TableNotFound
from ..model import Edit, EditKind
from .draft import Draft

if TYPE_CHECKING:
    from .edits import Edits

_MOST = 3_000
"""Edits of a draft that is kept: more would take longer to write than is worth it at each key."""


class KeptDraft(Frozen):
    """What was left behind."""

    path: Path
    moment: dt.datetime
    """When it was last changed; with a time zone."""
    edits: tuple[Edit, ...]


class KeptDrafts:
    """The files of one database. All methods block; they never raise because of a file."""

    def __init__(self, directory: Path | None, name: str, edits: Callable[[], Edits]) -> None:
        """``directory``: None keeps nothing; ``name`` tells databases apart."""
        self._directory, self._name, self._edits = directory, name, edits
        self._lock = threading.Lock()
        self._latest = 0

    def keep(self, branch: str, edits: Sequence[Edit], number: int) -> None:
        """Keep the draft of a branch as it is now; nothing is kept of an empty one.

        The ``number`` grows with each call that is meant: one that comes late changes nothing.
        """
        if self._directory is None:
            return
        path = self._path(branch, os.getpid())
        with self._lock, suppress(OSError, TypeError):
            if number < self._latest:
                return
            self._latest = number
            if not edits or len(edits) > _MOST:
                path.unlink(missing_ok=True)
                return
            record = {"branch": branch, "edits": [_packed_edit(edit) for edit in edits]}
            write_whole(path, json.dumps(record).encode("utf-8", "surrogatepass"))

    def left(self, branch: str) -> KeptDraft | None:
        """The newest draft of a branch that a program has left which no longer runs; None: there is none."""
        if self._directory is None:
            return None
        found: list[KeptDraft] = []
        for path in self._directory.glob(f"{self._stem(branch)}.*.draft"):
            with suppress(OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):
                if runs(int(path.name.split(".")[-2])):
                    continue
                record = json.loads(path.read_text(encoding="utf-8", errors="surrogatepass"))
                moment = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
                found.append(KeptDraft(path, moment, tuple(_unpacked_edit(edit) for edit in record["edits"])))
        return max(found, key=lambda kept: kept.moment, default=None)

    def taken_up(self, branch: str, kept: KeptDraft) -> Draft:
        """The draft again, as far as its tables are there and have the columns. Raises what reading them raises."""
        return self.applied(branch, kept.edits)

    def applied(self, branch: str, edits: Sequence[Edit]) -> Draft:
        """A draft of edits on the tables as they are defined by now; what these no longer have is left out."""
        draft = Draft()
        for table in dict.fromkeys(edit.table for edit in edits):
            try:
                editable = self._edits().editable(branch, table)
            except TableNotFound:
                continue
            names = {column.name for column in editable.columns}
            mine = [edit for edit in edits if edit.table == table and names.issuperset({*edit.before, *edit.after})]
            if editable.why_not:
                continue
            shown = [edit for edit in mine if {*editable.key} <= {*edit.before}]
            changed = [(edit.before, edit.after) for edit in shown if edit.kind is EditKind.CHANGED]
            draft = draft.set_cells(editable, changed)
            draft = draft.remove(editable, [edit.before for edit in shown if edit.kind is EditKind.REMOVED])
            draft, _ = draft.add_rows(editable, [edit.after for edit in mine if edit.kind is EditKind.ADDED])
        return draft

    def forget(self, kept: KeptDraft) -> None:
        """Nobody wants it any more."""
        with suppress(OSError):
            kept.path.unlink(missing_ok=True)

    def _stem(self, branch: str) -> str:
        return hashlib.blake2b(f"{self._name}\0{branch}".encode(), digest_size=12).hexdigest()

    def _path(self, branch: str, pid: int) -> Path:
        assert self._directory is not None
        return self._directory / f"{self._stem(branch)}.{pid}.draft"


def _packed_edit(edit: Edit) -> dict[str, Any]:
    return {
        "table": edit.table,
        "key": [packed(value) for value in edit.key],
        "kind": str(edit.kind),
        "before": packed_row(edit.before),
        "after": packed_row(edit.after),
    }


def _unpacked_edit(record: Mapping[str, Any]) -> Edit:
    return Edit(
        str(record["table"]),
        tuple(unpacked(value) for value in record["key"]),
        EditKind(record["kind"]),
        unpacked_row(record["before"]),
        unpacked_row(record["after"]),
    )
