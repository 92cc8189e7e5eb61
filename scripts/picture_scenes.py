"""What `scripts.pictures` shows: every screen and dialog, each by the keys that lead to it.

A new view or dialog is one more line in `SCENES`: a name, a database, and steps. A step is keys with blanks between
them (``4 j enter``; signs as they are, ``plus`` and ``space`` by name), ``type …`` for a text, ``paste …``, or
``run ID`` for a command that has no key.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from dolt_tui.demo.story import At
from dolt_tui.engine.model import StashScope
from scripts.picture_conflicts import build as build_conflicts
from scripts.picture_conflicts import uncommitted
from scripts.picture_shop import build as build_shop

if TYPE_CHECKING:
    from pathlib import Path

    from dolt_tui.engine.repository import Repository


class Database(NamedTuple):
    """A database of the pictures: the demonstration as it stands at a point of its story, and what is done then."""

    at: At
    prepare: Callable[[Repository, Path], None] | None = None
    """Gets a directory for what lies beside the database, too."""
    dolt: bool = False
    """On a Dolt server, which is slower to start; else in a file of DoltLite."""


class Scene(NamedTuple):
    """One picture."""

    name: str
    database: str
    steps: tuple[str, ...] = ()


def work_in_progress(repository: Repository, _: Path | None = None) -> None:
    """Changes of every kind, some of them staged."""
    repository.run(
        "main",
        [
            ("INSERT INTO employees_teams (employee_id, team_id) VALUES (?, ?)", (4, 1)),
            ("DELETE FROM employees_teams WHERE employee_id = ? AND team_id = ?", (3, 1)),
        ],
    )
    repository.working.stage("main", ["employees_teams"])
    repository.run(
        "main",
        [
            ("UPDATE employees SET start_date = ? WHERE id = ?", ("2022-11-14", 4)),
            ("UPDATE employees SET first_name = ?, start_date = ? WHERE id = ?", ("Brian R.", "2018-09-01", 1)),
            ("INSERT INTO employees (id, last_name, first_name) VALUES (?, ?, ?)", (5, "Zhang", "Jennifer")),
            ("CREATE TABLE offices (id INTEGER NOT NULL, city VARCHAR(255), PRIMARY KEY (id))", ()),
            ("INSERT INTO offices VALUES (?, ?), (?, ?), (?, ?)", (0, "Los Angeles", 1, "Seattle", 2, "Berlin")),
        ],
    )


LONG = (
    "Called about order 7741; wants a refund for the second parcel, which came three weeks late and with a broken lid. "
    "Offered a voucher of 25 €, which she declined. Ask Ravi whether the carrier pays; call back on Monday."
)
PROFILE = {
    "address": {"street": "9 Main St", "zip": "10008", "city": "Springfield"},
    "newsletter": True,
    "tags": ["loyal", "wholesale", "late payer"],
    "limits": {"credit": 1200, "days": 30},
}
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000400000002008060000") + bytes(range(96))


MEASURED = dt.datetime(2026, 7, 7, 11, 20, tzinfo=dt.UTC)
"""When the long values were committed."""


def long_values(repository: Repository, _: Path | None = None) -> None:
    """Long texts, JSON, bytes, numbers of every size, a table of forty columns, keys of several columns."""
    wide = ", ".join(f"measure_{at:02} DECIMAL(10, 2)" for at in range(40))
    repository.run(
        "main",
        [
            (
                "CREATE TABLE tickets (id INTEGER NOT NULL, customer VARCHAR(80), notes TEXT, profile JSON,"
                " picture BLOB, price DECIMAL(12, 4), ratio DOUBLE, opened DATETIME, due DATE, done TINYINT,"
                " a_column_with_a_rather_long_name VARCHAR(20), PRIMARY KEY (id))",
                (),
            ),
            (
                f"CREATE TABLE wide (region VARCHAR(20) NOT NULL, year INTEGER NOT NULL, {wide},"
                " PRIMARY KEY (region, year))",
                (),
            ),
            (
                "CREATE TABLE reports (id INTEGER NOT NULL, region VARCHAR(20), year INTEGER, title VARCHAR(200),"
                " PRIMARY KEY (id), CONSTRAINT fk_reports FOREIGN KEY (region, year) REFERENCES wide (region, year))",
                (),
            ),
            *(
                (
                    "INSERT INTO tickets VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        at,
                        ("Ana Ruiz", "山田太郎", "Zażółć Gęślą", "Emil Sørensen", None)[at % 5],
                        LONG if at % 3 else f"{LONG}\n\nSecond paragraph.\n\n* one\n* two {LONG}",
                        json.dumps(PROFILE | {"number": at}),
                        PNG if at % 2 else None,
                        f"{at * 1234567}.5",
                        at / 7,
                        f"2026-05-{at + 1:02} 09:30:00",
                        f"2026-06-{at + 1:02}",
                        at % 2,
                        None if at % 4 else "x",
                    ),
                )
                for at in range(24)
            ),
            *(
                (
                    f"INSERT INTO wide VALUES (?, ?, {', '.join('?' * 40)})",
                    (region, year, *(f"{(year - 2000) * at}.25" for at in range(40))),
                )
                for region in ("north", "south", "east", "west")
                for year in range(2020, 2027)
            ),
            *(
                ("INSERT INTO reports VALUES (?, ?, ?, ?)", (at, "north", 2020 + at % 7, f"Report {at}: {LONG}"))
                for at in range(9)
            ),
        ],
    )  # fmt: skip
    repository.working.stage_all("main")
    repository.commits.commit("main", "Tickets, measures and reports", date=MEASURED)
    changed = PROFILE | {"address": {"street": "9 Main St", "zip": "99999", "city": "Springfield"}, "tags": ["loyal"]}
    repository.run(
        "main",
        [
            ("UPDATE tickets SET notes = ? WHERE id < 9", (LONG.replace("25 €", "40 €").replace("Monday", "Tuesday"),)),
            ("UPDATE tickets SET profile = ? WHERE id IN (2, 4)", (json.dumps(changed),)),
            ("UPDATE tickets SET customer = NULL, price = NULL WHERE id = 5", ()),
            ("UPDATE wide SET measure_17 = 9.99, measure_33 = NULL WHERE year = 2024", ()),
            ("DELETE FROM tickets WHERE id = 23", ()),
            ("INSERT INTO tickets (id, customer, notes) VALUES (?, ?, ?)", (40, "Noor Haddad", LONG[::-1])),
        ],
    )


def stashes(repository: Repository, directory: Path) -> None:
    """Changes, a stash, a remote with branches, tags, and a branch that was reset."""
    work_in_progress(repository)
    repository.stashes.push("main", "team-changes", StashScope.ALL)
    remote = directory / "remote"
    remote.mkdir()
    repository.remotes.add("main", "origin", f"file://{remote}")
    work_in_progress(repository)


DATABASES: Mapping[str, Database] = {
    "work": Database(At.MERGED, work_in_progress),
    "branches": Database(At.BRANCHES),
    "clean": Database(At.MERGED),
    "empty": Database(At.START),
    "shop": Database(At.START, lambda repository, _: build_shop(repository)),
    "staging": Database(At.START, lambda repository, _: uncommitted(repository)),
    "conflicts": Database(At.START, lambda repository, _: build_conflicts(repository)),
    "long": Database(At.START, long_values),
    "dolt": Database(At.MERGED, stashes, dolt=True),
}

QUERY = "SELECT name, city, credit FROM customers WHERE credit > 300 ORDER BY credit DESC"
RESOLVE = ("2 <", "M m")

SCENES = (
    # the panes
    Scene("start", "work"),
    Scene("changes-rows", "work", ("enter",)),
    Scene("staging", "staging", ("1 k enter j j space j j j v j j space k",)),
    Scene("branches", "branches", ("2 j",)),
    Scene("tags", "shop", ("2 ] ]",)),
    Scene("remotes-none", "branches", ("2 ]",)),
    Scene("log", "work", ("3 j",)),
    Scene("log-tables", "work", ("3 j enter",)),
    Scene("reflog-doltlite", "work", ("3 ]",)),
    Scene("tables", "shop", ("4",)),
    Scene("table", "shop", ("4 enter j j l l",)),
    Scene("definition", "shop", ("4 w",)),
    Scene("queries", "shop", ("4 ]",)),
    Scene("summary", "work", ("5",)),
    Scene("empty", "empty"),
    Scene("empty-tables", "empty", ("4",)),
    Scene("comparing", "branches", ("2 W j W", "enter", "1")),
    Scene("at-a-commit", "work", ("3 j j space",)),
    Scene("half", "shop", ("4 enter plus",)),
    Scene("half-side", "work", ("3 plus",)),
    Scene("full", "shop", ("4 enter plus plus",)),
    # rows and values
    Scene("record", "shop", ("4 enter j enter",)),
    Scene("record-diff", "long", ("1 enter enter",)),
    Scene("references", "shop", ("4 j enter j B",)),
    Scene("followed", "shop", ("4 enter j l l l l l l enter",)),
    Scene("record-long", "long", ("4 j enter enter",)),
    Scene("long-values", "long", ("4 j enter l l",)),
    Scene("long-diff", "long", ("1 enter l l",)),
    Scene("two-lines", "long", ("1 enter t",)),
    Scene("cell-text", "long", ("1 enter l l V",)),
    Scene("cell-json", "long", ("4 j enter j l l l V",)),
    Scene("cell-json-diff", "long", ("1 enter j j l l l V",)),
    Scene("cell-bytes", "long", ("4 j enter j l l l l V",)),
    Scene("cell-search", "long", ("1 enter l l V /", "type the", "enter")),
    Scene("cell-save", "long", ("1 enter l l V E",)),
    Scene("wide", "long", ("4 > enter",)),
    Scene("wide-diff", "long", ("1 > enter",)),
    Scene("record-search", "long", ("4 j enter enter /", "type refund", "enter")),
    Scene("record-keys", "shop", ("4 enter enter ?",)),
    Scene("frequency", "shop", ("4 enter l l F",)),
    Scene("profile", "shop", ("4 enter l l l l I",)),
    Scene("profile-diff", "staging", ("1 enter l l l I",)),
    Scene("changed-columns", "staging", ("1 enter x",)),
    Scene("go-to-column", "long", ("4 > enter |", "type 17")),
    Scene("sql-log-all", "work", ("space @ a",)),
    Scene("blame", "shop", ("4 b",)),
    Scene("row-history", "shop", ("4 enter j j H",)),
    Scene("commit", "work", ("3 j j", "0")),
    Scene("branch", "branches", ("2 j enter",)),
    Scene("frequency-diff", "long", ("1 enter l l F",)),
    Scene("profile-all", "shop", ("4 enter l l l I I",)),
    Scene("filtered", "shop", ("4 enter f", "type credit > 300", "enter")),
    # lines at the bottom
    Scene("filter-line", "work", ("4 /", "type emp")),
    Scene("search-line", "shop", ("4 enter /", "type Lis")),
    Scene("statement-line", "shop", (":", "type SELECT * FROM cus")),
    # dialogs
    Scene("palette", "work", ("ctrl+p",)),
    Scene("palette-typed", "work", ("ctrl+p", "type stash")),
    Scene("keys", "work", ("?",)),
    Scene("sql-log", "work", ("a", "c", "type Add the missing team", "enter", "@")),
    Scene("commit-dialog", "work", ("c",)),
    Scene("commit-typed", "work", ("c", "type Add the missing team", "tab", "type Brian moves on.")),
    Scene("commit-author", "work", ("c tab tab",)),
    Scene("amend", "work", ("A",)),
    Scene("discard", "work", ("d",)),
    Scene("reset-changes", "work", ("D",)),
    Scene("ignore", "work", ("j i",)),
    Scene("new-branch", "branches", ("2 n", "type modify_data")),
    Scene("new-branch-empty", "branches", ("2 n",)),
    Scene("rename-branch", "branches", ("2 j R",)),
    Scene("delete-branch", "branches", ("2 j d",)),
    Scene("choose-branch", "branches", ("2 c",)),
    Scene("merge", "branches", ("2 j j M",)),
    Scene("rebase", "branches", ("2 j r",)),
    Scene("reset", "work", ("3 j j g",)),
    Scene("revert", "clean", ("3 j t",)),
    Scene("reword", "clean", ("3 j r",)),
    Scene("squash", "clean", ("3 j j S",)),
    Scene("interactive", "clean", ("3 j j j i",)),
    Scene("tag", "work", ("3 T", "type v1.0")),
    Scene("log-filter", "work", ("3 f",)),
    Scene("pull-none", "work", ("p",)),
    Scene("push-none", "work", ("P",)),
    Scene("undo-steps", "work", ("a", "U")),
    Scene("undo", "work", ("d x", "z")),
    Scene("drop-table", "shop", ("4 d",)),
    Scene("new-table", "shop", ("4 n",)),
    Scene("alter-table", "shop", ("4 A",)),
    Scene("rename-table", "shop", ("4 R",)),
    Scene("copy", "shop", ("4 enter y",)),
    Scene("export", "shop", ("4 E",)),
    Scene("import", "shop", ("4 I",)),
    Scene("sort", "shop", ("4 enter s",)),
    Scene("row-filter", "shop", ("4 enter f",)),
    Scene("columns", "shop", ("4 enter X",)),
    Scene("replace", "shop", ("4 enter l l r",)),
    Scene("compare-with", "branches", ("2 W",)),
    Scene("theme", "work", ("run theme",)),
    Scene("sql-statement", "work", ("a", "@ > enter")),
    Scene("dialog-keys", "work", ("c", "f1")),
    Scene("choice-keys", "work", ("D", "f1")),
    Scene("key-does", "work", ("?", "type stash")),
    Scene("quit-draft", "shop", ("4 enter j j d", "q")),
    Scene("blocked", "branches", ("2 j r",)),
    Scene("delete-row", "staging", ("1 enter d",)),
    Scene("fixup", "clean", ("3 j j j F",)),
    Scene("cherry-pick", "clean", ("3 j j C k V",)),
    Scene("branch-of-commit", "clean", ("3 j j n",)),
    Scene("filtered-log", "work", ("3 f", "type author:Tim", "enter")),
    Scene("filtered-diff", "staging", ("1 enter f", "type tier changed", "enter")),
    Scene("filtered-cell", "shop", ("4 enter l l l =",)),
    Scene("sorted", "shop", ("4 enter s j j j j j enter",)),
    Scene("hidden-column", "shop", ("4 enter l l -",)),
    Scene("no-match", "shop", ("4 /", "type zebra")),
    Scene("no-rows", "shop", ("4 enter f", "type credit > 99999", "enter")),
    Scene("bad-filter", "shop", ("4 enter f", "type credit >> > 3", "enter")),
    Scene("export-commit", "work", ("3 j enter E",)),
    Scene("sql-log-save", "work", ("a", "@ E")),
    Scene("import-missing", "shop", ("4 I", "type nowhere.csv", "enter")),
    Scene("new-column", "shop", ("4 A", "n")),
    Scene("new-key", "shop", ("4 A", "f")),
    Scene("alter-preview", "shop", ("4 A", "j j d", "ctrl+s")),
    Scene("link-table", "work", ("5 enter",)),
    # editing
    Scene("edit-text", "shop", ("4 enter l l e", "type Faro")),
    Scene("edit-enum", "shop", ("4 enter l l l e",)),
    Scene("edit-key", "shop", ("4 enter > l l l l l l e",)),
    Scene("edit-long", "long", ("4 j enter l l e",)),
    Scene("edit-bad", "shop", ("4 enter l l l l e", "type x", "enter")),
    Scene("edit-json", "long", ("4 j enter l l l e",)),
    Scene("draft-write", "shop", ("4 enter j j d", "ctrl+s")),
    Scene("draft", "shop", ("4 enter j j d j o", "type Ida", "enter")),
    Scene("discard-draft", "shop", ("4 enter j j d", "run draft.discard")),
    # the console
    Scene("console", "shop", ("ctrl+e", f"paste {QUERY};", "f5")),
    Scene("console-result", "shop", ("ctrl+e", f"paste {QUERY};", "f5 shift+tab")),
    Scene("console-plan", "shop", ("ctrl+e", f"paste {QUERY};", "f7")),
    Scene("console-completion", "shop", ("ctrl+e", "type SELECT * FROM cu")),
    Scene("console-error", "shop", ("ctrl+e", "paste SELECT nothing FROM nowhere;", "f5")),
    Scene("console-messages", "shop", ("ctrl+e", "paste UPDATE customers SET credit = 0 WHERE id = 3;", "f5")),
    Scene("console-history", "shop", ("ctrl+e", f"paste {QUERY};", "f5 ctrl+r")),
    Scene("console-save", "shop", ("ctrl+e", f"paste {QUERY};", "ctrl+s")),
    Scene("console-at", "shop", ("ctrl+e", f"paste {QUERY};", "ctrl+g")),
    Scene("console-compare", "shop", ("ctrl+e", f"paste {QUERY};", "ctrl+t")),
    Scene("query-diff", "shop", ("ctrl+e", f"paste {QUERY};", "ctrl+t enter down down enter enter")),
    # conflicts
    Scene("merge-conflicts", "conflicts", ("2 < M",)),
    Scene("resolver", "conflicts", (*RESOLVE, "o J t J j o")),
    Scene("resolver-list", "conflicts", (*RESOLVE, "1")),
    Scene("resolver-record", "conflicts", (*RESOLVE, "J j enter")),
    Scene("resolver-rules", "conflicts", (*RESOLVE, "R")),
    Scene("resolver-row", "conflicts", (*RESOLVE, "r")),
    Scene("resolver-abort", "conflicts", (*RESOLVE, "o X")),
    Scene("resolver-keys", "conflicts", (*RESOLVE, "?")),
    Scene("resolver-continue", "conflicts", (*RESOLVE, "1 O j O j O j O j enter o", "enter", "1", "c")),
    Scene("broken-rows", "conflicts", (*RESOLVE, "1 > enter")),
    Scene("schema-conflict", "conflicts", (*RESOLVE, "1 j j j j enter")),
    Scene("schema-choices", "conflicts", (*RESOLVE, "1 j j j j enter enter")),
    Scene("resolver-edit", "conflicts", (*RESOLVE, "l l e", "type Largo")),
    Scene("resolver-column", "conflicts", (*RESOLVE, "J J j |")),
    Scene("resolver-cell", "conflicts", (*RESOLVE, "1 j enter l l V")),
    Scene("resolver-who", "conflicts", (*RESOLVE, "2")),
    Scene("resolver-tried", "conflicts", (*RESOLVE, "3")),
    Scene("resolver-list-rules", "conflicts", (*RESOLVE, "R l")),
    Scene("resolver-what-if", "conflicts", (*RESOLVE, "w")),
    Scene("resolver-left", "conflicts", (*RESOLVE, "o X l")),
    Scene("conflict-rows", "conflicts", ("2 < M c",)),
    # on Dolt
    Scene("stashes", "dolt", ("1 ]",)),
    Scene("stash-push", "dolt", ("1 S",)),
    Scene("stash-drop", "dolt", ("1 ] d",)),
    Scene("reflog", "dolt", ("3 ]",)),
    Scene("remotes", "dolt", ("2 ]",)),
    Scene("remote-add", "dolt", ("2 ] n",)),
    Scene("push", "dolt", ("P",)),
    Scene("push-preview", "dolt", ("P enter",)),
    Scene("stash-tables", "dolt", ("1 ] enter",)),
    Scene("stash-choose", "dolt", ("1 S enter",)),
    Scene("stash-apply", "dolt", ("1 ] space",)),
    Scene("remote-delete", "dolt", ("2 ] d",)),
    Scene("blocked-merge", "dolt", ("2 < j r",)),
    Scene("blocked-cherry-pick", "dolt", ("3 j C", "V")),
    Scene("blocked-pull", "dolt", ("p",)),
)
