"""What a job does, in words: every label begins with a verb in its base form, and is put into sentences here."""

from __future__ import annotations

VERBS = {
    "abort": "aborting",
    "add": "adding",
    "alter": "altering",
    "amend": "amending",
    "apply": "applying",
    "change": "changing",
    "check": "checking",
    "cherry-pick": "cherry-picking",
    "clone": "cloning",
    "commit": "committing",
    "continue": "continuing",
    "copy": "copying",
    "count": "counting",
    "create": "creating",
    "delete": "deleting",
    "discard": "discarding",
    "drop": "dropping",
    "edit": "editing",
    "export": "exporting",
    "fast-forward": "fast-forwarding",
    "fetch": "fetching",
    "find": "finding",
    "forget": "forgetting",
    "ignore": "ignoring",
    "import": "importing",
    "let": "letting",
    "look": "looking",
    "merge": "merging",
    "open": "opening",
    "pop": "popping",
    "preview": "previewing",
    "pull": "pulling",
    "push": "pushing",
    "read": "reading",
    "rebase": "rebasing",
    "redo": "redoing",
    "remove": "removing",
    "rename": "renaming",
    "reset": "resetting",
    "revert": "reverting",
    "reword": "rewording",
    "roll": "rolling",
    "run": "running",
    "save": "saving",
    "search": "searching",
    "show": "showing",
    "skip": "skipping",
    "squash": "squashing",
    "stage": "staging",
    "stash": "stashing",
    "switch": "switching",
    "try": "trying",
    "undo": "undoing",
    "unstage": "unstaging",
    "write": "writing",
}
"""Each verb with which a label begins, and its form in "staging teams…"."""


def could_not(what: str) -> str:
    """``search for ann`` → ``Could not search for ann``."""
    return f"Could not {what}"


def doing(what: str) -> str:
    """``search for ann`` → ``searching for ann``."""
    verb, space, rest = what.partition(" ")
    return f"{VERBS.get(verb, verb)}{space}{rest}"
