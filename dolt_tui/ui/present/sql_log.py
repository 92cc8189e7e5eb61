"""The lines of the SQL log, and what is copied and saved of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dolt_tui.engine.console.statements import StatementKind, describe
from dolt_tui.engine.core.scratch_branch import is_scratch
from dolt_tui.engine.core.statement_text import beginning, bound_literal, statement_text
from dolt_tui.engine.model import SqlStyle, Statement
from dolt_tui.frozen import Frozen
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import Style, cell, join, sanitise, wrap
from dolt_tui.words import count, plural, took

STATEMENT_COLUMNS = (
    Column("sql", "statement", flex=True, separator=False),
    Column("rows", "rows", numeric=True, separator=False),
    Column("took", "took", numeric=True, separator=False),
)
_TEMPORARY = "temporary branch"
_TRIALS = frozenset({_TEMPORARY, "looking ahead"})
"""What is run for these is taken back again."""
_KEEPING = "undo: "
"""Begins what is run to keep, for undo, what a step may destroy: it leaves everything as it was."""
_CHANGING = frozenset({StatementKind.WRITE, StatementKind.DEFINITION, StatementKind.CALL})
_SEEN = 2000
"""Characters of a statement that a line has at most."""


class Step(Frozen):
    """What was run for one thing that a person did, or that was shown."""

    number: int
    name: str
    statements: tuple[Statement, ...]

    @property
    def failed(self) -> bool:
        return any(one.error for one in self.statements)


def changes(statement: Statement, style: SqlStyle) -> bool:
    """Whether a statement changed something, as far as its text tells."""
    if not statement.writes or statement.purpose in _TRIALS or statement.purpose.startswith(_KEEPING):
        return False
    if "dolt_config(" in statement.sql:
        return False  # it only says who commits
    sql = statement.sql[:_SEEN].replace("%s", "1").replace("%%", "%")
    return describe(sql, style).kind in _CHANGING


def changing(statements: Sequence[Statement], style: SqlStyle, known: dict[int, bool]) -> list[Statement]:
    """Those that changed something, with what made and deleted the temporary branches that this was done on; ``known``
    is what `changes` says by a statement's number, and gets what is new."""
    for one in statements:
        if one.number not in known:
            known[one.number] = changes(one, style)
    where = {one.revision for one in statements if known[one.number]}

    def makes(one: Statement) -> bool:
        values = one.values if isinstance(one.values, Sequence) else ()
        return one.purpose == _TEMPORARY and one.writes and any(value in where for value in values)

    return [one for one in statements if known[one.number] or makes(one)]


def steps(statements: Iterable[Statement]) -> list[Step]:
    """Statements by what they were run for, in the order in which that began."""
    found: dict[tuple[int, str], list[Statement]] = {}
    for one in statements:
        name = one.step or one.purpose or "other statements"
        found.setdefault((one.step_number, "" if one.step_number else name), []).append(one)
    return [Step(key[0], some[0].step or key[1] or some[0].purpose, tuple(some)) for key, some in found.items()]


def log_rows(found: Sequence[Step], style: SqlStyle, known: dict[int, Row]) -> list[Row]:
    """A line for each step, and below it one for each of its statements; ``known`` are those that were made before, by
    the statement's number, and get what is new."""
    rows = []
    for step in found:
        first = step.statements[0]
        seconds = sum(one.seconds for one in step.statements)
        said = (first.revision, plural(len(step.statements), "statement"))
        title = join(
            cell(f"{clock_text(first)} ", Style.DIM),
            cell("✗ " if step.failed else "", Style.ERROR),
            cell(step.name, Style.HEADING),
            cell("".join(f" · {part}" for part in said if part), Style.DIM),
        )
        rows.append(Row(("step", step.number, first.number), (title, (), cell(took(seconds), Style.DIM)), value=step))
        for one in step.statements:
            if one.number not in known:
                known[one.number] = statement_row(one, style, step.statements[0].revision)
            rows.append(known[one.number])
    return rows


def clock_text(statement: Statement) -> str:
    """When a statement was sent."""
    return f"{statement.started.astimezone():%H:%M:%S}"


def statement_row(statement: Statement, style: SqlStyle, revision: str) -> Row:
    """A line of the log: a statement that can be run as it stands there, and its branch unless that is ``revision``."""
    failed = bool(statement.error)
    sql = " ".join(beginning(statement, style, 2 * _SEEN).split())
    text = cell(f"  {sql[:_SEEN]}", Style.BOLD if statement.writes else "")
    if revision and statement.revision not in (revision, ""):
        text = join(cell(f"  on {_short(statement.revision)}", Style.DIM), text)
    if failed:
        text = join(cell("✗ ", Style.ERROR), cell(sql[:_SEEN]), cell(f"  {statement.error}", Style.ERROR))
    number = "" if failed or statement.rows is None else count(statement.rows)
    return Row(
        statement.number,
        (text, cell(number), cell(f"{statement.seconds * 1000:.1f} ms", Style.DIM)),
        value=statement,
    )


def _short(revision: str) -> str:
    """A branch in a line: temporary ones have long names."""
    return "temporary branch" if is_scratch(revision) else revision


def whole_lines(statement: Statement, style: SqlStyle, width: int) -> list[Row]:
    """All that is known of a statement, wrapped."""
    text, exact = (statement_text(statement, style, exact=one) for one in (False, True))
    lines = [*wrap(text + ";", width)]
    if exact != text:
        lines += ["", "As it was sent, it compared first whether somebody else had changed something:", ""]
        lines += wrap(exact + ";", width)
    rows = "" if statement.rows is None else f" · {plural(statement.rows, 'row')}"
    where = statement.revision or "the default branch"
    lines += ["", f"{clock_text(statement)} · {statement.seconds * 1000:.2f} ms{rows} · on {where}"]
    purpose = statement.purpose if statement.purpose not in statement.step else ""
    lines += [f"for: {' · '.join(filter(None, (statement.step, purpose)))}"]
    lines += [] if statement.whole else ["It is too long to be kept whole."]
    found = [Row(at, (cell(line),)) for at, line in enumerate(lines)]
    if statement.error:
        said = wrap(f"✗ {statement.error}", width)
        found += [Row(("error", at), (cell(line, Style.ERROR),)) for at, line in enumerate(said)]
    return found


def script(found: Sequence[Step], style: SqlStyle, database: str) -> str:
    """Statements as a script that a SQL shell can run, each on the branch that it was run on.

    What failed, or is not known whole, is a comment there.
    """
    parts, revision = [], ""
    for step in found:
        first = step.statements[0]
        where = f" on {first.revision}" if first.revision else ""
        moment = f"{first.started.astimezone():%Y-%m-%d %H:%M:%S}"
        parts.append(f"-- {sanitise(step.name)}{sanitise(where)}, {moment}")
        for one in step.statements:
            if one.revision not in (revision, ""):
                revision = one.revision
                parts.append(_going_to(revision, style, database))
            text = f"{statement_text(one, style)};"
            if one.error or not one.whole:
                reason = f"failed: {sanitise(one.error)}" if one.error else "too long to be kept whole"
                text = "\n".join(f"-- {line}" for line in (reason, *text.split("\n")))
            parts.append(text)
        parts.append("")
    return "\n".join(parts)


def _going_to(revision: str, style: SqlStyle, database: str) -> str:
    if style is SqlStyle.MYSQL:
        name = f"{database}/{revision}".replace("`", "``")
        return f"USE `{name}`;"
    return f"SELECT dolt_connect_branch({bound_literal(revision, style)});"
