"""What is read out of the statements that create tables."""

from __future__ import annotations

import pytest

from dolt_tui.engine.browsing.query import DiffQuery
from dolt_tui.engine.model import HEAD, WORKING
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt


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
    assert "Columns moved" in repository.diffs.page("main", DiffQuery("t", HEAD, WORKING), 5).note
    after = dolt.rows("SHOW CREATE TABLE t")[0][1]
    dolt.call("dolt_reset", "--hard", base)
    dolt.run(*changed.statements)  # they do what they say
    assert dolt.rows("SHOW CREATE TABLE t")[0][1] == after
