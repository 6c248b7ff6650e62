"""Where PostgreSQL has each table: read from the specs, and refused where it has nothing of that name to give."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from schemagen.base.diagnostics import Origin
from schemagen.schema.places import USUAL_SCHEMA, Place

if TYPE_CHECKING:
    from schemagen.spec.definition import SpecFile, TableSpec
    from schemagen.spec.language import ReadSpec
    from schemagen.spec.named_types import TypeSpec
    from schemagen.spec.object_definition import ViewSpec
    from schemagen.spec.place_definition import FilePostgresSpec, PostgresSpec
    from schemagen.spec.reporter import Reporter

    from .context import Context, Draft

Placed = TypeVar("Placed", "TableSpec", "ViewSpec")

RESERVED_NAME = "SG214"

_SYSTEM_SCHEMAS = frozenset({"information_schema"})


def in_schema_of_file(table: Placed, file: SpecFile) -> Placed:
    """The table or view in the schema that its file has for all, unless it names one itself."""
    common, own = file.postgres.schema_, table.postgres
    if common is None or own.schema_ is not None:
        return table
    return table.model_copy(update={"postgres": own.model_copy(update={"schema_": common})})


def place_of(draft: Draft) -> Place:
    """The schema and the name of a table on PostgreSQL, as far as they are not the usual ones."""
    return place(draft.called, draft.spec.postgres)


def place(called: str, written: PostgresSpec) -> Place:
    """The same of what SQLite calls so."""
    name = written.name or ""
    return Place(written.schema_ or "", "" if name == called else name)


def namespace_of(draft: Draft) -> str:
    """The schema in which PostgreSQL keeps the names of a table's indexes and keys apart; empty for the usual one."""
    return _namespace(place_of(draft))


def _namespace(there: Place) -> str:
    return "" if there.schema == USUAL_SCHEMA else there.schema


def claim_place(draft: Draft, context: Context) -> None:
    """Take the name that PostgreSQL has for a table, where it is not SQLite's."""
    _claim(draft.called, draft.spec.postgres, draft.origin, context)


def claim_view(name: str, spec: ViewSpec, read: ReadSpec, context: Context) -> None:
    """Take the name that PostgreSQL has for a view, where it is not SQLite's."""
    origin = Origin(read.file, ("views", name))
    _report_schema(spec.postgres, origin.child("postgres", "schema"), context.reporter)
    _claim(name, in_schema_of_file(spec, read.spec).postgres, origin, context)


def claim_type(name: str, spec: TypeSpec, origin: Origin, context: Context) -> None:
    """The same of a named type."""
    _report_schema(spec.postgres, origin.child("postgres", "schema"), context.reporter)
    _claim(name, spec.postgres, origin, context)


def _claim(called: str, written: PostgresSpec, origin: Origin, context: Context) -> None:
    there = place(called, written)
    if _namespace(there) or there.name:
        at = origin.child("postgres", "name") if there.name else origin
        context.relations.claim(there.name or called, at, context.reporter, _namespace(there))


def report_place(spec: TableSpec, read: ReadSpec, origin: Origin, reporter: Reporter) -> None:
    """Refuse the schemas of PostgreSQL's own."""
    _report_schema(spec.postgres, origin.child("postgres", "schema"), reporter)
    if next(iter(read.spec.tables)) == origin.path[-1]:
        _report_schema(read.spec.postgres, Origin(read.file, ("postgres", "schema")), reporter)


def _report_schema(written: FilePostgresSpec, at: Origin, reporter: Reporter) -> None:
    schema = (written.schema_ or "").lower()
    if schema.startswith("pg_") or schema in _SYSTEM_SCHEMAS:
        hint = "pg_… and information_schema belong to PostgreSQL: choose another schema"
        reporter.error(RESERVED_NAME, f"the schema name `{written.schema_}` is reserved", at, hint=hint)
