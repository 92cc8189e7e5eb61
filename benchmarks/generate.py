"""Large Dolt databases, built over SQL on a private server and kept between runs.

    big      one table of 1,000,000 rows and 8 mixed columns; 120,000 of them differ on the branch ``changed``
             (committed) and on ``work_large`` (not committed), 1,000 on ``work_small`` (not committed)
    hundred  the same with 100 rows that all differ, and a log of 100 commits
    history  10,000 commits, one in twenty of them a merge
    wide     10,000 commits, 1,000 branches, 200 tags, 500 tables of which 50 are changed in the working set

Everything depends on the sizes only; commits carry fixed dates, so that even their hashes are the same each time.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pymysql

from dolt_tui.engine.connecting.target import ConnectArguments

EPOCH = dt.datetime(2020, 1, 1)
AUTHORS = ("Ada Byron", "Grace Hopper", "Edgar Codd", "Barbara Liskov", "Jim Gray", "Zoë Ångström", "李 明")
WORDS = ("alpha", "bravo", "delta", "gamma", "kappa", "lambda", "omega", "sigma", "theta", "zeta")
BATCH = 5000
MADE = "made.json"


@dataclass(frozen=True)
class Sizes:
    """How large the databases are."""

    rows: int = 1_000_000
    commits: int = 10_000
    branches: int = 1_000
    tags: int = 200
    tables: int = 500

    def scaled(self, factor: float) -> Sizes:
        """Smaller ones, for trying things out; still larger than a page each."""
        if factor == 1:
            return self
        scaled = {name: max(int(value * factor), 20) for name, value in asdict(self).items()}
        return Sizes(**{**scaled, "rows": max(scaled["rows"], 10_000), "commits": max(scaled["commits"], 300)})

    @property
    def changed(self) -> int:
        """The changed rows of the large change: modified, removed and added ones."""
        return self.rows // 10 + 2 * (self.rows // 100)


class Builder:
    """One connection that builds databases."""

    def __init__(self, connection: pymysql.Connection[Any]) -> None:
        self._connection = connection
        self._database = ""
        self._number = 0

    def run(self, sql: str, *values: object) -> tuple[Any, ...]:
        """Execute a statement; its rows."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql, values or None)
            rows = tuple(cursor.fetchall())
            while cursor.nextset():
                pass
        return rows

    def fresh(self, database: str) -> None:
        """An empty database, the first commit of which is dated too."""
        self._database, self._number = database, 0
        self.run(f"DROP DATABASE IF EXISTS `{database}`")
        self.run(f"CREATE DATABASE `{database}`")
        self.use()
        self._commit("--amend", "--allow-empty", "-m", "Initialize data repository")

    def use(self, branch: str | None = None) -> None:
        """Stand on a branch; by USE, which leaves no hidden state on the connection."""
        self.run(f"USE `{self._database}/{branch}`" if branch else f"USE `{self._database}`")

    def commit(self, message: str) -> str:
        """Commit everything."""
        return self._commit("-Am", message)

    def _commit(self, *arguments: str) -> str:
        values = (*arguments, "--author", self._author, "--date", self._date)
        self._number += 1
        return str(self.run(f"CALL dolt_commit({', '.join(['%s'] * len(values))})", *values)[0][0])

    def merge(self, source: str, message: str) -> None:
        """Merge a branch; session variables date the commit, as dolt_merge() takes no date."""
        dates = "SET @@dolt_author_date = %s, @@dolt_committer_date = %s"
        self.run(dates, self._date, self._date)
        self.run("CALL dolt_merge(%s, '-m', %s, '--author', %s)", source, message, self._author)
        self.run(dates, "", "")
        self._number += 1

    def branch(self, name: str, start: str = "main") -> None:
        self.run("CALL dolt_branch('-f', %s, %s)", name, start)

    def insert(self, table: str, rows: Iterator[str]) -> None:
        """Insert ready-made tuples, many in a statement."""
        batch: list[str] = []
        for row in rows:
            batch.append(row)
            if len(batch) == BATCH:
                self.run(f"INSERT INTO `{table}` VALUES {','.join(batch)}")
                batch.clear()
        if batch:
            self.run(f"INSERT INTO `{table}` VALUES {','.join(batch)}")

    @property
    def _author(self) -> str:
        name = AUTHORS[self._number * self._number % len(AUTHORS)]
        return f"{name} <author{self._number % len(AUTHORS)}@example.com>"

    @property
    def _date(self) -> str:
        return (EPOCH + dt.timedelta(minutes=37 * self._number)).strftime("%Y-%m-%dT%H:%M:%S")


# rows

_TABLE = """CREATE TABLE big (
  id INT PRIMARY KEY, sku VARCHAR(20) NOT NULL, name VARCHAR(64), price DECIMAL(12,2), made_at DATETIME,
  meta JSON, note TEXT, active BOOLEAN, KEY by_sku (sku))"""


def _row(i: int) -> str:
    note = "NULL" if i % 5 == 0 else repr(f"note {i} " + "lorem ipsum " * (i % 6))
    meta = f'{{"tags": ["{WORDS[i % 7]}", "{WORDS[i % 9]}"], "size": {{"w": {i % 50}, "h": {i % 31}}}}}'
    return (
        f"({i},'SKU-{i * 7919 % 1_000_003:07d}','{WORDS[i % 10]} {WORDS[i // 10 % 10]} {i}',"
        f"{i * 37 % 100_000 / 100:.2f},'{EPOCH + dt.timedelta(minutes=i)}','{meta}',{note},{i % 3 == 0})"
    )


def big(build: Builder, sizes: Sizes) -> None:
    """A large table and large changes of it."""
    rows = sizes.rows
    build.run(_TABLE)
    build.insert("big", (_row(i) for i in range(1, rows + 1)))
    build.commit(f"Load {rows} rows")
    change = "UPDATE big SET price = price + 0.5, note = CONCAT('changed ', id) WHERE id % {} = 3"
    for branch in ("work_small", "work_large", "changed"):
        build.branch(branch)
        build.use(branch)
        build.run(change.format(1000 if branch == "work_small" else 10))
        if branch != "work_small":
            build.run("DELETE FROM big WHERE id % 100 = 7")
            build.insert("big", (_row(i) for i in range(rows + 1, rows + rows // 100 + 1)))
    build.commit("Large change")
    build.use()


def hundred(build: Builder, sizes: Sizes) -> None:
    """The same, small: 100 rows, 100 changes, 100 commits."""
    build.run(_TABLE)
    build.insert("big", (_row(i) for i in range(1, 101)))
    build.commit("Load 100 rows")
    for number in range(97):
        build.run("UPDATE big SET price = price + 1 WHERE id = %s", number + 1)
        build.commit(f"Step {number}: {WORDS[number % 10]}")
    for branch in ("work_large", "changed"):
        build.branch(branch)
        build.use(branch)
        build.run("UPDATE big SET price = price + 0.5, note = CONCAT('changed ', id) WHERE id % 10 <> 7")
        build.run("DELETE FROM big WHERE id % 10 = 7")
    build.commit("Large change")
    build.use()


# commits


def history(build: Builder, sizes: Sizes) -> None:
    """A long log."""
    build.run("CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40), qty INT, note VARCHAR(200))")
    build.insert("item", (f"({i},'{WORDS[i % 10]} {i}',0,NULL)" for i in range(100)))
    build.commit("Create tables")
    number = 2

    def step(low: int, span: int) -> None:
        nonlocal number
        row = low + number * 7 % span
        build.run("UPDATE item SET qty = qty + 1, note = %s WHERE id = %s", f"step {number}", row)
        body = f"\n\nLonger explanation of step {number}.\nSecond line." if number % 11 == 0 else ""
        build.commit(f"Step {number}: {WORDS[number % 10]} row {row}{body}")
        number += 1

    while number < sizes.commits:
        if number % 20 == 0 and number + 4 < sizes.commits:
            build.branch("side")
            build.use("side")
            step(50, 50)
            step(50, 50)
            build.use()
            step(0, 50)
            build.merge("side", f"Merge side at {number}")
            number += 1
        else:
            step(0, 100)
    build.run("CALL dolt_branch('-D', '-f', 'side')")


def wide(build: Builder, sizes: Sizes) -> None:
    """Many of everything but rows."""
    history(build, sizes)
    for i in range(sizes.tables - 1):
        build.run(f"CREATE TABLE t{i:04d} (id INT PRIMARY KEY, name VARCHAR(40), v INT, KEY (v))")
        build.insert(f"t{i:04d}", (f"({r},'row {r}',{r * i % 97})" for r in range(20)))
    build.commit(f"Create {sizes.tables - 1} tables")
    hashes = [row[0] for row in build.run("SELECT commit_hash FROM dolt_log ORDER BY commit_order DESC")]
    for i in range(sizes.branches - 1):
        name = f"{('feature', 'fix', 'user')[i % 3]}/{WORDS[i % 10]}-{i:04d}"
        build.branch(name, hashes[i * 31 % len(hashes)])
        if i % 20 < 2:  # one in twenty is ahead by a commit, another one has uncommitted changes
            build.use(name)
            build.run("UPDATE item SET note = %s WHERE id = 1", name)
            if i % 20 == 0:
                build.commit(f"Work on {name}")
            build.use()
    for i in range(sizes.tags):
        start = hashes[i * 4 % len(hashes)]
        build.run("CALL dolt_tag(%s, %s, '-m', %s)", f"v{i // 10}.{i % 10}", start, f"Release {i}")
    changed = max(sizes.tables // 10, 1)
    for n in range(changed):
        table = f"t{n * (sizes.tables - 1) // changed:04d}"
        build.run(f"UPDATE {table} SET v = v + 1 WHERE id < 5")
        if n < changed // 5:
            build.run("CALL dolt_add(%s)", table)


SCENARIOS: dict[str, tuple[Callable[[Builder, Sizes], None], tuple[str, ...]]] = {
    "hundred": (hundred, ()),
    "history": (history, ("commits",)),
    "wide": (wide, ("commits", "branches", "tags", "tables")),
    "big": (big, ("rows",)),
}
"""How each is built, and the sizes that it depends on."""


def connect(address: ConnectArguments, database: str | None = None) -> pymysql.Connection[Any]:
    """A bare connection of the driver, over the socket where there is one."""
    connection: pymysql.Connection[Any] = pymysql.connect(
        user=address.user,
        password=address.password,
        host=address.host,
        port=address.port,
        unix_socket=address.socket,
        database=database,
        charset="utf8mb4",
        autocommit=True,
        ssl_disabled=True,
    )
    return connection


def generate(address: ConnectArguments, data: Path, sizes: Sizes, tell: Callable[[str], None]) -> None:
    """Build what is not there yet in these sizes; ``data`` is the directory that the server keeps them in."""
    record = data / MADE
    made: dict[str, dict[str, int]] = json.loads(record.read_text("utf-8")) if record.exists() else {}
    connection = connect(address)
    try:
        for name, (scenario, needed) in SCENARIOS.items():
            wanted = {size: getattr(sizes, size) for size in needed}
            if made.get(name) == wanted:
                continue
            start = time.perf_counter()
            tell(f"building the database {name} {wanted or ''}")
            build = Builder(connection)
            build.fresh(name)
            scenario(build, sizes)
            made[name] = wanted
            record.write_text(json.dumps(made), "utf-8")
            tell(f"built {name} in {time.perf_counter() - start:.0f} s")
    finally:
        connection.close()
