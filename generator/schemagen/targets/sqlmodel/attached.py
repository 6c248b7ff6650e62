"""Views as read-only tables, and what ``create_all`` runs to make them and the objects of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.base.escape import one_line
from schemagen.base.render import render as render_template
from schemagen.changes.attached import tables_of
from schemagen.engines.attached import creation, removal
from schemagen.engines.dialects import POSTGRES, SQLITE
from schemagen.schema import types as t
from schemagen.schema.model_names import attribute
from schemagen.schema.places import PlacedName
from schemagen.schema.rule_state import RuleState
from schemagen.sql.own_statements import made_name
from schemagen.targets.python_code import Call, Named, Text, layout, quoted

from .places import name_of
from .types import modules, sql_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from schemagen.changes.migration import Statement
    from schemagen.schema.model import Schema, Table
    from schemagen.schema.objects import Attached, View
    from schemagen.schema.query import ResultColumn


def render(schema: Schema) -> dict[str, str]:
    """The modules of views and objects: path → text; none where there are none."""
    files: dict[str, str] = {}
    if schema.views:
        files["models/views.py"] = render_template("sqlmodel/views.py.jinja", **_views(schema.views))
    if has_any(schema):
        calls = [_attach(item, schema) for item in schema.attached]
        calls += [_attach_rule(rule) for table in schema.tables for rule in _rules_of(table)]
        files["models/_attached.py"] = render_template("sqlmodel/attached.py.jinja", calls=calls)
    return files


def has_any(schema: Schema) -> bool:
    """Whether something is made beside the tables: views, objects, and rules that PostgreSQL keeps in a state."""
    return bool(schema.attached) or any(True for table in schema.tables for _ in _rules_of(table))


@dataclass(frozen=True)
class _Rule:
    """A check or a key that is not for every row: what CREATE TABLE of the models cannot say."""

    table: Table
    name: str
    clause: str
    tables: tuple[str, ...]


def _rules_of(table: Table) -> Iterator[_Rule]:
    for check in POSTGRES.checks(table):
        if check.state is not RuleState.VALID:
            yield _Rule(table, check.name, POSTGRES.check_clause(check), (table.name,))
    for key in POSTGRES.foreign_keys(table):
        if not key.enforced:
            both = tuple(dict.fromkeys((table.name, key.parent)))
            yield _Rule(table, key.name, POSTGRES.foreign_key_clause(key), both)


def _attach_rule(rule: _Rule) -> str:
    drop = (
        f"ALTER TABLE IF EXISTS {POSTGRES.quote(rule.table.name)} DROP CONSTRAINT IF EXISTS {POSTGRES.quote(rule.name)}"
    )
    made = Call(
        "db.attach",
        quoted(f"constraint {rule.name}"),
        "first=False",
        Named("tables", Call("", *map(quoted, rule.tables), brackets="[]")),
        "sqlite=[]",
        Named("postgres", Call("", Text(POSTGRES.add_missing(rule.table, rule.name, rule.clause)), brackets="[]")),
        "drop_sqlite=[]",
        Named("drop_postgres", Call("", Text(drop), brackets="[]")),
        Named("part", quoted(rule.name)),
    )
    return layout(made)


def _views(views: Sequence[View]) -> dict[str, object]:
    tables = []
    names: set[str] = set()
    for view in views:
        name = attribute(view.name, names, {"metadata", "sa", "types"})
        names.add(name)
        made = Call("sa.Table", name_of(view.name), "metadata", *map(_column, view.columns))
        tables.append((one_line(view.description), f"{name} = {layout(made, before=len(name) + 3)}"))
    kinds = {module for view in views for column in view.columns for module in modules(column.type)}
    placed = any(isinstance(view.name, PlacedName) for view in views)
    return {"tables": tables, "imports": sorted(kinds), "placed": placed}


def _column(column: ResultColumn) -> Call:
    """A column, of a type that says nothing where only the engines know it."""
    unknown = isinstance(column.type, t.Native) and not column.type.postgres
    type_ = "sa.types.NullType()" if unknown else sql_type(column.type)
    return Call("sa.Column", quoted(column.name), type_, f"nullable={column.nullable}")


def _attach(item: Attached, schema: Schema) -> str:
    arguments = [quoted(f"{item.kind} {item.name}")]
    is_early = item.name in schema.early
    needed = Call("", *map(quoted, sorted(tables_of([item], schema))), brackets="[]")
    made = Call(
        "db.attach",
        *arguments,
        Named("first", str(is_early)),
        Named("tables", needed),
        Named("sqlite", _texts(creation(SQLITE, item))),
        Named("postgres", _texts(creation(POSTGRES, item))),
        Named("drop_sqlite", _texts(removal(SQLITE, item))),
        Named("drop_postgres", _texts(removal(POSTGRES, item))),
        *([Named("part", quoted(part))] if (part := _part(item)) else []),
    )
    return layout(made)


def _part(item: Attached) -> str:
    """The name of a constraint or an index, which Alembic would find in the database alone."""
    text = item.sql.postgres if item.kind in {"constraint", "index"} else None
    return (text and made_name(text)) or ""


def _texts(statements: Iterable[Statement]) -> Call:
    return Call("", *(Text(statement.sql) for statement in statements), brackets="[]")
