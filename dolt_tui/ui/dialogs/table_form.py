"""The form of a table: its name, its columns and what else it has in a list, and below that the statements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Input, Static

from dolt_tui.engine.editing.forms import Target
from dolt_tui.engine.editing.table_definitions import parts_text
from dolt_tui.engine.editing.table_forms import CheckForm, ForeignKeyForm, IndexForm, TableForm, objection
from dolt_tui.engine.model import Call, SqlStyle
from dolt_tui.engine.model.calls import script
from dolt_tui.ui.dialogs import table_parts as parts
from dolt_tui.ui.dialogs.dialog import Dialog
from dolt_tui.ui.dialogs.part import PartDialog, Values
from dolt_tui.ui.present.content import lines
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import Cell, Style, cell, join
from dolt_tui.ui.widgets.entry import LineInput
from dolt_tui.ui.widgets.grid import Grid

_COLUMNS = (
    Column("mark", min_width=4, separator=False),
    Column("name", shrink=True, max_width=40, separator=False),
    Column("type", shrink=True, max_width=40, separator=False),
    Column("rest", flex=True, separator=False),
)
T = TypeVar("T")
_KEYS = join(
    *(
        join(cell(f"{key} ", Style.KEY), cell(f"{what}  ", Style.DIM))
        for key, what in (
            ("n", "column"),
            ("i", "index"),
            ("f", "foreign key"),
            ("c", "check"),
            ("p", "key"),
            ("d", "drop"),
            ("J K", "move"),
        )
    )
)
Place = tuple[str, int]
"""What a row stands for: ``column``, ``index``, ``foreign`` or ``check``, and the how many-eth."""


class TableFormDialog(Dialog[TableForm]):
    """Returns the form once nothing is known to be wrong with it; what was edited stays in `form`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave", show=False, priority=True),
        Binding("ctrl+s", "accept", "accept", show=False, priority=True),
        Binding("enter", "edit", "edit", show=False),
        Binding("n", "column", "column", show=False),
        Binding("i", "index", "index", show=False),
        Binding("f", "foreign", "foreign key", show=False),
        Binding("c", "check", "check", show=False),
        Binding("p", "key", "primary key", show=False),
        Binding("d,delete", "drop", "drop", show=False),
        Binding("J", "move(1)", "down", show=False),
        Binding("K", "move(-1)", "up", show=False),
    ]

    def __init__(
        self,
        title: str,
        form: TableForm,
        style: SqlStyle,
        targets: Sequence[Target],
        calls: Callable[[TableForm], Sequence[Call]],
        *,
        before: TableForm | None = None,
        others: Sequence[str] = (),
        note: str = "",
    ) -> None:
        """``calls`` gives the statements of a form; ``before``: the table as it is, where there is one."""
        super().__init__(title, "⏎ change · ^s continue · esc cancel")
        self.form, self._sql_style, self._targets, self._calls = form, style, targets, calls
        self._before, self._others, self._note = before, others, note
        self._input = LineInput(form.name, "the table's name")
        self._says = Static(markup=False, classes="says")
        self._sql = Static(markup=False, classes="sql")
        self.grid = Grid(columns=_COLUMNS, show_header=False, empty_text="No columns yet.")
        self.frame.add_class("large", "table-form")

    def compose(self) -> ComposeResult:
        with self.frame:
            if self._before is None:
                with Horizontal(classes="part"):
                    yield Static("Name", classes="name", markup=False)
                    yield self._input
            yield self.grid
            yield Static(lines([_KEYS]), markup=False, classes="keys")
            yield self._says
            with VerticalScroll(classes="sql-scroll", can_focus=False):
                yield self._sql

    def on_mount(self) -> None:
        self._draw()
        if self._before is None and not self.form.name:
            self._input.focus()
        else:
            self.grid.focus()

    # showing

    def _draw(self, at: Place | None = None) -> None:
        form = self.form
        rows = [Row("columns", (cell("Columns", Style.HEADING),), selectable=False)] if form.columns else []
        rows += [self._column(number) for number in range(len(form.columns))]
        others: list[tuple[Place, str, str]] = []
        for number, index in enumerate(form.indexes):
            kind = "UNIQUE" if index.unique else index.kind or "INDEX"
            words = f"({parts_text(index.parts, self._sql_style)}) {index.rest}"
            others.append((("index", number), index.name, f"{kind} {words}"))
        for number, key in enumerate(form.foreign_keys):
            actions = [f"on delete {key.on_delete.lower()}"] if key.on_delete else []
            actions += [f"on update {key.on_update.lower()}"] if key.on_update else []
            there = f" ({', '.join(key.referred_columns)})" if key.referred_columns else ""
            words = f"{', '.join(key.columns)} → {key.referred}{there}  {', '.join(actions)}"
            others.append((("foreign", number), key.name, words))
        for number, check in enumerate(form.checks):
            others.append((("check", number), check.name, f"CHECK ({check.expression})"))
        if others:
            rows.append(Row("others", (cell("Indexes, foreign keys, checks", Style.HEADING),), selectable=False))
            was = self._before
            known = {*was.indexes, *was.foreign_keys, *was.checks} if was is not None else set()
            for place, name, text in others:
                new = bool(known) and self._one(place) not in known
                mark = cell("+ " if new else "  ", Style.ADDED)
                rows.append(Row(place, (mark, cell(name or text), (), cell(text if name else ""))))
        self.grid.set_rows(rows)
        if at is not None:
            self.grid.move_to_key(at)
        self._say(self._objection() if form.columns else "")
        self._sql.update(lines(self._statements()))

    def _one(self, place: Place) -> object:
        kind, number = place
        return {"index": self.form.indexes, "foreign": self.form.foreign_keys, "check": self.form.checks}[kind][number]

    def _column(self, number: int) -> Row:
        column = self.form.columns[number]
        never = set(self.form.key) - self.form.key_with_nulls(self._sql_style)
        words = ["not null"] if not column.nullable and column.name not in never else []
        words += [f"default {column.default}"] if column.default else []
        words += ["auto increment"] if column.auto_increment else []
        words += [f"= {column.generated}{' stored' if column.stored else ''}"] if column.generated else []
        words += [column.rest] if column.rest else []
        words += [f"“{column.comment}”"] if column.comment else []
        mark, style = ("", "")
        if self._before is not None:
            was = self._before.column(column.was) if column.was else None
            if was is None:
                mark, style = "+", Style.ADDED
            elif was.definition != column.definition or was.name != column.name:
                mark, style = "~", Style.MODIFIED
        key = self.form.key.index(column.name) + 1 if column.name in self.form.key else 0
        sign = f"key{key if len(self.form.key) > 1 else ''}" if key else ""
        name = cell(column.name, style)
        if column.was and column.was != column.name:
            name = join(name, cell(f" ← {column.was}", Style.DIM))
        head = join(cell(f"{mark or ' '} ", style), cell(sign, Style.KEY))
        return Row(("column", number), (head, name, cell(column.type), cell(" ".join(words), Style.DIM)))

    def _statements(self) -> list[Cell]:
        if not self.form.columns:
            return [cell(self._note, Style.DIM)]
        text = script(self._calls(self.form))
        found = [cell(line) for line in text.split("\n")] if text else [cell("Nothing to change.", Style.DIM)]
        return [*found, cell(self._note, Style.DIM)] if self._note else found

    def _objection(self) -> str:
        return objection(self.form, self._sql_style, self._others if self._before is None else ())

    def _say(self, text: str) -> None:
        self._says.update(lines([cell(text, Style.WARNING)]))
        self._says.display = bool(text)

    # editing

    @on(Input.Changed)
    def _named(self, event: Input.Changed) -> None:
        if event.input is self._input:
            self.form = replace(self.form, name=event.value.strip())
            self._draw()

    @on(Input.Submitted)
    def _name_done(self) -> None:
        self.grid.focus()
        if self.form.columns:
            return
        reason = self._objection()
        if reason == "The table needs a column.":
            self._add_columns()
        else:
            self._input.focus()
            self._say(reason)

    @property
    def _place(self) -> Place | None:
        row = self.grid.cursor_row
        return row.key if row is not None and isinstance(row.key, tuple) else None

    def _take(self, form: TableForm, at: Place | None) -> None:
        self.form = form
        self._draw(at)

    def action_column(self) -> None:
        self._add_columns()

    def _add_columns(self) -> None:
        """Add columns, one after the other."""

        def take(values: Values) -> str:
            number = len(self.form.columns)
            inline = self._before is None
            self._take(parts.with_column(self.form, None, values, self._sql_style, inline=inline), ("column", number))
            return f"✓ {values['name']} {values['type']}"

        fields = parts.column_fields(self.form, None, self._sql_style)
        check = partial(self._column_reason, None)
        self.app.push_screen(PartDialog("New columns", fields, check=check, hint="add", take=take))

    def _column_reason(self, at: int | None, values: Values) -> str:
        return parts.column_reason(self.form, at, values, self._sql_style)

    @on(Grid.Selected)
    def action_edit(self) -> None:
        """Change what is under the cursor."""
        place = self._place
        if place is None:
            self.action_column()
            return
        kind, number = place
        if kind == "column":
            self._edit_column(number)
        elif kind == "index":
            self._edit_index(number)
        elif kind == "foreign":
            self._edit_foreign(number)
        else:
            self._edit_check(number)

    def _edit_column(self, number: int) -> None:
        def done(values: Values | None) -> None:
            if values is not None:
                inline = self._before is None
                form = parts.with_column(self.form, number, values, self._sql_style, inline=inline)
                self._take(form, ("column", number))

        fields = parts.column_fields(self.form, number, self._sql_style)
        check = partial(self._column_reason, number)
        title = f"Column {self.form.columns[number].name}"
        self.app.push_screen(PartDialog(title, fields, check=check, hint="accept"), done)

    def action_index(self) -> None:
        self._edit_index(None)

    def _here(self) -> str:
        """The column under the cursor, where a new part may be about it."""
        place = self._place
        return self.form.columns[place[1]].name if place is not None and place[0] == "column" else ""

    def _edit_index(self, number: int | None) -> None:
        here = self._here()
        new = IndexForm("", ((here, ""),) if here else ())
        before = new if number is None else self.form.indexes[number]

        def done(values: Values | None) -> None:
            if values is not None:
                index = parts.index_of(values, before, self._sql_style)
                found, at = _put(self.form.indexes, number, index)
                self._take(replace(self.form, indexes=found), ("index", at))

        fields = parts.index_fields(self.form, before, self._sql_style)
        dialog = PartDialog(
            "New index" if number is None else "Index",
            fields,
            check=lambda values: parts.index_reason(self.form, values, before, self._sql_style),
            hint="accept",
        )
        self.app.push_screen(dialog, done)

    def action_foreign(self) -> None:
        self._edit_foreign(None)

    def _edit_foreign(self, number: int | None) -> None:
        here = self._here()
        new = ForeignKeyForm("", (here,) if here else (), "", ())
        before = new if number is None else self.form.foreign_keys[number]

        def done(values: Values | None) -> None:
            if values is not None:
                key = parts.foreign_of(self.form, values, before, self._targets, self._sql_style)
                found, at = _put(self.form.foreign_keys, number, key)
                self._take(replace(self.form, foreign_keys=found), ("foreign", at))

        dialog = PartDialog(
            "New foreign key" if number is None else "Foreign key",
            parts.foreign_fields(self.form, before, self._targets, self._sql_style),
            check=lambda values: parts.foreign_reason(self.form, values, before, self._targets, self._sql_style),
            hint="accept",
            at="table" if before.columns else "columns",
        )
        self.app.push_screen(dialog, done)

    def action_check(self) -> None:
        self._edit_check(None)

    def _edit_check(self, number: int | None) -> None:
        before = CheckForm("", "") if number is None else self.form.checks[number]

        def reason(values: Values) -> str:
            found, _ = _put(self.form.checks, number, parts.check_of(values, before))
            return objection(replace(self.form, checks=found, name=self.form.name or "t"), self._sql_style)

        def done(values: Values | None) -> None:
            if values is not None:
                found, at = _put(self.form.checks, number, parts.check_of(values, before))
                self._take(replace(self.form, checks=found), ("check", at))

        title = "New check" if number is None else "Check"
        self.app.push_screen(PartDialog(title, parts.check_fields(before), check=reason, hint="accept"), done)

    def action_key(self) -> None:
        """Take the column into the primary key, behind what is there, or out of it."""
        name = self._here()
        if name:
            key = self.form.key
            new = tuple(one for one in key if one != name) if name in key else (*key, name)
            self._take(self.form.with_key(new, self._sql_style), self._place)

    def action_drop(self) -> None:
        """Take out what is under the cursor."""
        place = self._place
        if place is None or not self.grid.has_focus:
            return
        kind, number = place
        form = self.form
        if kind == "column":
            if reason := form.kept_by(number, self._sql_style):
                self._say(reason)
                return
            form = form.without_column(number)
        elif kind == "index":
            form = replace(form, indexes=_without(form.indexes, number))
        elif kind == "foreign":
            form = replace(form, foreign_keys=_without(form.foreign_keys, number))
        else:
            form = replace(form, checks=_without(form.checks, number))
        left = {"column": form.columns, "index": form.indexes, "foreign": form.foreign_keys, "check": form.checks}[kind]
        self._take(form, (kind, max(0, min(number, len(left) - 1))))

    def action_move(self, by: int) -> None:
        """Move the column under the cursor."""
        place = self._place
        if place is not None and place[0] == "column" and 0 <= (to := place[1] + by) < len(self.form.columns):
            self._take(self.form.moved(place[1], to), ("column", to))

    def action_accept(self) -> None:
        reason = self._objection()
        if reason:
            self._say(reason)
        elif self._before is not None and not self._calls(self.form):
            self._say("Nothing was changed.")
        else:
            self.dismiss(self.form)


def _put(items: Sequence[T], number: int | None, item: T) -> tuple[tuple[T, ...], int]:
    """``items`` with one in the place of another, or behind all; and where it is."""
    if number is None:
        return (*items, item), len(items)
    return (*items[:number], item, *items[number + 1 :]), number


def _without(items: Sequence[T], number: int) -> tuple[T, ...]:
    return (*items[:number], *items[number + 1 :])
