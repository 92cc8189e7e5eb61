"""Remotes: other places where the branches are kept; fetching from them, pushing to them, cloning.

A transfer takes as long as its data, and a place that cannot be reached is abandoned after some seconds; `Cancellation`
ends either within a second. A push that was ended has changed nothing on the remote, or all that was asked for.
"""

from __future__ import annotations

from ..core.compare_and_write import expect
from ..core.connections import Connections, Session
from ..core.validation import (
    can_be_followed,
    check_branch_name,
    check_database_name,
    check_remote_name,
    check_remote_url,
)
from ..errors import AlreadyExists, Damaged, InvalidName, NoDoltData, PushRejected, RemoteBranchNotFound
from ..errors.translation import without_password
from ..model import Expected, Remote, RemoteBranch

_PREFIX = "remotes/"


class Remotes:
    """Questions and changes about remotes. ``branch`` is always the current branch."""

    def __init__(self, db: Connections) -> None:
        self._db = db

    def remotes(self, branch: str) -> tuple[Remote, ...]:
        """All remotes, by name."""
        with self._db.read(branch, "remotes") as session:
            rows = session.rows("SELECT name, url FROM dolt_remotes ORDER BY name")
        return tuple(Remote(name, without_password(url or "")) for name, url in rows)

    def branches(self, branch: str) -> tuple[RemoteBranch, ...]:
        """The branches of all remotes as they were last seen, by remote and name."""
        with self._db.read(branch, "remote branches") as session:
            rows = session.rows(
                "SELECT name, hash, latest_committer, latest_commit_date, latest_commit_message"
                " FROM dolt_remote_branches ORDER BY name"
            )
            when = session.dialect.time
        found = []
        for name, hash_, author, date, message in rows:
            remote, _, own = name.removeprefix(_PREFIX).partition("/")
            first = (message or "").strip().split("\n", 1)[0]
            found.append(RemoteBranch(remote, own, hash_, author or "", when(date), first))
        return tuple(found)

    def add(self, branch: str, name: str, url: str) -> None:
        """Add a remote; nothing is fetched from it. Raises `InvalidName`, `AlreadyExists`, `EngineError`."""
        check_remote_name(name)
        check_remote_url(url)
        try:
            self._db.write(
                branch,
                lambda session: session.call("dolt_remote", "add", *session.dialect.name_remote(name), url),
                "add remote",
                retry=True,
            )
        except AlreadyExists as error:
            raise AlreadyExists(f"There is a remote {name} already.", detail=error.detail) from error

    def remove(self, branch: str, name: str) -> None:
        """Forget a remote and its branches; what follows them has no upstream afterwards. Nothing happens there.

        Raises `RemoteNotFound`.
        """
        self._db.write(
            branch,
            lambda session: session.call("dolt_remote", "remove", *session.dialect.name_remote(name)),
            "remove remote",
        )

    def fetch(self, branch: str, remote: str, *, prune: bool = False) -> None:
        """Bring what the remote's branches and tags have; ``prune`` also forgets branches that it has no more.

        Raises `RemoteNotFound`, `RemoteUnreachable`, `Cancelled`.
        """
        options = ["--prune"] if prune else []
        try:
            self._db.write(branch, lambda session: session.call("dolt_fetch", *options, "--", remote), "fetch")
        except Damaged as error:
            raise NoDoltData(f"What {remote} leads to is no database.", detail=error.message) from error

    def push(
        self,
        branch: str,
        remote: str,
        target: str = "",
        *,
        replacing: str = "",
        track: bool = False,
        expected: Expected | None = None,
    ) -> bool:
        """Push ``branch`` to branch ``target`` of a remote (by default of the same name); False: it had all already.

        ``expected`` is the branch as it was when what goes was shown: `ChangedMeanwhile` is raised where it moved.
        ``replacing`` is the hash of the commit that the remote branch stands at and that it may lose: it is forced
        then, unless a fetch right before shows that it stands elsewhere by now. ``track`` makes it the upstream, where
        its name can be followed.
        Cannot be undone.
        Raises `PushRejected`, `RemoteNotFound`, `RemoteUnreachable`, `NothingShared`, `Cancelled`.
        """
        target = target or branch
        check_branch_name(target)
        track = track and can_be_followed(target)
        if replacing:
            self.fetch(branch, remote)
            there = {(item.remote, item.name): item.hash for item in self.branches(branch)}.get((remote, target))
            if there not in (replacing, None):
                raise PushRejected(f"{remote}/{target} moved on meanwhile; nothing was pushed.")

        def work(session: Session) -> bool:
            expect(session, expected)
            return session.dialect.push(session, remote, branch, target, force=bool(replacing), track=track)

        try:
            return self._db.write(branch, work, "push")
        except Damaged as error:
            raise NoDoltData(f"What {remote} leads to is no database.", detail=error.message) from error

    def push_tag(self, branch: str, remote: str, tag: str) -> None:
        """Push a tag; one of that name on the remote is moved. Cannot be undone.

        Raises `RemoteNotFound`, `RemoteUnreachable`.
        """
        self._db.write(branch, lambda session: session.dialect.push_tag(session, remote, tag), "push tag")

    def delete_branch(self, branch: str, remote: str, name: str) -> None:
        """Delete a branch on a remote. Cannot be undone from here.

        Raises `RemoteBranchNotFound`, `RemoteNotFound`, `RemoteUnreachable`.
        """
        if not name:
            raise InvalidName("A branch needs a name.")
        try:
            self._db.write(
                branch, lambda session: session.call("dolt_push", "--", remote, f":{name}"), "delete remote branch"
            )
        except RemoteBranchNotFound as error:
            text = error.message
            if "last branch" not in text:
                text = f"{remote} has no branch {name} (any more)."
            raise RemoteBranchNotFound(text, detail=error.detail) from error

    def clone(self, branch: str, url: str, name: str) -> None:
        """Make a new database on the server, or a new file beside the open one, from what is at ``url``.

        Raises `InvalidName`, `AlreadyExists`, `NoDoltData`, `RemoteUnreachable`, `Cancelled`.
        """
        check_database_name(name)
        check_remote_url(url)

        def work(session: Session) -> None:
            session.dialect.clone(session, url, name, self._db.database)

        try:
            self._db.write(branch, work, "clone")
        except Damaged as error:
            raise NoDoltData("What the URL leads to is no database.", detail=error.message) from error
