"""How far a transfer has come, in words."""

from __future__ import annotations

from pathlib import Path

from dolt_tui.words import count, plural


class Counted:
    """Rows that are done: told on one thread, read on another."""

    def __init__(self) -> None:
        self.rows = 0
        self.of: int | None = None

    def __call__(self, rows: int, of: int | None) -> None:
        self.rows, self.of = rows, of

    @property
    def text(self) -> str:
        """For the header: ``12,000 of 1,000,000 rows``."""
        if not self.rows:
            return ""
        return f"{count(self.rows)} of {plural(self.of, 'row')}" if self.of is not None else plural(self.rows, "row")


def size_text(size: int) -> str:
    """A number of bytes for people."""
    amount = float(size)
    for unit in ("B", "KB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 100 else f"{amount:.1f} {unit}"
        amount /= 1000
    raise AssertionError("not reached")


def path_text(path: Path) -> str:
    """A path with ``~`` for one's own directory."""
    text, home = str(path), str(Path.home())
    return f"~{text[len(home) :]}" if text.startswith(f"{home}/") else text
