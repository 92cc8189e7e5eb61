"""What callers have to know of an engine: one value that its backend tells, instead of tests on which engine it is."""

from __future__ import annotations

from enum import StrEnum

from ...frozen import Frozen


class SqlStyle(StrEnum):
    """Whose SQL an engine speaks: how names, texts, numbers and conditions are written."""

    MYSQL = "MySQL"
    SQLITE = "SQLite"


class Traits(Frozen, kw_only=True):
    """How an engine behaves where it matters outside of its backend."""

    name: str
    """What people call it."""
    sql: SqlStyle
    procedures: str
    """The word that runs a version-control procedure: ``CALL`` or ``SELECT``."""
    server: bool
    """Whether a server answers, which other programs use too and which can be lost; else a file is read."""

    # reading

    reads_as_of: bool
    """Rows and definitions of any revision can be read from any branch, by ``AS OF``; else a connection sees those of
    its own revision only, and a diff has the columns that the table has there."""
    reads_other_branches: bool
    """A statement can name another branch before a table."""
    remembers_definitions: bool
    """Definitions take a round trip each, so they are remembered; else they cost nothing."""
    goes_on_after_deletion: bool
    """A connection to a branch that was deleted goes on reading it, unless somebody looks."""
    buffered: bool
    """The driver has all rows of an answer, as tuples, before it gives the first one."""
    ignores_case: bool
    """Branches and tags whose names differ in upper and lower case only can exist, and are mixed up."""
    single_floats: bool
    """A FLOAT has single precision, so that it does not equal the number that was read of it."""

    # definitions

    views_in_table: bool
    """Views and triggers are rows of ``dolt_schemas``; else definitions that are in no table."""
    counter_in_definition: bool
    """The counter of AUTO_INCREMENT is a part of the table's definition, so that an insertion changes it."""
    moves_columns: bool
    """Columns can be moved, which ``dolt_patch()`` leaves out."""

    # diffs

    diff_by_key: bool
    """``dolt_diff()`` and ``dolt_diff_<table>`` push conditions on a key down: the changes beyond a key, or of one row,
    cost what they are; else what all changes to the table do."""
    diff_renames_columns: bool
    """A diff gives a column of the table that is called like one of the diff's own another name."""
    diff_follows_renamed_columns: bool
    """``dolt_diff()`` compares a column with what it was called before."""
    diff_fails_at_other_keys: bool
    """``dolt_diff_<table>`` crashes the server when it reaches a commit at which the key had another type."""
    summary_leaves_out_rekeyed: bool
    """``dolt_diff_summary()`` leaves out tables whose primary key changed."""
    tells_renames: bool
    """``dolt_diff_summary()`` tells each time that a table was renamed."""
    renames_with_other_rows: bool
    """A table counts as renamed although some of its rows changed in the same commit."""

    # working sets and operations

    emptied_set_keeps_hash: bool
    """A working set without changes has the hash of the staged set, whatever was in it before."""
    keeps_conflicts: bool
    """A rebase that conflicts stops there until somebody resolves it; else the step is undone and lost."""
    replays_keep_dates: bool
    """A commit that is replayed keeps the date of its author, by which it can be found again."""

    @property
    def place(self) -> str:
        """What answers, in a word."""
        return "server" if self.server else "file"

    @property
    def blames_by_page(self) -> bool:
        """Whether a page of a blame costs less than the whole table does."""
        return self.diff_by_key
