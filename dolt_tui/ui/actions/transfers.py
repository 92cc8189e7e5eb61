"""What the keys do that send to remotes and fetch from them: push, pull, fetch, clone."""

from __future__ import annotations

from functools import partial

from dolt_tui.engine.core.validation import can_be_followed, check_branch_name, check_database_name, check_remote_url
from dolt_tui.engine.errors import ChangedMeanwhile, EngineError, PushRejected
from dolt_tui.engine.model import Comparison, Expected, RemoteBranch
from dolt_tui.frozen import Frozen
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import Footer, Offer, command
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.dialogs.fields import Field, FieldsDialog
from dolt_tui.ui.flows.fetch import choose_remote, fetch, may_ask, no_remotes, transferring
from dolt_tui.ui.flows.merge import in_progress, merge
from dolt_tui.ui.flows.preview import PreviewFlow, Shown
from dolt_tui.ui.flows.rebase import rebase_onto
from dolt_tui.ui.present.lines import commit_lines
from dolt_tui.ui.present.text import Style, cell, join
from dolt_tui.ui.session.jobs import TRANSFER
from dolt_tui.words import plural

_SHOWN = 6
"""How many commits a dialog lists."""


_REJECTED = 50
"""How many commits are listed of those that a rejected push lacks."""


class Rejection(Frozen):
    """What a rejected push would overwrite."""

    comparison: Comparison
    there: str
    """The last commit of the branch on the remote."""
    seen: Expected
    """The branch that was pushed."""


class TransferActions(Actions):
    """Commands that take as long as the network does."""

    def to_push(self) -> Footer:
        known = self.state.upstream_ahead_behind(self.state.branch)
        return Footer.YES if known is not None and known.ahead else Footer.NO

    def to_pull(self) -> Footer:
        known = self.state.upstream_ahead_behind(self.state.branch)
        return Footer.YES if known is not None and known.behind else Footer.NO

    def busy(self) -> str:
        return transferring(self.context.session)

    def no_remote(self) -> str:
        return no_remotes(self.state)

    def operating(self) -> str:
        return in_progress(self.state)

    def _known(self, remote: str, name: str) -> RemoteBranch | None:
        return next((i for i in self.state.remote_branches if (i.remote, i.name) == (remote, name)), None)

    # fetch

    @command(
        "fetch",
        "f",
        "fetch",
        "Fetch from a remote",
        writes=True,
        unless=(busy, no_remote),
        synonyms=("git fetch", "update remotes"),
        about="Reads what is new on the remote; no branch of yours changes.",
        runs="dolt_fetch(remote)",
    )
    def fetch(self) -> None:
        branch = self.state.branch_named(self.state.branch)
        if branch is not None and branch.tracking:
            fetch(self.context, branch.remote)
        else:
            choose_remote(self.context, "Fetch from", partial(fetch, self.context))

    # pull

    @command(
        "pull",
        "p",
        "pull…",
        "Pull: fetch the upstream and merge it…",
        writes=True,
        rank=-1,
        unless=(busy, no_remote, operating),
        footer=to_pull,
        synonyms=("git pull", "sync", "update branch"),
        about="Shows first what comes in and what would conflict.",
        runs="dolt_pull(remote, branch)",
        offers=(
            Offer("f", "Pull: fast-forward only…", ("pull --ff-only",)),
            Offer("b", "Pull: rebase onto the upstream instead…", ("pull --rebase", "rebase onto upstream")),
        ),
    )
    def pull(self) -> None:
        branch = self.state.branch_named(self.state.branch)
        if branch is not None and branch.tracking:
            self._pull(branch.remote, branch.upstream)
        else:
            choose_remote(self.context, "Pull from", lambda remote: self._pull(remote, self.state.branch))

    def _pull(self, remote: str, name: str) -> None:
        current = self.state.branch

        def fetched(_: object) -> None:
            if self.state.branch == current and may_ask(
                self.context, f"Fetched {remote}: {key_of('pull')} again merges {remote}/{name}"
            ):
                self._merge(remote, name)

        self.context.transfer(f"fetch from {remote}", lambda repo: repo.remotes.fetch(current, remote), fetched)

    def _merge(self, remote: str, name: str) -> None:
        """Preview the merge of what was fetched."""
        item, branch = self._known(remote, name), self.state.branch
        if item is None:
            self.context.session.failed(
                "pull",
                EngineError(
                    f"{remote} has no branch {name}.",
                    f"Push it ({key_of('push')}), or choose another ({key_of('branch.upstream')}).",
                ),
            )
        elif item.hash == self.state.head:
            self.context.tell(f"{branch} is up to date with {item.tracking}")
        else:
            message = f"Merge branch '{name}' of {remote} into {branch}"
            merge(
                self.context,
                item.tracking,
                item.hash,
                opener="p",
                message=message,
                title="Pull",
                squash=False,
                rebase=lambda: rebase_onto(self.context, item.tracking, "p"),
            )

    # push

    @command(
        "push",
        "P",
        "push…",
        "Push the current branch to a remote…",
        writes=True,
        rank=-2,
        unless=(busy, no_remote),
        footer=to_push,
        synonyms=("git push", "publish", "upload", "force push", "push --force", "push -u"),
        about="Shows first which commits are sent. Where the remote refuses, it offers to merge or to force.",
        runs="dolt_push(remote, branch)",
    )
    def push(self) -> None:
        branch = self.state.branch_named(self.state.branch)
        if branch is not None and branch.tracking and any(r.name == branch.remote for r in self.state.remotes):
            self._push(branch.remote, branch.upstream, track=False)
            return
        track = self.state.repository.info.lacks("upstream") is None
        choose_remote(self.context, "Push to", lambda remote: self._name_target(remote, track))

    def _name_target(self, remote: str, track: bool) -> None:
        """Ask what the branch is called on the remote: it has no upstream yet."""
        branch = self.state.branch
        body = [join(cell("Push "), cell(branch, "accent bold"), cell(" to "), cell(remote, "accent bold"))]
        if track:
            body.append(cell(f"{branch} will follow it from then on.", Style.DIM))
        fields = [Field("Name there", check_branch_name, branch)]
        dialog = FieldsDialog("Push", body, fields, hint="see what would be sent")

        def typed(texts: tuple[str, ...] | None) -> None:
            if texts is not None:
                self._push(remote, texts[0], track=track)

        self.context.ask(dialog, typed)

    def _push(self, remote: str, name: str, *, track: bool) -> None:
        """Show what a push would send, and let one do it."""
        state, branch = self.state, self.state.branch
        item, head_hash = self._known(remote, name), self.state.head
        track = track and can_be_followed(name)
        tracking = f"{remote}/{name}"
        head = [join(cell("Push "), cell(branch, "accent bold"), cell(" to "), cell(tracking, "accent bold"))]
        calls = state.repository.remotes.push_calls(branch, remote, name, track=track)
        follows = f"sets {tracking} as upstream" if track else ""
        warning = cell("A push cannot be undone from here.", Style.WARNING)
        if state.changes.tables:
            head.append(cell(f"Uncommitted changes in {plural(state.changes.tables, 'table')} stay here.", Style.DIM))

        choice = Choice("s", "send it", follows, calls=calls)

        def show(comparison: Comparison | None, whole: bool) -> Shown:
            if comparison is None:
                return [(), cell("  + a new branch on the remote", Style.ADDED), (), warning], [choice]
            lines = [cell(f"  ↑ {plural(comparison.theirs, 'commit')} to send", Style.ADDED)]
            lines += commit_lines(comparison.commits, comparison.theirs, most=_SHOWN)
            if comparison.ours:
                text = f"  ✗ {tracking} has {plural(comparison.ours, 'commit')} that {branch} lacks"
                lines.append(cell(f"{text}: it will be rejected, and you will be asked", Style.ERROR))
            if not comparison.theirs and not comparison.ours:
                lines = [cell(f"  ✓ {tracking} was already up to date when it was last fetched", Style.SUCCESS)]
            return [(), *lines, (), warning], [choice]

        def read(_: bool) -> Comparison | None:
            if item is None:
                return None
            return state.repository.history.compare(branch, item.hash, head_hash, size=_SHOWN)

        PreviewFlow(
            self.context,
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
            self.context.tell(f"Pushed {branch} to {tracking}" if sent else f"{tracking} already had all of {branch}")

        def rejected(error: Exception) -> bool:
            if isinstance(error, ChangedMeanwhile):
                again = partial(self._push, remote, name, track=track)
                self.context.session.failed(f"push {branch} to {tracking}", error, again)
                return True
            if not isinstance(error, PushRejected):
                return False
            if may_ask(self.context, f"{tracking} has commits that {branch} lacks: nothing was pushed"):
                self._look_at_rejection(branch, remote, name, track)
            return True

        self.context.transfer(
            f"push {branch} to {tracking}",
            lambda repo: repo.remotes.push(branch, remote, name, replacing=replacing, track=track, expected=seen),
            done,
            rejected,
        )

    def _look_at_rejection(self, branch: str, remote: str, name: str, track: bool) -> None:
        """Fetch, and let the user choose between merging and overwriting."""
        repository = self.state.repository
        tracking = f"{remote}/{name}"
        calls = repository.remotes.push_calls(branch, remote, name, force=True, track=track)

        def read(_: bool) -> Rejection | None:
            repository.remotes.fetch(branch, remote)
            there = [i.hash for i in repository.remotes.branches(branch) if (i.remote, i.name) == (remote, name)]
            if not there:
                return None
            head = repository.refs.resolve(branch, branch)
            comparison = repository.history.compare(branch, head, there[0], size=_REJECTED)
            return Rejection(comparison, there[0], Expected(branch, head)) if comparison.theirs else None

        def show(rejection: Rejection | None, whole: bool) -> Shown:
            if rejection is None:
                return [(), cell(f"{tracking} no longer has any of them: push again.", Style.DIM)], []
            comparison = rejection.comparison
            number = plural(comparison.theirs, "commit")
            related = "" if comparison.merge_base else "the histories have nothing in common"
            lines = [
                (),
                cell(f"  ✗ {number} there that {branch} lacks:", Style.ERROR),
                *commit_lines(comparison.commits, comparison.theirs, most=_REJECTED),
                (),
                cell(
                    f"Forcing removes them from {tracking} for everyone. It cannot be undone from here;", Style.WARNING
                ),
                cell(f"to get them back, note the hash: {rejection.there}", Style.WARNING),
            ]
            return lines, [
                Choice("m", "merge them first", "then push again", related),
                Choice("x", "force", f"overwrites {number} on {remote}", calls=calls),
            ]

        def chosen(letter: str, rejection: Rejection | None) -> None:
            if letter == "m" and self.state.branch == branch:
                self._merge(remote, name)
            elif letter == "x" and rejection is not None:
                self._send(branch, remote, name, track=track, seen=rejection.seen, replacing=rejection.there)

        PreviewFlow(
            self.context,
            "Push rejected",
            [cell(f"{tracking} has commits that {branch} lacks: nothing was pushed.", Style.BOLD)],
            [Choice("m", "merge them first", "then push again"), Choice("x", "force")],
            "",
            f"fetch from {remote}",
            read,
            show,
            chosen,
            waiting=f"Fetching from {remote} to see which…",
            found=lambda _: self.context.session.refresh.read_changed(),
            lane=TRANSFER,
        ).begin()

    # clone

    @command(
        "clone",
        "",
        "clone…",
        "Clone a database from a remote…",
        writes=True,
        unless=busy,
        synonyms=("git clone", "copy database", "download database"),
        runs="dolt_clone(url)",
    )
    def clone(self) -> None:
        current, server = self.state.branch, self.state.repository.info.traits.server
        where = "a new database on this server" if server else "a new file next to this one"
        body = [cell(f"Into {where}.", Style.DIM)]
        fields = [
            Field("URL", check_remote_url, placeholder="file:///directory · https://host/owner/name · owner/name"),
            Field("Name of the database" if server else "Name of the file", check_database_name),
        ]
        dialog = FieldsDialog("Clone", body, fields, hint="clone")

        def typed(texts: tuple[str, ...] | None) -> None:
            if texts is not None:
                url, name = texts
                self.context.transfer(
                    f"clone {name}",
                    lambda repo: repo.remotes.clone(current, url, name),
                    lambda _: self._offer_open(name),
                )

        self.context.ask(dialog, typed)

    def _offer_open(self, name: str) -> None:
        if not may_ask(self.context, f"Cloned {name}"):
            return
        body = [join(cell("Cloned "), cell(name, "accent bold"), cell(". Open it?"))]
        dialog = ChoiceDialog("Cloned", body, [Choice("o", "open it", "instead of this database")])

        def chosen(letter: str | None) -> None:
            if letter == "o":
                self.context.window.open_database(name)

        self.context.ask(dialog, chosen)
