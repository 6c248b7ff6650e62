"""Nodes that are values: columns, literals, parameters, casts, calls and subqueries."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from schemagen.base.escape import sql_string
from schemagen.base.spelling import nearest
from schemagen.schema import types as t
from schemagen.schema.type_spellings import UnknownTypeError, parse_type

from . import operators as op
from .aggregates import SUFFIX
from .cardinality import is_one_row
from .casts import cast
from .clock import clock
from .conditions import HANDLERS as OPERATOR_HANDLERS
from .conditions import SIDES
from .errors import SqlError, untranslatable
from .full_text import SEARCHES
from .functions import same_text, substring, text_position
from .literals import parse_span
from .nodes import described, name_of, offset_of, only, quote
from .operands import UTC_HINT, adapt
from .parse import MARK
from .published import AGGREGATES, FUNCTIONS, WINDOWS
from .times import at_time_zone, extract, named_span
from .value import Precedence, Slot, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .conditions import Handler
    from .translating import Translating

MAX_INTEGER = 2**31
MAX_BIGINT = 2**63


def _column(translator: Translating, node: exp.Column) -> Value:
    if isinstance(node.this, exp.Star):
        raise SqlError("* can't stand here", "name the column", offset_of(node))
    name, table = name_of(node.this), node.args.get("table")
    qualifier = name_of(table) if table is not None else None
    field = translator.scope.resolve(name, qualifier, node.this.meta.get("start"))
    text = quote(name) if qualifier is None else f"{quote(qualifier)}.{quote(name)}"
    return Value(text, field.type or t.Native(), nullable=field.nullable, stored=True)


def _literal(_translator: Translating, node: exp.Literal) -> Value:
    text = str(node.this)
    if node.is_string:
        return Value(sql_string(text), nullable=False, text=text)
    if text.isdigit():
        number = int(text)
        type_ = t.Integer() if number < MAX_INTEGER else t.BigInt() if number < MAX_BIGINT else t.Numeric(len(text), 0)
        return Value(text, type_, nullable=False, number=number, minimum=number, nonzero=number != 0)
    whole, _, decimals = text.partition(".")
    exact = whole.isdigit() and decimals.isdigit()
    type_ = t.Numeric(len((whole + decimals).lstrip("0")) or 1, len(decimals)) if exact else t.Numeric()
    return Value(text, type_, nullable=False, nonzero=float(text) != 0)


def _boolean(_translator: Translating, node: exp.Boolean) -> Value:
    return Value("1" if node.this else "0", t.Boolean(), nullable=False)


def _null(_translator: Translating, _node: exp.Null) -> Value:
    return Value("NULL", null=True)


def _placeholder(translator: Translating, node: exp.Placeholder) -> Value:
    if translator.slots is None:
        raise SqlError("a parameter can stand in a query only", "write the value itself")
    if not isinstance(node.this, str) or not node.this.isidentifier():
        raise SqlError("a parameter is a colon and a name", "write `:name`")
    slot = translator.slots.setdefault(node.this, Slot(node.this))
    return Value(f":{node.this}", slot=slot)


def _paren(translator: Translating, node: exp.Paren) -> Value:
    inner = translator.value(node.this)
    return replace(inner, sql=f"({inner.sql})", precedence=Precedence.ATOM)


def type_of(node: exp.Expression) -> t.Type:
    """A type that is written in a cast.

    Raises:
        SqlError: when the language does not know it.
    """
    text = node.sql(dialect="postgres")
    try:
        return parse_type(text)
    except UnknownTypeError as problem:
        raise untranslatable(f"the type {text.lower()}") from problem


def _cast(translator: Translating, node: exp.Cast) -> Value:
    value, target = translator.value(node.this), type_of(node.args["to"])
    if isinstance(target, t.Interval) and value.text is not None:
        return Value(value.sql, target, nullable=False, span=parse_span(value.text))
    if t.is_named(value.type) and isinstance(target, t.TextType):
        translator.depend(f"the cast from {value.type} to text", "compare the column itself")
    if isinstance(value.type, t.DayType) and isinstance(target, t.TextType):
        translator.depend(f"the cast from {value.type} to text", "keep it as it is, or take parts of it by EXTRACT")
    return cast(value, target)


def _interval(_translator: Translating, node: exp.Interval) -> Value:
    literal, unit = node.this, node.args.get("unit")
    if not isinstance(literal, exp.Literal):
        raise untranslatable(described(node), instead="write n * interval '1 day'")
    text = str(literal.this)
    span = named_span(text, str(unit.this)) if unit is not None else parse_span(text)
    if span is None:
        span = parse_span(f"{text} {unit.this if unit is not None else ''}")
    return Value(sql_string(text), t.Interval(), nullable=False, span=span)


def _extract(translator: Translating, node: exp.Extract) -> Value:
    value = translator.value(node.expression)
    if isinstance(value.type, t.TimestampTz):
        translator.depend("EXTRACT of timestamptz", UTC_HINT)
    return extract(str(node.this.this), value)


def _at_time_zone(translator: Translating, node: exp.AtTimeZone) -> Value:
    return at_time_zone(translator.value(node.this), translator.value(node.args["zone"]))


def _collate(translator: Translating, node: exp.Collate) -> Value:
    if name_of(node.expression) not in {"C", "POSIX", "ucs_basic"}:
        raise untranslatable(f"the collation {node.expression.sql()}", instead='use COLLATE "C", which sorts by bytes')
    value = translator.value(node.this)
    return replace(value, sql=f"{value.within(Precedence.COLLATE)} COLLATE BINARY", precedence=Precedence.COLLATE)


def _json_get(translator: Translating, node: exp.Binary) -> Value:
    keys: list[str | int] = [_json_key(node.expression)]
    inner = node.this
    while isinstance(inner, exp.JSONBExtract):
        only(inner, *SIDES)
        keys.insert(0, _json_key(inner.expression))
        inner = inner.this
    value = translator.value(inner)
    if not isinstance(value.type, t.JsonType):
        raise SqlError(f"-> wants JSON, this is {value.type or 'untyped'}", "use a json or jsonb column")
    return op.json_get_text(value, keys) if isinstance(node, exp.JSONBExtractScalar) else op.json_get(value, keys)


def _json_key(node: exp.Expression) -> str | int:
    sign = -1 if isinstance(node, exp.Neg) else 1
    literal = node.this if isinstance(node, exp.Neg) else node
    if isinstance(literal, exp.Literal) and (literal.is_string or str(literal.this).isdigit()):
        return str(literal.this) if literal.is_string else sign * int(literal.this)
    raise untranslatable("-> with anything but a fixed key", instead="write the key as a string or a number")


def _substring(translator: Translating, node: exp.Substring) -> Value:
    arguments = [node.this, node.args.get("start"), node.args.get("length")]
    return substring(translator.values([argument for argument in arguments if argument is not None]))


def _position(translator: Translating, node: exp.StrPosition) -> Value:
    return text_position(translator.value(node.args["substr"]), translator.value(node.this))


def _trim(translator: Translating, node: exp.Trim) -> Value:
    name = {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(str(node.args.get("position") or "").upper(), "trim")
    nodes = [part for part in (node.this, node.expression) if part is not None]
    return same_text(name)(translator.values(nodes))


def _now(type_: t.Type) -> Callable[[Translating, Any], Value]:
    return lambda _translator, _node: clock(type_)


def _call(translator: Translating, node: exp.Anonymous) -> Value:
    name = str(node.this).removeprefix(MARK)
    if not str(node.this).startswith(MARK):
        near = nearest(name, FUNCTIONS)
        raise untranslatable(f"{name}()", instead=f"did you mean `{near}`?" if near else "", offset=offset_of(node))
    if name in SEARCHES:
        return translator.searched(node, name)
    if name in AGGREGATES or name in WINDOWS:
        return aggregate(translator, node, name)
    if name == "concat":
        translator.depend("concat()", "write `a || b`, with coalesce() where one may be NULL")
    return _built(name, translator.values(node.expressions))


def _built(name: str, arguments: Sequence[Value]) -> Value:
    function = FUNCTIONS[name]
    if not function.low <= len(arguments) <= function.high:
        raise SqlError(f"{name}() can't take {len(arguments)} arguments", f"write {function.postgres}")
    return function.build(arguments)


def aggregate(translator: Translating, node: exp.Anonymous, name: str, suffix: str = "") -> Value:
    """Translate an aggregate or window function; ``suffix`` is its FILTER and OVER."""
    if not translator.aggregates:
        raise SqlError(f"{name}() can stand in a query only", "a check, default or index sees one row")
    if name in WINDOWS and " OVER " not in suffix:
        raise SqlError(f"{name}() needs OVER", f"write {FUNCTIONS[name].postgres} OVER (ORDER BY …)")
    value = _built(name, [_argument(translator, part, name) for part in node.expressions])
    return replace(value, sql=value.sql.replace(SUFFIX, suffix))


def _argument(translator: Translating, node: exp.Expression, name: str) -> Value:
    if isinstance(node, exp.Star) and name == "count":
        return Value("*", t.Integer(), nullable=False)
    if isinstance(node, exp.Distinct) and len(node.expressions) == 1 and name in AGGREGATES:
        only(node, "expressions")
        inner = adapt(translator.value(node.expressions[0]), t.Text()).rounded()
        return replace(inner, sql=f"DISTINCT {inner.sql}")
    return translator.value(node)


def _scalar(translator: Translating, node: exp.Subquery) -> Value:
    text, field = translator.scalar(node)
    return Value(text, field.type, nullable=field.nullable or not is_one_row(node.this))


def _exists(translator: Translating, node: exp.Exists) -> Value:
    text, _ = translator.rows(node.this)
    return Value(f"EXISTS {text}", t.Boolean(), nullable=False)


HANDLERS: dict[type[exp.Expression], Handler] = {
    exp.Column: (_column, ("this", "table")),
    exp.Literal: (_literal, ("this", "is_string")),
    exp.Boolean: (_boolean, ("this",)),
    exp.Null: (_null, ()),
    exp.Placeholder: (_placeholder, ("this",)),
    exp.Paren: (_paren, ("this",)),
    exp.Neg: (lambda translator, node: op.negate(translator.value(node.this)), ("this",)),
    exp.Cast: (_cast, ("this", "to")),
    exp.Interval: (_interval, ("this", "unit", "fraction_in_string")),
    exp.Extract: (_extract, SIDES),
    exp.AtTimeZone: (_at_time_zone, ("this", "zone")),
    exp.Collate: (_collate, SIDES),
    exp.JSONBExtract: (_json_get, SIDES),
    exp.JSONBExtractScalar: (_json_get, SIDES),
    exp.Substring: (_substring, ("this", "start", "length")),
    exp.StrPosition: (_position, ("this", "substr")),
    exp.Trim: (_trim, (*SIDES, "position")),
    exp.CurrentTimestamp: (_now(t.TimestampTz()), ()),
    exp.Localtimestamp: (_now(t.Timestamp()), ()),
    exp.CurrentDate: (_now(t.Date()), ()),
    exp.Subquery: (_scalar, ("this",)),
    exp.Exists: (_exists, ("this",)),
    exp.Window: (
        lambda translator, node: translator.windowed(node),
        ("this", "partition_by", "order", "spec", "over", "alias"),
    ),
    **dict.fromkeys(
        (exp.Distance, exp.DistanceNd, exp.IntDiv), (lambda translator, node: translator.measured(node), SIDES)
    ),
    exp.Filter: (lambda translator, node: translator.windowed(node), SIDES),
    exp.Anonymous: (_call, ("this", "expressions")),
    **OPERATOR_HANDLERS,
}
