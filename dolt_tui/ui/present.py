"""From the engine's values to the rows of the panes. Pure: no widget, no database."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from rich.cells import cell_len, chop_cells

from dolt_tui.engine.model import (
    WORKING,
    BlameRow,
    Branch,
    ChangeKind,
    Changes,
    ColumnInfo,
    Commit,
    CommitDetail,
    Comparison,
    DiffColumn,
    Divergence,
    Page,
    RowChange,
    RowCounts,
    RowVersion,
    Statement,
    Status,
    Summary,
    Table,
    TableChange,
    Tag,
    Value,
)
from dolt_tui.ui.rows import Column, Row
from dolt_tui.ui.text import (
    NULL,
    Cell,
    Style,
    age,
    cell,
    change_cell,
    count,
    is_numeric,
    join,
    plural,
    sanitise,
    styles,
    value_cell,
    value_text,
)

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
TABLE_COLUMNS = (
    Column("name", flex=True, separator=False),
    Column("rows", numeric=True, separator=False),
)


def now() -> dt.datetime:
    """The time of day, in UTC."""
    return dt.datetime.now(dt.UTC)


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
    counts = counts_cell(change.counts)
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
            rows += [_change_row(change, (change.staged, change.table)) for change in group]
    return rows


def table_changes_rows(changes: Iterable[TableChange]) -> list[Row]:
    """The tables that a commit, a branch or a merge changes."""
    return [_change_row(change, ("table", change.table)) for change in changes]


def divergence_cell(divergence: Divergence | None) -> Cell:
    """``↑2 ↓1``: commits that the branch has, and lacks, against the current one."""
    if divergence is None:
        return BLANK
    parts = []
    if divergence.ahead:
        parts.append(f"↑{count(divergence.ahead)}")
    if divergence.behind:
        parts.append(f"↓{count(divergence.behind)}")
    return cell(" ".join(parts), Style.DIM)


def branch_rows(
    branches: Iterable[Branch], current: str, divergences: Mapping[str, Divergence], moment: dt.datetime
) -> list[Row]:
    """The branches; the current one is marked ``●``, one with uncommitted changes ``✎``."""
    rows = []
    for branch in branches:
        is_current = branch.name == current
        state = divergence_cell(None if is_current else divergences.get(branch.name))
        if branch.dirty:
            state = join(state, cell(" ✎" if state else "✎", Style.WARNING))
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


def refs_by_hash(branches: Iterable[Branch], tags: Iterable[Tag]) -> dict[str, list[tuple[str, Style]]]:
    """The names that stand at each commit, branches before tags."""
    refs: dict[str, list[tuple[str, Style]]] = {}
    for branch in branches:
        refs.setdefault(branch.hash, []).append((branch.name, Style.SUCCESS))
    for tag in tags:
        refs.setdefault(tag.hash, []).append((f"⚑ {tag.name}", Style.WARNING))
    return refs


def _short(name: str, longest: int) -> str:
    return name if len(name) <= longest else name[: longest - 1] + "…"


def refs_cell(names: Sequence[tuple[str, Style]], current: str = "", *, most: int = 3, longest: int = 14) -> Cell:
    """The refs of one commit, the current branch first; those beyond ``most`` are counted."""
    ordered = sorted(names, key=lambda item: item[0] != current)
    # The current branch is told by the sign that it has among the branches: its name stands in the header.
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


def table_rows(tables: Iterable[Table]) -> list[Row]:
    """The tables with their numbers of rows; views are named so."""
    rows = []
    for table in tables:
        size = "view" if table.is_view else "" if table.rows is None else plural(table.rows, "row")
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


def diff_columns(columns: Sequence[DiffColumn], rows: Iterable[RowChange]) -> tuple[Column, ...]:
    """The columns of a diff: the sign, then the table's; key columns stay while the others move."""
    numeric = _numeric_positions(
        len(columns), (values for row in rows for values in (row.old, row.new) if values is not None)
    )
    shown = [Column("sign", frozen=True, separator=False)]
    leading = True
    for position, column in enumerate(columns):
        leading = leading and column.primary_key
        mark = "" if column.in_old and column.in_new else "+" if column.in_new else "−"
        shown.append(
            Column(
                f"{position}",
                sanitise(mark + column.name),
                numeric=position in numeric,
                frozen=leading,
            )
        )
    return tuple(shown)


def _numeric_positions(width: int, rows: Iterable[Sequence[Value]]) -> set[int]:
    seen: set[int] = set()
    other: set[int] = set()
    for values in rows:
        for position in range(min(width, len(values))):
            if values[position] is not None:
                (seen if is_numeric(values[position]) else other).add(position)
    return seen - other


_KIND_STYLE = {ChangeKind.ADDED: Style.ADDED, ChangeKind.MODIFIED: Style.MODIFIED, ChangeKind.REMOVED: Style.MINUS}


def change_row(change: RowChange, columns: Sequence[DiffColumn], index: int) -> Row:
    """A row of a diff on one line: the old cell struck through before the new one where they differ."""
    style = _KIND_STYLE[change.kind]
    cells: list[Cell] = [cell(change.kind.sign, styles(style, Style.BOLD))]
    values = change.new if change.new is not None else change.old
    assert values is not None
    for position, column in enumerate(columns):
        if change.kind is ChangeKind.MODIFIED:
            assert change.old is not None
            if position in change.changed:
                cells.append(change_cell(change.old[position], values[position]))
            else:
                cells.append(value_cell(values[position], Style.BOLD if column.primary_key else ""))
        else:
            struck = Style.REMOVED if change.kind is ChangeKind.REMOVED else Style.ADDED
            cells.append(
                value_cell(values[position], Style.MINUS if struck is Style.REMOVED and column.primary_key else struck)
            )
    key = tuple(_hashable(values[i]) for i, column in enumerate(columns) if column.primary_key)
    return Row((change.kind, key or index), tuple(cells), value=change)


def version_rows(
    versions: Sequence[RowVersion], columns: Sequence[DiffColumn], moment: dt.datetime
) -> tuple[tuple[Column, ...], list[Row]]:
    """The changes of one row, each with the commit that made it."""
    shown = diff_columns(columns, (version.change for version in versions))
    heading = (
        shown[0],
        Column("commit", "commit", frozen=True, separator=False),
        Column("age", "age", numeric=True, frozen=True, separator=False),
        Column("author", "author", frozen=True, max_width=16),
        *(replace(column, frozen=False) for column in shown[1:]),
    )
    rows = []
    for index, version in enumerate(versions):
        row = change_row(version.change, columns, index)
        working = version.commit == WORKING
        cells = (
            row.cells[0],
            cell("working" if working else version.commit[:7], Style.WARNING if working else Style.DIM),
            cell("" if working else age(version.date, moment), Style.DIM),
            cell(version.author, Style.DIM),
            *row.cells[1:],
        )
        rows.append(Row((index, version.commit), cells, value=version.change))
    return heading, rows


def blame_rows(
    blamed: Sequence[BlameRow], key: Sequence[ColumnInfo], moment: dt.datetime
) -> tuple[tuple[Column, ...], list[Row]]:
    """Each row's key and the commit that changed it last."""
    numeric = _numeric_positions(len(key), (row.key for row in blamed))
    columns = (
        *(Column(f"{at}", sanitise(item.name), numeric=at in numeric, frozen=True) for at, item in enumerate(key)),
        Column("commit", "commit", separator=False),
        Column("age", "age", numeric=True, separator=False),
        Column("author", "author", max_width=20, separator=False),
        Column("message", "message", flex=True, separator=False),
    )
    rows = [
        Row(
            tuple(_hashable(value) for value in row.key),
            (
                *(value_cell(value, Style.BOLD) for value in row.key),
                cell(row.commit[:7], Style.DIM),
                cell(age(row.date, moment), Style.DIM),
                cell(row.author),
                cell(row.message.strip().split("\n", 1)[0]),
            ),
            value=row,
        )
        for row in blamed
    ]
    return columns, rows


def page_columns(page: Page) -> tuple[Column, ...]:
    """The columns of a table's rows."""
    numeric = _numeric_positions(len(page.columns), page.rows)
    shown = []
    leading = True
    for position, column in enumerate(page.columns):
        leading = leading and position in page.key
        shown.append(Column(f"{position}", sanitise(column.name), numeric=position in numeric, frozen=leading))
    return tuple(shown)


def page_rows(page: Page, start: int) -> list[Row]:
    """A page of a table's rows; keyed by primary key, else by position."""
    rows = []
    for index, values in enumerate(page.rows):
        key = tuple(_hashable(values[position]) for position in page.key)
        cells = tuple(
            value_cell(value, Style.BOLD if position in page.key else "") for position, value in enumerate(values)
        )
        rows.append(Row(key or start + index, cells, value=values))
    return rows


def _hashable(value: Value) -> Value:
    return bytes(value) if isinstance(value, bytearray) else value


def summary_columns(summary: Summary) -> tuple[Column, ...]:
    numeric = _numeric_positions(len(summary.columns), summary.rows)
    return tuple(
        Column(f"{position}", sanitise(name), numeric=position in numeric)
        for position, name in enumerate(summary.columns)
    )


def summary_rows(summary: Summary) -> list[Row]:
    """The rows of the summary, in its own order."""
    return [
        Row((index, tuple(map(repr, values))), tuple(value_cell(value) for value in values), value=values)
        for index, values in enumerate(summary.rows)
    ]


def diff_counts_text(counts: RowCounts, rows: int | None = None) -> str:
    """``~2 +1 −0 of 5 rows · 3 cells``."""
    text = f"~{count(counts.modified)} +{count(counts.added)} −{count(counts.removed)}"
    if rows is not None:
        text += f" of {plural(rows, 'row')}"
    if counts.cells_modified:
        text += f" · {plural(counts.cells_modified, 'cell')}"
    return text


def record_rows(columns: Sequence[tuple[str, str]], values: Sequence[Value], old: Sequence[Value] | None) -> list[Row]:
    """One record: a line (or several, for long text) for each column; with the old value where it differs."""
    rows = []
    for position, (name, kind) in enumerate(columns):
        parts: list[tuple[str, Style, Value]] = []
        if old is not None and old[position] != values[position]:
            parts = [("−", Style.MINUS, old[position]), ("+", Style.ADDED, values[position])]
        else:
            parts = [(" ", Style.NONE, values[position])]
        first = True
        for sign, style, value in parts:
            text = NULL if value is None else value_text(_indented(value, kind))
            for number, line in enumerate(text.split("\n") or [""]):
                rows.append(
                    Row(
                        (position, sign, number),
                        (
                            cell(name if first else "", Style.BOLD),
                            cell(kind if first else "", Style.DIM),
                            cell(sign, style),
                            cell(line, Style.NULL if value is None and not style else style),
                        ),
                    )
                )
                first = False
    return rows


_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[][{},:]|[^][{},:"\s]+', re.DOTALL)


def _indented(value: Value, kind: str) -> Value:
    """A JSON document with its structure shown; anything else as it is.

    Its tokens stay as they are written: a number read and written again could lose digits.
    """
    if kind.lower() != "json" or not isinstance(value, str) or len(value) > _INDENTED_MOST:
        return value
    out: list[str] = []
    depth = 0
    tokens = _JSON_TOKEN.findall(value)
    for position, token in enumerate(tokens):
        before = tokens[position - 1] if position else ""
        if token in "]}":
            depth -= 1
            out.append(token if before in ("[", "{") else "\n" + "  " * depth + token)
            continue
        if before in ("[", "{", ","):
            out.append("\n" + "  " * depth)
        if token in "[{":
            depth += 1
        out.append(": " if token == ":" else token)
    return "".join(out)


def statement_row(statement: Statement) -> Row:
    """A line of the command log."""
    failed = bool(statement.error)
    sql = " ".join(statement.sql.split())
    text = join(
        cell(sql, Style.BOLD if statement.writes else ""),
        cell(f"  [{statement.parameters}]" if statement.parameters else "", Style.DIM),
    )
    if failed:
        text = join(text, cell(f"  {statement.error}", Style.ERROR))
    return Row(
        statement.number,
        (
            cell(f"{statement.started.astimezone():%H:%M:%S}", Style.DIM),
            cell(f"{statement.seconds * 1000:.1f} ms"),
            cell(
                "✗" if failed else "" if statement.rows is None else count(statement.rows),
                Style.ERROR if failed else "",
            ),
            cell(statement.revision, Style.DIM),
            text,
        ),
        value=statement,
    )


_INDENTED_MOST = 200_000
"""Longer JSON documents are shown as they are."""

STATEMENT_COLUMNS = (
    Column("time", "time", separator=False),
    Column("took", "took", numeric=True, separator=False),
    Column("rows", "rows", numeric=True, separator=False),
    Column("branch", "branch", max_width=16, separator=False),
    Column("sql", "statement", max_width=2000, separator=False),
)


def wrap(text: str, width: int) -> list[str]:
    """Sanitised text in lines of at most ``width`` cells; words are kept whole where they fit."""
    lines: list[str] = []
    for paragraph in sanitise(text, one_line=False).split("\n"):
        line = ""
        for word in paragraph.split(" "):
            candidate = f"{line} {word}" if line else word
            if cell_len(candidate) <= width:
                line = candidate
                continue
            if line:
                lines.append(line)
            pieces = chop_cells(word, width) if cell_len(word) > width else [word]
            lines += pieces[:-1]
            line = pieces[-1] if pieces else ""
        lines.append(line)
    return lines
