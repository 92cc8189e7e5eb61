"""Encrypted connections: what was asked for, in MySQL's own words, and what PyMySQL is told.

Nothing heavy is imported with this module: the command line asks it before it imports the program.
"""

from __future__ import annotations

import os
from dataclasses import fields
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from ...frozen import Frozen

if TYPE_CHECKING:
    import ssl

LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


class TlsError(Exception):
    """A certificate, key or cipher list cannot be used; the message is one line that names the file."""


class TlsMode(StrEnum):
    """MySQL's ``--ssl-mode``."""

    DISABLED = "DISABLED"
    PREFERRED = "PREFERRED"
    """TLS where the server has it; its certificate is not looked at."""
    REQUIRED = "REQUIRED"
    """No connection without TLS; the certificate is not looked at."""
    VERIFY_CA = "VERIFY_CA"
    """The certificate must be signed by an authority that is trusted."""
    VERIFY_IDENTITY = "VERIFY_IDENTITY"
    """And be made out to the host that is connected to."""


class Tls(Frozen):
    """What was asked for; without arguments, nothing."""

    mode: TlsMode | None = None
    """None: what `resolved` makes of the rest."""
    ca: str = ""
    """A file of certificates of the authorities that are trusted, instead of the system's."""
    capath: str = ""
    """A directory of such files."""
    cert: str = ""
    """A file with our own certificate, for a server that wants one."""
    key: str = ""
    """The file with its private key, where that is not in ``cert``."""
    cipher: str = ""
    """The ciphers that may be used, as OpenSSL writes them."""

    def resolved(self, local: bool) -> TlsMode:
        """The mode that counts; ``local`` tells that the server is on this machine.

        Whoever names an authority wants it looked at: then the certificate must be made out to the host, too. For a
        host far away it is MySQL's own default, for this machine none: there is nobody to listen, and a connection
        with TLS takes longer to make.
        """
        if self.mode is not None:
            return self.mode
        if self.ca or self.capath:
            return TlsMode.VERIFY_IDENTITY
        if self.cert or self.key or self.cipher:
            return TlsMode.REQUIRED
        return TlsMode.DISABLED if local else TlsMode.PREFERRED

    def options(self) -> tuple[tuple[str, str], ...]:
        """As options of a URL: pairs of a name, such as ``ssl-ca``, and a value."""
        return tuple((f"ssl-{each.name}", str(value)) for each in fields(self) if (value := getattr(self, each.name)))

    def merged(self, other: Tls) -> Tls:
        """These with those of ``other`` that are given there instead."""
        chosen = {each.name: getattr(other, each.name) or getattr(self, each.name) for each in fields(self)}
        return Tls(**chosen)

    def contradiction(self, local: bool) -> str:
        """What makes no sense, as one line; empty where nothing does."""
        mode = self.resolved(local)
        if self.key and not self.cert:
            return "ssl-key needs ssl-cert: a key alone is no certificate"
        if mode in (TlsMode.DISABLED, TlsMode.PREFERRED) and (given := self.options()[self.mode is not None :]):
            return f"ssl-mode {mode} and {given[0][0]} contradict each other: REQUIRED is the least that works with it"
        if mode is TlsMode.REQUIRED and (self.ca or self.capath):
            return "ssl-mode REQUIRED checks no certificate: with ssl-ca it is VERIFY_CA or VERIFY_IDENTITY"
        return ""


NOTHING_ASKED = Tls()


def is_local(host: str, socket: str | None) -> bool:
    """Whether a server is on this machine."""
    return bool(socket) or host.lower() in LOCAL_HOSTS


def connect_arguments(tls: Tls, host: str, socket: str | None) -> dict[str, Any]:
    """PyMySQL's arguments for it. Raises `TlsError` for files that cannot be used, and for what makes no sense."""
    local = is_local(host, socket)
    if wrong := tls.contradiction(local):
        raise TlsError(wrong)
    mode = tls.resolved(local)
    if mode is TlsMode.DISABLED:
        return {"ssl_disabled": True}
    if mode is TlsMode.PREFERRED:
        return {}
    return {"ssl": context(tls, mode)}


@cache
def context(tls: Tls, mode: TlsMode) -> ssl.SSLContext:
    """The context of all connections: to make one takes 18 ms, as the system's authorities are read for it.

    Raises `TlsError`.
    """
    import ssl

    verified = mode in (TlsMode.VERIFY_CA, TlsMode.VERIFY_IDENTITY)
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = mode is TlsMode.VERIFY_IDENTITY
    made.verify_mode = ssl.CERT_REQUIRED if verified else ssl.CERT_NONE
    # Python 3.13 refuses certificates that MySQL and Dolt users commonly make for themselves.
    made.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if verified:
        _trust(made, tls)
    if tls.cert:
        _readable("ssl-cert", tls.cert)
        if tls.key:
            _readable("ssl-key", tls.key)
        try:
            made.load_cert_chain(tls.cert, tls.key or None, password=_no_password)
        except _NeedsPasswordError:
            raise TlsError(
                f"ssl-key: {tls.key or tls.cert} is protected by a passphrase, which dolt-tui does not ask for: "
                "use a key without one"
            ) from None
        except (ssl.SSLError, OSError, ValueError) as error:
            raise TlsError(
                f"ssl-cert: {tls.cert} and {tls.key or 'the key in it'} cannot be used: {_reason(error)}"
            ) from None
    if tls.cipher:
        try:
            made.set_ciphers(tls.cipher)
        except ssl.SSLError:
            raise TlsError("ssl-cipher: OpenSSL knows none of these ciphers") from None
    return made


def _trust(made: ssl.SSLContext, tls: Tls) -> None:
    import ssl

    if not (tls.ca or tls.capath):
        made.load_default_certs()
        return
    if tls.capath and not os.path.isdir(tls.capath):
        raise TlsError(f"ssl-capath: {tls.capath} is not a directory")
    if tls.ca:
        _readable("ssl-ca", tls.ca)
    try:
        made.load_verify_locations(tls.ca or None, tls.capath or None)
    except (ssl.SSLError, OSError) as error:
        raise TlsError(f"ssl-ca: {tls.ca or tls.capath} holds no certificate: {_reason(error)}") from None


def _readable(option: str, path: str) -> None:
    try:
        with open(path, "rb"):
            pass
    except OSError as error:
        raise TlsError(f"{option}: {path} cannot be read: {error.strerror or error}") from None


class _NeedsPasswordError(Exception):
    pass


def _no_password() -> str:
    # Without this OpenSSL would ask on the terminal, behind the screen.
    raise _NeedsPasswordError


def _reason(error: Exception) -> str:
    if reason := getattr(error, "reason", None):  # of OpenSSL, in capitals
        return str(reason).replace("_", " ").lower()
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
