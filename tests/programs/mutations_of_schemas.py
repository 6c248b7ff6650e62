"""Rules of the mutation test for schemas: all artefacts are made from one with a thing changed, and agree with it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from programs.mutant import PER_RULE, Mutant
from schemagen.migrations.first_build import first_build
from schemagen.project.output import render
from schemagen.schema import types as t
from schemagen.schema.dialect import Sql
from schemagen.schema.model import Action, Column, Example, LiteralDefault, Schema, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from schemagen.schema.index import Index


def _columns(change: Callable[[Column, Table], Column | None]) -> Callable[[Table], Iterator[Table]]:
    def tables(table: Table) -> Iterator[Table]:
        for number, column in enumerate(table.columns):
            changed = change(column, table)
            if changed is not None and changed != column:
                yield replace(table, columns=(*table.columns[:number], changed, *table.columns[number + 1 :]))

    return tables


def _each(field: str, change: Callable[[Any], object | None]) -> Callable[[Table], Iterator[Table]]:
    """Change one of the parts of a table, or drop it where the change gives None."""

    def tables(table: Table) -> Iterator[Table]:
        parts = getattr(table, field)
        for number, part in enumerate(parts):
            changed = change(part)
            if changed != part:
                kept = () if changed is None else (changed,)
                others: dict[str, Any] = {field: (*parts[:number], *kept, *parts[number + 1 :])}
                yield replace(table, **others)

    return tables


def _nullable(column: Column, table: Table) -> Column | None:
    keys = table.primary_key.columns if table.primary_key else ()
    return None if column.name in keys or column.identity else replace(column, nullable=not column.nullable)


def _other_type(column: Column, table: Table) -> Column | None:
    bound = {name for key in table.foreign_keys for name in key.columns}
    if column.name in bound or (table.primary_key and column.name in table.primary_key.columns):
        return None
    other = _OTHER_TYPES.get(type(column.type))
    return replace(column, type=other(column.type), default=None) if other else None


_OTHER_TYPES: dict[type[t.Type], Callable[[Any], t.Type]] = {
    t.Varchar: lambda type_: t.Varchar((type_.length or 100) - 1),
    t.Text: lambda type_: t.Text((type_.max_length or 100) + 1),
    t.Enum: lambda type_: t.Enum((*type_.values, "other")),
    t.Integer: lambda _: t.BigInt(),
    t.Jsonb: lambda _: t.Json(),
    t.TimestampTz: lambda _: t.Timestamp(),
    t.Boolean: lambda _: t.SmallInt(),
}


def _fewer_values(column: Column, _: Table) -> Column | None:
    if isinstance(column.type, t.Enum) and not isinstance(column.default, LiteralDefault):
        return replace(column, type=t.Enum(column.type.values[:-1]))
    return None


def _reversed_index(index: Index) -> Index:
    return replace(index, elements=tuple(reversed(index.elements)))


def _turned(index: Index) -> Index:
    last = index.elements[-1]
    return replace(index, elements=(*index.elements[:-1], replace(last, descending=not last.descending)))


def _negated(sql: Sql) -> Sql:
    return Sql(*(None if text is None else f"NOT ({text})" for text in (sql.postgres, sql.sqlite)))


def _without_a_column(table: Table) -> Iterator[Table]:
    used = {name for index in table.indexes for name in index.columns}
    used |= {name for key in table.foreign_keys for name in key.columns}
    used |= {name for unique in table.uniques for name in unique.columns}
    used |= set(table.primary_key.columns if table.primary_key else ())
    texts = " ".join(check.sql.postgres or "" for check in table.checks)
    texts += " ".join(column.generated.postgres or "" for column in table.columns if column.generated)
    for column in table.columns:
        if column.name not in used and column.name not in texts and column.on_row_update is None:
            yield replace(
                table,
                columns=tuple(other for other in table.columns if other is not column),
                examples=tuple(_without_a_value(example, column) for example in table.examples),
            )


def _without_a_value(example: Example, column: Column) -> Example:
    return replace(example, values=tuple(value for value in example.values if value[0] != column.name))


SCHEMA_RULES: dict[str, Callable[[Table], Iterator[Table]]] = {
    "cascade lost": _each("foreign_keys", lambda key: replace(key, on_delete=Action.NO_ACTION)),
    "delete cascades": _each(
        "foreign_keys", lambda key: replace(key, on_delete=Action.CASCADE) if key.enforced else key
    ),
    "update action": _each("foreign_keys", lambda key: replace(key, on_update=Action.CASCADE) if key.enforced else key),
    "update action lost": _each("foreign_keys", lambda key: replace(key, on_update=Action.NO_ACTION)),
    "update restricted": _each(
        "foreign_keys", lambda key: replace(key, on_update=Action.RESTRICT) if key.enforced else key
    ),
    "foreign key lost": _each("foreign_keys", lambda _: None),
    "foreign key not enforced": _each("foreign_keys", lambda key: replace(key, enforced=False)),
    "touch lost": _each("foreign_keys", lambda key: replace(key, touch=None)),
    "nullable flipped": _columns(_nullable),
    "type changed": _columns(_other_type),
    "enum value lost": _columns(_fewer_values),
    "default lost": _columns(lambda column, _: replace(column, default=None)),
    "immutable lost": _columns(lambda column, _: replace(column, immutable=False)),
    "row update lost": _columns(lambda column, _: replace(column, on_row_update=None)),
    "generated lost": _columns(lambda column, _: replace(column, generated=None)),
    "identity lost": _columns(lambda column, _: replace(column, identity=False)),
    "unique lost": _each("uniques", lambda _: None),
    "check lost": _each("checks", lambda _: None),
    "check negated": _each("checks", lambda check: replace(check, sql=_negated(check.sql))),
    "index lost": _each("indexes", lambda _: None),
    "index columns swapped": _each("indexes", _reversed_index),
    "index direction": _each("indexes", _turned),
    "index unique": _each("indexes", lambda index: replace(index, unique=not index.unique)),
    "predicate lost": _each("indexes", lambda index: replace(index, where=None)),
    "append-only lost": lambda table: iter([replace(table, append_only=False)] if table.append_only else []),
    "deletes accepted": lambda table: iter([replace(table, keeps_rows=False)] if table.keeps_rows else []),
    "column lost": _without_a_column,
}


def of_schema(schema: Schema, random: Random) -> Iterator[Mutant]:
    """Outputs of schemas that differ in one thing; their documents are those of the spec."""
    for kind, change in SCHEMA_RULES.items():
        changed = [
            (table, other)
            for table in schema.tables
            for other in change(table)
            if other != table and _has_what_is_touched(schema, other)
        ]
        for table, other in random.sample(changed, min(PER_RULE, len(changed))):
            tables = tuple(other if one is table else one for one in schema.tables)
            mutated = replace(schema, tables=tables)
            files = {
                path: text
                for path, text in render(mutated, None, first_build(mutated)).items()
                if not path.endswith(".md")
            }
            yield Mutant(kind, "every artefact", f"{table.name}", files)


def _has_what_is_touched(schema: Schema, table: Table) -> bool:
    return all(key.touch in table.by_name for _, key in schema.children(table.name) if key.touch)
