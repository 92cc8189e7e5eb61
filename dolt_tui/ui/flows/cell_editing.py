"""The editor that opens over a cell: which kind, with what in it, and what becomes of the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from dolt_tui.engine.editing.cell_values import format_value, kind_of, parse
from dolt_tui.engine.errors import EngineError
from dolt_tui.engine.model import DEFAULT, Editable, Editor, EditorKind, ForeignKey, Value
from dolt_tui.engine.model import Option as Parent
from dolt_tui.frozen import Frozen
from dolt_tui.ui.dialogs.cell_editors.base import Edited, Subject
from dolt_tui.ui.dialogs.cell_editors.line import LineEditor
from dolt_tui.ui.dialogs.cell_editors.listed import ListEditor, Option
from dolt_tui.ui.present.draft_rows import unset_word
from dolt_tui.ui.present.text import sanitise

if TYPE_CHECKING:
    from textual.geometry import Region

    from dolt_tui.ui.dialogs.cell_editors.base import CellEditor
    from dolt_tui.ui.flows.context import Context

_LONG = 60
"""Characters of a text that is edited in a box of several lines."""
_OPTIONS = 50
"""Rows of another table that are offered at once."""
_NOW = {Editor.DATE: "today", Editor.TIME: "now", Editor.DATETIME: "now"}


def _always(_: int) -> str:
    return ""


class Target(Frozen):
    """The cell to be edited."""

    table: Editable
    column: str
    value: Value
    """As it is shown: `DEFAULT` where nobody has set it."""
    region: Region
    no_next: Callable[[int], str] = _always
    """Why one cannot go on from it to the right (1) or to the left (-1); empty where one can."""


def open_editor(context: Context, target: Target, answered: Callable[[Edited | None], None]) -> None:
    """Open the editor for a cell; ``answered`` is told what it is to be, None where the cell was left."""

    grid = context.main.grid
    grid.lively = True

    def done(found: Edited | None) -> None:
        grid.lively = False
        answered(found)

    context.ask(_Opening(context, target, done).editor(), done)


class _Opening:
    """Finds the editor for one cell."""

    def __init__(self, context: Context, target: Target, done: Callable[[Edited | None], None]) -> None:
        self._context, self._target, self._done = context, target, done
        self._column = target.table.column(target.column)
        self._style = target.table.style
        self._kind: EditorKind = kind_of(self._column, self._style)
        unset = unset_word(self._column, len(target.table.key)) if target.value is DEFAULT else ""
        self._subject = Subject(
            title=self._column.name,
            kind=self._said(),
            text=format_value(target.value, self._column, self._style),
            region=target.region,
            parse=self._parse,
            is_null=target.value is None,
            nullable=self._kind.nullable,
            unset=unset,
            no_next=target.no_next,
        )

    def _said(self) -> str:
        """What the column holds, for people: a list is not told twice, and nothing of how texts are sorted."""
        if self._kind.editor in (Editor.ENUM, Editor.SET):
            return str(self._kind.editor)
        return self._column.type.lower().partition(" character set ")[0].partition(" collate ")[0] or "any"

    def _parse(self, text: str) -> Value:
        return parse(text, self._column, self._style, self._context.session.clock.local().replace(tzinfo=None))

    def editor(self) -> CellEditor:
        kind, subject = self._kind, self._subject
        key = self._target.table.foreign_key(self._column.name)
        if key is not None:
            return self._references(key)
        if kind.editor is Editor.SET:
            return ListEditor(subject, [Option(text, text) for text in kind.options], several=True)
        if kind.editor is Editor.ENUM:
            return ListEditor(subject, [Option(text, self._parse(text)) for text in kind.options])
        if kind.editor is Editor.BOOLEAN:
            return self._boolean()
        if kind.editor is Editor.JSON or "\n" in subject.text or (kind.lines and len(subject.text) > _LONG):
            return self._lines(None)
        now = _NOW.get(kind.editor)
        larger = self._grow if kind.editor in (Editor.TEXT, Editor.ANY) else None
        return LineEditor(subject, now=(now, partial(self._now, now)) if now else None, larger=larger)

    def _now(self, word: str) -> str:
        return format_value(self._parse(word), self._column, self._style)

    def _boolean(self) -> CellEditor:
        options = []
        for text in ("true", "false"):
            value = self._parse(text)
            options.append(Option(text, value, format_value(value, self._column, self._style)))
        now = next((option.text for option in options if option.value == self._target.value), self._subject.text)
        subject = replace(self._subject, text=now)
        return ListEditor(subject, [Option(item.text, item.value) for item in options])

    def _lines(self, text: str | None) -> CellEditor:
        from dolt_tui.ui.dialogs.cell_editors.lines import LinesEditor, json_place  # slow to import

        if self._kind.editor is not Editor.JSON:
            return LinesEditor(self._subject, text=text)

        def checked(typed: str) -> str:
            if not typed.strip():
                return ""
            try:
                self._parse(typed)
            except EngineError as error:
                return json_place(typed) or error.message
            return ""

        return LinesEditor(self._subject, text=text, checked=checked, suffix=".json")

    def _grow(self, text: str) -> None:
        """Go on in a box of several lines."""
        self._context.ask(self._lines(text), self._done)

    def _references(self, key: ForeignKey) -> CellEditor:
        """A list of the rows that a foreign key may refer to, which are asked for as one types."""
        session, state = self._context.session, self._context.state
        edits, branch = state.repository.edits, state.branch

        def search(text: str) -> None:
            session.quietly(
                "options",
                "",
                lambda: edits.options(branch, key, text, _OPTIONS),
                lambda found: offer(found),
            )

        def offer(found: tuple[Parent, ...]) -> None:
            options = [
                Option(format_value(row.values[0], self._column, self._style), row.values[0], sanitise(row.label))
                for row in found
            ]
            editor.offer(options)

        editor = ListEditor(replace(self._subject, kind=f"→ {key.referred}"), search=search)
        return editor
