"""The dialog that asks where an export goes, and in which format."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from dolt_tui.engine.transfer.formats import Format, named
from dolt_tui.frozen import Frozen
from dolt_tui.ui.dialogs.dialog import Dialog, titled
from dolt_tui.ui.dialogs.path_input import PathInput
from dolt_tui.ui.present.content import lines
from dolt_tui.ui.present.text import Cell, Style, cell, join, styles


class Wanted(Frozen):
    """Where an export goes."""

    path: Path
    format: Format
    compressed: bool
    overwrite: bool


class ExportDialog(Dialog[Wanted]):
    """Returns where to and in which format; a file that is there is overwritten only after a second ``enter``."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave", show=False, priority=True),
        Binding("down", "format(1)", "next format", show=False, priority=True),
        Binding("up", "format(-1)", "format before", show=False, priority=True),
    ]

    def __init__(
        self,
        body: Sequence[Cell],
        stem: str,
        formats: Sequence[Format],
        *,
        directory: Callable[[Format], bool],
        why_not: Callable[[Format], str],
        format_: Format | None = None,
    ) -> None:
        """``directory`` tells whether a format becomes a directory, ``why_not`` why one cannot be written."""
        super().__init__("Export", "⏎ export · ↑ ↓ format · tab complete the path · esc cancel")
        self._body, self._formats = body, list(formats)
        self._directory, self._why_not = directory, why_not
        self._format = format_ if format_ in formats and format_ is not None else self._formats[0]
        self._input = PathInput(stem + self._ending())
        self._choices = Static(markup=False, classes="body")
        self._says = Static(markup=False, classes="says")
        self._asked: Path | None = None
        """The file that may be overwritten."""

    def compose(self) -> ComposeResult:
        with self.frame:
            yield Static(lines(self._body), markup=False, classes="body")
            yield Static("Format", classes="label", markup=False)
            yield self._choices
            yield titled("File", self._input)
            yield self._says

    def on_mount(self) -> None:
        self._input.focus()
        self._input.cursor_position = len(self._input.value)
        self._show()
        self._say("")

    def _ending(self) -> str:
        return "" if self._directory(self._format) else self._format.ending

    def _show(self) -> None:
        parts: list[Cell] = []
        for format_ in self._formats:
            here = format_ is self._format
            style = styles(Style.ACCENT, Style.BOLD) if here else Style.DIM if self._why_not(format_) else ""
            parts.append(cell(f"{'›' if here else ' '} {format_.label} ", style))
        packed = cell("  compressed by gzip", Style.DIM) if self._compressed else ()
        kind = cell("  a directory with a file for each table", Style.DIM) if self._directory(self._format) else ()
        self._choices.update(lines([join(*parts, packed, kind)]))

    @property
    def _compressed(self) -> bool:
        return self._input.value.strip().lower().endswith(".gz") and self._format is not Format.PARQUET

    def action_format(self, step: int) -> None:
        """Choose another format; the name's ending goes with it."""
        at = self._formats.index(self._format)
        head, name = os.path.split(self._input.value)
        said = named(name)
        self._format = self._formats[(at + step) % len(self._formats)]
        packed = ".gz" if said.compressed and self._format is not Format.PARQUET else ""
        with self.prevent(Input.Changed):
            self._input.value = os.path.join(head, said.stem + self._ending() + packed)
        self._input.cursor_position = len(self._input.value)
        self._changed_to()

    @on(Input.Changed)
    def _typed(self) -> None:
        said = named(self._input.value).format
        if said in self._formats and said is not None and not self._directory(said):
            self._format = said
        self._changed_to()

    def _changed_to(self) -> None:
        self._asked = None
        self._show()
        self._say(self._why_not(self._format))

    @on(PathInput.Choices)
    def _several(self, event: PathInput.Choices) -> None:
        self._say(event.names, Style.DIM)

    def _say(self, text: str, style: str = Style.WARNING) -> None:
        self._says.update(lines([cell(text, style)]))
        self._says.display = bool(text)

    @on(Input.Submitted)
    def _submitted(self) -> None:
        if not self._input.value.strip():
            self._say("Name a file.")
            return
        path, directory = self._input.path, self._directory(self._format)
        if reason := self._why_not(self._format):
            self._say(reason)
        elif path.is_dir() and not directory:
            self._say("That is a directory: name a file in it.")
        elif not path.parent.is_dir():
            self._say(f"There is no directory {path.parent}.")
        elif directory and path.exists():
            self._say("Something with that name exists already: choose another name.")
        elif path.exists() and self._asked != path:
            self._asked = path
            self._say("That file exists already: ⏎ again overwrites it.")
        else:
            self.dismiss(Wanted(path, self._format, self._compressed, self._asked == path))
