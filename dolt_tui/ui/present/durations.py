"""How long something has been so, in words. Pure; the header is made of it, so that it imports little."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from dolt_tui.ui.present.text import plural

if TYPE_CHECKING:
    from dolt_tui.engine.console.console import Transaction


def lasted(seconds: float) -> str:
    """How long something has been so: ``12s``, ``1m 12s``, ``2h 5m``."""
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole}s"
    return f"{whole // 60}m {whole % 60}s" if whole < 3600 else f"{whole // 3600}h {whole // 60 % 60}m"


def transaction_text(transaction: Transaction, now: dt.datetime) -> str:
    """An open transaction for the header: ``3 rows, 1m 12s``."""
    return f"{plural(transaction.rows, 'row')}, {lasted((now - transaction.since).total_seconds())}"
