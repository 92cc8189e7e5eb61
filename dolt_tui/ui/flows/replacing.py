"""Find and replace in a column, or in a range of it: counted first, then edits of the draft."""

from __future__ import annotations

import datetime as dt
import re
from functools import partial
from typing import TYPE_CHECKING

from dolt_tui.engine.editing.replacing import Replaced, Replacement
from dolt_tui.engine.errors import InvalidValue
from dolt_tui.engine.model import Editable, RowKey
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.dialogs.fields import Field, FieldsDialog
from dolt_tui.ui.present.text import Style, cell, join, sanitise
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.ui.flows.context import Context
    from dolt_tui.ui.main_view.table import TableView

_NULL = "\\N"
"""How NULL is typed, as in a paste."""
_EXPRESSION = re.compile(r"/(.+)/", re.DOTALL)


def check_find(text: str) -> None:
    """Raise `InvalidValue` for a regular expression that is none."""
    if (found := _EXPRESSION.fullmatch(text)) is not None:
        try:
            re.compile(found[1])
        except re.error as error:
            raise InvalidValue(f"This is not a regular expression: {error}.") from error


def replacement(column: str, find: str, put: str, now: dt.datetime | None = None) -> Replacement:
    """What was typed, as it is meant."""
    value = None if put == _NULL else put
    if (found := _EXPRESSION.fullmatch(find)) is not None:
        return Replacement(column, found[1], value, now=now, expression=True)
    return Replacement(column, find or None, value, now=now)


def ask_to_replace(
    context: Context, table: Editable, view: TableView, column: str, only: tuple[RowKey, ...] | None
) -> None:
    """Ask what to find and what to put there; ``only`` in some rows, else in all that are shown."""
    where = plural(len(only), "row") if only is not None else "the rows that are shown"
    body = [
        join(cell("Replace in "), cell(column, "accent bold"), cell(f" of {where}")),
        cell("/…/ is a regular expression; an empty line finds every value; NULL is written \\N.", Style.DIM),
    ]
    fields = [Field("Find", check_find, exact=True), Field("Replace with", lambda _: None, exact=True)]

    def typed(found: tuple[str, ...] | None) -> None:
        if found is None:
            return
        find, put = found
        wanted = replacement(column, find, put, context.session.clock.local().replace(tzinfo=None))
        draft, state = context.state.row_draft.draft, context.state
        work = partial(state.repository.edits.replace, state.branch, draft, table, wanted, view.wanted, only)
        context.look(f"count what is replaced in {column}", work, partial(_confirm, context, column))

    context.ask(FieldsDialog("Replace", body, fields, hint="count"), typed)


def _confirm(context: Context, column: str, found: Replaced) -> None:
    if not found.cells:
        context.tell("Nothing was found to replace.", "warning")
        return
    body = [
        join(cell(plural(found.cells, "cell"), Style.BOLD), cell(f" of {column} would change, in the draft.")),
        cell("Nothing is written until the draft is.", Style.DIM),
    ]

    def answered(letter: str | None) -> None:
        if letter == "g":
            context.session.drafts.change(found.draft)
            context.tell(f"Replaced in {plural(found.cells, 'cell')} of {sanitise(column)}")

    context.ask(ChoiceDialog("Replace", body, [Choice("g", "replace")], default="g", opener="r"), answered)
