"""What the documents name is there: headings and anchors, files, tests; and the facts that the code cites."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
DOCUMENTS = sorted(
    [*(ROOT / f"{name}.md" for name in ("README", "CHANGELOG", "CONTRIBUTING")), *(ROOT / "docs").glob("*.md")]
)
FACTS = ROOT / "docs" / "engine-facts.md"


@cache
def anchors(document: Path) -> list[str]:
    """What can be linked to in a document: its headings, as GitHub spells them, and its anchors."""
    text = re.sub(r"^```.*?^```", "", document.read_text("utf-8"), flags=re.M | re.S)
    titles = re.findall(r"^#+ (.*)$", text, re.M)
    headings = [re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles]
    return [*headings, *re.findall(r'<a id="([^"]+)">', text)]


def python_files() -> list[Path]:
    return [path for name in ("dolt_tui", "tests", "scripts") for path in (ROOT / name).rglob("*.py")]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    assert len(set(anchors(document))) == len(anchors(document)) or document.name == "CHANGELOG.md"
    for link in re.findall(r"\]\(([^)]+)\)", document.read_text("utf-8")):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), f"{document.name} links to {link}"
        assert not anchor or anchor in anchors(target), f"{document.name} links to {link}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_and_tests_that_are_named_exist(document: Path) -> None:
    quoted = re.findall(r"`([^`\n]+)`", document.read_text("utf-8"))
    for name in quoted:
        if re.fullmatch(r"[\w./-]+/[\w-]+\.(py|md|toml|tcss)", name):
            places = (ROOT, ROOT / "dolt_tui", ROOT / "dolt_tui" / "ui")
            assert any((place / name).is_file() for place in places), f"{document.name} names {name}"
    files = list((ROOT / "tests").rglob("test_*.py"))
    tests = {name for path in files for name in re.findall(r"def (test_\w+)", path.read_text("utf-8"))}
    named = {name for name in quoted if re.fullmatch(r"test_\w+(\.py)?", name)}
    assert named <= tests | {path.name for path in files}


def test_excerpts_are_what_the_code_says() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    excerpts = re.findall(r"^<!-- from (\S+) -->\n```python\n(.*?)^```", text, re.M | re.S)
    assert len(excerpts) == text.count("```python")
    for path, excerpt in excerpts:
        assert excerpt in (ROOT / path).read_text("utf-8"), f"CONTRIBUTING.md shows what {path} does not say"


def test_facts_that_the_code_cites_are_there() -> None:
    known = set(anchors(FACTS))
    for path in python_files():
        for anchor in re.findall(r"engine-facts\.md#([\w-]+)", path.read_text("utf-8")):
            assert anchor in known, f"{path.relative_to(ROOT)} cites {anchor}"
