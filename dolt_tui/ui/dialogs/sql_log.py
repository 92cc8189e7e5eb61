"""The dialog that lists what was run, by steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from dolt_tui.engine.model import SqlStyle, Statement
from dolt_tui.ui.dialogs.listing import ListDialog
from dolt_tui.ui.present.grid_rows import Row
from dolt_tui.ui.present.sql_log import STATEMENT_COLUMNS, Step, changing, log_rows, steps

_HINT = "⏎ whole · {everything} · y copy · Y copy all · E save · / search · esc close"


class SqlLogDialog(ListDialog):
    """Shows what changed something, or everything; it grows while it is shown."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "everything", "everything", show=False),
        Binding("y", "copy", "copy", show=False),
        Binding("Y", "copy_all", "copy all", show=False),
        Binding("E,ctrl+s", "save", "save", show=False),
    ]

    def __init__(
        self,
        entries: Callable[[], Sequence[Statement]],
        style: SqlStyle,
        *,
        whole: Callable[[Step | Statement], None],
        copy: Callable[[Step | Statement | Sequence[Step]], None],
        save: Callable[[Sequence[Step]], None],
    ) -> None:
        """``entries`` gives all statements; ``whole``, ``copy`` and ``save`` are told what to do that with."""
        self._entries, self._style = entries, style
        self._whole, self._copy, self._save = whole, copy, save
        self._every = False
        self._changing: dict[int, bool] = {}
        self._known: dict[int, Row] = {}
        super().__init__(
            "SQL log",
            self._lines(),
            STATEMENT_COLUMNS,
            hint=_HINT.format(everything="a everything"),
            header=True,
            large=True,
            empty="Nothing has been changed yet.",
            more=self._lines,
            at_end=True,
            search=True,
        )

    @property
    def steps(self) -> list[Step]:
        """What is shown, without regard to what is searched."""
        entries = self._entries()
        return steps(entries if self._every else changing(entries, self._style, self._changing))

    def _lines(self) -> list[Row]:
        return log_rows(self.steps, self._style, self._known)

    def _found(self) -> list[Step]:
        """What is shown, as far as it has what is searched."""
        if not self.grid.filter_text:
            return self.steps
        kept = set[int]()
        for at in range(self.grid.row_count):
            row = self.grid.line(at)
            if row is not None and isinstance(row.value, Statement):
                kept.add(row.value.number)
            elif row is not None and isinstance(row.value, Step):
                kept |= {one.number for one in row.value.statements}
        return steps(one for one in self._entries() if one.number in kept)

    def action_everything(self) -> None:
        """Show what only read something, too, or leave it out again."""
        self._every = not self._every
        row = self.grid.cursor_row
        self.grid.empty_text = "Nothing has been run yet." if self._every else "Nothing has been changed yet."
        self._rows = self._lines()
        self.grid.set_rows(self._rows)
        if row is None or not self.grid.move_to_key(row.key):
            self.grid.end()
        self.set_hint(_HINT.format(everything="a changes only" if self._every else "a everything"))

    def action_choose(self) -> None:
        row = self.grid.cursor_row
        if row is not None and isinstance(row.value, Step | Statement):
            self._whole(row.value)

    def action_copy(self) -> None:
        row = self.grid.cursor_row
        if row is not None and isinstance(row.value, Step | Statement):
            self._copy(row.value)

    def action_copy_all(self) -> None:
        if found := self._found():
            self._copy(found)

    def action_save(self) -> None:
        if found := self._found():
            self._save(found)
