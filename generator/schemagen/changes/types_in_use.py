"""Types of PostgreSQL that can't become others, as columns that stay are declared by them ("DROP TYPE")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Diagnostic
from schemagen.schema import types as t
from schemagen.schema.objects import OwnObject
from schemagen.sql.own_statements import added_attributes, made_name, words

from .attached import ChangeAttached, DropAttached
from .type_definitions import AlterType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.spec.source import Sources

    from .diff import Evolution

IN_USE = "SG461"


def types_in_use(evolution: Evolution, sources: Sources) -> Iterator[Diagnostic]:
    """A diagnostic for each column that keeps a type which would be recreated."""
    recreated = dict(_recreated_types(evolution))
    for table in evolution.new.tables:
        was = evolution.moved.get(table.name)
        for column in table.columns:
            before = was.by_name.get(column.name) if was else None
            if before is None or before.type != column.type or not isinstance(column.type, t.Native):
                continue
            for name in sorted(words(column.type.postgres) & recreated.keys()):
                message = f"`{table.name}.{column.name}` is {column.type.postgres}, so type `{name}` {recreated[name]}"
                hint = "give the new one another name, and the column a `backfill` that makes its values"
                origin = column.origin
                span = sources.span(origin, key=True) if origin else None
                yield Diagnostic(IN_USE, message, span, path=origin.dotted() if origin else "", hint=hint)


def _recreated_types(evolution: Evolution) -> Iterator[tuple[str, str]]:
    """The names of types that would be dropped, each with what can't be done to it."""
    for change in evolution.changes:
        match change:
            case AlterType() if change.is_rebuilt:
                yield change.old.name, "can't lose values, or have them in another order"
            case ChangeAttached(OwnObject(kind="type") as old, new) if old.sql.postgres and new.sql.postgres:
                if (
                    old.sql.postgres != new.sql.postgres
                    and added_attributes(old.sql.postgres, new.sql.postgres) is None
                ):
                    yield str(made_name(old.sql.postgres)), "can become no other one: it only takes more attributes"
            case DropAttached(OwnObject(kind="type") as item) if item.sql.postgres:
                yield str(made_name(item.sql.postgres)), "can't go"
