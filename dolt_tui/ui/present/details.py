"""What the main pane lists of a commit, a stash, a comparison: texts, and the tables that it changes. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Sequence
from dataclasses import replace

from rich.cells import cell_len

from dolt_tui.engine.model import CommitDetail, Comparison, StashContent
from dolt_tui.ui.present.grid_rows import Row
from dolt_tui.ui.present.lists import refs_cell, table_changes_rows
from dolt_tui.ui.present.text import Cell, Style, age, cell, join, plain, sanitise, wrap
from dolt_tui.words import plural

_SHORT = 12
"""Characters of a hash where all of it would leave too little for the names of branches."""
_SMALL = 66
"""Cells of a line up to which there are few lines too."""


def _heading(text: str) -> Row:
    return Row(("heading", text), (cell(text, Style.DIM),), selectable=False)


def _text(key: object, *cells: Cell) -> Row:
    return Row(("text", key), (join(*cells),), selectable=False)


def commit_detail_rows(detail: CommitDetail, refs: Sequence[tuple[str, Style]], width: int) -> list[Row]:
    """A commit: who, when, the whole message, and the tables that it changed; closer together where ``width`` says that
    the screen is small."""
    commit = detail.commit
    named = refs_cell(refs, most=9, longest=255)
    whole = cell_len(f"commit {commit.hash} {plain(named)}") <= width
    shown = cell(commit.hash if whole else commit.hash[:_SHORT], Style.WARNING)
    rows = [_text("hash", cell("commit ", Style.DIM), shown, cell(" "), named)]
    if len(commit.parents) > 1:
        rows.append(_text("parents", cell("merge  ", Style.DIM), cell(" ".join(p[:7] for p in commit.parents))))
    author = f"{commit.author} <{commit.email}>" if commit.email else commit.author
    rows.append(_text("author", cell("author ", Style.DIM), cell(author)))
    local = commit.date.astimezone()
    rows.append(_text("date", cell("date   ", Style.DIM), cell(f"{local:%Y-%m-%d %H:%M:%S %z}")))
    if width > _SMALL:
        rows.append(_text("blank"))
    lines = wrap(commit.message.strip() or "(no message)", max(20, width - 2))
    rows += [_text(f"message {i}", cell(line, Style.BOLD if i == 0 else "")) for i, line in enumerate(lines)]
    if width > _SMALL or len(lines) > 1:
        rows.append(_text("blank2"))
    if detail.changes:
        against = " against its first parent" if len(commit.parents) > 1 else ""
        rows.append(_heading(f"{plural(len(detail.changes), 'table')} changed{against}"))
        rows += table_changes_rows(detail.changes)
    else:
        rows.append(_heading("No tables changed" if commit.parents else "The first commit: nothing before it"))
    return rows


def comparison_rows(
    comparison: Comparison, name: str, current: str, moment: dt.datetime, copied: Container[str] = ()
) -> list[Row]:
    """What a branch adds and lacks against the current one; the commits that are ``copied`` are marked."""
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
        direct = comparison.old == comparison.base != comparison.merge_base
        tables = plural(len(comparison.changes), "table")
        how = "changed there" if not direct else "differs" if len(comparison.changes) == 1 else "differ"
        rows += [_text("blank"), _heading(f"{tables} {how}")]
        rows += _counts_beside(table_changes_rows(comparison.changes))
    if comparison.commits:
        rows += [_text("blank2"), _heading(plural(comparison.theirs, "commit"))]
        for commit in comparison.commits:
            rows.append(
                Row(
                    ("commit", commit.hash),
                    (
                        cell("○", Style.DIM),
                        join(
                            cell(commit.hash[:7] + " ", Style.DIM),
                            cell("copied " if commit.hash in copied else "", Style.ACCENT),
                            cell(commit.summary),
                        ),
                        join(cell(sanitise(commit.author) + " ", Style.DIM), cell(age(commit.date, moment), Style.DIM)),
                    ),
                    value=commit,
                )
            )
        if comparison.theirs > len(comparison.commits):
            rows.append(_heading(f"… {comparison.theirs - len(comparison.commits)} more"))
    return rows


def _counts_beside(rows: Sequence[Row]) -> list[Row]:
    """Rows of tables with their counts right beside their names, however wide what else is listed is."""
    width = max((cell_len(plain(row.cells[1])) for row in rows), default=0)
    return [
        replace(row, cells=(sign, join(name, cell(" " * (width - cell_len(plain(name)) + 1)), *counts)))
        for row in rows
        for sign, name, *counts in (row.cells,)
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
