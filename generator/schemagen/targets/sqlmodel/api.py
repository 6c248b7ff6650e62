"""What requests bring and what is answered: a Create, an Update and a Public class a table, which validate."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from schemagen.base.escape import one_line
from schemagen.base.render import render as render_template
from schemagen.engines.sqlite.types import is_numbered
from schemagen.schema import types as t
from schemagen.schema.model import LiteralDefault
from schemagen.schema.vectors import has_vectors
from schemagen.sql.bounds import bounds
from schemagen.targets.python_code import INDENT, WIDTH, Call, Code, Named, flat, layout, quoted

from .docstrings import laid_out, summary
from .types import annotation, json_literal, limits, modules, python_default

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from schemagen.schema.model import Column, Schema, Table
    from schemagen.schema.model_names import ModelNames
    from schemagen.sql.bounds import Literal

_CHECKED = (
    t.SmallInt, t.Integer, t.BigInt, t.Real, t.Double, t.Time, t.Timestamp, t.TimestampTz, t.Json, t.Jsonb, t.Bytea,
    t.Text, t.Varchar, t.Char, t.Vector,
)  # fmt: skip
"""Types for which pydantic's own would take what an engine refuses; ``_base`` has one of the same name."""

_BASE_NAMES: dict[type[t.Type], str] = {t.Varchar: "Text", t.Char: "Text", t.Jsonb: "Json", t.Bytea: "Bytes"}

_TEXTS = (t.Text, t.Varchar)
_TIGHTER = {"ge": max, "gt": max, "min_length": max, "le": min, "lt": min, "max_length": min}


_LITERAL_OR_NAME = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|(?<![\w.])([^\W\d]\w*)')
"""A literal of one line, or a word that is not an attribute."""


@dataclass(frozen=True, slots=True)
class ApiClass:
    """One class of a module, ready for its template."""

    name: str
    base: str
    docstring: str
    fields: tuple[str, ...]


def render(schema: Schema, names: dict[str, ModelNames]) -> dict[str, str]:
    """Every file of the package of request and answer classes, by path."""
    files = {
        "models/api/_base.py": render_template("api/_base.py.jinja", vectors=has_vectors(schema)),
        "models/api/handlers.py": render_template("api/handlers.py.jinja"),
    }
    exports: dict[str, list[str]] = {}
    for table in schema.tables:
        model = names[table.name]
        classes = tuple(_classes(table, model))
        exports[model.module] = sorted(made.name for made in classes)
        files[f"models/api/{model.module}.py"] = render_template(
            "api/module.py.jinja",
            document=one_line(table.document),
            title=quoted(f"Requests and answers of the table {table.name}.")[1:-1],
            imports=list(_imports(table, [field for made in classes for field in made.fields])),
            classes=classes,
        )
    files["models/api/__init__.py"] = render_template("api/__init__.py.jinja", **_package(exports))
    return files


def _package(exports: dict[str, list[str]]) -> dict[str, object]:
    names = sorted(["Answer", "Body", *(name for found in exports.values() for name in found)])
    return {
        "imports": [_import_of(module, found) for module, found in sorted(exports.items())],
        "exports": layout(Call("", *map(quoted, names), brackets="[]"), before=len("__all__ = ")),
    }


def _import_of(module: str, names: Sequence[str]) -> str:
    line = f"from .{module} import {', '.join(names)}"
    return line if len(line) <= WIDTH else layout(Call(f"from .{module} import ", *names), before=WIDTH)


def _classes(table: Table, model: ModelNames) -> Iterator[ApiClass]:
    created = [column for column in table.columns if _is_written(column, table)]
    changed = [column for column in created if _is_changed(column, table)]
    row = laid_out(summary(table), indent=INDENT)
    fields = tuple(_create_field(column, table, model) for column in created)
    yield ApiClass(f"{table.class_name}Create", "Body", row, fields)
    if changed:
        changes = laid_out(f"What may change of a row of {table.name}; what is left out stays.", indent=INDENT)
        fields = tuple(_update_field(column, table, model) for column in changed)
        yield ApiClass(f"{table.class_name}Update", "Body", changes, fields)
    shown = [column for column in table.columns if column.api is None or column.api.read]
    yield ApiClass(f"{table.class_name}Public", "Answer", row, tuple(_public_field(column, model) for column in shown))


def _is_written(column: Column, table: Table) -> bool:
    """Whether a request brings the column: what the database fills is left to it unless the spec asks otherwise."""
    if column.api is not None and column.api.write is not None:
        return column.api.write
    is_filled = column.generated or column.identity or column.on_row_update or _is_sql_default(column)
    return not is_filled or is_numbered(column, table)


def _is_sql_default(column: Column) -> bool:
    return column.default is not None and not isinstance(column.default, LiteralDefault)


def _is_changed(column: Column, table: Table) -> bool:
    key = table.primary_key
    return key is not None and not (table.append_only or column.immutable or column.name in key.columns)


def _create_field(column: Column, table: Table, model: ModelNames) -> str:
    kind, default = _body_type(column, table), _default(column)
    if default is not None:
        text = _field(column, kind, default, model)
        if "\n" not in text and len(text) <= WIDTH:
            return text  # a longer default is left to the table's class
    if column.nullable:
        return _field(column, kind, "None", model)
    is_filled = column.default or column.identity or column.on_row_update or is_numbered(column, table)
    return _field(column, kind, "api.UNSET" if is_filled else None, model)


def _default(column: Column) -> str | None:
    """A default that pydantic copies for each body; None for one that the database or the table's class has to give."""
    default = python_default(column)
    if isinstance(column.default, LiteralDefault) and isinstance(column.default.value, (list, dict)):
        return json_literal(column.default.value)
    return flat(default.value) if default is not None and default.name == "default=" else None


def _update_field(column: Column, table: Table, model: ModelNames) -> str:
    return _field(column, _body_type(column, table), "None" if column.nullable else "api.UNSET", model)


def _public_field(column: Column, model: ModelNames) -> str:
    return _field(column, _answered(column.type), None, model)


def _field(column: Column, kind: Code, value: str | None, model: ModelNames) -> str:
    name = model.attributes[column.name]
    optional = " | None" if column.nullable else ""
    if name != column.key:
        whole = Call("Annotated", flat(kind) + optional, Call("api.named", quoted(column.key)), brackets="[]")
        kind, optional = whole, ""
    before, after = f"{INDENT}{name}: ", optional + (f" = {value}" if value is not None else "")
    return before + layout(kind, before=len(before), after=len(after), indent=INDENT) + after


def _answered(type_: t.Type) -> Code:
    match type_:
        case t.Bytea():
            return "api.Bytes"
        case t.Array(element):
            return Call("list", _answered(element), brackets="[]")
    return annotation(type_)


def _checked(type_: t.Type, constraints: Mapping[str, Literal]) -> Code:
    """The annotation that takes what a column of a type holds."""
    match type_:
        case t.Array(element):
            return Call("list", _checked(element, _limits(element)), brackets="[]")
        case t.Native(python="str"):
            kind: Code = "api.Text"
        case _ if isinstance(type_, _CHECKED):
            kind = f"api.{_BASE_NAMES.get(type(type_), type(type_).__name__)}"
        case _:
            kind = annotation(type_)
    if not constraints:
        return kind
    field = Call("Field", *(Named(name, _literal(value)) for name, value in constraints.items()))
    if kind == "api.Text":  # pydantic speaks of characters where a limit stands beside str
        return Call("Annotated", "str", field, "api.CLEAN", brackets="[]")
    return Call("Annotated", kind, field, brackets="[]")


def _body_type(column: Column, table: Table) -> Code:
    found = _limits(column.type)
    if isinstance(column.type, t.Vector):
        found |= dict.fromkeys(("min_length", "max_length"), column.type.dimensions)
    for kind, value in _of_checks(column, table):
        if isinstance(value, tuple):
            return Call("Literal", *map(_literal, value), brackets="[]")
        tighter = _TIGHTER[kind]
        found[kind] = tighter(found[kind], value) if kind in found else value
    return _checked(column.type, found)


def _limits(type_: t.Type) -> dict[str, Any]:
    return {each.name.removesuffix("="): int(flat(each.value)) for each in limits(type_)}


def _of_checks(column: Column, table: Table) -> Iterator[tuple[str, Literal | tuple[Literal, ...]]]:
    """What the table's checks say of a column, as far as pydantic can say it of the column's type."""
    said = (bound for check in table.checks for bound in bounds(check) if bound.column == column.name)
    for bound in sorted(said, key=lambda bound: (bound.kind != "values", bound.kind, str(bound.values))):
        value = bound.values[0]
        if bound.kind == "values":
            if isinstance(column.type, _TEXTS if isinstance(value, str) else t.IntegerType):
                yield bound.kind, bound.values
        elif bound.kind.endswith("_length"):
            if isinstance(column.type, _TEXTS):
                yield bound.kind, value
        elif isinstance(column.type, t.Numeric) or (
            isinstance(value, int) and isinstance(column.type, (t.IntegerType, t.FloatType))
        ):
            yield bound.kind, value


def _literal(value: Literal) -> str:
    if isinstance(value, str):
        return quoted(value)
    return f'Decimal("{value}")' if isinstance(value, Decimal) else str(value)


def _imports(table: Table, fields: Sequence[str]) -> Iterator[str]:
    """The imports of a module, in the order that isort keeps: those that its fields name."""
    used = {match[1] for each in fields for match in _LITERAL_OR_NAME.finditer(each)}
    if "dt" in used:
        yield "import datetime as dt"
    yield from (f"import {name}" for name in sorted({name for each in table.columns for name in modules(each.type)}))
    if "Decimal" in used:
        yield "from decimal import Decimal"
    typing = [name for name in ("Annotated", "Any", "Literal") if name in used]
    if typing:
        yield f"from typing import {', '.join(typing)}"
    if "UUID" in used:
        yield "from uuid import UUID"
    if "Field" in used:
        yield from ("", "from pydantic import Field")
