"""Passwords in statements, blanked before anything is written down."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..model.calls import without_password
from ..model.traits import SqlStyle
from .scanner import Token, TokenKind, tokens, unquoted

BLANK = "'***'"
_SECRET = re.compile(r"(?:.*[_ ])?(?:password|passwd|pwd|passphrase|secret|token|api_?key|rekey|hexkey)", re.IGNORECASE)
"""Names whose values are secret."""
_MAYBE = re.compile(r"identified|passw|pwd|passphrase|secret|token|api_?key|rekey|hexkey|://", re.IGNORECASE)
"""Every text with a secret has one of these: megabytes without any need not be taken apart."""
_BETWEEN = {"=", ":=", "(", "==", "TO", "IN", "LIKE", "<=>"}
"""What may stand between such a name and its value."""
_ENDS = {";", ",", "REQUIRE", "ACCOUNT", "WHERE"}


def without_secrets(text: str, style: SqlStyle) -> tuple[str, tuple[str, ...]]:
    """A statement with ``'***'`` in the place of each password, and what was blanked.

    Blanked are the texts of ``IDENTIFIED BY``, ``SET PASSWORD`` and the like, those that stand behind a name such as
    ``password``, also in comments, and the passwords of URLs. What is a password by its place among other values only
    is not known.
    """
    if _MAYBE.search(text) is None:
        return text, ()
    parts: list[str] = []
    blanked: list[str] = []
    end = 0
    for start, stop in _places(tokens(text, style), style, blanked):
        parts += [text[end:start], BLANK]
        end = stop
    return without_password("".join((*parts, text[end:]))), tuple(blanked)


def _places(found: Sequence[Token], style: SqlStyle, blanked: list[str]) -> list[tuple[int, int]]:
    places: list[tuple[int, int]] = []
    clause = False  # within IDENTIFIED … or SET PASSWORD …, where each text is taken for a secret
    named = False  # right behind the name of a secret
    option = False  # behind a text that names one: '--password', …
    before = ""
    for token in found:
        word = token.text.upper()
        if token.kind is TokenKind.COMMENT:
            inner = 2 if token.text[:2] in ("/*", "--", "//") else 1
            closed = 2 if token.text.endswith("*/") else 0
            body = token.text[inner : len(token.text) - closed]
            shift = token.start + inner
            places += [(a + shift, b + shift) for a, b in _places(_inside(body, style), style, blanked)]
            continue
        value = token.kind is TokenKind.STRING or (token.kind is TokenKind.QUOTED_NAME and style is SqlStyle.SQLITE)
        if word == "," and option:
            named, option = True, False
        elif value and (clause or named):
            places.append((token.start, token.end))
            blanked.append(unquoted(token.text))
            named = False
        elif value:
            option = _SECRET.fullmatch(unquoted(token.text).lstrip("-")) is not None
            named = named or option
        elif word in _ENDS:
            clause = named = False
        elif word == "IDENTIFIED" or (word == "PASSWORD" and before == "SET"):
            clause = True
        elif token.kind in (TokenKind.WORD, TokenKind.QUOTED_NAME, TokenKind.VARIABLE):
            named = _SECRET.fullmatch(token.name.lstrip("@")) is not None or (named and word in _BETWEEN)
        elif word not in _BETWEEN:
            named = False
        before = word
    return places


def _inside(text: str, style: SqlStyle) -> list[Token]:
    """The tokens of a comment's text, without comments in it: they could go on in each other without end."""
    return [token for token in tokens(text, style) if token.kind is not TokenKind.COMMENT]
