"""Following foreign keys: from a cell to the row that it refers to, and what that row is called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from dolt_tui.engine.model import ABSENT, ForeignKey, Found, Value
from dolt_tui.ui.main_view.pages import match_of
from dolt_tui.ui.main_view.table import TableView
from dolt_tui.ui.main_view.view import revision_label
from dolt_tui.ui.present.references import called_cell
from dolt_tui.ui.present.text import plain, value_cell

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.flows.context import Context
    from dolt_tui.ui.main_view.view import Record
    from dolt_tui.ui.panes.main import MainPane
    from dolt_tui.ui.present.text import Cell

_LANE = "keys"
"""Which foreign keys there are is read in a lane of its own, where the latest question wins."""
_NAMES_LANE = "key names"
"""What the rows are called to which they lead, in another one: both are asked for when a record is shown again."""
_WORD_MOST = 14
"""Characters of a value in the footer."""


class Link:
    """A foreign key, as a row has it."""

    def __init__(self, key: ForeignKey, values: tuple[Value, ...], revision: str | None) -> None:
        self.key, self.values, self.revision = key, values, revision

    @property
    def refers(self) -> bool:
        """Whether it refers to a row: where a column is NULL it does not."""
        return all(value is not None and value is not ABSENT for value in self.values)

    @property
    def word(self) -> str:
        """What the footer says: ``employees 7``."""
        values = " ".join(short(value) for value in self.values)
        return f"{self.key.referred} {values}" if len(values) <= _WORD_MOST else f"follow to {self.key.referred}"

    @property
    def target(self) -> str:
        """The row, for people."""
        return f"{self.key.referred} {', '.join(map(short, self.values))}"


def short(value: Value) -> str:
    """A value of a key, in words."""
    return plain(value_cell(value, limit=40))


def values_of(key: ForeignKey, columns: Sequence[tuple[str, str]], values: Sequence[Value]) -> tuple[Value, ...] | None:
    """The values of a key's columns in a row; None where one of them is not there."""
    known = {name.lower(): value for (name, _), value in zip(columns, values, strict=True)}
    names = [name.lower() for name in key.columns]
    return tuple(known[name] for name in names) if all(name in known for name in names) else None


def at_cursor(main: MainPane) -> tuple[str, str | None] | None:
    """The table and the revision whose foreign keys the row under the cursor has; None where it has none."""
    loaded, row = main.loaded, main.grid.cursor_row
    if loaded is None or row is None or not loaded.has_keys or main.record is None:
        return None
    return loaded.view.about, loaded.at(row)


def link_at(main: MainPane) -> Link | None:
    """The foreign key of the cell under the cursor, as far as its table's keys are known."""
    place, record, position = at_cursor(main), main.record, main.column
    if place is None or record is None or position is None:
        return None
    name, shown = record.columns[position][0].lower(), main.shown_values
    assert shown is not None
    for key in main.keys.get(place, ()):
        if name in (column.lower() for column in key.columns):
            values = values_of(key, record.columns, shown)
            return None if values is None else Link(key, values, place[1])
    return None


def look_at_keys(context: Context, main: MainPane) -> None:
    """Find out in the background which foreign keys the rows have that are shown, for the footer."""
    place = at_cursor(main)
    if place is None or place in main.keys:
        return
    repository, branch, (table, revision) = context.state.repository, context.state.branch, place

    def found(keys: tuple[ForeignKey, ...]) -> None:
        main.learn_keys(place, keys)

    context.session.jobs.run(
        _LANE, "", lambda: repository.references.of(branch, table, revision), found, context.session.ignore
    )


def with_link(context: Context, main: MainPane, then: Callable[[Link | None], None]) -> None:
    """Go on with the foreign key of the cell under the cursor, or with None; asked first where it is not known."""
    place = at_cursor(main)
    if place is None or place in main.keys or main.column is None:
        then(link_at(main))
        return
    repository, branch, (table, revision) = context.state.repository, context.state.branch, place

    def found(keys: tuple[ForeignKey, ...]) -> None:
        main.learn_keys(place, keys)
        then(link_at(main))

    context.look(f"find the foreign keys of {table}", lambda: repository.references.of(branch, table, revision), found)


def follow(context: Context, link: Link) -> None:
    """Go to the row that a key refers to, among the rows of its table."""
    repository, branch, revision = context.state.repository, context.state.branch, link.revision
    key = link.key
    known = (one.name for one in context.state.tables if one.name.lower() == key.referred.lower())
    table = next(known, key.referred)

    def found(row: Found | None) -> None:
        if row is None:
            at = f" at {revision_label(revision)}" if revision is not None else ""
            context.tell(f"There is no {link.target}{at}: the key refers to a row that is not there.", "warning")
            return
        context.follow_key(TableView(table, revision=revision), match_of(row), key.referred_columns[0])

    context.look(
        f"find {link.target}", lambda: repository.references.locate(branch, (key, link.values), revision), found
    )


def name_rows(context: Context, main: MainPane) -> None:
    """Find out in the background what the rows are called to which the record's keys refer."""
    place, record = at_cursor(main), main.record
    if place is None or record is None:
        return
    loaded = main.loaded
    assert loaded is not None
    before = loaded.before(main.grid.cursor_row) if main.grid.cursor_row is not None else None
    repository, branch = context.state.repository, context.state.branch

    def work() -> tuple[tuple[ForeignKey, ...], dict[int, Cell]]:
        keys = repository.references.of(branch, *place)
        return keys, _called(repository, branch, keys, record, place[1], before)

    def found(answer: tuple[tuple[ForeignKey, ...], dict[int, Cell]]) -> None:
        keys, called = answer
        main.learn_keys(place, keys)
        if main.card.is_open and main.card.record == record:
            names = {name.lower() for key in keys for name in key.columns}
            refer = frozenset(at for at, (name, _) in enumerate(record.columns) if name.lower() in names)
            main.card.name(called, refer)

    context.session.jobs.run(_NAMES_LANE, "", work, found, context.session.ignore)


def _called(
    repository: Repository,
    branch: str,
    keys: Sequence[ForeignKey],
    record: Record,
    revision: str | None,
    before: str | None,
) -> dict[int, Cell]:
    """What is told behind the last column of each key. Blocks."""
    now: dict[ForeignKey, tuple[Value, ...]] = {}
    was: dict[ForeignKey, tuple[Value, ...]] = {}
    for key in keys:
        values = values_of(key, record.columns, record.values)
        if values is not None:
            now[key] = values
        old = values_of(key, record.columns, record.old) if record.old is not None else None
        if old is not None and old != values:
            was[key] = old
    names = repository.references.names(branch, list(now.items()), revision) if now else {}
    earlier = repository.references.names(branch, list(was.items()), before) if was else {}
    positions = {name.lower(): at for at, (name, _) in enumerate(record.columns)}
    called: dict[int, Cell] = {}
    for key, values in now.items():
        if any(value is None or value is ABSENT for value in values):
            continue
        at = max(positions[name.lower()] for name in key.columns)
        one = (key, values)
        missing = one in names and names[one] is None
        old_name = earlier.get((key, was[key])) if key in was else None
        called[at] = called_cell(key.referred, (old_name, names.get(one)), missing=missing)
    return called
