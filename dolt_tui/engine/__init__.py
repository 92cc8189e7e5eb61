"""The engine layer: speaks SQL to Dolt and DoltLite; a library of its own, without any interface.

>>> from dolt_tui.engine import open_repository
>>> with open_repository("mysql+pymysql://root@127.0.0.1:3306/mydb") as repository:
...     print(repository.working.status("main"))

Importing this package costs nothing; SQLAlchemy is imported when something is opened.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .connecting.target import Target
    from .core.settings import ReadSettings
    from .model import Author
    from .repository import Repository
    from .undo.steps import UndoSettings


def open_repository(
    target: str | Target,
    *,
    database: str | None = None,
    branch: str | None = None,
    read_only: bool = False,
    author: Author | None = None,
    undo: UndoSettings | None = None,
    reading: ReadSettings | None = None,
) -> Repository:
    """Open what a URL, a directory's or a file's path names.

    Raises `dolt_tui.engine.connecting.target.TargetError` for a target that makes no sense,
    `dolt_tui.engine.errors.OpenError` (or `ServerLost`) for one that cannot be opened, or that holds several databases
    of which none is named.
    """
    from .connecting.target import DirectoryTarget, ServerTarget, parse_target
    from .core.settings import ReadSettings
    from .errors import OpenError
    from .opening import Options, connect
    from .undo.steps import UndoSettings

    if isinstance(target, str):
        target = parse_target(target, Path.cwd())
    if isinstance(target, ServerTarget | DirectoryTarget):
        database = database or target.database
    if isinstance(target, ServerTarget):
        branch = branch or target.branch
    host = connect(target)
    try:
        if database is None:
            names = host.databases()
            if len(names) != 1:
                raise OpenError(f"Name one of the databases: {', '.join(names) or 'there are none'}")
            database = names[0]
        options = Options(branch, read_only, author, undo or UndoSettings(), reading or ReadSettings())
        return host.open(database, options)
    except BaseException:
        host.close()
        raise
