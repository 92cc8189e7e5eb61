"""Whether what is about to be done can be undone, in words."""

from __future__ import annotations

from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.present.text import Cell, Style, cell
from dolt_tui.ui.session.state import State


def undo_note(state: State) -> Cell:
    """A line for dialogs that ask."""
    operation = state.operation
    if state.merging is not None or (operation is not None and state.branch in (operation.branch, operation.on)):
        return cell("This cannot be undone on its own: a merge or rebase is in progress.", Style.WARNING)
    if not state.repository.undo.snapshots_on:
        return cell("This cannot be undone: snapshots are switched off in the configuration.", Style.WARNING)
    return cell(f"You can undo this with {key_of('undo')}; uncommitted changes are kept in a snapshot.", Style.DIM)
