"""Filters: what is typed is whole, is understood by the column's type, and never means something else in silence."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dolt_tui.engine.browsing.filters import Filters
from dolt_tui.engine.browsing.query import DiffFilter, DiffQuery, Query, rendered
from dolt_tui.engine.errors import EngineError, InvalidFilter
from dolt_tui.engine.model import HEAD, WORKING, MergeKind, following
from dolt_tui.engine.repository import Repository
from dolt_tui.ui.present.text import plain, value_cell

from .conftest import Open, Raw, RawDolt, RawLite

# On real databases.

COLUMNS = """id INTEGER PRIMARY KEY, name VARCHAR(40), born DATE, seen DATETIME, price DECIMAL(10, 2), part DOUBLE,
    single FLOAT, flag BOOLEAN, code CHAR(36), raw BLOB"""
ROWS = [
    (1, "Tim", "1999-12-31", "2000-01-01 00:00:00", "5.00", "0.1", "0.1", 1, "007", "x'0102'"),
    (2, "O'Brien", "2000-01-01", "2000-01-01 12:30:00", "-1.50", "1000", "1000", 0, "7", "x'AB'"),
    (3, "Tom and Jerry", "2000-01-02", "2000-01-02 00:00:00", "1000.00", "2", "0.5", 1, "1e3", "x''"),
    (4, "555-1234", "2026-01-31", "2026-01-31 08:00:00", "0.10", "-3", "0.25", 0, "0x1F", "x'616263'"),
    (5, "", None, None, None, None, None, None, "a/b \\ %_!", None),
    (6, "Smith, John", "1000-01-01", "1000-01-01 00:00:00", "0", "0", "0", None, None, "x'00'"),
    (7, None, "1998-01-01", "1998-01-01 00:00:00", "7", "7", "7", 1, "550e8400-e29b-41d4-a716-446655440000", None),
]


def _sql(value: object) -> str:
    if value is None:
        return "NULL"
    return value if isinstance(value, str) and value.startswith("x'") else "?"


@pytest.fixture
def people(raw: Raw, opened: Open) -> Repository:
    raw.run(f"CREATE TABLE people ({COLUMNS})")
    raw.commit("people")
    for row in ROWS:
        bound = [value for value in row if _sql(value) == "?"]
        raw.rows(f"INSERT INTO people VALUES ({', '.join(map(_sql, row))})", *bound)
    return opened(raw)


def filters(repository: Repository, prefix: str = "") -> Filters:
    columns = repository.tables.schema("main", "people").columns
    return Filters("people", [(prefix + column.name, column.type) for column in columns], repository.info.traits.sql)


def ids(repository: Repository, text: str) -> list[int]:
    """The rows of a filter, by pages of two; the same filter on the diff must give the same."""
    understood = filters(repository).understand(text)
    query = Query("people", conditions=understood.conditions, where=understood.where, contains=understood.contains)
    found: list[int] = []
    after = None
    while True:
        page = repository.rows.page("main", query, 2, following(after))
        found += [row[0] for row in page.rows]
        after = page.after
        assert len(found) <= len(ROWS)
        if after is None:
            break
    if understood.conditions:
        where = " AND ".join(rendered(condition, repository.info.traits.sql) for condition in understood.conditions)
        assert [row[0] for row in repository.rows.page("main", Query("people", where=where), 50).rows] == found
    return found


UNDERSTOOD = [
    ("born > 2000-01-01", [3, 4]),
    ("born >= 2000-1-1", [2, 3, 4]),
    ("born = 2000-01-02", [3]),
    ("born <> 2000-01-02", [1, 2, 4, 6, 7]),
    ("born > 1999-12-30 and born < 2000-01-02", [1, 2]),
    ("seen >= 2000-01-01 12:30 and seen <= 2000-01-02", [2, 3]),
    ("seen = 2000-01-01T12:30:00", [2]),
    ("seen < 2000-01-01", [6, 7]),
    ("id = 007", [7]),
    ("id = +3", [3]),
    ("id > 1e0 and id < 0x4", [2, 3]),
    ("id >= 6.5", [7]),
    ("price = -1.50", [2]),
    ("price = -1.5", [2]),
    ("price >= 1e3", [3]),
    ("price = .1", [4]),
    ("part = 0.1", [1]),
    ("part < -2", [4]),
    ("single = 0.1", [1]),
    ("single <= 0.1", [1, 6]),
    ("flag = true", [1, 3, 7]),
    ("flag = false", [2, 4]),
    ("flag = 1", [1, 3, 7]),
    ("code = 007", [1]),
    ("code = 7", [2]),
    ("code = 1e3", [3]),
    ("code = 0x1F", [4]),
    ("code = a/b \\ %_!", [5]),
    ("code contains %_!", [5]),
    ("code = 550e8400-e29b-41d4-a716-446655440000", [7]),
    ("name = Tim", [1]),
    ("name = O'Brien", [2]),
    ("name = Tom and Jerry", [3]),
    ("name = 555-1234", [4]),
    ("name = ", [5]),
    ("name = Smith, John", [6]),
    ("name is null", [7]),
    ("name = Tim or name = Tom and Jerry", [1, 3]),
    ("name = Tim or born = 2000-01-01", [1, 2]),
    ("name starts with Tom and id = 3", [3]),
    ("raw = 0x0102", [1]),
    ("raw = 0xab", [2]),
    ("raw = 0x616263", [4]),
    ("raw = 0x00", [6]),
    ("raw = 0x616263 3 B", [4]),
    ("raw = 0x 0 B", [3]),
    ("contains 1234", [4]),
    # SQL stays SQL.
    ("born > '2000-01-01'", [3, 4]),
    ("id in (1, 2) and born > 1999-12-31", [2]),
    ("born between '2000-01-01' and '2000-01-02'", [2, 3]),
    ("id = 1 + 1", [2]),
    ("price > id and part > 0", [1, 3]),
    ("not id = 1 and id < 3", [2]),
    ("length(name) = 3", [1]),
    ("name = 'Tim' or (id > 5 and id < 7)", [1, 6]),
    ("name like '%rr%' or name = 'a -- b /* c'", [3]),
    ("2000 - 01 - 01 = 1998 and id = 1", [1]),
    ("born >= (select max(born) from people)", [4]),
    ("raw = x'AB'", [2]),
    ("flag", [1, 3, 7]),
    ("flag and id < 3", [1]),
    ("case when id = 1 and price > 3 then 1 else 0 end = 1", [1]),
    ("price between 5 and 10 and id = 7", [7]),
    ("name = in case of", []),
]
REFUSED = [
    ("born > 2000", "born is a date: write it like 2000-01-31, not 2000."),
    ("born > 2000-02-30", "there is no 2000-02-30"),
    ("born > yesterday", "born is a date"),
    ("born between 2000-01-01 and 2000-01-02", "write '2000-01-01'"),
    ("coalesce(born, 0) > 2000-01-01", "write '2000-01-01'"),
    ("2000-01-01 < born", "write '2000-01-01'"),
    ("id > 2000-01-01", "id is a number"),
    ("id = Tim", "id is a number, and Tim is not one"),
    ("id =", "id is a number"),
    ("id = null", "write id is null"),
    ("name <> NULL", "write name is not null"),
    ("name = ∅", "write name is null"),
    ("length(name) = null", "is null"),
    ("name = code", "code is a column too"),
    ("raw = 0xABC", "raw holds bytes"),
    ("raw = Tim", "raw holds bytes"),
    ("raw = 0x6162 3 B", "raw holds bytes"),
    ("raw = 0x6162… 3 B", "is shortened"),
    ("raw = 0x0102…", "is shortened"),
    ("nmae = Tim", "people has no column nmae. Did you mean name?"),
    ("`city` = Paris", "people has no column city. Its columns: id, name"),
    ("id = 1 and city = Paris", "people has no column city"),
    ("city is null", "people has no column city"),
    ("city contains x", "people has no column city"),
    ("id = 1) or (1 = 1", "closes nothing"),
    ("get_lock('x', 1) = 1", "cannot call get_lock"),
]


def test_what_is_typed_is_what_is_meant(people: Repository) -> None:
    for text, expected in UNDERSTOOD:
        assert ids(people, text) == expected, text
    for text, says in REFUSED:
        with pytest.raises(InvalidFilter) as failure:
            ids(people, text)
        assert says in failure.value.message, text


def test_how_it_was_understood_is_told(people: Repository) -> None:
    told = {
        "born > 2000-1-1": "born > '2000-01-01'",
        "seen < 2000-01-01": "seen < '2000-01-01 00:00:00'",
        "ID = 007": "id = 7",
        "code = 007": "code = '007'",
        "name = O'Brien": "name = 'O''Brien'",
        "raw = 0xAB": "raw = x'ab'",
        "single = 0.1": "single = 0.1",
        "name contains 5": "name contains 5",
    }
    for text, expected in told.items():
        (condition,) = filters(people).understand(text).conditions
        assert str(condition) == expected
        assert condition.typed == text
    # What is asked of a diff is the same, as SQL.
    diff = filters(people, "to_")
    for text, expected_ids in (("to_born > 2000-01-01", [3, 4]), ("to_raw = 0xAB", [2]), ("to_name = O'Brien", [2])):
        where = rendered(diff.understand(text).conditions[0], people.info.traits.sql)
        page = people.diffs.page("main", DiffQuery("people", HEAD, WORKING, DiffFilter(where=where)), 50)
        assert [row.new[0] for row in page.rows if row.new is not None] == expected_ids, where


WORDS = [
    "id",
    "name",
    "born",
    "and",
    "or",
    "not",
    "null",
    "is",
    "in",
    "like",
    "Tim",
    "case",
    "when",
    "then",
    "end",
    "true",
]
CLAUSES = ["select", "from people", "union", "limit 1", "order by id", "group by 1", "contains", "exists", "between"]
VALUES = ["1", "3", "'a'", "2000-01-01", "2000", "0x1F", "1e3", "é", "…", "?", ":x", "@x", "%s"]
SIGNS = [
    "=",
    "<",
    ">",
    "<>",
    "'",
    '"',
    "`",
    "(",
    ")",
    "--",
    "/*",
    "*/",
    "#",
    ";",
    "\\",
    "-",
    "+",
    ",",
    "%",
    "[",
    "]",
    "{",
]
FRAGMENTS = st.sampled_from([*WORDS, *CLAUSES, *VALUES, *SIGNS, "\n", "\t", "}"])


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.lists(FRAGMENTS, max_size=9).map(" ".join) | st.lists(FRAGMENTS, max_size=7).map("".join) | st.text())
def test_any_text_is_refused_or_lets_some_of_the_rows_through(people: Repository, text: str) -> None:
    every = [row[0] for row in ROWS]
    for read in (
        lambda: ids(people, text),
        lambda: [row[0] for row in people.rows.page("main", Query("people", where=text), 50).rows],
    ):
        try:
            found = read()
        except EngineError:
            continue
        assert found == [id_ for id_ in every if id_ in found]


def test_an_sql_condition_by_itself_is_checked_too(people: Repository) -> None:
    """Whoever calls the engine without understanding the text first."""
    for where in ("1 = 1) OR (1 = 2", "id >= 0 -- all", "-- x", "'"):
        for attempt in (
            lambda where=where: people.rows.page("main", Query("people", where=where), 2),
            lambda where=where: people.rows.count("main", Query("people", where=where)),
            lambda where=where: people.rows.find("main", Query("people", where=where), "x"),
            lambda where=where: people.diffs.page(
                "main", DiffQuery("people", HEAD, WORKING, DiffFilter(where=where)), 2
            ),
            lambda where=where: people.diffs.count(
                "main", DiffQuery("people", HEAD, WORKING, DiffFilter(where=where)), 5
            ),
        ):
            with pytest.raises(InvalidFilter):
                attempt()


def test_types_that_only_dolt_has(dolt: RawDolt, opened: Open) -> None:
    dolt.run(
        "CREATE TABLE people (id BINARY(16) PRIMARY KEY, n INT, t TIME, y YEAR, e ENUM('date', 'x'), j JSON, b BIT(8),"
        " big BIGINT UNSIGNED, g POINT)",
        "INSERT INTO people VALUES (0x550e8400e29b41d4a716446655440000, 1, '12:30', 2000, 'date', '5', b'101',"
        " 18446744073709551615, NULL), (0x00, 2, '13:00', 1999, 'x', '{}', b'0', 0, NULL)",
    )
    repository = opened(dolt)

    def found(text: str) -> list[object]:
        understood = filters(repository).understand(text)
        query = Query("people", sort="n", conditions=understood.conditions, where=understood.where)
        return [row[1] for row in repository.rows.page("main", query, 5).rows]

    for text, expected in (
        ("id = 0x550E8400E29B41D4A716446655440000", [1]),
        ("id = 550e8400-e29b-41d4-a716-446655440000", [1]),
        ("t = 12:30", [1]),
        ("t > 12:30:00", [2]),
        ("y = 2000", [1]),
        ("e = date", [1]),
        ("b = 5", [1]),
        ("b = 0x5", [1]),
        ("big = 18446744073709551615", [1]),
        ("big < 1", [2]),
        ("j = '5'", []),
        ("j = cast('5' as json)", [1]),
    ):
        assert found(text) == expected, text
    for text in ("t > 12", "t = 25h", "id = 0x550E8400…", "j = x", "g = 1", "@a = 1"):
        with pytest.raises(InvalidFilter):
            found(text)


# What a filter can do on the embedded engine, whose procedures are functions.


def test_a_filter_cannot_write(lite: RawLite, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    lite.run("CREATE TABLE people (id INTEGER PRIMARY KEY)", "INSERT INTO people VALUES (1)")
    lite.commit("people")
    lite.run("INSERT INTO people VALUES (2)")
    repository = opened(lite)

    def everything() -> tuple[object, ...]:
        lists = [lite.rows(f"SELECT * FROM {name}") for name in ("dolt_remotes", "dolt_tags")]
        return lite.branches(), lite.state(), *lists

    before = everything()
    monkeypatch.setattr("dolt_tui.engine.core.dialect.checked_condition", lambda text, *_: text)  # the first guard
    for call in (
        "dolt_branch('x')",
        "dolt_tag('x')",
        "dolt_commit('-A', '-m', 'x')",
        "dolt_reset('--hard')",
        "dolt_remote('add', 'o', 'file:///nowhere')",
        "dolt_checkout('-b', 'x')",
        "dolt_gc()",
    ):
        where = f"{call} = 0"
        for attempt in (
            lambda where=where: repository.rows.page("main", Query("people", where=where), 5),
            lambda where=where: repository.rows.count("main", Query("people", where=where)),
            lambda where=where: repository.diffs.page(
                "main", DiffQuery("people", HEAD, WORKING, DiffFilter(where=where)), 5
            ),
        ):
            with suppress(EngineError):
                attempt()
        assert everything() == before, call
    # What has to write can: a preview of a merge, which is taken back.
    lite.call("dolt_branch", "other")
    lite.run("INSERT INTO people VALUES (3)", at="other")
    lite.commit("three", at="other")
    lite.commit("two")
    assert repository.merging.preview("main", "other", conflicts=True).conflicts_known
    repository.merging.merge("main", "other", MergeKind.COMMIT)
    assert [row[0] for row in repository.rows.page("main", Query("people"), 5).rows] == [1, 2, 3]


def test_what_the_screen_shows_finds_the_row(raw: Raw, opened: Open) -> None:
    """A value typed as it is shown is the value, whatever the column's type."""
    more, rest = "", ""
    if raw.dolt:
        more = ", t TIME(6), y YEAR, e ENUM('2000-01-01', 'x'), s SET('a', 'b'), b BIT(8), m DATETIME(6)"
        rest = ", '-12:30:00.5', 1999, '2000-01-01', 'a,b', 255, '2000-01-01 12:30:00.000001'"
    raw.run(f"CREATE TABLE people ({COLUMNS}, small REAL, big BIGINT{more})")
    numbers, names = ("1e-7", "1e+300", "-0.5", "1.25"), ("-5", "a = b and c", "true", "Tim or Ann")
    for id_, number, name in zip(range(1, 5), numbers, names, strict=True):
        raw.run(
            f"INSERT INTO people VALUES ({id_}, '{name}', '2000-01-0{id_}', '2000-01-0{id_} 00:00:0{id_}', {id_}.50,"
            f" {number}, 0.{id_}, 1, '0x{id_}', x'0{id_}', {number}, {id_}000000000000000000{rest})"
        )
    repository = opened(raw)
    columns = repository.tables.schema("main", "people").columns
    rows = repository.rows.page("main", Query("people"), 10).rows
    for row in rows:
        for column, value in zip(columns, row, strict=True):
            text = f"{column.name} = {plain(value_cell(value))}"
            assert row[0] in ids(repository, text), text
