"""SQL of a spec, in which a table is called as SQLite has it, as PostgreSQL has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.reserved import POSTGRES
from schemagen.schema.names import is_identifier
from schemagen.schema.places import Place, PlacedName, placed_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlglot import exp

    from schemagen.schema.model import Table


def with_placed_tables(text: str, tables: Mapping[str, Table], own: str = "") -> str:
    """A statement of PostgreSQL with each table in its schema, under the name that it has there.

    The rest of the statement may go on calling it by the other name, which then becomes its alias.

    Args:
        text: one that sqlglot reads.
        tables: every table of the schema by name.
        own: the table whose row it is about, which PostgreSQL gives no alias.
    """
    placed = {
        name: called
        for name, table in tables.items()
        if name in text and isinstance(called := placed_name(table.name, table.postgres), PlacedName)
    }
    if not placed:
        return text
    for start, end, name in sorted(_found(text, placed, own), reverse=True):
        text = text[:start] + name + text[end:]
    return text


def _found(text: str, placed: Mapping[str, PlacedName], own: str) -> Iterator[tuple[int, int, str]]:
    """Where such names stand, and what stands there instead."""
    from sqlglot import exp

    from .own_text import parsed

    tree = parsed(text)
    if tree is None:
        return
    made, said = {cte.alias for cte in tree.find_all(exp.CTE)}, _said(tree)
    for node in tree.find_all(exp.Table):
        identifier = node.this
        if node.db or not isinstance(identifier, exp.Identifier) or "start" not in identifier.meta:
            continue
        name = identifier.name if identifier.args.get("quoted") else identifier.name.lower()
        if name in placed and name not in made:
            called, end = placed[name], identifier.meta["end"]
            there = ".".join(_quoted(part) for part in (called.schema, called.local) if part)
            if node.alias == called.local:
                end = node.args["alias"].this.meta.get("end", end)  # the alias is what it is called there
            elif not node.alias and called.local != name and name in said:
                there += f" AS {_quoted(name)}"
            yield identifier.meta["start"], end + 1, there
    for column in tree.find_all(exp.Column) if own in placed else ():
        qualifier = column.args.get("table")
        if isinstance(qualifier, exp.Identifier) and qualifier.name == own and "start" in qualifier.meta:
            yield qualifier.meta["start"], qualifier.meta["end"] + 1, _quoted(placed[own].local)


def with_spec_tables(text: str, names: Mapping[Place, str]) -> str:
    """The way back: a statement of PostgreSQL with each table under the name that specs have for it.

    Args:
        text: one that sqlglot reads.
        names: what specs call the tables, by their places.
    """
    for start, end, name in sorted(_placed(text, names), reverse=True) if names else ():
        text = text[:start] + name + text[end:]
    return text


def _placed(text: str, names: Mapping[Place, str]) -> Iterator[tuple[int, int, str]]:
    from sqlglot import exp

    from .own_text import parsed

    tree = parsed(text)
    said = _said(tree) if tree else set()
    for node in tree.find_all(exp.Table) if tree else ():
        schema, table = node.args.get("db"), node.this
        name = names.get(Place(node.db, node.name))
        if name is not None and schema is not None and "start" in schema.meta and "end" in table.meta:
            needed = not node.alias and node.name != name and node.name in said
            alias = f" AS {_quoted(node.name)}" if needed else ""
            yield schema.meta["start"], table.meta["end"] + 1, f"{_quoted(name)}{alias}"


def _said(tree: exp.Expression) -> set[str]:
    """The names that stand before columns, or for rows."""
    from sqlglot import exp

    return {column.table or column.name for column in tree.find_all(exp.Column)}


def _quoted(name: str) -> str:
    """A name as it stands in PostgreSQL's SQL."""
    is_bare = name == name.lower() and is_identifier(name) and name not in POSTGRES
    return name if is_bare else '"' + name.replace('"', '""') + '"'
