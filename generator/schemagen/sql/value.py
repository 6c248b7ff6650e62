"""A translated expression: its SQLite text with what the next translation needs to know of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING

from schemagen.schema import types as t

from .errors import SqlError

if TYPE_CHECKING:
    from schemagen.schema.types import Type


class Precedence(IntEnum):
    """How tightly SQLite binds an operator (SQLite, "SQL Language Expressions": operators); higher binds tighter."""

    OR = 1
    AND = 2
    NOT = 3
    COMPARISON = 4
    BITS = 6
    SUM = 7
    PRODUCT = 8
    CONCAT = 9
    COLLATE = 10
    UNARY = 11
    ATOM = 12


@dataclass(frozen=True, slots=True)
class Span:
    """An interval literal, in the three parts that PostgreSQL keeps apart."""

    months: int = 0
    days: int = 0
    microseconds: int = 0

    def __neg__(self) -> Span:
        """The same span backwards."""
        return Span(-self.months, -self.days, -self.microseconds)


@dataclass(slots=True)
class Slot:
    """A parameter of a query; its type is that of the first typed thing it meets."""

    name: str
    type: Type | None = None
    takes_null: bool | None = None
    """Whether each place that it is stored into may be NULL; None where it is stored nowhere."""

    def meet(self, type_: Type) -> None:
        """Note what the parameter is used as.

        Raises:
            SqlError: when it is used as two kinds of type, which PostgreSQL refuses.
        """
        if self.type is None or (isinstance(self.type, t.TextType) and isinstance(type_, t.TextType)):
            self.type = type_ if self.type in (None, t.Text()) else self.type
        elif type(self.type) is not type(type_) and not (
            isinstance(self.type, t.NumberType) and isinstance(type_, t.NumberType)
        ):
            raise SqlError(
                f":{self.name} is used as {self.type} and as {type_}",
                f"give the two uses two names, or cast one of them: `CAST(:{self.name} AS {type_})`",
            )


@dataclass(frozen=True, slots=True)
class Value:
    """A translated expression.

    ``type`` is None while it is unknown (a string literal, a parameter, NULL). ``text`` is a string literal's content,
    ``number`` a whole-number literal, ``minimum`` a bound that an integer never falls below, ``nonzero`` a number
    that is never zero, ``slot`` the parameter that a ``:name`` is, ``span`` an interval literal, ``null`` the keyword,
    ``stored`` a bare column.
    ``clock`` marks the current time, whose text follows the type that it is used as. ``unrounded`` marks numeric
    arithmetic whose last digits are binary noise until it is rounded to ``type.scale``. ``counted`` is an interval of
    so many units: (text of the count, unit, microseconds of one).
    """

    sql: str
    type: Type | None = None
    precedence: Precedence = Precedence.ATOM
    nullable: bool = True
    text: str | None = None
    number: int | None = None
    minimum: int | None = None
    nonzero: bool = False
    slot: Slot | None = None
    span: Span | None = None
    clock: bool = False
    unrounded: bool = False
    null: bool = False
    stored: bool = False
    counted: tuple[str, str, int] | None = None

    def within(self, precedence: Precedence) -> str:
        """Its text as an operand: in parentheses where it binds no tighter than ``precedence``."""
        return f"({self.sql})" if self.precedence < precedence else self.sql

    def retyped(self, sql: str, type_: Type | None, precedence: Precedence = Precedence.ATOM) -> Value:
        """Another text and type with the same nullability, and nothing else kept."""
        return Value(sql, type_, precedence, self.nullable)

    def rounded(self) -> Value:
        """The value with the binary noise of numeric arithmetic removed."""
        if not self.unrounded:
            return self
        assert isinstance(self.type, t.Numeric)  # noqa: S101  (only numeric arithmetic is marked)
        return self.retyped(f"round({self.sql}, {self.type.scale})", self.type)

    def as_type(self, type_: Type) -> Value:
        """The same text seen as another type."""
        return replace(self, type=type_)


def is_exact(type_: Type | None) -> bool:
    """Whether a numeric type has a scale, so that its digits can be kept by rounding."""
    return isinstance(type_, t.Numeric) and type_.precision is not None


def call(name: str, *arguments: str) -> str:
    """A function call."""
    return f"{name}({', '.join(arguments)})"


def nullable(*values: Value) -> bool:
    """Whether any of them may be NULL."""
    return any(value.nullable for value in values)


def cast_hint(value: Value, type_: str) -> str:
    """How a value becomes what is wanted; of a parameter, why it is not."""
    if value.slot is not None:
        name = value.slot.name
        return f"nothing says the type of :{name}, which is text then: write `CAST(:{name} AS {type_})`"
    return f"cast it, as in `x::{type_}`"
