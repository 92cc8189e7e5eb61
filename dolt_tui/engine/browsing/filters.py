"""What people type into a filter, understood by the types of the columns; light to import, for interfaces.

``column op value`` binds the value as the column's type wants it, so that ``born > 2000-01-01`` is about a day and not
about the number 1998, and ``code = 007`` about a text. Everything else is SQL. What would be valid SQL and yet not
mean what it seems to mean is refused with the way to write it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ...frozen import Frozen
from ..core.conditions import Word, checked_condition, words
from ..errors import InvalidFilter
from ..model import SqlStyle
from .column_values import Unfit, classify, value_of
from .query import Condition, Operator, rendered

_TEST = re.compile(
    r"^(?P<column>.+?)\s+(?:(?P<null>is\s+(?:not\s+)?null)|(?P<word>contains|starts\s+with)\s+(?P<text>.*))$",
    re.IGNORECASE | re.DOTALL,
)
_ANYWHERE = re.compile(r"^contains\s+(.+)$", re.IGNORECASE | re.DOTALL)
_COMPARISON = re.compile(r"^(?P<column>[^<>=!]+?)\s*(?P<sign><=|>=|<>|!=|=|<|>)(?![<>=])\s*(?P<value>.*)$", re.DOTALL)
_NAME = re.compile(r"[^\W\d][\w$]*|`(?:[^`]|``)+`|\"(?:[^\"]|\"\")+\"|\[[^\]]+\]")
_DATE_LIKE = re.compile(r"(?<![\w.'-])\d{4}-\d{1,2}-\d{1,2}(?![\w.'-])")
_SIGNS = frozenset({"=", "<", ">", "<=", ">=", "<>", "!=", "<=>", "(", "=="})
_SQL_WORDS = frozenset({"between", "in", "like", "is", "not", "exists", "regexp", "rlike", "glob", "match", "case"})
_SQL_WORDS |= {"select", "contains", "starts"}
_CONSTANTS = frozenset({"true", "false", "current_date", "current_time", "current_timestamp", "localtime", "interval"})
_CONSTANTS |= {"localtimestamp", "utc_date", "utc_time", "utc_timestamp", "case", "select", "exists", "not", "cast"}
_CONSTANTS |= {"convert", "binary", "date", "time", "timestamp"}
_OPERATORS = frozenset({"and", "or", "xor", "div", "mod", "is", "null", "in", "like", "between", "collate"})
_ROWID = frozenset({"rowid", "oid", "_rowid_"})
_ARITHMETIC = frozenset({"+", "-", "*", "/", "%", "||", "->", "->>", "&", "|", "<<", ">>"})


class Understood(Frozen):
    """A filter; all that is given here has to hold."""

    conditions: tuple[Condition, ...] = ()
    where: str = ""
    """A complete condition in SQL."""
    contains: str = ""
    """A text that any column has to contain."""


class Filters(Frozen):
    """The filters that make sense for the rows of ``table``, whose ``columns`` are names with types."""

    table: str
    columns: Sequence[tuple[str, str]]
    style: SqlStyle

    def understand(self, text: str) -> Understood:
        """What was typed, understood. Raises `InvalidFilter` with what is wrong, and how it is right."""
        text = text.strip()
        if not text:
            return Understood()
        if (anywhere := _ANYWHERE.match(text)) is not None:
            return Understood(contains=anywhere[1])
        if (both := self._and_anywhere(text)) is not None:
            return replace(self.understand(both[0]), contains=both[1])
        if not self.columns:  # nothing was read of the table yet
            return Understood(where=self._sql(text))
        parts, glue = self._parts(text)
        found = [self._part(part) for part in parts]
        conditions = tuple(part for part in found if isinstance(part, Condition))
        if len(conditions) == len(found) and all(word.lower() == "and" for word in glue):
            return Understood(conditions)
        pieces = [rendered(part, self.style) if isinstance(part, Condition) else part for part in found]
        where = pieces[0] + "".join(f" {word} {piece}" for word, piece in zip(glue, pieces[1:], strict=True))
        return Understood(where=self._sql(where))

    def missing(self, name: str) -> InvalidFilter:
        """The error that there is no such column, with the one that may be meant."""
        known = {column.lower(): column for column, _ in self.columns}
        if {f"to_{name}".lower(), f"from_{name}".lower()} & known.keys():
            return InvalidFilter(f"Here {name} has a new value and an old one: write to_{name}, or from_{name}.", " ")
        near = difflib.get_close_matches(name.lower(), known, 1)
        advice = f"Did you mean {known[near[0]]}?" if near else f"Its columns: {_some([c for c, _ in self.columns])}."
        return InvalidFilter(f"{self.table} has no column {name}. {advice}", " ")

    # parts

    def _and_anywhere(self, text: str) -> tuple[str, str] | None:
        """What stands before and behind ``and contains``, where that is not within quotation marks or brackets."""
        depth, joined = 0, None
        for word in words(text, self.style):
            depth += (word.text == "(") - (word.text == ")")
            said = word.text.lower() if word.kind == "word" and depth == 0 else ""
            if joined is not None and said == "contains":
                before, behind = text[: joined.at].strip(), text[word.end :].strip()
                return (before, behind) if before and behind else None
            joined = word if said == "and" else None
        return None

    def _parts(self, text: str) -> tuple[list[str], list[str]]:
        """The conditions that ``and`` and ``or`` join, and these words; not where they belong to a value."""
        depth, cuts, found = 0, list[Word](), list(words(text, self.style))
        if {"case", "when"} <= {word.text.lower() for word in found if word.kind == "word"}:
            return [text], []
        for word in found:
            depth += (word.text == "(") - (word.text == ")")
            if depth == 0 and word.kind == "word" and word.text.lower() in ("and", "or"):
                cuts.append(word)
        parts, glue, start = list[str](), list[str](), 0
        for cut in cuts:
            rest = text[cut.end :]
            following = next((other for other in cuts if other.at > cut.at), None)
            piece = rest if following is None else text[cut.end : following.at]
            if self._is_condition(piece):
                parts.append(text[start : cut.at].strip())
                glue.append(cut.text)
                start = cut.end
        return [*parts, text[start:].strip()], glue

    def _is_condition(self, text: str) -> bool:
        found = list(words(text, self.style))
        if len(found) == 1:
            return self._column(found[0].text) is not None or found[0].text.lower() in ("true", "false")
        return any(word.text in _SIGNS or (word.kind == "word" and word.text.lower() in _SQL_WORDS) for word in found)

    def _part(self, text: str) -> Condition | str:
        """One condition, or SQL that was checked."""
        if re.match(r"case\s+when\b", text, re.IGNORECASE):
            return self._sql(text)
        match = _TEST.match(text)
        if match is not None and (column := self._known(match["column"])) is not None:
            if match["null"]:
                operator = Operator.NOT_NULL if "not" in match["null"].lower() else Operator.NULL
                return Condition(column[0], operator, typed=text)
            operator = Operator.CONTAINS if match["word"].lower() == "contains" else Operator.STARTS
            return Condition(column[0], operator, match["text"], typed=text)
        match = _COMPARISON.match(text)
        if match is not None and (column := self._known(match["column"])) is not None:
            operator = Operator("<>" if match["sign"] == "!=" else match["sign"])
            return self._compared(column, operator, match["value"].strip(), text)
        return self._sql(text)

    def _known(self, text: str) -> tuple[str, str] | None:
        """The column that a text names; None for other SQL. Raises `InvalidFilter` for a name that no column has."""
        text = text.strip()
        found = self._column(text)
        if found is not None or not _NAME.fullmatch(text):
            return found
        lower = text.lower()
        if lower in _CONSTANTS or (lower in _ROWID and self.style is SqlStyle.SQLITE):
            return None
        raise self.missing(text if text[0] not in '`"[' else text[1:-1])

    def _column(self, text: str) -> tuple[str, str] | None:
        text = text.strip()
        if text[:1] in ("`", "[", '"') and len(text) > 2:
            text = text[1:-1].replace("``", "`").replace('""', '"')
        exact = next((column for column in self.columns if column[0] == text), None)
        return exact or next((column for column in self.columns if column[0].lower() == text.lower()), None)

    # values

    def _compared(self, column: tuple[str, str], operator: Operator, value: str, typed: str) -> Condition | str:
        name, type_ = column
        if value.lower() == "null" or value == "∅":  # as the screen shows it
            test = "is not null" if operator is Operator.UNEQUAL else "is null"
            raise InvalidFilter(f"Nothing compares with NULL: write {name} {test}.", " ")
        of = classify(type_)
        if of.text and (text := self._text(value)) is not None:
            return Condition(name, operator, text, typed)
        if self._is_sql(value, text=of.text):
            return self._sql(typed)
        if of.text and (same := self._column(value)) is not None and value:
            raise InvalidFilter(
                f"{value} is a column too: write {name} {operator} '{value}' for the text, or"
                f" {name} {operator} {self._quoted(same[0])} for the column.",
                " ",
            )
        try:
            return Condition(name, operator, value_of(of, type_, value, self.style), typed)
        except Unfit as error:
            if _DATE_LIKE.fullmatch(value) or "…" in value or not self._may_be_sql(value):
                raise InvalidFilter(f"{name} {error}", " ") from error
        return self._sql(typed)

    def _text(self, value: str) -> str | None:
        """A text between quotation marks; None where it is more than that, or spelt with backslashes."""
        found = list(words(value, self.style))
        if len(found) != 1 or found[0].kind != "text" or not found[0].closed or value[0] != "'":
            return None
        return None if self.style is SqlStyle.MYSQL and "\\" in value else value[1:-1].replace("''", "'")

    def _is_sql(self, value: str, *, text: bool) -> bool:
        """Whether a value is certainly an expression: it has quotation marks, a call, or a column in a calculation."""
        found = list(words(value, self.style))
        if not found:
            return False
        if found[0].kind in ("text", "name") or found[0].text == "(":
            return True
        if len(found) > 1 and found[1].kind == "text" and found[0].end == found[1].at and not text:
            return True  # x'1f'
        if len(found) > 1 and found[0].kind == "word" and found[1].text == "(" and found[0].end == found[1].at:
            return True
        reckons = len(found) > 2 and found[1].text in _ARITHMETIC and found[0].kind == "word"
        return reckons and self._column(found[0].text) is not None

    def _may_be_sql(self, value: str) -> bool:
        """Whether what fits no value of the column may be meant as an expression."""
        found = list(words(value, self.style))
        if len(found) < 2:
            return bool(found) and (self._column(value) is not None or value.lower() in _CONSTANTS)
        return all(
            word.kind in ("number", "text", "name", "sign")
            or self._column(word.text) is not None
            or word.text.lower() in _CONSTANTS | _OPERATORS
            for word in found
        ) or any(word.text == "(" for word in found)

    def _quoted(self, name: str) -> str:
        return f"`{name}`" if self.style is SqlStyle.MYSQL else f'"{name}"'

    # SQL

    def _sql(self, text: str) -> str:
        """SQL that is complete and means what it seems to mean. Raises `InvalidFilter`."""
        found = list(words(text, self.style))
        bare = list(text)
        for word in found:
            if word.kind in ("text", "name"):
                bare[word.at : word.end] = "'" * len(word.text)
        date = _DATE_LIKE.search("".join(bare))
        if date is not None:
            raise InvalidFilter(f"{date[0]} is a subtraction in SQL: write '{date[0]}' for the date.", " ")
        checked_condition(text, self.style)
        for word, following in pairwise(found):
            if word.text in ("=", "<>", "!=", "==") and following.text.lower() == "null":
                raise InvalidFilter("Nothing compares with NULL: write is null, or is not null.", " ")
        return text


def _some(names: Sequence[str], most: int = 8) -> str:
    return ", ".join([*names[:most], *(["…"] if len(names) > most else [])])
