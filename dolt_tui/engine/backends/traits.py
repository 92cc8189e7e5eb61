"""How the two engines differ, side by side; `Traits` says what each line means."""

from __future__ import annotations

from ..model import SqlStyle, Traits

DOLT = Traits(
    name="Dolt",
    sql=SqlStyle.MYSQL,
    procedures="CALL",
    server=True,
    reads_as_of=True,
    reads_other_branches=True,
    remembers_definitions=True,
    goes_on_after_deletion=False,
    buffered=True,
    ignores_case=True,
    single_floats=True,
    views_in_table=True,
    counter_in_definition=True,
    moves_columns=True,
    diff_by_key=True,
    diff_renames_columns=False,
    diff_follows_renamed_columns=True,
    diff_fails_at_other_keys=True,
    summary_leaves_out_rekeyed=True,
    tells_renames=True,
    renames_with_other_rows=True,
    emptied_set_keeps_hash=True,
    keeps_conflicts=True,
    replays_keep_dates=True,
)

DOLTLITE = Traits(
    name="DoltLite",
    sql=SqlStyle.SQLITE,
    procedures="SELECT",
    server=False,
    reads_as_of=False,
    reads_other_branches=False,
    remembers_definitions=False,
    goes_on_after_deletion=True,
    buffered=False,
    ignores_case=False,
    single_floats=False,
    views_in_table=False,
    counter_in_definition=False,
    moves_columns=False,
    diff_by_key=False,
    diff_renames_columns=True,
    diff_follows_renamed_columns=False,
    diff_fails_at_other_keys=False,
    summary_leaves_out_rekeyed=False,
    tells_renames=False,
    renames_with_other_rows=False,
    emptied_set_keeps_hash=False,
    keeps_conflicts=False,
    replays_keep_dates=False,
)
