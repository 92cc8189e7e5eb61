"""The grid of a record: the cursor is on an entry, which may have several lines, or more than the screen."""

from __future__ import annotations

from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import cell
from dolt_tui.ui.widgets.record_grid import RecordGrid

from .grid_app import GridApp
from .test_grid import backgrounds


async def test_up_and_down_go_by_entries_and_through_a_long_one() -> None:
    sizes = {0: 1, 1: 2, 2: 12, 3: 3}
    grid = RecordGrid(show_header=False)
    rows = [Row((entry, at), (cell(f"{entry}.{at}"),)) for entry, size in sizes.items() for at in range(size)]
    grid.set_rows(rows, [Column("value")])
    app = GridApp(grid)

    def seen() -> tuple[object, str, str]:
        lines = [line.split()[0] for line in app.lines()]
        return grid.entry, lines[0], lines[-1]

    async with app.run_test(size=(20, 5)):
        assert seen() == (0, "0.0", "2.1")
        await app.type("j")
        assert seen() == (1, "0.0", "2.1")
        assert len(set(map(str, backgrounds(app)[1:3]))) == 1  # both of its lines
        assert str(backgrounds(app)[1]) != str(backgrounds(app)[0])
        await app.type("j")
        assert seen() == (2, "2.0", "2.4")  # from its beginning on
        await app.type(*"jjjjjjj")
        assert seen() == (2, "2.7", "2.11")
        await app.type("j")
        assert seen() == (3, "2.10", "3.2")  # the whole of it
        await app.type("j", "k")
        assert seen() == (2, "2.10", "3.2")
        await app.type(*"kkkkkkkkkk")
        assert seen() == (2, "2.0", "2.4")
        await app.type("k")
        assert seen() == (1, "1.0", "2.2")
        assert grid.go_to_entry(3)
        await app.rest()
        assert seen() == (3, "2.10", "3.2")
        assert not grid.go_to_entry(9)
