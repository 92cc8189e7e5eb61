"""What the engine layer returns: frozen values, safe to hand from a database thread to the screen.

Nothing here holds a connection or a cursor, and nothing here imports anything of ours but `dolt_tui.frozen`. Times are
aware datetimes in UTC; hashes are the engine's own texts (32 characters of ``0-9a-v`` on Dolt,
40 hexadecimal ones on DoltLite); counts are exact unless a docstring says otherwise.

One module for each area; all but `rewriting` can be imported from here.
"""

from .base import ABSENT, HEAD, STAGED, WORKING, Value
from .calls import UNKNOWN, Call
from .changes import Changes, RowCounts, Status, TableChange
from .diffs import ChangeKind, DiffColumn, DiffPage, RowChange, RowHistory, RowVersion, SchemaChange
from .log import Commit, CommitDetail, Comparison, FoundCommit, LogFilter, LogPage
from .merging import ConflictCount, MergeKind, MergePreview, MergeResult, Violation
from .paging import FIRST, LAST, After, Before, Cursor, First, Last, Position, following, preceding
from .refs import (
    AheadBehind,
    Branch,
    BranchFingerprint,
    BranchLoss,
    Expected,
    MergeState,
    ReflogEntry,
    Remote,
    RemoteBranch,
    Tag,
)
from .repository import Author, RepositoryInfo, Statement
from .tables import BlameRow, ColumnInfo, DropPreview, ForeignKey, Found, Page, Schema, Summary, Table, key_of
from .traits import SqlStyle, Traits
from .working_set import (
    AmendPreview,
    IgnorePattern,
    ResetKind,
    ResetPreview,
    Stash,
    StashContent,
    StashPreview,
    StashScope,
)

__all__ = [
    "ABSENT",
    "FIRST",
    "HEAD",
    "LAST",
    "STAGED",
    "UNKNOWN",
    "WORKING",
    "After",
    "AheadBehind",
    "AmendPreview",
    "Author",
    "Before",
    "BlameRow",
    "Branch",
    "BranchFingerprint",
    "BranchLoss",
    "Call",
    "ChangeKind",
    "Changes",
    "ColumnInfo",
    "Commit",
    "CommitDetail",
    "Comparison",
    "ConflictCount",
    "Cursor",
    "DiffColumn",
    "DiffPage",
    "DropPreview",
    "Expected",
    "First",
    "ForeignKey",
    "Found",
    "FoundCommit",
    "IgnorePattern",
    "Last",
    "LogFilter",
    "LogPage",
    "MergeKind",
    "MergePreview",
    "MergeResult",
    "MergeState",
    "Page",
    "Position",
    "ReflogEntry",
    "Remote",
    "RemoteBranch",
    "RepositoryInfo",
    "ResetKind",
    "ResetPreview",
    "RowChange",
    "RowCounts",
    "RowHistory",
    "RowVersion",
    "Schema",
    "SchemaChange",
    "SqlStyle",
    "Stash",
    "StashContent",
    "StashPreview",
    "StashScope",
    "Statement",
    "Status",
    "Summary",
    "Table",
    "TableChange",
    "Tag",
    "Traits",
    "Value",
    "Violation",
    "following",
    "key_of",
    "preceding",
]
