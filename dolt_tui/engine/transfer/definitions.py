"""What a script needs besides rows: the statements that make tables, views, triggers and procedures, in their order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ...frozen import Frozen
from ..browsing.foreign_keys import foreign_keys
from ..core.connections import Session
from ..errors import EngineError, Lacking, TableNotFound
from ..model import SqlStyle

USERS_OWN = ("dolt_ignore", "dolt_docs", "dolt_query_catalog")
"""Tables of Dolt's own whose rows people write, so that they belong to a database."""
_MAKES_VIEW = re.compile(
    r"(?i)^CREATE\s+(ALGORITHM\s*=\s*\w+\s+)?(DEFINER\s*=\s*\S+\s+)?(SQL\s+SECURITY\s+\w+\s+)?VIEW"
)


class Definitions(Frozen):
    """How a database, or a table, is made again."""

    tables: tuple[tuple[str, str], ...]
    """Names, and the statements that make them; a table comes behind those that it refers to, where that is possible.
    Dolt's own tables have an empty statement: they are there once a row is written to them."""
    afterwards: tuple[str, ...]
    """What is made once the rows are there: indexes, views, procedures, triggers."""
    bodies: bool = False
    """Whether some of ``afterwards`` hold semicolons of their own, so that a script needs another delimiter."""


def of_table(session: Session, table: str, as_of: str | None) -> Definitions:
    """A table alone, with its indexes; of a view nothing, as its rows go into a table. Raises `TableNotFound`."""
    if session.dialect.traits.sql is SqlStyle.MYSQL:
        text = session.dialect.ddl(session, table, as_of)
        return Definitions(() if _MAKES_VIEW.match(text) else ((table, text),), ())
    rows = session.rows("SELECT type, sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL", table)
    made = [(kind, str(sql)) for kind, sql in rows if kind in ("table", "view")]
    if not made:
        raise TableNotFound(f"There is no table {table}.")
    if made[0][0] == "view":
        return Definitions((), ())
    return Definitions(((table, made[0][1]),), tuple(str(sql) for kind, sql in rows if kind == "index"))


def of_database(session: Session) -> Definitions:
    """All that the session's revision holds."""
    return session.by_engine(dolt=_on_dolt, doltlite=_on_doltlite)(session)


def _on_dolt(session: Session) -> Definitions:
    named = session.rows("SHOW FULL TABLES")
    tables = _in_order(session, [str(row[0]) for row in named if "VIEW" not in str(row[1])])
    ddl = session.dialect.ddl
    made = [(name, ddl(session, name, None)) for name in tables]
    for name in USERS_OWN:
        try:
            session.scalar("SELECT dolt_hashof_table(%s)", name)  # engine-facts.md#docs-before-there-are-any
        except EngineError:
            continue
        made.append((name, ""))
    views = [(str(row[0]), ddl(session, str(row[0]), None)) for row in named if "VIEW" in str(row[1])]
    procedures = [str(row[0]) for row in _rows_of(session, "SELECT create_stmt FROM dolt_procedures ORDER BY name")]
    triggers = [
        str(row[0])
        for row in _rows_of(session, "SELECT fragment FROM dolt_schemas WHERE type = 'trigger' ORDER BY name")
    ]
    bodies = [_whole(text) for text in (*procedures, *triggers)]
    afterwards = [_plain_view(text) for _, text in _views_in_order(views)]
    return Definitions(tuple(made), (*afterwards, *bodies), any(";" in text for text in bodies))


def _rows_of(session: Session, sql: str) -> list[tuple[object, ...]]:
    """The rows of a table that is there only once it has some."""
    try:
        return session.rows(sql)
    except (TableNotFound, Lacking):
        return []


def _whole(text: str) -> str:
    return text.strip().rstrip(";")


def _plain_view(text: str) -> str:
    """A view's definition without who made it, whom another server may not know."""
    return re.sub(
        r"(?i)^CREATE\s+(ALGORITHM\s*=\s*\w+\s+)?(DEFINER\s*=\s*\S+\s+)?(SQL\s+SECURITY\s+\w+\s+)?VIEW",
        "CREATE VIEW",
        text,
    )


def _on_doltlite(session: Session) -> Definitions:
    rows = session.rows(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"
        " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid"
    )
    by_name = {str(name): str(sql) for kind, name, sql in rows if kind == "table"}
    tables = tuple((name, by_name[name]) for name in _in_order(session, list(by_name)))
    others = [str(sql) for wanted in ("index", "view", "trigger") for kind, _, sql in rows if kind == wanted]
    return Definitions(tables, tuple(others))


def _in_order(session: Session, tables: Sequence[str]) -> list[str]:
    """Tables by name, each behind those that it refers to; those that refer to each other as they come."""
    needed: dict[str, set[str]] = {name.lower(): set() for name in tables}
    for key in foreign_keys(session):
        if key.table.lower() in needed and key.referred.lower() != key.table.lower():
            needed[key.table.lower()].add(key.referred.lower())
    return _sorted(tables, needed)


def _views_in_order(views: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Views, each behind those that its definition names."""
    named = {
        name.lower(): {
            other.lower()
            for other, _ in views
            if other != name and re.search(rf"(?<!\w){re.escape(other)}(?!\w)", text, re.IGNORECASE)
        }
        for name, text in views
    }
    texts = {name.lower(): (name, text) for name, text in views}
    return [texts[name.lower()] for name in _sorted([name for name, _ in views], named)]


def _sorted(names: Iterable[str], needed: dict[str, set[str]]) -> list[str]:
    found: list[str] = []
    done: set[str] = set()
    waiting = sorted(names)
    while waiting:
        ready = [name for name in waiting if not (needed[name.lower()] - done) & needed.keys()]
        for name in ready or waiting[:1]:
            found.append(name)
            done.add(name.lower())
            waiting.remove(name)
    return found


def opening(style: SqlStyle) -> str:
    """What a script begins with: foreign keys are looked at only once all rows are there."""
    if style is SqlStyle.MYSQL:
        return "SET FOREIGN_KEY_CHECKS = 0;\nSET UNIQUE_CHECKS = 0;\n\n"
    return "PRAGMA foreign_keys = OFF;\nBEGIN;\n\n"


def closing(style: SqlStyle) -> str:
    """What a script ends with."""
    if style is SqlStyle.MYSQL:
        return "\nSET UNIQUE_CHECKS = 1;\nSET FOREIGN_KEY_CHECKS = 1;\n"
    return "\nCOMMIT;\nPRAGMA foreign_keys = ON;\n"


def statements(definitions: Definitions, style: SqlStyle) -> str:
    """The statements of `Definitions.afterwards` as a part of a script."""
    if not definitions.afterwards:
        return ""
    if style is SqlStyle.MYSQL and definitions.bodies:
        text = "\n".join(f"{one}\n//" for one in definitions.afterwards)
        return f"\nDELIMITER //\n{text}\nDELIMITER ;\n"
    return "\n" + "".join(f"{one};\n" for one in definitions.afterwards)


def comment(text: str) -> str:
    """A line that a script passes over."""
    return f"-- {' '.join(text.split())}\n"
