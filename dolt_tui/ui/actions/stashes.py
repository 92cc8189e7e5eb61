"""What the keys do with stashes: putting changes away, bringing them back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from dolt_tui.engine.core.validation import check_stash_name
from dolt_tui.engine.errors import Cancelled, EngineError, ServerLost, StashConflict, Unmergeable
from dolt_tui.engine.model import UNKNOWN, Changes, Stash, StashContent, StashPreview, StashScope
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import CHANGES, STASHES, Footer, command
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.dialogs.name import NameDialog
from dolt_tui.ui.flows.new_branch import check_new
from dolt_tui.ui.flows.preview import PreviewFlow, Shown
from dolt_tui.ui.present.lines import change_lines
from dolt_tui.ui.present.text import Cell, Style, cell, join
from dolt_tui.words import plural

_SCOPES = {"t": StashScope.TRACKED, "u": StashScope.UNTRACKED, "i": StashScope.ALL}
_NAME = "wip"
"""The name of a stash that was given none."""


class StashActions(Actions):
    """Commands on stashes."""

    def merging(self) -> str:
        return "a merge is in progress" if self.state.merging is not None else ""

    def nothing(self) -> str:
        if "changes" in self.state.unread:
            return f"the changes could not be read: {key_of('refresh')} tries again"
        changes = self.state.changes
        return "" if changes.staged or changes.unstaged else "there are no changes"

    def none_here(self) -> str:
        return "" if self.context.panes.stashes.selected is not None else "there is no stash here"

    # putting away

    @command(
        "stash.now",
        "s",
        "stash",
        "Stash changes to tracked tables",
        CHANGES,
        footer=Footer.LAST,
        writes=True,
        feature="stash",
        unless=(merging, nothing),
        synonyms=("git stash", "stash push", "shelve", "set aside", "save for later"),
        about="Puts staged and unstaged changes away; new tables stay.",
        runs="dolt_stash('push', name)",
    )
    def now(self) -> None:
        """Stash what is committed or staged, and ask only where that would not be exact."""

        def found(preview: StashPreview) -> None:
            if preview.blocked_by(StashScope.TRACKED) or preview.unstages:
                self._ask(preview, _NAME, opener="s")
            else:
                self._push(_NAME, StashScope.TRACKED, preview)

        self._look(found)

    @command(
        "stash.push",
        "S",
        "stash…",
        "Stash with a name, or with new tables…",
        CHANGES,
        writes=True,
        feature="stash",
        unless=(merging, nothing),
        synonyms=("stash -u", "stash -m", "include untracked", "stash all"),
        about="Asks for a name and for what goes into the stash.",
        runs="dolt_stash('push', name, '--include-untracked')",
    )
    def push(self) -> None:
        """Ask for a name, and what to take."""

        def check(name: str) -> None:
            if name:
                check_stash_name(_spelt(name))

        dialog = NameDialog("Stash", [cell("Stash name (default: wip)")], check=check, hint="continue", empty=True)

        def named(name: str | None) -> None:
            if name is None:
                return

            def found(preview: StashPreview) -> None:
                self._ask(preview, _spelt(name) if name.strip() else _NAME, opener="S")

            self._look(found)

        self.context.ask(dialog, named)

    def _look(self, found: Callable[[StashPreview], None]) -> None:
        """Find out what a stash takes; keys wait until then."""
        repository, branch = self.state.repository, self.state.branch
        self.context.look(
            "check what a stash would take",
            lambda: repository.stashes.preview(branch),
            found,
        )

    def _ask(self, preview: StashPreview, name: str, *, opener: str) -> None:
        new, ignored = len(preview.untracked), len(preview.ignored)
        words = {
            "t": (
                "changes to tracked tables",
                f"{plural(new, 'new table')} stay{'s' if new == 1 else ''}" if new else "",
            ),
            "u": ("new tables too", plural(new, "new table") if new else ""),
            "i": ("ignored tables too", plural(ignored, "ignored table") if ignored else ""),
        }
        taken = (*preview.changes.unstaged, *preview.changes.staged)
        choices = []
        for letter, (label, text) in words.items():
            why_not = preview.blocked_by(_SCOPES[letter])
            if not why_not and letter == "u" and not new and not preview.renamed:
                why_not = "there are no new tables"
            if not why_not and letter == "i" and not ignored:
                why_not = "no new table is ignored"
            calls = self.state.repository.stashes.push_calls(f"{name}-{UNKNOWN}", _SCOPES[letter], *taken)
            choices.append(Choice(letter, label, text, why_not, calls))
        dialog = ChoiceDialog(
            "Stash",
            stash_lines(preview, name, self.state.changes),
            choices,
            default=next((choice.letter for choice in choices if not choice.why_not), None),
            opener=opener,
        )

        def chosen(letter: str | None) -> None:
            if letter is not None:
                self._push(name, _SCOPES[letter], preview)

        self.context.ask(dialog, chosen)

    def _push(self, name: str, scope: StashScope, preview: StashPreview) -> None:
        branch = self.state.branch
        stays = len(preview.untracked) if scope is StashScope.TRACKED else 0
        taken = preview.changes.tables - stays + (len(preview.ignored) if scope is StashScope.ALL else 0)

        def done(_: object) -> None:
            left = f"; {plural(stays, 'new table')} stay{'s' if stays == 1 else ''}" if stays else ""
            keys = f"{key_of('pane.changes')} {key_of('tab.next')}"
            back = f"{keys} shows the stashes, {key_of('stash.pop')} there brings it back"
            self.context.tell(f"Stashed {plural(taken, 'table')} as {name}{left}. {back}")
            self.context.panes.stashes.select_newest()
            self._reread()

        self.context.write("stash the changes", lambda repo: repo.stashes.push(branch, name, scope), done)

    def _reread(self) -> None:
        """No hash tells that the list of stashes changed."""
        if self.context.panes.stashes in self.context.panes.side:
            self.context.session.refresh.read_pane(self.context.panes.stashes)

    # bringing back

    @property
    def _chosen(self) -> Stash:
        stash = self.context.panes.stashes.selected
        assert stash is not None
        return stash

    @command(
        "stash.open",
        "enter",
        "tables",
        "Diff of the stash: its tables",
        STASHES,
        footer=True,
        feature="stash",
        rank=-10,
        unless=none_here,
        synonyms=("stash show", "show stash", "diff"),
        about="Goes to the tables that the stash changes.",
    )
    def open(self) -> None:
        self.context.panes.stashes.open(self._chosen)
        self.context.follow()
        self.context.go_to(self.context.main)

    @command(
        "stash.apply",
        "space",
        "apply",
        "Apply the stash, and keep it",
        STASHES,
        footer=True,
        writes=True,
        feature="stash",
        rank=-20,
        unless=(merging, none_here),
        synonyms=("stash apply",),
        about="Brings the changes back and keeps the stash.",
    )
    def apply(self) -> None:
        self._bring(self._chosen, keep=True)

    @command(
        "stash.pop",
        "g",
        "pop",
        "Pop the stash: apply it, and drop it",
        STASHES,
        footer=True,
        writes=True,
        feature="stash",
        unless=(merging, none_here),
        synonyms=("stash pop", "unstash", "unshelve"),
        about="Brings the changes back, and drops the stash where they came back whole.",
        runs="dolt_stash('pop', name)",
        destroys=True,
    )
    def pop(self) -> None:
        """Asks first: the stash is gone afterwards, and the key twice is what leads to the top of a list in vim."""
        stash = self._chosen
        body = [
            join(cell("Pop stash "), cell(stash.title, "accent bold"), cell(f"  {stash.id}", Style.DIM)),
            cell(f"on {stash.branch}: {stash.message}", Style.DIM),
        ]
        choice = Choice("p", "pop it", "apply it, and drop it", calls=self.state.repository.stashes.pop_calls(stash))

        def chosen(letter: str | None) -> None:
            if letter is not None:
                self._bring(stash, keep=False)

        self.context.ask(ChoiceDialog("Pop stash", body, [choice], default="p", opener="g"), chosen)

    def _bring(self, stash: Stash, *, keep: bool) -> None:
        branch, name = self.state.branch, stash.title

        def done(_: object) -> None:
            end = "it is still in the list" if keep else "it is gone from the list"
            self.context.tell(f"Brought back {name}: {end}")
            self._reread()

        def failed(error: Exception) -> bool:
            """Dolt refuses as soon as a table is not as it was when the stash was made: it is merged instead."""
            if not isinstance(error, StashConflict | Unmergeable):
                return False
            self._merge(stash, error, keep=keep)
            return True

        if keep:
            self.context.write(
                f"apply stash {name}", lambda repo: repo.stashes.apply(branch, stash), done, failed, again=self._reread
            )
        else:
            self.context.write(
                f"pop stash {name}", lambda repo: repo.stashes.pop(branch, stash), done, failed, again=self._reread
            )

    def _merge(self, stash: Stash, error: EngineError, *, keep: bool) -> None:
        """Offer to merge what the stash holds into what is there by now."""
        branch, repository = self.state.branch, self.state.repository
        body = [
            cell(error.message, Style.BOLD),
            cell(error.advice, Style.DIM),
            cell("Or merge it into what is committed here: the result is left uncommitted."),
        ]
        aside = bool(self.state.changes.tables)
        if aside:
            body.append(cell("Your uncommitted changes are set aside for it, and come back on top of it.", Style.DIM))

        def answered(letter: str | None) -> None:
            if letter == "m":
                self.context.look(
                    "look for conflicts",
                    lambda: replace(repository.incoming.stash(branch, stash, drop=not keep), aside=aside),
                    self.context.resolve,
                )

        self.context.ask(ChoiceDialog("Stash", body, [Choice("m", "merge it", "and decide what conflicts")]), answered)

    @command(
        "stash.drop",
        "d",
        "drop…",
        "Drop the stash…",
        STASHES,
        footer=True,
        writes=True,
        feature="stash",
        unless=none_here,
        synonyms=("stash drop", "delete stash", "stash clear", "remove stash"),
        about="Shows what the stash holds, and asks. It can be undone.",
        runs="dolt_stash('drop', name)",
        destroys=True,
    )
    def drop(self) -> None:
        stash, branch, repository = self._chosen, self.state.branch, self.state.repository
        name = stash.title
        head = [
            join(cell("Drop stash "), cell(name, "accent bold"), cell(f"  {stash.id}", Style.DIM)),
            cell(f"on {stash.branch}: {stash.message}", Style.DIM),
            (),
        ]
        gone = cell("It cannot be brought back afterwards.", Style.WARNING)

        def look(_: bool) -> StashContent | EngineError:
            try:
                return repository.stashes.contents(branch, stash, counts=True)
            except (Cancelled, ServerLost):
                raise
            except EngineError as error:  # it can be dropped anyway
                return error

        def show(found: StashContent | EngineError, whole: bool) -> Shown:
            if isinstance(found, EngineError):
                lines = [cell(f"What it holds cannot be shown: {found}", Style.WARNING)]
            else:
                lines = change_lines(found.changes)
            return [*lines, (), gone], [Choice("x", "drop it", calls=repository.stashes.drop_calls(stash))]

        def done(_: object) -> None:
            self.context.tell(f"Dropped stash {name}")
            self._reread()

        def chosen(_letter: str, _found: object) -> None:
            self.context.write(
                f"drop stash {name}", lambda repo: repo.stashes.drop(branch, stash), done, again=self._reread
            )

        PreviewFlow(
            self.context,
            "Drop stash",
            head,
            [Choice("x", "drop it")],
            "d",
            "check what the stash holds",
            look,
            show,
            chosen,
            waiting="Checking what it holds…",
        ).begin()

    @command(
        "stash.new",
        "n",
        "branch…",
        "New branch with the stash's changes…",
        STASHES,
        footer=True,
        writes=True,
        feature="stash",
        unless=none_here,
        synonyms=("stash branch",),
        about="Makes a branch where the stash was made, and applies it there.",
    )
    def new(self) -> None:
        """A branch at the commit that the stash was made on, with its changes."""
        stash, branch = self._chosen, self.state.branch
        body = [
            join(cell("New branch with the changes of "), cell(stash.title, "accent bold")),
            cell(f"at {stash.hash[:7]} {stash.message}; the stash stays", Style.DIM),
        ]

        def named(name: str | None) -> None:
            if name is not None:
                self.context.write(
                    f"create branch {name}",
                    lambda repo: repo.stashes.branch_from(branch, stash, name),
                    lambda _: self.context.switch(name),
                    again=self._reread,
                )

        dialog = NameDialog("New branch", body, check=partial(check_new, self.state), hint="create and switch")
        self.context.ask(dialog, named)


def _spelt(name: str) -> str:
    """A typed name as a stash can have it: blanks become dashes."""
    return "-".join(name.split())


def stash_lines(preview: StashPreview, name: str, counted: Changes) -> list[Cell]:
    """What a stash takes, and what it cannot keep, in lines; with the rows as far as they were ``counted``."""
    known = {(c.table, c.staged, c.status): c for c in (*counted.unstaged, *counted.staged)}
    changes = (*preview.changes.unstaged, *preview.changes.staged)
    every = [known.get((change.table, change.staged, change.status), change) for change in changes]
    found: list[Cell] = [join(cell("Stash as "), cell(name, "accent bold")), (), *change_lines(every, staged=True)]
    notes = []
    if preview.unstages:
        notes.append(f"! comes back unstaged: {', '.join(preview.unstages)}")
    if preview.rekeyed:
        notes.append(f"✗ its primary key changed, which Dolt cannot bring back: {', '.join(preview.rekeyed)}")
    if preview.renamed:
        names = ", ".join(f"{old} → {new}" for old, new in preview.renamed)
        notes.append(f"! a rename is kept only if new tables are stashed too: {names}")
    if preview.ignored and preview.untracked:
        notes.append(f"! with new tables alone Dolt would delete what a pattern ignores: {', '.join(preview.ignored)}")
    return found + ([()] if notes else []) + [cell(note, Style.WARNING) for note in notes]
