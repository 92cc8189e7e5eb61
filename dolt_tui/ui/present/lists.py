"""From the engine's values to the rows of the panes. Pure: no widget, no database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Container, Iterable, Mapping, Sequence

from dolt_tui.engine.model import (
    AheadBehind,
    Branch,
    Changes,
    Commit,
    ReflogEntry,
    Remote,
    RemoteBranch,
    RowCounts,
    SavedQuery,
    Stash,
    Status,
    Table,
    TableChange,
    Tag,
)
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import Cell, Style, age, cell, join
from dolt_tui.words import count, plural

BLANK: Cell = ()

_STATUS_STYLE = {
    Status.NEW: Style.ADDED,
    Status.MODIFIED: Style.MODIFIED,
    Status.DELETED: Style.MINUS,
    Status.RENAMED: Style.ACCENT,
}

CHANGES_COLUMNS = (
    Column("sign", separator=False),
    Column("table", shrink=True, max_width=60, separator=False),
    Column("counts", separator=False),
)
BRANCH_COLUMNS = (
    Column("current", min_width=1, separator=False),
    Column("name", flex=True, separator=False),
    Column("state", min_width=5, separator=False),
    Column("age", numeric=True, separator=False),
)
LOG_COLUMNS = (
    Column("graph", separator=False),
    Column("hash", separator=False),
    Column("message", flex=True, separator=False),
    Column("author", max_width=18, separator=False),
    Column("age", numeric=True, separator=False),
)
STASH_COLUMNS = (
    Column("name", separator=False, max_width=24),
    Column("where", flex=True, separator=False),
    Column("age", numeric=True, separator=False),
)
REFLOG_COLUMNS = (
    Column("hash", separator=False),
    Column("message", flex=True, separator=False),
    Column("age", numeric=True, separator=False),
)
TAG_COLUMNS = (
    Column("name", shrink=True, max_width=40, separator=False),
    Column("message", flex=True, separator=False),
    Column("age", numeric=True, separator=False),
)
QUERY_COLUMNS = (
    Column("name", shrink=True, max_width=40, separator=False),
    Column("about", flex=True, separator=False),
)
REMOTE_COLUMNS = (
    Column("name", flex=True, separator=False),
    Column("state", min_width=5, separator=False),
    Column("age", numeric=True, separator=False),
)
TABLE_COLUMNS = (
    Column("name", flex=True, separator=False),
    Column("rows", numeric=True, separator=False),
)


def counts_cell(counts: RowCounts | None, *, zero: str = "") -> Cell:
    """``~2 +1 −3`` with the signs' colours; what is zero is left out."""
    if counts is None:
        return BLANK
    parts = []
    for number, sign, style in (
        (counts.modified, "~", Style.MODIFIED),
        (counts.added, "+", Style.ADDED),
        (counts.removed, "−", Style.MINUS),
    ):
        if number:
            parts.append((f"{sign}{count(number)}", str(style)))
    if not parts:
        return cell(zero, Style.DIM) if zero else BLANK
    spans: list[tuple[str, str]] = []
    for part in parts:
        spans += [(" ", ""), part] if spans else [part]
    return tuple(spans)


def _change_row(change: TableChange, key: tuple[object, ...]) -> Row:
    style = _STATUS_STYLE.get(change.status, Style.CONFLICT)
    name = cell(change.table)
    if change.old_name:
        name = join(cell(change.old_name, Style.DIM), cell(" → ", Style.DIM), name)
    elif change.status not in _STATUS_STYLE:
        name = join(name, cell(f"  {change.status}", Style.CONFLICT))
    counts = cell("?", Style.WARNING) if change.uncounted else counts_cell(change.counts)
    if change.schema_changed and change.status in (Status.MODIFIED, Status.RENAMED):
        counts = join(counts, cell(" " if counts else ""), cell("schema", Style.ACCENT))
    elif change.counts is not None and not counts:
        words = {Status.NEW: "empty", Status.DELETED: "dropped"}
        counts = cell(words.get(change.status, ""), Style.DIM)
    return Row(key, (cell(change.status.sign, style), name, counts), value=change)


def changes_rows(changes: Changes) -> list[Row]:
    """Unstaged and staged tables under their headings."""
    rows: list[Row] = []
    for heading, group in (("Unstaged", changes.unstaged), ("Staged", changes.staged)):
        if group:
            rows.append(Row(heading, (cell(heading, Style.DIM),), selectable=False))
            # A table in conflict is listed twice: as such, and as changed.
            rows += [
                _change_row(change, (change.staged, change.table, *(() if change.status.differs else (change.status,))))
                for change in group
            ]
    return rows


def table_changes_rows(changes: Iterable[TableChange]) -> list[Row]:
    """The tables that a commit, a branch or a merge changes."""
    return [_change_row(change, ("table", change.table)) for change in changes]


def ahead_behind_cell(divergence: AheadBehind | None) -> Cell:
    """``↑2 ↓1``: commits that the branch has, and lacks, against the current one."""
    if divergence is None:
        return BLANK
    parts = []
    if divergence.ahead:
        parts.append(f"↑{count(divergence.ahead)}")
    if divergence.behind:
        parts.append(f"↓{count(divergence.behind)}")
    return cell(" ".join(parts), Style.DIM)


def upstream_cell(branch: Branch, upstream: RemoteBranch | None, divergence: AheadBehind | None) -> Cell:
    """``⇡2⇣1``: commits that the branch has, and lacks, against its upstream; ``✓`` where they are the same."""
    if not branch.tracking:
        return BLANK
    if upstream is None:
        return cell("gone", Style.WARNING)
    return cell("…", Style.DIM) if divergence is None else _against_remote(divergence)


def _against_remote(divergence: AheadBehind) -> Cell:
    ahead = f"⇡{count(divergence.ahead)}" if divergence.ahead else ""
    behind = f"⇣{count(divergence.behind)}" if divergence.behind else ""
    return cell(ahead + behind, Style.ACCENT) if ahead or behind else cell("✓", Style.SUCCESS)


def branch_rows(
    branches: Iterable[Branch],
    current: str,
    ahead_behind: Mapping[str, AheadBehind],
    upstreams: Mapping[str, Cell],
    moment: dt.datetime,
) -> list[Row]:
    """The branches; the current one is marked ``●``, one with uncommitted changes ``✎``, one out of reach ``⊘``."""
    rows = []
    for branch in branches:
        is_current = branch.name == current
        state = ahead_behind_cell(None if is_current else ahead_behind.get(branch.name))
        if upstream := upstreams.get(branch.name):
            state = join(state, cell(" " if state else ""), upstream)
        if branch.dirty and not branch.ignored_only:
            state = join(state, cell(" ✎" if state else "✎", Style.WARNING))
        if branch.shadowed_by:
            state = cell(f"⊘ {branch.shadowed_by} opens", Style.WARNING)
        rows.append(
            Row(
                branch.name,
                (
                    cell("●" if is_current else " ", Style.SUCCESS),
                    cell(branch.name, Style.BOLD if is_current else ""),
                    state,
                    cell(age(branch.date, moment), Style.DIM),
                ),
                value=branch,
            )
        )
    return rows


def refs_by_hash(
    branches: Iterable[Branch], tags: Iterable[Tag], remote: Iterable[RemoteBranch] = ()
) -> dict[str, list[tuple[str, Style]]]:
    """The names of the refs at each commit, branches before tags, those of remotes last."""
    refs: dict[str, list[tuple[str, Style]]] = {}
    same = set()
    for branch in branches:
        same.add((branch.tracking, branch.hash))
        refs.setdefault(branch.hash, []).append((branch.name, Style.SUCCESS))
    for tag in tags:
        refs.setdefault(tag.hash, []).append((f"⚑ {tag.name}", Style.WARNING))
    for item in remote:
        if (item.tracking, item.hash) not in same:  # where the branch that follows it is there too, that says enough
            refs.setdefault(item.hash, []).append((item.tracking, Style.DIM))
    return refs


def _short(name: str, longest: int) -> str:
    return name if len(name) <= longest else name[: longest - 1] + "…"


def refs_cell(names: Sequence[tuple[str, Style]], current: str = "", *, most: int = 3, longest: int = 14) -> Cell:
    """The refs of one commit, the current branch first; those beyond ``most`` are counted."""
    ordered = sorted(names, key=lambda item: item[0] != current)
    # The current branch is told by the sign that it has among the branches: its name is in the header.
    parts = [cell("● " if name == current else f"{_short(name, longest)} ", style) for name, style in ordered[:most]]
    if len(ordered) > most:
        parts.append(cell(f"+{len(ordered) - most} ", Style.DIM))
    return join(*parts)


def commit_row(
    commit: Commit, graph: Cell, refs: Sequence[tuple[str, Style]], current: str, moment: dt.datetime
) -> Row:
    """A line of the log."""
    message = cell(commit.summary or "(no message)", Style.BOLD if len(commit.parents) > 1 else "")
    return Row(
        commit.hash,
        (
            graph,
            cell(commit.hash[:7], Style.DIM),
            join(refs_cell(refs, current), message),
            cell(commit.author, Style.DIM),
            cell(age(commit.date, moment), Style.DIM),
        ),
        value=commit,
    )


def stash_rows(stashes: Iterable[Stash], moment: dt.datetime) -> list[Row]:
    """The stashes: name, the branch and commit that they were made on, and how long ago where that is known."""
    return [
        Row(
            (stash.name, stash.id),
            (
                join(cell(stash.title, Style.BOLD), cell("" if stash.id == "stash@{0}" else f" {stash.id[5:]}")),
                join(cell(f"{stash.branch}: ", Style.DIM), cell(stash.message)),
                cell(age(stash.made, moment) if stash.made is not None else "", Style.DIM),
            ),
            value=stash,
        )
        for stash in stashes
    ]


def reflog_rows(entries: Iterable[ReflogEntry], moment: dt.datetime, copied: Container[str] = ()) -> list[Row]:
    """Where a branch was; the key counts from the oldest entry on, as it may have been at a commit more than once.
    Commits that are ``copied`` are marked."""
    found = list(entries)
    return [
        Row(
            (len(found) - number, entry.hash),
            (
                cell(entry.hash[:7], Style.DIM),
                join(
                    cell("copied " if entry.hash in copied else "", Style.ACCENT), cell(entry.message or "(no message)")
                ),
                cell(age(entry.date, moment), Style.DIM),
            ),
            value=entry,
        )
        for number, entry in enumerate(found)
    ]


def tag_rows(tags: Iterable[Tag], moment: dt.datetime) -> list[Row]:
    """The tags: name, the first line of the message, how long ago where that is known."""
    return [
        Row(
            tag.name,
            (
                cell(f"⚑ {tag.name}", Style.WARNING),
                cell(tag.message.strip().split("\n", 1)[0], Style.DIM),
                cell(age(tag.date, moment) if tag.date is not None else "", Style.DIM),
            ),
            value=tag,
        )
        for tag in tags
    ]


def remote_rows(
    remotes: Iterable[Remote],
    branches: Sequence[RemoteBranch],
    with_local: Container[str],
    ahead_behind: Callable[[RemoteBranch], AheadBehind | None],
    moment: dt.datetime,
) -> list[Row]:
    """Each remote with its URL, and below it its branches against their local ones.

    ``with_local`` has those (``origin/main``) that there is a local branch for; ``ahead_behind`` tells what that has
    and lacks, where it is known.
    """
    rows = []
    for remote in remotes:
        name = join(cell(remote.name, Style.BOLD), cell(f"  {remote.url}", Style.DIM))
        rows.append(Row(("remote", remote.name), (name,), value=remote))
        for item in branches:
            if item.remote != remote.name:
                continue
            found = ahead_behind(item)
            if item.tracking not in with_local:
                state = cell("no local", Style.DIM)
            else:
                state = BLANK if found is None else _against_remote(found)
            cells = (cell(f"  {item.name}"), state, cell(age(item.date, moment), Style.DIM))
            rows.append(Row(item.tracking, cells, value=item))
    return rows


def table_rows(tables: Iterable[Table]) -> list[Row]:
    """The tables with their numbers of rows, ``?`` where one cannot be counted; views are named so."""
    rows = []
    for table in tables:
        size = "view" if table.is_view else "?" if table.uncounted else ""
        if table.rows is not None:
            size = plural(table.rows, "row")
        if table.non_local:
            size = f"of {table.non_local} · {size}" if size else f"of {table.non_local}"
        rows.append(Row(table.name, (cell(table.name), cell(size, Style.DIM)), value=table))
    return rows


def query_rows(queries: Iterable[SavedQuery]) -> list[Row]:
    """The saved queries: name, and what they are for, or how they begin."""
    return [
        Row(
            query.id,
            (cell(query.name), cell(query.description or " ".join(query.query[:200].split()), Style.DIM)),
            value=query,
        )
        for query in queries
    ]


def diff_counts_text(counts: RowCounts, rows: int | None = None) -> str:
    """``~2 +1 −0 of 5 rows · 3 cells``."""
    text = f"~{count(counts.modified)} +{count(counts.added)} −{count(counts.removed)}"
    if rows is not None:
        text += f" of {plural(rows, 'row')}"
    if counts.cells_modified:
        text += f" · {plural(counts.cells_modified, 'cell')}"
    return text
