"""All groups of actions, and the set of commands that they make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textual.binding import BindingsMap

from dolt_tui.ui.actions.appearance import AppearanceActions
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.actions.branch_delete import BranchDeleteActions
from dolt_tui.ui.actions.branch_upkeep import BranchUpkeepActions
from dolt_tui.ui.actions.branches import BranchActions
from dolt_tui.ui.actions.broken_rows import BrokenRowActions
from dolt_tui.ui.actions.cell_filters import CellFilterActions
from dolt_tui.ui.actions.cell_view import CellViewActions
from dolt_tui.ui.actions.cells import CellActions
from dolt_tui.ui.actions.column_stats import ColumnStatActions
from dolt_tui.ui.actions.columns import ColumnActions
from dolt_tui.ui.actions.commit import CommitActions
from dolt_tui.ui.actions.compare import CompareActions
from dolt_tui.ui.actions.console import ConsoleActions
from dolt_tui.ui.actions.copied_commits import CopiedCommitActions
from dolt_tui.ui.actions.copy import CopyActions
from dolt_tui.ui.actions.deciding import DecidingActions
from dolt_tui.ui.actions.draft import DraftActions
from dolt_tui.ui.actions.exporting import ExportActions
from dolt_tui.ui.actions.ignore import IgnoreActions
from dolt_tui.ui.actions.importing import ImportActions
from dolt_tui.ui.actions.in_progress import ProgressActions
from dolt_tui.ui.actions.log import LogActions
from dolt_tui.ui.actions.main_pane import MainActions
from dolt_tui.ui.actions.moving import MovingActions
from dolt_tui.ui.actions.program import ProgramActions
from dolt_tui.ui.actions.queries import QueryActions
from dolt_tui.ui.actions.rebasing import RebaseActions
from dolt_tui.ui.actions.record import RecordActions
from dolt_tui.ui.actions.reflog import ReflogActions
from dolt_tui.ui.actions.remotes import RemoteActions
from dolt_tui.ui.actions.resolver import ResolverActions
from dolt_tui.ui.actions.rewriting import RewriteActions
from dolt_tui.ui.actions.row_staging import RowStagingActions
from dolt_tui.ui.actions.schema_conflicts import SchemaConflictActions
from dolt_tui.ui.actions.search import SearchActions
from dolt_tui.ui.actions.sql_log import SqlLogActions
from dolt_tui.ui.actions.stashes import StashActions
from dolt_tui.ui.actions.stepping import StepActions
from dolt_tui.ui.actions.summary import SummaryActions
from dolt_tui.ui.actions.table_forms import TableFormActions
from dolt_tui.ui.actions.table_rows import RowActions
from dolt_tui.ui.actions.tables import TableActions
from dolt_tui.ui.actions.tags import TagActions
from dolt_tui.ui.actions.transfers import TransferActions
from dolt_tui.ui.actions.undo import UndoActions
from dolt_tui.ui.actions.working_set import ChangeActions
from dolt_tui.ui.commands import CommandSet
from dolt_tui.ui.widgets.grid import Grid

GROUPS: tuple[type[Actions], ...] = (
    ChangeActions,
    CommitActions,
    StashActions,
    IgnoreActions,
    BranchActions,
    BranchDeleteActions,
    BranchUpkeepActions,
    RemoteActions,
    TagActions,
    LogActions,
    RewriteActions,
    CopiedCommitActions,
    RebaseActions,
    ReflogActions,
    TableActions,
    TableFormActions,
    QueryActions,
    RowStagingActions,
    MainActions,
    RecordActions,
    StepActions,
    DraftActions,
    CellActions,
    RowActions,
    CellFilterActions,
    CellViewActions,
    ColumnActions,
    ColumnStatActions,
    SummaryActions,
    TransferActions,
    SearchActions,
    UndoActions,
    CompareActions,
    ProgressActions,
    ConsoleActions,
    DecidingActions,
    ResolverActions,
    SchemaConflictActions,
    BrokenRowActions,
    CopyActions,
    ExportActions,
    ImportActions,
    MovingActions,
    SqlLogActions,
    ProgramActions,
    AppearanceActions,
)
"""Ours, in the order in which their commands are listed."""


def command_set(keys: Mapping[str, str] | None = None, more: Iterable[type[Actions]] = ()) -> CommandSet:
    """All commands, with the keys of the configuration; ``more`` groups bring commands of others.

    Raises `DeclarationError` and `InvalidKey`.
    """
    return CommandSet((*GROUPS, *more), keys, moves=BindingsMap(Grid.BINDINGS).key_to_bindings.keys())
