"""Every operator and function of the published list over generated values: the same rows on both engines.

    python -m programs.agree [N] [--seed N]

N is how many tables of generated rows there are; each expression of ``tests/cases/sql/expressions.yaml`` is evaluated
over each row, and some of them inside of others. Values are hypothesis': any text, numbers up to their limits.
What the list itself excepts is left out: letters beyond ASCII where it speaks of the case of ASCII.
"""

from __future__ import annotations

import argparse
import re
import sys
from contextlib import closing
from datetime import date, datetime
from random import Random
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from schemagen.databases.embedded import embedded_server
from schemagen.schema import types as t
from schemagen.sql import SqlError, expression
from sql import test_expressions as grid
from support.engines import open_postgres

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    import psycopg

    Row = tuple[Any, ...]

ROWS = 40
INSIDE = 60
"""How many expressions are made of two for each table."""

ASCII = 127

_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
_WORD = st.text(st.sampled_from("aAbBzé%_*?[]^-\\' 0.🙂"), max_size=8)
_STAMP = st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30))  # noqa: DTZ001  (hypothesis adds none)
_VALUES: dict[type[t.Type], Callable[[Any], st.SearchStrategy[Any]]] = {
    t.Integer: lambda _: st.integers(-(2**31), 2**31 - 1) | st.integers(-20, 20),
    t.BigInt: lambda _: st.integers(-(2**63), 2**63 - 1) | st.integers(-(10**12), 10**12),
    t.Numeric: lambda type_: st.decimals(
        -(10 ** (type_.precision - type_.scale) - 1), 10 ** (type_.precision - type_.scale) - 1, places=type_.scale
    ).map(str),
    t.Double: lambda _: st.floats(allow_nan=False, allow_infinity=False, width=32) | st.integers(-50, 50).map(float),
    t.Text: lambda _: _TEXT | _WORD | st.sampled_from([text for text in grid.TEXTS if text is not None]),
    t.Varchar: lambda type_: (_TEXT | _WORD).map(lambda text: text[: type_.length]),
    t.Char: lambda type_: _WORD.map(lambda text: text[: type_.length].ljust(type_.length)),
    t.Enum: lambda type_: st.sampled_from(type_.values),
    t.Boolean: lambda _: st.booleans(),
    t.Date: lambda _: st.dates(date(1, 1, 2), date(9999, 12, 30)).map(str),
    t.Time: lambda _: st.times().map(lambda timestamp: timestamp.isoformat("microseconds")),
    t.Timestamp: lambda _: _STAMP.map(lambda timestamp: timestamp.isoformat("T", "microseconds")),
    t.TimestampTz: lambda _: _STAMP.map(lambda timestamp: timestamp.isoformat("T", "microseconds") + "Z"),
    t.Uuid: lambda _: st.uuids().map(str),
    t.Jsonb: lambda _: st.sampled_from([text for text in grid.JSONS if text is not None]),
    t.Json: lambda _: st.sampled_from([text for text in grid.JSONS if text is not None]),
    t.Bytea: lambda _: st.binary(max_size=6),
    t.Array: lambda _: st.lists(_WORD, max_size=3),
}


def rows() -> st.SearchStrategy[list[Row]]:
    """A table of values for the columns of the grid, some of them NULL."""
    columns = (_VALUES[type(type_)](type_) | st.none() for type_ in grid.COLUMNS.values())
    return st.lists(st.tuples(*columns), min_size=ROWS, max_size=ROWS)


class Agreement:
    """Two databases with the grid's table, and what has been compared."""

    def __init__(self, postgres: psycopg.Connection[Any], sqlite: sqlite3.Connection) -> None:
        self.postgres = postgres
        self.sqlite = sqlite
        self.texts = [text for group in grid.EXPRESSIONS.values() for text in group]
        self.compared = 0
        self.different: dict[str, str] = {}

    def fill(self, table: list[Row]) -> None:
        """Put generated rows in place of those before."""
        self.postgres.execute("TRUNCATE grid RESTART IDENTITY")
        self.sqlite.execute("DELETE FROM grid")
        names, marks = ", ".join(grid.COLUMNS), ", ".join("%s" for _ in grid.COLUMNS)
        with self.postgres.cursor() as cursor:
            cursor.executemany(f"INSERT INTO grid ({names}) VALUES ({marks})", table)
        stored = [
            tuple(grid.stored(value, type_) for value, type_ in zip(row, grid.COLUMNS.values(), strict=True))
            for row in table
        ]
        self.sqlite.executemany(f"INSERT INTO grid VALUES (NULL, {', '.join('?' for _ in grid.COLUMNS)})", stored)

    def compare(self, text: str, table: list[Row]) -> None:
        """Evaluate an expression over every row; where PostgreSQL raises, SQLite may do as it likes."""
        try:
            made = expression(text, grid.COLUMNS)
        except SqlError:
            return
        if made.sql.sqlite is None:
            return
        expected = grid.results(self.postgres.execute, text, len(table))
        found = grid.results(self.sqlite.execute, made.sql.sqlite, len(table))
        for row, left, right in zip(table, expected, found, strict=True):
            self.compared += 1
            if any(ord(letter) > ASCII for letter in "".join(map(str, row))) and _is_ascii_only(text):
                continue
            if left != "error" and grid.same_form(left) != right and text not in self.different:
                shown = {name: value for name, value in zip(grid.COLUMNS, row, strict=True) if _names(text, name)}
                self.different[text] = f"PostgreSQL {left!r}, SQLite {right!r}, where {shown}"

    def inside(self, draw: Random) -> str:
        """One expression as a part of another."""
        first, second, third = (draw.choice(self.texts) for _ in range(3))
        form = draw.choice(
            ["CASE WHEN ({0}) THEN ({1}) ELSE ({2}) END", "coalesce(({1}), ({2}))", "({1}) = ({2})", "({1}) < ({2})"]
        )
        return form.format(first, second, third)


def _is_ascii_only(text: str) -> bool:
    """Whether the list says that an expression knows the case of ASCII letters alone."""
    return re.search(r"(?i)\b(lower|upper|initcap|ilike)\b", text) is not None


def _names(text: str, name: str) -> bool:
    return name in re.findall(r"\w+", text)


def agree(number: int, start: int, step: int = 1) -> Agreement:
    """Compare over so many generated tables, each ``step``-th expression."""
    with embedded_server().database() as url, open_postgres(url) as postgres, closing(grid.empty_sqlite()) as sqlite:
        grid.create_postgres(postgres)
        found = Agreement(postgres, sqlite)
        draw = Random(start)

        @seed(start)
        @settings(
            max_examples=number,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(rows())
        def table(generated: list[Row]) -> None:
            found.fill(generated)
            for text in [*found.texts[::step], *(found.inside(draw) for _ in range(INSIDE // step))]:
                found.compare(text, generated)

        table()
    return found


def main() -> int:
    """Compare, and print what is different."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("number", type=int, nargs="?", default=100)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    found = agree(arguments.number, arguments.seed)
    for text, difference in found.different.items():
        print(f"DIFFERENT {text}\n    {difference}")  # noqa: T201
    print(f"{found.compared} values compared, {len(found.different)} expressions differ")  # noqa: T201
    return 1 if found.different else 0


if __name__ == "__main__":
    sys.exit(main())
