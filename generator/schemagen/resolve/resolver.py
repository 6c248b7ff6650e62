"""Spec → model: references, defaults, types, SQL and derived names, with every mistake reported at its place."""

from __future__ import annotations

import keyword
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Origin
from schemagen.base.graph import reachable
from schemagen.schema.annotations import Volume
from schemagen.schema.model import Document, Schema, SqliteOptions, Table
from schemagen.schema.names import is_identifier
from schemagen.schema.naming import Naming
from schemagen.schema.ordering import in_creation_order
from schemagen.schema.triggers import triggers_of
from schemagen.spec.constraint_definition import PrimaryKeySpec
from schemagen.spec.definition import AppendOnlySpec

from .attached import as_tables, resolve_attached
from .column_types import ColumnTypes
from .columns import resolve_columns
from .conflicts import resolve_conflicts
from .context import NAME_TAKEN, Context, Draft, Names
from .database_names import with_database_names
from .examples import resolve_examples
from .full_text import report_kept_names, report_notes
from .indexes import reserve_type_checks, resolve_checks, resolve_indexes
from .keys import IMPOSSIBLE_ACTION, key_columns, resolve_foreign_keys, resolve_primary_key, resolve_uniques
from .named_types import resolve_types
from .null_rules import null_indexes
from .operators import report_incomparable
from .owners import report_beside_owners, resolve_owner
from .partitions import report_keys_across_partitions, report_partition_names, resolve_partition
from .pinned_names import hold_names
from .places import claim_place, in_schema_of_file, namespace_of, place_of, report_place
from .queries import resolve_query
from .virtual_columns import report_virtual_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from schemagen.schema.model import Notes
    from schemagen.schema.objects import View
    from schemagen.schema.query import Query
    from schemagen.schema.scalars import NotesSpec
    from schemagen.spec.definition import SpecFile, TableSpec
    from schemagen.spec.language import ReadSpec
    from schemagen.spec.reporter import Reporter

DUPLICATE_TABLE = "SG201"
RESERVED_NAME = "SG214"
NO_PRIMARY_KEY = "SG215"
BAD_CLASS_NAME = "SG216"
EMPTY_SCHEMA = "SG217"

RESERVED_TABLES = frozenset({"_schemagen_guard", "alembic_version"})
SYSTEM_COLUMNS = frozenset({"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"})
"""Names that PostgreSQL gives every table ("5.6. System Columns")."""


def build_schema(
    specs: Sequence[ReadSpec], reporter: Reporter, held: Schema | None = None, *, incomplete: bool = False
) -> Schema:
    """Resolve all specs into one schema.

    Args:
        specs: the files, in the order that decides ties.
        reporter: where mistakes go; after errors the schema is only good for finding more of them.
        held: the schema of the lock, whose derived names stay as they are.
        incomplete: whether a file is missing because it could not be read.
    """
    drafts = _drafts(specs, reporter)
    extensions = tuple(dict.fromkeys(name for read in specs for name in read.spec.extensions))
    context = Context(drafts, reporter, Names(), incomplete, held, extensions=extensions)
    _claim_written_names(drafts.values(), context)
    context.types.update(resolve_types(specs, context))
    types = ColumnTypes(context)
    tables = {name: _resolve_table(draft, types, context) for name, draft in drafts.items()}
    tables = with_database_names(tables)
    if held is not None:
        tables = hold_names(tables, held, context)
    _report_class_names(tables.values(), reporter)
    _report_trigger_names(tables.values(), reporter)
    ordered = in_creation_order(tables)
    _report_late_triggers(ordered, reporter)
    views, objects = resolve_attached(specs, tables, context)
    report_kept_names(ordered, [*tables, *(view.name for view in views), *(own.name for own in objects)], reporter)
    report_notes(drafts.values(), reporter)
    queries = _resolve_queries(specs, tables, views, context)
    documents = tuple(_document(read) for read in specs if not _has_steps_alone(read.spec))
    stands_alone = any(read.spec.types or read.spec.extensions for read in specs) or views or objects
    if not (tables or stands_alone) and held is None and not incomplete and not reporter.failed:
        _report_empty(specs, reporter)
    domains = tuple(domain.definition for domain in context.domains.values())
    schema = Schema(ordered, queries, documents, tuple(context.types.values()), extensions, views, objects, domains)
    report_beside_owners(schema, context)
    report_partition_names(schema, context.relations.taken, context)
    return schema


def _has_steps_alone(spec: SpecFile) -> bool:
    """Whether a file describes nothing that a document shows."""
    return bool(spec.steps) and not (
        spec.tables or spec.views or spec.objects or spec.queries or spec.notes or spec.description
    )


def _document(read: ReadSpec) -> Document:
    spec = read.spec
    title = spec.title or PurePosixPath(read.name).name.replace("-", " ").replace("_", " ").capitalize()
    return Document(read.name, title, spec.version, spec.description, _notes(spec.notes), Origin(read.file))


def _notes(written: NotesSpec) -> Notes:
    return tuple((key, (texts,) if isinstance(texts, str) else tuple(texts)) for key, texts in written.items())


def _drafts(specs: Sequence[ReadSpec], reporter: Reporter) -> dict[str, Draft]:
    drafts: dict[str, Draft] = {}
    by_lower: dict[str, Origin] = {}
    for read in specs:
        for name, spec in read.spec.tables.items():
            origin = Origin(read.file, ("tables", name))
            first = by_lower.setdefault(name.lower(), origin)
            if first != origin:
                message = f"table `{name}` is described twice"
                hint = "give one of them another name; SQLite ignores case in names"
                reporter.error(
                    DUPLICATE_TABLE, message, origin, key=True, related=[("the first one", first)], hint=hint
                )
                continue
            _report_reserved(name, spec, origin, reporter)
            report_place(spec, read, origin, reporter)
            drafts[name] = Draft(name, _as_in_file(spec, read.spec), read.name, origin, Naming(read.spec.naming))
    return drafts


def _as_in_file(table: TableSpec, file: SpecFile) -> TableSpec:
    """The table with the options of SQLite, and the schema of PostgreSQL, that its file has for all."""
    common, own = file.sqlite, table.sqlite
    if common.model_fields_set:
        options = common.model_copy(update={key: getattr(own, key) for key in own.model_fields_set})
        table = table.model_copy(update={"sqlite": options})
    return in_schema_of_file(table, file)


def _named_at(origin: Origin, name: str | None) -> Origin:
    """Where the name that a database has for a part stands."""
    return origin.child("name") if name else origin


def _report_reserved(key: str, spec: TableSpec, origin: Origin, reporter: Reporter) -> None:
    name = spec.name or key
    if name.lower().startswith(("sqlite_", "pg_")) or name.lower() in RESERVED_TABLES:
        message = f"the table name `{name}` is reserved"
        hint = (
            "names that begin with sqlite_ or pg_ belong to the engines, _schemagen_guard and alembic_version to tools"
        )
        reporter.error(RESERVED_NAME, message, _named_at(origin, spec.name), key=True, hint=hint)
    for column, written in spec.columns.items():
        called = written.name or column
        if called.lower() in SYSTEM_COLUMNS:
            message = f"`{called}` is a system column of PostgreSQL"
            at = _named_at(origin.child("columns", column), written.name)
            reporter.error(RESERVED_NAME, message, at, key=True, hint="choose another name")


def _claim_written_names(drafts: Iterable[Draft], context: Context) -> None:
    """Written names come first: derived ones give way to them, wherever they stand."""
    for draft in drafts:
        context.relations.claim(draft.called, _named_at(draft.origin, draft.spec.name), context.reporter)
        claim_place(draft, context)
    for draft in drafts:
        spec, schema = draft.spec, namespace_of(draft)
        if isinstance(spec.primary_key, PrimaryKeySpec) and spec.primary_key.name:
            at = draft.origin.child("primary_key", "name")
            context.relations.claim(spec.primary_key.name, at, context.reporter, schema)
        for section in ("unique", "indexes", "full_text"):
            for number, written in enumerate(getattr(spec, section)):
                if written.name:
                    at = draft.origin.child(section, number, "name")
                    context.relations.claim(written.name, at, context.reporter, schema)


def _resolve_table(draft: Draft, types: ColumnTypes, context: Context) -> Table:
    spec = draft.spec
    by_name = types.of_table(draft)
    names = context.constraints[draft.name] = _constraint_names(draft, context)
    columns = resolve_columns(draft, by_name, key_columns(draft), context)
    primary_key = resolve_primary_key(draft, context)
    report_incomparable(draft, by_name, context)
    if primary_key is None and not key_columns(draft) and not context.reporter.is_damaged_inside(draft.origin):
        context.reporter.warning(
            NO_PRIMARY_KEY,
            f"table `{draft.name}` has no primary key",
            draft.origin,
            key=True,
            hint="its rows can't be distinguished; the models have it as a plain Table, not as a class",
        )
    uniques, indexes = resolve_uniques(draft, names, context), resolve_indexes(draft, by_name, context)
    table = Table(
        name=draft.called,
        spec_key=draft.name if draft.called != draft.name else None,
        columns=columns,
        primary_key=primary_key,
        uniques=uniques,
        foreign_keys=resolve_foreign_keys(draft, types, names, context),
        checks=resolve_checks(draft, by_name, names, context),
        indexes=(*indexes, *null_indexes(draft, columns, uniques, indexes, context)),
        append_only=bool(spec.append_only),
        keeps_rows=isinstance(spec.append_only, AppendOnlySpec),
        description=spec.description,
        group=spec.group,
        team=spec.team,
        tags=tuple(spec.tags),
        examples=resolve_examples(draft, columns, context),
        volume=Volume(spec.volume.rows, spec.volume.growth_per_month) if spec.volume else None,
        notes=_notes(spec.notes),
        class_name=spec.class_name or default_class_name(draft.name),
        renamed_from=spec.renamed_from,
        sqlite=SqliteOptions(
            spec.sqlite.strict, spec.sqlite.without_rowid, spec.sqlite.parity, resolve_conflicts(draft, context)
        ),
        postgres=place_of(draft),
        document=draft.document,
        origin=draft.origin,
        partition=resolve_partition(draft, by_name, context),
        owner=resolve_owner(draft, by_name, context),
    )
    report_virtual_columns(table, context)
    report_keys_across_partitions(table, context)
    return table


def _constraint_names(draft: Draft, context: Context) -> Names:
    """The constraint names of one table, with those that were written already taken."""
    names = Names(hint="the constraints of a table have names of their own; SQLite ignores case")
    spec = draft.spec
    for section in ("foreign_keys", "unique"):
        for number, key in enumerate(getattr(spec, section)):
            if key.name:
                names.claim(key.name, draft.origin.child(section, number, "name"), context.reporter)
    for column, written in spec.columns.items():
        if written.foreign_key_name:
            at = draft.origin.child("columns", column, "foreign_key_name")
            names.claim(written.foreign_key_name, at, context.reporter)
    for name, check in spec.checks.items():
        if check.name:
            names.claim(check.name, draft.origin.child("checks", name, "name"), context.reporter)
    reserve_type_checks(draft, names)
    return names


def default_class_name(table: str) -> str:
    """The class of a table: singular PascalCase (``conversation_agents`` → ``ConversationAgent``)."""
    import inflection  # only a build needs it

    head, _, last = table.rpartition("_")
    singular = inflection.singularize(last) or last
    name = inflection.camelize(f"{head}_{singular}" if head else singular).replace("_", "")
    if not is_identifier(name) or keyword.iskeyword(name):
        name = f"{name}_" if name and not name[0].isdigit() else f"Table{name}"
    return name


def _report_class_names(tables: Iterable[Table], reporter: Reporter) -> None:
    import inflection

    seen: dict[str, Table] = {}
    for table in tables:
        if table.origin is None:
            continue
        if keyword.iskeyword(table.class_name):
            message = f"`{table.class_name}` is a word of Python and can't name a class"
            reporter.error(BAD_CLASS_NAME, message, table.origin.child("class_name"))
        first = seen.setdefault(inflection.underscore(table.class_name), table)
        if first is not table and first.origin:
            message = f"`{table.name}` and `{first.name}` both become the class `{table.class_name}`"
            reporter.error(
                BAD_CLASS_NAME,
                message,
                table.origin,
                key=True,
                related=[("the other table", first.origin)],
                hint="give one of them a `class_name`",
            )


def _report_late_triggers(ordered: Sequence[Table], reporter: Reporter) -> None:
    """Report SET NULL of some columns where the parent, on which SQLite's trigger stands, comes after the child."""
    made: set[str] = set()
    for table in ordered:
        made.add(table.name)
        for key in table.enforced_foreign_keys:
            if key.set_null and key.parent not in made and key.origin:
                message = f"`{table.name}` and `{key.parent}` refer to each other, so SQLite can't empty some columns"
                hint = "write another `on_delete`, or make one of the references `enforced: false`"
                reporter.error(IMPOSSIBLE_ACTION, message, key.origin.child("on_delete"), hint=hint)


def _report_trigger_names(tables: Iterable[Table], reporter: Reporter) -> None:
    """PostgreSQL keeps the functions of triggers in one namespace, so their names must differ across tables."""
    seen: dict[str, Table] = {}
    for table in tables:
        for trigger in triggers_of(table):
            first = seen.setdefault(trigger.name.lower(), table)
            if first is not table and table.origin and first.origin:
                message = f"`{table.name}` and `{first.name}` would both have a trigger `{trigger.name}`"
                reporter.error(NAME_TAKEN, message, table.origin, key=True, related=[("the other table", first.origin)])


def _resolve_queries(
    specs: Sequence[ReadSpec], tables: dict[str, Table], views: Sequence[View], context: Context
) -> tuple[Query, ...]:
    found: list[Query] = []
    readable = {**as_tables(views), **tables}
    beneath = {view.name: view.needs for view in views}
    first: dict[str, Origin] = {}
    for read in specs:
        for name, written in read.spec.queries.items():
            origin = Origin(read.file, ("queries", name))
            if first.setdefault(name, origin) != origin:
                message = f"query `{name}` is described twice"
                related = [("the first one", first[name])]
                context.reporter.error(DUPLICATE_TABLE, message, origin, key=True, related=related)
                continue
            query = resolve_query(name, written, readable, read.name, origin, context)
            if query:
                read_tables = reachable(query.tables, lambda each: beneath.get(each, ()))
                found.append(
                    replace(query, tables=tuple(each for each in tables if each in read_tables))
                    if read_tables & beneath.keys()
                    else query
                )
    return tuple(found)


def _report_empty(specs: Sequence[ReadSpec], reporter: Reporter) -> None:
    if specs:
        hint = "a table is a name and its columns: `tables: {users: {columns: {…}}}`"
        reporter.error(EMPTY_SCHEMA, "no spec describes a table", Origin(specs[0].file), hint=hint)
