"""What people type, checked before the engine is asked: names of branches, authors, messages."""

from __future__ import annotations

import re

from .errors import InvalidCommit, InvalidName
from .model import Author

_HASH = re.compile("[0-9a-v]{32}|[0-9a-f]{40}")
_AUTHOR = re.compile(r"^\s*(?P<name>[^<>\n]*\S)\s*<\s*(?P<email>[^<>\s]*)\s*>\s*$")


def parse_author(text: str) -> Author:
    """``Name <email>`` as an `Author`. Raises `InvalidCommit` with the form that is wanted."""
    match = _AUTHOR.match(text)
    if match is None or not match["email"]:
        raise InvalidCommit("The author must look like: Name <email@example.com>")
    return Author(match["name"], match["email"])


def compose(summary: str, body: str = "") -> str:
    """Summary and body as one message. Raises `InvalidCommit` when the summary is empty."""
    summary = " ".join(summary.split())
    if not summary:
        raise InvalidCommit("A commit needs a summary line.")
    body = body.strip("\n").rstrip()
    return f"{summary}\n\n{body}" if body.strip() else summary


def check_branch_name(name: str) -> None:
    """Raise `InvalidName` for names that Dolt refuses, before it is asked."""
    trouble = ""
    if not name:
        trouble = "A branch needs a name."
    elif not name.isascii() or not name.isprintable() or any(c in " :?*~^[\\" for c in name):
        trouble = f"{name!r} holds a character that branch names cannot have."
    elif any(part in name for part in ("..", "@{", "//", "/.")) or name in ("@", "HEAD") or _HASH.fullmatch(name):
        trouble = f"{name!r} is not a name that a branch can have."
    elif name.startswith(("/", "-", ".")) or name.endswith(("/", ".lock", ".")):
        trouble = f"{name!r} begins or ends in a way that branch names cannot."
    if trouble:
        raise InvalidName(trouble)
