"""Which functions, procedures and pragmas do more than give a value."""

from __future__ import annotations

import re

from ...frozen import Frozen
from ..model.traits import SqlStyle
from .scanner import TokenKind
from .words import Words


class Effect(Frozen):
    """What a statement does by one of its functions."""

    name: str
    """In capitals."""
    goes_to: str | None = None
    """The branch that the connection is on afterwards."""


_READING = re.compile(
    r"dolt_(?:version|hashof(?:_.*)?|merge_base|storage_format|log|patch|reflog|branch_status|schema_diff|test_run"
    r"|diff(?:_.*)?|json_diff|preview_merge_conflicts(?:_summary)?|at_.*|history_.*|blame_.*|workspace_.*)",
    re.IGNORECASE | re.DOTALL,
)
"""The functions of version control that only read. Any other one is taken for one that does not."""
_WRITING = {
    SqlStyle.MYSQL: {"GET_LOCK", "RELEASE_LOCK", "RELEASE_ALL_LOCKS", "NEXTVAL", "SETVAL", "DOLT_QUERY_DIFF"},
    SqlStyle.SQLITE: {"LOAD_EXTENSION", "FTS3_TOKENIZER", "OPTIMIZE", "WRITEFILE", "EDIT", "VEC1_TRAIN", "VEC1_CONFIG"},
}
_BEFORE_TABLE = re.compile(r"`[^`/]*+/([^`]++)`[ \t\r\n]*+\.")
_CHECKOUTS = {"DOLT_CHECKOUT", "DOLT_CONNECT_BRANCH"}

_PRAGMAS = {
    *("table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list"),
    *("database_list", "collation_list", "function_list", "module_list", "pragma_list", "compile_options"),
    *("integrity_check", "quick_check", "foreign_key_check"),
}
_PRAGMAS_WITHOUT_VALUE = {
    *("user_version", "application_id", "schema_version", "data_version", "foreign_keys", "journal_mode", "encoding"),
    *("page_count", "page_size", "freelist_count", "cache_size", "busy_timeout", "synchronous", "auto_vacuum"),
    *("case_sensitive_like", "recursive_triggers", "defer_foreign_keys", "query_only", "temp_store"),
}


def branches_named(text: str) -> list[str]:
    """The branches that stand before the names of tables, as in ```shop/feature`.customers``: what may write there.

    What looks so in a text or a comment is one of them as well.
    """
    return [found[1] for found in _BEFORE_TABLE.finditer(text)]


def effect_of(words: Words, verb: str, at: int = 0) -> Effect | None:
    """The first function from ``at`` on that does more than give a value; of a CALL the procedure."""
    for index in range(at, len(words) - 1):
        if words[index + 1] != "(" or words.kind(index) not in (TokenKind.WORD, TokenKind.QUOTED_NAME):
            continue
        name = words.name(index)
        upper = name.upper()
        if verb == "CALL" or upper in _WRITING[words.style] or _versions(name):
            return Effect(upper, _branch(words, index + 2) if upper in _CHECKOUTS else None)
    return None


def _versions(name: str) -> bool:
    """Whether a function belongs to version control and is not known to read only."""
    return name[:5].lower() == "dolt_" and _READING.fullmatch(name) is None


def _branch(words: Words, at: int) -> str | None:
    """The branch that a checkout goes to; None where it restores tables, or is not told by its text."""
    given = []
    for index in range(at, len(words)):
        if words[index] == ")":
            break
        if words[index] == ",":
            continue
        if words.kind(index) is not TokenKind.STRING and not (
            words.kind(index) is TokenKind.QUOTED_NAME and words.style is SqlStyle.SQLITE
        ):
            return None
        given.append(_value(words.written(index), words.style))
    if "--" in given:
        return None
    options = {"-b", "-B"} & set(given)
    if options:
        behind = given[given.index(next(iter(options))) + 1 :]
        return next((one for one in behind if not one.startswith("-")), None)
    names = [one for one in given if not one.startswith("-")]
    return names[0] if len(names) == 1 else None


def _value(text: str, style: SqlStyle) -> str:
    """The value of a text in quotes."""
    inner = text[1:-1].replace(text[0] * 2, text[0])
    return re.sub(r"\\(.)", r"\1", inner, flags=re.DOTALL) if style is SqlStyle.MYSQL else inner


def harmless_pragma(words: Words, at: int) -> bool:
    """Whether a PRAGMA only tells something."""
    behind = at + 1
    if words[behind + 1] == ".":
        behind += 2
    name = words.name(behind).lower()
    if name in _PRAGMAS:
        return words[behind + 1] in ("", "(", "=")
    return name in _PRAGMAS_WITHOUT_VALUE and words[behind + 1] == ""
