"""Values of columns in random specs: hard texts, numbers, timestamps and JSON, another one for each number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

Data = dict[str, Any]
"""Plain data of a spec, as it is dumped to YAML."""

EPOCH = datetime(2024, 1, 1, tzinfo=UTC)

ODD_TEXTS = (
    "plain words",
    'it\'s "quoted", `ticked`, \'\'\'triple\'\'\' and """doubled"""',
    "*/ DROP TABLE users; -- /* ; $$ $body$",
    "%s %(x)s %% :name ::text ?1 @v {0} {x!r}",
    "{{ 7*7 }} {% raw %} {# c #} ${HOME}",
    "back\\slash \\n \\x41 \\N{BELL} \\",
    "<script>alert(1)</script> <!-- --> &amp; [link](javascript:x) # * _ ~~~ ```",
    "two\nlines\r\n\tand a tab ",
    "emoji 🌱👩\u200d👩\u200d👧, é, ß, RTL \u202eabc\u202c, \u200b, \u2028, \u2029, \x85, \ufeff, 𝒳",  # noqa: RUF001
    " padded ",
    "null",
    "007",
    "no",
    "",
)

NAMED_ENUMS = {
    "state_of_things": ["open", "it's late", "closed"],
    "Weight": ["light", "heavy \\ wet", "Ä", "10"],
}
"""Named types that a spec with such columns has."""


def typed(*spellings: str) -> Callable[[Random], Data]:
    return lambda random: {"type": random.choice(spellings)}


def number_in(spelling: str) -> list[int]:
    """The arguments of a type: ``numeric(10,2)`` has 10 and 2."""
    _, _, rest = spelling.partition("(")
    return [int(part) for part in rest.rstrip(")").split(",") if part]


def text_value(column: Data, number: int, random: Random) -> str:
    arguments = number_in(column.get("type", "text"))
    limit = arguments[0] if arguments else column.get("max_length")
    text = f"{random.choice(ODD_TEXTS)}{number}"
    return text if limit is None else text[-limit:]


def numeric_value(column: Data, number: int, _: Random) -> str:
    arguments = number_in(column["type"])
    if not arguments:
        return f"{number}.25"
    precision, scale = arguments[0], arguments[1] if len(arguments) > 1 else 0
    return format(Decimal(number % 10**precision).scaleb(-scale), "f")


def timestamp(form: str, **step: int) -> Callable[[Data, int, Random], str]:
    return lambda _, number, __: (EPOCH + number * timedelta(**step)).strftime(form)


def json_value(_: Data, number: int, random: Random) -> Any:
    """An object, so that checks may look into it."""
    inner = random.choice([1, -2.5, True, None, [], {}, [1, "a", None], {"b c": 1}, "1e3", "true", 2**40])
    return {"a": random.choice(ODD_TEXTS), "number": number, "inner": inner}


ENUMS = (
    ["draft", "done"],
    ["a", "b", "c", "it's"],
    ["no", "null", "007", "1.10"],
    ["only"],
    [" padded", "", "🌱", "two\nlines", "%s {{ x }} :y"],
)

NATIVES: tuple[tuple[Data, Callable[[int], str]], ...] = (
    ({"postgres": "inet", "sqlite": "text"}, lambda number: f"10.0.{number // 250}.{number % 250}"),
    ({"postgres": "macaddr", "sqlite": "TEXT", "python": "str"}, lambda number: f"08:00:2b:01:02:{number % 256:02x}"),
    ({"postgres": "int4range", "sqlite": "text"}, lambda number: f"[{number},{number + 5})"),
    ({"postgres": "bit(3)", "sqlite": "text", "python": "str"}, lambda number: f"{number % 8:03b}"),
)


def native_value(column: Data, number: int, _: Random) -> str:
    return next(make for written, make in NATIVES if written == column["type"])(number)
