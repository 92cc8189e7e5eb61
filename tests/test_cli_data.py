"""``dolt-tui export``, ``import`` and ``query``: what they write, their exit codes, and what they leave."""

from __future__ import annotations

import io
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pexpect
import pytest

from dolt_tui.cli import main
from dolt_tui.engine import open_repository
from dolt_tui.engine.backends.embedded import driver
from dolt_tui.engine.browsing.query import Query
from dolt_tui.engine.connecting.target import ServerTarget

Capture = pytest.CaptureFixture[bytes]
Said = Callable[..., tuple[int, str, str]]


@pytest.fixture(params=["doltlite", "dolt"])
def target(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty database, as one names it on the command line."""
    if request.param == "doltlite":
        path = tmp_path / "x.db"
        driver.connect(path, create=True).close()
        return str(path)
    server: ServerTarget = request.getfixturevalue("server_database")
    monkeypatch.setenv("DOLT_TUI_PASSWORD", server.password)
    return f"mysql+pymysql://{server.user}@{server.host}:{server.port}/{server.database}"


@pytest.fixture
def said(capfdbinary: Capture) -> Said:
    """Runs a command line in this process: its exit code, and what it wrote."""

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return run


def test_there_and_back(target: str, said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "towns.csv").write_text('id,zip,town\n1,01234,"Ulm, old"\n2,,""\n')
    file = str(tmp_path / "towns.csv")
    assert said("import", target, file, "--create", "--type", "zip=VARCHAR(9)") == (0, "", "")
    assert said("export", target, "towns") == (0, 'id,zip,town\n1,01234,"Ulm, old"\n2,,""\n', "")
    assert said("export", target, "towns", "--where", "id > 1", "--format", "jsonl")[1] == (
        '{"id":2,"zip":null,"town":""}\n'
    )
    assert (
        said("export", target, "towns", "--order", "id", "--descending", "--format", "tsv")[1].splitlines()[1]
        == "2\t\\N\t"
    )
    assert said("query", target, "SELECT id, town FROM towns; SELECT 1 AS one")[1] == (
        'id,town\n1,"Ulm, old"\n2,""\n\none\n1\n'
    )
    table = said("query", target, "SELECT town, id FROM towns", "--format", "table")[1]
    assert table == "town     │ id\n─────────┼───\nUlm, old │  1\n         │  2\n(2 rows)\n"
    out = tmp_path / "out.jsonl.gz"
    assert said("export", target, "--query", "SELECT count(*) AS n FROM towns", "-o", str(out))[0] == 0
    assert out.read_bytes()[:2] == b"\x1f\x8b"
    commit = "CALL dolt_commit('-Am', 'x')" if "://" in target else "SELECT dolt_commit('-A', '-m', 'x')"
    assert said("query", target, commit)[0] == 0
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"id\ttown\n2\tRom\n3\tOslo\n")))
    assert said("import", target, "-", "--table", "towns", "--mode", "update", "--format", "tsv")[0] == 0
    reading, writing = os.pipe()  # it can be read once only
    os.write(writing, b"id,town\n" + b"".join(b"%d,%0200d\n" % (i, i) for i in range(100, 300)))
    os.close(writing)
    pipe = "--table", "piped", "--create", "--format", "csv"
    assert said("import", target, f"/dev/fd/{reading}", *pipe)[0] == 0
    os.close(reading)
    assert said("query", target, "SELECT count(*) FROM piped")[1].splitlines()[1] == "200"
    assert said("query", target, "DROP TABLE piped")[0] == 0
    changed = said("export", target, "--diff", "HEAD", "WORKING", "towns", "--format", "jsonl")[1]
    assert [json.loads(line)["diff_type"] for line in changed.splitlines()] == ["modified", "added"]
    assert said("query", target, "SELECT count(*) FROM towns", "--at", "HEAD")[1].splitlines()[1] == "2"
    opens = "SET autocommit = 0" if "://" in target else "BEGIN"
    assert said("query", target, f"{opens}; DELETE FROM towns")[::2] == (
        1,
        "dolt-tui: A transaction was left open: what it did is rolled back. End it with COMMIT.\n",
    )
    script = tmp_path / "all.sql"
    assert said("export", target, "--database", "-o", str(script))[0] == 0
    assert said("query", target, "DROP TABLE towns")[0] == 0
    assert said("import", target, str(script)) == (0, "", "")
    with open_repository(target if "://" not in target else _with_password(target)) as repository:
        assert repository.rows.count("main", Query("towns")) == 3


def test_statements_stay_on_the_branch_that_one_goes_to(target: str, said: Said) -> None:
    server = "://" in target
    name = target.rpartition("/")[2]
    call = "CALL" if server else "SELECT"
    script = f"CREATE TABLE t (id INTEGER PRIMARY KEY); {call} dolt_add('-A'); {call} dolt_commit('-m', 'x');"
    assert said("query", target, f"{script} {call} dolt_branch('other')")[0] == 0
    go = f"USE `{name}/other`" if server else f"{call} dolt_checkout('other')"
    assert said("query", target, f"{go}; INSERT INTO t VALUES (1); SELECT active_branch() AS b")[1].endswith("other\n")
    assert said("query", target, f"INSERT INTO t VALUES (2); {call} dolt_checkout('other'); INSERT INTO t VALUES (3)")
    assert said("export", target, "t")[1] == "id\n2\n"
    assert said("export", "--branch", "other", target, "t")[1] == "id\n1\n3\n"
    if server:
        assert "one database" in said("query", target, "USE mysql; SELECT 1")[2]


def _with_password(target: str) -> str:
    user, _, rest = target.partition("@")
    return f"{user}:{os.environ['DOLT_TUI_PASSWORD']}@{rest}"


def test_what_goes_wrong_is_one_line(target: str, said: Said, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("id,n\n1,2\n2,x\n")
    (tmp_path / "there.csv").write_text("mine")
    bad, there = str(tmp_path / "bad.csv"), str(tmp_path / "there.csv")
    assert said("query", target, "CREATE TABLE bad (id INTEGER PRIMARY KEY, n INTEGER)")[0] == 0
    cases: list[tuple[int, str, tuple[str, ...]]] = [
        (
            1,
            "Line 3 of bad.csv: n: 'x' is not a",
            (
                "import",
                target,
                bad,
            ),
        ),
        (
            1,
            "nobody",
            (
                "export",
                target,
                "nobody",
            ),
        ),
        (
            1,
            "There is no table other",
            (
                "import",
                target,
                bad,
                "--table",
                "other",
            ),
        ),
        (
            1,
            "overwrite it with --force.",
            (
                "export",
                target,
                "bad",
                "-o",
                there,
            ),
        ),
        (
            1,
            "cannot be read",
            (
                "import",
                target,
                str(tmp_path / "nothing.csv"),
                "--table",
                "bad",
            ),
        ),
        (
            1,
            "Statement 2: ",
            (
                "query",
                target,
                "SELECT 1; SELECT nothing FROM nobody",
            ),
        ),
        (1, "Statement 2, line 3: ", ("query", target, "SELECT 1;\nSELECT\nnothing FROM nobody")),
        (1, "not a file", ("export", target, "bad", "-o", "/dev/null", "--force")),
        (2, "takes one sign", ("import", target, bad, "--delimiter", ";;")),
        (1, "only reads", ("export", target, "--query", "INSERT INTO bad VALUES (7, 7)")),
        (1, "read-only", ("query", "--read-only", target, "INSERT INTO bad VALUES (7, 7)")),
        (2, "see dolt-tui export --help", ("export", target, "bad", "--diff", "HEAD")),
        (
            2,
            "choose one",
            (
                "export",
                target,
                "bad",
                "--database",
            ),
        ),
        (
            2,
            "invalid choice: 'xls'",
            (
                "export",
                target,
                "bad",
                "--format",
                "xls",
            ),
        ),
        (
            2,
            "name the table",
            (
                "import",
                target,
                "-",
            ),
        ),
        (
            2,
            "give the statements",
            (
                "query",
                target,
            ),
        ),
        (2, "the following arguments are required: TARGET", ("query",)),
    ]
    for code, words, arguments in cases:
        found = said(*arguments)
        assert found[0] == code, found
        assert words in found[2], found
        assert found[2].startswith("dolt-tui: ")
        assert found[2].count("\n") == 1
    assert (tmp_path / "there.csv").read_text() == "mine"
    assert said("export", target, "bad")[1] == "id,n\n"


def test_standard_input_is_no_password(target: str, tmp_path: Path) -> None:
    script = b"SELECT 1 AS one;\nSELECT '\xff'"
    environment = {name: value for name, value in os.environ.items() if name != "DOLT_TUI_PASSWORD"}
    ran = subprocess.run(  # a session of its own has no terminal
        [sys.executable, "-m", "dolt_tui", "query", target, "-"],
        input=script,
        capture_output=True,
        env=environment,
        start_new_session=True,
        check=False,
    )
    assert ran.returncode == 1
    assert ran.stderr.count(b"\n") == 1
    wanted = (
        b"there is no terminal to ask for it" if "://" in target else b"standard input is not UTF-8, first on line 2"
    )
    assert wanted in ran.stderr


def test_no_screen_is_imported_and_a_closed_pipe_is_quiet(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    driver.connect(path, create=True).close()
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT i FROM n"
    code = (
        "import sys; from dolt_tui.cli import main; code = main(sys.argv[1:]);"
        "print([n for n in sys.modules if n.split('.')[0] in ('textual', 'rich')], file=sys.stderr); sys.exit(code)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, "query", str(path), many], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.readline() == b"i\n"
        running.stdout.close()
        assert running.stderr.read() == b"[]\n"
    assert running.returncode == 1
    for command in ("export", "import", "query"):
        with pytest.raises(SystemExit) as ended:
            main([command, "--help"])
        assert ended.value.code == 0


def test_a_terminal_gets_nothing_that_steers_it(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with closing(driver.connect(path, create=True)) as connection:
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)")
        connection.execute("INSERT INTO t VALUES (1, ?)", ("\x1b[2Jü",))
    for arguments in (["export", str(path), "t"], ["query", str(path), "SELECT a FROM t"]):
        shown: object = pexpect.run(f"{sys.executable} -m dolt_tui {' '.join(map(shlex.quote, arguments))}", timeout=60)
        assert isinstance(shown, bytes)
        assert b"\x1b" not in shown
        assert "\ufffd[2Jü".encode() in shown
