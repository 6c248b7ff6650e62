"""Aggregates and window functions: FILTER, OVER, WINDOW, and the frames in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from .errors import untranslatable
from .handlers import aggregate
from .nodes import described, name_of, offset_of, only, quote
from .ordering import ordered
from .parse import MARK

if TYPE_CHECKING:
    from .translate import Translator
    from .value import Value


def window_body(translator: Translator, node: exp.Window) -> str:
    """What stands in the parentheses of OVER or WINDOW."""
    only(node, "this", "partition_by", "order", "spec", "over", "alias")
    parts = []
    if node.args.get("partition_by"):
        parts.append(
            f"PARTITION BY {', '.join(translator.value(part).rounded().sql for part in node.args['partition_by'])}"
        )
    if node.args.get("order") is not None:
        parts.append(f"ORDER BY {ordered(translator, node.args['order'], [])}")
    spec = node.args.get("spec")
    if spec is not None:
        parts.append(_frame(spec))
    return " ".join(parts)


def windowed(translator: Translator, node: exp.Expression) -> Value:
    """``f(x) FILTER (WHERE …) OVER (…)``, with either part."""
    inner, suffix = node, ""
    if isinstance(inner, exp.Window):
        only(inner, "this", "partition_by", "order", "spec", "over", "alias")
        alias = inner.args.get("alias")
        suffix = f" OVER {quote(name_of(alias))}" if alias is not None else f" OVER ({window_body(translator, inner)})"
        inner = inner.this
    if isinstance(inner, exp.Filter):
        only(inner, "this", "expression")
        suffix = f" FILTER (WHERE {translator.condition(inner.expression.this).sql}){suffix}"
        inner = inner.this
    if not isinstance(inner, exp.Anonymous) or not str(inner.this).startswith(MARK):
        raise untranslatable(described(inner), offset=offset_of(inner))
    only(inner, "this", "expressions")
    return aggregate(translator, inner, str(inner.this).removeprefix(MARK), suffix)


def _frame(spec: exp.WindowSpec) -> str:
    """The frame of a window: ``ROWS BETWEEN 1 PRECEDING AND CURRENT ROW``."""
    only(spec, "kind", "start", "start_side", "end", "end_side")
    start = _bound(spec.args.get("start"), spec.args.get("start_side"))
    if spec.args.get("end") is None:
        return f"{str(spec.args['kind']).upper()} {start}"
    return f"{str(spec.args['kind']).upper()} BETWEEN {start} AND {_bound(spec.args['end'], spec.args.get('end_side'))}"


def _bound(bound: object, side: object) -> str:
    if isinstance(bound, exp.Expression) and not (isinstance(bound, exp.Literal) and str(bound.this).isdigit()):
        raise untranslatable("a window frame with anything but fixed bounds")
    text = str(bound.this) if isinstance(bound, exp.Expression) else str(bound)
    return f"{text} {side}".upper() if side else text.upper()
