"""What is read out of the statements that create tables."""

from __future__ import annotations

import pytest

from dolt_tui.engine.ddl import STORED, VIRTUAL, generated, key_of
from dolt_tui.engine.repository import Repository

from .conftest import Raw

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
