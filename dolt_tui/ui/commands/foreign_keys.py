"""Keys that people bring along from lazygit, VisiData and vim, and that mean nothing in a pane: what does it here."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Set
from typing import TypeAlias

from .command import (
    BRANCHES,
    CHANGES,
    CONFLICT_ROWS,
    LOG,
    MAIN,
    REFLOG,
    REMOTES,
    STASHES,
    TAGS,
    WITHIN,
)
from .keys import named, shown

Table: TypeAlias = dict[str, tuple[str, str, str]]
"""By a key: what it is, in which program, and what does that here, as a clause that names keys by ``{key:id}``."""

_LG, _VD, _VIM = "lazygit", "VisiData", "vim"
_NO_WORKTREES = ("worktrees", _LG, "Dolt has none; {key:branch.choose} in Branches switches branches")
_NO_FILES = ("the tool that shows diffs", _LG, "the main pane shows them: {key:pane.main}")
_OPENS = ("opening it elsewhere", _LG, "{key:copy} copies what is selected")
_TYPES = ("the type of a column", _VD, "{key:tables.schema} in Tables shows the types")
_SQL = "{key:console.line} runs SQL"
_ROWS = "it works in the rows of a table"
_MARKS = ("a mark", _VIM, "there are none; {key:filter} searches")
_COUNT = ("a count", _VIM, "there are none; {key:filter} searches")
_WORDS = ("the next word", _VIM, "the arrows go from column to column")
_SELECTS = ("selecting rows", _VD, "shift with the arrows selects a range")

_BACK = "it works in the panes, to which {key:resolver.back} goes back"

_EVERYWHERE: Table = {
    "a": ("a new row", _VD, "{key:cells.new_row} in the rows of a table adds one"),
    "b": ("the word before", _VIM, "the arrows go from column to column"),
    "d": ("deleting", _VD, "{key:cells.delete} in the rows of a table deletes one"),
    "e": ("editing", _VD, "{key:cells.edit} in the rows of a table edits a cell"),
    "i": ("inserting", _VIM, "{key:cells.edit} in the rows of a table edits a cell"),
    "o": ("opening a file", _VD, "{key:import} in Tables imports one"),
    "r": ("going to a row", _VD, "{key:filter} searches"),
    "s": _SELECTS,
    "t": _SELECTS,
    "u": ("undoing", _VIM, "{key:undo} does that"),
    "v": ("selecting a range", _LG, "one at a time is selected here"),
    "w": _WORDS,
    "x": ("cutting", _VIM, "{key:copy} copies, {key:cells.delete} deletes a row of a table"),
    "A": ("a new sheet", _VD, "{key:tables.new} in Tables makes a table"),
    "B": ("the word before", _VIM, "the arrows go from column to column"),
    "C": ("the list of columns", _VD, "{key:rows.columns} in rows shows it"),
    "D": ("the command log", _VD, "{key:statements} shows the SQL log"),
    "E": ("the last error", _VD, "{key:statements} shows the SQL log"),
    "F": ("the frequency of values", _VD, _ROWS),
    "I": ("describing columns", _VD, _ROWS),
    "J": ("scrolling the main panel", _LG, "{key:pane.main} goes there"),
    "K": ("scrolling the main panel", _LG, "{key:pane.main} goes there"),
    "O": ("the options", _VD, "they are in the configuration file"),
    "Q": ("quitting", _VD, "{key:quit} does that"),
    "S": ("the list of sheets", _VD, "{key:pane.tables} goes to Tables"),
    "T": ("transposing", _VD, "{key:main.enter} in rows shows one row as a record"),
    "V": ("selecting lines", _VIM, "shift with the arrows selects a range"),
    "X": ("deleting", _VIM, "{key:cells.delete} in the rows of a table deletes one"),
    "Y": ("copying", _VIM, "{key:copy} does that"),
    **dict.fromkeys("6789", _COUNT),
    ":": ("a command", _LG, _BACK),
    "z": ("undoing", _LG, "{key:deciding.take_back} takes back what was decided last"),
    "c": ("committing", _LG, _BACK),
    "f": ("fetching", _LG, _BACK),
    "m": ("what is in progress", _LG, "{key:resolver.continue} continues, {key:resolver.abort} aborts"),
    "p": ("pulling", _LG, _BACK),
    "P": ("pushing", _LG, _BACK),
    "W": ("comparing", _LG, _BACK),
    "U": ("undoing", _VD, "{key:deciding.take_back} takes back what was decided last"),
    "Z": ("splitting the window", _VD, "{key:pane.larger} gives a pane more room"),
    "[": ("sorting", _VD, _BACK),
    "]": ("sorting", _VD, _BACK),
    "4": _COUNT,
    "ctrl+e": ("comparing", _LG, _BACK),
    "ctrl+s": ("the filter by path", _LG, "{key:filter} searches"),
    "space": ("a command by its name", _VD, "{key:palette} finds one"),
    "backspace": ("going back", _VIM, "{key:back} does that"),
    "|": ("selecting rows by a pattern", _VD, "{key:filter} searches"),
    "\\": ("unselecting rows", _VD, "{key:back} ends a selection"),
    "%": _TYPES,
    "#": _TYPES,
    "~": _TYPES,
    "!": ("a key column", _VD, "the columns of the primary key stay in view"),
    "&": ("joining sheets", _VD, _SQL),
    "=": ("a column by an expression", _VD, _SQL),
    ";": ("a column by a pattern", _VD, _SQL),
    "*": ("replacing in a column", _VD, "{key:cells.replace} in the rows of a table does that"),
    '"': ("a sheet of the selected rows", _VD, "{key:rows.filter} in rows filters them"),
    "'": _MARKS,
    "`": _MARKS,
    "(": ("expanding a column", _VD, "{key:main.enter} in rows shows every value whole"),
    ")": ("closing a column", _VD, "{key:back} goes back from a record"),
    "{": ("less around a diff", _LG, "a diff shows whole rows"),
    "}": ("more around a diff", _LG, "a diff shows whole rows"),
    "-": ("hiding a column", _VD, _ROWS),
    "ctrl+a": ("adding to a number", _VIM, "{key:cells.edit} in the rows of a table edits a cell"),
    "ctrl+g": ("where one is", _VIM, "the first line of the screen says it"),
    "ctrl+h": ("the help", _VD, "{key:help} shows the keys"),
    "ctrl+j": ("moving a commit down", _LG, "{key:rewrite.interactive} in the Log does that"),
    "ctrl+k": ("moving a commit up", _LG, "{key:rewrite.interactive} in the Log does that"),
    "ctrl+l": ("drawing the screen again", _VIM, "{key:refresh} reads everything again"),
    "ctrl+t": ("what runs", _VD, "the first line of the screen shows it"),
    "ctrl+v": ("selecting a block", _VIM, "shift with the arrows selects a range"),
    "ctrl+w": ("going between windows", _VIM, "{key:pane.next} goes to the next pane"),
    "ctrl+x": ("running an expression", _VD, _SQL),
    "ctrl+y": ("scrolling by a line", _VIM, "the wheel of the mouse does that"),
    "ctrl+]": ("going to a definition", _VIM, "{key:main.enter} in rows follows a foreign key"),
}
"""What VisiData and vim have in every list, and what lazygit has everywhere; some of it is a command in the panes, and
means nothing in the resolver only."""

_PLACES: dict[str, Table] = {
    "": _EVERYWHERE,
    CHANGES: {
        "b": ("the filter by status", _LG, "{key:filter} filters by name"),
        "C": ("committing in an editor", _LG, "{key:commit} commits"),
        "e": ("editing a file", _LG, "{key:cells.edit} in the rows of a table edits a cell"),
        "g": (
            "resetting to the upstream",
            _LG,
            "{key:branches.reset} in Branches resets, {key:changes.reset} discards",
        ),
        "o": _OPENS,
        "r": ("refreshing", _LG, "{key:refresh} does that"),
        "w": ("committing without a hook", _LG, "Dolt has none; {key:commit} commits"),
        "`": ("the tree of files", _LG, "the tables are a list"),
        "ctrl+t": _NO_FILES,
    },
    BRANCHES: {
        "F": ("forcing a checkout", _LG, "{key:branches.switch} switches; uncommitted changes stay on their branch"),
        "i": ("git-flow", _LG, "dolt-tui does not have it"),
        "o": ("a pull request", _LG, "dolt-tui has none; {key:push} pushes"),
        "O": ("a pull request", _LG, "dolt-tui has none; {key:push} pushes"),
        "w": _NO_WORKTREES,
        "ctrl+y": ("the address of a pull request", _LG, "dolt-tui has none; {key:push} pushes"),
    },
    REMOTES: {
        "e": ("editing a remote", _LG, "{key:remotes.delete} removes it, {key:remotes.new} adds it again"),
        "g": ("resetting to it", _LG, "{key:remotes.switch} switches to it, {key:branches.reset} in Branches resets"),
        "r": ("rebasing onto it", _LG, "{key:remotes.switch} switches to it, {key:rewrite.rebase} in Branches rebases"),
        "s": ("the order", _LG, "{key:branch.sort} in Branches sorts those"),
        "w": _NO_WORKTREES,
    },
    TAGS: {
        "g": ("resetting to it", _LG, "{key:log.reset} on its commit in the Log resets"),
        "w": _NO_WORKTREES,
    },
    LOG: {
        "a": ("the author of a commit", _LG, "{key:amend} in Changes amends it with its author"),
        "A": ("amending", _LG, "{key:amend} in Changes amends the last commit"),
        "b": ("bisecting", _LG, "Dolt has none; {key:log.at} opens the database at a commit"),
        "B": ("the base of a rebase", _LG, "{key:rewrite.interactive} rebases from the selected commit"),
        "d": ("dropping a commit", _LG, "{key:rewrite.interactive} does that"),
        "e": ("editing a commit", _LG, "{key:rewrite.interactive} does that"),
        "o": _OPENS,
        "s": ("squashing down", _LG, "{key:rewrite.fixup} does that, {key:rewrite.squash} with all later commits"),
        "w": _NO_WORKTREES,
        "ctrl+l": ("the log's options", _LG, "{key:log.filter} filters the commits"),
        "ctrl+t": _NO_FILES,
    },
    REFLOG: {
        "o": _OPENS,
        "w": _NO_WORKTREES,
        "ctrl+t": _NO_FILES,
    },
    STASHES: {
        "r": ("renaming a stash", _LG, "{key:stash.pop} pops it, {key:stash.push} in Changes stashes under a name"),
        "w": _NO_WORKTREES,
    },
    MAIN: {
        "a": ("the whole hunk", _LG, "in uncommitted rows it stages all rows"),
        "w": ("committing without a hook", _LG, "Dolt has none; {key:commit} commits"),
        "`": ("the tree of files", _LG, "the tables are a list"),
        "ctrl+t": _NO_FILES,
    },
    CONFLICT_ROWS: {
        "space": ("picking a side", _LG, "{key:deciding.ours} takes ours, {key:deciding.theirs} theirs"),
    },
}
"""What lazygit has in the panel that is like a pane; its panel of staging is like uncommitted rows."""


def foreign(place: str, key: str, ids: Set[str] | None = None) -> str:
    """What a key of a pane would be elsewhere, and what does that here; empty where it is nothing there either.

    The key is named as Textual does; the sentence names others by ``{key:id}``. ``ids`` are the commands of the screen,
    None for those of all screens: in the resolver a key of the panes may mean something else, and is not named.
    """
    where: str | None = place
    while where is not None:
        if (found := _BY_NAME[where].get(key)) is not None:
            break
        where = "" if where and where not in WITHIN else WITHIN.get(where)
    else:
        return ""
    what, program, here = found
    if ids is not None and not ids >= {*re.findall(r"\{key:([a-z_.]+)\}", here)}:
        here = _BACK
    return f"{shown(key)} is {what} in {program}: {here}"


_BY_NAME = defaultdict(
    dict, {place: {named(key): said for key, said in table.items()} for place, table in _PLACES.items()}
)
