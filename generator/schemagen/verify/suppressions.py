"""Queries and indexes of which a comment says that lint need not mind them: the proof does not mind them either."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.lint.suppressions import PROVED_TOO, find_ignores

if TYPE_CHECKING:
    from schemagen.base.diagnostics import Origin
    from schemagen.schema.model import Schema
    from schemagen.spec.source import Sources


def excuses(schema: Schema, sources: Sources) -> frozenset[str]:
    """``query NAME`` of those that may read a whole table, and ``index NAME`` of those that no query has to use."""
    of_query, of_index = PROVED_TOO
    said = {
        (code, ignore.span.file, ignore.line)
        for source in sources.files
        for ignore in find_ignores(source)
        if ignore.reason
        for code in ignore.codes
    }

    def is_said(code: str, origin: Origin | None) -> bool:
        span = sources.span(origin, key=True) if origin else None
        return span is not None and (code, span.file, span.line) in said

    found = {f"query {query.name}" for query in schema.queries if is_said(of_query, query.origin)}
    indexes = (index for table in schema.tables for index in table.indexes)
    return frozenset(found | {f"index {index.name}" for index in indexes if is_said(of_index, index.origin)})
