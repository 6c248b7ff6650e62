"""Small questions about sqlglot nodes: what a name means, where a node stands, how to speak of it."""

from __future__ import annotations

import re

from sqlglot import exp

from schemagen.base.reserved import PARSER, SQLITE

from .errors import SqlError, untranslatable
from .parse import MARK, SOURCE


def quote(name: str) -> str:
    """A name as it stands in SQLite's SQL."""
    bare = name.isascii() and name.isidentifier() and name == name.lower() and name not in SQLITE | PARSER
    return name if bare else '"' + name.replace('"', '""') + '"'


def name_of(identifier: exp.Expression | None) -> str:
    """What a name means on PostgreSQL: lower case, unless it is quoted."""
    if not isinstance(identifier, exp.Identifier):
        raise SqlError("a name is missing", "write it as PostgreSQL wants it")
    return str(identifier.this) if identifier.args.get("quoted") else str(identifier.this).lower()


def offset_of(node: exp.Expression) -> int | None:
    """The character where a node's own or first name stands, if the parser kept it."""
    if "start" in node.meta:
        return int(node.meta["start"])
    identifier = node.find(exp.Identifier)
    start = identifier.meta.get("start") if identifier is not None else None
    return int(start) if start is not None else None


def described(node: exp.Expression) -> str:
    """A node as the subject of a refusal: ``foo()``, or the SQL itself."""
    if isinstance(node, exp.Anonymous):
        return f"{str(node.this).removeprefix(MARK)}()"
    if isinstance(node, exp.Func) and not isinstance(node, (exp.Connector, exp.Binary)):
        return f"{_written_name(node)}()"
    return f"`{node.sql(dialect='postgres').replace(MARK, '')}`"


def _written_name(node: exp.Func) -> str:
    """The name of a function as the author wrote it, which sqlglot may have changed."""
    text = node.root().meta.get(SOURCE, "")
    start, end = node.meta.get("start"), node.meta.get("end")
    if start is not None and end is not None:
        return str(text[start : end + 1])
    spellings = [node.sql(dialect="postgres").partition("(")[0], *node.sql_names()]
    names = [str(name).lower() for name in spellings if name.isidentifier()]
    return next((name for name in names if re.search(rf"\b{name}\s*\(", text, re.IGNORECASE)), names[0])


def only(node: exp.Expression, *allowed: str) -> None:
    """Refuse a node that carries a clause which its handler does not read."""
    for key, part in node.args.items():
        if part and key not in allowed:
            raise untranslatable(f"{described(node)} with {key.rstrip('_').replace('_', ' ')}", offset=offset_of(node))
