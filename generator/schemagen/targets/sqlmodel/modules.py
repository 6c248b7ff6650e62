"""The target `sqlmodel`: a module a table, with relationships both ways, and the modules that they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemagen.base.escape import one_line
from schemagen.base.render import render as render_template
from schemagen.base.tree import PACKAGE
from schemagen.engines.postgres.domains import create_domain, drop_domain
from schemagen.engines.postgres.enum_types import create_extension, create_schema
from schemagen.engines.postgres.session import BEGIN
from schemagen.schema import types as t
from schemagen.schema.link_tables import is_pure_link
from schemagen.schema.model_names import ModelNames, model_names
from schemagen.schema.owners import SETTING, has_owners
from schemagen.schema.places import local_name, schema_of
from schemagen.schema.relationships import Relationship, relationships
from schemagen.schema.vectors import has_vectors
from schemagen.targets.python_code import INDENT, Call, Code, Named, layout, quoted, tuple_of

from . import api, attached, fixtures, places, queries
from .columns import field, is_refreshed, sa_column
from .constraints import constraints, options, rules
from .docstrings import class_docstring
from .places import is_placed, table_name
from .types import RANDOM_UUID, modules, python_default

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schemagen.schema.model import Column, Schema, Table
    from schemagen.schema.types import Type


def render(schema: Schema, package: str = PACKAGE) -> dict[str, str]:
    """Every file of the package of models, by path; ``package`` is how it is imported."""
    names = model_names(schema)
    links = relationships(schema, names)
    modules_by_class = {model.class_name: model.module for model in names.values()}
    files = {
        "models/__init__.py": render_template(
            "sqlmodel/__init__.py.jinja",
            **_package(schema, list(names.values())),
            has_attached=attached.has_any(schema),
        ),
        "models/_support.py": render_template(
            "sqlmodel/_support.py.jinja",
            own_schema=BEGIN.sql,
            placed=is_placed(schema),
            owned=has_owners(schema.tables),
            setting=SETTING,
            vectors=has_vectors(schema),
        ),
        "models/_types.py": render_template(
            "sqlmodel/_types.py.jinja",
            placed=any(schema_of(type_.name) for type_ in schema.types),
            vectors=has_vectors(schema),
        ),
        "models/py.typed": "",
        **({"models/_changes.py": render_template("sqlmodel/_changes.py.jinja")} if _tracks(schema) else {}),
        **api.render(schema, names),
        **queries.render(schema),
        **({"models/_vectors.py": render_template("sqlmodel/_vectors.py.jinja")} if has_vectors(schema) else {}),
        "models/_rules.py": render_template("sqlmodel/_rules.py.jinja", rules=_rules(schema)),
        **places.render(schema),
        **attached.render(schema),
        **fixtures.render(schema, package),
    }
    for table in schema.tables:
        model = names[table.name]
        if model.is_mapped:
            values = _class(table, model, links[table.name], schema, modules_by_class)
            text = render_template("sqlmodel/model.py.jinja", **values)
        else:
            text = render_template("sqlmodel/table.py.jinja", **_core_table(table, model, schema))
        files[f"models/{model.module}.py"] = text
    return files


def _tracks(schema: Schema) -> bool:
    return any(column.track_changes for table in schema.tables for column in table.columns if table.primary_key)


def _package(schema: Schema, models: Sequence[ModelNames]) -> dict[str, Any]:
    support = ["Base", "make_async_engine", "make_engine", *(["owned_by"] if has_owners(schema.tables) else [])]
    exports = sorted([*support, *(model.export for model in models)], key=_isort_key)
    names = Call("", *map(quoted, exports), brackets="[]")
    return {
        "owned": has_owners(schema.tables),
        "extensions": [
            *[quoted(statement.sql) for name in schema.extensions for statement in create_extension(name)][1::2],
            *(quoted(statement.sql) for domain in schema.domains for statement in create_domain(domain)),
        ],
        "schemas": [quoted(create_schema(name).sql) for name in schema.schemas],
        "leaving": [quoted(drop_domain(domain).sql) for domain in reversed(schema.domains)],
        "types": list(_types_of_no_column(schema)),
        "imports": sorted((model.module, model.export) for model in models),
        "exports": layout(names, before=len("__all__ = ")),
    }


def _types_of_no_column(schema: Schema) -> Iterator[str]:
    """The types that no table makes: ``create_all`` makes them before all tables."""
    used = {column.type.name for table in schema.tables for column in table.columns if isinstance(column.type, t.Enum)}
    for type_ in schema.types:
        if type_.name not in used:
            labels = map(quoted, type_.labels)
            place = [Named("schema", quoted(schema_of(type_.name)))] if schema_of(type_.name) else []
            name = Named("name", quoted(local_name(type_.name)))
            yield layout(Call("sa.Enum", *labels, name, *place, Named("metadata", "Base.metadata")))


def _isort_key(name: str) -> tuple[bool, str]:
    """Classes first, then what is written in lower case."""
    return (name[0].islower(), name)


def _class(
    table: Table, model: ModelNames, links: Sequence[Relationship], schema: Schema, module_of: dict[str, str]
) -> dict[str, Any]:
    fields = [field(column, table, model, schema) for column in table.columns]
    arguments: list[Code] = constraints(table, schema)
    keywords = [Named(quoted(name), value, ": ") for name, value in options(table)]
    if keywords:
        arguments.append(Call("", *keywords, brackets="{}"))
    targets = sorted({link.target for link in links} - {model.class_name}, key=lambda name: module_of[name])
    return {
        "document": one_line(table.document),
        "title": quoted(f"The table {table.name}.")[1:-1],
        "imports": list(_imports(table, links)),
        "targets": [(module_of[name], name) for name in targets],
        "aliases": [alias for _, alias in fields if alias],
        "class_name": model.class_name,
        "docstring": class_docstring(table, schema, indent=INDENT),
        "table_name": layout(table_name(table), before=len(f"{INDENT}__tablename__ = "), indent=INDENT),
        "mapper": _mapper_arguments(table, schema),
        "settings": _settings(table, model),
        "arguments": layout(tuple_of(*arguments), before=len(f"{INDENT}__table_args__ = "), indent=INDENT),
        "fields": [text for text, _ in fields],
        "has_relationships": bool(links),
        "relationships": list(map(_relationship, links)),
        "completion": _completion(table, model.class_name),
        "tracking": _tracking(table, model),
    }


def _rules(schema: Schema) -> str:
    """What no class shows of the tables, by their names."""
    items = (Named(quoted(table.name), rules(table, schema), ": ") for table in schema.tables)
    return layout(Call("", *items, brackets="{}"), before=len("RULES = "))


def _completion(table: Table, subject: str) -> str:
    return layout(Call("db.complete", subject, f"RULES[{quoted(table.name)}]"))


def _tracking(table: Table, model: ModelNames) -> str:
    """The call that watches what is inside of values; empty where no column asks for it."""
    names = [quoted(model.attributes[column.name]) for column in table.columns if column.track_changes]
    return layout(Call("_changes.watch", model.class_name, *names)) if names else ""


def _relationship(link: Relationship) -> str:
    target = quoted(link.target)
    kind = f"list[{target}]" if link.many else f"Optional[{target}]" if link.optional else target
    arguments: list[Code] = []
    if link.back_populates:
        arguments.append(Named("back_populates", quoted(link.back_populates)))
    if link.passive_deletes:
        value = link.passive_deletes
        arguments.append(Named("passive_deletes", quoted(value) if isinstance(value, str) else repr(value)))
    if link.arguments:
        items = [
            Named(quoted(name), quoted(value) if isinstance(value, str) else repr(value), ": ")
            for name, value in link.arguments
        ]
        arguments.append(Named("sa_relationship_kwargs", Call("", *items, brackets="{}")))
    before = f"{INDENT}{link.name}: {kind} = "
    return before + layout(Call("Relationship", *arguments), before=len(before), indent=INDENT)


def _core_table(table: Table, model: ModelNames, schema: Schema) -> dict[str, Any]:
    columns = [sa_column(column, table, schema) for column in table.columns]
    keywords = [Named(name, value) for name, value in options(table)]
    made = Call("sa.Table", table_name(table), "db.Base.metadata", *columns, *constraints(table, schema), *keywords)
    return {
        "document": one_line(table.document),
        "title": class_docstring(table, schema, indent=""),
        "imports": list(_imports_of_authors(table)),
        "name": model.export,
        "table": layout(made, before=len(f"{model.export} = ")),
        "completion": _completion(table, model.export),
    }


# Imports, in the order that isort keeps


def _settings(table: Table, model: ModelNames) -> str:
    """Pydantic's settings of a class, empty where its own are right."""
    settings: list[Code] = []
    if any(name.startswith("model_") for name in model.attributes.values()):
        settings.append(Named(quoted("protected_namespaces"), "()", ": "))
    if any(isinstance(_innermost(column.type), t.Bytea) for column in table.columns):
        settings.append(Named(quoted("ser_json_bytes"), quoted("base64"), ": "))
    return layout(Call("", *settings, brackets="{}"), before=len("    model_config = ")) if settings else ""


def _mapper_arguments(table: Table, schema: Schema) -> str:
    """SQLAlchemy's settings of a mapper, empty where its own are right."""
    settings: list[Code] = []
    if _returns_updates(table, schema):
        settings.append(Named(quoted("eager_defaults"), "True", ": "))
    if is_pure_link(table):  # a row may go with either of two lists that are loaded
        settings.append(Named(quoted("confirm_deleted_rows"), "False", ": "))
    return layout(Call("", *settings, brackets="{}"), before=len("    __mapper_args__ = ")) if settings else ""


def _returns_updates(table: Table, schema: Schema) -> bool:
    """Whether an UPDATE fills columns, which then have to be returned: no attribute may want a statement later."""
    return any(column.generated or is_refreshed(column, table, schema) for column in table.columns)


def _innermost(type_: Type) -> Type:
    return _innermost(type_.element) if isinstance(type_, t.Array) else type_


def _imports(table: Table, links: Sequence[Relationship]) -> Iterator[str]:
    kinds = {type(kind) for column in table.columns for kind in _with_elements(column)}
    if any(issubclass(kind, t.TemporalType) for kind in kinds):
        yield "import datetime as dt"
    yield from _imports_of_authors(table)
    if t.Numeric in kinds:
        yield "from decimal import Decimal"
    typing = {
        "TYPE_CHECKING": any(link.target != table.class_name for link in links),
        "Any": bool(kinds & {t.Json, t.Jsonb}),
        "Literal": t.Enum in kinds,
        "Optional": any(link.optional and not link.many for link in links),
    }
    wanted = [name for name, is_used in typing.items() if is_used]
    if wanted:
        yield f"from typing import {', '.join(wanted)}"
    uuids = ["UUID"] if t.Uuid in kinds else []
    if any(python_default(column) is RANDOM_UUID for column in table.columns):
        uuids.append("uuid4")
    if uuids:
        yield f"from uuid import {', '.join(uuids)}"


def _imports_of_authors(table: Table) -> Iterator[str]:
    """The modules of the Python types that the spec's author named."""
    names = {module for column in table.columns for kind in _with_elements(column) for module in modules(kind)}
    return (f"import {name}" for name in sorted(names))


def _with_elements(column: Column) -> Iterator[Type]:
    yield column.type
    if isinstance(column.type, t.Array):
        yield column.type.element
