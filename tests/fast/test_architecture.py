"""The picture of the house is current, nothing in the house runs back up, and both would be noticed."""

from __future__ import annotations

import ast
from pathlib import Path
from xml.etree import ElementTree

import pytest

from scripts import architecture
from scripts.import_graph import House

ROOT = architecture.ROOT
LINTER = """
[tool.importlinter]
root_package = "house"

[[tool.importlinter.contracts]]
type = "layers"
containers = ["house"]
layers = ["roof", "hall", "study | garden : attic", "(pool)", "cellar"]

[[tool.importlinter.contracts]]
type = "layers"
containers = ["house.hall"]
layers = ["stairs", "floor"]

[[tool.importlinter.contracts]]
type = "forbidden"
source_modules = ["house.cellar"]
forbidden_modules = ["textual"]
"""
ROOMS = {
    "__init__": "",
    "roof": "from .hall.stairs import up\nfrom .cellar import store",
    "hall/__init__": '"""Where one comes in; and goes out, with a lot of words of which there are far too many."""',
    "hall/stairs": "import house.hall.floor",
    "hall/floor": "from .. import cellar",
    "study": "from . import cellar",
    "garden": "from . import attic",
    "attic": "",
    "cellar/__init__": '"""What is kept."""',
    "cellar/store": "",
}


def test_the_picture_is_current_and_nothing_runs_back(capsys: pytest.CaptureFixture[str]) -> None:
    assert architecture.main(["--check"]) == 0, capsys.readouterr().err


def test_every_file_can_be_read_at_one_sitting() -> None:
    files = [path for name in ("dolt_tui", "scripts", "tests", "benchmarks") for path in (ROOT / name).rglob("*.py")]
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in files}
    assert len(lengths) > 300
    assert {name: lines for name, lines in lengths.items() if lines > 450} == {}


def test_packages_are_faces_only() -> None:
    """An ``__init__`` passes on what its package has; but for the engine's, whose function imports late."""
    for path in (ROOT / "dolt_tui").rglob("__init__.py"):
        body = ast.parse(path.read_text("utf-8")).body
        code = [node for node in body if not isinstance(node, ast.Import | ast.ImportFrom | ast.Assign | ast.Expr)]
        assert not code or path.parent.name == "engine", path


def built(root: Path, **changed: str) -> House:
    """A small house of which some rooms are other ones."""
    (root / "pyproject.toml").write_text(LINTER, "utf-8")
    for name, text in (ROOMS | changed).items():
        path = root / "house" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return House.of(root / "pyproject.toml")


def test_arrows_that_follow_from_others_are_left_out(tmp_path: Path) -> None:
    house = built(tmp_path)
    assert house.faults() == []
    assert ("house.roof", "house.cellar") in house.edges
    assert house.shown == {
        ("house.roof", "house.hall.stairs"),
        ("house.hall.stairs", "house.hall.floor"),
        ("house.hall.floor", "house.cellar"),
        ("house.study", "house.cellar"),
    }


@pytest.mark.parametrize(
    ("room", "text"),
    [
        ("cellar/store", "import house.roof"),
        ("cellar/store", "def late():\n    from ..hall import stairs"),
        ("cellar/store", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from house.hall.floor import F"),
        ("hall/floor", "from . import stairs"),
        ("study", "from . import attic"),
        ("attic", "from . import garden"),
        ("cellar/store", "from house import cellar\nfrom . import jar"),
    ],
    ids=["up", "in a function", "for a type", "within a package", "beside", "within a floor", "within a room"],
)
def test_what_runs_back_is_told(tmp_path: Path, room: str, text: str) -> None:
    house = built(tmp_path, **{room: text, "cellar/jar": "from . import store" if "jar" in text else ""})
    faults = house.faults()
    assert faults
    assert all(("which is above it" in fault) or ("a circle" in fault) for fault in faults), faults
    back = [edge for edge in house.shown if edge in house.back]
    drawn = architecture.Drawing(house).svg()
    assert drawn.count('class="line back-line"') == len(back)
    assert bool(back) == any("which is above it" in fault for fault in faults)


def test_modules_of_a_room_may_know_each_other_s_types(tmp_path: Path) -> None:
    text = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from . import jar"
    assert built(tmp_path, **{"cellar/store": text, "cellar/jar": "from . import store"}).faults() == []


def test_a_room_without_a_floor_is_told(tmp_path: Path) -> None:
    assert built(tmp_path, shed="").faults() == ["house.shed has no floor: name it in pyproject.toml"]


def test_the_picture_holds_every_room_and_is_always_the_same(tmp_path: Path) -> None:
    drawn = architecture.Drawing(built(tmp_path)).svg()
    assert drawn == architecture.Drawing(built(tmp_path)).svg()
    texts = [element.text for element in ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]
    assert texts[:-1].count("hall") == 1
    assert {"roof", "stairs", "floor", "study", "garden", "cellar", "What is kept", "no Textual"} <= set(texts)
    assert "Where one comes in" in texts
