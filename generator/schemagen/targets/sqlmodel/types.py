"""What a column type is in a model: its annotation, its SQLAlchemy type, and its values as Python."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from schemagen.engines.dialects import SQLITE
from schemagen.engines.sqlite.types import keeps_own_form
from schemagen.schema import types as t
from schemagen.schema.model import LiteralDefault
from schemagen.schema.places import local_name, schema_of
from schemagen.targets.python_code import Call, Code, Named, quoted

if TYPE_CHECKING:
    from schemagen.schema.model import Column, Schema, Table, Value

_ANNOTATIONS: dict[type[t.Type], str] = {
    t.Uuid: "UUID",
    t.Text: "str",
    t.Varchar: "str",
    t.Char: "str",
    t.SmallInt: "int",
    t.Integer: "int",
    t.BigInt: "int",
    t.Numeric: "Decimal",
    t.Real: "float",
    t.Double: "float",
    t.Boolean: "bool",
    t.Date: "dt.date",
    t.Time: "dt.time",
    t.Timestamp: "dt.datetime",
    t.TimestampTz: "dt.datetime",
    t.Interval: "dt.timedelta",
    t.Json: "Any",
    t.Jsonb: "Any",
    t.Bytea: "bytes",
}

_DOTTED_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
_RANDOM_UUIDS = frozenset({"gen_random_uuid()", "uuidv4()"})
RANDOM_UUID = Named("default_factory", "uuid4")
"""What Python gives in place of a random UUID of the database."""

_WITHOUT_MODULE = frozenset({"str", "int", "float", "bool", "bytes", "dict", "list"})


def annotation(type_: t.Type) -> Code:
    """The annotation of a field that is never NULL."""
    match type_:
        case t.Enum(values):
            return Call("Literal", *map(quoted, values), brackets="[]")
        case t.Array(element):
            return Call("list", annotation(element), brackets="[]")
        case t.Vector():
            return Call("list", "float", brackets="[]")
        case t.Native():
            return _python_name(type_)
    return _ANNOTATIONS[type(type_)]


def modules(type_: t.Type) -> frozenset[str]:
    """The modules that an annotation of the spec's author needs."""
    if not isinstance(type_, t.Native):
        return frozenset()
    return frozenset({_python_name(type_).rpartition(".")[0]} - {""})


def _python_name(type_: t.Native) -> str:
    """The author's ``python:``, which stands in code as it is.

    Raises:
        ValueError: when it is not a builtin of a driver's values and no dotted name such as ``ipaddress.IPv4Address``.
    """
    name = type_.python
    if name in _WITHOUT_MODULE or ("." in name and _DOTTED_NAME.fullmatch(name)):
        return name
    raise ValueError(
        f"{name!r} is not Python type: write `str` or another builtin, or a dotted name such as `ipaddress.IPv4Address`"
    )


def column_type(column: Column, table: Table, schema: Schema) -> Code:
    """The type of a column, from the generated ``_types`` module."""
    type_ = column.type
    arguments = _arguments(type_)
    is_usual = isinstance(type_, t.Native)
    if (isinstance(type_, t.ClockType) or _is_native_timestamp(type_)) and keeps_own_form(
        column, table, schema
    ) != is_usual:
        arguments.append(Named("own_form", str(not is_usual)))
    if column.collation:
        arguments.append(Named("collation", quoted(column.collation)))
    collation = SQLITE.collation(column, table)
    declared = SQLITE.column_type(column, table) + (f" COLLATE {collation}" if collation else "")
    if isinstance(type_, t.Native):
        arguments += [Named("sqlite", quoted(declared)), Named("python", _python_name(type_))]
    elif declared != _strict_type(type_):
        arguments.append(Named("sqlite", quoted(declared)))
    made = Call(f"types.{_class(type_)}", *arguments)
    # Without this, None given for a nullable column with a default would be left out of the INSERT.
    return Call(f"{made.flat}.evaluates_none") if column.nullable and python_default(column) else made


def _is_native_timestamp(type_: t.Type) -> bool:
    return isinstance(type_, t.Native) and type_.python in {"datetime.datetime", "datetime.time"}


def sql_type(type_: t.Type) -> Call:
    """The SQLAlchemy type of a value that is not a column: of a parameter, or of a column of a result."""
    if isinstance(type_, t.Native):
        return Call(
            "types.Native",
            quoted(type_.postgres),
            Named("sqlite", quoted(type_.sqlite)),
            Named("python", _python_name(type_)),
        )
    return Call(f"types.{_class(type_)}", *_arguments(type_))


def _class(type_: t.Type) -> str:
    return "Text" if isinstance(type_, t.Enum) and not type_.name else type(type_).__name__


def _arguments(type_: t.Type) -> list[Code]:
    match type_:
        case (t.Varchar(int(number)) | t.Char(int(number))) | (
            t.Time(int(number)) | t.Timestamp(int(number)) | t.TimestampTz(int(number)) | t.Vector(number)
        ):
            return [str(number)]
        case t.Numeric(precision, scale) if precision is not None:
            return [str(precision), str(scale)]
        case t.Array(element):
            return [Call(f"types.{_class(element)}", *_arguments(element))]
        case t.Enum(values, name) if name:
            schema = [Named("schema", quoted(schema_of(name)))] if schema_of(name) else []
            return [quoted(local_name(name)), *map(quoted, values), *schema]
        case t.Native(postgres=postgres):
            return [quoted(postgres)]
    return []


def _strict_type(type_: t.Type) -> str:
    """What the generated type is called on SQLite unless it is reported otherwise."""
    match type_:
        case t.IntegerType() | t.Boolean():
            return "INTEGER"
        case t.Numeric() | t.FloatType():
            return "REAL"
        case t.Bytea() | t.Vector():
            return "BLOB"
        case t.Char():
            return "TEXT COLLATE RTRIM"
    return "TEXT"


def limits(type_: t.Type) -> list[Named]:
    """The limits that pydantic checks when a model is validated."""
    match type_:
        case t.TextType(limit=int(limit)):
            return [Named("max_length", str(limit))]
        case t.Numeric(precision, scale) if precision is not None:
            return [Named("max_digits", str(precision)), Named("decimal_places", str(scale))]
    return []


def python_default(column: Column) -> Named | None:
    """The default that Python can give by itself; None where the database has to."""
    match column.default:
        case LiteralDefault(value):
            return _literal(column.type, value)
        case None:
            return None
        case sql if isinstance(column.type, t.Uuid) and (sql.postgres or "").lower() in _RANDOM_UUIDS:
            return RANDOM_UUID
    return None


def _literal(type_: t.Type, value: Value) -> Named | None:
    match type_, value:
        case ((t.JsonType() | t.Array()), (dict() | list())) if not value:
            return Named("default_factory", type(value).__name__)
        case (t.JsonType(), (dict() | list())):
            return Named("default_factory", f"lambda: {json_literal(value)}")
        case (t.UnpaddedType(), str()):
            return Named("default", quoted(value))
        case ((t.IntegerType() | t.Boolean()), int()):
            return Named("default", repr(value))
        case t.Numeric(), str():
            return Named("default", f"Decimal({quoted(value)})")
    return None


def json_literal(value: Value) -> str:
    """A JSON value as Python writes it."""
    match value:
        case str():
            return quoted(value)
        case list():
            return f"[{', '.join(map(json_literal, value))}]"
        case dict():
            return f"{{{', '.join(f'{quoted(key)}: {json_literal(item)}' for key, item in value.items())}}}"
    return repr(value)
