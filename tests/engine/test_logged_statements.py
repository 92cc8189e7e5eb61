"""The SQL log holds statements that can be run again as they stand there, exact for every value, and no password."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from dolt_tui.engine.core.statement_log import step
from dolt_tui.engine.core.statement_text import statement_text
from dolt_tui.engine.repository import Repository

from .conftest import Raw

VALUES = [
    None,
    7,
    -(2**63),
    True,
    0.1,
    1e300,
    Decimal("12345678901234567890.10"),
    "it's 100% \\ ?\n\ttwo\r\n%s",
    "bell \x07 nul \0 日本 🙂",
    "",
    b"\x00'\xff\\",
    b"",
    dt.datetime(2024, 2, 29, 12, 30, 1, 250000),
    dt.date(2024, 2, 29),
]


@pytest.mark.both_versions
def test_a_logged_statement_is_the_one_that_ran(people: Raw, repository: Repository) -> None:
    style = repository.info.traits.sql
    for value in VALUES:
        what = "'?%s' AS \"a?\"" if not people.dolt else "'?' AS `a?`"
        with repository._connections.read("main", "round trip") as session, step("try"):
            mark = session.dialect.placeholder
            sql = f"SELECT {mark}, {what.replace('%', '%%') if mark == '%s' else what}, 5 /* ? */"
            (answer,) = session.rows(sql, value)
        entry = repository.statements.entries()[-1]
        assert (entry.step, entry.whole) == ("try", True)
        text = statement_text(entry, style)
        assert "%s" not in text or "%s" in sql.replace(mark, "", 1) or isinstance(value, str)
        again = people.each(text)[0]
        assert again == [answer], text


def test_a_statement_that_compares_is_told_without_that(people: Raw, repository: Repository) -> None:
    style = repository.info.traits.sql
    people.call("dolt_branch", "b")
    seen = repository.refs.look("b")
    repository.refs.delete_branch("main", "b", expected=seen)
    entry = next(one for one in reversed(repository.statements.entries()) if "dolt_branch(" in one.sql)
    word = "CALL" if people.dolt else "SELECT"
    assert statement_text(entry, style).startswith(f"{word} dolt_branch('-d'")
    assert statement_text(entry, style).endswith("'b')")
    exact = statement_text(entry, style, exact=True)
    assert "out-of-date" in exact
    assert seen.hash in exact


def test_no_password_is_shown(repository: Repository) -> None:
    with pytest.raises(Exception, match=r"."):
        repository.remotes.fetch("main", "https://ann:s3cret@127.0.0.1:1/x")
    repository.remotes.add("main", "origin", "https://ann:s3cret@127.0.0.1:1/x")
    style = repository.info.traits.sql
    texts = [statement_text(one, style, exact=True) for one in repository.statements.entries()]
    assert any("ann:***@" in text for text in texts)
    assert not any("s3cret" in text for text in texts)
    assert "s3cret" not in repr(repository.statements.entries())
