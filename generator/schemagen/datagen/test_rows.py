"""Rows that proofs need, made once and used on every engine."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from schemagen.databases.memory import ScratchDatabase
from schemagen.engines.dialects import POSTGRES, SQLITE

from .fill import Filler
from .populate import filled, sizes
from .synthetic import Unfillable
from .violations import constraint_case

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from schemagen.databases.memory import Row
    from schemagen.engines.base import Dialect
    from schemagen.schema.model import Schema, Table, Value

    from .violations import ConstraintCase

TRIALS = 24
FAMILY = 3
FEW = 4


class SampleRows:
    """Synthetic rows of one schema; what cannot be made is in ``unfillable``, with the reason.

    ``at_most`` rows a table for the query patterns; None makes so many that a planner's choice is real. ``only`` are
    the tables whose rules are tried; None tries all.
    """

    def __init__(
        self, schema: Schema, seed: int = 0, *, at_most: int | None = None, only: Container[str] | None = None
    ) -> None:
        self.schema = schema
        self.tables = tuple(table for table in schema.tables if only is None or table.name in only)
        self.seed = seed
        self.at_most = at_most
        self.unfillable: dict[str, str] = {}
        self._families: dict[tuple[frozenset[str], frozenset[str]], dict[str, list[Row]]] = {}
        self._few: dict[float, dict[str, list[Row]]] = {}

    @cached_property
    def cases(self) -> tuple[ConstraintCase, ...]:
        """A valid row of each table and its violations."""
        found = []
        for table in self.tables:
            try:
                found.append(constraint_case(self.schema, table.name, self.seed))
            except Unfillable as reason:
                self.unfillable[table.name] = str(reason)
        return tuple(found)

    def family(self, names: Iterable[str], apart: Iterable[str] = (), size: int = FAMILY) -> dict[str, list[Row]]:
        """Rows of some tables and of all that they refer to; a table of which no valid row was found has none.

        Each of the foreign keys ``apart`` has a parent to which one row refers, and that by this key alone.
        """
        key = frozenset(names), frozenset(apart)
        if key not in self._families:
            filler = Filler(self.schema, key[0], self.seed, nulls=0)
            self.unfillable |= filler.fill_what_can_be({table.name: size for table in filler.tables}, self.unfillable)
            filler.show_keys()
            filler.show_apart(key[1])
            self._families[key] = {name: list(rows) for name, rows in filler.rows.items()}
            filler.scratch_database.close()
        return self._families[key]

    @cached_property
    def _scratch_database(self) -> ScratchDatabase:
        return ScratchDatabase(self.schema, self.schema.tables)

    def fit(self, rows: Mapping[str, Iterable[Row]]) -> bool:
        """Whether all of these rows together fit their checks and unique keys."""
        with self._scratch_database.undone():
            tried = ((self.schema.table(name), row) for name, listed in rows.items() for row in listed)
            return not any(self._scratch_database.refusal(table, row) for table, row in tried)

    @cached_property
    def many(self) -> tuple[Filler, dict[str, str]]:
        """The rows of every table for its query patterns, with what can make more, and why some tables have none."""
        wanted = sizes(self.schema)
        if self.at_most is not None:
            wanted = {name: min(size, self.at_most) for name, size in wanted.items()}
        return filled(self.schema, wanted, self.seed)

    def close(self) -> None:
        """Throw away what was kept to make more rows."""
        if "many" in self.__dict__:
            self.many[0].scratch_database.close()
        if "_scratch_database" in self.__dict__:
            self._scratch_database.close()

    def few(self, nulls: float) -> dict[str, list[Row]]:
        """A few rows of every table that can be filled, in an order in which they can be inserted.

        ``nulls`` is how often a column that may be NULL is.
        """
        if nulls not in self._few:
            filler, _ = filled(self.schema, dict.fromkeys(self.schema.by_name, FEW), self.seed, nulls)
            filler.scratch_database.close()
            self._few[nulls] = filler.rows
        return self._few[nulls]

    @cached_property
    def trials(self) -> dict[str, tuple[dict[str, list[Row]], list[tuple[Row, str | None]]]]:
        """Rows of each table in the order they are tried, with what the spec's own checks say against each.

        Tables for which it is declared that the engines take different rows are left out.
        """
        alike = (table for table in self.tables if _is_alike(table))
        return {table.name: found for table in alike if (found := self._trials(table))}

    def _trials(self, table: Table) -> tuple[dict[str, list[Row]], list[tuple[Row, str | None]]] | None:
        try:
            filler = Filler(self.schema, [table.name], self.seed + 1)
            filled = filler.fill({parent.name: FAMILY for parent in filler.tables})
            before = {name: list(rows) for name, rows in filled.items()}
            tried = [filler.candidate(table, in_doubt=True) for _ in range(TRIALS)]
        except Unfillable:
            return None
        verdicts = [(row, filler.scratch_database.refusal(table, row)) for row in tried]
        filler.scratch_database.close()
        return before, verdicts


def _is_alike(table: Table) -> bool:
    """Whether both engines have the same checks and unique keys."""
    on_both = {index.name for index in SQLITE.indexes(table)} & {index.name for index in POSTGRES.indexes(table)}
    checks = all((check.sql.sqlite is None) == (check.sql.postgres is None) for check in table.checks)
    uniques = (index.name for index in table.indexes if index.unique and not index.completes)
    return table.sqlite.parity and not table.sqlite.on_conflict and checks and on_both.issuperset(uniques)


def where(dialect: Dialect, table: Table, values: Mapping[str, Value]) -> str:
    """The condition that a row has these values."""
    return " AND ".join(
        f"{dialect.quote(name)} IS NULL"
        if value is None
        else f"{dialect.quote(name)} = {dialect.literal(table.column(name).type, value)}"
        for name, value in values.items()
    )


def key_of(table: Table, row: Row) -> Row | None:
    """The primary key of a row; None where the table has none or the database gives it."""
    key = table.primary_key
    if key is None or any(row.get(name) is None for name in key.columns):
        return None
    return {name: row[name] for name in key.columns}
