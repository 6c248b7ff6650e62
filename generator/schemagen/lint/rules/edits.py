"""Repairs of a spec's text that keep its layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Edit, Span
from schemagen.spec.source import Mapping

if TYPE_CHECKING:
    from schemagen.base.diagnostics import Origin
    from schemagen.spec.source import Sources


def add_entry(origin: Origin, entry: str, sources: Sources) -> Edit | None:
    """Add ``key: value`` to the mapping of an origin, before its description or its last key."""
    node = sources.node(origin)
    if not isinstance(node, Mapping) or not node.entries:
        return None
    keys = [key for key, _ in node.items]
    key = next((key for key in keys if key.text == "description"), keys[-1])
    at = key.span
    text = sources.text(origin.file)
    is_flow = text[node.start : node.start + 1] == "{"
    newline = "\r\n" if "\r\n" in text else "\n"
    separator = ", " if is_flow else newline + " " * (at.column - 1)
    return Edit(Span(at.file, at.line, at.column, at.line, at.column), entry + separator)
