"""What the keys of the Remotes tab do: adding and removing remotes, and working with their branches."""

from __future__ import annotations

from dolt_tui.engine.core.validation import check_remote_name, check_remote_url
from dolt_tui.engine.errors import AlreadyExists
from dolt_tui.engine.model import Remote, RemoteBranch
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import REMOTES, command
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.dialogs.fields import Field, FieldsDialog
from dolt_tui.ui.flows.fetch import fetch, transferring
from dolt_tui.ui.flows.merge import in_progress, merge
from dolt_tui.ui.flows.new_branch import follow, new_branch, track
from dolt_tui.ui.present.text import Cell, Style, cell, join
from dolt_tui.ui.session import reads
from dolt_tui.words import plural


class RemoteActions(Actions):
    """Commands on remotes and their branches."""

    def makes(self) -> str:
        return "add remote…" if self.context.panes.remotes.selected is None else "branch…"

    def removes(self) -> str:
        return "remove…" if self.context.panes.remotes.selected is None else "delete…"

    def none_here(self) -> str:
        if self.context.panes.remotes.remote is not None:
            return ""
        return f"there is no remote here: {key_of('remotes.new')} adds one"

    def no_branch(self) -> str:
        return "" if self.context.panes.remotes.selected is not None else "that is a remote: select one of its branches"

    def transferring(self) -> str:
        return transferring(self.context.session)

    def operating(self) -> str:
        return in_progress(self.state)

    def already_there(self) -> str:
        if self._local_name(self._item) != self.state.branch:
            return ""
        return f"{self.state.branch}, its local branch, is the current one"

    def _local_name(self, item: RemoteBranch) -> str:
        """The local branch of a remote one; it may not be there yet."""
        local = self.context.panes.remotes.local(item)
        return local.name if local is not None else item.name

    @property
    def _item(self) -> RemoteBranch:
        item = self.context.panes.remotes.selected
        assert item is not None
        return item

    @command(
        "remotes.open",
        "enter",
        "compare",
        "Diff of the remote branch: what it adds",
        REMOTES,
        footer=True,
        rank=-10,
        unless=(none_here, no_branch),
        synonyms=("diff", "compare", "review"),
    )
    def open(self) -> None:
        self.context.go_to(self.context.main)

    @command(
        "remotes.switch",
        "space",
        "switch",
        "Switch to a branch that tracks this one",
        REMOTES,
        footer=True,
        writes=True,
        rank=-20,
        unless=(none_here, no_branch, already_there),
        synonyms=("checkout", "checkout remote branch", "track"),
    )
    def switch(self) -> None:
        item = self._item
        name = self._local_name(item)
        if self.state.branch_named(name) is not None:
            self.context.switch(name)
        else:
            track(self.context, item)

    @command(
        "remotes.merge",
        "M",
        "merge…",
        "Merge the remote branch into the current one…",
        REMOTES,
        footer=True,
        writes=True,
        previews=True,
        rank=1,
        unless=(none_here, no_branch, operating),
        synonyms=("git merge",),
        about="Shows first what the merge would change and what would conflict.",
        runs="dolt_merge(branch)",
    )
    def merge(self) -> None:
        item = self._item
        message = f"Merge remote branch '{item.tracking}' into {self.state.branch}"
        merge(self.context, item.tracking, item.hash, opener="M", message=message)

    @command(
        "remotes.upstream",
        "u",
        "upstream",
        "Upstream: let the current branch track this one",
        REMOTES,
        writes=True,
        feature="upstream",
        rank=1,
        unless=(none_here, no_branch),
        synonyms=("track", "set-upstream", "follow"),
        runs="dolt_branch('--set-upstream-to', branch)",
    )
    def upstream(self) -> None:
        follow(self.context, self.state.branch, self._item)

    # adding and removing

    @command(
        "remotes.new",
        "n",
        "new…",
        "Add a remote, or a branch from a remote one…",
        REMOTES,
        footer=True,
        writes=True,
        rank=-5,
        says=makes,
        synonyms=("remote", "remote add", "git remote", "new remote", "add origin"),
        about="On a remote: adds another one. On a remote branch: makes a branch from it.",
        runs="dolt_remote('add', name, url)",
    )
    def new(self) -> None:
        item = self.context.panes.remotes.selected
        if item is None:
            self.add()
            return
        proposal = "" if self.state.branch_named(item.name) is not None else item.name
        new_branch(self.context, item.tracking, item.hash, proposal)

    def add(self) -> None:
        """Ask for a new remote, and offer to fetch from it."""
        current = self.state.branch
        existing = {remote.name for remote in self.state.remotes}

        def check(name: str) -> None:
            check_remote_name(name)
            if name in existing:
                raise AlreadyExists(f"There is already a remote {name}.")

        fields = [
            Field("Name", check, "" if "origin" in existing else "origin"),
            Field("URL", check_remote_url, placeholder="file:///directory · https://host/owner/name · owner/name"),
        ]
        body = [cell("A remote is another place where branches are kept.", Style.DIM)]
        dialog = FieldsDialog("Add remote", body, fields, hint="add")

        def typed(texts: tuple[str, ...] | None) -> None:
            if texts is None:
                return
            name, url = texts

            def done(_: object) -> None:
                self.context.session.refresh.read_scopes(reads.REFS)
                self.select(self.context.panes.remotes, ("remote", name))
                self._offer_fetch(name)

            self.context.write(
                f"add remote {name}", lambda repo: repo.remotes.add(current, name, url), done, undoable=False
            )

        self.context.ask(dialog, typed)

    def _offer_fetch(self, name: str) -> None:
        body = [join(cell("Added "), cell(name, "accent bold"), cell(". Fetch what it has?"))]
        calls = self.state.repository.remotes.fetch_calls(name)
        dialog = ChoiceDialog("Fetch", body, [Choice("f", "fetch", calls=calls)], default="f")

        def chosen(letter: str | None) -> None:
            if letter == "f":
                fetch(self.context, name)

        self.context.ask(dialog, chosen)

    @command(
        "remotes.delete",
        "d",
        "delete…",
        "Delete the remote branch, or the remote…",
        REMOTES,
        footer=True,
        writes=True,
        rank=2,
        unless=(none_here, transferring),
        says=removes,
        synonyms=("remote remove", "push --delete", "remote rm", "remove remote"),
        about="On a remote: removes it from here. On a branch: deletes it there, for everybody.",
        destroys=True,
    )
    def delete(self) -> None:
        item, remote = self.context.panes.remotes.selected, self.context.panes.remotes.remote
        assert remote is not None
        if item is not None:
            self._delete_branch(item)
        else:
            self._remove(remote)

    def _remove(self, remote: Remote) -> None:
        state, current = self.state, self.state.branch
        known = [item for item in state.remote_branches if item.remote == remote.name]
        following = [branch.name for branch in state.branches if branch.tracking and branch.remote == remote.name]
        body: list[Cell] = [
            join(cell("Remove remote "), cell(remote.name, "accent bold"), cell(f"  {remote.url}", Style.DIM)),
            (),
            cell(f"  ✗ {plural(len(known), 'remote branch', 'remote branches')} forgotten here", Style.WARNING)
            if known
            else cell("  ✓ none of its branches is known here", Style.SUCCESS),
        ]
        if following:
            body.append(cell(f"  ✗ no upstream any more: {', '.join(following)}", Style.WARNING))
        body += [
            (),
            cell("Nothing is deleted on the remote: add and fetch it again to get everything back.", Style.DIM),
        ]
        calls = state.repository.remotes.remove_calls(remote.name)
        dialog = ChoiceDialog("Remove remote", body, [Choice("x", "remove it", calls=calls)], opener="d")

        def done(_: object) -> None:
            self.context.session.refresh.read_scopes(reads.REFS)
            self.context.tell(f"Removed remote {remote.name}")

        def chosen(letter: str | None) -> None:
            if letter == "x":
                self.context.write(
                    f"remove remote {remote.name}",
                    lambda repo: repo.remotes.remove(current, remote.name),
                    done,
                    undoable=False,
                )

        self.context.ask(dialog, chosen)

    def _delete_branch(self, item: RemoteBranch) -> None:
        current, local = self.state.branch, self.context.panes.remotes.local(item)
        body: list[Cell] = [
            join(cell("Delete "), cell(item.tracking, "accent bold"), cell(" on the remote", Style.BOLD)),
            cell(f"{item.hash[:7]} {item.message}", Style.DIM),
            (),
        ]
        standing = self.context.panes.remotes.ahead_behind(item)
        if local is None:
            body.append(cell("  ✗ no local branch has its name", Style.ERROR))
        elif standing is not None and standing.behind:
            text = f"  ✗ {plural(standing.behind, 'commit')} that the local branch {local.name} lacks"
            body.append(cell(text, Style.ERROR))
        else:
            body.append(cell(f"  ✓ the local branch {local.name} has all its commits, and stays", Style.SUCCESS))
        body += [
            (),
            cell("It is deleted for everyone, and can be undone from here only by pushing it again.", Style.WARNING),
        ]
        calls = self.state.repository.remotes.delete_branch_calls(item.remote, item.name)
        choice = Choice("x", "delete it there", calls=calls)
        dialog = ChoiceDialog("Delete remote branch", body, [choice], opener="d")

        def chosen(letter: str | None) -> None:
            if letter == "x":
                self.context.transfer(
                    f"delete {item.tracking}",
                    lambda repo: repo.remotes.delete_branch(current, item.remote, item.name),
                    lambda _: self.context.tell(f"Deleted {item.tracking}, it was at {item.hash[:7]}"),
                )

        self.context.ask(dialog, chosen)

    @command(
        "remotes.fetch",
        "f",
        "fetch…",
        "Fetch from the remote, or prune…",
        REMOTES,
        footer=True,
        writes=True,
        unless=(none_here, transferring),
        synonyms=("git fetch", "fetch --prune", "prune"),
        about="Reads what is new there; prune also forgets branches that the remote no longer has.",
        runs="dolt_fetch(remote)",
    )
    def fetch(self) -> None:
        remote = self.context.panes.remotes.remote
        assert remote is not None
        name, remotes = remote.name, self.state.repository.remotes
        body = [join(cell("Fetch from "), cell(name, "accent bold"), cell(f"  {remote.url}", Style.DIM))]
        choices = [
            Choice("a", "fetch", "what is new there", calls=remotes.fetch_calls(name)),
            Choice(
                "p",
                "fetch and prune",
                "and forget the branches that it no longer has",
                calls=remotes.fetch_calls(name, prune=True),
            ),
        ]
        dialog = ChoiceDialog("Fetch", body, choices, default="a", opener="f")

        def chosen(letter: str | None) -> None:
            if letter is not None:
                fetch(self.context, name, prune=letter == "p")

        self.context.ask(dialog, chosen)
