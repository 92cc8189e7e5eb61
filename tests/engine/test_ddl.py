"""What is read out of the statements that create tables."""

from __future__ import annotations

import pytest

from dolt_tui.engine.core.ddl import STORED, VIRTUAL, generated, key_of, moves
from dolt_tui.engine.model import HEAD, WORKING
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt

HOSTILE = """CREATE TABLE `t` (
  `id` int NOT NULL COMMENT 'x GENERATED ALWAYS AS (1)',
  `v` int GENERATED ALWAYS AS ((`a` + 1)),
  `we``ird ) STORED` varchar(20) NOT NULL GENERATED ALWAYS AS (concat('b) STORED',`a`)) STORED COMMENT 'it''s \\\\ G',
  `a` int DEFAULT '5',
  `lines` varchar(20) DEFAULT 'a
  `v2` int GENERATED ALWAYS AS (1)',
  `e` enum('a','GENERATED ALWAYS AS (x)'),
  `n` int NOT NULL GENERATED ALWAYS AS ((`a` * 2)) COMMENT 'STORED',
  PRIMARY KEY (`we``ird ) STORED`,`id`),
  KEY `k` (`n`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin"""


def test_generated_columns_and_the_key() -> None:
    assert generated(HOSTILE) == {"v": VIRTUAL, "we`ird ) STORED": STORED, "n": VIRTUAL}
    assert key_of(HOSTILE) == ["we`ird ) STORED", "id"]
    assert generated("CREATE TABLE `t` (\n  `id` int\n)") == {}
    assert key_of("CREATE TABLE `t` (\n  `id` int\n)") == []


@pytest.mark.parametrize("kind", ["", " VIRTUAL", " STORED"])
def test_columns_say_how_they_are_made(raw: Raw, repository: Repository, kind: str) -> None:
    raw.run(f"CREATE TABLE t (id INTEGER PRIMARY KEY, g INTEGER GENERATED ALWAYS AS (a + 1){kind}, a INTEGER)")
    raw.run("CREATE TABLE u (id INTEGER PRIMARY KEY, made TIMESTAMP DEFAULT CURRENT_TIMESTAMP)")
    columns = {column.name: column for column in repository.tables.schema("main", "t").columns}
    assert columns["g"].generated
    assert columns["g"].virtual is (kind != " STORED")
    others = [*repository.tables.schema("main", "u").columns, columns["id"], columns["a"]]
    assert not any(column.generated or column.virtual for column in others)


def test_a_changed_order_is_told(dolt: RawDolt, opened: Open) -> None:
    dolt.run("CREATE TABLE t (id INT PRIMARY KEY, a INT DEFAULT 5, b VARCHAR(9) NOT NULL COMMENT 'it''s, b', c INT)")
    base = dolt.commit()
    dolt.run("ALTER TABLE t MODIFY COLUMN b VARCHAR(9) NOT NULL COMMENT 'it''s, b' FIRST")
    dolt.run("INSERT INTO t VALUES ('', 1, 1, 1)")
    repository = opened(dolt)
    changed = repository.diffs.schema("main", "t", HEAD, WORKING)
    assert changed is not None
    assert changed.statements == ("ALTER TABLE `t` MODIFY COLUMN `b` varchar(9) NOT NULL COMMENT 'it''s, b' FIRST;",)
    (change,) = repository.working.with_counts("main", repository.working.status("main")).unstaged
    assert change.schema_changed
    assert "Columns moved" in repository.diffs.page("main", "t", HEAD, WORKING, 5).note
    after = dolt.rows("SHOW CREATE TABLE t")[0][1]
    dolt.call("dolt_reset", "--hard", base)
    dolt.run(*changed.statements)  # they do what they say
    assert dolt.rows("SHOW CREATE TABLE t")[0][1] == after


def test_as_few_columns_as_possible_are_moved() -> None:
    def ddl(columns: str) -> str:
        return "CREATE TABLE `t` (\n" + "".join(f"  `{name}` int,\n" for name in columns) + "  KEY `k` (`a`)\n)"

    def moved(old: str, new: str) -> list[str]:
        return [each.removeprefix("ALTER TABLE `t` MODIFY COLUMN ") for each in moves("`t`", ddl(old), ddl(new))]

    assert moved("abcd", "abcd") == []
    assert moved("abcd", "dabc") == ["`d` int FIRST;"]
    assert moved("abcd", "bcda") == ["`a` int AFTER `d`;"]
    assert moved("abcd", "axbd") == []
    assert moved("ab", "bxa") in (["`a` int AFTER `x`;"], ["`b` int FIRST;"])
