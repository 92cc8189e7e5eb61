"""What a Dolt server has: columns, functions, variables and procedures come and go between its versions.

They are found by asking for them, not by the version's number: one statement names all of them, and reads nothing.
Where it fails, each is asked for separately. So a server of the newest known version costs one round trip, an older one
some more, once for each database that is opened. See engine-facts.md#capabilities.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from ...frozen import Frozen
from ..errors import ColumnNotFound, Lacking, OpenError, PermissionDenied, TableNotFound

TESTED = ("1.86", "2.2")
"""The versions of Dolt that this is tested with; the first one is the oldest that has all that the panes need."""


class Feature(StrEnum):
    """What some versions lack, and the program does without: otherwise, or by saying so."""

    AUTHORS = "authors"
    """Commits tell their author apart from who committed them."""
    AUTHOR_VARIABLES = "author variables"
    """A session can be told who the author of its commits is."""
    AHEAD_BEHIND = "ahead and behind"
    """One function compares many branches with one."""
    STASH = "stash"
    REFLOG = "reflog"
    REBASE = "rebase"
    CHERRY_PICK = "cherry-pick"
    REVERT = "revert"


class Need(Frozen):
    """Something of Dolt's that the program uses."""

    what: str
    """For people: the name of a table, function, variable or procedure."""
    columns: tuple[str, ...] = ()
    relation: str = ""
    """What has these columns; empty: they are expressions by themselves."""
    feature: Feature | None = None
    """What goes without it; None: nothing does."""
    procedure: str = ""
    """A procedure, which is asked for separately, and only where something else is missing."""

    @property
    def query(self) -> str:
        """The statement that fails where this is missing; it reads no rows."""
        if self.procedure:
            return f"SHOW CREATE PROCEDURE {self.procedure}"
        source = f" FROM {self.relation} LIMIT 0" if self.relation else ""
        return f"SELECT {', '.join(self.columns)}{source}"


NEEDS: tuple[Need, ...] = (
    Need("dolt_hashof_db()", ("dolt_hashof_db('WORKING')", "dolt_hashof('HEAD')", "active_branch()")),
    Need("dolt_status", ("table_name", "staged", "status"), "dolt_status"),
    Need(
        "dolt_branches",
        (
            *("name", "hash", "dirty", "remote", "branch"),
            *("latest_committer", "latest_commit_date", "latest_commit_message"),
        ),
        "dolt_branches",
    ),
    Need(
        "dolt_log()",
        ("commit_hash", "committer", "email", "date", "message", "commit_order", "parents"),
        "dolt_log('HEAD', '--parents', '--decorate', 'no')",
    ),
    Need("dolt_tags", ("tag_name", "tag_hash", "tagger", "date", "message"), "dolt_tags"),
    Need(
        "dolt_remote_branches",
        ("name", "hash", "latest_committer", "latest_commit_date", "latest_commit_message"),
        "dolt_remote_branches",
    ),
    Need("dolt_remotes", ("name", "url"), "dolt_remotes"),
    Need(
        "dolt_merge_status", ("is_merging", "source", "source_commit", "target", "unmerged_tables"), "dolt_merge_status"
    ),
    Need(
        "dolt_diff_summary()",
        ("from_table_name", "to_table_name", "diff_type", "data_change", "schema_change"),
        "dolt_diff_summary('HEAD', 'HEAD')",
    ),
    Need("dolt_log()", ("author", "author_email", "author_date"), "dolt_log('HEAD')", Feature.AUTHORS),
    Need("dolt_commits", ("author_date",), "dolt_commits", Feature.AUTHORS),
    Need(
        "@@dolt_author_name",
        ("@@dolt_author_name", "@@dolt_author_email", "@@dolt_committer_name", "@@dolt_committer_email"),
        feature=Feature.AUTHOR_VARIABLES,
    ),
    Need(
        "dolt_branch_status()",
        ("branch", "commits_ahead", "commits_behind"),
        "dolt_branch_status('HEAD')",
        Feature.AHEAD_BEHIND,
    ),
    Need("dolt_stashes", ("name", "stash_id", "branch", "hash", "commit_message"), "dolt_stashes", Feature.STASH),
    Need("dolt_status_ignored", ("table_name", "ignored"), "dolt_status_ignored", Feature.STASH),
    Need("dolt_stash()", feature=Feature.STASH, procedure="dolt_stash"),
    Need("dolt_reflog()", ("commit_hash", "ref_timestamp", "commit_message"), "dolt_reflog('HEAD')", Feature.REFLOG),
    Need("dolt_rebase()", feature=Feature.REBASE, procedure="dolt_rebase"),
    Need("dolt_cherry_pick()", feature=Feature.CHERRY_PICK, procedure="dolt_cherry_pick"),
    Need("dolt_revert()", feature=Feature.REVERT, procedure="dolt_revert"),
)

_CANNOT: dict[Feature, str] = {
    Feature.STASH: "stash",
    Feature.REFLOG: "tell where a branch was before",
    Feature.REBASE: "rebase",
    Feature.CHERRY_PICK: "cherry-pick",
    Feature.REVERT: "revert",
}
"""What a command says that needs a feature; the others have another way."""


class Capabilities(Frozen):
    """What a server lacks of all that the program uses."""

    lacking: frozenset[Feature] = frozenset()
    missing: tuple[str, ...] = ()
    """What the panes need and is not there, by name."""
    version: str = ""

    def has(self, feature: Feature) -> bool:
        return feature not in self.lacking

    @property
    def unavailable(self) -> tuple[tuple[str, str], ...]:
        """What cannot be done: pairs of a feature's name and the reason, for people."""
        return tuple(
            (feature.value, f"Dolt {self.version} cannot {words}: Dolt {TESTED[0]} can")
            for feature, words in _CANNOT.items()
            if feature in self.lacking
        )

    def check(self, where: str) -> None:
        """Raise `OpenError` where something is missing that the panes cannot do without."""
        if self.missing:
            raise OpenError(
                f"{where} runs Dolt {self.version}, which lacks {', '.join(self.missing)}.",
                f"dolt-tui needs Dolt {TESTED[0]} or newer.",
            )


def examine(ask: Callable[[str], Any], version: str, needs: tuple[Need, ...] = NEEDS) -> Capabilities:
    """Find out what a server has; ``ask`` runs a statement in one of its databases, or raises an `EngineError`."""
    if _answers(ask, _all_at_once(needs)):
        return Capabilities(version=version)
    gone = [need for need in needs if not _answers(ask, need.query)]
    missing = dict.fromkeys(need.what for need in gone if need.feature is None)
    return Capabilities(frozenset(need.feature for need in gone if need.feature), tuple(missing), version)


def _all_at_once(needs: tuple[Need, ...]) -> str:
    """The statement that fails where any one of the needs is missing, but for procedures; it reads no rows."""
    # Not as a join: for the best order of so many tables Dolt looks for half a second.
    # engine-facts.md#joins-of-many-tables
    parts = [
        f"(SELECT concat({', '.join(need.columns)}) FROM {need.relation or 'dual'} LIMIT 0)"
        for need in needs
        if not need.procedure
    ]
    return " UNION ALL ".join(parts)


def _answers(ask: Callable[[str], Any], sql: str) -> bool:
    try:
        ask(sql)
    except (ColumnNotFound, Lacking, TableNotFound):
        return False
    except PermissionDenied:
        return True  # it is there; when it is used, the server says who may not
    return True
