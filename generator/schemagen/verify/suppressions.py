"""Queries of which a spec or the settings say that lint need not mind how they read: the proof does not either."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.lint.suppressions import PROVED_TOO, find_ignores

if TYPE_CHECKING:
    from schemagen.base.diagnostics import Origin
    from schemagen.lint.linting import LintSettings
    from schemagen.schema.model import Schema
    from schemagen.spec.source import Sources


def suppressions(schema: Schema, sources: Sources, settings: LintSettings) -> frozenset[str]:
    """``query NAME`` of those that may read a whole table: a comment says so, or the settings ignore the rule."""
    if settings.levels.get(PROVED_TOO) == "ignore":
        return frozenset(f"query {query.name}" for query in schema.queries)
    said = {
        (ignore.span.file, ignore.line)
        for source in sources.files
        for ignore in find_ignores(source)
        if ignore.reason and PROVED_TOO in ignore.codes
    }

    def is_said(origin: Origin | None) -> bool:
        span = sources.span(origin, key=True) if origin else None
        return span is not None and (span.file, span.line) in said

    return frozenset(f"query {query.name}" for query in schema.queries if is_said(query.origin))
