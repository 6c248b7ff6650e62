"""Names of tables and indexes that PostgreSQL has elsewhere than SQLite, and the module that tells the engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.render import render as render_template
from schemagen.schema.places import PlacedName
from schemagen.targets.python_code import Call, Code, Named, layout, quoted

from .columns import needs_quotes

if TYPE_CHECKING:
    from schemagen.schema.model import Schema, Table


def is_placed(schema: Schema) -> bool:
    """Whether PostgreSQL has a table or an index elsewhere than SQLite."""
    names = (*(name for table in schema.tables for name in _names(table)), *(view.name for view in schema.views))
    return any(isinstance(name, PlacedName) for name in names)


def _names(table: Table) -> tuple[str, ...]:
    return (table.name, *(index.name for index in table.indexes))


def render(schema: Schema) -> dict[str, str]:
    """The module, by its path; nothing where all tables are where they are on SQLite."""
    if not is_placed(schema):
        return {}
    schemas = layout(Call("", *map(quoted, schema.schemas), brackets="[]"), before=len("SCHEMAS = "))
    return {"models/_places.py": render_template("sqlmodel/_places.py.jinja", schemas=schemas)}


def table_name(table: Table) -> Code:
    """The name of a table."""
    return name_of(table.name)


def name_of(name: str) -> Code:
    """A name, with its place where it has one."""
    if not isinstance(name, PlacedName):
        return quoted(name)
    schema = [Named("schema", quoted(name.schema))] if name.schema else []
    local = [Named("local", quoted(name.local))] if name.local != name else []
    quote = ["quote=True"] if needs_quotes(str(name)) or needs_quotes(name.local) else []
    return Call("db.placed", quoted(name), *schema, *local, *quote)
