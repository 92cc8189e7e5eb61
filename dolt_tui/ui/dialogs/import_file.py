"""The dialogs of an import: which file, and what becomes of its columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from dolt_tui.engine.model import ColumnInfo
from dolt_tui.engine.transfer.plans import Plan
from dolt_tui.ui.dialogs.dialog import Dialog
from dolt_tui.ui.dialogs.path_input import PathInput
from dolt_tui.ui.present.content import lines
from dolt_tui.ui.present.grid_rows import Column
from dolt_tui.ui.present.import_rows import column_rows, head_lines, sample_rows
from dolt_tui.ui.present.text import Cell, Style, cell
from dolt_tui.ui.widgets.entry import LineInput
from dolt_tui.ui.widgets.grid import Grid

_SAMPLE = 20
"""Rows that are shown as they will be."""
_LIST = (
    Column("use", separator=False),
    Column("name", "column", max_width=30),
    Column("type", "type", max_width=30),
    Column("key", "key"),
    Column("values", "first values", flex=True),
)


class FileDialog(Dialog[Path]):
    """Returns the path of a file that is there."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "leave", show=False, priority=True)]

    def __init__(self, title: str, body: Sequence[Cell], *, hint: str) -> None:
        super().__init__(title, f"⏎ {hint} · tab complete the path · esc cancel")
        self._body = body
        self._input = PathInput(placeholder="people.csv · ~/data/people.tsv.gz · dump.sql")
        self._says = Static(markup=False, classes="says")

    def compose(self) -> ComposeResult:
        with self.frame:
            yield Static(lines(self._body), markup=False, classes="body")
            yield self._input
            yield self._says

    def on_mount(self) -> None:
        self._input.focus()
        self._say("")

    def _say(self, text: str, style: str = Style.WARNING) -> None:
        self._says.update(lines([cell(text, style)]))
        self._says.display = bool(text)

    @on(Input.Changed)
    def _typed(self) -> None:
        self._say("")

    @on(PathInput.Choices)
    def _several(self, event: PathInput.Choices) -> None:
        self._say(event.names, Style.DIM)

    @on(Input.Submitted)
    def _submitted(self) -> None:
        path = self._input.path
        if not self._input.value.strip():
            self._say("Name a file.")
        elif path.is_file():
            self.dismiss(path)
        else:
            self._say("That is a directory: name a file in it." if path.is_dir() else "There is no such file.")


class ImportDialog(Dialog[Plan]):
    """Returns how the file is to be imported: its table, the types of its columns, the mode."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave", show=False, priority=True),
        Binding("enter", "finish", "import", show=False),
        Binding("t", "table", "table", show=False),
        Binding("m", "mode", "mode", show=False),
        Binding("h", "header", "header", show=False, priority=True),
        Binding("e", "type", "type", show=False),
        Binding("right", "next_type(1)", "next type", show=False, priority=True),
        Binding("left", "next_type(-1)", "type before", show=False, priority=True),
        Binding("k", "key", "key", show=False, priority=True),
        Binding("space,x", "keep", "leave out", show=False),
    ]

    def __init__(
        self,
        plan: Plan,
        *,
        columns_of: Callable[[str, Callable[[Sequence[ColumnInfo]], None]], None],
        with_header: Callable[[bool, Callable[[Plan], None]], None],
    ) -> None:
        """``columns_of`` reads the columns of a table, none where there is none; ``with_header`` reads the file again.

        Both answer later.
        """
        super().__init__("Import", "")
        self._plan = plan
        self._columns_of, self._with_header = columns_of, with_header
        self._head = Static(markup=False, classes="body")
        self._grid = Grid(columns=_LIST)
        self._sample = Grid(columns=())
        self._sample.can_focus = False
        self._entry = LineInput()
        self._label = Static(markup=False, classes="label")
        self._says = Static(markup=False, classes="says")
        self._entered: Callable[[str], None] | None = None
        self.frame.add_class("large")

    @property
    def plan(self) -> Plan:
        """As it stands."""
        return self._plan

    def compose(self) -> ComposeResult:
        with self.frame:
            yield self._head
            yield self._label
            yield self._entry
            yield self._grid
            yield Static("The first rows as they will be", classes="label", markup=False)
            yield self._sample
            yield self._says

    def on_mount(self) -> None:
        self._sample.styles.height = 6
        self._close_entry()
        self._show()

    def _show(self, plan: Plan | None = None) -> None:
        if plan is not None:
            self._plan = plan
        plan = self._plan
        wrong = plan.wrong(_SAMPLE)
        self._head.update(lines(head_lines(plan)))
        self._grid.set_rows(column_rows(plan))
        titles = [Column(str(at), one.name) for at, one in enumerate(plan.preview.columns)]
        self._sample.set_rows(sample_rows(plan, wrong), titles)
        first = next((text for row in wrong for text in row if text), "")
        self._say(plan.objection or first)
        header = " · h header" if plan.may_lack_header else ""
        mode = " · m mode" if len(plan.modes) > 1 else ""
        types = " · ← → e type · k key · x leave out · esc" if plan.new else " · esc cancel"  # in 80 columns
        self.set_hint(f"⏎ import · t table{mode}{header}{types}")

    def _say(self, text: str) -> None:
        self._says.update(lines([cell(text, Style.WARNING)]))
        self._says.display = bool(text)

    # typing a line

    def _open_entry(self, label: str, value: str, entered: Callable[[str], None]) -> None:
        self._entered = entered
        self._label.update(lines([cell(label)]))
        self._label.display = self._entry.display = True
        self._entry.value = value
        self._entry.cursor_position = len(value)
        self._entry.focus()

    def _close_entry(self) -> None:
        self._entered = None
        self._label.display = self._entry.display = False
        self._grid.focus()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        entered, text = self._entered, event.value.strip()
        self._close_entry()
        if entered is not None and text:
            entered(text)

    def action_leave(self) -> None:
        if self._entered is not None:
            self._close_entry()
        else:
            super().action_leave()

    # keys

    @property
    def _at(self) -> int:
        return max(0, self._grid.cursor_index)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a line is typed its keys mean what they type; types are those of a new table only."""
        if self._entered is not None and action not in ("leave", "finish"):
            return False
        if action in ("type", "next_type", "key", "keep"):
            return self._plan.new
        if action == "header":
            return self._plan.may_lack_header
        return super().check_action(action, parameters)

    def action_finish(self) -> None:
        objection = self._plan.objection
        if objection:
            self._say(objection)
        else:
            self.dismiss(self._plan)

    def action_table(self) -> None:
        def entered(name: str) -> None:
            self._columns_of(name, lambda columns: self._show(self._plan.into(name, columns)))

        self._open_entry("Table, a new one or an existing one", self._plan.table, entered)

    def action_mode(self) -> None:
        self._show(self._plan.next_mode())

    def action_header(self) -> None:
        self._with_header(not self._plan.preview.layout.header, self._reread)

    def _reread(self, plan: Plan) -> None:
        self._show(replace(plan, table=self._plan.table, existing=self._plan.existing, mode=self._plan.mode))

    def action_type(self) -> None:
        column, at = self._plan.preview.columns[self._at], self._at
        self._open_entry(f"Type of {column.name}", column.type, lambda text: self._show(self._plan.typed(at, text)))

    def action_next_type(self, step: int) -> None:
        self._show(self._plan.next_type(self._at, step))

    def action_key(self) -> None:
        self._show(self._plan.key(self._at))

    def action_keep(self) -> None:
        self._show(self._plan.kept(self._at))
