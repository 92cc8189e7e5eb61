"""Who changed a row that conflicts, on each side since the base."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dolt_tui.engine.errors import EngineError, ServerLost
from dolt_tui.engine.model import ChangeKind, RowKey, RowVersion
from dolt_tui.engine.model.conflicts import ConflictSet, Side
from dolt_tui.ui.present.conflict_lists import RowChangeBy
from dolt_tui.ui.session.jobs import was_cancelled
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository

Changes = tuple[tuple[str, str, "RowChangeBy | None"], ...]
"""For each side, ours first and the base last: its name, that of its branch, and the last commit that changed it."""


def who_changed(repository: Repository, found: ConflictSet, table: str, key: RowKey) -> Changes:
    """The last commit that changed a row on each side. Blocks; takes as long as the row's history does, three times."""
    ours, theirs = found.called
    base = _last(repository, found.base, table, key)
    sides = [(Side.OURS, ours, found.ours), (Side.THEIRS, theirs, found.theirs)]
    changes: list[tuple[str, str, RowChangeBy | None]] = []
    for side, name, commit in sides:
        change = _last(repository, commit, table, key)
        since = change if change is None or base is None or change.commit != base.commit else None
        stash = found.incoming.stash
        if stash is not None and since is not None and since.commit == found.theirs:  # which holds it to be read
            since = replace(since, author=f"stashed on {stash.branch}", date=stash.made)
        changes.append((str(side), name, since))
    changes.append((str(Side.BASE), "", base))
    return tuple(changes)


def _last(repository: Repository, commit: str, table: str, key: RowKey) -> RowChangeBy | None:
    """The last change of a row, as seen from a commit."""
    if not commit:
        return None
    try:
        versions = repository.history.row(commit, table, key, 1).versions
    except EngineError as error:
        if was_cancelled(error) or isinstance(error, ServerLost):
            raise
        return None  # the table is called otherwise there, or is not there
    return _told(versions[0]) if versions else None


def _told(version: RowVersion) -> RowChangeBy:
    change = version.change
    what = {ChangeKind.ADDED: "new row", ChangeKind.REMOVED: "deleted"}.get(change.kind)
    summary = version.message.strip().split("\n", 1)[0]
    return RowChangeBy(
        version.commit, version.author, version.date, summary, what or plural(len(change.changed), "cell")
    )
