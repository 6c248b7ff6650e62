"""Definitions in words, for what reads a change: a diff, the header of a migration, the change log.

Whatever an author wrote stands between backticks and has none of its own, so that no text of a spec can be taken for a
part of the sentence around it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from schemagen.base.escape import one_line
from schemagen.schema.model import LiteralDefault
from schemagen.schema.rule_state import RuleState

if TYPE_CHECKING:
    from schemagen.schema.dialect import Sql
    from schemagen.schema.index import Index, IndexElement
    from schemagen.schema.model import Check, Column

NONE = "none"


def code(text: str) -> str:
    """Text of a spec on one line between backticks."""
    line = one_line(text).replace("`", "'")
    return f"`{line}`"


def sql_text(sql: Sql | None) -> str:
    """An expression as PostgreSQL has it, where it has one; ``none`` where there is none at all."""
    text = (sql.postgres or sql.sqlite) if sql else None
    return code(text) if text else NONE


def from_to(old: Sql | None, new: Sql | None) -> str:
    """Two expressions; where they differ on SQLite alone, as SQLite has them."""
    if old and new and old.postgres == new.postgres:
        return f"{code(old.sqlite or NONE)} → {code(new.sqlite or NONE)} on SQLite"
    return f"{sql_text(old)} → {sql_text(new)}"


def default_text(default: LiteralDefault | Sql | None) -> str:
    """A default as an author would write it: a literal as JSON, an expression as SQL."""
    if isinstance(default, LiteralDefault):
        return code(json.dumps(default.value, ensure_ascii=False))
    return sql_text(default)


def default_change(old: LiteralDefault | Sql | None, new: LiteralDefault | Sql | None) -> str:
    """What a column's default was, and is."""
    if isinstance(old, LiteralDefault) or isinstance(new, LiteralDefault):
        return f"{default_text(old)} → {default_text(new)}"
    return from_to(old, new)


def numbering(column: Column) -> str:
    """How the database numbers a column, as the spec says it; empty where it doesn't."""
    if not column.identity:
        return ""
    return "serial" if column.serial else "identity always" if column.always else "identity"


def check_text(check: Check) -> str:
    """What a check demands, and of which engine if of one alone."""
    if check.state is not RuleState.VALID:  # SQLite never has one
        return sql_text(check.sql)
    missing = {check.sql.postgres: " only on sqlite", check.sql.sqlite: " only on postgres"}
    return f"{sql_text(check.sql)}{missing.get(None, '')}"


def index_definition(index: Index) -> str:
    """What an index is on, and what makes it more than a plain one."""
    words = [f"({', '.join(map(_element, index.elements))})"]
    if not index.nulls_distinct:
        words.append("nulls not distinct")
    if index.method != "btree" and not index.is_full_text:
        words.append(f"using {index.method}")
    if index.include:
        words.append(f"include ({', '.join(index.include)})")
    if index.where:
        words.append(f"where {sql_text(index.where)}")
    if index.only:
        words.append(f"only on {index.only}")
    return " ".join(words)


def index_text(index: Index) -> str:
    """``unique index uq_email (…)``."""
    kind = "unique " if index.unique else "full-text " if index.is_full_text else ""
    return f"{kind}index {index.name} {index_definition(index)}"


def _element(element: IndexElement) -> str:
    words = [element.column or sql_text(element.sql)]
    words += [f"collate {element.collation}"] if element.collation else []
    words += [element.opclass] if element.opclass else []
    words += ["desc"] if element.descending else []
    words += [f"nulls {element.nulls}"] if element.nulls else []
    return " ".join(words)
