"""What helps against an error of the engine, in words that name our commands by the keys that are bound to them."""

from __future__ import annotations

from dolt_tui.engine.errors import EngineError, Remedy
from dolt_tui.ui.commands.keymap import with_keys

WORDS = {
    Remedy.OPEN_FOR_WRITING: "Open the database without --read-only, and on a branch, to change it.",
    Remedy.RENAME_BRANCH: "Rename one of the two in Branches ({key:branch.rename}), from a branch that can be opened.",
    Remedy.START_SERVER: "Reading everything again ({key:refresh}) starts it once more.",
    Remedy.SET_UPSTREAM: "Push it ({key:push}), or choose an upstream in Branches ({key:branch.upstream}).",
    Remedy.ADD_REMOTE: "The Remotes tab lists them, and adds one ({key:remotes.new}).",
    Remedy.FETCH_AND_PRUNE: "Fetch ({key:fetch}), and prune, to see what the remote has.",
    Remedy.STAGE: "Stage tables with {key:changes.stage}, or all of them with {key:changes.stage_all}.",
    Remedy.STAGE_AGAIN: "Look at Changes, and stage it.",
    Remedy.REMOVE_PATTERN: "Remove one of the patterns: Changes lists them ({key:ignore}).",
    Remedy.CONTINUE_OR_ABORT: "Continue or abort it first ({key:progress}).",
    Remedy.SKIP_OR_ABORT: "Skip the commit, or abort the rebase ({key:progress}).",
    Remedy.REBASE_INTERACTIVELY: "An interactive rebase ({key:rewrite.interactive}) does that, if it is what you want.",
    Remedy.SEE_WHOLE_VALUE: "Open the row to see the whole value, or copy it ({key:copy}).",
}


def advice_of(error: EngineError) -> str:
    """What one can do about an error, for people; empty or a space where there is nothing."""
    return with_keys(WORDS[error.remedy]) if error.remedy is not None else error.advice
