"""The part of ``expressions`` that needs sqlglot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen import types as t
from schemagen.model import Sql

from .convert import adapt, assign
from .errors import SqlError
from .expressions import Expression
from .natives import spoken
from .parse import parse_expression, same_tokens
from .scope import Field, Relation, Scope
from .translate import Translator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemagen.types import Type

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
    text: str, columns: Mapping[str, Type], result: Type | None, *, is_condition: bool, is_stored: bool
) -> Expression:
    """Parse, check and translate one expression (see ``expressions.expression``)."""
    scope = _Noting(columns)
    tree, translator = parse_expression(text), Translator(scope)
    try:
        value = translator.condition(tree) if is_condition else translator.value(tree)
    except RecursionError:
        raise SqlError("the expression is nested too deeply", "write it in smaller parts") from None
    if translator.volatile and (is_stored or result is None):
        where = "generated column" if is_stored else "check or index"
        raise SqlError(
            f"the current time and random values can stand in no {where}", "use a default, a query or a trigger"
        )
    finished = _finished(value, result)
    return Expression(Sql(text, text if same_tokens(text, finished.sql) else finished.sql), tuple(scope.found))


def _finished(value: Value, result: Type | None) -> Value:
    if result is not None:
        return assign(value, spoken(result)).rounded()
    if isinstance(value.type, t.Interval):
        raise SqlError("an interval is no value on SQLite", "compare it, or use EXTRACT(epoch FROM …)")
    return adapt(value, t.Text()).rounded()
