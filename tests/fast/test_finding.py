"""The palette finds a command first by each word that people would type for it."""

from __future__ import annotations

from dolt_tui.ui.actions.groups import command_set
from dolt_tui.ui.commands import (
    BRANCHES,
    BROKEN_ROWS,
    CHANGES,
    CONFLICT_ROWS,
    CONFLICTS,
    EVERYWHERE,
    LOG,
    MAIN,
    REMOTES,
    RESOLVER,
    ROW_CHANGES,
    RULES,
    SCHEMA_CONFLICT,
    STASHES,
    TABLES,
)
from dolt_tui.ui.commands.finding import BEHIND, By, Entry, Found, find, nearness

COMMANDS = command_set()
OF_THE_RESOLVER = {RESOLVER, CONFLICTS, CONFLICT_ROWS, ROW_CHANGES, RULES, SCHEMA_CONFLICT, BROKEN_ROWS}


def found(typed: str, place: str = CHANGES, shared: str = EVERYWHERE, *, impossible: str = "") -> list[Found]:
    """What the palette finds while a pane has the focus, where all is possible but ``impossible``."""
    resolving = shared == RESOLVER
    places = OF_THE_RESOLVER if resolving else {item.where for item in COMMANDS} - OF_THE_RESOLVER
    known = [entry for entry in COMMANDS.entries if any(item.where in places for item in entry.commands)]
    own = {item.id for item in COMMANDS.meant(place)}

    def bonus(entry: Entry) -> float:
        id_ = entry.commands[0].id
        return nearness(
            here=id_ in own and any(item in COMMANDS.meant(place) for item in entry.commands),
            shared=any(item.where == shared for item in entry.commands),
            possible=id_ != impossible,
            behind=all(item.where in BEHIND for item in entry.commands),
            offered=bool(entry.letter),
        )

    return find(known, typed, bonus)


ANYWHERE = {
    # git's
    "squash": "rewrite.squash",
    "reword": "rewrite.reword",
    "amend": "amend",
    "fixup": "rewrite.fixup",
    "cherry-pick": "rewrite.paste",
    "cherry pick": "rewrite.paste",
    "pull": "pull",
    "pull --rebase": "Pull: rebase onto the upstream instead…",
    "push": "push",
    "force push": "push",
    "fetch": "fetch",
    "prune": "remotes.fetch",
    "blame": "rows.blame",
    "annotate": "rows.blame",
    "stash": "stash.now",
    "stash -u": "stash.push",
    "pop": "stash.pop",
    "unstash": "stash.pop",
    "apply stash": "stash.apply",
    "checkout": "branch.choose",
    "git checkout": "branch.choose",
    "go to branch": "pane.branches",
    "checkout -b": "branches.new",
    "switch": "branches.switch",
    "create branch": "branches.new",
    "delete branch": "branches.delete",
    "rename branch": "branch.rename",
    "merge": "branches.merge",
    "merge --squash": "Merge: squash a branch into one commit…",
    "squash merge": "Merge: squash a branch into one commit…",
    "what if": "Merge: look at the merged database first…",
    "dry run": "Merge: look at the merged database first…",
    "fast-forward": "branch.forward",
    "no-ff": "Merge: with a merge commit…",
    "git rebase": "rewrite.rebase",
    "interactive rebase": "rewrite.interactive",
    "rebase -i": "rewrite.interactive",
    "drop commit": "Drop commits, in a rebase…",
    "reorder commits": "Move commits up or down, in a rebase…",
    "reset soft": "Reset soft to the commit: changes stay staged…",
    "revert": "rewrite.revert",
    "tag": "tags.new",
    "git tag": "tags.new",
    "log": "pane.log",
    "git log": "pane.log",
    "log --author": "log.filter",
    "status": "pane.changes",
    "reflog": "pane.reflog",
    "remote": "remotes.new",
    "remote add": "remotes.new",
    "clone": "clone",
    "undo": "undo",
    "redo": "redo",
    "commit": "commit",
    "commit --amend": "amend",
    "stage": "changes.stage",
    "add": "changes.stage",
    "add -A": "changes.stage_all",
    "unstage": "changes.stage",
    "discard": "changes.discard",
    "clean": "Clean: drop the new tables…",
    "upstream": "branch.upstream",
    "set-upstream": "branch.upstream",
    "ignore": "ignore",
    "gitignore": "ignore",
    "abort": "progress",
    "continue": "progress",
    "skip": "progress",
    "conflict": "progress",
    "ours": "progress",
    "theirs": "progress",
    "compare branches": "compare",
    # SQL's
    "select": "console.line",
    "sql": "console.line",
    "query": "console.line",
    "execute": "console.line",
    "insert": "cells.new_row",
    "insert row": "cells.new_row",
    "update": "cells.edit",
    "delete row": "cells.delete",
    "create table": "tables.new",
    "alter table": "tables.alter",
    "add column": "tables.alter",
    "foreign key": "tables.alter",
    "drop table": "tables.drop",
    "rename table": "tables.rename",
    "explain": "console.plan",
    "query plan": "console.plan",
    "begin": "console.autocommit",
    "start transaction": "console.autocommit",
    "commit transaction": "transaction.commit",
    "rollback": "transaction.rollback",
    "describe": "tables.schema",
    "show create table": "tables.schema",
    "ddl": "tables.schema",
    "show tables": "pane.tables",
    "where": "rows.filter",
    "order by": "rows.sort",
    "dump": "export.database",
    "load data": "import",
    # VisiData's, lazygit's and other programs'
    "sort": "rows.sort",
    "filter": "rows.filter",
    "hide column": "rows.hide",
    "references": "rows.references",
    "follow foreign key": "main.enter",
    "referenced by": "rows.references",
    "child rows": "rows.references",
    "frequency": "rows.frequency",
    "histogram": "rows.frequency",
    "distinct": "rows.frequency",
    "group by": "rows.frequency",
    "profile": "rows.profile",
    "statistics": "rows.profile",
    "average": "rows.profile",
    "describe table": "tables.schema",
    "summary statistics": "rows.profiles",
    "copy hash": "copy.name",
    "go to column": "rows.go_to_column",
    "find column": "rows.go_to_column",
    "changed columns": "rows.changed_columns",
    "filter by value": "rows.filter_cell",
    "view cell": "cells.view",
    "hex dump": "cells.view",
    "record": "rows.record",
    "columns": "rows.columns",
    "edit cell": "cells.edit",
    "search and replace": "cells.replace",
    "history of the row": "rows.history",
    "save": "draft.write",
    "export csv": "export",
    "export": "export",
    "import": "import",
    "open file": "import",
    "copy": "copy",
    "yank": "copy",
    "search": "filter",
    "find": "filter",
    "next match": "search.next",
    "next change": "rows.next_change",
    "zoom": "pane.larger",
    "fullscreen": "pane.larger",
    "theme": "theme",
    "colors": "theme",
    "screenshot": "screenshot",
    "help": "help",
    "shortcuts": "help",
    "quit": "quit",
    "exit": "quit",
    "reload": "refresh",
    "command log": "statements",
    # written in another way, or wrongly
    "stashes": "pane.stashes",
    "swbr": "branches.switch",
    "sqaush": "rewrite.squash",
    "chekcout": "branch.choose",
}
"""What people type, and the command that is to be found first by it: its id, or the title of a choice in its dialog.
The focus is in Changes."""

IN_A_PANE = [
    (CHANGES, "diff", "changes.rows"),
    (CHANGES, "hard reset", "Reset hard: discard staged and unstaged changes…"),
    (CHANGES, "restore", "changes.discard"),
    (BRANCHES, "diff", "branches.open"),
    (BRANCHES, "reset", "branches.reset"),
    (BRANCHES, "switch", "branches.switch"),
    (BRANCHES, "new", "branches.new"),
    (BRANCHES, "branch", "branches.new"),
    (BRANCHES, "rebase", "rewrite.rebase"),
    (LOG, "rebase", "rewrite.interactive"),
    (BRANCHES, "delete", "branches.delete"),
    (LOG, "diff", "log.open"),
    (LOG, "reset", "log.reset"),
    (LOG, "hard reset", "Reset hard to the commit: discard all changes…"),
    (LOG, "checkout", "log.at"),
    (LOG, "revert", "rewrite.revert"),
    (LOG, "tag", "tags.new"),
    (STASHES, "drop", "stash.drop"),
    (STASHES, "apply", "stash.apply"),
    (TABLES, "drop", "tables.drop"),
    (TABLES, "rename", "tables.rename"),
    (REMOTES, "prune", "remotes.fetch"),
    (MAIN, "delete", "cells.delete"),
    (MAIN, "save", "draft.write"),
    (MAIN, "describe", "rows.profile"),
    (TABLES, "describe", "tables.schema"),
    (MAIN, "exclude", "rows.exclude_cell"),
]
IN_THE_RESOLVER = {
    "ours": "deciding.ours",
    "theirs": "deciding.theirs",
    "next conflict": "resolver.next",
    "continue": "resolver.continue",
    "abort": "resolver.abort",
    "help": "help",
    "merge json": "deciding.merge",
}


def wrong(words: list[tuple[str, str, str]], shared: str = EVERYWHERE) -> dict[tuple[str, str], list[object]]:
    """What is found for each word, the pane in focus and the word first, where that is not first that is wanted."""
    bad: dict[tuple[str, str], list[object]] = {}
    for place, typed, wanted in words:
        hits = found(typed, place, shared)
        if not hits or wanted not in hits[0].entry.key:
            bad[place, typed] = [wanted, *((hit.entry.key, round(hit.score), hit.by.name) for hit in hits[:3])]
    return bad


def test_words_find_their_commands_first() -> None:
    assert wrong([(CHANGES, typed, wanted) for typed, wanted in ANYWHERE.items()]) == {}


def test_a_pane_s_own_commands_are_nearer() -> None:
    assert wrong(IN_A_PANE) == {}


def test_the_resolver_has_commands_of_its_own() -> None:
    assert wrong([(CONFLICT_ROWS, typed, wanted) for typed, wanted in IN_THE_RESOLVER.items()], RESOLVER) == {}


def test_what_can_run_is_nearer_than_what_cannot() -> None:
    """Cherry-picking begins with copying a commit."""
    assert found("cherry-pick", LOG)[0].entry.key[0] == "rewrite.paste"
    assert found("cherry-pick", LOG, impossible="rewrite.paste")[0].entry.key[0] == "rewrite.copy"


def test_what_was_typed_is_marked_and_the_other_word_is_told() -> None:
    hit = found("squash")[0]
    assert [hit.entry.title[start:end] for start, end in hit.marks] == ["Squash"]
    hit = found("annot")[0]
    assert (hit.entry.key[0], hit.by, hit.synonym) == ("rows.blame", By.SYNONYM, "annotate")
    assert found("unstage tab")[0].marks == ((9, 16), (21, 24))
    assert found("~~~") == []
    assert found("zzzzqqq") == []


def test_titles_fit_on_a_line_with_place_and_key() -> None:
    assert [entry.title for entry in COMMANDS.entries if len(entry.title) > 52] == []
    assert [entry.title for entry in COMMANDS.entries if entry.title.endswith(".")] == []


def test_what_has_no_key_is_found_by_the_word_that_sentences_have_for_it() -> None:
    """They say ``^p clone``."""
    keyless = [(CHANGES, item.short, item.id) for item in COMMANDS if not item.key and item.where == EVERYWHERE]
    assert len(keyless) > 5
    assert wrong(keyless) == {}


def test_every_command_is_found_by_its_title() -> None:
    places = {item.where for item in COMMANDS} - OF_THE_RESOLVER
    entries = [entry for entry in COMMANDS.entries if entry.commands[0].where in places]
    missed = [
        entry.title for entry in entries if entry.title not in {hit.entry.title for hit in found(entry.title)[:2]}
    ]
    assert missed == []
