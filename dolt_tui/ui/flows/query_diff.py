"""Comparing a query's result at two revisions, which are chosen here; for every pane that has a query."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dolt_tui.engine.console.query_diff import QueryDiff, QueryPlan
from dolt_tui.engine.console.query_order import query_of
from dolt_tui.engine.console.query_side import Revision
from dolt_tui.engine.errors import EngineError
from dolt_tui.engine.model import WORKING, Commit, Tag
from dolt_tui.ui.dialogs.part import Part, PartDialog, Values
from dolt_tui.ui.dialogs.picker import PickDialog
from dolt_tui.ui.flows.context import Context
from dolt_tui.ui.main_view.query_diff import QueryDiffView
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import Style, age, cell

_COLUMNS = (
    Column("name", flex=True, separator=False),
    Column("what", separator=False, max_width=50),
    Column("age", numeric=True, separator=False),
)
_COMMITS = 50


def compare_query(context: Context, text: str) -> None:
    """Ask at which revisions, run the query at both, and show what differs in the main pane.

    Where the program compares two revisions already, it is done at these; where one is marked, with that.
    """
    state = context.state
    branch, repository = state.branch, state.repository
    try:
        query_of(text, repository.info.traits.sql)
    except EngineError as error:
        context.tell(error.message, "warning")
        return
    pair, marked = state.pair, state.marked
    if pair is not None:
        both = [_revision(branch, name, hash_) for name, hash_ in ((pair.base, pair.base_hash), (pair.name, pair.hash))]
        _plan(context, text, both[0], both[1])
        return

    def ready(rows: list[Row]) -> None:
        def choose_new(old: Revision) -> None:
            _choose(context, f"Compare {old.label} with", rows, lambda new: _plan(context, text, old, new))

        if marked is not None:
            choose_new(_revision(branch, *marked))
        else:
            older = sorted(rows, key=lambda row: isinstance(row.value, Revision) and row.value.place == branch)
            _choose(context, "Compare the query's result at", older, choose_new)

    _with_revisions(context, ready)


def choose_revision(context: Context, title: str, chosen: Callable[[Revision], None]) -> None:
    """Let the user choose a branch, a tag, a commit, what is working now, or type any other revision."""
    _with_revisions(context, lambda rows: _choose(context, title, rows, chosen))


def _with_revisions(context: Context, ready: Callable[[list[Row]], None]) -> None:
    branch, repository = context.state.branch, context.state.repository

    def read() -> tuple[tuple[Tag, ...], tuple[Commit, ...]]:
        return repository.tags.tags(branch), repository.history.page(branch, [branch], _COMMITS).commits

    context.look("read the revisions", read, lambda found: ready(_rows(context, *found)))


def _revision(branch: str, name: str, hash_: str) -> Revision:
    return Revision("working", branch) if hash_ == WORKING else Revision(name, hash_)


def _rows(context: Context, tags: Sequence[Tag], commits: Sequence[Commit]) -> list[Row]:
    """What can be compared: the working set, branches, tags and the last commits."""
    state, moment = context.state, context.state.clock.now()
    rows = []

    def add(label: str, what: str, place: str, when: str) -> None:
        cells = (cell(label), cell(what, Style.DIM), cell(when, Style.DIM))
        rows.append(Row((label, place), cells, value=Revision(label, place)))

    if not state.gone and state.home == state.branch:
        add("working", f"what is on {state.branch} now, committed or not", state.branch, "")
    for branch in state.ordered_branches:
        add(branch.name, "its last commit", branch.hash, age(branch.date, moment))
    for tag in tags:
        add(tag.name, "tag", tag.hash, "")
    for commit in commits:
        add(commit.hash[:7], commit.summary, commit.hash, age(commit.date, moment))
    return rows


def _choose(context: Context, title: str, rows: Sequence[Row], chosen: Callable[[Revision], None]) -> None:
    def name(row: Row) -> str:
        # Not by more of a hash, nor by a message: what is typed is often a revision itself, and short.
        return row.value.label if isinstance(row.value, Revision) else str(row.key)

    def other(typed: str) -> Row | None:
        return Row(("typed", typed), (cell(typed), cell("a revision", Style.DIM)), value=Revision(typed, ""))

    dialog = PickDialog(title, rows, _COLUMNS, name=name, other=other, hint="choose")

    def answered(key: object) -> None:
        if not isinstance(key, tuple):
            return
        if key[0] != "typed":
            chosen(Revision(*key))
            return
        state = context.state
        branch, repository = state.branch, state.repository
        context.look(
            f"find {key[1]}",
            lambda: repository.refs.resolve(branch, key[1]),
            lambda hash_: chosen(Revision(key[1], hash_)),
        )

    context.ask(dialog, answered)


def _plan(context: Context, text: str, old: Revision, new: Revision) -> None:
    branch, repository = context.state.branch, context.state.repository

    def planned(plan: QueryPlan) -> None:
        if plan.key is not None:
            _begin(context, text, plan, plan.key)
        else:
            _ask_key(context, text, plan)

    context.look(
        f"look at the query at {old.label} and {new.label}",
        lambda: repository.query_diffs.plan(branch, text, old, new),
        planned,
    )


def _ask_key(context: Context, text: str, plan: QueryPlan) -> None:
    """Let the user say which columns tell rows apart."""
    places = plan.keys()
    names = dict[str, int]()
    for at in places:
        names.setdefault(plan.columns[at].name, at)

    def key(values: Values) -> tuple[int, ...]:
        typed = [name.strip() for name in values["key"].split(",") if name.strip()]
        known = {name.lower(): at for name, at in names.items()}
        missing = next((name for name in typed if name.lower() not in known), None)
        if missing is not None:
            raise EngineError(
                f"Rows cannot be paired by {missing}: both sides need a column of that name that can be sorted."
            )
        return tuple(dict.fromkeys(known[name.lower()] for name in typed)) or places

    def check(values: Values) -> str:
        try:
            key(values)
        except EngineError as error:
            return error.message
        return ""

    parts = [Part("key", "Columns", "", "all of them", choices=lambda _: list(names), many=True)]
    dialog = PartDialog("Which columns tell the rows apart?", parts, check=check, hint="compare")

    def answered(values: Values | None) -> None:
        if values is not None:
            _begin(context, text, plan, key(values))

    context.ask(dialog, answered)


def _begin(context: Context, text: str, plan: QueryPlan, key: Sequence[int]) -> None:
    repository = context.state.repository

    def begun(diff: QueryDiff) -> None:
        context.show_view(QueryDiffView(diff, " ".join(text.split())), inside=True)

    context.look(
        f"run the query at {plan.old.label} and {plan.new.label}",
        lambda: repository.query_diffs.compare(plan, key),
        begun,
    )
