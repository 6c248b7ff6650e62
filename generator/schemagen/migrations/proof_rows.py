"""The rows of a step's proof as SQL of both engines: what inserts them, and what asks whether they are there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from schemagen.base.spelling import did_you_mean
from schemagen.engines.dialects import POSTGRES, SQLITE
from schemagen.schema.dialect import Sql
from schemagen.schema.types import Json
from schemagen.schema.values import ValueProblem, is_null, parse_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from schemagen.engines.base import Dialect
    from schemagen.schema.model import Column, Schema, Table, Value
    from schemagen.schema.own_steps import Rows

    Pairs = tuple[Sql, ...]
    Row = dict[Column, Value]


class ProofError(ValueError):
    """A row that its table can't have; ``path`` leads to it from the list of rows by table."""

    def __init__(self, message: str, path: tuple[str | int, ...], hint: str = "") -> None:
        self.path = path
        self.hint = hint
        super().__init__(message)


def inserts(rows: Rows, schema: Schema, *, whole: bool) -> Pairs:  # noqa: ARG001  (both are called alike)
    """An INSERT a row, parents first.

    Raises:
        ProofError: for a table, a column or a value that the schema does not have.
    """
    tables = sorted(_parsed(rows, schema), key=lambda pair: schema.positions[pair[0].name])
    return tuple(_pair(partial(_insert, table=table, row=row)) for table, row in tables)


def checks(rows: Rows, schema: Schema, *, whole: bool) -> Pairs:
    """A query a row that is true where it is there; with ``whole``, also that its table has no other.

    Raises:
        ProofError: as ``inserts`` does.
    """
    found = [_pair(partial(_is_there, table=table, row=row)) for table, row in _parsed(rows, schema)]
    if whole:
        found += [_pair(partial(_counted, name=schema.by_key[name].name, count=len(listed))) for name, listed in rows]
    return tuple(found)


def _pair(make: Callable[[Dialect], str]) -> Sql:
    return Sql(make(POSTGRES), make(SQLITE))


def _parsed(rows: Rows, schema: Schema) -> Iterator[tuple[Table, Row]]:
    for name, listed in rows:
        table = schema.by_key.get(name)
        if table is None:
            hint = did_you_mean(name, schema.by_name) or f"there are {', '.join(schema.by_name)}"
            raise ProofError(f"there is no table `{name}` when the step runs", (name,), hint)
        for place, row in enumerate(listed):
            yield table, _row(table, row, (name, place))


def _row(table: Table, row: Mapping[str, Any], path: tuple[str | int, ...]) -> Row:
    found: Row = {}
    for name, written in row.items():
        column = table.by_key.get(name)
        if column is None:
            hint = did_you_mean(name, table.by_name) or f"its columns are {', '.join(table.by_name)}"
            raise ProofError(f"`{table.name}` has no column `{name}` when the step runs", (*path, name), hint)
        try:
            found[column] = None if is_null(written) else parse_value(column.type, written)
        except ValueProblem as problem:
            raise ProofError(f"`{name}` of the proof: {problem}", (*path, name), problem.hint or "") from problem
    return found


def _insert(dialect: Dialect, table: Table, row: Row) -> str:
    if not row:
        return f"INSERT INTO {dialect.quote(table.name)} DEFAULT VALUES"
    names = ", ".join(dialect.quote(column.name) for column in row)
    values = ", ".join(dialect.literal(column.type, value) for column, value in row.items())
    return f"INSERT INTO {dialect.quote(table.name)} ({names}) VALUES ({values})"


def _is_there(dialect: Dialect, table: Table, row: Row) -> str:
    equal = "IS" if dialect is SQLITE else "IS NOT DISTINCT FROM"
    conditions = [f"{_comparable(dialect, c, dialect.quote(c.name))} {equal} {_value(dialect, c, row[c])}" for c in row]
    return f"SELECT EXISTS (SELECT 1 FROM {dialect.quote(table.name)} WHERE {' AND '.join(conditions) or 'true'})"


def _value(dialect: Dialect, column: Column, value: Value) -> str:
    return _comparable(dialect, column, dialect.literal(column.type, value))


def _comparable(dialect: Dialect, column: Column, sql: str) -> str:
    """A value of a type that PostgreSQL can't compare as one that it can."""
    return f"({sql})::jsonb" if dialect is POSTGRES and isinstance(column.type, Json) else sql


def _counted(dialect: Dialect, name: str, count: int) -> str:
    return f"SELECT (SELECT count(*) FROM {dialect.quote(name)}) = {count}"
