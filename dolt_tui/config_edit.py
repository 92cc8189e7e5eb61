"""What the program writes into the configuration file; the rest of it stays as it is, comments too."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from dolt_tui.config import CONFIG_VARIABLE, Config, ConfigError, config_path, load
from dolt_tui.config_rules import KeptRule


def keep_rule(rule: KeptRule, environment: Mapping[str, str] = os.environ) -> tuple[KeptRule, ...]:
    """Add a rule to the configuration file, which is made where there is none; returns all rules that it has then.

    Raises `ConfigError` where the file cannot be read or written, says something that nobody understands, or has the
    rule already.
    """
    path = _file(environment)
    before = _read(path)
    known = load({CONFIG_VARIABLE: str(path)}).rules if before else ()
    if rule in known:
        return known
    if any(replace(one, automatic=rule.automatic) == rule for one in known):
        raise ConfigError(f"{path} has this rule already: change there whether it is automatic")
    lead = "" if not before else "\n" if before.endswith("\n") else "\n\n"
    return _write(path, before + lead + rule.toml).rules


def keep_choice(key: str, value: str, environment: Mapping[str, str] = os.environ) -> None:
    """Set a key of the section ``[ui]``, whose value is a text, in the configuration file, which is made where there
    is none.

    Raises `ConfigError` where the file cannot be read or written, or says this in a way that is not understood here.
    """
    path = _file(environment)
    before = _read(path)
    line = f'{key} = "{value}"'
    section = re.search(r"^[ \t]*\[[ \t]*ui[ \t]*\][^\n]*(?:\n|\Z)", before, re.MULTILINE)
    if section is None:
        lead = "" if not before else "\n" if before.endswith("\n") else "\n\n"
        after = f"{before}{lead}[ui]\n{line}\n"
    else:
        following = re.compile(r"^[ \t]*\[", re.MULTILINE).search(before, section.end())
        end = following.start() if following else len(before)
        body = before[section.end() : end]
        said = re.compile(rf"""^([ \t]*){key}[ \t]*=[ \t]*(?:"[^"\n]*"|'[^'\n]*')""", re.MULTILINE)
        body, count = said.subn(lambda found: found[1] + line, body, count=1)
        lead = "" if section[0].endswith("\n") else "\n"
        after = before[: section.end()] + (body if count else f"{lead}{line}\n{body}") + before[end:]
    changed: dict[str, Any] = {key: value}
    _write(path, after, only=replace(load({CONFIG_VARIABLE: str(path)}) if before else Config(), **changed))


def _file(environment: Mapping[str, str]) -> Path:
    """The file; of a link that to which it leads."""
    return Path(os.path.realpath(config_path(environment)))


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode() if path.exists() else ""
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8 text") from None


def _write(path: Path, text: str, only: Config | None = None) -> Config:
    """Put the file there whole; returns what it says. Nothing is changed where that is not understood, or where
    ``only`` is given and it says anything else."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            new.write_bytes(text.encode())
            new.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o600)
            try:
                found = load({CONFIG_VARIABLE: str(new)})
            except ConfigError as error:
                raise ConfigError(str(error).replace(str(new), str(path))) from None
            if only is not None and replace(found, path=None) != replace(only, path=None):
                raise ConfigError(f"{path} says this in an unusual way: change it there by hand")
            os.replace(new, path)
        finally:
            new.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror or error}") from None
    return found
