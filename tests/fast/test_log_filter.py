"""A filter of the log: in words, and empty."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from dolt_tui.engine.model import LogFilter

ZONE = dt.timezone(dt.timedelta(hours=1))


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        (LogFilter(), ""),
        (LogFilter(author="x", table="t"), "author contains x · table t"),
        (LogFilter(message="m", since=dt.datetime(2020, 1, 2)), "message contains m · since 2020-01-02"),
        (LogFilter(until=dt.datetime(2020, 1, 2, 3, 4, tzinfo=ZONE)), "until 2020-01-02 02:03"),
        (LogFilter(until=dt.datetime(2020, 1, 2, 3, 4, 5)), "until 2020-01-02 03:04:04"),
    ],
)
def test_in_words(wanted: LogFilter, text: str) -> None:
    assert str(wanted) == text
    assert wanted.empty == (not text)


def test_empty() -> None:
    values: list[dict[str, Any]] = [{"author": "a"}, {"message": "m"}, {"table": "t"}, {"since": dt.datetime.min}]
    assert LogFilter().empty
    assert not any(LogFilter(**value).empty for value in values)
