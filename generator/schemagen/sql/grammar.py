"""PostgreSQL's own grammar, where the platform has it: libpg_query 17 by ``pgparse``.

It reads what an author wrote for PostgreSQL alone, which nothing translates. What is newer than 17 is left to the
server that ``schemagen verify`` asks.
"""

from __future__ import annotations

import re
from typing import Any

from .errors import SqlError

_PARAMETER = re.compile(r"(?<![:\w]):([A-Za-z_]\w*)")
_NEWER = re.compile(
    r"(?i)\bRETURNING\s+WITH\b|\bGROUP\s+BY\s+ALL\b|\b(IGNORE|RESPECT)\s+NULLS\b"  # PostgreSQL 18 and 19
    r"|\bVIRTUAL\b|\bNOT\s+ENFORCED\b|\bWITHOUT\s+OVERLAPS\b|\bNOT\s+NULL\s+\S+\s+(NOT\s+VALID|NO\s+INHERIT)\b"  # 18
)
_HINT = "write it as PostgreSQL's manual says; the grammar is that of version 17"


def expression_error(text: str) -> SqlError | None:
    """Why PostgreSQL can't read an expression; None where it can, or where nobody here knows."""
    prefix = "SELECT (\n"
    found, problem = _read(f"{prefix}{text}\n)", text, len(prefix))
    if found is None:
        return problem
    select = found[0]["stmt"].get("SelectStmt", {})
    if len(found) > 1 or len(select.get("targetList", ())) != 1 or select.keys() - {"targetList", "limitOption", "op"}:
        return SqlError("this is not one expression", "write a condition or a value, such as `length(name) > 0`")
    return None


def statement_error(text: str) -> SqlError | None:
    """Why PostgreSQL can't read a statement with ``:name`` parameters; None where it can, or nobody here knows."""
    numbered = _PARAMETER.sub(lambda found: "$1".ljust(len(found[0])), text)
    return _read(numbered, text, 0)[1]


def type_error(text: str) -> SqlError | None:
    """Why PostgreSQL can't read the name of a type; None where it can, or where nobody here knows."""
    prefix = "SELECT CAST(NULL AS "
    return _read(f"{prefix}{text})", text, len(prefix))[1]


def _read(whole: str, text: str, start: int) -> tuple[list[dict[str, Any]] | None, SqlError | None]:
    try:
        import pgparse
    except ImportError:  # no wheel for this platform: the server has the last word
        return None, None
    try:
        return pgparse.parse(whole), None
    except pgparse.PGQueryError as problem:
        if _NEWER.search(text):
            return None, None
        offset = max(0, problem.position - 1 - start)
        return None, SqlError(f"PostgreSQL can't read this: {problem.message}", _HINT, min(offset, len(text)))
