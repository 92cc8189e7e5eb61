"""What helps against an error, by an id: an application words it with its own commands, or takes the sentence here."""

from __future__ import annotations

from enum import Enum


class Remedy(Enum):
    """A remedy; its value is a sentence for applications that have no better one."""

    OPEN_FOR_WRITING = "Open the database for writing, and on a branch, to change it."
    RENAME_BRANCH = "Rename one of the two, from a branch that can be opened."
    START_SERVER = "Reading everything again starts it once more."
    SET_UPSTREAM = "Push the branch, or choose an upstream for it."
    ADD_REMOTE = "Choose one of the remotes, or add it."
    FETCH_AND_PRUNE = "Fetch, and prune, to see what the remote has."
    STAGE = "Stage tables first."
    STAGE_AGAIN = "Look at what has changed, and stage it."
    REMOVE_PATTERN = "Remove one of the patterns."
    CONTINUE_OR_ABORT = "Continue or abort it first."
    SKIP_OR_ABORT = "Skip the commit, or abort the rebase."
    REBASE_INTERACTIVELY = "An interactive rebase does that, if it is what you want."
    SEE_WHOLE_VALUE = "Look at the whole value, or copy it."
