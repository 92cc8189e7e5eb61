"""What every command line says in the same way: which database is meant, how it is reached, and how it refuses.

Nothing heavy is imported with this module.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from . import __version__

if TYPE_CHECKING:
    from .config import Config
    from .engine.connecting.target import ServerTarget, Target

USAGE, FAILURE = 2, 1
"""Exit codes: for a command line or a configuration that makes no sense, and for what goes wrong otherwise."""
PASSWORD_TRIES = 3


class Refusal(Exception):
    """The end of the program: one line, and the exit code."""

    def __init__(self, message: str, code: int = FAILURE) -> None:
        super().__init__(message)
        self.code = code


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Refusal(f"{message} (see {self.prog} --help)", USAGE)


def add_tls(parser: argparse.ArgumentParser) -> None:
    """Add the options for encryption."""
    tls = parser.add_argument_group("encryption", "For the connection to a server, as in MySQL's own client.")
    tls.add_argument("--ssl-mode", metavar="MODE", help="DISABLED, PREFERRED, REQUIRED, VERIFY_CA or VERIFY_IDENTITY")
    tls.add_argument("--ssl-ca", metavar="FILE", help="authorities that are trusted; asks for VERIFY_IDENTITY")
    tls.add_argument("--ssl-capath", metavar="DIRECTORY", help="a directory of such files")
    tls.add_argument("--ssl-cert", metavar="FILE", help="your own certificate, where the server wants one")
    tls.add_argument("--ssl-key", metavar="FILE", help="its private key")


def resolve(text: str, cwd: Path, config: Config) -> Target:
    """What ``text`` names: a URL, a path, or a connection of the configuration where there is no such path.

    Raises `TargetError`.
    """
    from .engine.connecting.target import TargetError, UrlError, parse_target

    if text and not os.path.lexists(cwd / text):
        if text in config.connections:
            try:
                return parse_target(config.connections[text], cwd)
            except UrlError as error:
                raise TargetError(f"{config.path}: [connections] {text}: {error}") from error
        if re.fullmatch(r"[^/\\:~]+", text):
            raise TargetError(
                f"{text}: there is no such file or directory, and the configuration has no connection of that name"
            )
    return parse_target(text, cwd)


def encrypted(target: Any, options: argparse.Namespace) -> Any:
    """The target with the command line's options for TLS before its own; refuses what makes no sense or is missing.

    Raises `TlsError` for files that cannot be used.
    """
    from dataclasses import replace

    from .engine.connecting.target import ServerTarget
    from .engine.connecting.tls import Tls, connect_arguments, is_local
    from .engine.connecting.url_options import OptionError, read_file, read_mode

    names = ("ca", "capath", "cert", "key")
    given = {name: getattr(options, f"ssl_{name}") for name in names if getattr(options, f"ssl_{name}") is not None}
    if not isinstance(target, ServerTarget):
        if given or options.ssl_mode is not None:
            raise Refusal("the options --ssl-… belong to the URL of a server", USAGE)
        return target
    try:
        files = {name: read_file(f"ssl-{name}", text, Path.cwd()) for name, text in given.items()}
        mode = None if options.ssl_mode is None else read_mode(options.ssl_mode)
    except OptionError as error:
        raise Refusal(f"--{error}", USAGE) from error
    target = replace(target, tls=target.tls.merged(Tls(mode, **files)))
    if wrong := target.tls.contradiction(is_local(target.host, target.socket)):
        raise Refusal(wrong, USAGE)
    connect_arguments(target.tls, target.host, target.socket)
    return target


def with_password(target: ServerTarget) -> ServerTarget:
    """The target with the environment's password, or with one that is asked for where the server wants one."""
    from dataclasses import replace
    from getpass import GetPassWarning, getpass
    from warnings import catch_warnings, simplefilter

    from .config import environment_password

    if target.password:
        return target
    if password := environment_password():
        return replace(target, password=password)
    from .engine.connecting.password_probe import probe_password

    for left in range(PASSWORD_TRIES, -1, -1):
        if probe_password(target):
            return target
        if left:
            try:
                with catch_warnings():
                    simplefilter("error", GetPassWarning)  # it would take standard input, which has something else
                    password = getpass(f"Password for {harmless(target.where)}: ")
            except EOFError:
                break
            except GetPassWarning as warning:
                raise Refusal(
                    f"{target.where} wants a password, and there is no terminal to ask for it: set DOLT_TUI_PASSWORD"
                ) from warning
            target = replace(target, password=password)
    raise Refusal(f"{target.where} denied access: check the user and the password (some users need TLS: --ssl-mode)")


def log_to(path: Path | None) -> None:
    if path is None:
        return
    import logging

    try:
        handler = logging.FileHandler(path, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise Refusal(f"--log-file {path} cannot be written: {error.strerror or error}") from error
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger = logging.getLogger("dolt_tui")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.info("dolt-tui %s, Python %s, %s", __version__, sys.version.split()[0], sys.platform)


def harmless(text: str) -> str:
    """``text`` on one line, without control characters and without a URL's password."""
    text = re.sub(r"(://[^:/@\s]*):[^@]*@", r"\1@", " ".join(text.split()))
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
