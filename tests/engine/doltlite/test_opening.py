"""Opening databases: paths, references, flags, and where the library comes from."""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from dolt_tui.engine import open_repository
from dolt_tui.engine.backends.embedded import driver, library
from dolt_tui.engine.connecting.target import FileTarget
from dolt_tui.engine.editing import kept_drafts
from dolt_tui.engine.model import Edit, EditKind
from dolt_tui.engine.undo.steps import UndoSettings


def test_locks_and_read_only_are_operational_errors(path: Path) -> None:
    with (
        closing(driver.connect(path)) as one,
        closing(driver.connect(path, timeout=0)) as two,
        closing(driver.connect(path, read_only=True)) as three,
    ):
        one.begin()
        one.execute("delete from t")
        with pytest.raises(driver.OperationalError) as busy:
            two.execute("delete from t")
        with pytest.raises(driver.OperationalError) as refused:
            three.execute("delete from t")
        assert (busy.value.sqlite_errorcode & 0xFF, refused.value.sqlite_errorcode & 0xFF) == (driver.SQLITE_BUSY, 8)
        assert three.execute("select count(*) from t").fetchall() == [(2,)]


def test_a_reference_in_the_path_is_opened(path: Path, connection: driver.Connection) -> None:
    connection.execute("select dolt_branch('feature/x')")
    connection.execute("select dolt_tag('v1')")
    connection.execute("update t set name = 'changed'")
    with closing(driver.connect(f"{path}@feature/x", create=True)) as branch:
        assert branch.execute("select active_branch(), doltlite_engine()").fetchone() == ("feature/x", "prolly")
        branch.execute("delete from t")
    with closing(driver.connect(f"{path}@v1")) as tag:
        assert tag.execute("select name from t").fetchall() == [("one",), ("two",)]
        with pytest.raises(driver.OperationalError, match="readonly"):
            tag.execute("delete from t")
    assert connection.execute("select name from t").fetchall() == [("changed",)] * 2
    with pytest.raises(driver.OperationalError, match='"nosuch" not found'):
        driver.connect(f"{path}@nosuch")


def test_nothing_is_created_unasked(tmp_path: Path) -> None:
    for name, options in [
        ("x.db", {}),
        ("x.db@main", {}),
        ("x.db@main", {"create": True}),
        ("x.db", {"read_only": True}),
    ]:
        with pytest.raises(driver.OperationalError, match=r"unable to open database file: .*x\.db"):
            driver.connect(tmp_path / name, **options)
    assert list(tmp_path.iterdir()) == []


def test_creating_in_a_folder_with_an_at_sign(tmp_path: Path) -> None:
    folder = tmp_path / "me@work"
    folder.mkdir()
    driver.connect(folder / "x.db", create=True).close()
    with closing(driver.connect(f"{folder / 'x.db'}@main")) as connection:
        assert connection.execute("select active_branch()").fetchone() == ("main",)


def test_paths_may_hold_any_bytes_but_null(tmp_path: Path) -> None:
    name = tmp_path / "ünï \udcff?.db"
    driver.connect(name, create=True).close()
    assert name.exists()
    for wrong, options in [("a\0b", {}), ("a", {"create": True, "read_only": True})]:
        with pytest.raises(driver.ProgrammingError):
            driver.connect(wrong, **options)


def test_uris_are_understood_when_asked_for(path: Path) -> None:
    with closing(driver.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        with pytest.raises(driver.OperationalError, match="readonly"):
            connection.execute("delete from t")


@pytest.mark.parametrize("first", ["import sqlite3", "driver.connect(sys.argv[1]).close()"])
def test_the_stock_library_stays_stock(first: str, path: Path) -> None:
    program = f"""
import sys
from dolt_tui.engine.backends.embedded import driver
{first}
import sqlite3
own = driver.connect(sys.argv[1])
stock = sqlite3.connect(":memory:")
print(own.execute("select doltlite_engine()").fetchone()[0])
try:
    stock.execute("select doltlite_engine()")
except sqlite3.OperationalError as error:
    print(error)
print(stock.execute("select sqlite_version()").fetchone()[0] == sqlite3.sqlite_version != driver.sqlite_version)
print("doltlite" in sys.modules)
"""
    root = Path(driver.__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", program, str(path)], capture_output=True, text=True, check=True, cwd=root
    )
    assert done.stdout.splitlines() == ["prolly", "no such function: doltlite_engine", "True", "False"]
    assert done.stderr == ""


def test_the_library_can_be_chosen_and_may_be_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = library.find_library()
    monkeypatch.setenv("DOLTLITE_LIB", str(found))
    assert library.find_library() == found
    monkeypatch.setenv("DOLTLITE_LIB", str(tmp_path / "nosuch.so"))
    with pytest.raises(driver.InterfaceError, match=r"names no file: .*nosuch\.so"):
        library.find_library()
    (tmp_path / "text.so").write_text("no library")
    with pytest.raises(driver.InterfaceError, match="could not be loaded"):
        library.Library(tmp_path / "text.so")


def test_without_the_package_the_error_names_the_way_out() -> None:
    program = """
import sys
sys.path[:] = [entry for entry in sys.path if "site-packages" not in entry]
from dolt_tui.engine.backends.embedded import driver
try:
    driver.connect(":memory:")
except driver.InterfaceError as error:
    print(error)
"""
    root = Path(driver.__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout.strip() == library.NOT_AVAILABLE


def test_the_module_tells_sqlalchemy_its_version() -> None:
    assert ".".join(map(str, driver.sqlite_version_info)) == driver.sqlite_version
    with pytest.raises(AttributeError):
        driver.nosuch  # noqa: B018


def test_drafts_of_one_file_are_not_those_of_another_beside_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_drafts, "runs", lambda pid: False)  # as if the program had died
    other, undo = path.with_name("y.db"), UndoSettings(path.parent / "state")
    shutil.copyfile(path, other)
    edit = Edit("t", (1,), EditKind.CHANGED, {"id": 1, "name": "one"}, {"name": "uno"})
    with open_repository(FileTarget(path), undo=undo) as one, open_repository(FileTarget(other), undo=undo) as two:
        one.kept_drafts.keep("main", [edit], 1)
        assert two.kept_drafts.left("main") is None
        kept = one.kept_drafts.left("main")
        assert kept is not None
        assert kept.edits == (edit,)
