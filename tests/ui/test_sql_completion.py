"""The list of what may come next: it follows what is typed, never holds it up, and stays on the screen."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from dolt_tui.engine.console.completion import Completion, complete
from dolt_tui.engine.console.completion_catalogue import Catalogue, Column, Kind, Relation
from dolt_tui.engine.model import SqlStyle
from dolt_tui.ui.panes.statement_bar import StatementBar

from .test_sql_editor import Editing, editing

if TYPE_CHECKING:
    from dolt_tui.engine.connecting.target import Target

    from .conftest import Drive

COLUMNS = ("id", "name", "city", "segment", "\x1b[31m odd `\u202ename")
NAMES = Catalogue(
    SqlStyle.MYSQL,
    "shop",
    [Relation("customers", Kind.TABLE, tuple(Column(name, "varchar(80)", name == "id") for name in COLUMNS))],
    ["main"],
)


def with_names(text: str, offset: int) -> Completion:
    return complete(text, offset, NAMES)


async def listed(app: Editing, condition: Callable[[], object]) -> list[str]:
    """The lines of the screen once the list is as it should be."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.001)
        await app.rest()
    await app.rest()
    return app.lines()


async def test_the_list_follows_what_is_typed() -> None:
    async with editing(80, 24, with_names) as app:
        editor = app.editor
        await app.paste("SELECT * FROM customers c\nWHERE c.")
        assert not editor.is_completing
        await app.press("n")
        lines = await listed(app, lambda: editor.is_completing)
        assert lines[1].startswith(" 2   WHERE c.name")  # the rest of what is selected
        assert lines[2].startswith("         ╭")
        assert lines[3].startswith("         │ ▪ name ")
        assert lines[3].rstrip().endswith("varchar(80)  column │")
        assert lines[6].rstrip().endswith("tab complete · esc close ─╯")
        assert editor.text.endswith("WHERE c.n")
        assert {look.split()[1] for look in app.looks("n")} == {"True"}  # bold, as it was typed

        # esc closes the list first, and only then goes on to the screen.
        await app.press("escape")
        assert not editor.is_completing
        await app.press("escape")
        assert app.seen == ["escape"]

        # tab takes the first; what is typed ahead of the answer is not lost.
        await app.press("a", "tab")
        await listed(app, lambda: editor.text.endswith("c.name"))
        await app.press("ctrl+z")
        assert editor.text.endswith("c.na")

        # enter is a new line, unless the selection was moved.
        await app.press("backspace", "backspace", "ctrl+@")
        await listed(app, lambda: editor.is_completing)
        await app.press("enter")
        assert editor.text.endswith("c.\n")
        assert not editor.is_completing
        await app.press("backspace", "ctrl+@")
        await listed(app, lambda: editor.is_completing)
        await app.press("down", "down", "up", "down", "enter")
        assert editor.text.endswith("c.city")
        await app.press("space", "left", "left", "ctrl+@")
        await listed(app, lambda: editor.is_completing)
        await app.press("left")  # out of the word
        assert not editor.is_completing

        # Behind nothing that could be a name, tab indents.
        editor.replace_all("SELECT 1,\n")
        await app.press("tab", "2")
        assert editor.text == "SELECT 1,\n    2"


async def test_it_stays_on_the_screen_and_harmless() -> None:
    async with editing(40, 12, with_names) as app:
        editor = app.editor
        await app.paste("\n" * 8 + " " * 25 + "select * from customers where customers.")
        await app.press("ctrl+@")
        lines = await listed(app, lambda: editor.is_completing)  # `lines` checks the widths of what is drawn
        top = next(at for at, line in enumerate(lines) if "╭" in line)
        assert lines[top + 6].rstrip().endswith("╯")  # above the cursor, which is on the last line
        assert any("␛[31m odd" in line for line in lines)
        await app.press("up", "tab")
        assert editor.text.endswith("customers.`\x1b[31m odd ``\u202ename`")
        app.lines()
        await app.press("enter", "c")
        await listed(app, lambda: editor.is_completing)
        app.line.focus()
        await app.rest()
        assert not editor.is_completing
        await app.press("s", "e", "l", "tab", "tab")
        await listed(app, lambda: app.line.text == "select")


async def test_it_is_where_its_word_is_also_far_down_in_a_long_text() -> None:
    async with editing(80, 24, with_names) as app:
        editor = app.editor
        filler = "INSERT INTO t VALUES (1, 'some text that makes lines long');\n" * 10_000
        await app.paste(filler + "SELECT * FROM customers WHERE \n" + filler)
        editor.move_cursor((10_000, 30))
        await app.press("s")
        lines = await listed(app, lambda: editor.is_completing)
        row = next(at for at, line in enumerate(lines) if "WHERE segment" in line)
        beside = lines[row + 1] if "╭" in lines[row + 1] else lines[row - 1]
        assert "╭" in beside or "╰" in beside
        editor.scroll_relative(y=-2, animate=False)
        await app.rest()
        moved = app.lines()
        assert next(at for at, line in enumerate(moved) if "WHERE segment" in line) == row + 2
        assert "╭" in moved[row + 3] or "╰" in moved[row + 1]  # it went with its word
        x, y = next((line.index("segment"), at) for at, line in enumerate(moved) if "▪ segment" in line)
        await app.click(x, y)
        assert editor.document[10_000] == "SELECT * FROM customers WHERE segment"
        assert editor.text.startswith(filler)
        assert editor.text.endswith(filler)
        assert editor.has_focus
        await app.press("x")
        await listed(app, lambda: not editor.is_completing)
        await app.press("backspace", "ctrl+@")
        await listed(app, lambda: editor.is_completing)
        editor.scroll_relative(y=40, animate=False)
        await app.rest()
        assert not editor.is_completing


async def test_a_slow_answer_is_in_nobodys_way_and_the_latest_question_wins() -> None:
    asked: list[str] = []
    go_on = threading.Event()

    def slowly(text: str, offset: int) -> Completion:
        asked.append(text)
        go_on.wait(20)
        return with_names(text, offset)

    async with editing(80, 24, slowly) as app:
        await app.press("s")
        await listed(app, lambda: asked)
        begun = time.perf_counter()
        await app.press("e", "l", "e")
        assert app.editor.text == "sele"
        assert time.perf_counter() - begun < 5
        assert asked == ["s"]
        go_on.set()
        await listed(app, lambda: app.editor.is_completing)
        assert asked == ["s", "sele"]
        go_on.clear()
        await app.press("c")
        await app.press("escape")  # it is not to come any more
        assert app.seen == []
        go_on.set()
        await listed(app, lambda: len(asked) == 3)
        await app.press("end")
        assert not app.editor.is_completing


async def test_an_answer_that_fails_is_none() -> None:
    def wrong(text: str, offset: int) -> Completion:
        raise LookupError

    async with editing(80, 24, wrong) as app:
        await app.press("s", "e")
        assert not app.editor.is_completing
        assert app.editor.text == "se"


async def test_names_of_the_branch_in_the_console_and_in_the_line(either: Target, drive: Drive) -> None:
    async with drive(either) as user:
        await user.press("ctrl+e")
        await user.settle()  # the names are there
        editor = user.workspace.panes.console.editor
        await user.type("SELECT first_name FROM empl")
        await user.until(lambda: editor.is_completing)
        assert "employees_teams" in user.screen
        await user.press("down", "up", "enter")
        assert editor.text == "SELECT first_name FROM employees"
        await user.type(" WHERE last_n")
        await user.until(lambda: editor.is_completing)
        await user.press("f5")
        assert not editor.is_completing
        assert editor.text.endswith("WHERE last_n")
        await user.press("ctrl+l")
        await user.type("SELECT dolt_hashof('modi")
        await user.until(lambda: editor.is_completing)
        await user.press("tab")
        assert editor.text.endswith("'modify_data")
        await user.press("escape", "colon")
        await user.type("select * from teams where na")
        line = user.workspace.query_one(StatementBar).editor
        await user.until(lambda: line.is_completing)
        assert "▪ name" in user.screen
        await user.press("tab")
        assert line.text.endswith("where name")
        await user.press("escape")
