"""Parts of a database whose names the specs do not have: a later migration would look for them by another name.

A table's own constraints on SQLite are no such parts: each change of them recreates the table.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from schemagen.base.diagnostics import Diagnostic
from schemagen.engines.dialects import dialect as dialect_of
from schemagen.schema.places import beside

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schemagen.engines.catalog import Catalog, CatalogTable
    from schemagen.schema.model import Schema

MISNAMED = "SG469"


def misnamed(live: Catalog, built: Catalog, schema: Schema) -> Iterator[Diagnostic]:
    """A diagnostic for each part that is called otherwise than in the specs, with the statement that renames it.

    Args:
        live: the database that is to be adopted.
        built: what the specs build, which is the same but for names.
        schema: what they say.
    """
    for table in built.tables:
        if table.name in live.by_name:
            for was, name, is_index in _pairs(live.by_name[table.name], table, constraints=live.dialect == "postgres"):
                message = f"the database calls `{was}` of {table.name} what the specs call `{name}`"
                hint = f"rename it there first, then adopt: {_rename(schema, table.name, was, name, live, is_index)}"
                yield Diagnostic(MISNAMED, message, hint=hint)


def _pairs(live: CatalogTable, built: CatalogTable, *, constraints: bool) -> Iterator[tuple[str, str, bool]]:
    """The name there, that of the specs, and whether it is one of an index."""
    yield from ((*pair, True) for pair in _renamed(live.indexes, built.indexes))
    if constraints:
        keys = [[table.primary_key] if table.primary_key else [] for table in (live, built)]
        yield from ((*pair, False) for pair in _renamed(*keys))
        for kind in ("foreign_keys", "uniques", "checks"):
            yield from ((*pair, False) for pair in _renamed(getattr(live, kind), getattr(built, kind)))


def _renamed(live: Sequence[Any], built: Sequence[Any]) -> Iterator[tuple[str, str]]:
    names = {part.name for part in live}
    known = {part.name for part in built}
    free = [part for part in live if part.name and part.name not in known]
    for part in built:
        if part.name and part.name not in names:
            same = next((other for other in free if replace(other, name=part.name) == part), None)
            if same is not None:
                free.remove(same)
                yield same.name, part.name


def _rename(schema: Schema, table: str, was: str, name: str, live: Catalog, is_index: bool) -> str:  # noqa: FBT001
    dialect = dialect_of(live.dialect)
    before, after = dialect.quote(was), dialect.quote(name)
    if not is_index:
        return f"ALTER TABLE {dialect.quote(table)} RENAME CONSTRAINT {before} TO {after};"
    if live.dialect == "postgres":
        return f"ALTER INDEX {dialect.quote(beside(table, was))} RENAME TO {after};"
    index = next(each for each in schema.table(table).indexes if each.name == name)
    return f"DROP INDEX {before}; {dialect.create_index(schema.table(table), index).sql};"
