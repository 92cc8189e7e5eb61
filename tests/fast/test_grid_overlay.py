"""Changes that are shown over the rows of a grid: rows stay where they are, others come between them, and go again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from dolt_tui.ui.present.grid_rows import Column, Count, ListSource, PageOf, Request, Row
from dolt_tui.ui.present.text import cell
from dolt_tui.ui.widgets.grid_columns import Columns

from .test_grid_model import Screen, numbered


class Marks:
    """An overlay: these rows have a sign, and after some there are others; after ``None`` those at the end."""

    def __init__(self, signs: Sequence[str] = (), after: Sequence[str | None] = ()) -> None:
        self._signs, self._after = signs, after

    @property
    def extra(self) -> int:
        return len(self._after)

    def over(self, rows: Sequence[Row], last: bool) -> tuple[Row, ...]:
        found: list[Row] = []
        for row in rows:
            found.append(replace(row, sign=cell("~"), base=row) if row.key in self._signs else row)
            found += self._extra(str(row.key))
        return (*found, *(self._extra(None) if last else ()))

    def _extra(self, key: str | None) -> list[Row]:
        return [Row(("new", at), (cell("new"),), extra=True) for at, after in enumerate(self._after) if after == key]


class Paged(ListSource):
    """Rows by pages, to and fro by cursors only, as those of a table are."""

    def __init__(self, number: int, page_size: int = 7) -> None:
        super().__init__((Column("name"),), numbered(number), page_size)
        self.offsets = False

    def fetch(self, request: Request) -> PageOf:
        page = super().fetch(request)
        return replace(page, before=page.before or None)

    def count(self) -> Count | None:
        return Count(len(self.rows), True)


def shown(rows: Sequence[Row], overlay: Marks | None) -> list[object]:
    return [row.key for row in (rows if overlay is None else overlay.over(rows, True))]


numbers = st.lists(st.integers(0, 39).map(str), max_size=5)
overlays = st.one_of(
    st.none(), st.builds(Marks, numbers, st.lists(st.integers(0, 39).map(str) | st.none(), max_size=4))
)
MOVES = ("down", "end", "home", "page")


@given(
    st.integers(40, 60),
    st.lists(st.tuples(st.sampled_from(MOVES), st.integers(1, 9)) | overlays, max_size=12),
    overlays,
    st.booleans(),
)
def test_whatever_is_laid_over_the_lines_are_those_of_the_rows_and_the_cursor_stays(
    number: int, steps: Sequence[object], last: Marks | None, paged: bool
) -> None:
    screen = Screen(height=6)
    model, source = screen.model, Paged(number)
    if paged:
        model.show(source)
    else:
        model.set_rows(source.rows)
    screen.answer()
    for step in (*steps, last):
        if isinstance(step, tuple):
            move, times = step
            for _ in range(times if move == "down" else 1):
                model.page(1) if move == "page" else getattr(model, move)()
                screen.answer()
            continue
        assert step is None or isinstance(step, Marks)
        before = model.current
        model.cover(step)
        screen.answer()
        if before is not None and not before.extra:
            assert model.current is not None
            assert model.current.key == before.key
            assert (model.current.sign != ()) == (step is not None and before.key in step._signs)
    model.home()
    screen.answer()
    found = []
    for line in range(len(shown(source.rows, last))):
        model.move_to(line)
        screen.answer()
        row = model.row(line)
        found.append(row.key if row is not None else None)
    assert found == shown(source.rows, last)
    assert model.total == len(found)


def test_the_sign_has_room_before_the_first_column_only_where_there_are_signs() -> None:
    columns = Columns((Column("id"), Column("name")))
    plain = columns.layout(20)
    columns.signs = True
    signed = columns.layout(20)
    assert [placed.x for placed in plain.placed] == [1, 5]
    assert [placed.x for placed in signed.placed] == [3, 7]
