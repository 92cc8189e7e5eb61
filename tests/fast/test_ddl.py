"""What is read out of the statements that create tables."""

from __future__ import annotations

from dolt_tui.engine.core.ddl import STORED, VIRTUAL, generated, key_of, moves

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
