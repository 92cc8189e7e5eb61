"""Every command, declared once: its key, its words in the footer, the palette, the help and the documentation.

A command's ``id`` is what the configuration file remaps (`dolt_tui.ui.commands.keymap` has the keys in effect)
and names its handler (``Workspace.action_command``); `Workspace.why_not` says why one cannot run now.
"""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from dataclasses import dataclass

from textual.keys import _character_to_key

EVERYWHERE = "everywhere"
CHANGES = "changes"
BRANCHES = "branches"
LOG = "log"
TABLES = "tables"
TAGS = "tags"
REMOTES = "remotes"
MAIN = "main"
SUMMARY = "summary"
STASHES = "stashes"
REFLOG = "reflog"


@dataclass(frozen=True, slots=True)
class Command:
    """Something that a key does."""

    id: str
    key: str
    """Textual's name of the key; more than one separated by commas; none for what only the palette offers."""
    short: str
    """One or two words, for the footer."""
    title: str
    """For the palette, the help and the documentation."""
    where: str = EVERYWHERE
    footer: bool = False
    shown: str = ""
    """The key as people read it, where Textual's name isn't it."""

    @property
    def display(self) -> str:
        """The key for people."""
        return self.shown or " ".join(_shown(key) for key in self.key.split(",") if key) or "palette"


_DISPLAY = {_character_to_key(sign): sign for sign in map(chr, range(33, 127))} | {"enter": "⏎", "escape": "esc"}


def _shown(key: str) -> str:
    """A key as people read it: ``^r`` for ``ctrl+r``, ``/`` for ``slash``."""
    *modifiers, base = key.split("+")
    if (sign := _DISPLAY.get(base)) is None and "_" in base:
        with suppress(KeyError):
            sign = unicodedata.lookup(base.replace("_", " "))
    base = sign or base
    if modifiers == ["ctrl"]:
        return f"^{base}"
    return "+".join([*modifiers, base])


COMMANDS: tuple[Command, ...] = (
    # working set
    Command("changes.stage", "space", "stage", "Stage the table, or take it out of the staged ones", CHANGES, True),
    Command("changes.rows", "enter", "rows", "Go to the rows that changed", CHANGES, True),
    Command(
        "changes.stage_all",
        "a",
        "stage all",
        "Stage all tables, or unstage all when everything is staged",
        CHANGES,
        True,
    ),
    Command("commit", "c", "commit", "Commit what is staged…", EVERYWHERE, True),
    Command("amend", "A", "amend…", "Put what is staged into the last commit, and edit its message…", CHANGES, True),
    Command("changes.discard", "d", "discard…", "Discard changes of the table, or of all tables…", CHANGES, True),
    Command("stash.now", "s", "stash", "Put the changes of known tables away", CHANGES, True),
    Command("stash.push", "S", "stash…", "Put changes away under a name, with new tables or without…", CHANGES),
    Command("ignore", "i", "ignore…", "Leave new tables out of the changes; see and remove patterns…", CHANGES, True),
    Command("changes.range", "v", "range", "Begin to select a range of tables, or end it", CHANGES),
    Command("changes.reset", "D", "reset…", "Discard all changes, the unstaged ones, or the new tables…", CHANGES),
    # stashes
    Command("stash.apply", "space", "apply", "Bring the changes back, and keep the stash", STASHES, True),
    Command("stash.open", "enter", "tables", "Go to the stash's tables", STASHES, True),
    Command("stash.pop", "g", "pop", "Bring the changes back, and drop the stash", STASHES, True),
    Command("stash.drop", "d", "drop…", "Drop the stash…", STASHES, True),
    Command("stash.new", "n", "branch…", "New branch with the stash's changes, where they were made…", STASHES, True),
    # branches
    Command("branches.switch", "space", "switch", "Switch to the branch", BRANCHES, True),
    Command("branches.open", "enter", "compare", "Go to what the branch adds", BRANCHES, True),
    Command("branches.new", "n", "new…", "New branch from the selected one, and switch to it…", BRANCHES, True),
    Command("branches.merge", "M", "merge…", "Merge the branch into the current one…", BRANCHES, True),
    Command("rewrite.rebase", "r", "rebase…", "Rebase the current branch onto the selected one…", BRANCHES, True),
    Command("branches.delete", "d", "delete…", "Delete the branch, or those of the selected range…", BRANCHES, True),
    Command(
        "branches.reset", "g", "reset…", "Reset the current branch to the selected one: soft, mixed or hard…", BRANCHES
    ),
    Command("branch.choose", "c", "switch to…", "Switch to a branch by its name, of a remote too…", BRANCHES, True),
    Command("branch.previous", "minus", "previous", "Switch to the previous branch", BRANCHES),
    Command("branch.rename", "R", "rename…", "Rename the branch…", BRANCHES, True),
    Command("branch.copy", "C", "copy…", "Copy the branch under another name…", BRANCHES),
    Command("branch.upstream", "u", "upstream…", "The branch's upstream: set it, go to it…", BRANCHES, True),
    Command("branch.forward", "f", "forward…", "Fast-forward the branch, without switching to it…", BRANCHES, True),
    Command("branch.sort", "s", "sort", "Sort the branches by date, or by name again", BRANCHES),
    Command("branch.range", "v", "range", "Begin to select a range of branches, or end it", BRANCHES),
    Command("tags.new", "T", "tag…", "Tag the last commit of the branch…", BRANCHES),
    # remotes
    Command("remotes.switch", "space", "switch", "Switch to a branch that follows the remote one", REMOTES, True),
    Command("remotes.open", "enter", "compare", "Go to what the remote branch adds", REMOTES, True),
    Command("remotes.new", "n", "new…", "Add a remote; on a remote branch: a new branch from it…", REMOTES, True),
    Command("remotes.fetch", "f", "fetch…", "Fetch from the remote…", REMOTES, True),
    Command("remotes.merge", "M", "merge…", "Merge the remote branch into the current one…", REMOTES, True),
    Command("remotes.upstream", "u", "upstream", "Let the current branch follow the remote one", REMOTES),
    Command("remotes.delete", "d", "delete…", "Remove the remote, or delete the branch on it…", REMOTES, True),
    # tags
    Command("tags.open", "enter", "tables", "Go to the tagged commit's tables", TAGS, True),
    Command("tags.at", "space", "look", "Open the database at the tag, read-only; esc goes back", TAGS, True),
    Command("tags.branch", "n", "branch…", "New branch at the tag, and switch to it…", TAGS, True),
    Command("tags.new", "T", "tag…", "Tag the last commit of the current branch…", TAGS, True),
    Command("tags.push", "P", "push…", "Push the tag to a remote…", TAGS, True),
    Command("tags.delete", "d", "delete…", "Delete the tag…", TAGS, True),
    # log
    Command("log.open", "enter", "tables", "Go to the commit's tables", LOG, True),
    Command("log.at", "space", "look", "Open the database at the commit, read-only; esc goes back", LOG, True),
    Command("log.reset", "g", "reset…", "Reset the current branch to the commit: soft, mixed or hard…", LOG, True),
    Command("rewrite.revert", "t", "revert…", "Revert the commit, or the selected range…", LOG, True),
    Command(
        "rewrite.copy",
        "C",
        "copy",
        "Copy the commit or range for pasting, or take it out of the copied ones",
        LOG,
        True,
    ),
    Command("rewrite.paste", "V", "paste…", "Paste the copied commits onto the current branch…", LOG, True),
    Command("rewrite.reword", "r", "reword…", "Give the commit another message…", LOG),
    Command("rewrite.interactive", "i", "rebase…", "Interactive rebase from the commit on…", LOG),
    Command("rewrite.squash", "S", "squash…", "Make one commit of it and all that came after…", LOG),
    Command("log.range", "v", "range", "Begin to select a range of commits, or end it", LOG),
    Command("log.filter", "f", "filter…", "Only commits by author, message, table or date…", LOG, True),
    Command("tags.new", "T", "tag…", "Tag the commit…", LOG),
    Command("log.new", "n", "branch…", "New branch at the commit, and switch to it…", LOG, True),
    # reflog
    Command("reflog.open", "enter", "tables", "Go to the commit's tables", REFLOG, True),
    Command("reflog.at", "space", "look", "Open the database at the commit, read-only; esc goes back", REFLOG, True),
    Command("reflog.reset", "g", "reset…", "Reset the branch to where it stood: soft, mixed or hard…", REFLOG, True),
    Command("reflog.new", "n", "branch…", "New branch at the commit, and switch to it…", REFLOG, True),
    # tables
    Command("tables.rows", "enter", "rows", "Go to the table's rows", TABLES, True),
    Command("tables.schema", "w", "schema", "Show the table's definition, or its rows again", TABLES, True),
    Command("tables.drop", "d", "drop…", "Drop the table…", TABLES, True),
    Command("rows.sort", "s", "sort…", "Sort the rows by a column…", TABLES),
    Command("rows.filter", "f", "filter…", "Only the rows that meet a condition…", TABLES),
    Command("rows.blame", "b", "blame", "Who changed each row of the table last", TABLES),
    # main pane
    Command("main.enter", "enter", "open", "Open the row: a table's rows, or every column of a record", MAIN, True),
    Command("rows.sort", "s", "sort…", "Sort the table's rows by a column…", MAIN, True),
    Command("rows.filter", "f", "filter…", "Only the rows that meet a condition…", MAIN, True),
    Command("rows.history", "H", "history", "The history of the row", MAIN, True),
    Command("rows.blame", "b", "blame", "Who changed each row of the table last", MAIN),
    Command("rows.columns", "x", "columns…", "Hide columns, or show them again…", MAIN, True),
    Command("rows.lines", "t", "lines", "Old and new values of changed rows on one line, or on two", MAIN),
    Command("rows.hide", "minus", "hide", "Hide the column under the cursor", MAIN),
    Command("rows.wider", "right_curly_bracket", "wider", "Make the column under the cursor wider", MAIN),
    Command("rows.narrower", "left_curly_bracket", "narrower", "Make the column under the cursor narrower", MAIN),
    Command("rows.range", "v", "range", "Begin to select a range of rows, or end it", MAIN),
    # summary
    Command("summary.link", "enter", "join…", "Choose the link table to join", SUMMARY, True),
    # everywhere
    Command("push", "P", "push…", "Push the current branch to a remote…", EVERYWHERE),
    Command("pull", "p", "pull…", "Fetch the upstream, and merge it into the current branch…", EVERYWHERE),
    Command("fetch", "f", "fetch", "Fetch from a remote", EVERYWHERE),
    Command("clone", "", "clone…", "Clone a database from a remote…", EVERYWHERE, False, "^p"),
    Command("filter", "slash", "search", "Search rows and the log; filter the other lists", EVERYWHERE, True),
    Command("search.next", "n", "next", "Go to the next row that was searched for", EVERYWHERE),
    Command("search.previous", "N", "previous", "Go to the previous row that was searched for", EVERYWHERE),
    Command("undo", "z", "undo", "Undo the last step…", EVERYWHERE, True),
    Command("redo", "Z", "redo", "Redo the step that was undone last…", EVERYWHERE),
    Command("undo.steps", "U", "steps…", "The steps that can be undone and redone…", EVERYWHERE),
    Command("undo.snapshots", "", "snapshots…", "Remove undo snapshots…", EVERYWHERE),
    Command("back", "escape", "back", "Go back; cancel what runs; clear the filter", EVERYWHERE, False),
    Command(
        "compare",
        "W",
        "compare…",
        "Mark a branch, a commit or the working set, then compare another with it in every pane…",
        EVERYWHERE,
    ),
    Command(
        "progress", "m", "options…", "Continue, skip or abort what is in progress; else merge or rebase…", EVERYWHERE
    ),
    Command("copy", "y", "copy…", "Copy the row, or the selected range…", EVERYWHERE),
    Command("refresh", "ctrl+r,R", "refresh", "Read everything again", EVERYWHERE, False, "^r R"),
    Command("statements", "at", "SQL log", "SQL log: the statements that were run", EVERYWHERE, True),
    Command("help", "question_mark", "keys", "All keys", EVERYWHERE),
    Command("pane.changes", "1", "changes", "Go to Changes", EVERYWHERE),
    Command("pane.branches", "2", "branches", "Go to Branches", EVERYWHERE),
    Command("pane.log", "3", "log", "Go to the Log", EVERYWHERE),
    Command("pane.tables", "4", "tables", "Go to Tables", EVERYWHERE),
    Command("pane.summary", "5", "summary", "Go to the Summary", EVERYWHERE),
    Command("pane.main", "0", "main", "Go to the main pane", EVERYWHERE),
    Command("tab.next", "right_square_bracket", "next tab", "Next tab of the pane", EVERYWHERE),
    Command("tab.previous", "left_square_bracket", "previous tab", "Previous tab of the pane", EVERYWHERE),
    Command("pane.next", "tab", "next", "Next pane", EVERYWHERE),
    Command("pane.previous", "shift+tab", "previous", "Previous pane", EVERYWHERE),
    Command("pane.larger", "plus", "larger", "Give the main pane the whole screen", EVERYWHERE),
    Command("pane.smaller", "underscore", "smaller", "All panes again", EVERYWHERE),
    Command("palette", "ctrl+p", "palette", "Command palette", EVERYWHERE),
    Command("suspend", "ctrl+z", "suspend", "Suspend to the shell", EVERYWHERE),
    Command("quit", "q", "quit", "Quit", EVERYWHERE),
)

MOVES: tuple[tuple[str, str], ...] = (
    ("j k ↓ ↑", "Move"),
    ("h l ← →", "Sideways by column; from cell to cell in rows"),
    ("< >", "Top, bottom (home, end)"),
    (", .", "Page up, page down"),
    ("shift+↓ ↑", "Select a range of rows"),
)
"""Keys that every list and table has by itself."""

BY_ID = {command.id: command for command in COMMANDS}

WRITING = frozenset(
    {
        "changes.stage",
        "changes.stage_all",
        "changes.discard",
        "commit",
        "branches.new",
        "branches.merge",
        "branches.delete",
        "branch.rename",
        "branch.copy",
        "branch.upstream",
        "branch.forward",
        "tags.new",
        "tags.branch",
        "tags.push",
        "tags.delete",
        "remotes.switch",
        "remotes.new",
        "remotes.fetch",
        "remotes.merge",
        "remotes.upstream",
        "remotes.delete",
        "push",
        "pull",
        "fetch",
        "clone",
        "log.reset",
        "log.new",
        "rewrite.revert",
        "rewrite.paste",
        "rewrite.reword",
        "rewrite.interactive",
        "rewrite.squash",
        "rewrite.rebase",
        "progress",
        "tables.drop",
        "amend",
        "ignore",
        "changes.reset",
        "branches.reset",
        "stash.now",
        "stash.push",
        "stash.apply",
        "stash.pop",
        "stash.drop",
        "stash.new",
        "reflog.reset",
        "reflog.new",
        "undo",
        "redo",
        "undo.steps",
        "undo.snapshots",
    }
)
"""Commands that change the database or a remote: not to be had where it was opened read-only."""
FROM_COMMITS = frozenset({"branches.new", "log.new", "reflog.new", "tags.branch", "tags.new"})
"""Writing commands that make sense while a commit is open."""
_NEED = {
    "stash": ("stash.",),
    "reflog": ("reflog.",),
    "upstream": ("branch.upstream", "remotes.upstream"),
    "rebase": ("rewrite.rebase", "rewrite.interactive", "rewrite.reword", "rewrite.squash"),
    "cherry-pick": ("rewrite.paste",),
    "revert": ("rewrite.revert",),
}
FEATURES = {command.id: feature for feature, ids in _NEED.items() for command in COMMANDS if command.id.startswith(ids)}
"""What some engines and versions lack, by the commands that need it; see `RepositoryInfo.lacks`."""
OFFLINE = frozenset(
    {"quit", "help", "statements", "palette", "back", "suspend", "refresh"}
    | {command.id for command in COMMANDS if command.id.startswith("pane.")}
)
"""Commands that need no server."""


HEADINGS = {
    EVERYWHERE: "everywhere",
    CHANGES: "in Changes",
    BRANCHES: "in Branches",
    REMOTES: "in Remotes",
    TAGS: "in Tags",
    LOG: "in Log",
    TABLES: "in Tables",
    MAIN: "in the main pane",
    SUMMARY: "in Summary",
    STASHES: "in Stashes",
    REFLOG: "in Reflog",
}
"""Where commands are, in the order of the documentation."""


def markdown() -> str:
    """The table of keys for the README."""
    lines = ["| Where | Key | What it does |", "|---|---|---|"]
    for where, heading in HEADINGS.items():
        heading = heading.removeprefix("in the ").removeprefix("in ")
        for command in COMMANDS:
            if command.where == where:
                lines.append(f"| {heading} | `{command.display.replace('|', chr(92) + '|')}` | {command.title} |")
    for keys, what in MOVES:
        lines.append(f"| lists and tables | `{keys}` | {what} |")
    return "\n".join(lines) + "\n"
