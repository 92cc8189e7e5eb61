"""Errors of the drivers become ours by numbers and whole texts."""

from __future__ import annotations

import pymysql
from hypothesis import given
from hypothesis import strategies as st

from dolt_tui.engine import errors
from dolt_tui.engine.backends.embedded import driver
from dolt_tui.engine.errors import EngineError
from dolt_tui.engine.errors.translation import translate
from tests.spoken import spoken


def test_an_error_of_ours_stays_as_it_is() -> None:
    ours = errors.Busy("x")
    assert translate(ours) is ours
    assert translate(ValueError("what")).message == "what"
    assert translate(ValueError()).message


def test_the_stack_of_a_panic_is_left_out() -> None:
    """Dolt answers with all of it where it counts what a merge would change, and a table has a virtual column."""
    panic = (
        "panic computing merge stats: runtime error: index out of range [2] with length 2\n"
        "goroutine 991 [running]:\nruntime/debug.Stack()\n\t/usr/local/go/src/runtime/debug/stack.go:26 +0x5e"
    )
    said = translate(pymysql.MySQLError(1105, panic))
    assert said.message == "panic computing merge stats: runtime error: index out of range [2] with length 2"
    text = "no goroutine 7 [x] here"
    assert translate(pymysql.MySQLError(1105, text)).message == text


@given(st.sampled_from(spoken()), st.sampled_from(["'{}'", "`{}`", '"{}"', "{}", "a: {}", "{}, {}"]))
def test_texts_around_data(text: str, around: str) -> None:
    """Nothing of what stands around a name or a value changes what an error is."""
    data = around.format(text, text)
    for number, template, kind in (
        (1062, "Duplicate entry {}", errors.Constraint),
        (1062, "duplicate unique key given: [{}]", errors.Constraint),
        (1644, "{}", EngineError),
        (1366, "error: {} is not a valid value for 'int'", EngineError),
        (1146, "table not found: {}", errors.TableNotFound),
        (1105, "table not found: {}", errors.TableNotFound),
        (1105, 'column "{}" could not be found in any table in scope', errors.ColumnNotFound),
        (1105, "error: the table(s) {} do not exist", errors.TableNotFound),
        (1105, "error: the table(s) {} are in conflict", errors.MergeInProgress),
        (None, "no such table: {}", errors.TableNotFound),
        (None, "no such column: {}", errors.ColumnNotFound),
    ):
        message = template.format(data)
        error = pymysql.MySQLError(number, message) if number is not None else driver.OperationalError(message)
        assert type(translate(error)) is kind, message
