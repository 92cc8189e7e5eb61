"""The embedded engine: a DB-API driver over libdoltlite and its SQLAlchemy dialect, `sqlite+doltlite://`.

The library is loaded through ctypes, privately: Python's own `sqlite3` is neither used nor replaced, so import order,
child processes and interpreters with a built-in SQLite do not matter.
"""
