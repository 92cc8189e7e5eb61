"""Whether a server wants another password: asked before the screen opens, so without SQLAlchemy."""

from __future__ import annotations

import pymysql

from .errors import AccessDenied, translate
from .target import ServerTarget

HANDSHAKE_SECONDS = 10
_TLS = ("ca", "capath", "cert", "key", "cipher", "check_hostname")
"""The TLS options of a URL (with ssl_ before them), as SQLAlchemy reads them."""


def probe_password(target: ServerTarget) -> bool:
    """Whether the server lets us in with the target's password; False when it wants another one.

    Light on purpose (PyMySQL alone), as it runs before the screen opens. Whatever else is wrong is left to `connect`.
    """
    local = bool(target.socket) or target.host in ("127.0.0.1", "localhost", "::1")
    options = dict(target.options)
    tls: dict[str, object] = {name: options[f"ssl_{name}"] for name in _TLS if f"ssl_{name}" in options}
    if "check_hostname" in tls:
        tls["check_hostname"] = str(tls["check_hostname"]).lower() in ("true", "yes", "on", "y", "t", "1")
    try:
        pymysql.connect(
            host=target.host,
            port=target.port,
            user=target.user,
            password=target.password,
            unix_socket=target.socket,
            ssl=tls or None,
            ssl_disabled=(local and not tls) or None,
            connect_timeout=HANDSHAKE_SECONDS,
            read_timeout=HANDSHAKE_SECONDS,
        ).close()
    except pymysql.MySQLError as error:
        return not isinstance(translate(error), AccessDenied)
    except OSError:
        pass
    return True
