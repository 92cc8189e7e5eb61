"""A statement as a row of words, to look things up in: keywords in capitals, at which depth of parentheses."""

from __future__ import annotations

import re

from ..model.traits import SqlStyle
from .scanner import Token, TokenKind, places, unquoted

_SIGNS = {
    TokenKind.QUOTED_NAME: "`",
    TokenKind.STRING: "'",
    TokenKind.NUMBER: "0",
    TokenKind.PARAMETER: "?",
}
"""What stands for a token that is no keyword, so that no name or text is taken for one."""
_MAIN_VERBS = {"SELECT", "TABLE", "VALUES", "INSERT", "REPLACE", "UPDATE", "DELETE"}
_LONG = 50_000
"""Characters of an INSERT behind VALUES, from which on not all of its tokens are looked at."""
_ASKED_ABOUT = re.compile(
    r"dolt_|get_lock|release_|nextval|setval|load_ext|fts3_tok|optimize|writefile|edit|vec1_", re.IGNORECASE
)
"""What the names of functions with effects begin with (`effects`), wherever it stands."""
_ROUTINES = {"PROCEDURE", "FUNCTION", "TRIGGER", "EVENT"}
_OTHER_DEFINITIONS = {"TABLE", "VIEW", "INDEX", "DATABASE", "SCHEMA", "USER", "ROLE"}


class Words:
    """The tokens of a statement without its comments. Positions count them; behind the last one there is ``""``."""

    def __init__(self, text: str, style: SqlStyle) -> None:
        self.text, self.style = text, style
        self._places: list[tuple[TokenKind, int, int]] = []
        self.executable = False
        """Whether parts of it stand in executable comments."""
        self._words: list[str] = []
        self._depths: list[int] = []
        depth = 0
        for place in places(text, style):
            kind, start, end = place
            if kind is TokenKind.COMMENT:
                continue
            sign = _SIGNS.get(kind) or text[start:end].upper()
            if kind is TokenKind.PUNCTUATION:
                if end - start > 1:
                    self.executable = True
                    continue
                if sign == ")":
                    depth -= 1
            self._places.append(place)
            self._words.append(sign)
            self._depths.append(depth)
            if sign == "(":
                depth += 1
            elif sign == "VALUES" and depth == 0 and self._goes_on_with_values_only(end):
                break
        while self._words and self._words[-1] == ";":
            for one in (self._places, self._words, self._depths):
                one.pop()

    def _goes_on_with_values_only(self, position: int) -> bool:
        """Whether a long INSERT holds nothing from ``position`` on that anybody asks about: megabytes of values."""
        return (
            len(self.text) - position > _LONG
            and self._words[0] in ("INSERT", "REPLACE")
            and _ASKED_ABOUT.search(self.text, position) is None
        )

    def __len__(self) -> int:
        return len(self._places)

    def token(self, index: int) -> Token:
        """A token as a value."""
        kind, start, end = self._places[index]
        return Token(kind, start, end, self.text[start:end])

    def written(self, index: int) -> str:
        """A token as it is written."""
        _, start, end = self._places[index]
        return self.text[start:end]

    def __getitem__(self, index: int) -> str:
        """A keyword in capitals; a sign that stands for a name, a text, a number or a parameter; or the token."""
        return self._words[index] if 0 <= index < len(self._words) else ""

    def kind(self, index: int) -> TokenKind | None:
        return self._places[index][0] if 0 <= index < len(self._places) else None

    def start(self, index: int) -> int:
        """Where a token begins in the text."""
        return self._places[index][1]

    def end(self, index: int) -> int:
        """Where a token ends in the text."""
        return self._places[index][2]

    def name(self, index: int) -> str:
        """The name that a token is, without quotes; "" where it is none."""
        if not 0 <= index < len(self._places) or self.kind(index) not in (TokenKind.WORD, TokenKind.QUOTED_NAME):
            return ""
        return self.token(index).name

    @property
    def has_several(self) -> bool:
        """Whether something stands behind a ``;``."""
        return ";" in self._words

    def is_routine(self, at: int) -> bool:
        """Whether it defines what holds statements of its own."""
        what = next((word for word in self._words[at + 1 : at + 16] if word in _ROUTINES | _OTHER_DEFINITIONS), "")
        return self[at] == "CREATE" and what in _ROUTINES

    def first_code(self) -> int:
        """The first token that is no parenthesis."""
        return next((index for index, word in enumerate(self._words) if word != "("), 0)

    def after_common_tables(self, at: int) -> int:
        """The verb of the statement that ``WITH`` at ``at`` is for."""
        depth = self._depths[at]
        for index in range(at + 1, len(self._words)):
            if self._depths[index] == depth and self._words[index] in _MAIN_VERBS and self[index - 1] == ")":
                return index
        return len(self._words)

    def plain(self, at: int) -> list[str]:
        """The words from ``at`` on."""
        return self._words[at:]

    def find(self, word: str, at: int) -> int | None:
        """The next ``word`` at or behind ``at`` that is in no more parentheses than what is at ``at``'s statement."""
        depth = self._depths[self.first_code()] if self._words else 0
        for index in range(at, len(self._words)):
            if self._words[index] == word and self._depths[index] <= depth:
                return index
        return None

    def table_name(self, at: int) -> tuple[str, str, int]:
        """The name of a table at ``at``: what is before the dot, the name, and where it ends."""
        first = self.name(at)
        if self[at + 1] == "." and self.name(at + 2):
            return first, self.name(at + 2), at + 3
        return "", first, at + 1

    def is_single_table(self, verb: str, after: int) -> bool:
        """Whether an UPDATE or DELETE is of one table only; ``after`` is what stands behind its name."""
        until = self.find("SET" if verb == "UPDATE" else "WHERE", after)
        between = self._words[after : len(self._words) if until is None else until]
        if verb == "DELETE" and "USING" in between:
            return False
        if verb == "UPDATE" and self.style is SqlStyle.SQLITE and self.find("FROM", after) is not None:
            return False
        for stop in ("ORDER", "LIMIT", "RETURNING"):
            if stop in between:
                between = between[: between.index(stop)]
        return not any(word in (",", "JOIN", "FROM", "STRAIGHT_JOIN", "*") for word in between)

    def rest(self, at: int) -> str:
        """The text from a token on, without the quotes if it is a name only."""
        if not 0 <= at < len(self):
            return ""
        if at == len(self) - 1:
            return unquoted(self.written(at))
        return self.text[self.start(at) : self.end(-1)]

    # SET

    def _assignments(self, at: int) -> list[tuple[int, int]]:
        """Where the variables of a SET are, and their values."""
        found, starts = [], True
        for index in range(at + 1, len(self._words)):
            if self._depths[index] == self._depths[at] and self._words[index] in ("=", ":=") and starts:
                found.append((index - 1, index + 1))
                starts = False
            elif self._words[index] == "," and self._depths[index] == self._depths[at]:
                starts = True
        return found

    def assigned(self, at: int) -> list[str]:
        """The variables that a SET sets, as they are written."""
        return [self.written(index) for index, _ in self._assignments(at)]

    def assigned_value(self, at: int, which: int) -> str:
        """The first word of the value of one of them; of a text the text itself, in its quotes."""
        index = self._assignments(at)[which][1]
        return "" if index >= len(self) else self.written(index).upper()

    def assigned_text(self, at: int, which: int) -> str:
        """The first token of the value of one of them, as it is written."""
        index = self._assignments(at)[which][1]
        return "" if index >= len(self) else self.written(index)
