"""The part of ``expressions`` that needs sqlglot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from schemagen.schema import types as t
from schemagen.schema.dialect import Sql

from .casts import assign
from .errors import SqlError
from .expression import Expression
from .natives import spoken
from .operands import adapt
from .parse import parse_expression, same_tokens
from .scope import Field, Relation, Scope
from .translate import Translator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemagen.schema.types import Type

    from .value import Value


class _Noting(Scope):
    """A scope that keeps the columns that were asked for, in order."""

    def __init__(self, columns: Mapping[str, Type]) -> None:
        super().__init__([Relation("", {name: Field(spoken(type_)) for name, type_ in columns.items()})])
        self.found: dict[str, None] = {}

    def resolve(self, name: str, qualifier: str | None, offset: int | None = None) -> Field:
        if qualifier is not None:
            raise SqlError(
                f"`{qualifier}.{name}` names a table",
                f"write `{name}`: only the table's own columns can stand here",
                offset,
            )
        field = super().resolve(name, None, offset)
        self.found[name] = None
        return field


def translated(
    text: str, columns: Mapping[str, Type], result: Type | None, *, is_condition: bool, is_immutable: bool
) -> Expression:
    """Parse, check and translate one expression (see ``expressions.expression``)."""
    scope = _Noting(columns)
    tree, translator = parse_expression(text), Translator(scope)
    try:
        value = translator.condition(tree) if is_condition else translator.value(tree)
    except RecursionError:
        raise SqlError("the expression is nested too deeply", "write it in smaller parts") from None
    where = "generated column or index" if is_immutable else "check"
    if translator.volatile and (is_immutable or result is None):
        raise SqlError(
            f"the current time and random values can stand in no {where}", "use a default, a query or a trigger"
        )
    if isinstance(tree, exp.AtTimeZone) and value.clock and isinstance(result, t.TimestampTz):
        raise SqlError("a timestamp as timestamptz depends on the session's time zone", "write now() alone")
    made = finished(value, result)
    if result is not None and isinstance(result, t.TextType) and isinstance(value.type, t.DayType):
        translator.depend(f"{value.type} as text", "keep it as it is, or take parts of it by EXTRACT")
    if is_immutable and translator.depends_on:
        what, hint = translator.depends_on
        raise SqlError(f"{what} depends on a setting of the session, so it can stand in no {where}", hint)
    return Expression(Sql(text, text if same_tokens(text, made.sql) else made.sql), tuple(scope.found))


def finished(value: Value, result: Type | None) -> Value:
    """A value as the column of a type stores it; without one, as a condition or an index has it."""
    if result is not None:
        return assign(value, spoken(result)).rounded()
    if isinstance(value.type, t.Interval):
        raise SqlError("an interval is not a value on SQLite", "compare it, or use EXTRACT(epoch FROM …)")
    return adapt(value, t.Text()).rounded()
