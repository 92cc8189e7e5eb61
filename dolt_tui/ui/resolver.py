"""The resolver: the screen on which conflicts are decided, row by row, until what is brought in can be committed.

It shows what `dolt_tui.ui.session.resolving` knows, and changes nothing but the plan there. The workspace stays as it
is below it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from dolt_tui.engine.conflicts.deciding import decision_of
from dolt_tui.engine.errors import EngineError
from dolt_tui.engine.model.conflicts import ConflictSet, IncomingKind, ResolutionPlan, StepPlan, TablePlan
from dolt_tui.ui.commands import RESOLVER, CommandSet
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.flows import search
from dolt_tui.ui.flows.row_changes import Changes, who_changed
from dolt_tui.ui.main_view.broken_rows import BrokenView, LoadedBroken
from dolt_tui.ui.main_view.conflicts import ConflictsView, LoadedConflicts, LoadedRecord
from dolt_tui.ui.main_view.schema_conflict import SchemaConflictView
from dolt_tui.ui.pane_screen import PaneScreen
from dolt_tui.ui.panes.bars import HeaderBar
from dolt_tui.ui.panes.conflict_panes import ConflictPanes
from dolt_tui.ui.panes.panes import Panes
from dolt_tui.ui.present.conflict_lists import (
    banner,
    change_rows,
    conflict_rows,
    doing,
    left_text,
    mended,
    ranked,
    rule_rows,
    sides_text,
)
from dolt_tui.ui.present.conflict_rows import Line, Shape, key_text, lines_of
from dolt_tui.ui.present.text import Style, cell, styles
from dolt_tui.ui.session.events import (
    HoldChanged,
    Left,
    Progress,
    ResolvingChanged,
    ResolvingEnded,
    ResolvingOpened,
    Settled,
)
from dolt_tui.ui.session.session import Session
from dolt_tui.ui.widgets.grid import Grid
from dolt_tui.ui.widgets.pane_layout import Sizes
from dolt_tui.words import count

if TYPE_CHECKING:
    from collections.abc import Callable

    from dolt_tui.ui.main_view.view import View

_CHANGES = "row changes"
"""The lane in which it is found out who changed a row."""


RESOLVER_SIZES = Sizes(side=27, weights=(12, 18, 5))
"""The usual sizes of its panes: what conflicts, who changed a row, rules."""


class ResolverScreen(PaneScreen):
    """What conflicts, with what is decided about it."""

    PLACE = RESOLVER
    header: HeaderBar

    def __init__(self, session: Session, panes: Panes, commands: CommandSet, sizes: Sizes) -> None:
        self.own = ConflictPanes(session.clock)
        super().__init__(session, panes, commands, sizes, self.own)
        self.header = HeaderBar()
        self._found: ConflictSet | None = None
        """What is shown; another one after the next commit conflicts."""
        self._plan: ResolutionPlan | None = None
        """The plan for which the lines are shown."""
        self._about: object = None
        """The row that panes 2 and 5 are about."""
        self._rules_first = ""
        """The table whose rules are shown first."""
        self._moved_to = ""
        """The last commit of the branch that it was said of that it came meanwhile."""
        self._listening: list[Callable[[], None]] = []
        self._left = False

    def on_mount(self) -> None:
        listen = self.session.events.listen
        for kind in (Progress, HoldChanged):
            self._listening.append(listen(kind, lambda _: self.draw_bars()))
        self._listening.append(listen(ResolvingChanged, lambda _: self._changed()))
        self._listening.append(listen(ResolvingOpened, lambda _: self._show_found()))
        self._listening.append(listen(ResolvingEnded, lambda _: self.close()))
        self._listening.append(listen(Left, lambda _: self.close()))
        self._listening.append(listen(Settled, self._look_whether_it_moved))
        self.set_interval(self.session.settings.tick_seconds, self.draw_bars)
        self.set_focus(self.own.rows.grid)
        self._show_found()

    def on_unmount(self) -> None:
        for forget in self._listening:
            forget()
        self.session.jobs.drop(_CHANGES, *self.own.rows.LANES[:3])

    def on_escape(self) -> None:
        """``esc`` while keys wait, as they do for rows that are read."""
        super().on_escape()
        self.session.jobs.cancel(self.main.LANES[0])

    def close(self) -> None:
        """Go back to the screen below; what is decided is kept."""
        if self._left or self not in self.app.screen_stack:
            return
        self._left = True
        self.session.resolving.leave()
        while self.app.screen is not self:  # a dialog about what is no longer there
            self.app.pop_screen()
        self.dismiss()

    def _look_whether_it_moved(self, event: Settled) -> None:
        """Somebody else has committed to the branch since it was found out what conflicts: that is said, once."""
        now, state = self.session.resolving.now, self.state
        if now is None or now.incoming.kind is IncomingKind.STANDING or event.moved:
            return
        branch = now.incoming.branch
        tip = next((one.hash for one in state.branches if one.name == branch), "")
        if tip not in ("", now.incoming.head, self._moved_to):
            self._moved_to = tip
            said = f"{branch} has moved: {key_of('resolver.again')} looks again at what conflicts"
            self.session.tell(said, "warning")

    # what is shown

    def _show_found(self) -> None:
        """Something conflicts, or something else than before."""
        found = self.session.resolving.found
        if found is None or found is self._found:
            return
        self._found, self._plan, self._about = found, None, None
        self.main.stack.clear()
        self.main.blank()
        self._changed()
        self.own.conflicts.grid.home()
        self.follow(force=True)

    def _changed(self) -> None:
        """More is decided, or known."""
        resolving = self.session.resolving
        now = resolving.now
        if not self.is_running or now is None or self._found is None:
            return
        found, own = now.found, self.own
        broken = now.broken if now.checked is not None else found.broken
        kept = mended(found, broken, checked=resolving.checked)
        style = self.state.repository.info.traits.sql
        own.conflicts.show(
            conflict_rows(found, resolving.left_of, now.step.schema, broken, style, kept),
            f"{count(now.of - now.undecided)} of {count(now.of)} decided",
        )
        if (entry := own.conflicts.entry_shown) is not None and not entry.table:
            self.follow()
        self._show_rules()
        if now.plan is not self._plan:
            self._plan = now.plan
            self._show_plan()
        self._show_row()
        self.draw_bars()

    def _show_rules(self) -> None:
        """Show what rules would decide, those about the table that is shown first."""
        resolving, own = self.session.resolving, self.own
        table = self._rules_first = self._table_shown
        trials, key = ranked(resolving.trials, table), key_of("resolver.rules")
        none = f"No rule was found that decides what is left: {key} tries others."
        own.rules.show(rule_rows(trials, key, table), none if resolving.left else "Nothing is left to decide.")
        own.rows.say(banner(trials, table))

    @property
    def _table_shown(self) -> str:
        """The table whose rows pane 0 shows; empty where it shows something else."""
        return getattr(self.own.rows.view, "table", "")

    def _show_plan(self) -> None:
        """Let the lines show what is decided so far; the cursor stays on its line, or on that which took it in."""
        main = self.own.rows
        loaded, line = main.loaded, main.line
        if isinstance(loaded, LoadedRecord | LoadedBroken):
            main.show(loaded, self.state)
        elif isinstance(loaded, LoadedConflicts):
            if line is not None:
                decision = decision_of(loaded.view.plan(), line.row)
                keys = [row.key for row in lines_of(loaded.shape, line.row, decision, line.position)]
                here = main.grid.cursor_row
                if here is not None and here.key not in keys:
                    main.grid.expect_key(keys[0])
            main.show_draft(self.state)

    def follow(self, *, force: bool = False) -> None:
        """Let pane 0 show what is selected in Conflicts."""
        main, found, view = self.main, self._found, self._selected_view()
        if found is None:
            return
        if view is None:
            main.nothing("", "Nothing conflicts.")
        elif force or view != main.view:
            main.stack.clear()
            main.expect(view)
            self._show_rules()
            self.load_main()

    def load_main(self) -> None:
        """Read what pane 0 expects; keys wait, as they are meant for its rows."""
        self._main_reading.load(self.hold("read the rows").release)

    def _selected_view(self) -> View | None:
        """What pane 0 shows for the selection."""
        from dolt_tui.engine.conflicts.schema_words import about

        entry, found, resolving = self.own.conflicts.entry_shown, self._found, self.session.resolving
        if entry is None or found is None or resolving.now is None:
            return None
        if entry.table:
            return ConflictsView(
                entry.table, found.commit, sides_text(found), resolving.rows, lambda: self._decided(entry.table)
            )
        if entry.schema is not None:
            decision = resolving.step.schema.get(entry.schema.table)
            said = tuple(note for note in found.notes if decision and about(entry.schema, note))
            return SchemaConflictView(entry.schema, found.incoming, decision, said)
        if entry.broken is not None:
            return BrokenView(entry.broken, self._step_shown, entry.mended)
        return None

    def _step_shown(self) -> StepPlan:
        now, found = self.session.resolving.now, self._found
        return now.plan.step(found.commit) if now is not None and found is not None else StepPlan()

    def _decided(self, table: str) -> TablePlan:
        return self._step_shown().table(table)

    # the row under the cursor

    @property
    def _shape(self) -> Shape | None:
        loaded = self.own.rows.loaded
        if isinstance(loaded, LoadedConflicts):
            return loaded.shape
        return loaded.view.shape if isinstance(loaded, LoadedRecord) else None

    def _show_row(self) -> None:
        """Show the row under the cursor as it will be, and who changed it."""
        line, shape, found, own = self.own.rows.line, self._shape, self._found, self.own
        if line is None or shape is None or found is None:
            if self._about is not None or not own.outcome.grid.row_count:
                own.outcome.say("There is no row in conflict under the cursor.")
                self.rearrange()
                own.changes.say("", "")
                self._about = None
            return
        resolving, plan = self.session.resolving, self._decided(shape.table)
        broken = resolving.broken
        checked, failed = resolving.checked, resolving.now.unknown if resolving.now is not None else ""
        own.outcome.show(shape, line.row, decision_of(plan, line.row), broken, checked=checked, failed=failed)
        self.rearrange()
        if line.column:
            own.outcome.follow(line.column)
        about = (found.commit, shape.table, line.row.key)
        if about != self._about:
            self._about = about
            self._look_who(found, shape, line)

    def _look_who(self, found: ConflictSet, shape: Shape, line: Line) -> None:
        """Find out who changed a row; the latest that is asked for wins."""
        pane, repository, key = self.own.changes, self.state.repository, line.row.key
        title = f"Who changed {shape.table} {key_text(shape, line.row)}"
        if not shape.key:
            self.session.jobs.drop(_CHANGES)
            pane.say(title, "The table has no primary key: nothing tells its rows apart through time.")
            return
        pane.set_title(title)
        pane.add_class("old")

        def done(changes: Changes) -> None:
            pane.remove_class("old")
            pane.show(title, change_rows(changes, self.session.clock.now()))

        def failed(error: Exception) -> None:
            pane.remove_class("old")
            if not self.session.lost(error):
                pane.say(title, str(error) if isinstance(error, EngineError) else "That could not be found out.")

        table = shape.table
        self.session.jobs.run(_CHANGES, "", lambda: who_changed(repository, found, table, key), done, failed)

    # what grids tell

    @on(Grid.Highlighted)
    def _highlighted(self, event: Grid.Highlighted) -> None:
        own = self.own
        if event.grid is own.conflicts.grid and self._found is not None:
            self.follow()
        elif event.grid is own.rows.grid:
            search.highlighted(own, event.grid, event.row)
            own.rows.filtered()
            if self._table_shown != self._rules_first:
                self._show_rules()
            self._show_row()
        self.draw_footer()

    def on_descendant_focus(self) -> None:
        """The side pane that was in focus last is the one that is open where there is little room."""
        pane, last = self.focused_pane, self.own.last
        if pane in self.own.side and pane is not last:
            self.own.last = pane
        self.draw_bars()

    # the bars

    def draw_bars(self) -> None:
        """Draw the header and the footer again."""
        now = self.session.resolving.now
        if not self.is_running or now is None:
            return
        watch = self.session.watch
        left = now.undecided
        broken = len(now.broken) if now.checked is now.plan else 0
        style = styles(Style.ERROR if left or broken else Style.SUCCESS, Style.BOLD)
        then = "" if left or broken else f": {key_of('resolver.continue')} continues"
        told = (*doing(now.found), cell(f"{left_text(left, now.of, broken)}{then}", style))
        self.header.show(self.state, watch.running, watch.text, self.session.transaction, told)
        self.draw_footer()
