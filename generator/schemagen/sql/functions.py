"""Functions on text, numbers, NULL and JSON, each with its SQLite form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.escape import sql_string
from schemagen.schema import types as t

from .entry import ANY_NUMBER, Function
from .errors import SqlError, untranslatable
from .operands import adapt, plain, refuse_padded, unify
from .value import Precedence, Value, call, cast_hint, nullable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ASCII_ONLY = "letters beyond ASCII stay as they are on SQLite"


def _text(name: str, *values: Value, type_: t.Type | None = None, minimum: int | None = None) -> Value:
    """A call whose arguments are all text."""
    return Value(
        call(name, *(plain(value).sql for value in values)),
        type_ or t.Text(),
        nullable=nullable(*values),
        minimum=minimum,
    )


def same_text(name: str) -> Callable[[Sequence[Value]], Value]:
    """A function of text that SQLite has under ``name`` with the same result."""
    return lambda arguments: _text(name, *arguments)


def text_position(needle: Value, hay: Value) -> Value:
    """The place of a text in another, from 1; 0 when it is not there."""
    return _text("instr", hay, needle, type_=t.Integer(), minimum=0)


def _length(arguments: Sequence[Value]) -> Value:
    (value,) = arguments
    if isinstance(value.type, t.Bytea):
        return Value(call("length", value.sql), t.Integer(), nullable=value.nullable, minimum=0)
    return _text("length", value, type_=t.Integer(), minimum=0)


def _octet_length(arguments: Sequence[Value]) -> Value:
    (value,) = arguments
    refuse_padded(value, "octet_length()")
    inner = value if isinstance(value.type, t.Bytea) else plain(value)
    return Value(f"length(CAST({inner.sql} AS BLOB))", t.Integer(), nullable=value.nullable, minimum=0)


def whole(value: Value, what: str, *, least: int | None = None) -> Value:
    """A whole-number argument, never below ``least``.

    Raises:
        SqlError: for another type, or where it might fall below.
    """
    if value.type is None and least is None:
        return adapt(value, t.Integer())
    if not isinstance(value.type, t.IntegerType):
        raise SqlError(f"{what} has to be an integer", cast_hint(value, "integer"))
    if least is not None and (value.minimum is None or value.minimum < least):
        raise untranslatable(f"{what} below {least}", instead=f"write a number or greatest(…, {least})")
    return value


def substring(arguments: Sequence[Value]) -> Value:
    """``substr(x, start[, count])`` for starts and counts that are never negative: SQLite counts those from the end."""
    text, start, *count = arguments
    parts = [
        whole(start, "the start of substr()", least=0),
        *(whole(c, "the length of substr()", least=0) for c in count),
    ]
    return Value(
        call("substr", plain(text).sql, *(part.sql for part in parts)), t.Text(), nullable=nullable(*arguments)
    )


def _left(arguments: Sequence[Value]) -> Value:
    text, count = arguments
    return substring(
        [text, Value("1", t.Integer(), nullable=False, minimum=1), whole(count, "the length of left()", least=0)]
    )


def _right(arguments: Sequence[Value]) -> Value:
    text, count = arguments
    if count.number is None or count.number < 1:
        raise untranslatable("right() with anything but a number from 1 up")
    return text.retyped(call("substr", plain(text).sql, f"-{count.number}"), t.Text())


def _starts_with(arguments: Sequence[Value]) -> Value:
    text, prefix = (plain(value) for value in arguments)
    head = call("substr", text.sql, "1", call("length", prefix.sql))
    return Value(
        f"{head} = {prefix.within(Precedence.BITS)}", t.Boolean(), Precedence.COMPARISON, nullable(text, prefix)
    )


def _concat(arguments: Sequence[Value]) -> Value:
    parts = []
    for value in arguments:
        text = value if isinstance(value.type, (t.IntegerType, t.Uuid)) else plain(value)
        parts.append(call("coalesce", text.sql, "''") if text.nullable else text.within(Precedence.CONCAT))
    first = "" if len(parts) > 1 else "'' || "
    return Value(first + " || ".join(parts), t.Text(), Precedence.CONCAT, nullable=False)


def number(value: Value, name: str) -> Value:
    """A number as the argument of a function, without binary noise.

    Raises:
        SqlError: for another type.
    """
    if not isinstance(value.type, t.NumberType):
        raise SqlError(f"{name}() wants a number, this is {value.type or 'text'}", cast_hint(value, "numeric"))
    return value.rounded()


def _abs(arguments: Sequence[Value]) -> Value:
    value = number(arguments[0], "abs")
    return Value(call("abs", value.sql), value.type, nullable=value.nullable, minimum=0)


def _round(arguments: Sequence[Value]) -> Value:
    value = number(arguments[0], "round")
    places = arguments[1].number if len(arguments) > 1 else 0
    if isinstance(value.type, t.FloatType):
        raise untranslatable("round() of double precision (halves go to the even neighbour on PostgreSQL)")
    if not isinstance(value.type, t.Numeric):
        raise untranslatable("round() of an integer")
    if places is None or places < 0:
        raise untranslatable("round() to anything but a fixed number of decimals")
    digits = 15 if value.type.precision is None else value.type.precision - value.type.scale + 1 + places
    return value.retyped(call("round", value.sql, str(places)), t.Numeric(digits, places))


WHOLE_FROM = 2**52
"""A binary number of 8 bytes has no fraction from here on, and SQLite's integers end soon after it."""


def _step(name: str, correction: str) -> Callable[[Sequence[Value]], Value]:
    def build(arguments: Sequence[Value]) -> Value:
        value = number(arguments[0], name)
        if isinstance(value.type, t.IntegerType):
            raise untranslatable(f"{name}() of an integer")
        cut = f"CAST({value.sql} AS INTEGER)"
        moved = f"{cut} {correction.format(x=value.within(Precedence.BITS), cut=cut)}" if correction else cut
        if isinstance(value.type, t.FloatType):
            stepped = f"CASE WHEN abs({value.sql}) < {WHOLE_FROM} THEN CAST({moved} AS REAL) ELSE {value.sql} END"
            return value.retyped(stepped, value.type)
        return value.retyped(f"CAST({moved} AS REAL)", t.Numeric(15, 0))

    return build


def divisor(value: Value, what: str) -> Value:
    """A right side of ``/`` or ``%``: PostgreSQL raises on zero, SQLite gives NULL, so zero must be impossible.

    Raises:
        SqlError: when it could be zero.
    """
    if not value.nonzero and (value.minimum is None or value.minimum <= 0):
        raise untranslatable(
            f"{what} that may be zero (an error on PostgreSQL, NULL on SQLite)", instead="write `NULLIF(x, 0)`"
        )
    return value


def remainder(arguments: Sequence[Value]) -> Value:
    """``a % b`` of integers; the sign is the dividend's on both engines."""
    left, right = arguments
    if not (isinstance(left.type, t.IntegerType) and isinstance(right.type, t.IntegerType)):
        raise untranslatable("% of anything but integers")
    divisor(right, "a remainder by a number")
    (_, _), type_ = unify([left, right], "%")
    text = f"{left.within(Precedence.PRODUCT)} % {right.within(Precedence.CONCAT)}"
    return Value(text, type_, Precedence.PRODUCT, nullable(left, right))


def coalesce(arguments: Sequence[Value]) -> Value:
    """The first that is not NULL."""
    values, type_ = unify(arguments, "COALESCE")
    if len(values) == 1:
        return values[0]
    minimums = [value.minimum for value in values if not value.null]
    least = None if any(m is None for m in minimums) else min((m for m in minimums if m is not None), default=None)
    parts = (value.sql for value in values)
    return Value(call("coalesce", *parts), type_, nullable=all(v.nullable for v in values), minimum=least)


def _nullif(arguments: Sequence[Value]) -> Value:
    left, right = arguments
    original = left.type
    (left, right), type_ = unify([left, right], "NULLIF")
    made = type_ if original is None or isinstance(type_, t.NumberType) else original
    return Value(call("nullif", left.sql, right.sql), made, minimum=left.minimum, nonzero=right.number == 0)


def _extreme(name: str) -> Callable[[Sequence[Value]], Value]:
    def build(arguments: Sequence[Value]) -> Value:
        values, type_ = unify(arguments, name.upper())
        if len(values) == 1:
            return values[0]
        pick = "max" if name == "greatest" else "min"
        rotations = [values[i:] + values[:i] for i in range(len(values))]
        parts = [
            call("coalesce", *(v.sql for v in rotation)) if rotation[0].nullable else rotation[0].sql
            for rotation in rotations
        ]
        bounds = [v.minimum for v in values if v.minimum is not None and (name == "least" or not v.nullable)]
        known = bool(bounds) and (name == "greatest" or len(bounds) == len(values))
        least = (max if name == "greatest" else min)(bounds) if known else None
        return Value(call(pick, *parts), type_, nullable=all(v.nullable for v in values), minimum=least)

    return build


def _count_nulls(test: str) -> Callable[[Sequence[Value]], Value]:
    def build(arguments: Sequence[Value]) -> Value:
        parts = " + ".join(f"({value.within(Precedence.BITS)} {test})" for value in arguments)
        return Value(f"({parts})", t.Integer(), nullable=False, minimum=0)

    return build


def json_value(value: Value, what: str) -> Value:
    """A JSON operand.

    Raises:
        SqlError: for another type.
    """
    if value.type is None and value.text is not None:
        return value.retyped(sql_string(value.text), t.Jsonb())
    if not isinstance(value.type, t.JsonType):
        raise SqlError(f"{what} wants JSON, this is {value.type or 'untyped'}", "use a json or jsonb column")
    return value


def _binary_json(value: Value, what: str) -> Value:
    """An operand of a function that PostgreSQL has for jsonb alone."""
    value = json_value(value, what)
    if isinstance(value.type, t.Json):
        twin = what.replace("jsonb_", "json_")
        raise SqlError(
            f"{what} wants jsonb, this is json", f"use {twin}, cast it: `x::jsonb`, or make the column jsonb"
        )
    return value


def _jsonb_typeof(arguments: Sequence[Value]) -> Value:
    return _json_typeof([_binary_json(arguments[0], "jsonb_typeof()")])


def _json_typeof(arguments: Sequence[Value]) -> Value:
    value = json_value(arguments[0], "json_typeof()")
    kind = call("json_type", value.sql)
    text = (
        f"CASE {kind} WHEN 'text' THEN 'string' WHEN 'integer' THEN 'number' WHEN 'real' THEN 'number' "
        f"WHEN 'true' THEN 'boolean' WHEN 'false' THEN 'boolean' ELSE {kind} END"
    )
    return value.retyped(text, t.Text())


def _jsonb_array_length(arguments: Sequence[Value]) -> Value:
    return _json_array_length([_binary_json(arguments[0], "jsonb_array_length()")])


def _json_array_length(arguments: Sequence[Value]) -> Value:
    value = json_value(arguments[0], "json_array_length()")
    broken = f"'not an array: ' || {value.within(Precedence.COLLATE)}"
    checked = f"CASE json_type({value.sql}) WHEN 'array' THEN {value.sql} ELSE {broken} END"
    return Value(call("json_array_length", checked), t.Integer(), nullable=value.nullable, minimum=0)


def _cardinality(arguments: Sequence[Value]) -> Value:
    (value,) = arguments
    if not isinstance(value.type, t.Array):
        raise SqlError(f"cardinality() wants an array, this is {value.type or 'untyped'}", "use an array column")
    return Value(call("json_array_length", value.sql), t.Integer(), nullable=value.nullable, minimum=0)


_UUID = (
    "(lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || "
    "substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))"
)


def random_uuid(_arguments: Sequence[Value] = ()) -> Value:
    """A version 4 UUID (RFC 9562): lower case, with its version and variant bits."""
    return Value(_UUID, t.Uuid(), nullable=False, clock=True)


TEXT_FUNCTIONS: tuple[Function, ...] = (
    Function("length", "length(x)", "length(x)", _length, note="characters of text, bytes of bytea"),
    Function("char_length", "char_length(x)", "length(x)", _length),
    Function("character_length", "character_length(x)", "length(x)", _length),
    Function("octet_length", "octet_length(x)", "length(CAST(x AS BLOB))", _octet_length),
    Function("lower", "lower(x)", "lower(x)", same_text("lower"), note=ASCII_ONLY),
    Function("upper", "upper(x)", "upper(x)", same_text("upper"), note=ASCII_ONLY),
    Function("btrim", "btrim(x[, characters])", "trim(x[, characters])", same_text("trim"), high=2),
    Function("ltrim", "ltrim(x[, characters])", "ltrim(x[, characters])", same_text("ltrim"), high=2),
    Function("rtrim", "rtrim(x[, characters])", "rtrim(x[, characters])", same_text("rtrim"), high=2),
    Function(
        "substr", "substr(x, start[, count])", "substr(x, start[, count])", substring, 2, 3, note="never negative"
    ),
    Function("left", "left(x, n)", "substr(x, 1, n)", _left, 2, 2, note="n is never negative"),
    Function("right", "right(x, 3)", "substr(x, -3)", _right, 2, 2, note="a number from 1 up"),
    Function("replace", "replace(x, from, to)", "replace(x, from, to)", same_text("replace"), 3, 3),
    Function("strpos", "strpos(x, part)", "instr(x, part)", lambda a: text_position(a[1], a[0]), 2, 2),
    Function("starts_with", "starts_with(x, prefix)", "substr(x, 1, length(prefix)) = prefix", _starts_with, 2, 2),
    Function(
        "concat",
        "concat(x, y)",
        "coalesce(x, '') || coalesce(y, '')",
        _concat,
        1,
        ANY_NUMBER,
        note="text, integers and uuid",
    ),
)

NUMBER_FUNCTIONS: tuple[Function, ...] = (
    Function("abs", "abs(x)", "abs(x)", _abs),
    Function(
        "round",
        "round(x[, 2])",
        "round(x, 2)",
        _round,
        high=2,
        note="numeric of at most 14 digits; a fixed number of decimals",
    ),
    Function(
        "floor",
        "floor(x)",
        "CAST(x AS INTEGER) - (x < CAST(x AS INTEGER))",
        _step("floor", "- ({x} < {cut})"),
        note="numeric below 2^63",
    ),
    Function(
        "ceil",
        "ceil(x)",
        "CAST(x AS INTEGER) + (x > CAST(x AS INTEGER))",
        _step("ceil", "+ ({x} > {cut})"),
        note="numeric below 2^63",
    ),
    Function("ceiling", "ceiling(x)", "as ceil(x)", _step("ceiling", "+ ({x} > {cut})"), note="numeric below 2^63"),
    Function("trunc", "trunc(x)", "CAST(x AS INTEGER)", _step("trunc", ""), note="numeric below 2^63"),
    Function("mod", "mod(a, b)", "a % b", remainder, 2, 2, note="integers; b is not zero or NULLIF(b, 0)"),
)

NULL_FUNCTIONS: tuple[Function, ...] = (
    Function("coalesce", "coalesce(x, y)", "coalesce(x, y)", coalesce, 1, ANY_NUMBER),
    Function("nullif", "nullif(x, y)", "nullif(x, y)", _nullif, 2, 2),
    Function("greatest", "greatest(x, y)", "max(coalesce(x, y), coalesce(y, x))", _extreme("greatest"), 1, ANY_NUMBER),
    Function("least", "least(x, y)", "min(coalesce(x, y), coalesce(y, x))", _extreme("least"), 1, ANY_NUMBER),
    Function("num_nulls", "num_nulls(x, y)", "((x IS NULL) + (y IS NULL))", _count_nulls("IS NULL"), 1, ANY_NUMBER),
    Function(
        "num_nonnulls",
        "num_nonnulls(x, y)",
        "((x IS NOT NULL) + (y IS NOT NULL))",
        _count_nulls("IS NOT NULL"),
        1,
        ANY_NUMBER,
    ),
)

_TYPEOF = "CASE json_type(x) WHEN 'text' THEN 'string' …"
_ARRAY_LENGTH = "json_array_length(x)"

JSON_FUNCTIONS: tuple[Function, ...] = (
    Function("jsonb_typeof", "jsonb_typeof(x)", _TYPEOF, _jsonb_typeof),
    Function("json_typeof", "json_typeof(x)", _TYPEOF, _json_typeof),
    Function(
        "jsonb_array_length",
        "jsonb_array_length(x)",
        _ARRAY_LENGTH,
        _jsonb_array_length,
        note="an error for anything but an array",
    ),
    Function(
        "json_array_length",
        "json_array_length(x)",
        _ARRAY_LENGTH,
        _json_array_length,
        note="an error for anything but an array",
    ),
    Function("cardinality", "cardinality(x)", _ARRAY_LENGTH, _cardinality, note="the length of an array column"),
)

UUID_FUNCTIONS: tuple[Function, ...] = (
    Function("gen_random_uuid", "gen_random_uuid()", "a version 4 UUID from randomblob()", random_uuid, 0, 0),
)
