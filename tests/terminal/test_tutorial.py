"""The database of the getting-started tutorial's own script, on a server started as the tutorial says.

`script` runs the tutorial's statements with plain SQLAlchemy, and nothing of this project; what it would print is
what the program has to show, while the script goes on and after its end.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pymysql
import pytest
import sqlalchemy as sa

from dolt_tui.engine.connecting.private_server import free_port

from ..tutorial_script import script

if TYPE_CHECKING:
    from tests.terminal.conftest import Open

DATABASE = "sql_alchemy_big_demo"
PLAIN = str.maketrans("іаеорсІАЕО", "iaeopcIAEO")
"""``dolt init --fun`` writes its commit's message with some look-alike letters, each time others."""


def url(port: int) -> sa.URL:
    """Where the script runs."""
    return sa.make_url(f"mysql+pymysql://root@127.0.0.1:{port}/{DATABASE}")


@pytest.fixture
def directory(tmp_path: Path, binary_of_version: Path) -> Path:
    """What the tutorial makes with ``dolt init --fun``."""
    path = tmp_path / DATABASE
    path.mkdir()
    subprocess.run([binary_of_version, "init", "--fun"], cwd=path, check=True, capture_output=True)
    return path


@pytest.fixture
def port(directory: Path, binary_of_version: Path, until: Callable[..., Any]) -> Iterator[int]:
    """The port of ``dolt sql-server``, started there as anybody would."""
    number = free_port()
    environment = {name: value for name, value in os.environ.items() if name != "DOLT_ROOT_PASSWORD"}
    command = [str(binary_of_version), "sql-server", "-H", "127.0.0.1", "-P", str(number)]
    with subprocess.Popen(
        command, cwd=directory, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:

        def answers() -> bool:
            assert server.poll() is None
            try:
                pymysql.connect(host="127.0.0.1", port=number, user="root", ssl_disabled=True).close()
            except pymysql.OperationalError:
                return False
            return True

        until(answers, 30)
        yield number
        server.terminate()
        server.wait(20)


def summary(screen: str) -> list[str]:
    """The rows of the Team Summary on the screen, as the tutorial prints them."""
    below = screen[screen.index("5 Team Summary") :]
    found = []
    for line in below.split("\n"):
        cells = [cell.strip(" │▆▇█▁▂▃▄▅") for cell in line.rpartition("││")[2].split("│")]
        cells = [cell for cell in cells if cell]
        if len(cells) >= 3 and cells[0] in ("Engineering", "Sales"):
            date = " ".join(cell for cell in cells[3:] if re.fullmatch(r"\d{4}-\d\d-\d\d", cell))
            found.append(f"{cells[0]}: {cells[2]} {cells[1]} {date}".strip())
    return found


@pytest.mark.parametrize("dolt_version", ["2.2", pytest.param("1.86", marks=pytest.mark.long)], indirect=True)
def test_the_script_while_one_looks(terminal: Open, port: int) -> None:
    """The screen follows the script by itself, from the empty database to the last merge."""
    steps = script(url(port))
    user = terminal(f"mysql+pymysql://root@127.0.0.1:{port}/{DATABASE}", size=(132, 50))
    user.until("⎇ main", "No tables yet.", "clean")
    assert next(steps) == "created"
    user.until("A employees", "A employees_teams", "A teams", "3 tables changed")
    assert next(steps) == "inserted"
    user.until("M employees", "+4", "+5", "Fitzgerald", "Created tables")
    assert sorted(summary(user.text)) == sorted(
        [
            "Engineering: Tim Sehn",
            "Engineering: Brian Hendriks",
            "Engineering: Aaron Son",
            "Sales: Tim Sehn",
            "Sales: Brian Fitzgerald",
        ]
    )
    assert next(steps) == "dropped"
    user.until("D employees_teams", "1 table changed", "Inserted data into")
    assert next(steps) == "reset"
    user.until("clean", "Sales", without=("D employees_teams",))
    assert next(steps) == "data modified"
    user.until("modify_data")
    user.type("2j ")
    user.until("⎇ modify_data", "2 tables changed", "Timothy", "Daylon")
    user.type("1")
    user.until("Tim Timothy", "Wilkins", "~1 +1")  # the old cell before the new one
    user.type("j")
    user.until("0 employees_teams", "+1 −1")
    assert next(steps) == "schema modified"
    user.until("modify_schema")
    user.type("2> ")
    user.until("⎇ modify_schema", "1 table changed", "start_date")
    user.type("1")
    text = user.until("0 employees", "ADD", "∅ 2018-08-06", "∅ 2021-04-19", "~4")
    assert text.count("∅ 2018-08-06") == 3
    assert next(steps) == "merged"
    user.until("clean", "Modified schema")
    user.type("2< ")
    user.until("⎇ main", "Merge branch", "Timothy")
    user.type("q")
    assert user.end() == 0


@pytest.mark.parametrize(
    ("dolt_version", "by"),
    [
        ("2.2", "directory"),
        pytest.param("1.86", "url", marks=pytest.mark.long),
        pytest.param("2.2", "url", marks=pytest.mark.long),
        pytest.param("1.86", "directory", marks=pytest.mark.long),
    ],
    indirect=["dolt_version"],
)
def test_what_the_script_leaves(terminal: Open, port: int, directory: Path, by: str) -> None:
    assert list(script(url(port)))[-1] == "merged"
    target = f"mysql+pymysql://root@127.0.0.1:{port}/{DATABASE}" if by == "url" else str(directory)
    user = terminal(target, size=(132, 50))
    screen = user.until("⎇ main", "clean", "2021-04-19", "6 commits")
    log = screen[screen.index("3 Log") : screen.index("4 Tables")].translate(PLAIN).split("\n")[1:7]
    messages = ("Merge branch", "Modif", "Modif", "Inserted data", "Created tables", "Initialize data")
    shown = zip(log, messages, strict=True)
    assert all(message in line for line, message in shown), screen
    assert sorted(summary(screen)) == sorted(
        [
            "Engineering: Timothy Sehn 2018-08-06",
            "Engineering: Brian Hendriks 2018-08-06",
            "Engineering: Aaron Son 2018-08-06",
            "Engineering: Daylon Wilkins",
            "Sales: Brian Fitzgerald 2021-04-19",
        ]
    )
    user.type("3")
    user.until("Merge branch 'modify_schema' into main", "author root")
    user.type(">")
    assert "Initialize data repository" in user.until("The first commit").translate(PLAIN)
    user.type("q")
    assert user.end() == 0
    # A server that is somebody else's goes on.
    pymysql.connect(host="127.0.0.1", port=port, user="root", ssl_disabled=True).close()
