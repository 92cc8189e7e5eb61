"""What people type, checked before the engine is asked: names of branches, authors, messages."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from ..errors import BranchNotFound, BranchShadowed, EngineError, InvalidCommit, InvalidName, InvalidPlan
from ..model import Author
from ..model.rewriting import Action, RebaseStep

_HASH = re.compile("[0-9a-v]{32}|[0-9a-f]{40}")
_REMOTE = re.compile("[A-Za-z0-9_][A-Za-z0-9_-]*")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+|[\w-]+/[\w.-]+")
_AUTHOR = re.compile(r"^\s*(?P<name>[^<>\n]*\S)\s*<\s*(?P<email>[^<>\s]*)\s*>\s*$")


def parse_author(text: str) -> Author:
    """``Name <email>`` as an `Author`. Raises `InvalidCommit` with the form that is wanted."""
    match = _AUTHOR.match(text)
    if match is None or not match["email"]:
        raise InvalidCommit("The author must look like: Name <email@example.com>")
    return Author(match["name"], match["email"])


def is_hash(revision: str) -> bool:
    """Whether a revision is a commit's hash, which no branch can be named like."""
    return _HASH.fullmatch(revision) is not None


_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?\s*(?:Z|[+-]\d\d:?\d\d)?)?")


def parse_date(text: str) -> dt.datetime:
    """``2026-01-31``, ``2026-01-31 14:05`` or with ``:09`` and ``+02:00`` behind, as a date in UTC.

    Without a zone it is in the local one. Raises `InvalidCommit` with the form that is wanted.
    """
    text = text.strip()
    wanted = "The date must look like: 2026-01-31 14:05, or 2026-01-31T14:05:00+02:00"
    if not _DATE.fullmatch(text):
        raise InvalidCommit(wanted)
    try:
        return dt.datetime.fromisoformat(text.replace(" +", "+").replace(" -", "-")).astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidCommit(wanted) from error


def with_line_feeds(text: str) -> str:
    """``text`` with LF at the end of each line: terminals send CR between pasted lines."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def message_parts(message: str) -> tuple[str, str]:
    """Summary and body of a message that is stored."""
    summary, _, body = with_line_feeds(message).strip().partition("\n")
    return summary.strip(), body.strip("\n")


def split_message(text: str) -> tuple[str, str]:
    """Summary and body of a message as it was written in an editor: lines that begin with ``#`` are comments."""
    lines = [line.rstrip() for line in text.splitlines() if not line.startswith("#")]
    summary, _, body = "\n".join(lines).strip("\n").partition("\n")
    return summary.strip(), body.strip("\n")


def compose(summary: str, body: str = "") -> str:
    """Summary and body as one message. Raises `InvalidCommit` when the summary is empty."""
    summary = " ".join(part for line in summary.splitlines() if (part := line.strip()))
    if not summary:
        raise InvalidCommit("A commit needs a summary line.")
    body = with_line_feeds(body).strip("\n").rstrip()
    return f"{summary}\n\n{body}" if body.strip() else summary


def check_stash_name(name: str) -> None:
    """Raise `InvalidName` for names that a stash cannot have, before Dolt is asked."""
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.,()+-]{0,79}", name) or ".." in name or name.endswith((".", ".lock")):
        raise InvalidName(
            f"{name!r} cannot be a stash's name." if name else "A stash needs a name.",
            "Letters, digits and _ - . , ( ) +, at most 80 of them.",
        )


def check_branch_name(name: str) -> None:
    """Raise `InvalidName` for names that Dolt refuses, before it is asked."""
    _check_ref(name, "branch")


def check_opened(branch: str, opened: object) -> None:
    """Raise `BranchShadowed` or `BranchNotFound` where the branch that was opened is not the one asked for.

    ``opened`` is what ``active_branch()`` says: NULL, which is let through, at a tag or a commit.
    """
    if opened is None or opened == branch:
        return
    if str(opened).lower() == branch.lower():
        raise BranchShadowed(branch, str(opened))
    raise BranchNotFound(f"{branch} is not a branch.")


def can_be_followed(name: str) -> bool:
    """Whether a remote branch of that name can be an upstream: Dolt 2.2.0 writes a broken setting for the others."""
    return '"' not in name


def check_tag_name(name: str) -> None:
    """The same for the name of a tag."""
    _check_ref(name, "tag")
    if name.startswith("refs/"):  # Dolt's server breaks the connection at some of these
        raise InvalidName(f"{name!r} begins with something that tag names cannot begin with.")


def _check_ref(name: str, kind: str) -> None:
    reason = ""
    if not name:
        reason = f"A {kind} needs a name."
    elif not name.isascii() or not name.isprintable() or any(c in " :?*~^[\\" for c in name):
        reason = f"{name!r} holds a character that {kind} names cannot contain."
    elif any(part in name for part in ("..", "@{", "//", "/.")) or name in ("@", "HEAD") or _HASH.fullmatch(name):
        reason = f"{name!r} is not a valid {kind} name."
    elif name.startswith(("/", "-", ".")) or name.endswith(("/", ".lock", ".")):
        reason = f"{name!r} begins or ends with something that {kind} names cannot."
    if reason:
        raise InvalidName(reason)


def check_remote_name(name: str) -> None:
    """Raise `InvalidName` for names of remotes that Dolt refuses, or takes and cannot fetch from."""
    if not _REMOTE.fullmatch(name):
        raise InvalidName(
            f"{name!r} is not a valid remote name." if name else "A remote needs a name.",
            "Names of remotes are made of ASCII letters, digits, _ and -, and don't begin with -.",
        )


def check_remote_url(url: str) -> None:
    """Raise `EngineError` for what cannot be a remote's URL; whether it leads anywhere is not asked."""
    if not url.isprintable() or not _URL.fullmatch(url):
        raise EngineError(
            "That is not the URL of a remote.",
            "For example file:///a/directory, https://host/owner/name, or owner/name on DoltHub.",
        )


def check_database_name(name: str) -> None:
    """Raise `InvalidName` for names of databases that Dolt cannot make or that would be taken for a branch's."""
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", name):
        raise InvalidName(
            f"{name!r} is not a valid database name here." if name else "A database needs a name.",
            "Use ASCII letters, digits, _ and -.",
        )


def check_plan(steps: Sequence[RebaseStep]) -> None:
    """Raise `InvalidPlan` for what the engine would refuse."""
    kept = next((step for step in steps if step.action is not Action.DROP), None)
    if kept is not None and kept.action in (Action.SQUASH, Action.FIXUP):
        raise InvalidPlan(f"There is nothing before {kept.hash[:7]} ({kept.summary}) to {kept.action} it into.")
    for step in steps:
        if step.action is Action.REWORD and not step.message.strip():
            raise InvalidPlan(f"The new message of {step.hash[:7]} is empty.", "Give it a message, or pick it.")
