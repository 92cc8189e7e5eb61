"""The one object that the interface holds: a database, open, with everything that can be asked of it or done to it.

>>> from dolt_tui.engine import open_repository
>>> repository = open_repository("mysql+pymysql://root@127.0.0.1:3306/mydb")
>>> repository.working.status("main")
>>> repository.history.page("main", ["main"], 20)

Its parts are classes of the packages beside this module. All of their methods block, may be called from any thread,
take the branch that they are about as their first argument, and return frozen values of `dolt_tui.engine.model`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from .browsing.diffs import Diffs
from .browsing.link_summary import Summaries
from .browsing.table_rows import TableRows
from .browsing.tables import Tables
from .core.connections import Connections, Session
from .core.later import Later
from .core.statement_log import StatementLog
from .model import Author, RepositoryInfo
from .undo.steps import UndoSettings
from .undo.undo import Undo
from .versioning.commits import Commits
from .versioning.ignore_patterns import IgnorePatterns
from .versioning.in_progress import InProgress
from .versioning.log import History
from .versioning.merging import Merging
from .versioning.rebasing import Rebasing
from .versioning.reflog import Reflog
from .versioning.refs import Refs
from .versioning.remotes import Remotes
from .versioning.rewriting import Rewriting
from .versioning.stashes import Stashes
from .versioning.tags import Tags
from .versioning.working_set import WorkingSet

if TYPE_CHECKING:
    from .browsing.column_stats import ColumnStats
    from .browsing.references import References
    from .conflicts.incoming import Incomings
    from .conflicts.kept_plans import KeptPlans
    from .conflicts.resolver import Resolver
    from .conflicts.set_aside import SetAside
    from .connecting.endpoint import DirectoryServer
    from .console.completion_catalogue import Catalogue
    from .console.console import Console
    from .console.history import StatementHistory
    from .console.query_diff import QueryDiffs
    from .console.saved_queries import SavedQueries
    from .editing.edits import Edits
    from .editing.forms import TableForms
    from .editing.kept_drafts import KeptDrafts
    from .transfer.transfers import Transfers
    from .versioning.row_staging import RowStaging

TUTORIAL_DATABASE = "sql_alchemy_big_demo"
"""The name of the tutorial's database, and of the files that the demonstration makes."""


class Repository:
    """A Dolt or DoltLite database."""

    def __init__(
        self,
        connections: Connections,
        info: RepositoryInfo,
        branch: str,
        server: DirectoryServer | None = None,
        undo: UndoSettings | None = None,
    ) -> None:
        self._connections = connections
        self._server = server
        self.info = info
        self.start_branch = branch
        """The branch that was asked for, or the default one."""
        self.refs = Refs(connections)
        self.tags = Tags(connections)
        self.remotes = Remotes(connections)
        self.history = History(connections)
        self.working = WorkingSet(connections)
        self.diffs = Diffs(connections)
        self.tables = Tables(connections)
        self.rows = TableRows(connections, self.tables)
        self.summaries = Summaries(connections, tutorial=info.database.startswith(TUTORIAL_DATABASE))
        self.commits = Commits(connections, self.history, self.working)
        self.merging = Merging(connections, self.working)
        self.stashes = Stashes(connections, self.working)
        self.reflog = Reflog(connections)
        self.ignoring = IgnorePatterns(connections)
        self.rewriting = Rewriting(connections, self.history, self.working)
        self.rebasing = Rebasing(connections, self.working, self.merging)
        self.progress = InProgress(connections, self.refs, self.working)
        self._undo_settings = undo or UndoSettings()
        self.undo = Undo(connections, info.where, self._undo_settings)
        self._place = f"{info.where}\n{connections.name}"
        """What tells the database from all others."""

    # What opening a database does without is imported and made when somebody wants it.

    @Later
    def console(self) -> Console:
        """Statements as people type them."""
        from .console.console import Console

        return Console(self._connections, self.undo)

    @Later
    def statement_history(self) -> StatementHistory:
        """The statements that were typed, kept between sessions."""
        from .console.history import StatementHistory

        return StatementHistory(self._undo_settings.directory, self._connections.dialect.traits.sql)

    @Later
    def queries(self) -> SavedQueries:
        """Queries that are saved in the database."""
        from .console.saved_queries import SavedQueries

        return SavedQueries(self._connections)

    @Later
    def query_diffs(self) -> QueryDiffs:
        """A query's results at two revisions."""
        from .console.query_diff import QueryDiffs

        return QueryDiffs(self._connections)

    @Later
    def edits(self) -> Edits:
        """Drafts of rows."""
        from .editing.edits import Edits

        return Edits(self._connections, self.rows)

    @Later
    def kept_drafts(self) -> KeptDrafts:
        """Drafts in files, which outlive a crash."""
        from .editing.kept_drafts import KeptDrafts

        return KeptDrafts(self._undo_settings.directory, self._place, lambda: self.edits)

    @Later
    def resolver(self) -> Resolver:
        """What conflicts, and plans that decide it."""
        from .conflicts.resolver import Resolver

        return Resolver(self._connections, self.aside)

    @Later
    def aside(self) -> SetAside:
        """What uncommitted changes are in the way of, with them set aside and brought back."""
        from .conflicts.set_aside import SetAside

        return SetAside(self._connections, self.undo)

    @Later
    def row_staging(self) -> RowStaging:
        """Single rows: which of them are staged, and staging, unstaging and discarding them."""
        from .versioning.row_staging import RowStaging

        return RowStaging(self._connections, self.diffs, self.undo)

    @Later
    def references(self) -> References:
        """What foreign keys connect."""
        from .browsing.references import References

        return References(self._connections, self.tables, self.rows)

    @Later
    def stats(self) -> ColumnStats:
        """How often values occur, and what is true of columns."""
        from .browsing.column_stats import ColumnStats

        return ColumnStats(self._connections, self.tables)

    @Later
    def kept_plans(self) -> KeptPlans:
        """Resolution plans in files, which outlive a crash."""
        from .conflicts.kept_plans import KeptPlans

        return KeptPlans(self._undo_settings.directory, self._place, self._connections)

    @Later
    def forms(self) -> TableForms:
        """Tables made and altered by forms."""
        from .editing.forms import TableForms

        return TableForms(self._connections)

    @Later
    def incoming(self) -> Incomings:
        """What a merge, a cherry-pick, a rebase … brings into a branch."""
        from .conflicts.incoming import Incomings

        return Incomings(self._connections, self.history)

    @Later
    def transfer(self) -> Transfers:
        """Import and export."""
        from .transfer.transfers import Transfers

        return Transfers(self._connections, self.tables, self.rows, self.diffs, self.undo)

    @property
    def author(self) -> Author | None:
        """Who commits, where that is configured; else the connection's user does."""
        return self._connections.author

    @property
    def statements(self) -> StatementLog:
        """The statements that were run."""
        return self._connections.statements

    def run(self, branch: str, statements: Iterable[tuple[str, Sequence[object]]], purpose: str = "") -> None:
        """Run statements on ``branch`` in one transaction: pairs of SQL and its values.

        A ``?`` stands for each value on both engines, and for nothing else. On Dolt a statement that changes a schema
        commits what was done before it. Raises `ReadOnly`, and what the engine refuses; the rest is rolled back then.
        """
        placeholder = self._connections.dialect.placeholder
        statements = list(statements)

        def work(session: Session) -> None:
            for sql, values in statements:
                session.execute(
                    sql if placeholder == "?" else sql.replace("%", "%%").replace("?", placeholder), *values
                )

        self._connections.write(branch, work, purpose, retry=len(statements) == 1)

    def call(self, branch: str, procedure: str, *arguments: str, purpose: str = "") -> tuple[Any, ...]:
        """Run a version-control procedure on ``branch``, such as ``dolt_commit``; returns its first row."""
        return self._connections.write(branch, lambda session: session.call(procedure, *arguments), purpose, retry=True)

    def catalogue(self, branch: str, refs: Hashable = None) -> Catalogue:
        """The names that can be completed on ``branch``; see `Catalogues.of`."""
        from .console.completion_catalogue import Catalogues  # with the vocabulary, which opening does without

        return Catalogues(self._connections, self.info.database).of(branch, refs)

    def pardon(self) -> None:
        """Somebody asks explicitly: statements during which the connection was lost may be asked again.

        Not those that are certain to have ended a server, as long as what they are about stays the same. And a private
        server that ended again and again may be started once more.
        """
        self._connections.suspects.pardon()
        self._connections.endpoint.allow()

    def leave(self) -> None:
        """Close the connections only: a server that was started for this keeps running. Idempotent."""
        self._end_resolving()
        self._connections.close()

    def close(self) -> None:
        """Close the connections, and stop the server where it was started for this. Idempotent."""
        self._end_resolving()
        self.undo.close()
        self._connections.close()
        if self._server is not None:
            self._server.stop()

    def _end_resolving(self) -> None:
        if "resolver" in vars(self):
            self.resolver.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
