"""Texts with invisible characters as expressions; SQLite's literals have no escapes ("Literal Values")."""

from __future__ import annotations

from itertools import groupby

from schemagen.base.escape import invisible


def with_visible_string(literal: str) -> str:
    """A literal as an expression that is equal to it: ``'a' || char(8238)``."""
    parts = []
    for is_unseen, run in groupby(literal[1:-1], key=lambda each: bool(invisible(each))):
        text = "".join(run)
        parts.append(f"char({', '.join(str(ord(each)) for each in text)})" if is_unseen else f"'{text}'")
    return " || ".join(parts)
