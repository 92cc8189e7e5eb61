"""Whether a server wants another password: asked before the screen opens, so without SQLAlchemy."""

from __future__ import annotations

import pymysql

from ..errors import AccessDenied
from ..errors.translation import translate
from .target import Secret, ServerTarget
from .tls import connect_arguments

HANDSHAKE_SECONDS = 10


def probe_password(target: ServerTarget) -> bool:
    """Whether the server lets us in with the target's password; False when it wants another one.

    Light on purpose (PyMySQL alone), as it runs before the screen opens. Whatever else is wrong is left to `connect`.
    Raises `TlsError` for a certificate or key that cannot be used.
    """
    timeout = target.connect_timeout or HANDSHAKE_SECONDS
    try:
        pymysql.connect(
            host=target.host,
            port=target.port,
            user=target.user,
            password=Secret(target.password),
            unix_socket=target.socket,
            connect_timeout=timeout,
            read_timeout=timeout,
            **connect_arguments(target.tls, target.host, target.socket),
        ).close()
    except pymysql.MySQLError as error:
        return not isinstance(translate(error), AccessDenied)
    except (OSError, UnicodeError):
        pass
    return True
