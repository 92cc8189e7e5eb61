"""What the README says is so: its table of keys, its links, its commands, its example."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dolt_tui import config
from dolt_tui.demo.build import Demo
from dolt_tui.ui.actions.groups import command_set

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)


def blocks(language: str) -> list[str]:
    return [text for name, text in BLOCKS if name == language]


def test_the_table_of_keys_is_that_of_the_commands() -> None:
    table = README.partition("<!-- keys -->\n")[2].partition("<!-- /keys -->")[0]
    assert table == command_set().markdown(), "out of date: run .venv/bin/python scripts/readme_keys.py"


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md"])
def test_links_lead_to_files_and_headings_that_exist(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    headings = {
        re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.*)$", text, re.M)
    }
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert links
    for link in links:
        path, _, heading = link.partition("#")
        if "://" in link:
            continue
        if path:
            assert (ROOT / path).is_file(), f"{name} links to {link}"
        else:
            assert heading in headings, f"{name} links to {link}"


def test_every_picture_is_shown() -> None:
    pictures = sorted(path.name for path in (ROOT / "screenshots").iterdir())
    shown = sorted(set(re.findall(r"\(screenshots/([^)]+)\)", README)))
    assert pictures == shown


@pytest.mark.long
def test_the_picture_of_the_sql_log_has_the_same_times_each_time() -> None:
    spec = importlib.util.spec_from_file_location("screenshots", ROOT / "scripts/screenshots.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = script  # its dataclasses look their module up
    try:
        spec.loader.exec_module(script)
        picture = script.PICTURES["log"]
        with script.fixed_time():
            (svg,) = script.play(picture, [(key, 0) for key in picture.keys], last_only=True)
    finally:
        del sys.modules[spec.name]
    times = re.findall(r"\b\d\d:\d\d:\d\d\b", svg)
    assert len(times) > 2  # one for each step
    assert set(times) == {f"{script.NOW.astimezone():%H:%M:%S}"}


def test_commands_name_files_that_exist() -> None:
    text = README + (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    named = set(re.findall(r"(?<![\w/.])(?:scripts|tests|\.ci)/[\w./]+\w", text))
    assert {"scripts/test.py", "scripts/readme_keys.py", "scripts/screenshots.py", ".ci/run"} <= named
    for path in named:
        assert (ROOT / path).exists(), path


def test_options_and_points_are_those_of_the_command_line() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "dolt_tui", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    known = set(re.findall(r"--[a-z][a-z-]*", said))
    table = README.partition("| Option |")[2].partition("\n\n")[0]
    assert set(re.findall(r"--[a-z][a-z-]*", table)) == known
    for point in re.findall(r"`(\w+)`", table.partition("how far the story has gone")[2].partition("|")[0]):
        assert point in said


def test_the_configuration_shown_is_understood(tmp_path: Path) -> None:
    (text,) = blocks("toml")
    file = tmp_path / "config.toml"
    file.write_text(text, "utf-8")
    found = config.load({config.CONFIG_VARIABLE: str(file)})
    assert (found.name, found.theme, sorted(found.connections)) == ("Tim", "tokyo-night", ["notes", "safe", "work"])
    found.check_keys(command_set(found.keys).ids)


def test_the_library_example_runs(tmp_path: Path) -> None:
    (example,) = blocks("python")
    with Demo(keep=tmp_path / "demo.db") as demo:
        demo.start()
        done = subprocess.run(
            [sys.executable, "-c", example],
            cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
        )
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["main", "modify_data", "modify_schema"]
