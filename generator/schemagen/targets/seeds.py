"""The example rows as data: an INSERT a row, parents first, that changes nothing where the row is there already."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.base.escape import invisible, sql_string
from schemagen.base.render import render as render_template
from schemagen.engines.dialects import POSTGRES, SQLITE
from schemagen.engines.postgres.invisible import with_visible_strings
from schemagen.engines.sqlite.invisible import with_visible_string
from schemagen.schema.model import Deferrable
from schemagen.schema.partitions import function_name
from schemagen.schema.types import Json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from schemagen.engines.base import Dialect
    from schemagen.schema.dialect import DialectName
    from schemagen.schema.model import Column, Schema, Table, Value

    Row = Mapping[str, Value]

_DIALECTS = {dialect.name: dialect for dialect in (SQLITE, POSTGRES)}


@dataclass(frozen=True, slots=True)
class Seed:
    """One statement; ``table`` is where it inserts, empty for what only moves a counter."""

    table: str
    sql: str


def render(schema: Schema) -> dict[str, str]:
    """The files of both engines; none where there are no example rows."""
    if not any(table.examples for table in schema.tables):
        return {}
    return {
        f"seeds/{name}.sql": render_template(
            "seeds.sql.jinja", title=dialect.title, sqlite=dialect is SQLITE, statements=seeds(schema, name)
        )
        for name, dialect in _DIALECTS.items()
    }


def seeds(schema: Schema, dialect: DialectName) -> tuple[Seed, ...]:
    """The statements of one engine, in the order in which they can be run."""
    engine = _DIALECTS[dialect]
    found = [Seed(table.name, _insert(engine, table, row)) for table, row in _in_order(schema)]
    if engine is POSTGRES:
        found = [*(Seed("", sql) for table in schema.tables for sql in _partitions(table)), *found]
        found += (Seed("", sql) for table in schema.tables for sql in _counters(table))
    return tuple(found)


def _partitions(table: Table) -> Iterator[str]:
    """What makes the partitions of the rows' times, from the first one on."""
    by = table.partition
    times = [dict(example.values).get(by.columns[0]) for example in table.examples] if by and by.period else []
    known = [time for time in times if isinstance(time, str)]
    if by and known:
        first = min(known)
        moment = first if first.endswith("Z") else f"{first}T00:00:00Z" if "T" not in first else f"{first}Z"
        yield f"SELECT {POSTGRES.quote(function_name(by))}({sql_string(moment)})"


def _in_order(schema: Schema) -> list[tuple[Table, Row]]:
    """Every example row after those that it refers to; in a cycle, as the specs have them."""
    rows = [(table, dict(example.values)) for table in schema.tables for example in table.examples]
    parents = _Parents(schema, rows)
    order: dict[int, None] = {}
    for start in range(len(rows)):
        waiting, entered = [start], set[int]()
        while waiting:
            entered.add(waiting[-1])
            found = (each for each in parents.of(*rows[waiting[-1]]) if each not in entered and each not in order)
            parent = next(found, None)
            if parent is None:
                order.setdefault(waiting.pop())
            else:
                waiting.append(parent)
    return [rows[place] for place in order]


class _Parents:
    """Which rows a row refers to: those with the key that it names, and those whose key the database gives."""

    def __init__(self, schema: Schema, rows: Sequence[tuple[Table, Row]]) -> None:
        self._with_key: dict[tuple[str, tuple[str, ...], tuple[str, ...]], int] = {}
        self._without: defaultdict[tuple[str, tuple[str, ...]], list[int]] = defaultdict(list)
        for place, (table, row) in enumerate(rows):
            for columns in {key.parent_columns for _, key in schema.children(table.name)}:
                values = _values(row, columns)
                if values is None:
                    self._without[table.name, columns].append(place)
                else:
                    self._with_key[table.name, columns, values] = place

    def of(self, table: Table, row: Row) -> Iterator[int]:
        for key in table.enforced_foreign_keys:
            values = _values(row, key.columns)
            if values is None or key.deferrable is Deferrable.DEFERRED:
                continue  # its parent may come later
            place = self._with_key.get((key.parent, key.parent_columns, values))
            if place is not None:
                yield place
            else:
                yield from self._without[key.parent, key.parent_columns]


def _values(row: Row, columns: Sequence[str]) -> tuple[str, ...] | None:
    """What a row has in these columns, all of them; None where one is left out or NULL."""
    found = [row.get(name) for name in columns]
    return None if None in found else tuple(map(repr, found))


def _insert(dialect: Dialect, table: Table, row: Row) -> str:
    of = dialect.quote(table.name)
    if not row:
        return f"INSERT INTO {of} DEFAULT VALUES"
    names = ", ".join(map(dialect.quote, row))
    values = ", ".join(_literal(dialect, table.column(name), value) for name, value in row.items())
    names = f"({names}){dialect.overriding(table, row)}"
    if _tells_rows_apart(table, row):
        return f"INSERT INTO {of} {names} VALUES ({values}) ON CONFLICT DO NOTHING"
    same = " AND ".join(_is_same(dialect, table.column(name), value) for name, value in row.items())
    return f"INSERT INTO {of} {names} SELECT {values} WHERE NOT EXISTS (SELECT 1 FROM {of} WHERE {same})"


def _literal(dialect: Dialect, column: Column, value: Value) -> str:
    """A value in which everything can be seen."""
    text = dialect.literal(column.type, value)
    if not invisible(text):
        return text
    return with_visible_string(text) if dialect is SQLITE else with_visible_strings(text)


def _tells_rows_apart(table: Table, row: Row) -> bool:
    """Whether a key or unique rule is given as a whole, so that a second row would be refused."""
    return table.is_unique([name for name, value in row.items() if value is not None])


def _is_same(dialect: Dialect, column: Column, value: Value) -> str:
    name, literal = dialect.quote(column.name), _literal(dialect, column, value)
    if dialect is SQLITE:
        return f"{name} IS {literal}"
    if isinstance(column.type, Json):  # PostgreSQL can't compare json
        return f"({name})::jsonb IS NOT DISTINCT FROM ({literal})::jsonb"
    return f"{name} IS NOT DISTINCT FROM {literal}"


def _counters(table: Table) -> Iterator[str]:
    """Numbers go on behind the rows that bring their own (PostgreSQL, "Sequence Manipulation Functions")."""
    given = {name for example in table.examples for name, _ in example.values}
    for column in table.columns:
        if column.identity and column.name in given:
            name = POSTGRES.quote(column.name)
            parts = (sql_string(POSTGRES.quote(table.name)), sql_string(column.name))
            of = f"pg_get_serial_sequence({parts[0]}, {parts[1]})"
            yield (
                f"SELECT setval({of}, greatest(nextval({of}) - 1, (SELECT max({name}) FROM "
                f"{POSTGRES.quote(table.name)}), 1))"
            )
