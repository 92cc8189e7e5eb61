"""From the engines' messages to typed errors.

MySQL's numbers and SQLite's codes come first. Nearly every error of Dolt's own is number 1105, and DoltLite's have no
code, so those are told by their texts (`dolt_tui.engine.errors.texts`): there and nowhere else.
See engine-facts.md#nearly-everything-is-1105.
"""

from __future__ import annotations

import re

from ..model.calls import without_password
from . import (
    AccessDenied,
    AlreadyExists,
    BranchNotFound,
    Constraint,
    DatabaseNotFound,
    EngineError,
    IgnoreConflict,
    PermissionDenied,
    Serialization,
    ServerLost,
    TableNotFound,
    TlsFailed,
)
from .texts import patterns

MAX_TEXT = 600
"""Longer engine messages are cut: some repeat the whole value that they refuse."""

_SEVERITY = re.compile(r"(?:error|fatal|dolt_\w+): ")
_PREAMBLE = re.compile(r"Committing this transaction resulted in .*?\nConstraint violations: *\n", re.DOTALL)
"""Five hundred characters about variables of Dolt's, before it tells which constraints."""

_STACK = re.compile(r"\s*\ngoroutine \d+ \[.*", re.DOTALL)
"""The stack of the server's that follows what a panic says."""


_BROKE = "The connection to the server broke."
_NUMBERS: dict[int, tuple[type[EngineError], str | None]] = {
    0: (ServerLost, _BROKE),
    1007: (AlreadyExists, "A database of that name already exists."),
    1044: (PermissionDenied, None),
    1045: (AccessDenied, None),
    1048: (Constraint, None),
    1049: (DatabaseNotFound, None),
    1062: (Constraint, None),
    1142: (PermissionDenied, None),
    1146: (TableNotFound, None),
    1213: (Serialization, "Another session changed the same data in the meantime."),
    1451: (Constraint, None),
    1452: (Constraint, None),
    2003: (ServerLost, None),
    2006: (ServerLost, _BROKE),
    2013: (ServerLost, _BROKE),
}
_OWN = 1105
"""The number of nearly all errors of Dolt's own."""
_SQLITE_CONSTRAINT = 19


def shorten(text: str) -> str:
    """``text`` without the whitespace around it, a panic's stack and URLs' passwords, cut at MAX_TEXT characters."""
    text = without_password(_STACK.sub("", text.strip()))
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


def number_and_text(error: BaseException) -> tuple[int | None, str]:
    """The error number (None on DoltLite) and the text of a driver's error, also behind SQLAlchemy's wrapping."""
    original: BaseException = getattr(error, "orig", None) or error
    arguments = original.args
    if len(arguments) >= 2 and isinstance(arguments[0], int):
        return arguments[0], str(arguments[1])
    if len(arguments) == 1 and isinstance(arguments[0], int):
        return arguments[0], ""
    return None, str(arguments[0]) if arguments else str(original)


def _tls_failure(text: str) -> TlsFailed | None:
    """What went wrong with TLS, where that is what went wrong."""
    if "SSL is required but" in text:
        return TlsFailed("TLS was asked for, and the server has none.", "Without TLS it is --ssl-mode DISABLED.")
    if found := re.search(r"certificate verify failed: (.*?)(?: \(_ssl\.c:\d+\))?\)?$", text, re.DOTALL):
        reason = found[1].strip().rstrip(".")
        if "mismatch" in reason:
            advice = "Connect to the host by a name in it; --ssl-mode VERIFY_CA accepts any name."
        else:
            advice = "Name the authority that signed it: --ssl-ca FILE."
        return TlsFailed(f"The server's certificate is not accepted: {reason}.", advice)
    if "ALERT_CERTIFICATE_REQUIRED" in text or "ALERT_BAD_CERTIFICATE" in text or "ALERT_UNKNOWN_CA" in text:
        return TlsFailed(
            "The server does not accept your certificate.", "Give one that it knows: --ssl-cert FILE --ssl-key FILE."
        )
    if found := re.search(r"\[SSL[:\]] ?([A-Z0-9_]*)", text):
        words = found[1].replace("_", " ").lower() or "the server ended it"
        return TlsFailed(f"No encrypted connection could be made: {words}.")
    return None


def translate(error: BaseException) -> EngineError:
    """The typed error for what a driver (or SQLAlchemy around it) raised."""
    if isinstance(error, EngineError):
        return error
    number, text = number_and_text(error)
    detail = shorten(_PREAMBLE.sub("", text))
    if number in (2003, 2013, 2026) and (failed := _tls_failure(text)):
        return failed
    if number in _NUMBERS:
        kind, message = _NUMBERS[number]
        if number == 1049 and "/" in text:
            kind = BranchNotFound
        return kind(message or detail, detail=detail if message else "")
    if _breaks_constraint(error):
        return Constraint(detail)
    if number not in (None, _OWN):  # the text is a trigger's, or about a value
        return EngineError(detail or type(error).__name__)
    if text.startswith("unknown error: Code: UNAVAILABLE"):
        return TlsFailed(
            "The server does not allow connections without TLS.",
            "Add --ssl-mode REQUIRED, or ?ssl-mode=REQUIRED to the URL.",
            detail,
        )
    severity = _SEVERITY.match(text)
    begin = severity.end() if severity is not None else 0
    for pattern, kind, message in patterns():
        if pattern.match(text, begin):
            if kind is IgnoreConflict:
                message = _ignore_conflict(detail)
            return kind(message or detail, detail=detail if message else "")
    return EngineError(detail or type(error).__name__)


def _ignore_conflict(text: str) -> str:
    """Which patterns contradict each other, in a sentence: the engine writes a list of several lines."""
    found = re.fullmatch(r".*?the table (.+) matches .*?ignored:\s+(.+?)\s+not ignored:\s+(.+?)\s*", text, re.DOTALL)
    if found is None:
        return " ".join(text.split())
    table, yes, no = (" ".join(part.split()) for part in found.groups())
    return f"Patterns in dolt_ignore contradict each other about {table}: ignored by {yes}, not ignored by {no}."


def _breaks_constraint(error: BaseException) -> bool:
    """Whether SQLite itself says so: its text names a constraint, or is what a trigger raised."""
    code = getattr(getattr(error, "orig", None) or error, "sqlite_errorcode", 0)
    return bool(code & 0xFF == _SQLITE_CONSTRAINT and code != _SQLITE_CONSTRAINT)
