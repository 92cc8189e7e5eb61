"""What is done with a draft as a whole: writing it, asking about rows that others changed, leaving it behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dolt_tui.engine.editing.draft import Draft
from dolt_tui.engine.errors import ChangedMeanwhile, RowRefused, RowsChanged
from dolt_tui.engine.model import Written
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.present.draft_list import named
from dolt_tui.ui.present.text import Style, cell, join
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.engine.editing.kept_drafts import KeptDraft
    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.flows.context import Context


def write_draft(context: Context, then: Callable[[], None] | None = None) -> None:
    """Write the draft of the branch as one step of undo; rows that others changed are asked about first."""
    state, draft = context.state, context.state.row_draft
    branch, label = state.branch, named(draft)

    def work(repository: Repository) -> Written:
        return repository.edits.write(branch, draft.draft)

    def done(written: Written) -> None:
        _expect_keys(context, written)
        context.session.drafts.clear(written=True)
        number = written.changed + written.added + written.removed
        said = f"Wrote {plural(number, 'row')}. {key_of('undo')} takes it back."
        if written.merged:
            merged = plural(len(written.merged), "row")
            said = f"Wrote {plural(number, 'row')}. Another session changed other cells of {merged} at the same time."
        context.tell(said, "warning" if written.merged else "information")
        if then is not None:
            then()

    def failed(error: Exception) -> bool:
        if isinstance(error, RowRefused):
            context.session.drafts.refuse(error.edit, error.message)
        if not isinstance(error, RowsChanged):
            if isinstance(error, ChangedMeanwhile):
                _define_again(context)
            return False
        ask_about_changed(context, error, then)
        return True

    context.write(f"write {plural(len(draft.draft), 'row')}", work, done, failed, label=label)


def _define_again(context: Context) -> None:
    """A table is defined otherwise by now: keep of the draft what its tables still have."""
    state, draft = context.state, context.state.row_draft.draft
    branch, kept_drafts = state.branch, state.repository.kept_drafts

    def found(now: Draft) -> None:
        if state.branch == branch and state.row_draft.draft is draft:
            context.session.drafts.change(now)
            if gone := len(draft) - len(now):
                context.tell(f"{plural(gone, 'row')} left the draft, with what is gone of the tables.", "warning")

    context.session.quietly("left draft", "", lambda: kept_drafts.applied(branch, draft.edits), found)


def _expect_keys(context: Context, written: Written) -> None:
    """The row under the cursor may have got another key by being written."""
    row = context.main.grid.cursor_row
    for edit, now in written.rows:
        if row is not None and row.key == edit.key and now is not None:
            table = context.state.row_draft.draft.tables[edit.table]
            context.main.grid.expect_key(table.key_of(now))


def ask_about_changed(context: Context, error: RowsChanged, then: Callable[[], None] | None) -> None:
    """Show the values of both sides, and let one choose; then what is left is written again."""
    from dolt_tui.ui.dialogs.changed_rows import ChangedRowsDialog, Side

    draft = context.state.row_draft.draft

    def chosen(sides: dict[int, Side] | None) -> None:
        if sides is None:
            return
        now, left = draft, False
        for at, changed in enumerate(error.changed):
            side = sides[at]
            if side is Side.MINE:
                now = now.based_on(changed.edit, changed.now)
            elif side is Side.THEIRS:
                now = now.without([changed.edit])
            else:
                left = True
        context.session.drafts.change(now)
        if now and not left:
            write_draft(context, then)
        elif not now:
            context.session.drafts.clear(written=True)
            if then is not None:
                then()
        else:
            context.tell("The rows that you left are still in the draft; nothing was written.", "warning")

    computed = {name: [one.name for one in table.columns if one.generated] for name, table in draft.tables.items()}
    context.ask(ChangedRowsDialog(error.changed, computed), chosen)


def offer_left(context: Context) -> None:
    """Offer the draft of the branch that a program left behind by a crash."""
    state, session = context.state, context.session
    repository, branch = state.repository, state.branch
    kept_drafts = repository.kept_drafts
    if repository.info.read_only or state.came_from is not None or state.row_draft:
        return

    def work() -> tuple[KeptDraft, Draft] | None:
        kept = kept_drafts.left(branch)
        return (kept, kept_drafts.taken_up(branch, kept)) if kept is not None else None

    def found(answer: tuple[KeptDraft, Draft] | None) -> None:
        if answer is None or state.branch != branch or state.row_draft or not context.window.in_front:
            return
        kept, draft = answer
        if not draft:
            kept_drafts.forget(kept)
            return
        number = plural(len(draft), "row")
        body = [
            join(cell("A draft of "), cell(number, Style.BOLD), cell(f" on {branch} was not written:")),
            cell(f"the program ended {kept.moment.astimezone():%Y-%m-%d %H:%M} without asking about it.", Style.DIM),
        ]

        def answered(letter: str | None) -> None:
            if letter == "t":
                session.drafts.change(draft)
            if letter is not None:
                kept_drafts.forget(kept)

        choices = [Choice("t", "take up", "continue editing"), Choice("d", "discard", "drop these edits")]
        context.ask(ChoiceDialog("Draft", body, choices, default="t"), answered)

    session.quietly("left draft", "", work, found)


def ask_before_leaving(context: Context, what: str, go: Callable[[], None]) -> bool:
    """Ask what becomes of the draft before one leaves the branch; whether there is one."""
    draft = context.state.row_draft
    if not draft:
        return False
    number = plural(len(draft.draft), "row")
    bad = len(draft.errors)
    body = [
        join(cell(f"The draft of {context.state.place} has "), cell(number, Style.BOLD), cell(", not written yet.")),
        cell(f"Before you {what}:", Style.DIM),
    ]
    choices = [
        Choice("w", "write", f"{number}, as one step of undo", f"{bad} must be fixed first" if bad else ""),
        Choice("d", "discard", "give all of it up"),
        Choice("s", "stay", "continue editing"),
    ]

    def answered(letter: str | None) -> None:
        if letter == "w":
            write_draft(context, go)
        elif letter == "d":
            context.session.drafts.clear()
            go()

    context.ask(ChoiceDialog("Draft", body, choices, default="s"), answered)
    return True
