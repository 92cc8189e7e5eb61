"""Commits, and which of them the log shows."""

from __future__ import annotations

import datetime as dt

from ...frozen import Frozen
from .changes import TableChange


class Commit(Frozen):
    """A commit; ``parents`` in order, the merged one second."""

    hash: str
    author: str
    email: str
    date: dt.datetime
    message: str
    parents: tuple[str, ...]

    @property
    def summary(self) -> str:
        """The first line of the message."""
        return self.message.strip().split("\n", 1)[0]

    @property
    def body(self) -> str:
        """The message after its first line, without the blank line between."""
        return self.message.strip().partition("\n")[2].strip("\n")


class LogFilter(Frozen):
    """Which commits are wanted; what is left empty lets all of them through."""

    author: str = ""
    """A part of the author's ``name <email>``, in upper or lower case."""
    message: str = ""
    """A part of the message, in upper or lower case."""
    table: str = ""
    """A table that the commit changed."""
    since: dt.datetime | None = None
    """The earliest date; one without a time zone is in UTC, as everywhere here."""
    until: dt.datetime | None = None
    """The date before which: not itself included."""

    @property
    def empty(self) -> bool:
        """Whether everything is let through."""
        return self == LogFilter()

    def __str__(self) -> str:
        parts = [f"author contains {self.author}"] if self.author else []
        parts += [f"message contains {self.message}"] if self.message else []
        parts += [f"table {self.table}"] if self.table else []
        parts += [f"since {self.first}"] if self.since else []
        parts += [f"until {self.last}"] if self.until else []
        return " · ".join(parts)

    @property
    def first(self) -> str:
        """The first day, minute or second that is wanted, in local time; empty where there is none."""
        return "" if self.since is None else _short(_local(self.since))

    @property
    def last(self) -> str:
        """The last one."""
        if self.until is None:
            return ""
        end = _local(self.until)
        if end.time() == dt.time():
            return f"{end - dt.timedelta(days=1):%Y-%m-%d}"
        if not end.second:
            return f"{end - dt.timedelta(minutes=1):%Y-%m-%d %H:%M}"
        return f"{end - dt.timedelta(seconds=1):%Y-%m-%d %H:%M:%S}"


def _local(time: dt.datetime) -> dt.datetime:
    """What the clock on the wall shows; without a zone a time is in UTC."""
    return (time if time.tzinfo is not None else time.replace(tzinfo=dt.UTC)).astimezone().replace(tzinfo=None)


def _short(time: dt.datetime) -> str:
    """A time for people, without what is zero at its end."""
    if time.time() == dt.time():
        return f"{time:%Y-%m-%d}"
    return f"{time:%Y-%m-%d %H:%M:%S}" if time.second or time.microsecond else f"{time:%Y-%m-%d %H:%M}"


class LogPage(Frozen):
    """A page of the log in the engine's own order (children before parents)."""

    commits: tuple[Commit, ...]
    frontier: tuple[str, ...]
    """The revisions that the next page starts from; empty at the end of history."""


class FoundCommit(Frozen):
    """A commit that contains a text."""

    hash: str
    before: int
    """How many commits of the log, as it was searched, lie before it."""


class CommitDetail(Frozen):
    """A commit with what it changed against its first parent."""

    commit: Commit
    changes: tuple[TableChange, ...]
    refs: tuple[str, ...] = ()


class Comparison(Frozen):
    """What one revision has and another lacks, by commits and tables."""

    base: str
    other: str
    merge_base: str
    ours: int
    """Commits of ``base`` that ``other`` lacks."""
    theirs: int
    """Commits of ``other`` that ``base`` lacks."""
    commits: tuple[Commit, ...]
    """The newest of those of ``other``."""
    changes: tuple[TableChange, ...]
    """What differs between ``old`` and ``other``."""
    old: str = ""
    """What ``other`` is compared with: the merge base (three-dot), or ``base`` itself; empty where there is nothing."""
