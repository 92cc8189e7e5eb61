"""Times that people type are those of the clock on their wall, whatever it does in spring and autumn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dolt_tui.engine.core.validation import parse_date
from dolt_tui.engine.model import LogFilter
from dolt_tui.ui.flows.parsing import log_filter, typed_log_filter

BERLIN = "CET-1CEST,M3.5.0,M10.5.0/3"
"""Zones by their rules: no database of zones is needed for them."""


ZONES = [BERLIN, "EST5EDT,M3.2.0,M11.1.0", "IST-5:30", "NZST-12NZDT,M9.5.0,M4.1.0/3", "UTC"]


def lets_through(wanted: LogFilter, moment: dt.datetime) -> bool:
    return (wanted.since is None or wanted.since <= moment) and (wanted.until is None or moment < wanted.until)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(ZONES),
    moment=st.datetimes(dt.datetime(2015, 1, 1), dt.datetime(2030, 1, 1), timezones=st.just(dt.UTC)),
)
def test_a_day_is_the_day_that_the_screen_shows(zone: Callable[[str], None], name: str, moment: dt.datetime) -> None:
    zone(name)
    local = moment.astimezone()
    day, before, after = (local.date() + dt.timedelta(days=days) for days in (0, -1, 1))
    for text, expected in (
        (f"since:{day} until:{day}", True),
        (f"since:{day}", True),
        (f"until:{day}", True),
        (f"since:{after}", False),
        (f"until:{before}", False),
        (f"since:{before} until:{after}", True),
    ):
        wanted = log_filter(text)
        assert lets_through(wanted, moment) is expected, text
        assert typed_log_filter(wanted) == text
        assert log_filter(typed_log_filter(wanted)) == wanted
        assert str(wanted) == text.replace(":", " ").replace(" until", " · until")


def test_minutes_seconds_and_zones(zone: Callable[[str], None]) -> None:
    zone(BERLIN)
    at = dt.datetime(2026, 7, 1, 12, 5, 30, tzinfo=dt.UTC)  # 14:05:30 there
    for text, expected in (
        ("until:2026-07-01T14:05", True),
        ("until:2026-07-01T14:04", False),
        ("until:2026-07-01T14:05:30", True),
        ("until:2026-07-01T14:05:29", False),
        ('since:"2026-07-01 14:05:30"', True),
        ("since:2026-07-01T14:05:31", False),
        ("since:2026-07-01T12:05Z", True),
        ("until:2026-07-01T12:04Z", False),
        ("until:2026-07-01T13:05+01:00", True),
    ):
        assert lets_through(log_filter(text), at) is expected, text
    assert typed_log_filter(log_filter("until:2026-07-01T12:05Z")) == "until:2026-07-01T14:05"
    # The day on which the clock is put forward, and the hour that comes twice.
    assert log_filter("until:2026-03-29").until == dt.datetime(2026, 3, 29, 22, tzinfo=dt.UTC)
    assert log_filter("since:2026-03-29").since == dt.datetime(2026, 3, 28, 23, tzinfo=dt.UTC)
    assert log_filter("until:2026-10-25").until == dt.datetime(2026, 10, 25, 23, tzinfo=dt.UTC)
    for text in ("since:yesterday", "until:2026-02-30", "since:2026-W05", "until:9999-12-31", "since:20260131"):
        with pytest.raises(ValueError, match="is not a date like"):
            log_filter(text)
    # The date of a commit that is typed.
    assert parse_date("2026-07-01 14:05") == at.replace(second=0)
    assert parse_date("2026-07-01T14:05:30+02:00") == at
