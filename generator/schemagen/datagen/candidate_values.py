"""Candidate values of a column: made of its type and of all that the spec mentions of it.

A candidate is a maker, from the number of a row to a value: many give the same value to every row, some one of the
row's own, so that a maker that was right for one row of a table is right for the next as well. Columns of one type
have the same makers, so that pairs of equal and of different values are among them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from operator import add, mul
from typing import TYPE_CHECKING
from uuid import UUID

from schemagen.schema import types as t
from schemagen.schema.durations import duration_text, parse_duration
from schemagen.schema.model import Column
from schemagen.schema.vectors import vector_text

from .candidate_texts import text_generators
from .mentions import Mentions, fits, mentions_of, parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from schemagen.schema.model import Table, Value

ValueGenerator = Callable[[int], "Value"]

PLAIN, MENTIONED, EXTREME = range(3)
"""Stages of a search: values that are small or usual, also what the spec mentions, and at last the largest ones."""

LONGEST_LIST = 100
LONGEST_BYTES = 4096
MOST_KEYS = 6
MOST_ITEMS = 30
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
START = datetime(2024, 1, 1)  # noqa: DTZ001  (values are written without their zone)
NOON = timedelta(hours=12, minutes=34, seconds=56, microseconds=789012)


class Pool:
    """The candidates of every column of one table, made when they are first asked for."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._made: dict[tuple[str, int], tuple[ValueGenerator, ...]] = {}

    def of(self, name: str, stage: int = EXTREME) -> tuple[ValueGenerator, ...]:
        """The makers of a column's values, none of them twice for the first row."""
        if (name, stage) not in self._made:
            self._made[name, stage] = tuple(self._generators(name, stage))
        return self._made[name, stage]

    def _generators(self, name: str, stage: int) -> Iterator[ValueGenerator]:
        column = self._table.column(name)
        said = mentions_of(self._table, name) if stage >= MENTIONED else Mentions((), (), ())
        seen = set[str]()
        for generator in candidates(column, said, stage):
            value = generator(1)
            if repr(value) not in seen and fits(column.type, value):
                seen.add(repr(value))
                yield generator


def constant(value: Value) -> ValueGenerator:
    """The same value for every row."""
    return lambda _: value


def candidates(column: Column, said: Mentions, stage: int = EXTREME) -> Iterator[ValueGenerator]:
    """Makers of values of a column's type, some of which it may not hold."""
    yield from (constant(value) for value in said.examples)
    make = _GENERATORS.get(type(column.type))
    if make:
        yield from make(column.type, said)
    if stage >= EXTREME:
        yield from (constant(value) for value in _LARGEST.get(type(column.type), ()))


def _constants(values: Iterable[Value]) -> Iterator[ValueGenerator]:
    return (constant(value) for value in values)


def _enum(type_: t.Type, _: Mentions) -> Iterator[ValueGenerator]:
    return _constants(type_.values if isinstance(type_, t.Enum) else ())


def _boolean(_: t.Type, __: Mentions) -> Iterator[ValueGenerator]:
    return _constants((True, False))


def _whole(type_: t.Type, said: Mentions) -> Iterator[ValueGenerator]:
    yield from _constants((0, 1, -1, 2, 3))
    for number in said.wholes:
        yield from _constants((number - 1, number, number + 1, -number))
        yield partial(add, number)
        yield partial(mul, number)
    yield lambda serial: serial
    yield lambda serial: -serial
    yield from _constants((100, -100) if isinstance(type_, t.SmallInt) else (100, -100, 10_000, -10_000))


def _numeric(type_: t.Type, said: Mentions) -> Iterator[ValueGenerator]:
    scale = max(type_.scale, 0) if isinstance(type_, t.Numeric) and type_.precision is not None else 0
    step = Decimal(1).scaleb(-scale)
    numbers = [Decimal(number) for number in (0, 1, -1, 2)]
    for found in said.numbers:
        number = Decimal(repr(found))
        numbers += [number, number - step, number + step, number - 1, number + 1, -number]
    for number in (*numbers, Decimal(1) / 2, Decimal(100), Decimal(-100)):
        yield constant(_decimal(number, step))
    yield lambda serial: _decimal(serial * step, step)
    yield lambda serial: _decimal(Decimal(serial), step)


def _decimal(number: Decimal, step: Decimal) -> str:
    return format(number.quantize(step), "f")


def _float(_: t.Type, said: Mentions) -> Iterator[ValueGenerator]:
    yield from _constants((0.0, 1.0, -1.0, 0.5))
    for number in said.numbers:
        yield from _constants((number, number - 1, number + 1, number - 0.25, number + 0.25))
    yield lambda serial: serial / 4
    yield from _constants((100.0, -100.0, 1.0e6, -1.0e6))


def _uuid(_: t.Type, said: Mentions) -> Iterator[ValueGenerator]:
    for number in (1, 2, 3):
        yield constant(str(UUID(int=number, version=4)))
    yield from _constants(text.lower() for text in said.texts)
    yield lambda serial: str(UUID(int=2**40 + serial, version=4))


def _days(said: Mentions) -> list[datetime]:
    """A whole week, the ends of a year, and the days and years that are mentioned with those beside them."""
    found = [START + number * DAY for number in range(7)]
    found += [START - DAY, START.replace(month=2, day=29), START.replace(month=6, day=15)]
    for text in said.texts:
        day = parsed(t.Date(), text[:10])
        if day is not None:
            start = datetime.fromisoformat(str(day))
            found += [start, *_beside(start, DAY)]
    for year in said.wholes:
        if 1000 <= year < 9999:  # noqa: PLR2004  (numbers that can be years)
            found += [datetime(year, 1, 1), datetime(year, 6, 15), datetime(year, 12, 31)]  # noqa: DTZ001
            found.append(datetime(year + 1, 6, 15))  # noqa: DTZ001
    return [*found, datetime(1900, 1, 1), datetime(2999, 12, 31)]  # noqa: DTZ001


def _beside(timestamp: datetime, step: timedelta) -> Iterator[datetime]:
    for one in (-step, step):
        try:
            yield timestamp + one
        except OverflowError:
            continue


def _date(_: t.Type, said: Mentions) -> Iterator[ValueGenerator]:
    days = _days(said)
    yield from _constants(day.date().isoformat() for day in days)
    for day in dict.fromkeys(days[7:-2]):
        yield partial(_later, day.date(), 1)
        yield partial(_later, day.date(), -1)


def _later(day: date, step: int, serial: int) -> str:
    return date.fromordinal(min(max(day.toordinal() + step * serial, 1), date.max.toordinal())).isoformat()


def _time(_: t.Type, said: Mentions) -> Iterator[ValueGenerator]:
    found = [datetime.combine(START, time()), START + NOON, START + DAY - TICK, START + timedelta(hours=9)]
    for text in said.texts:
        value = parsed(t.Time(), text)
        if value is not None:
            timestamp = datetime.combine(START, time.fromisoformat(str(value)))
            found += [timestamp, timestamp - TICK, timestamp + TICK, timestamp + timedelta(minutes=1)]
    for hour in said.wholes:
        if 0 <= hour < 24:  # noqa: PLR2004  (numbers that can be hours)
            found += [START + timedelta(hours=hour), START + timedelta(hours=hour, minutes=30)]
    for timestamp in found:
        yield constant(timestamp.time().isoformat("microseconds"))
    for timestamp in found[4:] or found[:1]:
        yield partial(_ticked, timestamp)


def _ticked(timestamp: datetime, serial: int) -> str:
    return (timestamp + serial * TICK).time().isoformat("microseconds")


def _timestamp(type_: t.Type, said: Mentions) -> Iterator[ValueGenerator]:
    zone = "Z" if isinstance(type_, t.TimestampTz) else ""
    found = [timestamp for day in _days(said) for timestamp in (day, day + NOON)]
    for text in said.texts:
        value = parsed(t.TimestampTz(), text) or parsed(t.Timestamp(), text)
        if value is not None:
            timestamp = datetime.fromisoformat(str(value).removesuffix("Z"))
            found += [timestamp, *_beside(timestamp, TICK), *_beside(timestamp, timedelta(hours=1))]
    for hour in said.wholes:
        if 0 <= hour < 24:  # noqa: PLR2004  (numbers that can be hours)
            found += [START + timedelta(hours=hour), START + timedelta(hours=hour, minutes=30)]
    for timestamp in found:
        yield constant(timestamp.isoformat(timespec="microseconds") + zone)
    yield from (partial(_by_hours, hours, zone) for hours in (1, -1))


def _by_hours(hours: int, zone: str, serial: int) -> str:
    return (START + timedelta(hours=hours * serial)).isoformat(timespec="microseconds") + zone


def _interval(_: t.Type, said: Mentions) -> Iterator[ValueGenerator]:
    found = [timedelta(), DAY, -DAY, timedelta(hours=1), TICK, timedelta(minutes=90)]
    for text in said.texts:
        value = parsed(t.Interval(), text)
        if value is not None:
            length = parse_duration(str(value))
            found += [length, length - TICK, length + TICK]
    yield from _constants(duration_text(length) for length in (*found, timedelta(days=10_000)))
    yield lambda serial: duration_text(timedelta(minutes=serial))


def _bytes(_: t.Type, said: Mentions) -> Iterator[ValueGenerator]:
    lengths = {0: None, 1: None, 4: None, 20: None}
    lengths |= {near: None for number in said.wholes for near in (number - 1, number, number + 1)}
    for length in lengths:
        if 0 <= length <= LONGEST_BYTES:
            yield partial(_of_bytes, length)


def _of_bytes(size: int, serial: int) -> str:
    return f"\\x{(serial % 256**size).to_bytes(size, 'big').hex()}"


def _sizes(said: Mentions) -> list[int]:
    found = [0, 1, 2, 3]
    found += [near for number in said.wholes for near in (number - 1, number, number + 1)]
    return [size for size in dict.fromkeys(found) if 0 <= size <= LONGEST_LIST]


def _array(type_: t.Type, said: Mentions) -> Iterator[ValueGenerator]:
    element = type_.element if isinstance(type_, t.Array) else t.Text()
    generators = candidates(Column("item", element), replace(said, examples=()), PLAIN)
    items = [generator for generator in generators if fits(element, generator(1))]
    for size in _sizes(said) if items else ():
        yield partial(_list, items, size)
    yield from (partial(_list, [item], 1) for item in items[:MOST_ITEMS])


def _list(items: Sequence[ValueGenerator], size: int, serial: int) -> Value:
    return [items[(place + serial) % len(items)](serial) for place in range(size)]


def _json(_: t.Type, said: Mentions) -> Iterator[ValueGenerator]:
    yield from _constants(({}, [], "x", 1, True))
    for size in _sizes(said):
        yield constant(list(range(size)))
    words = [text.removeprefix("$.") for text in said.texts if text and not text.startswith("$[")]
    values: list[Value] = ["x", 1, {}, [], True, "", *words, *(number for number in said.wholes)]
    keys = list(dict.fromkeys(words))[:MOST_KEYS]
    for value in values:
        yield constant(dict.fromkeys(keys, value))
    for key in keys:
        for value in values:
            yield constant({key: value})
    yield lambda serial: {"number": serial}


def _vector(type_: t.Type, _: Mentions) -> Iterator[ValueGenerator]:
    size = type_.dimensions if isinstance(type_, t.Vector) else 1
    yield lambda serial: vector_text(float(serial + place) for place in range(size))
    yield lambda serial: vector_text(1 / (serial + place) for place in range(size))


_GENERATORS: dict[type[t.Type], Callable[[t.Type, Mentions], Iterator[ValueGenerator]]] = {
    t.Uuid: _uuid,
    t.Text: text_generators,
    t.Varchar: text_generators,
    t.Char: text_generators,
    t.Enum: _enum,
    t.SmallInt: _whole,
    t.Integer: _whole,
    t.BigInt: _whole,
    t.Numeric: _numeric,
    t.Real: _float,
    t.Double: _float,
    t.Boolean: _boolean,
    t.Date: _date,
    t.Time: _time,
    t.Timestamp: _timestamp,
    t.TimestampTz: _timestamp,
    t.Interval: _interval,
    t.Json: _json,
    t.Jsonb: _json,
    t.Bytea: _bytes,
    t.Vector: _vector,
    t.Array: _array,
}

_LARGEST: dict[type[t.Type], tuple[Value, ...]] = {
    t.SmallInt: (32767, -32767),
    t.Integer: (2**31 - 1, -(2**31) + 1),
    t.BigInt: (2**53, -(2**53)),
}
"""Tried where nothing less will do: PostgreSQL refuses an expression that overflows."""
