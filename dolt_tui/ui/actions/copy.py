"""Copying rows, or a cell, of the pane in focus."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import cast

from dolt_tui.engine.core.literals import text_of
from dolt_tui.engine.model import ABSENT
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import EVERYWHERE, RECORD, RESOLVER, RESULT_RECORD, command
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.present.export import FORMATS, Copied, distinct, sql, with_columns
from dolt_tui.ui.present.grid_rows import Row
from dolt_tui.ui.present.text import Style, cell, join, plain, value_text
from dolt_tui.words import plural

_MOST = 100_000
"""Rows that are copied at once: a terminal takes no more than some megabytes."""


class CopyActions(Actions):
    """The commands that copy."""

    def nothing_named(self) -> str:
        return "" if self._named is not None else "there is nothing with a name here"

    def names(self) -> str:
        named = self._named
        return f"copy {named[0]}" if named is not None and named[0] in ("hash", "name") else ""

    @property
    def _named(self) -> tuple[str, object] | None:
        """What is copied of the line under the cursor, and what it is called: a name, a hash, the column of a cell.

        It is asked at every move of the cursor: a value is made a text only where it is copied.
        """
        pane = self.context.focused_pane
        if pane is self.context.rows_pane and (held := self.context.rows_pane.cell) is not None:
            return None if held[1] is ABSENT else held
        row = pane.grid.cursor_row
        for attribute in ("tracking", "name", "table", "hash"):
            if row is not None and isinstance(found := getattr(row.value, attribute, None), str) and found:
                return "hash" if attribute == "hash" else "name", found
        return None

    @command(
        "copy.name",
        "ctrl+o",
        "copy name",
        "Copy the name, the hash or the cell",
        (EVERYWHERE, RESOLVER),
        rank=4,
        unless=nothing_named,
        says=names,
        synonyms=("copy hash", "copy cell", "copy name", "clipboard"),
    )
    def copy_name(self) -> None:
        named = self._named
        assert named is not None
        self.context.copy_text(text_of(named[1]))
        self.context.tell(f"Copied {named[1]}" if named[0] in ("name", "hash") else f"Copied {named[0]}")

    @command(
        "copy",
        "y",
        "copy…",
        "Copy the value, or the row…",
        (RECORD, RESULT_RECORD),
        footer=True,
        rank=-24,
        synonyms=("yank", "clipboard", "copy cell", "copy as csv", "copy as json"),
        about="To the clipboard, as text, CSV, JSON, SQL or Markdown.",
    )
    @command(
        "copy",
        "y",
        "copy…",
        "Copy the row, or a range…",
        (EVERYWHERE, RESOLVER),
        rank=3,
        synonyms=("yank", "clipboard", "copy cell", "copy hash", "copy as csv", "copy as json"),
        about="To the clipboard, as text, CSV, JSON, SQL or Markdown.",
    )
    def copy(self) -> None:
        """Ask in which form to copy the selected rows; those that are not loaded are read first."""
        context = self.context
        pane = context.focused_pane
        rows = [row for row in pane.grid.selected_rows if row.selectable]
        far = pane.grid.selected_range()
        if not rows:
            context.tell("There is nothing to copy here.", "warning")
            return
        if far is None and pane.grid.source is not None and len(pane.grid.selected_rows) < pane.grid.range_size:
            context.tell("Not all of these rows can be reached: select them again.", "warning")
            return
        size = far.size if far is not None else len(distinct(rows))
        if size > _MOST:
            context.tell(f"At most {plural(_MOST, 'row')} can be copied at once.", "warning")
            return
        copied, is_table = self._describe(rows), self._table() != ""
        number = plural(size, "row" if far is None else "line")
        body = [join(cell("Copy "), cell(number, Style.BOLD), cell(f" · {', '.join(copied([]).columns)}", Style.DIM))]
        # What no table holds cannot be inserted into one again.
        choices = [Choice(letter, name) for letter, name, write in FORMATS if is_table or write is not sql]
        held = context.rows_pane.cell if pane is context.rows_pane and not pane.grid.range_active else None
        if held is not None and held[1] is ABSENT:
            held = None
        if held is not None:
            choices.insert(0, Choice("v", "the cell's value", f"{held[0]}: {value_text(held[1])[:60]}"))
        dialog = ChoiceDialog(
            "Copy",
            body,
            choices,
            default="v" if held is not None and context.rows_pane.card.is_open else "p",
            opener="y",
        )

        def chosen(letter: str | None) -> None:
            if letter == "v" and held is not None:
                context.copy_text(text_of(held[1]))
                context.tell(f"Copied {held[0]}")
            for key, name, write in FORMATS:
                if key == letter:
                    self._copy(copied, rows if far is None else far.read, write, f"{number} as {name}")

        self.context.ask(dialog, chosen)

    def _copy(
        self,
        copied: Callable[[Iterable[Row]], Copied],
        rows: Sequence[Row] | Callable[[], Iterable[Row]],
        write: Callable[[Copied], str],
        what: str,
    ) -> None:
        """Copy rows that are here, or that have to be read; SQL needs the table's columns as well."""
        repository, loaded = self.state.repository, self.context.rows_pane.loaded
        unknown = write is sql and not copied(()).types
        if not callable(rows) and not unknown:
            self._put(write(copied(rows)), what)
            return

        def work() -> str:
            found = copied(row for row in (rows() if callable(rows) else rows) if row.selectable)
            if unknown and loaded is not None:
                found = with_columns(found, loaded.definition(repository))
            return write(found)

        self.context.session.job("copy", f"copy {what}", work, lambda text: self._put(text, what))

    def _put(self, text: str, what: str) -> None:
        self.context.copy_text(text)
        self.context.tell(f"Copied {what}")

    def _table(self) -> str:
        """The table whose rows are shown in the pane in focus; empty where that is something else."""
        context, loaded = self.context, self.context.rows_pane.loaded
        return loaded.table if context.focused_pane is context.rows_pane and loaded is not None else ""

    def _describe(self, rows: Sequence[Row]) -> Callable[[Iterable[Row]], Copied]:
        """How to make of rows like these the values behind them, where there are some."""
        context = self.context
        pane, loaded = context.focused_pane, context.rows_pane.loaded
        style = self.state.repository.info.traits.sql
        if pane is context.rows_pane and loaded is not None and loaded.copied((), style) is not None:
            return lambda rows: cast("Copied", loaded.copied(rows, style))
        if pane is context.panes.summary:
            titles = tuple(column.title for column in pane.grid.columns)
            return lambda rows: Copied("summary", titles, tuple(_values(row) for row in rows))
        for names in (("name", "hash"), ("hash", "message"), ("table",), ("name",)):
            if all(hasattr(row.value, name) for row in rows for name in names):
                return lambda rows, names=names: Copied(  # type: ignore[misc]
                    pane.KIND, names, tuple(tuple(getattr(row.value, n) for n in names) for row in rows)
                )
        return lambda rows: Copied(
            pane.KIND, ("text",), tuple((" ".join(plain(part) for part in row.cells).strip(),) for row in rows)
        )


def _values(row: Row) -> Sequence[object]:
    return row.value if isinstance(row.value, tuple) else ()
