"""Column types that keep the same values on SQLite and PostgreSQL.

PostgreSQL has a type of its own for each of them; SQLite keeps text or a number in one fixed form, so that a row written
by plain SQL is found by a model and the other way round, and so that what is stored sorts as it should.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql.operators import OperatorType

T = TypeVar("T")

_ALL_DIGITS = Context(prec=2000)  # by itself Decimal calculates with 28

_DURATION = re.compile(
    r"(?P<sign>-?)P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)


class Declared(sa.types.UserDefinedType[Any]):
    """A type that stands in DDL as it is written and leaves values alone."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_: Any) -> str:
        return self.name

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str]:
        text = sa.String().dialect_impl(dialect).literal_processor(dialect)
        assert text is not None
        return lambda value: text(value) if isinstance(value, str) else repr(value)


class _SqliteJson(sqlite.JSON):
    """SQLite's JSON functions over a column that is declared otherwise (STRICT knows no type JSON)."""

    __visit_name__ = "user_defined"  # so that DDL asks get_col_spec

    def __init__(self, name: str) -> None:
        super().__init__(none_as_null=True)
        self.name = name

    def get_col_spec(self, **_: Any) -> str:
        return self.name


class _Type(sa.types.TypeDecorator[T]):
    """A type of PostgreSQL; on SQLite ``storage`` is the declared type, unless ``sqlite`` names another."""

    storage: ClassVar[str] = "TEXT"

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.cache_ok = True  # SQLAlchemy asks each class itself; every argument is an attribute

    def __init__(self, *args: Any, sqlite: str | None = None, **kwargs: Any) -> None:
        self.sqlite = sqlite or self.storage
        super().__init__(*args, **kwargs)

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Declared(self.sqlite))
        return super().load_dialect_impl(dialect)

    def process_bind_param(self, value: T | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        checked = self.checked(value)
        return self.to_sqlite(checked) if dialect.name == "sqlite" else self.to_postgres(checked)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> T | None:
        if value is None:
            return None
        return self.from_sqlite(value) if dialect.name == "sqlite" else self.from_postgres(value)

    def checked(self, value: T) -> T:
        """The value that both engines can keep, or a ValueError where they would part."""
        return value

    def to_sqlite(self, value: T) -> Any:
        return value

    def from_sqlite(self, stored: Any) -> T:
        value: T = stored
        return value

    def to_postgres(self, value: T) -> Any:
        return value

    def from_postgres(self, stored: Any) -> T:
        value: T = stored
        return value


class Uuid(_Type[UUID]):
    """A UUID: text in lower case with dashes on SQLite."""

    impl = sa.Uuid

    def checked(self, value: UUID | str) -> UUID:
        return value if isinstance(value, UUID) else UUID(value)

    def to_sqlite(self, value: UUID) -> str:
        return str(value)

    def from_sqlite(self, stored: str) -> UUID:
        return UUID(stored)


class _Characters(_Type[str]):
    """What the types of text share: a limit of characters, and a collation on PostgreSQL."""

    impl = sa.String

    def __init__(
        self, length: int | None = None, *, collation: str | None = None, sqlite: str | None = None
    ) -> None:
        self.length = length
        self.collation = collation
        super().__init__(length, collation=collation, sqlite=sqlite)


class Text(_Characters):
    """Text of any length."""

    impl = sa.Text


class Varchar(_Characters):
    """Text with a limit of characters; on SQLite a check of the table holds it."""

    impl = sa.VARCHAR


class Char(_Characters):
    """Text that PostgreSQL pads with blanks: trailing blanks are no part of the value."""

    impl = sa.CHAR

    def checked(self, value: str) -> str:
        return value.rstrip(" ")

    def from_sqlite(self, stored: str) -> str:
        return stored.rstrip(" ")

    def from_postgres(self, stored: str) -> str:
        return stored.rstrip(" ")


class SmallInt(_Type[int]):
    """A whole number of 16 bits."""

    impl = sa.SmallInteger
    storage = "INTEGER"


class Integer(_Type[int]):
    """A whole number of 32 bits."""

    impl = sa.Integer
    storage = "INTEGER"


class BigInt(_Type[int]):
    """A whole number of 64 bits; INTEGER on SQLite, where only that can be the row's own number."""

    impl = sa.BigInteger
    storage = "INTEGER"


class Numeric(_Type[Decimal]):
    """A decimal number; one with more decimals than the column has is refused rather than rounded."""

    impl = sa.NUMERIC
    storage = "REAL"

    def __init__(
        self, precision: int | None = None, scale: int | None = None, *, sqlite: str | None = None
    ) -> None:
        self.precision = precision
        self.scale = scale
        super().__init__(precision, scale, sqlite=sqlite)

    def checked(self, value: Decimal | float | str) -> Decimal:
        number = value if isinstance(value, Decimal) else Decimal(str(value))
        if self.scale is not None and number != self._scaled(number):
            raise ValueError(f"{number} has more than {self.scale} decimals")
        return number

    def to_sqlite(self, value: Decimal) -> float | str:
        return format(self._scaled(value), "f") if self.sqlite == "TEXT" else float(value)

    def from_sqlite(self, stored: float | str) -> Decimal:
        return self._scaled(Decimal(str(stored)))

    def _scaled(self, number: Decimal) -> Decimal:
        if self.scale is None:
            return number
        return number.quantize(Decimal(1).scaleb(-self.scale), context=_ALL_DIGITS)


class Real(_Type[float]):
    """A binary floating-point number of 4 bytes on PostgreSQL, of 8 on SQLite."""

    impl = sa.REAL
    storage = "REAL"


class Double(_Type[float]):
    """A binary floating-point number of 8 bytes."""

    impl = sa.DOUBLE_PRECISION
    storage = "REAL"


class Boolean(_Type[bool]):
    """True or false: 1 or 0 on SQLite."""

    impl = sa.Boolean
    storage = "INTEGER"

    def to_sqlite(self, value: bool) -> int:
        return int(value)

    def from_sqlite(self, stored: int) -> bool:
        return bool(stored)


class Date(_Type[dt.date]):
    """A calendar day: ``YYYY-MM-DD`` on SQLite."""

    impl = sa.Date

    def checked(self, value: dt.date) -> dt.date:
        if isinstance(value, dt.datetime):
            raise TypeError(f"{value.isoformat()} is no date: take its .date()")
        return value

    def to_sqlite(self, value: dt.date) -> str:
        return value.isoformat()

    def from_sqlite(self, stored: str) -> dt.date:
        return dt.date.fromisoformat(stored)


class Time(_Type[dt.time]):
    """A time of day without a zone: ``HH:MM:SS.ffffff`` on SQLite."""

    impl = sa.Time

    def checked(self, value: dt.time) -> dt.time:
        if value.tzinfo is not None:
            raise ValueError(f"{value.isoformat()} has a time zone")
        return value

    def to_sqlite(self, value: dt.time) -> str:
        return value.isoformat(timespec="microseconds")

    def from_sqlite(self, stored: str) -> dt.time:
        return dt.time.fromisoformat(stored)


class _DateTime(_Type[dt.datetime]):
    """What both kinds of timestamps share: a difference of two is a span of time."""

    impl = sa.DateTime

    def coerce_compared_value(
        self, op: OperatorType | None, value: Any
    ) -> sa.types.TypeEngine[Any]:
        return sa.Interval() if isinstance(value, dt.timedelta) else self


class Timestamp(_DateTime):
    """A day and time without a zone: ``YYYY-MM-DDTHH:MM:SS.ffffff`` on SQLite."""

    def checked(self, value: dt.datetime) -> dt.datetime:
        if value.tzinfo is not None:
            raise ValueError(f"{value.isoformat()} has a time zone")
        return value

    def to_sqlite(self, value: dt.datetime) -> str:
        return value.isoformat(timespec="microseconds")

    def from_sqlite(self, stored: str) -> dt.datetime:
        return dt.datetime.fromisoformat(stored)


class TimestampTz(_DateTime):
    """A moment, always aware and in UTC: ``YYYY-MM-DDTHH:MM:SS.ffffffZ`` on SQLite."""

    def __init__(self, *, sqlite: str | None = None) -> None:
        super().__init__(timezone=True, sqlite=sqlite)

    def checked(self, value: dt.datetime) -> dt.datetime:
        if value.utcoffset() is None:
            raise ValueError(f"{value.isoformat()} has no time zone; datetime.now(UTC) has one")
        return value.astimezone(dt.UTC)

    def to_sqlite(self, value: dt.datetime) -> str:
        return value.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"

    def from_sqlite(self, stored: str) -> dt.datetime:
        moment = dt.datetime.fromisoformat(stored)
        return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)

    def from_postgres(self, stored: dt.datetime) -> dt.datetime:
        return stored.astimezone(dt.UTC)


class Interval(_Type[dt.timedelta]):
    """A span of time: an ISO 8601 duration of days and smaller units on SQLite, such as ``P1DT2H``."""

    impl = postgresql.INTERVAL

    def to_sqlite(self, value: dt.timedelta) -> str:
        sign, span = ("-", -value) if value < dt.timedelta() else ("", value)
        return f"{sign}P{span.days}DT{span.seconds}.{span.microseconds:06d}S"

    def from_sqlite(self, stored: str) -> dt.timedelta:
        match = _DURATION.fullmatch(stored)
        if not match:
            raise ValueError(f"{stored!r} is no ISO 8601 duration of days and smaller units")
        parts = {unit: float(match[unit] or 0) for unit in ("days", "hours", "minutes")}
        seconds = Decimal(match["seconds"] or 0)
        span = dt.timedelta(**parts, microseconds=int(seconds * 1_000_000))
        return -span if match["sign"] else span


class Bytea(_Type[bytes]):
    """Bytes."""

    impl = sa.LargeBinary
    storage = "BLOB"


class _Json(sa.types.TypeDecorator[Any]):
    """A JSON value; Python's None is SQL's NULL, so that NOT NULL refuses it."""

    cache_ok = True

    def __init__(self, *, sqlite: str = "TEXT") -> None:
        self.sqlite = sqlite
        super().__init__(none_as_null=True)

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        if dialect.name == "sqlite":
            return _SqliteJson(self.sqlite)
        return super().load_dialect_impl(dialect)

    def coerce_compared_value(
        self, op: OperatorType | None, value: Any
    ) -> sa.types.TypeEngine[Any]:
        return self.impl_instance.coerce_compared_value(op, value)


class Json(_Json):
    """A JSON value that PostgreSQL keeps as it was written."""

    impl = postgresql.JSON
    cache_ok = True


class Jsonb(_Json):
    """A JSON value that PostgreSQL keeps parsed."""

    impl = postgresql.JSONB
    cache_ok = True


class Array(_Type[list[Any]]):
    """A list: an array on PostgreSQL, a JSON array on SQLite."""

    impl = sa.ARRAY

    def __init__(self, element: _Type[Any], *, sqlite: str | None = None) -> None:
        self.element = element
        super().__init__(element, sqlite=sqlite)

    def to_sqlite(self, value: list[Any]) -> str:
        return json.dumps([self._to_json(item) for item in value], ensure_ascii=False)

    def from_sqlite(self, stored: str) -> list[Any]:
        return [self._from_json(item) for item in json.loads(stored)]

    def _to_json(self, item: Any) -> Any:
        if item is None:
            return None
        plain = self.element.to_sqlite(self.element.checked(item))
        return f"\\x{plain.hex()}" if isinstance(plain, bytes) else plain

    def _from_json(self, item: Any) -> Any:
        if item is None:
            return None
        return (
            bytes.fromhex(item[2:])
            if isinstance(self.element, Bytea)
            else self.element.from_sqlite(item)
        )


class Native(_Type[Any]):
    """A type of each engine's own; ``python`` makes the model's value from what a driver gives."""

    impl = Declared

    def __init__(self, postgres: str, *, sqlite: str, python: type[Any]) -> None:
        self.postgres = postgres
        self.python = python
        super().__init__(postgres, sqlite=sqlite)

    def to_sqlite(self, value: Any) -> Any:
        return value if isinstance(value, (bool, int, float, str, bytes)) else str(value)

    def to_postgres(self, value: Any) -> Any:
        return self.to_sqlite(value)

    def from_sqlite(self, stored: Any) -> Any:
        return stored if isinstance(stored, self.python) else self.python(stored)

    def from_postgres(self, stored: Any) -> Any:
        return self.from_sqlite(stored)
