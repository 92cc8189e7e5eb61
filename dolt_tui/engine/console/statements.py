"""What a statement is and does, told from its text: how to run it, and what to ask before.

It is told carefully: what might write is a write. A statement counts as one that only reads where its verb is known to
read and no function in it is known, or likely, to do more; what is not known at all counts as a write.
"""

from __future__ import annotations

from enum import StrEnum

from ...frozen import Frozen
from ..model.traits import SqlStyle
from .counting import count_of
from .effects import effect_of, harmless_pragma
from .scanner import TokenKind, unquoted
from .words import Words


class StatementKind(StrEnum):
    """How a statement is run."""

    READ = "read"
    """It changes nothing, and may be run again."""
    WRITE = "write"
    """It changes rows, or might do anything: what is not known."""
    DEFINITION = "definition"
    """It changes tables, views, users …"""
    TRANSACTION = "transaction"
    USE = "use"
    """It changes the database or the branch of its connection."""
    CALL = "call"
    """A procedure; on DoltLite a function that changes something."""
    SESSION = "session"
    """It changes only its connection: a variable, a prepared statement."""
    EMPTY = "empty"


class TransactionStep(StrEnum):
    """What a statement does to the transaction."""

    BEGIN = "begin"
    COMMIT = "commit"
    ROLLBACK = "rollback"
    SAVEPOINT = "savepoint"
    """It makes, releases or goes back to a savepoint; the transaction stays open."""
    AUTOCOMMIT_ON = "autocommit on"
    AUTOCOMMIT_OFF = "autocommit off"


class Removal(Frozen):
    """What a statement removes as a whole, which is asked about before it runs."""

    names: tuple[str, ...]
    """Tables, or one database; without quotes."""
    empties: bool = False
    """The tables stay, without their rows."""
    database: bool = False


class Described(Frozen):
    """What a statement is and does."""

    kind: StatementKind
    verb: str = ""
    """What it begins with, in capitals; of ``WITH …`` what the common tables are for; DESCRIBE of a table, EXPLAIN of a
    statement, whichever of both was written; where EXPLAIN runs what changes something, that one's."""
    table: str = ""
    """The table that it changes, without quotes; "" if it is not one, or not known."""
    database: str = ""
    """What stands before the name of the table: a database, on Dolt with a branch behind a slash."""
    where: bool = False
    count_sql: str | None = None
    """Counts the rows that it would change, where its text tells them and counting costs no more than reading them."""
    all_rows: bool = False
    """It changes or removes all rows of a table, one by one: an UPDATE or DELETE without WHERE."""
    removal: Removal | None = None
    """What it drops or empties."""
    goes_to: str | None = None
    """The branch or the database that its connection is on afterwards."""
    transaction: TransactionStep | None = None
    ends_transaction: bool = False
    """It commits what is open before or while it runs, so that it cannot be rolled back."""


_EMPTY = Described(StatementKind.EMPTY)
_READING = {"SELECT", "TABLE", "VALUES", "SHOW", "DESCRIBE", "DESC", "EXPLAIN"}
_EXPLAINED = {
    *("SELECT", "WITH", "TABLE", "VALUES", "INSERT", "REPLACE", "UPDATE", "DELETE", "CALL", "(", "ANALYZE", "PLAN"),
    *("FORMAT", "EXTENDED", "PARTITIONS", "CREATE", "ALTER", "DROP", "TRUNCATE"),
}
"""What may stand behind EXPLAIN, or DESCRIBE, where it is about a statement; else it is about a table."""
_QUERIES = {"SELECT", "TABLE", "VALUES"}
_CHANGING = {"INSERT", "REPLACE", "UPDATE", "DELETE"}
_DEFINING = {"CREATE", "ALTER", "DROP", "RENAME", "GRANT", "REVOKE", "TRUNCATE"}
_TO_BEGIN = {"BEGIN": TransactionStep.BEGIN, "START": TransactionStep.BEGIN}
_STEPS = {
    **_TO_BEGIN,
    "COMMIT": TransactionStep.COMMIT,
    "END": TransactionStep.COMMIT,
    "ROLLBACK": TransactionStep.ROLLBACK,
    "SAVEPOINT": TransactionStep.SAVEPOINT,
    "RELEASE": TransactionStep.SAVEPOINT,
}
_MODIFIERS = {"LOW_PRIORITY", "HIGH_PRIORITY", "DELAYED", "QUICK", "IGNORE", "INTO", "FROM", "CONCURRENT"}
_STAYING = {"DOLT_ADD"}
"""Procedures after which an open transaction is still open."""


def describe(text: str, style: SqlStyle) -> Described:
    """What a statement is and does; the costs grow with its length."""
    words = Words(text, style)
    if not words:
        return _EMPTY
    at = words.first_code()
    verb = words[at]
    if verb == "WITH":
        at = words.after_common_tables(at)
        verb = words[at] or "WITH"
    if words.has_several and not words.is_routine(at):
        return Described(StatementKind.WRITE, verb, ends_transaction=True)  # whatever is behind the first one
    if verb in ("EXPLAIN", "DESCRIBE", "DESC"):
        inner = _explained(words, at)
        if inner is not None:
            found = describe(text[words.start(inner) :], style)
            return Described(StatementKind.READ, "EXPLAIN") if found.kind is StatementKind.READ else found
        explains = style is SqlStyle.SQLITE or words[at + 1] in _EXPLAINED
        return Described(StatementKind.READ, "EXPLAIN" if explains else "DESCRIBE")
    effect = effect_of(words, verb)
    if verb in _CHANGING:
        return _change(words, at, verb, effect)
    if effect is not None and verb not in ("CALL", "SET", *_DEFINING):
        return Described(
            StatementKind.CALL,
            "CALL",
            goes_to=effect.goes_to,
            ends_transaction=effect.name not in _STAYING,
        )
    if verb in _READING:
        return _query(words, at, verb)
    if verb in _STEPS and (verb != "END" or style is SqlStyle.SQLITE):
        return _transaction(words, at, verb)
    if verb in _DEFINING:
        return _definition(words, at, verb)
    return _other(words, at, verb)


def _other(words: Words, at: int, verb: str) -> Described:
    mysql = words.style is SqlStyle.MYSQL
    if verb == "CALL" and mysql:
        return _call(words, at)
    if verb == "SET" and mysql:
        return _set(words, at)
    if verb == "USE" and mysql:
        return Described(StatementKind.USE, verb, goes_to=words.rest(at + 1), ends_transaction=True)
    if verb in ("PREPARE", "DEALLOCATE") and mysql:
        return Described(StatementKind.SESSION, verb)
    if verb in ("LOCK", "UNLOCK") and mysql:
        return Described(StatementKind.SESSION, verb, ends_transaction=True)
    if verb == "LOAD" and mysql and "TABLE" in words.plain(at):
        database, table, _ = words.table_name(words.plain(at).index("TABLE") + at + 1)
        return Described(StatementKind.WRITE, verb, table, database)
    if verb == "PRAGMA" and not mysql:
        return Described(StatementKind.READ if harmless_pragma(words, at) else StatementKind.WRITE, verb)
    return Described(StatementKind.WRITE, verb, ends_transaction=True)


def _explained(words: Words, at: int) -> int | None:
    """Where the statement is that EXPLAIN runs; None where it runs none."""
    behind = at + 1
    if words[behind] == "FORMAT":
        behind += 3
    if words.style is SqlStyle.SQLITE or words[behind] != "ANALYZE":
        return None
    behind += 1
    if words[behind] == "FORMAT":
        behind += 3
    return behind if words[behind] else None


def _query(words: Words, at: int, verb: str) -> Described:
    kind = StatementKind.READ
    if verb in _QUERIES:
        plain = words.plain(at)
        if "INTO" in plain:
            behind = at + plain.index("INTO") + 1
            kind = StatementKind.SESSION if words.kind(behind) is TokenKind.VARIABLE else StatementKind.WRITE
        elif ":=" in plain:
            kind = StatementKind.SESSION
    return Described(kind, "DESCRIBE" if verb == "DESC" else verb)


def _change(words: Words, at: int, verb: str, effect: object) -> Described:
    behind = at + 1
    if words[behind] == "OR" and words.style is SqlStyle.SQLITE:
        behind += 2
    while words[behind] in _MODIFIERS:
        behind += 1
    database, table, after = words.table_name(behind)
    removes = verb in ("UPDATE", "DELETE")
    where = removes and words.find("WHERE", after) is not None
    single = bool(table) and (not removes or words.is_single_table(verb, after))
    return Described(
        StatementKind.WRITE,
        verb,
        table if single else "",
        database if single else "",
        where=where,
        count_sql=count_of(words, at, verb, behind, after) if single and effect is None else None,
        all_rows=removes and not where and words.find("LIMIT", after) is None,
        ends_transaction=effect is not None,
    )


def _transaction(words: Words, at: int, verb: str) -> Described:
    step = _STEPS[verb]
    if verb == "START" and words[at + 1] != "TRANSACTION":
        return Described(StatementKind.WRITE, verb, ends_transaction=True)
    if verb == "ROLLBACK" and "TO" in words.plain(at):
        step = TransactionStep.SAVEPOINT
    # MySQL ends an open transaction where another one begins; SQLite refuses
    return Described(StatementKind.TRANSACTION, verb, transaction=step, ends_transaction=step is TransactionStep.BEGIN)


def _definition(words: Words, at: int, verb: str) -> Described:
    database = table = ""
    removal, count_sql = None, None
    what = next((word for word in words.plain(at)[1:6] if word in ("TABLE", "DATABASE", "SCHEMA")), "")
    if what == "TABLE" or (verb == "TRUNCATE" and not what):
        behind = at + 1 + (words.plain(at).index("TABLE") if what else 0)
        while words[behind] in ("IF", "NOT", "EXISTS"):
            behind += 1
        database, table, after = words.table_name(behind)
        if verb in ("DROP", "TRUNCATE") and table and words[at + 1] not in ("TEMPORARY", "TEMP"):
            removal, count_sql = _removed_tables(words, behind, empties=verb == "TRUNCATE")
        if words[after] == "," and verb in ("DROP", "RENAME"):
            database = table = ""
    elif what and verb == "DROP":
        behind = at + 2
        while words[behind] in ("IF", "EXISTS"):
            behind += 1
        removal = Removal((words.name(behind),), database=True)
    kind = StatementKind.WRITE if verb == "TRUNCATE" else StatementKind.DEFINITION
    mysql = words.style is SqlStyle.MYSQL
    return Described(kind, verb, table, database, count_sql=count_sql, removal=removal, ends_transaction=mysql)


def _removed_tables(words: Words, at: int, *, empties: bool) -> tuple[Removal, str | None]:
    """The tables of a list that begins at ``at``, and what counts their rows."""
    names, written = [], []
    while words.table_name(at)[1]:
        _, name, after = words.table_name(at)
        names.append(name)
        written.append(words.text[words.start(at) : words.end(after - 1)])
        at = after + 1
        if words[after] != ",":
            break
    if words.executable:
        return Removal(tuple(names), empties), None
    counts = [f"SELECT count(*) FROM {name}" for name in written]
    count_sql = counts[0] if len(counts) == 1 else f"SELECT {' + '.join(f'({count})' for count in counts)}"
    return Removal(tuple(names), empties), count_sql


def _call(words: Words, at: int) -> Described:
    name = words.name(at + 1)
    effect = effect_of(words, "CALL", at + 1)
    return Described(
        StatementKind.CALL,
        "CALL",
        goes_to=effect.goes_to if effect is not None else None,
        ends_transaction=name.upper() not in _STAYING,
    )


def _set(words: Words, at: int) -> Described:
    plain = words.plain(at)
    safe = {"NAMES", "CHARACTER", "CHARSET", "ROLE", "TRANSACTION"}
    variables = [unquoted(name.rpartition(".")[2].lstrip("@")).lower() for name in words.assigned(at)]
    if "autocommit" in variables:
        index = variables.index("autocommit")
        value = words.assigned_value(at, index)
        step = {"0": False, "OFF": False, "FALSE": False, "1": True, "ON": True, "TRUE": True}.get(value)
        if step is None or len(variables) > 1 or _reaches_others(plain):
            return Described(StatementKind.WRITE, "SET", ends_transaction=True)
        way = TransactionStep.AUTOCOMMIT_ON if step else TransactionStep.AUTOCOMMIT_OFF
        return Described(StatementKind.TRANSACTION, "SET", transaction=way, ends_transaction=step)
    if _reaches_others(plain) or effect_of(words, "SET") is not None:
        return Described(StatementKind.WRITE, "SET", ends_transaction=True)
    if len(plain) > 1 and plain[1] in safe:
        return Described(StatementKind.SESSION, "SET")
    heads = [name for name in variables if name.endswith(("_head_ref", "_head", "_working", "_staged"))]
    if heads:
        value = words.assigned_value(at, variables.index(heads[0]))
        if len(variables) == 1 and heads[0].endswith("_head_ref") and value[:1] in ("'", '"'):
            branch = unquoted(words.assigned_text(at, 0)).removeprefix("refs/heads/")
            return Described(StatementKind.USE, "SET", goes_to=branch, ends_transaction=True)
        return Described(StatementKind.WRITE, "SET", ends_transaction=True)
    return Described(StatementKind.SESSION if variables else StatementKind.WRITE, "SET")


def _reaches_others(plain: list[str]) -> bool:
    """Whether a SET changes more than its connection."""
    others = ("GLOBAL", "PERSIST", "PERSIST_ONLY", "PASSWORD", "DEFAULT")
    return any(
        word in others[:4] or word.startswith(("@@GLOBAL.", "@@PERSIST")) or (word == "DEFAULT" and "ROLE" in plain[:4])
        for word in plain
    )
