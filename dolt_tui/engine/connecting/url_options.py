"""The options behind the ``?`` of a server's URL: which there are, and what their values may be.

They are MySQL's own words for its command line (``ssl-mode``), and SQLAlchemy's and PyMySQL's for the same (``ssl_ca``,
``ssl_verify_cert``): the underscore and the hyphen are the same. No message repeats a value, and none a name that is
not known where it may be a part of a password.
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from urllib.parse import unquote

from ...frozen import Frozen
from .tls import NOTHING_ASKED, Tls, TlsMode

MOST_SECONDS = 3600
_TRUE, _FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off")
_CHARSETS = ("utf8", "utf8mb3", "utf8mb4")
_TLS_FILES = ("ssl-ca", "ssl-capath", "ssl-cert", "ssl-key")
_TLS_SWITCHES = ("ssl", "ssl-disabled", "ssl-verify-cert", "ssl-verify-identity", "ssl-check-hostname")
"""What other programs call the modes."""
KNOWN = (
    *("unix-socket", "socket", "charset", "connect-timeout", "ssl-mode"),
    *(*_TLS_FILES, "ssl-cipher", *_TLS_SWITCHES),
)


class OptionError(Exception):
    """An option that is not known, or whose value makes no sense; the message is one line without any value."""


class UrlOptions(Frozen):
    """What a URL's options say."""

    socket: str | None = None
    tls: Tls = NOTHING_ASKED
    connect_timeout: int | None = None
    """Seconds."""


def read_options(query: str, cwd: Path) -> UrlOptions:
    """The options of a URL, as they are written after its ``?``; files are relative to ``cwd``. Raises
    `OptionError`."""
    given = _pairs(query)
    switches = {name: _switch(name, given[name]) for name in _TLS_SWITCHES if name in given}
    files = {name.removeprefix("ssl-"): _file(name, given[name], cwd) for name in _TLS_FILES if name in given}
    if given.get("charset", "utf8mb4").lower() not in _CHARSETS:
        raise OptionError("charset: dolt-tui always speaks utf8mb4, which holds every character: leave the option out")
    tls = Tls(_mode(given.get("ssl-mode"), switches, bool(files.get("ca") or files.get("capath"))), **files)
    if "ssl-cipher" in given:
        tls = tls.merged(Tls(cipher=_filled("ssl-cipher", given["ssl-cipher"])))
    sockets = [given[name] for name in ("unix-socket", "socket") if given.get(name)]
    return UrlOptions(sockets[0] if sockets else None, tls, _seconds(given.get("connect-timeout")))


def read_mode(text: str) -> TlsMode:
    """A mode by its name, in upper or lower case. Raises `OptionError`."""
    try:
        return TlsMode(text.upper().replace("-", "_"))
    except ValueError:
        raise OptionError(f"ssl-mode must be one of {', '.join(TlsMode)}") from None


def read_file(name: str, text: str, cwd: Path) -> str:
    """The absolute path of a file that an option names; whether there is one is seen when it is read."""
    return _file(name, text, cwd)


def _pairs(query: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in query.split("&"):
        if not part:
            continue
        name, equals, value = part.partition("=")
        name = unquote(name).lower().replace("_", "-")
        if name not in KNOWN:
            raise OptionError(_unknown(name, query))
        if not equals:
            raise OptionError(f"{name} has no value: write {name}=…")
        if name in found:
            raise OptionError(f"{name} is given twice")
        found[name] = unquote(value)
    return found


def _unknown(name: str, query: str) -> str:
    known = f"the options are {', '.join(KNOWN[:10])}"
    if name in ("user", "password", "passwd"):
        return "user and password belong before the host: mysql+pymysql://user:password@host"
    if "@" in query or not re.fullmatch(r"[a-z][a-z-]{1,30}", name):
        # A password with an @ that is not written as %40 ends here.
        return f"there is an unknown option (an @ in a password is written %40); {known}"
    near = difflib.get_close_matches(name, KNOWN, 1)
    return f"there is no option {name}" + (f": did you mean {near[0]}?" if near else f"; {known}")


def _mode(mode: str | None, switches: dict[str, bool], authority: bool) -> TlsMode | None:
    if mode is not None:
        if switches:
            raise OptionError(f"ssl-mode and {next(iter(switches))} say the same: leave one of them out")
        return read_mode(mode)
    if switches.get("ssl-disabled") or switches.get("ssl") is False:
        if any(value for name, value in switches.items() if name != "ssl-disabled") or authority:
            raise OptionError("TLS is switched off by one option and asked for by another one")
        return TlsMode.DISABLED
    identity = switches.get("ssl-verify-identity", switches.get("ssl-check-hostname"))
    if identity:
        return TlsMode.VERIFY_IDENTITY
    if switches.get("ssl-verify-cert"):
        return TlsMode.VERIFY_CA
    if authority:
        if switches.get("ssl-verify-cert") is False:
            raise OptionError("ssl-ca names an authority, and ssl-verify-cert says not to check it")
        return TlsMode.VERIFY_CA if identity is False else None
    if switches.get("ssl"):
        return TlsMode.REQUIRED
    return TlsMode.PREFERRED if switches else None


def _switch(name: str, value: str) -> bool:
    if value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    raise OptionError(f"{name} must be true or false")


def _filled(name: str, value: str) -> str:
    if not value.strip() or not value.isprintable():
        raise OptionError(f"{name} is empty, or holds unprintable characters")
    return value


def _file(name: str, value: str, cwd: Path) -> str:
    _filled(name, value)
    try:
        return str(cwd / Path(value).expanduser())
    except (RuntimeError, ValueError):
        raise OptionError(f"{name} names no file") from None


def _seconds(value: str | None) -> int | None:
    if value is None:
        return None
    if not re.fullmatch(r"[0-9]{1,4}", value, re.ASCII) or not 1 <= int(value) <= MOST_SECONDS:
        raise OptionError(f"connect-timeout must be a number of seconds from 1 to {MOST_SECONDS}")
    return int(value)
