"""Copying rows, or a cell, of the pane in focus."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from dolt_tui.engine.model import RowChange
from dolt_tui.ui.actions.action import Actions
from dolt_tui.ui.copying import FORMATS, Copied, text_of
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.rows import Row
from dolt_tui.ui.text import Style, cell, join, plain, plural, value_text

_MOST = 100_000
"""Rows that are copied at once: a terminal takes no more than some megabytes."""


class CopyActions(Actions):
    """The command that copies."""

    def copy(self) -> None:
        """Ask in which form to copy the selected rows; those that are not held are read for it."""
        workspace = self.workspace
        pane = workspace.focused_pane
        rows = [row for row in pane.grid.selected_rows if row.selectable]
        far = pane.grid.selected_range()
        if not rows:
            workspace.tell("There is nothing to copy here.", "warning")
            return
        if far is None and pane.grid.source is not None and len(pane.grid.selected_rows) < pane.grid.range_size:
            workspace.tell("Not all of these rows can be reached: select them again.", "warning")
            return
        size = far.size if far is not None else len(_once(rows))
        if size > _MOST:
            workspace.tell(f"At most {plural(_MOST, 'row')} can be copied at once.", "warning")
            return
        copied = self._describe(rows)
        number = plural(size, "row" if far is None else "line")
        body = [join(cell("Copy "), cell(number, Style.BOLD), cell(f" · {', '.join(copied([]).columns)}", Style.DIM))]
        choices = [Choice(letter, name) for letter, name, _ in FORMATS]
        held = workspace.main.cell if pane is workspace.main and not pane.grid.range_active else None
        if held is not None:
            choices.insert(0, Choice("v", "the cell's value", f"{held[0]}: {value_text(held[1])[:60]}"))
        dialog = ChoiceDialog("Copy", body, choices, default="p", opener="y")

        def chosen(letter: str | None) -> None:
            if letter == "v" and held is not None:
                workspace.app.copy_to_clipboard(text_of(held[1]))
                workspace.tell(f"Copied {held[0]}")
            for key, name, write in FORMATS:
                if key != letter:
                    continue
                if far is None:
                    self._put(write(copied(rows)), f"{number} as {name}")
                else:
                    workspace.job(
                        "copy",
                        f"reading {number}",
                        lambda write=write: write(copied(far.read())),  # type: ignore[misc]
                        lambda text, name=name: self._put(text, f"{number} as {name}"),  # type: ignore[misc]
                    )

        self.ask(dialog, chosen)

    def _put(self, text: str, what: str) -> None:
        self.workspace.app.copy_to_clipboard(text)
        self.workspace.tell(f"Copied {what}")

    def _describe(self, rows: Sequence[Row]) -> Callable[[Iterable[Row]], Copied]:
        """How to make of rows like these the values behind them, where there are some."""
        workspace = self.workspace
        pane, content = workspace.focused_pane, workspace.main.content
        if pane is workspace.main and content is not None and (content.page or content.diff):
            columns = content.page.columns if content.page is not None else content.diff.columns if content.diff else ()
            titles = tuple(column.name for column in columns)
            table = getattr(content.view, "table", "")
            return lambda rows: Copied(table, titles, tuple(_values(row) for row in _once(rows)))
        if pane is workspace.summary:
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


def _once(rows: Iterable[Row]) -> list[Row]:
    """Rows without the second one of those that stand on two lines."""
    return list({id(row) if row.value is None else id(row.value): row for row in rows}.values())


def _values(row: Row) -> Sequence[object]:
    if isinstance(row.value, RowChange):
        values = row.value.new if row.value.new is not None else row.value.old
        return values or ()
    return row.value if isinstance(row.value, tuple) else ()
