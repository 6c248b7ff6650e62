"""Parameters of query patterns: typed values from rows that are there, written into the SQL as literals."""

from __future__ import annotations

import re
from contextlib import suppress
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING

from schemagen.databases.values import from_driver
from schemagen.engines.postgres.dialect import declared_type
from schemagen.schema import types as t
from schemagen.schema.model import Column, LiteralDefault

from .candidate_values import MENTIONED
from .insertion import insertion, update
from .synthetic import Unfillable, typed_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from schemagen.databases.memory import Row
    from schemagen.engines.base import Dialect
    from schemagen.schema.model import Schema, Table, Value
    from schemagen.schema.query import Parameter, Query

    from .fill import Filler
    from .insertion import NewRow

_NAME = r'(?:[A-Za-z_]\w*|"(?:[^"]|"")+")'
_PARAMETER = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|(?<![:\w]):(?P<name>[A-Za-z_]\w*)")
_SOURCE = re.compile(
    rf"\b(?:FROM|JOIN|INTO|UPDATE|USING)\s+(?P<table>{_NAME})(?:\s+(?:AS\s+)?(?!(?:WHERE|SET|ON|JOIN|LEFT|INNER|ORDER|"
    rf"GROUP|LIMIT|VALUES|SELECT|USING|RETURNING|CROSS|FULL|RIGHT|UNION|HAVING|OFFSET|FOR)\b)(?P<alias>{_NAME}))?",
    re.IGNORECASE,
)
_COMPARED = (
    rf"(?:(?P<of>{_NAME})\s*\.\s*)?(?P<column>{_NAME})\s*(?P<by>=|<>|!=|<=|>=|<|>|\bLIKE\b|\bIN\s*\()\s*:{{name}}\b"
)
_SEARCHED = (
    rf"to_tsvector\('simple', translate\((?:(?P<of>{_NAME})\s*\.\s*)?(?P<column>{_NAME}), '(?:[^']|'')*', "
    r"repeat\(' ', \d+\)\)\) @@ [^@]*?:{name}\b"
)
"""A column whose words are searched, as PostgreSQL's text of a query says it."""

PAGE = 20
FEW = 0.02
"""Of all rows, those that a narrow condition leaves."""
UNUSED = 5_000_000


class Binder:
    """Binds the parameters of queries to rows of a filled database, and to new ones of what made them."""

    def __init__(self, schema: Schema, filler: Filler) -> None:
        self._schema = schema
        self._filler = filler
        self._rows = filler.rows
        self._hopeless: set[str] = set()
        self._random = Random(0)  # noqa: S311  (repeatable on purpose)
        self._fresh = UNUSED

    @property
    def size(self) -> int:
        """How many rows there are in all tables."""
        return sum(map(len, self._rows.values()))

    def sources(self, sql: str) -> dict[str, Table]:
        """The tables that a statement reads or writes, by the name that it uses for each."""
        found: dict[str, Table] = {}
        for match in _SOURCE.finditer(sql):
            table = self._schema.by_name.get(_bare(match["table"]))
            if table is not None:
                found[_bare(match["alias"] or match["table"])] = table
        return found

    def values(self, query: Query, place: float = 0.5, *, narrow: bool = False) -> dict[str, Value]:
        """A value for each parameter.

        Args:
            query: the pattern.
            place: which rows the values come from: 0 the first, 1 the last.
            narrow: whether conditions such as `n > :n` are given values that leave few rows.
        """
        sql = query.sql.postgres or query.sql.sqlite or ""
        sources = self.sources(sql)
        chosen = self._chosen(sources.values(), place)
        with self._filler.scratch_database.undone():
            found = self._inserted(query, sources, chosen)
        for parameter in query.parameters:
            if parameter.name not in found:
                found[parameter.name] = self._value(parameter, sql, sources, chosen)
        found |= self._updated(query, sources, chosen, found)
        return found | (self._narrow(query, sql, sources) if narrow else {})

    def _narrow(self, query: Query, sql: str, sources: Mapping[str, Table]) -> dict[str, Value]:
        """Values near the greatest of a column for what has to be greater, near the least for what has to be less."""
        found: dict[str, Value] = {}
        for parameter in query.parameters:
            match = re.search(_COMPARED.replace("{name}", parameter.name), sql, re.IGNORECASE)
            if match is None or match["by"] not in {"<", "<=", ">", ">="}:
                continue
            place = FEW if match["by"].startswith("<") else 1 - FEW
            for table, column in self._columns(match, sources):
                values = [row[column] for row in self._rows.get(table.name, ()) if row.get(column) is not None]
                if values:
                    is_numeric = isinstance(table.column(column).type, t.Numeric)
                    values.sort(key=lambda value: Decimal(str(value)) if is_numeric else value)  # type: ignore[arg-type,return-value]
                    found[parameter.name] = values[int(place * (len(values) - 1))]
        return found

    def _columns(self, match: re.Match[str], sources: Mapping[str, Table]) -> Iterator[tuple[Table, str]]:
        """The tables that have the column that is compared."""
        of, column = _bare(match["of"] or ""), _bare(match["column"])
        for table in [sources[of]] if of in sources else sources.values():
            if column in table.by_name:
                yield table, column

    def _chosen(self, tables: object, place: float) -> dict[str, Row]:
        """One row of each table, parents of the rows of children before any other."""
        found: dict[str, Row] = {}
        names = {table.name for table in tables}  # type: ignore[attr-defined]
        for table in reversed(self._schema.tables):
            rows = self._rows.get(table.name)
            if table.name not in names or not rows:
                continue
            row = found.setdefault(table.name, rows[int(place * (len(rows) - 1))])
            for key in table.enforced_foreign_keys:
                pairs = list(zip(key.columns, key.parent_columns, strict=True))
                if key.parent in names and all(row.get(name) is not None for name, _ in pairs):
                    parents = self._rows.get(key.parent, ())
                    match = next((p for p in parents if all(p.get(of) == row[name] for name, of in pairs)), None)
                    if match is not None:
                        found.setdefault(key.parent, match)
        return found

    def _inserted(self, query: Query, sources: Mapping[str, Table], chosen: Mapping[str, Row]) -> dict[str, Value]:
        """What an INSERT stores of its parameters: of new rows that keep every rule beside what is stored else."""
        found: dict[str, Value] = {}
        inserted = insertion(self._schema, query.sql.sqlite or query.sql.postgres or "")
        for row in inserted.rows if inserted else ():
            table = inserted.table if inserted else next(iter(sources.values()))
            fixed = self._settled(table, row, sources, chosen)
            fixed |= {column: found[name] for name, column in row.parameters.items() if name in found}
            if row.parameters.keys() - found.keys():
                made = self._new_row(query, table, fixed)
                found |= {name: made.get(column) for name, column in row.parameters.items() if name not in found}
        return found

    def _updated(
        self, query: Query, sources: Mapping[str, Table], chosen: Mapping[str, Row], values: Mapping[str, Value]
    ) -> dict[str, Value]:
        """What an UPDATE stores of its parameters, so that the row that it finds keeps the checks."""
        changed = update(self._schema, query.sql.sqlite or query.sql.postgres or "")
        if changed is None or changed.table.name not in chosen:
            return {}
        table, (row,) = changed.table, changed.rows
        given = {column: values[name] for name, column in row.parameters.items()}
        wanted = {**chosen[table.name], **self._written(table, row, row.calculated, sources, chosen), **given}
        requirements = self._filler.requirements(table, fixed=wanted.keys() - given.keys(), stage=MENTIONED)
        repaired = self._filler.repaired(table, wanted, requirements)
        return {name: repaired.row[column] for name, column in row.parameters.items()} if repaired else {}

    def _new_row(self, query: Query, table: Table, fixed: Mapping[str, Value]) -> Row:
        """A row that keeps every rule; where none was found, the engine says what stands in the way of another one."""
        with suppress(Unfillable):
            if query.name not in self._hopeless:
                return self._filler.found(table, fixed)
        self._hopeless.add(query.name)
        with suppress(Unfillable):
            return self._filler.candidate(table, fixed)
        return {}

    def _settled(
        self, table: Table, row: NewRow, sources: Mapping[str, Table], chosen: Mapping[str, Row]
    ) -> dict[str, Value]:
        """The columns of a new row that no parameter decides: what is written, and defaults of what is left out."""
        found: dict[str, Value] = {}
        texts = dict(row.calculated)
        left_out = (one for one in table.columns if one.name not in row.written)
        for one in (one for one in left_out if not (one.identity or one.generated or one.on_row_update)):
            if isinstance(one.default, LiteralDefault):
                found[one.name] = one.default.value
            elif one.default is not None and one.default.sqlite:
                texts[one.name] = one.default.sqlite
            elif one.default is None and one.nullable:
                found[one.name] = None
        return found | self._written(table, row, texts, sources, chosen)

    def _written(
        self,
        table: Table,
        row: NewRow,
        texts: Mapping[str, str],
        sources: Mapping[str, Table],
        chosen: Mapping[str, Row],
    ) -> dict[str, Value]:
        """What a statement writes itself, with the values of ``texts``, which are SQL."""
        found = dict(row.constants)
        for name, (of, column) in row.copied.items():
            tables = [sources[of]] if of in sources else list(sources.values())
            copied = (chosen[one.name][column] for one in tables if column in chosen.get(one.name, {}))
            found[name] = next(copied, None)
        for name, sql in texts.items():
            value = from_driver(table.column(name).type, self._filler.scratch_database.calculated(sql))
            found |= {} if value is None else {name: value}
        return found

    def _value(
        self,
        parameter: Parameter,
        sql: str,
        sources: Mapping[str, Table],
        chosen: Mapping[str, Row],
    ) -> Value:
        name = parameter.name
        if re.search(rf"\b(?:LIMIT|FETCH\s+FIRST)\s+:{name}\b", sql, re.IGNORECASE):
            return PAGE
        if re.search(rf"\bOFFSET\s+:{name}\b", sql, re.IGNORECASE):
            return 0
        compared = self._compared(name, sql, sources, chosen)
        if compared is not None:
            return compared
        for table in sources.values():
            if name in table.by_name and table.name in chosen and chosen[table.name].get(name) is not None:
                return chosen[table.name][name]
        return self._made(Column(name, parameter.type))

    def _compared(self, name: str, sql: str, sources: Mapping[str, Table], chosen: Mapping[str, Row]) -> Value:
        """The value of the column that a parameter is compared with, assigned to or searched in."""
        forms = (form.replace("{name}", name) for form in (_COMPARED, _SEARCHED))
        for match in (one for form in forms for one in re.finditer(form, sql, re.IGNORECASE)):
            for table, column in self._columns(match, sources):
                value = chosen.get(table.name, {}).get(column)
                if value is not None:
                    return value
        return None

    def _made(self, column: Column) -> Value:
        self._fresh += 1
        try:
            return typed_value(column, self._fresh, self._random, distinct=True)
        except Unfillable:
            return None


def _bare(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def bound(sql: str, query: Query, values: Mapping[str, Value], dialect: Dialect) -> str:
    """A statement with its parameters written as literals, on PostgreSQL with their types."""
    types = {parameter.name: parameter.type for parameter in query.parameters}

    def literal(match: re.Match[str]) -> str:
        name = match["name"]
        if name is None or name not in types:
            return match[0]
        text = dialect.literal(types[name], values[name])
        return f"CAST({text} AS {declared_type(types[name])})" if dialect.name == "postgres" else text

    return _PARAMETER.sub(literal, sql)
