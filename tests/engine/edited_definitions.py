"""Tables as a commit has them, and branches on which their definitions and rows are edited at random."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from .conftest import Raw

Key = tuple[str, ...]
BASE = {
    "a": ("id INTEGER, x INTEGER, y VARCHAR(20), z INTEGER, PRIMARY KEY (id)", ("id",)),
    "b": ("k INTEGER, l INTEGER, x INTEGER, y VARCHAR(20), z INTEGER, PRIMARY KEY (k, l)", ("k", "l")),
    "plain": ("id INTEGER, x INTEGER, y VARCHAR(20), z INTEGER, PRIMARY KEY (id)", ("id",)),
}
KINDS = ("add", "drop", "type", "default", "index", "no index", "rename", "rename table", "drop table")


@dataclass
class Table:
    """A table on one branch."""

    name: str
    columns: dict[str, tuple[str, str]]
    """Type and default by name, in lower case."""
    key: tuple[str, ...]
    indexes: dict[str, str]
    """The column of each."""
    rows: dict[Key, dict[str, str | None]] = field(default_factory=dict)
    was: dict[str, str] = field(default_factory=dict)
    """What columns that this branch has renamed were called before."""

    def is_like(self, other: Table) -> bool:
        return (self.name, self.columns, self.indexes, self.rows) == (
            other.name, other.columns, other.indexes, other.rows)  # fmt: skip

    def told(self, column: str) -> str:
        return self.was.get(column, column)

    def by_base(self) -> dict[str, str]:
        """What columns are called here, by what the base calls them."""
        return {self.told(name): name for name in self.columns}


def text(value: object) -> str | None:
    return None if value is None else str(value)


def read(raw: Raw, ref: str) -> dict[str, Table]:
    """All tables of a commit, or of a branch's working set."""
    names = raw.rows("SHOW FULL TABLES WHERE table_type = 'BASE TABLE'" if raw.dolt
                     else "SELECT name FROM sqlite_master WHERE type = 'table'", at=ref)  # fmt: skip
    found, statements = {}, list[str]()
    for name, *_ in names:
        columns = f"SHOW COLUMNS FROM {name}"
        indexes = f"SHOW INDEX FROM {name} WHERE Key_name <> 'PRIMARY'"
        if not raw.dolt:
            columns = f"SELECT name, type, NULL, pk, dflt_value FROM pragma_table_info('{name}')"
            indexes = (f"SELECT 1, 1, i.name, 1, c.name FROM pragma_index_list('{name}') i, pragma_index_info(i.name) c"
                       " WHERE i.origin = 'c'")  # fmt: skip
        statements += [columns, indexes, f"SELECT * FROM {name}"]
    answers = iter(raw.each(*statements, at=ref) if statements else [])
    for name, *_ in names:
        columns_, indexes_, rows = next(answers), next(answers), next(answers)
        width = {str(each[0]): (str(each[1]).lower().replace("integer", "int"), str(each[4] or "").strip("'"))
                 for each in columns_}  # fmt: skip
        key = tuple(str(each[0]) for each in columns_ if each[3] and each[3] != "MUL")
        table = Table(name, width, key, {str(each[2]): str(each[4]) for each in indexes_})
        for row in rows:
            values = dict(zip(width, map(text, row), strict=True))
            table.rows[tuple(str(values[part]) for part in key)] = values
        found[name] = table
    return found


class Branch:
    """Edits one branch at random, and remembers what it calls things."""

    def __init__(self, raw: Raw, dice: random.Random, base: Mapping[str, Table]) -> None:
        self.raw, self.dice = raw, dice
        self.tables = {name: Table(t.name, dict(t.columns), t.key, dict(t.indexes), t.rows) for name, t in base.items()}

    def statements(self, kinds: Iterable[tuple[str, str]]) -> Iterator[str]:
        for name, kind in kinds:
            if name in self.tables and name in BASE:
                yield from self._define(self.tables[name], name, kind)
        if self.dice.random() < 0.3:
            more = self.dice.choice([("q", "int"), ("q", "varchar(20)"), ("r", "varchar(20)")])
            columns = {"id": ("int", ""), more[0]: (more[1], "")}
            table = self.tables["added"] = Table("added", columns, ("id",), {})
            yield f"CREATE TABLE added ({self._columns(table)})"
        for name in ("a", "b", "plain", "added"):
            if name in self.tables:
                yield from self._rows(self.tables[name])

    def _columns(self, table: Table) -> str:
        columns = [f"{name} {self._type(kind)}" + (f" DEFAULT {default}" if default else "")
                   for name, (kind, default) in table.columns.items()]  # fmt: skip
        return ", ".join([*columns, f"PRIMARY KEY ({', '.join(table.key)})"])

    @staticmethod
    def _type(kind: str) -> str:
        return "INTEGER" if kind == "int" else kind.upper()

    def _again(self, table: Table) -> Iterator[str]:
        """DoltLite alters no column: the table is rebuilt."""
        name, columns = table.name, ", ".join(table.columns)
        yield f"CREATE TABLE tmp AS SELECT * FROM {name}"
        yield f"DROP TABLE {name}"
        yield f"CREATE TABLE {name} ({self._columns(table)})"
        yield f"INSERT INTO {name} SELECT {columns} FROM tmp"
        yield "DROP TABLE tmp"
        for index, column in table.indexes.items():
            yield f"CREATE INDEX {index} ON {name} ({column})"

    def _define(self, table: Table, called: str, kind: str) -> Iterator[str]:
        dice, name = self.dice, table.name
        if kind == "add" and "n" not in table.columns:
            table.columns["n"] = dice.choice([("int", ""), ("int", "7"), ("varchar(20)", "")])
            what, default = table.columns["n"]
            yield f"ALTER TABLE {name} ADD COLUMN n {self._type(what)}" + (f" DEFAULT {default}" if default else "")
        elif kind == "drop" and "y" in table.columns:
            del table.columns["y"]
            yield f"ALTER TABLE {name} DROP COLUMN y"
        elif kind in ("type", "default"):
            what, default = table.columns["x"]
            if kind == "type":
                what = dice.choice(["bigint", "varchar(20)"])
            else:
                default = dice.choice(["3", "4"])
            table.columns["x"] = what, default
            if self.raw.dolt:
                yield f"ALTER TABLE {name} MODIFY COLUMN x {self._type(what)}" + (
                    f" DEFAULT {default}" if default else ""
                )
            else:
                yield from self._again(table)
        elif kind == "index" and (index := f"i_{called}") not in table.indexes:
            table.indexes[index] = dice.choice("xz")
            yield f"CREATE INDEX {index} ON {name} ({table.indexes[index]})"
        elif kind == "no index" and f"by_{called}" in table.indexes:
            del table.indexes[f"by_{called}"]
            yield f"DROP INDEX by_{called}" + (f" ON {name}" if self.raw.dolt else "")
        elif kind == "rename" and "y" in table.columns:
            new = dice.choice(["y2", "y3"])
            table.columns = {new if one == "y" else one: what for one, what in table.columns.items()}
            table.was[new] = "y"
            yield f"ALTER TABLE {name} RENAME COLUMN y TO {new}"
        elif kind == "rename table" and name == called:
            table.name = called + dice.choice("23")
            yield f"ALTER TABLE {name} RENAME TO {table.name}"
        elif kind == "drop table":
            del self.tables[called]
            yield f"DROP TABLE {name}"

    def _rows(self, table: Table) -> Iterator[str]:
        keys = (
            [(str(k), str(v)) for k in (1, 2) for v in (1, 2, 3)] if len(table.key) == 2 else [(c,) for c in "123456"]
        )
        rest = [name for name in table.columns if name not in table.key]
        for key in keys:
            where = " AND ".join(f"{name} = {value}" for name, value in zip(table.key, key, strict=True))
            action = self.dice.random()
            if key in table.rows and action < 0.12:
                yield f"DELETE FROM {table.name} WHERE {where}"
            elif key in table.rows and action < 0.5:
                names = self.dice.sample(rest, self.dice.choice([1, 1, 2]) if len(rest) > 1 else 1)
                sets = ", ".join(f"{name} = {self.value(table.columns[name][0])}" for name in names)
                yield f"UPDATE {table.name} SET {sets} WHERE {where}"
            elif key not in table.rows and action < 0.5:
                values = [*key, *(self.value(table.columns[name][0]) for name in rest)]
                yield f"INSERT INTO {table.name} ({', '.join([*table.key, *rest])}) VALUES ({', '.join(values)})"

    def value(self, kind: str) -> str:
        return self.dice.choice(["NULL", "1", "2", "3"] if "int" in kind else ["NULL", "'1'", "'p'", "'q'", "'r'"])
