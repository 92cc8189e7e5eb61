"""Lines of dialogs: changed tables, commits, conflicts."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from dolt_tui.engine.model import Commit, ConflictCount, Status, TableChange
from dolt_tui.ui.present.lists import counts_cell
from dolt_tui.ui.present.text import Cell, Style, cell, join, sanitise
from dolt_tui.words import plural

LISTED = 8
"""More commits or statements than these are counted, not listed."""


def change_lines(changes: Sequence[TableChange], *, staged: bool = False, marked: Sequence[str] = ()) -> list[Cell]:
    """Changed tables in the lines of a dialog, their counts under each other.

    ``staged`` tells which are staged; those whose tables are ``marked`` are pointed at.
    """
    width = min(40, max((cell_len(sanitise(change.table)) for change in changes), default=0))
    return [_change_line(change, width, staged, change.table in marked) for change in changes]


def _change_line(change: TableChange, width: int, staged: bool, marked: bool) -> Cell:
    style = {Status.NEW: Style.ADDED, Status.DELETED: Style.MINUS}.get(change.status, Style.MODIFIED)
    name = sanitise(change.table)
    counts = counts_cell(change.counts)
    if counts:
        assert change.counts is not None
        counts = join(counts, cell(" row" if change.counts.total == 1 else " rows", Style.DIM))
    elif change.uncounted:
        counts = cell(f"? {change.uncounted}", Style.WARNING)
    elif change.status is not Status.MODIFIED:
        counts = cell(str(change.status), Style.DIM)
    schema = cell("  schema", Style.ACCENT) if change.schema_changed and change.status is Status.MODIFIED else ()
    where = cell("  staged", Style.DIM) if staged and change.staged else ()
    return join(
        cell("› " if marked else "  ", Style.ACCENT),
        cell(f"{change.status.sign} ", style),
        cell(name + " " * max(0, width - cell_len(name)) + "  "),
        counts,
        schema,
        where,
    )


def commit_lines(commits: Sequence[Commit], total: int | None = None, *, most: int = LISTED) -> list[Cell]:
    """Commits in the lines of a dialog: at most so many, the others of the ``total`` are counted."""
    found = [
        join(cell(f"  ○ {commit.hash[:7]} ", Style.DIM), cell(commit.summary or "(no message)"))
        for commit in commits[:most]
    ]
    more = (len(commits) if total is None else total) - len(found)
    if more:
        found.append(cell(f"  … {more} more", Style.DIM))
    return found


def conflict_lines(conflicts: Sequence[ConflictCount], known: bool, looked: bool) -> list[Cell]:
    """Which conflicts are to be expected; ``looked`` tells that they have been looked for."""
    found: list[Cell] = []
    for conflict in conflicts:
        parts = [plural(conflict.rows, "row")] if conflict.rows else []
        parts += ["its definition"] if conflict.schema else []
        found.append(cell(f"  ✗ conflict expected in {conflict.table}: {' and '.join(parts)}", Style.ERROR))
    if found:
        found.append(cell("    Where it does conflict, you decide row by row.", Style.DIM))
    elif not looked:
        found.append(cell("  … looking for conflicts", Style.DIM))
    elif known:
        found.append(cell("  ✓ no conflicts expected", Style.SUCCESS))
        found.append(cell("    Constraints are checked only when it runs.", Style.DIM))
    else:
        found.append(cell("  ? whether it conflicts turns out when it runs; then you decide row by row", Style.WARNING))
    return found


def published_lines(remote_branches: Sequence[str]) -> list[Cell]:
    """That these remote branches have commits that are replaced."""
    if not remote_branches:
        return []
    names = ", ".join(remote_branches[:3]) + (" …" if len(remote_branches) > 3 else "")
    verb = "has" if len(remote_branches) == 1 else "have"
    return [
        cell(f"  ! {names} {verb} some of these commits: they are replaced by other ones,", Style.WARNING),
        cell("    which can only be pushed by force.", Style.WARNING),
    ]


def blocked(in_the_way: Sequence[str]) -> str:
    """That uncommitted changes of these tables prevent something; empty where there are none."""
    return f"blocked by uncommitted changes in {', '.join(in_the_way)}" if in_the_way else ""


def in_the_way_lines(in_the_way: Sequence[str]) -> list[Cell]:
    """That uncommitted changes of these tables prevent it."""
    if not in_the_way:
        return []
    return [
        cell(f"  ✗ {blocked(in_the_way)}", Style.ERROR),
        cell("    Commit or discard them first, or let them be stashed and brought back.", Style.DIM),
    ]
