"""What the keys do everywhere in the resolver: its panes, what is left, rules, continuing and aborting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.engine.model.conflicts import IncomingKind, RuleTrial
from dolt_tui.engine.model.rewriting import REBASE_BRANCH, OperationKind
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.actions.in_progress import after_abort
from dolt_tui.ui.commands import CONFLICTS, RESOLVER, ROW_CHANGES, RULES, command
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.flows import search
from dolt_tui.ui.present.text import Cell, Style, cell, join, sanitise
from dolt_tui.words import count, plural

if TYPE_CHECKING:
    from dolt_tui.engine.model.calls import Call
    from dolt_tui.ui.session.resolving import Resolving

_STATEMENTS = 12
"""Statements that are shown before something is brought in; the rest are counted."""


class ResolverActions(Actions):
    """Commands of the resolver as a whole."""

    @property
    def resolving(self) -> Resolving:
        return self.context.session.resolving

    # why not

    def nothing_conflicts(self) -> str:
        return "" if self.resolving.now is not None else "nothing is being resolved"

    def undecided(self) -> str:
        if reason := self.nothing_conflicts():
            return reason
        left = self.resolving.left
        if left:
            return f"{plural(left, 'conflict')} {'is' if left == 1 else 'are'} undecided"
        if self.resolving.checked and (broken := self.resolving.broken):
            return f"{plural(len(broken), 'constraint')} would be broken"
        twice, incoming = self.state.changes.staged_in_part, self.resolving.incoming
        if twice and incoming.kind is IncomingKind.MERGE and not incoming.aside:
            verb, it = ("is", "it") if len(twice) == 1 else ("are", "them")
            return f"{', '.join(map(sanitise, twice))} {verb} staged in part: commit or unstage {it} first"
        return ""

    def no_rule(self) -> str:
        return "" if self._trial is not None else "there is no rule here"

    def cannot_abort(self) -> str:
        if reason := self.nothing_conflicts():
            return reason
        standing = self.resolving.incoming.kind is IncomingKind.STANDING
        return "opened read-only" if standing and self.state.repository.info.read_only else ""

    # panes

    def _go(self, number: int) -> None:
        self.context.go_to(self.context.own_panes.side[number])

    @command("resolver.conflicts", "1", "conflicts", "Go to Conflicts", RESOLVER, offline=True, rank=5)
    def pane_conflicts(self) -> None:
        self._go(0)

    @command("resolver.changes", "2", "who changed", "Go to who changed the row", RESOLVER, offline=True, rank=5)
    def pane_changes(self) -> None:
        self._go(1)

    @command("resolver.tried", "3", "rules tried", "Go to the rules that were tried", RESOLVER, offline=True, rank=5)
    def pane_rules(self) -> None:
        self._go(2)

    @command("resolver.rows", "0", "the rows", "Go to the rows that conflict", RESOLVER, offline=True, rank=5)
    def pane_rows(self) -> None:
        self.context.go_to(self.context.own_panes.upper.shown)

    @command("resolver.outcome", "5", "outcome", "Go to the row as it will be", RESOLVER, offline=True, rank=5)
    def pane_outcome(self) -> None:
        self.context.go_to(self.context.own_panes.lower.shown)

    @command(
        "resolver.open", "enter", "open", "Open what is selected", CONFLICTS, footer=True, unless=nothing_conflicts
    )
    def open(self) -> None:
        self.context.go_to(self.context.own_panes.upper.shown)

    def no_commit(self) -> str:
        return "" if self._commit_there else "there is no commit here"

    @property
    def _commit_there(self) -> str:
        row = self.context.own_panes.side[1].grid.cursor_row
        return row.value if row is not None and isinstance(row.value, str) else ""

    @command(
        "resolver.commit",
        "enter",
        "commit",
        "Show the commit that changed the row",
        ROW_CHANGES,
        footer=True,
        unless=no_commit,
        synonyms=("diff of the commit", "git show"),
    )
    def commit(self) -> None:
        from dolt_tui.ui.main_view.commit import CommitView

        self.context.show_view(CommitView(self._commit_there), inside=True)

    # rules

    @property
    def _trial(self) -> RuleTrial | None:
        row = self.context.own_panes.side[2].grid.cursor_row
        return row.value if row is not None and isinstance(row.value, RuleTrial) else None

    @command(
        "resolver.rules",
        "R",
        "rule…",
        "Rules: let one decide, or try your own…",
        RESOLVER,
        footer=True,
        rank=1,
        unless=nothing_conflicts,
        synonyms=("automatic", "greater value", "newest"),
    )
    def rules(self) -> None:
        """The rules that were tried, each by its number; one of one's own; all of them, to look at or to keep."""
        from dolt_tui.ui.present.conflict_lists import ranked

        table = getattr(self.context.main.view, "table", "")
        trials = ranked(self.resolving.trials, table)[:9]
        choices = []
        for number, trial in enumerate(trials, 1):
            other = f"{trial.rule.table}: " if trial.rule.table not in ("", table) else ""
            choices.append(Choice(f"{number}", sanitise(f"{other}{trial.rule.title}"), _trial_text(trial)))
        choices.append(Choice("o", "own rule…", "you name the columns, or write an expression"))
        choices.append(Choice("l", "list…", "see all that each rule leaves, or save one"))

        def chosen(letter: str | None) -> None:
            from dolt_tui.ui.flows.rules import choose_rule, own_rule

            if letter == "o":
                own_rule(self.context, table)
            elif letter == "l":
                choose_rule(self.context, table)
            elif letter is not None:
                self.resolving.apply_trial(trials[int(letter) - 1])

        said = f"A rule decides only what is still undecided; {key_of('deciding.take_back')} takes it back."
        dialog = ChoiceDialog("Rules", [cell(said)], choices, default="1" if trials else "o", opener="R")
        self.context.ask(dialog, chosen)

    @command("resolver.offer_rule", "enter", "look…", "Look at the rule…", RULES, footer=True, unless=no_rule)
    def offer_rule(self) -> None:
        from dolt_tui.ui.flows.rules import offer_rule

        trial = self._trial
        if trial in self.resolving.trials:
            offer_rule(self.context, self.resolving.trials.index(trial))

    # what is left

    @command(
        "resolver.next",
        "J",
        "next",
        "Next conflict that is not decided",
        RESOLVER,
        footer=True,
        shown="J K",
        unless=nothing_conflicts,
        rank=-2,
        synonyms=("next conflict",),
    )
    def next(self) -> None:
        self._step(backward=False)

    @command(
        "resolver.previous",
        "K",
        "previous",
        "Previous conflict that is not decided",
        RESOLVER,
        unless=nothing_conflicts,
        synonyms=("previous conflict",),
    )
    def previous(self) -> None:
        self._step(backward=True)

    def _step(self, *, backward: bool) -> None:
        from dolt_tui.ui.flows.next_conflict import go_to_next
        from dolt_tui.ui.main_view.conflicts import LoadedRecord
        from dolt_tui.ui.present.conflict_lists import constraint_key

        main = self.context.main
        if self.context.focused_pane is not main:
            self.context.go_to(main)
        if go_to_next(self.context, backward=backward):
            return
        if isinstance(main.loaded, LoadedRecord):  # its row is decided: the others are where it came from
            self.context.leave_view()
            return
        found, pane = self.resolving.found, self.context.own_panes.side[0]
        shown = getattr(main.view, "table", "")
        tables = [one.table for one in found.tables] if found is not None else []
        at = tables.index(shown) if shown in tables else 0
        order = [*tables[at + 1 :], *tables[:at]]
        wanted = next((name for name in (reversed(order) if backward else order) if self.resolving.left_of(name)), None)
        definition = (
            next((one.table for one in found.schema if one.table not in self.resolving.step.schema), "")
            if found is not None
            else ""
        )
        if wanted is not None:
            pane.grid.move_to_key(("rows", wanted))
        elif definition:
            pane.grid.move_to_key(("schema", definition))
        elif self.resolving.checked and self.resolving.broken:
            keys = [constraint_key(item) for item in self.resolving.broken]
            here = pane.grid.cursor_row
            at = keys.index(here.key) + (-1 if backward else 1) if here is not None and here.key in keys else 0
            pane.grid.move_to_key(keys[at % len(keys)])
        else:
            self.context.tell(f"Everything is decided: {key_of('resolver.continue')} continues")

    @command(
        "resolver.again",
        "ctrl+r",
        "look again",
        "Look again at what conflicts",
        RESOLVER,
        rank=5,
        unless=nothing_conflicts,
        synonyms=("refresh", "reload"),
        about="What you decided is kept where it still fits.",
    )
    def look_again(self) -> None:
        self.resolving.resume()

    # the end

    @command(
        "resolver.continue",
        "c",
        "continue…",
        "Continue: apply what is decided…",
        RESOLVER,
        footer=True,
        writes=True,
        rank=-2,
        unless=undecided,
        synonyms=("commit", "conclude", "merge --continue", "finish", "save"),
    )
    def conclude(self) -> None:
        from dolt_tui.engine.errors import EngineError

        resolving, repository = self.resolving, self.state.repository
        incoming, plan, found = resolving.incoming, resolving.plan, resolving.found
        assert found is not None
        schema = found.schema

        def work() -> tuple[Call, ...]:
            try:
                return repository.resolver.apply_calls(incoming, plan, schema)
            except EngineError:  # it is not told of all that can be brought in
                return ()

        self.context.look("find out what it will run", work, self._ask_to_conclude)

    def _ask_to_conclude(self, calls: tuple[Call, ...]) -> None:
        from dolt_tui.engine.model.rewriting import merge_message
        from dolt_tui.ui.dialogs.conclude import ConcludeDialog

        resolving = self.resolving
        incoming, found = resolving.incoming, resolving.found
        assert found is not None
        message: str | None = None
        if incoming.doing is IncomingKind.MERGE:
            message = incoming.message or merge_message(incoming.source, incoming.branch)
        statements = [cell(line, Style.DIM) for call in calls[:_STATEMENTS] for line in str(call).split("\n")]
        if len(calls) > _STATEMENTS:
            statements.append(cell(f"… {count(len(calls) - _STATEMENTS)} more", Style.DIM))
        verb = "commit" if message is not None else "continue"
        dialog = ConcludeDialog(
            incoming.title[:1].upper() + incoming.title[1:], self._summary(), statements, verb, message
        )

        def answered(text: str | None) -> None:
            if text is not None:
                resolving.conclude(text)

        self.context.ask(dialog, answered)

    def _summary(self) -> list[Cell]:
        """What is decided, in numbers, and whether it fits."""
        from dolt_tui.engine.conflicts.schema_words import label

        resolving = self.resolving
        found, step = resolving.found, resolving.step
        assert found is not None
        lines: list[Cell] = []
        for table in found.tables:
            plan = step.table(table.table)
            parts = [f"{plan.whole} for all"] if plan.whole is not None else []
            by = sum(bool(decision.by) for decision in plan.rows.values())
            deleted = sum(decision.delete for decision in plan.rows.values())
            parts += [f"{count(by)} by rules"] if by else []
            parts += [f"{count(deleted)} deleted"] if deleted else []
            said = f" · {', '.join(parts)}" if parts else ""
            lines.append(
                join(
                    cell("✓ ", Style.SUCCESS),
                    cell(table.table, Style.BOLD),
                    cell(f"  {plural(table.rows, 'row')} decided{said}", Style.DIM),
                )
            )
        for conflict in found.schema:
            said = label(step.schema[conflict.table]) if conflict.table in step.schema else "?"
            lines.append(
                join(cell("✓ ", Style.SUCCESS), cell(conflict.table, Style.BOLD), cell(f"  {said}", Style.DIM))
            )
        lines += [cell(f"⚑ {sanitise(note)}", Style.WARNING) for note in found.notes]
        if found.of > 1:
            lines.append(cell(f"Commit {found.number} of {found.of}: {found.summary}", Style.DIM))
        if resolving.now is not None and (failed := resolving.now.unknown):
            said = f"‼ constraints were not checked: {failed} Nothing is done if one would break."
            lines.append(cell(said, Style.WARNING))
        elif not resolving.checked:
            lines.append(cell("… constraints are still being checked; nothing is done if one would break", Style.DIM))
        else:
            lines.append(join(cell("✓ ", Style.SUCCESS), cell("keys and constraints hold", Style.DIM)))
        return lines

    @command(
        "resolver.abort",
        "X",
        "abort…",
        "Abort, and forget what is decided…",
        RESOLVER,
        footer=True,
        rank=3,
        unless=cannot_abort,
        synonyms=("merge --abort", "cancel", "give up"),
    )
    def abort(self) -> None:
        resolving = self.resolving
        decided = resolving.of - resolving.left
        lost = f"{plural(decided, 'decision')} will be lost" if decided else "nothing was decided"
        if not decided and any(step.tables or step.schema for step in resolving.plan.steps.values()):
            lost = "decided cells will be lost"
        incoming, unchanged = resolving.incoming, " Nothing has been changed."
        if incoming.kind is IncomingKind.STANDING:
            kind, unchanged = incoming.standing or OperationKind.MERGE, ""
            lost = f"{after_abort(kind, incoming.branch.removeprefix(REBASE_BRANCH))}; {lost}"
        choices = [
            Choice("a", "abort", lost),
            Choice("l", "leave", "what is decided is kept: come back to it at any time"),
        ]
        body = [cell(f"Abort {incoming.title}?{unchanged}", Style.BOLD)]

        def chosen(letter: str | None) -> None:
            if letter == "a":
                resolving.abort()
            elif letter == "l":
                self.context.window.close()

        self.context.ask(ChoiceDialog("Abort", body, choices, opener="X"), chosen)

    # back

    @command(
        "resolver.back",
        "escape",
        "back",
        "Go back; what is decided is kept",
        RESOLVER,
        offline=True,
        waits=False,
        rank=2,
    )
    def back(self) -> None:
        """Cancel what runs, else end a range or a search, else go out by one step."""
        context, jobs = self.context, self.context.session.jobs
        pane = context.focused_pane
        if context.session.busy:
            jobs.cancel("write", "panes", "preview", "open")
        elif pane.grid.range_active:
            pane.grid.clear_range()
        elif jobs.cancel(*pane.cancelled):
            context.tell("Cancelled.")
        elif pane.grid.sought:
            search.end(context.own_panes)
        elif pane.grid.filter_text:
            pane.grid.set_filter("")
            pane.filtered()
        elif pane is context.main and context.leave_view():
            pass  # other rows are on their way
        elif pane is not context.main:
            context.go_to(context.main)
        else:
            context.window.close()


def _trial_text(trial: RuleTrial) -> str:
    """What a rule would solve, and what it leaves."""
    left = ", ".join(f"{count(number)} {reason}" for reason, number in trial.left.items() if number)
    return f"solves {count(trial.solved)} of {count(trial.of)}" + (f"; leaves {left}" if left else "")
