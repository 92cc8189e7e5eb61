"""From the engine's values to the rows of the panes. Pure: no widget, no database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from dolt_tui.engine.model import (
    AheadBehind,
    Branch,
    Changes,
    Commit,
    CommitDetail,
    Comparison,
    ReflogEntry,
    RemoteBranch,
    RowCounts,
    Stash,
    StashContent,
    Status,
    Table,
    TableChange,
    Tag,
)
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import Cell, Style, age, cell, count, join, plural, sanitise, wrap

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
    if divergence is None:
        return cell("…", Style.DIM)
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


def stash_content_rows(content: StashContent) -> list[Row]:
    """A stash: where it was made, and the tables that it changes."""
    stash = content.stash
    rows = [
        _text("stash", cell("stash  ", Style.DIM), cell(stash.title, Style.BOLD), cell(f"  {stash.id}", Style.DIM)),
        _text("on", cell("on     ", Style.DIM), cell(stash.branch, Style.SUCCESS)),
        _text("at", cell("at     ", Style.DIM), cell(stash.hash[:7], Style.WARNING), cell(f" {stash.message}")),
    ]
    if stash.made is not None:
        rows.append(_text("made", cell("made   ", Style.DIM), cell(f"{stash.made.astimezone():%Y-%m-%d %H:%M:%S %z}")))
    number = len(content.changes)
    rows += [_text("blank"), _heading(f"{plural(number, 'table')} changed" if number else "It changes no table")]
    return rows + table_changes_rows(content.changes)


def reflog_rows(entries: Iterable[ReflogEntry], moment: dt.datetime) -> list[Row]:
    """Where a branch was; the key counts from the oldest entry on, as it may have been at a commit more than once."""
    found = list(entries)
    return [
        Row(
            (len(found) - number, entry.hash),
            (
                cell(entry.hash[:7], Style.DIM),
                cell(entry.message or "(no message)"),
                cell(age(entry.date, moment), Style.DIM),
            ),
            value=entry,
        )
        for number, entry in enumerate(found)
    ]


def table_rows(tables: Iterable[Table]) -> list[Row]:
    """The tables with their numbers of rows; views are named so."""
    rows = []
    for table in tables:
        size = "view" if table.is_view else "" if table.rows is None else plural(table.rows, "row")
        if table.non_local:
            size = f"of {table.non_local} · {size}" if size else f"of {table.non_local}"
        rows.append(Row(table.name, (cell(table.name), cell(size, Style.DIM)), value=table))
    return rows


# main pane


def _heading(text: str) -> Row:
    return Row(("heading", text), (cell(text, Style.DIM),), selectable=False)


def _text(key: object, *cells: Cell) -> Row:
    return Row(("text", key), (join(*cells),), selectable=False)


def commit_detail_rows(detail: CommitDetail, refs: Sequence[tuple[str, Style]], width: int) -> list[Row]:
    """A commit: who, when, the whole message, and the tables that it changed."""
    commit = detail.commit
    rows = [
        _text(
            "hash",
            cell("commit ", Style.DIM),
            cell(commit.hash, Style.WARNING),
            cell(" "),
            refs_cell(refs, most=9, longest=255),
        )
    ]
    if len(commit.parents) > 1:
        rows.append(_text("parents", cell("merge  ", Style.DIM), cell(" ".join(p[:7] for p in commit.parents))))
    author = f"{commit.author} <{commit.email}>" if commit.email else commit.author
    rows.append(_text("author", cell("author ", Style.DIM), cell(author)))
    local = commit.date.astimezone()
    rows.append(_text("date", cell("date   ", Style.DIM), cell(f"{local:%Y-%m-%d %H:%M:%S %z}")))
    rows.append(_text("blank"))
    lines = wrap(commit.message.strip() or "(no message)", max(20, width - 2))
    rows += [_text(f"message {i}", cell(line, Style.BOLD if i == 0 else "")) for i, line in enumerate(lines)]
    rows.append(_text("blank2"))
    if detail.changes:
        against = " against its first parent" if len(commit.parents) > 1 else ""
        rows.append(_heading(f"{plural(len(detail.changes), 'table')} changed{against}"))
        rows += table_changes_rows(detail.changes)
    else:
        rows.append(_heading("No tables changed" if commit.parents else "The first commit: nothing before it"))
    return rows


def comparison_rows(comparison: Comparison, name: str, current: str, moment: dt.datetime) -> list[Row]:
    """What a branch adds and lacks against the current one."""
    rows = []
    if not comparison.theirs and not comparison.ours:
        standing = f"is where {current} is"
    else:
        parts = []
        if comparison.theirs:
            parts.append(f"{plural(comparison.theirs, 'commit')} ahead of {current}")
        if comparison.ours:
            parts.append(
                f"{comparison.ours} behind" if parts else f"{plural(comparison.ours, 'commit')} behind {current}"
            )
        standing = "is " + ", ".join(parts)
    rows.append(_text("standing", cell(name, Style.BOLD), cell(f" {standing}")))
    if comparison.changes:
        rows += [_text("blank"), _heading(f"{plural(len(comparison.changes), 'table')} changed there")]
        rows += table_changes_rows(comparison.changes)
    if comparison.commits:
        rows += [_text("blank2"), _heading(plural(comparison.theirs, "commit"))]
        for commit in comparison.commits:
            rows.append(
                Row(
                    ("commit", commit.hash),
                    (
                        cell("○", Style.DIM),
                        join(cell(commit.hash[:7] + " ", Style.DIM), cell(commit.summary)),
                        join(cell(sanitise(commit.author) + " ", Style.DIM), cell(age(commit.date, moment), Style.DIM)),
                    ),
                    value=commit,
                )
            )
        if comparison.theirs > len(comparison.commits):
            rows.append(_heading(f"… {comparison.theirs - len(comparison.commits)} more"))
    return rows


def diff_counts_text(counts: RowCounts, rows: int | None = None) -> str:
    """``~2 +1 −0 of 5 rows · 3 cells``."""
    text = f"~{count(counts.modified)} +{count(counts.added)} −{count(counts.removed)}"
    if rows is not None:
        text += f" of {plural(rows, 'row')}"
    if counts.cells_modified:
        text += f" · {plural(counts.cells_modified, 'cell')}"
    return text
