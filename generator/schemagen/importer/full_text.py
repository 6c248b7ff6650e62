"""Full-text indexes of a catalog: FTS5 as our triggers keep it, and GIN over the words that our queries ask for."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from schemagen.base.escape import sql_string
from schemagen.engines.sqlite.inspect.tokens import tokens
from schemagen.schema import types as t
from schemagen.schema.full_text import LONGEST, METHOD, PUNCTUATION

if TYPE_CHECKING:
    from schemagen.engines.catalog import CatalogIndex, CatalogIndexElement

    from .table_builder import TableDraft

_NAME = r'(?:"(?:[^"]|"")+"|\w+)'
_WORDS = re.compile(
    rf"to_tsvector\('simple'::regconfig, translate\((?:(?P<plain>{_NAME})|\((?P<cast>{_NAME})\)::text), "
    rf"{re.escape(sql_string(PUNCTUATION))}::text, repeat\(' '::text, {len(PUNCTUATION)}\)\)\)"
)
"""The words of a column, as PostgreSQL prints the expression."""


UNLIMITED = "words are searched in texts of a limited length, in a table with a key"


def import_full_text(draft: TableDraft, index: CatalogIndex) -> CatalogIndex | None:
    """Say an index of words; what the spec will build, or None where it is none that the language can say."""
    columns = [_column(index, element) for element in index.elements]
    if not draft.table.primary_key or index.predicate or not all(_is_limited(draft, name) for name in columns):
        return None
    names = draft.own.of([name for name in columns if name])
    spec: dict[str, Any] = {"columns": list(names)}
    name = draft.given(f"index {index.name}", index.name, ("fts", draft.own.table, *names))
    draft.spec.setdefault("full_text", []).append({**spec, **(name or {})})
    return replace(index, valid=True, name="" if name is None else index.name)


def _column(index: CatalogIndex, element: CatalogIndexElement) -> str | None:
    """The column whose words an element holds; None for any other element."""
    if index.method == METHOD:
        return element.column
    made = _WORDS.fullmatch(str(element.expression)) if index.method == "gin" and element.expression else None
    if made is None:
        return None
    (token,) = tokens(made["plain"] or made["cast"])
    return token.name


def _is_limited(draft: TableDraft, name: str | None) -> bool:
    type_ = draft.evidence.types.get(name) if name else None
    if not isinstance(type_, t.TextType) or isinstance(type_, t.Enum):
        return False
    limit = draft.columns[name or ""].get("max_length") or type_.limit
    return limit is not None and int(limit) <= LONGEST
