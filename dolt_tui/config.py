"""The configuration file and the environment.

The file is TOML, ``config.toml`` in the user's configuration directory for dolt-tui, or where the environment variable
DOLT_TUI_CONFIG points::

    [user]                      # who commits, where Dolt's own configuration or the server should not decide
    name = "Tim"
    email = "tim@example.com"

    [connections]               # dolt-tui work
    work = "mysql+pymysql://tim@db.example.com/hr/main"
    safe = { url = "mysql://tim@db.example.com/hr", ssl-ca = "ca.pem" }   # ssl-mode, ssl-cert, ssl-key too
    notes = "~/data/notes.db"   # a relative path is relative to this file

    [ui]
    theme = "tokyo-night"
    diff_colours = "theme"      # or "colour-blind"
    layout = "normal"           # at the start: normal, half or full
    side_width = 31             # of the panes at the side, in percent
    summary_height = 9          # lines

    [undo]
    snapshots = true            # keep uncommitted changes before a step that may destroy them
    keep = 100                  # steps that can be undone

    [console]
    ask_above = 1000            # a statement that changes more rows is committed only after asking

    [keys]                      # the id of a command = its key
    "branches.delete" = "D"

    [[rules]]                   # decides conflicts (`dolt_tui.config_rules`)
    kind = "newer"
    by = "updated_at"
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from dolt_tui.config_rules import KeptRule, RuleError, rules_of
from dolt_tui.frozen import Frozen
from dolt_tui.words import nearest

CONFIG_VARIABLE = "DOLT_TUI_CONFIG"
PASSWORD_VARIABLES = ("DOLT_TUI_PASSWORD", "MYSQL_PWD")
"""The first one that is set gives the password for a server whose URL has none."""
_CONNECTION_KEYS = ("url", "ssl-mode", "ssl-ca", "ssl-capath", "ssl-cert", "ssl-key")
"""The keys of a connection that is written as a table."""
RESERVED_NAME = "demo"
"""Not a connection's name, as it means the demonstration."""

_SECTIONS: Mapping[str, tuple[str, ...] | None] = {
    "user": ("name", "email"),
    "connections": None,
    "ui": ("theme", "diff_colours", "layout", "side_width", "summary_height"),
    "undo": ("snapshots", "keep"),
    "console": ("ask_above",),
    "keys": None,
}
"""The keys of each section; None where they are the user's own."""
_RULES = "rules"
"""The section of which there may be several."""
_OTHERS: Mapping[str, type | tuple[int, int] | tuple[str, ...]] = {
    "undo.snapshots": bool,
    "undo.keep": (1, 1000),
    "console.ask_above": (1, 1_000_000_000),
    "ui.layout": ("normal", "half", "full"),
    "ui.side_width": (15, 70),
    "ui.summary_height": (3, 60),
}
"""The keys whose values are not any text: true or false, a number from one to another, or one of some words."""


class ConfigError(Exception):
    """The configuration cannot be used; the message is one line that names the file and the place in it."""

    def __init__(self, message: str) -> None:
        super().__init__("".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in message))


class Config(Frozen):
    """What the configuration file says."""

    path: Path | None = None
    """The file; None where there is none."""
    name: str = ""
    email: str = ""
    """Who commits: both or neither."""
    connections: Mapping[str, str] = field(default_factory=dict, repr=False)  # its URLs may hold passwords
    """URLs, and paths (absolute), by name."""
    theme: str | None = None
    diff_colours: str = "theme"
    """The name of a choice of `dolt_tui.ui.present.colours.DIFF_COLOURS`."""
    layout: str = "normal"
    """How much of the screen the pane in focus has at the start: normal, half or full."""
    side_width: int | None = None
    """The width of the panes at the side in percent; None: as usual."""
    summary_height: int | None = None
    """The lines of the summary; None: as usual."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Keys by the id of the command."""
    snapshots: bool = True
    """Whether uncommitted changes are kept before a step that may destroy them."""
    keep: int = 100
    """How many steps can be undone."""
    ask_above: int = 1000
    """A statement of the console that changes more rows than this is committed only after asking."""

    rules: tuple[KeptRule, ...] = ()
    """Rules for conflicts."""

    def check_theme(self, themes: Iterable[str]) -> None:
        """Raise `ConfigError` for a theme that does not exist."""
        known = tuple(themes)
        if self.theme is not None and self.theme not in known:
            raise ConfigError(f"{self.path}: [ui] there is no theme {self.theme}{nearest(self.theme, known)}")

    def check_diff_colours(self, choices: Iterable[str]) -> None:
        """Raise `ConfigError` for colours of diffs that do not exist."""
        known = tuple(choices)
        if self.diff_colours not in known:
            raise ConfigError(f"{self.path}: [ui] diff_colours must be one of {', '.join(known)}")

    def check_keys(self, commands: Iterable[str]) -> None:
        """Raise `ConfigError` for a key that is given to a command that does not exist."""
        known = tuple(commands)
        for command in self.keys:
            if command not in known:
                raise ConfigError(f"{self.path}: [keys] has an unknown command {command}{nearest(command, known)}")


def config_path(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the configuration file is, or would be."""
    if named := environment.get(CONFIG_VARIABLE):
        return Path(named).expanduser().absolute()
    import platformdirs

    return platformdirs.user_config_path("dolt-tui", appauthor=False) / "config.toml"


def state_path() -> Path:
    """The directory of what is remembered from one start to the next."""
    import platformdirs

    return platformdirs.user_state_path("dolt-tui", appauthor=False)


def load(environment: Mapping[str, str] = os.environ) -> Config:
    """Read the configuration file; without one everything is as usual.

    Raises `ConfigError` for a file that cannot be read, is no TOML, or says something that nobody understands.
    """
    path = config_path(environment)
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        if environment.get(CONFIG_VARIABLE):
            raise ConfigError(f"{path} does not exist ({CONFIG_VARIABLE} names it)") from None
        return Config()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}") from None
    import tomllib  # only now: most people have no such file

    try:
        data = tomllib.loads(content.decode())
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not TOML: {error}") from None
    return _parse(path, data)


def environment_password(environment: Mapping[str, str] = os.environ) -> str:
    """The password that the environment gives; empty where it gives none."""
    return next((environment[name] for name in PASSWORD_VARIABLES if environment.get(name)), "")


def _parse(path: Path, data: Mapping[str, object]) -> Config:
    found: dict[str, dict[str, str]] = {name: {} for name in _SECTIONS}
    others: dict[str, Any] = {}
    for section, values in data.items():
        if section == _RULES:
            others[_RULES] = _rules(path, values)
            continue
        if section not in _SECTIONS:
            what = "section" if isinstance(values, dict) else "key"
            raise ConfigError(f"{path}: there is no {what} {section}{nearest(section, [*_SECTIONS, _RULES])}")
        if not isinstance(values, dict):
            raise ConfigError(f"{path}: {section} must be a section: [{section}]")
        for key, value in values.items():
            known = _SECTIONS[section]
            if known is not None and key not in known:
                raise ConfigError(f"{path}: [{section}] has no key {key}{nearest(key, known)}")
            if (other := _OTHERS.get(f"{section}.{key}")) is not None:
                others[key] = _checked(f"{path}: [{section}] {key}", value, other)
                continue
            if section == "connections" and isinstance(value, dict):
                value = _with_options(path, key, value)
            if not isinstance(value, str):
                raise ConfigError(f"{path}: [{section}] {key} must be a quoted string, not {_kind(value)}")
            if not value:
                raise ConfigError(f"{path}: [{section}] {key} is empty")
            found[section][key] = value
    user = found["user"]
    if len(user) == 1:
        missing = next(key for key in ("name", "email") if key not in user)
        raise ConfigError(f"{path}: [user] needs {missing} as well")
    for key, value in user.items():
        if not value.strip() or not value.isprintable() or re.search(r"[<>]" if key == "name" else r"[<>\s]", value):
            raise ConfigError(f"{path}: [user] {key} cannot be in a commit, as in Name <email@example.com>")
    connections = {name: _connection(path, name, value) for name, value in found["connections"].items()}
    return Config(
        path,
        user.get("name", "").strip(),
        user.get("email", ""),
        connections,
        found["ui"].get("theme"),
        found["ui"].get("diff_colours", "theme"),
        keys=found["keys"],
        **others,
    )


def _rules(path: Path, found: object) -> tuple[KeptRule, ...]:
    try:
        return rules_of(found)
    except RuleError as error:
        raise ConfigError(f"{path}: {error}") from None


def _checked(where: str, value: object, wanted: type | tuple[int, int] | tuple[str, ...]) -> object:
    """A value that is not any text. Raises `ConfigError` for one of another kind."""
    if isinstance(wanted, type):
        if not isinstance(value, wanted):
            raise ConfigError(f"{where} must be true or false, not {_kind(value)}")
    elif isinstance(wanted[0], str):
        if value not in wanted:
            raise ConfigError(f"{where} must be one of {', '.join(map(str, wanted))}")
    elif not isinstance(value, int) or isinstance(value, bool) or not wanted[0] <= value <= int(wanted[1]):
        raise ConfigError(f"{where} must be a number from {wanted[0]} to {wanted[1]}")
    return value


def _with_options(path: Path, name: str, given: Mapping[str, object]) -> str:
    """A connection that is written as a table: its URL, with its options behind it."""
    where = f"{path}: [connections] {name}"
    for key, value in given.items():
        if key not in _CONNECTION_KEYS:
            raise ConfigError(f"{where} has no key {key}{nearest(key, _CONNECTION_KEYS)}")
        if not isinstance(value, str) or not value:
            raise ConfigError(f"{where}: {key} must be a quoted string, not {_kind(value) if value else 'empty'}")
    url = str(given.get("url", ""))
    if "://" not in url:
        raise ConfigError(f'{where} needs the URL of a server, as in url = "mysql://user@host/database"')
    options = []
    for key in (key for key in _CONNECTION_KEYS[1:] if key in given):
        value = str(given[key])
        try:
            value = value if key == "ssl-mode" else str(path.parent / Path(value).expanduser())
        except RuntimeError as error:
            raise ConfigError(f"{where}: {key}: {error}") from None
        options.append(f"{key}={quote(value, safe='/')}")
    return "&".join([url if "?" in url else f"{url}?", *options])


def _connection(path: Path, name: str, value: str) -> str:
    if name == RESERVED_NAME:
        raise ConfigError(f"{path}: [connections] {name} is the demonstration's name: choose another")
    if "://" in value:
        return value
    try:
        return str(path.parent / Path(value).expanduser())
    except RuntimeError as error:
        raise ConfigError(f"{path}: [connections] {name}: {error}") from None


def _kind(value: object) -> str:
    if isinstance(value, str):
        return "a text"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a section"
    return "a date or time"
