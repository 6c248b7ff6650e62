"""Tables that SQLite cannot alter are recreated, in one protocol that keeps every row under every runner.

A shell may go on after an error, a runner may have begun a transaction of its own, and foreign keys may be on or off,
which nothing can change inside a transaction. So the tables are copied, their keys are moved to values that no child
row holds, and only then are they dropped: ON DELETE finds no row to act on. A violation made on purpose in the guard
table keeps the transaction from being committed until everything has been counted and found (SQLite, "SQLite Foreign
Key Support", 4.2 and 5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.changes.conversions import conversion_of, fill_of_nulls
from schemagen.changes.migration import Statement
from schemagen.engines.standard import enclosed, relabelled, sql_text
from schemagen.schema.model import Action, LiteralDefault, Schema
from schemagen.schema.names import bounded_name
from schemagen.sql.other_rows import reads_other_rows

from .conversion import converted, with_backfill
from .dialect import is_rowid
from .guard import CHECKED
from .placeholders import looked_at, placeholder_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from schemagen.changes.changes import AlterTable
    from schemagen.schema.dialect import Sql
    from schemagen.schema.index import Index
    from schemagen.schema.model import Column, ForeignKey, Table

    from .dialect import Sqlite

ROW_NUMBER = "_schemagen_rowid"
_ROW_NUMBERS = ("rowid", "_rowid_", "oid")


@dataclass(frozen=True, slots=True)
class Rebuild:
    """What is recreated: ``tables`` with their rows; ``dropped`` are the tables that go, as they are called by then.

    ``live`` are all tables as they are before it, under their new names.
    """

    tables: tuple[AlterTable, ...]
    dropped: tuple[Table, ...]
    live: tuple[Table, ...]

    @property
    def leaving(self) -> dict[str, Table]:
        """Every table that is dropped, whether it comes back or not."""
        found = {change.moved.name: change.moved for change in self.tables}
        return found | {table.name: table for table in self.dropped}

    def children_outside(self) -> Iterator[tuple[Table, ForeignKey]]:
        """The foreign keys of tables that stay, to tables that leave."""
        leaving = self.leaving
        for table in self.live:
            if table.name not in leaving:
                yield from ((table, key) for key in table.enforced_foreign_keys if key.parent in leaving)


def follows(key: ForeignKey, parent: Table) -> bool:
    """Whether a child row would follow or refuse a change of its parent's key, so that it has to be recreated too."""
    if key.on_update is not Action.NO_ACTION or key.on_delete is Action.SET_DEFAULT:
        return True
    return all(parent.column(name).generated for name in key.parent_columns)


def copy_name(table: str) -> str:
    """The name of the copy of a table's rows."""
    return bounded_name("_schemagen_old", table)


def copies(dialect: Sqlite, rebuild: Rebuild) -> Iterator[Statement]:
    """Every row of the tables that come back, with its rowid."""
    for change in rebuild.tables:
        table = change.moved
        number = f"{_row_number(table)} AS {ROW_NUMBER}, " if _has_row_numbers(table) else ""
        name = dialect.quote(copy_name(table.name))
        read = "".join(f", {value} AS {dialect.quote(_read_name(column))}" for column, value in _read_values(change))
        yield Statement(
            f"CREATE TABLE {name} AS SELECT {number}*{read} FROM {dialect.quote(table.name)}",
            f"{table.name} is recreated: every row is kept aside",
        )


def _read_values(change: AlterTable) -> Iterator[tuple[str, str]]:
    """What backfills read from other rows, by column: asked while every table still has all of its rows."""
    continued = dict(change.columns)
    for column in change.new.columns:
        is_new = column.name not in continued
        fill = column.backfill if is_new else fill_of_nulls(change.moved.column(column.name), column)
        if fill and fill.sqlite is not None and reads_other_rows(fill.sqlite):
            yield column.name, enclosed(fill.sqlite)


def _read_name(column: str) -> str:
    """The column of the copy that has them."""
    return bounded_name("_schemagen_new", column)


def placeholder_tables(dialect: Sqlite, rebuild: Rebuild, new: Schema) -> Mapping[str, tuple[Statement, Statement]]:
    """What makes and what drops a stand-in, by table: for all, or for none where no DROP TABLE wants to see one.

    Each takes part in the keys of ``new`` as well, because it goes when tables of that schema are there.
    """
    live = Schema(rebuild.live)
    order = _children_first(rebuild)
    gone: set[str] = set()
    for name in order:
        if looked_at(name, live, gone.__contains__):
            break
        gone.add(name)
    else:
        return {}
    why = "Stands in for the time of the others, which are dropped as well"
    keys = {
        name: [key for schema in (live, new) for child, key in schema.children(name) if child.name != name]
        for name in order
    }
    return {name: placeholder_table(dialect, name, leading, why) for name, leading in keys.items() if leading}


def removals(
    dialect: Sqlite, rebuild: Rebuild, standing: Mapping[str, tuple[Statement, Statement]]
) -> Iterator[Statement]:
    """What drops the tables so that no foreign key acts on a row that stays; ``standing`` are made in their place."""
    order = _children_first(rebuild)
    moved = [*_detached(dialect, rebuild, order), *_shifted(dialect, rebuild)]
    if moved:
        yield Statement("PRAGMA ignore_check_constraints = ON", "Keys move to where no row refers to them")
        yield from moved
        yield CHECKED
    for name in order:
        yield Statement(f"DROP TABLE {dialect.quote(name)}")
        yield from standing.get(name, ())[:1]


def lookups(dialect: Sqlite, rebuild: Rebuild) -> Mapping[str, Statement]:
    """Indexes for the time of the removals and refills, by name.

    For each parent row that goes or comes SQLite looks for its children (SQLite, "SQLite Foreign Key Support", 3), and
    without an index it reads the whole child table each time.
    """
    keys = (*rebuild.children_outside(), *_looping(rebuild.leaving))
    return {
        lookup_name(table, key): _lookup(dialect, table, key)
        for table, key in keys
        if not _is_served(table, key, dialect.indexes(table))
    }


def refill_lookups(dialect: Sqlite, rebuild: Rebuild) -> Mapping[str, Statement]:
    """Those of them that went with their tables: the tables that are filled refer to rows that come after theirs."""
    filled = {change.new.name: change.new for change in rebuild.tables}
    return {
        lookup_name(table, key): _lookup(dialect, table, key)
        for table, key in _looping(filled)
        if not _is_served(table, key, [index for index in dialect.indexes(table) if index.unique])
    }


def drop_lookups(dialect: Sqlite, names: Iterable[str]) -> Iterator[Statement]:
    """The end of such indexes."""
    yield from (Statement(f"DROP INDEX IF EXISTS {dialect.quote(name)}") for name in names)


def lookup_name(table: Table, key: ForeignKey) -> str:
    """The name of the index by which the children of a foreign key are found."""
    return bounded_name("_schemagen_children", table.name, key.name)


def _lookup(dialect: Sqlite, table: Table, key: ForeignKey) -> Statement:
    name = dialect.quote(lookup_name(table, key))
    return Statement(f"CREATE INDEX {name} ON {dialect.quote(table.name)} ({dialect.quote_all(key.columns)})")


def _is_served(table: Table, key: ForeignKey, indexes: Iterable[Index]) -> bool:
    ways = [index.columns for index in indexes if index.is_whole]
    ways += [each.columns for each in (table.primary_key, *table.uniques) if each]
    return any(set(columns[: len(key.columns)]) == set(key.columns) for columns in ways)


def _looping(tables: Mapping[str, Table]) -> Iterator[tuple[Table, ForeignKey]]:
    """The foreign keys to the table itself, and to one that comes after it."""
    place = {name: number for number, name in enumerate(tables)}
    for table in tables.values():
        for key in table.enforced_foreign_keys:
            if place.get(key.parent, -1) >= place[table.name]:
                yield table, key


def _children_first(rebuild: Rebuild) -> list[str]:
    waiting = dict(rebuild.leaving)
    ordered: list[str] = []
    while waiting:
        parents = {
            key.parent for table in waiting.values() for key in table.enforced_foreign_keys if key.parent != table.name
        }
        free = next((name for name in reversed(waiting) if name not in parents), next(reversed(waiting)))
        ordered.append(free)
        del waiting[free]
    return ordered


def _detached(dialect: Sqlite, rebuild: Rebuild, order: Sequence[str]) -> Iterator[Statement]:
    """References to the same table, and round a cycle: their rows are kept aside, so these may point to nothing."""
    place = {name: number for number, name in enumerate(order)}
    for table in rebuild.leaving.values():
        for key in table.enforced_foreign_keys:
            if key.parent not in place or place[key.parent] > place[table.name]:
                continue
            column = next((each for each in map(table.column, key.columns) if not each.generated), None)
            if column is None:
                continue
            referred = key.parent_columns[key.columns.index(column.name)]
            parent, name = rebuild.leaving[key.parent], dialect.quote(column.name)
            declared = _stored_as(dialect, (table, column.name), (parent, referred))
            value = _elsewhere(name, dialect.quote(referred), dialect.quote(key.parent), declared, below=True)
            value = "NULL" if column.nullable else value
            yield Statement(f"UPDATE {dialect.quote(table.name)} SET {name} = {value}")


def _shifted(dialect: Sqlite, rebuild: Rebuild) -> Iterator[Statement]:
    done: set[tuple[str, str]] = set()
    for _, key in rebuild.children_outside():
        parent = rebuild.leaving[key.parent]
        column = next(name for name in key.parent_columns if not parent.column(name).generated)
        if (parent.name, column) in done:
            continue
        done.add((parent.name, column))
        name, source = dialect.quote(column), dialect.quote(copy_name(parent.name))
        value = _elsewhere(name, name, source, _stored_as(dialect, (parent, column)), below=False)
        yield Statement(f"UPDATE {dialect.quote(parent.name)} SET {name} = {value}")


def _elsewhere(column: str, held: str, source: str, declared: str, *, below: bool) -> str:
    """A value of the same type that is not among the values ``held`` of ``source``, another one for each."""
    return sql_text(
        "sqlite/elsewhere.sql.jinja",
        column=column,
        held=held,
        source=source,
        declared=declared,
        below=below,
        mark="<" if below else ">",
    )


def _stored_as(dialect: Sqlite, *columns: tuple[Table, str]) -> str:
    """The one type of all values of some columns, as far as their tables are STRICT; empty where each may differ."""
    found = {dialect.column_type(table.column(name), table) if table.sqlite.strict else "" for table, name in columns}
    return found.pop() if len(found) == 1 else ""


def refills(dialect: Sqlite, rebuild: Rebuild) -> Iterator[Statement]:
    """Every row back, with its rowid; then the copies go."""
    for change in rebuild.tables:
        yield _refill(dialect, change)
    for change in rebuild.tables:
        yield Statement(f"DROP TABLE {dialect.quote(copy_name(change.moved.name))}")


def _refill(dialect: Sqlite, change: AlterTable) -> Statement:
    continued = dict(change.columns)
    pairs = [
        (dialect.quote(column.name), value)
        for column in change.new.columns
        if (value := _value(dialect, column, change, continued)) is not None
    ]
    numbered = _has_row_numbers(change.moved) and _has_row_numbers(change.new) and not _is_aliased(change.new)
    if numbered:
        pairs.insert(0, (_row_number(change.new), ROW_NUMBER))
    pairs = pairs or [_placeholder(dialect, change.new)]
    order = f" ORDER BY {ROW_NUMBER}" if _has_row_numbers(change.moved) else ""
    sql = sql_text(
        "sqlite/refill.sql.jinja",
        table=dialect.quote(change.new.name),
        copy=dialect.quote(copy_name(change.moved.name)),
        columns=[name for name, _ in pairs],
        values=[value for _, value in pairs],
        order=order,
        refuses=bool(change.new.sqlite.on_conflict),  # no rule of the table may take or change a row that is there
    )
    return Statement(sql, f"The rows of {change.new.name} come back")


def _placeholder(dialect: Sqlite, table: Table) -> tuple[str, str]:
    """A column with the value that it would have anyway: an INSERT of no column at all takes no rows from a SELECT."""
    plain = [column for column in table.columns if column.generated is None]
    column = next((each for each in plain if dialect.default(each) is not None), plain[0])
    return dialect.quote(column.name), dialect.default(column) or "NULL"


def _value(dialect: Sqlite, column: Column, change: AlterTable, continued: dict[str, str]) -> str | None:
    """What a new column takes from the copy; None where it is left to its default or expression."""
    if column.generated and column.generated.sqlite is not None:
        return None
    if column.name not in continued:
        return _fill(dialect, column.name, column.backfill)
    before = change.moved.column(column.name)
    conversion, fill = conversion_of(before, column), fill_of_nulls(before, column)
    if conversion and conversion.sqlite is not None:
        return enclosed(conversion.sqlite)
    value = relabelled(dialect.quote(column.name), change.renamed_labels.get(column.name, ()))
    value = converted(value, before.type, column.type) if before.type != column.type else value
    given = _fill(dialect, column.name, fill)
    return with_backfill(value, given) if given is not None else value


def _fill(dialect: Sqlite, column: str, fill: Sql | None) -> str | None:
    """What fills a column: an expression over the copy, or what the copy has read for it."""
    if fill is None or fill.sqlite is None:
        return None
    return dialect.quote(_read_name(column)) if reads_other_rows(fill.sqlite) else enclosed(fill.sqlite)


def _has_row_numbers(table: Table) -> bool:
    return not table.sqlite.without_rowid


def _is_aliased(table: Table) -> bool:
    """Whether the rowid is the primary key itself (SQLite, "ROWIDs and the INTEGER PRIMARY KEY")."""
    key = table.primary_key
    return key is not None and len(key.columns) == 1 and _declared(table, key.columns[0]) == "INTEGER"


def _declared(table: Table, column: str) -> str:
    from schemagen.engines.sqlite.dialect import SQLITE

    return SQLITE.column_type(table.column(column), table).upper()


def _row_number(table: Table) -> str:
    taken = {name.lower() for name in table.by_name}
    return next(name for name in _ROW_NUMBERS if name not in taken)


def counts(table: Table) -> bool:
    """Whether SQLite keeps a counter of a table (AUTOINCREMENT)."""
    return any(is_rowid(column, table) for column in table.columns)


def can_be_added(dialect: Sqlite, column: Column) -> bool:
    """Whether ADD COLUMN takes a column as it is (SQLite, "ALTER TABLE ADD COLUMN")."""
    if column.virtual:
        return True
    if column.generated or column.identity or column.backfill:
        return False
    if column.default is not None and not isinstance(column.default, LiteralDefault):
        return False
    return column.nullable or dialect.default(column) is not None
