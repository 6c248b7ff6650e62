"""PostgreSQL expression tree → SQLite text. Only node classes in ``_HANDLERS`` pass; all others are refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from schemagen import types as t
from schemagen.dialects.reserved import SQLITE as RESERVED
from schemagen.escape import sql_string

from . import operators as op
from .aggregates import SUFFIX
from .catalog import AGGREGATES, FUNCTIONS, WINDOWS
from .convert import adapt, cast, clock
from .errors import SqlError, untranslatable
from .functions import same_text, substring, text_position
from .literals import parse_span
from .parse import MARK
from .times import at_time_zone, extract, named_span
from .value import Precedence, Slot, Value, nullable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .scope import Field, Scope

MAX_INTEGER = 2**31
MAX_BIGINT = 2**63


def quote(name: str) -> str:
    """A name as it stands in SQLite's SQL."""
    bare = name.isascii() and name.isidentifier() and name == name.lower() and name not in RESERVED
    return name if bare else '"' + name.replace('"', '""') + '"'


def name_of(identifier: exp.Expression | None) -> str:
    """What a name means on PostgreSQL: lower case, unless it is quoted."""
    if not isinstance(identifier, exp.Identifier):
        raise SqlError("a name is missing", "write it as PostgreSQL wants it")
    return str(identifier.this) if identifier.args.get("quoted") else str(identifier.this).lower()


def offset_of(node: exp.Expression) -> int | None:
    """The character where a node's first name stands, if the parser kept it."""
    identifier = node.find(exp.Identifier)
    start = identifier.meta.get("start") if identifier is not None else None
    return int(start) if start is not None else None


def described(node: exp.Expression) -> str:
    """A node as the subject of a refusal: ``foo()``, or the SQL itself."""
    if isinstance(node, exp.Anonymous):
        return f"{str(node.this).removeprefix(MARK)}()"
    if isinstance(node, exp.Func) and not isinstance(node, (exp.Connector, exp.Binary)):
        return f"{node.sql_name().lower()}()"
    return f"`{node.sql(dialect='postgres').replace(MARK, '')}`"


def only(node: exp.Expression, *allowed: str) -> None:
    """Refuse a node that carries a clause which its handler does not read."""
    for key, part in node.args.items():
        if part and key not in allowed:
            raise untranslatable(f"{described(node)} with {key.rstrip('_').replace('_', ' ')}", offset=offset_of(node))


class Translator:
    """Translates the expressions of one statement; queries add subqueries and aggregates (see ``queries``)."""

    aggregates = False
    volatile = False
    """Whether the current time or a random value was read."""

    def __init__(self, scope: Scope, slots: dict[str, Slot] | None = None) -> None:
        self.scope = scope
        self.slots = slots

    def value(self, node: exp.Expression | None) -> Value:
        """Translate a node.

        Raises:
            SqlError: for whatever the published list does not have.
        """
        if node is None:
            raise SqlError("an operand is missing", "write it as PostgreSQL wants it")
        found = _HANDLERS.get(type(node))
        if found is None:
            raise untranslatable(described(node), offset=offset_of(node))
        handler, allowed = found
        only(node, *allowed)
        try:
            value = handler(self, node)
        except SqlError as problem:
            if problem.offset is None:
                problem.offset = offset_of(node)
            raise
        self.volatile = self.volatile or value.clock
        return value

    def values(self, nodes: Sequence[exp.Expression]) -> list[Value]:
        """Translate several."""
        return [self.value(node) for node in nodes]

    def condition(self, node: exp.Expression | None) -> Value:
        """Translate a condition, as in WHERE."""
        return op.truth(self.value(node), "a condition")

    def rows(self, node: exp.Expression) -> tuple[str, list[tuple[str, Field]]]:
        """Translate a subquery: its text and its columns. Queries override this."""
        raise SqlError(
            "a subquery can stand in no check, default, index or generated column",
            "use a trigger, or a query",
            offset_of(node),
        )

    def windowed(self, node: exp.Expression) -> Value:
        """Translate ``f(x) FILTER (…) OVER (…)``. Queries override this."""
        raise SqlError(
            "an aggregate or window function can stand in a query only",
            "a check, default or index sees one row",
            offset_of(node),
        )

    def scalar(self, node: exp.Expression) -> tuple[str, Field]:
        """Translate a subquery of one column."""
        text, fields = self.rows(node)
        if len(fields) != 1:
            raise SqlError(f"the subquery has {len(fields)} columns", "select one column", offset_of(node))
        return text, fields[0][1]


def _column(translator: Translator, node: exp.Column) -> Value:
    if isinstance(node.this, exp.Star):
        raise SqlError("* can't stand here", "name the column", offset_of(node))
    name, table = name_of(node.this), node.args.get("table")
    qualifier = name_of(table) if table is not None else None
    field = translator.scope.resolve(name, qualifier, node.this.meta.get("start"))
    text = quote(name) if qualifier is None else f"{quote(qualifier)}.{quote(name)}"
    return Value(text, field.type or t.Native(), nullable=field.nullable)


def _literal(_translator: Translator, node: exp.Literal) -> Value:
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


def _boolean(_translator: Translator, node: exp.Boolean) -> Value:
    return Value("1" if node.this else "0", t.Boolean(), nullable=False)


def _null(_translator: Translator, _node: exp.Null) -> Value:
    return Value("NULL", null=True)


def _placeholder(translator: Translator, node: exp.Placeholder) -> Value:
    if translator.slots is None:
        raise SqlError("a parameter can stand in a query only", "write the value itself")
    if not isinstance(node.this, str) or not node.this.isidentifier():
        raise SqlError("a parameter is a colon and a name", "write `:name`")
    slot = translator.slots.setdefault(node.this, Slot(node.this))
    return Value(f":{node.this}", slot=slot)


def _paren(translator: Translator, node: exp.Paren) -> Value:
    inner = translator.value(node.this)
    return replace(inner, sql=f"({inner.sql})", precedence=Precedence.ATOM)


def _not(translator: Translator, node: exp.Not) -> Value:
    inner = node.this
    if isinstance(inner, exp.In):
        only(inner, "this", "expressions", "query")
        return _in(translator, inner, negated=True)
    if isinstance(inner, exp.Between):
        only(inner, "this", "low", "high")
        return _between(translator, inner, negated=True)
    if isinstance(inner, exp.Is) and isinstance(inner.expression, exp.Boolean):
        only(inner, "this", "expression")
        return _is(translator, inner, negated=True)
    return op.negation(translator.value(inner))


_LOGIC: dict[type[exp.Expression], str] = {exp.And: "AND", exp.Or: "OR"}
_ARITHMETIC: dict[type[exp.Expression], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%"}
_BITS: dict[type[exp.Expression], str] = {exp.BitwiseAnd: "&", exp.BitwiseOr: "|"}
_COMPARISONS: dict[type[exp.Expression], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.NullSafeEQ: "IS",
    exp.NullSafeNEQ: "IS NOT",
}


def _logic(translator: Translator, node: exp.Connector) -> Value:
    return op.logic(translator.value(node.this), _LOGIC[type(node)], translator.value(node.expression))


def _arithmetic(translator: Translator, node: exp.Binary) -> Value:
    return op.arithmetic(translator.value(node.this), _ARITHMETIC[type(node)], translator.value(node.expression))


def _bits(translator: Translator, node: exp.Binary) -> Value:
    return op.bits(translator.value(node.this), _BITS[type(node)], translator.value(node.expression))


def _concatenation(translator: Translator, node: exp.DPipe) -> Value:
    return op.concatenate(translator.value(node.this), translator.value(node.expression))


def _comparison(translator: Translator, node: exp.Binary) -> Value:
    operator, right = _COMPARISONS[type(node)], node.expression
    if isinstance(node.this, exp.Tuple) and isinstance(right, exp.Tuple):
        return _row_comparison(translator, node.this, operator, right)
    if isinstance(right, exp.Any) and isinstance(node, exp.EQ):
        return _equals_any(translator, node.this, right)
    return op.compare(translator.value(node.this), operator, translator.value(right))


def _row_comparison(translator: Translator, left: exp.Tuple, operator: str, right: exp.Tuple) -> Value:
    if len(left.expressions) != len(right.expressions):
        raise SqlError("the two rows have different numbers of columns", "compare as many on the right as on the left")
    sides: tuple[list[str], list[str]] = ([], [])
    values: list[Value] = []
    for pair in zip(left.expressions, right.expressions, strict=True):
        both = op.comparable(translator.value(pair[0]), translator.value(pair[1]), operator)
        for side, value in zip(sides, both, strict=True):
            side.append(value.sql)
        values.extend(both)
    first, second = (f"({', '.join(side)})" for side in sides)
    return Value(f"{first} {operator} {second}", t.Boolean(), Precedence.COMPARISON, nullable(*values))


def _equals_any(translator: Translator, left: exp.Expression, right: exp.Any) -> Value:
    inner = right.this.this if isinstance(right.this, exp.Paren) else right.this
    if isinstance(inner, exp.Array) and inner.expressions:
        return op.one_of(translator.value(left), translator.values(inner.expressions), negated=False)
    if isinstance(inner, exp.Cast) and isinstance(inner.this, exp.Array) and inner.this.expressions:
        return op.one_of(translator.value(left), translator.values(inner.this.expressions), negated=False)
    raise untranslatable("= ANY() of anything but ARRAY[…]", instead="write IN (…)")


def _in(translator: Translator, node: exp.In, *, negated: bool = False) -> Value:
    value, query = translator.value(node.this), node.args.get("query")
    if query is not None:
        text, field = translator.scalar(query)
        typed, _ = op.comparable(value, Value("", field.type), "IN")
        word = "NOT IN" if negated else "IN"
        return Value(f"{typed.within(Precedence.BITS)} {word} {text}", t.Boolean(), Precedence.COMPARISON)
    if not node.expressions:
        raise SqlError("IN () is empty", "list at least one value")
    return op.one_of(value, translator.values(node.expressions), negated=negated)


def _between(translator: Translator, node: exp.Between, *, negated: bool = False) -> Value:
    value, low, high = (translator.value(node.args[key]) for key in ("this", "low", "high"))
    return op.between(value, low, high, negated=negated)


def _is(translator: Translator, node: exp.Is, *, negated: bool = False) -> Value:
    negated = negated or bool(node.args.get("negate"))
    value, right = translator.value(node.this), node.expression
    if isinstance(right, exp.Null):
        return op.is_null(value, negated=negated)
    if isinstance(right, exp.Boolean):
        return op.is_truth(value, "TRUE" if right.this else "FALSE", negated=negated)
    raise untranslatable(described(node))


def _pattern(translator: Translator, node: exp.Like | exp.ILike, escape: str = "\\") -> Value:
    match = op.like if isinstance(node, exp.Like) else op.ilike
    negated = bool(node.args.get("negate"))
    return match(translator.value(node.this), translator.value(node.expression), escape=escape, negated=negated)


def _escape(translator: Translator, node: exp.Escape) -> Value:
    inner, escape = node.this, node.expression
    if not isinstance(inner, (exp.Like, exp.ILike)) or not escape.is_string or len(escape.this) != 1:
        raise untranslatable(described(node), instead="ESCAPE takes one character")
    only(inner, "this", "expression", "negate")
    return _pattern(translator, inner, str(escape.this))


def _case(translator: Translator, node: exp.Case) -> Value:
    subject = translator.value(node.this) if node.this is not None else None
    branches = []
    head = ""
    for branch in node.args["ifs"]:
        only(branch, "this", "true")
        if subject is None:
            condition = translator.condition(branch.this).sql
        else:
            left, right = op.comparable(subject, translator.value(branch.this), "CASE")
            head, condition = left.sql, right.sql
        branches.append((condition, translator.value(branch.args["true"])))
    default = node.args.get("default")
    return op.case(branches, translator.value(default) if default is not None else None, head)


def type_of(node: exp.Expression) -> t.Type:
    """A type that is written in a cast.

    Raises:
        SqlError: when the language does not know it.
    """
    text = node.sql(dialect="postgres")
    try:
        return t.parse_type(text)
    except t.UnknownTypeError as problem:
        raise untranslatable(f"the type {text.lower()}") from problem


def _cast(translator: Translator, node: exp.Cast) -> Value:
    value, target = translator.value(node.this), type_of(node.args["to"])
    if isinstance(target, t.Interval) and value.text is not None:
        return Value(value.sql, target, nullable=False, span=parse_span(value.text))
    return cast(value, target)


def _interval(_translator: Translator, node: exp.Interval) -> Value:
    literal, unit = node.this, node.args.get("unit")
    if not isinstance(literal, exp.Literal):
        raise untranslatable(described(node), instead="write n * interval '1 day'")
    text = str(literal.this)
    span = named_span(text, str(unit.this)) if unit is not None else parse_span(text)
    if span is None:
        span = parse_span(f"{text} {unit.this if unit is not None else ''}")
    return Value(sql_string(text), t.Interval(), nullable=False, span=span)


def _extract(translator: Translator, node: exp.Extract) -> Value:
    return extract(str(node.this.this), translator.value(node.expression))


def _at_time_zone(translator: Translator, node: exp.AtTimeZone) -> Value:
    return at_time_zone(translator.value(node.this), translator.value(node.args["zone"]))


def _collate(translator: Translator, node: exp.Collate) -> Value:
    if name_of(node.expression) not in {"C", "POSIX", "ucs_basic"}:
        raise untranslatable(f"the collation {node.expression.sql()}", instead='use COLLATE "C", which sorts by bytes')
    value = translator.value(node.this)
    return replace(value, sql=f"{value.within(Precedence.COLLATE)} COLLATE BINARY", precedence=Precedence.COLLATE)


def _json_get(translator: Translator, node: exp.Binary) -> Value:
    keys: list[str | int] = [_json_key(node.expression)]
    inner = node.this
    while isinstance(inner, exp.JSONBExtract):
        only(inner, *_SIDES)
        keys.insert(0, _json_key(inner.expression))
        inner = inner.this
    value = translator.value(inner)
    if not isinstance(value.type, (t.Json, t.Jsonb)):
        raise SqlError(f"-> wants JSON, this is {value.type or 'untyped'}", "use a json or jsonb column")
    return op.json_get_text(value, keys) if isinstance(node, exp.JSONBExtractScalar) else op.json_get(value, keys)


def _json_key(node: exp.Expression) -> str | int:
    sign = -1 if isinstance(node, exp.Neg) else 1
    literal = node.this if isinstance(node, exp.Neg) else node
    if isinstance(literal, exp.Literal) and (literal.is_string or str(literal.this).isdigit()):
        return str(literal.this) if literal.is_string else sign * int(literal.this)
    raise untranslatable("-> with anything but a fixed key", instead="write the key as a string or a number")


def _substring(translator: Translator, node: exp.Substring) -> Value:
    arguments = [node.this, node.args.get("start"), node.args.get("length")]
    return substring(translator.values([argument for argument in arguments if argument is not None]))


def _position(translator: Translator, node: exp.StrPosition) -> Value:
    return text_position(translator.value(node.args["substr"]), translator.value(node.this))


def _trim(translator: Translator, node: exp.Trim) -> Value:
    name = {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(str(node.args.get("position") or "").upper(), "trim")
    nodes = [part for part in (node.this, node.expression) if part is not None]
    return same_text(name)(translator.values(nodes))


def _now(type_: t.Type) -> Callable[[Translator, Any], Value]:
    return lambda _translator, _node: clock(type_)


def _call(translator: Translator, node: exp.Anonymous) -> Value:
    name = str(node.this).removeprefix(MARK)
    if not str(node.this).startswith(MARK):
        raise untranslatable(f"{name}()", offset=offset_of(node))
    if name in AGGREGATES or name in WINDOWS:
        return aggregate(translator, node, name)
    return _built(name, translator.values(node.expressions))


def _built(name: str, arguments: Sequence[Value]) -> Value:
    function = FUNCTIONS[name]
    if not function.low <= len(arguments) <= function.high:
        raise SqlError(f"{name}() can't take {len(arguments)} arguments", f"write {function.postgres}")
    return function.build(arguments)


def aggregate(translator: Translator, node: exp.Anonymous, name: str, suffix: str = "") -> Value:
    """Translate an aggregate or window function; ``suffix`` is its FILTER and OVER."""
    if not translator.aggregates:
        raise SqlError(f"{name}() can stand in a query only", "a check, default or index sees one row")
    if name in WINDOWS and " OVER " not in suffix:
        raise SqlError(f"{name}() needs OVER", f"write {FUNCTIONS[name].postgres} OVER (ORDER BY …)")
    value = _built(name, [_argument(translator, part, name) for part in node.expressions])
    return replace(value, sql=value.sql.replace(SUFFIX, suffix))


def _argument(translator: Translator, node: exp.Expression, name: str) -> Value:
    if isinstance(node, exp.Star) and name == "count":
        return Value("*", t.Integer(), nullable=False)
    if isinstance(node, exp.Distinct) and len(node.expressions) == 1 and name in AGGREGATES:
        only(node, "expressions")
        inner = adapt(translator.value(node.expressions[0]), t.Text()).rounded()
        return replace(inner, sql=f"DISTINCT {inner.sql}")
    return translator.value(node)


def _scalar(translator: Translator, node: exp.Subquery) -> Value:
    text, field = translator.scalar(node)
    return Value(text, field.type)


def _exists(translator: Translator, node: exp.Exists) -> Value:
    text, _ = translator.rows(node.this)
    return Value(f"EXISTS {text}", t.Boolean(), nullable=False)


_SIDES = ("this", "expression")
Handler = tuple["Callable[[Translator, Any], Value]", tuple[str, ...]]

_HANDLERS: dict[type[exp.Expression], Handler] = {
    exp.Column: (_column, ("this", "table")),
    exp.Literal: (_literal, ("this", "is_string")),
    exp.Boolean: (_boolean, ("this",)),
    exp.Null: (_null, ()),
    exp.Placeholder: (_placeholder, ("this",)),
    exp.Paren: (_paren, ("this",)),
    exp.Neg: (lambda translator, node: op.negate(translator.value(node.this)), ("this",)),
    exp.Not: (_not, ("this",)),
    exp.DPipe: (_concatenation, (*_SIDES, "safe")),
    exp.In: (_in, ("this", "expressions", "query")),
    exp.Between: (_between, ("this", "low", "high")),
    exp.Is: (_is, (*_SIDES, "negate")),
    exp.Like: (_pattern, (*_SIDES, "negate")),
    exp.ILike: (_pattern, (*_SIDES, "negate")),
    exp.Escape: (_escape, _SIDES),
    exp.Case: (_case, ("this", "ifs", "default")),
    exp.Cast: (_cast, ("this", "to")),
    exp.Interval: (_interval, ("this", "unit")),
    exp.Extract: (_extract, _SIDES),
    exp.AtTimeZone: (_at_time_zone, ("this", "zone")),
    exp.Collate: (_collate, _SIDES),
    exp.JSONBExtract: (_json_get, _SIDES),
    exp.JSONBExtractScalar: (_json_get, _SIDES),
    exp.Substring: (_substring, ("this", "start", "length")),
    exp.StrPosition: (_position, ("this", "substr")),
    exp.Trim: (_trim, (*_SIDES, "position")),
    exp.CurrentTimestamp: (_now(t.TimestampTz()), ()),
    exp.Localtimestamp: (_now(t.Timestamp()), ()),
    exp.CurrentDate: (_now(t.Date()), ()),
    exp.Subquery: (_scalar, ("this",)),
    exp.Exists: (_exists, ("this",)),
    exp.Window: (
        lambda translator, node: translator.windowed(node),
        ("this", "partition_by", "order", "spec", "over", "alias"),
    ),
    exp.Filter: (lambda translator, node: translator.windowed(node), _SIDES),
    exp.Anonymous: (_call, ("this", "expressions")),
    **dict.fromkeys(_LOGIC, (_logic, _SIDES)),
    **dict.fromkeys(_ARITHMETIC, (_arithmetic, (*_SIDES, "typed", "safe"))),
    **dict.fromkeys(_BITS, (_bits, _SIDES)),
    **dict.fromkeys(_COMPARISONS, (_comparison, _SIDES)),
}
