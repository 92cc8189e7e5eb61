"""What the keys do that send to remotes and fetch from them: push, pull, fetch, clone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from dolt_tui.engine.core.validation import can_be_followed, check_branch_name, check_database_name, check_remote_url
from dolt_tui.engine.errors import ChangedMeanwhile, EngineError, PushRejected
from dolt_tui.engine.model import Comparison, Expected, RemoteBranch
from dolt_tui.ui.actions.base import Actions, no_remote
from dolt_tui.ui.commands import command
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.choice import WAITING, Choice, ChoiceDialog
from dolt_tui.ui.dialogs.fields import Field, FieldsDialog
from dolt_tui.ui.dialogs.listing import ListDialog
from dolt_tui.ui.flows.preview import PreviewFlow, Shown
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import Cell, Style, cell, join, plural
from dolt_tui.ui.present.verbs import doing
from dolt_tui.ui.session.jobs import TRANSFER

_SHOWN = 6
"""How many commits a dialog lists."""


class TransferActions(Actions):
    """Commands that take as long as the network does."""

    @property
    def running(self) -> str:
        """Why no transfer can begin now; empty when one can."""
        jobs = self.workspace.jobs.active("transfer")
        return f"one transfer at a time ({doing(jobs[0].label)}): esc ends it" if jobs else ""

    def transferring(self) -> str:
        return self.running

    def no_remotes(self) -> str:
        return "" if self.state.remotes else no_remote()

    def operating(self) -> str:
        return self.workspace.branch_actions.in_the_way

    def choose_remote(self, title: str, then: Callable[[str], None]) -> None:
        """Let one choose a remote, where there are several."""
        remotes = self.state.remotes
        if len(remotes) == 1:
            then(remotes[0].name)
            return
        rows = [Row(remote.name, (cell(remote.name), cell(remote.url, Style.DIM))) for remote in remotes]
        branch = self.state.branch_named(self.state.branch)
        dialog = ListDialog(
            title,
            rows,
            (Column("name", separator=False), Column("url", flex=True, separator=False)),
            at=branch.remote if branch is not None else None,
        )
        self.ask(dialog, lambda name: then(name) if isinstance(name, str) else None)

    def _may_ask(self, otherwise: str) -> bool:
        """Whether a dialog may come up now that nobody has just called for; else ``otherwise`` is told."""
        if self.workspace.app.screen is not self.workspace or self.workspace.held:
            self.workspace.tell(otherwise, "warning")
            return False
        self.workspace.app.keys.clear()  # they were not meant for it
        return True

    def _known(self, remote: str, name: str) -> RemoteBranch | None:
        return next((i for i in self.state.remote_branches if (i.remote, i.name) == (remote, name)), None)

    # fetch

    @command("fetch", "f", "fetch", "Fetch from a remote", writes=True, unless=(transferring, no_remotes))
    def fetch(self) -> None:
        branch = self.state.branch_named(self.state.branch)
        if branch is not None and branch.tracking:
            self.fetch_from(branch.remote)
        else:
            self.choose_remote("Fetch from", self.fetch_from)

    def fetch_from(self, remote: str, *, prune: bool = False) -> None:
        """Fetch from a remote, and tell what came."""
        current = self.state.branch
        before = _hashes(self.state.remote_branches, remote)

        def done(_: object) -> None:
            self.workspace.tell(_fetched(remote, before, _hashes(self.state.remote_branches, remote)))

        self.transfer(f"fetch from {remote}", lambda repo: repo.remotes.fetch(current, remote, prune=prune), done)

    # pull

    @command(
        "pull",
        "p",
        "pull…",
        "Fetch the upstream, and merge it into the current branch…",
        writes=True,
        rank=-1,
        unless=(transferring, no_remotes, operating),
    )
    def pull(self) -> None:
        branch = self.state.branch_named(self.state.branch)
        if branch is not None and branch.tracking:
            self._pull(branch.remote, branch.upstream)
        else:
            self.choose_remote("Pull from", lambda remote: self._pull(remote, self.state.branch))

    def _pull(self, remote: str, name: str) -> None:
        current = self.state.branch

        def fetched(_: object) -> None:
            if self.state.branch == current and self._may_ask(
                f"Fetched {remote}: {key_of('pull')} again merges {remote}/{name}"
            ):
                self._merge(remote, name)

        self.transfer(f"fetch from {remote}", lambda repo: repo.remotes.fetch(current, remote), fetched)

    def _merge(self, remote: str, name: str) -> None:
        """Preview the merge of what was fetched."""
        item, branch = self._known(remote, name), self.state.branch
        if item is None:
            self.workspace.failed(
                "pull",
                EngineError(
                    f"{remote} has no branch {name}.",
                    "Push it ({key:push}), or choose another ({key:branch.upstream}).",
                ),
            )
        elif item.hash == self.state.head:
            self.workspace.tell(f"{branch} is up to date with {item.tracking}")
        else:
            message = f"Merge branch '{name}' of {remote} into {branch}"
            actions = self.workspace.branch_actions
            actions.merge_from(item.tracking, item.hash, opener="p", message=message, title="Pull", squash=False)

    # push

    @command(
        "push",
        "P",
        "push…",
        "Push the current branch to a remote…",
        writes=True,
        rank=-2,
        unless=(transferring, no_remotes),
    )
    def push(self) -> None:
        branch = self.state.branch_named(self.state.branch)
        if branch is not None and branch.tracking and any(r.name == branch.remote for r in self.state.remotes):
            self._push(branch.remote, branch.upstream, track=False)
            return
        track = self.state.repository.info.lacks("upstream") is None
        self.choose_remote("Push to", lambda remote: self._name_target(remote, track))

    def _name_target(self, remote: str, track: bool) -> None:
        """Ask what the branch is called on the remote: it has no upstream yet."""
        branch = self.state.branch
        body = [join(cell("Push "), cell(branch, "accent bold"), cell(" to "), cell(remote, "accent bold"))]
        if track:
            body.append(cell(f"{branch} follows it from then on.", Style.DIM))
        fields = [Field("Name there", check_branch_name, branch)]
        dialog = FieldsDialog("Push", body, fields, hint="look at what goes")

        def typed(texts: tuple[str, ...] | None) -> None:
            if texts is not None:
                self._push(remote, texts[0], track=track)

        self.ask(dialog, typed)

    def _push(self, remote: str, name: str, *, track: bool) -> None:
        """Show what a push would send, and let one do it."""
        state, branch = self.state, self.state.branch
        item, head_hash = self._known(remote, name), self.state.head
        track = track and can_be_followed(name)
        tracking = f"{remote}/{name}"
        head = [join(cell("Push "), cell(branch, "accent bold"), cell(" to "), cell(tracking, "accent bold"))]
        refspec = branch if branch == name else f"{branch}:{name}"
        statement = self.call("dolt_push", *(["-u"] if track else []), "--", remote, refspec)
        follows = f"sets {tracking} as upstream" if track else ""
        warning = cell("A push cannot be undone from here.", Style.WARNING)
        if state.changes.tables:
            head.append(cell(f"Uncommitted changes in {plural(state.changes.tables, 'table')} stay here.", Style.DIM))

        choice = Choice("s", "send it", follows, statement=statement)

        def show(comparison: Comparison | None, whole: bool) -> Shown:
            if comparison is None:
                return [(), cell("  + a new branch on the remote", Style.ADDED), (), warning], [choice]
            lines = [cell(f"  ↑ {plural(comparison.theirs, 'commit')} to send", Style.ADDED)]
            lines += commit_lines(comparison)
            if comparison.ours:
                text = f"  ✗ {tracking} has {plural(comparison.ours, 'commit')} that {branch} lacks"
                lines.append(cell(f"{text}: it will be rejected, and you will be asked", Style.ERROR))
            if not comparison.theirs and not comparison.ours:
                lines = [cell(f"  ✓ {tracking} was there already when it was last fetched", Style.SUCCESS)]
            return [(), *lines, (), warning], [choice]

        def read(_: bool) -> Comparison | None:
            if item is None:
                return None
            return state.repository.history.compare(branch, item.hash, head_hash, size=_SHOWN)

        PreviewFlow(
            self.workspace,
            "Push",
            head,
            [choice],
            "P",
            "count the commits to send",
            read,
            show,
            lambda _letter, _comparison: self._send(
                branch, remote, name, track=track, seen=Expected(branch, head_hash)
            ),
            default=lambda _: "s",
            waiting="Counting commits…",
        ).begin()

    def _send(self, branch: str, remote: str, name: str, *, track: bool, seen: Expected, replacing: str = "") -> None:
        tracking = f"{remote}/{name}"

        def done(sent: object) -> None:
            self.workspace.tell(f"Pushed {branch} to {tracking}" if sent else f"{tracking} had all of {branch} already")

        def rejected(error: Exception) -> bool:
            if isinstance(error, ChangedMeanwhile):
                again = partial(self._push, remote, name, track=track)
                self.workspace.failed(f"push {branch} to {tracking}", error, again)
                return True
            if not isinstance(error, PushRejected):
                return False
            if self._may_ask(f"{tracking} has commits that {branch} lacks: nothing was pushed"):
                self._look_at_rejection(branch, remote, name, track)
            return True

        self.transfer(
            f"push {branch} to {tracking}",
            lambda repo: repo.remotes.push(branch, remote, name, replacing=replacing, track=track, expected=seen),
            done,
            rejected,
        )

    def _look_at_rejection(self, branch: str, remote: str, name: str, track: bool) -> None:
        """Fetch, and let one choose between merging and overwriting."""
        repository = self.state.repository
        tracking = f"{remote}/{name}"
        body = [cell(f"{tracking} has commits that {branch} lacks: nothing was pushed.", Style.BOLD)]
        choices = [
            Choice("m", "merge them first", "then push again", WAITING),
            Choice("x", "force", "", WAITING),
        ]
        dialog = ChoiceDialog(
            "Push rejected",
            [*body, (), cell(f"Fetching from {remote} to see which…", Style.DIM)],
            choices,
            on_leave=lambda: self.workspace.jobs.drop_jobs(job),
        )
        there: list[str] = []
        seen: list[Expected] = []

        def look() -> Comparison | None:
            repository.remotes.fetch(branch, remote)
            found = [i for i in repository.remotes.branches(branch) if (i.remote, i.name) == (remote, name)]
            if not found:
                return None
            there.append(found[0].hash)
            seen.append(Expected(branch, repository.refs.resolve(branch, branch)))
            return repository.history.compare(branch, seen[0].hash, there[0], size=50)

        def looked(comparison: Comparison | None) -> None:
            self.workspace.live.read_changed(None)
            if comparison is None or not comparison.theirs:
                text = cell(f"{tracking} has none of them any more: push again.", Style.DIM)
                dialog.update([*body, (), text], [])
                return
            number = plural(comparison.theirs, "commit")
            lines = [cell(f"  ✗ {number} there that {branch} lacks:", Style.ERROR), *commit_lines(comparison, 50)]
            lines += [
                (),
                cell(
                    f"Forcing takes them from {tracking}, for everybody. It cannot be undone from here;", Style.WARNING
                ),
                cell(f"to get them back, note the hash: {there[0]}", Style.WARNING),
            ]
            related = "" if comparison.merge_base else "the histories have nothing in common"
            refspec = branch if branch == name else f"{branch}:{name}"
            statement = self.call("dolt_push", "-f", *(["-u"] if track else []), "--", remote, refspec)
            choices = [
                Choice("m", "merge them first", "then push again", related),
                Choice("x", "force", f"overwrites {number} on {remote}", statement=statement),
            ]
            dialog.update([*body, (), *lines], choices)

        def failed(error: Exception) -> None:
            if dialog.is_current:
                dialog.dismiss(None)
            self.workspace.failed(f"fetch from {remote}", error)

        job = self.workspace.jobs.run(TRANSFER, f"fetch from {remote}", look, looked, failed)

        def chosen(letter: str | None) -> None:
            if letter == "m" and self.state.branch == branch:
                self._merge(remote, name)
            elif letter == "x":
                self._send(branch, remote, name, track=track, seen=seen[0], replacing=there[0])

        self.ask(dialog, chosen)

    # clone

    @command("clone", "", "clone…", "Clone a database from a remote…", writes=True, unless=transferring)
    def clone(self) -> None:
        current, server = self.state.branch, self.state.repository.info.traits.server
        where = "a new database on this server" if server else "a new file beside this one"
        body = [cell(f"Into {where}.", Style.DIM)]
        fields = [
            Field("URL", check_remote_url, placeholder="file:///directory · https://host/owner/name · owner/name"),
            Field("Name of the database" if server else "Name of the file", check_database_name),
        ]
        dialog = FieldsDialog("Clone", body, fields, hint="clone")

        def typed(texts: tuple[str, ...] | None) -> None:
            if texts is not None:
                url, name = texts
                self.transfer(
                    f"clone {name}",
                    lambda repo: repo.remotes.clone(current, url, name),
                    lambda _: self._offer_open(name),
                )

        self.ask(dialog, typed)

    def _offer_open(self, name: str) -> None:
        if not self._may_ask(f"Cloned {name}"):
            return
        body = [join(cell("Cloned "), cell(name, "accent bold"), cell(". Open it?"))]
        dialog = ChoiceDialog("Cloned", body, [Choice("o", "open it", "instead of this database")])

        def chosen(letter: str | None) -> None:
            if letter == "o":
                self.workspace.app.open_database(name)

        self.ask(dialog, chosen)


def commit_lines(comparison: Comparison, most: int = _SHOWN) -> list[Cell]:
    """The newest commits of a comparison, a line each."""
    found = [
        join(cell(f"    {commit.hash[:7]} ", Style.DIM), cell(commit.summary or "(no message)"))
        for commit in comparison.commits[:most]
    ]
    if comparison.theirs > len(found):
        found.append(cell(f"    … {plural(comparison.theirs - len(found), 'more', 'more')}", Style.DIM))
    return found


def _hashes(branches: Iterable[RemoteBranch], remote: str) -> dict[str, str]:
    return {item.name: item.hash for item in branches if item.remote == remote}


def _fetched(remote: str, before: dict[str, str], after: dict[str, str]) -> str:
    """What a fetch changed, in words."""
    new = len(after.keys() - before.keys())
    gone = len(before.keys() - after.keys())
    moved = sum(before[name] != after[name] for name in before.keys() & after.keys())
    parts = [f"{plural(number, 'branch', 'branches')} {word}" for number, word in ((new, "new"), (moved, "moved"))]
    parts = [part for part, number in zip(parts, (new, moved), strict=True) if number]
    parts += [f"{plural(gone, 'branch', 'branches')} pruned"] if gone else []
    return f"Fetched {remote}: {', '.join(parts) or 'nothing new'}"
