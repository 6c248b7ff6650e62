"""PostgreSQL's own grammar over generated files, where the platform has it: libpg_query 17 by ``pgparse``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

NEWER = {") VIRTUAL": ") STORED"}
"""What PostgreSQL 18 has brought, and what is read in its place."""


def unread(output: Path) -> list[str]:
    """What the grammar refuses in the PostgreSQL files of an output, and where."""
    try:
        import pgparse
    except ImportError:
        return []
    found = []
    for file in sorted(output.rglob("*.sql")):
        name = file.relative_to(output).as_posix()
        if "postgres" in name:
            text = file.read_text(encoding="utf-8")
            for newer, known in NEWER.items():
                text = text.replace(newer, known)
            try:
                pgparse.parse(text)
            except pgparse.PGQueryError as problem:
                line = text.count("\n", 0, problem.position) + 1
                found.append(f"{name}:{line}: {problem.message}")
    return found
