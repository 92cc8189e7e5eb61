"""Measuring: two things by turns, medians, and what a table says about them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

RUNS = 15


@dataclass(frozen=True)
class Result:
    """One line of the table."""

    job: str
    measured: str
    against: str
    value: float | None
    """What the target is about: a ratio, milliseconds or per cent. None where it could not be measured."""
    unit: str
    """``×``, ``ms`` or ``%``."""
    target: float | None
    """The most that is wanted; None where none was set."""

    @property
    def verdict(self) -> str:
        if self.value is None:
            return "not measured"
        if self.target is None:
            return "–"
        return "yes" if self.value <= self.target else "**no**"

    def cells(self) -> tuple[str, ...]:
        """The line, as text."""
        value = "" if self.value is None else _number(self.value, self.unit)
        target = "–" if self.target is None else _number(self.target, self.unit, short=True)
        return self.job, self.measured, self.against, value, target, self.verdict


HEADINGS = ("job", "measured", "against", "value", "at most", "reached")


def _number(value: float, unit: str, *, short: bool = False) -> str:
    text = f"{value:g}" if short else f"{value:.2f}" if unit == "×" else f"{value:.1f}"
    return f"{text} {unit}" if unit == "ms" or unit == "%" else f"{text}{unit}"


def markdown(results: Sequence[Result]) -> str:
    """The table for the README."""
    lines = [f"| {' | '.join(HEADINGS)} |", "|---|---|---|---|---|---|"]
    lines += [f"| {' | '.join(result.cells())} |" for result in results]
    return "\n".join(lines)


def clock(work: Callable[[], Any]) -> float:
    """The milliseconds that ``work`` takes."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def by_turns(*works: Callable[[], Any], runs: int = RUNS, warm: int = 3) -> tuple[float, ...]:
    """The medians, in milliseconds, of things done one after the other again and again: noise hits all alike."""
    times: list[list[float]] = [[] for _ in works]
    for number in range(-warm, runs):
        order = list(range(len(works)))
        if number % 2:
            order.reverse()
        for index in order:
            taken = clock(works[index])
            if number >= 0:
                times[index].append(taken)
    return tuple(statistics.median(each) for each in times)


def ratio(job: str, ours: float, other: float, other_name: str, target: float | None) -> Result:
    """A result that is one time over another."""
    return Result(job, f"{ours:.2f} ms", f"{other_name} {other:.2f} ms", ours / other, "×", target)


def beyond(job: str, ours: float, other: float, other_name: str, target: float | None) -> Result:
    """A result that is the time that something takes longer than another thing."""
    return Result(job, f"{ours:.1f} ms", f"{other_name} {other:.1f} ms", ours - other, "ms", target)


def plain(job: str, value: float, unit: str, target: float | None, against: str = "") -> Result:
    """A result that is a number by itself."""
    return Result(job, _number(value, unit), against, value, unit, target)


def missing(job: str, reason: str, unit: str, target: float | None) -> Result:
    """A job that could not be measured, and why."""
    return Result(job, reason, "", None, unit, target)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
