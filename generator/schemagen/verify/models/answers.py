"""What imported models say of themselves, as JSON for the other side: relationships, fields, values with their types.

This runs in the process of the models, for ``driver.py``.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import importlib
import inspect
import types
import typing
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from schemagen.databases.values import from_driver, from_python
from schemagen.schema import types as t
from schemagen.schema.query import Result, Rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemagen.schema.query import Query

Answer = dict[str, Any]

KINDS: dict[type[t.Type], type[Any]] = {
    t.Uuid: UUID,
    **dict.fromkeys((t.Text, t.Varchar, t.Char, t.Enum), str),
    **dict.fromkeys((t.SmallInt, t.Integer, t.BigInt), int),
    t.Numeric: Decimal,
    **dict.fromkeys((t.Real, t.Double), float),
    t.Boolean: bool,
    t.Date: dt.date,
    t.Time: dt.time,
    **dict.fromkeys((t.Timestamp, t.TimestampTz), dt.datetime),
    t.Interval: dt.timedelta,
    t.Bytea: bytes,
    **dict.fromkeys((t.Array, t.Vector), list),
}
"""What a model gives for a column of each type; JSON is what it is, and an engine's own type what its author says."""

_LIMITS = ("max_length", "max_digits", "decimal_places")


def relationship(mapper: Any, found: Any) -> Answer:
    """One relationship of a mapped class, with what a session does along it."""
    return {
        "table": mapper.local_table.name,
        "name": found.key,
        "target": found.mapper.local_table.name,
        "direction": found.direction.name,
        "pairs": sorted([local.name, remote.name] for local, remote in found.local_remote_pairs),
        "inverse": found.back_populates,
        "passive": found.passive_deletes,
        "many": bool(found.uselist),
        "viewonly": bool(found.viewonly),
        "lazy": found.lazy,
        "cascade": sorted(found.cascade),
        "post_update": bool(found.post_update),
    }


def field(model: Any, attribute: str, type_: t.Type) -> Answer:
    """What a class says of one column: its annotation, its limits, whether it may be left out, and for which value.

    ``defaults`` are the values of two instances, which differ for a key that is made up; ``author`` is the Python type
    that a spec names for an engine's own type.
    """
    import sqlalchemy as sa

    info = model.model_fields[attribute]
    limits = {name: getattr(part, name) for part in info.metadata for name in _LIMITS if hasattr(part, name)}
    column = sa.inspect(model).columns[attribute]
    required = info.is_required()
    values = [] if required else [info.get_default(call_default_factory=True) for _ in range(2)]
    return {
        "annotation": shown(info.annotation),
        "limits": {name: limit for name, limit in sorted(limits.items()) if limit is not None},
        "required": required,
        "refreshed": column.server_onupdate is not None or column.onupdate is not None,
        "defaults": [canonical(type_, value) for value in values],
        "author": _author(type_),
    }


def shown(annotation: Any) -> str:  # noqa: PLR0911  (a table of cases)
    """An annotation as one text: ``list[uuid.UUID] | None``; of a row its fields, ``(int, str)``."""
    if annotation is Any:
        return "Any"
    parts = typing.get_args(annotation)
    match typing.get_origin(annotation):
        case typing.Literal:
            return f"Literal[{', '.join(map(repr, parts))}]"
        case typing.Union | types.UnionType:
            return " | ".join([*(shown(part) for part in parts if part is not type(None)), "None"])
        case None if dataclasses.is_dataclass(annotation):
            return f"({', '.join(map(shown, typing.get_type_hints(annotation).values()))})"
        case None if isinstance(annotation, type):
            module = annotation.__module__
            return annotation.__qualname__ if module == "builtins" else f"{module}.{annotation.__qualname__}"
        case type() as origin:
            return f"{origin.__name__}[{', '.join(map(shown, parts))}]"
    return repr(annotation)


def functions(package: str, queries: Iterable[Query]) -> dict[str, Answer]:
    """What the functions of each query that has some say that they take and give, without and with ``await``.

    ``authors`` are the Python types that a spec names for parameters of an engine's own type.
    """
    try:
        modules = [importlib.import_module(f"{package}.{name}") for name in ("queries", "aqueries")]
    except ModuleNotFoundError:
        return {}
    return {
        query.name: {
            "said": [_signature(getattr(module, query.name)) for module in modules],
            "authors": [_author(parameter.type) for parameter in query.parameters],
        }
        for query in queries
        if all(inspect.isfunction(getattr(module, query.name, None)) for module in modules)
    }


def _signature(function: Any) -> Answer:
    hints = typing.get_type_hints(function, localns={"Session": Any, "AsyncSession": Any})
    given = hints.pop("return")
    del hints["session"]
    return {"takes": list(map(shown, hints.values())), "gives": shown(given)}


def _author(type_: t.Type) -> str:
    return shown(_named(type_.python)) if isinstance(type_, t.Native) else ""


def _named(name: str) -> Any:
    """What a dotted name of a spec leads to."""
    module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module or "builtins"), attribute)


def canonical(type_: t.Type, value: Any) -> Any:
    """The canonical form of what a model gives; another Python type, or a timestamp not in UTC, stays seen."""
    if value is None:
        return None
    kind = KINDS.get(type(type_))
    is_list = kind is list and isinstance(value, list)  # that of a column with `track_changes` is one of its own
    if kind is not None and type(value) is not kind and not is_list:
        return f"{type(value).__name__} {value!r}"
    if isinstance(type_, t.TimestampTz) and value.utcoffset() != dt.timedelta():
        return value.isoformat()
    if isinstance(type_, t.Array):
        return [canonical(type_.element, item) for item in value]
    return from_python(type_, value)


def rows_of_text(result: Result, sent: Any) -> Any:
    """The rows that a driver gave for a statement, as canonical values; of one that returns none, how many it wrote."""
    if result.rows is Rows.NONE:
        return sent.rowcount
    is_parsed = sent.dialect.name == "postgresql"

    def of(type_: t.Type, raw: Any) -> Any:
        if isinstance(raw, Decimal) and isinstance(type_, t.BigInt) and raw == int(raw):
            return int(raw)  # PostgreSQL's sum() of bigint is numeric
        is_json = isinstance(type_, t.JsonType)
        return raw if is_json and is_parsed else from_driver(type_, raw)

    return [[of(column.type, raw) for column, raw in zip(result.columns, row, strict=True)] for row in sent]


def rows_of_function(result: Result, given: Any) -> Any:
    """The rows that a function gave, in the same form; another type, or NULL where none may be, stays seen."""
    if result.rows is Rows.NONE:
        return given
    many = given if result.rows is Rows.MANY else [] if given is None else [given]
    is_value = len(result.columns) == 1

    def of(column: Any, value: Any) -> Any:
        if value is None and not column.nullable:
            return f"NULL in {column.name}"
        return canonical(column.type, value)

    return [
        [of(column, value) for column, value in zip(result.columns, [row] if is_value else _fields(row), strict=True)]
        for row in many
    ]


def _fields(row: Any) -> list[Any]:
    return [getattr(row, each.name) for each in dataclasses.fields(row)]
