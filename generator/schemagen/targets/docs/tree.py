"""The dependency graph of tables, drawn as a tree in plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemagen.schema.model import Schema, Table

MAX_DEPTH = 12
"""How deep a branch is drawn; a deeper one goes on as a branch of its own."""


def depends_on(table: Table, schema: Schema) -> list[str]:
    """The parents that must exist before a table does, in creation order and without itself."""
    parents = {key.parent for key in table.enforced_foreign_keys if not schema.is_late(table, key)} - {table.name}
    return sorted(parents, key=schema.positions.__getitem__)


def dependency_tree(schema: Schema, labels: Mapping[str, str]) -> str:
    """Every table below the parent that is created last, with what it depends on besides.

    Args:
        schema: the tables.
        labels: what stands in parentheses behind a table, such as its migration's number.
    """
    below: dict[str, list[Table]] = {}
    depth: dict[str, int] = {}
    roots: list[tuple[Table, str]] = []
    for table in schema.tables:
        parents = depends_on(table, schema)
        depth[table.name] = depth[parents[-1]] + 1 if parents else 0
        if not parents:
            roots.append((table, ""))
        elif depth[table.name] % MAX_DEPTH == 0:
            roots.append((table, f", depends on {', '.join(parents)}"))
        else:
            below.setdefault(parents[-1], []).append(table)
    lines: list[str] = []
    for root, note in roots:
        lines.append(f"{_named(root, labels)}{note}{_late(root, schema)}")
        _branches(root, "  ", below, schema, labels, lines)
    return "\n".join(lines)


def _branches(
    parent: Table,
    indent: str,
    below: Mapping[str, list[Table]],
    schema: Schema,
    labels: Mapping[str, str],
    lines: list[str],
) -> None:
    children = below.get(parent.name, [])
    for place, child in enumerate(children, 1):
        last = place == len(children)
        others = depends_on(child, schema)[:-1]
        also = f", also depends on {', '.join(others)}" if others else ""
        lines.append(f"{indent}{'└── ' if last else '├── '}{_named(child, labels)}{also}{_late(child, schema)}")
        _branches(child, indent + ("    " if last else "│   "), below, schema, labels, lines)


def _named(table: Table, labels: Mapping[str, str]) -> str:
    label = labels.get(table.name)
    return f"{table.name} ({label})" if label else table.name


def _late(table: Table, schema: Schema) -> str:
    """The references that a tree cannot show: to itself, and back along a cycle."""
    late = [key.parent for key in table.enforced_foreign_keys if schema.is_late(table, key)]
    parts = ["refers to itself"] if any(key.parent == table.name for key in table.enforced_foreign_keys) else []
    if late:
        parts.append(f"refers back to {', '.join(dict.fromkeys(late))}, added at the end")
    return "".join(f", {part}" for part in parts)
