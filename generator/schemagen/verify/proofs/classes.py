"""The models' classes and functions: their names, their attributes, and what each says of its columns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemagen.base.tree import located
from schemagen.databases.values import from_python, to_python
from schemagen.engines.sqlite.types import is_numbered
from schemagen.schema import types as t
from schemagen.schema.model import LiteralDefault
from schemagen.schema.model_names import model_names
from schemagen.schema.owners import has_owners
from schemagen.schema.query import Rows
from schemagen.targets.sqlmodel.types import python_default

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.base.layout import Output
    from schemagen.schema.model import Column, Schema, Table
    from schemagen.schema.query import Result
    from schemagen.verify.report import Section

ModelFacts = dict[str, Any]
Fact = tuple[str, object, object]

_ANNOTATIONS: dict[type[t.Type], str] = {
    t.Uuid: "uuid.UUID",
    **dict.fromkeys((t.Text, t.Varchar, t.Char), "str"),
    **dict.fromkeys((t.SmallInt, t.Integer, t.BigInt), "int"),
    t.Numeric: "decimal.Decimal",
    **dict.fromkeys((t.Real, t.Double), "float"),
    t.Boolean: "bool",
    t.Date: "datetime.date",
    t.Time: "datetime.time",
    **dict.fromkeys((t.Timestamp, t.TimestampTz), "datetime.datetime"),
    t.Interval: "datetime.timedelta",
    **dict.fromkeys((t.Json, t.Jsonb), "Any"),
    t.Bytea: "bytes",
}
"""How Python itself names the type of a field that is never NULL."""


def prove_classes(section: Section, schema: Schema, reported: ModelFacts, output: Output) -> None:
    """Compare what the models say of themselves with the spec.

    Args:
        section: where facts go.
        schema: what is claimed.
        reported: the answer of the models' process to ``load``.
        output: the folder of the models; ``py.typed`` makes type checkers read them.
    """
    section.equal("models/py.typed", expected=True, seen=Path(located(output, "models/py.typed")).is_file())
    section.equal("tables of the models", sorted(schema.by_name), reported["tables"])
    names = model_names(schema)
    section.equal(
        "classes of the models",
        {name: model.class_name for name, model in sorted(names.items()) if model.is_mapped},
        dict(sorted(reported["classes"].items())),
    )
    support = ["Base", "make_async_engine", "make_engine", *(["owned_by"] if has_owners(schema.tables) else [])]
    exports = sorted([*support, *(model.export for model in names.values())])
    section.equal("what the package of the models offers", exports, reported["exports"])
    for name, attributes in reported["attributes"].items():
        if name in schema.by_name:
            section.equal(f"attributes of the model of {name}", names[name].attributes, attributes)
            for column, field in reported["fields"][name].items():
                for what, expected, seen in _facts(
                    schema, schema.table(name), schema.table(name).column(column), field
                ):
                    section.equal(f"the model of {name}, {column}, {what}", expected, seen)


def prove_signatures(section: Section, schema: Schema, reported: ModelFacts) -> None:
    """Compare what query functions say that they take and give with the types of the queries."""
    for query in schema.queries:
        if query.result is None:
            continue
        functions = reported["functions"].get(query.name)
        if functions is None:
            section.fails(f"{query.name}()", "a function of models/queries.py", "there is none")
            continue
        parameters = zip(query.parameters, functions["authors"], strict=True)
        takes = [_optional(_annotation(each.type, author), is_optional=each.nullable) for each, author in parameters]
        for function in functions["said"]:
            section.equal(f"what {query.name}() takes", takes, function["takes"])
            section.equal(f"what {query.name}() gives", _given(query.result), function["gives"])


def _given(result: Result) -> str:
    found = [_optional(_annotation(each.type, "Any"), is_optional=each.nullable) for each in result.columns]
    row = found[0] if len(found) == 1 else f"({', '.join(found)})"
    match result.rows:
        case Rows.NONE:
            return "int"
        case Rows.MANY:
            return f"list[{row}]"
        case Rows.AT_MOST_ONE:
            return _optional(row, is_optional=not row.endswith(" | None"))
    return row


def _optional(annotation: str, *, is_optional: bool) -> str:
    return f"{annotation} | None" if is_optional and annotation != "Any" else annotation


def _facts(schema: Schema, table: Table, column: Column, field: ModelFacts) -> Iterator[Fact]:
    none = " | None" if column.nullable else ""
    yield "annotation", _annotation(column.type, field["author"]) + none, field["annotation"]
    yield "limits", _limits(column.type), field["limits"]
    is_filled = column.default or column.identity or column.generated or is_numbered(column, table)
    is_optional = bool(column.nullable or is_filled)
    yield "must be given", not is_optional, field["required"]
    filled = column.on_row_update or any(key.touch == column.name for _, key in schema.children(table.name))
    yield "is read again after an UPDATE", bool(filled or column.generated), field["refreshed"]
    if is_optional:
        yield from _default(column, field["defaults"])


def _default(column: Column, values: list[Any]) -> Iterator[Fact]:
    """The value of an instance that is not stored yet; None where the database gives it."""
    default = column.default if python_default(column) else None
    if default is not None and not isinstance(default, LiteralDefault):
        yield "default, a new one each time", True, None not in values and values[0] != values[1]
        return
    expected = from_python(column.type, to_python(column.type, default.value)) if default else None
    yield "default", [expected, expected], values


def _annotation(type_: t.Type, author: str) -> str:
    match type_:
        case t.Enum(values):
            return f"Literal[{', '.join(map(repr, values))}]"
        case t.Array(element):
            return f"list[{_annotation(element, author)}]"
        case t.Vector():
            return "list[float]"
        case t.Native():
            return author
    return _ANNOTATIONS[type(type_)]


def _limits(type_: t.Type) -> dict[str, int]:
    match type_:
        case t.TextType(limit=int(limit)):
            return {"max_length": limit}
        case t.Numeric(precision, scale) if precision is not None:
            return {"decimal_places": scale, "max_digits": precision}
    return {}
