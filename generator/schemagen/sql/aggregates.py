"""Aggregate and window functions, which stand in queries only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.schema import types as t

from .entry import Function
from .errors import untranslatable
from .functions import number, whole
from .operands import labelled, ranked
from .operators import truth
from .value import Precedence, Value, call

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


SUFFIX = "\0"
"""Marks in the text of an aggregate where FILTER and OVER go; no SQL can hold this character."""


def _made(name: str, *arguments: str) -> str:
    return call(name, *arguments) + SUFFIX


def _sum(arguments: Sequence[Value]) -> Value:
    value = number(arguments[0], "sum")
    total = _made("sum", value.sql)
    if isinstance(value.type, t.FloatType):
        return Value(total, t.Double())
    if isinstance(value.type, t.IntegerType):
        return Value(total, t.BigInt())
    if isinstance(value.type, t.Numeric) and value.type.precision is not None:
        return Value(total, t.Numeric(max(15, value.type.precision), value.type.scale), unrounded=True)
    return Value(total, t.Numeric())


def _average(arguments: Sequence[Value]) -> Value:
    value = number(arguments[0], "avg")
    if isinstance(value.type, t.Numeric) and value.type.precision is not None:
        text = f"round({_made('sum', value.sql)}, {value.type.scale}) / {_made('count', value.sql)}"
        return Value(text, t.Numeric(), Precedence.PRODUCT)
    return Value(_made("avg", value.sql), t.Double() if isinstance(value.type, t.FloatType) else t.Numeric())


def _edge(name: str) -> Callable[[Sequence[Value]], Value]:
    def build(arguments: Sequence[Value]) -> Value:
        value = arguments[0].rounded()
        if not isinstance(value.type, (t.NumberType, t.TextType, t.DayType, t.Time)):
            raise untranslatable(f"{name}() of {value.type or 'an untyped value'}")
        if isinstance(value.type, t.Enum) and value.type.name:
            return Value(labelled(_made(name, ranked(value).sql), value.type), value.type)
        return Value(_made(name, value.sql), value.type)

    return build


def _of_conditions(name: str) -> Callable[[Sequence[Value]], Value]:
    return lambda arguments: Value(_made(name, truth(arguments[0], name).sql), t.Boolean())


def _count(arguments: Sequence[Value]) -> Value:
    return Value(_made("count", arguments[0].sql), t.BigInt(), nullable=False, minimum=0)


def _numbering(name: str) -> Callable[[Sequence[Value]], Value]:
    return lambda _: Value(_made(name), t.BigInt(), nullable=False, minimum=1)


def _fraction(name: str) -> Callable[[Sequence[Value]], Value]:
    return lambda _: Value(_made(name), t.Double(), nullable=False)


def _neighbour(name: str) -> Callable[[Sequence[Value]], Value]:
    def build(arguments: Sequence[Value]) -> Value:
        value, *offset = (argument.rounded() for argument in arguments)
        steps = [whole(step, f"the offset of {name}()").sql for step in offset]
        return Value(_made(name, value.sql, *steps), value.type)

    return build


def _tiles(arguments: Sequence[Value]) -> Value:
    return Value(_made("ntile", whole(arguments[0], "the argument of ntile()", least=1).sql), t.Integer(), minimum=1)


AGGREGATE_FUNCTIONS: tuple[Function, ...] = (
    Function("count", "count(*), count([DISTINCT] x)", "the same", _count),
    Function(
        "sum",
        "sum([DISTINCT] x)",
        "sum(x), rounded to the scale of numeric",
        _sum,
        note="double precision: the last digit depends on the order",
    ),
    Function("avg", "avg([DISTINCT] x)", "avg(x); round(sum(x), s) / count(x) for numeric", _average, note="15 digits"),
    Function("min", "min(x)", "min(x)", _edge("min"), note="numbers, text, dates and times"),
    Function("max", "max(x)", "max(x)", _edge("max"), note="numbers, text, dates and times"),
    Function("bool_and", "bool_and(x)", "min(x)", _of_conditions("min")),
    Function("every", "every(x)", "min(x)", _of_conditions("min")),
    Function("bool_or", "bool_or(x)", "max(x)", _of_conditions("max")),
)

WINDOW_FUNCTIONS: tuple[Function, ...] = (
    Function("row_number", "row_number()", "the same", _numbering("row_number"), 0, 0),
    Function("rank", "rank()", "the same", _numbering("rank"), 0, 0),
    Function("dense_rank", "dense_rank()", "the same", _numbering("dense_rank"), 0, 0),
    Function("percent_rank", "percent_rank()", "the same", _fraction("percent_rank"), 0, 0),
    Function("cume_dist", "cume_dist()", "the same", _fraction("cume_dist"), 0, 0),
    Function("ntile", "ntile(4)", "the same", _tiles),
    Function("lag", "lag(x[, n])", "the same", _neighbour("lag"), 1, 2),
    Function("lead", "lead(x[, n])", "the same", _neighbour("lead"), 1, 2),
    Function("first_value", "first_value(x)", "the same", _neighbour("first_value")),
    Function("last_value", "last_value(x)", "the same", _neighbour("last_value")),
)
