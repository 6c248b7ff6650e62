"""Column types: one class a type, and how it is written; the families above them are what rules ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

MAX_CHARACTERS = 10_485_760  # PostgreSQL, "8.3. Character Types"
MAX_SECOND_DECIMALS = 6  # PostgreSQL, "8.5. Date/Time Types"
MAX_PRECISION = 1000  # PostgreSQL, "8.1.2. Arbitrary Precision Numbers"
MAX_DIMENSIONS = 16_000  # pgvector 0.8, "Vector Type"


@dataclass(frozen=True, slots=True)
class Type:
    """A column type; ``str()`` gives the spelling that specs and documents use."""

    keyword: ClassVar[str] = ""

    def __str__(self) -> str:
        """The canonical spelling, such as ``varchar(255)``."""
        return self.keyword

    @property
    def described(self) -> str:
        """The spelling, and a limit that it does not show."""
        return str(self)


class NumberType(Type):
    """The family of numbers."""

    __slots__ = ()


class IntegerType(NumberType):
    """The family of integers."""

    __slots__ = ()


class FloatType(NumberType):
    """The family of binary floating-point numbers."""

    __slots__ = ()


class TextType(Type):
    """The family of text, limited or not."""

    __slots__ = ()

    @property
    def limit(self) -> int | None:
        """How many characters a value has at most, where the type says so by a number."""
        return None


class UnpaddedType(TextType):
    """The family of text that PostgreSQL keeps as it is: all but ``char``."""

    __slots__ = ()


class JsonType(Type):
    """The family of JSON values."""

    __slots__ = ()


class TemporalType(Type):
    """The family of days, times and intervals."""

    __slots__ = ()


class DayType(TemporalType):
    """The family of what has a calendar day."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class ClockType(TemporalType):
    """The family of what has a time of day; ``precision`` is how many decimals of a second it has, six without one."""

    precision: int | None = None

    def __str__(self) -> str:
        """``time``, or ``time(3)``."""
        return self.keyword if self.precision is None else f"{self.keyword}({self.precision})"


class TimestampType(ClockType, DayType):
    """The family of a day with a time of day."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Uuid(Type):
    """A UUID; its text form is lower case with dashes on both engines."""

    keyword: ClassVar[str] = "uuid"


@dataclass(frozen=True, slots=True)
class Text(UnpaddedType):
    """Text of any length, or of at most ``max_length`` characters."""

    keyword: ClassVar[str] = "text"
    max_length: int | None = None

    @property
    def limit(self) -> int | None:
        """How many characters a value has at most."""
        return self.max_length

    @property
    def described(self) -> str:
        """``text``, or ``text of at most 200 characters``."""
        return "text" if self.max_length is None else f"text of at most {self.max_length} characters"


@dataclass(frozen=True, slots=True)
class Varchar(UnpaddedType):
    """Text of at most ``length`` characters, limited by its type."""

    keyword: ClassVar[str] = "varchar"
    length: int | None = None

    @property
    def limit(self) -> int | None:
        """How many characters a value has at most."""
        return self.length

    def __str__(self) -> str:
        """``varchar(255)``, or ``varchar`` without a limit."""
        return f"varchar({self.length})" if self.length else "varchar"


@dataclass(frozen=True, slots=True)
class Char(TextType):
    """Text of exactly ``length`` characters, padded with spaces by PostgreSQL."""

    keyword: ClassVar[str] = "char"
    length: int = 1

    @property
    def limit(self) -> int | None:
        """How many characters a value has at most."""
        return self.length

    def __str__(self) -> str:
        """``char(2)``."""
        return f"char({self.length})"


@dataclass(frozen=True, slots=True)
class Enum(UnpaddedType):
    """Text that is one of ``values``.

    Without a ``name`` it sorts as text on both engines. With one it is PostgreSQL's type of that name, and sorts in the
    order of its values.
    """

    keyword: ClassVar[str] = "enum"
    values: tuple[str, ...] = ()
    name: str = ""

    def __str__(self) -> str:
        """``enum(user, assistant)``, or ``mood``."""
        return self.name or f"enum({', '.join(self.values)})"

    @property
    def described(self) -> str:
        """``enum(user, assistant)``, or ``mood(sad, ok)``."""
        return f"{self.name or self.keyword}({', '.join(self.values)})"


@dataclass(frozen=True, slots=True)
class SmallInt(IntegerType):
    """An integer of 16 bits."""

    keyword: ClassVar[str] = "smallint"


@dataclass(frozen=True, slots=True)
class Integer(IntegerType):
    """An integer of 32 bits."""

    keyword: ClassVar[str] = "integer"


@dataclass(frozen=True, slots=True)
class BigInt(IntegerType):
    """An integer of 64 bits."""

    keyword: ClassVar[str] = "bigint"


@dataclass(frozen=True, slots=True)
class Numeric(NumberType):
    """A decimal of ``precision`` digits in all, ``scale`` of them after the point; unlimited without a precision."""

    keyword: ClassVar[str] = "numeric"
    precision: int | None = None
    scale: int = 0

    def __str__(self) -> str:
        """``numeric(10,2)``, ``numeric(10,0)`` or ``numeric``."""
        return "numeric" if self.precision is None else f"numeric({self.precision},{self.scale})"


@dataclass(frozen=True, slots=True)
class Real(FloatType):
    """A binary floating-point number of 4 bytes."""

    keyword: ClassVar[str] = "real"


@dataclass(frozen=True, slots=True)
class Double(FloatType):
    """A binary floating-point number of 8 bytes."""

    keyword: ClassVar[str] = "double precision"


@dataclass(frozen=True, slots=True)
class Boolean(Type):
    """True or false."""

    keyword: ClassVar[str] = "boolean"


@dataclass(frozen=True, slots=True)
class Date(DayType):
    """A calendar day."""

    keyword: ClassVar[str] = "date"


@dataclass(frozen=True, slots=True)
class Time(ClockType):
    """A time of day without a zone."""

    keyword: ClassVar[str] = "time"


@dataclass(frozen=True, slots=True)
class Timestamp(TimestampType):
    """A day and time without a zone."""

    keyword: ClassVar[str] = "timestamp"


@dataclass(frozen=True, slots=True)
class TimestampTz(TimestampType):
    """A timestamp, kept as UTC."""

    keyword: ClassVar[str] = "timestamptz"


@dataclass(frozen=True, slots=True)
class Interval(TemporalType):
    """A span of time."""

    keyword: ClassVar[str] = "interval"


@dataclass(frozen=True, slots=True)
class Json(JsonType):
    """A JSON value kept as it was written."""

    keyword: ClassVar[str] = "json"


@dataclass(frozen=True, slots=True)
class Jsonb(JsonType):
    """A JSON value kept parsed by PostgreSQL."""

    keyword: ClassVar[str] = "jsonb"


@dataclass(frozen=True, slots=True)
class Bytea(Type):
    """Bytes."""

    keyword: ClassVar[str] = "bytea"


@dataclass(frozen=True, slots=True)
class Vector(Type):
    """``dimensions`` numbers of 32 bits, not all zero: PostgreSQL's type of the extension ``vector``."""

    keyword: ClassVar[str] = "vector"
    dimensions: int = 1

    def __str__(self) -> str:
        """``vector(384)``."""
        return f"vector({self.dimensions})"


@dataclass(frozen=True, slots=True)
class Array(Type):
    """A one-dimensional array of another type."""

    keyword: ClassVar[str] = "array"
    element: Type = Text()

    def __str__(self) -> str:
        """``text[]``."""
        return f"{self.element}[]"


@dataclass(frozen=True, slots=True)
class Native(Type):
    """A type that the language does not know, written for each engine by the spec's author.

    ``sqlite`` and ``postgres`` stand in the DDL as they are; ``python`` is the annotation of the model.
    """

    keyword: ClassVar[str] = "native"
    postgres: str = ""
    sqlite: str = ""
    python: str = "str"
    base: Type | None = None
    """Of a domain, the type of the language that it is made of, whose values and literals it has."""

    def __str__(self) -> str:
        """``inet (sqlite: text)``."""
        return f"{self.postgres} (sqlite: {self.sqlite})"


TYPES: tuple[type[Type], ...] = (
    Uuid, Text, Varchar, Char, Enum, SmallInt, Integer, BigInt, Numeric, Real, Double, Boolean,
    Date, Time, Timestamp, TimestampTz, Interval, Json, Jsonb, Bytea, Vector, Array, Native,
)  # fmt: skip
"""Every type of the language."""


def value_type(type_: Type) -> Type:
    """The type whose values a type has: that under a domain, else itself."""
    return type_.base if isinstance(type_, Native) and type_.base is not None else type_


def second_decimals(type_: Type) -> int:
    """How many decimals of a second a type keeps; none for what has no time of day."""
    if not isinstance(type_, ClockType):
        return 0
    return MAX_SECOND_DECIMALS if type_.precision is None else type_.precision


def without_precision(type_: Type) -> Type:
    """A type with all decimals of a second."""
    return type(type_)() if isinstance(type_, ClockType) else type_


def is_named(type_: Type | None) -> bool:
    """Whether a type is a named one of PostgreSQL's, which is not a text there."""
    return isinstance(type_, Enum) and bool(type_.name)


def unnamed(type_: Type) -> Type:
    """A named enum as text with a check; every other type as it is."""
    return Enum(type_.values) if isinstance(type_, Enum) else type_
