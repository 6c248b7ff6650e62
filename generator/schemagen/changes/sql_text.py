"""The statements of a migration's SQL file, read back; revisions bring a copy of ``read_statements`` with them."""

from __future__ import annotations

import sqlite3
from itertools import pairwise

FRAME = {
    "BEGIN",
    "COMMIT",
    "PRAGMA foreign_keys = OFF",
    "PRAGMA foreign_keys = ON",
    "RELEASE schemagen",
    "SAVEPOINT schemagen",
}
"""What a file has around its statements, for runners that begin no transaction."""

STEP = "SAVEPOINT schemagen_step"
"""It stands on the line of the statement that it holds."""


def read_statements(text: str, engine: str) -> list[str]:
    """The statements of a file, without its frame, the comments between them and a rollback in comments.

    On SQLite the engine itself tells where a statement ends, on PostgreSQL a semicolon before an empty line.
    """
    found: list[str] = []
    lines: list[str] = []
    for line, following in pairwise([*text.split("\n"), ""]):
        if not lines and (not line or line.startswith("--")):
            continue
        lines.append(line)
        if not line.endswith(";"):
            continue
        whole = "\n".join(lines)
        if sqlite3.complete_statement(whole) if engine == "sqlite" else not following:
            held = whole.startswith(f"{STEP}; ")
            found += [STEP, whole[len(STEP) + 2 : -1]] if held else [whole[:-1]]
            lines = []
    while found and found[0] in FRAME:
        del found[0]
    while found and found[-1] in FRAME:
        del found[-1]
    return found
