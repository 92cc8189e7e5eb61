"""What the keys do on a definition that both sides changed, and looking at a merge before it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.engine.model.conflicts import IncomingKind, SchemaDecision, SchemaKind, SchemaWay, Side
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import RESOLVER, SCHEMA_CONFLICT, command
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.present.text import Style, cell, sanitise

if TYPE_CHECKING:
    from dolt_tui.engine.model.calls import Call
    from dolt_tui.ui.main_view.schema_conflict import SchemaConflictView
    from dolt_tui.ui.session.resolving import Resolving

_LETTERS = {
    (SchemaWay.ALIGN, Side.OURS): "1",
    (SchemaWay.ALIGN, Side.THEIRS): "2",
    (SchemaWay.FORCE, Side.OURS): "3",
    (SchemaWay.FORCE, Side.THEIRS): "4",
}


class SchemaConflictActions(Actions):
    """Commands on the schema conflict that pane 0 shows."""

    @property
    def _resolving(self) -> Resolving:
        return self.context.session.resolving

    @property
    def _view(self) -> SchemaConflictView | None:
        from dolt_tui.ui.main_view.schema_conflict import SchemaConflictView

        view = self.context.main.view
        return view if isinstance(view, SchemaConflictView) else None

    def no_definition(self) -> str:
        return "" if self._view is not None else "no definition is shown"

    def not_merging(self) -> str:
        if self._resolving.now is None:
            return "nothing is being resolved"
        kind = self._resolving.incoming.kind
        known = kind in (IncomingKind.MERGE, IncomingKind.SQUASH)
        return "" if known else f"what a {kind} would make cannot be looked at beforehand"

    @command(
        "schema_conflict.resolve",
        "enter",
        "resolve…",
        "Choose which definition to keep…",
        SCHEMA_CONFLICT,
        footer=True,
        unless=no_definition,
        synonyms=("resolve schema",),
    )
    def resolve(self) -> None:
        self._ask(None)

    @command(
        "schema_conflict.ours",
        "o",
        "ours…",
        "Ours: keep our definition…",
        SCHEMA_CONFLICT,
        footer=True,
        unless=no_definition,
    )
    def ours(self) -> None:
        self._ask(Side.OURS)

    @command(
        "schema_conflict.theirs",
        "t",
        "theirs…",
        "Theirs: take their definition…",
        SCHEMA_CONFLICT,
        footer=True,
        unless=no_definition,
    )
    def theirs(self) -> None:
        self._ask(Side.THEIRS)

    def _ask(self, side: Side | None) -> None:
        """Show the ways out with what each leaves behind; the statements are asked for first."""
        view, repository = self._view, self.state.repository
        assert view is not None
        conflict, incoming = view.conflict, view.incoming

        def work() -> dict[SchemaDecision, tuple[Call, ...]]:
            return {
                way: repository.resolver.schema_calls(incoming, conflict, way) for way, why in conflict.ways if not why
            }

        def show(calls: dict[SchemaDecision, tuple[Call, ...]]) -> None:
            from dolt_tui.engine.conflicts.schema_words import beside, label, left_in_log, left_out

            choices = []
            default: str | None = None
            # A view has no rows to be merged: nothing speaks for a commit more.
            best = SchemaWay.ALIGN if conflict.kind is SchemaKind.TABLE else SchemaWay.FORCE
            found, schema = self._resolving.found, self._resolving.step.schema
            for way, never in conflict.ways:
                why_not = never or beside(conflict, way, found.schema if found is not None else (), schema)
                letter = _LETTERS[way.way, way.side]
                if side in (None, way.side) and not why_not and (default is None or way.way is best):
                    default = letter if default is None or side is not None else default
                costs = left_out(conflict, way, repository.info.traits.sql)
                said = "; ".join(filter(None, (left_in_log(incoming, conflict, way), costs)))
                choices.append(Choice(letter, label(way), said, why_not, calls.get(way, ()), costs))
            if view.decision is not None:
                choices.append(Choice("0", "not decided", "take back what was decided about it"))
            both = " Rows of both sides are merged then." if conflict.kind is SchemaKind.TABLE else ""
            body = [
                cell(f"Aligned: a commit makes both definitions equal first.{both}", Style.DIM),
                cell("As it is: the merge commit takes it whole from one side.", Style.DIM),
            ]
            title = f"Resolve {conflict.kind} {sanitise(conflict.table)}"
            self.context.ask(ChoiceDialog(title, body, choices, default=default), chosen)

        def chosen(letter: str | None) -> None:
            if letter is not None:
                ways = {_LETTERS[way.way, way.side]: way for way, _ in conflict.ways}
                self._decide(view, ways.get(letter))

        self.context.look("find out how it can be resolved", work, show)

    def _decide(self, view: SchemaConflictView, decision: SchemaDecision | None) -> None:
        from dolt_tui.engine.conflicts.plans import decide_schema
        from dolt_tui.engine.conflicts.schema_words import label

        resolving, name = self._resolving, view.conflict.table
        found = resolving.found
        assert found is not None
        plan = decide_schema(resolving.plan, found.commit, name, decision)
        said = "not decided" if decision is None else label(decision)
        resolving.decide(plan, f"{name}: {said}")

    @command(
        "resolver.what_if",
        "w",
        "what if",
        "What if: look at the merged database",
        RESOLVER,
        footer=True,
        rank=4,
        writes=True,
        unless=not_merging,
        synonyms=("preview", "try", "dry run"),
        about="Read-only, with what is decided so far.",
    )
    def what_if(self) -> None:
        resolving = self._resolving
        self.context.session.what_ifs.open(resolving.incoming, resolving.plan, resolving=True)
