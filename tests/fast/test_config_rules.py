"""Rules for conflicts in the configuration file: read, refused, and added."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dolt_tui.config import ConfigError, load
from dolt_tui.config_edit import keep_choice, keep_rule
from dolt_tui.config_rules import KINDS, KeptRule, rules_of

FILE = """# mine
[ui]
theme = "nord"      # dark

[[rules]]
kind = "newer"
by = "updated_at"
table = "customers"
columns = ["email", "city"]
automatic = true"""
NEWER = KeptRule("newer", "customers", ("email", "city"), "updated_at", automatic=True)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"DOLT_TUI_CONFIG": str(tmp_path / "there" / "config.toml")}


def test_a_rule_is_added_and_the_rest_stays(environment: dict[str, str], tmp_path: Path) -> None:
    path = Path(environment["DOLT_TUI_CONFIG"])
    greater = KeptRule("greater", columns=("credit",))
    assert keep_rule(greater, environment) == (greater,)  # and makes the file
    assert path.stat().st_mode & 0o777 == 0o600
    real = tmp_path / "dotfiles"
    real.write_text(FILE)
    real.chmod(0o640)
    path.unlink()
    path.symlink_to(real)
    odd = KeptRule("expression", 'a "b"\\', ("naïve",), expression="CASE WHEN our_x > 1\tTHEN '\x7f' END")
    assert keep_rule(odd, environment) == (NEWER, odd)
    assert real.read_text().startswith(FILE + "\n\n[[rules]]\n")
    assert real.stat().st_mode & 0o777 == 0o640
    assert path.is_symlink()
    assert load(environment).rules == keep_rule(NEWER, environment) == (NEWER, odd)
    with pytest.raises(ConfigError, match="has this rule already"):
        keep_rule(KeptRule("newer", "customers", ("email", "city"), "updated_at"), environment)
    real.write_text('rules = [{kind = "ours"}]\n')  # cannot be added to
    with pytest.raises(ConfigError, match="is not TOML"):
        keep_rule(odd, environment)
    assert real.read_text() == 'rules = [{kind = "ours"}]\n'
    assert not list(tmp_path.rglob(".*"))


@given(st.text(min_size=1).filter(str.strip), st.lists(st.text(min_size=1), max_size=3), st.sampled_from(KINDS))
def test_what_is_written_is_read_again(text: str, columns: list[str], kind: str) -> None:
    import tomllib

    rule = KeptRule(kind, text, tuple(columns), text if kind == "newer" else "")
    if not rule.why_not:
        assert rules_of(tomllib.loads(rule.toml)["rules"]) == (rule,)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rules = 1", "rules must be sections of their own: [[rules]]"),
        ("[[rules]]\nkind = 'newest'", "[[rules]] number 1: there is no kind newest: did you mean newer?"),
        ("[[rules]]\ntable = 'x'", "[[rules]] number 1: it needs a kind"),
        ("[[rules]]\nkind = 'ours'\n[[rules]]\nkind = 'newer'", "number 2: it needs the column that is compared (by)"),
        ("[[rules]]\nkind = 'ours'\ncolumn = 'x'", "there is no key column: did you mean columns?"),
        ("[[rules]]\nkind = 'ours'\ncolumns = 'x'", "columns must be a list of names"),
        ("[[rules]]\nkind = 'ours'\nautomatic = 1", "automatic must be true or false"),
        ("[[rules]]\nkind = 'ours'\ntable = ''", "table is empty"),
        ("[[rules]]\nkind = 'expression'\nexpression = '1'", "it needs one column, and an expression for it"),
        ("[[rules]]\nkind = 'less'\nby = 'x'", "only a rule of the kind newer compares a column"),
        ("[[rules]]\nkind = 'less'\nexpression = 'x'", "only a rule of the kind expression has an expression"),
    ],
)
def test_what_nobody_understands(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load({"DOLT_TUI_CONFIG": str(file)})
    assert str(caught.value).startswith(f"{file}: ")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '[ui]\ntheme = "nord"\n'),
        ("# mine", '# mine\n\n[ui]\ntheme = "nord"\n'),
        ("[ui]", '[ui]\ntheme = "nord"\n'),
        ('[ui] # x\ndiff_colours = "theme"\n', '[ui] # x\ntheme = "nord"\ndiff_colours = "theme"\n'),
        ("[ui]\n  theme = 'dracula'  # dark\n[keys]\n", '[ui]\n  theme = "nord"  # dark\n[keys]\n'),
        ('[connections]\ntheme = "x.db"\n\n[ui]\n', '[connections]\ntheme = "x.db"\n\n[ui]\ntheme = "nord"\n'),
    ],
)
def test_a_choice_is_kept_and_the_rest_stays(environment: dict[str, str], before: str, after: str) -> None:
    path = Path(environment["DOLT_TUI_CONFIG"])
    if before:
        path.parent.mkdir()
        path.write_text(before)
    keep_choice("theme", "nord", environment)
    assert path.read_text() == after
    assert load(environment).theme == "nord"


@pytest.mark.parametrize("before", ['ui.theme = "dracula"\n', 'ui = {theme = "dracula"}\n', "[ui]\ntheme = \n"])
def test_what_cannot_be_changed_safely_stays(environment: dict[str, str], before: str) -> None:
    path = Path(environment["DOLT_TUI_CONFIG"])
    path.parent.mkdir()
    path.write_text(before)
    with pytest.raises(ConfigError, match=r"config\.toml"):
        keep_choice("theme", "nord", environment)
    assert path.read_text() == before
    assert [entry.name for entry in path.parent.iterdir()] == ["config.toml"]
