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
from ..model import Call, Expected, Remote, RemoteBranch
from ..model.calls import without_password

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
            (add,) = self.add_calls(name, url)
            self._db.write(branch, lambda session: session.run(add), "add remote", retry=True)
        except AlreadyExists as error:
            raise AlreadyExists(f"There is already a remote {name}.", detail=error.detail) from error

    def add_calls(self, name: str, url: str) -> tuple[Call, ...]:
        """What `add` runs."""
        return (self._db.procedure("dolt_remote", "add", *self._db.dialect.name_remote(name), url),)

    def remove(self, branch: str, name: str) -> None:
        """Forget a remote and its branches; what follows them has no upstream afterwards. Nothing happens there.

        Raises `RemoteNotFound`.
        """
        (remove,) = self.remove_calls(name)
        self._db.write(branch, lambda session: session.run(remove), "remove remote")

    def remove_calls(self, name: str) -> tuple[Call, ...]:
        """What `remove` runs."""
        return (self._db.procedure("dolt_remote", "remove", *self._db.dialect.name_remote(name)),)

    def fetch(self, branch: str, remote: str, *, prune: bool = False) -> None:
        """Bring what the remote's branches and tags have; ``prune`` also forgets branches that it has no more.

        Raises `RemoteNotFound`, `RemoteUnreachable`, `Cancelled`.
        """
        (fetch,) = self.fetch_calls(remote, prune=prune)
        try:
            self._db.write(branch, lambda session: session.run(fetch), "fetch")
        except Damaged as error:
            raise NoDoltData(f"There is no database at {remote}.", detail=error.message) from error

    def fetch_calls(self, remote: str, *, prune: bool = False) -> tuple[Call, ...]:
        """What `fetch` runs."""
        return (self._db.procedure("dolt_fetch", *(["--prune"] if prune else []), "--", remote),)

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

        ``expected`` is the branch as it was shown: `ChangedMeanwhile` is raised where it moved.
        ``replacing`` is the hash of the commit that the remote branch is at and that it may lose: it is forced
        then, unless a fetch right before shows that it is elsewhere by now. ``track`` makes it the upstream, where
        its name can be followed.
        Cannot be undone.
        Raises `PushRejected`, `RemoteNotFound`, `RemoteUnreachable`, `NothingShared`, `Cancelled`.
        """
        target = target or branch
        check_branch_name(target)
        *_, push = self.push_calls(branch, remote, target, force=bool(replacing), track=track)
        if replacing:
            self.fetch(branch, remote)
            there = {(item.remote, item.name): item.hash for item in self.branches(branch)}.get((remote, target))
            if there not in (replacing, None):
                raise PushRejected(f"{remote}/{target} has moved since; nothing was pushed.")

        def work(session: Session) -> bool:
            expect(session, expected)
            return session.dialect.pushed(session.run(push))

        try:
            return self._db.write(branch, work, "push")
        except Damaged as error:
            raise NoDoltData(f"There is no database at {remote}.", detail=error.message) from error

    def push_calls(
        self, branch: str, remote: str, target: str = "", *, force: bool = False, track: bool = False
    ) -> tuple[Call, ...]:
        """What `push` runs; ``force`` where it replaces something, which it fetches before."""
        target = target or branch
        options = self._db.dialect.push_options(force=force, track=track and can_be_followed(target))
        what = branch if branch == target else f"{branch}:{target}"
        push = self._db.procedure("dolt_push", *options, "--", remote, what)
        return (*self.fetch_calls(remote), push) if force else (push,)

    def push_tag(self, branch: str, remote: str, tag: str) -> None:
        """Push a tag; one of that name on the remote is moved. Cannot be undone.

        Raises `RemoteNotFound`, `RemoteUnreachable`.
        """
        (push,) = self.push_tag_calls(remote, tag)

        def work(session: Session) -> None:
            session.dialect.check_tag_to_push(session, tag)
            session.run(push)

        self._db.write(branch, work, "push tag")

    def push_tag_calls(self, remote: str, tag: str) -> tuple[Call, ...]:
        """What `push_tag` runs."""
        return (self._db.procedure("dolt_push", "--", remote, self._db.dialect.tag_to_push(tag)),)

    def delete_branch(self, branch: str, remote: str, name: str) -> None:
        """Delete a branch on a remote. Cannot be undone from here.

        Raises `RemoteBranchNotFound`, `RemoteNotFound`, `RemoteUnreachable`.
        """
        if not name:
            raise InvalidName("A branch needs a name.")
        (delete,) = self.delete_branch_calls(remote, name)
        try:
            self._db.write(branch, lambda session: session.run(delete), "delete remote branch")
        except RemoteBranchNotFound as error:
            text = error.message
            if "last branch" not in text:
                text = f"{remote} has no branch {name} (any more)."
            raise RemoteBranchNotFound(text, detail=error.detail) from error

    def delete_branch_calls(self, remote: str, name: str) -> tuple[Call, ...]:
        """What `delete_branch` runs."""
        return (self._db.procedure("dolt_push", "--", remote, f":{name}"),)

    def clone_calls(self, url: str, name: str) -> tuple[Call, ...]:
        """What `clone` runs; on DoltLite in the new file."""
        return (self._db.procedure("dolt_clone", *self._db.dialect.clone_arguments(url, name)),)

    def clone(self, branch: str, url: str, name: str) -> None:
        """Make a new database on the server, or a new file next to the open one, from what is at ``url``.

        Raises `InvalidName`, `AlreadyExists`, `NoDoltData`, `RemoteUnreachable`, `Cancelled`.
        """
        check_database_name(name)
        check_remote_url(url)

        def work(session: Session) -> None:
            session.dialect.clone(session, url, name, self._db.database)

        try:
            self._db.write(branch, work, "clone")
        except Damaged as error:
            raise NoDoltData("There is no database at the URL.", detail=error.message) from error
