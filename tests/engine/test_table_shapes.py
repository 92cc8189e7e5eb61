"""Tables of every shape under every change: all that is told of them is what both sides, read ``AS OF``, say.

One database has a table for each pair. What differs is computed here from the rows of both sides, and compared with
every way in which the engine layer tells it: pages forward and backward, filters, searches, counts, histories.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import pytest

from dolt_tui.engine import open_repository
from dolt_tui.engine.browsing.query import DiffFilter, DiffQuery
from dolt_tui.engine.connecting.private_server import PrivateServer
from dolt_tui.engine.connecting.target import ServerTarget
from dolt_tui.engine.errors import RowsNotPaired
from dolt_tui.engine.model import (
    ABSENT,
    HEAD,
    LAST,
    WORKING,
    ChangeKind,
    DiffPage,
    RowCounts,
    following,
    preceding,
)
from dolt_tui.engine.repository import Repository

from .conftest import RawDolt

A, M, R = ChangeKind.ADDED, ChangeKind.MODIFIED, ChangeKind.REMOVED
Values = dict[str, Any]


@dataclass(frozen=True)
class Shape:
    """What a table has besides ``id INT, …, a INT, b VARCHAR(20)``."""

    columns: tuple[str, ...] = ()
    """They stand in the middle: where columns stand matters."""
    key: str = "id"
    indexes: tuple[str, ...] = ()
    before: str = ""
    """What rows 1 and 2 are set to at first."""
    after: str = ""
    """What rows 1 and 4 are set to in the end."""

    def create(self, table: str) -> str:
        parts = ["id INT", *self.columns, "a INT", "b VARCHAR(20)", *self.indexes]
        return f"CREATE TABLE {table} ({', '.join([*parts, f'PRIMARY KEY ({self.key})'] if self.key else parts)})"


V = "v INT AS (a + 1)"
SHAPES = {
    "plain": Shape(),
    "virtual": Shape((V,)),
    "indexed": Shape((V,), indexes=("KEY (v)", "KEY (a)")),
    "stored": Shape(("s INT AS (a + 1) STORED",), indexes=("KEY (s)",)),
    "generated_key": Shape(("g INT AS (id * 2) STORED", V), "g, id"),
    "composite": Shape(("k VARCHAR(9) DEFAULT 'k'",), "k, id"),
    "keyless": Shape(key=""),
    "keyless_virtual": Shape((V,), ""),
    "spatial": Shape(
        ("p POINT", "g GEOMETRY"),
        before="p = POINT(id, 1), g = ST_GEOMFROMTEXT('LINESTRING(1 2,3 4)', 4326)",
        after="p = POINT(5, 5)",
    ),
    "vector": Shape(("ve VECTOR(2)",), before="ve = STRING_TO_VECTOR('[1,2.5]')", after="ve = NULL"),
    "json": Shape(
        ("j JSON", "v INT AS (JSON_EXTRACT(j, '$.n'))"), before="j = JSON_OBJECT('n', id)", after="j = '[1, null]'"
    ),
    "bit": Shape(("w BIT(64)", "o BIT(1)"), before="w = 18446744073709551615, o = 1", after="w = 9223372036854775808"),
    "enum_set": Shape(("e ENUM('x','y')", "z SET('p','q')"), before="e = 'y', z = 'p,q'", after="e = 'x', z = ''"),
    "text": Shape(("t TEXT", "l BLOB"), before="t = REPEAT('ü', 3000), l = x'00FF'", after="t = '', l = x''"),
}
ROWS = "UPDATE {t} SET a = 50 WHERE id = 1; DELETE FROM {t} WHERE id = 2; INSERT INTO {t} (id, a, b) VALUES (4, 4, 'n')"
CHANGES: dict[str, tuple[str, dict[str, str]]] = {
    # statements; former names of renamed columns
    "rows": (ROWS, {}),
    "added_first": ("ALTER TABLE {t} ADD COLUMN n INT DEFAULT 7 FIRST; " + ROWS, {}),
    "added": ("ALTER TABLE {t} ADD COLUMN n VARCHAR(9) AFTER a; " + ROWS, {}),
    "virtual_added": ("ALTER TABLE {t} ADD COLUMN w2 INT AS (a * 3) AFTER id; " + ROWS, {}),
    "dropped": ("ALTER TABLE {t} DROP COLUMN b; " + ROWS.replace(", b) VALUES (4, 4, 'n')", ") VALUES (4, 4)"), {}),
    "moved": ("ALTER TABLE {t} MODIFY COLUMN b VARCHAR(20) FIRST; " + ROWS, {}),
    "renamed": ("ALTER TABLE {t} RENAME COLUMN b TO bee; " + ROWS.replace("a, b)", "a, bee)"), {"bee": "b"}),
    "widened": ("ALTER TABLE {t} MODIFY COLUMN a BIGINT; " + ROWS, {}),
    "key": ("ALTER TABLE {t} DROP PRIMARY KEY; ALTER TABLE {t} ADD PRIMARY KEY (id, b); " + ROWS, {}),
    "key_type": ("ALTER TABLE {t} MODIFY COLUMN id BIGINT; " + ROWS, {}),
    "table_renamed": ("RENAME TABLE {t} TO {t}_now; " + ROWS.replace("{t}", "{t}_now"), {}),
}
TYPED = {"bit": "CAST({} AS UNSIGNED)", "vector": "VECTOR_TO_STRING({})"}
SPATIAL = ("point", "geometry")


@dataclass(frozen=True)
class Case:
    """A table of one shape under one change."""

    shape: str
    change: str

    @property
    def old(self) -> str:
        return f"{self.shape}__{self.change}"

    @property
    def new(self) -> str:
        return f"{self.old}_now" if self.change == "table_renamed" else self.old

    @property
    def keyed(self) -> bool:
        return bool(SHAPES[self.shape].key)

    @property
    def told(self) -> bool:
        """Whether the rows of both sides can be compared."""
        if self.shape == "keyless_virtual" or (self.shape == "keyless" and self.change == "virtual_added"):
            return False
        if self.shape == "composite" and self.change == "virtual_added":
            return False  # Dolt 2.2.0 tells another order of the key then
        return not (self.keyed and self.change in ("key", "key_type"))

    @property
    def thorough(self) -> bool:
        """Whether it is gone through row by row, too."""
        return self.change in ("rows", "renamed")

    @property
    def rewritten(self) -> bool:
        """Whether Dolt writes all rows again, and then takes all of them for modified."""
        return self.change in ("moved", "widened")


CASES = [
    Case(shape, change)
    for shape in SHAPES
    for change in CHANGES
    # Of a table without a key Dolt 2.2.0 itself reads nonsense once a column was added in the middle.
    if SHAPES[shape].key or change not in ("key", "key_type", "added", "added_first")
]


class Sides:
    """The database, asked for the rows of tables at revisions through the bare driver."""

    def __init__(self, raw: RawDolt) -> None:
        self._connection = raw.connect(f"{raw.database}/main")

    def close(self) -> None:
        self._connection.close()

    def run(self, *statements: str) -> list[tuple[Any, ...]]:
        rows: Sequence[tuple[Any, ...]] = ()
        with self._connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                rows = cursor.fetchall()
        return list(rows)

    def columns(self, table: str, revision: str) -> dict[str, str]:
        """Names and types."""
        return {row[0]: row[1] for row in self.run(f"SHOW COLUMNS FROM `{table}` AS OF '{revision}'")}

    def rows(self, table: str, revision: str) -> list[Values]:
        """All rows as the engine layer has to show them; virtual columns are not in them."""
        kinds = self.columns(table, revision)
        made = self.run(f"SHOW CREATE TABLE `{table}` AS OF '{revision}'")[0][1].split("\n")
        virtual = {line.split("`")[1] for line in made if "GENERATED" in line and "STORED" not in line}
        select = ", ".join(self._shown(name, kind) for name, kind in kinds.items())
        names = list(kinds)
        return [
            {name: ABSENT if name in virtual else value for name, value in zip(names, row, strict=True)}
            for row in self.run(f"SELECT {select} FROM `{table}` AS OF '{revision}'")
        ]

    @staticmethod
    def _shown(name: str, kind: str) -> str:
        word = kind.partition("(")[0].lower()
        if word in SPATIAL:
            text, system = f"ST_ASTEXT(`{name}`)", f"ST_SRID(`{name}`)"
            return f"IF({system} = 0, {text}, CONCAT('SRID=', {system}, ';', {text}))"
        return TYPED.get(word, "{}").format(f"`{name}`")


def build(sides: Sides) -> None:
    """All tables, committed, and then changed."""
    for case in CASES:
        shape = SHAPES[case.shape]
        third = "'z'" if case.change == "key" else "NULL"
        sides.run(
            shape.create(case.old),
            f"INSERT INTO {case.old} (id, a, b) VALUES (1, 1, 'x'), (2, 2, 'y'), (3, 3, {third})",
        )
        if shape.before:
            sides.run(f"UPDATE {case.old} SET {shape.before} WHERE id < 3")
    sides.run("CALL dolt_commit('-A', '-m', 'before')")
    for case in CASES:
        sides.run(*CHANGES[case.change][0].format(t=case.old).split("; "))
        if SHAPES[case.shape].after:
            sides.run(f"UPDATE {case.new} SET {SHAPES[case.shape].after} WHERE id IN (1, 4)")


Change = tuple[ChangeKind, Values | None, Values | None]


def expected(case: Case, old: list[Values], new: list[Values]) -> list[Change]:
    """What differs between the rows of both sides."""
    renamed = CHANGES[case.change][1]
    if not case.keyed:
        before, after = (Counter(map(_frozen, rows)) for rows in (old, [_former(row, renamed) for row in new]))
        gone, come = (before, after) if case.rewritten else (before - after, after - before)
        found: list[Change] = [(R, dict(row), None) for row in gone.elements()]
        return found + [(A, None, dict(row)) for row in come.elements()]
    pairs: dict[Any, list[Values | None]] = {}
    for side, rows in enumerate((old, new)):
        for row in rows:
            pairs.setdefault(row["id"], [None, None])[side] = row
    result: list[Change] = []
    for one, other in pairs.values():
        if one is None or other is None:
            result.append((A if one is None else R, one, other))
        elif case.rewritten or differs(one, _former(other, renamed)):
            result.append((M, one, other))
    return result


def differs(one: Values, other: Values) -> bool:
    """Whether two rows differ; a column that is not there has no value."""
    return any(one.get(name) != other.get(name) for name in {**one, **other} if not _virtual(name, one, other))


def _virtual(name: str, *rows: Values) -> bool:
    return any(row.get(name) is ABSENT for row in rows)


def _frozen(row: Values) -> frozenset[tuple[str, Any]]:
    return frozenset((name, value) for name, value in row.items() if value is not None)


def _former(row: Values, renamed: dict[str, str]) -> Values:
    return {renamed.get(name, name): value for name, value in row.items()}


def told(page: DiffPage) -> list[Change]:
    """The rows of a page by their columns' names."""

    def side(values: tuple[Any, ...] | None, *, old: bool) -> Values | None:
        if values is None:
            return None
        there = (column.in_old if old else column.in_new for column in page.columns)
        return {c.name: v for c, v, held in zip(page.columns, values, there, strict=True) if held}

    return [(row.kind, side(row.old, old=True), side(row.new, old=False)) for row in page.rows]


def order(case: Case, changes: Iterable[Change]) -> list[str]:
    """Changes for comparing; without a key the columns' former names tell which rows are the same."""
    renamed = {} if case.keyed else CHANGES[case.change][1]
    return sorted(
        repr((str(kind), *(sorted(_frozen(_former(side or {}, renamed)), key=repr) for side in (old, new))))
        for kind, old, new in changes
    )


@pytest.fixture(scope="module")
def shapes(dolt_server: PrivateServer) -> Iterator[RawDolt]:
    login = dolt_server.connect_arguments
    target = ServerTarget(user=login.user, password=login.password, host=login.host, port=login.port, database="shapes")
    raw = RawDolt(target)
    with closing(raw.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE shapes")
        with closing(Sides(raw)) as sides:
            build(sides)
        yield raw
        cursor.execute("DROP DATABASE shapes")


@dataclass(frozen=True)
class Told:
    """What the engine layer tells of one table between two revisions."""

    repository: Repository
    case: Case
    old: str
    new: str
    changes: list[Change]

    @property
    def query(self) -> DiffQuery:
        return DiffQuery(self.case.new, self.old, self.new)

    def wrong(self) -> Iterator[str]:
        """Where it tells anything else."""
        case, changes = self.case, self.changes
        diffs, query = self.repository.diffs, self.query
        page = diffs.page("main", query, 50)
        if not case.told:
            if (
                page.rows
                or page.columns
                or not page.note
                or diffs.count("main", query, 9)
                or diffs.find("main", query, "x")
            ):
                yield f"something of rows that cannot be paired: {page}"
            with pytest.raises(RowsNotPaired):
                diffs.statistics("main", case.new, self.old, self.new)
            return
        ways = {
            "a page": page,
            "the first": diffs.page("main", replace(query, plain=case.change == "rows"), 50),
            "the last": diffs.page("main", query, 50, LAST),
        }
        found = {name: told(way) for name, way in ways.items()}
        if case.thorough:
            yield from self._filtered()
            found["forward"] = [row for part in self._forward() for row in told(part)]
            found["backward"] = [row for part in self._backward() for row in told(part)]
        for name, rows in found.items():
            if order(case, rows) != order(case, changes):
                yield f"{name}:\n  told     {order(case, rows)}\n  expected {order(case, changes)}"
        virtual = {name for _, old, new in changes for row in (old, new) if row for name in row if row[name] is ABSENT}
        if not all(name in page.note for name in virtual):
            yield f"no note of {virtual}: {page.note!r}"
        yield from self._numbers(page)

    def _filtered(self) -> Iterator[str]:
        for kind in ChangeKind:
            page = self.repository.diffs.page("main", replace(self.query, filter=DiffFilter(frozenset({kind}))), 50)
            if order(self.case, told(page)) != order(self.case, [one for one in self.changes if one[0] is kind]):
                yield f"only {kind}: {told(page)}"

    def _numbers(self, page: DiffPage) -> Iterator[str]:
        diffs, query = self.repository.diffs, self.query
        kinds = Counter(kind for kind, _, _ in self.changes)
        cells = sum(len(row.changed) for row in page.rows)
        counts = diffs.statistics("main", query.table, query.old, query.new)
        if counts != replace(counts or RowCounts(), added=kinds[A], modified=kinds[M], removed=kinds[R]) or (
            self.case.change in ("rows", "moved") and counts.cells_modified != cells
        ):
            yield f"counts {counts} for {kinds}, {cells} cells"
        if diffs.count("main", query, 9) != len(self.changes):
            yield "a count"
        present = diffs.find("main", query, "4") is not None
        if not present:
            yield "row 4 is not found"

    def _forward(self) -> Iterator[DiffPage]:
        after: Any = None
        while True:
            page = self.repository.diffs.page("main", self.query, 1, following(after))
            yield page
            if not page.more:
                return
            after = page.after

    def _backward(self) -> Iterator[DiffPage]:
        page = self.repository.diffs.page("main", self.query, 1, LAST)
        yield page
        while not page.first:
            page = self.repository.diffs.page("main", self.query, 1, preceding(page.before))
            yield page


def histories(repository: Repository, case: Case, changes: list[Change]) -> Iterator[str]:
    """Where the history of a row tells its last change otherwise."""
    for kind, old, new in changes:
        row = new or old
        assert row is not None
        schema = repository.tables.schema("main", case.new)
        names = [c.name for c in sorted(schema.columns, key=lambda c: c.key_position) if c.primary_key]
        history = repository.history.row("main", case.new, [row[name] for name in names], 5)
        last = history.versions[0].change
        values = dict(zip((column.name for column in history.columns), last.new or last.old or (), strict=True))
        wrong = {name: values.get(name) for name, value in row.items() if value is not ABSENT and values[name] != value}
        if last.kind is not kind or wrong:
            yield f"history of {row}: {last.kind}, {wrong}"


def test_everything_says_what_both_sides_say(shapes: RawDolt, pytestconfig: pytest.Config) -> None:
    looked_at = CASES if pytestconfig.getoption("--long") else CASES[::2]  # the number of changes is odd
    wrong: list[str] = []
    with open_repository(shapes.target) as repository, closing(Sides(shapes)) as sides:
        repository.refs.fingerprint("main")
        base = str(sides.run("SELECT dolt_hashof('HEAD')")[0][0])
        summary = {change.table: change for change in repository.working.uncommitted("main", counts=True)}
        known = {}
        for case in looked_at:
            known[case] = changes = expected(case, sides.rows(case.old, HEAD), sides.rows(case.new, WORKING))
            wrong += [f"{case} {text}" for text in Told(repository, case, HEAD, WORKING, changes).wrong()]
            if case.told:
                counts = summary[case.new].counts
                if counts is None or counts.total != len(changes):
                    wrong.append(f"{case}: {summary[case.new]}")
                if case.change == "rows" and case.keyed:
                    wrong += [f"{case} {text}" for text in histories(repository, case, changes)]
        tip = str(sides.run("CALL dolt_commit('-A', '-m', 'after')")[0][0])
        repository.refs.fingerprint("main")
        for case in CASES[::6]:
            wrong += [f"{case} {text}" for text in Told(repository, case, base, tip, known[case]).wrong()]
        detail = repository.history.detail("main", tip, counts=True)
        assert {change.table: change.counts for change in detail.changes} == {
            name: change.counts for name, change in summary.items()
        }
    assert not wrong, "\n".join(wrong)
