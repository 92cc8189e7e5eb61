"""Rows as text: nothing is lost, and every format can be read back."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from decimal import Decimal

from dolt_tui.engine.model import ABSENT
from dolt_tui.ui.present.export import FORMATS, Copied, as_json, comma_separated, markdown, plain, sql, tsv

NASTY = "a\"b'c\\d\n\te|f;\x1b[2J"
ROWS: tuple[tuple[object, ...], ...] = (
    (1, "Sehn", None, Decimal("1000000.10"), b"\x00\xff", dt.date(2018, 8, 6)),
    (2, NASTY, "", Decimal("0"), b"", None),
)
COPIED = Copied("we`ird", ("id", "na,me", "x", "price", "blob", "day"), ROWS)


def test_csv_reads_back() -> None:
    read = list(csv.reader(io.StringIO(comma_separated(COPIED))))
    assert read[0] == list(COPIED.columns)
    assert read[1] == ["1", "Sehn", "", "1000000.10", "0x00ff", "2018-08-06"]
    assert read[2][1] == NASTY


def test_json_reads_back() -> None:
    read = json.loads(as_json(COPIED))
    assert read[0] == {
        "id": 1,
        "na,me": "Sehn",
        "x": None,
        "price": "1000000.10",
        "blob": "0x00ff",
        "day": "2018-08-06",
    }
    assert read[1]["na,me"] == NASTY
    assert json.loads(as_json(Copied("t", ("a",), ((1,),)))) == {"a": 1}


def test_lines_stay_lines() -> None:
    assert tsv(COPIED).count("\n") == 2
    assert all(line.count("\t") == 5 for line in tsv(COPIED).split("\n"))
    assert markdown(COPIED).count("\n") == 3
    assert plain(Copied("t", ("a", "b"), (("x", None),))) == "x\t"


def test_every_format_has_a_letter_of_its_own() -> None:
    assert len({letter for letter, _, _ in FORMATS}) == len(FORMATS)


def test_values_are_not_altered() -> None:
    odd = Copied("t", ("a", "a", "b"), ((None, "", "*x* <b> | `c` \\ a  b\r\n"), ("NULL", "\\N", ABSENT)))
    assert tsv(odd).split("\n")[1:] == ["\\N\t\t*x* <b> | `c` \\\\ a  b\\r\\n", "NULL\t\\\\N\t"]
    assert comma_separated(odd).split("\n")[1] == ',"","*x* <b> | `c` \\ a  b\r'
    assert json.loads(as_json(odd)) == [{"a": None, "a_2": "", "b": odd.rows[0][2]}, {"a": "NULL", "a_2": "\\N"}]
    first, second = markdown(odd).split("\n")[2:]
    assert first == r"| *NULL* |  | \*x\* &lt;b&gt; \| \`c\` \\ a &#32;b<br> |"
    assert second == r"| NULL | \\N |  |"


def test_rows_with_other_columns_are_inserted_apart() -> None:
    rows = ((1, "a", "c"), (2, ABSENT, "c"), (3, ABSENT, "c"))
    text = sql(Copied("t", ("id", "x", "g"), rows, types=("int", "text", "int"), generated=frozenset({"g"})))
    assert text == "INSERT INTO `t` (`id`, `x`) VALUES\n  (1, 'a');\nINSERT INTO `t` (`id`) VALUES\n  (2),\n  (3);"
