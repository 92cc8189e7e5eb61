"""What the keys do with tags."""

from __future__ import annotations

from functools import partial

from dolt_tui.engine.core.validation import check_tag_name
from dolt_tui.engine.errors import AlreadyExists
from dolt_tui.engine.model import Expected, Tag
from dolt_tui.engine.undo.steps import Reach
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import BRANCHES, LOG, TAGS, command
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.dialogs.fields import Field, FieldsDialog
from dolt_tui.ui.flows.fetch import choose_remote
from dolt_tui.ui.flows.new_branch import beside_name, new_branch
from dolt_tui.ui.present.text import Style, cell, join, wrap

_new_tag = partial(command, "tags.new", "T", "tag…", writes=True, from_commits=True)


class TagActions(Actions):
    """Commands on tags."""

    def no_commit(self) -> str:
        return "" if self._start() is not None else "there is no commit here"

    def none_here(self) -> str:
        return "" if self.context.panes.tags.selected is not None else "there is no tag here"

    def cannot_push(self) -> str:
        return self.context.why_not("push")

    @property
    def _tag(self) -> Tag:
        tag = self.context.panes.tags.selected
        assert tag is not None
        return tag

    def _start(self) -> tuple[str, str] | None:
        """Name and hash of what a new tag would be at: what is selected; in the list of tags the current branch."""
        pane = self.context.focused_pane
        if pane is self.context.panes.tags:
            return (self.state.place, self.state.head) if self.state.head else None
        return pane.comparable

    @command(
        "tags.open",
        "enter",
        "tables",
        "Diff of the tagged commit: its tables",
        TAGS,
        footer=True,
        unless=none_here,
        synonyms=("show", "diff", "git show"),
    )
    def open(self) -> None:
        self.context.go_to(self.context.main)

    @command(
        "tags.at",
        "space",
        "view",
        "Open the database at the tag, read-only",
        TAGS,
        footer=True,
        unless=none_here,
        synonyms=("checkout", "view", "time travel", "as of"),
        about="Shows everything as it was at the tag, until you go back.",
    )
    def at(self) -> None:
        self.context.open_at(self._tag.hash, self._tag.name)

    @command(
        "tags.branch",
        "n",
        "branch…",
        "New branch at the tag…",
        TAGS,
        footer=True,
        writes=True,
        from_commits=True,
        unless=none_here,
        synonyms=("branch from tag",),
    )
    def branch(self) -> None:
        new_branch(self.context, f"tag {self._tag.name}", self._tag.hash)

    @_new_tag(
        "Tag the last commit of the branch…",
        BRANCHES,
        rank=20,
        unless=no_commit,
        synonyms=("git tag", "new tag", "release", "label"),
        runs="dolt_tag(name, commit)",
        about="Gives the commit a name that stays, with a message if you like.",
    )
    @_new_tag(
        "Tag the last commit of the current branch…",
        TAGS,
        footer=True,
        unless=no_commit,
        synonyms=("git tag", "new tag", "release", "label"),
        runs="dolt_tag(name, commit)",
        about="Gives the commit a name that stays, with a message if you like.",
    )
    @_new_tag(
        "Tag the commit…",
        LOG,
        rank=6,
        unless=no_commit,
        synonyms=("git tag", "new tag", "release", "label"),
        runs="dolt_tag(name, commit)",
        about="Gives the commit a name that stays, with a message if you like.",
    )
    def new(self) -> None:
        start, current = self._start(), self.state.home
        assert start is not None
        label, hash_ = start
        existing = {tag.name for tag in self.state.tags}

        def check(name: str) -> None:
            check_tag_name(name)
            if name in existing:
                raise AlreadyExists(f"There is already a tag {name}.")

        fields = [Field("Name", check), Field("Message", lambda _: None, placeholder="none")]
        body = [join(cell("Tag "), cell(label, "accent bold"), beside_name(label, hash_))]
        dialog = FieldsDialog("New tag", body, fields, hint="tag")

        def typed(texts: tuple[str, ...] | None) -> None:
            if texts is not None:
                name, message = texts

                def done(_: object) -> None:
                    self.select(self.context.panes.tags, name)
                    self.context.tell(f"Tagged {hash_[:7]} as {name}")

                self.context.write(
                    f"create tag {name}",
                    lambda repo: repo.tags.create(current, name, hash_, message),
                    done,
                    reach=Reach.REFS,
                )

        self.context.ask(dialog, typed)

    @command(
        "tags.delete",
        "d",
        "delete…",
        "Delete the tag…",
        TAGS,
        footer=True,
        writes=True,
        rank=2,
        unless=none_here,
        synonyms=("tag -d", "remove tag"),
        runs="dolt_tag('-d', name)",
        destroys=True,
    )
    def delete(self) -> None:
        tag, current = self._tag, self.state.branch
        body = [join(cell("Delete tag "), cell(tag.name, "accent bold"), cell(f"  {tag.hash[:7]}", Style.DIM))]
        body += [cell(f"  {line}", Style.DIM) for line in wrap(tag.message.strip(), 80)[:4] if line]
        body += [
            (),
            cell("Its commit is kept if a branch or another tag has it. Remotes keep the tag."),
        ]
        calls = self.state.repository.tags.delete_calls(tag.name)
        dialog = ChoiceDialog("Delete tag", body, [Choice("x", "delete it", calls=calls)], opener="d")

        def chosen(letter: str | None) -> None:
            if letter == "x":
                self.context.write(
                    f"delete tag {tag.name}",
                    lambda repo: repo.tags.delete(current, tag.name, Expected(tag.name, tag.hash, tag=True)),
                    lambda _: self.context.tell(f"Deleted tag {tag.name}, it was at {tag.hash[:7]}"),
                    reach=Reach.REFS,
                    again=self.again("tags.delete", self.context.panes.tags, tag.name),
                )

        self.context.ask(dialog, chosen)

    @command(
        "tags.push",
        "P",
        "push…",
        "Push the tag to a remote…",
        TAGS,
        footer=True,
        writes=True,
        rank=1,
        unless=(none_here, cannot_push),
        synonyms=("push --tags", "publish tag"),
        runs="dolt_push(remote, tag)",
    )
    def push(self) -> None:
        tag, current = self._tag, self.state.branch

        def to(remote: str) -> None:
            body = [
                join(
                    cell("Push tag "), cell(tag.name, "accent bold"), cell(" to "), cell(remote, "accent bold"),
                    cell(f"  {tag.hash[:7]}", Style.DIM),
                ),
                (),
                cell("A tag of that name on the remote is moved. A push cannot be undone from here.", Style.WARNING),
            ]  # fmt: skip
            calls = self.state.repository.remotes.push_tag_calls(remote, tag.name)
            choice = Choice("p", "push it", calls=calls)
            dialog = ChoiceDialog("Push tag", body, [choice], default="p", opener="P")

            def chosen(letter: str | None) -> None:
                if letter == "p":
                    self.context.transfer(
                        f"push tag {tag.name} to {remote}",
                        lambda repo: repo.remotes.push_tag(current, remote, tag.name),
                        lambda _: self.context.tell(f"Pushed tag {tag.name} to {remote}"),
                    )

            self.context.ask(dialog, chosen)

        choose_remote(self.context, "Push the tag to", to)
