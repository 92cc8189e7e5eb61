"""What the random trial is made of: a database with tables of every shape, other sessions that write, random input.

Everything is drawn from a seed, so a trial that failed can be run again; only the moments at which the other sessions'
changes arrive differ.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field

from dolt_tui.engine import open_repository
from dolt_tui.engine.connecting.target import ServerTarget, Target
from dolt_tui.engine.errors import EngineError
from dolt_tui.engine.repository import Repository
from dolt_tui.ui.actions.groups import command_set

DOLT_TABLES = {
    "plain": "id INT PRIMARY KEY, name VARCHAR(40), price DECIMAL(8,2), born DATE, a INT",
    "computed": "id INT PRIMARY KEY, v INT AS (a + 1), a INT",
    "kept": "id INT PRIMARY KEY, a INT, s INT AS (a * 2) STORED",
    "places": "id INT PRIMARY KEY, p POINT SRID 4326, a INT",
    "vectors": "id INT PRIMARY KEY, v VECTOR(3), a INT",
    "documents": "id INT PRIMARY KEY, d JSON, a INT",
    "flags": "id INT PRIMARY KEY, b BIT(64), e ENUM('x', 'y', 'z'), s SET('p', 'q'), a INT",
    "made_key": "a INT, k INT AS (a + 1) STORED PRIMARY KEY",
    "keyless": "a INT, t VARCHAR(20)",
    "composite": "a INT, t VARCHAR(20), m DATETIME(6), PRIMARY KEY (a, t)",
    "bytes": "id BINARY(16) PRIMARY KEY, data BLOB, a INT",
    "commit": "id INT PRIMARY KEY, `commit` TEXT, to_id INT, a INT",
}
"""Columns by table; every table has an integer column ``a`` that can be changed."""
DOLTLITE_TABLES = {
    "plain": "id INTEGER PRIMARY KEY, name TEXT, price NUMERIC, a INT",
    "computed": "id INTEGER PRIMARY KEY, v INT AS (a + 1), a INT",
    "kept": "id INTEGER PRIMARY KEY, a INT, s INT AS (a * 2) STORED",
    "documents": "id INTEGER PRIMARY KEY, d TEXT, a INT",
    "keyless": "a INT, t TEXT",
    "composite": "a INT, t TEXT, m TEXT, PRIMARY KEY (a, t)",
    "bytes": "id BLOB PRIMARY KEY, data BLOB, a INT",
    "commit": 'id INTEGER PRIMARY KEY, "commit" TEXT, to_id INT, a INT',
}

_DOLT_ROWS = {
    "plain": "INSERT INTO plain VALUES (?, 'Ann', 1.50, '2001-02-03', 1)",
    "computed": "INSERT INTO computed (id, a) VALUES (?, 1)",
    "kept": "INSERT INTO kept (id, a) VALUES (?, 1)",
    "places": "INSERT INTO places VALUES (?, ST_GeomFromText('POINT(1 2)', 4326), 1)",
    "vectors": "INSERT INTO vectors VALUES (?, STRING_TO_VECTOR('[1, 2, 3]'), 1)",
    "documents": """INSERT INTO documents VALUES (?, '{"a": [1, "x"]}', 1)""",
    "flags": "INSERT INTO flags VALUES (?, 3, 'x', 'p,q', 1)",
    "made_key": "INSERT INTO made_key (a) VALUES (?)",
    "keyless": "INSERT INTO keyless VALUES (?, 'same')",
    "composite": "INSERT INTO composite VALUES (?, 'x', '2001-02-03 04:05:06.789')",
    "bytes": "INSERT INTO bytes VALUES (UNHEX(LPAD(HEX(?), 32, '0')), x'00ff', 1)",
    "commit": "INSERT INTO `commit` VALUES (?, '[red]\\x1b[2J', 7, 1)",
}
_DOLTLITE_ROWS = {
    **{name: _DOLT_ROWS[name] for name in ("computed", "kept", "documents", "keyless")},
    "plain": "INSERT INTO plain VALUES (?, 'Ann', 1.5, 1)",
    "composite": "INSERT INTO composite VALUES (?, 'x', '2001-02-03')",
    "bytes": "INSERT INTO bytes VALUES (CAST(? AS BLOB), x'00ff', 1)",
    "commit": """INSERT INTO "commit" VALUES (?, '[red]', 7, 1)""",
}

PASTES = (
    "one line",
    "two\rlines",
    "\x1b[31mred\x1b[0m\x07",
    "1 = 1) OR (1 = 2",
    "name contains 'Ann' -- x",
    "日本語 👨‍👩‍👧‍👦 \u202eevil",
    "a" * 600,
    "",
)
KEYS = sorted(
    {
        *(key for command in command_set() for key in command.key.split(",") if key),
        *"abcdefghijklmnoprstuvwxyzABCDEFGHIJKLMNOPRSTUVWXYZ0123456789 '%-=",
        *("j", "k", "enter", "escape", "tab", "shift+tab", "down", "up", "left", "right", "pagedown", "pageup"),
        *("home", "end", "backspace", "delete", "ctrl+s", "ctrl+e", "shift+down", "shift+up", "f1", "f5", "ctrl+a"),
    }
    - {"q", "ctrl+q", "ctrl+z", "ctrl+c"}
)
"""All but what ends or suspends the program."""
SIZES = ((132, 38), (80, 24), (40, 10), (60, 18), (200, 50), (100, 30))


def fill(target: Target) -> None:
    """Make a database with tables of every shape, some history, branches, a tag, and uncommitted changes."""
    dolt = isinstance(target, ServerTarget)
    tables, inserts = (DOLT_TABLES, _DOLT_ROWS) if dolt else (DOLTLITE_TABLES, _DOLTLITE_ROWS)
    with open_repository(target) as repository:
        branch = repository.info.default_branch
        quote = ("`{}`" if dolt else '"{}"').format
        for name, columns in tables.items():
            repository.run(branch, [(f"CREATE TABLE {quote(name)} ({columns})", ())])
            repository.run(branch, [(inserts[name], (number,)) for number in range(1, 13)])
        for message in ("tables", "more rows", "changes"):
            repository.call(branch, "dolt_commit", "-A", "-m", message)
            repository.run(branch, [(f"UPDATE {quote(name)} SET a = a + 100", ()) for name in tables])
        repository.call(branch, "dolt_commit", "-A", "-m", "the last one")
        for other in ("side", "feature/x"):
            repository.refs.create_branch(branch, other, branch)
            repository.run(other, [(f"UPDATE {quote('plain')} SET name = 'Bea' WHERE id < 4", ())])
            repository.call(other, "dolt_commit", "-A", "-m", f"on {other}")
        repository.call(branch, "dolt_tag", "v1", branch)
        for name in tables:
            repository.run(branch, [(f"UPDATE {quote(name)} SET a = a + 1000 WHERE a % 2 = 0", ())])


@dataclass
class Writer:
    """Another session that writes until it is stopped; what the database refuses it is no failure."""

    target: Target
    seed: int
    refused: list[str] = field(default_factory=list)
    done: int = 0

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._random = random.Random(self.seed)
        self._thread = threading.Thread(target=self._run, name=f"writer {self.seed}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End it, and wait for that."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        with closing(open_repository(self.target)) as repository:
            while not self._stop.wait(self._random.uniform(0.02, 0.8)):
                try:
                    self._act(repository)
                    self.done += 1
                except EngineError as error:
                    self.refused.append(error.message)

    def _act(self, repository: Repository) -> None:
        draw = self._random
        dolt = isinstance(self.target, ServerTarget)
        quote = ("`{}`" if dolt else '"{}"').format
        main = repository.info.default_branch
        branch = draw.choice((main, main, main, "side"))
        table = draw.choice(sorted(DOLT_TABLES if dolt else DOLTLITE_TABLES))
        number = draw.randrange(1_000_000)
        run: tuple[Callable[[], object], ...] = (
            lambda: repository.run(branch, [(f"UPDATE {quote(table)} SET a = a + 1 WHERE a % 5 = {number % 5}", ())]),
            lambda: repository.run(branch, [((_DOLT_ROWS if dolt else _DOLTLITE_ROWS)[table], (number,))]),
            lambda: repository.run(branch, [(f"DELETE FROM {quote(table)} WHERE a % 11 = {number % 11}", ())]),
            lambda: repository.call(branch, "dolt_commit", "-A", "-m", f"by another session, {number}"),
            lambda: repository.working.stage_all(branch),
            lambda: repository.refs.create_branch(main, f"b{number % 7}", main),
            lambda: repository.refs.delete_branch(main, f"b{number % 7}", force=True, in_use=True),
            lambda: repository.run(branch, [(f"ALTER TABLE {quote(table)} ADD COLUMN c{number % 3} INT", ())]),
            lambda: repository.run(branch, [(f"ALTER TABLE {quote(table)} DROP COLUMN c{number % 3}", ())]),
            lambda: repository.run(branch, [(f"CREATE TABLE n{number % 3} (id INT PRIMARY KEY, a INT)", ())]),
            lambda: repository.run(branch, [(f"DROP TABLE n{number % 3}", ())]),
        )
        draw.choices(run, weights=(6, 4, 2, 3, 1, 2, 1, 1, 1, 1, 1))[0]()
