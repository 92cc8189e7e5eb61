"""Comparing two revisions: one is marked, then another; every pane shows the comparison until ``esc``."""

from __future__ import annotations

from dolt_tui.engine.model import WORKING
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import Footer, command
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.flows.comparison import show_comparison, unmark
from dolt_tui.ui.present.text import Style, cell, join
from dolt_tui.ui.session.events import Progress
from dolt_tui.ui.session.state import Pair


class CompareActions(Actions):
    """The command that marks and compares, and the end of a comparison."""

    def marked(self) -> Footer:
        return Footer.FIRST if self.state.marked is not None else Footer.NO

    def unmarks(self) -> str:
        return "unmark" if self.state.marked == self.context.focused_pane.comparable else ""

    def none_here(self) -> str:
        return "" if self.context.focused_pane.comparable is not None else "select a branch or a commit"

    @command(
        "compare",
        "W",
        "compare…",
        "Compare two branches or commits: mark this…",
        rank=3,
        unless=none_here,
        synonyms=("diff", "git diff", "diff branches", "compare branches", "compare commits"),
        footer=marked,
        says=unmarks,
        about="Mark one here, then another: every pane then shows what differs between both.",
    )
    def compare(self) -> None:
        """Mark what is selected, or ask how to compare it with what was marked."""
        state = self.state
        chosen = self.context.focused_pane.comparable
        assert chosen is not None
        if state.marked is None:
            self._mark(chosen)
            return
        if state.marked == chosen:
            unmark(self.context)
            return
        (name, hash_), (base, base_hash) = chosen, state.marked
        since = Pair(base, base_hash, name, hash_)
        back = Pair(name, hash_, base, base_hash)
        one, other = cell(name, "accent bold"), cell(base, "accent bold")
        body = [join(cell("Compare "), one, cell(" with "), other)]
        if WORKING in (hash_, base_hash):
            since = since if hash_ == WORKING else back  # it is the newer one
            body.append(cell("The working set is what is there now, committed or not.", Style.DIM))
        choices = [
            Choice("s", "since they diverged", f"changes on {since.name} since it diverged from {since.base}"),
            Choice("a", "all differences", f"everything that differs between {since.base} and {since.name}"),
        ]
        if WORKING not in (hash_, base_hash):
            choices.append(Choice("o", "the other way round", f"changes on {base} since it diverged from {name}"))
        choices.append(Choice("m", "mark this one instead", name))
        dialog = ChoiceDialog("Compare", body, choices, default="s", opener="W")

        def answered(letter: str | None) -> None:
            if letter == "m":
                self._mark(chosen)
            elif letter is not None:
                pairs = {"s": since, "a": Pair(since.base, since.base_hash, since.name, since.hash, True), "o": back}
                self._begin(pairs[letter])

        self.context.ask(dialog, answered)

    def _mark(self, revision: tuple[str, str]) -> None:
        self.state.marked = revision
        self.context.session.events.tell(Progress())
        self.context.tell(
            f"Marked {revision[0]}: others are shown against it · {key_of('compare')} on one compares all panes"
        )
        self.context.follow()

    def _begin(self, pair: Pair) -> None:
        self.state.marked = None
        show_comparison(self.context, pair)
        self.context.tell(f"Comparing {pair}: {key_of('back')} in a side pane ends it")
        self.context.go_to(self.context.panes.changes)
