"""Scripts split into statements, and statements into tokens."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dolt_tui.engine.console import completion, scanner
from dolt_tui.engine.console.scanner import TokenKind, split, string_values, tokens, unquoted
from dolt_tui.engine.model.traits import SqlStyle

MYSQL, SQLITE = SqlStyle.MYSQL, SqlStyle.SQLITE
BOTH = [MYSQL, SQLITE]


def texts(script: str, style: SqlStyle = MYSQL) -> list[str]:
    return [statement.text for statement in split(script, style).statements]


BODY = (
    "CREATE TRIGGER t AFTER INSERT ON x FOR EACH ROW BEGIN UPDATE a SET b = CASE WHEN 1 THEN 2 END; DELETE FROM c; END"
)
LOOPS = (
    "CREATE DEFINER = `a;`@'%' PROCEDURE p() BEGIN DECLARE i INT; outer_one: LOOP IF i > 1 THEN LEAVE outer_one; "
    "ELSEIF i THEN SET i = IF(1, 2, 3); ELSE SET @end = 1; END IF; END LOOP; CASE i WHEN 1 THEN IF i THEN SELECT 1; "
    "END IF; ELSE BEGIN END; END CASE; WHILE i DO SET new.end = REPEAT('x;', 2); END WHILE; REPEAT SET i = 1; "
    "UNTIL i END REPEAT; END"
)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("", []),
        (" ;; \n ; -- nothing; at all\n /* ; */", []),
        ("SELECT 1", ["SELECT 1"]),
        ("SELECT 1;\n\n SELECT 2 ;", ["SELECT 1", "SELECT 2"]),
        ("SELECT ';', \"a;b\", `c;d`; /* ; */ SELECT 2", ["SELECT ';', \"a;b\", `c;d`", "/* ; */ SELECT 2"]),
        ("SELECT 'it''s;', 2; SELECT 3", ["SELECT 'it''s;', 2", "SELECT 3"]),
        ("-- who;\nSELECT 1; -- one; more\nSELECT 2", ["-- who;\nSELECT 1", "SELECT 2"]),
        ("SELECT 1 --1; no minus\n; SELECT 2", ["SELECT 1 --1; no minus", "SELECT 2"]),
        ("SELECT 'never; closed", ["SELECT 'never; closed"]),
        ("BEGIN; UPDATE t SET a = 1; COMMIT;", ["BEGIN", "UPDATE t SET a = 1", "COMMIT"]),
        (f"{BODY}; SELECT 2", [BODY, "SELECT 2"]),
        ("SELECT * FROM t AS OF 'main~1'; SELECT 2", ["SELECT * FROM t AS OF 'main~1'", "SELECT 2"]),
        ("CREATE TABLE event (trigger_x INT, begin_at INT); SELECT 2", None),
    ],
)
@pytest.mark.parametrize("style", BOTH)
def test_a_script_is_split_at_its_delimiters(style: SqlStyle, script: str, expected: list[str] | None) -> None:
    assert texts(script, style) == ([part.strip() for part in script.split(";")] if expected is None else expected)


@pytest.mark.parametrize(
    ("script", "mysql", "sqlite"),
    [
        (r"SELECT '\'; SELECT 2; -- '", 1, 2),
        ("SELECT [a;b]", 2, 1),
        ("SELECT 1 # a; b\n; SELECT 2", 2, 3),
        ("SELECT 1 // a; b\n; SELECT 2", 2, 3),
        ("/*! SELECT 1; */", 1, 0),
        ("DELIMITER //\nSELECT 1; SELECT 2//\nSELECT 3; 4", 2, 3),
    ],
)
def test_the_engines_read_some_signs_in_different_ways(script: str, mysql: int, sqlite: int) -> None:
    assert (len(texts(script)), len(texts(script, SQLITE))) == (mysql, sqlite)


def test_delimiter_lines_are_no_statements() -> None:
    script = f"DELIMITER $$\n{BODY}$$\nSELECT '$$', 1 $$ -- done\n\ndelimiter ;\nSELECT 3; SELECT 4; DELIMITER //\n5//"
    assert texts(script) == [BODY, "SELECT '$$', 1", "SELECT 3", "SELECT 4", "5"]


def test_blocks_of_a_routine_are_found_without_a_delimiter() -> None:
    assert texts(f"{LOOPS}; SELECT 2;") == [LOOPS, "SELECT 2"]
    short = "create procedure p() if 1 then select 1; end if"
    loop = "CREATE /* ; */ PROCEDURE q() WHILE a DO SELECT 1; END WHILE"
    assert texts(f"{short}; {loop}; SELECT 2") == [short, loop, "SELECT 2"]
    assert len(texts("CREATE TRIGGER t AFTER DELETE ON x FOR EACH ROW SET @a = 1; SELECT 2")) == 2
    assert len(texts("CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2;")) == 1  # not closed: nothing of it runs by itself


def test_the_statement_under_the_cursor() -> None:
    text = "-- first\nSELECT 1;  SELECT 2; -- it\n\n  SELECT 3"
    script = split(text, MYSQL)

    def at(sign: str, more: int = 0) -> str:
        found = script.at(text.index(sign) + more)
        assert found is not None
        return found.text[-8:]

    assert at("-- first") == at("SELECT 1") == at(";  ") == at(";  ", 1) == "SELECT 1"
    assert at("  SELECT 2", 1) == "SELECT 1", "between two on a line: the one before"
    assert at("SELECT 2") == at("-- it") == at("\n\n") == "SELECT 2"
    assert at("\n\n", 1) == at("\n\n", 2) == at("SELECT 3", 8) == "SELECT 3"
    assert split("SELECT 1;\n\n\n", MYSQL).at(12) is not None, "behind the last: the last"
    assert split(" -- nothing", MYSQL).at(3) is None


_INSIDE = st.text("ab ;'\"`\\-#/*!\n\u00e4\U0001f600", max_size=8)


@st.composite
def statements(draw: st.DrawFn, style: SqlStyle) -> str:
    """A statement of any parts that hide delimiters."""
    parts = []
    for _ in range(draw(st.integers(1, 5))):
        inside = draw(_INSIDE)
        kind = draw(st.sampled_from(["'", '"', "`", "/*", "--", "word"]))
        if kind in "'\"`":
            escaped = inside.replace("\\", "\\\\") if style is MYSQL and kind != "`" else inside
            parts.append(kind + escaped.replace(kind, kind * 2) + kind)
        elif kind == "/*":
            parts.append("/* " + inside.replace("*", "") + "*/")
        elif kind == "--":
            parts.append("-- " + inside.replace("\n", "") + "\n")
        else:
            parts.append("x1")
    return "SELECT " + " ".join(parts) + " y"


@given(st.data(), st.sampled_from(BOTH))
def test_joined_statements_split_back_into_themselves(data: st.DataObject, style: SqlStyle) -> None:
    given_ones = data.draw(st.lists(statements(style), max_size=5))
    between = data.draw(st.sampled_from([";", ";\n", " ; ", ";; -- same line;\n\n", "; -- same line\n"]))
    assert texts(between.join(given_ones), style) == given_ones
    if style is MYSQL:
        other = data.draw(st.sampled_from(["$$", "//", "||", "END_", ";;"]))
        if not any(other in statement for statement in given_ones):
            lines = f"\n{other}\n".join(given_ones)
            assert texts(f"DELIMITER {other}\n{lines}{other}\nDELIMITER ;\nSELECT 1") == [*given_ones, "SELECT 1"]


@given(st.text("ab;'\"`\\-#/*![]()\n BEGINDcrt@?", max_size=60), st.sampled_from(BOTH))
def test_offsets_tile_any_text(text: str, style: SqlStyle) -> None:
    script = split(text, style)
    for statement in script.statements:
        assert text[statement.start : statement.end] == statement.text == statement.text.strip(" \t\r\n\f\v") != ""
    for before, after in pairwise(script.statements):
        assert before.end < after.start
    found = tokens(text, style)
    assert all(text[token.start : token.end] == token.text != "" for token in found)
    ends = [0, *(token.end for token in found)]
    starts = [*(token.start for token in found), len(text)]
    assert not any(text[end:start].strip(" \n") for end, start in zip(ends, starts, strict=True))
    for offset in range(len(text) + 1):
        assert (script.at(offset) is None) == (not script.statements)


def test_tokens() -> None:
    text = "SELECT a.`b``c`, \"d\", 'it''s', x'41', 1.5e-3, @v, @@global.x, ? /*! + 0x1F */ -- end\n <=> 3_x"
    found = [(token.kind, token.text) for token in tokens(text, MYSQL) if token.kind is not TokenKind.PUNCTUATION]
    assert found == [
        (TokenKind.WORD, "SELECT"),
        (TokenKind.WORD, "a"),
        (TokenKind.QUOTED_NAME, "`b``c`"),
        (TokenKind.STRING, '"d"'),
        (TokenKind.STRING, "'it''s'"),
        (TokenKind.STRING, "x'41'"),
        (TokenKind.NUMBER, "1.5e-3"),
        (TokenKind.VARIABLE, "@v"),
        (TokenKind.VARIABLE, "@@global.x"),
        (TokenKind.PARAMETER, "?"),
        (TokenKind.OPERATOR, "+"),
        (TokenKind.NUMBER, "0x1F"),
        (TokenKind.COMMENT, "-- end"),
        (TokenKind.OPERATOR, "<=>"),
        (TokenKind.WORD, "3_x"),
    ]
    kinds = {token.text: token.kind for token in tokens('"a" [b c] :n $m @v /*! x */', SQLITE)}
    assert kinds == {
        '"a"': TokenKind.QUOTED_NAME,
        "[b c]": TokenKind.QUOTED_NAME,
        ":n": TokenKind.PARAMETER,
        "$m": TokenKind.PARAMETER,
        "@v": TokenKind.VARIABLE,
        "/*! x */": TokenKind.COMMENT,
    }
    assert [unquoted(name) for name in ("`a``b`", '"a"', "[a]]", "a", "`")] == ["a`b", "a", "a]", "a", ""]


@given(st.text("ab'\"`\\-#/*![]\n ", max_size=30), st.sampled_from(BOTH))
def test_values_of_strings_are_those_of_the_tokens(text: str, style: SqlStyle) -> None:
    found = [token for token in tokens(text, style) if token.text[0] in "'\"" or token.kind is TokenKind.STRING]
    assert list(string_values(text, style)) == [unquoted(token.text.lstrip("bxn")) for token in found]
    assert all(len(value) <= 3 for value in string_values(text, style, longest=3))


MILLION = 1_000_000
HOSTILE = {
    "rows": "INSERT INTO t VALUES (1,'it''s; -- no',2.5);\n" * (MILLION // 45),
    **{
        sign: sign * (MILLION // len(sign))
        for sign in ("'", '"', "`", "[", "\\", "/*", "/*!", "/*! */", "(", ";", "--\n")
    },
    **{word: word * (MILLION // len(word)) for word in ("BEGIN ", "BEGIN;", "CREATE ", "IF a THEN ", "DELIMITER x\n")},
    "backslashes": "'" + "\\" * MILLION,
    "procedures": "CREATE PROCEDURE p() BEGIN " * (MILLION // 27),
    "triggers": "CREATE TRIGGER t; " * (MILLION // 18),
    "cases": "CREATE TRIGGER t " + "CASE END " * (MILLION // 9),
    "comments": "a; /* ; */ -- b\n" * (MILLION // 16),
    "delimiters": "".join(f"DELIMITER x{number}\n" for number in range(MILLION // 17)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_takes_long(name: str) -> None:
    """Each is a million signs: 0.03 to 0.2 s. What is not linear would take minutes."""
    began = time.process_time()
    for style in BOTH:
        split(HOSTILE[name], style)
        deque(string_values(HOSTILE[name], style), maxlen=0)
    assert time.process_time() - began < 4


def repeated(tree: Any) -> Iterator[Any]:
    """What possessive quantifiers repeat in a pattern, as lists of its parts."""
    for part in tree:
        if str(part[0]) == "POSSESSIVE_REPEAT":
            yield part[1][2]
        for inner in part[1] if isinstance(part[1], tuple | list) else [part[1]]:
            for each in inner if isinstance(inner, list) else [inner]:
                if type(each).__name__ == "SubPattern":
                    yield from repeated(each)


@pytest.mark.parametrize("style", BOTH)
def test_what_is_repeated_without_return_is_atomic(style: SqlStyle) -> None:
    """Before Python 3.11.5 such a repetition stops too late where a part of its last round matches."""
    patterns = [
        *(made(style) for made in (scanner._routine, scanner._steps, scanner._tokens, scanner._strings)),
        scanner._pieces(style, ";"),
        scanner._DELIMITER,
        completion._CLOSED[style],
    ]
    simple = {"LITERAL", "NOT_LITERAL", "IN", "ANY", "ATOMIC_GROUP"}
    found = [inner for pattern in patterns for inner in repeated(re._parser.parse(pattern.pattern, pattern.flags))]  # type: ignore[attr-defined]
    assert len(found) > 50
    assert [inner for inner in found if len(inner) != 1 or str(inner[0][0]) not in simple] == []
