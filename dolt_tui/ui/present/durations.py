"""How long something has been so, in words. Pure; the header is made of it, so that it imports little."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from dolt_tui.words import lasted, plural

if TYPE_CHECKING:
    from dolt_tui.engine.console.console import Transaction


def transaction_text(transaction: Transaction, now: dt.datetime) -> str:
    """An open transaction for the header: ``3 rows, 1m 12s``."""
    return f"{plural(transaction.rows, 'row')}, {lasted((now - transaction.since).total_seconds())}"
