"""Every row of a database as text, by the columns that its catalog has, and how two states of them differ."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schemagen.engines.catalog_differences import differences

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from schemagen.databases.scratch import Database
    from schemagen.engines.catalog import Catalog

    from .recorded_changes import RecordedChanges

Values = tuple["Any", ...]


@dataclass(frozen=True, slots=True)
class TableRows:
    """The rows of one table: the declared type of each column, and the values in the same order.

    ``filled`` are the columns that a migration is about to fill, with the values that they are to have.
    """

    types: Mapping[str, str]
    rows: list[Values]
    filled: frozenset[str] = frozenset()

    def of(self, columns: tuple[str, ...]) -> Counter[Values]:
        """How often there are rows with these values."""
        places = [list(self.types).index(name) for name in columns]
        return Counter(tuple(row[place] for place in places) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state of a database."""

    catalog: Catalog
    tables: Mapping[str, TableRows]

    def changes(self, other: Snapshot) -> list[str]:
        """All that differs from another state of the same schema, in words."""
        found = [one.sentence("the first", "the second") for one in differences(self.catalog, other.catalog)]
        for name, rows in self.tables.items():
            columns = tuple(rows.types)
            if name in other.tables and rows.of(columns) != other.tables[name].of(columns):
                found.append(f"rows of {name}")
        return found


@dataclass(frozen=True, slots=True)
class Unequal:
    """A table whose rows differ: its name on each side, and the rows that only this side has."""

    old: str
    new: str
    left: tuple[dict[str, Any], ...]
    right: tuple[dict[str, Any], ...]


def snapshot(database: Database, filling: Mapping[str, Mapping[str, str]] | None = None) -> Snapshot:
    """Read everything; ``filling`` gives expressions for columns that a migration is about to fill, by table.

    Generated columns are left out: they follow from others.
    """
    catalog = database.catalog()
    found = {}
    for table in catalog.tables:
        filled = (filling or {}).get(table.name, {})
        types = {column.name: column.type for column in table.columns if column.generated is None}
        texts = {name: database.dialect.quote(name) for name in types} | dict(filled)
        found[table.name] = TableRows(
            types | dict.fromkeys(filled, ""), rows_of(database, table.name, tuple(texts.values())), frozenset(filled)
        )
    return Snapshot(catalog, found)


def rows_of(database: Database, table: str, expressions: tuple[str, ...]) -> list[Values]:
    """What expressions give for each row of a table, on PostgreSQL as text, so that no driver makes its own of it.

    Raises:
        StatementError: when the engine refuses an expression.
    """
    cast = database.dialect.name == "postgres"
    listed = [f"CAST({text} AS text)" if cast else text for text in expressions]
    return database.run(f"SELECT {', '.join(listed) or 'NULL'} FROM {database.dialect.quote(table)}")


def compared(reported: RecordedChanges, old: Snapshot, new: Snapshot) -> Iterator[Unequal | None]:
    """Compare every table of two states with a migration between them: what differs, None for a table that agrees.

    A column counts where it has one type in both, or where the migration says that its values stay as they are.
    """
    hanging = _hanging(reported, old, new)
    for before, after in reported.tables.pairs(old.tables, new.tables):
        if after in hanging:
            continue
        left, right = old.tables[before], new.tables[after]
        pairs = tuple(_columns(reported, after, left, right))
        ours, theirs = left.of(tuple(one for one, _ in pairs)), right.of(tuple(other for _, other in pairs))
        if ours == theirs:
            yield None
        else:
            names = [other for _, other in pairs]
            yield Unequal(before, after, *(_alone(names, *sides) for sides in ((ours, theirs), (theirs, ours))))


def _columns(reported: RecordedChanges, table: str, left: TableRows, right: TableRows) -> Iterator[tuple[str, str]]:
    moves = reported.columns.get(table)
    pairs = moves.pairs(left.types, right.types) if moves else ((n, n) for n in left.types if n in right.types)
    for old, new in pairs:
        is_filled = bool({old, new} & (left.filled | right.filled))
        if (
            not is_filled
            and (table, new) not in reported.changed
            and (left.types[old] == right.types[new] or (table, new) in reported.retyped)
        ):
            yield old, new
    yield from ((name, name) for name in left.types if name in left.filled and name in right.types)


def _hanging(reported: RecordedChanges, old: Snapshot, new: Snapshot) -> set[str]:
    """Tables whose rows may go with those of a table that the migration makes, as in a cycle none can be without it.

    So may those of a partition with the partition.
    """
    made = new.tables.keys() - {after for _, after in reported.tables.pairs(old.tables, new.tables)}
    found = made | reported.divided
    untouched = [table for table in new.catalog.tables if table.name not in reported.columns]
    for _ in untouched:
        found |= {table.name for table in untouched if any(key.parent in found for key in table.foreign_keys)}
    return found


def _alone(names: list[str], rows: Counter[Values], others: Counter[Values]) -> tuple[dict[str, Any], ...]:
    return tuple(dict(zip(names, row, strict=True)) for row in (rows - others).elements())
