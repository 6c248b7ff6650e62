"""What SQL of specs may not do on SQLite: reach another file, or load code.

Loading extensions is off in every connection of Python's ("sqlite3", ``enable_load_extension``).
Source: SQLite, "Compile-Time Authorization Callbacks" (``SQLITE_ATTACH``, ``SQLITE_FUNCTION``).
"""

from __future__ import annotations

import sqlite3

_FUNCTIONS = frozenset({"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"})
_PRAGMAS = frozenset({"writable_schema", "temp_store_directory", "data_store_directory", "trusted_schema"})


def confine(connection: sqlite3.Connection) -> None:
    """Let a connection reach no file but its own, and load no code."""
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)  # VACUUM INTO attaches without asking
    connection.set_authorizer(_authorize)


def _authorize(action: int, first: str | None, second: str | None, _database: str | None, _trigger: str | None) -> int:
    is_function = action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _FUNCTIONS
    is_pragma = action == sqlite3.SQLITE_PRAGMA and (first or "").lower() in _PRAGMAS
    is_denied = action in (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH) or is_function or is_pragma
    return sqlite3.SQLITE_DENY if is_denied else sqlite3.SQLITE_OK
