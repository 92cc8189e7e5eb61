"""What every answer is made of: values of cells, the revisions with names of their own."""

from __future__ import annotations

from typing import Any

Value = Any
"""A value of a cell as the driver gives it: None, int, float, Decimal, str, bytes, date, datetime, timedelta.

Also `ABSENT`, in a diff and in a row's history.
"""


class _Absent:
    """The type of `ABSENT`."""

    def __repr__(self) -> str:
        return "ABSENT"

    def __copy__(self) -> _Absent:
        return self

    def __deepcopy__(self, _memo: object) -> _Absent:
        return self


ABSENT: Any = _Absent()
"""The value of a cell that has none, not even NULL: the column did not exist, or what was read does not hold it."""

WORKING = "WORKING"
"""The working set as a revision; upper case is required by both engines."""

STAGED = "STAGED"
"""The staged set as a revision."""

HEAD = "HEAD"
"""The last commit of the branch as a revision."""
