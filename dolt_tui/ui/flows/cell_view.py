"""One cell by itself: it is read, shown, copied and saved."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from dolt_tui.engine.transfer.outputs import to_file
from dolt_tui.ui.dialogs.cell_view import CellDialog
from dolt_tui.ui.dialogs.save_file import SaveDialog, SaveTo
from dolt_tui.ui.flows.progress import path_text, size_text
from dolt_tui.ui.present.cell_view import CellContent, Face, conflict_of, content_of
from dolt_tui.ui.present.text import Style, cell, join

if TYPE_CHECKING:
    from dolt_tui.ui.flows.context import Context


def show_cell(context: Context, title: str, column: str, kind: str, value: object, old: object) -> None:
    """Show a value of a column whose type is ``kind``, and what it was before; `ABSENT` where it is what it was."""
    context.look(
        f"read {column}",
        lambda: content_of(column, kind, value, old),
        lambda content: _open(context, title, content),
    )


def show_conflict(context: Context, title: str, column: str, kind: str, sides: tuple[object, object, object]) -> None:
    """Show a cell in conflict: what it is in the base, in ours and in theirs; `ABSENT` where a side has none."""
    context.look(
        f"read {column}",
        lambda: conflict_of(column, kind, *sides),
        lambda content: _open(context, title, content),
    )


def _open(context: Context, title: str, content: CellContent) -> None:
    session = context.session

    def stop() -> bool:
        active = bool(session.jobs.active("cell"))
        session.jobs.drop("cell")
        return active

    dialog = CellDialog(
        title,
        content,
        read=partial(session.job, "cell"),
        stop=stop,
        copy=partial(_copy, context),
        save=partial(_ask_for_file, context),
    )
    context.ask(dialog, lambda _answer: session.jobs.drop("cell"))


def _copy(context: Context, text: str, what: str) -> None:
    context.copy_text(text)
    context.tell(f"Copied {what}")


def _ask_for_file(context: Context, content: CellContent, face: Face) -> None:
    said = next(iter(content.notes), "")
    body = [join(cell("Save "), cell(content.column, "accent bold"), cell(f"  {said}", Style.DIM))]
    dialog = SaveDialog("Save", body, content.file_name(face))
    context.ask(dialog, lambda to: _write(context, content, face, to) if to is not None else None)


def _write(context: Context, content: CellContent, face: Face, to: SaveTo) -> None:
    def done(size: int) -> None:
        context.tell(f"Saved {content.column} to {path_text(to.path)}: {size_text(size)}")

    context.look(f"save {content.column}", lambda: _save(to.path, content.data(face), to.overwrite), done)


def _save(path: Path, data: bytes, overwrite: bool) -> int:
    """Write a file, replacing another only where that is wanted; returns its size in bytes. Raises `EngineError`."""
    with to_file(path, overwrite=overwrite) as output:
        output.binary.write(data)
    return len(data)
