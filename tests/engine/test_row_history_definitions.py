"""The history of a row says what ``AS OF`` says at each commit, whatever became of the table's definition."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from dolt_tui.engine.model import ABSENT, WORKING, RowHistory
from dolt_tui.engine.repository import Repository

from .conftest import Raw

Values = dict[str, object]


def as_of(raw: Raw, table: str, key: str, value: object, commit: str) -> Values | None:
    """The row as the engine itself reads it at a commit: by column, all as text."""
    at = "main" if commit == WORKING else commit
    if raw.dolt:
        names = [row[0] for row in raw.rows(f"SHOW COLUMNS FROM {table}", at=at)]
    else:
        names = [row[1] for row in raw.rows(f"PRAGMA table_xinfo({table})", at=at)]
    rows = raw.rows(f"SELECT {', '.join(names)} FROM {table} WHERE {key} = ?", value, at=at)
    return {name: text(v) for name, v in zip(names, rows[0], strict=True)} if rows else None


def text(value: object) -> str | None:
    return None if value is None else str(float(value)) if isinstance(value, int | float) else str(value)


def told(history: RowHistory) -> list[tuple[str, Values | None, Values | None]]:
    """What a history says: commit, old values, new values."""
    names = [column.name for column in history.columns]

    def side(values: Sequence[object] | None) -> Values | None:
        if values is None:
            return None
        return {name: text(v) for name, v in zip(names, values, strict=True) if v is not ABSENT}

    return [(v.commit, side(v.change.old), side(v.change.new)) for v in history.versions]


class Story:
    """Commits of one row, with the values that the engine has for it at each of them."""

    def __init__(self, raw: Raw, table: str, key: str, value: object) -> None:
        self.raw, self.table, self.key, self.value = raw, table, key, value
        self.now: Values | None = None
        self.expected: list[tuple[str, Values | None, Values | None]] = []
        self.names: dict[str, str] = {}

    def step(self, name: str, *statements: str, commit: bool = True, changes: bool = True) -> None:
        """Change something; ``changes`` tells whether that is to be told of the row."""
        self.raw.run(*statements)
        hash_ = self.raw.commit(name) if commit else WORKING
        self.names[hash_] = name
        before, self.now = self.now, as_of(self.raw, self.table, self.key, self.value, hash_)
        if changes:
            self.expected.insert(0, (hash_, before, self.now))

    def check(self, repository: Repository, sizes: Sequence[int] = (1, 2, 100)) -> RowHistory:
        whole = repository.history.row("main", self.table, [self.value], 100)
        assert [self.names[commit] for commit, _, _ in told(whole)] == [self.names[c] for c, _, _ in self.expected]
        assert told(whole) == self.expected
        for size in sizes:
            found: list[tuple[str, Values | None, Values | None]] = []
            more = True
            while more:
                page = repository.history.row("main", self.table, [self.value], size, len(found))
                found += told(page)
                more = page.more
            assert found == self.expected
        return whole


@pytest.fixture
def story(raw: Raw) -> Story:
    """A table q(id, a, b) with two rows, committed, the first of which was updated once."""
    made = Story(raw, "q", "id", 1)
    made.step(
        "insert",
        "CREATE TABLE q (id INTEGER PRIMARY KEY, a INTEGER, b VARCHAR(20))",
        "INSERT INTO q VALUES (1, 1, 'x'), (2, 2, 'y')",
    )
    made.step("update", "UPDATE q SET a = 10 WHERE id = 1")
    return made


def test_columns_that_were_renamed_dropped_and_added(story: Story, repository: Repository) -> None:
    story.step("rename a", "ALTER TABLE q RENAME COLUMN a TO alpha", changes=False)
    story.step("update alpha", "UPDATE q SET alpha = 11 WHERE id = 1")
    story.step("drop alpha", "ALTER TABLE q DROP COLUMN alpha")
    story.step("update b", "UPDATE q SET b = 'y' WHERE id = 1")
    story.step("add alpha again", "ALTER TABLE q ADD COLUMN alpha VARCHAR(9)", changes=False)
    story.step("update alpha again", "UPDATE q SET alpha = 'new' WHERE id = 1")
    story.step("not committed", "ALTER TABLE q RENAME COLUMN b TO beta", "UPDATE q SET beta = 'z'", commit=False)
    history = story.check(repository)
    assert [column.name for column in history.columns][:3] == ["id", "beta", "alpha"]
    above = {story.names[version.commit]: version.above for version in history.versions}
    assert above["not committed"] == ""
    assert above["update alpha again"].lower().startswith("before this, there was a column b (varchar(20))")
    assert "there was a column a " in above["update"]
    assert history.ending == ""


def test_columns_that_changed_places(story: Story, repository: Repository) -> None:
    story.step("text", "ALTER TABLE q ADD COLUMN c VARCHAR(20) DEFAULT 'c'")
    renamings = [("b", "t"), ("c", "b"), ("t", "c")]
    story.step("swap", *(f"ALTER TABLE q RENAME COLUMN {a} TO {b}" for a, b in renamings), changes=False)
    story.step("update b", "UPDATE q SET b = 'now' WHERE id = 1")
    story.check(repository)


def test_a_table_that_was_renamed(story: Story, repository: Repository) -> None:
    story.step("rename b", "ALTER TABLE q RENAME COLUMN b TO beta", changes=False)
    story.table = "q2"
    both = "ALTER TABLE q RENAME COLUMN a TO alpha", "ALTER TABLE q RENAME TO q2"
    story.step("rename", *both, changes=False)
    story.step("update", "UPDATE q2 SET alpha = 12 WHERE id = 1")
    story.table = "q3"
    story.step("rename again, not committed", "ALTER TABLE q2 RENAME TO q3", commit=False, changes=False)
    history = story.check(repository)
    assert ["the table was called" in version.above for version in history.versions] == [True, True, False]
    rows, _, more = repository.history.blame("main", "q2", 10)
    assert [(row.key, row.message) for row in rows] == [((1,), "update"), ((2,), "insert")]
    assert not more


def test_a_key_that_was_renamed_or_got_another_type(dolt: Raw, opened: object) -> None:
    repository: Repository = opened(dolt)  # type: ignore[operator]
    story = Story(dolt, "q", "id", 1)
    story.step("insert", "CREATE TABLE q (id INT PRIMARY KEY, a INT)", "INSERT INTO q VALUES (1, 1), (2, 2)")
    story.step("update", "UPDATE q SET a = 10 WHERE id = 1")
    story.step("bigint", "ALTER TABLE q MODIFY id BIGINT", changes=False)
    story.step("update again", "UPDATE q SET a = 11 WHERE id = 1")
    story.key = "ident"
    story.step("rename", "ALTER TABLE q RENAME COLUMN id TO ident", changes=False)
    story.step("update more", "UPDATE q SET a = 12 WHERE ident = 1")
    story.step("text", "ALTER TABLE q MODIFY ident VARCHAR(20)", changes=False)
    story.value = "1"
    story.step("longer text", "ALTER TABLE q MODIFY ident VARCHAR(30)", changes=False)
    history = story.check(repository)
    assert history.ending == ""
    assert "ident was bigint" in history.versions[0].above
    repository.history.blame("main", "q", 10)


def test_a_key_of_other_columns_ends_the_history(story: Story, repository: Repository) -> None:
    raw = story.raw
    story.expected.clear()
    if raw.dolt:
        raw.run("ALTER TABLE q MODIFY a INT NOT NULL", "ALTER TABLE q DROP PRIMARY KEY, ADD PRIMARY KEY (id, a)")
    else:
        raw.run(
            "CREATE TABLE n (id INTEGER, a INTEGER, b VARCHAR(20), PRIMARY KEY (id, a))",
            "INSERT INTO n SELECT * FROM q",
            "DROP TABLE q",
            "ALTER TABLE n RENAME TO q",
        )
    changed = raw.commit("key")
    raw.run("UPDATE q SET b = 'later' WHERE id = 1")
    later = raw.commit("later")
    history = repository.history.row("main", "q", [1, 10], 10)
    assert [(version.commit, version.change.old, version.change.new) for version in history.versions] == [
        (later, (1, 10, "x"), (1, 10, "later"))
    ]
    assert changed[:7] in history.ending
    assert "primary key" in history.ending
    page = repository.history.row("main", "q", [1, 10], 1)
    assert page.ending == history.ending
    repository.history.blame("main", "q", 10)


def test_a_table_made_again_is_another_table(story: Story, repository: Repository) -> None:
    story.raw.run("DROP TABLE q")
    story.raw.commit("drop")
    story.expected.clear()
    story.now = None
    create = "CREATE TABLE q (id INTEGER PRIMARY KEY, b VARCHAR(9), a INTEGER)"
    story.step("create", create, "INSERT INTO q VALUES (1, 'n', 5)")
    story.step("update", "UPDATE q SET a = 6 WHERE id = 1")
    assert story.check(repository).ending == ""


def test_definitions_on_merged_branches(story: Story, repository: Repository) -> None:
    raw = story.raw
    raw.call("dolt_branch", "other")
    raw.run("ALTER TABLE q ADD COLUMN c INTEGER", "UPDATE q SET c = 1 WHERE id = 1")
    main = raw.commit("c")
    raw.rows("UPDATE q SET b = 'there' WHERE id = 1", at="other")
    other = str(raw.call("dolt_commit", "-A", "-m", "there", at="other")[0])
    raw.call("dolt_merge", "--no-ff", "-m", "merge", "other")
    raw.run("ALTER TABLE q RENAME COLUMN b TO beta")
    raw.commit("beta")
    found = told(repository.history.row("main", "q", [1], 50))
    first = as_of(raw, "q", "id", 1, main)
    by_message: dict[str, str] = dict(raw.rows("SELECT message, commit_hash FROM dolt_log"))
    before = as_of(raw, "q", "id", 1, by_message["update"])
    there = as_of(raw, "q", "id", 1, other)
    merge = by_message["merge"]
    both = as_of(raw, "q", "id", 1, merge)
    for change in ((main, before, first), (other, before, there), (merge, first, both), (merge, there, both)):
        assert change in found
    assert len(found) == 6


def test_computed_columns_have_values(raw: Raw, repository: Repository) -> None:
    story = Story(raw, "q", "id", 1)
    story.step(
        "insert",
        "CREATE TABLE q (id INTEGER PRIMARY KEY, v INTEGER GENERATED ALWAYS AS (a + 1) VIRTUAL, a INTEGER)",
        "INSERT INTO q (id, a) VALUES (1, 1)",
    )
    story.step("update", "UPDATE q SET a = 2")
    story.step("working", "UPDATE q SET a = 3", commit=False)
    story.check(repository)
