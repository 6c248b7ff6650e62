"""Repairs of a spec's text that keep its layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.diagnostics import Edit, Span
from schemagen.source import Mapping

if TYPE_CHECKING:
    from schemagen.diagnostics import Origin
    from schemagen.source import Node, Sources


def node_at(origin: Origin, sources: Sources) -> Node | None:
    """The node of an origin, or None where the spec does not have it."""
    node: Node | None = next((source.root for source in sources.files if source.file == origin.file), None)
    for step in origin.path:
        if isinstance(node, Mapping):
            node = node.get(str(step))
        elif node is not None and isinstance(step, int) and hasattr(node, "items"):
            node = node.items[step]
        else:
            return None
    return node


def add_entry(origin: Origin, entry: str, sources: Sources) -> Edit | None:
    """Add ``key: value`` to the mapping of an origin, before its description or its last key."""
    node = node_at(origin, sources)
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
